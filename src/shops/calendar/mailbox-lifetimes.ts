import type { Mailbox } from '../../generated/prisma/client.ts'
import type { Lifetime } from '../../marketplaces/port/credentials.ts'
import { OAUTH_KINDS, PROVIDERS } from '../mailboxes/oauth/providers.ts'

export type CalendarMailbox = Pick<Mailbox, 'authKind' | 'consentedAt' | 'consentEndsAt' | 'secretEndsAt'>

/** Lists what expires of a mailbox that signs in by OAuth. Nothing is known of passwords. */
export function mailboxLifetimes(mailbox: CalendarMailbox): Lifetime[] {
  const kind = OAUTH_KINDS.find((one) => one === mailbox.authKind)
  if (kind === undefined) return []
  const { label, page, consent } = PROVIDERS[kind]
  const lifetimes: Lifetime[] = []
  if (mailbox.secretEndsAt !== null)
    lifetimes.push({
      key: 'clientSecret',
      label: 'クライアントシークレット',
      certain: true,
      startsAt: null,
      endsAt: mailbox.secretEndsAt,
      action: `${page}で新しいシークレットを発行し、受信箱の設定に入れ直してください。`,
    })
  if (consent && mailbox.consentedAt !== null)
    lifetimes.push({
      key: 'consent',
      label: `${label}の同意`,
      certain: mailbox.consentEndsAt !== null,
      startsAt: mailbox.consentedAt,
      endsAt: mailbox.consentEndsAt,
      action: '受信箱の設定で、同意の手続きをもう一度行ってください。',
    })
  return lifetimes
}
