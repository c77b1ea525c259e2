import { type NamedStatement, prepared } from '../platform/db/statement.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { DuePage, DueShop, ShopJob } from './shop-job.ts'

/**
 * The right to ask a shop's mall. A turn claims it by the statement that reads what is due, gives it back at
 * its end, and renews it meanwhile. A process that died keeps its shop until the lease ends; one that was
 * paused finds at its next renewal that it has lost it.
 */
export interface TurnLease {
  shopId: string
  /** An id of this turn alone. */
  holder: string
}

/** Longer than two renewals that fail; a killed process delays its shops by so much. */
export const LEASE_MS = 10_000

/**
 * SQL condition, null where nobody has the shop: a lease lasts at `now`. An end that is further away than any
 * was written by a clock that has been put back since.
 */
export const lasts = (leaseUntil: string, now: string): string =>
  `(${leaseUntil} > ${now} and ${leaseUntil} <= ${now} + interval '${2 * LEASE_MS} ms')`

const GIVE_BACK = prepared(
  { shop: 'uuid', holder: 'uuid' },
  `
update shop_turns set lease_until = null, released = holder
where shop_id = :shop and holder = :holder returning wanted`,
)

/** @returns whether somebody woke the shop meanwhile: it is to have another turn */
export async function giveBack(queries: Queries, { shopId, holder }: TurnLease): Promise<boolean> {
  const { rows } = await queries.query<{ wanted: boolean }>(GIVE_BACK({ shop: shopId, holder }))
  return rows[0]?.wanted ?? false
}

const RENEW = prepared(
  { shops: 'uuid[]', holders: 'uuid[]', until: 'timestamptz' },
  `
update shop_turns w set lease_until = :until from unnest(:shops, :holders) as h (shop_id, holder)
where w.shop_id = h.shop_id and w.holder = h.holder and w.lease_until is not null returning w.holder::text`,
)

/** All that a process holds, in one statement. @returns the holders of those that are still its own */
export async function renewTurns(
  queries: Queries,
  held: readonly TurnLease[],
  until: Date,
): Promise<ReadonlySet<string>> {
  const shops = held.map(({ shopId }) => shopId)
  const holders = held.map(({ holder }) => holder)
  const { rows } = await queries.query<{ holder: string }>(RENEW({ shops, holders, until }))
  return new Set(rows.map(({ holder }) => holder))
}

const COUNT = prepared(
  { now: 'timestamptz' },
  `select count(*)::int as held from shop_turns where ${lasts('lease_until', ':now')}`,
)

/** How many shops are at work in all processes. */
export async function countTurns(queries: Queries, now: Date): Promise<number> {
  const { rows } = await queries.query<{ held: number }>(COUNT({ now }))
  return rows[0]?.held ?? 0
}

/** Smaller than any shop's id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

export const firstPage = (limit: number): DuePage => ({ after: BEFORE_ALL, limit })

export interface DueShops {
  due: DueShop[]
  /** Beginning of the next page; null when this was the last. */
  next: string | null
}

/**
 * Shops that any of the jobs has something due for, each once, and those under attention whose probe is due;
 * longest waiting first. Pages go by the shop's id: by what waits longest, a thousand shops that cannot go on
 * would keep all others out of sight.
 */
export async function readDueShops(
  queries: Queries,
  jobs: readonly Pick<ShopJob, 'dueShops'>[],
  now: Date,
  page: DuePage,
): Promise<DueShops> {
  const lists = await Promise.all([
    readDuePage(queries, PROBES, now, page),
    ...jobs.map((job) => job.dueShops(now, page)),
  ])
  const ends = lists.flatMap((list) => (list.length >= page.limit ? (list.at(-1)?.shopId ?? []) : []))
  // Behind the end of a full list it may have shops that are not in it yet.
  const next = ends.toSorted()[0] ?? null
  const due = lists.flat().filter(({ shopId }) => next === null || shopId <= next)
  return { due: oncePerShop(due), next }
}

/** Longest waiting first. */
export function oncePerShop(due: readonly DueShop[]): DueShop[] {
  const shops = new Map<string, DueShop>()
  for (const shop of due) {
    const known = shops.get(shop.shopId)
    shops.set(shop.shopId, known ? together(known, shop) : shop)
  }
  return [...shops.values()].toSorted((a, b) => a.dueSince.getTime() - b.dueSince.getTime())
}

const together = (one: DueShop, other: DueShop): DueShop => ({
  shopId: one.shopId,
  dueSince: new Date(Math.min(one.dueSince.getTime(), other.dueSince.getTime())),
  latestDueAt: new Date(Math.max(one.latestDueAt.getTime(), other.latestDueAt.getTime())),
})

/** Parameters of what reads a page of due shops. */
export const DUE_PAGE = { now: 'timestamptz', limit: 'int', after: 'uuid' } as const
type DuePageStatement = NamedStatement<typeof DUE_PAGE>

