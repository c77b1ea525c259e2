import type { Pool } from 'pg'
import type { z } from 'zod'
import type { ListDeps } from '../orders/list-parts.ts'
import { readOrderPage } from '../orders/read.ts'
import { OrderQuery } from '../orders/schemas.ts'
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

/**
 * Lists the numbers that a clue may mean, those that are not here first: at most one more than MOST_CANDIDATES. A buyer's name
 * finds only orders that are here; beside them stand those of that day that are not, whose buyers nobody knows.
 */
export async function findNumbers(deps: ListDeps, ask: Ask, clue: Clue): Promise<string[]> {
  const [missing, ...here] = await Promise.all(
    'part' in clue
      ? [missingByPart(deps.pool, ask, clue.part), hereByStart(deps.pool, ask, clue.part)]
      : [missingOfDay(deps.pool, ask, clue.day)],
  )
  const query = queryOf(clue)
  const { rows } = query ? await readOrderPage(deps, ask.tenantId, query, ask.shops) : { rows: [] }
  const known = [...here.flat(), ...rows.map(({ orderNumber }) => orderNumber)]
  return [...new Set([...(missing ?? []), ...known])].slice(0, MOST_CANDIDATES + 1)
}

function queryOf(clue: Clue): z.infer<typeof OrderQuery> | null {
  const limit = String(MOST_CANDIDATES + 1)
  if ('part' in clue) return clue.begins ? null : OrderQuery.parse({ numberEnd: clue.part, limit })
  const { from, to } = dayOf(clue.day)
  return OrderQuery.parse({ buyer: clue.buyer, from: from.toISOString(), to: to.toISOString(), limit })
}

/** Of a beginning that more orders have, whichever come first: the list of orders finds the newest, and reads all for it. */
const FIRST_OF_MANY = 200

async function hereByStart(pool: Pool, { tenantId, shops }: Ask, part: string): Promise<string[]> {
  const values = [tenantId, part.toLowerCase(), FIRST_OF_MANY, shops, MOST_CANDIDATES + 1]
  const { rows } = await pool.query<{ number: string }>(BY_START, values)
  return rows.map(({ number }) => number)
}

// Looked up for each: as a join, a plan for many of them would go through all orders.
const BY_START = `
select f.number from torikomi_orders_by_number($1, $2, $3) n
cross join lateral (select o.order_number as number from orders o where o.id = n.id and o.shop_id = any($4::uuid[]) limit 1) f
limit $5`

const DAY_MS = 24 * 60 * 60_000

/** @param day 2026-01-15, in Japan */
export function dayOf(day: string): { from: Date; to: Date } {
  const from = japaneseDayStart(Date.parse(`${day}T00:00:00+09:00`))
  return { from: new Date(from), to: new Date(from + DAY_MS) }
}

/** As many of a shop's newest that wait, failed or are listed are looked through. */
const LOOKED_AT = 2_000

async function missingByPart(pool: Pool, { shops }: Ask, part: string): Promise<string[]> {
  const { rows } = await pool.query<{ number: string }>(BY_PART, [
    shops,
    part.toLowerCase(),
    LOOKED_AT,
    MOST_CANDIDATES + 1,
  ])
  return rows.map(({ number }) => number)
}

// Looked up for each number: as a join, a plan for many of them would go through all orders.
const NOT_HERE = `
left join lateral (select true as here from orders o where o.shop_id = f.shop_id and o.order_number = f.number limit 1) h on true
where h.here is null`

const BY_PART = `
select distinct f.number from (
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

async function missingOfDay(pool: Pool, { shops }: Ask, day: string): Promise<string[]> {
  const { rows } = await pool.query<{ number: string }>(OF_DAY, [shops, day, MOST_CANDIDATES + 1])
  return rows.map(({ number }) => number)
}

const OF_DAY = `
select f.number from (
  select s.id as shop_id, o.order_number as number from unnest($1::uuid[]) as s (id) cross join lateral (
    select order_number from swept_orders where shop_id = s.id and day = $2::date and state = 'open' limit $3
  ) o
) f ${NOT_HERE} order by f.number desc limit $3`
