import type { Pool } from 'pg'
import { invalid } from '../http/validation.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { type BoundStatement, bindGiven, type GivenParameters } from '../platform/db/statement.ts'
import { keysOf, present } from '../platform/narrow.ts'
import { DETAIL_FIELD, ORDER_FIELDS } from './order-json.ts'
import type { SortKey } from './schemas.ts'
import { type SearchCondition, type SearchQuery, searchCondition } from './search.ts'
import { hasTokens } from './store/order-backfill.ts'
import { normaliseItemText } from './store/search-tokens.ts'

/**
 * Chooses where to search, so that a page costs about the same after years. The planner by itself walks from
 * the newest order back, through all of them where few or only old ones match.
 */

/** Of a list, read on its own; each is wholly in front of the next, in the order of the list. */
export interface ListPart {
  /** A `with` in front of the select. */
  before?: string
  from: string
  where: string
  /** Key and id, by which it is sorted. */
  by: readonly [string, string]
  given: GivenParameters
  /** Read only where the parts in front of it found so many; left out: always. */
  behind?: number
}

/** The order of a list. Null keys come last, whichever way. */
export interface ListSort {
  key: string
  type: 'timestamptz' | 'text' | 'int'
  descending: boolean
}

const text = (column: string) =>
  ({ type: 'text', asc: `${column} collate "C"`, desc: `${column} collate "C"` }) as const
const textOrNull = (column: string) =>
  ({
    type: 'text',
    asc: `coalesce(${column}, chr(1114111)) collate "C"`,
    desc: `coalesce(${column}, '') collate "C"`,
  }) as const
const int = (column: string) => ({ type: 'int', asc: column, desc: column }) as const

const KEYS = {
  number: text('lower(o.order_number)'),
  marketplace: text('o.marketplace::text'),
  item: text('left(o.items_text, 100)'),
  quantity: int('o.item_quantity'),
  amount: int('o.billed_amount'),
  paymentKind: text('o.payment_kind'),
  deliveryMethod: textOrNull('o.delivery_method'),
  wishedOn: textOrNull('o.wished_on'),
  shipBy: textOrNull('o.ship_by'),
} satisfies Record<SortKey, { type: ListSort['type']; asc: string; desc: string }>

/** False where it is sorted by a column. */
export const isByTime = ({ sort }: Pick<ListAsk['query'], 'sort'>): boolean =>
  sort === 'newest' || sort === 'oldest'

export function sortOf({ sort }: Pick<ListAsk['query'], 'sort'>): ListSort {
  if (sort === 'newest' || sort === 'oldest')
    return { key: 'o.ordered_at', type: 'timestamptz', descending: sort === 'newest' }
  const descending = sort.startsWith('-')
  const name = descending ? sort.slice(1) : sort
  const { type, asc, desc } = KEYS[present(keysOf(KEYS).find((key) => key === name))]
  return { type, descending, key: descending ? desc : asc }
}

/** Conditions without an index. Rare values would be looked for through the whole history. */
const UNINDEXED = [
  ...['shipByFrom', 'shipByTo', 'wishedFrom', 'wishedTo', 'prefecture', 'amountFrom', 'amountTo'],
  ...['deliveryMethod', 'labelled', 'onHoldTo', 'toShip', 'shipBy'],
] as const satisfies readonly (keyof ListAsk['query'])[]

const MOST_PERIOD_MS = 31 * 24 * 60 * 60_000

/**
 * An open status, a buyer and a month have few orders, which are sorted and looked through.
 * @throws AppError VALIDATION_FAILED for a sort or a condition without an index, of more than that
 */
export function checkBounded(query: ListAsk['query']): void {
  const field = isByTime(query) ? UNINDEXED.find((name) => query[name] !== undefined) : 'sort'
  if (field === undefined || isNarrow(query) || query.ids !== undefined || query.pullId !== undefined) return
  if (isOnDesk(query)) return
  if (Date.parse(query.to ?? '') - Date.parse(query.from ?? '') <= MOST_PERIOD_MS) return
  const message =
    '発送前のステータス（status または statuses に auto_imported、new、awaiting_payment、ready_to_ship、on_hold）、' +
    '注文日時の期間（from と to、31日以内）、氏名・電話番号・メールアドレスのどれかと一緒に指定してください。'
  throw invalid([{ field, message, code: 'unbounded' }])
}

