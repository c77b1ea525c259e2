export class TooSlow extends Error {
  readonly code = 'ETIMEOUT'
  constructor() {
    super('no answer in time')
    this.name = 'TooSlow'
  }
}

/**
 * The work's result, or TooSlow. Real time, not the service's clock: what is waited for is a machine elsewhere. The work
 * itself goes on.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooSlow()), ms)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
