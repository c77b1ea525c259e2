import { ENTRY_UNREADABLE, type Period, type Position } from '../imports/list-position.ts'
import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import { NOT_CLOSED } from '../orders/store/list-difference.ts'
import type { Clock } from '../platform/clock.ts'
import { statement } from '../platform/db/statement.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { BrokenAnswer } from '../worker/mall-failures.ts'
import type { DuePage, DueShop } from '../worker/shop-job.ts'
import { DUE_PAGE, readDuePage, shopsWithDue } from '../worker/statements.ts'
import { type Gap, nextSettle, STOPPED_TOO_LONG } from './plan.ts'

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
  const { rows } = await queries.query<SweepRow>(FIND_DUE_SWEEP({ shop: shopId, now }))
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

const IS_DUE = 'from shop_sweeps where shop_id = :shop and next_at <= :now'

const FIND_DUE_SWEEP = statement(
  { shop: 'uuid', now: 'timestamptz' },
  `select shop_id::text as "shopId", run_at as "runAt", listed_until as "listedUntil", deep_at as "deepAt",
  run_from as "runFrom", run_to as "runTo", window_from as "windowFrom", window_to as "windowTo", page, pass,
  pass_new as "passNew", pass_sum::float8 as "passSum", last_sum::float8 as "lastSum", narrow_ms as "narrowMs", step, settles, attempts, fresh_after::text as "freshAfter", open_from as "openFrom",
  open_to as "openTo", open_page as "openPage", open_attempts as "openAttempts"
  ${IS_DUE}`,
)

/** Fragment of a shop's turn: `:shop`, `:now`. */
export const SWEEP_IS_DUE = `exists (select ${IS_DUE})`

export const readShopsWithDueSweeps = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, DUE_SHOPS, now, page)

// Without a name, so that it is planned for its time: a third of all shops would be due in a plan for any
// time, and all be read.
const DUE_SHOPS = statement(
  DUE_PAGE,
  shopsWithDue('select shop_id, next_at as since, next_at as latest from shop_sweeps where next_at <= :now'),
)

// The step is part of each condition: of two workers over one page only the first moves the sweep on.
const STOOD = { shop: 'uuid', step: 'int', at: 'timestamptz' } as const
const AS_IT_STOOD = 'updated_at = :at where shop_id = :shop and step = :step'

const CLAIM_STEP = statement(STOOD, `update shop_sweeps set step = step + 1, ${AS_IT_STOOD}`)

/** Locks the row for this transaction. False when another worker has moved it on. */
export async function claimStep(client: Queries, { shopId, step }: Sweep, at: Date): Promise<boolean> {
  const { rowCount } = await client.query(CLAIM_STEP({ shop: shopId, step, at }))
  return rowCount === 1
}

const BEGIN_RUN = statement(
  {
    ...STOOD,
    from: 'timestamptz',
    to: 'timestamptz',
    windowFrom: 'timestamptz',
    windowTo: 'timestamptz',
    runAt: 'timestamptz',
    deepAt: 'timestamptz?',
  },
  `update shop_sweeps set step = step + 1, run_from = :from, run_to = :to, window_from = :windowFrom, window_to = :windowTo,
     page = null, pass = 0, pass_new = 0, pass_sum = 0, last_sum = null, narrow_ms = null, settles = 0, attempts = 0,
     run_at = :runAt, deep_at = :deepAt, ${AS_IT_STOOD}`,
)

/** Begins a run. Undefined when another worker did. */
export async function beginRun(
  queries: Queries,
  sweep: Sweep,
  { run, deepAt, runAt }: { run: Run; deepAt: Date | null; runAt: Date },
  at: Date,
): Promise<Sweep | undefined> {
  const { from, to, windowFrom, windowTo } = run
  const { rowCount } = await queries.query(
    BEGIN_RUN({ shop: sweep.shopId, step: sweep.step, at, from, to, windowFrom, windowTo, runAt, deepAt }),
  )
  return rowCount === 1 ? { ...sweep, run, runAt, deepAt, step: sweep.step + 1, settles: 0 } : undefined
}

