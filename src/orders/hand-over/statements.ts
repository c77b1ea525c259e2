import { SERVER } from '../../platform/db/data-steps.ts'
import { type BoundStatement, prepared, statement, type ValuesOf } from '../../platform/db/statement.ts'
import { DETAIL_FIELD, ORDER_FIELDS } from '../order-json.ts'

/** Statements of 受注取込. Constants, each one round trip. */

const TENANT = { tenant: 'uuid' } as const

const SELECTION = {
  ...TENANT,
  shop: 'uuid?',
  marketplace: 'marketplace?',
  shops: 'uuid[]?',
  /** Malls that the client can read; null: all. */
  known: 'marketplace[]?',
} as const

const SELECTED = `o.tenant_id = :tenant and (:shop is null or o.shop_id = :shop)
    and (:marketplace is null or o.marketplace = :marketplace) and (:shops is null or o.shop_id = any(:shops))
    and (:known is null or o.marketplace = any(:known))`

/**
 * Texts for one selection. Most clients select nothing; their texts have no condition that may be absent, so
 * that one plan serves them all. Else each pull is planned anew, which takes as long as half of it.
 */
interface Texts {
  orders: string
  shops: string
  isKnown: string
  isWithheld: string
}

const OF_ALL: Texts = {
  orders: 'o.tenant_id = :tenant',
  shops: 's.tenant_id = :tenant',
  isKnown: 'true',
  isWithheld: 'false',
}

const OF_SELECTION: Texts = {
  orders: SELECTED,
  shops: `s.tenant_id = :tenant and (:shop is null or s.id = :shop)
    and (:marketplace is null or s.marketplace = :marketplace) and (:shops is null or s.id = any(:shops))`,
  isKnown: ':known is null or s.marketplace = any(:known)',
  isWithheld: 's.marketplace <> all(:known)',
}

/** An order that stands in a batch is never handed over again, also where it was put back. */
const STAGED = `o.status = 'auto_imported' and o.pull_id is null`

/**
 * Orders that wait for a desk, which has an ordinal, beside staged ones. With an upper bound the planner
 * takes them for few, as they are; without one for a third of all.
 */
const waitsFor = (ordinal: string): string => `o.waits_for_desk between ${ordinal} and 2147483647`

const WAITING = waitsFor('(select ordinal from turn)')

const BATCH_COLUMNS = `b.id::text as "batchId", b.created_at as "madeAt", b.remaining, b.request_hash as "requestHash",
  b.number as "batchNumber"`

/**
 * The epoch was read on this very server. A batch that is made behind a failover under the path of before it
 * could take a number that the lost end of the old history had too.
 */
const IN_HISTORY = `exists (select from feed_history h
    where h.epoch = :history and h.place is not distinct from ${SERVER})`

/** An entry of the audit (src/shops/tenants/audit.ts), in one statement with what it tells of. */
const NOTES = 'audit_entries (id, tenant_id, at, actor, source, action, target, data)'
/** Programs that share a desk come from behind each other at nearly every batch. */
const BACK_WITHIN = `interval '1 day'`

const NOTED = ':note, :tenant, :now, :actor, :source'

const MADE = {
  pull: 'uuid',
  now: 'timestamptz',
  limit: 'int',
  events: 'uuid[]',
  actor: 'text',
} as const

/**
 * One statement: a pull happens as a whole or not at all, and its client waits for up to a thousand orders.
 * - Two pulls at once skip each other's locked rows, so an order is in one batch only.
 * - Nothing is locked before the pull has its turn, so whoever waits for one holds no order back.
 * - What is staged and what waits are two short reads of an index each. Of the first many, of the other few:
 *   an order by a row keeps the planner from the tenant's index by time.
 * - What is left is counted shop by shop in indexes alone. What was put back is counted with what is staged,
 *   and is taken off again. `offset 0`: the counts would be planned once for each place that names them.
 *
 * Answers one row without a batch when there is nothing to hand over, or when the pull has no turn.
 */
