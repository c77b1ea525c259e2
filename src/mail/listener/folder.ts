import { createHash } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import type { FetchMessageObject, FetchQueryObject, MessageEnvelopeObject } from 'imapflow'
import type { ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { factsOf } from '../../platform/narrow.ts'
import { rangeAfter } from '../intake/batch.ts'
import { HEAD_BYTES, MAIL_BYTES } from '../mail-bytes.ts'
import { parsePlainHead } from '../recognition/plain-head.ts'
import type { Link } from './connection.ts'

/** One folder, opened with EXAMINE, and the only commands used on it. None of them changes a flag. */
export interface Folder {
  /** Value at the last EXAMINE. */
  readonly uidValidity: bigint
  /** Value at the last EXAMINE; absent when the server sends none. */
  readonly uidNext: number | undefined
  /** Runs EXAMINE again, which is reliable where unsolicited updates are not. */
  look(): Promise<void>
  /** Count of mails, as far as the server announced them. */
  exists(): number
  /** UIDs in ascending order. */
  search(query: { uid: string } | { since: Date }): Promise<number[]>
  /** UIDs above that one, in ascending order, by FETCH: GNU mailutils searches by places in its list. */
  listAfter(uid: number): Promise<number[]>
  /**
   * Fetches the relevant headers, as an envelope, and the size of each. Rejects when the server says NO; see
   * `isRefusal`.
   * @param withMails the mails come too, where they are smaller than 32 KiB
   */
  envelopes(range: string, withMails?: boolean): Promise<MailHeads[]>
  /**
   * Fetches what tells the mails apart, by UID; those that the server does not hand out are missing. Rejects
   * like `envelopes`.
   */
  identities(uids: readonly number[]): Promise<Map<number, string>>
  /**
   * Fetches the beginning of each, by UID; mails removed meanwhile are missing. BODY.PEEK. Rejects like
   * `envelopes`.
   * @param most bytes of each; left out: 256 KiB
   */
  sources(uids: readonly number[], most?: number): Promise<Map<number, Buffer>>
}

/** One mail by its headers. */
export type MailHeads = FetchMessageObject & {
  /** Hash of the headers as they stand and of the size: the mail's own, whatever its UID. */
  identity: string
}

/** True when the server answered NO: it works, but cannot hand out something in the set. */
export const isRefusal = (error: unknown): boolean => factsOf(error).responseStatus === 'NO'

/**
 * Fetches a set. When the server says NO, halves it down to the single mail that it refuses: one mail that a
 * server cannot hand out must not block all later ones.
 * @returns the fetched data, and the UIDs that were refused alone
 */
export async function fetchHalving<T>(
  uids: readonly number[],
  fetch: (uids: readonly number[]) => Promise<T>,
): Promise<{ fetched: T[]; refused: number[] }> {
  if (uids.length === 0) return { fetched: [], refused: [] }
  try {
    return { fetched: [await fetch(uids)], refused: [] }
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (uids.length === 1) return { fetched: [], refused: [...uids] }
    const middle = Math.ceil(uids.length / 2)
    const first = await fetchHalving(uids.slice(0, middle), fetch)
    const second = await fetchHalving(uids.slice(middle), fetch)
    return {
      fetched: [...first.fetched, ...second.fetched],
      refused: [...first.refused, ...second.refused],
    }
  }
}

/**
 * True where a server sent more in one piece than is taken: a mail of nothing but headers, which may be as
 * large as a mail.
 */
export const isTooLarge = (error: unknown): boolean => factsOf(error).code === 'LiteralTooLarge'

/**
 * @param careful sizes are asked for first, and of large mails the beginning alone: takes another round trip
 */
export async function openFolder(link: Link, path: string, careful = false): Promise<Folder> {
  const { client, run } = link
  const examine = () => run(client.mailboxOpen(path, { readOnly: true }))
  let opened = await examine().catch(async (error: unknown) => {
    throw factsOf(error).mailboxMissing === true ? await withFolders(error, link) : error
  })
  const uidNext = () => opened.uidNext || undefined
  return {
    get uidValidity() {
      return opened.uidValidity
    },
    get uidNext() {
      return uidNext()
    },
    async look() {
      opened = await examine()
    },
    exists: () => (client.mailbox === false ? 0 : client.mailbox.exists),
    async search(query) {
      const found = await run(client.search(query, { uid: true }))
      if (!found) throw new Error('the mail server refused to search')
      return [...found].sort((a, b) => a - b)
    },
    async listAfter(last) {
      const messages = await run(client.fetchAll(rangeAfter(last), { uid: true }, { uid: true }))
      return messages.flatMap(({ uid }) => (uid > last ? [uid] : [])).sort((a, b) => a - b)
    },
    envelopes: (range, withMails = false) => run(readHeads(client, range, withMails, careful)),
    async identities(uids) {
      if (uids.length === 0) return new Map()
      const messages = await run(fetchHeads(client, toUidSet(uids), {}, careful))
      return new Map(
        messages.flatMap(({ uid, size, headers }) => (headers ? [[uid, identityOf(size, headers)]] : [])),
      )
    },
    async sources(uids, most = MAIL_BYTES) {
      if (uids.length === 0) return new Map()
      const query = { uid: true, source: { start: 0, maxLength: most } }
      const messages = await run(client.fetchAll(toUidSet(uids), query, { uid: true }))
      return new Map(messages.flatMap((message) => (message.source ? [[message.uid, message.source]] : [])))
    },
  }
}

/** Puts the folders that are there beside the error: staff may have meant one of them. */
async function withFolders(error: unknown, { client, run }: Link): Promise<unknown> {
  const listed = await run(client.list()).catch(() => [])
  const folders = listed.filter(({ flags }) => !flags.has('\\Noselect')).map(({ path }) => path)
  return Object.assign(new Error('the folder is not there', { cause: error }), factsOf(error), {
    folders,
    delimiter: listed[0]?.delimiter,
  })
}

/** Larger mails are fetched by themselves, and only where they matter. */
const SMALL_BYTES = 32 * 1024

/** Plain heads that are read before other work gets its turn: 20 µs each. */
const HEADS_AT_ONCE = 50
const HEAD_FIELDS = ['from', 'to', 'subject', 'date', 'message-id']

/**
 * Asked for as headers and read here, not as ENVELOPE: that a server takes apart and ImapFlow decodes
 * whole, in one go, and the headers of an unverified sender's mail may be megabytes of addresses and
 * encoded words. Of these the first 32 KiB are kept.
 */
async function readHeads(
  client: Link['client'],
  range: string,
  withMails: boolean,
  careful: boolean,
): Promise<MailHeads[]> {
  const source = { start: 0, maxLength: SMALL_BYTES }
  const heads = await fetchHeads(client, range, withMails ? { source } : {}, careful)
  const read: MailHeads[] = []
  for (const { headers, ...message } of heads) {
    const head = readHead(headers)
    read.push({ ...message, envelope: await head, identity: identityOf(message.size, headers) })
    if (head instanceof Promise || read.length % HEADS_AT_ONCE === 0) await pause()
  }
  return read
}

type FetchedHead = FetchMessageObject & { headers: Buffer }

/** A mail that is larger may have as much of headers as is taken in one piece. */
const LARGE_BYTES = 1024 * 1024

async function fetchHeads(
  client: Link['client'],
  range: string,
  more: Pick<FetchQueryObject, 'source'>,
  careful: boolean,
): Promise<FetchedHead[]> {
  const usual = { ...more, headers: HEAD_FIELDS }
  if (!careful) return fetchThese(client, range, usual)
  const [large, small]: [number[], number[]] = [[], []]
  for await (const { uid, size = 0 } of client.fetch(range, { uid: true, size: true }, { uid: true }))
    (size > LARGE_BYTES ? large : small).push(uid)
  const beginning = { bodyParts: [{ key: 'HEADER', start: 0, maxLength: HEAD_BYTES }] }
  const heads = [
    ...(small.length > 0 ? await fetchThese(client, toUidSet(small), usual) : []),
    ...(large.length > 0 ? await fetchThese(client, toUidSet(large), beginning) : []),
  ]
  return heads.toSorted((a, b) => a.uid - b.uid)
}

async function fetchThese(
  client: Link['client'],
  range: string,
  query: FetchQueryObject,
): Promise<FetchedHead[]> {
  const heads: FetchedHead[] = []
  const asked = { uid: true, size: true, ...query }
  for await (const { source: mail, ...message } of client.fetch(range, asked, { uid: true })) {
    const headers = Buffer.from(message.headers?.subarray(0, HEAD_BYTES) ?? [])
    // Fewer bytes than were asked for are all; what a server says of a mail's size may be wrong.
    const whole = mail !== undefined && mail.length > 0 && mail.length < SMALL_BYTES
    heads.push({ ...message, headers, ...(whole ? { source: mail } : {}) })
  }
  return heads
}

const identityOf = (size: number | undefined, headers: Buffer): string =>
  createHash('sha256')
    .update(`${size ?? 0} `)
    .update(headers.subarray(0, HEAD_BYTES))
    .digest('base64')

type MailHead = Pick<MessageEnvelopeObject, 'subject' | 'from' | 'to' | 'messageId' | 'date'>

/** Parses the headers that count, at most 32 KiB. A promise only for unusual ones, which take longer. */
export function readHead(headers: Buffer): MailHead | Promise<MailHead> {
  const head = headers.subarray(0, HEAD_BYTES)
  const text = head.toString('latin1')
  const plain = parsePlainHead(withoutLineEnds(text))
  return plain === null ? readUnusualHead(head, text) : toMailHead(plain, text)
}

async function readUnusualHead(head: Buffer, text: string): Promise<MailHead> {
  // Late: few heads need the parser, and a listener would hold it for them.
  const { parseAnyMail } = await import('../recognition/parse-mail.ts')
  return toMailHead(await parseAnyMail(Buffer.concat([head, Buffer.from('\r\n\r\n')])), text)
}

const messageIdOf = (text: string): string | undefined =>
  /^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\s]{1,998})/im.exec(text)?.[1]

