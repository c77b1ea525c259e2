import type { Pool } from 'pg'
import { z } from 'zod'
import { decodeCursor, pageOf } from '../../http/paging.ts'
import { CursorTime } from '../../http/schemas.ts'
import { ifOpens, type RowSealer, type Sealer } from '../../platform/crypto/sealer.ts'
import {
  type BoundStatement,
  type Parameters,
  statement,
  type ValuesOf,
} from '../../platform/db/statement.ts'
import { AppError } from '../../platform/errors.ts'
import type { ImportRequestAnswer, ImportRequestQuery, ImportScanAnswer } from '../schemas.ts'

type Answer = z.infer<typeof ImportRequestAnswer>
type Row = Omit<Answer, 'nextAttemptAt' | 'requestedAt' | 'finishedAt' | 'mallMessage'> & {
  sealedMallMessage: Buffer | null
  nextAttemptAt: Date
  requestedAt: Date
  finishedAt: Date | null
}

export const mallMessageContext = (requestId: string): string => `import_request:${requestId}:mall_message`

interface ReadDeps {
  pool: Pool
  sealer: Pick<Sealer, 'of'>
}

const opened = (sealer: RowSealer, id: string, sealed: Buffer | null): string | null =>
  sealed && ifOpens(() => sealer.open(mallMessageContext(id), sealed).toString('utf8'))

const FIELDS = `r.id::text, r.shop_id::text as "shopId", r.order_number as "orderNumber", o.id::text as "orderId", r.purpose, r.source,
  r.state::text, r.attempts, r.next_attempt_at as "nextAttemptAt", r.outcome, r.message, r.sealed_mall_message as "sealedMallMessage", r.retries,
  r.requested_at as "requestedAt", r.finished_at as "finishedAt"`

const FIND = statement(
  { id: 'uuid', tenant: 'uuid' },
  `
select ${FIELDS}
from import_requests r
left join orders o on o.shop_id = r.shop_id and o.order_number = r.order_number
where r.id = :id and r.tenant_id = :tenant`,
)

const PAGE = {
  tenant: 'uuid',
  states: 'import_state[]',
  shop: 'uuid?',
  at: 'timestamptz',
  id: 'uuid',
  limit: 'int',
  shops: 'uuid[]?',
} as const

/**
 * A page, each part of it read from one place of one index on, in the order of the page: a shop at a time, in
 * a state or with an outcome. So it costs the same however long the history is and however little
 * of it matches. What is here no longer for long (waiting, failed) is narrowed by its state, the rest by its
 * outcome. Rows of one page lie together in their table, and so do a shop's order numbers: each look-up of
 * many goes down its index once, where one for each row would grow with the height of the index.
 */
const pageWhere = <const P extends Parameters>(parameters: P, condition: string, states: string) =>
  statement(
    { ...PAGE, ...parameters },
    `
with page as (
  select n.id, n.requested_at from shops s ${states} cross join lateral (
    select r.id, r.requested_at from import_requests r
    where r.shop_id = s.id and ${condition} and (r.requested_at, r.id) < (:at, :id)
    order by r.requested_at desc, r.id desc
    limit :limit
  ) n
  where s.tenant_id = :tenant and (:shop is null or s.id = :shop) and (:shops is null or s.id = any(:shops))
  order by n.requested_at desc, n.id desc
  limit :limit
), r as materialized (
  select * from import_requests where id = any(array(select id from page))
), o as materialized (
  select o.* from (select shop_id, array_agg(order_number) as numbers from r group by shop_id) s cross join lateral (
    select o.id, o.shop_id, o.order_number from orders o where o.shop_id = s.shop_id and o.order_number = any(s.numbers)
  ) o
)
select ${FIELDS}
from r left join o on o.shop_id = r.shop_id and o.order_number = r.order_number
order by r.requested_at desc, r.id desc`,
  )

