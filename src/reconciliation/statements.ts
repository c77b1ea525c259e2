import type { Period, Position } from '../imports/list-position.ts'
import { NOT_CLOSED } from '../orders/store/list-difference.ts'
import type { Clock } from '../platform/clock.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { BrokenAnswer } from '../worker/mall-failures.ts'
import type { DuePage, DueShop } from '../worker/shop-job.ts'
import { readDuePage, shopsWithDue } from '../worker/statements.ts'
import { ENTRY_UNREADABLE, type Gap, nextSettle, STOPPED_TOO_LONG } from './plan.ts'

/** A run under way: its period, and its reading position in it. */
export type Run = Period & Position & { narrowMs: number | null }

/** A time whose open orders must still be compared with the mall's list, newest first, and its next page. */
export interface OpenList {
  from: Date
  to: Date
  page: string | null
}

/** A shop's row of 突合 that is due. */
export interface Sweep {
  shopId: string
  runAt: Date
  listedUntil: Date | null
  deepAt: Date | null
  /** Set while a run is under way. */
  run: Run | null
  /** Set after a run, while open orders are read again: the id up to which they were read. */
  freshAfter: string | null
  /** The remaining time of older open orders that is listed again after a run. */
  openList: OpenList | null
  /** Failures in a row over open orders. */
  openAttempts: number
  step: number
  settles: number
  attempts: number
}

type SweepRow = Omit<Sweep, 'run' | 'openList'> &
  Omit<Run, 'from' | 'to' | 'windowFrom' | 'windowTo'> & {
    [column in 'runFrom' | 'runTo' | 'windowFrom' | 'windowTo' | 'openFrom' | 'openTo']: Date | null
  } & { openPage: string | null }

export async function readDueSweep(queries: Queries, shopId: string, now: Date): Promise<Sweep | null> {
  const { rows } = await queries.query<SweepRow>(
    `select shop_id::text as "shopId", run_at as "runAt", listed_until as "listedUntil", deep_at as "deepAt",
       run_from as "runFrom", run_to as "runTo", window_from as "windowFrom", window_to as "windowTo", page, pass,
       pass_new as "passNew", pass_sum::float8 as "passSum", last_sum::float8 as "lastSum", narrow_ms as "narrowMs", step, settles, attempts, fresh_after::text as "freshAfter", open_from as "openFrom",
       open_to as "openTo", open_page as "openPage", open_attempts as "openAttempts"
     ${IS_DUE}`,
    [shopId, now],
  )
  const [row] = rows
  if (!row) return null
  const { runFrom, runTo, windowFrom, windowTo, page, openFrom, openTo, openPage, ...rest } = row
  const { pass, passNew, passSum, lastSum, narrowMs, ...sweep } = rest
  const run =
    runFrom && runTo && windowFrom && windowTo
      ? { from: runFrom, to: runTo, windowFrom, windowTo, page, pass, passNew, passSum, lastSum, narrowMs }
      : null
  const openList = openFrom && openTo ? { from: openFrom, to: openTo, page: openPage } : null
  return { ...sweep, run, openList }
}

const IS_DUE = 'from shop_sweeps where shop_id = $1 and next_at <= $2'

/** $1 shop, $2 now. */
export const SWEEP_IS_DUE = `exists (select ${IS_DUE})`

export const readShopsWithDueSweeps = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, DUE_SHOPS, now, page)

// Without a name, so that it is planned for its time: a third of all shops would be due in a plan for any
// time, and all be read.
const DUE_SHOPS = {
  text: shopsWithDue(
    'select shop_id, next_at as since, next_at as latest from shop_sweeps where next_at <= $1',
  ),
}

// The step is part of each condition: of two workers over one page only the first moves the sweep on.
const AS_IT_STOOD = 'where shop_id = $1 and step = $2'

