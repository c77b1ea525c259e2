import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { LANE_BUSY, LANE_STORE_AWAY } from '../marketplaces/quota/lanes.ts'
import { type BackoffLimits, doublingMs } from '../platform/backoff.ts'
import type { Random } from '../platform/random.ts'
import { attentionMessage } from '../shops/attention.ts'
import { CREDENTIALS_CHANGED, TOKEN_RENEWAL_BUSY } from '../shops/credentials/tokens.ts'

const OWN_WAITS = new Set([LANE_BUSY, LANE_STORE_AWAY, TOKEN_RENEWAL_BUSY, CREDENTIALS_CHANGED])

/** Waits that we impose: the mall was not asked and is not at fault, so the lane stays as it is. */
export const isOwnWait = (failure: MarketplaceFailure): boolean => OWN_WAITS.has(failure.code)

const PAUSE: BackoffLimits = { firstMs: 5_000, capMs: 5 * 60_000 }
/** No mall's maintenance lasts longer; a wrong date must not close a shop for years. */
const LONGEST_ANNOUNCED_MS = 24 * 60 * 60_000

export type LaneDecision =
  | { kind: 'close'; until: Date; reason: string; counts: boolean }
  | { kind: 'attention'; code: string; message: string }

/**
 * Decides what a failure that concerns the whole shop does to its lane.
 * @param failuresInRow how often the lane was closed without a good answer in between; the exponent of the
 * pause.
 */
export function laneDecision(
  failure: MarketplaceFailure,
  failuresInRow: number,
  now: number,
  random: Random,
): LaneDecision {
  // Rejected is said of a whole shop when its key is another shop's: nothing but a person changes that
  // either.
  if (failure.kind === 'unauthorised' || failure.kind === 'rejected') {
    return { kind: 'attention', code: failure.code, message: attentionMessage(failure) }
  }
  if (failure.until) {
    const announced = Math.min(failure.until.getTime(), now + LONGEST_ANNOUNCED_MS)
    // Shops that share a quota are told the same second: spread them a little.
    const until = new Date(Math.max(announced, now + 1_000) + Math.floor(random.float() * 500))
    return { kind: 'close', until, reason: failure.code, counts: false }
  }
  return {
    kind: 'close',
    until: new Date(now + pause(failuresInRow, random)),
    reason: failure.code,
    counts: true,
  }
}

/** 5 s doubling to 5 min, a quarter up or down, so that shops failing together return apart. */
export function pause(failuresInRow: number, random: Random): number {
  return Math.round(doublingMs(failuresInRow + 1, PAUSE) * (0.75 + random.float() * 0.5))
}

/** Meaning of a failed call for one order: what to write on its request, and how many attempts it has. */
export interface BrokenAnswer {
  code: string
  /** Japanese, for staff. */
  message: string
  mallMessage: string | null
  /** May hold personal data. */
  raw: string | null
  refused: boolean
}

export function brokenAnswer(error: unknown): BrokenAnswer {
  if (!(error instanceof MarketplaceFailure)) {
    return {
      code: 'UNEXPECTED',
      message:
        '取込処理で想定外のエラーが起きました。自動で再試行します。続く場合は運営者へ連絡してください。',
      mallMessage: null,
      raw: null,
      refused: false,
    }
  }
  return {
    code: error.code,
    message: error.message,
    mallMessage: error.mallMessage ?? null,
    raw: error.raw ?? null,
    refused: error.kind === 'rejected',
  }
}

/** True when the error says something about the whole shop (its lane) and not about one order. */
export function concernsShop(error: unknown): error is MarketplaceFailure {
  return error instanceof MarketplaceFailure && error.kind !== 'rejected' && error.kind !== 'malformed'
}

/** True when only the mall's order list is unavailable: the shop goes on with the numbers it knows. */
export const isOfTheList = (error: unknown): error is MarketplaceFailure =>
  error instanceof MarketplaceFailure && error.only === 'list'

/**
 * True when an apparent outage may be about the one requested order: a call that takes too long, a server
 * error. A mall that names a time knows that it is down.
 */
export const mayBeOneOrder = (failure: MarketplaceFailure): boolean =>
  failure.kind === 'unavailable' && failure.until === undefined && !isOwnWait(failure)

/** For errors that are nobody's answer: the shop pauses as after an outage. */
export const asOutage = (error: unknown, code: string): MarketplaceFailure =>
  error instanceof MarketplaceFailure && error.kind === 'unavailable'
    ? error
    : new MarketplaceFailure({
        kind: 'unavailable',
        code,
        message: 'モールから正しい回答が得られません。時間をおいて自動で再試行します。',
        cause: error,
      })
