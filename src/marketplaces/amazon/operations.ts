import { type AnswerFacts, malformedList, unavailable } from '../kit/http-failures.ts'
import type { MarketplaceFailure } from '../port/failures.ts'
import type { AmazonAnswer, AmazonClient } from './client.ts'
import { AMAZON, MARKETPLACE_JP } from './facts.ts'
import { clockWords, roleMissing } from './failures.ts'
import { WirePage } from './orders/wire.ts'

/** The two read operations of Orders API v2026-01-01. Those of v0 end on 27 March 2027 and are not used. */

/** All data sets about an order. TAX is Brazil's and Mexico's registrations; no tax amount is in it. */
export const ORDER_DATA =
  'BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,PAYMENT'

const PAGE_SIZE = 100

/** A search may miss orders updated or made in the last two minutes, and its end may not be later. */
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

type Bound = `${'created' | 'lastUpdated'}${'After' | 'Before'}`
type Search = { maxResultsPerPage?: number } & Partial<
  Record<Bound | 'fulfillmentStatuses' | 'fulfilledBy' | 'includedData' | 'paginationToken', string>
>

export function searchOrders(
  client: AmazonClient,
  search: Search,
  signal: AbortSignal,
): Promise<AmazonAnswer> {
  const { maxResultsPerPage = PAGE_SIZE, ...texts } = search
  const query = { marketplaceIds: MARKETPLACE_JP, ...texts, maxResultsPerPage: String(maxResultsPerPage) }
  return client.call({ operation: 'searchOrders', method: 'GET', path: PATH, query }, signal)
}

/** @throws MarketplaceFailure `malformed` */
export function pageIn({ json, raw }: Extract<AmazonAnswer, { kind: 'ok' }>): WirePage {
  const parsed = WirePage.safeParse(json)
  if (!parsed.success) throw malformedList(AMAZON, 'searchOrdersの検索結果', raw)
  return parsed.data
}

/**
 * Classifies a refused search: the shop lacks a right, or only the list is unavailable while single orders
 * are not.
 */

export const SEARCH_REFUSED = 'AMAZON_SEARCH_REFUSED'
export const SEARCH_AGAIN_MS = 60 * 60 * 1000
const LIST_AGAIN_MS = 5 * 60 * 1000

/** Well-formed number of no order. */
const NO_ORDER = '000-0000000-0000000'

type Refused = Extract<AmazonAnswer, { kind: 'refused' }>

/**
 * True when single orders can be read. Some sellers get 403 for every search, yet may read single orders. A
 * nonexistent number is then "not found", and forbidden when the role is missing.
 * @throws MarketplaceFailure when this call fails
 */
export async function ordersReadable(client: AmazonClient, signal: AbortSignal): Promise<boolean> {
  const answer = await getOrder(client, NO_ORDER, null, signal)
  return answer.kind === 'ok' || answer.status !== 403
}

/** Builds the failure for a search answered with 403. */
export async function failureOfForbiddenSearch(
  client: AmazonClient,
  facts: AnswerFacts,
  now: number,
  signal: AbortSignal,
): Promise<MarketplaceFailure> {
  if (!(await ordersReadable(client, signal))) return roleMissing(facts)
  return searchForbidden({ ...facts, until: new Date(now + SEARCH_AGAIN_MS), only: 'list' })
}

export const searchRefusedText = (facts: AnswerFacts): string =>
  `Amazonが注文の一覧取得を受け付けません（${reasonOf(facts)}）。注文は注文メールなどで知った番号から1件ずつ取得します。`

const searchForbidden = unavailable(SEARCH_REFUSED, searchRefusedText)

/** Builds the failure for a valid search answered with 400: a fault at Amazon. */
export const listRefused = ({ facts, clockOffMs = 0 }: Refused, now: number): MarketplaceFailure =>
  unavailable(
    'AMAZON_LIST_REFUSED',
    `Amazonが注文一覧の取得を受け付けません（${reasonOf(facts)}）。時間をおいて自動で再試行します。${clockWords(clockOffMs) || '続く場合は運営者へ連絡してください。'}`,
  )({ ...facts, until: new Date(now + LIST_AGAIN_MS), only: 'list' })

const reasonOf = ({ mallCode, status }: AnswerFacts): string => mallCode ?? `HTTP ${status}`
