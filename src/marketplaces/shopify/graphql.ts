/**
 * All documents that are sent. Tests hold each against the official schema, and its `points` against what it
 * may cost. A list is asked for as far as nearly every order goes; the rest comes page by page.
 */

export interface Document {
  text: string
  /** Most that Shopify reserves for it before it answers: what stands in the bucket has to be as much. */
  points: number
  /** What it costs as a rule; the difference is given back. */
  usual: number
}

const PAGE = 'pageInfo { hasNextPage endCursor }'
const YEN = '{ shopMoney { amount } }'
const TAX = `taxLines { ratePercentage priceSet ${YEN} }`
const ADDRESS =
  '{ firstName lastName name company zip countryCodeV2 province provinceCode city address1 address2 phone }'
const ATTRIBUTES = 'customAttributes { key value }'

const LINES = `nodes {
      id title variantTitle sku quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard taxable
      originalUnitPriceSet ${YEN} discountAllocations { allocatedAmountSet ${YEN} } ${TAX} ${ATTRIBUTES}
    } ${PAGE}`
const SENT_LINES = `nodes { quantity lineItem { id } } ${PAGE}`
const FULFILMENT = 'id status createdAt deliveredAt trackingInfo(first: 10) { company number }'
const FULFILMENT_ORDERS = `nodes {
      status fulfillAt deliveryMethod { methodType presentedName } assignedLocation { name }
      fulfillmentHolds { reason reasonNotes }
    } ${PAGE}`

const LINES_AT_ONCE = 5
export const FULFILMENTS_AT_ONCE = 3
/** A query may cost 1,000 points. */
export const ORDERS_AT_ONCE = 5
/** Points of an order with all that is asked for with it: at most, and as a rule. */
const AN_ORDER = { points: 187, usual: 50 }

/** So many orders: a question for one leaves the bucket to others. */
export const ordersByName = (count: number): Document => ({
  points: AN_ORDER.points * count,
  usual: AN_ORDER.usual * count,
  text: ORDERS_BY_NAME,
})

const ORDERS_BY_NAME = `query OrdersByName($query: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query) {
    nodes {
      id name createdAt processedAt updatedAt cancelledAt closedAt closed test edited confirmationNumber
      cancelReason displayFinancialStatus displayFulfillmentStatus returnStatus currencyCode taxesIncluded
      note email phone tags sourceName paymentGatewayNames canMarkAsPaid requiresShipping discountCodes poNumber
      totalPriceSet ${YEN} currentTotalPriceSet ${YEN} totalRefundedSet ${YEN}
      totalOutstandingSet ${YEN} totalTipReceivedSet ${YEN} currentTotalAdditionalFeesSet ${YEN}
      ${ATTRIBUTES} risk { recommendation }
      billingAddress ${ADDRESS} shippingAddress ${ADDRESS}
      shippingLines(first: 3) {
        nodes { title code discountedPriceSet ${YEN} currentDiscountedPriceSet ${YEN} ${TAX} }
      }
      transactions(first: 5) { kind status gateway formattedGateway processedAt amountSet ${YEN} }
      lineItems(first: ${LINES_AT_ONCE}) { ${LINES} }
      fulfillments(first: ${FULFILMENTS_AT_ONCE}) { ${FULFILMENT} fulfillmentLineItems(first: 5) { ${SENT_LINES} } }
      fulfillmentOrders(first: 3) { ${FULFILMENT_ORDERS} }
    }
    ${PAGE}
  }
}`

export const MORE_LINES: Document = {
  points: 1_000,
  usual: 300,
  text: `query OrderLines($id: ID!, $after: String) { order(id: $id) { lineItems(first: 75, after: $after) { ${LINES} } } }`,
}

export const ALL_FULFILMENTS: Document = {
  points: 900,
  usual: 40,
  text: `query OrderFulfillments($id: ID!) { order(id: $id) { fulfillments(first: 80) { ${FULFILMENT} } } }`,
}

