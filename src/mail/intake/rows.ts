import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { MailDecision } from './decision.ts'
import type { IntakeBatch, SeenMail } from './types.ts'

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
  decision: MailDecision,
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
    reason: decision.reason,
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
