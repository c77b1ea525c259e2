import type { Clock } from '../clock.ts'
import type { HttpResponse } from './http-client.ts'

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
