import { z } from 'zod'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import { INNOCENT } from '../imports/requests/due.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { decide, stoppedBy } from './decide.ts'
import { type FactDeps, readFacts } from './facts.ts'
import type { ShopReasons, WaitingOrders, WaitingQuery } from './schemas.ts'

const Cursor = z.tuple([CursorTime, z.uuid()])
/** Later than any. */
const NEWEST: [string, string] = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

interface Row {
  id: string
  shopId: string
  orderNumber: string
  requestedAt: Date
}

/**
 * One page of the orders that the shops wait for, newest first, each with its reason and what comes next.
 * @param shops those that the caller is bound to or asks for; null: all of the tenant
 */
export async function readWaiting(
  deps: FactDeps & { clock: Clock },
  tenantId: string,
  { cursor, limit }: Pick<z.infer<typeof WaitingQuery>, 'cursor' | 'limit'>,
  shops: readonly string[] | null,
): Promise<z.infer<typeof WaitingOrders>> {
  const [at, id] = cursor === undefined ? NEWEST : decodeCursor(cursor, Cursor)
  const { rows } = await deps.pool.query<Row>(PAGE, [tenantId, shops, at, id, limit + 1])
  const page = pageOf(rows, limit, (row) => [row.requestedAt.toISOString(), row.id])
  const asked = page.rows.map(({ orderNumber, shopId }) => ({ number: orderNumber, shopId }))
  const all = await readFacts(deps, tenantId, asked, shops, dateNow(deps.clock))
  const orders = asked.flatMap(({ number, shopId }, index) => {
    const facts = all[index]
    if (!facts) return []
    const { verdict, message, since, next } = decide(number, facts)
    return [{ orderNumber: number, shopId, verdict, message, since, next }]
  })
  return { orders, nextCursor: page.nextCursor }
}

const PAGE = `
select r.id::text, s.id::text as "shopId", r.order_number as "orderNumber", r.requested_at as "requestedAt" from shops s cross join lateral (
  select id, order_number, requested_at from import_requests i
  where i.shop_id = s.id and i.state = 'waiting' and i.purpose = 'import' and (i.requested_at, i.id) < ($3::timestamptz, $4::uuid)
  order by i.requested_at desc, i.id desc limit $5
) r
where s.tenant_id = $1 and ($2::uuid[] is null or s.id = any($2))
order by r.requested_at desc, r.id desc limit $5`

type Reason = z.infer<typeof ShopReasons>['shops'][number]

/**
 * Explains what holds each shop's imports up now, for the light and the quota clock: the verdict about the
 * oldest order whose calls break, else about the oldest that waits, else what stops the shop.
 * @param shops those that the caller is bound to; null: all of the tenant
 */
export async function readShopReasons(
  deps: FactDeps & { clock: Clock },
  tenantId: string,
  shops: readonly string[] | null,
): Promise<z.infer<typeof ShopReasons>> {
  const now = dateNow(deps.clock)
  const { rows } = await deps.pool.query<{ shopId: string; orderNumber: string | null }>(OLDEST, [
    tenantId,
    shops,
    LOOKED_AT,
  ])
  const waiting = rows.flatMap(({ shopId, orderNumber }) =>
    orderNumber === null ? [] : [{ shopId, orderNumber }],
  )
  // The last is for the shops themselves.
  const asked = [
    ...waiting.map(({ orderNumber, shopId }) => ({ number: orderNumber, shopId })),
    { number: '' },
  ]
  const all = await readFacts(deps, tenantId, asked, shops, now)
  const reasons = (all.at(-1)?.shops ?? []).map((shop): Reason => {
    const index = waiting.findIndex(({ shopId }) => shopId === shop.id)
    const [facts, number] = [all[index], waiting[index]?.orderNumber ?? null]
    if (facts && number !== null) {
      const { verdict, message, since, next } = decide(number, facts)
      return { shopId: shop.id, orderNumber: number, verdict, message, since, next }
    }
    const stopped = stoppedBy(shop, now, now)
    const none = { shopId: shop.id, orderNumber: null, verdict: null, message: null, since: null, next: null }
    if (!stopped) return none
    const { verdict, message, since, next } = stopped
    return {
      ...none,
      verdict,
      message,
      since: since?.toISOString() ?? null,
      next: next && { ...next, at: next.at.toISOString() },
    }
  })
  return { shops: reasons, nextCursor: null }
}

/** Of a shop's orders that wait, so many of the oldest are looked at for one whose calls break. */
const LOOKED_AT = 200

const OLDEST = `
select s.id::text as "shopId", w.order_number as "orderNumber" from shops s left join lateral (
  select q.order_number from (
    select order_number, outcome, requested_at, id from import_requests i
    where i.shop_id = s.id and i.state = 'waiting' and i.purpose = 'import' order by i.requested_at, i.id limit $3
  ) q
  order by q.outcome <> all('{${INNOCENT}}') desc nulls last, q.requested_at, q.id limit 1
) w on true
where s.tenant_id = $1 and ($2::uuid[] is null or s.id = any($2))
order by s.created_at, s.id`
