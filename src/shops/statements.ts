import { Prisma } from '../generated/prisma/client.ts'
import { prepared, statement } from '../platform/db/statement.ts'

/** Statements on shops and mailboxes that Prisma cannot express, each with the reason why it is one. */

/** Held to the end of the transaction: whoever locks the same name waits. */
export const lockName = (name: string): Prisma.Sql =>
  Prisma.sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`

/** Locks a row before it is read, so that two people who save at once take turns. */
export const lockShopRow = (tenantId: string, id: string): Prisma.Sql =>
  Prisma.sql`select id from shops where id = ${id}::uuid and tenant_id = ${tenantId}::uuid for update`

export const lockMailboxRow = (tenantId: string, id: string): Prisma.Sql =>
  Prisma.sql`select id from mailboxes where id = ${id}::uuid and tenant_id = ${tenantId}::uuid for update`

/**
 * Saved at the end of each session, on the way of imports: one round trip, and a shop that is deleted
 * meanwhile is no error. Sorted, so that two sessions of a shop queue up behind each other instead of
 * dead-locking.
 */
export const saveShopNotices = (
  shopId: string,
  gone: readonly string[],
  notices: readonly { code: string; message: string }[],
  at: Date,
  before: Date,
): Prisma.Sql => Prisma.sql`
with gone as (
  delete from shop_notices where shop_id = ${shopId}::uuid and code = any(${[...gone]}::text[])
)
insert into shop_notices as known (shop_id, code, message, first_seen_at, last_seen_at)
select ${shopId}::uuid, code, message, ${at}::timestamptz, ${at}::timestamptz
from jsonb_to_recordset(${JSON.stringify(notices)}::jsonb) as n (code text, message text)
where exists (select from shops where id = ${shopId}::uuid)
order by code
on conflict (shop_id, code) do update set message = excluded.message, last_seen_at = excluded.last_seen_at
where known.last_seen_at < ${before}::timestamptz or known.message <> excluded.message`

/** One kind of call in a rehearsal, counted: nothing of an order or a person is in it. */
export interface RehearsedCall {
  operation: string
  /** 0: no answer came. */
  status: number
  /** Empty: none. */
  code: string
  count: number
  slowestMs: number
  firstAt: Date
  lastAt: Date
}

/** Saved at the end of a session, as the hints are. A rehearsal that is deleted meanwhile is no error. */
export const saveRehearsedCalls = (
  rehearsalId: string,
  calls: readonly RehearsedCall[],
): Prisma.Sql => Prisma.sql`
insert into rehearsal_calls as known (rehearsal_id, operation, status, code, count, slowest_ms, first_at, last_at)
select ${rehearsalId}::uuid, operation, status, code, count, "slowestMs", "firstAt", "lastAt"
from jsonb_to_recordset(${JSON.stringify(calls)}::jsonb)
  as c (operation text, status int, code text, count int, "slowestMs" int, "firstAt" timestamptz, "lastAt" timestamptz)
where exists (select from rehearsals where id = ${rehearsalId}::uuid)
order by operation, status, code
on conflict (rehearsal_id, operation, status, code) do update set count = known.count + excluded.count,
  slowest_ms = greatest(known.slowest_ms, excluded.slowest_ms), last_at = excluded.last_at`

/** Table whose tokens one process renews for all, and its key. Both names are constants of ours. */
export interface TokenTable {
  table: 'shop_tokens' | 'mailbox_tokens'
  key: 'shop_id' | 'mailbox_id'
}

/** Looking whether the lease is free and taking it are one statement: of two processes one renews. */
export const claimTokenLease = (
  { table, key }: TokenTable,
  lease: { id: string; holder: string; version: number; now: Date; until: Date },
): Prisma.Sql => {
  const { id, holder, version, now, until } = lease
  return Prisma.sql`
INSERT INTO ${Prisma.raw(table)} AS held (${Prisma.raw(key)}, lease_owner, lease_until, updated_at)
VALUES (${id}::uuid, ${holder}, ${until}, ${now})
ON CONFLICT (${Prisma.raw(key)}) DO UPDATE
  SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until, updated_at = excluded.updated_at
  WHERE held.version = ${version} AND (held.lease_until IS NULL OR held.lease_until <= ${now})`
}

/** Only for the credentials that the shop has at that moment, and never over the check of newer ones. */
export const upsertGoodCheck = (check: {
  shopId: string
  credentialsVersion: number
  expiries: string
  /** JSON; null leaves what is kept. */
  capabilities: string | null
  at: Date
  nextAt: Date
}): Prisma.Sql => {
  const { shopId, credentialsVersion, expiries, capabilities, at, nextAt } = check
  return Prisma.sql`
