import { Prisma } from '../generated/prisma/client.ts'
import { prepared, statement } from '../platform/db/statement.ts'

/** Statements on many rows, each with the reason why it is one round trip. */

/**
 * Copies the feed's rows behind each webhook's place into deliveries and moves the place on, in one
 * statement, so that each row has one delivery whatever dies in between. Rows are read as src/events reads
 * them: by (xid, id), only those older than every running transaction. A webhook with much waiting is left
 * alone: the feed keeps the rest. One that was left for so long, by us or by being off, that rows of its
 * tenant behind its place were forgotten begins anew at the present, with a row that says so.
 */
export const PLAN_DELIVERIES = prepared(
  { now: 'timestamptz', limit: 'int' },
  `
with edge as (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest),
due as (
  select w.id, w.tenant_id, w.kinds, w.xid, w.event_id, lost.lost, h.epoch
  from edge, feed_history h, webhooks w join tenants t on t.id = w.tenant_id
  cross join lateral (select coalesce((w.xid, w.event_id) < (t.feed_xid, t.feed_event_id), false) as lost) lost
  where w.enabled
    and (lost.lost
      or (exists(select from events e where e.tenant_id = w.tenant_id and e.kind <> 'counts'
          and (e.xid, e.id) > (w.xid, w.event_id) and e.xid < edge.oldest)
        and (select count(*) from (select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting' limit :limit) waiting) < :limit))
  order by w.id limit 100 for update of w skip locked
),
rows as (
  select due.id as webhook_id, due.kinds, due.epoch, e.* from due, edge cross join lateral (
    select xid, id, kind, data, at from events
    where tenant_id = due.tenant_id and kind <> 'counts' and (xid, id) > (due.xid, due.event_id) and xid < edge.oldest
    order by xid, id limit :limit
  ) e
  where not due.lost
),
resets as (
  select due.id as webhook_id, due.epoch, edge.oldest - 1 as xid, 9223372036854775807 as id from due, edge where due.lost
),
planned as (
  insert into webhook_deliveries (id, webhook_id, epoch, xid, event_id, kind, data, at, next_attempt_at, created_at)
  select gen_random_uuid(), webhook_id, epoch, xid, id, kind, data, at, :now, :now from rows
  where cardinality(kinds) = 0 or kind = any(kinds)
  union all
  select gen_random_uuid(), webhook_id, epoch, xid, id, 'reset', '{"code": "GAP"}', :now, :now, :now from resets
  on conflict do nothing
)
update webhooks w set xid = last.xid, event_id = last.id,
  reset_at = case when last.reset then :now else w.reset_at end, reset_code = case when last.reset then 'GAP' else w.reset_code end
from (
  (select distinct on (webhook_id) webhook_id, xid, id, false as reset from rows order by webhook_id, xid desc, id desc)
  union all select webhook_id, xid, id, true from resets
) last
where w.id = last.webhook_id`,
)

/**
 * Finding and taking are one statement: of two processes each gets other webhooks. Those that fail are asked
 * for apart from the others, so that a thousand dead addresses never use up the room of those that live.
 */
export const CLAIM_WEBHOOKS = prepared(
  { now: 'timestamptz', owner: 'text', until: 'timestamptz', failing: 'bool', limit: 'int' },
  `
with free as (
  select w.id from webhooks w join tenants t on t.id = w.tenant_id and t.status = 'active'
  cross join lateral (select min(next_attempt_at) as since from webhook_deliveries d
    where d.webhook_id = w.id and d.state = 'waiting' and d.next_attempt_at <= :now) due
  where w.enabled and due.since is not null and (w.failures > 0) = :failing and (w.lease_until is null or w.lease_until <= :now)
  order by due.since limit :limit for update of w skip locked
)
update webhooks w set lease_owner = :owner, lease_until = :until from free where w.id = free.id
returning w.id::text, w.tenant_id::text as "tenantId", w.url, w.sealed_url as "sealedUrl", w.failures, w.failing_since as "failingSince", w.sealed_secret as "sealedSecret",
  w.sealed_old_secret as "sealedOldSecret", w.old_secret_until as "oldSecretUntil", w.updated_at as "updatedAt"`,
)

/** Waiting ones (tenant suspended, address off) stay: nothing else knows them. */
export const DELETE_OLD_DELIVERIES = statement(
  { before: 'timestamptz', limit: 'int' },
  `
delete from webhook_deliveries where id in (
  select id from webhook_deliveries where created_at < :before and state <> 'waiting' order by created_at limit :limit)`,
)

/** Locks the row: the second of two changes sees what the first made of it. */
export const lockWebhook = (id: string): Prisma.Sql =>
  Prisma.sql`select id from webhooks where id = ${id}::uuid for update`

/** Everything that commits from now on has this number or a higher one. */
export const OLDEST_TRANSACTION = Prisma.sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`
