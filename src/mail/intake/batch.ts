import type { MailTrust, Recognition } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { storable } from '../../platform/storable.ts'
import type { Attached } from '../recognition/parse-mail.ts'
import type { ShopMailRules } from '../recognition/shop-rules.ts'

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
  /** Order files attached to it. */
  files?: readonly Attached[]
}

/** A shop of the mailbox. */
export interface MailboxShop {
  id: string
  marketplace: MarketplaceName
  code: string
  /** Its name, and senders of its own mail rules: by these a mail may tell whose it is. */
  name?: string
  senders?: readonly string[]
  /** True where orders come as files. */
  takesFiles?: boolean
}

export interface MailboxShops {
  /** Enabled ones. */
  shops: MailboxShop[]
  /** Disabled ones that take files: by these a sender's files are theirs, and no other shop's. */
  offShops: MailboxShop[]
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
  offShops?: readonly MailboxShop[]
  mails: readonly SeenMail[]
  /** Mails of no mall. */
  ignored: number
  /** Mails that were never read: the server refused them, or they vanished first. */
  gaps?: Gaps
  /** The server's UIDs are not stable, so that another UIDVALIDITY says nothing. */
  unnumbered?: boolean
  /** All of them may have been read before: only what is new to the database is news. */
  again?: boolean
  /** With this batch stored, all mails that came before then have been read; null: more of them follow. */
  readUntil?: Date | null
}

export interface IntakeResult {
  recognised: number
  unreadable: number
  /** Read before: their fingerprint is known. */
  duplicates: number
}

/** Reading position in a mailbox. UIDs are valid only with the UIDVALIDITY under which they were read. */
export interface Cursor {
  uidValidity: bigint
  lastUid: number
}

type ReadingStart =
  /** Everything above `lastUid` is new. */
  | { kind: 'continue'; cursor: Cursor }
  /** Never read, or the server renumbered its mails (RFC 3501 §2.3.1.1): the last days are read, by date. */
  | { kind: 'recent' }

/**
 * Decides where reading begins in a newly opened mailbox. A UIDNEXT at or below the last UID read, under the
 * same UIDVALIDITY, breaks the protocol's promise. Such a mailbox was replaced (restored, or another
 * account); its cursor is void and would hide every new mail.
 */
export function decideStart(
  stored: Cursor | null,
  opened: { uidValidity: bigint; uidNext: number },
): ReadingStart {
  if (stored === null) return { kind: 'recent' }
  const sameNumbers = stored.uidValidity === opened.uidValidity
  const goesOn = opened.uidNext > stored.lastUid
  return sameNumbers && goesOn ? { kind: 'continue', cursor: stored } : { kind: 'recent' }
}

/** The UID range after the cursor. Its answer may hold one mail from before: see `onlyAfter`. */
export const rangeAfter = (lastUid: number): string => `${lastUid + 1}:*`

/** The same for SEARCH: GNU mailutils finds nothing behind `n:*`, and a backlog would stay unread. */
export const searchRangeAfter = (lastUid: number): string => `${lastUid + 1}:${MOST_UID}`

/** UIDs have 32 bits. */
const MOST_UID = 4_294_967_295

/**
 * Drops mails that were read before, and sorts. `n:*` means `*:n` when n is above the highest UID, and then
 * names the last mail (RFC 3501 §6.4.8), so a server returns an old mail when there is no new one.
 */
export function onlyAfter<T extends { uid: number }>(lastUid: number, mails: readonly T[]): T[] {
  return mails.filter((mail) => mail.uid > lastUid).sort((a, b) => a.uid - b.uid)
}

/** Content of a mail that an operator may see; sealed in its row. */
export interface KeptMail {
  subject: string
  from: string[]
  /** Text, of unreadable mails only. */
  text?: string
}

/** Characters of an unreadable mail's text that are kept. */
const KEPT_TEXT = 64 * 1024
const KEPT_SUBJECT = 1_000
const KEPT_SENDERS = 10

export const mailContext = (id: string): string => `mail:${id}:mail`

/** One element of the JSON that `STORE_BATCH` takes; bytes as hex. */
export function toMailRow(
  id: string,
  mail: SeenMail,
  decision: { state: string; reason: string | null },
  text: string | null,
  batch: IntakeBatch,
  sealer: Sealer,
) {
  const kept: KeptMail = {
    subject: mail.subject.slice(0, KEPT_SUBJECT),
    from: mail.from.slice(0, KEPT_SENDERS),
    ...(text === null ? {} : { text: text.slice(0, KEPT_TEXT) }),
  }
  return {
    id,
    uid: mail.uid,
    fingerprint: hex(fingerprintOf(mail, sealer)),
    state: decision.state,
    marketplace: mail.recognition.marketplace,
    kind: mail.recognition.kind,
    order_numbers: mail.recognition.orderNumbers,
    reason: storable(decision.reason),
    trust: mail.trust,
    path: mail.path ? hex(pathHash(mail.path, batch.mailbox.id, sealer)) : null,
    sent_at: mail.sentAt?.toISOString() ?? null,
    size: Math.min(mail.size, MAX_INT4),
    sealed_mail: hex(sealer.of(batch.mailbox.tenantId).sealJson(mailContext(id), kept)),
    tenant_id: batch.mailbox.tenantId,
  }
}

/** Hash for one mailbox alone, so that it does not reveal that mails of two mailboxes took the same path. */
export const pathHash = (path: string, mailboxId: string, sealer: Pick<Sealer, 'fingerprint'>): Uint8Array =>
  sealer.fingerprint('mail-path', `${mailboxId} ${path}`)

/**
 * Builds the identity by which a mail is recognised under a new UID. Includes date and subject, because some
 * forwarders give many mails one Message-ID. Without a Message-ID the content counts: mails of one template
 * may come within one second and differ only in the order's number.
 */
function fingerprintOf(mail: SeenMail, sealer: Sealer): Uint8Array {
  const sentAt = mail.sentAt?.getTime() ?? null
  const identity =
    mail.messageId === ''
      ? [mail.from, mail.to, mail.subject, sentAt, mail.size, mail.contentHash]
      : [mail.messageId, mail.subject, sentAt]
  return sealer.fingerprint('mail', JSON.stringify(identity))
}

const MAX_INT4 = 2_147_483_647
export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
