import type pg from 'pg'
import {
  type DueRequest,
  insertRequests,
  type NewImportRequest,
  REQUEST_COLUMNS,
  toRequestRow,
} from '../../imports/requests/statements.ts'
import { isOfFirstRelease } from '../../marketplaces/facts.ts'
import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import { isBelow, matchesAddress, normaliseSubject } from '../../marketplaces/kit/mail/rules.ts'
import type { ListenedMalls } from '../../marketplaces/mails.ts'
import type { MailKind, MailRules, Recognition } from '../../marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { retryable } from '../../platform/db/failures.ts'
import { prepared } from '../../platform/db/statement.ts'
import { inTransaction, type Queries } from '../../platform/db/transaction.ts'
import { LeaseLost } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import type { Tracing } from '../../platform/tracing.ts'
import { lockSweeps, requestSweeps } from '../../reconciliation/statements.ts'
import type { Attached } from '../recognition/parse-mail.ts'
import { fileSenders } from '../recognition/shop-rules.ts'
import { type IntakeBatch, type IntakeResult, type MailboxShop, type SeenMail, toMailRow } from './batch.ts'
import { learnTrust, MOST_OF_BELIEVED } from './learned-trust.ts'

export interface IntakeDeps {
  pool: pg.Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  log: Pick<Logger, 'info' | 'warn'>
  metrics: Pick<Metrics, 'mails' | 'mailsByTrust'>
  marketplaces: ListenedMalls
  /** Without `wakeEarly` all are woken after the commit. */
  wakeQueue: Pick<WakeQueue, 'wake'> & Partial<Pick<WakeQueue, 'wakeEarly'>>
  /** Stores order files that came by mail, in the transaction of their mails. */
  storeFiles?(queries: Queries, files: readonly MailedFile[], now: Date): Promise<void>
  tracing?: Pick<Tracing, 'part'> | null
}

/** An order file attached to a mail. */
interface MailedFile extends Attached {
  tenantId: string
  shopId: string
  mailId: string
  /** When the mail says that it was sent. */
  sentAt: Date | null
}

interface DecidedMail {
  id: string
  mail: SeenMail
  decision: MailDecision
  /** Text of an unreadable mail. */
  text: string | null
}

/**
 * Stores a batch of mails, their requests and the cursor in one transaction, and wakes the shops: with few
 * mails beside it, so that their turns are claimed meanwhile. A mail that was read before changes nothing.
 * @throws LeaseLost when another process holds the mailbox, or its cursor is not the one from which the batch
 * was read
 */
export function createIntake(deps: IntakeDeps): (batch: IntakeBatch) => Promise<IntakeResult> {
  return async (seen) => {
    const batch = withoutOtherMalls(seen, deps.marketplaces)
    const mails = await learnTrust(deps, batch)
    const decided = await Promise.all(mails.map((mail) => decide(mail, batch, deps)))
    const storing = store(deps, batch, decided)
    const begun = beginTurns(deps, storing, decided, batch)
    const stored = await storing
    const { fresh, requests } = stored
    const { refused = 0, vanished = 0 } = batch.gaps ?? {}
    if (refused + vanished > 0)
      deps.log.warn({ mailboxId: batch.mailbox.id, refused, vanished }, 'mailbox: mails could not be had')
    // Not awaited: an unavailable queue must not block the mailbox, and the ticker finds shops that were not
    // woken.
    void deps.wakeQueue.wake(stored.shopIds.filter((id) => !begun.has(id) || !isPreloaded(id, stored)))
    const result = countStates(fresh, decided.length)
    report(deps, { ...batch, mails }, result)
    if (deps.tracing) traceMails(deps.tracing, batch, fresh, requests, deps.clock.now())
    return result
  }
}

/**
 * Leaves out mails of a mall of a later release where the mailbox has no such shop. Its newsletters would be
 * told as unreadable to who never sold there, and a process of the release before cannot read such a row.
 */
