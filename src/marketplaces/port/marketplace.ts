import type { z } from 'zod'
import type { ConsentFlow, CredentialField, Lifetime, LifetimeFacts } from './credentials.ts'
import type { MailRules, ReadableMail, Recognition } from './mail-rules.ts'
import type { MallNotifications, MallPush } from './notifications.ts'
import type { MarketplaceName, NormalisedOrder } from './order.ts'
import type { MarketplaceSession, MarketplaceTools, ShopContext, UnknownField } from './session.ts'
import type { ChangeRules } from './site-changes.ts'

/** The port every mall implements. A mall is one folder and one object of this type. */

export interface MarketplaceLimits {
  /** How many numbers one fetch call takes: 100 at Rakuten, 1 at Yahoo!. */
  fetchBatch: number
  /** So many numbers are best handed to one `fetchOrders`, which then chooses the cheapest calls; absent: any count will do. */
  fetchAtOnce?: number
  /** What the mall's quota lets in at most in the long run, by the cheapest calls; absent where no quota is known. */
  ordersPerMinute?: number
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

/** One setting of a mall, read from the environment by `env`. */
export type MallSetting = { env: string; description: string } & (
  | {
      /** api: where calls go, what stands before the first path. page: what a person's browser is sent to. */
      kind: 'api' | 'page'
      byDefault: string
    }
  /** Calls a second; 1 when not set. */
  | { kind: 'rate' }
  /** Values parted by commas; none when not set. */
  | { kind: 'list' }
)
type MallSettings = Readonly<Record<string, MallSetting>>

/** The values of a mall's settings, under the names that its adapter gives them. */
export type MallOptions = Readonly<Record<string, string | number>>
export type OptionsOf<S extends MallSettings> = {
  readonly [K in keyof S]: S[K]['kind'] extends 'rate' ? number : string
}

/** What is known of a mall before one speaks with it: data alone, in the `facts.ts` of its folder. */
export interface MallFacts {
  name: MarketplaceName
  /** 楽天市場 */
  label: string
  /** In front of our failure codes of this mall: `RAKUTEN` makes `RAKUTEN_THROTTLED`. */
  prefix: string
  /** What staff call its own screens: RMS. */
  console: string
  /** The mall's own page of an order for staff, with `{orderNumber}` and `{shopCode}`; absent where its form is not known. */
  orderPage?: string
  /** Where on the mall's screens staff see that order mails are sent, and to which address; Japanese sentences. */
  mailHelp: string
  /**
   * How keys look that can only be this mall's, and what they are called: found in another mall's field of `onlyOwnKeys`,
   * they were pasted into the wrong form. Keys without a form of their own are not in the list.
   */
  keyShapes: readonly { shape: RegExp; name: string }[]
  /** What its screens call Shop.code. */
  shopCodeLabel: string
  /** Whether an order number can belong to the shop; null when numbers do not tell. */
  ownsOrderNumber(shopCode: string, orderNumber: string): boolean | null
  settings: MallSettings
  /** Days after its end for which the mall's terms let a buyer's data be kept; absent where they name none. */
  personalDataDays?: number
  /** Fields of Shop.settings that this mall alone reads; all optional. */
  shopSettings?: Readonly<Record<string, z.ZodOptional>>
  /** What its redirect after a consent carries besides `state` and `error`, with a description. */
  consentQuery?: Readonly<Record<string, string>>
  /** Made-up values for the examples in the REST description. */
  example?: MallExample
}

interface MallExample {
  shop: { code: string; name: string; credentials: Readonly<Record<string, string>> }
  mail: { from: string; subject: string; text: string }
}

/** What marketplaces/index.ts lists. */
export interface Mall extends MallFacts {
  create(options: MallOptions): Marketplace
}

export interface Marketplace<C = unknown> extends MallFacts {
  /** Shape of Shop.code with an error message in Japanese. */
  shopCode: z.ZodType<string>
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
  /** Whether the mall says that it never gives a number to orders of two shops. */
  orderNumbersAreUnique?: true
  /** Absent where the mall tells nothing by itself. */
  notifications?: MallNotifications
  /** What of an order is in none of the mall's documents. Pure; asked for every order that was read, so that operators learn of it. */
  unknowns(order: NormalisedOrder): UnknownField[]
  /** Absent where the mall posts nothing. */
  push?: MallPush
  /** Site changes (サイト変更); absent until the mall's are written. */
  changes?: ChangeRules
  open(shop: ShopContext<C>, tools: MarketplaceTools): MarketplaceSession
}
