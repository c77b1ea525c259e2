import { Prisma } from '../generated/prisma/client.ts'
import { NOT_CLOSED } from '../orders/store/list-difference.ts'
import { LOOK_UP, LOOK_UP_ARGUMENTS } from '../orders/store/look-up.ts'
import { prepared, statement } from '../platform/db/statement.ts'

/** Statements on sets of orders, each with the reason why it is one round trip. */

/** A buyer with thousands of orders, or an address given to everybody, costs no more than so many. */
const MOST_OTHERS = 500
/** At most so many are told that they could share a parcel; no parcel holds more. */
const MOST_PARTNERS = 50

/** Open orders that one look for lost marks takes. */
const OPEN_AT_ONCE = 500

/** SQL condition: two orders are not in one parcel (同梱) already. */
const apart = (one: string, other: string): string =>
  `(${other}.bundle_id is null or ${other}.bundle_id is distinct from ${one}.bundle_id)`

const OPEN_HERE = `o.mall_state = 'open' and ${NOT_CLOSED}`

/** Two entries of blocked buyers at once count one after the other. */
export const lockTenant = (id: string): Prisma.Sql =>
  Prisma.sql`select id from tenants where id = ${id}::uuid for update`

/** Looks up marks of stored orders, by the function that STAGE calls for new ones. */
export const FIND = prepared(
  { tenant: 'uuid', ...LOOK_UP },
  `select id::text, marks, failure from torikomi_look_up_marks(true, :tenant, ${LOOK_UP_ARGUMENTS})`,
)

/** Failure of the function when the tenant's rules are no longer those that it was called with. */
export const RULES_CHANGED = 'rules changed'
/** … and where somebody else is staging orders that may be for the same parcel. */
export const BUSY = 'busy'

export const READ_RULES = statement(
  { tenant: 'uuid' },
  `select sealed_rules as "sealedRules", xmin::text as version from mark_rules where tenant_id = :tenant`,
)

/**
 * Marks orders, each with the hashes of an address and of its buyer's name, and those that can go into one
 * parcel with them. Runs after their commit. Steps: find pairs, lock in the order in which other writers do,
 * mark, emit events. The version stays, so no edit fails by it.
 */
export const MARK_COMBINABLE = prepared(
  { tenant: 'uuid', orders: 'uuid[]', addresses: 'bytea[]', names: 'bytea[]' },
  `
with wanted as materialized (
  select w.*, o.bundle_id from unnest(:orders, :addresses, :names) as w (id, hash, name) join orders o using (id)
  where ${OPEN_HERE}
), pair as materialized (
  select w.id, o.id as other, row_number() over (partition by w.id order by o.marks @> '{combinable}', o.id) as place
  from wanted w cross join lateral (
    select t.order_id from order_search t
    where t.tenant_id = :tenant and t.kind = 'address' and t.hash = w.hash and t.order_id <> w.id limit ${MOST_OTHERS}
  ) t join orders o on o.id = t.order_id
  where ${OPEN_HERE} and ${apart('w', 'o')} and exists (
    select from order_search s where s.order_id = t.order_id and s.kind = 'name' and s.hash = w.name)
), locked as materialized (
  select o.id from orders o where not o.marks @> '{combinable}'
    and o.id in (select id from pair union select other from pair where place <= ${MOST_PARTNERS})
  order by o.id for no key update
), marked as (
  update orders o set marks = o.marks || '{combinable}' from locked where o.id = locked.id and ${OPEN_HERE} returning o.*
)
select torikomi_tell(:tenant, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked`,
)

/** Reads orders whose marks are looked up; without content there is nothing to mark. */
export const READ_MARKED = statement(
  { tenant: 'uuid', ids: 'uuid[]' },
  `
select o.id::text, o.version, o.marks, o.sealed_detail as "sealedDetail" from orders o
where o.tenant_id = :tenant and o.id = any(:ids) and o.sealed_detail is not null`,
)

/**
 * Writes marks only over those that were there, and on the version that was there, when they were looked up:
 * an older look-up that ends late must not undo a newer one, and an order that was erased meanwhile gets
 * none.
 */
export const REPLACE_MARKS = statement(
  { tenant: 'uuid', ids: 'uuid[]', versions: 'int[]', before: 'text[]', after: 'text[]' },
  `
with wanted as (
  select id, version, string_to_array(before, ',') as before, string_to_array(after, ',') as after
  from unnest(:ids, :versions, :before, :after) as w (id, version, before, after)
), locked as materialized (
  select o.id, w.after from orders o join wanted w using (id)
  where o.version = w.version and o.marks = w.before order by o.id for no key update of o
), marked as (
  update orders o set marks = locked.after from locked where o.id = locked.id returning o.*
)
select marked.id::text, torikomi_tell(:tenant, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked`,
)

