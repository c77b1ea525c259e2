import { HAS_ORDER_FILES } from '../marketplaces/order-files/form.ts'
import { statement } from '../platform/db/statement.ts'
import { assigned, EDITED, recordFields } from './store/columns.ts'
import { NOT_CLOSED, STILL_DIFFERS } from './store/list-difference.ts'
import { mailMayBeOf } from './store/mail-of-shop.ts'

/** Statements on sets of orders, each with the reason why it is one round trip. */

const ATTENTION = `attention_code as "attentionCode", attention_message as "attentionMessage", attention_since as "attentionSince"`

/** A shop's orders are counted up to here, so that a board costs the same however much waits. */
export const MOST_COUNTED = 1_000

/** Waiting imports are counted further: at sale time the time until all are in is computed from this. */
export const MOST_IMPORTING = 10_000

/** A shop's last import is looked for among so many of its latest requests. */
export const LATEST_IMPORTS = 20

const counted = (rows: string, most = MOST_COUNTED): string =>
  `(select count(*)::int from (select from ${rows} limit ${most}) one)`
/**
 * Of an order that staff still has, though the mall cancelled it: it must not ship. Constants, as of the
 * index `orders_cancelled_at_mall`.
 */
export const CANCELLED_AT_MALL = `(o.mall_state = 'cancelled' and ${NOT_CLOSED} and o.purged_at is null)`

const orders = (condition: string): string =>
  counted(`orders o where o.tenant_id = :tenant and o.shop_id = s.id and ${condition}`)
const requests = (condition: string, most?: number): string =>
  counted(`import_requests r where r.tenant_id = :tenant and r.shop_id = s.id and ${condition}`, most)

/** Of attempts that ended so one only waits; what ended otherwise twice needs a look. */
const WAITS = `('NOT_FOUND', 'PENDING')`

/**
 * One look at one moment, so that the counts of a shop add up while orders move; and the board is asked every
 * few seconds. Each count reads as many entries of an index as it says at most. Those of orders hold all that
 * is asked for, the tenant of a policy included, so no order is read (\`orders_counted\`,
 * \`orders_changing\`; test/integration/platform/plans.test.ts).
 */
export const BOARD_SHOPS = statement(
  { tenant: 'uuid', today: 'text' },
  `
with days as (
  select d.shop_id, sum(d.missing)::int as missing from shop_days d join shops s on s.id = d.shop_id
  where s.tenant_id = :tenant and d.missing > 0 group by d.shop_id
), cancelled as (
  select o.shop_id, count(*)::int as n from orders o where o.tenant_id = :tenant and ${CANCELLED_AT_MALL} group by o.shop_id
), differing as (
  select w.shop_id, count(*)::int as n from shops s join swept_orders w on w.shop_id = s.id and w.differs_since is not null
  join orders o on o.shop_id = w.shop_id and o.order_number = w.order_number
  where s.tenant_id = :tenant and ${STILL_DIFFERS} group by w.shop_id
)
select s.id::text as "shopId", s.name, s.marketplace::text,
  s.enabled, s.sealed_credentials is not null or ${HAS_ORDER_FILES} as "credentialsSet",
  ${orders(`o.status = 'auto_imported'`)} as staged,
  ${orders(`o.change_state in ('queued', 'changing')`)} as changing,
  ${orders(`o.change_state = 'warning'`)} as warning, ${orders(`o.change_state = 'failed'`)} as failed,
  ${requests(`r.state = 'waiting' and r.purpose = 'import' and (r.attempts < 2 or r.outcome is null or r.outcome in ${WAITS})`, MOST_IMPORTING)} as importing,
  ${requests(`r.state = 'waiting' and r.attempts >= 2 and r.outcome not in ${WAITS}`)} as "importDoubtful",
  ${requests(`r.state = 'failed'`)} as "importFailed",
  coalesce(days.missing, 0) as missing, coalesce(differing.n, 0) as differing,
  coalesce(cancelled.n, 0) as "cancelledAtMall",
  ${orders(`o.status = 'new'`)} as "new", ${orders(`o.status = 'awaiting_payment'`)} as "awaitingPayment",
  ${orders(`o.status = 'ready_to_ship'`)} as "readyToShip", ${orders(`o.status = 'on_hold'`)} as "onHold",
  ${orders('o.on_hold_date <= :today')} as "onHoldDue",
  (select max(finished_at) from (
    select finished_at from import_requests r where r.shop_id = s.id and r.state = 'done' order by requested_at desc, id desc limit ${LATEST_IMPORTS}
  ) latest) as "importedAt",
  w.updated_at as "comparedAt", w.verified_until as "verifiedUntil", s.lane_closed_until as "laneClosedUntil", ${ATTENTION}
from shops s
left join days on days.shop_id = s.id
left join differing on differing.shop_id = s.id
left join cancelled on cancelled.shop_id = s.id
left join shop_sweeps w on w.shop_id = s.id
where s.tenant_id = :tenant
order by s.created_at, s.id`,
)

