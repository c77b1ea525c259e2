import { createHash } from 'node:crypto'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { FetchMessageObject, MessageAddressObject } from 'imapflow'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { MailEnvelope, Recognition } from '../../marketplaces/port/mail-rules.ts'
import type { Clock } from '../../platform/clock.ts'
import { LeaseLost } from '../../platform/errors.ts'
import type { Throttle } from '../../platform/fair-gate.ts'
import type { Random } from '../../platform/random.ts'
import {
  type Cursor,
  decideStart,
  type Gaps,
  type IntakeBatch,
  type IntakeResult,
  type MailboxShops,
  onlyAfter,
  rangeAfter,
  type SeenMail,
  searchRangeAfter,
} from '../intake/batch.ts'
import { FILE_MAIL_BYTES, MAIL_BYTES } from '../mail-bytes.ts'
import type { Judged, MailJudge } from '../recognition/judge.ts'
import { fileMallOf, mayMatter, type ShopMailRules } from '../recognition/shop-rules.ts'
import type { TrustSettings } from '../recognition/trust.ts'
import type { Link, News } from './connection.ts'
import {
  bytesOf,
  chunk,
  cutBatches,
  ENVELOPE_BATCH,
  type Folder,
  fetchHalving,
  isAnotherMail,
  isRefusal,
  type Listed,
  type MailBatch,
  type MailHeads,
  toUidSet,
} from './folder.ts'
import { createKnownMails, createNumbering } from './numbering.ts'
import type { ListenerTiming } from './timing.ts'

export interface FollowTools {
  clock: Clock
  random: Random
  timing: Pick<ListenerTiming, 'pollMs' | 'probeMs'>
  /** Called when the first reading is done and waiting begins, and whenever a field changes. */
  onFollowing(following: Following): Promise<void>
  onProbe(result: ProbeResult): void
  /** False where new connections did not help either: it is asked now and then. */
  mayIdle: boolean
}

export interface Following {
  state: 'connected' | 'polling'
  /** True when the folder holds mails that the server does not hand out. */
  unread: boolean
  /** True when the server's UIDs are not stable, so that mails are told apart by their headers. */
  unnumbered: boolean
}

/** level: all is read. found: the server had not announced some mails. unread: it keeps some back. */
export type ProbeResult = 'level' | 'found' | 'unread'

/**
 * Reads new mails, waits for news, and repeats. Probes the server now and then, because its announcements are
 * not reliable. Ends only by rejecting: the link was lost, reading failed, or the server keeps mails back
 * that a new link may get.
 */
