import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import pg from 'pg'
import { codeOf, StartError } from '../errors.ts'
import type { Random } from '../random.ts'
import { createClient } from './hosts.ts'
import { withClient } from './transaction.ts'

/**
 * The login that the service signs in as, made by the one that migrates: no superuser, owner of nothing, all
 * rows by the policy of `torikomi_service`. Given again it only brings rights and password up to date. Why
 * so: docs/decisions/row-security.md.
 */

/** `shared`: both are one login. `superuser`: left as it is, and held by nothing. */
export type LoginState = 'made' | 'kept' | 'shared' | 'superuser'

/** The queue without Redis: what is in them may be lost, and whoever works with them has to own them. */
const OWN_SCHEMAS = ['torikomi_queue', 'torikomi_lanes']

/** @throws StartError when the login that migrates may not make it */
export async function createServiceLogin(
  options: { owner: string; service: string; queueInDatabase: boolean },
  random: Random,
): Promise<{ login: string; state: LoginState }> {
  // As pg reads them: the user may stand in the environment or behind the question mark.
  const { user: login = '', password } = createClient(options.service)
  const client = createClient(options.owner, { connectionTimeoutMillis: 10_000 })
  if (login === client.user) return { login, state: 'shared' }
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('begin')
    // Two jobs at once would change one row of pg_authid.
    await client.query(`select pg_advisory_xact_lock(hashtext('torikomi service login'))`)
    const { rows } = await client.query<{ rolsuper: boolean }>(
      'select rolsuper from pg_roles where rolname = $1',
      [login],
    )
    if (rows[0]?.rolsuper) return { login, state: 'superuser' }
    const isNew = rows.length === 0
    await client.query(roleStatements(login, isNew, password ? verifierOf(password, random) : null))
    if (options.queueInDatabase) await grantRoomForQueue(client, login)
    await client.query('commit')
    return { login, state: isNew ? 'made' : 'kept' }
  } catch (cause) {
    // 42501: not its to make or to grant; 42704: no roles, as the migrations were not allowed to make them.
    if (!/^(42501|42704)$/.test(codeOf(cause) ?? '')) throw cause
    throw new StartError(
      `the login ${login} cannot be made or given its rights by ${client.user}: let a superuser run prisma/row-security.sql and ` +
        'what docs/decisions/row-security.md says of logins.',
      { cause },
    )
  } finally {
    await client.end()
  }
}

function roleStatements(login: string, isNew: boolean, verifier: string | null): string {
  const name = pg.escapeIdentifier(login)
  const attributes = isNew ? ' nosuperuser nocreatedb nocreaterole noreplication nobypassrls' : ''
  const password = verifier === null ? '' : ` password ${pg.escapeLiteral(verifier)}`
  return `
${isNew ? 'create' : 'alter'} role ${name} with login${attributes}${password};
grant torikomi_service, torikomi_tenant, torikomi_reports to ${name};
do $$ begin execute format('grant connect on database %I to %I', current_database(), ${pg.escapeLiteral(login)}); end $$`
}

/** Lets the login make the queue's schemas. Checks the grant: Postgres only warns of one it cannot give. */
async function grantRoomForQueue(client: pg.Client, login: string): Promise<void> {
  await client.query(queueStatements(login))
  const { rows } = await client.query<{ may: boolean; database: string }>(
    `select has_database_privilege($1, current_database(), 'create') as may, current_database() as database`,
    [login],
  )
  const [{ may, database } = { may: false, database: '' }] = rows
  if (may) return
  throw new StartError(
    `the queue without Redis needs a schema, which ${client.user} may not let ${login} make: let the owner of the database run ` +
      `"grant create on database ${pg.escapeIdentifier(database)} to ${pg.escapeIdentifier(login)}".`,
  )
}

