import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { readDuePage, shopsWithDue } from '../../worker/due-shops.ts'
import type { DuePage, DueShop } from '../../worker/shop-job.ts'

/** A period import (期間指定の取込) and how far it has come. */
export interface Scan {
  id: string
  fromAt: Date
  toAt: Date
  windowFrom: Date
  page: string | null
  attempts: number
}

export async function readDueScan(queries: Queries, shopId: string, now: Date): Promise<Scan | null> {
  const { rows } = await queries.query<Scan>({ ...DUE, values: [shopId, now] })
  return rows[0] ?? null
}

const DUE = statement(
  `select id::text, from_at as "fromAt", to_at as "toAt", window_from as "windowFrom", page, attempts
   from import_scans where shop_id = $1 and state = 'waiting' and next_attempt_at <= $2
   order by next_attempt_at, id limit 1`,
)

export const readShopsWithDueScans = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, DUE_SHOPS, now, page)

const DUE_SHOPS = statement(
  shopsWithDue(`
select shop_id, min(next_attempt_at) as since, max(next_attempt_at) as latest from import_scans
where state = 'waiting' and next_attempt_at <= $1 group by shop_id`),
)

/** Those of the numbers that have no order here. */
export async function unknownNumbers(
  queries: Queries,
  shopId: string,
  numbers: readonly string[],
): Promise<string[]> {
  const { rows } = await queries.query<{ n: string }>(
    `select n from unnest($2::text[]) n
     where not exists (select 1 from orders o where o.shop_id = $1 and o.order_number = n)`,
    [shopId, numbers],
  )
  return rows.map((row) => row.n)
}

// Where the scan stands is part of each condition: of two runs over one page only the first moves it on.
const WHERE_IT_STOOD = `where id = $1 and state = 'waiting' and window_from = $2 and page is not distinct from $3`

export async function advanceScan(
  queries: Queries,
  scan: Scan,
  to: { windowFrom: Date; page: string | null; listed: number; requested: number },
): Promise<void> {
  await queries.query(
    `update import_scans set window_from = $4, page = $5, listed = listed + $6, requested = requested + $7, attempts = 0,
       outcome = null, message = null ${WHERE_IT_STOOD}`,
    [scan.id, scan.windowFrom, scan.page, to.windowFrom, to.page, to.listed, to.requested],
  )
}

export async function endScan(
  queries: Queries,
  scan: Scan,
  end: {
    state: 'done' | 'failed'
    code: string
    message: string | null
    listed: number
    requested: number
  },
  at: Date,
): Promise<void> {
  await queries.query(
    `update import_scans set state = $4::import_state, outcome = $5, message = $6, listed = listed + $7,
       requested = requested + $8, finished_at = $9 ${WHERE_IT_STOOD}`,
    [scan.id, scan.windowFrom, scan.page, end.state, end.code, end.message, end.listed, end.requested, at],
  )
}

export async function postponeScan(
  queries: Queries,
  scan: Scan,
  why: { code: string; message: string },
  next: { at: Date; attempts: number },
): Promise<void> {
  await queries.query(
    `update import_scans set attempts = $7, outcome = $4, message = $5, next_attempt_at = $6 ${WHERE_IT_STOOD}`,
    [scan.id, scan.windowFrom, scan.page, why.code, why.message, next.at, next.attempts],
  )
}
