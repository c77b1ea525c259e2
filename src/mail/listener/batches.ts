import { MAIL_BYTES } from '../mail-bytes.ts'

/** Envelopes per command. */
export const ENVELOPE_BATCH = 500
/** Mails downloaded, read and stored at a time: one transaction each. */
const BATCH_MAILS = 200
const BATCH_BYTES = 8 * 1024 * 1024

export interface Listed {
  uid: number
  size: number
  /** The envelope says that it may be a mall's: it is to be downloaded. */
  candidate: boolean
}

export interface MailBatch<T> {
  candidates: T[]
  ignored: number
  /** Mails that were never read when this batch is stored. */
  gaps: { refused: number; vanished: number }
  /** With this batch stored, everything up to here has been read. */
  lastUid: number
}

/** Cuts a list in UID order into batches bounded in mails and in bytes to download. Never empty ones. */
export function cutBatches<T extends Listed>(listed: readonly T[]): MailBatch<T>[] {
  const batches: MailBatch<T>[] = []
  let bytes = 0
  for (const mail of listed) {
    const cost = mail.candidate ? Math.min(mail.size, MAIL_BYTES) : 0
    let batch = batches.at(-1)
    if (batch === undefined || isFull(batch, bytes + cost, mail.candidate)) {
      batch = { candidates: [], ignored: 0, gaps: { refused: 0, vanished: 0 }, lastUid: mail.uid }
      batches.push(batch)
      bytes = 0
    }
    bytes += cost
    batch.lastUid = mail.uid
    if (mail.candidate) batch.candidates.push(mail)
    else batch.ignored += 1
  }
  return batches
}

function isFull(batch: MailBatch<Listed>, bytes: number, candidate: boolean): boolean {
  const mails = batch.candidates.length
  return candidate && mails > 0 && (mails >= BATCH_MAILS || bytes > BATCH_BYTES)
}

/** UIDs in ascending order as a compact set: `1:3,7`. */
export function toUidSet(uids: readonly number[]): string {
  const ranges: { from: number; to: number }[] = []
  for (const uid of uids) {
    const last = ranges.at(-1)
    if (last !== undefined && uid === last.to + 1) last.to = uid
    else ranges.push({ from: uid, to: uid })
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`)).join(',')
}

export function chunk<T>(values: readonly T[], size: number): T[][] {
  const chunks: T[][] = []
  for (let at = 0; at < values.length; at += size) chunks.push(values.slice(at, at + size))
  return chunks
}