/** As the partial indexes `orders_combinable` and `orders_combinable_gone` have it. */
const COMBINABLE = `o.marks @> '{combinable}'`
const GONE = `(o.mall_state is distinct from 'open' or o.status in ('shipped', 'completed', 'cancelled'))`

const names = (orderId: string): string =>
  `array(select n.hash from order_search n where n.order_id = ${orderId} and n.kind = 'name')`

/** Family name, given name and both together: a family shares at most the family name and its reading. */
const NAMES_OF_ONE = 3

/**
 * SQL condition: there is an open order of the same address and buyer, in another parcel. The index has
 * family name, given name and readings beside the whole name. One buyer's are all the same, lack those that a
 * mall leaves out, or differ in the readings alone, which buyers write as they like.
 */
const HAS_PARTNER = `exists (
  select from order_search a
  join order_search b on b.tenant_id = a.tenant_id and b.kind = 'address' and b.hash = a.hash and b.order_id <> a.order_id
  join orders other on other.id = b.order_id and ${OPEN_HERE.replaceAll('o.', 'other.')} and ${apart('o', 'other')}
  cross join lateral (select ${names('a.order_id')} as own, ${names('b.order_id')} as other) as named
  where a.order_id = o.id and a.kind = 'address' and named.own && named.other
    and (named.own <@ named.other or named.own @> named.other
      or (select count(*) from unnest(named.own) as n where n = any(named.other)) >= ${NAMES_OF_ONE}))`

/**
 * Drops 同梱候補 where it has become untrue: of orders that were shipped, cancelled or moved and of those beside
 * them, because who did that knows nothing of marks; and of some marked orders, one part after the
 * other, because an address that was changed or erased leaves no trace at the other order. It begins at the
 * orders that are gone and still say it, so it costs what has happened and not what is marked. An order that
 * somebody holds is skipped and looked at again.
 */
export const DROP_COMBINABLE = statement(
  { after: 'uuid' },
  `
with gone as materialized (
  select o.id from orders o where ${COMBINABLE} and ${GONE} order by o.id limit 200
), next as materialized (
  select o.id from orders o where ${COMBINABLE} and o.id > :after order by o.id limit 200
), looked as materialized (
  select id from gone union select id from next
  union select p.order_id from gone cross join lateral (
    select b.order_id from order_search a join order_search b on b.tenant_id = a.tenant_id and b.kind = 'address' and b.hash = a.hash
    where a.order_id = gone.id and a.kind = 'address' limit 100) p
), stale as materialized (
  select o.id from orders o where o.id in (select id from looked) and ${COMBINABLE} and (${GONE} or not ${HAS_PARTNER})
  order by o.id for no key update of o skip locked
), marked as (
  update orders o set marks = array_remove(o.marks, 'combinable') from stale where o.id = stale.id returning o.*
), emitted as (
  select torikomi_tell(marked.tenant_id, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked
)
select (select count(*)::int from emitted) as dropped, (select id::text from next order by id desc limit 1) as place`,
)

/**
 * Lists orders whose marks must be looked up again: those that say `unchecked`, and open ones that
 * could go into one parcel with another and do not say so. A process that dies between the commit of
 * an order and its second look leaves such a pair, and so does a second look that failed. Takes the open
 * orders one part after the other, so a lost mark is found within a minute for each ${OPEN_AT_ONCE} open
 * orders.
 */
export const TO_REWRITE = statement(
  { afterShop: 'uuid', after: 'uuid' },
  `
with next as materialized (
  select o.* from orders o where ${OPEN_HERE} and (o.shop_id, o.id) > (:afterShop, :after) order by o.shop_id, o.id limit ${OPEN_AT_ONCE}
), found as (
  (select o.id, o.tenant_id, o.shop_id from orders o where o.marks @> '{unchecked}' and o.sealed_detail is not null order by o.id limit 100)
  union
  select o.id, o.tenant_id, o.shop_id from next o where o.sealed_detail is not null and not o.marks @> '{combinable}' and ${HAS_PARTNER}
)
select
  (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'tenantId', tenant_id, 'shopId', shop_id) order by id), '[]') from found) as found,
  (select jsonb_build_object('shopId', shop_id, 'id', id) from next order by shop_id, id offset ${OPEN_AT_ONCE - 1}) as place`,
)
