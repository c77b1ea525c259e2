import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Prisma, PrismaClient } from '../../generated/prisma/client.ts'
import { codeOf } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { present } from '../narrow.ts'
import { describeUrl } from './hosts.ts'
import { MEMBER_OF_REPORTS, REPORTS_ROLE, TENANT_ROLE } from './roles.ts'
import { createStatementNames } from './statement-names.ts'
import { currentScope, currentTransaction, inScope, type Scope } from './tenant-scope.ts'
import { type CommitWaitsFor, commitsWaitFor, released } from './transaction.ts'
import { createNotifyCoalescer, KEEP_ALIVE, watchedClient } from './watched-client.ts'

export type Db = PrismaClient
export type Tx = Prisma.TransactionClient
export type DbOrTx = Db | Tx

export interface Database {
  db: Db
  /** The same connections, for statements that Prisma cannot say. int8 and numeric come as text. */
  pool: pg.Pool
  /** With its password: not for logs. */
  url: string
  /** True when a statement of this process found the server's disk full within the last minute. */
  isFull(): boolean
  close(): Promise<void>
}

/**
 * A server that only reads, or has no room left, answers as well as any, and no process can work with it.
 * @throws one of those that failures.ts knows
 */
export async function checkWritable({ pool, isFull }: Pick<Database, 'pool' | 'isFull'>): Promise<void> {
  const { rows } = await pool.query<{ transaction_read_only: string }>('show transaction_read_only')
  if (rows[0]?.transaction_read_only === 'on')
    throw Object.assign(new Error('the database only reads'), { code: '25006' })
  if (isFull()) throw Object.assign(new Error('the disk of the database is full'), { code: '53100' })
}

export interface DatabaseOptions {
  url: string
  log: Pick<Logger, 'warn'>
  /** Default 20: all roles of one process share them. */
  maxConnections?: number
  /** For durable transactions; left out: as the server is set. */
  commitWaitsFor?: CommitWaitsFor
}

// Dates in raw statements and casts mean UTC, whatever the server's own zone is; and what triggers tell comes
// as a notice.
const SESSION = '-c TimeZone=UTC -c client_min_messages=notice'

const STATEMENT_LIMIT_MS = 30_000
/** A transaction whose process stands still must not hold its rows for long. */
const IDLE_TRANSACTION_LIMIT_MS = 60_000
const CONNECT_LIMIT_MS = 10_000
/**
 * Connections that stay open while nothing happens. A lone mail uses two side by side, its commit's and its
 * turn's; a new one is longer on its way than both statements take, and has to plan each statement anew.
 */
const KEPT_OPEN = 2

