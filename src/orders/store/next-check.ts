import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import { isStorableTime } from '../../platform/storable.ts'

/** Dates of the mall that an order waits for: when to read it again, how long to keep its content. */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** Clocks differ, and malls let go a little late. */
const OVER_MS = 30_000
/** Malls lift a hold some hours after its day has begun; what lasts for days longer waits for a person. */
const HOURLY_FOR_MS = 2 * DAY_MS
/** A release may be moved forward without a word. */
const MOST_AHEAD_MS = 30 * DAY_MS

/** NaN for what is no time; a mall may write anything. */
const timeOf = (text: string | null): number =>
  text !== null && isStorableTime(text) ? Date.parse(text) : Number.NaN

const endsOf = ({ holds }: Pick<NormalisedOrder, 'holds'>): number[] =>
  holds.map(({ until }) => timeOf(until)).filter((time) => !Number.isNaN(time))

const toTime = (times: readonly number[]): string | null =>
  times.length === 0 ? null : new Date(Math.max(...times)).toISOString()

/** When the last of the holds ends, as far as the mall says. */
export const heldUntil = (order: Pick<NormalisedOrder, 'holds'>): string | null => toTime(endsOf(order))

/**
 * When an order that has just been read is read again by itself: at the end of its next hold, hourly for two
 * days while a hold is past its time, and then daily; and when the adapter says so. Null for all others.
 */
export function nextCheckAt(order: Pick<NormalisedOrder, 'holds'>, at: Date, rereadAt?: Date): string | null {
  const ends = [...endsOf(order).map((end) => end + OVER_MS), ...(rereadAt ? [rereadAt.getTime()] : [])]
  if (ends.length === 0) return null
  const now = at.getTime()
  const past = ends.filter((end) => end <= now)
  const pause = now - Math.max(...past) < HOURLY_FOR_MS ? HOUR_MS : DAY_MS
  const next = Math.min(...ends.filter((end) => end > now), ...(past.length > 0 ? [now + pause] : []))
  return new Date(Math.min(next, now + MOST_AHEAD_MS)).toISOString()
}

/** The latest of the days on which the order may have to ship: staff may have written another one. */
export function shipOn({
  items,
  recipients,
  delivery,
}: Pick<NormalisedOrder, 'items' | 'recipients' | 'delivery'>): string | null {
  const days = [
    delivery.shipBy,
    ...items.filter(({ deleted }) => !deleted).map(({ releaseDate }) => releaseDate),
    ...recipients.map(({ wish }) => wish.date),
  ]
  return toTime(days.map(timeOf).filter((time) => !Number.isNaN(time)))
}
