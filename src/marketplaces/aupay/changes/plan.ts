import type { Wished } from '../../kit/changes/actions.ts'
import {
  already,
  endOf,
  type Parcel,
  parcelsByRecipient,
  planned,
  refused,
  refusing,
  sameNumber,
} from '../../kit/changes/plans.ts'
import { codeTable } from '../../kit/codes.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan, ChangeStep } from '../../port/site-changes.ts'
import { CARRIERS, isPrepaid, STATUSES } from '../codes.ts'
import { cancelStep, type ShippingPayload, shippingSteps, statusStep } from './steps.ts'

/** Plans a requested change at au PAY マーケット for the order just read, which is not cancelled. Pure. */

const statusOf = (order: NormalisedOrder): string => order.mallStatus.code
const nameOf = (order: NormalisedOrder) => `「${statusOf(order)}」`
const isShipped = (order: NormalisedOrder) => order.mallState === 'shipped' || order.mallState === 'completed'
const isPaid = ({ payment }: NormalisedOrder) => payment.status === 'paid'

const refuse = refusing({
  AUTHORISATION_PENDING: '与信の結果を待っているため変更できません。与信が取れてから再実行してください。',
  CANCEL_REQUESTED: '購入者のキャンセル申請を受け付け中です。発送せず、Wow!managerで対応を決めてください。',
  NOT_CONFIRMED:
    'au PAY マーケットのステータスが「新規受付」のままです。先に注文確認をするか、「注文確認をしてから発送」を指定して再実行してください。',
  NOT_PAID:
    '入金がまだ確認できないため変更できません。入金を確認し、「入金済み」にしてから再実行してください。',
  NOT_SHIPPED:
    '発送情報が登録されていないか、入金待ちのため完了にできません。「発送完了」で発送日とお荷物伝票番号を登録してください。',
  ON_HOLD: 'Wow!managerで「保留」になっています。保留を解除してから再実行してください。',
  ORDER_CANCELLED_AT_MALL:
    'au PAY マーケットで注文がキャンセルされています。発送せず、キャンセルとして処理してください。',
  PAYMENT_FAILED: '決済に失敗している注文です。Wow!managerで決済の状態を確認してください。',
  PAYMENT_KIND_UNKNOWN:
    '支払方法から次のステータスを決められません。Wow!managerでステータスを変更してください。',
  // The mall does not document the transitions of a reservation, although all statuses can be set.
  RESERVATION:
    '予約注文のため、このサイト変更はできません。注文確認で「発送待ち」にするか、発送する場合は「注文確認をしてから発送」を指定して再実行してください。',
  UNKNOWN_MALL_STATUS: '受注ステータスを読み取れません。Wow!managerで注文を確認してください。',
  USE_COMPLETE: '発送後の入金を待っている注文です。入金を確認したら「完了」を実行してください。',
})

export const cancelled = (order: NormalisedOrder): ChangePlan | null =>
  order.mallState === 'cancelled' ? refuse('ORDER_CANCELLED_AT_MALL') : null

const fraud = (message: string) => refused('FRAUD_CHECK', message)

/** Statuses that the mall, or the buyer, set and that the shop answers on the mall's own screen. */
const NOT_THE_SHOPS = codeTable<ChangePlan>({
  キャンセル受付中: refuse('CANCEL_REQUESTED'),
  不正取引審査中: fraud(
    'au PAY マーケットが不正取引を審査中のため変更できません。審査が終わってから再実行してください。',
  ),
  審査保留: fraud('不正取引の審査が保留中のため変更できません。審査が終わってから再実行してください。'),
  審査NG: fraud('不正取引の審査でNGになった注文です。発送せず、Wow!managerで確認してください。'),
  与信待ち: refuse('AUTHORISATION_PENDING'),
  '': refuse('UNKNOWN_MALL_STATUS'),
})

const notTheShops = (order: NormalisedOrder): ChangePlan | null => NOT_THE_SHOPS[statusOf(order)] ?? null

const RESERVED: ReadonlySet<string> = new Set(['新規予約', '予約中'])

export const isUnconfirmed = (order: NormalisedOrder): boolean =>
  order.mallState === 'open' && (statusOf(order) === '新規受付' || RESERVED.has(statusOf(order)))

const reserved = (order: NormalisedOrder): ChangePlan | null =>
  RESERVED.has(statusOf(order)) ? refuse('RESERVATION') : null

/** pgResult 1. */
const paymentFailed = (order: NormalisedOrder): ChangePlan | null =>
  order.mallStatuses.pgResult === '1' ? refuse('PAYMENT_FAILED') : null

