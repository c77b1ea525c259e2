import { z } from 'zod'
import { answered, type Parcel, sameNumber, sameText, stateOf, stepsOf } from '../../kit/changes/plans.ts'
import { type Meaning, outcomeUnknown, refusalBy } from '../../kit/changes/write-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep, StepAnswer, StepState } from '../../port/site-changes.ts'
import { RAKUTEN } from '../facts.ts'
import { refused } from '../failures.ts'
import type { WireMessage } from '../orders/wire.ts'
import { ReplacedLists, SentPackage, showsPackage } from './packages.ts'

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

/** Messages about one order after a write: INFO done, WARNING done but odd, ERROR refused. */

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
    if (codeOf(error) === DONE_ALREADY) return answered(error.messageCode, error.message)
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

const codeOf = (entry: WireMessage) => (entry.messageCode ?? '').replace(/^ORDER_EXT_API_/, '')

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

const progressOf = (order: NormalisedOrder) => Number(order.mallStatus.code)

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

/** True for an undecided entry of kind キャンセル申請 (0): accepted, though the progress has not moved yet. */
function cancelAsked(order: NormalisedOrder): boolean {
  const changes = order.mallFields.ChangeReasonModelList
  const open = (entry: { changeType?: unknown; changeFixDatetime?: unknown } | null) =>
    String(entry?.changeType) === '0' && !entry?.changeFixDatetime
  return Array.isArray(changes) && changes.some(open)
}
