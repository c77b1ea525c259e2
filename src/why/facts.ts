import type { Pool } from 'pg'
import { type KeptMail, mailContext } from '../mail/intake/batch.ts'
import { isOfFirstRelease } from '../marketplaces/facts.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import type { MailTrust } from '../marketplaces/port/mail-rules.ts'
import type { Marketplace, MarketplaceLimits } from '../marketplaces/port/marketplace.ts'
import type { MallState, MarketplaceName } from '../marketplaces/port/order.ts'
import type { Shipping } from '../marketplaces/port/shipping.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { QUIET } from '../platform/db/data-steps.ts'
import { prepared } from '../platform/db/statement.ts'
import { keysOf, present } from '../platform/narrow.ts'
import { DEEP_EVERY_MS, overlapOf, planRun } from '../reconciliation/plan.ts'
import { actorName, staffName } from '../shops/tenants/actor-names.ts'
import { SEALED_MAILS } from './statements.ts'

/** All facts on one order number, in the tenant's shops that may hold it. Times are the database's. */
export interface Facts {
  now: Date
  shops: readonly ShopFacts[]
  orders: readonly OrderFacts[]
  /** Newest first. */
  requests: readonly RequestFacts[]
  listed: readonly ListedFacts[]
  /** Newest first. */
  unreadableMails: readonly UnreadableMail[]
  /** The first mail of an unverified sender that names the number, by mailbox. */
  doubtedMails: readonly DoubtedMail[]
  /** Answers of the malls that were called for this verdict; empty where none was. */
  live: readonly LiveFacts[]
  /** When it was placed, as far as somebody said or the mall's answer shows. */
  placed: { from: Date; to: Date } | null
}

interface DoubtedMail {
  seenAt: Date
  shopIds: readonly string[]
  /** Why its number is not asked for, Japanese; null where its sender alone is in doubt. */
  reason: string | null
}

interface UnreadableMail {
  seenAt: Date
  shopIds: readonly string[]
  reason: string | null
  /** The number stands in it all the same. */
  names: boolean
}

/** Answer of one shop's mall about the number, or why it was not called. */
export type LiveFacts = { shopId: string; at: Date } & (
  | { kind: 'found'; state: MallState; orderedAt: Date | null }
  | { kind: 'not_found' }
  | { kind: 'pending'; message: string; retryAt: Date }
  | { kind: 'skipped'; message: string }
  /** Asked, and gave no answer that could be used. */
  | { kind: 'broken'; code: string; message: string }
  /** `until`: when it can be asked, where that is known. */
  | { kind: 'not_asked'; message: string; until: Date | null }
)

export interface ShopFacts {
  id: string
  name: string
  marketplace: MarketplaceName
  code: string
  /** False: a client of 1.0.0 cannot read its orders, and gets none of them (src/orders/pull.ts). */
  isOfFirstRelease: boolean
  /** Its orders come as files: it has no list, and no number is asked for. */
  byFile?: boolean | undefined
  /** The newest of them. */
  lastFile?: FileFacts | null
  /** True when the number has the form of this shop's orders; null where the mall's numbers do not tell. */
  owns: boolean | null
  /** Another shop may have another order of the same number: always so, or possibly; absent: none can. */
  sharesNumbers?: 'always' | 'possibly' | undefined
  enabled: boolean
  tenantActive: boolean
  /** Quiet mode: no mall is called and no mailbox is read. */
  quietSince: Date | null
  attention: {
    code: string
    stops: boolean
    message: string
    since: Date | null
    probeAt: Date | null
  } | null
  /** `outage`: the mall fell silent or failed, and named no time: any call may show that it is over. */
  lane: { until: Date; reason: string | null; since: Date | null; outage: boolean } | null
  quotaUntil: Date | null
  /** The last of one day, oldest first. */
  waits: readonly WaitFacts[]
  sweep: SweepFacts | null
  mailboxes: readonly MailboxFacts[]
}

