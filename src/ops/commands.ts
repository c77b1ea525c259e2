import packageJson from '../../package.json' with { type: 'json' }
import { type Config, ConfigError } from '../config/load.ts'
import { beginHistory, readHistory } from '../events/history.ts'
import { readQuiet, resume } from '../platform/db/data-steps.ts'
import { applyMigrations, readSchemaState } from '../platform/db/migrate.ts'
import { createServiceLogin, type LoginState } from '../platform/db/roles.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { afterRestore } from './after-restore.ts'
import {
  backupDatabase,
  backupInto,
  backupKeys,
  drillRestore,
  restoreDatabase,
  restoreKeys,
  restoreNewest,
  verifyBackup,
} from './backup/backup.ts'
import { doctor } from './doctor.ts'
import { exportFixtures } from './fixtures.ts'
import {
  checkAudit,
  eraseOneBuyer,
  listAccounts,
  listAttention,
  listKeys,
  listTenants,
  resetSecondFactor,
  retryFailedImports,
  unlockAccount,
} from './people.ts'
import { rotateKeys } from './rotation/rotate.ts'
import {
  deleteImported,
  exportTenant,
  importTenant,
  keepTenant,
  releaseTenant,
  startTenant,
  tenantKey,
} from './tenant-move/move.ts'
import { type Ops, type OpsWorld, openOps, Usage } from './tools.ts'

async function version(ops: Ops): Promise<number> {
  const config = configIfComplete(ops)
  ops.print(`release   ${packageJson.version}`)
  ops.print(`revision  ${(config ? config.revision : ops.env.REVISION) || 'unknown'}`)
  ops.print(`node      ${process.version}`)
  if (config === null) {
    ops.print('schema    unknown: settings are missing, and npm run ops -- doctor names them')
    return 0
  }
  const { latest, missing, unknown } = await readSchemaState(await ops.databaseUrl())
  ops.print(`schema    ${latest ?? 'empty'}`)
  if (missing.length > 0)
    ops.print(`          ${missing.length} migrations of this release are missing: npm run ops -- migrate`)
  if (unknown.length > 0) ops.print(`          ${unknown.length} are of a newer release: ${unknown.at(-1)}`)
  return missing.length > 0 ? 1 : 0
}