export async function follow(
  link: Link,
  news: News,
  reader: Pick<MailboxReader, keyof MailboxReader>,
  tools: FollowTools,
): Promise<never> {
  let canIdle = tools.mayIdle && link.client.capabilities.has('IDLE')
  let silentFinds = 0
  /** News in a row that another command brought while an IDLE was to bring them. */
  let deafFinds = 0
  await reader.catchUp()
  const unread = await reader.isBehind()
  let shown = await show(unread)
  let probeAt = nextProbe()
  for (;;) {
    const isLate = news.arrived()
    const waited = isLate ? 'news' : await (canIdle ? idle() : poll())
    if (waited === 'refused') canIdle = false
    if (waited === 'news' && canIdle && !isLate) deafFinds = news.cameByIdle() ? 0 : deafFinds + 1
    // Cleared before reading, so that mails arriving meanwhile cause another round.
    news.clear()
    if (waited === 'probe') await probe()
    else await reader.catchUp()
    // Their mails are stored; the next connection may hear again.
    if (deafFinds >= DEAF_AFTER) throw new IdleDeaf()
    if (canIdle !== (shown.state === 'connected') || reader.isNumbered() === shown.unnumbered)
      shown = await show(shown.unread)
    // Lets work woken by stored mails run before IDLE is sent; both begin now, and IDLE can wait.
    await setImmediate()
  }

  async function show(unread: boolean): Promise<Following> {
    const state = canIdle ? 'connected' : 'polling'
    const following = { state, unread, unnumbered: !reader.isNumbered() } as const
    await tools.onFollowing(following)
    return following
  }

  /** Spreads probes, because a mail server's mailboxes connect at the same time. */
  function nextProbe(): number {
    return tools.clock.now() + tools.timing.probeMs * (0.75 + 0.5 * tools.random.float())
  }

  function untilProbe(): number {
    // The next probe lies further ahead than ever set, so the clock was set back.
    if (probeAt > tools.clock.now() + tools.timing.probeMs * 1.25) probeAt = nextProbe()
    return Math.max(0, probeAt - tools.clock.now())
  }

  async function probe(): Promise<void> {
    const found = await reader.probe()
    const unread = await reader.isBehind()
    probeAt = nextProbe()
    const untold = found && canIdle
    tools.onProbe(unread ? 'unread' : untold ? 'found' : 'level')
    if (unread && !shown.unread) throw new MailsUnread()
    if (shown.unread && !unread) shown = await show(false)
    if (!canIdle) return
    // One find is chance: the mail arrived with the probe.
    silentFinds = untold ? silentFinds + 1 : 0
    if (silentFinds >= DEAF_AFTER) canIdle = false
  }

  async function idle(): Promise<'news' | 'probe' | 'refused'> {
    const waiting = waitFor(link, news, (signal) => tools.clock.sleep(untilProbe(), signal))
    try {
      for (;;) {
        // Resolves when another command ends it (ImapFlow's NOOP after a silence), and with false when the
        // server refused it.
        const ended = await Promise.race([waiting.over, link.client.idle().catch(() => undefined)])
        if (ended === 'news' || ended === 'probe') return ended
        // A broken connection resolves it too; the close event follows shortly.
        await setTimeout(SETTLE_MS)
        link.gone.throwIfAborted()
        if (ended === false) return 'refused'
      }
    } finally {
      waiting.end()
    }
  }

  async function poll(): Promise<'news' | 'probe'> {
    await tools.clock.sleep(tools.timing.pollMs, link.gone)
    // A server that announces nothing in IDLE announces nothing to NOOP either.
    if (silentFinds >= DEAF_AFTER || untilProbe() === 0 || !reader.isNumbered()) return 'probe'
    // Some servers show new mail to FETCH only after a command that may report it.
    await link.run(link.client.noop())
    return 'news'
  }
}

const SETTLE_MS = 10
/** Probes in a row that find unannounced mails before polling replaces IDLE. */
const DEAF_AFTER = 2

/** A server tells of mails at a NOOP and not in IDLE: after a reload of its own, or always. */
export class IdleDeaf extends Error {
  constructor() {
    super('the mail server does not tell of mails in IDLE')
    this.name = 'IdleDeaf'
  }
}

/** The folder lists mails that the server does not hand out on this link. A new link may help. */
class MailsUnread extends Error {
  constructor() {
    super('the mail server lists mails and does not hand them out')
    this.name = 'MailsUnread'
  }
}

/**
 * Promise for the end of a wait, new for each wait. A race against one that lives as long as the connection
 * would keep every race's result until then.
 */
function waitFor(link: Link, news: News, sleep: (signal: AbortSignal) => Promise<void>) {
  const timer = new AbortController()
  let lose: () => void = () => {}
  const over = new Promise<'news' | 'probe'>((resolve, reject) => {
    lose = () => reject(link.gone.reason)
    link.gone.addEventListener('abort', lose)
    if (link.gone.aborted) lose()
    news.tell(() => resolve('news'))
    sleep(timer.signal).then(
      () => resolve('probe'),
      () => {},
    )
  })
  over.catch(() => {})
  return {
    over,
    end() {
      // Passes a reason, because abort() without one creates an exception with a stack for each mail.
      timer.abort(null)
      news.tell(null)
      link.gone.removeEventListener('abort', lose)
    },
  }
}

