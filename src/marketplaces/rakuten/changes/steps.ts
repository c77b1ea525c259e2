import { z } from 'zod'
import { factsOf } from '../../../platform/narrow.ts'
import type { Wished } from '../../kit/changes/actions.ts'
import { answered, type Parcel, sameNumber, sameText, stateOf, stepsOf } from '../../kit/changes/plans.ts'
import { type Meaning, outcomeUnknown, refusalBy } from '../../kit/failures.ts'
import { names } from '../../kit/wire.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { NormalisedOrder, OrderRecipient } from '../../port/order.ts'
import type { ChangeStep, StepAnswer, StepState } from '../../port/site-changes.ts'
import { RAKUTEN } from '../facts.ts'
import { refused } from '../failures.ts'
import { PENDING_AMOUNT, type WireMessage } from '../wire.ts'

/** A whole basket for updateOrderSender, which deletes omitted parts. */
const SentPackage = z.looseObject({
  basketId: z.int(),
  postagePrice: z.int(),
  dropOffLocation: z.string().optional(),
  SenderModel: z.record(z.string(), z.unknown()),
  ItemModelList: z.array(z.looseObject({ itemDetailId: z.int(), units: z.int(), deleteItemFlag: z.int() })),
})
type SentPackage = z.infer<typeof SentPackage>

const AsRead = z.record(z.string(), z.unknown())
/** Lists beside the baskets that the call replaces. */
const ReplacedLists = z.object({
  WrappingModel1: AsRead.optional(),
  WrappingModel2: AsRead.optional(),
  CouponModelList: z.array(AsRead).optional(),
})
type ReplacedLists = z.infer<typeof ReplacedLists>

type WishedRecipient = NonNullable<Wished<'change_content'>['recipients']>[number]

/** In dropOffLocation. */
export const NO_DROP_OFF = '利用しない'

/** Sent back unchanged. getOrder has more fields than this call accepts. */
const PACKAGE_FIELDS = names('postageTaxRate deliveryTaxRate packageDeleteFlag')
const ITEM_FIELDS = [
  ...names('itemNumber includePostageFlag includeCashOnDeliveryPostageFlag selectedChoice'),
  ...names('restoreInventoryFlag SkuModelList'),
]
const COUPON_FIELDS = names('couponCode couponPrice couponUnit itemId')
const WRAPPING_FIELDS = names('title name price taxRate includeTaxFlag deleteWrappingFlag')

/** Coupons and wrapping, which the call requires for every order that has them, and replaces. */
export function replacedLists({ mallFields }: NormalisedOrder): ReplacedLists {
  const { CouponModelList: coupons, WrappingModel1, WrappingModel2 } = mallFields
  return {
    ...(WrappingModel1 ? { WrappingModel1: picked(factsOf(WrappingModel1), WRAPPING_FIELDS) } : {}),
    ...(WrappingModel2 ? { WrappingModel2: picked(factsOf(WrappingModel2), WRAPPING_FIELDS) } : {}),
    ...(Array.isArray(coupons) && coupons.length > 0
      ? { CouponModelList: coupons.map((coupon) => picked(factsOf(coupon), COUPON_FIELDS)) }
      : {}),
  }
}

const picked = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]))

export function packagesOf(
  order: NormalisedOrder,
  wishedFor: (recipient: OrderRecipient) => WishedRecipient | undefined,
  quantities: ReadonlyMap<string, number>,
): SentPackage[] {
  return order.recipients.map((recipient) => {
    const wished = wishedFor(recipient)
    return {
      ...picked(recipient.mallFields, PACKAGE_FIELDS),
      basketId: Number(recipient.id),
      postagePrice: wished?.shippingFee ?? recipient.shippingFee ?? PENDING_AMOUNT,
      deliveryPrice: recipient.codFee ?? PENDING_AMOUNT,
      noshi: recipient.gift.noshi,
      ...(wished?.dropOff === undefined ? {} : { dropOffLocation: wished.dropOff ?? NO_DROP_OFF }),
      SenderModel: senderOf(recipient, wished),
      ItemModelList: order.items
        .filter(({ recipientId }) => recipientId === recipient.id)
        .map((item) => itemOf(item, quantities.get(item.lineId))),
    }
  })
}

