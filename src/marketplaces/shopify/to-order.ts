import { isRealDay, japaneseDay, toJapaneseRfc3339 } from '../../platform/japan-time.ts'
import { storable } from '../../platform/storable.ts'
import { byWords } from '../kit/codes.ts'
import { checkSums, computeTaxSummary, goodsOf, sum, sumOf, totalsFrom } from '../kit/money.ts'
import {
  discount,
  emptyItem,
  emptyOrder,
  emptyPayment,
  hold,
  holdsIf,
  marksOf,
  NOBODY,
  reversal,
} from '../kit/order-parts.ts'
import { parseTimeBand, postalCodeOf, wholeName } from '../kit/texts.ts'
import { each } from '../kit/wire.ts'
import type {
  MallState,
  NormalisedOrder,
  OrderHold,
  OrderItem,
  OrderParcel,
  OrderPerson,
  OrderRecipient,
} from '../port/order.ts'
import type { TakenBackParcel } from '../port/session.ts'
import {
  CANCEL_REASONS,
  CARRIERS,
  FINANCIAL,
  FULFILMENT,
  HOLD_REASONS,
  PAYMENT_WORDS,
  prefectureOf,
} from './codes.ts'
import { numberOf } from './facts.ts'
import type { ShopifySettings } from './shop-settings.ts'
import { type Address, type Fulfilment, type Line, tailOf, type WireOrder } from './wire.ts'

/** A GraphQL order with all its pages in the normalised shape. Pure. */
export function toOrder(order: WireOrder, shopCode: string, settings: ShopifySettings): NormalisedOrder {
  const isCancelled = order.cancelledAt !== null && order.cancelledAt !== undefined
  const lines = order.lineItems.nodes.map((line) => toLine(line, order, isCancelled))
  const items = lines.map(({ item }) => item)
  const shipping = shippingOf(order, isCancelled)
  const { kind, name, paidAt, giftCards, parts } = paymentOf(order)
  const codes = order.discountCodes.join('、') || null
  const discounts = [
    ...lines.flatMap(({ item: { lineId, deleted }, off }) =>
      off === 0 || deleted
        ? []
        : [discount(codes ? 'coupon' : 'store_discount', 'shop', codes, off, { lineId, code: codes })],
    ),
    ...(giftCards > 0 ? [discount('gift_card', 'buyer', 'ギフトカード', giftCards)] : []),
  ]
  const stated = isCancelled ? order.totalPriceSet : order.currentTotalPriceSet
  const totals = totalsFrom(stated - giftCards, discounts)
  const fees = {
    goods: goodsOf(items),
    shipping,
    cod: 0,
    paymentFee: 0,
    giftWrap: 0,
    other: order.totalTipReceivedSet + (order.currentTotalAdditionalFeesSet ?? 0),
  }
  const added = sumOf(Object.values(fees), (amount) => amount)
  // Refunded sums that belong to no line are in the total alone.
  const isChanged = !isCancelled && (order.totalRefundedSet > 0 || lines.some(({ isCut }) => isCut))
  const charges = { ...fees, adjustment: isChanged ? totals.total - added : 0 }
  const state = stateOf(order, isCancelled)
  const fulfilment = order.displayFulfillmentStatus ?? ''
  const wish = wishOf(order, settings)
  const result: NormalisedOrder = {
    ...emptyOrder(),
    marketplace: 'shopify',
    shopCode,
    orderNumber: numberOf(order.name),
    orderedAt: japanese(order.createdAt),
    updatedAt: order.updatedAt ? japanese(order.updatedAt) : null,
    mallState: state,
    mallStatus: { code: fulfilment, name: FULFILMENT[fulfilment]?.name ?? null },
    mallStatuses: {
      displayFinancialStatus: order.displayFinancialStatus,
      returnStatus: order.returnStatus,
    },
    cancelReason:
      order.cancelReason === null
        ? null
        : { code: order.cancelReason, text: REASONS[order.cancelReason] ?? null },
    times: {
      processedAt: order.processedAt ? japanese(order.processedAt) : null,
      cancelledAt: order.cancelledAt ? japanese(order.cancelledAt) : null,
      closedAt: order.closedAt ? japanese(order.closedAt) : null,
    },
    buyer: { ...personOf(order.billingAddress ?? order.shippingAddress), ...contactOf(order) },
    recipients: [recipientOf(order, items, shipping, wish)],
    items,
    charges,
    discounts,
    points: { used: 0, granted: null },
    taxSummary: computeTaxSummary({ items, charges, discounts, totals }),
    totals,
    payment: {
      ...emptyPayment(),
      kind,
      code: order.paymentGatewayNames[0] ?? null,
      name,
      status: FINANCIAL[order.displayFinancialStatus ?? '']?.status ?? 'unknown',
      paidAt,
      parts,
      outstanding: order.totalOutstandingSet,
      mallFields: { paymentGatewayNames: order.paymentGatewayNames },
    },
    delivery: {
      ...each(null, 'temperature shipBy promisedOn'),
      methodCode: order.shippingLines.nodes[0]?.code ?? null,
      methodName: order.shippingLines.nodes[0]?.title ?? null,
      express: [],
    },
    gift: { requested: false, message: null, noshi: null, wrappings: [] },
    notes: { buyer: order.note, shop: null, mail: null, operator: null },
    reversals: reversalsOf(order, isCancelled),
    holds: state === 'open' ? holdsOf(order, kind, items) : [],
    flags: [
      ...marksOf({
        cancelled_at_mall: isCancelled,
        caution: ['CANCEL', 'INVESTIGATE'].includes(order.risk?.recommendation ?? ''),
        pickup: pickupOf(order) !== null,
        test_order: order.test,
        refunded: order.displayFinancialStatus === 'REFUNDED' && state === 'open',
      }),
      // A shop's own marks are its tags.
      ...order.tags.slice(0, MOST_TAGS).map((tag) => `#${tag.slice(0, LONGEST_TAG)}`),
    ],
    mallFields: mallFieldsOf(order),
  }
  const expected = added + charges.adjustment
  result.warnings = checkSums(result, [
    sum('TOTAL_DIFFERS', 'totals.total', '合計金額', expected, totals.total),
  ])
  return storable(result)
}

