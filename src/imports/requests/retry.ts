import type { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import type { ImportDeps } from '../import-orders.ts'
import type { RetryFailed } from '../schemas.ts'
import { readRequest } from './read.ts'
import { ASK_FOR_MS } from './retry-schedule.ts'

/**
 * Asks again at once, as a person wishes: a failed request begins anew with its full time, a waiting one is
 * moved forward.
 * @throws AppError NOT_FOUND; CONFLICT when it is done, or when the same number is being asked for by another
 * request
 */
export async function retryRequest(deps: ImportDeps, tenantId: string, id: string) {
  const before = await readRequest(deps, tenantId, id)
  if (before.state === 'done') {
    throw new AppError('CONFLICT', 'この注文の取込はすでに完了しています。受注の一覧を確認してください。')
  }
  const now = deps.clock.now()
  const { rowCount } = await deps.pool
    .query(RETRY, [id, tenantId, new Date(now), new Date(now + ASK_FOR_MS)])
    .catch((error: { code?: string }) => {
      if (error.code === UNIQUE_VIOLATION) throw alreadyWaiting()
      throw error
    })
  if (rowCount === 0)
    throw new AppError('CONFLICT', 'この注文の取込は操作中に完了しました。一覧を再読み込みしてください。')
  await deps.wakeQueue.wake([before.shopId])
  return readRequest(deps, tenantId, id)
}

const UNIQUE_VIOLATION = '23505'

const alreadyWaiting = (): AppError =>
  new AppError('CONFLICT', '同じ受注番号の取込要求がすでに待機中です。そちらの結果を確認してください。')

const RETRY = `
update import_requests set state = 'waiting', asks = asks + 1, source = case when state = 'failed' then 'person' else source end,
  trust = null, attempts = case when state = 'failed' then 0 else attempts end, next_attempt_at = $3, expires_at = $4,
  pending_until = case when state = 'failed' then null else pending_until end, outcome = null, message = null, sealed_mall_message = null, finished_at = null
where id = $1 and tenant_id = $2 and state <> 'done'`

/**
 * Asks again at once for everything that was given up, or for what one cause or one shop had given up. Of
 * several failed requests for one number the newest begins anew; a number that is being asked for already is
 * left alone. Another tenant's shop has nothing to retry.
 */
export async function retryFailed(
  deps: Pick<ImportDeps, 'pool' | 'clock' | 'wakeQueue'>,
  tenantId: string,
  { cause, shopId }: z.infer<typeof RetryFailed>,
): Promise<{ retried: number }> {
  const now = deps.clock.now()
  const { rows } = await deps.pool.query<{ shopId: string }>(RETRY_ALL, [
    tenantId,
    new Date(now),
    new Date(now + ASK_FOR_MS),
    cause ?? null,
    shopId ?? null,
  ])
  await deps.wakeQueue.wake([...new Set(rows.map((row) => row.shopId))])
  return { retried: rows.length }
}

const RETRY_ALL = `
update import_requests r set state = 'waiting', source = 'person', trust = null, attempts = 0, next_attempt_at = $2, expires_at = $3,
  pending_until = null, outcome = null, message = null, sealed_mall_message = null, finished_at = null
where r.state = 'failed' and r.id in (
  select distinct on (f.shop_id, f.order_number, f.purpose) f.id from import_requests f
  where f.shop_id in (select id from shops where tenant_id = $1) and f.state = 'failed' and ($4::text is null or f.outcome = $4) and ($5::uuid is null or f.shop_id = $5)
    and not exists (
      select from import_requests o where o.shop_id = f.shop_id and o.order_number = f.order_number and o.purpose = f.purpose
        and o.state = 'waiting')
  order by f.shop_id, f.order_number, f.purpose, f.requested_at desc
)
returning r.shop_id::text as "shopId"`
