import type { z } from 'zod'
import type { MarketplaceFailure } from './failures.ts'
import type { MailRules, ReadableMail, Recognition } from './mail-rules.ts'
import type { MallState, MarketplaceName, NormalisedOrder } from './order.ts'
import type {
  CredentialCheck,
  MarketplaceSession,
  MarketplaceTools,
  ShopContext,
  UnknownField,
} from './session.ts'
import type { ChangeRules } from './site-changes.ts'

/** Port that every mall implements. A mall is one folder and one object of this type. */

export interface MarketplaceLimits {
  /** Numbers per fetch call: 100 at Rakuten, 1 at Yahoo!. */
  fetchBatch: number
  /** Best count of numbers for one `fetchOrders`, which then chooses the cheapest calls; absent: any. */
  fetchAtOnce?: number
  /**
   * Most orders per minute that the mall's quota allows in the long run, by the cheapest calls; absent where
   * no quota is known.
   */
  ordersPerMinute?: number
  listWindowDays: number
  /**
   * Minutes for which its API may not know an order after the mail (an index that lags); it is asked each
   * minute for as long.
   */
  lagMinutes?: number
  /** Days that the mall answers for. */
  historyDays: number
  /**
   * Source of a sweep's knowledge of cancelled or edited orders of any age. list: the list has state and
   * revision of each. changes: it also names orders changed in a window (`orChanged`). reading: it names
   * numbers alone, so the open orders are read again, `fetchBatch` per call.
   */
  freshBy: 'list' | 'changes' | 'reading'
}

/** One setting of a mall, read from the environment by `env`. */
export type MallSetting = { env: string; description: string } & (
  | {
      /** api: base URL of calls, before the first path. page: URL for a person's browser. */
      kind: 'api' | 'page'
      byDefault: string
    }
  /** Calls a second; 1 when not set. */
  | { kind: 'rate' }
  /** Values parted by commas; none when not set. */
  | { kind: 'list' }
  /** Hosts that may have a private address where tenants enter the URL of a shop's API; none when not set. */
  | { kind: 'hosts' }
)
type MallSettings = Readonly<Record<string, MallSetting>>

/** The values of a mall's settings, under the names that its adapter gives them. */
export type MallOptions = Readonly<Record<string, string | number>>
export type OptionsOf<S extends MallSettings> = {
  readonly [K in keyof S]: S[K]['kind'] extends 'rate' ? number : string
}

/** Facts of a mall that need no call: data alone, in the `facts.ts` of its folder. */
export interface MallFacts {
  name: MarketplaceName
  /** First version that has it: the documents of older ones, and clients made of them, do not know it. */
  since: `${number}.${number}.${number}`
  /** 楽天市場 */
  label: string
  /** True where each tenant runs the server itself and enters its address. */
  servedByTenant?: true
  /** Prefix of our failure codes for this mall: `RAKUTEN` makes `RAKUTEN_THROTTLED`. */
  prefix: string
  /** Name of its own screens among staff: RMS. */
  console: string
  /**
   * URL of an order on the mall's screens, with `{orderNumber}` and `{shopCode}`; absent where its form is
   * not known.
   */
  orderPage?: string
  /**
   * Place on the mall's screens (Japanese) for registering the addresses that may call its API; absent where
   * any may.
   */
  callersRegisteredIn?: string
  /** Japanese sentences: where the mall's screens show that order mails are sent, and to which address. */
  mailHelp: string
  /**
   * Forms of keys that can only be this mall's, and their names. Found in another mall's field of
   * `onlyOwnKeys`, they were pasted into the wrong form. Omits keys without a distinct form.
   */
  keyShapes: readonly { shape: RegExp; name: string }[]
  /** Name of Shop.code on its screens. */
  shopCodeLabel: string
  /**
   * mall: a number names one order of the whole mall. shop: each shop counts for itself, so that two may have
   * the same number, and a mail's number says nothing without the shop.
   */
  orderNumberScope: 'mall' | 'shop'
  /**
   * Days after an order in which the mall writes of it, 7 when absent. Where each shop counts for itself, a
   * later mail with its number is taken for another shop's.
   */
  mailedWithinDays?: number
  /** True when an order number can belong to the shop; null when numbers do not show it. */
  ownsOrderNumber(shopCode: string, orderNumber: string): boolean | null
  settings: MallSettings
  /**
   * Calls that change nothing at the mall, as `POST /es/2.0/order/getOrder/`; `{}` stands for one part of a
   * path, and what follows the path is how the body begins. Nothing else leaves a shop that rehearses.
   */
  reads: readonly string[]
  /**
   * Days after an order's end for which the mall's terms allow keeping a buyer's data; absent where they name
   * none.
   */
  personalDataDays?: number
  /** Fields of Shop.settings for this mall alone; all optional. */
  shopSettings?: Readonly<Record<string, z.ZodOptional>>
  /** Query fields of its redirect after a consent besides `state` and `error`, with a description. */
  consentQuery?: Readonly<Record<string, string>>
  /** Made-up values for the examples in the REST description. */
  example?: MallExample
}

