import type { FetchOutcome } from '../../marketplaces/port/session.ts'
import { type FoundOrder, type PreparedOrder, prepareOrder } from '../../orders/store/prepare.ts'
import { type KnownOrder, type Refreshed, refresh } from '../../orders/store/refresh.ts'
import type { WantedReimport } from '../../orders/store/reimport-apply.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import type { DueRequest } from '../requests/due.ts'
import { type Ending, endingOf, givenUp, skipped } from './attempt-result.ts'
import { cancelledWhileHeldBack, doneBeforeUs } from './done-before-us.ts'

export interface Answer {
  request: DueRequest
  outcome: FetchOutcome
}

/** What is here of the orders that the mall answered for. */
export interface Here {
  known: ReadonlyMap<string, KnownOrder>
  wanted: ReadonlyMap<string, WantedReimport>
  /** Since when the shop is here. */
  since: Date
}

export interface Group {
  fresh: PreparedOrder[]
  known: Refreshed[]
  endings: Ending[]
}

interface SortDeps {
  sealer: Sealer
  newId: NewId
  log: Logger
}

/** Whether an answer brings a new order, news of a known one, or ends its request; with what is to be written of it. */
export function sortOut(deps: SortDeps, answers: readonly Answer[], here: Here, at: Date): Group {
  const group: Group = { fresh: [], known: [], endings: [] }
  for (const answer of answers) {
    const { request, outcome } = answer
    if (outcome.kind !== 'found') {
      group.endings.push(endingOf(request, outcome, at.getTime()))
      continue
    }
    const reason =
      doneBeforeUs(request, outcome.order, here.since) ?? cancelledWhileHeldBack(request, outcome.order)
    if (reason !== null) {
      group.endings.push(skipped(request, reason))
      continue
    }
    const { order, raw, rereadAt, revision = null } = outcome
    const found = { request, order, raw, rereadAt, revision }
    try {
      addFound(deps, group, found, here, at)
    } catch (error) {
      deps.log.error({ err: error, requestId: request.id }, 'order cannot be prepared for storing')
      group.endings.push(unstorable(answer))
    }
  }
  return group
}

function addFound(deps: SortDeps, group: Group, found: FoundOrder, here: Here, at: Date): void {
  const known = here.known.get(found.request.orderId ?? '')
  const prepared = prepareOrder(found, known?.id ?? deps.newId(), deps.sealer)
  const tools = { sealer: deps.sealer, newId: deps.newId, at }
  const wanted = here.wanted.get(found.request.id) ?? null
  if (known) group.known.push(refresh(known, prepared, tools, wanted))
  else group.fresh.push(prepared)
}

export const unstorable = ({ request, outcome }: Answer): Ending =>
  givenUp(request, {
    code: 'ORDER_UNSTORABLE',
    message: 'モールの回答に保存できない値が含まれていたため取り込めませんでした。運営者へ連絡してください。',
    mallMessage: null,
    raw: outcome.kind === 'found' ? outcome.raw : null,
    refused: true,
  })