export interface ListAsk {
  tenantId: string
  query: SearchQuery
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
  /** Most matches that are looked up and sorted. With more, the next orders are searched first. */
  few: number
  /** Among so many next orders, some 190 pages, must be eight that begin so. */
  nearby: number
  /** Next orders that are searched: up to 4,000 pages. */
  newest: number
}
const REACH: Reach = { few: 1_000, nearby: 1_000, newest: 20_000 }

const BY_ORDER = ['o.ordered_at', 'o.id'] as const

/** SQL condition for rows after the key and id of a page; nulls match all. */
const after = (by: readonly string[], { descending }: Pick<ListSort, 'descending'>): string =>
  `(:afterKey is null or (${by.join(', ')}) ${descending ? '<' : '>'} (:afterKey, :afterId))`

/** Reads a part's rows after key and id. */
export function rowsOf(
  { before = '', from, where, by, given }: ListPart,
  sort: ListSort,
  { detail, place, limit }: { detail: boolean; place: readonly [unknown, unknown]; limit: number },
): BoundStatement {
  const way = sort.descending ? 'desc' : 'asc'
  const text = `${before} select ${ORDER_FIELDS}, ${by[0]} as "sortKey", ${detail ? DETAIL_FIELD : 'null as "sealedDetail", null as "sealedOnHoldReason"'}
    from ${from}
    where ${where} and ${after(by, sort)}
    order by ${by.map((column) => `${column} ${way}`).join(', ')}
    limit :limit`
  const [key, id] = place
  return bindGiven(text, {
    ...given,
    afterKey: [sort.type, key],
    afterId: ['uuid', id],
    limit: ['int', limit],
  })
}

export const idsOf = ({ before = '', from, where, by, given }: ListPart, most: number): BoundStatement =>
  bindGiven(
    `${before} select ${by[1]}::text as id, o.ship_by as "shipBy" from ${from} where ${where} limit ${most}`,
    given,
  )

/** @param day counts beside it what is to ship before, on and after it */
export function countOf(
  { before = '', from, where, given }: ListPart,
  most: number,
  day?: string,
): BoundStatement {
  const within = `from ${from} where ${where} limit ${most}`
  if (day === undefined)
    return bindGiven(`${before} select count(*)::int as n from (select ${within}) found`, given)
  const text = `${before} select count(*)::int as n, count(*) filter (where ship_by < :day)::int as late,
    count(*) filter (where ship_by = :day)::int as today, count(*) filter (where ship_by > :day)::int as later
    from (select o.ship_by ${within}) found`
  return bindGiven(text, { ...given, day: ['text', day] })
}

/**
 * The parts of a page that begins at the key `at`; null: at the list's begin.
 * @throws AppError VALIDATION_FAILED for a phone or a sort that cannot be used
 */
export async function partsOfPage(deps: ListDeps, ask: ListAsk, at: string | null): Promise<ListPart[]> {
  const { query } = ask
  const search = conditionOf(deps, ask)
  if (!isByTime(query)) return [{ ...wholePart(search), by: [sortOf(query).key, 'o.id'] }]
  const [from, to] = query.sort === 'oldest' ? [at, null] : [null, at]
  const byTokens = await partsByTokens(deps, ask, search, { from, to })
  return (
    (byTokens && [...partsNearby(ask, search), ...byTokens]) ??
    (await partsByNumber(deps, ask, search, at)) ??
    partsByMark(deps, ask) ??
    partsByStatuses(deps, ask) ??
    partsByValue(ask, search) ?? [wholePart(search)]
  )
}

/** The parts in which all that match are counted. */
export async function partsOfCount(deps: ListDeps, ask: ListAsk): Promise<ListPart[]> {
  const { query } = ask
  const search = conditionOf(deps, ask)
  return (
    (await partsByTokens(deps, ask, search, { from: null, to: null })) ??
    partsByMark(deps, ask) ??
    wholeParts(query, search)
  )
}

/** Both sides of a list by a value, each by its index, or the whole list. */
export const wholeParts = (query: SearchQuery, search: SearchCondition): ListPart[] =>
  sidesOf({ query })?.map((side) => wholePart({ ...search, sql: `${search.sql} and ${side}` })) ?? [
    wholePart(search),
  ]