export async function readDuePage(
  queries: Queries,
  of: DuePageStatement,
  now: Date,
  { limit, after }: DuePage,
): Promise<DueShop[]> {
  const { rows } = await queries.query<DueShop>(of({ now, limit, after }))
  return rows
}

/**
 * SQL condition: shop `s` of tenant `t` may call its mall at `:now`. It is enabled, its tenant active, its
 * lane open; under attention it may call only for a due probe.
 * @param probes false: a due probe does not count
 */
export const mayCall = (probes = true): string => `t.status = 'active' and s.enabled
  and (s.lane_closed_until is null or s.lane_closed_until <= :now)
  and (not s.attention_stops or ${probes} and (s.attention_probe_at is null or s.attention_probe_at <= :now))`

const isDue = (probes: boolean): string =>
  `${mayCall(probes)} and ${lasts('held.lease_until', ':now')} is not true`

/** One row at a time by its key, whatever the tables were like when it was planned. */
const SHOP = `cross join lateral (select * from shops where id = d.shop_id limit 1) s
cross join lateral (select status from tenants where id = s.tenant_id limit 1) t
left join lateral (select lease_until from shop_turns where shop_id = d.shop_id limit 1) held on true`

const COLUMNS = `d.shop_id::text as "shopId", d.since as "dueSince",
  greatest(d.latest, s.attention_probe_at, s.lane_closed_until, held.lease_until) as "latestDueAt"`

/**
 * The statement behind a job's `dueShops`: shops that may ask their mall now, or whose probe is due. One at
 * work is none: it comes into sight again when its turn has ended, or its lease.
 * @param due SELECT of `shop_id`, `since` and `latest` of what is due, a row a shop. It has to begin at the
 *   rows that are due, by an index on their time: ticks come every second in every worker, and ten thousand
 *   shops with nothing due must cost nothing. Its parameters are those of DUE_PAGE.
 * @param probes false: none of the shops under attention, not even for a probe
 */
export const shopsWithDue = (due: string, probes = true): string => `
select ${COLUMNS} from (${due}) d ${SHOP}
where d.shop_id > :after and ${isDue(probes)}
order by d.shop_id
limit :limit`

/** Most due rows read, oldest first. Beyond it, each shop that has any waiting is looked at instead. */
const MOST_ROWS = 2_000

/** Rows of which a shop may have very many. `c` is the row looked at; it has shop_id and next_attempt_at. */
interface DueRows {
  table: string
  waits: string
  /** When a due row became due. */
  latest: string
  /** Further condition of a due row. */
  and: string
  /** SELECT of at most one `due_at`, null or none where nothing is due, of the shop `w.shop_id`. */
  youngest: string
  probes: boolean
}

/** The last row of `few` where more are due than it reads. */
interface TooMany {
  shopId: null
}

/** For rows of which a shop may have very many: its due ones must not all be read each second. */
export function dueOfMany(of: DueRows) {
  const few = prepared(
    DUE_PAGE,
    `
with oldest as materialized (
  select c.* from ${of.table} c where ${of.waits} and c.next_attempt_at <= :now order by c.next_attempt_at limit ${MOST_ROWS + 1}
)
select x.* from (${shopsWithDue(
      `select c.shop_id, min(c.next_attempt_at) as since, max(${of.latest}) as latest from oldest c where ${of.and} group by c.shop_id`,
      of.probes,
    )}) x
union all
(select null, null, null from oldest offset ${MOST_ROWS} limit 1)`,
  )
  // Shop by shop in the order of their ids, and no further than the page.
  const many = prepared(
    DUE_PAGE,
    `
with recursive w as (
  (select c.shop_id from ${of.table} c where ${of.waits} and c.shop_id > :after order by c.shop_id limit 1)
  union all
  select (select c.shop_id from ${of.table} c where ${of.waits} and c.shop_id > w.shop_id order by c.shop_id limit 1)
  from w where w.shop_id is not null
)
select ${COLUMNS}
from w cross join lateral (select w.shop_id, y.due_at as since, y.due_at as latest from (${of.youngest}) y) d ${SHOP}
where w.shop_id is not null and d.since is not null and ${isDue(of.probes)}
limit :limit`,
  )
  return async (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> => {
    const { rows } = await queries.query<DueShop | TooMany>(few({ now, ...page }))
    const due = rows.filter((row) => row.shopId !== null)
    return due.length < rows.length ? readDuePage(queries, many, now, page) : due
  }
}

// Probes without a time are due at once.
const PROBES = prepared(
  DUE_PAGE,
  shopsWithDue(`
select id as shop_id, coalesce(attention_probe_at, :now) as since, coalesce(attention_probe_at, :now) as latest
from shops where attention_code is not null and attention_stops and (attention_probe_at is null or attention_probe_at <= :now)`),
)
