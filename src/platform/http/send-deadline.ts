import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../clock.ts'

/**
 * Until when requests of a piece of work may begin. Timers cannot tell: a process that stood still (SIGSTOP,
 * a paused machine, a long collection) may go on with a connection that is ready before its timers run. So
 * the time is looked at where the bytes go out.
 */
export interface SendDeadline {
  clock: Pick<Clock, 'now'>
  /** Milliseconds. */
  at: number
}

const deadlines = new AsyncLocalStorage<SendDeadline>()

/** Runs work whose requests, however deep, fail as `unreachable` instead of passing `deadline`. */
export const withSendDeadline = <T>(deadline: SendDeadline, work: () => Promise<T>): Promise<T> =>
  deadlines.run(deadline, work)

export const currentSendDeadline = (): SendDeadline | undefined => deadlines.getStore()

export const isPast = ({ clock, at }: SendDeadline): boolean => clock.now() > at