/** Locks the row for this transaction. False when another worker has moved it on. */
export async function claimStep(client: Queries, { shopId, step }: Sweep, at: Date): Promise<boolean> {
  const { rowCount } = await client.query(
    `update shop_sweeps set step = step + 1, updated_at = $3 ${AS_IT_STOOD}`,
    [shopId, step, at],
  )
  return rowCount === 1
}

/** Begins a run. Undefined when another worker did. */
export async function beginRun(
  queries: Queries,
  sweep: Sweep,
  { run, deepAt, runAt }: { run: Run; deepAt: Date | null; runAt: Date },
  at: Date,
): Promise<Sweep | undefined> {
  const { rowCount } = await queries.query(
    `update shop_sweeps set step = step + 1, run_from = $3, run_to = $4, window_from = $5, window_to = $6, page = null,
       pass = 0, pass_new = 0, pass_sum = 0, last_sum = null, narrow_ms = null, settles = 0, attempts = 0, run_at = $7, deep_at = $8, updated_at = $9 ${AS_IT_STOOD}`,
    [sweep.shopId, sweep.step, run.from, run.to, run.windowFrom, run.windowTo, runAt, deepAt, at],
  )
  return rowCount === 1 ? { ...sweep, run, runAt, deepAt, step: sweep.step + 1, settles: 0 } : undefined
}

/**
 * Moves to the next page, within a claimed step. `runTo` moves back when the mall does not guarantee the last
 * minutes.
 */
export async function moveOn(
  client: Queries,
  shopId: string,
  to: Position & Pick<Run, 'narrowMs'> & { runTo: Date },
): Promise<void> {
  await client.query(
    `update shop_sweeps set window_from = $2, window_to = $3, page = $4, pass = $5, pass_new = $6, run_to = $7, attempts = 0,
       pass_sum = $8, last_sum = $9, narrow_ms = $10, outcome = null, message = null where shop_id = $1`,
    [
      ...[shopId, to.windowFrom, to.windowTo, to.page, to.pass, to.passNew, to.runTo],
      ...[to.passSum, to.lastSum, to.narrowMs],
    ],
  )
}

/**
 * Ends a run that was read to its end, within a claimed step. Open orders come next, by reading them again or
 * by listing their time; when an earlier run began that, it continues.
 */
export async function endRun(
  client: Queries,
  shopId: string,
  { runTo, rereads, openList }: { runTo: Date; rereads: boolean; openList: Omit<OpenList, 'page'> | null },
): Promise<void> {
  await client.query(
    `update shop_sweeps set run_from = null, run_to = null, window_from = null, window_to = null, page = null, attempts = 0, narrow_ms = null,
       outcome = null, message = null, listed_until = greatest(listed_until, $2), fresh_after = coalesce(fresh_after, $3),
       open_from = case when open_to is null then $4 else open_from end, open_to = coalesce(open_to, $5)
     where shop_id = $1`,
    [shopId, runTo, rereads ? BEFORE_ALL : null, openList?.from ?? null, openList?.to ?? null],
  )
}

/** Smaller than any order's id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/**
 * Records, within a claimed step, that open orders up to `after` were read again; null: all of them. When
 * some failed, the rest of the pass proceeds carefully.
 */
export async function updateFreshAfter(client: Queries, shopId: string, after: string | null): Promise<void> {
  await client.query(
    `update shop_sweeps set fresh_after = $2, open_attempts = case when $2::uuid is null then 0 else least(open_attempts, 1) end
     where shop_id = $1`,
    [shopId, after],
  )
}

/** Records, within a claimed step, the remaining time of open orders to list; null: none. */
export async function updateOpenList(client: Queries, shopId: string, left: OpenList | null): Promise<void> {
  await client.query(
    'update shop_sweeps set open_from = $2, open_to = $3, open_page = $4, open_attempts = 0 where shop_id = $1',
    [shopId, left?.from ?? null, left?.to ?? null, left?.page ?? null],
  )
}

