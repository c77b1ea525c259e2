import type { Marketplaces } from '../../marketplaces/index.ts'
import type { MarketplaceName, NormalisedOrder, OrderHold } from '../../marketplaces/port/order.ts'
import type { StagedHook } from '../../orders/store/prepare.ts'
import type { Logger } from '../../platform/logger.ts'
import { checkChange } from '../../shops/shops/check-change.ts'
import type { OnImport } from '../../shops/shops/on-import.ts'
import { ShopSettings } from '../../shops/shops/settings.ts'
import { type InsertDeps, insertChanges } from './insert-changes.ts'

/**
 * 自動受注取込と同時: queues the shop's site change for new orders in the transaction that stages them, so that each order
 * gets it once, however often its import is repeated.
 */
export function createOnImport(deps: InsertDeps & { marketplaces: Marketplaces; log: Logger }): StagedHook {
  return (shop, orders) => {
    const settings = ShopSettings.safeParse(shop.settings)
    const wish = settings.success ? settings.data.onImport : undefined
    if (!wish) return null
    const { action, parameters = {} } = wish
    const marketplace = shop.marketplace as MarketplaceName
    if (checkChange(deps.marketplaces.get(marketplace), action, parameters).length > 0) {
      deps.log.warn({ shopId: shop.id, action }, 'the mall does not offer the change wished for at import')
      return null
    }
    const wanted = orders.filter(({ order }) => holds(wish.conditions, order))
    if (wanted.length === 0) return null
    return async (client, staged, at) => {
      const changes = wanted
        .filter(({ orderId }) => staged.has(orderId))
        .map(({ orderId }) => ({
          ...{ action, parameters },
          order: { id: orderId, shopId: shop.id, marketplace },
        }))
      const origin = { tenantId: shop.tenantId, actor: 'import', request: null }
      if (changes.length > 0) await insertChanges(client, deps, origin, changes, at)
    }
  }
}

/** What a new order waits for at some malls as a matter of course: with it `noHolds` would let nothing through there. */
const USUAL_HOLDS: ReadonlySet<OrderHold['kind']> = new Set([
  'buyer_cancel_window',
  'mall_processing',
  'unpaid',
])

/** Whether an order that has just come in gets the change. */
function holds(conditions: OnImport['conditions'], order: NormalisedOrder): boolean {
  const { paymentKinds, noHolds, noBuyerNote, totalBelow } = conditions ?? {}
  return (
    order.mallState === 'open' &&
    (!paymentKinds || paymentKinds.includes(order.payment.kind)) &&
    (!noHolds || order.holds.every(({ kind }) => USUAL_HOLDS.has(kind))) &&
    (!noBuyerNote || !order.notes.buyer?.trim()) &&
    (totalBelow === undefined || order.totals.billed < totalBelow)
  )
}
