import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { codeOf, StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { createClient, describeUrl } from './hosts.ts'
import { TENANT_ROLE } from './roles.ts'
import { transact, withClient } from './transaction.ts'

/** The database cannot be brought to this release's schema. The message names migration and remedy. */
class MigrationError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'MigrationError'
  }
}

const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))
/** Prisma's own number: a `prisma migrate deploy` beside us waits, too. */
const ADVISORY_LOCK = 72707369
const LOCK_TIMEOUT_MS = 180_000
const LOCK_EVERY_MS = 200

/**
 * Brings the database to this release's schema. Processes that start at once wait for each other. Each
 * migration is one transaction, recorded with it in Prisma's `_prisma_migrations`: after a failure nothing of
 * it is left, and the next start tries again. One of indexes that are built CONCURRENTLY is no transaction
 * (Postgres has it so) and keeps nobody from writing: the next start goes on where it failed.
 * @returns the names of those applied now
 * @throws MigrationError
 */
export async function applyMigrations(
  url: string,
  log: Pick<Logger, 'info' | 'warn'>,
  directory = MIGRATIONS,
): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const client = createClient(url, {
    application_name: 'torikomi migrations',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', (err) => log.warn({ err }, 'the connection was lost while migrating'))
  try {
    await client.connect()
    await claimLock(client)
  } catch (cause) {
    await client.end().catch(() => undefined)
    throw new MigrationError(`migrations could not begin on ${describeUrl(url)}`, cause)
  }
  try {
    const { pending, isAhead } = await findPending(client, migrations, log)
    for (const migration of pending) {
      await applyOne(client, log, migration)
      log.info({ migration: migration.name }, 'migration applied')
    }
    // An older state, as tests of upgrades make it, has not all of the tables; a newer one has tables that
    // this release cannot place, and the rules of its own release.
    if (directory === MIGRATIONS && !isAhead) await applyScripts(client, log, migrations.at(-1)?.name ?? '')
    return pending.map(({ name }) => name)
  } finally {
    // Ends the session and with it the lock.
    await client.end()
  }
}

/**
 * For a start that may not change the schema: every migration of this release must be there.
 * @throws StartError saying what to run
 */
export async function checkMigrated(url: string, directory = MIGRATIONS): Promise<void> {
  const { missing } = await readSchemaState(url, directory)
  if (missing.length > 0)
    throw new StartError(
      `the database at ${describeUrl(url)} lacks ${missing.length} migrations of this release, the first is ${missing[0]}: ` +
        'run "npm run ops -- migrate" once, or set MIGRATE_ON_START=yes.',
    )
}

/** Compares this release's migrations with the database's. Changes nothing; needs only the right to read. */
export async function readSchemaState(
  url: string,
  directory = MIGRATIONS,
): Promise<{ latest: string | null; missing: string[]; unknown: string[] }> {
  const names = (await readMigrations(directory)).map(({ name }) => name)
  return withClient(url, {}, async (client) => {
    const { rows: there } = await client.query<{ there: boolean }>(
      `select to_regclass('_prisma_migrations') is not null as there`,
    )
    const { rows } = there[0]?.there
      ? await client.query<{ name: string }>(
          'select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null order by 1',
        )
      : { rows: [] }
    const applied = rows.map(({ name }) => name)
    return {
      latest: applied.at(-1) ?? null,
      missing: names.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !names.includes(name)),
    }
  })
}

/**
 * Asks again and again: an index that is built CONCURRENTLY waits for every statement that began before it,
 * and one that waits for this lock would wait for the index.
 */
async function claimLock(client: pg.Client): Promise<void> {
  const until = performance.now() + LOCK_TIMEOUT_MS
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [
      ADVISORY_LOCK,
    ])
    if (rows[0]?.mine) return
    if (performance.now() > until) throw new Error('another process migrates for more than three minutes')
    await sleep(LOCK_EVERY_MS)
  }
}

// Column by column what Prisma creates.
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

interface Recorded {
  name: string
  checksum: string
  finished: boolean
}

async function findPending(
  client: pg.Client,
  migrations: readonly Migration[],
  log: Pick<Logger, 'warn'>,
): Promise<{ pending: Migration[]; isAhead: boolean }> {
  await client.query(TABLE)
  const { rows } = await client.query<Recorded>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  )
  const recorded = new Map(rows.map((row) => [row.name, row]))
  for (const migration of migrations) refuseUnlessSound(migration, recorded.get(migration.name))
  const known = new Set(migrations.map(({ name }) => name))
  const newer = rows.map(({ name }) => name).filter((name) => !known.has(name))
  // During a rolling update an older process may start again beside a newer one.
  if (newer.length > 0)
    log.warn({ migrations: newer }, 'the database has migrations that this release does not know')
  return { pending: migrations.filter(({ name }) => !recorded.has(name)), isAhead: newer.length > 0 }
}

function refuseUnlessSound(migration: Migration, recorded: Recorded | undefined): void {
  if (recorded === undefined) return
  if (!recorded.finished)
    throw new MigrationError(
      `migration ${migration.name} was begun by another tool and did not end: settle it with "prisma migrate resolve"`,
    )
  if (!matchesChecksum(migration.script, recorded.checksum))
    throw new MigrationError(
      `migration ${migration.name} was changed after it was applied here: bring prisma/migrations/${migration.name}/migration.sql back as it was and put the change into a new migration`,
    )
}

