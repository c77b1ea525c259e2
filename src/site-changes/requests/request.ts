import type { Pool } from 'pg'
import type { z } from 'zod'
import { canonical, keyReused, storedKey } from '../../http/idempotency.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { inTransaction, type Queries } from '../../platform/db/transaction.ts'
import type { FieldError } from '../../platform/errors.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import { lockOrders } from '../order-state.ts'
import type { ChangeRequest, SiteChangesAccepted } from '../schemas.ts'
import { type CheckedChange, checkChanges, judge } from './check-changes.ts'
import { type InsertDeps, insertChanges } from './insert-changes.ts'
import { readRequested } from './read-changes.ts'
import { readRequestedOrders } from './requested-orders.ts'

export interface RequestDeps extends InsertDeps {
  pool: Pool
  clock: Clock
  marketplaces: Marketplaces
  wakeQueue: Pick<WakeQueue, 'wake'>
}

export interface ChangeCaller {
  tenantId: string
  /** As the timeline names it. */
  actor: string
  idempotencyKey: string
}

/**
 * Queues site changes, all or none, and answers at once. The same key with the same changes answers with
 * those that were made then, as they are now.
 * @throws AppError VALIDATION_FAILED naming the fields, IDEMPOTENCY_KEY_REUSED for other changes under a used
 * key
 */
export async function requestChanges(
  deps: RequestDeps,
  asker: ChangeCaller,
  { changes }: z.infer<typeof ChangeRequest>,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const caller = { ...asker, idempotencyKey: storedKey(asker.tenantId, asker.idempotencyKey) }
  const hashes = deps.sealer.fingerprints('site changes', canonical(changes))
  const known = await readByKey(deps.pool, caller, hashes)
  if (!known) {
    const orders = await readRequestedOrders(deps, caller.tenantId, changes)
    const good = checkChanges(deps.marketplaces, orders, changes)
    await insertOnce(deps, caller, hashes, good)
    await deps.wakeQueue.wake([...new Set(good.map(({ order }) => order.shopId))])
  }
  const siteChanges = await readRequested(deps, caller.tenantId, caller.idempotencyKey)
  return { siteChanges, changes: siteChanges }
}

/** Decides what would become of each change of a request. */
export async function previewChanges(
  deps: Pick<RequestDeps, 'pool' | 'sealer' | 'marketplaces'>,
  tenantId: string,
  { changes }: z.infer<typeof ChangeRequest>,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const errors = await decideChanges(deps, tenantId, changes)
  const checked = changes.map(({ orderId, action }, index) => {
    const wrong = errors[index] ?? []
    const told = wrong.map(({ code = 'invalid', field, message }) => ({ field, message, code }))
    return { orderId, action, ok: wrong.length === 0, errors: told }
  })
  return { siteChanges: [], changes: [], dryRun: true, checked }
}

/** Lists what `requestChanges` would refuse now, by the place in the list, without requesting anything. */
export async function decideChanges(
  deps: Pick<RequestDeps, 'pool' | 'sealer' | 'marketplaces'>,
  tenantId: string,
  changes: z.infer<typeof ChangeRequest>['changes'],
): Promise<FieldError[][]> {
  return judge(deps.marketplaces, await readRequestedOrders(deps, tenantId, changes), changes).errors
}

/** Two requests with one key take turns; the later one finds what the first has made. */
async function insertOnce(
  deps: RequestDeps,
  caller: ChangeCaller,
  hashes: Hashes,
  changes: readonly CheckedChange[],
): Promise<void> {
  const { tenantId, actor, idempotencyKey: key } = caller
  await inTransaction(deps.pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `site changes ${tenantId} ${key}`,
    ])
    if (await readByKey(client, caller, hashes)) return
    await lockOrders(
      client,
      changes.map(({ order }) => order.id),
    )
    const at = new Date(deps.clock.now())
    await insertChanges(
      client,
      deps,
      { tenantId, actor, request: { key, hash: hashes[0] ?? null } },
      changes,
      at,
    )
  })
}

/** Hashes of the whole request, by each of ENCRYPTION_KEYS. The first writes: its key stays longest. */
type Hashes = ReturnType<Sealer['fingerprints']>

async function readByKey(queries: Queries, caller: ChangeCaller, hashes: Hashes): Promise<boolean> {
  const { rows } = await queries.query<{ hash: Buffer | null }>(
    'select request_hash as hash from site_changes where tenant_id = $1 and request_key = $2 limit 1',
    [caller.tenantId, caller.idempotencyKey],
  )
  const [row] = rows
  // Null: its key was rotated out (`ops keys rotate`), and the Idempotency-Key alone has to do.
  if (row?.hash && !hashes.some((hash) => row.hash?.equals(hash))) {
    throw keyReused('内容のサイト変更')
  }
  return row !== undefined
}