/** Postpones open orders that could not be compared, but not the next run. */
export async function postponeOpen(queries: Queries, sweep: Sweep, nextAt: Date, at: Date): Promise<void> {
  await queries.query(
    `update shop_sweeps set step = step + 1, open_attempts = open_attempts + 1, open_page = null,
       next_at = least($3::timestamptz, greatest(run_at, $4::timestamptz)), updated_at = $4 ${AS_IT_STOOD}`,
    [sweep.shopId, sweep.step, nextAt, at],
  )
}

/**
 * Sets, within a claimed step, when to come back; at once while open orders are left to compare. A run
 * requested meanwhile is not postponed.
 */
export async function comeBack(
  client: Queries,
  shopId: string,
  to: { nextAt: Date; settles: number },
): Promise<void> {
  await client.query(
    `update shop_sweeps set next_at = case when fresh_after is null and open_to is null then least($2::timestamptz, run_at) else next_at end,
       settles = $3 where shop_id = $1`,
    [shopId, to.nextAt, to.settles],
  )
}

/** Ends the comparison of open orders, within a claimed step. */
export async function endOpen(client: Queries, { shopId, settles, runAt }: Sweep, at: Date): Promise<void> {
  await comeBack(client, shopId, { nextAt: nextSettle(at.getTime(), settles, runAt), settles })
}

/** The page was unreadable: again later, from the window's first page, as a place in a list may be lost. */
export async function postponeSweep(
  queries: Queries,
  sweep: Sweep,
  why: Pick<BrokenAnswer, 'code' | 'message'>,
  nextAt: Date,
  at: Date,
): Promise<void> {
  await queries.query(
    `update shop_sweeps set step = step + 1, attempts = attempts + 1, outcome = $3, message = $4, next_at = $5, page = null,
       pass_sum = 0, updated_at = $6 ${AS_IT_STOOD}`,
    [sweep.shopId, sweep.step, why.code, why.message, nextAt, at],
  )
}

/** The window breaks whenever it is read: its newest part comes next, alone. */
export async function narrowWindow(
  queries: Queries,
  sweep: Sweep,
  why: Pick<BrokenAnswer, 'code' | 'message'>,
  to: { from: Date; narrowMs: number; nextAt: Date },
  at: Date,
): Promise<void> {
  await queries.query(
    `update shop_sweeps set step = step + 1, attempts = attempts + 1, outcome = $3, message = $4, next_at = $5, page = null,
       pass = 0, pass_new = 0, pass_sum = 0, last_sum = null, window_from = $6, narrow_ms = $7, updated_at = $8 ${AS_IT_STOOD}`,
    [sweep.shopId, sweep.step, why.code, why.message, to.nextAt, to.from, to.narrowMs, at],
  )
}

/** The list takes no call before `nextAt`, and nothing is wrong with the place in it. */
export async function delaySweep(queries: Queries, sweep: Sweep, nextAt: Date, at: Date): Promise<void> {
  await queries.query(
    `update shop_sweeps set step = step + 1, next_at = $3, updated_at = $4 ${AS_IT_STOOD}`,
    [sweep.shopId, sweep.step, nextAt, at],
  )
}

/** Locks the rows for this transaction, always in the same order. */
export async function lockSweeps(queries: Queries, shopIds: readonly string[]): Promise<void> {
  await queries.query(
    'select 1 from shop_sweeps where shop_id = any($1::uuid[]) order by shop_id for no key update',
    [shopIds],
  )
}

/**
 * Shortest time after the last listing before an unverified sender's mail starts the next run, since such
 * mails may come one after another.
 */
const HASTENED_EVERY = `interval '10 seconds'`

/**
 * Schedules an early comparison of shops: a mail was unreadable, or a mailbox was reset. Shops that are not
 * swept are left alone.
 */
export async function requestSweeps(queries: Queries, shopIds: readonly string[], at: Date): Promise<void> {
  if (shopIds.length === 0) return
  await queries.query(
    // Locked in order, so that two mailboxes of the same shops cannot dead-lock.
    `with wanted as (
       select shop_id, greatest($2::timestamptz, listed_until + ${HASTENED_EVERY}) as at
       from shop_sweeps where shop_id = any($1::uuid[]) order by shop_id for update)
     update shop_sweeps s set run_at = least(s.run_at, w.at), next_at = least(s.next_at, w.at)
     from wanted w where s.shop_id = w.shop_id`,
    [shopIds, at],
  )
}