function withoutOtherMalls(batch: IntakeBatch, malls: ListenedMalls): IntakeBatch {
  const isExpected = ({ recognition: { marketplace }, files }: SeenMail) => {
    const mall = malls.get(marketplace)
    const shops = [...batch.shops, ...(files ? (batch.offShops ?? []) : [])]
    return !mall || isOfFirstRelease(mall) || shops.some((shop) => shop.marketplace === marketplace)
  }
  const mails = batch.mails.filter(isExpected)
  return { ...batch, mails, ignored: batch.ignored + batch.mails.length - mails.length }
}

async function decide(
  mail: SeenMail,
  { shops, offShops }: IntakeBatch,
  deps: IntakeDeps,
): Promise<DecidedMail> {
  const id = deps.newId()
  const decision = decideMail(mail, shops, deps.marketplaces, offShops)
  if (decision.state !== 'unreadable') return { id, mail, decision, text: null }
  return { id, mail, decision, text: typeof mail.text === 'string' ? mail.text : await mail.text() }
}

/** Most requests handed to their shops' turns; storing more lasts until the shops are at work. */
const MOST_PRELOADED = 20

/** Wakes the shops of verified mails while they are stored. @returns those whose turn has begun */
function beginTurns(
  { wakeQueue, clock }: IntakeDeps,
  storing: Promise<Stored>,
  decided: readonly DecidedMail[],
  batch: IntakeBatch,
): ReadonlySet<string> {
  const { wakeEarly } = wakeQueue
  const asked = decided.flatMap(({ mail, decision }) =>
    decision.requests.map(({ shopId }) => ({ shopId, mail })),
  )
  const isPlain = asked.length <= MOST_PRELOADED && asked.every(({ mail }) => mail.trust !== 'unknown')
  if (!wakeEarly || !isPlain || shopsToCompare(batch, decided).length > 0) return new Set()
  const now = new Date(clock.now())
  const shopIds = new Set(asked.map(({ shopId }) => shopId))
  return new Set(
    [...shopIds].filter((shopId) => {
      const commit = storing.then((stored) => preloadFor(shopId, stored, now))
      // Without a turn that begins nobody waits for it.
      commit.catch(() => undefined)
      return wakeEarly(shopId, commit)
    }),
  )
}

/** New requests of a shop as its turn reads them; null where there are none. @param seenAt of their mails */
function preloadFor(
  shopId: string,
  { requests, preloaded, fresh }: Stored,
  seenAt: Date,
): readonly DueRequest[] | null {
  const mails = new Map(fresh.map(({ id, mail }) => [id, mail]))
  const rows = requests.filter((row) => row.shop_id === shopId && preloaded.has(row.id))
  const due = rows.map((row): DueRequest => {
    const mail = mails.get(row.mail_id ?? '')
    return {
      id: row.id,
      tenantId: row.tenant_id,
      shopId,
      orderNumber: row.order_number,
      purpose: row.purpose,
      source: row.source,
      mailId: row.mail_id,
      mailSeenAt: seenAt,
      mailKind: mail?.recognition.kind ?? null,
      mailSentAt: mail?.sentAt ?? null,
      placedAt: null,
      requestedAt: seenAt,
      attempts: 0,
      brokenAttempts: 0,
      asks: 0,
      expiresAt: row.expires_at,
      pendingUntil: null,
      lastCode: null,
      orderId: null,
      trust: row.trust,
      priority: row.priority,
    }
  })
  return due.length === 0 ? null : due
}

const isPreloaded = (shopId: string, { requests, preloaded }: Stored): boolean =>
  requests.every((row) => row.shop_id !== shopId || preloaded.has(row.id))

interface Stored {
  /** The mails that were not known yet. */
  fresh: DecidedMail[]
  /** Shops that have something to do now. */
  shopIds: string[]
  toList: string[]
  /** Requests of the mails. A number that already waits has no row. */
  requests: readonly AskedFor[]
  /** Ids of those that have, and whose order is not here yet. */
  preloaded: ReadonlySet<string>
}

