import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { type Keep, keepNothing } from './keep.ts'
import type { ControllableClock } from './types.ts'

interface Sleeper {
  dueAt: number
  wake(): void
}

/**
 * A clock that runs with `base` until it is held, and that can be moved. Sleepers wake when the moved time
 * reaches them, also when it jumps over them. Times are milliseconds since 1970, UTC.
 */
export function createControllableClock(
  base: Clock = systemClock,
  keep: Keep = keepNothing,
): ControllableClock {
  const moved = keep('clock', () => ({ offset: 0, heldAt: null as number | null }))
  const sleepers = new Set<Sleeper>()
  let timer: NodeJS.Timeout | undefined

  const now = () => moved.heldAt ?? base.now() + moved.offset

  function wakeDue() {
    const time = now()
    for (const sleeper of [...sleepers]) if (sleeper.dueAt <= time) sleeper.wake()
    clearTimeout(timer)
    if (moved.heldAt !== null || sleepers.size === 0) return
    const next = Math.min(...[...sleepers].map((sleeper) => sleeper.dueAt))
    timer = setTimeout(wakeDue, Math.min(Math.max(next - time, 1), LONGEST_TIMER_MS))
    timer.unref()
  }

  function set(ms: number) {
    if (moved.heldAt === null) moved.offset = ms - base.now()
    else moved.heldAt = ms
    wakeDue()
  }

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const leave = () => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', abort)
      }
      const abort = () => {
        leave()
        reject(signal?.reason)
      }
      const sleeper: Sleeper = {
        dueAt: now() + ms,
        wake() {
          leave()
          resolve()
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      sleepers.add(sleeper)
      wakeDue()
    })
  }

  return {
    now,
    sleep,
    set,
    advance: (ms) => set(now() + ms),
    hold() {
      moved.heldAt = now()
      clearTimeout(timer)
    },
    release() {
      if (moved.heldAt === null) return
      moved.offset = moved.heldAt - base.now()
      moved.heldAt = null
      wakeDue()
    },
  }
}

/** setTimeout fires at once beyond 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_000_000_000
