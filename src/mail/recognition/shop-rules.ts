import { type AddedMailRules, matchRules, mergeRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailEnvelope, MailRules } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import { decodeRawHeader } from './charset.ts'

/**
 * True when a mail is worth downloading, by its envelope alone. Matches a mall's domain with any subject, or
 * a mall's subject from any sender (a shop forwards from its own address), unless a rule of that mall ignores
 * it. Pure, some microseconds.
 */
export function mayMatter(
  envelope: MailEnvelope,
  marketplaces: MailMalls,
  shopRules: ShopMailRules = [],
): boolean {
  const readable = withReadableSubject(envelope)
  for (const mall of marketplaces.values()) {
    const match = matchRules(readable, rulesOf(mall, shopRules))
    if (match.ignoredBy === null && (match.sender !== null || match.subject !== null || match.ofMall))
      return true
  }
  return false
}

/** Decodes a bare ISO-2022-JP subject, which IMAP servers hand out as it is in the mail, escapes included. */
function withReadableSubject(envelope: MailEnvelope): MailEnvelope {
  if (!envelope.subject.includes('\x1b')) return envelope
  return { ...envelope, subject: decodeRawHeader(envelope.subject) ?? envelope.subject }
}

/**
 * Rules that the shops of a mailbox added to their malls' rules, in no order. Keep the array: its rules are
 * compiled once.
 */
export type ShopMailRules = readonly {
  marketplace: MarketplaceName
  rules: AddedMailRules
  /** Addresses whose attached order files the shop takes. A shop that is off has no other rules. */
  fileSenders?: readonly string[]
}[]

/** Senders whose attachments count: whole addresses, as a domain may have many. */
export const fileSenders = (senders: readonly string[] | undefined): readonly string[] =>
  (senders ?? []).filter((sender) => !sender.startsWith('@'))

/** The mall of a shop that takes order files from the one sender of this mail; null: none does. */
export function fileMallOf(
  { from }: Pick<MailEnvelope, 'from'>,
  rules: ShopMailRules,
): MarketplaceName | null {
  const [sender, ...others] = from
  if (sender === undefined || others.length > 0) return null
  return rules.find(({ fileSenders = [] }) => fileSenders.includes(sender))?.marketplace ?? null
}

const merged = new WeakMap<ShopMailRules, Map<MarketplaceName, MailRules>>()

/** Returns a mall's rules merged with those that the shops added. */
export function rulesOf(
  mall: { name: MarketplaceName; mailRules: MailRules },
  shopRules: ShopMailRules,
): MailRules {
  if (shopRules.length === 0) return mall.mailRules
  const byMall = merged.get(shopRules) ?? new Map<MarketplaceName, MailRules>()
  merged.set(shopRules, byMall)
  const known = byMall.get(mall.name)
  if (known) return known
  const added = shopRules.filter((one) => one.marketplace === mall.name).map((one) => one.rules)
  const rules = mergeRules(mall.mailRules, added)
  byMall.set(mall.name, rules)
  return rules
}
