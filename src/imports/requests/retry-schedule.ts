import type { MailTrust } from '../../marketplaces/port/mail-rules.ts'
import { stepOf } from '../../platform/backoff.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Time limit for retrying a number that the mall does not know, from when it became due. */
export const ASK_FOR_MS = 24 * 60 * MINUTE

/**
 * The same for a number that only an unverified sender's mail names. The mall's list brings the real ones.
 */
const ASK_IN_DOUBT_MS = 60 * MINUTE

export const askForMs = (trust?: MailTrust | null): number =>
  trust === 'unknown' ? ASK_IN_DOUBT_MS : ASK_FOR_MS

/** A mall's API usually knows an order seconds after its mail, sometimes minutes, seldom hours. */
const STEPS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE] as const

const STEPS_IN_DOUBT = [15 * SECOND, 2 * MINUTE, 15 * MINUTE] as const

/** Time limit for an order that the mall holds back; payments at convenience stores take about a week. */
export const PENDING_FOR_MS = 30 * 24 * 60 * MINUTE
const PENDING_AT_LEAST_MS = 10 * SECOND
const PENDING_AT_MOST_MS = 24 * 60 * MINUTE

/** Attempts with unusable answers before a request is given up; about half an hour. */
export const BROKEN_ATTEMPTS = 7

/** Milliseconds to wait after the `attempts`-th attempt (1 for the first). */
export const retryDelay = (attempts: number, trust?: MailTrust | null): number =>
  stepOf(attempts, trust === 'unknown' ? STEPS_IN_DOUBT : STEPS)

/**
 * When to ask again for a number that is not there; null when its time is over. The last attempt falls
 * exactly on the end, so that the promised time is used up.
 */
export function nextAttempt(
  now: number,
  attempts: number,
  expiresAt: number,
  trust?: MailTrust | null,
): Date | null {
  if (now >= expiresAt) return null
  return new Date(Math.min(now + retryDelay(attempts, trust), expiresAt))
}

/** At a mall whose index lags, each minute until then, not in the long pauses of a number in doubt. */
export const withinLag = (next: Date, now: number, requestedAt: number, lagMinutes: number): Date =>
  now < requestedAt + lagMinutes * MINUTE ? new Date(Math.min(next.getTime(), now + MINUTE)) : next

/**
 * When to ask again for an order that the mall holds back until about `retryAt`: not at once and not only in
 * weeks, whatever it says. Null when its time is over.
 */
export function pendingRetry(now: number, retryAt: number, until: number): Date | null {
  if (now >= until) return null
  const wait = Number.isFinite(retryAt) ? retryAt - now : PENDING_AT_MOST_MS
  return new Date(Math.min(now + clamp(wait, PENDING_AT_LEAST_MS, PENDING_AT_MOST_MS), until))
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

// Codes of import requests used in several places. The first three: attempts that lead to a wait.

/** The mall does not know the number (yet). */
export const NOT_FOUND = 'NOT_FOUND'
/** The mall has the order and holds it back. */
export const PENDING = 'PENDING'
/** The mall gave the order, and something of ours kept it from being stored. */
export const STORAGE_REFUSES = 'STORAGE_REFUSES'

/** The shop does not handle it (the mall ships it): like `DISMISSED`, an end that misses no order. */
export const NOT_OURS = 'not_ours'

/**
 * Closed at the mall before it was here: no order is missed until the mall's list calls it open again.
 * Releases before 1.2.0 wrote this for `NOT_OURS`, too.
 */
export const SKIPPED = 'skipped'

/**
 * The order is another shop's of the same mailbox. Not among those above: should the mall's list name it
 * for this shop after all, it is missed, and the sweep fetches it.
 */
export const OTHER_SHOP = 'other_shop'
