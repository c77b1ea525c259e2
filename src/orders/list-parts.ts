import type { Pool } from 'pg'
import type { z } from 'zod'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { FOUND_ORDERS, foundByTokens, monthsToSearch, wantedByTokens } from './item-search.ts'
import type { OrderQuery } from './schemas.ts'
import { type SearchCondition, searchCondition } from './search.ts'

/**
 * Chooses where to search, so that a page costs about the same after years. The planner by itself walks from
 * the newest order back, through all of them where few or only old ones match.
 */

/** Of a list, read on its own; each is wholly in front of the next, in the order of the list. */
export interface ListPart {
  before: string
  from: string
  where: string
  /** Time and id, by which it is sorted. */
  by: readonly [string, string]
  /** Behind them come the time and the id after which it begins, see `after`. */
  values: unknown[]
}

export interface ListAsk {
  tenantId: string
  query: z.infer<typeof OrderQuery>
  /** Shops that the caller is bound to; null: all. */
  shops: readonly string[] | null
}

export interface ListDeps {
  db: Db
  pool: Pool
  sealer: Pick<Sealer, 'fingerprints'>
  /** Smaller in a test. */
  reach?: Reach
}

/** Limits of a search by the beginning of a number. */
interface Reach {
  /** Most matches that are looked up and sorted. With more, the newest orders are searched first. */
  few: number
  /** Orders of a tenant lie about in the order of their time, so these are a thousand pages, and no more. */
  newest: number
}
const REACH: Reach = { few: 1_000, newest: 20_000 }

const BY_ORDER = ['o.ordered_at', 'o.id'] as const

/** SQL condition for rows after time and id, the two parameters behind `values`; nulls match all. */
export function after(
  values: readonly unknown[],
  by: readonly string[],
  sort: ListAsk['query']['sort'],
): string {
  const [at, id] = [`$${values.length + 1}::timestamptz`, `$${values.length + 2}::uuid`]
  return `(${at} is null or (${by.join(', ')}) ${sort === 'oldest' ? '>' : '<'} (${at}, ${id}))`
}

/**
 * The parts of a page that begins at `at`; null: at the list's begin.
 * @throws AppError VALIDATION_FAILED for a phone that cannot be used
 */
export async function partsOfPage(deps: ListDeps, ask: ListAsk, at: string | null): Promise<ListPart[]> {
  const { query } = ask
  const search = conditionOf(deps, ask)
  const [from, to] = query.sort === 'oldest' ? [at, null] : [null, at]
  return (
    (await partsByTokens(deps, ask, search, { from, to })) ??
    (await partsByNumber(deps, ask, search)) ??
    partsByMark(deps, ask) ??
    partsByStatuses(deps, ask) ?? [wholePart(search)]
  )
}

/** The parts in which all that match are counted. */
export async function partsOfCount(deps: ListDeps, ask: ListAsk): Promise<ListPart[]> {
  const search = conditionOf(deps, ask)
  return (
    (await partsByTokens(deps, ask, search, { from: null, to: null })) ??
    partsByMark(deps, ask) ?? [wholePart(search)]
  )
}

const conditionOf = ({ sealer }: Pick<ListDeps, 'sealer'>, { tenantId, query, shops }: ListAsk) =>
  searchCondition(sealer, tenantId, query, shops)

const wholePart = ({ sql, values }: SearchCondition): ListPart => ({
  ...{ before: '', from: 'orders o', where: sql, by: BY_ORDER, values },
})

/** A page of each status, by the index that has them in the order of the list; of many statuses at once the planner would read all orders. */
function partsByStatuses(deps: ListDeps, { tenantId, query, shops }: ListAsk): ListPart[] | null {
  const { statuses, ...others } = query
  if (statuses === undefined || isNarrow(query) || isNamed(query)) return null
  const { sql, values } = searchCondition(deps.sealer, tenantId, others, shops)
  const within = [...values, [...new Set(statuses)]]
  const way = query.sort === 'oldest' ? 'asc' : 'desc'
  const page = `select * from orders o where o.status = w.status and ${sql} and ${after(within, BY_ORDER, query.sort)}
    order by o.ordered_at ${way}, o.id ${way} limit $${within.length + 3}`
  return [
    {
      before: '',
      from: `unnest($${within.length}::order_status[]) w (status) cross join lateral (${page}) o`,
      ...{ where: 'true', by: BY_ORDER, values: within },
    },
  ]
}

