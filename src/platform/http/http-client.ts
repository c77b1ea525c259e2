import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../clock.ts'

/** The only way out to HTTP. Bounds time, size and redirects; refuses private addresses unless allowed. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Whole exchange, connect to last byte. Default 30 s. */
  timeoutMs?: number
  /** Answers longer than this are cut off and raise `too_large`. Default 16 MiB. */
  maxBytes?: number
  /** True where a tenant entered the address: hosts that the operator opened for malls are closed to it. */
  entered?: true
}

export interface HttpResponse {
  status: number
  /** Names in lower case; of repeated headers the values joined with ", ". */
  headers: Record<string, string>
  body: Buffer
}

export type HttpErrorReason =
  /** Never connected, so nothing was sent: safe to repeat. */
  | 'unreachable'
  /** The server's certificate is not to be trusted (run out, another host's), so nothing was sent. */
  | 'untrusted'
  /** Sent, and the answer did not come in time. */
  | 'timeout'
  /** Sent, and the connection broke before the answer was whole. */
  | 'broken'
  | 'too_large'
  /** Address not allowed (SSRF guard). */
  | 'forbidden_address'
  | 'aborted'

export class HttpError extends Error {
  readonly reason: HttpErrorReason
  constructor(reason: HttpErrorReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'HttpError'
    this.reason = reason
  }
}

export interface HttpClient {
  /** Any status is an answer. Redirects are not followed. @throws HttpError when there is no answer */
  request(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>
}

/**
 * Retry-After in seconds or as a date (RFC 9110 §10.2.3); undefined when absent or unreadable.
 * @param longestMs no later than so long from now, as a server may send a wrong header
 */
export function retryAfter(
  { headers }: Pick<HttpResponse, 'headers'>,
  clock: Clock,
  longestMs: number,
): Date | undefined {
  const value = headers['retry-after']?.trim()
  if (!value) return undefined
  const now = clock.now()
  const at = /^\d+$/.test(value) ? now + Number(value) * 1000 : Date.parse(value)
  return Number.isNaN(at) ? undefined : new Date(Math.min(Math.max(at, now), now + longestMs))
}

/**
 * Until when requests of a piece of work may begin. Timers cannot tell: a process that stood still (SIGSTOP,
 * a paused machine, a long collection) may go on with a connection that is ready before its timers run. So
 * the time is looked at where the bytes go out.
 */
interface SendDeadline {
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
