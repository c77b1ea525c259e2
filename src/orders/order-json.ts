import type { z } from 'zod'
import type { Order } from '../generated/prisma/client.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import type { Logger } from '../platform/logger.ts'
import { labelsOf } from './code-labels.ts'
import type { OrderSummary, OrderWithDetail } from './schemas.ts'
import { selected } from './store/column-sql.ts'
import { LISTED, type ListedName } from './store/columns.ts'
import { openDetail } from './store/detail.ts'

type Summary = z.infer<typeof OrderSummary>

/** Columns of an order's row that the API shows, named as there. */
export const ORDER_FIELDS = selected(LISTED)
export const DETAIL_FIELD = selected(['sealedDetail', 'sealedOnHoldReason'])

/** A row of ORDER_FIELDS, by Prisma or by pg. */
export type OrderRow = Pick<Order, ListedName>

export type OrderRowWithDetail = OrderRow & Pick<Order, 'sealedDetail' | 'sealedOnHoldReason'>

export function orderSummary(row: OrderRow): Summary {
  const summary: Record<string, unknown> = {}
  for (const name of LISTED) {
    const value = row[name]
    summary[name] = value instanceof Date ? value.toISOString() : value
  }
  summary.mallStatusCode = row.mallStatus
  summary.mallSubStatusCode = row.mallSubStatus
  summary.labels = labelsOf(row)
  return summary as Summary
}

export interface OpenDeps {
  sealer: Pick<Sealer, 'of'>
  log: Pick<Logger, 'error'>
}

export type FullOrder = z.infer<typeof OrderWithDetail>

/** An order that cannot be opened any more is told as such: it must not keep the other 999 of a pull back. */
export function fullOrder(deps: OpenDeps, tenantId: string, row: OrderRowWithDetail): FullOrder {
  const onHoldReason = openReason(deps.sealer.of(tenantId), row.id, row.sealedOnHoldReason)
  const summary = { ...orderSummary(row), onHoldReason }
  if (row.sealedDetail === null)
    return { ...summary, detail: null, detailMissing: row.erasedAt ? 'erased' : 'purged' }
  try {
    const detail = openDetail(deps.sealer.of(tenantId), row.id, row.sealedDetail)
    return { ...summary, detail, detailMissing: null }
  } catch (err) {
    deps.log.error({ err, orderId: row.id }, 'detail of an order cannot be opened')
    return { ...summary, detail: null, detailMissing: 'unreadable' }
  }
}

/** Of an order and of its timeline, so that a statement can copy it from one to the other. */
export const reasonContext = (orderId: string): string => `order:${orderId}:on_hold_reason`

/** Null for one that cannot be opened, too. */
export const openReason = (sealer: RowSealer, orderId: string, sealed: Uint8Array | null): string | null =>
  sealed && ifOpens(() => sealer.open(reasonContext(orderId), sealed).toString('utf8'))

/** Opening a thousand orders takes a tenth of a second or more. */
export const fullOrders = (
  deps: OpenDeps,
  tenantId: string,
  rows: readonly OrderRowWithDetail[],
): Promise<FullOrder[]> => mapBreathing(rows, (row) => fullOrder(deps, tenantId, row))
