import { setImmediate as nextTurn } from 'node:timers/promises'
import type { z } from 'zod'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Logger } from '../platform/logger.ts'
import type { OrderSummary, OrderWithDetail } from './schemas.ts'

/** What the API shows of an order's row, named as there. */
export const ORDER_COLUMNS = `o.id::text, o.shop_id::text as "shopId", o.marketplace::text, o.order_number as "orderNumber",
  o.status::text, o.change_state::text as "changeState", o.mall_status as "mallStatus", o.mall_sub_status as "mallSubStatus",
  o.mall_state as "mallState", o.ordered_at as "orderedAt", o.staged_at as "stagedAt", o.pulled_at as "pulledAt",
  o.refreshed_at as "refreshedAt", o.billed_amount as "billedAmount", o.total_amount as "totalAmount",
  o.item_lines as "itemLines", o.item_quantity as "itemQuantity", o.payment_kind as "paymentKind", o.holds, o.flags,
  o.warning_count as "warningCount", o.version, o.edited_at as "editedAt", o.pull_id::text as "pullId", o.purged_at as "purgedAt"`

export const DETAIL_COLUMN = 'o.sealed_detail as "sealedDetail"'
export const EDITS_COLUMN = 'o.sealed_edits as "sealedEdits"'

type Summary = z.infer<typeof OrderSummary>
type TimeColumn = 'orderedAt' | 'stagedAt' | 'pulledAt' | 'refreshedAt' | 'purgedAt' | 'editedAt'

/** A row of ORDER_COLUMNS; times as pg gives them. */
export type OrderRow = Omit<Summary, TimeColumn> & {
  orderedAt: Date
  stagedAt: Date
  pulledAt: Date | null
  refreshedAt: Date
  purgedAt: Date | null
  editedAt: Date | null
}

export type OrderRowWithDetail = OrderRow & { sealedDetail: Buffer | null }

export function orderSummary(row: OrderRow): Summary {
  return {
    id: row.id,
    shopId: row.shopId,
    marketplace: row.marketplace,
    orderNumber: row.orderNumber,
    status: row.status,
    changeState: row.changeState,
    mallStatus: row.mallStatus,
    mallSubStatus: row.mallSubStatus,
    mallState: row.mallState,
    orderedAt: row.orderedAt.toISOString(),
    stagedAt: row.stagedAt.toISOString(),
    pulledAt: row.pulledAt?.toISOString() ?? null,
    refreshedAt: row.refreshedAt.toISOString(),
    billedAmount: row.billedAmount,
    totalAmount: row.totalAmount,
    itemLines: row.itemLines,
    itemQuantity: row.itemQuantity,
    paymentKind: row.paymentKind,
    holds: row.holds,
    flags: row.flags,
    warningCount: row.warningCount,
    version: row.version,
    editedAt: row.editedAt?.toISOString() ?? null,
    pullId: row.pullId,
    purgedAt: row.purgedAt?.toISOString() ?? null,
  }
}

export interface OpenDeps {
  sealer: Pick<Sealer, 'openJson'>
  log: Pick<Logger, 'error'>
}

export type FullOrder = z.infer<typeof OrderWithDetail>

/** An order that cannot be opened any more is told as such: it must not keep the other 999 of a pull back. */
export function fullOrder(deps: OpenDeps, row: OrderRowWithDetail): FullOrder {
  const summary = orderSummary(row)
  if (row.sealedDetail === null) return { ...summary, detail: null, detailMissing: 'purged' }
  try {
    const detail = deps.sealer.openJson<NormalisedOrder>(`order:${row.id}:detail`, row.sealedDetail)
    return { ...summary, detail, detailMissing: null }
  } catch (err) {
    deps.log.error({ err, orderId: row.id }, 'detail of an order cannot be opened')
    return { ...summary, detail: null, detailMissing: 'unreadable' }
  }
}

const OPENED_PER_TURN = 50

/** Opening a thousand orders takes a tenth of a second or more: other requests get their turns in between. */
export async function fullOrders(deps: OpenDeps, rows: readonly OrderRowWithDetail[]): Promise<FullOrder[]> {
  const orders: FullOrder[] = []
  for (const [index, row] of rows.entries()) {
    if (index > 0 && index % OPENED_PER_TURN === 0) await nextTurn()
    orders.push(fullOrder(deps, row))
  }
  return orders
}