/** Leave to make the queue's schemas, and those that a service under another login has left. */
const queueStatements = (login: string): string => `
do $$
declare "one" text; "login" constant text := ${pg.escapeLiteral(login)};
begin
  execute format('grant create on database %I to %I', current_database(), "login");
  for "one" in
    with s as (select oid, nspname, nspowner from pg_namespace where nspname in (${OWN_SCHEMAS.map((name) => `'${name}'`).join(', ')})),
    other as (select * from s where nspowner <> (select oid from pg_roles where rolname = "login"))
    select format('alter schema %I owner to %I', nspname, "login") from other
    union all select format('alter table %I.%I owner to %I', nspname, relname, "login") from pg_class c join other on other.oid = relnamespace
      where relkind in ('r', 'p', 'v', 'm') or relkind = 'S' and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
        and d.objid = c.oid and d.deptype in ('a', 'i'))
    union all select format('alter routine %s owner to %I', p.oid::regprocedure, "login") from pg_proc p join other on other.oid = pronamespace
    union all select format('alter type %I.%I owner to %I', nspname, typname, "login") from pg_type t join other on other.oid = typnamespace
      where typtype in ('e', 'd') or typtype = 'c' and (select relkind from pg_class where oid = t.typrelid) = 'c'
  loop execute "one"; end loop;
end $$`

const ITERATIONS = 4_096

/** As the server would store it, so that no password is in its log. Other letters it must prepare itself. */
function verifierOf(password: string, random: Random): string {
  if (!/^[\x20-\x7e]+$/.test(password)) return password
  const salt = Buffer.from(random.bytes(16))
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}

/** Role of a tenant's requests; prisma/row-security.sql makes it. */
export const TENANT_ROLE = 'torikomi_tenant'
export const REPORTS_ROLE = 'torikomi_reports'
/** Tests for membership of the reports' role. A login without it reads reports as the service itself. */
export const MEMBER_OF_REPORTS = `exists (select from pg_roles where rolname = '${REPORTS_ROLE}' and pg_has_role(current_user, oid, 'member'))`

interface RowSecurity {
  /** This login may work as a tenant's request does, and the tables are shut then without a tenant. */
  walls: boolean
  /** May work as the operator's reports do, which see nothing that is sealed. */
  reports: boolean
  /** The service's own statements are held by nothing: a superuser, or the owner of the tables. */
  ownsAll: boolean
  /** Conditions that no superuser has let through to the indexes. */
  slow: string[]
}

/** Reads how row-level security applies to a login. @throws Error when the server does not answer */
export async function readRowSecurity(url: string): Promise<RowSecurity> {
  const ask = async <T>(options: string, sql: string): Promise<T | undefined> => {
    const { rows } = await withClient(url, { options }, (client) => client.query(sql))
    return rows[0] as T | undefined
  }
  const own = await ask<Omit<RowSecurity, 'walls'>>('', OWN)
  const bound = await ask<{ walls: boolean }>(`-c role=${TENANT_ROLE}`, BOUND).catch((error: unknown) => {
    if (codeOf(error) === undefined) throw error
    return undefined
  })
  const { ownsAll = true, reports = false, slow = [] } = own ?? {}
  return { walls: bound?.walls === true, reports, ownsAll, slow }
}

const OWN = `
select (select rolsuper from pg_roles where rolname = current_user)
    or exists (select from pg_class c where c.oid = to_regclass('orders') and pg_has_role(current_user, c.relowner, 'member')) as "ownsAll",
  ${MEMBER_OF_REPORTS} as reports,
  array(select distinct proname::text from pg_proc where not proleakproof and pronamespace = 'pg_catalog'::regnamespace and oid in (
    'enum_eq(anyenum,anyenum)'::regprocedure, 'arraycontains(anyarray,anyarray)'::regprocedure, 'lower(text)'::regprocedure,
    'textlike(text,text)'::regprocedure)) as slow`

const BOUND = `
select current_user = 'torikomi_tenant' and row_security_active('orders') and row_security_active('shops') as walls`
