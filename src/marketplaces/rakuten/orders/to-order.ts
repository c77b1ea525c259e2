import { japaneseDay } from '../../../platform/japan-time.ts'
import { factsOf } from '../../../platform/narrow.ts'
import { checkSums } from '../../kit/money.ts'
import { emptyItem, emptyOrder, marksOf, warning } from '../../kit/order-parts.ts'
import { parsed, unreadableField } from '../../kit/outcomes.ts'
import { entryOf, names, type Raw } from '../../kit/wire.ts'
import type { NormalisedOrder, OrderItem, OrderRecipient, OrderWarning } from '../../port/order.ts'
import { DELIVERY_CLASSES, deviceOf, ORDER_TYPES, PROGRESS, WRAPPING_KINDS } from '../codes.ts'
import { RAKUTEN } from '../facts.ts'
import {
  fixed,
  fixedOrNull,
  leftover,
  pendingAmounts,
  percent,
  toRfc3339,
  type WireItem,
  WireOrder,
  type WirePackage,
  without,
} from '../wire.ts'
import {
  lineWithTax,
  priceTaxIncluded,
  type Rounding,
  roundingOf,
  sumChecks,
  toAmounts,
} from './to-amounts.ts'
import { mappedOf, toPerson, toRecipient } from './to-recipient.ts'
import { holdsOf, toPayment, toReversals, toStatus, toTimes, unreadTimes } from './to-status.ts'

