import { createHash } from 'node:crypto'
import type pg from 'pg'
import packageJson from '../../../package.json' with { type: 'json' }
import { checkKeys, KeysMissing } from '../../app/check-keys.ts'
import { readConfig } from '../../config/read.ts'
import { beginHistory } from '../../events/history.ts'
import { createSealer, formatEncryptionKeys } from '../../platform/crypto/sealer.ts'
import { begin as beginQuietMode } from '../../platform/db/data-steps.ts'
import { isReadOnly } from '../../platform/db/failures.ts'
import { createClient, databaseAt } from '../../platform/db/hosts.ts'
import { IS_SERVICE } from '../../platform/db/known-malls.ts'
import { applyMigrations, readSchemaState } from '../../platform/db/migrate.ts'
import { statement } from '../../platform/db/statement.ts'
import { StartError } from '../../platform/errors.ts'
import { OPS_ACTOR, type Ops, Usage } from '../tools.ts'
import { type BackupFile, fileAt, folderAt, placeAt } from './files.ts'
import { readBackup, writeBackup } from './format.ts'

const ROWS = 100
/** Characters of one frame: a row may hold a mail or a mall's answer; format.ts reads at most 64 MiB. */
const MOST_IN_FRAME = 8 * 1024 * 1024

interface Head {
  kind: 'database' | 'keys'
  release: string
  at: string
  /** The last migration; a restore needs a release that ends with the same. */
  schema: string | null
}

interface TableEnd {
  table: string
  rows: number
  /** SHA-256 over the rows' texts, in the order of the file. */
  sha256: string
}

/**
 * Writes the whole database at one moment, row by row as Postgres outputs it, without the schema, which
 * migrations create. Omits queue and call budgets, which are rebuilt. Needs no other program, so versions of
 * pg_dump do not matter.
 */
export async function backupDatabase(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('a file to write is needed')
  const { folder, name } = placeAt(path, ops.env)
  await folder.add(name, (file) => writeVerified(ops, file))
  await noteStep(ops, 'backup')
  return 0
}

async function writeVerified(ops: Ops, file: BackupFile): Promise<void> {
  const key = backupKey(ops)
  const url = await ops.databaseUrl()
  const { latest, missing } = await readSchemaState(url)
  if (missing.length > 0)
    throw new StartError(
      'the schema is older than this release: npm run ops -- migrate, or back up with the release that runs.',
    )
  const client = createClient(url)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0')
    const writer = await writeBackup(file, key, ops.random)
    try {
      await writer.write(head(ops, 'database', latest))
      const ends: TableEnd[] = []
      for (const table of await tablesOf(client)) ends.push(await writeTable(client, table, writer.write))
      await writer.write({ ends }, true)
      const { sha256 } = await writer.close()
      ops.print(
        `${ends.length} tables, ${ends.reduce((sum, { rows }) => sum + rows, 0)} rows, SHA-256 ${sha256}`,
      )
    } catch (error) {
      await writer.discard()
      throw error
    }
  } finally {
    await client.end()
  }
  await readWhole(ops, file)
}

/** As `torikomi-2026-11-29T030000Z`, UTC: sorted by name they are sorted by time. */
const nameAt = (ms: number) => `torikomi-${new Date(ms).toISOString().slice(0, 19).replaceAll(':', '')}Z`
const MADE_BY_SCHEDULE = /^torikomi-\d{4}-\d\d-\d\dT\d{6}Z$/
const DAY_MS = 24 * 60 * 60 * 1_000

/**
 * For a schedule: a backup into a folder or a bucket; once it is verified, the old ones there are deleted.
 * `--keep forever`: for a key that may not delete, beside a rule of the bucket's own.
 */