export interface ReaderTools {
  clock: Clock
  malls: MailMalls
  judge: MailJudge
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
  /** Cursor stored in the database. */
  cursor: Cursor | null
  /** All mails that came before then were read; null: not known. */
  readUntil: Date | null
  /** Since when its UIDs are not believed; null: they are. */
  uidsUnstableSince: Date | null
  settings: TrustSettings
}

/** Reads new mails of one folder, in batches that each move the cursor. For one caller at a time. */
export class MailboxReader {
  readonly #folder: Folder
  readonly #mailbox: MailboxToRead
  readonly #tools: ReaderTools
  readonly #signal: AbortSignal
  #cursor: Cursor | null
  #seenExists: number | null = null
  readonly #numbering: ReturnType<typeof createNumbering>
  /** False until the cursor of a server counts that was not believed before. */
  #isCursorGood: boolean
  /** Used for a mailbox whose UIDs are not stable. */
  readonly #known = createKnownMails()
  /** When all mails of the last days were listed; null: not yet in this session. */
  #comparedAt: number | null = null
  /** Listed mails whose UIDs stood for others by the time they were downloaded. */
  #mixedUp = new Set<number>()
  /** Listed by the server, and not handed out. */
  #keptBack = 0
  /** Mails of malls that were new to the database. */
  #fresh = 0
  /** Begin of the look that is under way. */
  #lookedAt: number
  /** The next batch is downloaded and read while the last one is being committed. */
  #storing: Promise<void> = Promise.resolve()

  constructor(folder: Folder, mailbox: MailboxToRead, tools: ReaderTools, signal: AbortSignal) {
    this.#folder = folder
    this.#mailbox = mailbox
    this.#tools = tools
    this.#signal = signal
    this.#cursor = mailbox.cursor
    this.#numbering = createNumbering(folder, mailbox.uidsUnstableSince, tools.clock.now())
    this.#isCursorGood = mailbox.uidsUnstableSince === null
    this.#lookedAt = tools.clock.now()
  }

  /** Reads mails that the server announced; at first, all after the cursor. */
  catchUp(): Promise<void> {
    return this.#readNew(this.#seenExists === null ? null : this.#folder.exists() - this.#seenExists)
  }

