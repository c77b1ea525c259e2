import type { Pool } from 'pg'
import { noteDataStep, readDataStep } from '../platform/db/data-step.ts'
import type { Db } from '../platform/db/database.ts'
import { normaliseItemText } from './store/search-tokens.ts'

/**
 * How an item is found by any part of its name: by the tokens of `order_item_search`, a month of the tenant's history after the other,
 * until a page is full. So neither a rare word nor one that nobody ever sold makes all orders be read, and a common one does not
 * bring all of them. docs/decisions/item-search.md says why it is none of Postgres's own indexes on text.
 */

const STEP = 'item_search'
const DONE = 'done'

/** Orders whose tokens are made in one statement. */
const BATCH = 500

/** A plain letter or digit alone has no token: nothing is gained by an index that holds nearly every order under it. */
export const hasTokens = (item: string): boolean => item.length > 1 || !/^[a-z0-9]?$/.test(item)

export const itemOf = (item: string | undefined): string | undefined =>
  item === undefined ? undefined : normaliseItemText(item)

/** Whether every order has its tokens by now. */
export async function isItemSearchReady(db: Db): Promise<boolean> {
  return (await readDataStep(db, STEP))?.place === DONE
}

/** Makes the tokens of orders that were stored before there were any, step by step, until `signal`. */
export async function fillItemSearch(
  { db, pool }: { db: Db; pool: Pool },
  signal: AbortSignal,
): Promise<void> {
  const step = await readDataStep(db, STEP)
  let place = step?.place ?? '00000000-0000-0000-0000-000000000000'
  while (place !== DONE && !signal.aborted) {
    const { rows } = await pool.query<{ place: string | null }>(FILL, [place, BATCH])
    place = rows[0]?.place ?? DONE
    await noteDataStep(pool, STEP, place)
  }
}

/** What is written meanwhile has its tokens by the trigger. Locked, so that the text does not change between reading and writing. */
const FILL = `
with next as materialized (
  select id, tenant_id, ordered_at, items_text from orders where id > $1 order by id limit $2 for key share
), made as (
  insert into order_item_search (order_id, tokens)
  select id, torikomi_item_tokens(tenant_id, torikomi_month(ordered_at), items_text) from next where items_text <> ''
  on conflict (order_id) do nothing
)
select id::text as place from next order by next.id desc limit 1`

/** First and last month in which tenant $1 has orders, as torikomi_month counts, and of the times $2 and $3 where they are given. */
const MONTHS = `
select torikomi_month(greatest((select ordered_at from orders where tenant_id = $1 order by ordered_at limit 1), $2)) as first,
  torikomi_month(least((select ordered_at from orders where tenant_id = $1 order by ordered_at desc limit 1), $3)) as last`

/**
 * The months to look through, those of the first page in front, in growing parts: most words are found in the first, and what was never
 * sold is known after a few questions.
 */
export async function monthsToSearch(
  pool: Pool,
  tenantId: string,
  { from, to, oldestFirst }: { from: string | null; to: string | null; oldestFirst: boolean },
): Promise<number[][]> {
  const { rows } = await pool.query<{ first: number | null; last: number | null }>(MONTHS, [
    tenantId,
    from,
    to,
  ])
  const { first = null, last = null } = rows[0] ?? {}
  if (first === null || last === null) return []
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) =>
    oldestFirst ? first + n : last - n,
  )
  const parts: number[][] = []
  for (let size = 1; all.length > 0; size *= 4) parts.push(all.splice(0, size))
  return parts
}

/** Orders that may hold the item, to stand in front of a statement. `months` and `item` are its parameters, $1 is the tenant. */
export const foundByTokens = (months: string, item: string): string => `
with wanted as materialized (
  select torikomi_item_tokens($1::uuid, month, ${item}::text) as tokens from unnest(${months}::int[]) as m (month)
), found as materialized (
  select s.order_id from wanted w join order_item_search s on s.tokens @> w.tokens
)`

/** The planner takes them for many whatever they are, and would rather read all orders: `offset 0` makes it look each of them up. */
export const FOUND_ORDERS =
  'found f cross join lateral (select * from orders where id = f.order_id offset 0) o'
