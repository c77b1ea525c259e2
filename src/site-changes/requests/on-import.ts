import type { Marketplaces } from '../../marketplaces/index.ts'
import { hasBuyerNote } from '../../marketplaces/kit/texts.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Refreshed, ReleasedHook } from '../../orders/store/refresh.ts'
import type { StagedHook, StagingShop } from '../../orders/store/stage.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { Logger } from '../../platform/logger.ts'
import { checkChange, type OnImport, settingOf } from '../../shops/shops/settings.ts'
import { type InsertDeps, insertChanges, LIST_NOT_ASKED, WAKE_WAITING } from '../statements.ts'

/**
 * 自動受注取込と同時: queues the shop's site change for new orders in the transaction that stages them, so that each
 * order gets it once, however often its import is repeated.
 */
export function createOnImport(deps: OnImportDeps): StagedHook {
  return (shop, orders) => {
    const wish = wishOf(deps, shop)
    if (!wish) return null
    const wanted = orders.filter(({ order }) => holds(wish.conditions, order))
    if (wanted.length === 0) return null
    return async (client, staged, at) => {
      const ids = wanted.map(({ orderId }) => orderId).filter((id) => staged.has(id))
      await queueFor(client, deps, shop, wish, ids, at)
    }
  }
}

/** Creates the hook after a re-read: queues the change set for import, wakes those waiting for the mall. */
export function createOnReleased(deps: OnImportDeps): ReleasedHook {
  return (shop, refreshed) => {
    const hooks = [queueReleased(deps, shop, refreshed), wakeWaiting(refreshed)].filter(
      (hook) => hook !== null,
    )
    if (hooks.length === 0) return null
    return async (client, at) => {
      for (const hook of hooks) await hook(client, at)
    }
  }
}

type Write = ReturnType<ReleasedHook>

/**
 * An order that the conditions left out as it came in, because of a hold that somebody had to look at, gets
 * the change when the hold is over: nobody else would remember. Once an order, and not where somebody has
 * asked for the same meanwhile.
 */
function queueReleased(deps: OnImportDeps, shop: StagingShop, refreshed: readonly Refreshed[]): Write {
  const wish = wishOf(deps, shop)
  if (!wish?.conditions?.noHolds) return null
  const wanted = refreshed.filter(
    ({ order, fresh }) =>
      order.holds.some((kind) => !USUAL_HOLDS.has(kind)) && holds(wish.conditions, fresh.order),
  )
  if (wanted.length === 0) return null
  return async (client, at) => {
    const { rows } = await client.query<{ id: string }>(
      LIST_NOT_ASKED({
        orders: wanted.map(({ order }) => order.id),
        action: wish.action,
        // Only of those that this refresh has written: the others are read again.
        holds: wanted.map(({ fresh }) => fresh.columns.holds.join(',')),
      }),
    )
    const ids = rows.map(({ id }) => id)
    await queueFor(client, deps, shop, wish, ids, at)
  }
}

/**
 * Makes changes due that wait while their order turns out to be another one than was known: what they wait
 * for may be what has changed. They read the order before they do anything, so that a wake for nothing costs
 * that reading alone.
 */
function wakeWaiting(refreshed: readonly Refreshed[]): Write {
  const ids = refreshed
    .filter(
      ({ order, differs }) => differs && (order.changeState === 'queued' || order.changeState === 'changing'),
    )
    .map(({ order }) => order.id)
  if (ids.length === 0) return null
  return async (client, at) => {
    await client.query(WAKE_WAITING({ orders: ids, now: at }))
  }
}

interface OnImportDeps extends InsertDeps {
  marketplaces: Marketplaces
  log: Logger
}

function wishOf(deps: OnImportDeps, shop: StagingShop): OnImport | null {
  const wish = settingOf(shop.settings, 'onImport')
  if (!wish) return null
  const { action, parameters = {} } = wish
  const { marketplace, capabilities = null } = shop
  const mall = mallOfShop(deps.marketplaces, { marketplace, capabilities })
  if (checkChange(mall, action, parameters).length === 0) return wish
  deps.log.warn({ shopId: shop.id, action }, 'the mall does not offer the change wished for at import')
  return null
}

async function queueFor(
  client: Queries,
  deps: OnImportDeps,
  { id: shopId, tenantId, marketplace }: StagingShop,
  { action, parameters = {} }: OnImport,
  orderIds: readonly string[],
  at: Date,
): Promise<void> {
  const changes = orderIds.map((id) => ({ action, parameters, order: { id, shopId, marketplace } }))
  const origin = { tenantId, actor: 'import', request: null }
  if (changes.length > 0) await insertChanges(client, deps, origin, changes, at)
}

/** Holds that every new order has at some malls: with them `noHolds` would let nothing through there. */
const USUAL_HOLDS: ReadonlySet<string> = new Set(['buyer_cancel_window', 'mall_processing', 'unpaid'])

/** True when an order that has just come in gets the change. */
function holds(conditions: OnImport['conditions'], order: NormalisedOrder): boolean {
  const { paymentKinds, noHolds, noBuyerNote, totalBelow } = conditions ?? {}
  return (
    order.mallState === 'open' &&
    (!paymentKinds || paymentKinds.includes(order.payment.kind)) &&
    (!noHolds || order.holds.every(({ kind }) => USUAL_HOLDS.has(kind))) &&
    (!noBuyerNote || !hasBuyerNote(order.notes.buyer)) &&
    (totalBelow === undefined || order.totals.billed < totalBelow)
  )
}