/** Creates a row for every enabled shop, with first runs spread over `spreadMs`. */
export async function ensureSweeps(queries: Queries, at: Date, spreadMs: number): Promise<void> {
  await queries.query(
    `insert into shop_sweeps (shop_id, next_at, run_at, updated_at)
     select n.id, n.at, n.at, $1 from (
       select s.id, $1::timestamptz + make_interval(secs => abs(hashtext(s.id::text)::bigint) % greatest($2::int, 1) / 1000.0) as at
       from shops s where s.enabled and not exists (select from shop_sweeps w where w.shop_id = s.id) limit 2000
     ) n
     on conflict do nothing`,
    [at, spreadMs],
  )
}

/** Lists the times that a run skips, newest first. */
export async function readStepped(queries: Queries, shopId: string): Promise<Period[]> {
  const { rows } = await queries.query<Period>(
    `select from_at as "from", to_at as "to" from sweep_gaps where shop_id = $1 and code <> all($2) order by to_at desc`,
    [shopId, [STOPPED_TOO_LONG, ENTRY_UNREADABLE]],
  )
  return rows
}

/** Records the same time once, with its latest cause. */
export async function noteGap(
  queries: Queries,
  newId: NewId,
  shopId: string,
  gap: Gap,
  at: Date,
): Promise<void> {
  await queries.query('delete from sweep_gaps where shop_id = $1 and from_at = $2 and to_at = $3', [
    shopId,
    gap.from,
    gap.to,
  ])
  await queries.query(
    'insert into sweep_gaps (id, shop_id, from_at, to_at, code, message, noted_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [newId(), shopId, gap.from, gap.to, gap.code, gap.message.replaceAll('\0', '').slice(0, 2_000), at],
  )
}

/** Closes gaps in a window that was read to its end: all of it is known now. */
export async function closeGaps(
  queries: Queries,
  shopId: string,
  { from, to }: Period,
  runBegan: Date,
): Promise<void> {
  await queries.query(
    'delete from sweep_gaps where shop_id = $1 and from_at >= $2 and to_at <= $3 and noted_at < $4',
    [shopId, from, to, runBegan],
  )
}

const IS_OPEN = `o.shop_id = $1 and o.mall_state = 'open' and ${NOT_CLOSED}`

/**
 * Conditions for orders not known to be shipped, here or at the mall: orders that staff may still ship, and
 * held ones of any age. `o` is the order, $1 the shop. Repeats the predicate of the index orders_open, which
 * is not used otherwise.
 */
const OPEN = `${IS_OPEN} and (o.ordered_at >= $2 or cardinality(o.holds) > 0)`

/** Open orders that a pass compares. */
export interface OpenScope {
  /** For orders not held, and for those that the mall's list contradicts. */
  since: Date
  /** For held orders. */
  heldSince: Date
}

const COMPARED = `
select o.ordered_at from orders o where ${IS_OPEN} and (o.ordered_at >= $2 or o.ordered_at >= $3 and cardinality(o.holds) > 0)
union all
select o.ordered_at from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = $1 and w.differs_since is not null and o.ordered_at >= least($2, $3)`

/** Finds when the oldest order to compare was placed; null when there is none. */
export async function readOpenSince(
  queries: Queries,
  shopId: string,
  { since, heldSince }: OpenScope,
): Promise<Date | null> {
  const { rows } = await queries.query<{ since: Date | null }>(
    `select min(c.ordered_at) as since from (${COMPARED}) c`,
    [shopId, since, heldSince],
  )
  return rows[0]?.since ?? null
}

/**
 * Finds when the newest order to compare in the period was placed, held or contradicted by the list: they lie
 * far apart.
 */
