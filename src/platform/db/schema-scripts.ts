import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type pg from 'pg'
import { codeOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { TENANT_ROLE } from './row-security.ts'

/** A file beside the migrations that is applied after them whenever it, or the schema, has changed. */
interface SchemaScript {
  file: string
  /** Its row in `data_steps`. */
  step: string
  title: string
  /** A restored database has the row and may lack what the script made. */
  isThere: string
  /** Logged where the migrations' role lacks rights for it: the service then works without it. */
  leftOut?: string
}

const SCRIPTS: readonly SchemaScript[] = [
  {
    file: 'triggers.sql',
    step: 'triggers',
    title: 'functions and triggers',
    isThere: `exists (select from pg_trigger where tgrelid = 'orders'::regclass and tgname = 'orders_inserted')`,
  },
  {
    file: 'row-security.sql',
    step: 'row_security',
    title: 'row-level security',
    isThere: `exists (select from pg_policies where schemaname = 'public' and tablename = 'orders' and policyname = '${TENANT_ROLE}')`,
    leftOut: 'row-level security was left out: the role of the migrations may not create roles',
  },
]

/** Brings functions, triggers, roles, rights and policies to this release, under the migrations' lock. */
export async function applyScripts(
  client: pg.Client,
  log: Pick<Logger, 'info' | 'warn'>,
  latest: string,
): Promise<void> {
  for (const script of SCRIPTS) await applyScript(client, log, latest, script)
}

async function applyScript(
  client: pg.Client,
  log: Pick<Logger, 'info' | 'warn'>,
  latest: string,
  { file, step, title, isThere, leftOut }: SchemaScript,
): Promise<void> {
  const script = await readFile(new URL(`../../../prisma/${file}`, import.meta.url), 'utf8')
  const place = createHash('sha256').update(`${latest}\n${script}`).digest('hex')
  const { rows } = await client.query(
    `select from data_steps where name = $1 and place = $2 and ${isThere}`,
    [step, place],
  )
  if (rows.length > 0) return
  for (let tries = 1; ; tries++)
    try {
      await inOneStep(client, script, { step, place })
      return log.info(`${title}: up to date`)
    } catch (error) {
      const code = codeOf(error) ?? ''
      // 42501: it may not make roles, or grant these.
      if (code === '42501' && leftOut !== undefined) return log.warn(leftOut)
      // 40P01, 55P03: the service works on these tables meanwhile.
      if (!/^(40P01|55P03)$/.test(code) || tries === MOST_TRIES) throw error
      log.info({ code }, `${title}: waiting for those who work on the tables`)
    }
}

/** Creating a policy or trigger waits for the table's users and blocks all others for up to this long. */
const LOCK_TIMEOUT = '2s'
const MOST_TRIES = 60

async function inOneStep(
  client: pg.Client,
  script: string,
  { step, place }: { step: string; place: string },
): Promise<void> {
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`)
    await client.query(script)
    await client.query(
      'insert into data_steps (name, place) values ($1, $2) on conflict (name) do update set place = excluded.place, made_at = now()',
      [step, place],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}
