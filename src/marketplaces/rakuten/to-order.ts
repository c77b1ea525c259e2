import { checkSums } from '../checks.ts'
import { malformed } from '../http-failures.ts'
import type { NormalisedOrder, OrderWarning } from '../order.ts'
import { CHANGE_REASONS, DELIVERY_CLASSES, deviceOf, ORDER_TYPES, PROGRESS, WRAPPING_KINDS } from './codes.ts'
import { toRfc3339 } from './dates.ts'
import { flagsOf, holdsOf } from './holds.ts'
import { RAKUTEN } from './names.ts'
import { childAt, fixed, fixedOrNull, leftover, pendingAmounts, type Raw, without } from './raw.ts'
import { priceTaxIncluded, sumChecks, wrappingFee } from './sums.ts'
import { toDiscounts, toTaxSummary, usedPoints } from './to-discounts.ts'
import { toItem } from './to-item.ts'
import { toPayment } from './to-payment.ts'
import { given, ORDERER_MAPPED, toPerson, toRecipient } from './to-recipient.ts'
import { WireOrder } from './wire.ts'

/** Fields with a lossless place of their own; all others stay readable in mallFields. */
const MAPPED = new Set([
  ...['orderNumber', 'orderProgress', 'subStatusId', 'subStatusName', 'orderDatetime', 'deliveryDate'],
  ...['shopOrderCfmDatetime', 'orderFixDatetime', 'shippingInstDatetime', 'shippingCmplRptDatetime'],
  ...['cancelDueDate', 'remarks', 'memo', 'operator', 'mailPlugSentence', 'goodsPrice', 'postagePrice'],
  ...['deliveryPrice', 'paymentCharge', 'totalPrice', 'requestPrice', 'additionalFeeOccurAmountToUser'],
  ...['OrdererModel', 'SettlementModel', 'DeliveryModel', 'PointModel', 'PackageModelList'],
  'TaxSummaryModelList',
])
const DELIVERY_MAPPED = new Set(['deliveryName', 'deliveryClass'])
const POINT_MAPPED = new Set(['usedPoint'])

/**
 * An OrderModel of getOrder (楽天ペイ受注API, versions 3 to 10) as the normalised order. Raises a `malformed`
 * MarketplaceFailure, with the raw answer and without personal data in its message, when identity, an amount or a
 * quantity cannot be read. Amounts that Rakuten has not fixed (-9999) count 0 and put an `amount_pending` hold.
 */
export function toOrder(model: unknown, shopCode: string): NormalisedOrder {
  const parsed = WireOrder.safeParse(model)
  if (!parsed.success) throw unreadable(model, parsed.error.issues[0]?.path ?? [])
  const order = parsed.data
  const orderedAt = toRfc3339(order.orderDatetime)
  if (orderedAt === null) throw unreadable(model, ['orderDatetime'])
  const raw = model as Raw
  const pending = pendingAmounts(raw)
  const normalised = { ...assemble(order, raw, pending), shopCode, orderedAt }
  const sums = pending.length > 0 ? [] : sumChecks(order)
  return { ...normalised, warnings: [...checkSums(normalised, sums), ...warningsOf(order, pending)] }
}

function unreadable(model: unknown, path: readonly PropertyKey[]) {
  return malformed(RAKUTEN, `項目 ${path.map(String).join('.') || 'OrderModel'}`, JSON.stringify(model) ?? '')
}

function assemble(order: WireOrder, raw: Raw, pending: string[]): NormalisedOrder {
  const gift = toGift(order)
  const recipients = order.PackageModelList.map((basket, index) =>
    toRecipient(order, basket, childAt(raw, 'PackageModelList', index)),
  )
  return {
    marketplace: 'rakuten',
    shopCode: '',
    orderNumber: order.orderNumber,
    orderedAt: '',
    updatedAt: null,
    device: deviceOf(order.carrierCode),
    ...toStatus(order),
    times: toTimes(order),
    buyer: toPerson(order.OrdererModel, order.OrdererModel.emailAddress),
    recipients,
    items: toItems(order, raw),
    ...toAmounts(order),
    payment: toPayment(order, raw),
    delivery: toDelivery(order),
    gift,
    notes: {
      buyer: given(order.remarks),
      shop: given(order.memo),
      mail: given(order.mailPlugSentence),
      operator: given(order.operator),
    },
    subscription: toSubscription(order),
    relatedOrders: [],
    holds: holdsOf(order, recipients, pending),
    flags: flagsOf(order, gift, recipients),
    warnings: [],
    mallFields: {
      ...without(raw, MAPPED),
      ...leftover(raw, 'OrdererModel', ORDERER_MAPPED),
      ...leftover(raw, 'DeliveryModel', DELIVERY_MAPPED),
      ...leftover(raw, 'PointModel', POINT_MAPPED),
    },
  }
}

function toStatus(order: WireOrder) {
  const progress = PROGRESS[order.orderProgress]
  const text = (value: number | null) => value?.toString() ?? null
  return {
    mallState: progress?.state ?? 'open',
    mallStatus: { code: String(order.orderProgress), name: progress?.name ?? null },
    mallSubStatus: order.subStatusId === null ? null : { code: order.subStatusId, name: order.subStatusName },
    mallStatuses: {
      rakutenConfirmFlag: order.rakutenConfirmFlag ? '1' : '0',
      cautionDisplayType: text(order.cautionDisplayType),
      cautionDisplayDetailType: text(order.cautionDisplayDetailType),
    },
    cancelReason: progress?.state === 'cancelled' ? cancelReason(order) : null,
  } satisfies Partial<NormalisedOrder>
}