/** Opens the pool and makes sure that the server answers. @throws Error when it does not */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const onTold = createNotifyCoalescer(() => pool.query("select pg_notify('torikomi_events', '')"))
  let fullAt = Number.NEGATIVE_INFINITY
  const onFull = () => {
    fullAt = performance.now()
  }
  const settings = {
    connectionString: options.url,
    max: options.maxConnections ?? 20,
    application_name: 'torikomi',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    statement_timeout: STATEMENT_LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_LIMIT_MS,
    ...KEEP_ALIVE,
    Client: watchedClient({ url: options.url, onTold, onFull }),
    options: SESSION,
  }
  const pool = new pg.Pool({ ...settings, min: KEPT_OPEN })
  // Without a listener a lost idle connection would end the process.
  pool.on('error', (err) => options.log.warn({ err }, 'a database connection was lost'))
  if (options.commitWaitsFor) commitsWaitFor(pool, options.commitWaitsFor)
  const notThere = (cause: unknown) =>
    new Error(`the database at ${describeUrl(options.url)} does not answer`, { cause })
  const unwalled = () =>
    options.log.warn('there is no row-level security for requests of tenants: see "npm run ops -- doctor"')
  let told = false
  const unsealed = () => {
    if (!told)
      options.log.warn('the operator’s reports are read as the service itself: see "npm run ops -- doctor"')
    told = true
  }
  const bound = await boundPool(settings, TENANT_ROLE, options.log, unwalled).catch(
    async (cause: unknown) => {
      await pool.end()
      throw notThere(cause)
    },
  )
  // Opened by whoever asks first: most processes never do.
  const lazily = (more: pg.PoolConfig, role: string, refused: () => void) => {
    let opened: Promise<pg.Pool | null> | null = null
    return {
      open() {
        opened ??= boundPool({ ...settings, ...more }, role, options.log, refused).catch((error: unknown) => {
          opened = null
          throw error
        })
        return opened
      },
      end: async () => (await opened?.catch(() => null))?.end(),
    }
  }
  const reports = lazily({ max: MOST_REPORTS }, REPORTS_ROLE, unsealed)
  const heavy = lazily({ max: MOST_HEAVY, statement_timeout: HEAVY_LIMIT_MS }, TENANT_ROLE, unwalled)
  routeByScope(pool, { tenants: bound, reports: reports.open, heavy: heavy.open })
  const endAll = async () => {
    await Promise.all([pool.end(), bound?.end(), reports.end(), heavy.end()])
  }
  const db = withoutArguments(
    new PrismaClient({
      adapter: new PrismaPg(pool, { schema: 'public', statementNameGenerator: createStatementNames() }),
      errorFormat: 'minimal',
      transactionOptions: { maxWait: CONNECT_LIMIT_MS, timeout: STATEMENT_LIMIT_MS },
    }),
  )
  try {
    const { rows } = await pool.query<{ reports: boolean }>(MAY_REPORT)
    // Without any wall that is what is to be mended first.
    if (bound && !rows[0]?.reports) unsealed()
  } catch (cause) {
    await endAll()
    throw notThere(cause)
  }
  return {
    db,
    pool,
    url: options.url,
    isFull: () => performance.now() - fullAt < FULL_FOR_MS,
    async close() {
      await db.$disconnect()
      await endAll()
    },
  }
}

/** A full disk shows only where something is stored, and no probe should have to store anything. */
const FULL_FOR_MS = 60_000

/** Reports at one moment. */
const MOST_REPORTS = 2
/** Two for each heavy read (heavy-reads.ts): page and count are read at once. And a statement's limit. */
const MOST_HEAVY = 8
const HEAVY_LIMIT_MS = 10_000
const MAY_REPORT = `select ${MEMBER_OF_REPORTS} as reports`

/**
 * Connections that are one role. Null where the database has no such role, or this login may not take it on:
 * for tenants the conditions of the statements are the only wall then, as `npm run ops -- doctor` says too.
 */
async function boundPool(
  settings: pg.PoolConfig,
  role: string,
  log: Pick<Logger, 'warn'>,
  refused: () => void,
): Promise<pg.Pool | null> {
  const bound = new pg.Pool({ ...settings, options: `${SESSION} -c role=${role}` })
  bound.on('error', (err) => log.warn({ err }, 'a database connection was lost'))
  try {
    const { rows } = await bound.query<{ role: string }>('select current_user as role')
    if (rows[0]?.role === role) return bound
  } catch (error) {
    await bound.end()
    // 42704, 22023: there is no such role; 42501: not for this login. Whatever else it is, a process must not
    // go on for ever without the wall.
    if (!/^(42704|22023|42501|28000)$/.test(codeOf(error) ?? '')) throw error
    refused()
    return null
  }
  await bound.end()
  // A pooler, or a URL that has options of its own, has kept ours to itself.
  refused()
  return null
}

