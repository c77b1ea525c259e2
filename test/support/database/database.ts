import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { databaseUrl } from './database-url.ts'
import '../global-setup.ts'

export interface TestDatabase {
  url: string
  db: Awaited<ReturnType<typeof openDatabase>>['db']
  pool: pg.Pool
  isFull(): boolean
  /** Closes the connections and drops the database, whoever else is connected. */
  close(): Promise<void>
}

interface FreshDatabase extends TestDatabase {
  /** Closes the connections; the database stays. */
  disconnect(): Promise<void>
}

const quiet = { warn: () => undefined }

/** A migrated database of its own, in some 50 ms. Tests that use it stand in test/integration or test/e2e. */
export async function freshDatabase(options: { maxConnections?: number } = {}): Promise<FreshDatabase> {
  const { url, drop } = await createDatabase('migrated')
  const database = await openDatabase({ url, log: quiet, maxConnections: options.maxConnections ?? 10 })
  return {
    url,
    db: database.db,
    pool: database.pool,
    isFull: database.isFull,
    disconnect: database.close,
    async close() {
      await database.close()
      await drop()
    },
  }
}

/** A database without any table, for tests of what makes them. */
export async function emptyDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const { url, drop } = await createDatabase('empty')
  return { url, close: drop }
}

async function createDatabase(kind: 'migrated' | 'empty'): Promise<{ url: string; drop(): Promise<void> }> {
  const postgres = inject('postgres')
  if (postgres === undefined) throw new Error('tests with a database stand in test/integration or test/e2e')
  // Workers are numbered from 1.
  const url = postgres.urls[Number(process.env.VITEST_POOL_ID) % postgres.urls.length] ?? ''
  const name = `torikomi_test_${randomBytes(6).toString('hex')}`
  const template = kind === 'migrated' ? postgres.template : 'template0'
  await onServer(url, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  return {
    url: databaseUrl(url, name),
    drop: () => onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