/** The shop's own next moves come first: 保留解除, 注文確認. */
const waitsForShop = (order: NormalisedOrder): ChangePlan | null =>
  statusOf(order) === '保留'
    ? refuse('ON_HOLD')
    : statusOf(order) === '新規受付'
      ? refuse('NOT_CONFIRMED')
      : null

const alreadyShipped = (what: string) =>
  refused('ALREADY_SHIPPED', `au PAY マーケットではすでに発送済みです。${what}`)

const waitsForPayment = (order: NormalisedOrder): boolean => isPrepaid(order.payment.kind) && !isPaid(order)

/**
 * The status after 注文確認, or after a hold: 発送前入金待ち for prepayments; 発送待ち for cards, carrier billing, cash on
 * delivery and payment after delivery. A payment of unknown kind without authorisation is left to a person.
 */
function confirmedStatus(order: NormalisedOrder): string | ChangePlan {
  if (waitsForPayment(order)) return '発送前入金待ち'
  const known = order.payment.kind !== 'other' || isPaid(order) || order.payment.status === 'authorised'
  return known ? '発送待ち' : refuse('PAYMENT_KIND_UNKNOWN')
}

/** The mall completes payments that it authorised; only payment after delivery is still awaited. */
const shippedStatus = (order: NormalisedOrder, markPaid: boolean): string =>
  order.payment.kind === 'deferred' && !isPaid(order) && !markPaid ? '発送後入金待ち' : '完了'

const moved = (name: string, order: NormalisedOrder, to: string): ChangePlan =>
  planned(statusStep(name, statusOf(order), to))

function toConfirmed(name: string, order: NormalisedOrder): ChangePlan {
  const next = confirmedStatus(order)
  return typeof next === 'string' ? moved(name, order, next) : next
}

/**
 * 新規受付 → 発送待ち or 発送前入金待ち. A reservation takes two: 新規予約 → 予約中, and from its day of release on that → where
 * others go at once.
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
      return refuse('ON_HOLD')
    default:
      return already(`すでに${nameOf(order)}に進んでいます。`)
  }
}

/** `releaseDate` is a day in Japan; a reservation without one does not wait. */
function notBeforeRelease(plan: ChangePlan, { times }: NormalisedOrder): ChangePlan {
  const day = times.releaseDate
  // As the person's wish: a change that waits for the mall ends after a week, and a release may be months
  // away.
  return plan.kind === 'steps' && day ? { ...plan, notBefore: `${day}T00:00:00+09:00`, byWish: true } : plan
}

/** 発送前入金待ち → 発送待ち. */
export function planPaid(order: NormalisedOrder): ChangePlan {
  const status = statusOf(order)
  if (status === '発送前入金待ち') return moved('mark_paid', order, '発送待ち')
  if (status === '発送後入金待ち') return refuse('USE_COMPLETE')
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
  return registered && status !== '発送前入金待ち' ? moved('complete', order, '完了') : refuse('NOT_SHIPPED')
}

export function planHold(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) === '保留') return already('すでに保留です。')
  if (isShipped(order)) return alreadyShipped('保留にはできません。Wow!managerで注文を確認してください。')
  return notTheShops(order) ?? reserved(order) ?? moved('hold', order, '保留')
}

/** Returns a held order to the confirmed status, because the mall does not say which one it had before. */
export function planRelease(order: NormalisedOrder): ChangePlan {
  if (statusOf(order) !== '保留') return already(`保留ではありません（${nameOf(order)}）。`)
  if (order.subscription?.kind === 'reservation') return refuse('RESERVATION')
  return paymentFailed(order) ?? toConfirmed('release', order)
}

/** Plans a status defined by the shop, which is a step on the way to dispatch. */
export function planSubStatus({ subStatus }: Wished<'sub_status'>, order: NormalisedOrder): ChangePlan {
  const name = (subStatus ?? '').trim()
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

/**
 * 発送完了: the shipping data first, then the status, as every client of the API does: registering data moves no
 * status. The status alone says whether it is done, since it is not known whether the data turn shipStatus.
 */
export function planShip(wished: Wished<'ship'>, order: NormalisedOrder): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients, wished.parcels)
  if (sorted.kind === 'refused') return sorted.plan
  const state = STATUSES[statusOf(order)]?.state
  const [parcel] = order.recipients[0]?.parcels ?? []
  const [{ carrier = 'other' as const, trackingNumber = '' } = {}] = wished.parcels
  const data = shippingOf(wished.shippedOn, CARRIERS.codeOf(carrier), trackingNumber)
  if (state === 'shipped' || state === 'completed') return shippedPlan(data, parcel)
  const blocked = notTheShops(order) ?? paymentFailed(order) ?? stateRefusal(wished, order)
  if (blocked) return blocked
  const known = parcel?.trackingNumber
  if (trackingNumber && known && !sameNumber(trackingNumber, known)) return otherNumber(known)
  const before = preparing(wished, order)
  const from = before.length > 0 ? READY : statusOf(order)
  const closing = statusStep('status_shipped', from, shippedStatus(order, wished.markPaid === true))
  return planned(...before, ...shippingSteps(data, parcel), closing)
}