export const SENT: Document = {
  points: 600,
  usual: 60,
  text: `query FulfillmentLines($id: ID!, $after: String) { fulfillment(id: $id) { fulfillmentLineItems(first: 250, after: $after) { ${SENT_LINES} } } }`,
}

export const MORE_FULFILMENT_ORDERS: Document = {
  points: 400,
  usual: 60,
  text: `query FulfillmentOrders($id: ID!, $after: String) { order(id: $id) { fulfillmentOrders(first: 50, after: $after) { ${FULFILMENT_ORDERS} } } }`,
}

export const LIST: Document = {
  points: 300,
  usual: 260,
  text: `query ListOrders($query: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query, sortKey: CREATED_AT) {
    nodes { name createdAt updatedAt cancelledAt closed displayFulfillmentStatus }
    ${PAGE}
  }
  ordersCount(query: $query, limit: null) { count precision }
}`,
}

export const CHECK: Document = {
  points: 60,
  usual: 10,
  text: `query Check($query: String!) {
  shop { name myshopifyDomain currencyCode }
  currentAppInstallation { accessScopes { handle } }
  ordersCount(query: $query) { count precision }
}`,
}

const TO_SEND_LINES = `nodes { id remainingQuantity lineItem { id } } ${PAGE}`

/** Ids of fulfilment orders change whenever staff move or hold one: each write looks them up anew. */
export const TO_SEND: Document = {
  points: 950,
  usual: 60,
  text: `query ToSend($id: ID!, $after: String) {
  order(id: $id) {
    fulfillments(first: 40) { status trackingInfo(first: 10) { number } }
    fulfillmentOrders(first: 10, after: $after) {
      nodes {
        id status supportedActions { action } assignedLocation { name location { id } }
        lineItems(first: 20) { ${TO_SEND_LINES} }
      }
      ${PAGE}
    }
  }
}`,
}

export const MORE_TO_SEND: Document = {
  points: 600,
  usual: 100,
  text: `query ToSendLines($id: ID!, $after: String) { fulfillmentOrder(id: $id) { lineItems(first: 250, after: $after) { ${TO_SEND_LINES} } } }`,
}

const ERRORS = 'userErrors { field message }'
const write = (text: string): Document => ({ text, points: 20, usual: 10 })

export const WRITES = {
  fulfillmentCreate: write(
    `mutation Ship($fulfillment: FulfillmentInput!) { fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } ${ERRORS} } }`,
  ),
  fulfillmentTrackingInfoUpdate: write(
    `mutation Correct($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) { fulfillment { id } ${ERRORS} } }`,
  ),
  fulfillmentCancel: write(
    `mutation Unship($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { id } ${ERRORS} } }`,
  ),
  orderCancel: write(
    `mutation Cancel($id: ID!, $reason: OrderCancelReason!, $restock: Boolean!, $refund: OrderCancelRefundMethodInput, $notify: Boolean!, $note: String) { orderCancel(orderId: $id, reason: $reason, restock: $restock, refundMethod: $refund, notifyCustomer: $notify, staffNote: $note) { job { id done } orderCancelUserErrors { code field message } } }`,
  ),
  orderMarkAsPaid: write(
    `mutation MarkPaid($id: ID!) { orderMarkAsPaid(input: { id: $id }) { order { id } ${ERRORS} } }`,
  ),
  fulfillmentOrderHold: write(
    `mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) { fulfillmentOrder { id } userErrors { code field message } } }`,
  ),
  fulfillmentOrderReleaseHold: write(
    `mutation Release($id: ID!) { fulfillmentOrderReleaseHold(id: $id) { fulfillmentOrder { id } ${ERRORS} } }`,
  ),
} as const satisfies Record<string, Document>

export const READS: readonly Document[] = [
  ordersByName(ORDERS_AT_ONCE),
  MORE_LINES,
  ALL_FULFILMENTS,
  SENT,
  MORE_FULFILMENT_ORDERS,
  LIST,
  CHECK,
  TO_SEND,
  MORE_TO_SEND,
]