type AskedFor = ReturnType<typeof toRequestRow>

/** Nearly always one statement, which is a transaction by itself. */
async function store(deps: IntakeDeps, batch: IntakeBatch, decided: readonly DecidedMail[]): Promise<Stored> {
  const mayBeUnsure = shopsToCompare(batch, decided)
  const hasFiles = decided.some(({ decision }) => decision.fileShopId !== undefined)
  if (mayBeUnsure.length === 0 && !hasFiles) {
    const stored = await retryable(() => storeBatch(deps.pool, deps, batch, decided))
    // Outside the transaction: if it is lost, the next sweep covers it.
    await requestSweeps(deps.pool, stored.toList, new Date(deps.clock.now()))
    return stored
  }
  const work = async (client: pg.PoolClient): Promise<Stored> => {
    // Locks the sweeps first, because a sweep's page holds its row before it requests numbers. The other
    // order would deadlock.
    await lockSweeps(client, mayBeUnsure)
    const stored = await storeBatch(client, deps, batch, decided)
    const files = stored.fresh.flatMap((one) => filesOf(one, batch.mailbox.tenantId))
    if (files.length > 0) await deps.storeFiles?.(client, files, new Date(deps.clock.now()))
    const unsure = [...new Set([...shopsToCompare(batch, stored.fresh), ...stored.toList])]
    await requestSweeps(client, unsure, new Date(deps.clock.now()))
    return { ...stored, shopIds: [...stored.shopIds, ...unsure] }
  }
  return retryable(() => inTransaction(deps.pool, work))
}

async function storeBatch(
  queries: Queries,
  deps: IntakeDeps,
  batch: IntakeBatch,
  decided: readonly DecidedMail[],
): Promise<Stored> {
  const now = deps.clock.now()
  const mails = decided.map(({ id, mail, decision, text }) =>
    toMailRow(id, mail, decision, text, batch, deps.sealer),
  )
  const requests = decided
    .flatMap((one) => requestsOf(one, batch.mailbox.tenantId))
    .map((request) => toRequestRow(request, deps.newId, now))
  const { rows } = await queries.query<Answer>(
    STORE_BATCH({
      mails,
      mailbox: batch.mailbox.id,
      owner: batch.leaseOwner,
      fromValidity: batch.from?.uidValidity.toString() ?? null,
      fromUid: batch.from?.lastUid.toString() ?? null,
      toValidity: batch.to.uidValidity.toString(),
      toUid: batch.to.lastUid.toString(),
      ignored: batch.ignored,
      now: new Date(now),
      hadMail: !batch.again && batch.mails.length + batch.ignored > 0,
      requests,
      skipped: batch.gaps?.refused ?? 0,
      readUntil: batch.readUntil ?? null,
    }),
  )
  const [answer] = rows
  if (!answer?.moved) throw new LeaseLost('the mailbox')
  const fresh = new Set(answer.fresh)
  return {
    fresh: decided.filter(({ id }) => fresh.has(id)),
    shopIds: answer.shopIds,
    toList: answer.toList,
    requests,
    preloaded: new Set(answer.preloaded),
  }
}

const filesOf = ({ id, mail, decision: { fileShopId } }: DecidedMail, tenantId: string): MailedFile[] =>
  fileShopId === undefined
    ? []
    : (mail.files ?? []).map((file) => ({
        ...file,
        tenantId,
        shopId: fileShopId,
        mailId: id,
        sentAt: mail.sentAt,
      }))

function requestsOf({ id, mail, decision }: DecidedMail, tenantId: string): NewImportRequest[] {
  return decision.requests.map((request) => ({
    ...request,
    tenantId,
    source: 'mail',
    mailId: id,
    trust: mail.trust,
  }))
}

