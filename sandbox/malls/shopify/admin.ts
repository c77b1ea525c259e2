import { connection } from './schema.ts'
import type { SimFulfilment, SimLine, SimOrder, SimPart, Store } from './store.ts'

/** Resolvers of the schema's fields and mutations, for one shop. */

export interface AdminOptions {
  store: Store
  shopCode: string
  scopes: readonly string[]
  now(): number
  /** Milliseconds for which the job of a cancellation runs. */
  cancelMs: number
  shop: { name: string; currencyCode: string }
}

type Args = Record<string, unknown>
type Failure = { field: string[] | null; message: string; code?: string }

const ok = { userErrors: [] as Failure[] }
const refusedBy = (message: string, code = 'INVALID') => ({
  userErrors: [{ field: ['base'], message, code }],
})

export function adminOf({ store, shopCode, scopes, now, cancelMs, shop }: AdminOptions) {
  const orderBy = (id: unknown) => store.byId(shopCode, id)
  const orderWith = (fits: (order: SimOrder) => boolean) => store.known(shopCode).find(fits)

  function wrote(
    order: SimOrder,
    operation: string,
    what: Record<string, unknown>,
    content: string[] = [],
  ): void {
    store.touch(order)
    store.writes.add({
      operation,
      orderNumber: order.orderNumber,
      what,
      ...(content.length > 0 ? { content } : {}),
    })
  }

  const orders = ({ query }: Args) =>
    store
      .known(shopCode)
      .filter(searchOf(String(query ?? '')))
      .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))

  const numbersIn = (tracking: unknown) => {
    const { company = null, number, numbers } = (tracking ?? {}) as Args
    const all = Array.isArray(numbers) ? numbers : number === undefined ? [] : [number]
    return all.map((one) => ({ company: company as string | null, number: String(one) }))
  }

  function fulfillmentCreate({ fulfillment }: Args) {
    const { lineItemsByFulfillmentOrder: groups, trackingInfo } = fulfillment as {
      lineItemsByFulfillmentOrder: {
        fulfillmentOrderId: string
        fulfillmentOrderLineItems?: { id: string; quantity: number }[]
      }[]
      trackingInfo?: Args
    }
    const taken: { line: SimPart['lines'][number]; quantity: number }[] = []
    const places = new Set<string>()
    let order: SimOrder | undefined
    for (const { fulfillmentOrderId, fulfillmentOrderLineItems } of groups) {
      order = orderWith(({ parts }) => parts.some(({ id }) => id === fulfillmentOrderId))
      const part = order?.parts.find(({ id }) => id === fulfillmentOrderId)
      if (!order || !part) return refusedBy('Fulfillment order does not exist.')
      if (part.status === 'ON_HOLD')
        return refusedBy(`Fulfillment order ${tail(part.id)} has an unfulfillable status= on_hold.`)
      if (part.status !== 'OPEN' && part.status !== 'IN_PROGRESS')
        return refusedBy(
          `Fulfillment order ${tail(part.id)} has an unfulfillable status= ${part.status.toLowerCase()}.`,
        )
      places.add(part.location.id)
      const wanted =
        fulfillmentOrderLineItems ?? part.lines.map(({ id, remaining }) => ({ id, quantity: remaining }))
      for (const { id, quantity } of wanted) {
        const line = part.lines.find((one) => one.id === id)
        if (!line || quantity < 1 || quantity > line.remaining)
          return refusedBy('Invalid fulfillment order line item quantity requested.')
        taken.push({ line, quantity })
      }
    }
    if (!order) return refusedBy('Fulfillment order does not exist.')
    if (places.size > 1) return refusedBy('All fulfillment orders must be assigned to the same location.')
    for (const { line, quantity } of taken) line.remaining -= quantity
    for (const part of order.parts)
      if (part.lines.every(({ remaining }) => remaining === 0)) part.status = 'CLOSED'
    const made: SimFulfilment = {
      id: store.nextId('Fulfillment'),
      status: 'SUCCESS',
      createdAt: store.now(),
      deliveredAt: null,
      trackingInfo: numbersIn(trackingInfo),
      lines: taken.map(({ line, quantity }) => ({ lineId: line.lineId, quantity })),
    }
    order.fulfillments.push(made)
    wrote(order, 'fulfillmentCreate', { lines: taken.length }, [
      ...made.trackingInfo.map(({ number }) => number ?? ''),
      ...places,
    ])
    return { fulfillment: { id: made.id }, ...ok }
  }

  function withFulfilment(id: unknown, work: (order: SimOrder, one: SimFulfilment) => void) {
    const order = orderWith(({ fulfillments }) => fulfillments.some((one) => one.id === id))
    const one = order?.fulfillments.find((other) => other.id === id)
    if (!order || !one || one.status === 'CANCELLED') return refusedBy('Fulfillment not found.')
    work(order, one)
    return { fulfillment: { id: one.id }, ...ok }
  }

  function withPart(id: unknown, work: (order: SimOrder, part: SimPart) => string | null) {
    const order = orderWith(({ parts }) => parts.some((part) => part.id === id))
    const part = order?.parts.find((one) => one.id === id)
    if (!order || !part) return refusedBy('Fulfillment order not found.', 'FULFILLMENT_ORDER_NOT_FOUND')
    const refusal = work(order, part)
    return refusal === null ? { fulfillmentOrder: { id: part.id }, ...ok } : refusedBy(refusal)
  }

  return {
    orders: (args: Args) =>
      connection(orders(args).map(view))(args as Parameters<ReturnType<typeof connection>>[0]),
    ordersCount: (args: Args) => ({ count: orders(args).length, precision: 'EXACT' }),
    order: ({ id }: Args) => {
      const order = orderBy(id)
      return order ? view(order) : null
    },
    fulfillment({ id }: Args) {
      const one = store
        .known(shopCode)
        .flatMap(({ fulfillments }) => fulfillments)
        .find((other) => other.id === id)
      return one ? viewFulfilment(one) : null
    },
    fulfillmentOrder({ id }: Args) {
      const part = store
        .known(shopCode)
        .flatMap(({ parts }) => parts)
        .find((one) => one.id === id)
      return part ? viewPart(part) : null
    },
    shop: { ...shop, myshopifyDomain: `${shopCode}.myshopify.com` },
    currentAppInstallation: { accessScopes: scopes.map((handle) => ({ handle, description: handle })) },
    fulfillmentCreate,
    fulfillmentTrackingInfoUpdate: ({ fulfillmentId, trackingInfoInput }: Args) =>
      withFulfilment(fulfillmentId, (order, one) => {
        one.trackingInfo = numbersIn(trackingInfoInput)
        const content = one.trackingInfo.map(({ number }) => number ?? '')
        wrote(order, 'fulfillmentTrackingInfoUpdate', {}, content)
      }),
    fulfillmentCancel: ({ id }: Args) =>
      withFulfilment(id, (order, one) => {
        one.status = 'CANCELLED'
        for (const { lineId, quantity } of one.lines)
          for (const part of order.parts) {
            const line = part.lines.find((other) => other.lineId === lineId)
            if (line) Object.assign(line, { remaining: line.remaining + quantity })
            if (line && part.status === 'CLOSED') part.status = 'OPEN'
          }
        wrote(order, 'fulfillmentCancel', {})
      }),
    orderCancel({ orderId, reason, restock, refundMethod }: Args) {
      const order = orderBy(orderId)
      const fail = (code: string, message: string) => ({
        job: null,
        orderCancelUserErrors: [{ code, field: ['orderId'], message }],
      })
      if (!order) return fail('NOT_FOUND', 'Order does not exist.')
      if (order.cancelledAt !== null || order.cancelAt !== null)
        return fail('INVALID', 'Order has already been cancelled.')
      if (order.fulfillments.some(({ status }) => status === 'SUCCESS'))
        return fail('INVALID', 'Cannot cancel an order with outstanding fulfillments.')
      order.cancelReason = String(reason)
      order.cancelAt = now() + cancelMs
      wrote(order, 'orderCancel', {
        reason,
        restock,
        refund: (refundMethod as Args | null)?.originalPaymentMethodsRefund,
      })
      return { job: { id: store.nextId('Job'), done: false }, orderCancelUserErrors: [] }
    },
    orderMarkAsPaid({ input }: Args) {
      const order = orderBy((input as Args).id)
      if (!order || !isPayable(order)) return { order: null, ...refusedBy('Order cannot be marked as paid.') }
      order.displayFinancialStatus = 'PAID'
      wrote(order, 'orderMarkAsPaid', {})
      return { order: view(order), ...ok }
    },
    fulfillmentOrderHold: ({ id, fulfillmentHold }: Args) =>
      withPart(id, (order, part) => {
        const { reason, reasonNotes, handle } = fulfillmentHold as Record<string, string | undefined>
        if (part.fulfillmentHolds.some((one) => one.handle === handle))
          return 'The handle provided for the fulfillment hold is already in use by this app.'
        if (!['OPEN', 'ON_HOLD'].includes(part.status)) return 'Fulfillment order is not in an open state.'
        const hold = { id: store.nextId('FulfillmentHold'), reason: reason ?? 'OTHER' }
        part.fulfillmentHolds.push({ ...hold, reasonNotes: reasonNotes ?? null, handle: handle ?? null })
        part.status = 'ON_HOLD'
        wrote(order, 'fulfillmentOrderHold', { reason })
        return null
      }),
    fulfillmentOrderReleaseHold: ({ id }: Args) =>
      withPart(id, (order, part) => {
        if (part.status !== 'ON_HOLD') return 'Fulfillment order is not on hold.'
        Object.assign(part, { status: 'OPEN', fulfillmentHolds: [] })
        wrote(order, 'fulfillmentOrderReleaseHold', {})
        return null
      }),
  }
}