const conditionOf = ({ sealer }: Pick<ListDeps, 'sealer'>, { tenantId, query, shops }: ListAsk) =>
  searchCondition(sealer, tenantId, query, shops)

const wholePart = ({ sql, given }: SearchCondition): ListPart => ({
  from: 'orders o',
  where: sql,
  by: BY_ORDER,
  given,
})

/**
 * A page of each status, by the index that has them in the order of the list; of many statuses at once the
 * planner would read all orders.
 */
function partsByStatuses(deps: ListDeps, ask: ListAsk): ListPart[] | null {
  const { tenantId, query, shops } = ask
  const { statuses, ...others } = query
  if (statuses === undefined || isNarrow(query) || isNamed(query)) return null
  const { sql, given } = searchCondition(deps.sealer, tenantId, others, shops)
  const sides = sidesOf(ask)
  const staged = sides?.find((side) => side !== NOT_STAGED)
  const page = (side: string) => pageFrom(query, `${side} and ${sql}`)
  const inStatus = sides === null ? 'o.status = w.status' : `o.status = w.status and ${NOT_STAGED}`
  const each = `unnest(:statuses) w (status) cross join lateral ${page(inStatus)} o`
  return [
    {
      from:
        staged !== undefined && statuses.includes('auto_imported')
          ? `(select o.* from ${each} union all ${page(staged)}) o`
          : each,
      where: 'true',
      by: BY_ORDER,
      given: {
        ...given,
        statuses: [
          'order_status[]',
          [...new Set(statuses)].filter((status) => sides === null || status !== 'auto_imported'),
        ],
      },
    },
  ]
}

/** As many orders as the page shows, by time. */
function pageFrom(query: SearchQuery, where: string): string {
  const way = query.sort === 'oldest' ? 'asc' : 'desc'
  return `(select o.* from orders o where ${where} and ${after(BY_ORDER, sortOf(query))}
    order by o.ordered_at ${way}, o.id ${way} limit :limit)`
}

// Constants, as in the predicates of `orders_by_change_state`, `orders_by_payment`,
// `orders_staged_by_payment` and `orders_without_tracking`.
const STAGED = `o.status = 'auto_imported'`
const PAID_LATER = ['cod', 'bank_transfer', 'convenience_store', 'deferred', 'invoice', 'loan', 'other']
const STAGED_PAID_LATER = `${STAGED} and o.payment_kind = any ('{${PAID_LATER}}'::text[])`
const NOT_STAGED = `o.status <> 'auto_imported'`

/**
 * Splits a list by a value whose index leaves staged orders out, so that staging writes none of these
 * indexes. A tenant has few staged orders, which their status finds; those that are not paid have a small
 * index. Null: not such a list.
 */
function sidesOf({ query }: Pick<ListAsk, 'query'>): string[] | null {
  const { changeState, paymentKind, tracking } = query
  const isByValue = changeState !== undefined || paymentKind !== undefined || tracking === 'none'
  if (!isByValue || isNarrow(query) || isNamed(query)) return null
  const statuses = [...(query.status ? [query.status] : []), ...(query.statuses ?? [])]
  const staged = PAID_LATER.includes(paymentKind ?? '') ? STAGED_PAID_LATER : STAGED
  if (statuses.length === 0) return [NOT_STAGED, staged]
  return [
    ...(statuses.some((status) => status !== 'auto_imported') ? [NOT_STAGED] : []),
    ...(statuses.includes('auto_imported') ? [staged] : []),
  ]
}

/** A page of either side, merged by time. */
function partsByValue(ask: ListAsk, { sql, given }: SearchCondition): ListPart[] | null {
  const sides = sidesOf(ask)
  if (sides === null) return null
  const pages = sides.map((side) => pageFrom(ask.query, `${sql} and ${side}`))
  return [{ from: `(${pages.join(' union all ')}) o`, where: 'true', by: BY_ORDER, given }]
}

/** Orders that are named are looked up, and those changed lately found by their time. */
const isNamed = ({ ids, pullId, updatedSince }: ListAsk['query']): boolean =>
  [ids, pullId, updatedSince].some((one) => one !== undefined)