/**
 * Lists shops whose mails may be incomplete: one was unreadable or unavailable, or the mailbox was replaced.
 */
function shopsToCompare(batch: IntakeBatch, fresh: readonly DecidedMail[]): string[] {
  const { shops, from, to, gaps, unnumbered } = batch
  const replaced = !unnumbered && from !== null && from.uidValidity !== to.uidValidity
  const unseen = gaps !== undefined && gaps.refused + gaps.vanished > 0
  const malls = new Set(
    fresh.filter(({ decision }) => decision.compare).map(({ mail }) => mail.recognition.marketplace),
  )
  const asked = new Map<string, number>()
  for (const { mail, decision } of fresh)
    if (mail.trust === 'unknown')
      for (const { shopId } of decision.requests) asked.set(shopId, (asked.get(shopId) ?? 0) + 1)
  return shops
    .filter(
      ({ id, marketplace }) =>
        replaced || unseen || malls.has(marketplace) || (asked.get(id) ?? 0) >= LIST_FROM,
    )
    .map(({ id }) => id)
}

function countStates(fresh: readonly DecidedMail[], read: number): IntakeResult {
  const unreadable = fresh.filter(({ decision }) => decision.state === 'unreadable').length
  return { recognised: fresh.length - unreadable, unreadable, duplicates: read - fresh.length }
}

function report({ metrics, log }: IntakeDeps, batch: IntakeBatch, result: IntakeResult): void {
  metrics.mails.inc({ result: 'recognised' }, result.recognised)
  metrics.mails.inc({ result: 'unreadable' }, result.unreadable)
  metrics.mails.inc({ result: 'duplicate' }, result.duplicates)
  metrics.mails.inc({ result: 'ignored' }, batch.ignored)
  for (const { trust } of batch.mails) metrics.mailsByTrust.inc({ trust })
  if (batch.mails.length === 0) return
  log.info({ mailboxId: batch.mailbox.id, ...result, ignored: batch.ignored }, 'mailbox: mails read')
}

/** Longest age that is traced: the time in a mail is only its sender's claim. */
const MOST_MAIL_MS = 60 * 60_000

function traceMails(
  tracing: Pick<Tracing, 'part'>,
  { mailbox }: IntakeBatch,
  fresh: readonly DecidedMail[],
  requests: readonly AskedFor[],
  now: number,
): void {
  const mails = new Map(fresh.map(({ id, mail }) => [id, mail]))
  for (const { id, mail_id: mailId, shop_id: shopId } of requests) {
    const mail = mailId === null ? undefined : mails.get(mailId)
    if (mailId === null || mail === undefined) continue
    const sentAt = mail.sentAt?.getTime() ?? now
    const from = sentAt > now || sentAt < now - MOST_MAIL_MS ? now : sentAt
    const facts = { mailId, shopId, mailboxId: mailbox.id, trust: mail.trust }
    tracing.part(id, { name: 'mail', from, to: now, facts })
  }
}

/** One row. */
export interface Answer {
  /** False: nothing was stored. */
  moved: boolean
  /** Ids of the mails that were not known yet. */
  fresh: string[]
  /** Shops whose requests are due. */
  shopIds: string[]
  /** Ids of requests that are new and due, and whose orders are not here. */
  preloaded: string[]
  /**
   * Shops for which many numbers from unverified senders waited already: their list finds new orders better.
   */
  toList: string[]
}

/**
 * One or two mails from unverified senders are requested by number. For more, one call of the mall's list
 * shows which are orders.
 */
const LIST_FROM = 5

/**
 * Most waiting numbers from unverified senders for a shop, also from one batch of mails. More push out the
 * oldest: if the new ones were refused instead, a flood would keep out all later ones. The mall's list, which
 * is fetched as well, knows which are orders.
 */
const MOST_DOUBTFUL = 100
const DOUBTFUL_WAITING = `(
      select count(*) from import_requests d where d.shop_id = new.shop_id and d.state = 'waiting' and d.trust = 'unknown')`
