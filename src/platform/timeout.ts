/** The time was up. Real time, not the service's clock: what is waited for is a machine elsewhere. */
export class TimedOut extends Error {
  readonly code = 'ETIMEOUT'
  constructor(ms: number) {
    super(`not done within ${ms} ms`)
    this.name = 'TimedOut'
  }
}

/** The work's result, or TimedOut. The work itself goes on, and its end is ignored. */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(ms)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** True when `work` settles in any way within `ms`. Swallows its rejection: the caller has a reference. */
export const settlesWithin = (ms: number, work: Promise<unknown>): Promise<boolean> =>
  withTimeout(ms, Promise.allSettled([work])).then(
    () => true,
    () => false,
  )

/**
 * Runs `work` with a signal that fires after `ms` or when `outer` fires, and stops waiting then even if
 * `work` does not listen to it. Rejects with TimedOut when the time was up.
 */
export async function abortAfter<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new TimedOut(ms)), ms)
  const signal = AbortSignal.any([outer, late.signal])
  const aborted = Promise.withResolvers<never>()
  const stop = () => aborted.reject(signal.reason)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work(signal), aborted.promise])
  } catch (error) {
    // An adapter that does listen says so in its own words; the reason is the time all the same.
    throw late.signal.aborted ? late.signal.reason : error
  } finally {
    clearTimeout(timer)
    // Node keeps a signal that others feed for as long as it has a listener: 2 KiB for each call.
    signal.removeEventListener('abort', stop)
  }
}
