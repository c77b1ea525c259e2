import type { AmazonAnswer, AmazonClient } from './client.ts'
import { MARKETPLACE_JP } from './facts.ts'

/** The two read operations of Orders API v2026-01-01. Those of v0 end on 27 March 2027 and are not used. */

/** All that says something of an order. TAX is Brazil's and Mexico's registrations; no tax amount is in it. */
export const ORDER_DATA =
  'BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,PAYMENT'

const PAGE_SIZE = 100

/** Orders updated or made in the last two minutes may be missing from a search, and its end may not be later. */
export const LIST_DELAY_MS = 2 * 60 * 1000

const PATH = '/orders/2026-01-01/orders'

/** `includedData` null: only the data that every answer has. */
export const getOrder = (
  client: AmazonClient,
  orderNumber: string,
  includedData: string | null,
  signal: AbortSignal,
): Promise<AmazonAnswer> =>
  client.call(
    {
      operation: 'getOrder',
      method: 'GET',
      path: `${PATH}/${encodeURIComponent(orderNumber)}`,
      ...(includedData === null ? {} : { query: { includedData } }),
    },
    signal,
  )

export interface Search {
  createdAfter?: string
  createdBefore?: string
  lastUpdatedAfter?: string
  lastUpdatedBefore?: string
  fulfillmentStatuses?: string
  fulfilledBy?: string
  includedData?: string
  maxResultsPerPage?: number
  paginationToken?: string
}

export function searchOrders(
  client: AmazonClient,
  search: Search,
  signal: AbortSignal,
): Promise<AmazonAnswer> {
  const { maxResultsPerPage = PAGE_SIZE, ...texts } = search
  const query = { marketplaceIds: MARKETPLACE_JP, ...texts, maxResultsPerPage: String(maxResultsPerPage) }
  return client.call({ operation: 'searchOrders', method: 'GET', path: PATH, query }, signal)
}
