import type { PoolClient } from 'pg'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import { prepareOrder } from '../orders/store/prepare.ts'
import { refresh } from '../orders/store/refresh.ts'
import { noRequest } from '../orders/store/unrequested.ts'
import { readKnownOrders, writeRefreshed } from '../orders/store/write-refreshed.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { WorkingShop } from '../worker/shop-state.ts'
import type { HeldChange } from './claim.ts'

type Found = Extract<FetchOutcome, { kind: 'found' }>

/** What was read for a change is the newest there is: status, holds and flags of the order follow it. The order is locked. */
export async function refreshOrder(
  client: PoolClient,
  tools: { sealer: Sealer; newId: NewId },
  shop: WorkingShop,
  change: HeldChange,
  { order, raw, rereadAt, revision = null }: Found,
  at: Date,
): Promise<void> {
  const known = (await readKnownOrders(client, [change.orderId])).get(change.orderId)
  if (!known) return
  const { orderId: id, orderNumber } = change
  const request = noRequest(shop, { id, orderNumber }, 'change', at)
  const fresh = prepareOrder({ request, order, raw, rereadAt, revision }, change.orderId, tools.sealer)
  await writeRefreshed(client, [refresh(known, fresh, { ...tools, at })], at)
}
