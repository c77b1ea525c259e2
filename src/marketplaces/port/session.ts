import type { Clock } from '../../platform/clock.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { MarketplaceFailure } from './failures.ts'
import type { MallState, NormalisedOrder } from './order.ts'
import type { ApplicationPage, ApplicationSearch } from './purchase-applications.ts'
import type { ChangeCalls } from './site-changes.ts'

/** A shop's session with its mall: its tools, its calls and their answers. */

/** Budget that a call counts against. Two shops with the same key share one budget. */
export interface Quota {
  /**
   * Unit that the mall counts by: `yahoo:app:<hash of client id>`, `rakuten:shop:<shop id>`. Never holds a
   * plain secret.
   */
  key: string
  /** Sustained calls per second. */
  perSecond: number
  /** Calls allowed at once after a pause: rounded down, and 1 at least. */
  burst: number
  /** Points that this call takes, where the mall counts by points: 1 when absent, and `burst` at most. */
  cost?: number
}

/**
 * A shop's rate limiter, called before each call to the mall. Waits in place for a second or two at most.
 * @throws MarketplaceFailure `throttled`, with the time to come back
 */
export interface Lane {
  take(quota: Quota, signal: AbortSignal): Promise<void>
}

/**
 * Sole owner of a shop's mall session. `get` returns the stored session. When there is none, or `isFresh` is
 * false, exactly one caller in all processes runs `renew` while the others wait for its result.
 */
export interface TokenStore<T> {
  get(isFresh: (token: T) => boolean, renew: (old: T | null) => Promise<T>): Promise<T>
  /**
   * Marks `token` as refused by the mall, so that the next `get` renews it unless another caller already did.
   */
  invalidate(token: T): Promise<void>
}

export interface ShopContext<C> {
  shopId: string
  /** Shop.code: Rakuten's 6-digit shop id, Yahoo!'s store account. */
  shopCode: string
  credentials: C
  /** Answer of the shop about itself when it was last asked (`CredentialCheck.capabilities`); null before. */
  capabilities?: unknown
  /** Shop.settings; each adapter reads the fields it knows. */
  settings?: Record<string, unknown>
}

export interface MarketplaceTools {
  http: HttpClient
  clock: Clock
  lane: Lane
  tokens: TokenStore<unknown>
  /**
   * Notifies the worker of a fault that does not fail the call: a failing key check, an unknown code.
   * Japanese message.
   */
  notice(notice: { code: string; message: string }): void
  /** Reads orders of this shop as they stand here, where it has no server that could be asked. */
  stored?(orderNumbers: readonly string[]): Promise<ReadonlyMap<string, StoredOrder>>
  /** Withdraws earlier notices with these codes, because their cause is gone. */
  noticeOver?(codes: readonly string[]): void
}

/** An order as the last file had it, with its raw answer and revision. */
export interface StoredOrder {
  order: NormalisedOrder
  raw: string
  revision: string | null
}

/** Part of an order that the mall's documents do not name. */
export interface UnknownField {
  /** Path: `order.Detail.newField`, or the name of the field with the unknown code. */
  field: string
  /** Null when the field itself is unknown. */
  code: string | null
  /** Shape of the value without its content: `digits(8)`. */
  shape: string
}

/** A shipment that the mall had and has taken back (発送の取消): what was in it is still to be sent. */
export interface TakenBackParcel {
  recipientId: string
  id: string | null
  trackingNumber: string | null
}

/**
 * Outcome for one order number. Failures of the whole call (throttled, unavailable, unauthorised) are thrown.
 */
export type FetchOutcome =
  | {
      kind: 'found'
      orderNumber: string
      order: NormalisedOrder
      raw: string
      /** Where nothing else tells what comes next; of a cancelled order: the mall may still revoke that. */
      rereadAt?: Date
      /** `ListedOrder.revision` of the order as it was read. */
      revision?: string | null
      /** Only what the mall itself names: a parcel that it does not show may be ours alone. */
      takenBack?: readonly TakenBackParcel[]
    }
  /** The mall does not know it (yet). */
  | { kind: 'not_found'; orderNumber: string; mallMessage?: string }
  /** The mall withholds it for now (unpaid): retry at `retryAt`, for as long as that lasts. */
  | { kind: 'pending'; orderNumber: string; retryAt: Date; message: string }
  /**
   * Not the shop's to handle (the mall ships it, another country's): finished, nothing is staged. `reason` is
   * Japanese.
   */
  | { kind: 'skipped'; orderNumber: string; reason: string }
  /** The mall refused this order alone, or it cannot be read. */
  | { kind: 'failed'; orderNumber: string; failure: MarketplaceFailure }

