import type { Clock } from '../platform/clock.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'

/**
 * Wakes shops at a time that is known to the millisecond: a free slot of our own quota, the end of a closed
 * lane. Kept in this process alone; the scheduler makes good what dies with it.
 */
export interface WakeLater {
  /** `at` in milliseconds. Of several times for one shop the first counts. */
  at(shopId: string, at: number): void
  stop(): void
}

export function createWakeLater(deps: { clock: Clock; wakeQueue: Pick<WakeQueue, 'wake'> }): WakeLater {
  const planned = new Map<string, { at: number; cancel: AbortController }>()
  let stopped = false
  return {
    at(shopId, at) {
      const known = planned.get(shopId)
      if (stopped || (known && known.at <= at)) return
      known?.cancel.abort()
      const plan = { at, cancel: new AbortController() }
      planned.set(shopId, plan)
      deps.clock.sleep(Math.max(0, at - deps.clock.now()), plan.cancel.signal).then(
        () => {
          planned.delete(shopId)
          return deps.wakeQueue.wake([shopId])
        },
        () => undefined,
      )
    },
    stop() {
      stopped = true
      for (const { cancel } of planned.values()) cancel.abort()
      planned.clear()
    },
  }
}
