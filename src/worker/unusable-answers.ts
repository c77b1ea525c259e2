import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { isOwnWait } from './lane-policy.ts'

/** What an error in asking for one order means: what to write on its request, and how many attempts it has. */
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

/** Whether the error says something about the whole shop (its lane) and not about one order. */
export function concernsShop(error: unknown): error is MarketplaceFailure {
  return error instanceof MarketplaceFailure && error.kind !== 'rejected' && error.kind !== 'malformed'
}

/** Whether the mall's order list alone is not to be had: the shop goes on with what it knows by number. */
export const isOfTheList = (error: unknown): error is MarketplaceFailure =>
  error instanceof MarketplaceFailure && error.only === 'list'

/**
 * Whether what looks like an outage may be about the one order that was asked for: a call that takes too long, a server
 * error. A mall that names a time knows that it is down.
 */
export const mayBeOneOrder = (failure: MarketplaceFailure): boolean =>
  failure.kind === 'unavailable' && failure.until === undefined && !isOwnWait(failure)