async function applyOne(
  client: pg.Client,
  log: Pick<Logger, 'info'>,
  { name, script }: Migration,
): Promise<void> {
  const indexes = readIndexes(name, script)
  for (let tries = 1; ; tries++)
    try {
      if (indexes) return await applyIndexes(client, log, { name, script }, indexes)
      return await applyOnce(client, { name, script })
    } catch (cause) {
      const code = codeOf(cause) ?? ''
      const isHeld = IN_USE.test(code)
      if (!isHeld || tries === MOST_TRIES) {
        const why = isHeld ? HELD : describeFailure(cause, script)
        const then = indexes ? 'failed, and the next start goes on with it' : 'failed and was undone'
        throw new MigrationError(`migration ${name} ${then}: ${why}`, cause)
      }
      log.info({ migration: name, code }, 'waiting for those who work on the tables')
    }
}

/** 40P01, 55P03: the service works on these tables meanwhile. */
const IN_USE = /^(40P01|55P03)$/
const HELD =
  'somebody kept a table for more than two minutes; look into pg_stat_activity for a transaction that does not end.'

async function applyOnce(client: pg.Client, migration: Migration): Promise<void> {
  await transact(client, async () => {
    await client.query(`set local lock_timeout = '${SCRIPT_LOCK_TIMEOUT}'`)
    await client.query(migration.script)
    await recordApplied(client, migration)
  })
}

interface IndexStep {
  /** Built, or dropped. */
  builds: boolean
  index: string
  statement: string
}

const INDEX_STEP =
  /^(?:(CREATE) INDEX CONCURRENTLY IF NOT EXISTS|DROP INDEX CONCURRENTLY IF EXISTS) "(\w+)"[^;]*$/

/** @returns null: it is a transaction */
function readIndexes(name: string, script: string): IndexStep[] | null {
  const text = script.replaceAll(/^--.*$/gm, '')
  if (!/\bCONCURRENTLY\b/i.test(text)) return null
  const statements = text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return statements.map((statement) => {
    const [, create, index] = INDEX_STEP.exec(statement) ?? []
    if (index === undefined)
      throw new MigrationError(
        `migration ${name} has indexes that are built CONCURRENTLY, and may hold nothing else: ${statement.slice(0, 80)}`,
      )
    return { builds: create !== undefined, index, statement }
  })
}

async function applyIndexes(
  client: pg.Client,
  log: Pick<Logger, 'info'>,
  migration: Migration,
  steps: readonly IndexStep[],
): Promise<void> {
  for (const { builds, index, statement } of steps) {
    if (builds) {
      // A build that broke off leaves an index that is written into and never read.
      const left = await client.query(
        'SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid',
        [`"${index}"`],
      )
      if (left.rowCount) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS "${index}"`)
    }
    log.info({ migration: migration.name, index }, builds ? 'building an index' : 'dropping an index')
    await client.query(statement)
  }
  await recordApplied(client, migration)
}

const recordApplied = (client: pg.Client, { name, script }: Migration) =>
  client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), checksumOf(script), name],
  )

function describeFailure(cause: unknown, script: string): string {
  if (!(cause instanceof pg.DatabaseError)) return cause instanceof Error ? cause.message : 'unknown cause'
  const position = Number(cause.position)
  const line = position > 0 ? ` (line ${script.slice(0, position).split('\n').length})` : ''
  return `${cause.message} [${cause.code}]${line}`
}

interface Migration {
  /** The folder: `20260101120000_init`. They are applied in the order of their names. */
  name: string
  script: string
}

/**
 * Reads `<directory>/<name>/migration.sql`. @throws Error when there is none at all: an image without them is
 * broken
 */
async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (names.length === 0) throw new Error(`no migrations in ${directory}`)
  return Promise.all(
    names.toSorted().map(async (name) => ({
      name,
      script: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
    })),
  )
}

/** As Prisma writes it: SHA-256 of the file, in hex. */
const checksumOf = (script: string): string => createHash('sha256').update(script).digest('hex')

/** A checkout with other line ends is the same migration; Prisma sees it so too. */
function matchesChecksum(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n')
  return [script, unix, unix.replaceAll('\n', '\r\n')].some((text) => checksumOf(text) === checksum)
}

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
async function applyScripts(
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
      if (!IN_USE.test(code) || tries === MOST_TRIES) throw error
      log.info({ code }, `${title}: waiting for those who work on the tables`)
    }
}

/** Altering a table or its triggers waits for its users and blocks later ones for so long. */
const SCRIPT_LOCK_TIMEOUT = '2s'
const MOST_TRIES = 60

async function inOneStep(
  client: pg.Client,
  script: string,
  { step, place }: { step: string; place: string },
): Promise<void> {
  await transact(client, async () => {
    await client.query(`set local lock_timeout = '${SCRIPT_LOCK_TIMEOUT}'`)
    await client.query(script)
    await client.query(
      'insert into data_steps (name, place) values ($1, $2) on conflict (name) do update set place = excluded.place, made_at = now()',
      [step, place],
    )
  })
}
