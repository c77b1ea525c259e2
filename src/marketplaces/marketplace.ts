import type { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { HttpClient } from '../platform/http-client.ts'
import type { MailRules, ReadableMail, Recognition } from './mail.ts'
import type { NormalisedOrder } from './order.ts'

/** The port every mall implements (design §8). A mall is one folder and one object of this type. */

export const MARKETPLACES = ['yahoo', 'rakuten', 'amazon', 'aupay'] as const
export type MarketplaceName = (typeof MARKETPLACES)[number]

/** One field of a mall's credentials, as a settings form shows it. */
export interface CredentialField {
  name: string
  /** Japanese label, as the mall's own screen calls it. */
  label: string
  /** Where staff find it, Japanese. */
  help: string
  secret: boolean
  required: boolean
  /** How long it lives, Japanese, when it does. */
  lifetime?: string
}

/** What a call counts against. Two shops with the same key share one budget. */
export interface Quota {
  /** What the mall counts by: `yahoo:app:<hash of client id>`, `rakuten:shop:<shop id>`. Never holds a secret in clear. */
  key: string
  /** Sustained calls per second. */
  perSecond: number
  /** Calls that may be made at once after a pause. */
  burst: number
}

/**
 * The shop's lane: asks for permission before every call to the mall.
 * Waits in place for at most a second or two, then throws a `throttled` MarketplaceFailure saying when to come back.
 */
export interface Lane {
  take(quota: Quota, signal: AbortSignal): Promise<void>
}

/**
 * The one owner of a shop's mall session. `get` hands out the stored session; when there is none or `isFresh` says no,
 * exactly one caller in all processes runs `renew` while the others wait for its result.
 */
export interface TokenStore<T> {
  get(isFresh: (token: T) => boolean, renew: (old: T | null) => Promise<T>): Promise<T>
  /** Marks `token` as refused by the mall, so that the next `get` renews unless somebody else already did. */
  invalidate(token: T): Promise<void>
}

export interface ShopContext<C> {
  shopId: string
  /** Shop.code: Rakuten's 6-digit shop id, Yahoo!'s store account. */
  shopCode: string
  credentials: C
}

export interface MarketplaceTools {
  http: HttpClient
  clock: Clock
  lane: Lane
  tokens: TokenStore<unknown>
  /** Tells the worker of something that does not fail the call: a failing key check, an unknown code. Japanese message. */
  notice(notice: { code: string; message: string }): void
}

/** Outcome for one order number. What holds for the whole call (throttled, unavailable, unauthorised) is thrown. */
export type FetchOutcome =
  | { kind: 'found'; orderNumber: string; order: NormalisedOrder; raw: string; rereadAt?: Date }
  /** The mall does not know it (yet). */
  | { kind: 'not_found'; orderNumber: string; mallMessage?: string }
  /** This order alone is refused or cannot be understood. */
  | { kind: 'failed'; orderNumber: string; failure: import('./failures.ts').MarketplaceFailure }

export interface ListWindow {
  /** Inclusive, by order time unless the adapter says otherwise. */
  from: Date
  /** Exclusive. */
  to: Date
}

export interface ListedOrder {
  orderNumber: string
  orderedAt: Date | null
  mallStatus: string | null
  mallState: import('./order.ts').MallState | null
}

export interface ListPage {
  orders: ListedOrder[]
  /** What to pass for the next page; null at the end. Opaque. */
  next: string | null
  /** How many the mall says there are in the whole window, when it says. */
  total: number | null
}

export interface CredentialCheck {
  /** Japanese sentences for the person who pressed "test". */
  messages: string[]
  /** When something ends, and how sure that is. */
  expiries: { what: string; at: Date; certain: boolean }[]
}

export interface MarketplaceSession {
  /**
   * Fetches orders by number. Yields one outcome per number, in any order, as they come, so that what has arrived is
   * staged even when a later call fails. Throws MarketplaceFailure for what concerns the whole shop.
   */
  fetchOrders(orderNumbers: readonly string[], signal: AbortSignal): AsyncIterable<FetchOutcome>
  /** One page of the mall's own list. The window must be within `limits.listWindowDays`. */
  listOrders(window: ListWindow, page: string | null, signal: AbortSignal): Promise<ListPage>
  /** Makes one harmless call and tells what it found. Throws MarketplaceFailure. */
  checkCredentials(signal: AbortSignal): Promise<CredentialCheck>
}

export interface MarketplaceLimits {
  /** How many numbers one fetch call takes: 100 at Rakuten, 1 at Yahoo!. */
  fetchBatch: number
  listWindowDays: number
  /** How far back the mall answers. */
  historyDays: number
}

export interface Marketplace<C = unknown> {
  name: MarketplaceName
  /** 楽天市場 */
  label: string
  /** Shape of Shop.code with an error message in Japanese. */
  shopCode: z.ZodType<string>
  shopCodeLabel: string
  /** Parses and cleans pasted credentials; issues name the field and say in Japanese what is expected. */
  credentials: z.ZodType<C>
  credentialFields: readonly CredentialField[]
  limits: MarketplaceLimits
  /** Senders and subjects, as data. */
  mailRules: MailRules
  /** Pure. Null when the mail is not this mall's. `rules` are mailRules plus what the shops added. */
  recognise(mail: ReadableMail, rules: MailRules): Recognition | null
  /** Whether an order number can belong to the shop; null when numbers do not tell. */
  ownsOrderNumber(shopCode: string, orderNumber: string): boolean | null
  open(shop: ShopContext<C>, tools: MarketplaceTools): MarketplaceSession
}