interface MallExample {
  shop: { code: string; name: string; credentials: Readonly<Record<string, string>> }
  mail: { from: string; subject: string; text: string }
}

/** Entry of the list in marketplaces/index.ts. */
export interface Mall extends MallFacts {
  create(options: MallOptions): Marketplace
}

/** How rows of a shop's order files become orders. */
export interface FileShopRules {
  /** Parses an order that was put together from rows. Pure. */
  parse(
    value: object,
    shopCode: string,
  ): { ok: true; toOrder(state: MallState): NormalisedOrder } | { ok: false; reason: string }
}

export interface Marketplace<C = unknown> extends MallFacts {
  /** Shape of Shop.code with an error message in Japanese. */
  shopCode: z.ZodType<string>
  /**
   * Parses and cleans pasted credentials. Issues name the field and the expected form in Japanese. Null in an
   * optional field means absent.
   */
  credentials: z.ZodType<C>
  credentialFields: readonly CredentialField[]
  limits: MarketplaceLimits
  /** Absent where nothing ends, or nothing is known of it. */
  lifetimes?(facts: LifetimeFacts<C>): Lifetime[]
  /** Absent where only the mall's screens issue keys. */
  consent?: ConsentFlow<C>
  /** Senders and subjects, as data. */
  mailRules: MailRules
  /**
   * Recognises a mail; null when it is not this mall's. `rules` are mailRules plus those that shops added.
   * Pure.
   */
  recognise(mail: ReadableMail, rules: MailRules): Recognition | null
  /** Present when the mall guarantees that two shops never share an order number. */
  orderNumbersAreUnique?: true
  /** Absent where the mall sends no notifications. */
  notifications?: MallNotifications
  /**
   * Lists contents of an order that are in none of the mall's documents, to inform operators. Pure; called
   * for every order read.
   */
  unknowns(order: NormalisedOrder): UnknownField[]
  /** The unknowns that are codes in none of our tables, to inform the shop's staff. */
  unknownCodes?(order: NormalisedOrder): UnknownField[]
  /** Absent where the mall posts no orders. */
  push?: MallPush
  /** Site changes (サイト変更); absent until the mall's are written. */
  changes?: ChangeRules
  /**
   * This mall as one shop has it: its own label, colour, limits, actions and carriers, by what the shop said
   * of itself (`CredentialCheck.capabilities`, null before). Absent where all shops have the same.
   */
  ofShop?(capabilities: unknown): Marketplace<unknown>
  /** True where a shop may have no server: its orders come as files then. */
  takesFiles?: true
  /** Present for such a shop (`ofShop`): no list, number or change is asked for. */
  byFile?: FileShopRules
  /** Of its label, as #RRGGBB; absent: the board's own for the mall. */
  colour?: string
  open(shop: ShopContext<C>, tools: MarketplaceTools): MarketplaceSession
}

/** One field of a mall's credentials, as a settings form shows it. */
export interface CredentialField {
  name: string
  /** Japanese label, as the mall's own screen calls it. */
  label: string
  /** Place where staff find it, in Japanese. */
  help: string
  secret: boolean
  required: boolean
  /** Rejects another mall's key, recognised by its form (`MallFacts.keyShapes`), by name. */
  onlyOwnKeys?: true
  /** Its lifetime, in Japanese, when limited. */
  lifetime?: string
  /**
   * Field that this one describes (its date, its version): a new value there makes the stored one here wrong.
   */
  belongsTo?: string
  /** A consent in the browser brings it, so that nobody has to enter it. */
  byConsent?: true
}

/** One part of a shop's credentials that ends by itself. */
export interface Lifetime {
  /** Stable, for programs: `licenseKey`, `consent`, `session`. */
  key: string
  /** Japanese, as the mall's screen calls it. */
  label: string
  /** Null when unknown. */
  endsAt: Date | null
  /** Start, if known: warnings before it make no sense. */
  startsAt: Date | null
  /**
   * True when the mall says so or it follows from what it says; false for an estimate. Either may end earlier
   * by a person's act.
   */
  certain: boolean
  /** Japanese: the remedy before it ends, and where. */
  action: string
  /**
   * Notify at once, not only before its end, because it should not exist (a session without its key check).
   */
  tellAtOnce?: boolean
}

