import type { Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import { mailEvent, workerEvent } from './events.ts'
import { heldUntil, nextCheckAt } from './next-check.ts'
import type { PreparedMarks, PreparedOrder, StagedMarks, StagingShop } from './prepare.ts'
import { toItemParts, tokenColumns } from './search-tokens.ts'
import { STAGE } from './sql.ts'

/**
 * Stages new orders as 自動受注取込: order, raw answer, timeline and the end of the request, for up to a hundred orders in
 * one statement, which is one transaction. An order that somebody else has staged in between keeps its row, and its
 * request ends as `already_here`.
 * @param marks what src/marks made ready for them; without it the orders get none
 * @returns ids of the orders that are new, how many of the requests they were read for have ended, and what was found of marks
 */
export async function stageOrders(
  queries: Queries,
  deps: { newId: NewId },
  shop: StagingShop,
  orders: readonly PreparedOrder[],
  at: Date,
  marks?: PreparedMarks,
): Promise<StagedOrders> {
  const { rows } = await queries.query<Omit<StagedOrders, 'staged'> & { staged: string[] }>({
    ...STAGE,
    values: [
      shop.tenantId,
      shop.id,
      shop.marketplace,
      at,
      JSON.stringify(orders.map((order) => toRow(order, marks?.own.get(order.orderId) ?? [], at))),
      orders.map((order) => order.orderId),
      orders.map((order) => Buffer.from(order.detail)),
      orders.map((order) => Buffer.from(order.sealedRaw)),
      JSON.stringify(orders.flatMap((order) => toEvents(deps.newId, order, at))),
      orders.flatMap(({ request }) => (request.purpose === 'refresh' ? [request.orderNumber] : [])),
      ...tokenColumns(orders),
      orders.map(({ request }) => request.orderNumber),
      orders.map(({ columns, request }) => toItemParts(columns.itemsText, request.orderNumber)),
      marks !== undefined,
      ...(marks?.lookUp ?? NOTHING),
    ],
  })
  const { staged = [], ended = 0, combinable = [], markFailures = [] } = rows[0] ?? {}
  return { staged: new Set(staged), ended, combinable, markFailures }
}

/** Of the nine arguments of a look-up. */
const NOTHING = Array.from({ length: 9 }, () => null)

export interface StagedOrders extends StagedMarks {
  staged: ReadonlySet<string>
  ended: number
}

const toRow = (order: PreparedOrder, marks: readonly string[], at: Date) => ({
  marks,
  id: order.orderId,
  request_id: order.request.id,
  asks: order.request.asks,
  order_number: order.request.orderNumber,
  mall_revision: order.revision,
  // A re-read soon has its own request; else most of Yahoo!'s new orders would be in the index.
  next_check_at: order.rereadAt ? null : nextCheckAt(order.order, at),
  held_until: heldUntil(order.order),
  ...order.columns,
})

function toEvents(newId: NewId, { request, orderId, columns }: PreparedOrder, at: Date) {
  const facts = { source: request.source, mallStatus: columns.mallStatus, mallState: columns.mallState }
  const cancelled = columns.mallState === 'cancelled'
  return [
    ...mailEvent(newId, orderId, request),
    workerEvent(newId, orderId, at, 'staged', facts),
    ...(cancelled
      ? [workerEvent(newId, orderId, at, 'cancelled_at_mall', { mallStatus: columns.mallStatus })]
      : []),
  ]
}