/** Copies a value with its texts in the form that the call accepts. */
export const sendable = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_name, text: unknown) =>
      typeof text === 'string' ? withoutMachineText(text) : text,
    ),
  )

/** The first text that the call would be refused for, with its field. */
export function unsendable(value: unknown, field = ''): { field: string; sign: string } | null {
  if (typeof value === 'string') {
    const sign = machineTextIn(value)
    return sign === null ? null : { field, sign }
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [name, child] of Object.entries(value)) {
    const found = unsendable(child, Array.isArray(value) ? field : name)
    if (found) return found
  }
  return null
}

function itemOf(item: NormalisedOrder['items'][number], quantity: number | undefined) {
  const removed = quantity === 0 || item.deleted
  return {
    ...picked(item.mallFields, ITEM_FIELDS),
    itemDetailId: Number(item.lineId),
    itemName: item.name,
    price: item.unitPrice,
    // A removed line keeps its quantity: the flag alone removes it.
    units: quantity || item.quantity,
    includeTaxFlag: item.taxIncluded ? 1 : 0,
    taxRate: item.taxRate === null ? null : item.taxRate / 100,
    deleteItemFlag: removed ? 1 : 0,
  }
}

function senderOf({ person, mallFields }: OrderRecipient, wished: WishedRecipient = {}) {
  const postal = (wished.postalCode ?? person.postalCode ?? '').replace('-', '')
  const [phoneNumber1, phoneNumber2, phoneNumber3] = phoneOf(wished.phone ?? person.phone ?? '')
  const asRead = factsOf(mallFields.SenderModel)
  const street =
    wished.address1 === undefined && wished.address2 === undefined
      ? person.address1
      : [wished.address1 ?? person.address1, wished.address2].filter(Boolean).join(' ')
  return {
    zipCode1: postal.slice(0, 3),
    zipCode2: postal.slice(3),
    prefecture: wished.prefecture ?? person.prefecture,
    city: wished.city ?? person.city,
    subAddress: street,
    familyName: wished.familyName ?? person.familyName,
    firstName: wished.givenName ?? person.givenName,
    familyNameKana: wished.familyNameKana ?? person.familyNameKana,
    firstNameKana: wished.givenNameKana ?? person.givenNameKana,
    phoneNumber1,
    phoneNumber2,
    phoneNumber3,
    ...(wished.postalCode === undefined ? picked(asRead, ['zipCode1', 'zipCode2']) : {}),
    ...(wished.phone === undefined ? picked(asRead, ['phoneNumber1', 'phoneNumber2', 'phoneNumber3']) : {}),
  }
}

/** Three parts, as written or from the end. */
function phoneOf(phone: string): [string, string, string] {
  const [first, second, third, ...more] = phone.split('-')
  if (first !== undefined && second !== undefined && third !== undefined && more.length === 0)
    return [first, second, third]
  const digits = phone.replace(/\D/g, '')
  return [digits.slice(0, -8), digits.slice(-8, -4), digits.slice(-4)]
}

/** True when the order shows the basket as it was sent. */
export function showsPackage(sent: SentPackage, order: NormalisedOrder): boolean {
  const recipient = order.recipients.find(({ id }) => id === String(sent.basketId))
  if (!recipient || (recipient.shippingFee ?? PENDING_AMOUNT) !== sent.postagePrice) return false
  if (
    sent.dropOffLocation !== undefined &&
    sent.dropOffLocation !== (recipient.mallFields.dropOffLocation || NO_DROP_OFF)
  )
    return false
  const now = sendable(senderOf(recipient))
  const sameSender = Object.entries(now).every(([name, value]) => (sent.SenderModel[name] ?? null) === value)
  return (
    sameSender &&
    sent.ItemModelList.every(({ itemDetailId, units, deleteItemFlag }) => {
      const item = order.items.find(({ lineId }) => lineId === String(itemDetailId))
      return deleteItemFlag === 1 ? !item || item.deleted : !!item && !item.deleted && item.quantity === units
    })
  )
}

