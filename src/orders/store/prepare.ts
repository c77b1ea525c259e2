import type { MarketplaceName, NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { storable } from '../../platform/storable.ts'
import { type OrderColumns, toOrderColumns } from './columns.ts'
import { type Fingerprints, rememberFingerprints, type SearchToken, searchTokens } from './search-tokens.ts'

/** The shop whose orders are written, as far as that needs it. */
export interface StagingShop {
  id: string
  tenantId: string
  marketplace: MarketplaceName
  /** src/shops/shops/settings.ts */
  settings: unknown
}

export type ImportPurpose = 'import' | 'refresh' | 'reimport'
export type ImportSource = 'mail' | 'notification' | 'person' | 'sweep' | 'window' | 'change'

/** Why an order was read: the import request that ends when it is written. */
export interface ReadFor {
  id: string
  tenantId: string
  orderNumber: string
  purpose: ImportPurpose
  source: ImportSource
  mailId: string | null
  /** When the listener saw the mail, and what kind of mail it was. */
  mailSeenAt: Date | null
  mailKind: string | null
  /** The order, when it is here already. */
  orderId: string | null
  /** A request that was asked for again since then is not ended by what is read for it now. */
  asks: number
}

/**
 * For an order that was read without anybody's import request. Writing it ends the request it was read for;
 * under the order's own id there is none, so nothing ends.
 */
export const noRequest = (
  shop: { tenantId: string },
  order: { id: string; orderNumber: string },
  source: ImportSource,
): ReadFor => ({
  id: order.id,
  tenantId: shop.tenantId,
  orderNumber: order.orderNumber,
  purpose: 'refresh',
  source,
  mailId: null,
  mailSeenAt: null,
  mailKind: null,
  orderId: order.id,
  asks: 0,
})

/** The mall's answer to a request: its order. */
export interface FoundOrder {
  request: ReadFor
  order: NormalisedOrder
  raw: string
  rereadAt: Date | undefined
  revision: string | null
}

/** The same, ready to be written: everything that can fail for one order alone has been done. */
export interface PreparedOrder extends FoundOrder {
  orderId: string
  columns: OrderColumns
  detail: Uint8Array
  search: SearchToken[]
  hashes: Fingerprints
  sealedRaw: Uint8Array
}

/**
 * Makes an order's texts storable, before anything is made of them, and seals it for the row it goes to.
 * @throws RangeError and TypeError when the adapter's order is not what its type says.
 */
export function prepareOrder(found: FoundOrder, orderId: string, sealer: Sealer): PreparedOrder {
  const order = storable(found.order)
  const own = sealer.of(found.request.tenantId)
  const hashes = rememberFingerprints(sealer)
  return {
    ...found,
    order,
    orderId,
    columns: toOrderColumns(order),
    search: searchTokens(hashes, found.request.tenantId, order),
    hashes,
    detail: own.sealJson(`order:${orderId}:detail`, order),
    sealedRaw: own.sealText(`order:${orderId}:raw`, found.raw),
  }
}

/**
 * Lets another area act on orders as they are staged. Asked before the transaction with the orders that may
 * be new; what it gives back runs inside, with the ids of those that really were. Null: nothing to do, as for
 * most shops, and every new order waits for the answer: so it is given without asking the database.
 */
export type StagedHook = (
  shop: StagingShop,
  orders: readonly PreparedOrder[],
) => ((client: Queries, staged: ReadonlySet<string>, at: Date) => Promise<void>) | null

/** An order with its content, as it is to be marked. */
export interface MarkedOrder {
  orderId: string
  order: NormalisedOrder
  hashes: Fingerprints
}

/** Marks that STAGE writes beside those that `torikomi_look_up_marks` finds. */
export interface PreparedMarks {
  /** By order: what it says by itself, and beside the others of its batch. */
  own: ReadonlyMap<string, readonly string[]>
  /** Arguments of the SQL function behind the tenant. */
  lookUp: readonly unknown[]
}

/** Marks as STAGE reports them. */
export interface StagedMarks {
  /** New orders that can go into one parcel with another. */
  combinable: readonly string[]
  /** Reasons to look again, as the look-up reports them: changed rules, others that stage now, an error. */
  markFailures: readonly string[]
}

/**
 * Finds out what the mall does not say of an order (マーク). None of it stops an import: what fails is logged,
 * and the order has the mark `unchecked` until it has been looked at again.
 */
export interface OrderMarker {
  /** Called before orders are staged; reads only where this process lacks the tenant's rules. */
  prepare(
    shop: Pick<StagingShop, 'id' | 'tenantId'>,
    orders: readonly PreparedOrder[],
  ): Promise<PreparedMarks>
  /**
   * Called after the commit that staged them, with those that are new: marks the orders that can go into one
   * parcel with them, and looks again where the rules had changed or another statement staged at once.
   */
  staged(
    shop: Pick<StagingShop, 'id' | 'tenantId'>,
    orders: readonly MarkedOrder[],
    written: StagedMarks,
  ): Promise<void>
  /** Called after the commit that wrote content anew; reads the content itself, so that the latest counts. */
  rewrite(shop: Pick<StagingShop, 'id' | 'tenantId'>, orderIds: readonly string[]): Promise<void>
}
