import type { z } from 'zod'
import type { ConsentFlow, CredentialField, Lifetime, LifetimeFacts } from './credentials.ts'
import type { MailRules, ReadableMail, Recognition } from './mail-rules.ts'
import type { MarketplaceName } from './order.ts'
import type { MarketplaceSession, MarketplaceTools, ShopContext } from './session.ts'
import type { ChangeRules } from './site-changes.ts'

/** The port every mall implements. A mall is one folder and one object of this type. */

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