interface FileFacts {
  name: string
  /** RFC 3339. */
  at: string
  state: 'waiting' | 'done' | 'failed'
  /** Orders in it with a fault. */
  refused: number
  /** Orders in it that the cart had shipped or cancelled before they came here. */
  done: number
  /** Why it failed as a whole. */
  message: string | null
}

/** A time in which the shop's mall is not asked. */
export interface WaitFacts {
  kind: 'lane_closed' | 'attention' | 'disabled' | 'quota'
  code: string | null
  from: Date
  /** When it ended, else when it is to end; null: nobody knows. */
  to: Date | null
}

export interface SweepFacts {
  /** When the next run begins. */
  runAt: Date
  /** When its next step is due. */
  nextAt: Date
  verifiedUntil: Date | null
  /** Up to where the mall's list was read. */
  listedUntil: Date | null
  /** The run under way; what is placed before `readDownTo` is still to be read in it. */
  run: { from: Date; readDownTo: Date } | null
  /** From where on the next run reads again what an earlier one has read. */
  rereadsFrom: Date
  /** The same for the wide run of each day, and when that is due. What is older no run reads. */
  reach: { from: Date; dueAt: Date }
  /** Days that the mall's API reaches back. */
  historyDays: number
  message: string | null
}

interface MailboxFacts {
  name: string
  enabled: boolean
  lastMailAt: Date | null
  attention: { message: string; since: Date | null } | null
  quietSince: Date | null
}

export interface OrderFacts {
  id: string
  orderNumber: string
  shopId: string
  status: string
  mallState: string
  /** Null where it is not counted yet. */
  shipping: Pick<Shipping, 'state' | 'shipped' | 'total'> | null
  stagedAt: Date
  pulledAt: Date | null
  pullId: string | null
  /** Name of the person or the API key. */
  pulledBy: string | null
  /** Desk that took it over, and the number of the batch there; null: under a key, or not at all. */
  desk: string | null
  pullNumber: number | null
  movedAt: Date | null
  /** A program takes orders over under a key, or none by position. */
  isPulledByKey: boolean
  editedAt: Date | null
  purgedAt: Date | null
  erasedAt: Date | null
}

export interface RequestFacts {
  id: string
  shopId: string
  source: string
  state: 'waiting' | 'done' | 'failed'
  attempts: number
  nextAttemptAt: Date
  outcome: string | null
  message: string | null
  requestedAt: Date
  finishedAt: Date | null
  trust: MailTrust | null
  mailSeenAt: Date | null
  retries: readonly { at: string; code: string }[]
}

export interface ListedFacts {
  shopId: string
  at: Date
  listedAt: Date
  state: string
}

interface AttentionRow {
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
  /** Set for shops only. */
  probeAt?: Date | null
  stops?: boolean
}
type ShopRow = AttentionRow &
  Omit<ShopFacts, 'owns' | 'attention' | 'lane' | 'quotaUntil' | 'waits' | 'sweep' | 'mailboxes'> & {
    capabilities: unknown
    laneClosedUntil: Date | null
    laneClosedReason: string | null
    laneOutage: boolean
    waits: (Omit<WaitFacts, 'from' | 'to'> & { from: string; to: string | null })[] | null
    runAt: Date | null
    nextAt: Date | null
    verifiedUntil: Date | null
    listedUntil: Date | null
    deepAt: Date | null
    runFrom: Date | null
    windowTo: Date | null
    sweepMessage: string | null
  }
type OrderRow = Omit<OrderFacts, 'pulledBy'> & {
  /** Who pulled it. */
  actor: string | null
  keyName: string | null
  /** In hexadecimal. */
  sealedName: string | null
}
type MailboxRow = Omit<MailboxFacts, 'attention'> & AttentionRow & { shopId: string }
type Numbered<T> = T & { orderNumber: string }

