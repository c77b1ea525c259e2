/** Statements on sets of orders, each with the reason why it is one round trip. */

/** A buyer with thousands of orders, or a mail address that a mall gives to everybody, costs no more than so many. */
const MOST_OTHERS = 500

const OPEN_HERE = `o.mall_state = 'open' and o.status not in ('shipped', 'completed', 'cancelled')`

/**
 * All that is looked up for the orders that are about to be staged: it stands between the mall's answer and the order, so rules, other
 * orders and the list of blocked buyers are one round trip. $2–$7: what each order (by its place) is looked for by; $8–$10:
 * the same against the blocked.
 */
export const FIND = `
with wanted as materialized (
  select * from unnest($2::int[], $3::uuid[], $4::timestamptz[], $5::text[], $6::bytea[], $7::bytea[])
    as w (place, id, ordered_at, kind, hash, name)
), other as (
  select w.place, w.kind, o.id, o.ordered_at < w.ordered_at as earlier,
    o.mall_state = 'cancelled' or o.status = 'cancelled' as cancelled, ${OPEN_HERE} as open
  from wanted w cross join lateral (
    select t.order_id from order_search t
    where t.tenant_id = $1 and t.kind = w.kind and t.hash = w.hash and t.order_id <> w.id limit ${MOST_OTHERS}
  ) t join orders o on o.id = t.order_id
  where w.name is null or exists (
    select from order_search s where s.order_id = t.order_id and s.kind = 'name' and s.hash = w.name)
), found as (
  select place, coalesce(bool_or(earlier) filter (where kind <> 'address'), false) as repeat,
    coalesce(bool_or(earlier and cancelled) filter (where kind <> 'address'), false) as cancelled,
    coalesce(array_agg(distinct id::text) filter (where kind = 'address' and open), '{}') as partners
  from other group by place
)
select
  (select sealed_rules from mark_rules where tenant_id = $1) as "sealedRules",
  (select coalesce(jsonb_agg(to_jsonb(found)), '[]') from found) as others,
  (select coalesce(array_agg(distinct p.place), '{}') from unnest($8::int[], $9::text[], $10::bytea[]) as p (place, kind, hash)
   join blocked_buyers b on b.tenant_id = $1 and b.kind = p.kind and b.hash = p.hash) as blocked`

/** In the order in which other writers take the same orders. The feed is told, and the version stays: nobody's edit is overtaken. */
export const ADD_COMBINABLE = `
with locked as materialized (
  select o.id from orders o where o.tenant_id = $1 and o.id = any($2::uuid[]) and not o.marks @> '{combinable}'
  order by o.id for no key update
), marked as (
  update orders o set marks = o.marks || '{combinable}' from locked where o.id = locked.id and ${OPEN_HERE} returning o.*
)
select torikomi_tell($1::uuid, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked`

export const REPLACE_MARKS = `
with wanted as (
  select id, string_to_array(nullif(marks, ''), ',') as marks from unnest($2::uuid[], $3::text[]) as w (id, marks)
), locked as materialized (
  select o.id, coalesce(w.marks, '{}') as marks from orders o join wanted w using (id)
  where o.tenant_id = $1 and o.marks is distinct from coalesce(w.marks, '{}') order by o.id for no key update of o
), marked as (
  update orders o set marks = locked.marks from locked where o.id = locked.id returning o.*
)
select torikomi_tell($1::uuid, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked`

/**
 * 同梱候補 of orders whose partner has been shipped, cancelled or moved since: whoever did that knows nothing of marks. Two people who
 * share an address are no pair, so the name is asked for too, as above.
 */
export const DROP_COMBINABLE = `
with stale as materialized (
  select o.id from orders o where o.marks @> '{combinable}' and (not (${OPEN_HERE}) or not exists (
    select from order_search a
    join order_search b on b.tenant_id = a.tenant_id and b.kind = 'address' and b.hash = a.hash and b.order_id <> a.order_id
    join orders other on other.id = b.order_id and ${OPEN_HERE.replaceAll('o.', 'other.')}
    where a.order_id = o.id and a.kind = 'address' and exists (
      select from order_search n join order_search m on m.order_id = b.order_id and m.kind = 'name' and m.hash = n.hash
      where n.order_id = o.id and n.kind = 'name')))
  order by o.id limit 1000 for no key update of o skip locked
), marked as (
  update orders o set marks = array_remove(o.marks, 'combinable') from stale where o.id = stale.id returning o.*
)
select torikomi_tell(marked.tenant_id, 'order', torikomi_order_event(marked::orders, array['marked'])) from marked`

export const UNCHECKED = `
select o.id::text, o.tenant_id::text as "tenantId", o.shop_id::text as "shopId", o.sealed_detail as "sealedDetail"
from orders o where o.marks @> '{unchecked}' and o.sealed_detail is not null order by o.id limit 100`