/** Of the oldest that wait, which the next pull takes: marks stand in no index beside the status. */
export const BOARD_MARKS = statement(
  { tenant: 'uuid' },
  `
select mark, count(*)::int as count from (
  select o.marks from orders o where o.tenant_id = :tenant and o.status = 'auto_imported' order by o.ordered_at, o.id limit ${MOST_COUNTED}
) staged, unnest(staged.marks) as mark group by mark order by count desc, mark`,
)

export const BOARD_MAILBOXES = statement(
  { tenant: 'uuid' },
  `
select id::text as "mailboxId", name, state, enabled, last_mail_at as "lastMailAt", quiet_since as "quietSince", quiet_expected as "quietExpected", skipped_at as "skippedAt", uids_unstable_since as "uidsUnstableSince", ${ATTENTION}
from mailboxes where tenant_id = :tenant order by created_at, id`,
)

/**
 * By the database's own time, which is what the triggers write. From the oldest row on and no further than
 * the first that is kept, so that nothing is missing behind a place. From where the feed is whole is noted
 * with it, of each tenant for its own events: a follower of a quiet one stands for long where nothing is
 * missing.
 */
export const FORGET_EVENTS = statement(
  { kept: 'interval', limit: 'int' },
  `
with history as materialized (
  -- Before the tenants, as one who begins a new history locks them.
  select xid from feed_history for update
), gone as (
  delete from events where exists (select from history) and (xid, id) in (
    select xid, id from (
      select xid, id, bool_and(at < now() - :kept) over (order by xid, id) as old
      from (select xid, id, at from events order by xid, id limit :limit) first
    ) oldest where old
  ) returning xid, id, tenant_id, kind
), told as (
  update tenants t set feed_xid = last.xid, feed_event_id = last.id
  from (
    select distinct on (tenant_id) tenant_id, xid, id from gone where kind <> 'counts' order by tenant_id, xid desc, id desc
  ) last
  where t.id = last.tenant_id
), noted as (
  update feed_history h set xid = last.xid, event_id = last.id
  from (select xid, id from gone order by xid desc, id desc limit 1) last
  where (h.xid, h.event_id) < (last.xid, last.id)
)
select from gone`,
)

/** Deletes events that only changed a board: the feed has no use for them. */
export const FORGET_COUNTS = statement(
  { kept: 'interval', limit: 'int' },
  `
delete from events where (xid, id) in (
  select xid, id from events where kind = 'counts' and at < now() - :kept order by xid, id limit :limit
)`,
)

/** Of a site change: what the mall said, in every place that it is kept. */
const WITHOUT_WORDS = 'mall_message = null, sealed_mall_message = null, sealed_answers = null'

/**
 * Names what an order loses with its content; `old` holds the ids. Runs as the second statement of a
 * transaction whose first one has locked these orders: while that one waits, an edit or a refresh may commit,
 * and only a statement that begins after it sees the versions and hashes that it has left.
 */
const WITH_THE_CONTENT = `raws as (
  delete from order_raws using old where order_id = old.id
), search as (
  delete from order_search using old where order_id = old.id
), versions as (
  delete from order_versions using old where order_id = old.id
), differences as (
  update reimport_orders r set sealed_difference = null from old where r.order_id = old.id and r.sealed_difference is not null
), reasons as (
  update order_events e set sealed_reason = null from old where e.order_id = old.id and e.sealed_reason is not null
)`

// `limit 1` and not `exists`: that Postgres may answer by reading all events at once, as it takes more orders
// for old than there are.
const NOT_MOVED_SINCE = (time: string, ...from: string[]) => `(
  select e.id from order_events e
  where e.order_id = orders.id and e.at >= ${time} and e.kind = 'moved' and e.data ->> 'from' in ('${from.join("', '")}') limit 1) is null`

/** Its last hold has no end that the mall would name: 発売日未定. */
const RELEASE_UNKNOWN = `(mall_state = 'open' and held_until is null and 'reserve' = any(holds))`