const MOVE_ON = statement(
  {
    shop: 'uuid',
    windowFrom: 'timestamptz',
    windowTo: 'timestamptz',
    page: 'text?',
    pass: 'int',
    passNew: 'int',
    passSum: 'float8',
    lastSum: 'float8?',
    narrowMs: 'int?',
    runTo: 'timestamptz',
  },
  `update shop_sweeps set window_from = :windowFrom, window_to = :windowTo, page = :page, pass = :pass, pass_new = :passNew,
     pass_sum = :passSum, last_sum = :lastSum, narrow_ms = :narrowMs, run_to = :runTo, attempts = 0, outcome = null, message = null
   where shop_id = :shop`,
)

/**
 * Moves to the next page, within a claimed step. `runTo` moves back when the mall does not guarantee the last
 * minutes.
 */
export async function moveOn(
  client: Queries,
  shopId: string,
  to: Position & Pick<Run, 'narrowMs'> & { runTo: Date },
): Promise<void> {
  const { windowFrom, windowTo, page, pass, passNew, passSum, lastSum, narrowMs, runTo } = to
  await client.query(
    MOVE_ON({ shop: shopId, windowFrom, windowTo, page, pass, passNew, passSum, lastSum, narrowMs, runTo }),
  )
}

const END_RUN = statement(
  {
    shop: 'uuid',
    runTo: 'timestamptz',
    freshAfter: 'uuid?',
    openFrom: 'timestamptz?',
    openTo: 'timestamptz?',
  },
  `update shop_sweeps set run_from = null, run_to = null, window_from = null, window_to = null, page = null, attempts = 0,
     narrow_ms = null, outcome = null, message = null, listed_until = greatest(listed_until, :runTo),
     fresh_after = coalesce(fresh_after, :freshAfter),
     open_from = case when open_to is null then :openFrom else open_from end, open_to = coalesce(open_to, :openTo)
   where shop_id = :shop`,
)

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
    END_RUN({
      shop: shopId,
      runTo,
      freshAfter: rereads ? BEFORE_ALL : null,
      openFrom: openList?.from ?? null,
      openTo: openList?.to ?? null,
    }),
  )
}

/** Smaller than any order's id. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

const UPDATE_FRESH_AFTER = statement(
  { shop: 'uuid', after: 'uuid?' },
  `update shop_sweeps set fresh_after = :after, open_attempts = case when :after is null then 0 else least(open_attempts, 1) end
   where shop_id = :shop`,
)

/**
 * Records, within a claimed step, that open orders up to `after` were read again; null: all of them. When
 * some failed, the rest of the pass proceeds carefully.
 */
export async function updateFreshAfter(client: Queries, shopId: string, after: string | null): Promise<void> {
  await client.query(UPDATE_FRESH_AFTER({ shop: shopId, after }))
}

const UPDATE_OPEN_LIST = statement(
  { shop: 'uuid', from: 'timestamptz?', to: 'timestamptz?', page: 'text?' },
  'update shop_sweeps set open_from = :from, open_to = :to, open_page = :page, open_attempts = 0 where shop_id = :shop',
)

/** Records, within a claimed step, the remaining time of open orders to list; null: none. */
export async function updateOpenList(client: Queries, shopId: string, left: OpenList | null): Promise<void> {
  const { from, to, page } = left ?? { from: null, to: null, page: null }
  await client.query(UPDATE_OPEN_LIST({ shop: shopId, from, to, page }))
}

const POSTPONE_OPEN = statement(
  { ...STOOD, nextAt: 'timestamptz' },
  `update shop_sweeps set step = step + 1, open_attempts = open_attempts + 1, open_page = null,
     next_at = least(:nextAt, greatest(run_at, :at)), ${AS_IT_STOOD}`,
)

/** Postpones open orders that could not be compared, but not the next run. */
export async function postponeOpen(queries: Queries, sweep: Sweep, nextAt: Date, at: Date): Promise<void> {
  await queries.query(POSTPONE_OPEN({ shop: sweep.shopId, step: sweep.step, at, nextAt }))
}

const COME_BACK = statement(
  { shop: 'uuid', nextAt: 'timestamptz', settles: 'int' },
  `update shop_sweeps set settles = :settles,
     next_at = case when fresh_after is null and open_to is null then least(:nextAt, run_at) else next_at end
   where shop_id = :shop`,
)

/**
 * Sets, within a claimed step, when to come back; at once while open orders are left to compare. A run
 * requested meanwhile is not postponed.
 */
