import { codeOf } from '../errors.ts'
import type { Logger } from '../logger.ts'

export interface LogOnce {
  failed(error: unknown): void
  works(): void
}

/**
 * Logs the first error of a kind and stays quiet until something works again: a store that is away makes
 * several connections fail twice a second.
 */
export function createLogOnce(log: Logger, component: string): LogOnce {
  let last: string | null = null
  return {
    failed(error) {
      const failure = error instanceof Error ? error : new Error('unknown error')
      const kind = codeOf(failure) ?? failure.name
      if (kind === last) return
      last = kind
      log.warn({ err: failure, component }, 'connection in trouble; it is tried again')
    },
    works() {
      if (last === null) return
      last = null
      log.info({ component }, 'connection works again')
    },
  }
}