/** True while a recipient waits, whatever status staff gave the order: their address is still needed. */
const LEFT_IN_PART = `coalesce(mall_state = 'open' and status <> 'cancelled' and shipping ->> 'state' = 'part', false)`

/**
 * When the day is over, in Japan, on which staff want a 保留 to come up again; null without one. Releases
 * before 1.2.0 took the year 0, which Postgres has not: such a day stopped the retention of all tenants.
 */
const ON_HOLD_UNTIL = `(case when on_hold_date >= '1900' then (on_hold_date::date + 1)::timestamp at time zone 'Asia/Tokyo' end)`

/**
 * SQL condition: the content is still needed for a hold's end, the shipping day, the day of a 保留, or a change
 * at the mall.
 */
const awaits = (
  now: string,
): string => `(change_state in ('queued', 'changing') or mall_state = 'open' and held_until > ${now}
  or ended_at is null and (ship_on > ${now} or ${ON_HOLD_UNTIL} > ${now} or ${RELEASE_UNKNOWN}))`

/**
 * Since when nobody did anything to an open order: since \`time\`, or its last hold, its day of shipping or
 * that of its 保留, where that came later.
 */
const STILL_SINCE = (time: string): string => `greatest(${time}, held_until, ship_on, ${ON_HOLD_UNTIL})`

/**
 * Locks orders of one mall that have been kept long enough, one line of the condition each:
 * 1. ended before `endedBefore` and handed over; a `strict` mall loses them even when they wait;
 * 2. handed over before `openBefore` without an end;
 * 3. waiting to be handed over since before `unpulledBefore`.
 *
 * Holds, shipping days and 保留 days that end later extend 2 and 3. Orders that await something stay. What was
 * moved back to 自動受注取込, or was in 保留, is kept as long again after it left. Two services may purge at
 * once: each locks other rows. Both indexes used hold only orders that still have content. Orders of a tenant
 * that leaves wait, as its release takes any change for one that its export lacks.
 */
export const LOCK_OLD_ORDERS = statement(
  {
    endedBefore: 'timestamptz',
    limit: 'int',
    mall: 'marketplace',
    openBefore: 'timestamptz',
    unpulledBefore: 'timestamptz',
    strict: 'bool',
    now: 'timestamptz',
    /** Null: of all. */
    tenant: 'uuid?',
  },
  `
select id from orders
where purged_at is null and marketplace = :mall and (:tenant is null or tenant_id = :tenant) and tenant_id <> all(array(
    select m.tenant_id from tenant_moves m where m.state = 'leaving' and m.created_at > :now::timestamptz - interval '6 hours'
  )) and not coalesce(${awaits(':now')}, false) and (
  (ended_at < :endedBefore and (status <> 'auto_imported' or mall_state = 'cancelled' or :strict) and ${NOT_MOVED_SINCE(':endedBefore', 'auto_imported')}
    and (ended_at < :openBefore or :strict or not ${LEFT_IN_PART}))
  or (staged_at < :openBefore and ended_at is null and status <> 'auto_imported' and ${STILL_SINCE('coalesce(pulled_at, updated_at)')} < :openBefore
    and ${NOT_MOVED_SINCE(':openBefore', 'auto_imported', 'on_hold')})
  or (staged_at < :unpulledBefore and status = 'auto_imported' and ${STILL_SINCE('staged_at')} < :unpulledBefore and (
    select e.id from order_events e where e.order_id = orders.id and e.at >= :unpulledBefore and e.kind = 'moved' limit 1) is null)
)
limit :limit
for update skip locked`,
)

/** Empties orders that this transaction has locked. */
export const PURGE_ORDERS = statement(
  { ids: 'uuid[]', now: 'timestamptz' },
  `
with old as (select unnest(:ids) as id), ${WITH_THE_CONTENT}
update orders o set sealed_detail = null, sealed_edits = null, purged_at = :now, version = version + 1, updated_at = :now
from old where o.id = old.id`,
)

/** Two shops may count alike (#1001): the number alone names no order. */
export const SHOPS_OF_NUMBER = statement(
  { tenant: 'uuid', number: 'text' },
  `
select s.id::text, s.name from shops s
where s.tenant_id = :tenant and exists (select from orders o where o.shop_id = s.id and o.order_number = :number)
order by s.id`,
)

/**
 * Finds a buyer's orders by exact number, of one shop or of all, or in the blind index by kind and the hashes
 * under each key.
 */