WITH told AS (
  UPDATE shops SET capabilities = ${capabilities}::jsonb, updated_at = ${at}
  WHERE id = ${shopId}::uuid AND credentials_version = ${credentialsVersion}
    AND ${capabilities}::jsonb IS NOT NULL AND capabilities IS DISTINCT FROM ${capabilities}::jsonb)
INSERT INTO credential_checks AS old
  (shop_id, credentials_version, checked_at, expiries, code, next_check_at, lease_until, updated_at)
SELECT id, credentials_version, ${at}, ${expiries}::jsonb, NULL, ${nextAt}, NULL, ${at}
FROM shops WHERE id = ${shopId}::uuid AND credentials_version = ${credentialsVersion}
ON CONFLICT (shop_id) DO UPDATE SET
  credentials_version = excluded.credentials_version, checked_at = excluded.checked_at, expiries = excluded.expiries,
  code = NULL, next_check_at = excluded.next_check_at, lease_until = NULL, updated_at = excluded.updated_at
WHERE old.credentials_version <= excluded.credentials_version`
}

/**
 * Opened at once, the shops that failed together would come back together: so within five seconds. A lane
 * opened early keeps its own pauses for ten minutes: if it broke again, the fault is that shop's.
 */
export const OPEN_EARLY = prepared(
  { now: 'timestamptz', mall: 'marketplace?', shop: 'uuid?' },
  `
update shops set updated_at = :now, lane_closed_until =
  case when :shop is null then least(lane_closed_until, :now + random() * interval '5 seconds') else :now end
where id in (
  select s.id from shops s
  where s.lane_outage and s.lane_closed_until > :now and (:mall is null or s.marketplace = :mall) and (:shop is null or s.id = :shop)
    and not exists (
      select from shop_waits w where w.shop_id = s.id and w.kind = 'lane_closed' and w.from_at > :now - interval '10 minutes'
        and w.ended_at < w.until_at and :shop is null
        -- Not merely closed for longer.
        and not exists (
          select from shop_waits n where n.shop_id = s.id and n.kind = 'lane_closed' and n.from_at = w.ended_at and n.until_at > w.until_at))
  order by s.id limit 500 for update skip locked)
returning id::text`,
)

/**
 * One round trip at the end of a turn: a second one would be paid by every turn of a shop that is at its
 * quota.
 */
export const NOTE_QUOTA_WAIT = statement(
  { shop: 'uuid', code: 'text', from: 'timestamptz', until: 'timestamptz', sameFrom: 'timestamptz' },
  `
with longer as (
  update shop_waits set until_at = greatest(until_at, :until)
  where id = (
    select id from shop_waits where shop_id = :shop and kind = 'quota' and from_at <= :from and until_at >= :sameFrom
    order by from_at desc limit 1)
  returning id
)
insert into shop_waits (id, shop_id, kind, code, from_at, until_at)
select gen_random_uuid(), :shop, 'quota', :code, :from, :until where not exists (select from longer)`,
)

/** Ignores dates that belong to credentials replaced since. */
export const READ_DAYS_LEFT = statement(
  { now: 'timestamptz' },
  `
select s.marketplace::text, min(extract(epoch from (e ->> 'at')::timestamptz - :now) / 86400)::float8 as days
from credential_checks c join shops s on s.id = c.shop_id and s.credentials_version = c.credentials_version
join tenants t on t.id = s.tenant_id and t.status = 'active', jsonb_array_elements(c.expiries) e
where s.enabled group by s.marketplace`,
)

/**
 * Rows of one statement (DELETE_ORDERS too), with all that hangs on an order: some tenths of a second, where
 * the limit of a statement is 30 s.
 */
export const DELETED_AT_ONCE = 500

/** Locked in other writers' order; their changes, labels and versions are deleted behind them. */
export const DELETE_ORDERS = `
with part as materialized (
  select id from orders where shop_id = $1::uuid and tenant_id = $2::uuid order by order_number limit 500
), locked as materialized (
  select o.id from orders o where o.id in (select id from part) order by o.id for update
)
delete from orders o using locked where o.id = locked.id returning o.order_number`