const TRUST_RANK = `case new.trust when 'unknown' then 1 else 0 end`

// Two mails may name the same order; the row for both must come from a mail that is stored.
const WANTED = `(
    select distinct on (shop_id, order_number, purpose) new.*
    from jsonb_to_recordset(:requests) as new ${REQUEST_COLUMNS}
    join inserted on inserted.id = new.mail_id
    where new.trust is distinct from 'unknown' or new.id in (select id from kept)
    order by shop_id, order_number, purpose, ${TRUST_RANK}, new.id
  ) as wanted`

const NEW_DOUBTFUL = `jsonb_to_recordset(:requests) as new ${REQUEST_COLUMNS} where new.trust = 'unknown'`

// The newest have the highest ids. One that is named again is not pushed out: a statement may touch a row
// only once.
const DISPLACED = `
  delete from import_requests r where r.id in (
    select old.id from (select new.shop_id, count(*) as coming from ${NEW_DOUBTFUL} group by new.shop_id) n
    cross join lateral (
      select d.id, d.order_number from import_requests d where d.shop_id = n.shop_id and d.state = 'waiting' and d.trust = 'unknown'
      order by d.id desc offset greatest(0, ${MOST_DOUBTFUL} - n.coming)
    ) old
    where exists (select from held) and not exists (
      select from jsonb_to_recordset(:requests) as again ${REQUEST_COLUMNS}
      where again.shop_id = n.shop_id and again.order_number = old.order_number)
  )`

/**
 * Stores a batch of mails in one statement: every new order waits for it, and its cost is mostly the round
 * trip. Steps:
 * 1. `held`: locks the mailbox when the lease is ours and its cursor is the one read; otherwise nothing is
 *    stored, so a second reader fails instead of counting twice.
 * 2. `inserted`: mails that are new; `hourly`: their hours.
 * 3. `kept`, `displaced`: the newest numbers of unverified senders displace the oldest; `requested`:
 *    requests.
 * 4. `counted`, `moved`: counters and cursor.
 */