/** A buyer has few orders, and so have a memo's words and those that are held: they are found first. */
const isNarrow = ({ hold, buyer, name, phone, email, note, anyHash }: ListAsk['query']): boolean =>
  hold === true || [buyer, name, phone, email, note, anyHash].some((one) => one !== undefined)

async function partsByTokens(
  { db, pool }: ListDeps,
  { tenantId, query }: ListAsk,
  { sql, given }: SearchCondition,
  { from, to }: { from: string | null; to: string | null },
): Promise<ListPart[] | null> {
  const wanted = isNarrow(query) ? null : await wantedByTokens(db, query)
  if (wanted === null) return null
  const months = await monthsToSearch(pool, tenantId, {
    from: from ?? query.from ?? null,
    to: to ?? query.to ?? null,
    oldestFirst: query.sort === 'oldest',
  })
  return months.map((part) => ({
    before: FOUND_BY_TOKENS,
    from: FOUND_ORDERS,
    where: sql,
    by: BY_ORDER,
    given: {
      ...given,
      months: ['int[]', part],
      tokenItem: ['text', wanted.item],
      tokenEnd: ['text', wanted.numberEnd],
    },
  }))
}

/** Number among the next orders that shows that there are more. */
const SOME = 8

/**
 * A common word fills a page with the next orders, while its tokens bring all orders of a month that have it.
 * Some 130 pages show whether it is one, which a rare word pays beside its own.
 */
const NEARBY = [
  { orders: 500, behind: 0 },
  // At one order of sixty 4,000 hold a page.
  { orders: 4_000, behind: SOME },
] as const

function partsNearby({ query }: ListAsk, { sql, given }: SearchCondition): ListPart[] {
  if (query.item === undefined) return []
  return NEARBY.map(({ orders, behind }) => ({
    from: nearest(query, orders),
    where: sql,
    by: BY_ORDER,
    given: { ...given, ...periodOf(query) },
    behind,
  }))
}

const PERIOD = `ordered_at >= coalesce(:periodFrom, '-infinity') and ordered_at < coalesce(:periodTo, 'infinity')`

const periodOf = ({ from, to }: SearchQuery): GivenParameters => ({
  periodFrom: ['timestamptz', from ?? null],
  periodTo: ['timestamptz', to ?? null],
})

/** The tenant's orders of the period that come next in the list, whatever they hold. */
function nearest(query: SearchQuery, most: number): string {
  const way = query.sort === 'oldest' ? 'asc' : 'desc'
  return `(select * from orders where tenant_id = :tenant and ${PERIOD} and ${after(['ordered_at', 'id'], sortOf(query))}
    order by ordered_at ${way}, id ${way} limit ${most}) o`
}

const COUNT_NUMBERS = 'select count(*)::int as n from torikomi_orders_by_number($1, $2, $3)'

/**
 * By the beginning of a number. It says little of the time, and how many have it is not known before: few are
 * found by the index on numbers. Of many those on the desk are found by their status. A page of the others is
 * mostly filled by the next orders; where these begin otherwise, all that begin so are read.
 */
async function partsByNumber(
  { pool, reach: { few, nearby, newest } = REACH }: ListDeps,
  { tenantId, query }: ListAsk,
  { sql, given }: SearchCondition,
  at: string | null,
): Promise<ListPart[] | null> {
  if (query.number === undefined || isNarrow(query)) return null
  const start = query.number.toLowerCase()
  const { rows } = await pool.query<{ n: number }>(COUNT_NUMBERS, [tenantId, start, few + 1])
  const own: GivenParameters = { tenant: ['uuid', tenantId], start: ['text', start], ...periodOf(query) }
  const within = { ...given, ...own }
  const way = query.sort === 'oldest' ? 'asc' : 'desc'
  const all: ListPart = {
    from: `(select * from torikomi_orders_by_number(:tenant, :start, null) where ${PERIOD} order by ordered_at ${way}, id ${way} offset 0) n join orders o on o.id = n.id`,
    where: sql,
    by: ['n.ordered_at', 'n.id'],
    given: within,
  }
  if ((rows[0]?.n ?? 0) <= few) return [all]
  if (isOnDesk(query)) return null
  const next = (most: number) =>
    `(select * from ${nearest(query, most)} where starts_with(lower(order_number), :start)) o`
  const place: GivenParameters = { ...own, afterKey: ['timestamptz', at], afterId: ['uuid', null] }
  const near = await pool.query(bindGiven(`select from ${next(nearby)} limit ${SOME}`, place))
  if (near.rows.length < SOME) return [all]
  return [{ from: next(newest), where: sql, by: BY_ORDER, given: within }, all]
}

