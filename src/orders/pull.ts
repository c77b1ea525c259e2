import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { z } from 'zod'
import { keyReused, storedKey } from '../http/idempotency.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { durably } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import {
  DETAIL_FIELD,
  fullOrders,
  type OpenDeps,
  ORDER_FIELDS,
  type OrderRowWithDetail,
} from './order-json.ts'
import type { PullAnswer, PullList, PullQuery, PullRequest } from './schemas.ts'

export interface PullDeps extends OpenDeps {
  pool: Pool
  clock: Clock
  newId: NewId
  metrics: Pick<Metrics, 'pulls' | 'ordersPulled'>
}

export type PulledBatch = Omit<z.infer<typeof PullAnswer>, 'dryRun'>

type Selection = Omit<z.infer<typeof PullRequest>, 'dryRun'>

/**
 * 受注取込: hands staged orders over as 新規受付, oldest first. One statement makes the batch, moves its orders and
 * returns them; it either happened as a whole or not at all. The key finds the same batch again, whoever asks
 * and whenever: after a lost answer, after a crash behind the commit, or while the first request is still
 * running. Where nothing was staged the key stays unused, and a copy of the request that comes later than
 * that answer makes no batch, since its client has gone on to another key
 * (docs/decisions/0012-restart-safe-pulls.md).
 * @throws AppError IDEMPOTENCY_KEY_REUSED for another selection; UNAVAILABLE for such a copy: what still
 * waits for its answer asks again
 */
export async function pullOrders(
  deps: PullDeps,
  { tenantId, actor, idempotencyKey }: { tenantId: string; actor: string; idempotencyKey: string },
  selection: Selection,
): Promise<PulledBatch> {
  const requestHash = hashOf(selection)
  const key = storedKey(tenantId, idempotencyKey)
  const { batch: known, token } = await readByKey(deps.pool, tenantId, key)
  if (known.length > 0) return replay(deps, tenantId, known, requestHash)

  const pullId = deps.newId()
  const now = new Date(deps.clock.now())
  const { shopId = null, marketplace = null, limit } = selection
  const { made, left, overtaken } = await insertBatch(deps.pool, [
    ...[pullId, tenantId, key, requestHash, now, shopId, marketplace, limit],
    ...[Array.from({ length: limit }, deps.newId), actor, slotOf(key), token],
  ])
  if (made.length > 0) {
    deps.metrics.pulls.inc({ result: 'made' })
    const batch = await toBatch(deps, tenantId, made, false)
    for (const order of batch.orders) deps.metrics.ordersPulled.inc({ marketplace: order.marketplace })
    return batch
  }
  // Another request may have made the batch of this key: one that overtook this one, or one of the release
  // before, which passes no fence.
  const { batch: theirs } = await readByKey(deps.pool, tenantId, key)
  if (theirs.length > 0) return replay(deps, tenantId, theirs, requestHash)
  if (overtaken) {
    deps.metrics.pulls.inc({ result: 'overtaken' })
    throw new AppError(
      'UNAVAILABLE',
      '同じキーの受注取込が先に処理されました。同じ Idempotency-Key でもう一度お試しください。',
      { details: { retryAfterSeconds: 1 } },
    )
  }
  deps.metrics.pulls.inc({ result: 'empty' })
  return { pullId, pulledAt: now.toISOString(), orders: [], remaining: left, replayed: false }
}

/** Reads the batch that a pull would hand over now. Nothing is moved, locked or kept. */
export async function previewPull(
  deps: PullDeps,
  tenantId: string,
  { shopId, marketplace, limit }: Selection,
): Promise<PulledBatch & { dryRun: true }> {
  const selection = [tenantId, shopId ?? null, marketplace ?? null]
  const { rows } = await deps.pool.query<OrderRowWithDetail>(PREVIEW_BATCH, [...selection, limit])
  const counted = await deps.pool.query<{ staged: number }>(COUNT_STAGED, [...selection, limit + MOST_LEFT])
  return {
    pullId: deps.newId(),
    pulledAt: dateNow(deps.clock).toISOString(),
    replayed: false,
    dryRun: true,
    orders: await fullOrders(deps, tenantId, rows),
    remaining: Math.max(0, (counted.rows[0]?.staged ?? 0) - rows.length),
  }
}

/** A preview counts no further. */
const MOST_LEFT = 10_000

/** A batch as it was made, its orders as they are now. @throws AppError NOT_FOUND */
export async function readPull(deps: PullDeps, tenantId: string, pullId: string): Promise<PulledBatch> {
  const { rows } = await deps.pool.query<BatchRow>(READ_BATCH, [tenantId, pullId])
  if (rows.length === 0)
    throw new AppError('NOT_FOUND', '受注取込の記録が見つかりません。pullId を確認してください。')
  return toBatch(deps, tenantId, rows, true)
}

