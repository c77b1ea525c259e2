import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { z } from 'zod'
import { keyReused, storedKey } from '../http/idempotency.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime } from '../http/schemas.ts'
import { EVERY_MALL, isOfFirstRelease } from '../marketplaces/facts.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Clock } from '../platform/clock.ts'
import { durably } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import { LIST_PULLS, MAKE_BATCH_OF_KEY, READ_BATCH, READ_BATCH_BY_KEY } from './hand-over/statements.ts'
import { fullOrders, type OpenDeps, type OrderRowWithDetail } from './order-json.ts'
import type { PullAnswer, PullList, PullQuery, PullRequest } from './schemas.ts'

/** Batches of 受注取込, and the deprecated way to make one: under an `Idempotency-Key`. */

export interface PullDeps extends OpenDeps {
  pool: Pool
  clock: Clock
  newId: NewId
  metrics: Pick<Metrics, 'pulls' | 'ordersPulled'>
}

export type PulledBatch = Omit<z.infer<typeof PullAnswer>, 'dryRun'>

export type Selection = Pick<z.infer<typeof PullRequest>, 'shopId' | 'marketplace' | 'limit'> & {
  /** Malls that the client can read; left out: all. */
  known?: readonly MarketplaceName[] | null
}

export interface Puller {
  tenantId: string
  actor: string
  /** Address that the request came from. */
  source?: string
  /** Shops that the caller is bound to; absent or null: all of the tenant. */
  shops?: readonly string[] | null
}

/** The batch beside each order; a batch whose orders are gone is one row without an order. */
export type BatchRow = {
  batchId: string
  madeAt: Date
  remaining: number
  requestHash: Buffer | null
  batchNumber: number | null
} & (OrderRowWithDetail | { id: null })

export type Batched = BatchRow | { batchId: null }

/**
 * 受注取込 under a key, which finds its batch again for ever. An empty answer does not use the key up: a client
 * keeps its key until that brought a batch, since a copy of the request that comes late may still make one.
 * Clients that name a position have no such rule to keep (src/orders/hand-over). Orders of malls that such a
 * client may not read stay staged ({@link knownByKey}).
 * @throws AppError IDEMPOTENCY_KEY_REUSED for another selection, FORBIDDEN as {@link answerOf}
 */
export async function pullOrders(
  deps: PullDeps,
  { idempotencyKey, ...puller }: Puller & { idempotencyKey: string },
  selection: Selection,
): Promise<PulledBatch> {
  const { tenantId } = puller
  const hash = hashOf(selection)
  const key = storedKey(tenantId, idempotencyKey)
  const readByKey = async () =>
    (await deps.pool.query<BatchRow & { desk: string | null }>(READ_BATCH_BY_KEY({ tenant: tenantId, key })))
      .rows
  const replay = async (rows: BatchRow[]): Promise<PulledBatch> => {
    if (!rows[0]?.requestHash?.equals(hash)) throw keyReused('条件の受注取込')
    deps.metrics.pulls.inc({ result: 'replayed' })
    return answerOf(deps, puller, rows, true)
  }
  const known = await readByKey()
  if (known.length > 0) return replay(known)

  const values = valuesOf(deps, puller, { ...selection, known: knownByKey(selection) })
  const { made, left, withheld } = await insertBatch(deps, MAKE_BATCH_OF_KEY({ ...values, key, hash }))
  const more = withheld > 0 ? { withheld } : {}
  if (made.length > 0) return { ...(await answerOf(deps, puller, made, false)), ...more }
  // Another request may have made the batch of this key meanwhile.
  const theirs = await readByKey()
  if (theirs.length > 0) return replay(theirs)
  deps.metrics.pulls.inc({ result: 'empty' })
  return {
    pullId: values.pull,
    pulledAt: values.now.toISOString(),
    orders: [],
    remaining: left,
    replayed: false,
    ...more,
    ...OF_NO_DESK,
  }
}

/**
 * Malls of the release that had this form alone. A client that was generated from its document throws at any
 * other, and would never read the batch. One that asks for a mall by its name knows it.
 */
export const knownByKey = ({ marketplace }: Pick<Selection, 'marketplace'>): MarketplaceName[] | null =>
  marketplace === undefined ? EVERY_MALL.filter(isOfFirstRelease).map(({ name }) => name) : null

export const OF_NO_DESK = { desk: null, number: null, since: null, position: null } as const

