import type { DueRequest } from '../../imports/requests/due.ts'
import type { MarketplaceName, NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { type OrderColumns, toOrderColumns } from './columns.ts'
import { itemsText, type SearchToken, searchTokens } from './search-tokens.ts'

/** The shop whose requests are worked on, as far as staging needs it. */
export interface ImportingShop {
  id: string
  tenantId: string
  marketplace: MarketplaceName
  code: string
  name: string
  /** Shops of the same mall whose mails come to a mailbox of this one. */
  sisterIds: readonly string[]
  /** src/shops/shops/settings.ts */
  settings: unknown
  createdAt: Date
}

/** What the mall answered for a request: its order. */
export interface FoundOrder {
  request: DueRequest
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
  itemsText: string
  sealedRaw: Uint8Array
}

/**
 * Seals an order for the row it goes to.
 * @throws RangeError and TypeError when the adapter's order is not what its type says.
 */
export function prepareOrder(found: FoundOrder, orderId: string, sealer: Sealer): PreparedOrder {
  return {
    ...found,
    orderId,
    columns: toOrderColumns(found.order),
    search: searchTokens(sealer, found.request.tenantId, found.order),
    itemsText: itemsText(found.order),
    detail: sealer.sealJson(`order:${orderId}:detail`, found.order),
    sealedRaw: sealer.sealText(`order:${orderId}:raw`, found.raw),
  }
}