const tail = (id: string): string => id.slice(id.lastIndexOf('/') + 1)
const isPayable = ({ displayFinancialStatus: status }: SimOrder): boolean =>
  status === 'PENDING' || status === 'AUTHORIZED' || status === 'PARTIALLY_PAID'

const leftOf = ({ parts }: SimOrder, lineId: string): number =>
  parts
    .flatMap(({ lines }) => lines)
    .reduce((sum, one) => sum + (one.lineId === lineId ? one.remaining : 0), 0)

/** As the shop's own screen shows it. */
function statusOf({ parts, fulfillments, fields }: SimOrder): string {
  if (typeof fields.displayFulfillmentStatus === 'string') return fields.displayFulfillmentStatus
  const open = parts.filter(({ status }) => status !== 'CLOSED' && status !== 'CANCELLED')
  if (parts.length > 0 && open.length === 0) return fulfillments.length > 0 ? 'FULFILLED' : 'UNFULFILLED'
  if (open.every(({ status }) => status === 'ON_HOLD')) return 'ON_HOLD'
  return fulfillments.some(({ status }) => status !== 'CANCELLED') ? 'PARTIALLY_FULFILLED' : 'UNFULFILLED'
}

/** Not yet taken, as the order's transactions and its state say. */
function outstandingOf({ fields, cancelledAt }: SimOrder) {
  const { totalPriceSet, transactions, displayFinancialStatus } = fields as {
    totalPriceSet: { shopMoney: { amount: string; currencyCode: string } }
    transactions: { kind: string; status: string; amountSet: typeof totalPriceSet }[]
    displayFinancialStatus?: string
  }
  const isDone = cancelledAt !== null || ['PAID', 'REFUNDED', 'VOIDED'].includes(displayFinancialStatus ?? '')
  const taken = transactions
    .filter(({ kind, status }) => status === 'SUCCESS' && (kind === 'SALE' || kind === 'CAPTURE'))
    .reduce((sum, { amountSet }) => sum + Number(amountSet.shopMoney.amount), 0)
  const left = isDone ? 0 : Math.max(0, Number(totalPriceSet.shopMoney.amount) - taken)
  return { shopMoney: { ...totalPriceSet.shopMoney, amount: left.toFixed(1) } }
}

