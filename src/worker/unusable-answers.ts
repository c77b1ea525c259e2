import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { isOwnWait } from './lane-policy.ts'

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
