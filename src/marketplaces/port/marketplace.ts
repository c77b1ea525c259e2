import type { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { MailRules, ReadableMail, Recognition } from './mail.ts'
import type { NormalisedOrder } from './order.ts'
import type { ChangeCalls, ChangeRules } from './site-changes.ts'

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
  /** The field that this one tells of (its date, its version): a new value there makes what is stored here untrue. */
  belongsTo?: string
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
  /** Shop.settings; each adapter reads the fields it knows. */
  settings?: Record<string, unknown>
}

export interface MarketplaceTools {
  http: HttpClient
  clock: Clock
  lane: Lane
  tokens: TokenStore<unknown>
  /** Tells the worker of something that does not fail the call: a failing key check, an unknown code. Japanese message. */
  notice(notice: { code: string; message: string }): void
  /** The state behind earlier notices with these codes is seen to be good again. */
  noticeOver?(codes: readonly string[]): void
}

/** Outcome for one order number. What holds for the whole call (throttled, unavailable, unauthorised) is thrown. */
export type FetchOutcome =
  | {
      kind: 'found'
      orderNumber: string
      order: NormalisedOrder
      raw: string
      rereadAt?: Date
      /** Of `ListedOrder.revision`: what the list shows of the order as it was read. */
      revision?: string | null
    }
  /** The mall does not know it (yet). */
  | { kind: 'not_found'; orderNumber: string; mallMessage?: string }
  /** The mall has it and will not give it out yet (unpaid): again at `retryAt`, for as long as that lasts. */
  | { kind: 'pending'; orderNumber: string; retryAt: Date; message: string }
  /** Not for this shop to handle (the mall ships it, another country's): done, nothing is staged. `reason` is Japanese. */
  | { kind: 'skipped'; orderNumber: string; reason: string }
  /** This order alone is refused or cannot be understood. */
  | { kind: 'failed'; orderNumber: string; failure: import('./failures.ts').MarketplaceFailure }

/** What the caller knows of the numbers; only ever saves calls. */
export interface FetchHints {
  /** A time before which none of the orders was placed or changed, as far as their mails and requests tell. */
  since?: Date
}

export interface ListWindow {
  /** Inclusive, by order time unless the adapter says otherwise. */
  from: Date
  /** Exclusive. */
  to: Date
  /** What was placed earlier and changed in this time is wanted too; heeded by malls that are `freshBy` changes. */
  orChanged?: true
}

export interface ListedOrder {
  orderNumber: string
  orderedAt: Date | null
  mallStatus: string | null
  mallState: import('./order.ts').MallState | null
  /** Another one whenever the order was changed at the mall; absent where the list does not tell. */
  revision?: string | null
}

export interface ListPage {
  orders: ListedOrder[]
  /** What to pass for the next page; null at the end. Opaque. */
  next: string | null
  /** How many the mall says there are in the whole window, when it says. */
  total: number | null
  /** Up to where the mall vouches for its list, when that is before the window's end: look at the rest again later. */
  completeUntil?: Date
}

export interface CredentialCheck {
  /** Japanese sentences for the person who pressed "test". */
  messages: string[]
  /** When something ends, and how sure that is. */
  expiries: { what: string; at: Date; certain: boolean }[]
}

/** One thing of a shop's credentials that ends by itself. */
export interface Lifetime {
  /** Stable, for programs: `licenseKey`, `consent`, `session`. */
  key: string
  /** Japanese, as the mall's screen calls it. */
  label: string
  /** Null when nothing tells. */
  endsAt: Date | null
  /** When it began, if that is known: a warning that falls before it makes no sense. */
  startsAt: Date | null
  /** The mall said so, or it follows from what the mall says. False: an estimate. Either may end earlier by a person's act. */
  certain: boolean
  /** Japanese: what to do before it ends, and where. */
  action: string
  /** It should not exist (a session without its key check): tell as soon as it is seen, not only before its end. */
  tellAtOnce?: boolean
}

/** All that lifetimes are worked out from; pure data. */
export interface LifetimeFacts<C> {
  credentials: C
  /** Per field, when its value last changed. */
  setAt: Readonly<Record<string, Date>>
  /** What the last good check of these very credentials said; null when there was none. */
  check: { at: Date; expiries: readonly CredentialCheck['expiries'][number][] } | null
  /** Codes of what the mall's answers complained of (`notice`) and did not take back. */
  notices: readonly string[]
}

export interface ConsentAsk<C> {
  shopCode: string
  credentials: Partial<C>
  /** Unguessable; comes back with the answer. */
  state: string
  /** Must be registered with the mall, letter for letter. */
  redirectUri: string
  /** PKCE, S256 of the verifier. */
  codeChallenge: string
  nonce: string
}

