import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * A process's places for shops that are worked on: the first to be woken is the first to get one, whoever woke it. A shop has one place at
 * most; woken while it has it, it comes once more, behind those that wait already.
 */
export interface Places {
  wake(shopIds: readonly string[]): void
  waiting(): number
  active(): number
  /** Gives no more places. @returns the shops that wait */
  close(): string[]
  /** Tells all that still work to end. */
  abort(): void
  /** Resolves when nobody works any more. */
  ended(): Promise<unknown>
}

/** @param work never rejects */
export function createPlaces(
  places: number,
  work: (shopId: string, signal: AbortSignal) => Promise<void>,
): Places {
  const waiting = new Set<string>()
  const active = new Map<string, Promise<void>>()
  const aborting = new AbortController()
  // A shop may be woken within a tenant's request; the work is the service's own.
  const outside = AsyncLocalStorage.snapshot()

  function fill(): void {
    for (const shopId of waiting) {
      if (active.size >= places) return
      if (active.has(shopId)) continue
      waiting.delete(shopId)
      active.set(shopId, outside(run, shopId))
    }
  }

  async function run(shopId: string): Promise<void> {
    await work(shopId, aborting.signal)
    active.delete(shopId)
    fill()
  }

  return {
    wake(shopIds) {
      for (const shopId of shopIds) waiting.add(shopId)
      fill()
    },
    waiting: () => waiting.size,
    active: () => active.size,
    close() {
      const left = [...waiting]
      waiting.clear()
      return left
    },
    abort: () => aborting.abort(),
    ended: () => Promise.all(active.values()),
  }
}