/** 機種依存文字 for which RMS refuses whole texts: ①, Ⅲ, ㈱, №, emoji. RMS judges rare kanji of names (髙, 﨑). */
const MACHINE_TEXT = /[\u2116\u2121\u2160-\u217F\u2460-\u24FF\u3200-\u33FF]|[\u{10000}-\u{10FFFF}]/u

/**
 * Replaces 機種依存文字 of the stored order that are sent back: ① as 1, ㈱ as (株), as RMS's own screen requires.
 * Characters without such a form (𠮷, emoji) stay.
 */
const withoutMachineText = (text: string): string =>
  [...text].map((sign) => (MACHINE_TEXT.test(sign) ? sign.normalize('NFKC') : sign)).join('')

export const machineTextIn = (text: string): string | null => MACHINE_TEXT.exec(text)?.[0] ?? null

/** One record of updateOrderShipping. Without shippingDetailId it is added; an empty text clears. */
const ShippingRecord = z.object({
  shippingDetailId: z.int().optional(),
  deliveryCompany: z.string().optional(),
  shippingNumber: z.string().optional(),
  shippingDate: z.string().optional(),
  shippingDeleteFlag: z.literal(1).optional(),
})
export type ShippingRecord = z.infer<typeof ShippingRecord>

/** Content of a step between tries: the operation and its parameters, without the order's number. */
const RakutenPayload = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('confirmOrder') }),
  z.object({
    operation: z.literal('updateOrderShipping'),
    basketId: z.int(),
    records: z.array(ShippingRecord).min(1),
  }),
  z.object({
    operation: z.enum(['cancelOrder', 'cancelOrderAfterShipping']),
    inventoryRestoreType: z.int(),
    changeReasonDetailApply: z.int(),
  }),
  z.object({
    operation: z.literal('updateOrderMemo'),
    memo: z.string().optional(),
    deliveryDate: z.string().nullable().optional(),
    shippingTerm: z.int().nullable().optional(),
  }),
  z.object({ operation: z.literal('updateOrderRemarks'), remarks: z.string() }),
  z.object({ operation: z.literal('updateOrderDelivery'), deliveryName: z.string() }),
  ReplacedLists.extend({
    operation: z.enum(['updateOrderSender', 'updateOrderSenderAfterShipping']),
    PackageModelList: z.array(SentPackage).min(1),
    reductionReason: z.int().optional(),
  }),
  z.object({ operation: z.literal('updateOrderSubStatus'), subStatusId: z.int().nullable() }),
])
export type RakutenPayload = z.infer<typeof RakutenPayload>
export type ShippingPayload = Extract<RakutenPayload, { operation: 'updateOrderShipping' }>

export const { step, payloadOf } = stepsOf(RakutenPayload)

/** updateOrderShipping answers each record, everything else the order. */
export const messagesOf = (payload: RakutenPayload): number =>
  payload.operation === 'updateOrderShipping' ? payload.records.length : 1

export function bodyOf(orderNumber: string, payload: RakutenPayload): Record<string, unknown> {
  const { operation, ...rest } = payload
  switch (operation) {
    case 'confirmOrder':
    case 'updateOrderSubStatus':
      return { ...rest, orderNumberList: [orderNumber] }
    case 'updateOrderShipping':
      return { orderNumber, BasketidModelList: [basketOf(payload)] }
    default:
      return { orderNumber, ...rest }
  }
}

export const basketOf = ({ basketId, records }: ShippingPayload) => ({ basketId, ShippingModelList: records })

// Messages about one order after a write: INFO done, WARNING done but odd, ERROR refused.

export interface Judging {
  orderNumber: string
  /** Expected count of messages: one for each shipping record, else one. */
  expected: number
}

/**
 * Builds the step's answer from a write's messages.
 * @throws MarketplaceFailure `rejected` for an ERROR
 * @throws MarketplaceFailure `outcome_unknown` when fewer records are mentioned than were sent
 */