/** Caller's knowledge of the numbers; only ever saves calls. */
export interface FetchHints {
  /** Time before which none of the orders was placed or changed, as far as their mails and requests show. */
  since?: Date
  /** True when only unknown senders name the numbers: a vain search for them says nothing of others. */
  doubtful?: boolean
  /**
   * Called before each further call; false skips the rest. The result of a call is always yielded, however
   * late: it cost quota, and the next turn's first call may be as slow.
   */
  goesOn?(): boolean
}

export interface ListWindow {
  /** Inclusive, by order time unless the adapter says otherwise. */
  from: Date
  /** Exclusive. */
  to: Date
  /**
   * Also wants orders placed earlier and changed in this window; used by malls whose `freshBy` is changes.
   */
  orChanged?: true
}

export interface ListedOrder {
  orderNumber: string
  orderedAt: Date | null
  mallStatus: string | null
  mallState: MallState | null
  /** Changes whenever the order changes at the mall; absent where the list has none. */
  revision?: string | null
}

export interface ListPage {
  orders: ListedOrder[]
  /**
   * Unreadable entries of the page, each by number or place, in Japanese, without personal data. The others
   * count.
   */
  unreadable?: readonly string[]
  /** Token for the next page; null at the end. Opaque. */
  next: string | null
  /** Count of orders in the whole window, when the mall states it. */
  total: number | null
  /** End of the part that the mall guarantees, when before the window's end: list the rest again later. */
  completeUntil?: Date
}

export interface CredentialCheck {
  /** Japanese sentences for the person who pressed "test". */
  messages: string[]
  /** Ends of credentials, and whether each is certain. */
  expiries: { what: string; at: Date; certain: boolean }[]
  /** Abilities of the shop, where they are its own; kept with it for `Marketplace.ofShop`. */
  capabilities?: unknown
}

/** A value of `subStatus` of the site change `sub_status`. */
export interface SubStatus {
  code: string
  /** Name given by the shop. */
  label: string
  /** Status that it belongs to, with the mall's own name; null where it fits any. */
  mallStatus: { code: string; name: string | null } | null
}

/** Result of a shop's subscription (通知の購読). */
export interface Subscription {
  /** True when the mall writes to the queue from now on. */
  subscribed: boolean
  /** Failure code, null when all is well. */
  code: string | null
  /** Japanese: the result, or the step that a person must take at the mall. */
  messages: string[]
}

export interface MarketplaceSession {
  /** Writes; present where `Marketplace.changes` is. */
  changes?: ChangeCalls
  /**
   * Fetches orders by number. Yields one outcome per number, in any order, as they come, so that arrived
   * orders are staged even when a later call fails.
   * @throws MarketplaceFailure for what concerns the whole shop
   */
  fetchOrders(
    orderNumbers: readonly string[],
    signal: AbortSignal,
    hints?: FetchHints,
  ): AsyncIterable<FetchOutcome>
  /** Fetches one page of the mall's own list. The window must be within `limits.listWindowDays`. */
  listOrders(window: ListWindow, page: string | null, signal: AbortSignal): Promise<ListPage>
  /**
   * Lists the sub-statuses that the shop defined at the mall, where the mall returns them.
   * @throws MarketplaceFailure
   */
  subStatuses?(signal: AbortSignal): Promise<SubStatus[]>
  /**
   * Lists purchase applications that are not orders yet, where the mall separates them.
   * @throws MarketplaceFailure
   */
  purchaseApplications?(search: ApplicationSearch, signal: AbortSignal): Promise<ApplicationPage>
  /**
   * Makes the mall write this shop's notifications to its application's queue. Does not throw when the mall
   * refuses.
   */
  subscribe?(signal: AbortSignal): Promise<Subscription>
  /**
   * Makes one harmless call and returns its findings.
   * @throws MarketplaceFailure
   */
  checkCredentials(signal: AbortSignal): Promise<CredentialCheck>
}