/** What the mall's redirect back says. */
export type ConsentAnswer =
  | { kind: 'code'; code: string }
  /** The person did not consent. */
  | { kind: 'refused' }
  | { kind: 'failed'; failure: import('./failures.ts').MarketplaceFailure }

export interface ConsentExchange<C> {
  shopCode: string
  credentials: Partial<C>
  code: string
  verifier: string
  nonce: string
  redirectUri: string
  tools: Pick<MarketplaceTools, 'http' | 'clock'>
  signal: AbortSignal
}

/** Consent in the browser (OAuth 2.0 authorisation code), for malls that have it. */
export interface ConsentFlow<C> {
  /** What must be known before: the application's own part of the credentials. Issues name the field. */
  application: z.ZodType<Partial<C>>
  /** The page on which a person consents. */
  authorisationUrl(ask: ConsentAsk<C>): string
  /** Reads the query of the redirect back. Null when it is none of this mall's. */
  readAnswer(query: Readonly<Record<string, string>>, shopCode: string): ConsentAnswer | null
  /**
   * Makes tokens of the code, which the mall takes once. Gives the credential fields to store. Throws MarketplaceFailure;
   * after `unavailable` the same code may be tried again.
   */
  exchange(exchange: ConsentExchange<C>): Promise<Partial<C>>
  /** Failure codes of checkCredentials that mean: a person without a right to this shop consented. */
  wrongAccount: readonly string[]
}

/** A value of `subStatus` of the site change `sub_status`. */
export interface SubStatus {
  code: string
  /** As the shop named it. */
  label: string
  /** The mall's status that it belongs to, with the mall's own name; null where it fits any. */
  mallStatus: { code: string; name: string | null } | null
}

export interface MarketplaceSession {
  /** Writes; present where `Marketplace.changes` is. */
  changes?: ChangeCalls
  /**
   * Fetches orders by number. Yields one outcome per number, in any order, as they come, so that what has arrived is
   * staged even when a later call fails. Throws MarketplaceFailure for what concerns the whole shop.
   */
  fetchOrders(
    orderNumbers: readonly string[],
    signal: AbortSignal,
    hints?: FetchHints,
  ): AsyncIterable<FetchOutcome>
  /** One page of the mall's own list. The window must be within `limits.listWindowDays`. */
  listOrders(window: ListWindow, page: string | null, signal: AbortSignal): Promise<ListPage>
  /** The sub-statuses that the shop made for itself at the mall, where the mall tells them. Throws MarketplaceFailure. */
  subStatuses?(signal: AbortSignal): Promise<SubStatus[]>
  /** Makes one harmless call and tells what it found. Throws MarketplaceFailure. */
  checkCredentials(signal: AbortSignal): Promise<CredentialCheck>
}

export interface MarketplaceLimits {
  /** How many numbers one fetch call takes: 100 at Rakuten, 1 at Yahoo!. */
  fetchBatch: number
  /** So many numbers are best handed to one `fetchOrders`, which then chooses the cheapest calls; absent: any count will do. */
  fetchAtOnce?: number
  listWindowDays: number
  /** How far back the mall answers. */
  historyDays: number
  /**
   * How a sweep learns what was cancelled or edited at the mall, of orders of any age. list: the list says state and
   * revision of each. changes: it also names what was changed in a window (`orChanged`). reading: it names numbers alone,
   * so the open orders are read again, `fetchBatch` in a call.
   */
  freshBy: 'list' | 'changes' | 'reading'
}

export interface Marketplace<C = unknown> {
  name: MarketplaceName
  /** 楽天市場 */
  label: string
  /** Shape of Shop.code with an error message in Japanese. */
  shopCode: z.ZodType<string>
  shopCodeLabel: string
  /**
   * Parses and cleans pasted credentials; issues name the field and say in Japanese what is expected. Null in an optional
   * field is the same as none.
   */
  credentials: z.ZodType<C>
  credentialFields: readonly CredentialField[]
  limits: MarketplaceLimits
  /** Absent where nothing ends, or nothing can be said of it. */
  lifetimes?(facts: LifetimeFacts<C>): Lifetime[]
  /** Absent where keys are issued on the mall's screen alone. */
  consent?: ConsentFlow<C>
  /** Senders and subjects, as data. */
  mailRules: MailRules
  /** Pure. Null when the mail is not this mall's. `rules` are mailRules plus what the shops added. */
  recognise(mail: ReadableMail, rules: MailRules): Recognition | null
  /** Whether an order number can belong to the shop; null when numbers do not tell. */
  ownsOrderNumber(shopCode: string, orderNumber: string): boolean | null
  /** Whether the mall says that it never gives a number to orders of two shops. */
  orderNumbersAreUnique?: true
  /** Site changes (サイト変更); absent until the mall's are written. */
  changes?: ChangeRules
  open(shop: ShopContext<C>, tools: MarketplaceTools): MarketplaceSession
}