interface FactRows {
  shops: ShopRow[]
  mailboxes: MailboxRow[]
  orders: OrderRow[]
  requests: Numbered<RequestFacts>[]
  listed: Numbered<ListedFacts>[]
  unreadable: UnreadableRow[]
  doubted: (DoubtedMail & { orderNumber: string })[]
}

/** JSON has no times; those within a shop's waits are made where they are read. */
const TIMES: Readonly<Record<keyof FactRows, readonly string[]>> = {
  shops: [
    ...['attentionSince', 'probeAt', 'laneClosedUntil', 'runAt', 'nextAt', 'verifiedUntil'],
    ...['listedUntil', 'deepAt', 'runFrom', 'windowTo', 'quietSince'],
  ],
  mailboxes: ['lastMailAt', 'quietSince', 'attentionSince'],
  orders: ['stagedAt', 'pulledAt', 'movedAt', 'editedAt', 'purgedAt', 'erasedAt'],
  requests: ['nextAttemptAt', 'requestedAt', 'finishedAt', 'mailSeenAt'],
  listed: ['at', 'listedAt'],
  unreadable: ['seenAt'],
  doubted: ['seenAt'],
}

function withDates(facts: FactRows): FactRows {
  for (const name of keysOf(TIMES))
    for (const row of facts[name])
      for (const time of TIMES[name]) {
        const told: unknown = Reflect.get(row, time)
        if (typeof told === 'string') Reflect.set(row, time, new Date(told))
      }
  return facts
}

export interface FactDeps {
  pool: Pool
  /** Within how many milliseconds a shop that was never swept is swept first; absent: no shop is swept. */
  firstSweepMs?: number | undefined
  marketplaces: Marketplaces
  sealer: Pick<Sealer, 'of'>
}

/** A number, in one shop or in all that are looked at; '' is nobody's and may be anybody's. */
export interface AskedNumber {
  number: string
  shopId?: string
}

/**
 * Reads the facts of some numbers by existing indexes, so that the cost does not grow with the number of
 * orders. One statement reads them all as of one moment: read one after the other, an order that came between
 * two of them was in neither. What the malls say is not among them.
 * @param shops those that the caller is bound to or asks for; null: all
 * @returns one for each of `asked`, in their order
 */
export async function readFacts(
  deps: FactDeps,
  tenantId: string,
  asked: readonly AskedNumber[],
  shops: readonly string[] | null,
  now: Date,
): Promise<Facts[]> {
  const { rows } = await deps.pool.query<{ facts: FactRows }>(
    FACTS({
      tenant: tenantId,
      shops,
      now,
      mostShops: MOST_SHOPS,
      numbers: asked.map(({ number }) => number),
      numberShops: asked.map(({ shopId }) => shopId ?? null),
      mostRequests: MOST_REQUESTS,
      unreadableSince: new Date(now.getTime() - UNREADABLE_FOR_MS),
    }),
  )
  const {
    shops: shopRows,
    mailboxes,
    orders,
    requests,
    listed,
    unreadable,
    doubted,
  } = withDates(present(rows[0]).facts)
  const found = new Set([...orders, ...requests].map(({ orderNumber }) => orderNumber))
  // Mails hold much text: it is opened only where nothing else names a number.
  const newest = asked.every(({ number }) => found.has(number)) ? [] : unreadable.filter((row) => row.newest)
  const texts = await openTexts(deps, newest)
  const boxes = Map.groupBy(mailboxes, ({ shopId }) => shopId)
  return asked.map(({ number, shopId }) => {
    const of = <T extends { shopId: string; orderNumber: string }>(rows: readonly T[]) =>
      rows.filter((row) => row.orderNumber === number && (shopId === undefined || row.shopId === shopId))
    return {
      now,
      shops: shopRows
        .filter(({ id }) => shopId === undefined || id === shopId)
        .map((row) =>
          toShopFacts(row, boxes.get(row.id) ?? [], {
            ...ownership(deps, row, number),
            now,
            firstSweepMs: deps.firstSweepMs,
          }),
        ),
      orders: of(orders).map((row) => toOrderFacts(deps.sealer.of(tenantId), row)),
      requests: of(requests),
      listed: of(listed),
      unreadableMails: unreadable.flatMap(({ id, seenAt, shopIds, reason, orderNumbers, newest }) => {
        const names = orderNumbers.includes(number) || namesNumber(texts.get(id) ?? '', number)
        return names || newest ? [{ seenAt, shopIds, reason, names }] : []
      }),
      doubtedMails: doubted.filter(({ orderNumber }) => orderNumber === number),
      live: [],
      placed: null,
    }
  })
}