/** Parameters that every statement which makes a batch takes. */
export function valuesOf(deps: Pick<PullDeps, 'clock' | 'newId'>, puller: Puller, selection: Selection) {
  return {
    ...selectionOf(puller, selection),
    pull: deps.newId(),
    now: new Date(deps.clock.now()),
    limit: selection.limit,
    events: Array.from({ length: selection.limit }, deps.newId),
    actor: puller.actor,
  }
}

export const selectionOf = (
  { tenantId, shops = null }: Pick<Puller, 'tenantId' | 'shops'>,
  { shopId, marketplace, known = null }: Pick<Selection, 'shopId' | 'marketplace' | 'known'>,
) => ({ tenant: tenantId, shop: shopId ?? null, marketplace: marketplace ?? null, shops, known })

interface Turn {
  left: number
  /** Staged orders of malls that the client cannot read. */
  withheld: number
  hasTurn: boolean
}

/** Runs one of the statements that make a batch, and counts what came of it. */
export async function insertBatch(
  { pool, metrics }: Pick<PullDeps, 'pool' | 'metrics'>,
  bound: ReturnType<typeof MAKE_BATCH_OF_KEY>,
): Promise<{ made: BatchRow[] } & Turn> {
  const { rows } = await durably(pool, (queries) =>
    queries.query<Batched & { position: number | null } & Turn>(bound),
  )
  const made = rows.filter(isOfBatch)
  if (made.length > 0) metrics.pulls.inc({ result: 'made' })
  for (const order of made)
    if (order.id !== null) metrics.ordersPulled.inc({ marketplace: order.marketplace })
  const { left, withheld, hasTurn } = present(rows[0])
  return { made, left, withheld, hasTurn }
}

export const isOfBatch = <Row extends Batched>(row: Row): row is Row & BatchRow => row.batchId !== null

/** A batch as it was made, its orders as they are now. @throws AppError NOT_FOUND */
export async function readPull(deps: PullDeps, tenantId: string, pullId: string): Promise<PulledBatch> {
  const { rows } = await deps.pool.query<BatchRow & { desk: string | null }>(
    READ_BATCH({ tenant: tenantId, id: pullId }),
  )
  const [first] = rows
  if (first === undefined)
    throw new AppError('NOT_FOUND', '受注取込の記録が見つかりません。pullId を確認してください。')
  return { ...(await answerOf(deps, { tenantId, actor: '' }, rows, true)), desk: first.desk }
}

/**
 * A batch as the API shows it.
 * @throws AppError FORBIDDEN for a caller that is bound to shops, where the batch has orders of others
 */
export async function answerOf(
  deps: OpenDeps,
  { tenantId, shops = null }: Puller,
  rows: BatchRow[],
  replayed: boolean,
): Promise<PulledBatch> {
  const first = present(rows[0])
  const orders = rows.filter((row): row is Extract<BatchRow, OrderRowWithDetail> => row.id !== null)
  if (shops !== null && orders.some(({ shopId }) => !shops.includes(shopId)))
    throw new AppError(
      'FORBIDDEN',
      'この受注取込には、この API キーで扱えない店舗の受注が含まれています。店舗を限定しないキーを使うか、desk に別の名前を指定してください。',
      { details: { reason: 'shop_scope' } },
    )
  return {
    ...OF_NO_DESK,
    pullId: first.batchId,
    pulledAt: first.madeAt.toISOString(),
    number: first.batchNumber,
    orders: await fullOrders(deps, tenantId, orders),
    remaining: first.remaining,
    replayed,
  }
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
    LIST_PULLS({
      tenant: tenantId,
      from: from === undefined ? null : new Date(from),
      to: to === undefined ? null : new Date(to),
      at: at === null ? null : new Date(at),
      id,
      most: limit + 1,
      shops,
    }),
  )
  const page = pageOf(rows, limit, (row) => [row.pulledAt.toISOString(), row.pullId])
  return {
    pulls: page.rows.map((row) => ({ ...row, pulledAt: row.pulledAt.toISOString() })),
    nextCursor: page.nextCursor,
  }
}

/** Fields in a fixed order and the defaults filled in: what means the same has the same hash. */
function hashOf({ shopId, marketplace, limit }: Selection): Buffer {
  const canonical = JSON.stringify([shopId ?? null, marketplace ?? null, limit])
  return createHash('sha256').update(canonical).digest()
}
