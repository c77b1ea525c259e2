import { createHash } from 'node:crypto'
import type { FetchMessageObject, MessageAddressObject } from 'imapflow'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailEnvelope, Recognition } from '../../marketplaces/port/mail-rules.ts'
import type { SeenMail } from '../intake/types.ts'
import { MAIL_BYTES } from '../mail-bytes.ts'
import { mayMatter } from '../recognition/envelope.ts'
import type { Judged, MailJudge } from '../recognition/judge.ts'
import type { ShopMailRules } from '../recognition/malls.ts'
import type { TrustSettings } from '../recognition/trust.ts'
import type { Listed } from './batches.ts'

/** A mail known by its envelope. */
export interface ListedMail extends Listed {
  messageId: string
  sentAt: Date | null
  envelope: MailEnvelope
  /** The whole mail, where it came with its headers. */
  source: Buffer | undefined
}

export interface MailReading {
  malls: MailMalls
  rules: ShopMailRules
  judge: MailJudge
  settings: TrustSettings
}

/** Facts of the mail's headers and size, and whether it is worth downloading. */
export function toListedMail(
  message: FetchMessageObject,
  { malls, rules }: Pick<MailReading, 'malls' | 'rules'>,
): ListedMail {
  const { envelope } = message
  const addresses = (list: MessageAddressObject[] | undefined) =>
    (list ?? []).slice(0, MOST_ADDRESSES).flatMap((one) => (one.address ? [one.address.toLowerCase()] : []))
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
    source: message.source,
  }
}

/**
 * Reads one downloaded mail. Null when it is no mall's. Never throws: a mail that breaks the parser is
 * classified by its envelope alone, so that staff see it and the mailbox continues.
 */
export async function readMail(
  listed: ListedMail,
  source: Buffer,
  reading: MailReading,
): Promise<SeenMail | null> {
  const { recognition, text: found, trust, path } = await judged(listed, source, reading)
  if (recognition === null) return null
  const text = found ?? (() => reading.judge.text(source).catch(() => ''))
  const identity = listed.messageId === '' ? { contentHash: hashOf(source) } : {}
  return { ...seenOf(listed), ...identity, recognition, text, trust, path }
}

/** Builds a mail from its envelope, when the server lists it but does not return it. */
export function unreadMail(listed: ListedMail, { malls, rules }: MailReading): SeenMail | null {
  const recognition = recogniseEnvelope(listed.envelope, malls, rules, NOT_HANDED_OUT)
  return recognition === null ? null : { ...seenOf(listed), recognition, text: '', trust: 'unknown' }
}

/** Hashes only the bytes that are fetched from a mail server, so that a mail has one hash on every path. */
const hashOf = (source: Buffer): string =>
  createHash('sha256').update(source.subarray(0, MAIL_BYTES)).digest('hex')

const seenOf = ({ uid, size, messageId, sentAt, envelope }: ListedMail) => ({
  uid,
  size,
  messageId,
  sentAt,
  ...envelope,
})

const MOST_ADDRESSES = 100

async function judged(
  listed: ListedMail,
  source: Buffer,
  { judge, malls, rules, settings }: MailReading,
): Promise<Judged> {
  try {
    return await judge.judge(source, rules, settings)
  } catch {
    const recognition = recogniseEnvelope(listed.envelope, malls, rules, UNREADABLE)
    return { recognition, text: '', trust: 'unknown', path: null }
  }
}

const UNREADABLE =
  'メールの形式が壊れていて読み取れません。モールの管理画面で注文を確認し、必要なら注文番号を指定して取り込んでください。'
const NOT_HANDED_OUT =
  'メールサーバーがこのメールの本文を渡さないため、読み飛ばしました。モールの注文一覧との照合を早めます。モールの管理画面で注文を確認してください。'

function recogniseEnvelope(
  envelope: MailEnvelope,
  malls: MailMalls,
  rules: ShopMailRules,
  reason: string,
): Recognition | null {
  for (const [marketplace, mall] of malls) {
    if (!matters(envelope, new Map([[marketplace, mall]]), rules)) continue
    return { marketplace, kind: 'unknown', orderNumbers: [], reason }
  }
  return null
}

/** An envelope that makes the rules fail is downloaded. */
function matters(envelope: MailEnvelope, malls: MailMalls, rules: ShopMailRules): boolean {
  try {
    return mayMatter(envelope, malls, rules)
  } catch {
    return true
  }
}

/** Returns the date only when plausible: a Date header may claim any year, which Postgres might refuse. */
function validDate(date: unknown): Date | null {
  if (typeof date !== 'string' && !(date instanceof Date)) return null
  const time = new Date(date).getTime()
  return time >= 0 && time < Date.UTC(10_000, 0) ? new Date(time) : null
}