const makeBatch = (
  { orders, shops, isKnown, isWithheld }: Texts,
  { turn, batch, facts }: { turn: string; batch: string; facts: string },
): string => `
with turn as materialized (${turn}
), staged as materialized (
  select o.id, o.ordered_at from orders o
  where exists (select from turn) and ${orders} and ${STAGED}
  order by o.ordered_at, o.id limit :limit
  for no key update skip locked
), waiting as materialized (
  select o.id, o.ordered_at from orders o where ${orders} and ${WAITING}
  order by row(o.ordered_at, o.id) limit :limit
  for no key update skip locked
), picked as materialized (
  select * from (select * from staged union all select * from waiting) both_kinds order by ordered_at, id limit :limit
), placed as (
  select id, (row_number() over (order by ordered_at, id))::int as position from picked
), many as materialized (
  select count(*)::int as orders from picked
), rest as (
  select coalesce(sum(c.staged) filter (where ${isWithheld}), 0)::int as withheld,
    greatest(0, coalesce(sum(c.staged) filter (where ${isKnown}), 0)
    + (select count(*) from orders o where ${orders} and ${WAITING}) - (select orders from many))::int as remaining
  from shops s cross join lateral (
    select (
      select count(*) from orders o where o.tenant_id = :tenant and o.shop_id = s.id and o.status = 'auto_imported'
    ) - (
      select count(*) from orders o
      where o.tenant_id = :tenant and o.shop_id = s.id and o.status = 'auto_imported' and o.pull_id is not null
    ) as staged offset 0
  ) c where ${shops}
), b as (${batch}
), moved as (
  update orders o set status = case when o.status = 'auto_imported' then 'new' else o.status end, pulled_at = :now,
    pull_id = b.id, pull_position = p.position, version = o.version + (o.status = 'auto_imported')::int, updated_at = :now
  from placed p, b
  where o.id = p.id
  returning ${ORDER_FIELDS}, ${DETAIL_FIELD}, p.position
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select (:events)[m.position], m.id::uuid, :now, 'pulled', :actor, ${facts} from moved m
)
select ${BATCH_COLUMNS}, rest.remaining as "left", rest.withheld, exists (select from turn) as "hasTurn", moved.*
from rest left join b on true left join moved on true order by moved.position`

const AT_DESK = {
  desk: 'uuid',
  last: 'int',
  history: 'text',
  path: 'jsonb',
  note: 'uuid',
  source: 'text?',
} as const

const AT_DESK_TEXTS = {
  turn: `
  select d.ordinal, d.name, d.path from desks d
  where d.id = :desk and d.tenant_id = :tenant and d.number = :last and d.closed_at is null and ${IN_HISTORY}
  for update`,
  batch: `
  insert into pulls (id, tenant_id, desk_id, number, order_count, remaining, created_at)
  select :pull, :tenant, :desk, :last + 1, many.orders, rest.remaining, :now from rest, many where many.orders > 0
  returning *
), asked as (
  update desks d set number = d.number + least(many.orders, 1), path = case when many.orders > 0 then :path else d.path end,
    asked_at = :now, confirmed = :last
  from turn, many
  where d.id = :desk and (many.orders > 0 or d.confirmed <> :last or d.asked_at < :now - interval '1 minute')
), noted as (
  insert into ${NOTES} select ${NOTED}, 'desk.history_begun', turn.name, jsonb_build_object('number', :last + 1, 'history', :history)
  from turn, b where turn.path <> :path`,
  facts: `jsonb_build_object('pullId', :pull::text, 'desk', (select name from turn), 'number', :last + 1, 'status', m.status)`,
}

const MAKE_BATCH_OF_ALL = prepared({ ...TENANT, ...MADE, ...AT_DESK }, makeBatch(OF_ALL, AT_DESK_TEXTS))

const MAKE_BATCH_OF_SELECTION = statement(
  { ...SELECTION, ...MADE, ...AT_DESK },
  makeBatch(OF_SELECTION, AT_DESK_TEXTS),
)

type Selected = Omit<ValuesOf<typeof SELECTION>, 'tenant'>

const isOfAll = ({ shop, marketplace, shops, known }: Selected): boolean =>
  shop === null && marketplace === null && shops === null && known === null