  /**
   * Asks the server for its newest UID and reads up to it.
   * @returns true when it found mails that the server had not announced
   */
  async probe(): Promise<boolean> {
    const before = this.#cursor
    const freshBefore = this.#fresh
    await this.#folder.look()
    this.#numbering.looked(this.#folder)
    if (this.#numbering.isStable()) await this.#proveLastRead()
    if (!this.#numbering.isStable()) return this.#compare()
    await this.#readNew(null)
    // Another UIDVALIDITY is no silence of the server: only mails that were not read before are.
    if (before?.uidValidity !== this.#cursor?.uidValidity) return this.#fresh > freshBefore
    return before?.lastUid !== this.#cursor?.lastUid
  }

  /** False when the server's UIDs are not stable. */
  isNumbered(): boolean {
    return this.#numbering.isStable()
  }

  /**
   * True when the folder holds mails up to the last UIDNEXT that were fetched but that the cursor has not
   * passed.
   */
  async isBehind(): Promise<boolean> {
    if (!this.#numbering.isStable()) return this.#keptBack > 0
    const { uidNext } = this.#folder
    if (this.#cursor === null || uidNext === undefined || uidNext - 1 <= this.#cursor.lastUid) return false
    const { lastUid } = this.#cursor
    // Removed mails leave gaps, so only mails that the server still lists are missing.
    const listed = await this.#folder.search({ uid: `${lastUid + 1}:${uidNext - 1}` })
    return listed.some((uid) => uid > lastUid && uid < uidNext)
  }

  async #readFirst(uidNext: number): Promise<void> {
    const start = decideStart(this.#cursor, { uidValidity: this.#folder.uidValidity, uidNext })
    if (start.kind === 'recent' || !this.#isCursorGood) return this.#readRecent(uidNext)
    const { lastUid } = start.cursor
    const expected = uidNext - 1 - lastUid
    if (expected > 0) await this.#readAfter(lastUid, expected)
  }

  async #readRecent(uidNext: number): Promise<void> {
    const uids = await this.#folder.search({ since: this.#startOfReading() })
    this.#countAhead(this.#beyond(uids))
    await this.#readUids(uids)
    const lastUid = Math.max(uidNext - 1, uids.at(-1) ?? 0)
    await this.#store({ candidates: [], ignored: 0, gaps: NO_GAPS, lastUid }, [], { shops: [] }, COMPLETE)
    this.#isCursorGood = true
  }

  /** Earlier after an outage: by a day more, because servers search by dates of their own. */
  #startOfReading(): Date {
    const days = this.#tools.clock.now() - this.#tools.firstDays * DAY_MS
    const { readUntil } = this.#mailbox
    return new Date(
      this.#cursor === null || readUntil === null ? days : Math.min(days, readUntil.getTime() - DAY_MS),
    )
  }

  /**
   * Reads the mails of the last days that were not read in this session.
   * @param whole compares all of them; else those of a day, which a mail that just came is among
   * @returns how many were new
   */
  async #readUnknown(whole: boolean): Promise<number> {
    const again = this.#comparedAt === null && this.#cursor !== null
    const since = whole ? this.#startOfReading() : new Date(this.#tools.clock.now() - DAY_MS)
    const freshBefore = this.#fresh
    let found = 0
    // A server may renumber between two commands: what that mixed up is still unknown, and comes again.
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const uids = await this.#folder.search({ since })
      const listed = await this.#identitiesOf(uids)
      if (whole) {
        this.#known.keepOnly(listed)
        this.#keptBack = uids.length - listed.size
        this.#comparedAt = this.#lookedAt
      }
      const unread = this.#known.unread(listed)
      const read = unread.length === 0 ? 0 : await this.#readUnread(unread, listed, again)
      found += read
      if (read === 0) break
    }
    await this.#storing
    return again ? this.#fresh - freshBefore : found
  }

  async #identitiesOf(uids: readonly number[]): Promise<Map<number, string>> {
    const listed = new Map<number, string>()
    for (const part of chunk(uids, ENVELOPE_BATCH)) {
      const { fetched } = await fetchHalving(part, (few) => this.#folder.identities(few))
      for (const some of fetched) for (const [uid, identity] of some) listed.set(uid, identity)
    }
    return listed
  }

  /** @returns how many were read, or refused for good */
  async #readUnread(
    uids: readonly number[],
    listed: ReadonlyMap<number, string>,
    again: boolean,
  ): Promise<number> {
    const identities: string[] = []
    this.#mixedUp = new Set()
    for (const part of chunk(uids, ENVELOPE_BATCH)) {
      const fetch = (some: readonly number[]) =>
        this.#folder.envelopes(toUidSet(some), some.length <= FEW_MAILS)
      const [{ fetched, refused }, shops] = await Promise.all([fetchHalving(part, fetch), this.#loadShops()])
      const messages = onlyAfter(0, fetched.flat())
      const gaps = { refused: refused.length, vanished: 0 }
      const complete = part.at(-1) === uids.at(-1)
      await this.#readListed(messages, gaps, shops, { unnumbered: true, again, complete })
      // Notes the mail that was read, not the one that was listed before under the same UID.
      for (const { uid, identity } of messages) if (!this.#mixedUp.has(uid)) identities.push(identity)
      for (const uid of refused) identities.push(listed.get(uid) ?? '')
    }
    this.#known.add(identities)
    return identities.length
  }

  /** @param told count of mails that the server has announced since; null: only its UIDs bound the count */
  async #readAfter(lastUid: number, expected: number, told: number | null = null): Promise<void> {
    const range = rangeAfter(lastUid)
    if (expected <= ENVELOPE_BATCH) {
      const shops = this.#loadShops()
      let messages = await this.#folder.envelopes(range, expected <= FEW_MAILS).catch(nullIfRefused)
      // One that the server does not hand out may be missing: without the mails themselves it is listed, and
      // told of.
      if (messages && expected <= FEW_MAILS && onlyAfter(lastUid, messages).length < expected)
        messages = await this.#folder.envelopes(range).catch(nullIfRefused)
      if (messages !== null) {
        const news = onlyAfter(lastUid, messages)
        this.#countAhead(told === null ? this.#beyond(news.map(({ uid }) => uid)) : news.length - told)
        return this.#readListed(
          news,
          { refused: 0, vanished: Math.max(0, (told ?? 0) - news.length) },
          await shops,
          COMPLETE,
        )
      }
      await shops
    }
    const found = (await this.#folder.search({ uid: searchRangeAfter(lastUid) })).filter(
      (uid) => uid > lastUid,
    )
    // Fewer may be right, as removed mails leave gaps, or a server's search that is not.
    const listed = found.length < expected ? await this.#folder.listAfter(lastUid) : []
    const uids = listed.length > found.length ? listed : found
    this.#countAhead(told === null ? this.#beyond(uids) : uids.length - told)
    await this.#readUids(uids)
  }

  /**
   * Counts mails that arrived during a fetch and came with it: the later EXISTS for them announces nothing
   * new.
   */
  #countAhead(mails: number): void {
    if (this.#seenExists !== null && mails > 0) this.#seenExists += mails
  }

  #beyond(uids: readonly number[]): number {
    return this.#folder.uidNext === undefined
      ? 0
      : uids.filter((uid) => uid >= (this.#folder.uidNext ?? 0)).length
  }

  async #readUids(uids: readonly number[]): Promise<void> {
    for (const part of chunk(uids, ENVELOPE_BATCH)) {
      // Together: the shops are here by the time the mail server has answered.
      const [{ fetched, refused }, shops] = await Promise.all([
        fetchHalving(part, (some) => this.#folder.envelopes(toUidSet(some))),
        this.#loadShops(),
      ])
      const messages = onlyAfter(0, fetched.flat())
      const vanished = Math.max(0, part.length - refused.length - messages.length)
      const lastUid = part.at(-1) ?? 0
      const complete = lastUid === uids.at(-1)
      await this.#readListed(messages, { refused: refused.length, vanished }, shops, { complete })
      // Skips refused mails behind the last one returned; otherwise every look would request them again.
      if (refused.some((uid) => uid > (messages.at(-1)?.uid ?? 0)))
        await this.#store({ candidates: [], ignored: 0, gaps: NO_GAPS, lastUid }, [], shops)
    }
  }

  #loadShops(): Promise<MailboxShops> {
    const shops = this.#tools.loadShops(this.#mailbox.id).catch(asIntakeFailure)
    // Awaited once the mail server has answered; until then a failure must not count as unhandled.
    shops.catch(() => {})
    return shops
  }

  /** @param gaps mails of the same range that were not listed */
  async #readListed(
    messages: readonly MailHeads[],
    gaps: Gaps,
    shops: MailboxShops,
    more: Reading,
  ): Promise<void> {
    const reading = {
      malls: this.#tools.malls,
      judge: this.#tools.judge,
      rules: shops.rules,
      settings: this.#mailbox.settings,
    }
    const listed = messages.map((message) => toListedMail(message, reading))
    const batches = cutBatches(listed)
    const [first] = batches
    if (first) addGaps(first.gaps, gaps)
    else if (gaps.refused + gaps.vanished > 0)
      await this.#store(
        { candidates: [], ignored: 0, gaps, lastUid: this.#cursor?.lastUid ?? 0 },
        [],
        shops,
        more,
      )
    for (const batch of batches) {
      const complete = more.complete === true && batch === batches.at(-1)
      await this.#store(batch, await this.#read(batch, reading), shops, { ...more, complete })
    }
    const last = messages.at(-1)
    if (last) this.#numbering.read({ ...last, uidValidity: this.#folder.uidValidity })
  }

  #read(batch: MailBatch<ListedMail>, reading: MailReading): Promise<SeenMail[]> {
    const bytes = batch.candidates.reduce((sum, mail) => sum + bytesOf(mail), 0)
    const work = () => this.#readCandidates(batch, reading)
    return bytes < BIG_BATCH_BYTES ? work() : this.#tools.downloads.pass('', this.#signal, work)
  }