/** True where a mail says another Message-ID than its headers did when they were fetched before. */
export function isAnotherMail(source: Buffer, messageId: string): boolean {
  const text = source.subarray(0, HEAD_BYTES).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length
  const its = messageIdOf(text.slice(0, end))
  return its !== undefined && its !== messageId
}

function toMailHead(mail: Pick<ReadableMail, 'from' | 'to' | 'subject'>, text: string): MailHead {
  const messageId = messageIdOf(text)
  const date = /^date:[ \t]*([^\r\n]{1,100})/im.exec(text)?.[1]
  const addresses = (list: readonly string[]) => list.map((address) => ({ address }))
  return {
    subject: mail.subject,
    from: addresses(mail.from),
    to: addresses(mail.to),
    ...(messageId === undefined ? {} : { messageId }),
    ...(date === undefined ? {} : { date: new Date(date) }),
  }
}

function withoutLineEnds(text: string): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === '\r' || text[end - 1] === '\n')) end -= 1
  return text.slice(0, end)
}

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
  /** Bytes of it that are read; absent: as of any mail. */
  most?: number
}

/** Bytes of a mail to download. */
export const bytesOf = ({ size, most = MAIL_BYTES }: Pick<Listed, 'size' | 'most'>): number =>
  Math.min(size, most)

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
    const cost = mail.candidate ? bytesOf(mail) : 0
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