export function judge(
  messages: readonly WireMessage[],
  { orderNumber, expected }: Judging,
  raw?: string,
): StepAnswer {
  const own = messages.filter((entry) => !entry.orderNumber || entry.orderNumber === orderNumber)
  const errors = own.filter((entry) => entry.messageType === 'ERROR')
  const [error] = errors
  const done = own.filter((entry) => entry.messageType !== 'ERROR')
  if (error) {
    if (error.messageCode?.replace(/^ORDER_EXT_API_/, '') === DONE_ALREADY)
      return answered(error.messageCode, error.message)
    throw refusedWrite(error, done.length, raw)
  }
  if (done.length < expected) throw outcomeUnknown(RAKUTEN, { raw })
  const ids = done.flatMap((entry) => (entry.shippingDetailId === null ? [] : [entry.shippingDetailId]))
  return answered(done[0]?.messageCode ?? null, done[0]?.message ?? null, {
    warnings: done.filter((entry) => entry.messageType === 'WARNING').map(warningOf),
    ...(ids.length > 0 ? { facts: { shippingDetailIds: ids } } : {}),
  })
}

/** The answers of many orders, by number. */
export type Answers = Map<string, StepAnswer | MarketplaceFailure>

/** The same as a value, for one order of many. */
export function verdict(messages: readonly WireMessage[], judging: Judging): StepAnswer | MarketplaceFailure {
  try {
    return judge(messages, judging)
  } catch (error) {
    if (error instanceof MarketplaceFailure) return error
    throw error
  }
}

/** The status has moved on: a person, or a try whose answer was lost, confirmed the order. */
const DONE_ALREADY = 'CONFIRM_ORDER_ERROR_103'

const warningOf = (entry: WireMessage) => ({
  code: entry.messageCode ?? 'RAKUTEN_WARNING',
  message: `楽天からの警告: ${entry.message ?? '内容なし'}。RMSで注文を確認してください。`,
})

const CANCELLED = {
  code: 'ORDER_CANCELLED_AT_MALL',
  message: '楽天で注文がキャンセルされているため、変更できませんでした。キャンセルとして処理してください。',
}

/**
 * Codes whose meaning the reference or a client gives; the texts of most are not published. Some endings mean
 * the same everywhere.
 */
const MEANINGS: readonly Meaning[] = [
  { codes: /(?:CONFIRM_ORDER|UPDATE_ORDERSHIPPING(?:_ASYNC)?)_ERROR_102$/, ...CANCELLED },
  { codes: /UPDATE_ORDERSUBSTATUS_ERROR_101$/, ...CANCELLED },
  {
    codes: /CONFIRM_ORDER_ERROR_105$/,
    code: 'RAKUTEN_POSTAGE_PENDING',
    message: '送料が確定していないため注文確認できませんでした。RMSで送料を確定してから再実行してください。',
  },
  {
    codes: /UPDATE_ORDERSUBSTATUS_ERROR_102$/,
    code: 'RAKUTEN_SUB_STATUS_MISMATCH',
    message:
      'このサブステータスは今の注文ステータスでは使えません。RMSのサブステータス設定で、注文ステータスに合うものを確認してください。',
  },
  {
    codes: /_ERROR_009$/,
    code: 'RAKUTEN_FIELD_MISSING',
    message: '楽天が必須項目の不足として受け付けませんでした。運営者へ連絡してください。',
  },
  {
    codes: /_ERROR_011$/,
    code: 'RAKUTEN_FORMAT_REFUSED',
    message:
      '楽天が入力内容の形式を受け付けませんでした。機種依存文字や桁数を確認し、直してから再実行してください。',
  },
  {
    codes: /_ERROR_016$/,
    code: 'RAKUTEN_ORDER_UNKNOWN',
    message:
      '楽天がこの店舗の注文ではないとして受け付けませんでした。受注番号と店舗の設定を確認してください。',
  },
]

function refusedWrite({ messageCode, message }: WireMessage, doneBefore: number, raw?: string) {
  const partly = doneBefore > 0 ? `個口のうち${doneBefore}件は登録されました。` : ''
  return refusalBy(MEANINGS, refused(messageCode, message, raw), partly)
}

/**
 * Tells whether an order just read shows a step as applied. Shipping is read from the basket's records: the
 * order itself becomes 発送済 only in Rakuten's nightly run.
 */
