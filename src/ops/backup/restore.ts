import { basename } from 'node:path'
import pg from 'pg'
import { checkKeys, KeysMissing } from '../../app/check-keys.ts'
import { beginHistory } from '../../events/history.ts'
import { createSealer } from '../../platform/crypto/sealer.ts'
import { begin as beQuiet } from '../../platform/db/data-steps.ts'
import { applyMigrations, readSchemaState } from '../../platform/db/migrate.ts'
import { StartError } from '../../platform/errors.ts'
import { OPS_ACTOR } from '../audit.ts'
import { type Ops, Usage } from '../tools.ts'
import { backupKey, type Part, partsOf, tablesOf } from './backup.ts'

/**
 * Restores a backup into an empty database in one transaction: the schema by migrations, then the rows, with
 * triggers off that would emit events for them. Refuses a database that holds data or that a service uses.
 * The restored installation begins quiet: it calls no mall and reads no mailbox until `ops resume`.
 */
export async function restoreDatabase(ops: Ops, [file]: readonly string[]): Promise<number> {
  if (!file) throw new Usage('a file to read is needed')
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
  const url = await ops.databaseUrl()
  await refuseRunning(url)
  await applyMigrations(url, { info: () => undefined, warn: () => undefined })
  const { latest } = await readSchemaState(url)
  if (schema !== latest)
    throw new StartError(
      `the backup was made at schema ${schema}, this release is at ${latest}: restore with the release of the backup, then upgrade.`,
    )
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin; set local statement_timeout = 0')
    const tables = await tablesOf(client)
    await refuseFilled(client, tables)
    const ends = await fill(client, tables, partsOf(file, key))
    // The events belong to another server: from here on a new history begins.
    await client.query('truncate events')
    await beginHistory(client, new Date(ops.clock.now()))
    await beQuiet(client, 'restored', new Date(ops.clock.now()))
    await client.query(RESTORED, [ops.newId(), new Date(ops.clock.now()), OPS_ACTOR, basename(file)])
    await client.query('commit')
    ops.print(`${ends.length} tables, ${ends.reduce((sum, end) => sum + end.rows, 0)} rows`)
    ops.print(
      'the service begins quiet: no mall is called and no mailbox is read until "npm run ops -- resume"; first "npm run ops -- after-restore"',
    )
  } finally {
    await client.end()
  }
  return opensWhatIsStored(ops)
}

/** A backup from before a rotation needs the keys of its time, and the service would refuse to start. */
async function opensWhatIsStored(ops: Ops): Promise<number> {
  const { pool } = await ops.database()
  try {
    await checkKeys(pool, createSealer(await ops.keys(), ops.random))
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
  let ends: { table: string; rows: number }[] = []
  for await (const part of parts) {
    if (part.kind === 'ends') ends = part.ends
    if (part.kind !== 'rows') continue
    if (!tables.includes(part.table))
      throw new StartError(`the backup has a table ${part.table} that this release does not know.`)
    const table = name(part.table)
    await client.query(
      `insert into ${table} select (r.text::${table}).* from unnest($1::text[]) as r (text)`,
      [part.rows],
    )
  }
  for (const table of tables) await client.query(`alter table ${name(table)} enable trigger user`)
  for (const { table, constraint, definition } of foreign)
    await client.query(`alter table ${name(table)} add constraint ${name(constraint)} ${definition}`)
  await continueSequences(client)
  return ends
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
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select from pg_stat_activity where datname = current_database() and application_name = 'torikomi' limit 1`,
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
const RESTORED = `
insert into audit_entries (id, at, actor, action, target) values ($1, $2, $3, 'backup.restored', $4)`

/** Continues the sequences of all columns after the restored numbers. */
async function continueSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(OWNED_SEQUENCES)
  for (const { sequence, table, column } of rows) {
    const last = `(select max(${client.escapeIdentifier(column)}) from ${client.escapeIdentifier(table)})`
    await client.query(`select setval($1::regclass, coalesce(${last}, 1), ${last} is not null)`, [sequence])
  }
}

const OWNED_SEQUENCES = `
select * from (
  select table_name as "table", column_name as "column", pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
  from information_schema.columns where table_schema = 'public') c
where sequence is not null`
