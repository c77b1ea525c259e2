import type { Clock } from '../../platform/clock.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { MarketplaceFailure } from './failures.ts'
import type { Subscription } from './notifications.ts'
import type { MallState, NormalisedOrder } from './order.ts'
import type { ApplicationPage, ApplicationSearch } from './purchase-applications.ts'
import type { ChangeCalls } from './site-changes.ts'

/** One shop's way to its mall: what a session is given, what it can be asked, what it answers. */

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

/** Something of an order that a mall sent and that is not in what its documents name. */
export interface UnknownField {
  /** Where: `order.Detail.newField`, or the name of the field whose code is not known. */
  field: string
  /** Null: the field itself is not known. */
  code: string | null
  /** What the value looks like, without any of it: `digits(8)`. */
  shape: string
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
  | { kind: 'failed'; orderNumber: string; failure: MarketplaceFailure }

/** What the caller knows of the numbers; only ever saves calls. */
export interface FetchHints {
  /** A time before which none of the orders was placed or changed, as far as their mails and requests tell. */
  since?: Date
  /**
   * Asked before each further call: false leaves the rest unasked for. What a call has brought is handed over however late it
   * came: it cost quota, and the next turn's first call may be as slow.
   */
  goesOn?(): boolean
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
  mallState: MallState | null
  /** Another one whenever the order was changed at the mall; absent where the list does not tell. */
  revision?: string | null
}

export interface ListPage {
  orders: ListedOrder[]
  /** Entries of the page that cannot be read, each by its number or place, Japanese, nothing personal. The others count. */
  unreadable?: readonly string[]
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
  /** What buyers applied for and is not an order yet, where the mall tells it apart. Throws MarketplaceFailure. */
  purchaseApplications?(search: ApplicationSearch, signal: AbortSignal): Promise<ApplicationPage>
  /** Makes the mall write this shop's notifications to the queue of its application. Does not throw because the mall says no. */
  subscribe?(signal: AbortSignal): Promise<Subscription>
  /** Makes one harmless call and tells what it found. Throws MarketplaceFailure. */
  checkCredentials(signal: AbortSignal): Promise<CredentialCheck>
}
