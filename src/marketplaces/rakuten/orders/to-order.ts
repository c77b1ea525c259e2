import { factsOf } from '../../../platform/narrow.ts'
import { checkSums } from '../../kit/checks.ts'
import { malformed } from '../../kit/http-failures.ts'
import { computeTaxSummary, totalsFrom } from '../../kit/money.ts'
import type { NormalisedOrder, OrderWarning } from '../../port/order.ts'
import { deviceOf, PROGRESS } from '../codes.ts'
import { toRfc3339 } from '../dates.ts'
import { RAKUTEN } from '../facts.ts'
import { flagsOf, holdsOf } from './holds.ts'
import { childAt, fixed, leftover, pendingAmounts, type Raw, without } from './raw.ts'
import { goodsWithTax, roundingOf, sumChecks, wrappingFee } from './sums.ts'
import { toDelivery, toGift, toSubscription } from './to-delivery.ts'
import { toDiscounts, toTaxSummary, usedPoints } from './to-discounts.ts'
import { toItem } from './to-item.ts'
import { toPayment } from './to-payment.ts'
import { given, mappedOf, toPerson, toRecipient } from './to-recipient.ts'
import { toReversals, toStatus, toTimes, unreadTimes } from './to-status.ts'
import { WireOrder } from './wire-order.ts'

/** Fields with a lossless place of their own; all others stay readable in mallFields. */
const MAPPED = new Set([
  ...['orderNumber', 'orderProgress', 'subStatusId', 'subStatusName', 'orderDatetime', 'deliveryDate'],
  ...['shopOrderCfmDatetime', 'orderFixDatetime', 'shippingInstDatetime', 'shippingCmplRptDatetime'],
  ...['cancelDueDate', 'remarks', 'memo', 'operator', 'mailPlugSentence', 'postagePrice'],
  ...['deliveryPrice', 'paymentCharge', 'requestPrice', 'additionalFeeOccurAmountToUser'],
  ...['OrdererModel', 'SettlementModel', 'DeliveryModel', 'PointModel', 'PackageModelList'],
  'TaxSummaryModelList',
])
const DELIVERY_MAPPED = new Set(['deliveryName', 'deliveryClass'])
const POINT_MAPPED = new Set(['usedPoint'])

/**
 * Converts an OrderModel of getOrder (楽天ペイ受注API, versions 3 to 10) into the normalised order. Amounts that
 * Rakuten has not fixed (-9999) count 0 and set an `amount_pending` hold.
 * @throws MarketplaceFailure `malformed`, with the raw answer and without personal data in its message, when
 * identity, an amount or a quantity cannot be read
 */
export function toOrder(model: unknown, shopCode: string): NormalisedOrder {
  const parsed = WireOrder.safeParse(model)
  if (!parsed.success) throw unreadable(model, parsed.error.issues[0]?.path ?? [])
  const order = parsed.data
  const orderedAt = toRfc3339(order.orderDatetime)
  if (orderedAt === null) throw unreadable(model, ['orderDatetime'])
  const raw = factsOf(model)
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
  const items = toItems(order, raw)
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
    items,
    ...toAmounts(order, items),
    payment: toPayment(order, raw),
    delivery: toDelivery(order),
    gift,
    // Buyers create receipts themselves; Rakuten only gives their count (receiptIssueCount).
    receiptWanted: null,
    reversals: toReversals(order),
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
      ...unreadTimes(raw),
      ...leftover(raw, 'OrdererModel', mappedOf(order.OrdererModel)),
      ...leftover(raw, 'DeliveryModel', DELIVERY_MAPPED),
      ...leftover(raw, 'PointModel', POINT_MAPPED),
    },
  }
}

function toItems(order: WireOrder, raw: Raw): NormalisedOrder['items'] {
  const rounding = roundingOf(order)
  return order.PackageModelList.flatMap((basket, index) => {
    const rawBasket = childAt(raw, 'PackageModelList', index)
    return basket.ItemModelList.map((item, line) =>
      toItem(basket, item, { raw: childAt(rawBasket, 'ItemModelList', line), rounding }),
    )
  })
}

function toAmounts(order: WireOrder, items: NormalisedOrder['items']) {
  const discounts = toDiscounts(order)
  const charges = {
    goods: goodsWithTax(order),
    shipping: fixed(order.postagePrice),
    cod: fixed(order.deliveryPrice),
    paymentFee: fixed(order.paymentCharge),
    giftWrap: wrappingFee(order),
    adjustment: 0,
    other: fixed(order.additionalFeeOccurAmountToUser),
  }
  const totals = totalsFrom(fixed(order.requestPrice), discounts)
  const stated = toTaxSummary(order)
  return {
    charges,
    discounts,
    points: { used: usedPoints(order), granted: null },
    taxSummary: stated.length > 0 ? stated : computeTaxSummary({ items, charges, discounts, totals }),
    totals,
  } satisfies Partial<NormalisedOrder>
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
      message: `金額が確定していません（${named}${pending.length > 5 ? ' ほか' : ''}）。RMSで金額を確定してください。`,
      field: 'totals',
      expected: null,
      actual: pending.length,
    })
  }
  return warnings
}