/**
 * Whether a text has the number, and not as a part of a longer one: a cart's 1001 stands in many a phone
 * number and many an order number of another mall.
 */
export function namesNumber(text: string, number: string): boolean {
  if (number === '') return false
  for (let at = text.indexOf(number); at >= 0; at = text.indexOf(number, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + number.length])) return true
  }
  return false
}

const isPart = (character: string | undefined): boolean => character !== undefined && /[\w-]/.test(character)

interface UnreadableRow {
  id: string
  seenAt: Date
  shopIds: string[]
  reason: string | null
  orderNumbers: string[]
  /** One of the newest, whatever it names. */
  newest: boolean
}

async function openTexts(
  { pool, sealer }: FactDeps,
  mails: readonly UnreadableRow[],
): Promise<ReadonlyMap<string, string>> {
  if (mails.length === 0) return new Map()
  const ids = mails.map(({ id }) => id)
  const { rows } = await pool.query<{ id: string; tenantId: string; sealed: Buffer | null }>(
    SEALED_MAILS({ ids }),
  )
  const texts = new Map<string, string>()
  for (const { id, tenantId, sealed } of rows) {
    const kept = sealed && ifOpens(() => sealer.of(tenantId).openJson<KeptMail>(mailContext(id), sealed))
    if (kept) texts.set(id, `${kept.subject}\n${kept.text ?? ''}`.normalize('NFKC'))
  }
  return texts
}

function ownership({ marketplaces }: FactDeps, shop: ShopRow, number: string) {
  const { code } = shop
  const mall = mallOfShop(marketplaces, shop)
  return {
    owns: number === '' ? null : (mall?.ownsOrderNumber(code, number) ?? null),
    sharesNumbers: mall && sharingOf(mall),
    isOfFirstRelease: mall !== undefined && isOfFirstRelease(mall),
    limits: mall?.limits ?? null,
    byFile: mall?.byFile !== undefined,
  }
}

function sharingOf(
  mall: Pick<Marketplace, 'orderNumberScope' | 'orderNumbersAreUnique'>,
): ShopFacts['sharesNumbers'] {
  if (mall.orderNumberScope === 'shop') return 'always'
  return mall.orderNumbersAreUnique ? undefined : 'possibly'
}

/** A tenant has a few; the limit keeps the answer bounded. */
const MOST_SHOPS = 500
const MOST_REQUESTS = 20
/** Some hours of an outage, in pauses of five minutes. */
const MOST_WAITS = 50
/** A mail that could not be read explains an order of about its own time only. */
const UNREADABLE_FOR_MS = 3 * 24 * 60 * 60_000

