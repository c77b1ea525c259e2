import { already, planned, refused, sameText } from '../../kit/changes/plans.ts'
import { waitedAfterOrder, waitedAfterShipping } from '../../kit/changes/waits.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan, WantedChange } from '../../port/site-changes.ts'
import { toRfc3339 } from '../dates.ts'
import {
  factsOf,
  inFraudReview,
  notChangeable,
  type OrderFacts,
  onHold,
  prankOrder,
  unknownStatus,
  waitsForReview,
  wrongStatus,
} from './facts.ts'
import { type YahooCancel, YahooParameters } from './parameters.ts'
import { planContent } from './plan-content.ts'
import { planCorrection } from './plan-correction.ts'
import { planShip } from './plan-ship.ts'
import { contentStep, paidStep, seenStep, statusStep } from './steps.ts'

/** What a wished change asks of Yahoo!, as the order just read stands (注文ステータス変更API, table of transitions). Pure. */
export function planYahooChange(change: WantedChange, order: NormalisedOrder): ChangePlan {
  const plan = PLANS[change.action]
  if (change.action === 'cancel' && order.mallStatus.code === '4')
    return already('すでにキャンセルされています。')
  if (!plan) return refused('ACTION_NOT_SUPPORTED', 'Yahoo!ショッピングではこのサイト変更はできません。')
  const waits = WAIT_FOR_REVIEW.has(change.action) ? waitsForReview(order) : null
  return notChangeable(order) ?? waits ?? plan(order, factsOf(order), change.parameters)
}

/** A cancel is taken, and shipping is for staff to look at again rather than to go out some day by itself. */
const WAIT_FOR_REVIEW: ReadonlySet<ChangeAction> = new Set([
  ...(['confirm', 'mark_paid', 'hold', 'release', 'memo', 'sub_status', 'change_content'] as const),
])

type Plan = (order: NormalisedOrder, facts: OrderFacts, parameters: unknown) => ChangePlan

const PLANS: Partial<Record<ChangeAction, Plan>> = {
  confirm: (order, facts, parameters) =>
    waitedAfterOrder(planConfirm(facts), order, YahooParameters.confirm.parse(parameters).waitMinutes),
  ship: (order, facts, parameters) =>
    unknownStatus(facts) ?? planShip(YahooParameters.ship.parse(parameters), order),
  mark_paid: (_order, facts, parameters) =>
    planPaid(facts, YahooParameters.mark_paid.parse(parameters).paidOn),
  complete: (order, facts, parameters) =>
    waitedAfterShipping(
      planComplete(order, facts),
      order,
      YahooParameters.complete.parse(parameters).afterDays,
    ),
  hold: (_order, facts) => planHold(facts),
  release: (_order, facts) => planRelease(facts),
  cancel: (_order, facts, parameters) => planCancel(facts, YahooParameters.cancel.parse(parameters)),
  memo: (order, facts, parameters) => planMemo(order, facts, YahooParameters.memo.parse(parameters).memo),
  sub_status: (order, facts, parameters) =>
    planStoreStatus(order, facts, YahooParameters.sub_status.parse(parameters).subStatus),
  correct_shipment: (order, facts, parameters) =>
    planCorrection(YahooParameters.correct_shipment.parse(parameters), order, facts),
  change_content: (order, facts, parameters) =>
    contentsClosed(facts, '注文内容の変更') ??
    planContent(YahooParameters.change_content.parse(parameters), order, facts),
}

/** Contents of held orders and of pranks cannot be changed (注文内容変更API). */
const contentsClosed = (facts: OrderFacts, what: string): ChangePlan | null =>
  facts.status === '3' ? onHold(what) : facts.prank ? prankOrder() : null

/** IsSeen goes from false to true only; any other update sets it as well. */
function planConfirm(facts: OrderFacts): ChangePlan {
  if (facts.seen) return already('すでに確認済みの注文です。')
  return contentsClosed(facts, '注文確認') ?? planned(seenStep())
}

