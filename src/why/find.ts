import type { Pool } from 'pg'
import type { z } from 'zod'
import type { ListDeps } from '../orders/list-parts.ts'
import { readOrderPage } from '../orders/read.ts'
import { OrderQuery } from '../orders/schemas.ts'
import { statement } from '../platform/db/statement-names.ts'
import { japaneseDayStart } from '../platform/japan-time.ts'

/** A part of a number, as a person has it. `begins`: the part can only be a number's beginning. */
export type Clue = { part: string; begins: boolean } | { buyer: string; day: string }

/** More than these are answered by the first of them. */
export const MOST_CANDIDATES = 10
/** A shorter part says too little. */
export const SHORTEST_PART = 4

interface Ask {
  tenantId: string
  /** The shops that may be meant. */
  shops: readonly string[]
}

/** A number that may be meant, in the shop that has it. */
export interface FoundNumber {
  number: string
  shopId: string
}

/**
 * Lists the numbers that a clue may mean, those that are not here first: at most one more than
 * MOST_CANDIDATES. A buyer's name finds only orders that are here; beside them stand those of that day that
 * are not, whose buyers nobody knows.
 */
export async function findNumbers(deps: ListDeps, ask: Ask, clue: Clue): Promise<FoundNumber[]> {
  if ('part' in clue) return byPart(deps.pool, ask, clue)
  const [missing, here] = await Promise.all([
    missingOfDay(deps.pool, ask, clue.day),
    readOrderPage(deps, ask.tenantId, queryOf(clue), ask.shops),
  ])
  const found = [...missing, ...here.rows.map(({ orderNumber: number, shopId }) => ({ number, shopId }))]
  return onlyOnce(found)
}

const onlyOnce = (found: readonly FoundNumber[]): FoundNumber[] =>
  [...new Map(found.map((one) => [`${one.shopId} ${one.number}`, one])).values()].slice(
    0,
    MOST_CANDIDATES + 1,
  )

function queryOf({ buyer, day }: { buyer: string; day: string }): z.infer<typeof OrderQuery> {
  const { from, to } = dayOf(day)
  const limit = String(MOST_CANDIDATES + 1)
  return OrderQuery.parse({ buyer, from: from.toISOString(), to: to.toISOString(), limit })
}

const DAY_MS = 24 * 60 * 60_000

/** @param day 2026-01-15, in Japan */
export function dayOf(day: string): { from: Date; to: Date } {
  const from = japaneseDayStart(Date.parse(`${day}T00:00:00+09:00`))
  return { from: new Date(from), to: new Date(from + DAY_MS) }
}

/** As many of a shop's newest that wait, failed or are listed are looked through. */
const LOOKED_AT = 2_000
/** Of a beginning that many orders have, any: the list of orders finds the newest, at a higher cost. */
const FIRST_OF_MANY = 200

async function byPart(
  pool: Pool,
  { tenantId, shops }: Ask,
  { part, begins }: { part: string; begins: boolean },
): Promise<FoundNumber[]> {
  const values = [shops, part.toLowerCase(), LOOKED_AT, MOST_CANDIDATES + 1, tenantId, FIRST_OF_MANY, begins]
  const { rows } = await pool.query<FoundNumber>({ ...BY_PART, values })
  return onlyOnce(rows)
}

// Looked up for each number: as a join, a plan for many of them would go through all orders.
const NOT_HERE = `
left join lateral (select true as here from orders o where o.shop_id = f.shop_id and o.order_number = f.number limit 1) h on true
where h.here is null`

const MISSING_BY_PART = `
select distinct f.number, f.shop_id from (
  select s.id as shop_id, r.order_number as number from unnest($1::uuid[]) as s (id) cross join unnest('{waiting,failed}'::import_state[]) as w (state)
  cross join lateral (
    select i.order_number from import_requests i where i.shop_id = s.id and i.state = w.state and i.purpose = 'import'
    order by i.requested_at desc, i.id desc limit $3
  ) r where starts_with(lower(r.order_number), $2) or right(lower(r.order_number), length($2)) = $2
  union all
  select s.id, o.order_number from unnest($1::uuid[]) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and state = 'open' order by day desc limit $3
  ) o where starts_with(lower(o.order_number), $2) or right(lower(o.order_number), length($2)) = $2
) f ${NOT_HERE} order by f.number desc limit $4`

const HERE_BY_START = `
select f.number, f.shop_id from torikomi_orders_by_number($5, $2, $6) n
cross join lateral (select o.order_number as number, o.shop_id from orders o where o.id = n.id and o.shop_id = any($1::uuid[]) limit 1) f
limit $4`

// By the tokens that the list's search uses, the newest month first: it ends once enough are found. After an
// upgrade from a release without tokens, old orders are missed until the background task has made theirs.
const HERE_BY_END = `
select f.number, f.shop_id from (
  select array[torikomi_number_token($5, m.month, $2)] as tokens from generate_series(
    torikomi_month((select ordered_at from orders where tenant_id = $5 order by ordered_at desc limit 1)),
    torikomi_month((select ordered_at from orders where tenant_id = $5 order by ordered_at limit 1)), -1) as m (month)
  where not $7::boolean
) w
cross join lateral (select s.order_id from order_item_search s where s.tokens @> w.tokens offset 0) t
cross join lateral (
  select o.order_number as number, o.shop_id from orders o
  where o.id = t.order_id and o.shop_id = any($1::uuid[]) and right(lower(o.order_number), length($2)) = $2 limit 1) f
limit $4`

const BY_PART = statement(`
select number, shop_id::text as "shopId" from (
  select 1 as place, * from (${MISSING_BY_PART}) missing
  union all select 2, * from (${HERE_BY_START}) here
  union all select 3, * from (${HERE_BY_END}) here
) found order by place`)

async function missingOfDay(pool: Pool, { shops }: Ask, day: string): Promise<FoundNumber[]> {
  const values = [shops, day, MOST_CANDIDATES + 1]
  const { rows } = await pool.query<FoundNumber>({ ...OF_DAY, values })
  return rows
}

const OF_DAY = statement(`
select f.number, f.shop_id::text as "shopId" from (
  select s.id as shop_id, o.order_number as number from unnest($1::uuid[]) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and day = $2::date and state = 'open' limit $3
  ) o
) f ${NOT_HERE} order by f.number desc limit $3`)