/** Statuses that staff work on: few orders beside the shipped ones, so a search begins with them. */
const ON_DESK = new Set<unknown>(['auto_imported', 'new', 'awaiting_payment', 'ready_to_ship', 'on_hold'])

function isOnDesk({ status, statuses = [] }: SearchQuery): boolean {
  const all = status === undefined ? statuses : [status, ...statuses]
  return all.length > 0 && all.every((one) => ON_DESK.has(one))
}

/**
 * By `order_marks`, which has each mark's orders by their time: as many are read as are shown, also of a mark
 * that none has, or old ones alone.
 */
function partsByMark(deps: ListDeps, { tenantId, query, shops }: ListAsk): ListPart[] | null {
  const { mark, ...others } = query
  if (mark === undefined || isNarrow(query) || ON_DESK.has(query.status)) return null
  const { sql, given } = searchCondition(deps.sealer, tenantId, others, shops, 'm.ordered_at')
  return [
    {
      from: 'order_marks m join orders o on o.id = m.order_id',
      where: `m.tenant_id = :tenant and m.mark = :mark and ${sql}`,
      by: ['m.ordered_at', 'm.order_id'],
      given: { ...given, mark: ['text', mark] },
    },
  ]
}

// Finds orders by any part of an item's name or the end of the order number. Searches the tokens of
// `order_item_search` month by month until a page is full, so that no rare or common word reads all orders.
// docs/decisions/item-search.md says why it is none of Postgres's own indexes on text.

/** A plain letter or digit alone has no token: an index of nearly every order gains nothing. */
const isSearchable = (item: string): boolean => item.length > 1 || !/^[a-z0-9]?$/.test(item)

/** Terms to search by tokens, the number in lower case. Null: no term has tokens for every order yet. */
export async function wantedByTokens(
  db: Db,
  { item, numberEnd }: { item?: string | undefined; numberEnd?: string | undefined },
): Promise<{ item: string | null; numberEnd: string | null } | null> {
  const text = item === undefined ? undefined : normaliseItemText(item)
  const wanted = {
    item: text !== undefined && isSearchable(text) && (await hasTokens(db, 'item_search')) ? text : null,
    numberEnd:
      numberEnd !== undefined && (await hasTokens(db, 'number_ends')) ? numberEnd.toLowerCase() : null,
  }
  return wanted.item === null && wanted.numberEnd === null ? null : wanted
}

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
async function monthsToSearch(
  pool: Pool,
  tenantId: string,
  { from, to, oldestFirst }: { from: string | null; to: string | null; oldestFirst: boolean },
): Promise<number[][]> {
  const values = [tenantId, from, to]
  const { rows } = await pool.query<{ first: number | null; last: number | null }>(MONTHS, values)
  const { first = null, last = null } = rows[0] ?? {}
  if (first === null || last === null) return []
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, n) =>
    oldestFirst ? first + n : last - n,
  )
  const parts: number[][] = []
  // Two months alone: on the first of a month the newest one has hardly any orders.
  for (let part = 0; all.length > 0; part += 1) parts.push(all.splice(0, 4 ** Math.max(0, part - 1)))
  return parts
}

/** Finds candidates by their tokens, in front of a statement. */
const FOUND_BY_TOKENS = `
with wanted as materialized (
  select torikomi_item_tokens(:tenant, month, :tokenItem)
    || array_remove(array[torikomi_number_token(:tenant, month, :tokenEnd)], null) as tokens
  from unnest(:months) as m (month)
), found as materialized (
  select s.order_id from wanted w join order_item_search s on s.tokens @> w.tokens
)`

/** The planner takes them for many and would rather read all orders: `offset 0` makes it look them up. */
const FOUND_ORDERS = '(select * from orders where id = any(array(select order_id from found)) offset 0) o'
