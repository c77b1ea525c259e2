import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { Clock } from '../platform/clock.ts'
import { ask } from '../worker/fetch-bisect.ts'
import type { ShopTurn } from '../worker/shop-job.ts'
import { asOutage } from '../worker/shop-state.ts'
import type { OpenShop } from '../worker/shop-worker.ts'
import { mayBeOneOrder } from '../worker/unusable-answers.ts'
import type { HeldChange } from './claim.ts'

/** For all orders of a round together. A single call that takes longer is waited for. */
const READ_FOR_MS = 20_000

export interface Read {
  /** When it began, milliseconds. */
  at: number
  outcomes: Map<HeldChange, FetchOutcome>
  /** Orders whose own call broke, or that alone make the mall fall silent. */
  broken: { change: HeldChange; error: unknown }[]
  /** What holds for the whole shop: its lane must be closed. */
  failure: MarketplaceFailure | null
  /** The mall fell silent while this one alone was asked for. */
  suspect: HeldChange | null
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
  const asked = await ask(
    {
      session: opened.session,
      clock,
      deadline: at + READ_FOR_MS,
      signal: turn.signal,
      careful: turn.shop.laneFailures > 0,
      onAnswer: async (change, outcome) => void outcomes.set(change, outcome),
    },
    changes.filter((change) => !change.suspect),
    changes.filter((change) => change.suspect),
  )
  if (asked.anyGood) await turn.answered()
  const broken = asked.broken.map(({ request, error }) => ({ change: request, error }))
  const read: Read = { at, outcomes, broken, failure: asked.shopFailure, suspect: null }
  if (asked.silent) return { ...read, failure: asOutage(broken[0]?.error, 'MALL_ANSWERS_BROKEN') }
  const { alone, shopFailure } = asked
  if (!shopFailure || !alone || !mayBeOneOrder(shopFailure)) return read
  if (!alone.suspect) return { ...read, suspect: alone }
  // It was alone when the mall fell silent before. If the mall answers everything else, the order is to blame.
  if (!asked.anyGood && !(await turn.answersOtherwise(opened))) return read
  await turn.answered()
  return { ...read, broken: [...broken, { change: alone, error: shopFailure }], failure: null }
}
