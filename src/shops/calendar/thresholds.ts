import type { Lifetime } from '../../marketplaces/port/credentials.ts'

/** Days before an end at which people are told; 0 is the end itself. */
export const THRESHOLDS = [30, 14, 7, 3, 1, 0] as const

/** In the place of days: told as soon as it is seen, however long it lasts. */
export const AT_ONCE = 10_000

const DAY_MS = 24 * 60 * 60 * 1000

type Span = Pick<Lifetime, 'startsAt' | 'endsAt' | 'tellAtOnce'>

/**
 * The threshold that was passed last; null when none was. Those that fall before the start are none: a
 * consent of 28 days has no 30-day warning. Only this one is told, so that after a standstill people get one
 * notice and not five.
 */
export function passedThreshold({ startsAt, endsAt, tellAtOnce }: Span, now: number): number | null {
  if (endsAt === null) return null
  const since = (days: number) => endsAt.getTime() - days * DAY_MS
  const passed = THRESHOLDS.filter(
    (days) => since(days) <= now && (days === 0 || startsAt === null || since(days) > startsAt.getTime()),
  )
  return passed.at(-1) ?? (tellAtOnce ? AT_ONCE : null)
}
