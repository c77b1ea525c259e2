import { jsonAnswer, type SandboxAnswer } from '../../../kit/http-kit.ts'
import { invalidInput, notFound, unauthorised } from '../answers.ts'
import { type Money, type Order, type OrderItem, type SimOrder, wireTime } from '../model.ts'
import { listParameter, type OperationContext, type OperationHandler } from './operation.ts'

/** The reads of Orders API v0, for clients that still use them: the same orders in the old words. */

const MARKETPLACE = 'A1VC38T7YXB528'
const BEFORE_NOW_MS = 2 * 60 * 1000

const STATUSES: Readonly<Record<string, string>> = {
  PENDING_AVAILABILITY: 'PendingAvailability',
  PENDING: 'Pending',
  UNSHIPPED: 'Unshipped',
  PARTIALLY_SHIPPED: 'PartiallyShipped',
  SHIPPED: 'Shipped',
  CANCELLED: 'Canceled',
  UNFULFILLABLE: 'Unfulfillable',
}

const payload = (value: unknown): SandboxAnswer => jsonAnswer(200, { payload: value })
const money = ({ amount, currencyCode }: Money) => ({ CurrencyCode: currencyCode, Amount: amount })
const channelOf = ({ fulfilledBy }: Order['fulfillment']) => (fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN')
const ofType = (item: OrderItem, type: string) =>
  item.proceeds.breakdowns.find((one) => one.type === type)?.subtotal

function orderOf(order: Order, elements: ReadonlySet<string>) {
  const { fulfillment, salesChannel, proceeds, orderItems, programs } = order
  const sum = (count: (item: OrderItem) => number) => orderItems.reduce((all, item) => all + count(item), 0)
  const { stateOrRegion, postalCode, countryCode } = order.recipient.deliveryAddress
  return {
    AmazonOrderId: order.orderId,
    SellerOrderId: order.orderId,
    PurchaseDate: order.createdTime,
    LastUpdateDate: order.lastUpdatedTime,
    OrderStatus: STATUSES[fulfillment.fulfillmentStatus] ?? fulfillment.fulfillmentStatus,
    FulfillmentChannel: channelOf(fulfillment),
    SalesChannel: salesChannel.marketplaceName,
    MarketplaceId: salesChannel.marketplaceId,
    ShipmentServiceLevelCategory: 'Standard',
    OrderType: programs.includes('PREORDER') ? 'Preorder' : 'StandardOrder',
    OrderTotal: money(proceeds.grandTotal),
    NumberOfItemsShipped: sum((item) => item.fulfillment.quantityFulfilled),
    NumberOfItemsUnshipped: sum((item) => item.fulfillment.quantityUnfulfilled),
    PaymentMethod: 'Other',
    EarliestShipDate: fulfillment.shipByWindow.earliestDateTime,
    LatestShipDate: fulfillment.shipByWindow.latestDateTime,
    EarliestDeliveryDate: fulfillment.deliverByWindow.earliestDateTime,
    LatestDeliveryDate: fulfillment.deliverByWindow.latestDateTime,
    IsPrime: programs.includes('PRIME'),
    IsBusinessOrder: programs.includes('AMAZON_BUSINESS'),
    ShippingAddress: elements.has('shippingAddress')
      ? addressOf(order)
      : { StateOrRegion: stateOrRegion, PostalCode: postalCode, CountryCode: countryCode },
    BuyerInfo: elements.has('buyerInfo') ? buyerOf(order) : { BuyerEmail: order.buyer.buyerEmail },
  }
}

function addressOf({ recipient: { deliveryAddress: address } }: Order) {
  return {
    Name: address.name,
    AddressLine1: address.addressLine1,
    ...(address.addressLine2 ? { AddressLine2: address.addressLine2 } : {}),
    StateOrRegion: address.stateOrRegion,
    PostalCode: address.postalCode,
    CountryCode: address.countryCode,
    Phone: address.phone,
    AddressType: address.addressType === 'COMMERCIAL' ? 'Commercial' : 'Residential',
  }
}

const buyerOf = ({ buyer }: Order) => ({ BuyerEmail: buyer.buyerEmail, BuyerName: buyer.buyerName })

function itemOf(item: OrderItem, pending: boolean) {
  const goods = ofType(item, 'ITEM')
  const shipping = ofType(item, 'SHIPPING')
  return {
    ASIN: item.product.asin,
    SellerSKU: item.product.sellerSku,
    OrderItemId: item.orderItemId,
    Title: item.product.title,
    QuantityOrdered: item.quantityOrdered,
    QuantityShipped: item.fulfillment.quantityFulfilled,
    ProductInfo: { NumberOfItems: '1' },
    // Prices are the whole line's, and not there while the payment is pending.
    ...(goods && !pending ? { ItemPrice: money(goods) } : {}),
    ...(shipping && !pending ? { ShippingPrice: money(shipping) } : {}),
    IsGift: String(item.fulfillment.packing !== undefined),
    BuyerRequestedCancel: {
      IsBuyerRequestedCancel: String(item.cancellation?.cancellationRequest !== undefined),
      BuyerCancelReason: item.cancellation?.cancellationRequest?.cancelReason ?? '',
    },
  }
}

/** GET /orders/v0/orders/{orderId} and what stands below it. */
const PARTS: Readonly<Record<string, (order: Order, elements: ReadonlySet<string>) => unknown>> = {
  '': orderOf,
  orderItems: (order) => ({
    AmazonOrderId: order.orderId,
    OrderItems: order.orderItems.map((item) =>
      itemOf(item, order.fulfillment.fulfillmentStatus.startsWith('PENDING')),
    ),
  }),
  address: (order) => ({ AmazonOrderId: order.orderId, ShippingAddress: addressOf(order) }),
  buyerInfo: (order) => ({ AmazonOrderId: order.orderId, ...buyerOf(order) }),
  'orderItems/buyerInfo': (order) => ({
    AmazonOrderId: order.orderId,
    OrderItems: order.orderItems.map(({ orderItemId, fulfillment: { packing } }) => ({
      OrderItemId: orderItemId,
      ...(packing
        ? { GiftMessageText: packing.giftOption.giftMessage, GiftWrapLevel: packing.giftOption.giftWrapLevel }
        : {}),
    })),
  }),
}
/** Never without a restricted data token. */
const RESTRICTED = new Set(['address', 'buyerInfo', 'orderItems/buyerInfo'])

const PATH = /^\/orders\/v0\/orders(?:\/([^/]+)(?:\/(orderItems|address|buyerInfo|orderItems\/buyerInfo))?)?$/

export const isV0Read = (path: string): boolean => PATH.test(path)

export const readV0: OperationHandler = ({ path, query }, context) => {
  const [, orderNumber, part = ''] = PATH.exec(path) ?? []
  if (orderNumber === undefined) return listV0(query, context)
  const order = context.store.find(decodeURIComponent(orderNumber))
  if (!order || order.shopCode !== context.shop.code) return notFound()
  if (RESTRICTED.has(part) && !context.restricted) return unauthorised('')
  return payload(PARTS[part]?.(context.store.shown(order), context.restricted ?? NOTHING))
}

const NOTHING: ReadonlySet<string> = new Set()

interface OldList {
  field: 'createdTime' | 'lastUpdatedTime'
  after: number
  before: number
  size: number
  start: number
  /** Values of a parameter that is a list; empty: all. */
  only: Readonly<Record<'numbers' | 'statuses' | 'channels' | 'sellerIds' | 'mails', readonly string[]>>
}

/** What was asked for, or why it is refused. */
function readList(query: URLSearchParams, now: number): OldList | string {
  const list = (name: string) => listParameter(query, name)
  const markets = list('MarketplaceIds')
  if (!markets.includes(MARKETPLACE) || markets.length > MOST)
    return 'MarketplaceIds is missing or not valid.'
  const numbers = list('AmazonOrderIds')
  if (numbers.length > MOST) return 'AmazonOrderIds has more than 50 values.'
  const created = query.get('CreatedAfter')
  const token = query.get('NextToken')
  const from = created ?? query.get('LastUpdatedAfter')
  if (from === null && token === null && numbers.length === 0)
    return 'Either CreatedAfter or LastUpdatedAfter is required.'
  if (created !== null && query.has('LastUpdatedAfter'))
    return 'CreatedAfter and LastUpdatedAfter cannot both be given.'
  const until = query.get(created === null ? 'LastUpdatedBefore' : 'CreatedBefore')
  const latest = now - BEFORE_NOW_MS
  const [after, before] = [from === null ? 0 : Date.parse(from), until === null ? latest : Date.parse(until)]
  if (Number.isNaN(after) || Number.isNaN(before)) return 'A date is not ISO 8601.'
  if (until !== null && (before < after || before > latest))
    return 'The end must be after the start and two minutes before now.'
  const statuses = list('OrderStatuses')
  const known = new Set(Object.values(STATUSES))
  if (statuses.some((status) => !known.has(status))) return 'OrderStatuses has an unknown value.'
  const channels = list('FulfillmentChannels')
  if (channels.some((channel) => channel !== 'MFN' && channel !== 'AFN'))
    return 'FulfillmentChannels has an unknown value.'
  const size = Number(query.get('MaxResultsPerPage') ?? 100)
  if (!Number.isInteger(size) || size < 1 || size > 100) return 'MaxResultsPerPage is out of range.'
  const start = Number(token ?? 0)
  if (!Number.isInteger(start) || start < 0) return 'NextToken is not valid.'
  return {
    field: created === null ? 'lastUpdatedTime' : 'createdTime',
    after,
    before,
    size,
    start,
    only: { numbers, statuses, channels, sellerIds: list('SellerOrderId'), mails: list('BuyerEmail') },
  }
}

const MOST = 50

function listV0(query: URLSearchParams, context: OperationContext): SandboxAnswer {
  const { shop, store, clock, settings } = context
  const read = readList(query, clock.now())
  if (typeof read === 'string') return invalidInput(read)
  const { field, after, before, size, start, only } = read
  const among = (values: readonly string[], value: string) => values.length === 0 || values.includes(value)
  const timeOf = ({ model }: SimOrder) => Date.parse(model[field])
  const listed = clock.now() - settings.listDelaySeconds * 1000
  const found = store
    .known(shop.code)
    .filter((order) => order.visibleAt <= listed && timeOf(order) >= after && timeOf(order) <= before)
    .filter(
      ({ model: { orderId, fulfillment, buyer } }) =>
        among(only.numbers, orderId) &&
        among(only.sellerIds, orderId) &&
        among(only.mails, buyer.buyerEmail) &&
        among(only.statuses, STATUSES[fulfillment.fulfillmentStatus] ?? '') &&
        among(only.channels, channelOf(fulfillment)),
    )
    .sort((a, b) => timeOf(a) - timeOf(b) || a.model.orderId.localeCompare(b.model.orderId))
  const elements = context.restricted ?? NOTHING
  return payload({
    Orders: found.slice(start, start + size).map((order) => orderOf(store.shown(order), elements)),
    ...(start + size < found.length ? { NextToken: String(start + size) } : {}),
    [field === 'createdTime' ? 'CreatedBefore' : 'LastUpdatedBefore']: wireTime(before),
  })
}