const PullCursor = z.tuple([CursorTime, z.uuid()])

/**
 * The tenant's batches, newest first.
 * @param shops those that the caller is bound to, whose batches alone are shown; null: all
 * @throws AppError VALIDATION_FAILED for a cursor that is none
 */
export async function listPulls(
  { pool }: Pick<PullDeps, 'pool'>,
  tenantId: string,
  { from, to, cursor, limit }: z.infer<typeof PullQuery>,
  shops: readonly string[] | null,
): Promise<z.infer<typeof PullList>> {
  const [at, id] = cursor === undefined ? [null, null] : decodeCursor(cursor, PullCursor)
  const { rows } = await pool.query<z.infer<typeof PullList>['pulls'][number] & { pulledAt: Date }>(
    LIST_PULLS,
    [tenantId, from ?? null, to ?? null, at, id, limit + 1, shops],
  )
  const page = pageOf(rows, limit, (row) => [row.pulledAt.toISOString(), row.pullId])
  return {
    pulls: page.rows.map((row) => ({ ...row, pulledAt: row.pulledAt.toISOString() })),
    nextCursor: page.nextCursor,
  }
}

/** The batch beside each order; an empty batch, as older releases kept, is one row without an order. */
type BatchRow = { batchId: string; madeAt: Date; remaining: number; requestHash: Buffer } & (
  | OrderRowWithDetail
  | { id: null }
)

type Batched = BatchRow | { batchId: null }

async function insertBatch(
  pool: Pool,
  values: readonly unknown[],
): Promise<{ made: BatchRow[]; left: number; overtaken: boolean }> {
  const { rows } = await durably(pool, (queries) =>
    queries.query<Batched & { position: number | null; left: number; overtaken: boolean }>(MAKE_BATCH, [
      ...values,
    ]),
  )
  const { left, overtaken } = present(rows[0])
  return { made: rows.filter(isOfBatch), left, overtaken }
}

/** The batch of a key, and how often its fence was passed. */
async function readByKey(
  pool: Pool,
  tenantId: string,
  key: string,
): Promise<{ batch: BatchRow[]; token: string }> {
  const values = [tenantId, key, slotOf(key)]
  const { rows } = await pool.query<Batched & { token: string }>(READ_BATCH_BY_KEY, values)
  return { batch: rows.filter(isOfBatch), token: present(rows[0]).token }
}

const isOfBatch = <Row extends Batched>(row: Row): row is Row & BatchRow => row.batchId !== null

/** Fences of a tenant, shared by its keys' hash: few rows, and two keys of one moment seldom meet. */
const SLOTS = 64
const slotOf = (key: string): number => Number.parseInt(key.slice(-2), 16) % SLOTS

async function replay(
  deps: PullDeps,
  tenantId: string,
  rows: BatchRow[],
  requestHash: Buffer,
): Promise<PulledBatch> {
  if (!rows[0]?.requestHash.equals(requestHash)) throw keyReused('条件の受注取込')
  deps.metrics.pulls.inc({ result: 'replayed' })
  return toBatch(deps, tenantId, rows, true)
}

async function toBatch(
  deps: PullDeps,
  tenantId: string,
  rows: BatchRow[],
  replayed: boolean,
): Promise<PulledBatch> {
  const first = present(rows[0])
  const orders = rows.filter((row): row is Extract<BatchRow, OrderRowWithDetail> => row.id !== null)
  return {
    pullId: first.batchId,
    pulledAt: first.madeAt.toISOString(),
    orders: await fullOrders(deps, tenantId, orders),
    remaining: first.remaining,
    replayed,
  }
}

/** Fields in a fixed order and the defaults filled in: what means the same has the same hash. */
function hashOf({ shopId, marketplace, limit }: Selection): Buffer {
  const canonical = JSON.stringify([shopId ?? null, marketplace ?? null, limit])
  return createHash('sha256').update(canonical).digest()
}

const BATCH_COLUMNS = `b.id::text as "batchId", b.created_at as "madeAt", b.remaining, b.request_hash as "requestHash"`

const SELECTED = `o.tenant_id = $2 and o.status = 'auto_imported' and ($6::uuid is null or o.shop_id = $6)
    and ($7::marketplace is null or o.marketplace = $7)`

