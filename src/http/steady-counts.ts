import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'

/** As many callers are remembered at a time; of more, the one that came first is forgotten. */
const MOST_CALLERS = 5_000

interface Window {
  count: number
  endsAt: number
}

/**
 * Counts requests in windows of a clock that nobody can set. By the wall clock, which the plugin's own store uses, a window
 * and the refusals in it would last an hour longer when that clock is put back by an hour.
 * @param steady milliseconds of a clock that only goes forward
 */
export function steadyCounts(steady: () => number = () => performance.now()): FastifyRateLimitStoreCtor {
  return class SteadyCounts implements FastifyRateLimitStore {
    #windows = new Map<string, Window>()

    incr(
      key: string,
      callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
      timeWindow = 0,
    ): void {
      const now = steady()
      let window = this.#windows.get(key)
      if (window === undefined || window.endsAt <= now) {
        this.#windows.delete(key)
        window = { count: 0, endsAt: now + timeWindow }
        this.#windows.set(key, window)
        this.#forgetOldest()
      }
      window.count += 1
      callback(null, { current: window.count, ttl: Math.ceil(window.endsAt - now) })
    }

    child(): SteadyCounts {
      return new SteadyCounts()
    }

    #forgetOldest(): void {
      if (this.#windows.size <= MOST_CALLERS) return
      const [oldest] = this.#windows.keys()
      if (oldest !== undefined) this.#windows.delete(oldest)
    }
  }
}
