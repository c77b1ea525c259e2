import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { codeOf } from '../errors.ts'
import type { Logger } from '../logger.ts'

/** What a tenant's request is run as; prisma/row-security.sql makes it. */
export const TENANT_ROLE = 'torikomi_tenant'
/** What the operator's reports are read as. */
export const REPORTS_ROLE = 'torikomi_reports'
/** Whether a login may: one that is no member reads them as the service itself. */
export const MEMBER_OF_REPORTS = `exists (select from pg_roles where rolname = '${REPORTS_ROLE}' and pg_has_role(current_user, oid, 'member'))`

const SCRIPT = fileURLToPath(new URL('../../../prisma/row-security.sql', import.meta.url))
const STEP = 'row_security'

/**
 * Brings roles, rights and policies to what this release's schema needs, under the lock of the migrations. A role that may make no roles leaves
 * them out: the service then works without this wall and says so, rather than not at all.
 */
export async function applyRowSecurity(
  client: pg.Client,
  log: Pick<Logger, 'info' | 'warn'>,
  latest: string,
): Promise<void> {
  const script = await readFile(SCRIPT, 'utf8')
  const place = createHash('sha256').update(`${latest}\n${script}`).digest('hex')
  // A restored database has the note and may lack the policies, where its roles were not there.
  const { rows } = await client.query(
    `select from data_steps where name = $1 and place = $2
     and exists (select from pg_policies where schemaname = 'public' and tablename = 'orders' and policyname = $3)`,
    [STEP, place, TENANT_ROLE],
  )
  if (rows.length > 0) return
  for (let tries = 1; ; tries++)
    try {
      await inOneStep(client, script, place)
      return log.info('row-level security is up to date')
    } catch (error) {
      const code = codeOf(error) ?? ''
      // 42501: it may not make roles, or grant these.
      if (code === '42501')
        return log.warn('row-level security was left out: the role of the migrations may not create roles')
      // 40P01, 55P03: the service works on these tables meanwhile.
      if (!/^(40P01|55P03)$/.test(code) || tries === MOST_TRIES) throw error
      log.info({ code }, 'row-level security waits for those who work on the tables')
    }
}

/** A policy waits for who works on its table, and everybody else behind it: for so long at once. */
const LOCK_TIMEOUT = '2s'
const MOST_TRIES = 60

async function inOneStep(client: pg.Client, script: string, place: string): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`)
    await client.query(script)
    await client.query(
      'insert into data_steps (name, place) values ($1, $2) on conflict (name) do update set place = excluded.place, made_at = now()',
      [STEP, place],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

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

/** How a login stands to the second wall. @throws Error when the server does not answer */
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
