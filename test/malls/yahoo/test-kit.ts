import {
  startYahooSimulator,
  type YahooSimulator,
  type YahooSimulatorOptions,
} from '../../../sandbox/malls/yahoo/index.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type {
  FetchOutcome,
  ListedOrder,
  ListWindow,
  MarketplaceSession,
  TokenStore,
} from '../../../src/marketplaces/port/session.ts'
import type { YahooCredentials } from '../../../src/marketplaces/yahoo/auth.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { memoryTokens, type TestTools, testTools } from '../../support/malls/test-kit.ts'

/** For the tests of this folder: a simulated mall over HTTP and the adapter opened on one of its stores. */

export const SHOP = 'hoshizora-tools'
export const NEVER = new AbortController().signal

interface Opened {
  session: MarketplaceSession
  tools: TestTools
}

export interface YahooKit {
  mall: YahooSimulator
  open(options?: OpenOptions): Opened
  close(): Promise<void>
}

interface OpenOptions {
  shopCode?: string
  credentials?: Partial<YahooCredentials>
  tokens?: TokenStore<unknown>
  http?: HttpClient
  settings?: Record<string, unknown>
}

export async function yahooKit(options: Partial<YahooSimulatorOptions> = {}): Promise<YahooKit> {
  const mall = await startYahooSimulator({ shops: [{ code: SHOP, name: '星空道具店' }], ...options })
  return {
    mall,
    open({ shopCode = SHOP, credentials = {}, tokens = memoryTokens(), http, settings = {} } = {}) {
      const yahoo = createYahoo({ apiUrl: mall.url, authUrl: mall.url, requestsPerSecond: 1_000 })
      const tools = testTools({ clock: mall.clock, tokens, ...(http ? { http } : {}) })
      const parsed = yahoo.credentials.parse({ ...mall.credentialsFor(shopCode), ...credentials })
      return {
        session: yahoo.open({ shopId: 'shop', shopCode, credentials: parsed, settings }, tools),
        tools,
      }
    },
    close: () => mall.close(),
  }
}

export async function fetchOne(session: MarketplaceSession, orderNumber: string): Promise<FetchOutcome> {
  for await (const outcome of session.fetchOrders([orderNumber], NEVER)) return outcome
  throw new Error('no outcome')
}

export async function found(session: MarketplaceSession, orderNumber: string) {
  const outcome = await fetchOne(session, orderNumber)
  if (outcome.kind !== 'found') throw new Error(`not found but ${outcome.kind}`)
  return outcome
}

export async function failureOf(promise: Promise<unknown>): Promise<MarketplaceFailure> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (error instanceof MarketplaceFailure) return error
  throw error
}

export async function listAll(session: MarketplaceSession, window: ListWindow): Promise<ListedOrder[]> {
  const orders: ListedOrder[] = []
  let page: string | null = null
  do {
    const answer = await session.listOrders(window, page, NEVER)
    orders.push(...answer.orders)
    page = answer.next
  } while (page !== null)
  return orders
}