const OF_BUYER = `o.tenant_id = :tenant and o.id > :after and ((o.order_number = :number and (:shop is null or o.shop_id = :shop))
  or o.id in (select order_id from order_search where tenant_id = :tenant and kind = :kind and hash = any(:hashes)))`

const OF_BUYER_ARGUMENTS = {
  tenant: 'uuid',
  number: 'text?',
  shop: 'uuid?',
  kind: 'text',
  hashes: 'bytea[]',
  after: 'uuid',
  limit: 'int',
} as const

/** Reads the orders with every name their versions hold, before these are erased. */
export const READ_BUYERS_ORDERS = statement(
  OF_BUYER_ARGUMENTS,
  `
select o.id::text, array_remove(array(
  select v.sealed_detail from order_versions v where v.order_id = o.id union all select o.sealed_detail), null) as details
from orders o where ${OF_BUYER} order by o.id limit :limit`,
)

/**
 * Locks the orders in the order in which other writers take them. Includes erased ones that a hash still
 * finds.
 */
export const LOCK_BUYERS_ORDERS = statement(
  OF_BUYER_ARGUMENTS,
  `
select o.id::text, o.erased_at is null or :number is null as "isWhole" from orders o
where ${OF_BUYER} order by o.id limit :limit
for no key update`,
)

/**
 * Erases locked orders and everything else that holds their texts in one statement, so that a process that
 * dies leaves no part. Marks go too: they say what the shop thought of the buyer. Steps: content, mails,
 * requests, ended changes, timeline, then the orders.
 */
export const ERASE = statement(
  { tenant: 'uuid', ids: 'uuid[]', now: 'timestamptz', eventIds: 'uuid[]', actor: 'text' },
  `
with old as materialized (
  select o.id, o.shop_id, o.order_number, n.event_id from unnest(:ids, :eventIds) as n (id, event_id) join orders o using (id)
), ${WITH_THE_CONTENT}, mails as (
  update mails m set sealed_mail = null, path = null from old where m.tenant_id = :tenant and m.sealed_mail is not null and old.order_number = any(m.order_numbers)
    and ${mailMayBeOf('old.shop_id', 'old.order_number')}
), requests as (
  update import_requests r set sealed_raw = null, sealed_mall_message = null from old
  where r.shop_id = old.shop_id and r.order_number = old.order_number and (r.sealed_raw is not null or r.sealed_mall_message is not null)
), changes as (
  update site_changes c set sealed_texts = null, sealed_payloads = null, ${WITHOUT_WORDS} from old
  where c.order_id = old.id and c.state not in ('queued', 'changing')
), events as (
  insert into order_events (id, order_id, at, kind, actor) select event_id, id, :now, 'erased', :actor from old where event_id is not null
)
update orders o set sealed_detail = null, sealed_edits = null, marks = '{}', purged_at = coalesce(o.purged_at, :now),
  erased_at = coalesce(o.erased_at, :now), version = version + 1, updated_at = :now
from old where o.id = old.id and (old.event_id is not null or o.sealed_detail is not null)`,
)

/** In batches by `limit … skip locked`, which Prisma cannot say; the same of the two below. */
export const PURGE_MAILS = statement(
  { before: 'timestamptz', limit: 'int', unreadableBefore: 'timestamptz' },
  `
with old as (
  select id from mails where seen_at < greatest(:before, :unreadableBefore) and (seen_at < :before or state = 'unreadable' and seen_at < :unreadableBefore) and sealed_mail is not null
  limit :limit
  for update skip locked
)
update mails m set sealed_mail = null, path = null from old where m.id = old.id`,
)

/** Purges raw answers by age, and at once those of attempts that did not know of their order's erasure. */
export const PURGE_RAW_ANSWERS = statement(
  { before: 'timestamptz', limit: 'int' },
  `
with old as (
  select r.id from import_requests r
  where (r.sealed_raw is not null or r.sealed_mall_message is not null) and (r.finished_at < :before or exists (
    select from orders o where o.shop_id = r.shop_id and o.order_number = r.order_number and o.erased_at is not null))
  limit :limit
  for update of r skip locked
)
update import_requests r set sealed_raw = null, sealed_mall_message = null from old where r.id = old.id`,
)

/**
 * The mall's answer as it came is for finding faults of ours; what the order says is in its detail. That of
 * an order which still awaits something stays with it.
 */
