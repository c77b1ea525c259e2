import type { Period, Position } from '../imports/list-position.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { BrokenAnswer } from '../worker/mall-failures.ts'
import type { DuePage, DueShop } from '../worker/shop-job.ts'
import { readDuePage, shopsWithDue } from '../worker/statements.ts'
import { nextSettle } from './plan.ts'

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
