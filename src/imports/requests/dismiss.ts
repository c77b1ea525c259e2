import { AppError } from '../../platform/errors.ts'
import type { ImportDeps } from '../import-orders.ts'
import { readRequest } from './read.ts'
import { DISMISSED } from './result-codes.ts'

/**
 * A person has decided that this order is not wanted here, or looked after it elsewhere: it is not asked for any more, and
 * its day is complete without it. Holds for all requests for the number that failed or still wait; of an order that is here
 * only for this one, because the others keep it fresh. Dismissing again changes nothing; asking for the number again by
 * `POST /v1/orders/import` imports it after all.
 * @throws AppError NOT_FOUND; CONFLICT when the request has ended otherwise
 */
export async function dismissRequest(
  deps: Pick<ImportDeps, 'pool' | 'clock' | 'sealer'>,
  tenantId: string,
  id: string,
) {
  const before = await readRequest(deps, tenantId, id)
  if (before.outcome === DISMISSED) return before
  const { rowCount } = await deps.pool.query(DISMISS, [
    tenantId,
    before.shopId,
    before.orderNumber,
    new Date(deps.clock.now()),
    DISMISSED,
    '担当者が取込対象外にしました。取り込む場合は受注番号を指定して注文取込を行ってください。',
    id,
  ])
  const after = await readRequest(deps, tenantId, id)
  if (rowCount === 0 || after.outcome !== DISMISSED)
    throw new AppError('CONFLICT', 'この注文の取込はすでに完了しています。受注の一覧を確認してください。')
  return after
}

const DISMISS = `
update import_requests set state = 'done', outcome = $5, message = $6, finished_at = $4
where tenant_id = $1 and shop_id = $2 and order_number = $3 and state in ('waiting', 'failed')
  and exists (select from import_requests this where this.id = $7 and this.state in ('waiting', 'failed'))
  and (id = $7 or not exists (select from orders where shop_id = $2 and order_number = $3))`