export const STORE_BATCH = prepared(
  {
    mails: 'jsonb',
    mailbox: 'uuid',
    owner: 'text',
    fromValidity: 'int8?',
    fromUid: 'int8?',
    toValidity: 'int8',
    toUid: 'int8',
    ignored: 'int',
    now: 'timestamptz',
    hadMail: 'bool',
    requests: 'jsonb',
    skipped: 'int',
    readUntil: 'timestamptz?',
  },
  `
with held as (
  select id from mailboxes where id = :mailbox and lease_owner = :owner
    and uid_validity is not distinct from :fromValidity and last_uid is not distinct from :fromUid
  for update
), inserted as (
  insert into mails (id, tenant_id, mailbox_id, uid_validity, uid, fingerprint, state, marketplace, kind, order_numbers,
    reason, trust, path, sent_at, seen_at, size, sealed_mail)
  select new.id, tenant_id, held.id, :toValidity, uid, decode(fingerprint, 'hex'), state, marketplace, kind, order_numbers,
    reason, trust, decode(path, 'hex'), sent_at, :now, size, decode(sealed_mail, 'hex')
  from held, jsonb_to_recordset(:mails) as new (id uuid, tenant_id uuid, uid bigint, fingerprint text, state mail_state,
    marketplace marketplace, kind text, order_numbers text[], reason text, trust text, path text, sent_at timestamptz, size int, sealed_mail text)
  on conflict (mailbox_id, fingerprint) do nothing
  returning id, state, kind, sent_at
), sent as (
  select least(coalesce(sent_at, :now), :now) at time zone 'Asia/Tokyo' as at from inserted
  where kind = 'new_order' and (sent_at is null or sent_at > :now - interval '7 days')
), hourly as (
  insert into mailbox_days as known (mailbox_id, day, hours)
  select :mailbox, d.day, array(
    select (select count(*)::int from sent s where s.at::date = d.day and extract(hour from s.at) = h)
    from generate_series(0, 23) h order by h)
  from (select distinct at::date as day from sent) d
  on conflict (mailbox_id, day) do update set hours = array(
    select old + new from unnest(known.hours, excluded.hours) with ordinality as u (old, new, h) order by h)
), kept as (
  select id from (
    select new.id, row_number() over (partition by new.shop_id order by new.id desc) as rank from ${NEW_DOUBTFUL}
  ) ranked where rank <= ${MOST_DOUBTFUL}
), displaced as (${DISPLACED}
), requested as (
  ${insertRequests(WANTED, ':now')}
), counted as (
  select count(*) filter (where state = 'recognised') as recognised,
    count(*) filter (where state = 'unreadable') as unreadable
  from inserted
), moved as (
  update mailboxes m set uid_validity = :toValidity, last_uid = :toUid,
    mails_recognised = m.mails_recognised + counted.recognised,
    mails_unreadable = m.mails_unreadable + counted.unreadable,
    mails_ignored = m.mails_ignored + :ignored,
    mails_skipped = m.mails_skipped + :skipped,
    skipped_at = case when :skipped > 0 then :now else m.skipped_at end,
    last_mail_at = case when :hadMail or counted.recognised + counted.unreadable > 0 then :now
      else m.last_mail_at end,
    read_until = coalesce(:readUntil, m.read_until)
  from held, counted where m.id = held.id
  returning m.id
)
select exists (select from moved) as moved, array(select id::text from inserted) as fresh,
  array(select distinct shop_id from requested where due) as "shopIds",
  array(select r.id::text from requested r where r.due and r.created and not exists (
    select from orders o where o.shop_id = r.shop_id::uuid and o.order_number = r.order_number)) as preloaded,
  array(select distinct new.shop_id::text from jsonb_to_recordset(:requests) as new ${REQUEST_COLUMNS}
    where new.trust = 'unknown' and ${DOUBTFUL_WAITING} >= ${LIST_FROM}) as "toList"`,
)

type Purpose = 'import' | 'refresh'

/** Outcome of one mail. */
interface MailDecision {
  state: 'recognised' | 'unreadable'
  reason: string | null
  /** `additional`: true for all requests of the mail but its first. */
  requests: { shopId: string; orderNumber: string; purpose: Purpose; additional?: true }[]
  /** True when the mall's list must be read soon, because not every number in the mail is requested. */
  compare: boolean
  /** The shop that takes the files attached to it. */
  fileShopId?: string
}

/**
 * Purpose of the requests that each kind of mail causes, number by number. A cancellation forwarded together
 * with a new order would be lost as an import, which asks no mall for an order that is here. A mail of
 * unknown kind is shown to staff, and the mall's list tells whether there is a new order. A shipping mail
 * reports the shop's own action, and a notice concerns no order.
 */
const PURPOSE: Record<MailKind, Purpose | null> = {
  new_order: 'import',
  unknown: null,
  cancelled: 'refresh',
  payment: 'refresh',
  changed: 'refresh',
  shipped: null,
  notice: null,
}

/**
 * Pure. A number that no shop can own makes the mail one to show to staff; its other numbers are still
 * requested.
 * @param offShops disabled shops that take files
 */