export async function readHeldBefore(
  queries: Queries,
  shopId: string,
  { from, to }: Period,
): Promise<Date | null> {
  const { rows } = await queries.query<{ at: Date | null }>(
    `select max(c.ordered_at) as at from (${COMPARED}) c where c.ordered_at < $4`,
    [shopId, to, from, to],
  )
  return rows[0]?.at ?? null
}

export const LIST_OPEN_ORDERS = `
select o.id::text, o.order_number as "orderNumber", r.sealed_raw as "sealedRaw"
from orders o left join order_raws r on r.order_id = o.id
where ${OPEN} and o.id > $3
order by o.id limit $4`

const READ_GAUGES = `
select s.marketplace::text, coalesce(sum(d.missing), 0)::int as missing, min(w.verified_until) as behind
from shops s
join tenants t on t.id = s.tenant_id and t.status = 'active'
left join shop_sweeps w on w.shop_id = s.id
left join lateral (select sum(missing) as missing from shop_days where shop_id = s.id and missing > 0) d on true
where s.enabled group by s.marketplace`

export const DELETE_OLD_LISTED = `
delete from swept_orders w using (
  select shop_id, order_number from swept_orders
  where day < ($1::timestamptz at time zone 'Asia/Tokyo')::date - $2::int
    and differs_since is null and (state <> 'open' or day < ($1::timestamptz at time zone 'Asia/Tokyo')::date - $4::int)
  limit $3
  for update skip locked
) old
where w.shop_id = old.shop_id and w.order_number = old.order_number`

// Orders found before the shop had its mailbox prove nothing.
export const LIST_NEWEST = `
select w.listed_at as "listedAt", exists (
  select from import_requests r where r.shop_id = $1 and r.order_number = w.order_number and r.mail_id is not null) as mailed
from swept_orders w
where w.shop_id = $1 and w.live and w.listed_at > greatest($2::timestamptz, (
  select min(m.created_at) from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id
  where ms.shop_id = $1 and m.enabled)) and exists (
    select from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id where ms.shop_id = $1 and m.enabled)
order by w.listed_at desc, w.at desc
limit 20`

export const FIND_VERIFIED = `
select w.verified_until as "verifiedUntil", w.outcome, w.message
from shops s left join shop_sweeps w on w.shop_id = s.id where s.id = $1 and s.tenant_id = $2`

export const LIST_GAPS = `
select from_at as "from", to_at as "to", code, message from sweep_gaps where shop_id = $1 order by to_at desc, from_at limit $2`

export const LIST_DAYS = `
select to_char(d.day, 'YYYY-MM-DD') as day, c.mall, coalesce(c.here, 0) as here, coalesce(c.pending, 0) as pending,
  coalesce(c.missing, 0) as missing, coalesce(c.missing_numbers, '{}') as "missingNumbers", c.verified_at as "verifiedAt",
  exists (
    select from sweep_gaps g where g.shop_id = $1 and g.from_at < (d.day + interval '1 day')::timestamp at time zone 'Asia/Tokyo'
      and g.to_at > d.day::timestamp at time zone 'Asia/Tokyo') as holed
from generate_series($2::date, $3::date, interval '1 day') as d (day)
left join shop_days c on c.shop_id = $1 and c.day = d.day::date
order by d.day desc`

/** Reads how complete all shops are, for a scrape. */
export async function readSweepGauges(deps: {
  pool: Queries
  clock: Clock
  metrics: Pick<Metrics, 'ordersMissing' | 'sweepLag'>
}): Promise<void> {
  const { rows } = await deps.pool.query<{ marketplace: string; missing: number; behind: Date | null }>(
    READ_GAUGES,
  )
  deps.metrics.ordersMissing.reset()
  deps.metrics.sweepLag.reset()
  for (const { marketplace, missing, behind } of rows) {
    deps.metrics.ordersMissing.set({ marketplace }, missing)
    if (behind)
      deps.metrics.sweepLag.set({ marketplace }, Math.max(0, (deps.clock.now() - behind.getTime()) / 1000))
  }
}
