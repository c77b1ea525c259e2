import type { Clock } from '../../src/platform/clock.ts'

/** A clock that stands still until a test moves it. */
export interface HeldClock extends Clock {
  /** Moves it, and ends the sleeps that are over by then, in their order. */
  advance(ms: number): void
  set(ms: number): void
  /** Sleeps that have not ended. */
  sleeping(): number
  /** Resolves once at least `count` sleeps wait, so that a test does not advance too early. */
  untilSleeping(count?: number): Promise<void>
}

interface Sleep {
  at: number
  end(): void
}

export function heldClock(start: Date | string | number = '2026-01-15T03:00:00.000Z'): HeldClock {
  let now = new Date(start).getTime()
  const sleeps = new Set<Sleep>()
  const watchers = new Set<{ count: number; seen(): void }>()

  function tellWatchers(): void {
    for (const watcher of watchers) {
      if (sleeps.size < watcher.count) continue
      watchers.delete(watcher)
      watcher.seen()
    }
  }

  function set(time: number): void {
    now = time
    for (const sleep of [...sleeps].toSorted((a, b) => a.at - b.at)) if (sleep.at <= now) sleep.end()
  }

  return {
    now: () => now,
    set,
    advance: (ms) => set(now + ms),
    sleeping: () => sleeps.size,
    untilSleeping: (count = 1) =>
      new Promise((seen) => {
        watchers.add({ count, seen })
        tellWatchers()
      }),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (ms <= 0) return resolve()
        const sleep: Sleep = { at: now + ms, end: () => leave(resolve) }
        const abort = () => leave(() => reject(signal?.reason))
        function leave(settle: () => void): void {
          sleeps.delete(sleep)
          signal?.removeEventListener('abort', abort)
          settle()
        }
        signal?.addEventListener('abort', abort, { once: true })
        sleeps.add(sleep)
        tellWatchers()
      }),
  }
}
