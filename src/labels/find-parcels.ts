import type { Pool } from 'pg'
import { normaliseTracking, searchHashes } from '../orders/store/search-tokens.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { AppError } from '../platform/errors.ts'
import { parseLabelKey } from './label-key.ts'
import { FIND_PARCELS } from './statements.ts'

interface FoundOrder {
  orderId: string
  orderNumber: string
  recipientId: string | null
}

/**
 * Parcels that a scanned code may mean: orders of one bundle are one.
 * @throws AppError NOT_FOUND
 */
export async function findParcels(
  { pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'fingerprints'> },
  tenantId: string,
  code: string,
): Promise<{ orders: FoundOrder[] }[]> {
  const { rows } = await pool.query<FoundOrder & { bundleId: string | null }>(
    FIND_PARCELS({
      tenant: tenantId,
      hashes: searchHashes(sealer, tenantId, 'tracking', normaliseTracking(code)),
      key: parseLabelKey(code) ?? '',
      number: code.normalize('NFKC').trim(),
    }),
  )
  if (rows.length === 0)
    throw new AppError('NOT_FOUND', 'このコードの荷物はありません。読み取ったコードを確認してください。')
  const parcels = Map.groupBy(rows, ({ orderId, bundleId }) => bundleId ?? orderId)
  return [...parcels.values()].map((orders) => ({
    orders: orders.map(({ orderId, orderNumber, recipientId }) => ({ orderId, orderNumber, recipientId })),
  }))
}
