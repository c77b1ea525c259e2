import { Prisma } from '../generated/prisma/client.ts'

/** Statements on shops and mailboxes that Prisma cannot express, each with the reason why it is one. */

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
  at: Date
  nextAt: Date
}): Prisma.Sql => {
  const { shopId, credentialsVersion, expiries, at, nextAt } = check
  return Prisma.sql`
INSERT INTO credential_checks AS old
  (shop_id, credentials_version, checked_at, expiries, code, next_check_at, lease_until, updated_at)
SELECT id, credentials_version, ${at}, ${expiries}::jsonb, NULL, ${nextAt}, NULL, ${at}
FROM shops WHERE id = ${shopId}::uuid AND credentials_version = ${credentialsVersion}
ON CONFLICT (shop_id) DO UPDATE SET
  credentials_version = excluded.credentials_version, checked_at = excluded.checked_at, expiries = excluded.expiries,
  code = NULL, next_check_at = excluded.next_check_at, lease_until = NULL, updated_at = excluded.updated_at
WHERE old.credentials_version <= excluded.credentials_version`
}