/** Fields with a lossless place of their own; all others stay readable in mallFields. */
const MAPPED = new Set<string>([
  ...names('orderNumber orderProgress subStatusId subStatusName orderDatetime deliveryDate remarks memo'),
  ...names('shopOrderCfmDatetime orderFixDatetime shippingInstDatetime shippingCmplRptDatetime'),
  ...names('cancelDueDate operator mailPlugSentence postagePrice deliveryPrice paymentCharge requestPrice'),
  ...names('additionalFeeOccurAmountToUser OrdererModel SettlementModel DeliveryModel PointModel'),
  ...names('PackageModelList TaxSummaryModelList'),
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
  const order = parsed(WireOrder, model, RAKUTEN, 'OrderModel')
  const orderedAt = toRfc3339(order.orderDatetime)
  if (orderedAt === null) throw unreadableField(RAKUTEN, model, 'orderDatetime')
  const raw = factsOf(model)
  const pending = pendingAmounts(raw)
  const normalised = { ...assemble(order, raw, pending), shopCode, orderedAt }
  const sums = pending.length > 0 ? [] : sumChecks(order)
  return { ...normalised, warnings: [...checkSums(normalised, sums), ...warningsOf(order, pending)] }
}

function assemble(order: WireOrder, raw: Raw, pending: string[]): NormalisedOrder {
  const gift = toGift(order)
  const items = toItems(order, raw)
  const recipients = order.PackageModelList.flatMap((basket, index) =>
    isKept(basket, order)
      ? [toRecipient(order, basket, factsOf(entryOf(raw, 'PackageModelList', index)))]
      : [],
  )
  return {
    ...emptyOrder(),
    marketplace: 'rakuten',
    shopCode: '',
    orderNumber: order.orderNumber,
    orderedAt: '',
    device: deviceOf(order.carrierCode),
    ...toStatus(order),
    times: toTimes(order),
    buyer: toPerson(order.OrdererModel, order.OrdererModel.emailAddress),
    recipients,
    items,
    ...toAmounts(order, items),
    payment: toPayment(order, raw),
    delivery: toDelivery(order, items),
    gift,
    reversals: toReversals(order),
    notes: {
      buyer: order.remarks,
      shop: order.memo,
      mail: order.mailPlugSentence,
      operator: order.operator,
    },
    subscription: toSubscription(order),
    holds: holdsOf(order, recipients, pending),
    flags: flagsOf(order, gift, recipients),
    mallFields: {
      ...without(raw, MAPPED),
      ...unreadTimes(raw),
      ...leftover(raw, 'OrdererModel', mappedOf(order.OrdererModel)),
      ...leftover(raw, 'DeliveryModel', DELIVERY_MAPPED),
      ...leftover(raw, 'PointModel', POINT_MAPPED),
    },
  }
}

/**
 * False for a basket that was taken out of an order that goes on: nothing goes to its address, and nothing of
 * it is in the amounts. Its lines stay, as deleted.
 */
const isKept = (basket: WirePackage, { PackageModelList: all }: WireOrder): boolean =>
  !basket.packageDeleteFlag || all.every(({ packageDeleteFlag }) => packageDeleteFlag)

function toItems(order: WireOrder, raw: Raw): NormalisedOrder['items'] {
  const rounding = roundingOf(order)
  return order.PackageModelList.flatMap((basket, index) => {
    const rawBasket = factsOf(entryOf(raw, 'PackageModelList', index))
    return basket.ItemModelList.map((item, line) =>
      toItem(basket, item, { raw: factsOf(entryOf(rawBasket, 'ItemModelList', line)), rounding }),
    )
  })
}

function warningsOf(order: WireOrder, pending: readonly string[]): OrderWarning[] {
  const { orderProgress } = order
  const unknown = `楽天の注文ステータス ${orderProgress} は未対応です。RMSで状態を確認してください。`
  const named = `${pending.slice(0, 5).join('、')}${pending.length > 5 ? ' ほか' : ''}`
  const open = `金額が確定していません（${named}）。RMSで金額を確定してください。`
  return [
    ...(PROGRESS[orderProgress]
      ? []
      : [warning('UNKNOWN_STATUS', 'mallStatus.code', unknown, null, orderProgress)]),
    ...(pending.length > 0 ? [warning('AMOUNT_PENDING', 'totals', open, null, pending.length)] : []),
  ]
}

type Lines = readonly Pick<OrderItem, 'leadTime' | 'deleted'>[]

/** Delivered on a day that the mall promises: あすつく and 最強翌日配送. */
const promisedDay = (order: WireOrder) =>
  order.asurakuFlag || order.deliveryCertPrgFlag ? order.deliveryDate : null

function toDelivery(order: WireOrder, items: Lines): NormalisedOrder['delivery'] {
  const deliveryClass = order.DeliveryModel?.deliveryClass ?? 0
  return {
    methodCode: null,
    methodName: order.DeliveryModel?.deliveryName ?? null,
    temperature: deliveryClass === 0 ? null : (DELIVERY_CLASSES[deliveryClass] ?? String(deliveryClass)),
    express: marksOf({
      あすつく: order.asurakuFlag,
      最強翌日配送: order.deliveryCertPrgFlag,
      '1day出荷': order.oneDayOperationFlag,
    }),
    shipBy: shipByOf(order, items),
    promisedOn: promisedDay(order),
  }
}

const DAY_MS = 24 * 60 * 60_000
const dayBeside = (day: string, days: number): string =>
  japaneseDay(Date.parse(`${day}T00:00:00+09:00`) + days * DAY_MS)

/**
 * Rakuten names no deadline. あすつく and 最強翌日配送 are delivered on a day, so they ship the day before; else the
 * shop's own 納期情報 of the items says within how many days of the order. The earliest binds, as at the other
 * malls.
 */
function shipByOf(order: WireOrder, items: Lines): string | null {
  const promised = promisedDay(order)
  if (promised !== null && /^\d{4}-\d\d-\d\d$/.test(promised)) return dayBeside(promised, -1)
  const from = toRfc3339(order.orderFixDatetime) ?? toRfc3339(order.orderDatetime)
  if (from === null) return null
  const ends = items.flatMap(({ leadTime, deleted }) => {
    const lead = deleted ? null : leadOf(leadTime)
    return lead === null ? [] : [endOf(japaneseDay(Date.parse(from)), lead)]
  })
  return ends.sort()[0] ?? null
}

/**
 * Of 「1～2日以内に発送」 the last number; 即日 and 当日 are the same day, and 12月1日 is no number of days. Null for words
 * that give no number of days.
 */
function leadOf(text: string | null): { days: number; working: boolean } | null {
  const plain = (text ?? '').normalize('NFKC').slice(0, 200)
  if (!/発送|出荷/.test(plain)) return null
  const [, days, working] =
    /(?<![\d月])(\d{1,2})\s?(営業)?日(?:以内|後|程度|ほど|前後|に|で)/.exec(plain) ?? []
  if (days !== undefined) return { days: Number(days), working: working !== undefined }
  if (/即日|当日/.test(plain)) return { days: 0, working: false }
  return /翌(?:営業)?日/.test(plain) ? { days: 1, working: plain.includes('翌営業日') } : null
}

/** Working days leave out Saturdays and Sundays; holidays are each shop's own. */
function endOf(day: string, { days, working }: { days: number; working: boolean }): string {
  let end = day
  for (let left = days; left > 0; ) {
    end = dayBeside(end, 1)
    const weekday = new Date(`${end}T00:00:00Z`).getUTCDay()
    if (!working || (weekday !== 0 && weekday !== 6)) left--
  }
  return end
}

function toGift(order: WireOrder): NormalisedOrder['gift'] {
  const wrappings = [order.WrappingModel1, order.WrappingModel2].filter((wrapping) => wrapping !== null)
  const baskets = order.PackageModelList.filter((basket) => isKept(basket, order))
  const noshi = new Set(baskets.flatMap((basket) => basket.noshi ?? []))
  return {
    requested: order.giftCheckFlag || order.socialGiftFlag || wrappings.length > 0 || noshi.size > 0,
    message: null,
    noshi: [...noshi].join('\n') || null,
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
  if (!kind && !order.reserveNumber) return null
  return { kind: kind ?? null, id: order.reserveNumber, count: order.reserveDeliveryCount }
}

const RESERVATION = 6

const isWhole = ({ PackageModelList: baskets }: WireOrder): boolean =>
  baskets.every(({ packageDeleteFlag }) => !packageDeleteFlag)

/** Marks for lists. */
function flagsOf(order: WireOrder, gift: NormalisedOrder['gift'], to: readonly OrderRecipient[]): string[] {
  return marksOf({
    cancelled_at_mall: PROGRESS[order.orderProgress]?.state === 'cancelled',
    cancel_pending: order.orderProgress === 800,
    changed_at_mall: order.modifyFlag,
    unknown_status: PROGRESS[order.orderProgress] === undefined,
    caution: order.cautionDisplayType === 1,
    caution_cancelled: order.cautionDisplayType === 2,
    drug: order.drugFlag,
    gift: gift.requested || to.some((recipient) => recipient.gift.requested),
    social_gift: order.socialGiftFlag,
    // Rakuten's flags may still count a basket that was taken out.
    multi_recipient: to.length > 1 || (order.severalSenderFlag && isWhole(order)),
    remote_area: (order.isolatedIslandFlag && isWhole(order)) || to.some(({ remoteArea }) => remoteArea),
    express: order.asurakuFlag || order.deliveryCertPrgFlag,
    deal: order.dealFlag,
    // A reservation has an order number only once it is 確定: it needs no hold, and staff see its type.
    reservation: order.orderType === RESERVATION,
  })
}

/** selectedChoice and SkuModelList stay in mallFields too: the split into options cannot be undone. */
const ITEM_MAPPED = new Set<string>(
  names('itemDetailId itemName itemId price units includeTaxFlag delvdateInfo deleteItemFlag taxRate'),
)

/** Converts one ItemModel. Rakuten's rates are decimals (0.08), ours percent; priceTaxIncl is per piece. */
function toItem(
  basket: WirePackage,
  item: WireItem,
  { raw, rounding }: { raw: Raw; rounding: Rounding },
): OrderItem {
  const [sku, ...moreSkus] = item.SkuModelList
  return {
    ...emptyItem(),
    lineId: item.itemDetailId,
    recipientId: basket.basketId,
    itemCode: item.itemNumber ?? item.manageNumber,
    mallItemId: item.itemId,
    sku: sku?.variantId ?? null,
    merchantSku: sku?.merchantDefinedSkuId ?? null,
    name: item.itemName,
    options: [
      ...optionsOf(sku?.skuInfo ?? null),
      ...moreSkus.flatMap(({ variantId, skuInfo }) => [
        ...(variantId === null ? [] : [{ name: 'SKU管理番号', value: variantId, price: null }]),
        ...optionsOf(skuInfo),
      ]),
      ...optionsOf(item.selectedChoice),
    ],
    unitPrice: fixed(item.price),
    taxIncluded: item.includeTaxFlag,
    taxRate: percent(item.taxRate),
    quantity: item.units,
    subtotal: lineWithTax(item, rounding),
    leadTime: item.delvdateInfo,
    deleted: item.deleteItemFlag || basket.packageDeleteFlag,
    mallFields: without(raw, ITEM_MAPPED),
  }
}

/** Lines `項目:選択`; a line without a colon is a value without a name. */
function optionsOf(text: string | null): OrderItem['options'] {
  return (text ?? '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.search(/[:：]/)
      return { name: at < 0 ? '' : line.slice(0, at).trim(), value: line.slice(at + 1).trim(), price: null }
    })
}
