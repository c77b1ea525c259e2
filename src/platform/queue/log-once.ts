import type { Logger } from '../logger.ts'

export interface Trouble {
  report(error: unknown): void
  over(): void
}

/**
 * Logs the first error of a kind and stays quiet until something works again: a store that is away makes several
 * connections fail twice a second.
 */
export function createTrouble(log: Logger, component: string): Trouble {
  let last: string | null = null
  return {
    report(error) {
      const failure = error instanceof Error ? error : new Error('unknown error')
      const kind = String((failure as NodeJS.ErrnoException).code ?? failure.name)
      if (kind === last) return
      last = kind
      log.warn({ err: failure, component }, 'connection in trouble; it is tried again')
    },
    over() {
      if (last === null) return
      last = null
      log.info({ component }, 'connection works again')
    },
  }
}
