import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { AppError } from '../platform/errors.ts'
import { DETAIL_COLUMN, ORDER_COLUMNS, type OrderRow, type OrderRowWithDetail } from './order-json.ts'
import type { OrderQuery } from './schemas.ts'

const OrderCursor = z.tuple([z.iso.datetime(), z.uuid()])

export const orderNotFound = (): AppError =>
  new AppError('NOT_FOUND', '受注が見つかりません。一覧を再読み込みして確認してください。')

/** One page of a tenant's orders, newest first. `sealedDetail` is read only when asked for. */
export async function readOrderPage(
  pool: Pool,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
): Promise<{ rows: OrderRowWithDetail[]; nextCursor: string | null }> {
  const [at, id] = query.cursor === undefined ? [null, null] : decodeCursor(query.cursor, OrderCursor)
  const detail = query.detail ? DETAIL_COLUMN : 'null as "sealedDetail"'
  const { rows } = await pool.query<OrderRowWithDetail>(
    `select ${ORDER_COLUMNS}, ${detail}
     from orders o
     where o.tenant_id = $1
       and ($2::order_status is null or o.status = $2)
       and ($3::uuid is null or o.shop_id = $3)
       and ($4::marketplace is null or o.marketplace = $4)
       and ($5::change_state is null or o.change_state = $5)
       and ($6::timestamptz is null or (o.ordered_at, o.id) < ($6, $7::uuid))
     order by o.ordered_at desc, o.id desc
     limit $8`,
    [
      tenantId,
      query.status ?? null,
      query.shopId ?? null,
      query.marketplace ?? null,
      query.changeState ?? null,
      at,
      id,
      query.limit + 1,
    ],
  )
  return pageOf(rows, query.limit, (row: OrderRow) => [row.orderedAt.toISOString(), row.id])
}

/** @throws AppError NOT_FOUND, also for another tenant's order */
export async function readOrder(pool: Pool, tenantId: string, orderId: string): Promise<OrderRowWithDetail> {
  const { rows } = await pool.query<OrderRowWithDetail>(
    `select ${ORDER_COLUMNS}, ${DETAIL_COLUMN} from orders o where o.id = $1 and o.tenant_id = $2`,
    [orderId, tenantId],
  )
  const [row] = rows
  if (!row) throw orderNotFound()
  return row
}
