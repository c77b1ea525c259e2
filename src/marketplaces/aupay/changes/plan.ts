import type { Wished } from '../../kit/changes/actions.ts'
import { already, planned, refused } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'
import {
  alreadyShipped,
  confirmedStatus,
  notTheShops,
  ON_HOLD,
  paymentFailed,
  RESERVATION,
  reserved,
  statusOf,
  waitsForShop,
} from './refusals.ts'
import { cancelStep, statusStep } from './steps.ts'

/** Plans a requested change at au PAY マーケット for the order just read, which is not cancelled. Pure. */

const nameOf = (order: NormalisedOrder) => `「${statusOf(order)}」`
const isShipped = (order: NormalisedOrder) => order.mallState === 'shipped' || order.mallState === 'completed'

const moved = (name: string, order: NormalisedOrder, to: string): ChangePlan =>
  planned(statusStep(name, statusOf(order), to))

function toConfirmed(name: string, order: NormalisedOrder): ChangePlan {
  const next = confirmedStatus(order)
  return typeof next === 'string' ? moved(name, order, next) : next
}

/**
 * 新規受付 → 発送待ち or 発送前入金待ち. A reservation takes two: 新規予約 → 予約中, and from its day of release on that → where others
 * go at once.
 */
export function planConfirm(order: NormalisedOrder): ChangePlan {
  const blocked = notTheShops(order)
  if (blocked) return blocked
  switch (statusOf(order)) {
    case '新規予約':
      return paymentFailed(order) ?? moved('reserve', order, '予約中')
    case '予約中':
      return paymentFailed(order) ?? notBeforeRelease(toConfirmed('confirm', order), order)
    case '新規受付':
      return paymentFailed(order) ?? toConfirmed('confirm', order)
    case '保留':
      return ON_HOLD
    default:
      return already(`すでに${nameOf(order)}に進んでいます。`)
  }
}

/**
 * Delays a plan until the release. `releaseDate` is a day in Japan; a reservation without one does not wait.
 */
function notBeforeRelease(plan: ChangePlan, { times }: NormalisedOrder): ChangePlan {
  const day = times.releaseDate
  // Marks the wait as the person's wish, because a change that waits for the mall ends after a week and a
  // release may be months away.
  return plan.kind === 'steps' && day ? { ...plan, notBefore: `${day}T00:00:00+09:00`, byWish: true } : plan
}

/** 発送前入金待ち → 発送待ち. */
export function planPaid(order: NormalisedOrder): ChangePlan {
  const status = statusOf(order)
  if (status === '発送前入金待ち') return moved('mark_paid', order, '発送待ち')
  if (status === '発送後入金待ち')
    return refused(
      'USE_COMPLETE',
      '発送後の入金を待っている注文です。入金を確認したら「完了」を実行してください。',
    )
  return (
    notTheShops(order) ??
    reserved(order) ??
    waitsForShop(order) ??
    already(`入金待ちではありません（${nameOf(order)}）。`)
  )
}

/** 発送後入金待ち → 完了; and what has its shipping data already and only lacks the status. */
export function planComplete(order: NormalisedOrder): ChangePlan {
  const status = statusOf(order)
  if (status === '完了') return already('すでに完了しています。')
  if (status === '発送後入金待ち') return moved('complete', order, '完了')
  const blocked = notTheShops(order) ?? reserved(order) ?? paymentFailed(order) ?? waitsForShop(order)
  if (blocked) return blocked
  const registered = order.recipients.some(({ parcels }) => parcels.some((parcel) => parcel.shippedOn))
  return registered && status !== '発送前入金待ち'
    ? moved('complete', order, '完了')
    : refused(
        'NOT_SHIPPED',
        '発送情報が登録されていないか、入金待ちのため完了にできません。「発送完了」で発送日とお荷物伝票番号を登録してください。',
      )
}

export function planHold(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) === '保留') return already('すでに保留です。')
  if (isShipped(order)) return alreadyShipped('保留にはできません。Wow!managerで注文を確認してください。')
  return notTheShops(order) ?? reserved(order) ?? moved('hold', order, '保留')
}

/** Returns a held order to the confirmed status, because the mall does not say which one it had before. */
export function planRelease(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) !== '保留') return already(`保留ではありません（${nameOf(order)}）。`)
  if (order.subscription?.kind === 'reservation') return RESERVATION
  return paymentFailed(order) ?? toConfirmed('release', order)
}

/** Plans a status defined by the shop, which is a step on the way to dispatch. */
export function planSubStatus(wished: string, order: NormalisedOrder): ChangePlan {
  const name = wished.trim()
  if (statusOf(order) === name) return already(`すでに「${name}」です。`)
  if (isShipped(order)) return alreadyShipped('ステータスを変える場合はWow!managerで変更してください。')
  return notTheShops(order) ?? reserved(order) ?? waitsForShop(order) ?? moved('sub_status', order, name)
}

/** The whole order; a buyer's own wish (キャンセル受付中) is granted with it. */
export function planCancel({ reason, detail = '' }: Wished<'cancel'>, order: NormalisedOrder): ChangePlan {
  if (order.mallState === 'cancelled') return already('すでにキャンセルされています。')
  if (isShipped(order))
    return alreadyShipped('キャンセルする場合はWow!managerで返品・返金の手続きをしてください。')
  return planned(cancelStep(reason, detail))
}