/** The newest entry of a cancellation: changeType キャンセル申請, キャンセル確定, キャンセル完了. */
function cancelReason(order: WireOrder): NormalisedOrder['cancelReason'] {
  const newest = order.ChangeReasonModelList.filter(({ changeType }) => changeType !== null && changeType <= 2)
    .sort((a, b) => (a.changeApplyDatetime ?? '').localeCompare(b.changeApplyDatetime ?? ''))
    .at(-1)
  const detail = newest?.changeReasonDetail ?? null
  return detail === null ? null : { code: String(detail), text: CHANGE_REASONS[detail] ?? null }
}

const toTimes = (order: WireOrder): NormalisedOrder['times'] => ({
  shopOrderCfmDatetime: toRfc3339(order.shopOrderCfmDatetime),
  orderFixDatetime: toRfc3339(order.orderFixDatetime),
  shippingInstDatetime: toRfc3339(order.shippingInstDatetime),
  shippingCmplRptDatetime: toRfc3339(order.shippingCmplRptDatetime),
  cancelDueDate: order.cancelDueDate,
})

function toItems(order: WireOrder, raw: Raw): NormalisedOrder['items'] {
  return order.PackageModelList.flatMap((basket, index) => {
    const rawBasket = childAt(raw, 'PackageModelList', index)
    return basket.ItemModelList.map((item, line) => toItem(basket, item, childAt(rawBasket, 'ItemModelList', line)))
  })
}

function toAmounts(order: WireOrder) {
  return {
    charges: {
      goods: fixed(order.goodsPrice),
      shipping: fixed(order.postagePrice),
      cod: fixed(order.deliveryPrice),
      paymentFee: fixed(order.paymentCharge),
      giftWrap: wrappingFee(order),
      adjustment: 0,
      other: fixed(order.additionalFeeOccurAmountToUser),
    },
    discounts: toDiscounts(order),
    points: { used: usedPoints(order), granted: null },
    taxSummary: toTaxSummary(order),
    totals: { total: fixed(order.totalPrice), billed: fixed(order.requestPrice) },
  } satisfies Partial<NormalisedOrder>
}

function toDelivery(order: WireOrder): NormalisedOrder['delivery'] {
  const deliveryClass = order.DeliveryModel?.deliveryClass ?? 0
  return {
    methodCode: null,
    methodName: order.DeliveryModel?.deliveryName ?? null,
    temperature: deliveryClass === 0 ? null : (DELIVERY_CLASSES[deliveryClass] ?? String(deliveryClass)),
    express: [
      ...(order.asurakuFlag ? ['あすつく'] : []),
      ...(order.deliveryCertPrgFlag ? ['最強翌日配送'] : []),
      ...(order.oneDayOperationFlag ? ['oneDayOperation'] : []),
    ],
    shipBy: null,
  }
}

function toGift(order: WireOrder): NormalisedOrder['gift'] {
  const wrappings = [order.WrappingModel1, order.WrappingModel2].filter((wrapping) => wrapping !== null)
  const noshi = new Set(order.PackageModelList.map((basket) => given(basket.noshi)).filter((text) => text !== null))
  return {
    requested: order.giftCheckFlag || order.socialGiftFlag || wrappings.length > 0 || noshi.size > 0,
    message: null,
    noshi: noshi.size === 0 ? null : [...noshi].join('\n'),
    wrappings: wrappings
      .filter((wrapping) => !wrapping.deleteWrappingFlag)
      .map((wrapping) => ({
        kind: wrapping.title === null ? null : (WRAPPING_KINDS[wrapping.title] ?? String(wrapping.title)),
        name: wrapping.name,
        price: fixedOrNull(wrapping.price) === null ? null : priceTaxIncluded(wrapping),
      })),
  }
}

function toSubscription(order: WireOrder): NormalisedOrder['subscription'] {
  const kind = ORDER_TYPES[order.orderType ?? 0]
  if (!kind && !given(order.reserveNumber)) return null
  return { kind: kind ?? null, id: given(order.reserveNumber), count: order.reserveDeliveryCount }
}

function warningsOf(order: WireOrder, pending: readonly string[]): OrderWarning[] {
  const warnings: OrderWarning[] = []
  if (PROGRESS[order.orderProgress] === undefined) {
    warnings.push({
      code: 'UNKNOWN_STATUS',
      message: `楽天の注文ステータス ${order.orderProgress} は未対応です。RMSで状態を確認してください。`,
      field: 'mallStatus.code',
      expected: null,
      actual: order.orderProgress,
    })
  }
  if (pending.length > 0) {
    const named = pending.slice(0, 5).join('、')
    warnings.push({
      code: 'AMOUNT_PENDING',
      message: `金額が確定していません(${named}${pending.length > 5 ? ' ほか' : ''})。RMSで金額を確定してください。`,
      field: 'totals',
      expected: null,
      actual: pending.length,
    })
  }
  return warnings
}
