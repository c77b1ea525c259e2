import type { FetchMessageObject, MessageAddressObject } from 'imapflow'
import type { MailEnvelope, Recognition } from '../../marketplaces/port/mail-rules.ts'
import { withTimeout } from '../../platform/timeout.ts'
import type { SeenMail } from '../intake/types.ts'
import { mayMatter } from '../recognition/envelope.ts'
import type { MailMalls, ShopMailRules } from '../recognition/malls.ts'
import { parseMail } from '../recognition/parse-mail.ts'
import { recogniseMail } from '../recognition/recognise-mail.ts'
import type { Listed } from './batches.ts'

/** A mail as its envelope shows it. */
export interface ListedMail extends Listed {
  messageId: string
  sentAt: Date | null
  envelope: MailEnvelope
}

export interface MailReading {
  malls: MailMalls
  rules: ShopMailRules
}

/** What FETCH ENVELOPE RFC822.SIZE told, and whether it is worth downloading the mail. */
export function toListedMail(message: FetchMessageObject, { malls, rules }: MailReading): ListedMail {
  const { envelope } = message
  const addresses = (list: MessageAddressObject[] | undefined) =>
    (list ?? []).flatMap((one) => (one.address ? [one.address.toLowerCase()] : []))
  const seen: MailEnvelope = {
    from: addresses(envelope?.from),
    to: addresses(envelope?.to),
    subject: envelope?.subject ?? '',
  }
  return {
    uid: message.uid,
    size: message.size ?? 0,
    candidate: matters(seen, malls, rules),
    messageId: envelope?.messageId ?? '',
    sentAt: validDate(envelope?.date),
    envelope: seen,
  }
}

/**
 * Reads one downloaded mail. Null when it is no mall's. Never throws: a mail that breaks the reading is judged by its
 * envelope alone, so that it is shown to staff and the mailbox goes on.
 */
export async function readMail(
  listed: ListedMail,
  source: Buffer,
  { malls, rules }: MailReading,
): Promise<SeenMail | null> {
  const { recognition, text } = await recognise(listed, source, malls, rules)
  if (recognition === null) return null
  const { uid, size, messageId, sentAt, envelope } = listed
  return { uid, size, messageId, sentAt, ...envelope, recognition, text }
}

async function recognise(
  listed: ListedMail,
  source: Buffer,
  malls: MailMalls,
  rules: ShopMailRules,
): Promise<{ recognition: Recognition | null; text: string }> {
  try {
    const mail = await withTimeout(READ_MS, parseMail(source))
    return { recognition: recogniseMail(mail, malls, rules), text: mail.text }
  } catch {
    return { recognition: recogniseEnvelope(listed.envelope, malls, rules), text: '' }
  }
}

/** Reading takes a millisecond; a mail over which the parser never ends must not keep its mailbox waiting for ever. */
const READ_MS = 15_000

const UNREADABLE =
  'メールの形式が壊れていて読み取れません。モールの管理画面で注文を確認し、必要なら注文番号を指定して取り込んでください。'

function recogniseEnvelope(
  envelope: MailEnvelope,
  malls: MailMalls,
  rules: ShopMailRules,
): Recognition | null {
  for (const [marketplace, mall] of malls) {
    if (!matters(envelope, new Map([[marketplace, mall]]), rules)) continue
    return { marketplace, kind: 'unknown', orderNumbers: [], reason: UNREADABLE }
  }
  return null
}

/** An envelope that breaks the rules' comparing is worth a look. */
function matters(envelope: MailEnvelope, malls: MailMalls, rules: ShopMailRules): boolean {
  try {
    return mayMatter(envelope, malls, rules)
  } catch {
    return true
  }
}

/** A Date header may claim any year; Postgres takes those that a mail can have. */
function validDate(date: unknown): Date | null {
  if (date === null || date === undefined) return null
  const time = new Date(date as string | number | Date).getTime()
  return time >= 0 && time < Date.UTC(10_000, 0) ? new Date(time) : null
}