export function rakutenStepState(step: ChangeStep, order: NormalisedOrder): StepState {
  const payload = payloadOf(step)
  switch (payload.operation) {
    case 'confirmOrder':
      return stateOf(isConfirmed(order))
    case 'updateOrderShipping':
      return shippingState(payload, order)
    case 'cancelOrder':
    case 'cancelOrderAfterShipping':
      return stateOf(progressOf(order) >= 800 || cancelAsked(order))
    case 'updateOrderMemo':
      return stateOf(isNoted(payload, order))
    case 'updateOrderRemarks':
      return stateOf(sameText(payload.remarks, order.notes.buyer))
    case 'updateOrderDelivery':
      return stateOf(payload.deliveryName === order.delivery.methodName)
    case 'updateOrderSender':
    case 'updateOrderSenderAfterShipping':
      return stateOf(payload.PackageModelList.every((sent) => showsPackage(sent, order)))
    case 'updateOrderSubStatus':
      return stateOf((order.mallSubStatus?.code ?? null) === (payload.subStatusId?.toString() ?? null))
  }
}

export const progressOf = (order: NormalisedOrder) => Number(order.mallStatus.code)

/** A cancelled order is beyond 100 too, but was not confirmed. */
const isConfirmed = (order: NormalisedOrder) =>
  order.times.shopOrderCfmDatetime ? true : progressOf(order) > 100 && progressOf(order) < 800

type MemoPayload = Extract<RakutenPayload, { operation: 'updateOrderMemo' }>

const isNoted = ({ memo, deliveryDate, shippingTerm }: MemoPayload, order: NormalisedOrder): boolean =>
  (memo === undefined || sameText(memo, order.notes.shop)) &&
  (deliveryDate === undefined || (order.recipients[0]?.wish.date ?? null) === deliveryDate) &&
  (shippingTerm === undefined || (order.mallFields.shippingTerm ?? null) === shippingTerm)

/**
 * Compares the records to add with the basket. When only some are there, re-sending would add those again, so
 * the order must be planned anew instead.
 */
function shippingState({ basketId, records }: ShippingPayload, order: NormalisedOrder): StepState {
  const basket = order.recipients.find((recipient) => recipient.id === String(basketId))
  const free = new Set(basket?.parcels)
  const shown = records.filter((record) => {
    if (record.shippingDeleteFlag)
      return !basket?.parcels.some(({ id }) => id === String(record.shippingDetailId))
    const parcel = [...free].find((one) => shows(one, record))
    if (parcel) free.delete(parcel)
    return parcel !== undefined
  })
  if (shown.length === records.length) return 'applied'
  return shown.some((record) => record.shippingDetailId === undefined) ? 'unknown' : 'not_applied'
}

/** True when the parcel shows what the record sent; omitted fields were left unchanged. */
function shows(parcel: Parcel, record: ShippingRecord): boolean {
  const { shippingDetailId, deliveryCompany, shippingNumber, shippingDate } = record
  return (
    (shippingDetailId === undefined || parcel.id === String(shippingDetailId)) &&
    (deliveryCompany === undefined || parcel.carrierCode === deliveryCompany) &&
    (shippingNumber === undefined || sameNumber(parcel.trackingNumber, shippingNumber)) &&
    (shippingDate === undefined || (parcel.shippedOn ?? '') === shippingDate)
  )
}

/**
 * True where the newest entry of a cancellation is an undecided キャンセル申請 (0): accepted, though the
 * progress has not moved yet. One that was taken back (3) may stand beside it or in its place.
 */
export function cancelAsked({ mallFields }: NormalisedOrder): boolean {
  const changes: unknown[] = Array.isArray(mallFields.ChangeReasonModelList)
    ? mallFields.ChangeReasonModelList
    : []
  const newest = changes
    .map(factsOf)
    .filter(({ changeType }) => [0, 1, 2, 3].includes(Number(changeType ?? Number.NaN)))
    .toSorted((a, b) => String(a.changeApplyDatetime).localeCompare(String(b.changeApplyDatetime)))
    .at(-1)
  return Number(newest?.changeType ?? Number.NaN) === 0 && !newest?.changeFixDatetime
}
