import { z } from 'zod'
import { listOf, text } from '../kit/wire.ts'
import {
  Counted,
  connection,
  FulfilmentHead,
  FulfilmentOrder,
  Line,
  ListEntry,
  SentLine,
  ToSendLine,
  ToSendOrder,
  unread,
  WireOrder,
} from './wire.ts'

/**
 * All documents that are sent. A read asks for the fields of its shape, so that none is asked for in vain,
 * or read without being asked for. Tests hold each document against the official schema, and its `points`
 * against what it may cost. A list is asked for as far as nearly every order goes; the rest comes by pages.
 */

export interface Document {
  text: string
  /** Most that Shopify reserves for it before it answers: what stands in the bucket has to be as much. */
  points: number
  /** What it costs as a rule; the difference is given back. */
  usual: number
}

/** `shape`: of the answer's data. */
export interface Read<T = unknown> extends Document {
  shape: z.ZodType<T>
}

/** Arguments of fields, by name, wherever they are. */
type Args = Readonly<Record<string, string>>

function fieldsOf(shape: unknown, args: Args): string {
  if (shape instanceof z.ZodObject) {
    const fields = Object.entries(shape.shape).map(
      ([name, field]) => `${name}${args[name] ?? ''}${fieldsOf(field, args)}`,
    )
    return ` { ${fields.join(' ')} }`
  }
  if (shape instanceof z.ZodArray) return fieldsOf(shape.element, args)
  if (shape instanceof z.ZodPipe) return fieldsOf(shape.in, args)
  return shape instanceof z.ZodOptional || shape instanceof z.ZodNullable || shape instanceof z.ZodCatch
    ? fieldsOf(shape.unwrap(), args)
    : ''
}

/** @param head name and variables @param asks where the answer is read in parts: the shape of the whole */
function read<T>(
  head: string,
  { shape, asks = shape, args, ...cost }: Omit<Read<T>, 'text'> & { args: Args; asks?: z.ZodType },
): Read<T> {
  return { ...cost, shape, text: `query ${head}${fieldsOf(asks, args)}` }
}

export const FULFILMENTS_AT_ONCE = 3
/** A query may cost 1,000 points. */
export const ORDERS_AT_ONCE = 5
/** Points of an order with all that is asked for with it: at most, and as a rule. */
const AN_ORDER = { points: 187, usual: 50 }

const PARCELS = { trackingInfo: '(first: 10)' }
const ORDERS_BY_NAME = read('OrdersByName($query: String!, $first: Int!, $after: String)', {
  ...AN_ORDER,
  // Each order is read alone, so that one of another shape or currency takes none along.
  shape: z.object({ orders: connection(unread) }),
  asks: z.object({ orders: connection(WireOrder) }),
  args: {
    ...PARCELS,
    orders: '(first: $first, after: $after, query: $query)',
    shippingLines: '(first: 3)',
    transactions: '(first: 5)',
    lineItems: '(first: 5)',
    fulfillments: `(first: ${FULFILMENTS_AT_ONCE})`,
    fulfillmentLineItems: '(first: 5)',
    fulfillmentOrders: '(first: 3)',
  },
})

/** So many orders: a question for one leaves the bucket to others. */
export const ordersByName = (count: number) => ({
  ...ORDERS_BY_NAME,
  points: AN_ORDER.points * count,
  usual: AN_ORDER.usual * count,
})

export const MORE_LINES = read('OrderLines($id: ID!, $after: String)', {
  points: 1_000,
  usual: 300,
  shape: z.object({ order: z.object({ lineItems: connection(Line) }) }),
  args: { order: '(id: $id)', lineItems: '(first: 75, after: $after)' },
})

export const ALL_FULFILMENTS = read('OrderFulfillments($id: ID!)', {
  points: 900,
  usual: 40,
  shape: z.object({ order: z.object({ fulfillments: z.array(FulfilmentHead) }) }),
  args: { ...PARCELS, order: '(id: $id)', fulfillments: '(first: 80)' },
})

export const SENT = read('FulfillmentLines($id: ID!, $after: String)', {
  points: 600,
  usual: 60,
  shape: z.object({ fulfillment: z.object({ fulfillmentLineItems: connection(SentLine) }) }),
  args: { fulfillment: '(id: $id)', fulfillmentLineItems: '(first: 250, after: $after)' },
})

export const MORE_FULFILMENT_ORDERS = read('FulfillmentOrders($id: ID!, $after: String)', {
  points: 400,
  usual: 60,
  shape: z.object({ order: z.object({ fulfillmentOrders: connection(FulfilmentOrder) }) }),
  args: { order: '(id: $id)', fulfillmentOrders: '(first: 50, after: $after)' },
})

export const LIST = read('ListOrders($query: String!, $first: Int!, $after: String)', {
  points: 300,
  usual: 260,
  shape: z.object({ orders: connection(unread), ordersCount: Counted }),
  asks: z.object({ orders: connection(ListEntry), ordersCount: Counted }),
  args: {
    orders: '(first: $first, after: $after, query: $query, sortKey: CREATED_AT)',
    ordersCount: '(query: $query, limit: null)',
  },
})

export const CHECK = read('Check($query: String!)', {
  points: 60,
  usual: 10,
  shape: z.object({
    shop: z.object({ name: z.string(), myshopifyDomain: z.string(), currencyCode: z.string() }),
    currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
    ordersCount: Counted,
  }),
  args: { ordersCount: '(query: $query)' },
})

/** Ids of fulfilment orders change whenever staff move or hold one: each write looks them up anew. */
export const TO_SEND = read('ToSend($id: ID!, $after: String)', {
  points: 950,
  usual: 60,
  shape: z.object({
    order: z.object({
      fulfillments: listOf(
        z.object({ status: z.string(), trackingInfo: listOf(z.object({ number: text })) }),
      ),
      fulfillmentOrders: connection(ToSendOrder),
    }),
  }),
  args: {
    ...PARCELS,
    order: '(id: $id)',
    fulfillments: '(first: 40)',
    fulfillmentOrders: '(first: 10, after: $after)',
    lineItems: '(first: 20)',
  },
})

export const MORE_TO_SEND = read('ToSendLines($id: ID!, $after: String)', {
  points: 600,
  usual: 100,
  shape: z.object({ fulfillmentOrder: z.object({ lineItems: connection(ToSendLine) }) }),
  args: { fulfillmentOrder: '(id: $id)', lineItems: '(first: 250, after: $after)' },
})

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
