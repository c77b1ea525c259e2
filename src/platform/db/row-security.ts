import pg from 'pg'
import { codeOf } from '../errors.ts'

/** Role of a tenant's requests; prisma/row-security.sql makes it. */
export const TENANT_ROLE = 'torikomi_tenant'
export const REPORTS_ROLE = 'torikomi_reports'
/** Tests for membership of the reports' role. A login without it reads reports as the service itself. */
export const MEMBER_OF_REPORTS = `exists (select from pg_roles where rolname = '${REPORTS_ROLE}' and pg_has_role(current_user, oid, 'member'))`

export interface RowSecurity {
  /** This login may work as a tenant's request does, and the tables are shut then without a tenant. */
  walls: boolean
  /** It may work as the operator's reports do, which see nothing that is sealed. */
  reports: boolean
  /** The service's own statements are held by nothing: a superuser, or the owner of the tables. */
  ownsAll: boolean
  /** Conditions that no superuser has let through to the indexes. */
  slow: string[]
}

/** Reads how row-level security applies to a login. @throws Error when the server does not answer */
export async function readRowSecurity(url: string): Promise<RowSecurity> {
  const ask = async <T>(options: string, sql: string): Promise<T | undefined> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, options })
    client.on('error', () => undefined)
    try {
      await client.connect()
      const { rows } = await client.query(sql)
      return rows[0] as T | undefined
    } finally {
      await client.end().catch(() => undefined)
    }
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
