import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { Clock } from '../platform/clock.ts'
import { fetchBisecting } from '../worker/fetch-bisect.ts'
import { asOutage, mayBeOneOrder } from '../worker/mall-failures.ts'
import type { OpenShop, ShopTurn } from '../worker/shop-job.ts'
import { heldByMall, notAtMall, notForUs, type Reason, unreadable } from './reasons.ts'
import type { HeldChange } from './steps.ts'

/** For all orders of a round together. A single call that takes longer is waited for. */
const READ_FOR_MS = 20_000

export interface Read {
  /** When it began, milliseconds. */
  at: number
  outcomes: Map<HeldChange, FetchOutcome>
  /** Orders whose own call broke, or that alone make the mall fall silent. */
  broken: { change: HeldChange; error: unknown }[]
  /** Failure that concerns the whole shop: its lane must be closed. */
  failure: MarketplaceFailure | null
  /** The mall fell silent while this one alone was asked for. */
  toIsolate: HeldChange | null
}

/** Reads the orders of these changes, in as few calls as the mall allows. Writes nothing. */
export async function readOrders(
  turn: ShopTurn,
  opened: OpenShop,
  clock: Clock,
  changes: readonly HeldChange[],
): Promise<Read> {
  const at = clock.now()
  const outcomes: Read['outcomes'] = new Map()
  const fetched = await fetchBisecting(
    {
      session: opened.session,
      clock,
      deadline: at + READ_FOR_MS,
      signal: turn.signal,
      careful: turn.shop.laneFailures > 0,
      onAnswer: async (change, outcome) => void outcomes.set(change, outcome),
    },
    changes.filter((change) => !change.isolated),
    changes.filter((change) => change.isolated),
  )
  if (fetched.anyGood) await turn.answered()
  const broken = fetched.broken.map(({ request, error }) => ({ change: request, error }))
  const read: Read = { at, outcomes, broken, failure: fetched.shopFailure, toIsolate: null }
  if (fetched.silent) return { ...read, failure: asOutage(broken[0]?.error, 'MALL_ANSWERS_BROKEN') }
  const { alone, shopFailure } = fetched
  if (!shopFailure || !alone || !mayBeOneOrder(shopFailure)) return read
  if (!alone.isolated) return { ...read, toIsolate: alone }
  // It was alone when the mall fell silent before. If the mall answers everything else, the order is to
  // blame.
  if (!fetched.anyGood && !(await turn.answersOtherwise(opened))) return read
  await turn.answered()
  return { ...read, broken: [...broken, { change: alone, error: shopFailure }], failure: null }
}

/** Consequence of an unread order for its change: read again until its time is over, or end at once. */
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
