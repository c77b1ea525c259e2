import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '../../generated/prisma/client.ts'
import type { Logger } from '../logger.ts'
import { createBell } from './bell.ts'
import { createStatementNames } from './statement-names.ts'
import { type CommitWaitsFor, commitsWaitFor } from './transaction.ts'
import { KEEP_ALIVE, watchedClient } from './watched-client.ts'

export type Db = PrismaClient
export type Tx = Prisma.TransactionClient
export type DbOrTx = Db | Tx

export interface Database {
  db: Db
  /** The same connections, for statements that Prisma cannot say. int8 and numeric come as text. */
  pool: pg.Pool
  /** With its password: not for logs. */
  url: string
  close(): Promise<void>
}

/** A server that only reads answers as well as any, and no process can work with it. @throws one of those that failures.ts knows */
export async function checkWritable(pool: Pick<pg.Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ transaction_read_only: string }>('show transaction_read_only')
  if (rows[0]?.transaction_read_only === 'on')
    throw Object.assign(new Error('the database only reads'), { code: '25006' })
}

export interface DatabaseOptions {
  url: string
  log: Pick<Logger, 'warn'>
  /** Default 20: all roles of one process share them. */
  maxConnections?: number
  /** For durable transactions; left out: as the server is set. */
  commitWaitsFor?: CommitWaitsFor
}

const STATEMENT_LIMIT_MS = 30_000
/** A transaction whose process stands still must not hold its rows for long. */
const IDLE_TRANSACTION_LIMIT_MS = 60_000
const CONNECT_LIMIT_MS = 10_000

/** Opens the pool and makes sure that the server answers. @throws Error when it does not */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const onTold = createBell(() => pool.query("select pg_notify('torikomi_events', '')"))
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 20,
    application_name: 'torikomi',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_LIMIT_MS,
    ...KEEP_ALIVE,
    Client: watchedClient({ url: options.url, onTold }),
    // Dates in raw statements and casts mean UTC, whatever the server's own zone is; and what triggers tell comes as a notice.
    options: '-c TimeZone=UTC -c client_min_messages=notice',
  })
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (err) => options.log.warn({ err }, 'a database connection was lost'))
  if (options.commitWaitsFor) commitsWaitFor(pool, options.commitWaitsFor)
  const db = withoutArguments(
    new PrismaClient({
      adapter: new PrismaPg(pool, { schema: 'public', statementNameGenerator: createStatementNames() }),
      errorFormat: 'minimal',
      transactionOptions: { maxWait: CONNECT_LIMIT_MS, timeout: STATEMENT_LIMIT_MS },
    }),
  )
  try {
    await pool.query('SELECT 1')
  } catch (cause) {
    await pool.end()
    throw new Error(`the database at ${describeUrl(options.url)} does not answer`, { cause })
  }
  return {
    db,
    pool,
    url: options.url,
    async close() {
      await db.$disconnect()
      await pool.end()
    },
  }
}

/** Prisma prints all arguments of a call that it refuses, names and addresses included, whatever errorFormat says. */
function withoutArguments(client: PrismaClient): Db {
  const extended = client.$extends({
    query: {
      $allOperations: ({ args, query, model, operation }) =>
        query(args).catch((error: unknown) => {
          if (!(error instanceof Prisma.PrismaClientValidationError)) throw error
          const reason = error.message.trim().split('\n').at(-1)
          throw new Error(`Prisma refused the arguments of ${model ?? ''}.${operation}: ${reason}`)
        }),
    },
  })
  return extended as unknown as Db
}

/** Host, port and database of a URL: what may be shown. */
export function describeUrl(url: string): string {
  const parsed = URL.parse(url)
  return parsed === null ? 'an unreadable URL' : `${parsed.host}${parsed.pathname}`
}
