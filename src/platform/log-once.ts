import { isConflict, isReadOnly, isTooSlow, isUnreachable } from './db/failures.ts'
import { codeOf } from './errors.ts'
import type { Logger } from './logger.ts'

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

const MINUTE_MS = 60_000

export interface RepeatedFailure {
  err: unknown
  task?: string
  marketplace?: string
  /** Shop of the failure that gets a line; failures of other shops are among the `more`. */
  shopId?: string
}

/**
 * Logs what is tried again and again: a line a minute for each message and task, with how many failures went
 * without one (`more`). A database that is away or busy is a warning, as it passes by itself and has its own
 * alert; anything else is an error, as somebody must act.
 */
export function createRepeatLog(
  log: Pick<Logger, 'warn' | 'error'>,
  now: () => number = () => performance.now(),
): (failure: RepeatedFailure, message: string) => void {
  const lines = new Map<string, { at: number; more: number }>()
  return (failure, message) => {
    const { err, task = '', marketplace = '' } = failure
    const key = [message, task, marketplace].join()
    const last = lines.get(key)
    const at = now()
    if (last && at - last.at < MINUTE_MS) {
      last.more++
      return
    }
    lines.set(key, { at, more: 0 })
    const line = last ? { ...failure, more: last.more } : failure
    if (PASSES.some((passes) => passes(err))) log.warn(line, message)
    else log.error(line, message)
  }
}

const PASSES = [isUnreachable, isReadOnly, isConflict, isTooSlow]
