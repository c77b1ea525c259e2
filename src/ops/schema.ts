import packageJson from '../../package.json' with { type: 'json' }
import { beginHistory, readHistory } from '../events/history.ts'
import { applyMigrations, readSchemaState } from '../platform/db/migrate.ts'
import { readQuiet, resume } from '../platform/db/quiet.ts'
import { type LoginState, makeServiceLogin } from '../platform/db/service-login.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { type Ops, Usage } from './tools.ts'

export async function version(ops: Ops): Promise<number> {
  ops.print(`release   ${packageJson.version}`)
  ops.print(`revision  ${ops.config().revision ?? 'unknown'}`)
  ops.print(`node      ${process.version}`)
  const { latest, missing, unknown } = await readSchemaState(await ops.databaseUrl())
  ops.print(`schema    ${latest ?? 'empty'}`)
  if (missing.length > 0)
    ops.print(`          ${missing.length} migrations of this release are missing: npm run ops -- migrate`)
  if (unknown.length > 0) ops.print(`          ${unknown.length} are of a newer release: ${unknown.at(-1)}`)
  return missing.length > 0 ? 1 : 0
}

export async function migrate(ops: Ops, args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== LOGIN)) throw new Usage(`nothing but ${LOGIN} is expected`)
  const log = {
    info: (facts: unknown) => ops.print(`applied ${nameIn(facts)}`),
    warn: (_facts: unknown, message?: string) => ops.print(message ?? 'warning'),
  }
  const applied = await applyMigrations(await ops.databaseUrl(), log)
  ops.print(applied.length === 0 ? 'the schema is up to date' : `${applied.length} migrations applied`)
  if (args.includes(LOGIN)) ops.print(await serviceLogin(ops))
  return 0
}

const LOGIN = '--login'

/** Existing installations with one owning login keep working. */
async function serviceLogin(ops: Ops): Promise<string> {
  const { databaseUrl, redisUrl } = ops.config()
  const owner = await ops.databaseUrl()
  const wanted = { owner, service: databaseUrl ?? owner, queueInDatabase: redisUrl === null }
  const { login, state } = await makeServiceLogin(wanted, ops.random)
  return `login of the service, ${login}: ${STATES[state]}`
}

const STATES: Record<LoginState, string> = {
  made: 'made; it owns nothing',
  kept: 'there already; rights and password are up to date',
  shared:
    'the one that migrates as well; docs/operations.md ("Logins of the database") tells how to part them',
  superuser:
    'a superuser, and left as it is; docs/operations.md ("Logins of the database") tells how it need not be one',
}

export async function resumeWork(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  const quiet = await readQuiet(pool, new Date(ops.clock.now()))
  // Reads the history before this place is recorded as the right one, because that record shows whether the
  // place is another one.
  await readHistory({ pool, clock: ops.clock })
  await resume(pool)
  ops.print(
    quiet
      ? `quiet since ${quiet.since.toISOString()} (${quiet.reason}); it works again: restart its processes`
      : 'it was not quiet',
  )
  return 0
}

/**
 * Begins a new history after an event that is invisible from inside: a disk, machine or database that was set
 * back.
 */
export async function newHistory(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  await inTransaction(pool, (client) => beginHistory(client, new Date(ops.clock.now())))
  ops.print(
    'a new feed history has begun: webhooks receive a reset, and followers of the feed must read their lists again',
  )
  return 0
}

const nameIn = (facts: unknown): string =>
  typeof facts === 'object' && facts !== null && 'migration' in facts ? String(facts.migration) : ''