/**
 * Makes the batch behind `last` for a desk, whose row is the lock: another pull of the desk waits there,
 * and then finds another number.
 */
export const MAKE_BATCH = (values: Parameters<typeof MAKE_BATCH_OF_SELECTION>[0]): BoundStatement =>
  isOfAll(values) ? MAKE_BATCH_OF_ALL(values) : MAKE_BATCH_OF_SELECTION(values)

/**
 * Makes a batch under a key. Two requests with one key queue up at the lock: the second finds no order that
 * the first one took, or has its insert refused by the index. It has no desk, so only what is staged is
 * handed over.
 */
export const MAKE_BATCH_OF_KEY = statement(
  { ...SELECTION, ...MADE, key: 'text', hash: 'bytea' },
  makeBatch(OF_SELECTION, {
    turn: `
  select null::int as ordinal from pg_advisory_xact_lock(hashtextextended(:key, 0))`,
    batch: `
  insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
  select :pull, :tenant, :key, :hash, many.orders, rest.remaining, :now from rest, many where many.orders > 0
  on conflict (tenant_id, idempotency_key) do nothing
  returning *`,
    facts: `jsonb_build_object('pullId', :pull::text)`,
  }),
)

const readDesk = ({ orders }: Texts): string => `
with place as materialized (
  select h.epoch as history, case when pg_is_in_recovery() then true else h.place is not distinct from ${SERVER} end as "goesOn",
    d.id, d.number, d.path, d.confirmed, d.closed_at is not null as "isClosed",
    not pg_is_in_recovery() and d.asked_at >= :now - interval '1 minute' and d.confirmed = d.number
      and (select o.id from orders o where ${orders} and ${STAGED} order by o.ordered_at, o.id limit 1) is null
      and (select o.id from orders o where ${orders} and ${waitsFor('d.ordinal')}
        order by row(o.ordered_at, o.id) limit 1) is null as "hasNothing"
  from feed_history h left join desks d on d.tenant_id = :tenant and d.name = :name
)
select place.history, place."goesOn", coalesce(place."hasNothing", false) as "hasNothing", place.id::text as "deskId",
  place.number as last, place.path, place.confirmed, coalesce(place."isClosed", false) as "isClosed", ${BATCH_COLUMNS}, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from place left join pulls b on b.desk_id = place.id and b.number = :number left join orders o on o.pull_id = b.id
order by o.pull_position`

const OF_DESK = { name: 'text', number: 'int', now: 'timestamptz' } as const

const READ_DESK_OF_ALL = prepared({ ...TENANT, ...OF_DESK }, readDesk(OF_ALL))

const READ_DESK_OF_SELECTION = statement({ ...SELECTION, ...OF_DESK }, readDesk(OF_SELECTION))

/**
 * A desk, the history of now, and a batch of the desk, at one moment; one row where there is no such.
 * `hasNothing`: it then had all of its selection, and need not be noted as asked nor as confirmed. Most pulls
 * end with that, so they take no lock and write no transaction. The two reads are those of MAKE_BATCH, by the
 * same indexes.
 */
export const READ_DESK = (values: Parameters<typeof READ_DESK_OF_SELECTION>[0]): BoundStatement =>
  isOfAll(values) ? READ_DESK_OF_ALL(values) : READ_DESK_OF_SELECTION(values)

/**
 * Notes that a client came from behind what the desk's client was seen to have: it was put back, or two
 * clients share the desk. One that catches up goes forward from there, so it is counted once. To the audit
 * once an hour.
 */
export const NOTE_PUT_BACK = statement(
  {
    note: 'uuid',
    tenant: 'uuid',
    now: 'timestamptz',
    actor: 'text',
    source: 'text?',
    desk: 'uuid',
    stored: 'int',
  },
  `
with back as (
  update desks d set confirmed = :stored,
    went_back = case when d.went_back_since > :now - ${BACK_WITHIN} then d.went_back + 1 else 1 end,
    went_back_since = case when d.went_back_since > :now - ${BACK_WITHIN} then d.went_back_since else :now end
  where d.id = :desk and d.tenant_id = :tenant and d.confirmed > :stored
)
insert into ${NOTES} select ${NOTED}, 'desk.put_back', d.name, jsonb_build_object('number', :stored, 'last', d.number) from desks d
where d.id = :desk and d.tenant_id = :tenant and not exists (select from audit_entries e where e.tenant_id = :tenant
  and e.at > :now - interval '1 hour' and e.action = 'desk.put_back' and e.target = d.name)`,
)