const EACH_STATE = 'cross join unnest(:states) as wanted (state)'
const BY_STATE = pageWhere(
  { outcome: 'text?' },
  'r.state = wanted.state and (:outcome is null or r.outcome = :outcome)',
  EACH_STATE,
)
const BY_OUTCOME = pageWhere({ outcome: 'text' }, 'r.outcome = :outcome and r.state = any(:states)', '')
const BY_NUMBER = pageWhere(
  { outcome: 'text?', number: 'text' },
  'r.order_number = :number and r.state = any(:states) and (:outcome is null or r.outcome = :outcome)',
  '',
)

const STATES = ['waiting', 'done', 'failed']

function pageOfRequests(
  page: ValuesOf<typeof PAGE>,
  { orderNumber, outcome, state }: z.infer<typeof ImportRequestQuery>,
): BoundStatement {
  if (orderNumber !== undefined) return BY_NUMBER({ ...page, number: orderNumber, outcome: outcome ?? null })
  if (outcome === undefined || state === 'waiting' || state === 'failed')
    return BY_STATE({ ...page, outcome: outcome ?? null })
  return BY_OUTCOME({ ...page, outcome })
}

/** Later than any. */
const NEWEST: [string, string] = ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']

/** One page of a tenant's import requests, newest first. */
export async function readRequestPage(
  { pool, sealer }: ReadDeps,
  tenantId: string,
  query: z.infer<typeof ImportRequestQuery>,
  shops: readonly string[] | null = null,
) {
  const [at, id] =
    query.cursor === undefined ? NEWEST : decodeCursor(query.cursor, z.tuple([CursorTime, z.uuid()]))
  const { rows } = await pool.query<Row>(
    pageOfRequests(
      {
        tenant: tenantId,
        states: query.state ? [query.state] : STATES,
        shop: query.shopId ?? null,
        at,
        id,
        limit: query.limit + 1,
        shops,
      },
      query,
    ),
  )
  const page = pageOf(rows, query.limit, (row) => [row.requestedAt.toISOString(), row.id])
  return {
    importRequests: page.rows.map((row) => toAnswer(row, sealer.of(tenantId))),
    nextCursor: page.nextCursor,
  }
}

/** @throws AppError NOT_FOUND, also for another tenant's */
export async function readRequest({ pool, sealer }: ReadDeps, tenantId: string, id: string): Promise<Answer> {
  const { rows } = await pool.query<Row>(FIND({ id, tenant: tenantId }))
  const [row] = rows
  if (!row)
    throw new AppError('NOT_FOUND', '取込要求が見つかりません。一覧を再読み込みして確認してください。')
  return toAnswer(row, sealer.of(tenantId))
}

const toAnswer = ({ sealedMallMessage, ...row }: Row, sealer: RowSealer): Answer => ({
  ...row,
  mallMessage: opened(sealer, row.id, sealedMallMessage),
  retries: row.retries.map(({ at, code }) => ({ at: new Date(at).toISOString(), code })),
  nextAttemptAt: row.state === 'waiting' ? row.nextAttemptAt.toISOString() : null,
  requestedAt: row.requestedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
})

const FIND_SCAN = statement(
  { id: 'uuid', tenant: 'uuid' },
  `select id::text, shop_id::text as "shopId", from_at as "from", to_at as "to", state::text, window_from as "readTo", listed,
     requested, outcome, message, requested_at as "requestedAt", finished_at as "finishedAt"
   from import_scans where id = :id and tenant_id = :tenant`,
)

type ScanAnswer = z.infer<typeof ImportScanAnswer>
type ScanRow = Omit<ScanAnswer, 'from' | 'to' | 'readTo' | 'requestedAt' | 'finishedAt'> & {
  from: Date
  to: Date
  readTo: Date
  requestedAt: Date
  finishedAt: Date | null
}

/** @throws AppError NOT_FOUND, also for another tenant's */
export async function readScan(pool: Pool, tenantId: string, id: string): Promise<ScanAnswer> {
  const { rows } = await pool.query<ScanRow>(FIND_SCAN({ id, tenant: tenantId }))
  const [row] = rows
  if (!row) throw new AppError('NOT_FOUND', '期間指定の取込が見つかりません。ID を確認してください。')
  return {
    ...row,
    from: row.from.toISOString(),
    to: row.to.toISOString(),
    readTo: row.readTo.toISOString(),
    requestedAt: row.requestedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }
}