export async function backupInto(
  ops: Ops,
  [path, option = '--keep', days = '30']: readonly string[],
): Promise<number> {
  if (!path || option !== '--keep' || !/^(?:[1-9]\d{0,3}|forever)$/.test(days))
    throw new Usage('a folder is needed, and behind --keep a number of days or "forever"')
  const folder = folderAt(path, ops.env)
  const now = ops.clock.now()
  const name = nameAt(now)
  // Under its name it stands only when it was read to its end: whoever takes the newest one takes a whole
  // one.
  await folder.add(name, (file) => writeVerified(ops, file))
  await noteStep(ops, 'backup')
  ops.print(`${path.replace(/\/$/, '')}/${name} is made`)
  if (days === 'forever') return 0
  const madeBefore = (age: number) => (other: string) =>
    MADE_BY_SCHEDULE.test(other) && other < nameAt(now - age)
  const old = (await folder.names()).filter(madeBefore(Number(days) * DAY_MS))
  const deleted = await deleteEach(
    ops,
    old.map((other) => () => folder.remove(other)),
  )
  ops.print(`${deleted} older than ${days} days are deleted`)
  // No run lasts as long; another one may be at work on what is younger.
  const isLeft = madeBefore(DAY_MS)
  const left = (await folder.leftovers()).filter((one) => isLeft(one.name))
  await deleteEach(
    ops,
    left.map(({ remove }) => remove),
  )
  return 0
}

/** The backup is made, and one more would not delete these either: a key that may write alone is wanted. */
async function deleteEach(ops: Ops, removals: readonly (() => Promise<void>)[]): Promise<number> {
  let deleted = 0
  for (const remove of removals)
    try {
      await remove()
      deleted += 1
    } catch (error) {
      if (!(error instanceof StartError)) throw error
      ops.print(error.message)
    }
  return deleted
}

/** For the age of the last one in metrics and on the operator's page. A standby cannot be written to. */
async function noteStep(ops: Ops, step: 'backup' | 'restore_drill'): Promise<void> {
  const { pool } = await ops.database()
  await pool
    .query(
      `insert into data_steps (name, made_at) values ($1, $2)
       on conflict (name) do update set made_at = greatest(data_steps.made_at, excluded.made_at)`,
      [step, new Date(ops.clock.now())],
    )
    .catch((error: unknown) => {
      if (!isReadOnly(error)) throw error
      ops.print('the database is read-only: it does not record the age of this backup')
    })
}

/** ENCRYPTION_KEYS alone, to keep apart from the database's backup: together they are clear text. */
export async function backupKeys(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('a file to write is needed')
  const file = fileAt(path, ops.env)
  const writer = await writeBackup(file, backupKey(ops), ops.random)
  await writer.write(head(ops, 'keys', null))
  await writer.write({ ENCRYPTION_KEYS: formatEncryptionKeys(await ops.keys()) }, true)
  await writer.close()
  ops.print(`written; keep ${file.path} apart from the database's backup`)
  return 0
}

/** Prints the line of `.env` that a backup of keys holds. */
export async function restoreKeys(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('a file to read is needed')
  const file = fileAt(path, ops.env)
  // As outside production: who lost the keys lacks a setting that is required there.
  const { config } = readConfig({ ...ops.env, NODE_ENV: undefined })
  for await (const part of partsOf(file, backupKey({ config: () => config }))) {
    if (part.kind === 'head' && part.head.kind !== 'keys')
      throw new StartError('this is a backup of the database, not of keys: npm run ops -- restore <file>')
    if (part.kind === 'keys') ops.print(`ENCRYPTION_KEYS=${part.keys}`)
  }
  return 0
}

/** Reads the file to its end: every frame opens, each table has the rows and the hash of its end. */
export async function verifyBackup(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('a file to read is needed')
  await readWhole(ops, fileAt(path, ops.env))
  return 0
}

async function readWhole(ops: Ops, file: BackupFile): Promise<void> {
  for await (const part of partsOf(file, backupKey(ops))) {
    if (part.kind === 'ends') ops.print(`verified: ${part.ends.length} tables are whole`)
    if (part.kind === 'keys') ops.print(`verified: ${part.keys.split(',').length} keys`)
  }
}

type Part =
  | { kind: 'head'; head: Head }
  | { kind: 'rows'; table: string; rows: string[] }
  | { kind: 'ends'; ends: TableEnd[] }
  | { kind: 'keys'; keys: string }