/** Orders that are named are looked up, and those changed lately found by their time. */
const isNamed = ({ ids, pullId, updatedSince }: ListAsk['query']): boolean =>
  [ids, pullId, updatedSince].some((one) => one !== undefined)

/** A buyer has few orders, and so have those that are held: they are found first. */
const isNarrow = ({ hold, buyer, phone, email }: ListAsk['query']): boolean =>
  hold === true || [buyer, phone, email].some((one) => one !== undefined)

async function partsByTokens(
  { db, pool }: ListDeps,
  { tenantId, query }: ListAsk,
  { sql, values }: SearchCondition,
  { from, to }: { from: string | null; to: string | null },
): Promise<ListPart[] | null> {
  const wanted = isNarrow(query) ? null : await wantedByTokens(db, query)
  if (wanted === null) return null
  const months = await monthsToSearch(pool, tenantId, {
    from: from ?? query.from ?? null,
    to: to ?? query.to ?? null,
    oldestFirst: query.sort === 'oldest',
  })
  const next = values.length
  const before = foundByTokens(`$${next + 1}`, `$${next + 2}`, `$${next + 3}`)
  return months.map((part) => ({
    ...{ before, from: FOUND_ORDERS, where: sql, by: BY_ORDER },
    values: [...values, part, wanted.item, wanted.numberEnd],
  }))
}

const COUNT_NUMBERS = 'select count(*)::int as n from torikomi_orders_by_number($1, $2, $3)'

/**
 * By the beginning of a number. It says little of the time, and how many have it is not known before: few are found by the index on numbers. Of many
 * a page is mostly filled by the newest; where it is not, they are old, and all that begin so are read, however many are younger.
 */
async function partsByNumber(
  { pool, reach: { few, newest } = REACH }: ListDeps,
  { tenantId, query }: ListAsk,
  { sql, values }: SearchCondition,
): Promise<ListPart[] | null> {
  if (query.number === undefined || isNarrow(query)) return null
  const start = query.number.toLowerCase()
  const { rows } = await pool.query<{ n: number }>(COUNT_NUMBERS, [tenantId, start, few + 1])
  const next = values.length
  const within = [...values, start, query.from ?? null, query.to ?? null]
  const period = `ordered_at >= coalesce($${next + 2}, '-infinity'::timestamptz) and ordered_at < coalesce($${next + 3}, 'infinity'::timestamptz)`
  const way = query.sort === 'oldest' ? 'asc' : 'desc'
  const inOrder = `order by ordered_at ${way}, id ${way}`
  const all: ListPart = {
    before: '',
    from: `(select * from torikomi_orders_by_number($1, $${next + 1}, null) where ${period} ${inOrder} offset 0) n join orders o on o.id = n.id`,
    ...{ where: sql, by: ['n.ordered_at', 'n.id'], values: within },
  }
  if ((rows[0]?.n ?? 0) <= few) return [all]
  const place = after(within, ['ordered_at', 'id'], query.sort)
  const nearest = `select * from orders where tenant_id = $1 and ${period} and ${place} ${inOrder} limit ${newest}`
  const found = `(select * from (${nearest}) nearest where starts_with(lower(order_number), $${next + 1})) o`
  return [{ before: '', from: found, where: sql, by: BY_ORDER, values: within }, all]
}

/** Statuses that staff work on: few orders beside the shipped ones, so a search begins with them. */
const ON_DESK = new Set<unknown>(['auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold'])

/** By `order_marks`, which has each mark's orders by their time: as many are read as are shown, also of a mark that none has, or old ones alone. */
function partsByMark(deps: ListDeps, { tenantId, query, shops }: ListAsk): ListPart[] | null {
  const { mark, ...others } = query
  if (mark === undefined || isNarrow(query) || ON_DESK.has(query.status)) return null
  const { sql, values } = searchCondition(deps.sealer, tenantId, others, shops, 'm.ordered_at')
  return [
    {
      before: '',
      from: 'order_marks m join orders o on o.id = m.order_id',
      where: `m.tenant_id = $1 and m.mark = $${values.length + 1} and ${sql}`,
      ...{ by: ['m.ordered_at', 'm.order_id'], values: [...values, mark] },
    },
  ]
}
