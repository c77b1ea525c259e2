import { Prisma } from '../generated/prisma/client.ts'
import { statement } from '../platform/db/statement.ts'

/** Statements on people and on tenants that go, which Prisma cannot express. */

/** One at a time makes the first account: of an installation, and of the demo. */
export const lockFirst = (): Prisma.Sql => Prisma.sql`select pg_advisory_xact_lock(72707370)`

/** Keeps the session there until the end of the transaction. */
export const lockSession = (id: string): Prisma.Sql =>
  Prisma.sql`select id from staff_sessions where id = ${id}::uuid for update`

/** Looking for the code and taking it away are one statement: of two requests with it one gets through. */
export const deleteRecoveryCode = (
  accountId: string,
  hash: Uint8Array<ArrayBuffer>,
): Prisma.Sql => Prisma.sql`
update staff_accounts set recovery_codes = array_remove(recovery_codes, ${hash}::bytea)
where id = ${accountId}::uuid and ${hash}::bytea = any (recovery_codes)`

/**
 * Everything that goes back to these makers by way of keys: what a key made was made by who made the key.
 * One statement, as a chain of keys has any length.
 */
export const listMakers = (makers: readonly string[]): Prisma.Sql => Prisma.sql`
with recursive made (root, actor) as (
  select maker, maker from unnest(${[...makers]}::text[]) as maker
  union select m.root, 'key:' || k.id from made m join api_keys k on k.created_by = m.actor
)
select root, actor from made`

/** The tables with rows of a tenant but for those in $1, those of orders first. */
export const LIST_TENANT_TABLES = `
select c.table_name as name, bool_or(c.column_name = 'id' and c.data_type = 'uuid') as "hasId" from information_schema.columns c
join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
where c.table_schema = 'public' and c.table_name <> all ($1)
group by c.table_name having bool_or(c.column_name = 'tenant_id')
order by c.table_name <> 'orders', c.table_name`

export const countRows = (table: string): string =>
  `select count(*) from public."${table}" where tenant_id = $1`

/** $2 rows at most: small enough for a statement's time limit, with all that hangs on an order. */
export const deleteRows = (table: string, key: 'id' | 'ctid'): string =>
  `delete from public."${table}" where ${key} = any(array(
    select ${key} from public."${table}" where tenant_id = $1 limit $2))`

/**
 * The log of events belongs to all, and no index finds those of one tenant. Gone through in the order of its
 * key, as looking for the tenant's rows from the beginning again and again would take the longer the fewer
 * are left.
 */
export const DELETE_EVENTS = statement(
  { tenant: 'uuid', limit: 'int', afterXid: 'int8', after: 'int8' },
  `
with page as materialized (
  select xid, id, tenant_id from events where (xid, id) > (:afterXid, :after) order by xid, id limit :limit
), gone as (
  delete from events e using page p where p.tenant_id = :tenant and e.xid = p.xid and e.id = p.id
)
select xid, id from page order by xid desc, id desc limit 1`,
)