/**
 * Makes a batch: $1 its id, $2 tenant, $3 key, $4 request hash, $5 now, $6 shop, $7 marketplace, $8 limit, $9
 * ids for the timeline (one per position), $10 actor, $11 slot of the key, $12 token of the slot as
 * READ_BATCH_BY_KEY read it. Answers one row without a batch when nothing is staged, which writes the fence
 * alone, or with \`overtaken\` when a request with this key had its turn since then.
 *
 * One statement: a pull happens as a whole or not at all, and its client waits for up to a thousand orders.
 * - Two pulls at once skip each other's locked rows, so an order is in one batch only.
 * - Two requests with one key queue up at their fence before they touch an order, and the later one does
 *   nothing: the first one made the batch, or answered that there is none. Meanwhile it holds nothing back
 *   from other pulls.
 * - One other key that had its turn at the same fence meanwhile does no harm; of several the last alone is
 *   known, so they count as this key.
 * - What is left is counted shop by shop in the index by status alone, which holds all that is asked for.
 */
export const MAKE_BATCH = `
with turn as (
  insert into pull_fences as f (tenant_id, slot, idempotency_key, token) values ($2, $11, $3, 1)
  on conflict (tenant_id, slot) do update set token = f.token + 1, idempotency_key = excluded.idempotency_key
    where f.token = $12 or (f.token = $12 + 1 and f.idempotency_key <> excluded.idempotency_key)
  returning token
), picked as materialized (
  select o.id, o.ordered_at from orders o
  where exists (select from turn) and ${SELECTED}
  order by o.ordered_at, o.id
  limit $8
  for no key update skip locked
), placed as (
  select id, (row_number() over (order by ordered_at, id))::int as position from picked
), rest as (
  select greatest(0, coalesce(sum(c.n), 0) - (select count(*) from picked))::int as remaining
  from shops s cross join lateral (
    select count(*) as n from orders o where o.tenant_id = $2 and o.shop_id = s.id and o.status = 'auto_imported'
  ) c where s.tenant_id = $2 and ($6::uuid is null or s.id = $6) and ($7::marketplace is null or s.marketplace = $7)
), b as (
  insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
  select $1::uuid, $2, $3, $4, (select count(*) from picked), rest.remaining, $5::timestamptz from rest
  where exists (select from picked)
  on conflict (tenant_id, idempotency_key) do nothing
  returning *
), moved as (
  update orders o set status = 'new', pulled_at = $5, pull_id = b.id, pull_position = p.position, version = o.version + 1,
    updated_at = $5
  from placed p, b
  where o.id = p.id
  returning ${ORDER_FIELDS}, ${DETAIL_FIELD}, p.position
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select ($9::uuid[])[m.position], m.id::uuid, $5, 'pulled', $10::text, jsonb_build_object('pullId', $1::uuid::text) from moved m
)
select ${BATCH_COLUMNS}, rest.remaining as "left", not exists (select from turn) as overtaken, moved.*
from rest left join b on true left join moved on true order by moved.position`

/** The batch and its orders at one moment: read one after the other, a refresh could come between them. */
const readBatch = (condition: string): string => `
select ${BATCH_COLUMNS}, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from pulls b left join orders o on o.pull_id = b.id
where b.tenant_id = $1 and ${condition}
order by o.pull_position`

const STAGED = `orders o where o.tenant_id = $1 and o.status = 'auto_imported' and ($2::uuid is null or o.shop_id = $2)
    and ($3::marketplace is null or o.marketplace = $3)`

/** Reads what MAKE_BATCH would move, at most $4 orders: of tenant $1, shop $2, marketplace $3. */
const PREVIEW_BATCH = `select ${ORDER_FIELDS}, ${DETAIL_FIELD} from ${STAGED} order by o.ordered_at, o.id limit $4`
const COUNT_STAGED = `select count(*)::int as staged from (select from ${STAGED} limit $4) o`

/**
 * Of tenant $1 from $2 to $3, behind the place ($4, $5); $7 shops of which a batch has orders. One statement,
 * since the place is a pair.
 */
const LIST_PULLS = `
select p.id::text as "pullId", p.created_at as "pulledAt", p.order_count as "orderCount", p.remaining
from pulls p
where p.tenant_id = $1 and p.created_at >= coalesce($2, '-infinity'::timestamptz) and p.created_at < coalesce($3, 'infinity'::timestamptz)
  and ($4::timestamptz is null or (p.created_at, p.id) < ($4, $5::uuid))
  and ($7::uuid[] is null or exists (select from orders o where o.pull_id = p.id and o.shop_id = any($7)))
order by p.created_at desc, p.id desc limit $6`

const READ_BATCH = readBatch('b.id = $2')

/**
 * As READ_BATCH, of key $2, beside the token of its slot $3, which MAKE_BATCH compares; one row without a
 * batch where there is none.
 */
const READ_BATCH_BY_KEY = `
select coalesce(f.token, 0)::text as token, ${BATCH_COLUMNS}, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from (select) one left join pull_fences f on f.tenant_id = $1 and f.slot = $3
left join pulls b on b.tenant_id = $1 and b.idempotency_key = $2
left join orders o on o.pull_id = b.id
order by o.pull_position`