const REASONS: Readonly<Record<string, string>> = CANCEL_REASONS
const MOST_TAGS = 30
const LONGEST_TAG = 60
const japanese = (iso: string): string => toJapaneseRfc3339(Date.parse(iso))

/** Shows a later reading whether a write is done. Ids of fulfilment orders are not among it: they change. */
function mallFieldsOf(order: WireOrder): Record<string, unknown> {
  const { id, tags, test, edited, confirmationNumber, sourceName, poNumber, canMarkAsPaid } = order
  const { customAttributes, fulfillmentOrders, risk } = order
  return {
    id,
    tags,
    test,
    edited,
    confirmationNumber,
    sourceName,
    poNumber,
    canMarkAsPaid,
    customAttributes,
    recommendation: risk?.recommendation ?? null,
    fulfillmentOrderStatuses: fulfillmentOrders.nodes.map(({ status }) => status),
  }
}

export function stateOf(
  order: Pick<WireOrder, 'displayFulfillmentStatus' | 'closed'>,
  isCancelled: boolean,
): MallState {
  if (isCancelled) return 'cancelled'
  const state = FULFILMENT[order.displayFulfillmentStatus ?? '']?.state ?? 'open'
  return state === 'shipped' && order.closed ? 'completed' : state
}

/** Of an amount that covers removed pieces as well. */
const part = (amount: number, live: number, all: number): number =>
  live === all || all === 0 ? amount : Math.round((amount * live) / all)