/** Prisma prints all arguments of a refused call, names and addresses too, whatever errorFormat says. */
function withoutArguments(client: PrismaClient): Db {
  keepScopes(client)
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

interface Loader {
  batchBy(request: object): string | undefined
  singleLoader(request: object): Promise<unknown>
  batchLoader(requests: object[]): Promise<unknown>
}

/**
 * Internals of Prisma. It puts the look-ups of one moment together and sends them for whoever came first:
 * each is sent for the tenant that asked, and only those of one tenant together. There is no public way in;
 * a test sees to it that a new Prisma still has this one.
 */
function keepScopes(client: PrismaClient): void {
  const { options } = (client as unknown as { _requestHandler: { dataloader: { options: Loader } } })
    ._requestHandler.dataloader
  const { batchBy, singleLoader, batchLoader } = options
  const scopes = new WeakMap<object, Scope | null>()
  const scopeOf = (request: object | undefined) => (request && scopes.get(request)) ?? null
  options.batchBy = (request) => {
    const scope = currentScope()
    scopes.set(request, scope)
    const name = batchBy(request)
    // Look-ups of two transactions are never one statement.
    if (scope?.transaction) return undefined
    return name && scope ? `${scope.tenantId} ${name}` : name
  }
  options.singleLoader = (request) => inScope(scopeOf(request), () => singleLoader(request))
  options.batchLoader = (requests) => inScope(scopeOf(requests[0]), () => batchLoader(requests))
}

/** Sets a connection's tenant before it works for another one. */
const ENTER = `select set_config('torikomi.tenant', $1, false)`

/** For which tenant a connection was last set. */
const tenants = new WeakMap<object, string>()

async function enter(pool: pg.Pool, tenantId: string): Promise<pg.PoolClient> {
  const client = await pool.connect()
  if (tenants.get(client) === tenantId) return client
  try {
    // Forgets the earlier tenant first: the next user must not take the connection for that tenant's.
    tenants.delete(client)
    await client.query(ENTER, [tenantId])
    tenants.set(client, tenantId)
    return client
  } catch (error) {
    client.release(error as Error)
    throw error
  }
}

/** Each null where this login may not work as that role: then the service itself does. */
interface RolePools {
  /** Connections that are `torikomi_tenant`. */
  tenants: pg.Pool | null
  /** Connections that are `torikomi_reports`. */
  reports(): Promise<pg.Pool | null>
  /** Connections that are `torikomi_tenant`, for heavy reads. */
  heavy(): Promise<pg.Pool | null>
}

/**
 * Internals of pg. Within a tenant's request the statements of `pool` go out over connections that are
 * `torikomi_tenant`, within a report over those that are `torikomi_reports`; all others as they did. One
 * object for all, so that no caller has to choose, and none can choose wrongly.
 */
function routeByScope(pool: pg.Pool, { tenants: bound, reports, heavy }: RolePools): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => unknown
  /** Finds whose connections the present statements need; null: the service's own. */
  const wayOut = (): (() => Promise<pg.PoolClient>) | null => {
    const scope = currentScope()
    if (scope === null || scope.service) return null
    const { tenantId } = scope
    if (tenantId !== null && scope.heavy && bound)
      return async () => enter((await heavy()) ?? bound, tenantId)
    if (tenantId === null)
      return async () => (await reports())?.connect() ?? (connect() as Promise<pg.PoolClient>)
    return bound && (() => enter(bound, tenantId))
  }
  const isCallback = (args: unknown[]): boolean => typeof args.at(-1) === 'function'

  // The pool itself calls `connect` with a callback, for its own `query`.
  pool.connect = ((...args: unknown[]) => {
    if (isCallback(args)) return connect(...args)
    return currentTransaction()?.connect() ?? (wayOut() ?? connect)()
  }) as typeof pool.connect

  pool.query = ((...args: unknown[]) => {
    const joined = currentTransaction()
    const way = joined ? null : wayOut()
    if (joined === null && way === null) return query(...args)
    if (isCallback(args)) throw new Error('a tenant’s statements are awaited')
    return joined?.query(args) ?? inBound(present(way), args)
  }) as typeof pool.query

  async function inBound(way: () => Promise<pg.PoolClient>, args: unknown[]): Promise<unknown> {
    const client = await way()
    return released(client, () => (client.query as (...args: unknown[]) => Promise<unknown>)(...args))
  }
}
