import { isPassing, isProblem } from './errors.ts'

export interface RetryOptions {
  /** Calls in all; Infinity goes on until the signal ends it. */
  tries: number
  firstMs: number
  mostMs: number
}

export const DEFAULT_RETRY: RetryOptions = { tries: 8, firstMs: 500, mostMs: 60_000 }

export interface Waiting {
  /** 0 to below 1. */
  random(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/**
 * Never earlier than `Retry-After` says, and spread behind it: all clients of a service that comes back would otherwise
 * come back in the same second.
 */
export function pauseMs(error: unknown, tries: number, options: RetryOptions, random: () => number): number {
  const asked = isProblem(error) ? error.retryAfterSeconds : null
  if (asked !== null) return asked * 1_000 * (1 + random() / 5)
  const most = Math.min(options.mostMs, options.firstMs * 2 ** Math.min(tries - 1, 30))
  return most * (0.5 + random() / 2)
}

export async function retrying<T>(
  call: () => Promise<T>,
  options: RetryOptions,
  waiting: Waiting,
  signal?: AbortSignal,
  mayTryAgain: (error: unknown) => boolean = isPassing,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      signal?.throwIfAborted()
      if (tries >= options.tries || !mayTryAgain(error)) throw error
      await waiting.sleep(pauseMs(error, tries, options, waiting.random), signal)
    }
  }
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