export async function comeBack(
  client: Queries,
  shopId: string,
  to: { nextAt: Date; settles: number },
): Promise<void> {
  await client.query(COME_BACK({ shop: shopId, nextAt: to.nextAt, settles: to.settles }))
}

/** Ends the comparison of open orders, within a claimed step. */
export async function endOpen(client: Queries, { shopId, settles, runAt }: Sweep, at: Date): Promise<void> {
  await comeBack(client, shopId, { nextAt: nextSettle(at.getTime(), settles, runAt), settles })
}

const WHY = { outcome: 'text', message: 'text?', nextAt: 'timestamptz' } as const

const POSTPONE_SWEEP = statement(
  { ...STOOD, ...WHY },
  `update shop_sweeps set step = step + 1, attempts = attempts + 1, outcome = :outcome, message = :message, next_at = :nextAt,
     page = null, pass_sum = 0, ${AS_IT_STOOD}`,
)

/** The page was unreadable: again later, from the window's first page, as a place in a list may be lost. */
export async function postponeSweep(
  queries: Queries,
  sweep: Sweep,
  why: Pick<BrokenAnswer, 'code' | 'message'>,
  nextAt: Date,
  at: Date,
): Promise<void> {
  const { code: outcome, message } = why
  await queries.query(POSTPONE_SWEEP({ shop: sweep.shopId, step: sweep.step, at, outcome, message, nextAt }))
}

const NARROW_WINDOW = statement(
  { ...STOOD, ...WHY, from: 'timestamptz', narrowMs: 'int' },
  `update shop_sweeps set step = step + 1, outcome = :outcome, message = :message, next_at = :nextAt,
     page = null, pass = 0, pass_new = 0, pass_sum = 0, last_sum = null, window_from = :from, narrow_ms = :narrowMs, ${AS_IT_STOOD}`,
)

/** The window breaks whenever it is read: its newest part comes next, alone. */
export async function narrowWindow(
  queries: Queries,
  sweep: Sweep,
  why: Pick<BrokenAnswer, 'code' | 'message'>,
  to: { from: Date; narrowMs: number; nextAt: Date },
  at: Date,
): Promise<void> {
  const { code: outcome, message } = why
  await queries.query(NARROW_WINDOW({ shop: sweep.shopId, step: sweep.step, at, outcome, message, ...to }))
}

const DELAY_SWEEP = statement(
  { ...STOOD, nextAt: 'timestamptz' },
  `update shop_sweeps set step = step + 1, next_at = :nextAt, ${AS_IT_STOOD}`,
)

/** The list takes no call before `nextAt`, and nothing is wrong with the place in it. */
export async function delaySweep(queries: Queries, sweep: Sweep, nextAt: Date, at: Date): Promise<void> {
  await queries.query(DELAY_SWEEP({ shop: sweep.shopId, step: sweep.step, at, nextAt }))
}

const LOCK_SWEEPS = statement(
  { shops: 'uuid[]' },
  'select 1 from shop_sweeps where shop_id = any(:shops) order by shop_id for no key update',
)

/** Locks the rows for this transaction, always in the same order. */
export async function lockSweeps(queries: Queries, shopIds: readonly string[]): Promise<void> {
  await queries.query(LOCK_SWEEPS({ shops: shopIds }))
}

/**
 * Shortest time after the last listing before an unverified sender's mail starts the next run, since such
 * mails may come one after another.
 */
const HASTENED_EVERY = `interval '10 seconds'`

// Locked in order, so that two mailboxes of the same shops cannot dead-lock.
const REQUEST_SWEEPS = statement(
  { shops: 'uuid[]', at: 'timestamptz' },
  `with wanted as (
     select shop_id, greatest(:at, listed_until + ${HASTENED_EVERY}) as at
     from shop_sweeps where shop_id = any(:shops) order by shop_id for update)
   update shop_sweeps s set run_at = least(s.run_at, w.at), next_at = least(s.next_at, w.at)
   from wanted w where s.shop_id = w.shop_id`,
)

/**
 * Schedules an early comparison of shops: a mail was unreadable, or a mailbox was reset. Shops that are not
 * swept are left alone.
 */
export async function requestSweeps(queries: Queries, shopIds: readonly string[], at: Date): Promise<void> {
  if (shopIds.length === 0) return
  await queries.query(REQUEST_SWEEPS({ shops: shopIds, at }))
}

