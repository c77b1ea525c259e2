import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Writes what comes in as soon as it comes, one write at a time: whatever arrives while a write is under way goes into the
 * next one. A lone order is staged without waiting for company, a burst is staged in full groups.
 */
export interface GroupWriter<T> {
  /** Waits only when the writes have fallen far behind. @throws what a write raised */
  add(item: T): Promise<void>
  /** Resolves when everything has been written. @throws what a write raised */
  drain(): Promise<void>
}

export function createGroupWriter<T>(write: (items: T[]) => Promise<void>, most: number): GroupWriter<T> {
  const waiting: T[] = []
  let running: Promise<void> | null = null
  let failure: { error: unknown } | null = null

  async function pump(): Promise<void> {
    try {
      // Orders of one answer are handed over one by one, within one turn of the event loop: let them come together.
      await nextTurn()
      while (waiting.length > 0 && !failure) await write(waiting.splice(0, most))
    } catch (error) {
      failure ??= { error }
    } finally {
      running = null
    }
  }

  function check(): void {
    if (failure) throw failure.error
  }

  return {
    async add(item) {
      check()
      waiting.push(item)
      running ??= pump()
      if (waiting.length >= 2 * most) await running
      check()
    },
    async drain() {
      while (running) await running
      check()
    },
  }
}