/** Null for an image that is asked for its version before it has any settings. */
function configIfComplete(ops: Ops): Config | null {
  try {
    return ops.config()
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}

async function migrate(ops: Ops, args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg !== LOGIN)) throw new Usage(`nothing but ${LOGIN} is expected`)
  const log = {
    info: (facts: unknown, message?: string) => ops.print(migrationOf(facts) ?? message ?? String(facts)),
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
  const { login, state } = await createServiceLogin(wanted, ops.random)
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

async function resumeWork(ops: Ops): Promise<number> {
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
async function newHistory(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  await inTransaction(pool, (client) => beginHistory(client, new Date(ops.clock.now())))
  ops.print(
    'a new feed history has begun: webhooks receive a reset, and followers of the feed must read their lists again',
  )
  return 0
}

const migrationOf = (facts: unknown): string | null =>
  typeof facts === 'object' && facts !== null && 'migration' in facts ? `applied ${facts.migration}` : null

interface Command {
  /** Usage text after `npm run ops -- `. */
  usage: string
  does: string
  /** @returns the exit code */
  run(ops: Ops, args: readonly string[]): Promise<number>
}

/** Longer names first where one begins like another. */
const COMMANDS: readonly Command[] = [
  { usage: 'version', does: 'release, revision and schema', run: version },
  {
    usage: 'doctor',
    does: 'checks settings, reachability, clock and versions, and says what to do',
    run: doctor,
  },
  {
    usage: 'migrate [--login]',
    does: 'brings the schema to this release, under DATABASE_MIGRATE_URL; makes the login of DATABASE_URL, which owns nothing',
    run: migrate,
  },
  { usage: 'tenants', does: 'tenants with their shops and open orders', run: listTenants },
  {
    usage: 'tenant key',
    does: 'of this installation, for tenants that move here: what "tenant export" needs on the other side',
    run: tenantKey,
  },
  {
    usage: 'tenant export <tenant id> --for <key> <file>',
    does: 'makes a tenant stand still and writes all of it, sealed for the other installation',
    run: exportTenant,
  },
  {
    usage: 'tenant import <file>',
    does: 'takes such a file in, whole or not at all, and prints its receipt; nothing runs yet',
    run: importTenant,
  },
  {
    usage: 'tenant release <tenant id> <receipt> --to <address>',
    does: 'the tenant never runs here again; prints the word that starts it there',
    run: releaseTenant,
  },
  { usage: 'tenant start <tenant id> <word>', does: 'starts what was imported', run: startTenant },
  {
    usage: 'tenant keep <tenant id> [--the-other-side-is-lost]',
    does: 'calls a move off before its release: the tenant works here as before; afterwards only if it can never work there',
    run: keepTenant,
  },
  {
    usage: 'tenant drop <tenant id>',
    does: 'deletes what was imported and not started',
    run: deleteImported,
  },
  { usage: 'keys', does: 'API keys, those that end soon first', run: listKeys },
  { usage: 'accounts', does: 'people with an account, with their ids', run: listAccounts },
  {
    usage: 'accounts unlock <account id>',
    does: 'forgets wrong passwords and codes of one person',
    run: unlockAccount,
  },
  {
    usage: 'accounts reset-second-factor <account id>',
    does: 'for a lost phone; ends all sessions',
    run: resetSecondFactor,
  },
  {
    usage: 'erase <tenant id> --phone|--email|--number <value> [--shop <shop id>]',
    does: 'erases one buyer for good, as POST /v1/admin/erasure',
    run: eraseOneBuyer,
  },
  {
    usage: 'fixtures export <shop id> <folder>',
    does: 'answers and mails of a shop with every personal value replaced by an invented one of the same form',
    run: exportFixtures,
  },
  {
    usage: 'audit verify [head]',
    does: 'walks the chain of the audit: was anything changed? With a head that was noted: since then neither',
    run: checkAudit,
  },
  { usage: 'attention', does: 'shops and mailboxes that need a person', run: listAttention },
  {
    usage: 'keys rotate [--batch n]',
    does: 'seals everything anew under the first of ENCRYPTION_KEYS, while serving',
    run: rotateKeys,
  },
  {
    usage: 'backup <file>',
    does: 'the whole database, encrypted under BACKUP_KEY and verified',
    run: backupDatabase,
  },
  {
    usage: 'backup into <folder> [--keep <days>]',
    does: 'for a schedule: a backup named by its time; those older than 30 days, or as many as are given, are deleted, unless it is kept "forever". A folder, and every file of a backup, may be in a bucket: s3://bucket/name',
    run: backupInto,
  },
  {
    usage: 'backup drill <folder>',
    does: 'for a schedule: restores the newest backup of "backup into" into a database of its own, and drops that again',
    run: drillRestore,
  },
  { usage: 'backup keys <file>', does: 'ENCRYPTION_KEYS, encrypted; to be kept elsewhere', run: backupKeys },
  { usage: 'backup verify <file>', does: 'reads a backup to its end', run: verifyBackup },
  {
    usage: 'restore <file>',
    does: 'puts a backup into an empty database, which begins quiet',
    run: restoreDatabase,
  },
  {
    usage: 'restore newest <folder>',
    does: 'the newest backup of "backup into"',
    run: restoreNewest,
  },
  {
    usage: 'restore keys <file>',
    does: 'prints the ENCRYPTION_KEYS of a backup of keys, as a line of .env',
    run: restoreKeys,
  },
  {
    usage: 'after-restore [audit.jsonl]',
    does: 'before resume: ends sessions that a backup brought back; with the lost audit (a file, or s3://bucket/name) it revokes, deletes and erases again, and lists the rest',
    run: afterRestore,
  },
  { usage: 'resume', does: 'ends quiet mode: malls are called and mailboxes read again', run: resumeWork },
  {
    usage: 'history new',
    does: 'after a disk, a machine or this very database was put back: followers of the change feed begin anew',
    run: newHistory,
  },
  {
    usage: 'retry <tenant id>',
    does: 'asks the malls again for all that was given up',
    run: retryFailedImports,
  },
]

const words = (usage: string) => usage.replace(/ [<[].*/, '').split(' ')

function find(args: readonly string[]): { command: Command; rest: string[] } | null {
  for (const command of COMMANDS.toSorted((a, b) => words(b.usage).length - words(a.usage).length)) {
    const name = words(command.usage)
    if (name.every((word, index) => args[index] === word)) return { command, rest: args.slice(name.length) }
  }
  return null
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length))
  return COMMANDS.map(({ usage, does }) => `  npm run ops -- ${usage.padEnd(width)}  ${does}`).join('\n')
}

/**
 * Runs one command. @returns the exit code: 0 done, 1 something is not as it should be, 64 not understood
 * @throws StartError what cannot be opened, with what to do
 */
export async function runOps(args: readonly string[], world: OpsWorld): Promise<number> {
  const found = find(args)
  if (!found) {
    world.print(args.length === 0 || args[0] === 'help' ? help() : `unknown command: ${args[0]}\n${help()}`)
    return args.length === 0 || args[0] === 'help' ? 0 : USAGE
  }
  const ops = openOps(world)
  try {
    return await found.command.run(ops, found.rest)
  } catch (error) {
    if (!(error instanceof Usage)) throw error
    world.print(`${error.message}\nusage: npm run ops -- ${found.command.usage}`)
    return USAGE
  } finally {
    await ops.close()
  }
}

const USAGE = 64
