import { AppError } from '../../platform/errors.ts'
import type { ImportDeps } from '../import-orders.ts'
import { readRequest } from './read.ts'
import { ASK_FOR_MS } from './retry-schedule.ts'

/**
 * Asks again at once, as a person wishes: a failed request begins anew with its full time, a waiting one is moved forward.
 * @throws AppError NOT_FOUND; CONFLICT when it is done, or when the same number is being asked for by another request
 */
export async function retryRequest(deps: ImportDeps, tenantId: string, id: string) {
  const before = await readRequest(deps.pool, tenantId, id)
  if (before.state === 'done') {
    throw new AppError('CONFLICT', 'この取込要求はすでに完了しています。受注の一覧を確認してください。')
  }
  const now = deps.clock.now()
  const { rowCount } = await deps.pool
    .query(RETRY, [id, tenantId, new Date(now), new Date(now + ASK_FOR_MS)])
    .catch((error: { code?: string }) => {
      if (error.code === UNIQUE_VIOLATION) throw alreadyWaiting()
      throw error
    })
  if (rowCount === 0)
    throw new AppError('CONFLICT', 'この取込要求は今の間に完了しました。一覧を再読み込みしてください。')
  await deps.wakeQueue.wake([before.shopId])
  return readRequest(deps.pool, tenantId, id)
}

const UNIQUE_VIOLATION = '23505'

const alreadyWaiting = (): AppError =>
  new AppError('CONFLICT', '同じ受注番号の取込要求がすでに待機中です。そちらの結果を確認してください。')

const RETRY = `
update import_requests set state = 'waiting', source = case when state = 'failed' then 'person' else source end,
  attempts = case when state = 'failed' then 0 else attempts end, next_attempt_at = $3, expires_at = $4,
  pending_until = case when state = 'failed' then null else pending_until end, outcome = null, message = null, mall_message = null, finished_at = null
where id = $1 and tenant_id = $2 and state <> 'done'`
