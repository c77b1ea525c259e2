import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { heldByMall, notAtMall, notForUs, type Reason, unreadable } from './reasons.ts'

/** What an order that could not be read means for its change: it is read again until its time is over, or ends at once. */
export interface Unread {
  reason: Reason
  final: boolean
}

export function unreadOutcome(outcome: Exclude<FetchOutcome, { kind: 'found' }>): Unread {
  switch (outcome.kind) {
    case 'not_found':
      return { reason: notAtMall(outcome.mallMessage ?? null), final: false }
    case 'pending':
      return { reason: heldByMall(outcome.message), final: false }
    case 'skipped':
      return { reason: notForUs(outcome.reason), final: true }
    case 'failed':
      return unreadError(outcome.failure)
  }
}

export function unreadError(error: unknown): Unread {
  if (error instanceof MarketplaceFailure) {
    const reason = unreadable(error.code, error.message, error.mallMessage ?? null)
    return { reason, final: error.kind === 'rejected' }
  }
  return {
    reason: unreadable('ORDER_UNREADABLE', 'モールの受注を読み取れないため、変更を進められません。'),
    final: false,
  }
}
