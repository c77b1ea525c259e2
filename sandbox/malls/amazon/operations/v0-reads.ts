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
    FulfillmentChannel: fulfillment.fulfilledBy === 'AMAZON' ? 'AFN' : 'MFN',
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

function listV0(query: URLSearchParams, context: OperationContext): SandboxAnswer {
  const { shop, store, clock, settings } = context
  if (!listParameter(query, 'MarketplaceIds').includes(MARKETPLACE))
    return invalidInput('MarketplaceIds is missing or not valid.')
  const created = query.get('CreatedAfter')
  const after = Date.parse(created ?? query.get('LastUpdatedAfter') ?? '')
  const token = query.get('NextToken')
  const numbers = listParameter(query, 'AmazonOrderIds')
  if (Number.isNaN(after) && token === null && numbers.length === 0)
    return invalidInput('Either CreatedAfter or LastUpdatedAfter is required.')
  const timeOf = ({ model }: SimOrder) =>
    Date.parse(created === null ? model.lastUpdatedTime : model.createdTime)
  const statuses = listParameter(query, 'OrderStatuses')
  const size = Math.min(100, Math.max(1, Number(query.get('MaxResultsPerPage') ?? 100) || 100))
  const listed = clock.now() - settings.listDelaySeconds * 1000
  const found = store
    .known(shop.code)
    .filter((order) => order.visibleAt <= listed && (Number.isNaN(after) || timeOf(order) >= after))
    .filter(({ model }) => numbers.length === 0 || numbers.includes(model.orderId))
    .filter(
      ({ model }) =>
        statuses.length === 0 || statuses.includes(STATUSES[model.fulfillment.fulfillmentStatus] ?? ''),
    )
    .sort((a, b) => timeOf(a) - timeOf(b) || a.model.orderId.localeCompare(b.model.orderId))
  const start = token === null ? 0 : Number(token) || 0
  const elements = context.restricted ?? NOTHING
  return payload({
    Orders: found.slice(start, start + size).map((order) => orderOf(store.shown(order), elements)),
    ...(start + size < found.length ? { NextToken: String(start + size) } : {}),
    CreatedBefore: wireTime(clock.now() - BEFORE_NOW_MS),
  })
}
