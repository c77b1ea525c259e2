import type { FastifyRequest } from 'fastify'
import type { Seen } from '../http/audited.ts'
import { factsOf } from '../platform/narrow.ts'

/** What the audit gets of answers that show an order's buyer, for the records of such operations. */

export function orderViewed(_answer: unknown, { params }: FastifyRequest): Seen[] {
  const { id, number } = factsOf(params)
  const data = number === undefined ? {} : { version: String(number) }
  return [{ action: 'order.viewed', target: String(id), orderIds: [String(id)], data }]
}

/** Each order keeps its pull, so its number is enough. */
export const ordersPulled = ({ pullId, orders }: { pullId?: string; orders: unknown[] }): Seen[] =>
  orders.length === 0
    ? []
    : [{ action: 'orders.pulled', target: pullId ?? '', data: { orders: orders.length } }]

/** Summaries hold no personal data; whoever polls them leaves nothing behind. */
export function ordersListed({ orders }: { orders: { id: string; detail?: unknown }[] }): Seen[] {
  const orderIds = orders.flatMap(({ id, detail }) => (detail === undefined ? [] : [id]))
  if (orderIds.length === 0) return []
  return [{ action: 'orders.listed', target: '', orderIds, data: { orders: orderIds.length } }]
}

export const ordersCompared = ({ id, orders }: { id: string; orders: { orderId: string }[] }): Seen[] => [
  {
    action: 'orders.listed',
    target: id,
    orderIds: orders.map(({ orderId }) => orderId),
    data: { orders: orders.length },
  },
]
