import { DETAIL_FIELD, ORDER_FIELDS } from './order-json.ts'

const BATCH_COLUMNS = `b.id::text as "batchId", b.created_at as "madeAt", b.remaining, b.request_hash as "requestHash"`

const SELECTED = `o.tenant_id = $2 and o.status = 'auto_imported' and ($6::uuid is null or o.shop_id = $6)
    and ($7::marketplace is null or o.marketplace = $7)`

/**
 * Makes a batch: $1 its id, $2 tenant, $3 key, $4 request hash, $5 now, $6 shop, $7 marketplace, $8 limit, $9 ids for the
 * timeline (one per position), $10 actor. Answers no row at all when the key has a batch already.
 *
 * - Two pulls at once skip each other's locked rows, so an order is in one batch only.
 * - Two requests with one key queue up at the advisory lock before they touch an order: the later one finds the key
 *   taken, and meanwhile holds nothing back from other pulls.
 */
export const MAKE_BATCH = `
with turn as materialized (
  select pg_advisory_xact_lock(hashtextextended('pull ' || $2::uuid::text || ' ' || $3::text, 0)) is not null as mine
), picked as materialized (
  select o.id, o.ordered_at from orders o
  where (select count(mine) from turn) = 1 and ${SELECTED}
  order by o.ordered_at, o.id
  limit $8
  for no key update skip locked
), placed as (
  select id, (row_number() over (order by ordered_at, id))::int as position from picked
), b as (
  insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
  select $1::uuid, $2, $3, $4, (select count(*) from picked),
    greatest(0, (select count(*) from orders o where ${SELECTED}) - (select count(*) from picked)), $5::timestamptz
  on conflict (tenant_id, idempotency_key) do nothing
  returning *
), moved as (
  update orders o set status = 'new', pulled_at = $5, pull_id = b.id, pull_position = p.position, version = o.version + 1,
    updated_at = $5
  from placed p, b
  where o.id = p.id
  returning ${ORDER_FIELDS}, ${DETAIL_FIELD}, p.position
), events as (
  insert into order_events (id, order_id, at, kind, actor, data)
  select ($9::uuid[])[m.position], m.id::uuid, $5, 'pulled', $10::text, jsonb_build_object('pullId', $1::uuid::text) from moved m
)
select ${BATCH_COLUMNS}, moved.* from b left join moved on true order by moved.position`

const readBatch = (condition: string): string => `
select ${BATCH_COLUMNS}, ${ORDER_FIELDS}, ${DETAIL_FIELD}
from pulls b left join orders o on o.pull_id = b.id
where b.tenant_id = $1 and ${condition}
order by o.pull_position`

export const READ_BATCH = readBatch('b.id = $2')
export const READ_BATCH_BY_KEY = readBatch('b.idempotency_key = $2')