function toLine(line: Line, { taxesIncluded }: WireOrder, isCancelled: boolean) {
  const { quantity: ordered, currentQuantity, title, variantTitle, sku } = line
  const live = isCancelled ? ordered : currentQuantity
  const deleted = live === 0
  const quantity = deleted ? ordered : live
  const unitPrice = line.originalUnitPriceSet
  const net = unitPrice * quantity
  const allocated = sumOf(line.discountAllocations, ({ allocatedAmountSet }) => allocatedAmountSet)
  const off = part(allocated, quantity, ordered)
  const tax = part(
    sumOf(line.taxLines, ({ priceSet }) => priceSet),
    quantity,
    ordered,
  )
  const percent = sumOf(line.taxLines, ({ ratePercentage }) => ratePercentage ?? 0)
  const taxRate = line.taxLines.length > 0 ? Math.round(percent) : line.taxable ? null : 0
  // Tax is stated on the discounted price; the line's own is before discounts.
  const subtotal = taxesIncluded ? net : off === 0 ? net + tax : net + Math.floor((net * percent) / 100)
  const item: OrderItem = {
    ...emptyItem(),
    lineId: tailOf(line.id),
    recipientId: RECIPIENT,
    itemCode: sku,
    sku: null,
    name: title,
    options: [
      ...(variantTitle === null ? [] : [{ name: 'バリエーション', value: variantTitle, price: null }]),
      ...line.customAttributes.map(({ key, value }) => ({ name: key, value: value ?? '', price: null })),
    ],
    unitPrice,
    taxIncluded: taxesIncluded,
    taxRate,
    quantity,
    subtotal,
    deleted,
    mallFields: {
      orderedQuantity: ordered,
      unfulfilledQuantity: line.unfulfilledQuantity,
      requiresShipping: line.requiresShipping,
      isGiftCard: line.isGiftCard,
    },
  }
  return { item, off: subtotal - (taxesIncluded ? net - off : net - off + tax), isCut: live !== ordered }
}

const RECIPIENT = '1'

const shippingOf = ({ shippingLines, taxesIncluded }: WireOrder, isCancelled: boolean): number =>
  sumOf(shippingLines.nodes, ({ discountedPriceSet, currentDiscountedPriceSet, taxLines }) => {
    const price = isCancelled ? discountedPriceSet : currentDiscountedPriceSet
    const tax = sumOf(taxLines, ({ priceSet }) => priceSet)
    return taxesIncluded ? price : price + part(tax, price, discountedPriceSet)
  })

/**
 * Gateways stay with their order when the buyer pays by another one after all. So a 代引 of which nothing is
 * outstanding has the kind of the gateway that has taken the money.
 */
