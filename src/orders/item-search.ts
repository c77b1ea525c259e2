import type { Pool } from 'pg'
import { noteDataStep, readDataStep } from '../platform/db/data-steps.ts'
import type { Db } from '../platform/db/database.ts'
import { normaliseItemText } from './store/search-tokens.ts'

/**
 * Finds orders by any part of an item's name or the end of the order number. Searches the tokens of
 * `order_item_search` month by month until a page is full, so that no rare or common word reads all orders.
 * docs/decisions/item-search.md says why it is none of Postgres's own indexes on text.
 */

/** Backfill steps: ITEMS as an earlier release's task names it, NUMBERS of this release, which makes both. */
const ITEMS = 'item_search'
const NUMBERS = 'number_ends'
const DONE = 'done'

/** Orders whose tokens are made in one statement. */
const BATCH = 500

/** A plain letter or digit alone has no token: an index of nearly every order gains nothing. */
const hasTokens = (item: string): boolean => item.length > 1 || !/^[a-z0-9]?$/.test(item)

export const itemOf = (item: string | undefined): string | undefined =>
  item === undefined ? undefined : normaliseItemText(item)

/** Terms to search by tokens. Null: no term has tokens for every order yet. */
export interface Wanted {
  item: string | null
  /** In lower case. */
  numberEnd: string | null
}

export async function wantedByTokens(
  db: Db,
  { item, numberEnd }: { item?: string | undefined; numberEnd?: string | undefined },
): Promise<Wanted | null> {
  const text = itemOf(item)
  const wanted = {
    item: text !== undefined && hasTokens(text) && (await isReady(db, ITEMS)) ? text : null,
    numberEnd: numberEnd !== undefined && (await isReady(db, NUMBERS)) ? numberEnd.toLowerCase() : null,
  }
  return wanted.item === null && wanted.numberEnd === null ? null : wanted
}

const isReady = async (db: Db, step: string): Promise<boolean> =>
  (await readDataStep(db, step))?.place === DONE

/** Makes the tokens of orders that were stored before there were such, step by step, until `signal`. */
export async function fillItemSearch(
  { db, pool }: { db: Db; pool: Pool },
  signal: AbortSignal,
): Promise<void> {
  const step = await readDataStep(db, NUMBERS)
  const hasItems = await isReady(db, ITEMS)
  let place = step?.place ?? '00000000-0000-0000-0000-000000000000'
  while (place !== DONE && !signal.aborted) {
    const { rows } = await pool.query<{ place: string | null }>(FILL, [place, BATCH, hasItems])
    place = rows[0]?.place ?? DONE
    await noteDataStep(pool, NUMBERS, place)
  }
  if (place === DONE) await noteDataStep(pool, ITEMS, DONE)
}

/**
 * Adds missing tokens. An order written meanwhile keeps the tokens of its own statement, as the row read here
 * may be older. A token too many does no harm: the text is compared afterwards.
 */
const FILL = `
with next as materialized (
  select id, tenant_id, ordered_at, items_text, order_number from orders where id > $1 order by id limit $2 for key share
), made as (
  insert into order_item_search (order_id, tokens)
  select id, case when $3 then '{}' else torikomi_item_tokens(tenant_id, torikomi_month(ordered_at), items_text) end
    || torikomi_number_tokens(tenant_id, torikomi_month(ordered_at), order_number) from next
  on conflict (order_id) do update set tokens = array(select unnest(order_item_search.tokens) union select unnest(excluded.tokens))
)
select id::text as place from next order by next.id desc limit 1`

/**
 * First and last month in which tenant $1 has orders, as torikomi_month counts, and of the times $2 and $3
 * where they are given.
 */
const MONTHS = `
select torikomi_month(greatest((select ordered_at from orders where tenant_id = $1 order by ordered_at limit 1), $2)) as first,
  torikomi_month(least((select ordered_at from orders where tenant_id = $1 order by ordered_at desc limit 1), $3)) as last`

/**
 * The months to look through, those of the first page in front, in growing parts: most words are found in the
 * first, and what was never sold is known after a few questions.
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

/** Orders that may be wanted, before a statement. All three are its parameters, $1 is the tenant. */
export const foundByTokens = (months: string, item: string, numberEnd: string): string => `
with wanted as materialized (
  select torikomi_item_tokens($1::uuid, month, ${item}::text)
    || array_remove(array[torikomi_number_token($1::uuid, month, ${numberEnd}::text)], null) as tokens
  from unnest(${months}::int[]) as m (month)
), found as materialized (
  select s.order_id from wanted w join order_item_search s on s.tokens @> w.tokens
)`

/** The planner takes them for many and would rather read all orders: `offset 0` makes it look them up. */
export const FOUND_ORDERS =
  '(select * from orders where id = any(array(select order_id from found)) offset 0) o'
