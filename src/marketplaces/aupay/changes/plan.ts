import { already, planned, refused } from '../../kit/changes/plans.ts'
import { waitedAfterOrder, waitedAfterShipping } from '../../kit/changes/waits.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeAction, ChangePlan, WantedChange } from '../../port/site-changes.ts'
import { confirmedStatus } from './next-status.ts'
import { type AupayCancel, AupayParameters } from './parameters.ts'
import { statusStep, step } from './payload.ts'
import { planCorrection, planShip } from './plan-ship.ts'
import {
  alreadyShipped,
  cancelled,
  notConfirmed,
  notTheShops,
  onHold,
  paymentFailed,
  reservation,
  reserved,
  statusOf,
} from './refusals.ts'

/** What a wished change asks of au PAY マーケット, as the order just read stands. Pure. */
export function planAupayChange(change: WantedChange, order: NormalisedOrder): ChangePlan {
  const plan = PLANS[change.action]
  return plan
    ? plan(change.parameters, order)
    : refused(
        'ACTION_NOT_SUPPORTED',
        'au PAY マーケットではこのサイト変更はできません。Wow!managerで操作してください。',
      )
}

type Plan = (parameters: unknown, order: NormalisedOrder) => ChangePlan

const PLANS: Partial<Record<ChangeAction, Plan>> = {
  confirm: (parameters, order) =>
    cancelled(order) ??
    waitedAfterOrder(planConfirm(order), order, AupayParameters.confirm.parse(parameters).waitMinutes),
  ship: (parameters, order) => planShip(AupayParameters.ship.parse(parameters), order),
  correct_shipment: (parameters, order) =>
    planCorrection(AupayParameters.correct_shipment.parse(parameters), order),
  mark_paid: (_parameters, order) => cancelled(order) ?? planPaid(order),
  complete: (parameters, order) =>
    cancelled(order) ??
    waitedAfterShipping(planComplete(order), order, AupayParameters.complete.parse(parameters).afterDays),
  hold: (_parameters, order) => cancelled(order) ?? planHold(order),
  release: (_parameters, order) => cancelled(order) ?? planRelease(order),
  cancel: (parameters, order) => planCancel(AupayParameters.cancel.parse(parameters), order),
  sub_status: (parameters, order) =>
    cancelled(order) ?? planSubStatus(AupayParameters.sub_status.parse(parameters).subStatus ?? '', order),
}

const nameOf = (order: NormalisedOrder) => `「${statusOf(order)}」`
const isShipped = (order: NormalisedOrder) => order.mallState === 'shipped' || order.mallState === 'completed'

/**
 * 新規受付 → 発送待ち or 発送前入金待ち. A reservation takes two: 新規予約 → 予約中, and from its day of release on that → where others
 * go at once.
 */
function planConfirm(order: NormalisedOrder): ChangePlan {
  const blocked = notTheShops(order)
  if (blocked) return blocked
  if (statusOf(order) === '新規予約')
    return paymentFailed(order) ?? planned(statusStep('reserve', '新規予約', '予約中'))
  if (statusOf(order) === '予約中')
    return paymentFailed(order) ?? notBeforeRelease(toConfirmed('confirm', order), order)
  if (statusOf(order) === '保留') return onHold()
  if (statusOf(order) !== '新規受付') return already(`すでに${nameOf(order)}に進んでいます。`)
  return paymentFailed(order) ?? toConfirmed('confirm', order)
}

/** `releaseDate` is a day in Japan; a reservation without one waits for nobody. */
function notBeforeRelease(plan: ChangePlan, { times }: NormalisedOrder): ChangePlan {
  const day = times.releaseDate
  // What is wished for is the day of release, be it months away: a change that waits for the mall ends after a week.
  return plan.kind === 'steps' && day ? { ...plan, notBefore: `${day}T00:00:00+09:00`, byWish: true } : plan
}

function toConfirmed(name: string, order: NormalisedOrder): ChangePlan {
  const next = confirmedStatus(order)
  return typeof next === 'string' ? planned(statusStep(name, statusOf(order), next)) : next
}

/** 発送前入金待ち → 発送待ち. */
function planPaid(order: NormalisedOrder): ChangePlan {
  const status = statusOf(order)
  if (status === '発送前入金待ち') return planned(statusStep('mark_paid', status, '発送待ち'))
  if (status === '発送後入金待ち')
    return refused(
      'USE_COMPLETE',
      '発送後の入金を待っている注文です。入金を確認したら「完了」を実行してください。',
    )
  const blocked = notTheShops(order) ?? reserved(order)
  if (blocked) return blocked
  if (status === '保留') return onHold()
  if (status === '新規受付') return notConfirmed()
  return already(`入金待ちではありません（${nameOf(order)}）。`)
}

/** 発送後入金待ち → 完了; and what has its shipping data already and only lacks the status. */
function planComplete(order: NormalisedOrder): ChangePlan {
  const status = statusOf(order)
  if (status === '完了') return already('すでに完了しています。')
  const step = statusStep('complete', status, '完了')
  if (status === '発送後入金待ち') return planned(step)
  const blocked = notTheShops(order) ?? reserved(order) ?? paymentFailed(order)
  if (blocked) return blocked
  if (status === '保留') return onHold()
  if (status === '新規受付') return notConfirmed()
  const registered = order.recipients.some(({ parcels }) => parcels.some((parcel) => parcel.shippedOn))
  if (registered && status !== '発送前入金待ち') return planned(step)
  return refused(
    'NOT_SHIPPED',
    '発送情報が登録されていないか、入金待ちのため完了にできません。「発送完了」で発送日とお荷物伝票番号を登録してください。',
  )
}

function planHold(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) === '保留') return already('すでに保留です。')
  if (isShipped(order)) return alreadyShipped('保留にはできません。Wow!managerで注文を確認してください。')
  const blocked = notTheShops(order) ?? reserved(order)
  return blocked ?? planned(statusStep('hold', statusOf(order), '保留'))
}

/** Which status the order had before is not told: it goes on as a confirmed one. */
function planRelease(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) !== '保留') return already(`保留ではありません（${nameOf(order)}）。`)
  if (order.subscription?.kind === 'reservation') return reservation()
  return paymentFailed(order) ?? toConfirmed('release', order)
}

/** A status that the shop named, for a step on the way to dispatch. */
function planSubStatus(wished: string, order: NormalisedOrder): ChangePlan {
  const name = wished.trim()
  if (statusOf(order) === name) return already(`すでに「${name}」です。`)
  if (isShipped(order)) return alreadyShipped('ステータスを変える場合はWow!managerで変更してください。')
  const blocked = notTheShops(order) ?? reserved(order)
  if (blocked) return blocked
  if (statusOf(order) === '保留') return onHold()
  if (statusOf(order) === '新規受付') return notConfirmed()
  return planned(statusStep('sub_status', statusOf(order), name))
}

/** The whole order; a buyer's own wish (キャンセル受付中) is granted with it. */
function planCancel({ reason, detail = '' }: AupayCancel, order: NormalisedOrder): ChangePlan {
  if (order.mallState === 'cancelled') return already('すでにキャンセルされています。')
  if (isShipped(order))
    return alreadyShipped('キャンセルする場合はWow!managerで返品・返金の手続きをしてください。')
  return planned(
    step(
      'cancel',
      '注文のキャンセル',
      { operation: 'cancelTradeProc', cancelReason: reason, cancelComment: detail },
      { cancelReason: reason, characters: detail.length },
    ),
  )
}