/** The parts of a backup; the ends only when all rows are as they were written. */
async function* partsOf(file: BackupFile, key: Uint8Array): AsyncGenerator<Part> {
  const counted = new Map<string, { rows: number; hash: ReturnType<typeof createHash> }>()
  let first = true
  for await (const frame of readBackup(file, key)) {
    const value = frame as { ENCRYPTION_KEYS?: string; table?: string; rows?: string[]; ends?: TableEnd[] }
    if (first) {
      yield { kind: 'head', head: frame as Head }
    } else if (value.ENCRYPTION_KEYS !== undefined) {
      yield { kind: 'keys', keys: value.ENCRYPTION_KEYS }
    } else if (value.table !== undefined && value.rows) {
      const count = counted.get(value.table) ?? { rows: 0, hash: createHash('sha256') }
      counted.set(value.table, count)
      count.rows += value.rows.length
      for (const row of value.rows) count.hash.update(row).update('\n')
      yield { kind: 'rows', table: value.table, rows: value.rows }
    } else if (value.ends) {
      for (const { table, rows, sha256 } of value.ends) {
        const count = counted.get(table) ?? { rows: 0, hash: createHash('sha256') }
        if (count.rows !== rows || count.hash.digest('hex') !== sha256)
          throw new StartError(`the backup of table ${table} is not what was written.`)
      }
      yield { kind: 'ends', ends: value.ends }
    }
    first = false
  }
}

const head = (ops: Ops, kind: Head['kind'], schema: string | null): Head => ({
  kind,
  release: packageJson.version,
  schema,
  at: new Date(ops.clock.now()).toISOString(),
})

function backupKey(ops: Pick<Ops, 'config'>): Uint8Array {
  const { backupKey: key } = ops.config()
  if (key === null)
    throw new StartError(
      'BACKUP_KEY is needed (openssl rand -base64 32), and must be kept apart from the backups.',
    )
  return Buffer.from(key, 'base64')
}

/**
 * Tables of the service without that of migrations; one that was partitioned by hand is one table, and comes
 * back as a plain one.
 */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
       and relname <> '_prisma_migrations' order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Groups texts into frames, in order; a larger one gets its own frame. */
export function* inFrames(texts: readonly string[], most: number): Generator<string[]> {
  let part: string[] = []
  let size = 0
  for (const text of texts) {
    if (part.length > 0 && size + text.length > most) {
      yield part
      part = []
      size = 0
    }
    part.push(text)
    size += text.length
  }
  if (part.length > 0) yield part
}

async function writeTable(
  client: pg.Client,
  table: string,
  write: (value: unknown) => Promise<void>,
): Promise<TableEnd> {
  const hash = createHash('sha256')
  let count = 0
  await client.query(
    `declare part no scroll cursor for select t::text as text from ${client.escapeIdentifier(table)} t`,
  )
  for (;;) {
    const { rows } = await client.query<{ text: string }>(`fetch ${ROWS} from part`)
    if (rows.length === 0) break
    const texts = rows.map(({ text }) => text)
    for (const text of texts) hash.update(text).update('\n')
    count += texts.length
    for (const part of inFrames(texts, MOST_IN_FRAME)) await write({ table, rows: part })
  }
  await client.query('close part')
  return { table, rows: count, sha256: hash.digest('hex') }
}

/**
 * Restores a backup into an empty database in one transaction: the schema by migrations, then the rows, with
 * triggers off that would emit events for them. Refuses a database that holds data or that a service uses.
 * The restored installation begins quiet: it calls no mall and reads no mailbox until `ops resume`.
 */
export async function restoreDatabase(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('a file to read is needed')
  return restoreFile(ops, fileAt(path, ops.env))
}

/** As `restoreDatabase`, the newest file that `backup into` made there. */
export async function restoreNewest(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('the folder of "backup into" is needed')
  return restoreFile(ops, await newestIn(path, ops))
}

async function restoreFile(ops: Ops, file: BackupFile): Promise<number> {
  await restoreInto(ops, await ops.databaseUrl(), file)
  ops.print(`${file.name} is restored`)
  ops.print(
    'the service begins quiet: no mall is called and no mailbox is read until "npm run ops -- resume"; first "npm run ops -- after-restore"',
  )
  const { pool } = await ops.database()
  return opensWhatIsStored(ops, pool)
}