const ENSURE_SWEEPS = statement(
  { at: 'timestamptz', spreadMs: 'int' },
  `insert into shop_sweeps (shop_id, next_at, run_at, updated_at)
   select n.id, n.at, n.at, :at from (
     select s.id, :at + make_interval(secs => abs(hashtext(s.id::text)::bigint) % greatest(:spreadMs, 1) / 1000.0) as at
     from shops s where s.enabled and not (${HAS_ORDER_FILES})
       and not exists (select from shop_sweeps w where w.shop_id = s.id) limit 2000
   ) n
   on conflict do nothing`,
)

/** Creates a row for every enabled shop that has a list, with first runs spread over `spreadMs`. */
export async function ensureSweeps(queries: Queries, at: Date, spreadMs: number): Promise<void> {
  await queries.query(ENSURE_SWEEPS({ at, spreadMs }))
}

const LIST_STEPPED = statement(
  { shop: 'uuid', others: 'text[]' },
  `select from_at as "from", to_at as "to" from sweep_gaps where shop_id = :shop and code <> all(:others) order by to_at desc`,
)

/** Lists the times that a run skips, newest first. */
export async function readStepped(queries: Queries, shopId: string): Promise<Period[]> {
  const { rows } = await queries.query<Period>(
    LIST_STEPPED({ shop: shopId, others: [STOPPED_TOO_LONG, ENTRY_UNREADABLE] }),
  )
  return rows
}

const GAP = { shop: 'uuid', from: 'timestamptz', to: 'timestamptz' } as const

const DELETE_GAP = statement(
  GAP,
  'delete from sweep_gaps where shop_id = :shop and from_at = :from and to_at = :to',
)

const INSERT_GAP = statement(
  { ...GAP, id: 'uuid', code: 'text', message: 'text', at: 'timestamptz' },
  `insert into sweep_gaps (id, shop_id, from_at, to_at, code, message, noted_at)
   values (:id, :shop, :from, :to, :code, :message, :at)`,
)

/** Records the same time once, with its latest cause. */
export async function noteGap(
  queries: Queries,
  newId: NewId,
  shopId: string,
  gap: Gap,
  at: Date,
): Promise<void> {
  const { from, to, code } = gap
  const message = gap.message.replaceAll('\0', '').slice(0, 2_000)
  await queries.query(DELETE_GAP({ shop: shopId, from, to }))
  await queries.query(INSERT_GAP({ id: newId(), shop: shopId, from, to, code, message, at }))
}

const CLOSE_GAPS = statement(
  { ...GAP, before: 'timestamptz' },
  `delete from sweep_gaps
   where shop_id = :shop and from_at >= :from and to_at <= :to and noted_at < :before`,
)

/** Closes gaps in a window that was read to its end: all of it is known now. */
export async function closeGaps(
  queries: Queries,
  shopId: string,
  { from, to }: Period,
  runBegan: Date,
): Promise<void> {
  await queries.query(CLOSE_GAPS({ shop: shopId, from, to, before: runBegan }))
}

const IS_OPEN = `o.shop_id = :shop and o.mall_state = 'open' and ${NOT_CLOSED}`

/**
 * Conditions for orders not known to be shipped, here or at the mall: orders that staff may still ship, and
 * held ones of any age. `o` is the order, `:shop` its shop. Repeats the predicate of the index orders_open,
 * which is not used otherwise.
 */
const OPEN = `${IS_OPEN} and (o.ordered_at >= :since or cardinality(o.holds) > 0)`

/** Open orders that a pass compares. */
export interface OpenScope {
  /** For orders not held, and for those that the mall's list contradicts. */
  since: Date
  /** For held orders. */
  heldSince: Date
}

const COMPARED = `
select o.ordered_at from orders o where ${IS_OPEN} and (o.ordered_at >= :since or o.ordered_at >= :heldSince and cardinality(o.holds) > 0)
union all
select o.ordered_at from swept_orders w join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
where w.shop_id = :shop and w.differs_since is not null and o.ordered_at >= least(:since, :heldSince)`

const SCOPE = { shop: 'uuid', since: 'timestamptz', heldSince: 'timestamptz' } as const

const FIND_OPEN_SINCE = statement(SCOPE, `select min(c.ordered_at) as since from (${COMPARED}) c`)

