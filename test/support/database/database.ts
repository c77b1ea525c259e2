import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { cloneStatement, databaseUrl } from './postgres-source.ts'
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

/** A migrated database of its own, in some 40 ms. Tests that use it stand in test/integration or test/e2e. */
export async function freshDatabase(options: { maxConnections?: number } = {}): Promise<FreshDatabase> {
  return openFresh(await createDatabase('migrated'), options)
}

/**
 * The database as it is now under another name, as a restored backup has it: server and rows are the same,
 * the feed's history is another. Nobody may be connected to the first one.
 */
export async function copyOfDatabase(from: string): Promise<FreshDatabase> {
  const name = `torikomi_test_${randomBytes(6).toString('hex')}`
  await onServer(databaseUrl(from, 'postgres'), cloneStatement(name, new URL(from).pathname.slice(1)))
  const url = databaseUrl(from, name)
  return openFresh({ url, drop: () => dropDatabase(databaseUrl(from, 'postgres'), name) }, {})
}

async function openFresh(
  { url, drop }: { url: string; drop(): Promise<void> },
  options: { maxConnections?: number },
): Promise<FreshDatabase> {
  const database = await openDatabase({ url, log: quiet, maxConnections: options.maxConnections ?? 10 })
  let left: Promise<void> | undefined
  const leave = () => {
    left ??= database.close()
    return left
  }
  return {
    url,
    db: database.db,
    pool: database.pool,
    isFull: database.isFull,
    async disconnect() {
      await leave()
      await untilAlone(url)
    },
    async close() {
      await leave()
      await drop()
    },
  }
}

/** A server goes on with a connection for some milliseconds after its client has closed it. */
async function untilAlone(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query(
        `select from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
           and pid <> pg_backend_pid() limit 1`,
      )
      if (rows.length === 0) return
      await client.query('select pg_sleep(0.01)')
    }
  } finally {
    await client.end()
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
  await onServer(url, cloneStatement(name, template))
  return {
    url: databaseUrl(url, name),
    drop: () => dropDatabase(url, name),
  }
}

const dropDatabase = (url: string, name: string): Promise<void> =>
  onServer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

export interface Logins {
  /** Owns what it migrates, may make roles, is no superuser. */
  owner: string
  /** What the service signs in as: owns nothing. */
  service: string
  /** What an operator's own reports sign in as. */
  reports: string
  /** The logins go; their database has to be gone before. */
  drop(): Promise<void>
}

/** Logins of a database as docs/operations.md has them made: none of them is a superuser. */
export async function makeLogins(url: string, admin: string = url): Promise<Logins> {
  const mark = randomBytes(4).toString('hex')
  const database = new URL(url).pathname.slice(1)
  const run = async (at: string, statements: string) => {
    const client = new pg.Client({ connectionString: at })
    await client.connect()
    await client.query(statements).finally(() => client.end())
  }
  await run(
    url,
    `create role owner_${mark} login createrole password 'x'; grant create on database ${database} to owner_${mark};
     grant create on schema public to owner_${mark};
     create role service_${mark} login password 'x'; grant create on database ${database} to service_${mark};
     create role reports_${mark} login password 'x'`,
  )
  const as = (name: string) => {
    const made = new URL(url)
    made.username = `${name}_${mark}`
    made.password = 'x'
    return made.href
  }
  return {
    owner: as('owner'),
    service: as('service'),
    reports: as('reports'),
    drop: () => run(admin, `drop role service_${mark}; drop role reports_${mark}`),
  }
}

/** The rights of the logins, once the roles are there. */
export async function grantLogins(
  url: string,
  { service, reports }: { service?: string; reports: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const name = (login: string) => new URL(login).username
  await client
    .query(
      `${service === undefined ? '' : `grant torikomi_service, torikomi_tenant to ${name(service)};`}
       grant torikomi_reports to ${name(reports)}`,
    )
    .finally(() => client.end())
}