/** Waits until no order is leaving 自動受注取込 just now, and lets none leave before the end (triggers.sql). */
export const LOCK_DESKS = statement(
  { tenant: 'text' },
  `select pg_advisory_xact_lock(hashtextextended('desks ' || :tenant, 0))`,
)

/** A statement of its own behind the lock, so that it sees the desks that began meanwhile. */
export const BEGIN_DESK = statement(
  {
    id: 'uuid',
    tenant: 'uuid',
    name: 'text',
    path: 'jsonb',
    now: 'timestamptz',
    history: 'text',
    most: 'int',
    note: 'uuid',
    actor: 'text',
    source: 'text?',
  },
  `
with there as (
  select coalesce(max(d.ordinal), 0) as last, count(*) filter (where d.closed_at is null) as "inUse",
    coalesce(bool_or(d.name = :name), false) as "isHere" from desks d where d.tenant_id = :tenant
), begun as (
  insert into desks (id, tenant_id, name, ordinal, path, begun_at, asked_at)
  select :id, :tenant, :name, last + 1, :path, :now, :now from there where not "isHere" and "inUse" < :most and ${IN_HISTORY}
  returning name
), noted as (
  insert into ${NOTES} select ${NOTED}, 'desk.begun', begun.name, '{}' from begun
)
select not "isHere" and "inUse" >= :most as "isFull" from there`,
)

/**
 * Takes a desk out of use, or into it again, behind LOCK_DESKS: an order that leaves staging then waits for
 * those in use. Not done where as many are in use as may be; no row: there is no such desk.
 */
export const USE_DESK = statement(
  {
    tenant: 'uuid',
    id: 'uuid',
    inUse: 'bool',
    most: 'int',
    now: 'timestamptz',
    note: 'uuid',
    actor: 'text',
    source: 'text?',
  },
  `
with used as (
  update desks d set closed_at = case when :inUse then null else :now end
  where d.id = :id and d.tenant_id = :tenant and (d.closed_at is null) <> :inUse
    and (not :inUse or (select count(*) from desks o where o.tenant_id = :tenant and o.closed_at is null) < :most)
  returning d.name, d.number, d.confirmed
), noted as (
  insert into ${NOTES} select ${NOTED}, case when :inUse then 'desk.reopened' else 'desk.closed' end, used.name,
    jsonb_build_object('number', used.number, 'confirmed', used.confirmed) from used
)
select exists (select from used) or (d.closed_at is null) = :inUse as "isDone" from desks d
where d.id = :id and d.tenant_id = :tenant`,
)

/** Desks in use, or those out of it, in the order in which they began, each with its API key's name. */
export const LIST_DESKS = statement(
  { tenant: 'uuid', inUse: 'bool', id: 'uuid?', now: 'timestamptz', most: 'int' },
  `
select d.id::text, d.name, d.number, d.path, d.begun_at as "begunAt", d.asked_at as "askedAt", h.epoch as history, k.name as "keyName",
  d.confirmed, d.closed_at as "closedAt", case when d.went_back_since > :now - ${BACK_WITHIN} then d.went_back else 0 end as "wentBack"
from desks d cross join feed_history h
left join lateral (
  select k.name from api_keys k where k.tenant_id = d.tenant_id and 'key:' || k.id = d.name
) k on true
where d.tenant_id = :tenant and case when :id is null then (d.closed_at is null) = :inUse else d.id = :id end order by d.ordinal limit :most`,
)

/** The batch and its orders at one moment: read one after the other, a refresh could come between them. */
const readBatch = (condition: string): string => `
select ${BATCH_COLUMNS}, d.name as desk, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from pulls b left join desks d on d.id = b.desk_id left join orders o on o.pull_id = b.id
where b.tenant_id = :tenant and ${condition}
order by o.pull_position`

