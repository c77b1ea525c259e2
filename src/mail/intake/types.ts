import type { MailTrust, Recognition } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import type { ShopMailRules } from '../recognition/malls.ts'
import type { Cursor } from './cursor.ts'

/** A mall's mail as read, before it is known whether it was seen before. Held in memory only. */
export interface SeenMail {
  uid: number
  /** Whole mail, bytes. */
  size: number
  /** Empty when the mail has none. */
  messageId: string
  /**
   * SHA-256 of the content read from a mail without Message-ID; absent for others, and when the server did
   * not return it.
   */
  contentHash?: string
  subject: string
  from: string[]
  to: string[]
  sentAt: Date | null
  recognition: Recognition
  trust: MailTrust
  /** The way that it came by, by which trust is learned; null or absent where the mail does not tell. */
  path?: string | null
  /** Readable text, kept for unreadable mails alone. A function: only reading shows that the mail is one. */
  text: string | (() => Promise<string>)
}

/** An enabled shop of the mailbox. */
export interface MailboxShop {
  id: string
  marketplace: MarketplaceName
  code: string
}

export interface MailboxShops {
  shops: MailboxShop[]
  rules: ShopMailRules
}

export interface Gaps {
  /** Skipped, because the server answers NO for them. */
  refused: number
  /** Listed or announced, but gone when fetched. */
  vanished: number
}

export interface IntakeBatch {
  mailbox: { id: string; tenantId: string }
  /** Listener that must still hold the mailbox's lease for the batch to be stored. */
  leaseOwner: string
  /**
   * Expected cursor in the database. A different one means that the batch was read from an outdated position.
   */
  from: Cursor | null
  to: Cursor
  shops: readonly MailboxShop[]
  mails: readonly SeenMail[]
  /** Mails of no mall. */
  ignored: number
  /** Mails that were never read: the server refused them, or they vanished first. */
  gaps?: Gaps
}

export interface IntakeResult {
  recognised: number
  unreadable: number
  /** Read before: their fingerprint is known. */
  duplicates: number
}
