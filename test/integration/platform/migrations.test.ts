import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MIGRATIONS, readSchema } from '../../../scripts/prisma-files.ts'
import { withSchemaEngine } from '../../../scripts/schema-engine.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { emptyDatabase } from '../../support/database/database.ts'

const log = { info: () => undefined, warn: () => undefined }

let database: Awaited<ReturnType<typeof emptyDatabase>>
let directory: string
beforeEach(async () => {
  database = await emptyDatabase()
  directory = await mkdtemp(join(tmpdir(), 'torikomi-migrations-'))
  await cp(MIGRATIONS, directory, { recursive: true })
})
afterEach(async () => {
  await database.close()
  await rm(directory, { recursive: true, force: true })
})

const names = async () => (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).toSorted()

async function query<Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query<Row>(statement)).rows
  } finally {
    await client.end()
  }
}

async function addMigration(name: string, script: string): Promise<void> {
  await mkdir(join(directory, name))
  await writeFile(join(directory, name, 'migration.sql'), script)
}

test('are applied once, and a second start finds nothing to do', async () => {
  expect(await applyMigrations(database.url, log)).toEqual(await names())
  expect(await applyMigrations(database.url, log)).toEqual([])
  expect(await query('SELECT count(*)::int AS orders FROM orders')).toEqual([{ orders: 0 }])
})

test('a database has the functions and triggers of triggers.sql, whatever an earlier state had', async () => {
  await applyMigrations(database.url, log)
  const script = await readFile(join(MIGRATIONS, '../triggers.sql'), 'utf8')
  const named = (kind: string) =>
    [...script.matchAll(new RegExp(`^CREATE OR REPLACE ${kind} "(\\w+)"`, 'gm'))]
      .map(([, name]) => name)
      .toSorted()
  const there = async (catalogue: string) =>
    (await query<{ name: string }>(`select name::text from (${catalogue}) c (name)`))
      .map(({ name }) => name)
      .toSorted()
  const FUNCTIONS = `select proname from pg_proc where pronamespace = 'public'::regnamespace`
  const TRIGGERS = 'select tgname from pg_trigger where not tgisinternal'
  expect(await there(TRIGGERS)).toEqual(named('TRIGGER'))
  // Row-level security's own.
  expect(await there(FUNCTIONS)).toEqual([...named('FUNCTION'), 'torikomi_current_tenant'].toSorted())

  const bodies = async () =>
    (
      await query<{
        body: string
      }>(`select pg_get_functiondef(oid) as body from pg_proc where pronamespace = 'public'::regnamespace
        union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`)
    )
      .map(({ body }) => body)
      .toSorted()
  const before = await bodies()
  await query(
    `create or replace function torikomi_tell(tenant uuid, what text, facts jsonb) returns void language sql as 'select'`,
  )
  await query('drop trigger orders_inserted on orders')
  await applyMigrations(database.url, log)
  expect(await bodies()).toEqual(before)
})

test('processes that start at once apply each one once', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => applyMigrations(database.url, log)))
  expect(applied.flat()).toEqual(await names())
})

test('Prisma agrees with what was recorded', async () => {
  await applyMigrations(database.url, log)
  const migrations = await names()
  const diagnosis = await withSchemaEngine(database.url, await readSchema(), async (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: {
        baseDir: MIGRATIONS,
        lockfile: {
          path: 'migration_lock.toml',
          content: await readFile(join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
        },
        shadowDbInitScript: '',
        migrationDirectories: await Promise.all(
          migrations.map(async (path) => ({
            path,
            migrationFile: {
              path: 'migration.sql',
              content: {
                tag: 'ok' as const,
                value: await readFile(join(MIGRATIONS, path, 'migration.sql'), 'utf8'),
              },
            },
          })),
        ),
      },
      optInToShadowDatabase: false,
      filters: { externalTables: [], externalEnums: [] },
    }),
  )
  expect(diagnosis).toEqual({
    editedMigrationNames: [],
    failedMigrationNames: [],
    hasMigrationsTable: true,
    history: null,
  })
})

describe('a migration that fails', () => {
  const NAME = '99990101000000_broken'

  test('is undone, named with its line, and applied once it is mended', async () => {
    await applyMigrations(database.url, log)
    await addMigration(NAME, 'CREATE TABLE half_done (id int);\nSELECT * FROM no_such_table;\n')
    await expect(applyMigrations(database.url, log, directory)).rejects.toThrow(
      /^migration 99990101000000_broken failed and was undone: relation "no_such_table" does not exist \[42P01\] \(line 2\)$/,
    )
    expect(await query("SELECT to_regclass('half_done') AS half_done")).toEqual([{ half_done: null }])
    await writeFile(join(directory, NAME, 'migration.sql'), 'CREATE TABLE half_done (id int);\n')
    expect(await applyMigrations(database.url, log, directory)).toEqual([NAME])
  })

  test('leaves those before it applied', async () => {
    await addMigration(NAME, 'SELECT 1/0')
    await expect(applyMigrations(database.url, log, directory)).rejects.toThrow('division by zero')
    expect(await applyMigrations(database.url, log)).toEqual([])
  })
})

