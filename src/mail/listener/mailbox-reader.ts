import type { FetchMessageObject } from 'imapflow'
import type { Clock } from '../../platform/clock.ts'
import { LeaseLost } from '../../platform/lease.ts'
import { type Cursor, decideStart, onlyAfter, rangeAfter } from '../intake/cursor.ts'
import type { IntakeBatch, IntakeResult, MailboxShop, MailboxShops, SeenMail } from '../intake/types.ts'
import type { MailMalls } from '../recognition/malls.ts'
import { chunk, cutBatches, ENVELOPE_BATCH, MAIL_BYTES, type MailBatch, toUidSet } from './batches.ts'
import type { Throttle } from './connect-throttle.ts'
import type { Folder } from './folder.ts'
import { type ListedMail, type MailReading, readMail, toListedMail } from './read-mail.ts'

export interface ReaderTools {
  clock: Clock
  malls: MailMalls
  /** Asked for each batch, so that a shop that was just added is served. */
  loadShops(mailboxId: string): Promise<MailboxShops>
  intake(batch: IntakeBatch): Promise<IntakeResult>
  downloads: Throttle
  firstDays: number
}

export interface MailboxToRead {
  id: string
  tenantId: string
  leaseOwner: string
  /** As it stands in the database. */
  cursor: Cursor | null
}

/** Reads what is new in one folder, in batches that each move the cursor. Used by one caller at a time. */
export interface MailboxReader {
  /** Reads what the server told of; at first, everything after the cursor. */
  catchUp(): Promise<void>
  /** Asks the server how far its mails go and reads up to there. @returns whether there was something it had not told of */
  probe(): Promise<boolean>
  /** Whether the folder holds mails up to the last look's UIDNEXT that the cursor has not passed, although they were asked for. */
  isBehind(): Promise<boolean>
}

export function createReader(
  folder: Folder,
  mailbox: MailboxToRead,
  tools: ReaderTools,
  signal: AbortSignal,
): MailboxReader {
  let cursor = mailbox.cursor
  let seenExists: number | null = null
  /** The next batch is downloaded and read while the last one is being committed. */
  let storing: Promise<void> = Promise.resolve()

  async function readFirst(): Promise<void> {
    const start = decideStart(cursor, folder)
    if (start.kind === 'recent') return readRecent()
    const { lastUid } = start.cursor
    const { uidNext } = folder
    const expected = uidNext === undefined ? Number.POSITIVE_INFINITY : uidNext - 1 - lastUid
    if (expected > 0) await readAfter(lastUid, expected)
  }

  async function readRecent(): Promise<void> {
    const since = new Date(tools.clock.now() - tools.firstDays * DAY_MS)
    const uids = await folder.search({ since })
    await readUids(uids)
    const lastUid = Math.max(await folder.highestUid(), uids.at(-1) ?? 0)
    await store({ candidates: [], ignored: 0, lastUid }, [], [])
  }

  async function readAfter(lastUid: number, expected: number): Promise<void> {
    const range = rangeAfter(lastUid)
    if (expected <= ENVELOPE_BATCH) return readListed(lastUid, folder.envelopes(range))
    const uids = await folder.search({ uid: range })
    await readUids(uids.filter((uid) => uid > lastUid))
  }

  async function readUids(uids: readonly number[]): Promise<void> {
    for (const part of chunk(uids, ENVELOPE_BATCH)) await readListed(0, folder.envelopes(toUidSet(part)))
  }

  async function readListed(lastUid: number, listing: Promise<FetchMessageObject[]>): Promise<void> {
    // Together: the shops are here by the time the mail server has answered.
    const [messages, { shops, rules }] = await Promise.all([
      listing,
      tools.loadShops(mailbox.id).catch(asIntakeFailure),
    ])
    const reading = { malls: tools.malls, rules }
    const listed = onlyAfter(lastUid, messages).map((message) => toListedMail(message, reading))
    for (const batch of cutBatches(listed)) await store(batch, await read(batch, reading), shops)
  }

  function read(batch: MailBatch<ListedMail>, reading: MailReading): Promise<SeenMail[]> {
    const bytes = batch.candidates.reduce((sum, mail) => sum + Math.min(mail.size, MAIL_BYTES), 0)
    const work = () => readCandidates(batch, reading)
    return bytes < BIG_BATCH_BYTES ? work() : tools.downloads.pass('', signal, work)
  }

  async function readCandidates(batch: MailBatch<ListedMail>, reading: MailReading): Promise<SeenMail[]> {
    const sources = await folder.sources(batch.candidates.map((mail) => mail.uid))
    const mails: SeenMail[] = []
    for (const mail of batch.candidates) {
      const source = sources.get(mail.uid)
      sources.delete(mail.uid)
      const seen = source === undefined ? null : await readMail(mail, source, reading)
      if (seen === null) batch.ignored += 1
      else mails.push(seen)
    }
    return mails
  }

  /** Waits for the batch before, not for this one. */
  async function store(batch: MailBatch<ListedMail>, mails: SeenMail[], shops: MailboxShop[]): Promise<void> {
    await storing
    signal.throwIfAborted()
    const { id, tenantId, leaseOwner } = mailbox
    const to = { uidValidity: folder.uidValidity, lastUid: batch.lastUid }
    const { ignored } = batch
    const done = tools.intake({
      mailbox: { id, tenantId },
      leaseOwner,
      from: cursor,
      to,
      shops,
      mails,
      ignored,
    })
    cursor = to
    storing = done.then(() => undefined, asIntakeFailure)
    // Awaited before the next batch is stored and at the end; until then a failure must not count as unhandled.
    storing.catch(() => {})
  }

  /** @param expected how many mails are new; null: that is to be found out */
  async function readNew(expected: number | null): Promise<void> {
    seenExists = folder.exists()
    try {
      if (expected === null || cursor === null) await readFirst()
      else await readAfter(cursor.lastUid, expected)
      await storing
    } finally {
      // A commit under way must be over before anybody reads the cursor again.
      await storing.catch(() => {})
    }
  }

  return {
    catchUp: () => readNew(seenExists === null ? null : folder.exists() - seenExists),
    async probe() {
      const before = cursor
      await folder.look()
      await readNew(null)
      return before?.lastUid !== cursor?.lastUid || before?.uidValidity !== cursor?.uidValidity
    },
    async isBehind() {
      const { uidNext } = folder
      if (cursor === null || uidNext === undefined || uidNext - 1 <= cursor.lastUid) return false
      const { lastUid } = cursor
      // Removed mails leave gaps: only what the server still lists is missing.
      const listed = await folder.search({ uid: `${lastUid + 1}:${uidNext - 1}` })
      return listed.some((uid) => uid > lastUid && uid < uidNext)
    },
  }
}

/** The mail server did nothing wrong: the service's own database did not answer. */
class IntakeFailed extends Error {
  constructor(cause: unknown) {
    super('what was read could not be stored', { cause })
    this.name = 'IntakeFailed'
  }
}

function asIntakeFailure(error: unknown): never {
  throw error instanceof LeaseLost ? error : new IntakeFailed(error)
}

const DAY_MS = 86_400_000
/** Below this a download need not queue: a mail that just came is small and in a hurry. */
const BIG_BATCH_BYTES = 1024 * 1024