function toShopFacts(
  row: ShopRow,
  mailboxes: readonly MailboxRow[],
  {
    owns,
    sharesNumbers,
    isOfFirstRelease,
    limits,
    byFile,
    now,
    firstSweepMs,
  }: ReturnType<typeof ownership> & Pick<FactDeps, 'firstSweepMs'> & { now: Date },
): ShopFacts {
  const { id, name, marketplace, code, enabled, tenantActive, quietSince, laneClosedUntil: until } = row
  const { lastFile = null } = row
  const waits = (row.waits ?? []).map(({ from, to, ...wait }): WaitFacts => {
    return { ...wait, from: new Date(from), to: to === null ? null : new Date(to) }
  })
  const quota = waits.findLast(({ kind, to }) => kind === 'quota' && to !== null && to > now)
  return {
    id,
    name,
    marketplace,
    code,
    owns,
    sharesNumbers,
    isOfFirstRelease,
    enabled,
    tenantActive,
    quietSince,
    waits,
    byFile,
    lastFile,
    quotaUntil: quota?.to ?? null,
    attention: toAttention(row),
    lane:
      until && until > now
        ? { until, reason: row.laneClosedReason, since: outageSince(waits), outage: row.laneOutage }
        : null,
    sweep:
      limits &&
      toSweepFacts(firstSweepMs === undefined ? row : withFirstSweep(row, now, firstSweepMs), limits, now),
    mailboxes: mailboxes.map(({ name, enabled, lastMailAt, quietSince, ...mailbox }) => ({
      name,
      enabled,
      lastMailAt,
      quietSince,
      attention: toAttention(mailbox),
    })),
  }
}

function toAttention(row: AttentionRow) {
  const { attentionCode: code, attentionMessage: message, attentionSince: since } = row
  const { probeAt = null, stops = true } = row
  return code === null ? null : { code, stops, message: message ?? '', since, probeAt }
}

/** Between the end of a pause and the call that closes the lane anew. */
const CALL_MS = 60_000

/** An outage closes the lane repeatedly: since when; null where that is longer than the waits go back. */
function outageSince(waits: readonly WaitFacts[]): Date | null {
  const closed = waits.filter(({ kind }) => kind === 'lane_closed')
  const first = closed.findLastIndex(({ from }, index) => {
    const before = closed[index - 1]?.to
    return !before || from.getTime() - before.getTime() > CALL_MS
  })
  return first === 0 && waits.length === MOST_WAITS ? null : (closed[first]?.from ?? null)
}

function toOrderFacts(sealer: RowSealer, { actor, keyName, sealedName, ...order }: OrderRow): OrderFacts {
  const sealed = sealedName === null ? null : Buffer.from(sealedName, 'hex')
  return { ...order, pulledBy: actor && actorName(actor, keyName, staffName(sealer, actor, sealed)) }
}

/** A new shop has its row of sweeps from a worker's next look, which makes the first run due. */
function withFirstSweep(row: ShopRow, now: Date, firstSweepMs: number): ShopRow {
  const first = new Date(now.getTime() + firstSweepMs)
  return row.runAt === null && row.enabled ? { ...row, runAt: first, nextAt: first } : row
}

function toSweepFacts(row: ShopRow, limits: MarketplaceLimits, now: Date): SweepFacts | null {
  const { runAt, nextAt, verifiedUntil, listedUntil, deepAt, runFrom, windowTo } = row
  if (!runAt || !nextAt) return null
  return {
    runAt,
    nextAt,
    verifiedUntil,
    listedUntil,
    message: row.sweepMessage,
    run: runFrom && windowTo ? { from: runFrom, readDownTo: windowTo } : null,
    rereadsFrom: new Date((listedUntil?.getTime() ?? now.getTime()) - overlapOf(limits)),
    reach: {
      from: planRun({ listedUntil, deepAt: null }, limits, now.getTime()).from,
      dueAt: new Date(Math.max((deepAt?.getTime() ?? 0) + DEEP_EVERY_MS, runAt.getTime())),
    },
    historyDays: limits.historyDays,
  }
}

