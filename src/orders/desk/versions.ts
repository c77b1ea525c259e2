import type { Pool } from 'pg'
import type { z } from 'zod'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { AppError } from '../../platform/errors.ts'
import { orderNotFound } from '../read.ts'
import { openEdits } from '../store/edits.ts'
import type { OrderVersionAnswer, OrderVersionList } from './schemas.ts'

interface VersionRow {
  number: number
  endedBy: string
  actor: string
  endedAt: Date
}

const COLUMNS = `v.number, v.ended_by as "endedBy", v.actor, v.ended_at as "endedAt"`

const toVersion = ({ number, endedBy, actor, endedAt }: VersionRow) => ({
  ...{ number, endedBy, actor },
  endedAt: endedAt.toISOString(),
})

/** What an order was before, newest first. @throws AppError NOT_FOUND, also for another tenant's order */
export async function readVersions(
  pool: Pool,
  tenantId: string,
  orderId: string,
): Promise<z.infer<typeof OrderVersionList>> {
  const { rows } = await pool.query<VersionRow | { number: null }>(
    `select ${COLUMNS} from orders o left join order_versions v on v.order_id = o.id
     where o.id = $1 and o.tenant_id = $2 order by v.number desc`,
    [orderId, tenantId],
  )
  if (rows.length === 0) throw orderNotFound()
  const versions = rows.filter((row): row is VersionRow => row.number !== null)
  return { versions: versions.map(toVersion), nextCursor: null }
}

/** @throws AppError NOT_FOUND */
export async function readVersion(
  { pool, sealer }: { pool: Pool; sealer: Sealer },
  tenantId: string,
  orderId: string,
  number: number,
): Promise<z.infer<typeof OrderVersionAnswer>> {
  const { rows } = await pool.query<VersionRow & { detail: Buffer; edits: Buffer | null }>(
    `select ${COLUMNS}, v.sealed_detail as detail, v.sealed_edits as edits from orders o
     join order_versions v on v.order_id = o.id where o.id = $1 and o.tenant_id = $2 and v.number = $3`,
    [orderId, tenantId, number],
  )
  const [row] = rows
  if (!row) throw new AppError('NOT_FOUND', 'この版は残っていません。版の一覧を確認してください。')
  return {
    ...toVersion(row),
    detail: sealer.openJson<NormalisedOrder>(`order:${orderId}:detail`, row.detail),
    edits: openEdits(sealer, orderId, row.edits),
  }
}