function paymentOf(order: WireOrder) {
  const { transactions, paymentGatewayNames: gateways, totalPriceSet, totalOutstandingSet } = order
  const done = transactions.filter(
    ({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'),
  )
  const giftCards = sumOf(done, ({ gateway, amountSet }) => (gateway === 'gift_card' ? amountSet : 0))
  const paid = done.filter(({ gateway }) => gateway !== 'gift_card')
  const names = gateways.filter((gateway) => gateway !== 'gift_card')
  const isFree = totalPriceSet - giftCards <= 0
  const chosen = byWords(PAYMENT_WORDS, names.join(' ')) ?? 'other'
  const taken = paid.flatMap(({ gateway }) => byWords(PAYMENT_WORDS, gateway ?? '') ?? 'other')
  const isSettled = chosen === 'cod' && totalOutstandingSet <= 0
  const last = paid
    .flatMap(({ processedAt }) => processedAt ?? [])
    .toSorted()
    .at(-1)
  return {
    kind: isFree ? ('free' as const) : isSettled ? (taken.find((kind) => kind !== 'cod') ?? chosen) : chosen,
    name: names.join('、') || null,
    paidAt: last === undefined ? null : japanese(last),
    giftCards,
    parts:
      paid.length < 2
        ? []
        : paid.map(({ gateway, formattedGateway, amountSet }) => ({
            code: gateway,
            name: formattedGateway,
            amount: amountSet,
          })),
  }
}

function personOf(address: Address | null): OrderPerson {
  if (address === null) return NOBODY
  const { firstName, lastName, name, company, zip, city, address1, address2, phone } = address
  const isAbroad = address.countryCodeV2 !== null && address.countryCodeV2 !== 'JP'
  return {
    ...NOBODY,
    fullName: wholeName(lastName, firstName) ?? name,
    familyName: lastName,
    givenName: firstName,
    postalCode: postalCodeOf(zip),
    prefecture: isAbroad ? address.province : (prefectureOf(address.provinceCode) ?? address.province),
    city,
    address1,
    address2,
    company,
    phone,
  }
}

const contactOf = ({ email, phone, billingAddress, shippingAddress }: WireOrder) => ({
  email,
  phone: billingAddress?.phone ?? phone ?? shippingAddress?.phone ?? null,
})

function recipientOf(
  order: WireOrder,
  items: readonly OrderItem[],
  shippingFee: number,
  wish: OrderRecipient['wish'],
): OrderRecipient {
  const { shippingAddress, requiresShipping } = order
  const pickup = pickupOf(order)
  return {
    id: RECIPIENT,
    person: personOf(shippingAddress ?? (pickup ? order.billingAddress : null)),
    lineIds: items.map(({ lineId }) => lineId),
    parcels: order.fulfillments.filter(isStanding).flatMap(toParcels),
    wish,
    gift: { requested: false, message: null, noshi: null, wrappings: [] },
    shippingFee,
    codFee: null,
    pickup,
    remoteArea: false,
    addressPending: shippingAddress === null && requiresShipping && pickup === null,
    mallFields: { countryCode: shippingAddress?.countryCodeV2 ?? null },
  }
}

const GONE: ReadonlySet<string> = new Set(['CANCELLED', 'ERROR', 'FAILURE'])

const isStanding = ({ status }: Fulfilment): boolean => !GONE.has(status)

export const takenBackIn = ({ fulfillments }: WireOrder): TakenBackParcel[] =>
  fulfillments
    .filter((one) => !isStanding(one))
    .flatMap(toParcels)
    .map(({ id, trackingNumber }) => ({ recipientId: RECIPIENT, id, trackingNumber }))

/** One for each number. Which pieces are in which of several is not told: the first has all. */
function toParcels(one: Fulfilment): OrderParcel[] {
  const id = tailOf(one.id)
  const lines = one.fulfillmentLineItems.nodes.map(({ quantity, lineItem }) => ({
    lineId: tailOf(lineItem.id),
    quantity: quantity ?? 0,
  }))
  const tracked = one.trackingInfo.length > 0 ? one.trackingInfo : [{ company: null, number: null }]
  return tracked.map(({ company, number }, at) => ({
    id: at === 0 ? id : `${id}:${at + 1}`,
    carrierCode: company,
    carrierName: company === null ? null : (CARRIERS.names[company] ?? company),
    trackingNumber: number,
    shippedOn: japaneseDay(Date.parse(one.createdAt)),
    arrivedOn: one.deliveredAt ? japaneseDay(Date.parse(one.deliveredAt)) : null,
    lines: at === 0 ? lines : lines.map(({ lineId }) => ({ lineId, quantity: 0 })),
  }))
}

const PICKUPS: Readonly<Record<string, string>> = {
  PICK_UP: 'shop',
  RETAIL: 'shop',
  PICKUP_POINT: 'pickup_point',
}

function pickupOf({ fulfillmentOrders }: WireOrder): OrderRecipient['pickup'] {
  for (const { deliveryMethod, assignedLocation } of fulfillmentOrders.nodes) {
    const kind = PICKUPS[deliveryMethod?.methodType ?? '']
    if (kind === 'shop') return { kind, code: null, name: assignedLocation?.name ?? null, address: null }
    if (kind !== undefined)
      return { kind, code: null, name: deliveryMethod?.presentedName ?? null, address: null }
  }
  return null
}

const SETTLED: ReadonlySet<string> = new Set(['CLOSED', 'CANCELLED', 'INCOMPLETE'])

function holdsOf(order: WireOrder, payment: string, items: readonly OrderItem[]): OrderHold[] {
  const { displayFinancialStatus, fulfillmentOrders, test } = order
  const status = FINANCIAL[displayFinancialStatus ?? '']?.status
  const isUnpaid = status === 'unpaid'
  // Where the money went back with the goods nothing is left to send.
  const isLeft = items.some(({ deleted, quantity }) => !deleted && quantity > 0)
  const open = fulfillmentOrders.nodes.filter(({ status }) => !SETTLED.has(status))
  return [
    ...holdsIf(
      [test === true, 'shop_hold', 'テスト注文です。発送しないでください。'],
      [isUnpaid && payment !== 'cod', 'unpaid', '未入金'],
      [isLeft && status === 'cancelled', 'unpaid', '支払いが取り消されています。'],
      [
        isLeft && status === 'refunded',
        'shop_hold',
        '全額が返金されています。発送するかShopifyで確認してください。',
      ],
    ),
    ...open.flatMap(({ status, fulfillAt, fulfillmentHolds }) =>
      status === 'SCHEDULED'
        ? [hold('reserve', '発送予定日前', fulfillAt ? japanese(fulfillAt) : null)]
        : fulfillmentHolds.map(({ reason, reasonNotes }) =>
            hold(
              reason === 'HIGH_RISK_OF_FRAUD'
                ? 'fraud_check'
                : reason === 'AWAITING_PAYMENT'
                  ? 'unpaid'
                  : 'shop_hold',
              [`Shopifyで保留中（${HOLD_REASONS[reason ?? ''] ?? reason ?? '理由なし'}）`, reasonNotes ?? []]
                .flat()
                .join(' ')
                .slice(0, 300),
            ),
          ),
    ),
  ]
}

const reversalsOf = (
  { lineItems, totalRefundedSet, displayFinancialStatus }: WireOrder,
  isCancelled: boolean,
) => [
  ...lineItems.nodes.flatMap(({ id, quantity, currentQuantity }) =>
    isCancelled || quantity <= currentQuantity
      ? []
      : [reversal('partial_cancel', { lineId: tailOf(id), quantity: quantity - currentQuantity })],
  ),
  ...(totalRefundedSet > 0
    ? [reversal('refund', { amount: totalRefundedSet, state: displayFinancialStatus })]
    : []),
]

/** Apps for delivery dates each have names of their own; these are the usual ones. */
const DATE_KEY = /(?:お届け|配送|配達|着)(?:希望|指定)?日$|^delivery[ _-]?date$/i
const TIME_KEY = /(?:お届け|配送|配達)?(?:希望|指定)?(?:時間帯?|時刻)$|^delivery[ _-]?time$/i

function wishOf({ customAttributes }: WireOrder, { wishDayName, wishBandName }: ShopifySettings) {
  const attribute = (own: string | undefined, usual: RegExp) =>
    customAttributes.find(({ key }) =>
      own === undefined ? usual.test(key.slice(0, 60).trim()) : key.trim() === own,
    )?.value ?? null
  const timeText = attribute(wishBandName, TIME_KEY)?.slice(0, 60) ?? null
  return {
    date: dayOf(attribute(wishDayName, DATE_KEY)),
    ...parseTimeBand(timeText),
    timeText,
    dropOff: null,
  }
}

/** 2026-12-24, 2026/12/24, 2026年12月24日(木); null for a day that no calendar has. */
function dayOf(text: string | null): string | null {
  const [, year = '', month = '', day = ''] =
    /^(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})(?!\d)/.exec(
      (text ?? '').normalize('NFKC').trim().slice(0, 60),
    ) ?? []
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isRealDay(date) ? date : null
}