export const PURGE_ORDER_RAWS = statement(
  { before: 'timestamptz', limit: 'int', now: 'timestamptz' },
  `
delete from order_raws where order_id in (
  select r.order_id from order_raws r where r.fetched_at < :before
    and not exists (select from orders where id = r.order_id and purged_at is null and ${awaits(':now')})
  limit :limit for update of r skip locked
)`,
)

/** Deletes records of how orders came in, by the time in their ids: the order of the table's own index. */
const forget = (table: string, condition: string) =>
  statement(
    { before: 'uuid', limit: 'int' },
    `
delete from ${table} where id in (
  select id from ${table} where id < :before ${condition} order by id limit :limit for update skip locked
)`,
  )

export const FORGET_MAILS = forget('mails', '')
export const FORGET_REQUESTS = forget('import_requests', `and state <> 'waiting'`)
export const FORGET_TIMELINES = forget('order_events', '')

/**
 * A change that is opened again has no end any more. What was still open when its buyer was erased loses its
 * words once it has ended.
 */
export const PURGE_CHANGES = statement(
  { before: 'timestamptz', limit: 'int' },
  `
with old as (
  select c.id from site_changes c
  where (c.sealed_texts is not null or c.sealed_payloads is not null or c.sealed_answers is not null
    or c.sealed_mall_message is not null or c.mall_message is not null) and (c.finished_at < :before
    or c.finished_at is not null and exists (select from orders o where o.id = c.order_id and o.erased_at is not null))
  limit :limit
  for update of c skip locked
)
update site_changes c set sealed_texts = null, sealed_payloads = null, ${WITHOUT_WORDS} from old where c.id = old.id`,
)

/**
 * Reads a page of an order's timeline. One statement, because a page is cut from three sources by time:
 * events, failed attempts of its requests, waits of its shop. Waits are computed here, not written for each
 * order: one closed lane may delay thousands. An order waits from the first request for its number until
 * staging; of a longer wait only that part is shown. An attempt's id is its own, in the form of a UUID v8.
 */
export const TIMELINE = statement(
  { order: 'uuid', tenant: 'uuid', afterAt: 'timestamptz?', afterId: 'uuid?', limit: 'int' },
  `
with o as (
  select id, tenant_id, shop_id, order_number, staged_at,
    (select min(requested_at) from import_requests r
     where r.shop_id = orders.shop_id and r.order_number = orders.order_number and r.requested_at <= staged_at) as wanted_at
  from orders where id = :order and tenant_id = :tenant
), line as (
  select e.id, e.at, e.kind, e.actor, e.data from o join order_events e on e.order_id = o.id
  union all
  select overlay(overlay(md5(r.id::text || 'attempt' || n) placing '8' from 13) placing '8' from 17)::uuid, (a ->> 'at')::timestamptz, 'attempt_failed', 'worker',
    jsonb_build_object('code', a ->> 'code', 'requestId', r.id)
  from o join import_requests r on r.shop_id = o.shop_id and r.order_number = o.order_number,
    jsonb_array_elements(r.retries) with ordinality as attempt (a, n)
  union all
  select w.id, greatest(w.from_at, o.wanted_at), 'waited_' || w.kind, 'worker',
    jsonb_strip_nulls(jsonb_build_object('code', w.code, 'until', least(coalesce(w.ended_at, w.until_at), o.staged_at),
      'seconds', ceil(extract(epoch from
        least(coalesce(w.ended_at, w.until_at), o.staged_at) - greatest(w.from_at, o.wanted_at)))))
  from o join shop_waits w on w.shop_id = o.shop_id and w.from_at < o.staged_at
    and coalesce(w.ended_at, w.until_at, o.staged_at) > o.wanted_at
)
select l.id::text, l.at, l.kind, l.actor, l.data, k.name as "keyName", p.sealed_name as "sealedName", e.sealed_reason as "sealedReason"
from o left join line l on :afterAt is null or (l.at, l.id) > (:afterAt, :afterId)
left join order_events e on e.id = l.id
left join api_keys k on k.tenant_id = o.tenant_id and 'key:' || k.id = l.actor
left join staff_accounts p on p.tenant_id = o.tenant_id and 'staff:' || p.id = l.actor
order by l.at, l.id
limit :limit`,
)

/**
 * The version that ends is kept as it stands at that moment, so reading it, keeping it and writing the new
 * one are one statement.
 */