/** Input for computing lifetimes; pure data. */
export interface LifetimeFacts<C> {
  credentials: C
  /** Time of the last change of each field. */
  setAt: Readonly<Record<string, Date>>
  /** Result of the last successful check of these very credentials; null when there was none. */
  check: { at: Date; expiries: readonly CredentialCheck['expiries'][number][] } | null
  /** Codes of notices (`notice`) from the mall's answers that are still open. */
  notices: readonly string[]
}

interface ConsentAsk<C> {
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

/** Answer in the mall's redirect back. */
export type ConsentAnswer =
  | { kind: 'code'; code: string }
  /** The person did not consent. */
  | { kind: 'refused' }
  | { kind: 'failed'; failure: MarketplaceFailure }

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
  /**
   * Schema of the application's part of the credentials, required before a consent. Issues name the field.
   */
  application: z.ZodType<Partial<C>>
  /** The page on which a person consents. */
  authorisationUrl(ask: ConsentAsk<C>): string
  /** Reads the query of the redirect back. Null when it is none of this mall's. */
  readAnswer(query: Readonly<Record<string, string>>, shopCode: string): ConsentAnswer | null
  /**
   * Exchanges the code, which the mall takes once, for tokens. Returns the credential fields to store.
   * @throws MarketplaceFailure; after `unavailable` the same code may be tried again
   */
  exchange(exchange: ConsentExchange<C>): Promise<Partial<C>>
  /** Failure codes of checkCredentials for a consent by a person without rights to this shop. */
  wrongAccount: readonly string[]
}

// Notifications that a mall sends by itself: a trigger beside mails and the mall's list (契機: 通知).

interface MallNotifications {
  /** URLs of the mall's SQS queues; empty when the operator set none. */
  queues: readonly string[]
  /** Environment variable that holds them. */
  setting: string
  /** Parses one message of outside origin. Null when it cannot be read. Pure. */
  read(text: string): MallNotification | null
}

export type MallNotification =
  | {
      kind: 'order'
      /** Notification id of the mall; the same one arrives more than once. */
      id: string
      shopCode: string
      orderNumber: string
      /** new: import it unless it is here. changed: read it again if it is here. */
      news: 'new' | 'changed'
      /** For people: OrderStatusChange Unshipped */
      what: string
      at: Date | null
    }
  /** Understood, but nothing to do. */
  | { kind: 'other'; id: string; what: string }

/** An order that a mall posts by itself. */
export interface PushedOrder {
  orderNumber: string
  /** Id of this message; together with the number it identifies repetitions. */
  id: string
  /** changed: read it again if it is here; absent: new. */
  news?: 'new' | 'changed'
}

export interface PushAnswer {
  type: string
  body: string
}

/** Header fields of a request, in lower case. */
export type PushHeaders = Readonly<Record<string, string | undefined>>

export type PushRefusal = 'missing' | 'forged' | 'stale' | 'unreadable'

export interface SentPush {
  headers: PushHeaders
  body: Uint8Array
  /** Milliseconds. */
  now: number
}

/** The shop at whose address a message came in. */
export interface PushedShop {
  /** Shop.code. Compare it: shops of one app are signed for with one secret. */
  code: string
  /** Its own for pushes, and those of `secretsOf`; any of them may have signed. */
  secrets: readonly string[]
}

/** Messages that a mall posts to our URL. Pure. */
export interface MallPush {
  /** A message in XML; absent where the mall posts none. */
  xml?: {
    /** Null when it cannot be read. `key`: what proves the mall. */
    read(text: string): { key: string; orders: PushedOrder[] } | null
    answers: { taken: PushAnswer; unreadable: PushAnswer; refused: PushAnswer }
  }
  /**
   * Checks a message that the mall signed in its own way; absent where it signs none. Null when its headers
   * bear no such signature: then it may be a program's. May throw on what it cannot read.
   */
  verify?(sent: SentPush, shop: PushedShop): { orders: PushedOrder[] } | { refusal: PushRefusal } | null
  /** Secrets in the shop's credentials by which the mall signs. They open the door by themselves. */
  secretsOf?(credentials: unknown): readonly string[]
}
