import { matchRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailEnvelope } from '../../marketplaces/port/mail-rules.ts'
import { decodeRawHeader } from './header-text.ts'
import { rulesOf, type ShopMailRules } from './malls.ts'

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