export const WRITE_EDIT = statement(
  {
    id: 'uuid',
    version: 'int',
    now: 'timestamptz',
    actor: 'text',
    detail: 'bytea',
    edits: 'bytea?',
    eventId: 'uuid',
    facts: 'jsonb',
    columns: 'jsonb',
  },
  `
with before as materialized (
  select id, version, sealed_detail, sealed_edits from orders where id = :id and version = :version for no key update
), version as (
  insert into order_versions (order_id, number, ended_by, actor, ended_at, sealed_detail, sealed_edits)
  select id, version, 'edited', :actor, :now, sealed_detail, sealed_edits from before
), event as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select :eventId, id, :now, 'edited', :actor, :facts from before
)
update orders o set sealed_detail = :detail, sealed_edits = :edits,
  ${assigned(EDITED, (name) => `e."${name}"`)},
  edited_at = case when :edits is null then null else :now end, version = o.version + 1, updated_at = :now
from before b, jsonb_to_record(:columns) as e (${recordFields(EDITED)}) where o.id = b.id`,
)

/** Beside WRITE_EDIT in its transaction: the hashes of what was written, for those of before. */
export const FORGET_HASHES = statement({ order: 'uuid' }, 'delete from order_search where order_id = :order')
export const WRITE_HASHES = statement(
  { tenant: 'uuid', orders: 'uuid[]', kinds: 'text[]', hashes: 'bytea[]' },
  `
insert into order_search (order_id, tenant_id, kind, hash)
select t.order_id, :tenant, t.kind, t.hash from unnest(:orders, :kinds, :hashes) as t (order_id, kind, hash)`,
)

/**
 * Moves all orders or none, in one round trip because they may be a thousand. Steps: lock (by id, so that two
 * moves of the same orders queue instead of dead-locking), check, find date and reason of 保留, move, write the
 * timeline. `setsOnHold`: an order in 保留 gets the new date and reason; `restores`: each order gets those with
 * which it last left 保留.
 */
export const MOVE = statement(
  {
    tenant: 'uuid',
    ids: 'uuid[]',
    to: 'text',
    now: 'timestamptz',
    actor: 'text',
    eventIds: 'uuid[]',
    versions: 'int[]',
    dryRun: 'bool',
    onHoldDate: 'text?',
    reasons: 'bytea[]',
    setsOnHold: 'bool',
    restores: 'bool',
  },
  `
with wanted as (
  select * from unnest(:ids, :eventIds, :versions, :reasons) as w (id, event_id, version, reason)
), locked as materialized (
  select o.id, o.status, o.version, o.purged_at, o.on_hold_date as until, o.sealed_on_hold_reason as reason
  from orders o where o.tenant_id = :tenant and o.id = any(:ids) order by o.id for no key update
), allowed as materialized (
  select count(*) = (select count(*) from wanted)
    and coalesce(bool_and((w.version is null or w.version = l.version)
      and (l.purged_at is null or w.reason is null and (:to <> 'auto_imported' or l.status = 'auto_imported'))), true) as all_are
  from locked l join wanted w using (id)
), given as (
  select w.id, w.event_id, case when :restores then b.until else :onHoldDate end as until,
    case when :restores then b.reason else w.reason end as reason
  from wanted w left join lateral (
    select e.data ->> 'onHoldDate' as until, e.sealed_reason as reason from order_events e
    where :restores and e.order_id = w.id and e.kind = 'moved' and e.data ->> 'from' = 'on_hold' and e.data ->> 'to' <> 'on_hold'
    order by e.at desc, e.id desc limit 1
  ) b on true
), moved as (
  update orders o set status = :to::order_status, version = o.version + 1, updated_at = :now,
    on_hold_date = g.until, sealed_on_hold_reason = g.reason
  from locked l join given g using (id), allowed a
  where o.id = l.id and a.all_are and not :dryRun and (l.status <> :to::order_status or :setsOnHold)
  returning o.id, o.version, l.status as before, g.event_id,
    case when :to = 'on_hold' then g.until else l.until end as until, case when :to = 'on_hold' then g.reason else l.reason end as reason
), events as (
  insert into order_events (id, order_id, at, kind, actor, data, sealed_reason)
  select m.event_id, m.id, :now, 'moved', :actor,
    jsonb_strip_nulls(jsonb_build_object('from', m.before, 'to', :to, 'onHoldDate', m.until)), m.reason
  from moved m
)
select l.id::text, l.status::text as before, l.version, l.purged_at is not null as purged, m.version as moved from locked l left join moved m using (id)`,
)