  async #readCandidates(batch: MailBatch<ListedMail>, reading: MailReading): Promise<SeenMail[]> {
    const unfetched = batch.candidates.filter(({ source }) => source === undefined)
    const [long, usual] = [unfetched.filter(isLong), unfetched.filter((mail) => !isLong(mail))]
    const gathered = [
      await fetchHalving(
        usual.map(({ uid }) => uid),
        (uids) => this.#folder.sources(uids),
      ),
    ]
    // One at a time: each may be as large as what is taken in one piece.
    for (const { uid, most } of long)
      gathered.push(await fetchHalving([uid], (uids) => this.#folder.sources(uids, most)))
    const sources = new Map(gathered.flatMap(({ fetched }) => fetched.flatMap((some) => [...some])))
    const unread = new Set(gathered.flatMap(({ refused }) => refused))
    batch.gaps.refused += unread.size
    const mails = await Promise.all(
      batch.candidates.map((mail) => {
        const source = mail.source ?? sources.get(mail.uid)
        const isMixedUp = mail.source === undefined && source && isAnotherMail(source, mail.messageId)
        if (isMixedUp) this.#mixedUp.add(mail.uid)
        else if (source !== undefined) return readMail(mail, source, reading)
        if (!unread.has(mail.uid) && !(isMixedUp && !this.#numbering.isStable())) batch.gaps.vanished += 1
        return unread.has(mail.uid) ? unreadMail(mail, reading) : null
      }),
    )
    const seen = mails.filter((mail) => mail !== null)
    batch.ignored += mails.length - seen.length
    return seen
  }

  /** Waits for the batch before, not for this one. */
  async #store(
    batch: MailBatch<ListedMail>,
    mails: SeenMail[],
    { shops, offShops = [] }: Pick<IntakeBatch, 'shops' | 'offShops'>,
    { unnumbered = false, again = false, complete = false }: Reading = {},
  ): Promise<void> {
    await this.#storing
    this.#signal.throwIfAborted()
    const { id, tenantId, leaseOwner } = this.#mailbox
    const to = { uidValidity: this.#folder.uidValidity, lastUid: batch.lastUid }
    const { ignored, gaps } = batch
    const done = this.#tools.intake({
      mailbox: { id, tenantId },
      leaseOwner,
      from: this.#cursor,
      to,
      shops,
      offShops,
      mails,
      // They were counted when they were read first.
      ignored: again ? 0 : ignored,
      gaps,
      unnumbered,
      again,
      readUntil: complete ? new Date(this.#lookedAt) : null,
    })
    this.#cursor = to
    this.#storing = done.then(({ recognised, unreadable }) => {
      this.#fresh += recognised + unreadable
    }, asIntakeFailure)
    // Awaited before the next batch is stored and at the end; until then a failure must not count as
    // unhandled.
    this.#storing.catch(() => {})
  }

