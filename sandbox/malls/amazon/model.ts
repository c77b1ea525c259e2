/** Order of Orders API v2026-01-01 as the simulator keeps it: whole, whatever of it may be shown. */

export interface Money {
  amount: string
  currencyCode: string
}

export interface Breakdown {
  type: string
  subtotal: Money
}

export interface OrderItem {
  orderItemId: string
  quantityOrdered: number
  programs: string[]
  product: {
    asin: string
    title: string
    sellerSku: string
    condition: { conditionType: string; conditionSubtype: string }
    price: { unitPrice: Money }
  }
  proceeds: { proceedsTotal: Money; breakdowns: Breakdown[] }
  expense?: {
    pointsCost: { pointsGranted: { pointsNumber: number; pointsMonetaryValue: Money } }
  }
  promotion?: { breakdowns: { promotionId: string }[] }
  cancellation?: {
    cancellationRequest?: { requester: string; cancelReason: string }
    cancellationExecution?: { cancelledBy: string; cancelReason: string }
  }
  fulfillment: {
    quantityFulfilled: number
    quantityUnfulfilled: number
    packing?: { giftOption: { giftMessage: string; giftWrapLevel: string } }
    shipping?: Record<string, unknown>
  }
}

export interface OrderPackage {
  packageReferenceId: string
  createdTime: string
  packageStatus: { status: string }
  carrier: string
  shipTime: string
  shippingService?: string
  trackingNumber: string
  packageItems: { orderItemId: string; quantity: number }[]
}

export interface Order {
  orderId: string
  createdTime: string
  lastUpdatedTime: string
  programs: string[]
  salesChannel: { channelName: string; marketplaceId: string; marketplaceName: string }
  buyer: { buyerName: string; buyerEmail: string; buyerCompanyName?: string }
  recipient: {
    deliveryAddress: {
      name: string
      companyName?: string
      addressLine1: string
      addressLine2?: string
      stateOrRegion: string
      postalCode: string
      countryCode: string
      phone: string
      addressType: string
    }
    deliveryPreference?: { dropOffLocation: string }
  }
  proceeds: { grandTotal: Money; breakdowns: Breakdown[] }
  payment: { paymentExecutions: { paymentMethod: string; paymentAmount: Money }[] }
  fulfillment: {
    fulfillmentStatus: string
    fulfilledBy: string
    fulfillmentServiceLevel: string
    shipByWindow: { earliestDateTime: string; latestDateTime: string }
    deliverByWindow: { earliestDateTime: string; latestDateTime: string }
  }
  orderItems: OrderItem[]
  packages: OrderPackage[]
}

export interface SimOrder {
  model: Order
  shopCode: string
  /** Milliseconds. */
  placedAt: number
  /** Before that the API does not know the order. */
  visibleAt: number
  /** What reads show until then (milliseconds): the order as it was before a shipment. */
  before?: { model: Order; until: number }
}

export const yen = (amount: number): Money => ({ amount: String(amount), currencyCode: 'JPY' })

export const wireTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
