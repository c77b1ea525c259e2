import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { FetchOutcome } from '../../marketplaces/port/session.ts'
import { type FoundOrder, type PreparedOrder, prepareOrder } from '../../orders/store/prepare.ts'
import { type KnownOrder, type Refreshed, refresh } from '../../orders/store/refresh.ts'
import type { WantedReimport } from '../../orders/store/reimport-apply.ts'
import { createBreathing } from '../../platform/breathing.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import type { DueRequest } from '../requests/due.ts'
import { type AttemptResult, givenUp, resultOf, skipped } from './attempt-result.ts'

export interface Answer {
  request: DueRequest
  outcome: FetchOutcome
}

/** Stored state of the orders that the mall answered for. */
export interface Here {
  known: ReadonlyMap<string, KnownOrder>
  wanted: ReadonlyMap<string, WantedReimport>
  /** Since when the shop is here. */
  since: Date
}

export interface SortedAnswers {
  fresh: PreparedOrder[]
  known: Refreshed[]
  results: AttemptResult[]
}

interface SortDeps {
  sealer: Sealer
  newId: NewId
  log: Logger
}

/** Sorts answers into new orders, news of known ones and ended requests, with what each writes. */
export async function sortOut(
  deps: SortDeps,
  answers: readonly Answer[],
  here: Here,
  at: Date,
): Promise<SortedAnswers> {
  const sorted: SortedAnswers = { fresh: [], known: [], results: [] }
  const breathe = createBreathing()
  for (const answer of answers) {
    await breathe()
    const { request, outcome } = answer
    if (outcome.kind !== 'found') {
      sorted.results.push(resultOf(request, outcome, at.getTime()))
      continue
    }
    const reason =
      doneBeforeUs(request, outcome.order, here.since) ?? cancelledWhileHeldBack(request, outcome.order)
    if (reason !== null) {
      sorted.results.push(skipped(request, reason))
      continue
    }
    const { order, raw, rereadAt, revision = null } = outcome
    const found = { request, order, raw, rereadAt, revision }
    try {
      addFound(deps, sorted, found, here, at)
    } catch (error) {
      deps.log.error({ err: error, requestId: request.id }, 'order cannot be prepared for storing')
      sorted.results.push(unstorable(answer))
    }
  }
  return sorted
}

function addFound(deps: SortDeps, sorted: SortedAnswers, found: FoundOrder, here: Here, at: Date): void {
  const known = here.known.get(found.request.orderId ?? '')
  const prepared = prepareOrder(found, known?.id ?? deps.newId(), deps.sealer)
  const tools = { sealer: deps.sealer, newId: deps.newId, at }
  const wanted = here.wanted.get(found.request.id) ?? null
  if (known) sorted.known.push(refresh(known, prepared, tools, wanted))
  else sorted.fresh.push(prepared)
}

export const unstorable = ({ request, outcome }: Answer): AttemptResult =>
  givenUp(request, {
    code: 'ORDER_UNSTORABLE',
    message: 'モールの回答に保存できない値が含まれていたため取り込めませんでした。運営者へ連絡してください。',
    mallMessage: null,
    raw: outcome.kind === 'found' ? outcome.raw : null,
    refused: true,
  })

/**
 * Why an order that a sweep found is not imported: it was dealt with at the mall before the shop came here. A first sweep
 * looks back 30 days, and what the shop has shipped long ago must not come up as a new order to be shipped again. What is
 * still open at the mall comes in however old it is, and so does everything that a person or a mail asks for.
 * @returns null when it is to be imported
 */
export function doneBeforeUs(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId'>,
  order: Pick<NormalisedOrder, 'mallState' | 'orderedAt'>,
  shopSince: Date,
): string | null {
  const isNews = request.source === 'sweep' && request.purpose === 'import' && request.orderId === null
  if (!isNews || order.mallState === 'open' || Date.parse(order.orderedAt) >= shopSince.getTime()) return null
  return 'この店舗の登録前に、モールで発送・完了・キャンセル済みの受注です。取り込むには受注番号を指定してください。'
}

/**
 * Why an order that the mall had held back (未決済) is not imported: it was cancelled before it was one. It would only have to
 * be thrown away by hand. What a person asks for comes in.
 * @returns null when it is to be imported
 */
export function cancelledWhileHeldBack(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId' | 'pendingUntil'>,
  order: Pick<NormalisedOrder, 'mallState'>,
): string | null {
  const { source, purpose, orderId, pendingUntil } = request
  const wasHeldBack = pendingUntil !== null && purpose === 'import' && orderId === null && source !== 'person'
  if (!wasHeldBack || order.mallState !== 'cancelled') return null
  return 'モールで確定する前にキャンセルされた受注です。取り込むには受注番号を指定してください。'
}