export const READ_BATCH = statement({ tenant: 'uuid', id: 'uuid' }, readBatch('b.id = :id'))

export const READ_BATCH_BY_KEY = statement(
  { tenant: 'uuid', key: 'text' },
  readBatch('b.idempotency_key = :key'),
)

/** Reads what MAKE_BATCH would hand over; an unknown desk begins with what is staged. */
export const PREVIEW_BATCH = statement(
  { ...SELECTION, desk: 'uuid?', limit: 'int', most: 'int' },
  `
with turn as (select d.ordinal from desks d where d.id = :desk), found as (
  (select o.id, o.ordered_at from orders o where ${SELECTED} and ${STAGED} order by o.ordered_at, o.id limit :most)
  union all
  (select o.id, o.ordered_at from orders o where ${SELECTED} and ${WAITING} order by o.ordered_at, o.id limit :most)
), counted as (
  select count(*)::int as n from found
)
select counted.n as found, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from counted left join (select id from found order by ordered_at, id limit :limit) p on true left join orders o on o.id = p.id
order by o.ordered_at, o.id`,
)

/** Orders that were just accepted, in the order of a batch. */
export const READ_ACCEPTED = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `select ${ORDER_FIELDS}, ${DETAIL_FIELD} from orders o where o.tenant_id = :tenant and o.id = any(:ids) order by o.ordered_at, o.id`,
)

/** One statement, since the place behind which the list goes on is a pair. */
export const LIST_PULLS = statement(
  {
    tenant: 'uuid',
    from: 'timestamptz?',
    to: 'timestamptz?',
    at: 'timestamptz?',
    id: 'uuid?',
    most: 'int',
    shops: 'uuid[]?',
  },
  `
select p.id::text as "pullId", p.created_at as "pulledAt", p.order_count as "orderCount", p.remaining, d.name as desk, p.number
from pulls p left join desks d on d.id = p.desk_id
where p.tenant_id = :tenant and p.created_at >= coalesce(:from, '-infinity'::timestamptz) and p.created_at < coalesce(:to, 'infinity'::timestamptz)
  and (:at is null or (p.created_at, p.id) < (:at, :id))
  and (:shops is null or exists (select from orders o where o.pull_id = p.id and o.shop_id = any(:shops)))
order by p.created_at desc, p.id desc limit :most`,
)

/**
 * 受注を取り込む on the board: moves the oldest staged orders to 新規受付 and hands nothing over. Waits for no row
 * that somebody else works on.
 */
export const ACCEPT = statement(
  {
    ...SELECTION,
    now: 'timestamptz',
    limit: 'int',
    events: 'uuid[]',
    actor: 'text',
  },
  `
with picked as materialized (
  select o.id, o.ordered_at from orders o where ${SELECTED} and o.status = 'auto_imported'
  order by o.ordered_at, o.id limit :limit
  for no key update skip locked
), moved as (
  update orders o set status = 'new', version = o.version + 1, updated_at = :now
  from (select id, (row_number() over (order by ordered_at, id))::int as position from picked) p
  where o.id = p.id
  returning o.id, o.order_number, o.version, p.position
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select (:events)[m.position], m.id, :now, 'moved', :actor, jsonb_build_object('from', 'auto_imported', 'to', 'new') from moved m
), rest as (
  select greatest(0, coalesce(sum(c.n), 0) - (select count(*) from picked))::int as remaining
  from shops s cross join lateral (
    select count(*) as n from orders o where o.tenant_id = :tenant and o.shop_id = s.id and o.status = 'auto_imported'
  ) c where s.tenant_id = :tenant and (:shop is null or s.id = :shop) and (:marketplace is null or s.marketplace = :marketplace)
    and (:shops is null or s.id = any(:shops)) and (:known is null or s.marketplace = any(:known))
)
select rest.remaining, m.id::text as "orderId", m.order_number as "orderNumber", m.version
from rest left join moved m on true order by m.position`,
)
