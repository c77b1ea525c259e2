import { statement } from '../platform/db/statement.ts'
import { LAST_STEP, STEP } from './waits.ts'

/** Statements of the figures by day, each with the reason why it is one round trip. */

/** One process follows the feed at a time; others go on counting. */
export const CLAIM_PLACE = `
select d.place, h.epoch, h.xid::text, h.event_id::text as "eventId",
  pg_snapshot_xmin(pg_current_snapshot())::text as "oldest"
from data_steps d, feed_history h where d.name = 'figures' for update of d skip locked`

export const NOTE_PLACE = statement(
  { place: 'text' },
  `update data_steps set place = :place where name = 'figures'`,
)

/**
 * The database's own time where a process is ahead of it, as one that has not yet noticed a failover. Should
 * it end before it counts, nobody else would for so long.
 */
const AT_ONCE = 'least(:now::timestamptz, now())'

/**
 * Marks the days of the orders that a page of the change feed names. The day is counted after it is marked,
 * so it holds what the event told, whatever comes meanwhile. Events of transactions that may still be under
 * way are left for the next look.
 */
export const MARK_CHANGED = statement(
  { xid: 'int8', id: 'int8', now: 'timestamptz', limit: 'int' },
  `
with page as (
  select e.xid, e.id, e.tenant_id, e.kind, e.data from events e
  where (e.xid, e.id) > (:xid, :id) and e.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  order by e.xid, e.id limit :limit
), touched as (
  select distinct o.tenant_id, o.shop_id, (o.ordered_at at time zone 'Asia/Tokyo')::date as day
  from page p join orders o on o.id = (p.data ->> 'orderId')::uuid and o.tenant_id = p.tenant_id
  where p.kind = 'order'
), marked as (
  insert into figure_days as f (tenant_id, shop_id, day, count_at)
  select tenant_id, shop_id, day, ${AT_ONCE} from touched order by shop_id, day
  on conflict (shop_id, day) do update set count_at = ${AT_ONCE} where f.count_at is null or f.count_at > ${AT_ONCE}
)
select p.xid::text, p.id::text, (select count(*)::int from page) as read
from page p order by p.xid desc, p.id desc limit 1`,
)

/**
 * Marks every day since the first order of each shop, days at most: at first, and when the feed has a gap.
 * They are counted in small steps behind what changes now.
 */
export const MARK_ALL = statement(
  { now: 'timestamptz', days: 'int' },
  `
insert into figure_days as f (tenant_id, shop_id, day, count_at)
select s.tenant_id, s.id, day::date, ${AT_ONCE}
from shops s
cross join lateral (select min(o.ordered_at) as first from orders o where o.shop_id = s.id) o
cross join lateral generate_series(
  greatest((o.first at time zone 'Asia/Tokyo')::date, (:now::timestamptz at time zone 'Asia/Tokyo')::date - :days),
  (:now::timestamptz at time zone 'Asia/Tokyo')::date, interval '1 day') as day
where o.first is not null
on conflict (shop_id, day) do update set count_at = ${AT_ONCE} where f.count_at is null or f.count_at > ${AT_ONCE}`,
)

const FROM_DAY = `o.ordered_at >= d.day::timestamp at time zone 'Asia/Tokyo'
    and o.ordered_at < (d.day + 1)::timestamp at time zone 'Asia/Tokyo'`

/**
 * Counts the days that are due, the newest first, from their own orders alone. Whatever was counted before
 * is replaced, so a day that is counted twice, by two processes or after a restore is right. Requests for
 * orders are deleted after a time: the waits of a day stay when fewer of them are left.
 */
export const COUNT_DUE = statement(
  { now: 'timestamptz', today: 'text', midnight: 'timestamptz', limit: 'int' },
  `
with due as materialized (
  select f.shop_id, f.day, f.tenant_id from figure_days f
  where f.count_at <= :now order by f.day desc, f.shop_id limit :limit for update skip locked
), its as materialized (
  select d.shop_id, d.day, o.order_number, o.billed_amount, o.ship_by, o.ended_at,
    o.mall_state = 'cancelled' or o.status = 'cancelled' as gone,
    o.mall_state in ('shipped', 'completed') or o.status in ('shipped', 'completed') as has_left
  from due d join orders o on o.tenant_id = d.tenant_id and o.shop_id = d.shop_id and ${FROM_DAY}
), counted as (
  select shop_id, day, count(*)::int as orders, sum(billed_amount)::bigint as amount,
    count(*) filter (where gone)::int as cancelled, coalesce(sum(billed_amount) filter (where gone), 0)::bigint as cancelled_amount,
    count(*) filter (where not gone and ship_by is not null and (has_left or ship_by < :today))::int as due,
    count(*) filter (where not gone and has_left and ((ended_at at time zone 'Asia/Tokyo')::date)::text <= ship_by)::int as in_time,
    bool_or(not gone and not has_left) as expects
  from its group by shop_id, day
), waited as (
  select i.shop_id, i.day, least(${LAST_STEP}, floor(ln(greatest(1, w.seconds)) / ln(${STEP})))::int as step,
    count(*)::int as orders, max(w.seconds) as longest
  from its i
  join import_requests r on r.shop_id = i.shop_id and r.order_number = i.order_number
    and r.outcome = 'staged' and r.source = 'mail' and r.finished_at is not null
  cross join lateral (select extract(epoch from r.finished_at - r.requested_at)::float8 as seconds) w
  group by i.shop_id, i.day, step
), waits as (
  select shop_id, day, jsonb_object_agg(step, orders) as waits, sum(orders) as orders, max(longest) as longest
  from waited group by shop_id, day
)
update figure_days f set orders = coalesce(c.orders, 0), amount = coalesce(c.amount, 0),
  cancelled = coalesce(c.cancelled, 0), cancelled_amount = coalesce(c.cancelled_amount, 0),
  due = coalesce(c.due, 0), in_time = coalesce(c.in_time, 0),
  waits = case when coalesce(w.orders, 0) >= (select coalesce(sum(v::int), 0) from jsonb_each_text(f.waits) as e(k, v))
    then coalesce(w.waits, '{}') else f.waits end,
  longest_wait = greatest(f.longest_wait, ceil(w.longest)::int),
  counted_at = :now, count_at = case when c.expects then :midnight::timestamptz end
from due d
left join counted c on c.shop_id = d.shop_id and c.day = d.day
left join waits w on w.shop_id = d.shop_id and w.day = d.day
where f.shop_id = d.shop_id and f.day = d.day`,
)

export const LIST_FIGURES = statement(
  { tenant: 'uuid', from: 'date', to: 'date', shop: 'uuid?', marketplace: 'marketplace?' },
  `
select f.day::text, f.shop_id::text as "shopId", s.name as "shopName", s.marketplace, f.orders, f.amount::float8 as amount,
  f.cancelled, f.cancelled_amount::float8 as "cancelledAmount", f.due, f.in_time as "inTime", f.waits,
  f.longest_wait as "longestWait", f.counted_at as "countedAt"
from figure_days f join shops s on s.id = f.shop_id
where f.tenant_id = :tenant and f.day between :from and :to and f.counted_at is not null
  and (:shop::uuid is null or f.shop_id = :shop) and (:marketplace::marketplace is null or s.marketplace = :marketplace)
order by f.day, s.name, f.shop_id`,
)
