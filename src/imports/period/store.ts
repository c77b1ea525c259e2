import { statement } from '../../platform/db/statement-names.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { readDuePage, shopsWithDue } from '../../worker/due-shops.ts'
import type { DuePage, DueShop } from '../../worker/shop-job.ts'
import type { Position } from '../list-position.ts'

/** A period import (期間指定の取込) and how far it has come. */
export interface Scan extends Omit<Position, 'windowTo'> {
  id: string
  toAt: Date
  attempts: number
  requestedAt: Date
}

export async function readDueScan(queries: Queries, shopId: string, now: Date): Promise<Scan | null> {
  const { rows } = await queries.query<Scan>({ ...DUE, values: [shopId, now] })
  return rows[0] ?? null
}

const IS_DUE = "from import_scans where shop_id = $1 and state = 'waiting' and next_attempt_at <= $2"

/** $1 shop, $2 now. */
export const SCAN_IS_DUE = `exists (select ${IS_DUE})`

const DUE = statement(
  `select id::text, to_at as "toAt", window_from as "windowFrom", page, pass, pass_new as "passNew",
     pass_sum::float8 as "passSum", last_sum::float8 as "lastSum", attempts, requested_at as "requestedAt"
   ${IS_DUE}
   order by next_attempt_at, id limit 1`,
)

export const readShopsWithDueScans = (queries: Queries, now: Date, page: DuePage): Promise<DueShop[]> =>
  readDuePage(queries, DUE_SHOPS, now, page)

const DUE_SHOPS = statement(
  shopsWithDue(`
select shop_id, min(next_attempt_at) as since, max(next_attempt_at) as latest from import_scans
where state = 'waiting' and next_attempt_at <= $1 group by shop_id`),
)

/** Those of the numbers that have no order here. A later reading asks for none that this import has asked for before. */
export async function unknownNumbers(
  queries: Queries,
  shopId: string,
  numbers: readonly string[],
  { pass, requestedAt }: Pick<Scan, 'pass' | 'requestedAt'>,
): Promise<string[]> {
  const { rows } = await queries.query<{ n: string }>(
    `select n from unnest($2::text[]) n
     where not exists (select from orders o where o.shop_id = $1 and o.order_number = n)
       and ($3::timestamptz is null or not exists (
         select from import_requests r where r.shop_id = $1 and r.order_number = n and (r.state = 'waiting' or r.requested_at >= $3)))`,
    [shopId, numbers, pass === 0 ? null : requestedAt],
  )
  return rows.map((row) => row.n)
}

// Includes the scan's position in each condition: of two runs over one page only the first moves it on.
const WHERE_IT_STOOD = `where id = $1 and state = 'waiting' and window_from = $2 and page is not distinct from $3 and pass = $4`
const standOf = ({ id, windowFrom, page, pass }: Scan) => [id, windowFrom, page, pass]

export async function advanceScan(
  queries: Queries,
  scan: Scan,
  to: Omit<Position, 'windowTo'> & { listed: number; requested: number },
): Promise<void> {
  await queries.query(
    `update import_scans set window_from = $5, page = $6, pass = $7, pass_new = $8, pass_sum = $9, last_sum = $10,
       listed = listed + $11, requested = requested + $12, attempts = 0, outcome = null, message = null ${WHERE_IT_STOOD}`,
    [
      ...[...standOf(scan), to.windowFrom, to.page, to.pass, to.passNew, to.passSum, to.lastSum],
      ...[to.listed, to.requested],
    ],
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
    `update import_scans set state = $5::import_state, outcome = $6, message = $7, listed = listed + $8,
       requested = requested + $9, finished_at = $10 ${WHERE_IT_STOOD}`,
    [...standOf(scan), end.state, end.code, end.message, end.listed, end.requested, at],
  )
}

export async function postponeScan(
  queries: Queries,
  scan: Scan,
  why: { code: string; message: string },
  next: { at: Date; attempts: number },
): Promise<void> {
  await queries.query(
    `update import_scans set attempts = $8, outcome = $5, message = $6, next_attempt_at = $7 ${WHERE_IT_STOOD}`,
    [...standOf(scan), why.code, why.message, next.at, next.attempts],
  )
}