/** Finds when the oldest order to compare was placed; null when there is none. */
export async function readOpenSince(
  queries: Queries,
  shopId: string,
  { since, heldSince }: OpenScope,
): Promise<Date | null> {
  const { rows } = await queries.query<{ since: Date | null }>(
    FIND_OPEN_SINCE({ shop: shopId, since, heldSince }),
  )
  return rows[0]?.since ?? null
}

const FIND_HELD_BEFORE = statement(
  { ...SCOPE, before: 'timestamptz' },
  `select max(c.ordered_at) as at from (${COMPARED}) c where c.ordered_at < :before`,
)

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
    FIND_HELD_BEFORE({ shop: shopId, since: to, heldSince: from, before: to }),
  )
  return rows[0]?.at ?? null
}

export const LIST_OPEN_ORDERS = statement(
  { shop: 'uuid', since: 'timestamptz', after: 'uuid', limit: 'int' },
  `
select o.id::text, o.order_number as "orderNumber", r.sealed_raw as "sealedRaw"
from orders o left join order_raws r on r.order_id = o.id
where ${OPEN} and o.id > :after
order by o.id limit :limit`,
)

const READ_GAUGES = `
select s.marketplace::text, coalesce(sum(d.missing), 0)::int as missing, min(w.verified_until) as behind
from shops s
join tenants t on t.id = s.tenant_id and t.status = 'active'
left join shop_sweeps w on w.shop_id = s.id
left join lateral (select sum(missing) as missing from shop_days where shop_id = s.id and missing > 0) d on true
where s.enabled group by s.marketplace`

export const DELETE_OLD_LISTED = statement(
  { now: 'timestamptz', days: 'int', missingDays: 'int', limit: 'int' },
  `
delete from swept_orders w using (
  select shop_id, order_number from swept_orders
  where day < (:now at time zone 'Asia/Tokyo')::date - :days
    and differs_since is null and (state <> 'open' or day < (:now at time zone 'Asia/Tokyo')::date - :missingDays)
  limit :limit
  for update skip locked
) old
where w.shop_id = old.shop_id and w.order_number = old.order_number`,
)

// Orders found before the shop had its mailbox prove nothing.
export const LIST_NEWEST = statement(
  { shop: 'uuid', since: 'timestamptz' },
  `
select w.listed_at as "listedAt", exists (
  select from import_requests r where r.shop_id = :shop and r.order_number = w.order_number and r.mail_id is not null) as mailed
from swept_orders w
where w.shop_id = :shop and w.live and w.listed_at > greatest(:since, (
  select min(m.created_at) from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id
  where ms.shop_id = :shop and m.enabled)) and exists (
    select from mailbox_shops ms join mailboxes m on m.id = ms.mailbox_id where ms.shop_id = :shop and m.enabled)
order by w.listed_at desc, w.at desc
limit 20`,
)

export const FIND_VERIFIED = statement(
  { shop: 'uuid', tenant: 'uuid' },
  `
select w.verified_until as "verifiedUntil", w.outcome, w.message
from shops s left join shop_sweeps w on w.shop_id = s.id where s.id = :shop and s.tenant_id = :tenant`,
)

export const LIST_GAPS = statement(
  { shop: 'uuid', limit: 'int' },
  `
select from_at as "from", to_at as "to", code, message from sweep_gaps where shop_id = :shop order by to_at desc, from_at limit :limit`,
)

export const LIST_DAYS = statement(
  { shop: 'uuid', from: 'date', to: 'date' },
  `
select to_char(d.day, 'YYYY-MM-DD') as day, c.mall, coalesce(c.here, 0) as here, coalesce(c.pending, 0) as pending,
  coalesce(c.missing, 0) as missing, coalesce(c.missing_numbers, '{}') as "missingNumbers", c.verified_at as "verifiedAt",
  exists (
    select from sweep_gaps g where g.shop_id = :shop and g.from_at < (d.day + interval '1 day')::timestamp at time zone 'Asia/Tokyo'
      and g.to_at > d.day::timestamp at time zone 'Asia/Tokyo') as holed
from generate_series(:from, :to, interval '1 day') as d (day)
left join shop_days c on c.shop_id = :shop and c.day = d.day::date
order by d.day desc`,
)

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
