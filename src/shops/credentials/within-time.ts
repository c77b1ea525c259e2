export class TooLate extends Error {
  constructor(ms: number) {
    super(`not done within ${ms} ms`)
    this.name = 'TooLate'
  }
}

/**
 * Runs `work` with a signal that fires after `ms` or when `outer` fires, and stops waiting then even if `work` does not
 * listen to it. Rejects with TooLate when the time was up.
 */
export async function withinTime<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new TooLate(ms)), ms)
  const signal = AbortSignal.any([outer, late.signal])
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work(signal), aborted])
  } catch (error) {
    // An adapter that does listen says so in its own words; the reason is the time all the same.
    throw late.signal.aborted ? late.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}
