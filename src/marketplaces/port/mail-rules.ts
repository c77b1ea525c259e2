import type { MarketplaceName } from './order.ts'

/**
 * Rules for a mall's mails and their contents. A mail is a hint, never data: it yields numbers, no orders.
 */

/** The one that counts most in a mail of several kinds first. */
export const MAIL_KINDS = [
  'new_order',
  'cancelled',
  'payment',
  'changed',
  'shipped',
  'notice',
  'unknown',
] as const
/** new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能 */
export type MailKind = (typeof MAIL_KINDS)[number]

export interface SubjectRule {
  /** Text in the normalised subject (NFKC, no blanks, lower case); it is normalised the same way. */
  contains: string
  kind: MailKind
}

export interface MailRules {
  /** Mail addresses, `@domain` for that domain alone, or `@*.domain` for all below it; lower case. */
  senders: readonly string[]
  /** Senders that are never a trigger (buyers' relay addresses, the mall's newsletters). Checked first. */
  ignoredSenders: readonly string[]
  subjects: readonly SubjectRule[]
  /** Subjects of look-alike mails (the buyer's copy); checked before `subjects`. Same normalisation. */
  ignoredSubjects: readonly string[]
  /** Words before an order number, for malls whose numbers have no own form; compared like subjects. */
  numberLabels?: readonly string[]
  /**
   * Domains of the mall itself, with all below them; mails proven to come from them are trusted. Never
   * domains open to anyone's address. Shops cannot add to them.
   */
  domains?: readonly string[]
  /**
   * Domains from which a hosted cart sends the mails of all its shops, with all below them. Anyone may open a
   * trial shop there, so a mail from them is never trusted, and its address names no shop. Shops cannot add
   * to them.
   */
  sharedDomains?: readonly string[]
  /**
   * Orders that a mail of the mall names; a mail from an untrusted sender may request no more. 1 when absent.
   */
  ordersPerMail?: number
  /** Forms of the number behind such a word, as `parseNumberPattern` reads them: `#{8-10}`. */
  numberPatterns?: readonly string[]
}

/** Headers of a listed mail. Addresses are lower case. */
export interface MailEnvelope {
  from: string[]
  to: string[]
  subject: string
}

/** A parsed mail, reduced to text. Attached message/rfc822 are entries of `forwarded`, as ReadableMail. */
export interface ReadableMail extends MailEnvelope {
  /** text/plain, or text/html turned into text; decoded to Unicode, line ends are \n. */
  text: string
  forwarded: ReadableMail[]
  /** Values of its Authentication-Results, topmost first; some ten at most. */
  authentication?: string[]
  /** Values of its DKIM-Signature; some ten at most. */
  signatures?: string[]
  /** Value of its topmost Return-Path. */
  returnPath?: string
}

export const MAIL_TRUSTS = ['verified', 'forwarder', 'learned', 'unknown'] as const
/**
 * Trust in the sender. verified: the receiving host vouches that the mall sent it. forwarder: a shop entered
 * the sender. learned: earlier mails of the same path named orders that the mall has. unknown: anyone may
 * have written it.
 */
export type MailTrust = (typeof MAIL_TRUSTS)[number]

/** An order number, and what a part of the mail says of its order. A number may come with several kinds. */
export interface NamedOrder {
  orderNumber: string
  kind: MailKind
}

export interface Recognition {
  marketplace: MarketplaceName
  /** The kind that counts most, of the mail as a whole. */
  kind: MailKind
  /** Every order number in the mail in the mall's own form, each once, in the order of appearance. */
  orderNumbers: string[]
  /**
   * Present where a forward's parts are of several kinds: each number as its own part names it. Absent: every
   * number is of `kind`.
   */
  namedOrders?: readonly NamedOrder[]
  /** Name or code of the shop in the mail, where a mall's shops count for themselves; absent: it has none. */
  shop?: string
  /** Present when the mail names more numbers than are requested. */
  cut?: true
  /** Why no number was found or the kind is unknown: Japanese, for staff; null when all is well. */
  reason: string | null
}