test('one that needs a table in use gives way to its users, and is applied when they have ended', async () => {
  await applyMigrations(database.url, log, directory)
  const name = '20991231000000_waits'
  await addMigration(name, 'ALTER TABLE tenants ADD COLUMN more int;\n')
  const user = new pg.Client({ connectionString: database.url })
  await user.connect()
  try {
    await user.query('begin; select from tenants')
    const waits = Promise.withResolvers<void>()
    const info = (_facts: unknown, text?: string) => {
      if (text?.includes('waiting')) waits.resolve()
    }
    const applied = applyMigrations(database.url, { ...log, info }, directory)
    await waits.promise
    // Its place in the queue of the table was given up; the next try takes two seconds at most.
    expect(await query('select from tenants')).toEqual([])
    await user.query('rollback')
    expect(await applied).toEqual([name])
  } finally {
    await user.end()
  }
})

describe('indexes that are built while all go on', () => {
  const NAME = '20991231000000_indexes'
  const SCRIPT = `-- Built; beside it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "things_by_name" ON "things"("name");

DROP INDEX CONCURRENTLY IF EXISTS "things_of_before";
`
  const THINGS = `create table things (id int, name text); insert into things values (1, 'a'), (2, 'b')`
  const valid = `select indisvalid as valid from pg_index where indexrelid = to_regclass('things_by_name')`

  test('keep nobody from writing, and are there when the writers of before have ended', async () => {
    await applyMigrations(database.url, log, directory)
    await query(THINGS)
    await query('create index things_of_before on things (id, name)')
    await addMigration(NAME, SCRIPT)
    const writer = new pg.Client({ connectionString: database.url })
    await writer.connect()
    try {
      await writer.query('begin; update things set name = name where id = 1')
      const applied = Promise.all([
        applyMigrations(database.url, log, directory),
        applyMigrations(database.url, log, directory),
      ])
      const waiting = 'select from pg_stat_progress_create_index where lockers_total > lockers_done'
      await expect.poll(async () => (await query(waiting)).length).toBe(1)
      // Behind an index that is built in a transaction this would wait, and whoever reads and then writes
      // would be in its way.
      await query('update things set name = name where id = 2')
      await writer.query('update things set name = name where id = 1; commit')
      expect((await applied).flat()).toEqual([NAME])
    } finally {
      await writer.end()
    }
    expect(await query(valid)).toEqual([{ valid: true }])
    expect(await query(`select to_regclass('things_of_before') as old`)).toEqual([{ old: null }])
    expect(await applyMigrations(database.url, log, directory)).toEqual([])
  })

  test('one whose build broke off is built anew', async () => {
    await applyMigrations(database.url, log, directory)
    await query(THINGS)
    const writer = new pg.Client({ connectionString: database.url })
    const broken = new pg.Client({ connectionString: database.url, statement_timeout: 300 })
    await Promise.all([writer.connect(), broken.connect()])
    try {
      await writer.query('begin; update things set name = name where id = 1')
      const build = broken.query('create index concurrently things_by_name on things (name)')
      await expect(build).rejects.toThrow('statement timeout')
    } finally {
      await Promise.all([writer.end(), broken.end()])
    }
    expect(await query(valid)).toEqual([{ valid: false }])
    await addMigration(NAME, SCRIPT)
    expect(await applyMigrations(database.url, log, directory)).toEqual([NAME])
    expect(await query(valid)).toEqual([{ valid: true }])
  })

  test('hold nothing else', async () => {
    await addMigration(NAME, `${SCRIPT}ALTER TABLE tenants ADD COLUMN more int;\n`)
    await expect(applyMigrations(database.url, log, directory)).rejects.toThrow(
      /may hold nothing else: ALTER TABLE tenants ADD COLUMN more int/,
    )
  })
})

test('one that was changed after it was applied is refused, by its name', async () => {
  await applyMigrations(database.url, log)
  const [first = ''] = await names()
  const file = join(directory, first, 'migration.sql')
  await writeFile(file, `${await readFile(file, 'utf8')}\n-- changed\n`)
  await expect(applyMigrations(database.url, log, directory)).rejects.toThrow(
    `migration ${first} was changed after`,
  )
})

test('other line ends are no change', async () => {
  await applyMigrations(database.url, log)
  for (const name of await names()) {
    const file = join(directory, name, 'migration.sql')
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('\n', '\r\n'))
  }
  expect(await applyMigrations(database.url, log, directory)).toEqual([])
})

test('one that another tool left half done is refused until it is settled', async () => {
  await applyMigrations(database.url, log)
  const [first = ''] = await names()
  await query(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${first}'`)
  await expect(applyMigrations(database.url, log)).rejects.toThrow(
    `migration ${first} was begun by another tool`,
  )
})

test('a database that is ahead is used, with a warning', async () => {
  await addMigration('99990101000000_newer', 'CREATE TABLE newer (id int)')
  await applyMigrations(database.url, log, directory)
  const warnings: unknown[] = []
  await applyMigrations(database.url, { ...log, warn: (...args: unknown[]) => void warnings.push(args[0]) })
  expect(warnings).toEqual([{ migrations: ['99990101000000_newer'] }])
})

test('a database that is not there is told without its password', async () => {
  const migrating = applyMigrations('postgresql://u:hidden@127.0.0.1:1/torikomi', log)
  await expect(migrating).rejects.toThrow(/^migrations could not begin on 127\.0\.0\.1:1\/torikomi$/)
})
