import type { Wished } from '../../kit/changes/actions.ts'
import { already, planned, refused, sameText } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan } from '../../port/site-changes.ts'
import { toRfc3339 } from '../dates.ts'
import {
  contentsClosed,
  factsOf,
  inFraudReview,
  notChangeable,
  type OrderFacts,
  prankOrder,
  unknownStatus,
  waitsForReview,
  wrongStatus,
} from './refusals.ts'
import { contentStep, paidStep, seenStep, statusStep } from './steps.ts'

/** What a wished change asks of Yahoo!, as the order just read stands (注文ステータス変更API, table of transitions). Pure. */

/** What holds for every change, and what most of them wait for. */
export function closed(order: NormalisedOrder, action: ChangeAction): ChangePlan | null {
  if (action === 'cancel' && order.mallStatus.code === '4') return already('すでにキャンセルされています。')
  return notChangeable(order) ?? (WAIT_FOR_REVIEW.has(action) ? waitsForReview(order) : null)
}

/** A cancel is taken, and shipping is for staff to look at again rather than to go out some day by itself. */
const WAIT_FOR_REVIEW: ReadonlySet<ChangeAction> = new Set([
  ...(['confirm', 'mark_paid', 'hold', 'release', 'memo', 'sub_status', 'change_content'] as const),
])

/** IsSeen goes from false to true only; any other update sets it as well. */
export function planConfirm(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.seen) return already('すでに確認済みの注文です。')
  return contentsClosed(facts, '注文確認') ?? planned(seenStep())
}

/** Payments that Yahoo! runs move by themselves. */
export function planPaid({ paidOn }: Wished<'mark_paid'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
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

export function planComplete(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
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

export function planHold(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  if (facts.status === '3') return already('すでに保留中です。')
  if (facts.status !== '2')
    return (
      unknownStatus(facts) ??
      wrongStatus('保留にできるのは「処理中」の注文だけです。ストアクリエイターProで状態を確認してください。')
    )
  return planned(statusStep('hold', '保留への変更', '3', false))
}

export function planRelease(order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
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

export function planCancel({ reason, detail }: Wished<'cancel'>, order: NormalisedOrder): ChangePlan {
  const facts = factsOf(order)
  const unknown = unknownStatus(facts)
  if (unknown) return unknown
  if (facts.status === '5' && facts.prank) return prankOrder()
  const why = { CancelReason: reason, ...(detail ? { CancelReasonDetail: detail } : {}) }
  return planned(statusStep('cancel', 'キャンセル', '4', false, why))
}

export function planMemo({ memo }: Wished<'memo'>, order: NormalisedOrder): ChangePlan {
  if (sameText(memo, order.notes.shop)) return already('社内メモはすでに同じ内容です。')
  return (
    contentsClosed(factsOf(order), '社内メモの変更') ??
    planned(contentStep('memo', '社内メモの変更', { Notes: memo }, { characters: memo.length }))
  )
}

export function planStoreStatus(
  { subStatus: wanted }: Wished<'sub_status'>,
  order: NormalisedOrder,
): ChangePlan {
  if (wanted === null || order.mallSubStatus?.code === wanted)
    return already('ストアステータスはすでに同じです。')
  return (
    contentsClosed(factsOf(order), 'ストアステータスの変更') ??
    planned(
      contentStep('sub_status', 'ストアステータスの変更', { StoreStatus: wanted }, { StoreStatus: wanted }),
    )
  )
}
