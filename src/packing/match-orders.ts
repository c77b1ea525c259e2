import type { Pool } from 'pg'
import { fullOrders, type OpenDeps, type OrderRowWithDetail } from '../orders/order-json.ts'
import { readItemsOf } from './items.ts'
import { ORDERS_BY_IDS } from './statements.ts'

/** The tenant's items for the lines of these orders; another tenant's orders are as none. */
export async function matchOrders(
  deps: OpenDeps & { pool: Pool },
  tenantId: string,
  orderIds: readonly string[],
) {
  const { rows } = await deps.pool.query<OrderRowWithDetail>(
    ORDERS_BY_IDS({ tenant: tenantId, ids: [...new Set(orderIds)] }),
  )
  const orders = await fullOrders(deps, tenantId, rows)
  const lines = orders.flatMap(({ id, detail }) =>
    (detail?.items ?? []).filter(({ deleted }) => !deleted).map((item) => ({ orderId: id, item })),
  )
  const find = await readItemsOf(
    deps.pool,
    tenantId,
    lines.map(({ item }) => item),
  )
  return lines.flatMap(({ orderId, item }) => {
    const found = find(item)
    if (!found) return []
    const { code, shelf, goodsName, temperature, jan } = found
    return [{ orderId, lineId: item.lineId, code, shelf, goodsName, temperature, jan }]
  })
}
