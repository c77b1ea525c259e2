import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { ReimportAccepted, ReimportAnswer, ReimportOrders } from '../orders/schemas.ts'
import type { ApplyMode, Difference } from '../orders/store/content.ts'
import { differenceContext } from '../orders/store/refresh.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { AppError, codeOf } from '../platform/errors.ts'
import type { ImportDeps } from './import-orders.ts'
import { requestImports } from './requests/statements.ts'
import { INSERT_REIMPORT, LINK_REIMPORT, LIST_REIMPORTED, READ_REIMPORT } from './statements.ts'

export type ReimportDeps = Pick<ImportDeps, 'pool' | 'sealer' | 'clock' | 'newId' | 'wakeQueue'>

interface Target {
  id: string
  shopId: string
  orderNumber: string
  purged: boolean
}

/**
 * 注文再取込: reads known orders again at their malls; only begins it. The differences, and what was taken over of
 * them, stand in the answer to `readReimport` when they have come.
 * @throws AppError VALIDATION_FAILED naming orders that are unknown or purged, CONFLICT while one is being
 * imported again
 */
export async function reimportOrders(
  deps: ReimportDeps,
  caller: { tenantId: string; actor: string },
  { orderIds, apply }: z.infer<typeof ReimportOrders>,
): Promise<z.infer<typeof ReimportAccepted>> {
  const ids = [...new Set(orderIds)]
  const targets = await readTargets(deps.pool, caller.tenantId, orderIds)
  const reimportId = deps.newId()
  const at = new Date(deps.clock.now())
  const orders = await inTransaction(deps.pool, async (client) => {
    await requestImports(
      client,
      deps,
      [...targets.values()].map(({ shopId, orderNumber }) => ({
        tenantId: caller.tenantId,
        shopId,
        orderNumber,
        purpose: 'reimport' as const,
        source: 'person' as const,
      })),
    )
    await client.query(
      INSERT_REIMPORT({ id: reimportId, tenant: caller.tenantId, apply, actor: caller.actor, at }),
    )
    const { rows } = await client.query<{ orderId: string; requestId: string }>(
      LINK_REIMPORT({ reimport: reimportId, orders: ids }),
    )
    return rows
  }).catch(refuseTwice)
  await deps.wakeQueue.wake([...new Set([...targets.values()].map(({ shopId }) => shopId))])
  return { reimportId, orders }
}

async function readTargets(
  pool: Pool,
  tenantId: string,
  orderIds: readonly string[],
): Promise<Map<string, Target>> {
  const { rows } = await pool.query<Target>(LIST_REIMPORTED({ tenant: tenantId, orders: orderIds }))
  const targets = new Map(rows.map((row) => [row.id, row]))
  const wrong = orderIds.flatMap((id, index) => {
    const field = `orderIds[${index}]`
    const target = targets.get(id)
    if (!target)
      return [{ field, message: '受注が見つかりません。取り除いて送り直してください。', code: 'not_found' }]
    if (target.purged)
      return [{ field, message: '保存期間が終わった受注は再取込できません。', code: 'purged' }]
    return []
  })
  if (wrong.length > 0) throw invalid(wrong)
  return targets
}

/** A request serves one re-import: the unique column refuses a second one while the first is waiting. */
function refuseTwice(error: unknown): never {
  if (codeOf(error) === '23505') {
    throw new AppError(
      'CONFLICT',
      '再取込中の受注が含まれています。終わるのを待ってから、もう一度実行してください。',
    )
  }
  throw error
}

interface ReimportRow {
  apply: ApplyMode
  requestedAt: Date
  orderId: string
  requestId: string
  finishedAt: Date | null
  versionBefore: number | null
  versionAfter: number | null
  sealedDifference: Buffer | null
  state: 'waiting' | 'done' | 'failed' | null
  outcome: string | null
  message: string | null
}

/** @throws AppError NOT_FOUND, also for another tenant's */
export async function readReimport(
  { pool, sealer }: Pick<ReimportDeps, 'pool' | 'sealer'>,
  tenantId: string,
  reimportId: string,
): Promise<z.infer<typeof ReimportAnswer>> {
  const { rows } = await pool.query<ReimportRow>(READ_REIMPORT({ reimport: reimportId, tenant: tenantId }))
  const [first] = rows
  if (!first) throw new AppError('NOT_FOUND', '再取込が見つかりません。ID を確認してください。')
  const orders = rows.map((row) => ({
    orderId: row.orderId,
    requestId: row.requestId,
    state: stateOf(row),
    outcome: row.finishedAt ? null : row.outcome,
    message: row.finishedAt ? null : row.message,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    versionBefore: row.versionBefore,
    versionAfter: row.versionAfter,
    differences:
      row.sealedDifference &&
      sealer
        .of(tenantId)
        .openJson<Difference[]>(differenceContext(reimportId, row.orderId), row.sealedDifference),
  }))
  return { id: reimportId, apply: first.apply, requestedAt: first.requestedAt.toISOString(), orders }
}

/** A request that ended without the mall giving the order out (skipped) has brought nothing either. */
const stateOf = ({ finishedAt, state }: ReimportRow): 'waiting' | 'done' | 'failed' =>
  finishedAt ? 'done' : state === 'waiting' ? 'waiting' : 'failed'