/** Payments that Yahoo! runs move by themselves. */
function planPaid(facts: OrderFacts, paidOn: string | undefined): ChangePlan {
  if (facts.payStatus === '1') return already('すでに入金済みです。')
  if (!facts.storeRunPayment)
    return refused(
      'PAYMENT_RUN_BY_MALL',
      'Yahoo!ショッピングが管理する支払方法のため、入金済みにできません。入金されるとYahoo!ショッピングが自動で変更しますので、そのままお待ちください。',
    )
  return planned(paidStep(paidOn))
}

/** Completing right after the change to 出荷済み may fail, as the API's page remarks. */
const AFTER_SHIPPING_MS = 10_000

function planComplete(order: NormalisedOrder, facts: OrderFacts): ChangePlan {
  if (facts.status === '5') return already('すでに完了しています。')
  const blocked = unknownStatus(facts) ?? inFraudReview(order)
  if (blocked) return blocked
  if (owesMoney(order, facts))
    return wrongStatus(
      '入金済みでないため完了できません。入金を確認し、入金済みにしてから再実行してください。',
    )
  if (facts.shipStatus !== '3' && facts.shipStatus !== '4')
    return wrongStatus('出荷済みでないため完了できません。発送を登録してから再実行してください。')
  const plan = planned(statusStep('complete', '完了への変更', '5', true))
  const changedAt = Date.parse(order.updatedAt ?? '')
  return plan.kind !== 'steps' || facts.shipStatus !== '3' || Number.isNaN(changedAt)
    ? plan
    : { ...plan, notBefore: toRfc3339(new Date(changedAt + AFTER_SHIPPING_MS)) }
}

const owesMoney = (order: NormalisedOrder, { payStatus }: OrderFacts) =>
  payStatus !== '1' && order.payment.status !== 'paid' && order.totals.billed > 0

function planHold(facts: OrderFacts): ChangePlan {
  if (facts.status === '3') return already('すでに保留中です。')
  if (facts.status !== '2')
    return (
      unknownStatus(facts) ??
      wrongStatus('保留にできるのは「処理中」の注文だけです。ストアクリエイターProで状態を確認してください。')
    )
  return planned(statusStep('hold', '保留への変更', '3', false))
}

function planRelease(facts: OrderFacts): ChangePlan {
  if (facts.status === '2' || facts.status === '1') return already('保留になっていません。')
  if (facts.status !== '3')
    return (
      unknownStatus(facts) ??
      wrongStatus(
        '完了した注文は保留を解除する対象ではありません。ストアクリエイターProで状態を確認してください。',
      )
    )
  return facts.prank ? prankOrder() : planned(statusStep('release', '保留の解除', '2', false))
}

function planCancel(facts: OrderFacts, { reason, detail }: YahooCancel): ChangePlan {
  const unknown = unknownStatus(facts)
  if (unknown) return unknown
  if (facts.status === '5' && facts.prank) return prankOrder()
  const why = { CancelReason: reason, ...(detail ? { CancelReasonDetail: detail } : {}) }
  return planned(statusStep('cancel', 'キャンセル', '4', false, why))
}

function planMemo(order: NormalisedOrder, facts: OrderFacts, memo: string): ChangePlan {
  if (sameText(memo, order.notes.shop)) return already('社内メモはすでに同じ内容です。')
  return (
    contentsClosed(facts, '社内メモの変更') ??
    planned(contentStep('memo', '社内メモの変更', { Notes: memo }, { characters: memo.length }))
  )
}

function planStoreStatus(order: NormalisedOrder, facts: OrderFacts, wanted: string | null): ChangePlan {
  if (wanted === null || order.mallSubStatus?.code === wanted)
    return already('ストアステータスはすでに同じです。')
  return (
    contentsClosed(facts, 'ストアステータスの変更') ??
    planned(
      contentStep('sub_status', 'ストアステータスの変更', { StoreStatus: wanted }, { StoreStatus: wanted }),
    )
  )
}