export function decideMail(
  mail: SeenMail,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
  offShops: readonly MailboxShop[] = [],
): MailDecision {
  const { marketplace, reason } = mail.recognition
  if (mail.files) return decideFiles(mail, shops, offShops)
  if (isUnreadable(mail.recognition))
    return { state: 'unreadable', reason: reason ?? NOTHING_FOUND, requests: [], compare: true }
  const purposes = purposesOf(mail.recognition)
  const orderNumbers = [...purposes.keys()]
  if (orderNumbers.length === 0) return { state: 'recognised', reason, requests: [], compare: false }
  const most =
    mail.trust === 'unknown' ? (malls.get(marketplace)?.mailRules?.ordersPerMail ?? 1) : MOST_OF_BELIEVED
  const compare = mail.recognition.cut === true || orderNumbers.length > most
  const owned = orderNumbers.slice(0, most).map((orderNumber) => ({
    orderNumber,
    owners: shopsFor(orderNumber, mail, shops, malls),
  }))
  const requests = owned.flatMap(({ orderNumber, owners }, index) =>
    owners.flatMap((shop) =>
      [...(purposes.get(orderNumber) ?? [])].map((purpose) => ({
        shopId: shop.id,
        orderNumber,
        purpose,
        ...(index > 0 ? { additional: true as const } : {}),
      })),
    ),
  )
  const isUnsure =
    malls.get(marketplace)?.orderNumberScope === 'shop' && owned.some(({ owners }) => owners.length === 0)
  if (isUnsure) return { state: 'recognised', reason: SHOP_UNKNOWN, requests, compare: true }
  if (!owned.every(({ owners }) => owners.length > 0))
    return { state: 'unreadable', reason: noShopReason(marketplace, shops, malls), requests, compare: true }
  return { state: 'recognised', reason: compare ? tooMany(most) : reason, requests, compare }
}

/** What to ask of each number that a mail asks for; of one that it names as new and as cancelled, both. */
function purposesOf({ kind, orderNumbers, namedOrders }: Recognition): Map<string, Set<Purpose>> {
  const asked = new Map<string, Set<Purpose>>()
  for (const named of namedOrders ?? orderNumbers.map((orderNumber) => ({ orderNumber, kind }))) {
    const purpose = PURPOSE[named.kind]
    if (purpose === null) continue
    const purposes = asked.get(named.orderNumber) ?? new Set()
    asked.set(named.orderNumber, purposes.add(purpose))
  }
  return asked
}

/** The one shop of order files that names the sender; which of several it is for no mail says. */
function decideFiles(
  { from, recognition }: SeenMail,
  shops: readonly MailboxShop[],
  offShops: readonly MailboxShop[],
): MailDecision {
  const isNamed = ({ takesFiles, senders }: MailboxShop) =>
    takesFiles === true && fileSenders(senders).some((sender) => from.includes(sender))
  const [on, off] = [shops.filter(isNamed), offShops.filter(isNamed)]
  const none = { requests: [], compare: false }
  if (on.length + off.length > 1) return { ...none, state: 'unreadable', reason: SEVERAL_FILE_SHOPS }
  const [shop] = on
  if (shop) return { ...none, state: 'recognised', reason: recognition.reason, fileShopId: shop.id }
  const [resting] = off
  return { ...none, state: 'unreadable', reason: resting ? fileShopOff(resting) : NO_FILE_SHOP }
}

const fileShopOff = ({ name, code }: MailboxShop): string =>
  `店舗「${name || code}」の自動取込がオフのため、添付の注文ファイルを取り込みませんでした。自動取込をオンにしてから画面で取り込んでください。`

const NO_FILE_SHOP =
  'この差出人の注文ファイルを取り込む店舗がなくなったため、添付の注文ファイルを取り込みませんでした。店舗の注文ファイルの形式と差出人の設定を確認してください。'

const SEVERAL_FILE_SHOPS =
  'この差出人が注文ファイルの複数の店舗（自動取込がオフの店舗を含む）に登録されているため、添付の注文ファイルを取り込みませんでした。差出人を1つの店舗だけに登録するか、画面から取り込んでください。'

const tooMany = (most: number): string =>
  `注文番号が多いため、先頭の${most}件だけを番号で取り込みます。残りはモールの注文一覧との照合で取り込まれます。`

const SHOP_UNKNOWN =
  'どの店舗の注文か、メールからは分かりません。番号では取り込まず、モールの注文一覧との照合で取り込みます。'