/** @throws StartError there is none */
async function newestIn(path: string, ops: Ops): Promise<BackupFile> {
  const folder = folderAt(path, ops.env)
  const newest = (await folder.names())
    .filter((name) => MADE_BY_SCHEDULE.test(name))
    .toSorted()
    .at(-1)
  if (newest === undefined) throw new StartError(`${path} holds no backup that "backup into" made.`)
  return folder.file(newest)
}

async function restoreInto(ops: Ops, url: string, file: BackupFile): Promise<void> {
  const key = backupKey(ops)
  // Verifies the whole file before changing anything.
  let schema: string | null = null
  for await (const part of partsOf(file, key)) {
    if (part.kind !== 'head') continue
    if (part.head.kind === 'keys')
      throw new StartError(
        'this is a backup of keys, not of the database: npm run ops -- restore keys <file> prints them.',
      )
    schema = part.head.schema
  }
  await refuseRunning(url)
  // Before anything is migrated: the release of the backup needs the database as empty as it is.
  const { latest: there, missing } = await readSchemaState(url)
  const latest = missing.at(-1) ?? there
  if (schema !== latest)
    throw new StartError(
      `the backup was made at schema ${schema}, this release is at ${latest}: restore with the release of the backup, then upgrade.`,
    )
  await applyMigrations(url, { info: () => undefined, warn: () => undefined })
  const client = createClient(url)
  await client.connect()
  try {
    await client.query('begin; set local statement_timeout = 0')
    const tables = await tablesOf(client)
    await refuseFilled(client, tables)
    const ends = await fill(client, tables, partsOf(file, key))
    // The events belong to another server: from here on a new history begins.
    await client.query('truncate events')
    await beginHistory(client, new Date(ops.clock.now()))
    await beginQuietMode(client, 'restored', new Date(ops.clock.now()))
    await client.query(
      RESTORED({ id: ops.newId(), now: new Date(ops.clock.now()), actor: OPS_ACTOR, file: file.name }),
    )
    await client.query('commit')
    ops.print(`${ends.length} tables, ${ends.reduce((sum, end) => sum + end.rows, 0)} rows`)
  } finally {
    await client.end()
  }
}

const DRILL_DATABASE = 'torikomi_restore_drill'

/**
 * For a schedule: restores the newest backup of a schedule into a database made for it on the server of
 * RESTORE_DRILL_URL, opens with the keys of now what is sealed, and drops the database. Only a drill that
 * came to its end is noted, so one that fails, or is never begun, makes the noted one old.
 */
export async function drillRestore(ops: Ops, [path]: readonly string[]): Promise<number> {
  if (!path) throw new Usage('the folder of "backup into" is needed')
  const newest = await newestIn(path, ops)
  const server = ops.config().restoreDrillUrl ?? (await ops.databaseUrl())
  const url = databaseAt(server, DRILL_DATABASE)
  const drop = `drop database if exists ${DRILL_DATABASE} with (force)`
  await onServer(server, [drop, `create database ${DRILL_DATABASE}`])
  let code: number
  try {
    await restoreInto(ops, url, newest)
    const client = createClient(url)
    await client.connect()
    try {
      code = await opensWhatIsStored(ops, client)
    } finally {
      await client.end()
    }
  } finally {
    await onServer(server, [drop])
  }
  if (code !== 0) return code
  await noteStep(ops, 'restore_drill')
  ops.print(`${newest.name} came back whole, and what is sealed in it opens`)
  return 0
}

async function onServer(url: string, commands: readonly string[]): Promise<void> {
  const client = createClient(url)
  await client.connect()
  try {
    for (const command of commands) await client.query(command)
  } finally {
    await client.end()
  }
}

/** A backup from before a rotation needs the keys of its time, and the service would refuse to start. */
async function opensWhatIsStored(ops: Ops, db: Pick<pg.Client, 'query'>): Promise<number> {
  try {
    await checkKeys(db, createSealer(await ops.keys(), ops.random))
    return 0
  } catch (error) {
    if (!(error instanceof KeysMissing)) throw error
    ops.print(error.message)
    return 1
  }
}