  /** @param expected how many mails are new; null: that is to be found out */
  async #readNew(expected: number | null): Promise<void> {
    this.#seenExists = this.#folder.exists()
    this.#lookedAt = this.#tools.clock.now()
    try {
      const { uidNext } = this.#folder
      if (!this.#numbering.isStable() || uidNext === undefined)
        await this.#readUnknown(this.#comparedAt === null)
      else if (expected === null || this.#cursor === null) await this.#readFirst(uidNext)
      else await this.#readAfter(this.#cursor.lastUid, expected, expected)
      await this.#storing
    } finally {
      // A commit under way must end before the cursor is read again.
      await this.#storing.catch(() => {})
    }
  }

  /** Looks once whether the UID that was read last still is that mail's. */
  async #proveLastRead(): Promise<void> {
    const last = this.#numbering.unproven(this.#folder.uidValidity)
    if (last === null) return
    const { fetched } = await fetchHalving([last.uid], (uids) => this.#folder.identities(uids))
    this.#numbering.seenAgain(fetched[0]?.get(last.uid))
  }

  async #compare(): Promise<boolean> {
    const changed = this.#folder.exists() !== this.#seenExists
    this.#seenExists = this.#folder.exists()
    this.#lookedAt = this.#tools.clock.now()
    const whole = this.#comparedAt === null || Math.abs(this.#lookedAt - this.#comparedAt) >= COMPARE_EVERY_MS
    if (!whole && !changed) return false
    return (await this.#readUnknown(whole)) > 0
  }
}

/** How a list of mails is read. */
interface Reading {
  /** The server's UIDs are not stable. */
  unnumbered?: boolean
  /** They may have been read before. */
  again?: boolean
  /** Nothing that had come is left after them. */
  complete?: boolean
}

const COMPLETE: Reading = { complete: true }

/** Lists of one look; more than one are made where mails were mixed up meanwhile. */
const MOST_ROUNDS = 5
/** Least time between two lists of all mails of the last days; until then the count tells of new ones. */
const COMPARE_EVERY_MS = 4 * 60_000

const NO_GAPS: Gaps = { refused: 0, vanished: 0 }

function addGaps(to: Gaps, more: Gaps): void {
  to.refused += more.refused
  to.vanished += more.vanished
}

function nullIfRefused(error: unknown): null {
  if (isRefusal(error)) return null
  throw error
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
/** Fewer are fetched with their heads: one round trip less, for at most so many small foreign mails. */
const FEW_MAILS = 4
/** Below this a download need not queue: a mail that just came is small and in a hurry. */
const BIG_BATCH_BYTES = 1024 * 1024

const isLong = ({ size, most }: ListedMail): boolean => most !== undefined && size > MAIL_BYTES

/** A mail known by its envelope. */
export interface ListedMail extends Listed {
  messageId: string
  sentAt: Date | null
  envelope: MailEnvelope
  /** The whole mail, where it came with its headers. */
  source: Buffer | undefined
}

interface MailReading {
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
  const bringsFiles = fileMallOf(seen, rules) !== null
  return {
    uid: message.uid,
    size: message.size ?? 0,
    candidate: bringsFiles || matters(seen, malls, rules),
    ...(bringsFiles ? { most: FILE_MAIL_BYTES } : {}),
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
  const { recognition, text: found, trust, path, files } = await judged(listed, source, reading)
  if (recognition === null) return null
  const text = found ?? (() => reading.judge.text(source).catch(() => ''))
  const identity = listed.messageId === '' ? { contentHash: hashOf(source) } : {}
  return { ...seenOf(listed), ...identity, recognition, text, trust, path, ...(files ? { files } : {}) }
}

/** Builds a mail from its envelope, when the server lists it but does not return it. */
function unreadMail(listed: ListedMail, { malls, rules }: MailReading): SeenMail | null {
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
    const marketplace = fileMallOf(listed.envelope, rules)
    const recognition: Recognition | null =
      marketplace === null
        ? recogniseEnvelope(listed.envelope, malls, rules, UNREADABLE)
        : { marketplace, kind: 'unknown', orderNumbers: [], reason: FILES_UNREADABLE }
    return { recognition, text: '', trust: 'unknown', path: null }
  }
}

const UNREADABLE =
  'メールの形式が壊れていて読み取れません。モールの管理画面で注文を確認し、必要なら注文番号を指定して取り込んでください。'
const FILES_UNREADABLE =
  'メールの形式が壊れているか、読み取りに時間がかかりすぎたため、読み取れませんでした。添付の注文ファイルは画面から取り込んでください。'
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
