import type { PoolClient } from 'pg'
import type { DueRequest } from '../imports/due-requests.ts'
import { prepareOrder } from '../imports/found-order.ts'
import { readKnownOrders, writeRefreshed } from '../imports/refresh-store.ts'
import { refresh } from '../imports/refreshing.ts'
import type { WorkingShop } from '../imports/shop-lane.ts'
import type { FetchOutcome } from '../marketplaces/marketplace.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { HeldChange } from './claim.ts'

type Found = Extract<FetchOutcome, { kind: 'found' }>

/** What was read for a change is the newest there is: status, holds and flags of the order follow it. The order is locked. */
export async function refreshOrder(
  client: PoolClient,
  tools: { sealer: Sealer; newId: NewId },
  shop: WorkingShop,
  change: HeldChange,
  { order, raw, rereadAt }: Found,
  at: Date,
): Promise<void> {
  const known = (await readKnownOrders(client, [change.orderId])).get(change.orderId)
  if (!known) return
  const request = asRequest(shop, change, at)
  const fresh = prepareOrder({ request, order, raw, rereadAt }, change.orderId, tools.sealer)
  await writeRefreshed(client, [refresh(known, fresh, { ...tools, at })], at)
}

/** Refreshing ends an import request; a change has none, so nothing is found under its id and nothing ends. */
const asRequest = (shop: WorkingShop, change: HeldChange, at: Date): DueRequest => ({
  ...{ id: change.id, tenantId: shop.tenantId, shopId: shop.id, orderNumber: change.orderNumber },
  ...{ purpose: 'refresh', source: 'change', orderId: change.orderId, requestedAt: at, expiresAt: at },
  ...{ mailId: null, mailSeenAt: null, mailKind: null, mailSentAt: null },
  ...{ attempts: 0, pendingUntil: null, outcome: null },
})
