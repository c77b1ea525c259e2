import { matchRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailEnvelope } from '../../marketplaces/port/mail-rules.ts'
import { decodeRawHeader } from './header-text.ts'
import { rulesOf, type ShopMailRules } from './malls.ts'

/**
 * Whether a mail is worth downloading, by its envelope alone: a mall's domain, whatever the subject, or a mall's subject, whoever
 * sent it (a shop forwards from its own address), unless a rule of that mall says to leave it alone. Pure, some microseconds.
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

/** IMAP servers hand out a bare ISO-2022-JP subject as it stands in the mail, escapes and all. */
function withReadableSubject(envelope: MailEnvelope): MailEnvelope {
  if (!envelope.subject.includes('\x1b')) return envelope
  return { ...envelope, subject: decodeRawHeader(envelope.subject) ?? envelope.subject }
}