const SHOPS = `
select s.id, s.created_at, s.name, s.marketplace::text, s.capabilities, s.code, s.enabled, t.status = 'active' as "tenantActive",
  s.attention_code as "attentionCode", s.attention_message as "attentionMessage", s.attention_since as "attentionSince",
  s.attention_stops as stops, s.attention_probe_at as "probeAt", s.lane_closed_until as "laneClosedUntil", s.lane_closed_reason as "laneClosedReason",
  s.lane_outage as "laneOutage", w.run_at as "runAt", w.next_at as "nextAt", w.verified_until as "verifiedUntil",
  w.listed_until as "listedUntil", w.deep_at as "deepAt", w.run_from as "runFrom", w.window_to as "windowTo", w.message as "sweepMessage",
  (select json_agg(json_build_object('kind', q.kind, 'code', q.code, 'from', q.from_at, 'to', coalesce(q.ended_at, q.until_at)) order by q.from_at)
    from (select * from shop_waits where shop_id = s.id and from_at > :now - interval '1 day' order by from_at desc limit ${MOST_WAITS}) q
  ) as waits, case when ${HAS_ORDER_FILES} then (
    select json_build_object('name', f.file_name, 'at', f.created_at, 'state', f.state,
      'refused', coalesce((f.counts ->> 'refused')::int, 0), 'done', coalesce((f.counts ->> 'done')::int, 0), 'message', f.message)
    from order_files f where f.shop_id = s.id and not f.dry_run and f.state <> 'uploading' order by f.id desc limit 1
  ) end as "lastFile", (select made_at from data_steps where name = '${QUIET}') as "quietSince"
from shops s join tenants t on t.id = s.tenant_id left join shop_sweeps w on w.shop_id = s.id
where s.tenant_id = :tenant and (:shops is null or s.id = any(:shops))
order by s.created_at, s.id limit :mostShops`

const MAILBOXES = `
select ms.shop_id::text as "shopId", m.name, m.enabled, m.last_mail_at as "lastMailAt", m.quiet_since as "quietSince",
  m.attention_code as "attentionCode", m.attention_message as "attentionMessage", m.attention_since as "attentionSince"
from s join mailbox_shops ms on ms.shop_id = s.id join mailboxes m on m.id = ms.mailbox_id`

const ORDERS = `
select o.id::text, o.shop_id::text as "shopId", o.order_number as "orderNumber", o.status::text, mall_state as "mallState", o.shipping, staged_at as "stagedAt",
  pulled_at as "pulledAt", pull_id::text as "pullId", edited_at as "editedAt", purged_at as "purgedAt", erased_at as "erasedAt",
  d.name as desk, u.number as "pullNumber", p.actor, k.name as "keyName", encode(s.sealed_name, 'hex') as "sealedName",
  (select e.at from order_events e where e.order_id = o.id and e.kind = 'moved' order by e.at desc, e.id desc limit 1) as "movedAt",
  not exists (select from desks b where b.tenant_id = o.tenant_id and b.closed_at is null) or exists (select from pulls b
    where b.tenant_id = o.tenant_id and b.desk_id is null and b.created_at > :now - interval '30 days') as "isPulledByKey"
from n cross join lateral (
  select o.* from orders o where o.shop_id = n.id and o.order_number = n.number limit 1) o
left join lateral (
  select e.actor from order_events e where e.order_id = o.id and e.kind = 'pulled' order by e.at desc, e.id desc limit 1) p on true
left join pulls u on u.id = o.pull_id left join desks d on d.id = u.desk_id
left join api_keys k on k.tenant_id = o.tenant_id and 'key:' || k.id = p.actor
left join staff_accounts s on s.tenant_id = o.tenant_id and 'staff:' || s.id = p.actor`

// A mail of a payment or a change has the order read again; one that is not here comes in by that.
const REQUESTS = `
select r.id::text, r.shop_id::text as "shopId", r.order_number as "orderNumber", r.source, r.state::text, r.attempts,
  r.next_attempt_at as "nextAttemptAt", r.outcome, r.message, r.requested_at as "requestedAt", r.finished_at as "finishedAt", r.trust,
  m.seen_at as "mailSeenAt", r.retries
from n cross join lateral (
  select * from import_requests i where i.shop_id = n.id and i.order_number = n.number and (i.purpose = 'import'
    or i.purpose = 'refresh' and not exists (select from orders o where o.shop_id = n.id and o.order_number = n.number))
  order by i.requested_at desc, i.id desc limit :mostRequests
) r left join mails m on m.id = r.mail_id
order by r.requested_at desc, r.id desc`