const NOTHING_FOUND = 'メールから注文番号を読み取れませんでした。モールの管理画面で注文を確認してください。'

/**
 * The shops that may own an order: all of its mall whose code does not speak against it. The mall decides
 * among several, and the others' requests end with that (src/imports/results/attempt-result.ts). Where each
 * shop counts for itself, the same number is another order at each: only the shop of the mail is asked.
 */
function shopsFor(
  orderNumber: string,
  mail: SeenMail,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
): MailboxShop[] {
  const { marketplace } = mail.recognition
  const mall = malls.get(marketplace)
  if (mall === undefined) return []
  const possible = shops.filter(
    (shop) => shop.marketplace === marketplace && mall.ownsOrderNumber(shop.code, orderNumber) !== false,
  )
  return mall.orderNumberScope === 'shop' ? shopOfMail(mail, possible, mall.mailRules ?? {}) : possible
}

/**
 * The one shop that a mail names: by the mall's recogniser, by its sender or recipient, or by the shop's name
 * in the subject. Each narrows what the one before left. None where several are left, none was named, or two
 * hints disagree: a wrong shop's order of the same number would be staged. An address of a hosted cart is
 * every shop's, whoever entered it.
 */
function shopOfMail(
  { recognition, from, to, subject }: SeenMail,
  shops: MailboxShop[],
  { sharedDomains = [] }: Pick<MailRules, 'sharedDomains'>,
): MailboxShop[] {
  const named = recognition.shop === undefined ? null : normaliseSubject(recognition.shop)
  const title = normaliseSubject(subject)
  const isNamed = ({ name = '', code }: MailboxShop) =>
    named !== null && [name, code].map(normaliseSubject).includes(named)
  if (named !== null && !shops.some(isNamed)) return []
  const own = (addresses: readonly string[]) =>
    addresses.filter((address) => !isBelow(address.slice(address.lastIndexOf('@') + 1), sharedDomains))
  const hints: ((shop: MailboxShop) => boolean)[] = [
    isNamed,
    ({ senders = [] }) => matchesAddress(own(from), senders),
    ({ senders = [] }) => matchesAddress(own(to), senders),
  ]
  // A whole domain that one shop entered may be others' as well; an address, or what was read, is not.
  const isSure = (shop: MailboxShop) =>
    isNamed(shop) || matchesAddress(own([...from, ...to]), (shop.senders ?? []).filter(isAddress))
  const titled = shops.filter(({ name = '' }) => name !== '' && title.includes(normaliseSubject(name)))
  let left: MailboxShop[] | null = null
  for (const hint of hints) {
    const fit = shops.filter(hint)
    if (fit.length === 0) continue
    const before: MailboxShop[] = left ?? shops
    left = before.filter((shop) => fit.includes(shop))
  }
  if (titled.length > 1 && !left?.some(isSure)) return []
  if (titled.length > 0) left = (left ?? shops).filter((shop) => titled.includes(shop))
  return left?.length === 1 ? left : []
}

const isAddress = (sender: string): boolean => !sender.startsWith('@')

/** Japanese: why no shop was found for the numbers of a mail, and what to do. */
function noShopReason(
  marketplace: MarketplaceName,
  shops: readonly MailboxShop[],
  malls: ListenedMalls,
): string {
  const mall = malls.get(marketplace)
  const label = mall?.label ?? marketplace
  const codes = shops.filter((shop) => shop.marketplace === marketplace).map((shop) => shop.code)
  if (codes.length === 0) {
    return `この受信箱に、有効な${label}の店舗が結び付けられていません。受信箱の設定で店舗を追加してください。`
  }
  const codeLabel = mall?.shopCodeLabel ?? '店舗コード'
  return (
    `この受信箱の${label}の店舗（${codeLabel}: ${codes.join('、')}）のものではない注文番号があります。` +
    `店舗の${codeLabel}を確認するか、該当する店舗を登録して受信箱に追加してください。`
  )
}
