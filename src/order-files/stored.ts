import type { Pool } from 'pg'
import type { StoredOrder } from '../marketplaces/port/session.ts'
import { shipping } from '../marketplaces/port/shipping.ts'
import { openDetail, openEdits, withoutEdits } from '../orders/store/content.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { READ_STORED } from './statements.ts'

interface StoredRow {
  id: string
  orderNumber: string
  revision: string | null
  mallState: StoredOrder['order']['mallState']
  mallStatus: string
  sealedDetail: Buffer
  sealedEdits: Buffer | null
  sealedRaw: Buffer | null
}

/**
 * Orders of a shop without a server, as its last file had them and with what we shipped since: a site change
 * reads its order before and after.
 */
export const createStored =
  ({ pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'of'> }) =>
  async (
    shop: { id: string; tenantId: string },
    orderNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, StoredOrder>> => {
    const { rows } = await pool.query<StoredRow>(READ_STORED({ shop: shop.id, numbers: orderNumbers }))
    const own = sealer.of(shop.tenantId)
    return new Map(
      rows.map(
        ({ id, orderNumber, revision, mallState, mallStatus, sealedDetail, sealedEdits, sealedRaw }) => {
          const detail = withoutEdits(openDetail(own, id, sealedDetail), openEdits(own, id, sealedEdits))
          const order = { ...detail, mallState, mallStatus: { ...detail.mallStatus, code: mallStatus } }
          const raw = sealedRaw ? own.open(`order:${id}:raw`, sealedRaw).toString('utf8') : ''
          const isShipped = mallState === 'open' && shipping(order).state === 'all'
          return [orderNumber, { order: isShipped ? { ...order, ...SHIPPED } : order, raw, revision }]
        },
      ),
    )
  }

const SHIPPED = { mallState: 'shipped' as const, mallStatus: { code: 'shipped', name: '発送済み' } }