const LISTED = `
select w.shop_id::text as "shopId", w.order_number as "orderNumber", w.at, w.listed_at as "listedAt", w.state from n
cross join lateral (select * from swept_orders o where o.shop_id = n.id and o.order_number = n.number limit 1) w`

// Without a limit to shops a mailbox counts that reads for none of them: that is what keeps its orders away.
const UNREADABLE_HERE = `m.tenant_id = :tenant and m.state = 'unreadable' and m.seen_at >= :unreadableSince
    and (:shops is null or (m.mailbox_id, m.marketplace::text) in (
      select ms.mailbox_id, s.marketplace from s join mailbox_shops ms on ms.shop_id = s.id))
  order by m.seen_at desc limit 5`

// The newest may be anybody's: they take no place from those that name the number. These have a reason, by
// which the index of their numbers is used.
const UNREADABLE = `
select m.id::text, m.seen_at as "seenAt", m.reason, m.order_numbers as "orderNumbers", l.newest,
  array(select ms.shop_id::text from mailbox_shops ms where ms.mailbox_id = m.mailbox_id and ms.shop_id in (select id from s)) as "shopIds"
from (
  select id, bool_or(newest) as newest from (
    (select m.id, true as newest from mails m where ${UNREADABLE_HERE})
    union all
    select u.id, false from (select distinct number from n) a cross join lateral (
      select m.id from mails m where m.reason is not null and m.order_numbers @> array[a.number] and ${UNREADABLE_HERE}) u
  ) looked group by id
) l join mails m on m.id = l.id
order by m.seen_at desc`

const NAMING = `m.order_numbers @> array[a.number] and m.tenant_id = :tenant and m.state = 'recognised' and m.kind = 'new_order'`

// Two looks, as each has an index of its own.
const DOUBTED = `
select a.number as "orderNumber", min(m.seen_at) as "seenAt", max(m.reason) as reason, array_agg(distinct s.id) as "shopIds"
from (select distinct number from n) a
cross join lateral (
  select mailbox_id, marketplace, seen_at, reason from mails m where m.trust = 'unknown' and ${NAMING}
  union all
  select mailbox_id, marketplace, seen_at, reason from mails m
    where m.reason is not null and m.trust is distinct from 'unknown' and ${NAMING}) m
join mailbox_shops ms on ms.mailbox_id = m.mailbox_id join s on s.id = ms.shop_id and s.marketplace = m.marketplace::text
group by a.number, m.mailbox_id`

const rowsOf = (name: string, text: string, order = ''): string =>
  `'${name}', (select coalesce(json_agg(q${order}), '[]') from (${text}) q)`

// Numbers are looked up one by one: as a join, a plan for many of them would go through all orders.
const FACTS = prepared(
  {
    tenant: 'uuid',
    shops: 'uuid[]?',
    now: 'timestamptz',
    mostShops: 'int',
    numbers: 'text[]',
    numberShops: 'uuid[]',
    mostRequests: 'int',
    unreadableSince: 'timestamptz',
  },
  `
with s as materialized (${SHOPS}),
n as materialized (
  select s.id, a.number from s join unnest(:numbers, :numberShops) as a (number, shop_id) on a.shop_id is null or a.shop_id = s.id
)
select json_build_object(
  ${rowsOf('shops', 'select * from s', ' order by q.created_at, q.id')},
  ${rowsOf('mailboxes', MAILBOXES)},
  ${rowsOf('orders', ORDERS)},
  ${rowsOf('requests', REQUESTS)},
  ${rowsOf('listed', LISTED)},
  ${rowsOf('unreadable', UNREADABLE)},
  ${rowsOf('doubted', DOUBTED)}
) as facts`,
)