function view(order: SimOrder) {
  const { fields, lineItems, parts, fulfillments, cancelledAt } = order
  const { shippingLines, transactions, ...rest } = fields as {
    shippingLines: unknown[]
    transactions: unknown[]
  }
  const gone = { shopMoney: { amount: '0.0', currencyCode: 'JPY' } }
  return {
    ...order,
    currentTotalPriceSet: cancelledAt === null ? fields.totalPriceSet : gone,
    totalOutstandingSet: outstandingOf(order),
    ...rest,
    canMarkAsPaid: isPayable(order),
    displayFulfillmentStatus: statusOf(order),
    shippingLines: connection(shippingLines),
    transactions: ({ first }: Args) => transactions.slice(0, Number(first)),
    lineItems: connection(
      lineItems.map((line: SimLine) => ({ ...line, unfulfilledQuantity: leftOf(order, line.id) })),
    ),
    fulfillments: ({ first }: Args) => fulfillments.slice(0, Number(first)).map(viewFulfilment),
    fulfillmentOrders: connection(parts.map(viewPart)),
  }
}

const viewFulfilment = (one: SimFulfilment) => ({
  ...one,
  trackingInfo: ({ first }: Args) => one.trackingInfo.slice(0, Number(first)),
  fulfillmentLineItems: connection(
    one.lines.map(({ lineId, quantity }) => ({ quantity, lineItem: { id: lineId } })),
  ),
})

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  OPEN: ['CREATE_FULFILLMENT', 'HOLD', 'MOVE'],
  IN_PROGRESS: ['CREATE_FULFILLMENT', 'MARK_AS_OPEN'],
  ON_HOLD: ['HOLD', 'RELEASE_HOLD'],
}

const viewPart = ({ lines, location, ...part }: SimPart) => ({
  ...part,
  supportedActions: (ACTIONS[part.status] ?? []).map((action) => ({ action })),
  assignedLocation: { name: location.name, location },
  lineItems: connection(
    lines.map(({ id, lineId, remaining, total }) => ({
      id,
      remainingQuantity: remaining,
      totalQuantity: total,
      lineItem: { id: lineId },
    })),
  ),
})

const TERM = /^\(?(\w+):(>=|<=|<|>)?["']?([^"')]*)["']?\)?$/

/** Terms that are joined by AND within brackets, and by OR between them, as the search syntax has it. */
function searchOf(query: string): (order: SimOrder) => boolean {
  const either = query.split(' OR ').map((clause) => clause.split(' AND ').map(termOf))
  return (order) => either.some((all) => all.every((fits) => fits(order)))
}

function termOf(text: string): (order: SimOrder) => boolean {
  const [, field = '', sign = '', value = ''] = TERM.exec(text.trim()) ?? []
  if (field === 'name') return ({ name }) => name === value || name === `#${value}`
  const timeOf = ({ createdAt, updatedAt }: SimOrder) =>
    Date.parse(field === 'created_at' ? createdAt : updatedAt)
  const bound = Date.parse(value)
  return (order) => (sign === '>=' ? timeOf(order) >= bound : sign === '<' ? timeOf(order) < bound : false)
}
