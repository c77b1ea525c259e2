import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Writes what comes in as soon as it comes: whatever arrives while a write is under way goes into the next one. A lone item
 * is written without waiting for company, a burst in full batches, two at a time, so that one batch is made ready while
 * the database works on the other.
 */
export interface BatchWriter<T> {
  /** Waits only when the writes have fallen far behind. @throws what a write raised */
  add(item: T): Promise<void>
  /** Resolves when everything has been written, or nothing more will be. @throws what a write raised */
  drain(): Promise<void>
}

const AT_ONCE = 2

export function createBatchWriter<T>(write: (items: T[]) => Promise<void>, most: number): BatchWriter<T> {
  const waiting: T[] = []
  const running = new Set<Promise<void>>()
  let scheduled = false
  let failure: { error: unknown } | null = null

  // Items of one answer are handed over one by one within a turn of the event loop: let them come together.
  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      startWrites()
    })
  }

  function startWrites(): void {
    while (!failure && waiting.length >= (running.size === 0 ? 1 : most) && running.size < AT_ONCE) {
      const writing = write(waiting.splice(0, most))
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          running.delete(writing)
          startWrites()
        })
      running.add(writing)
    }
  }

  const progress = (): Promise<unknown> => (running.size > 0 ? Promise.race(running) : nextTurn())

  function check(): void {
    if (failure) throw failure.error
  }

  return {
    async add(item) {
      check()
      waiting.push(item)
      schedule()
      while (!failure && waiting.length >= 2 * most) await progress()
      check()
    },
    async drain() {
      while (running.size > 0 || (waiting.length > 0 && !failure)) await progress()
      check()
    },
  }
}