const shippingOf = (shippedOn: string, shippingCarrier: string, number: string): ShippingPayload => ({
  operation: 'updateTradeInfoProc',
  shippingDate: shippedOn.replaceAll('-', ''),
  shippingCarrier,
  ...(number ? { shippingNumber: number } : {}),
})

function shippedPlan({ shippingNumber }: ShippingPayload, parcel: Parcel | undefined): ChangePlan {
  if (!shippingNumber || sameNumber(shippingNumber, parcel?.trackingNumber))
    return already('すでに発送済みです。')
  return alreadyShipped(
    `指定のお荷物伝票番号（${endOf(shippingNumber)}）は登録されていません。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
}

/**
 * Refuses to ship from statuses other than 発送待ち, those that the shop named itself, and those that the wish
 * itself says how to leave.
 */
function stateRefusal(
  { markPaid, release, confirmFirst }: Wished<'ship'>,
  order: NormalisedOrder,
): ChangePlan | null {
  const status = statusOf(order)
  if (!confirmFirst && reserved(order)) return reserved(order)
  if (isNew(order)) {
    if (!confirmFirst) return waitsForShop(order)
    return waitsForPayment(order) && !markPaid ? refuse('NOT_PAID') : unknownNext(order)
  }
  if (status === '保留' && !release) return refuse('ON_HOLD')
  if (markPaid) return null
  if (status === '発送前入金待ち') return refuse('NOT_PAID')
  if (status === '発送待ち') return null
  if (waitsForPayment(order)) return refuse('NOT_PAID')
  return status === '保留' ? unknownNext(order) : null
}

function unknownNext(order: NormalisedOrder): ChangePlan | null {
  const next = confirmedStatus(order)
  return typeof next === 'string' ? null : next
}

/** Statuses on the way to shipping, where the order is new, on hold or waits for its payment. */
function preparing({ markPaid }: Wished<'ship'>, order: NormalisedOrder): ChangeStep[] {
  const status = statusOf(order)
  if (isNew(order)) {
    const next = waitsForPayment(order) ? '発送前入金待ち' : READY
    const confirm = statusStep('status_confirm', status, next)
    return next === READY ? [confirm] : [confirm, statusStep('status_ready', next, READY)]
  }
  return status === '保留' || (status === '発送前入金待ち' && markPaid)
    ? [statusStep('status_ready', status, READY)]
    : []
}

const READY = '発送待ち'

/** A person who ships a reserved item has it in hand. */
const isNew = (order: NormalisedOrder) => statusOf(order) === '新規受付' || reserved(order) !== null

/** 発送情報の訂正: repeats the call with the correct data, for orders whose data are at the mall already. */
export function planCorrection(
  { parcels: [wished] }: Wished<'correct_shipment'>,
  order: NormalisedOrder,
): ChangePlan {
  const sorted = parcelsByRecipient(order.recipients, wished ? [wished] : [])
  if (sorted.kind === 'refused') return sorted.plan
  const [parcel] = order.recipients[0]?.parcels ?? []
  const shippedOn = wished?.shippedOn ?? parcel?.shippedOn
  if (!parcel || !shippedOn)
    return refused('NOT_SHIPPED', '発送情報がまだ登録されていません。「発送完了」で登録してください。')
  const carrier = wished?.carrier
    ? CARRIERS.codeOf(wished.carrier)
    : (parcel.carrierCode ?? CARRIERS.codeOf('other'))
  const number = wished?.trackingNumber ?? parcel.trackingNumber ?? ''
  const steps = shippingSteps(shippingOf(shippedOn, carrier, number), parcel)
  return steps.length === 0 ? already('au PAY マーケットの発送情報はすでにこの内容です。') : planned(...steps)
}

/** Refuses to change a known number: the mall does not document whether a second one overwrites it. */
const otherNumber = (known: string) =>
  refused(
    'TRACKING_DIFFERS',
    `au PAY マーケットには別のお荷物伝票番号（${endOf(known)}）が登録されています。番号を直す場合は「発送情報の訂正」を使ってください。`,
  )
