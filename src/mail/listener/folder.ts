import { setImmediate as pause } from 'node:timers/promises'
import type { FetchMessageObject } from 'imapflow'
import { factsOf } from '../../platform/narrow.ts'
import { HEAD_BYTES, MAIL_BYTES } from '../mail-bytes.ts'
import { readHead } from '../recognition/mail-head.ts'
import { toUidSet } from './batches.ts'
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
  /**
   * Fetches the relevant headers, as an envelope, and the size of each. Rejects when the server says NO; see
   * `isRefusal`.
   * @param withMails the mails come too, where they are smaller than 32 KiB
   */
  envelopes(range: string, withMails?: boolean): Promise<FetchMessageObject[]>
  /**
   * Fetches the first 256 KiB of each, by UID; mails removed meanwhile are missing. BODY.PEEK. Rejects like
   * `envelopes`.
   */
  sources(uids: readonly number[]): Promise<Map<number, Buffer>>
  /** Returns the highest UID at the last EXAMINE, 0 when empty. */
  highestUid(): Promise<number>
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

export async function openFolder(link: Link, path: string): Promise<Folder> {
  const { client, run } = link
  const examine = () => run(client.mailboxOpen(path, { readOnly: true }))
  let opened = await examine()
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
    envelopes: (range, withMails = false) => run(readHeads(client, range, withMails)),
    async sources(uids) {
      if (uids.length === 0) return new Map()
      const query = { uid: true, source: { start: 0, maxLength: MAIL_BYTES } }
      const messages = await run(client.fetchAll(toUidSet(uids), query, { uid: true }))
      return new Map(messages.flatMap((message) => (message.source ? [[message.uid, message.source]] : [])))
    },
    async highestUid() {
      const next = uidNext()
      if (next !== undefined) return next - 1
      const last = opened.exists === 0 ? false : await run(client.fetchOne('*', { uid: true }))
      return last === false ? 0 : last.uid
    },
  }
}

/** Larger mails are fetched by themselves, and only where they matter. */
const SMALL_BYTES = 32 * 1024

/** Plain heads that are read before other work gets its turn: 20 µs each. */
const HEADS_AT_ONCE = 50
const HEAD_FIELDS = ['from', 'to', 'subject', 'date', 'message-id']

/**
 * Asked for as headers and read here, not as ENVELOPE: that a server takes apart and ImapFlow decodes whole,
 * in one go, and the headers of a stranger's mail may be megabytes of addresses and encoded words. Of these
 * the first 32 KiB are kept.
 */
async function readHeads(
  client: Link['client'],
  range: string,
  withMails: boolean,
): Promise<FetchMessageObject[]> {
  const heads: (FetchMessageObject & { headers?: Buffer })[] = []
  const source = { start: 0, maxLength: SMALL_BYTES }
  const query = { uid: true, size: true, headers: HEAD_FIELDS, ...(withMails ? { source } : {}) }
  for await (const { source: mail, ...message } of client.fetch(range, query, { uid: true })) {
    const headers = Buffer.from(message.headers?.subarray(0, HEAD_BYTES) ?? [])
    // Fewer bytes than were asked for are all; what a server says of a mail's size may be wrong.
    const whole = mail !== undefined && mail.length > 0 && mail.length < SMALL_BYTES
    heads.push({ ...message, headers, ...(whole ? { source: mail } : {}) })
  }
  const read: FetchMessageObject[] = []
  for (const { headers, ...message } of heads) {
    const head = readHead(headers ?? Buffer.alloc(0))
    read.push({ ...message, envelope: await head })
    if (head instanceof Promise || read.length % HEADS_AT_ONCE === 0) await pause()
  }
  return read
}