async function fill(client: pg.Client, tables: readonly string[], parts: AsyncIterable<Part>) {
  const name = (table: string) => client.escapeIdentifier(table)
  const foreign = await foreignKeys(client)
  // Rows come table by table, so references are checked at the end; triggers would emit an event for each
  // row.
  for (const { table, constraint } of foreign)
    await client.query(`alter table ${name(table)} drop constraint ${name(constraint)}`)
  for (const table of tables)
    await client.query(`alter table ${name(table)} disable trigger user; delete from ${name(table)}`)
  const inserts = new Map(
    await Promise.all(tables.map(async (table) => [table, await insertOf(client, table)] as const)),
  )
  let ends: { table: string; rows: number }[] = []
  for await (const part of parts) {
    if (part.kind === 'ends') ends = part.ends
    if (part.kind !== 'rows') continue
    const insert = inserts.get(part.table)
    if (insert === undefined)
      throw new StartError(`the backup has a table ${part.table} that this release does not know.`)
    await client.query(insert, [part.rows])
  }
  for (const table of tables) await client.query(`alter table ${name(table)} enable trigger user`)
  for (const { table, constraint, definition } of foreign)
    await client.query(`alter table ${name(table)} add constraint ${name(constraint)} ${definition}`)
  await continueSequences(client)
  return ends
}

/** Rows as text, in `$1`. Generated columns are in them as well, and Postgres takes no value for one. */
async function insertOf(client: pg.Client, name: string): Promise<string> {
  const table = client.escapeIdentifier(name)
  const { rows } = await client.query<{ column: string }>(WRITTEN_COLUMNS, [name])
  const columns = rows.map(({ column }) => client.escapeIdentifier(column))
  const values = columns.map((column) => `(x.rec).${column}`)
  // Without the offset the text would be read again for each column.
  return `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')}
    from (select r.text::${table} as rec from unnest($1::text[]) as r (text) offset 0) x`
}

async function foreignKeys(client: pg.Client) {
  const { rows } = await client.query<{ table: string; constraint: string; definition: string }>(
    `select c.relname as "table", k.conname as "constraint", pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace`,
  )
  return rows
}

async function refuseRunning(url: string): Promise<void> {
  const client = createClient(url)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select from pg_stat_activity where datname = current_database() and ${IS_SERVICE} limit 1`,
    )
    if (rows.length > 0)
      throw new StartError(
        'a service works with this database: stop every process first, or restore into another database and set DATABASE_URL to it.',
      )
  } finally {
    await client.end()
  }
}

async function refuseFilled(client: pg.Client, tables: readonly string[]): Promise<void> {
  // Rows in any of these prove that the database is in use: an operator's people and the audit may precede
  // the first tenant.
  for (const table of ['tenants', 'staff_accounts', 'applications', 'audit_entries']) {
    if (!tables.includes(table)) continue
    const { rows } = await client.query<{ filled: boolean }>(`select exists (select from ${table}) as filled`)
    if (rows[0]?.filled)
      throw new StartError(`this database is in use already (${table}): restore into an empty one.`)
  }
}

/** Runs in the transaction of the rows, where no Prisma client is. */
const RESTORED = statement(
  { id: 'uuid', now: 'timestamptz', actor: 'text', file: 'text' },
  `
insert into audit_entries (id, at, actor, action, target) values (:id, :now, :actor, 'backup.restored', :file)`,
)

/** Continues the sequences of all columns after the restored numbers. */
async function continueSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(OWNED_SEQUENCES)
  for (const { sequence, table, column } of rows) {
    const last = `(select max(${client.escapeIdentifier(column)}) from ${client.escapeIdentifier(table)})`
    await client.query(`select setval($1::regclass, coalesce(${last}, 1), ${last} is not null)`, [sequence])
  }
}

const WRITTEN_COLUMNS = `
select attname as "column" from pg_attribute
where attrelid = ('public.' || quote_ident($1))::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`

const OWNED_SEQUENCES = `
select * from (
  select table_name as "table", column_name as "column", pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
  from information_schema.columns where table_schema = 'public') c
where sequence is not null`
