import type { FetchMessageObject } from 'imapflow'
import { MAIL_BYTES, toUidSet } from './batches.ts'
import type { Link } from './connection.ts'

/** One folder, opened with EXAMINE, and the only things that are asked of it: none of them changes a flag. */
export interface Folder {
  /** As it was at the last look. */
  readonly uidValidity: bigint
  /** The same; absent when the server does not tell. */
  readonly uidNext: number | undefined
  /** EXAMINE again: what the server says when it is asked, whatever it told by itself. */
  look(): Promise<void>
  /** How many mails there are now, as far as the server told. */
  exists(): number
  /** UIDs in ascending order. */
  search(query: { uid: string } | { since: Date }): Promise<number[]>
  /** Envelope and size of each. */
  envelopes(range: string): Promise<FetchMessageObject[]>
  /** The first 256 KiB of each, by UID; those that were removed meanwhile are missing. BODY.PEEK. */
  sources(uids: readonly number[]): Promise<Map<number, Buffer>>
  /** Highest UID at the last look, 0 when empty. */
  highestUid(): Promise<number>
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
    envelopes: (range) =>
      run(client.fetchAll(range, { uid: true, envelope: true, size: true }, { uid: true })),
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
