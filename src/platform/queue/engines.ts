import {
  createPostgresBackend,
  type JobsOptions,
  type PostgresQueueBackend,
  type Processor,
  Queue,
  Worker,
  withBackend,
} from 'bullmq'
import { Redis, type RedisOptions } from 'ioredis'
import type pg from 'pg'
import { doublingMs } from '../backoff.ts'
import { KEEP_ALIVE, watchedClient } from '../db/watched-client.ts'
import { createLogOnce } from '../log-once.ts'
import type { Logger } from '../logger.ts'
import { parseRedisUrl } from './redis-address.ts'

export type QueueEngine = { kind: 'postgres'; url: string } | { kind: 'redis'; url: string }

/** Part of BullMQ's queue that the wake queue needs, alike on both engines. */
interface EngineQueue {
  add(name: string, data: unknown, opts: JobsOptions): Promise<unknown>
  addBulk(jobs: { name: string; data: unknown; opts: JobsOptions }[]): Promise<unknown>
  getJobCounts(...types: ('waiting' | 'active' | 'delayed' | 'failed')[]): Promise<Record<string, number>>
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
  disconnect(): Promise<void>
}

export interface EngineWorker {
  run(): Promise<void>
  waitUntilReady(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): Promise<void>
  disconnect(): Promise<void>
}

export interface Engine {
  queue: EngineQueue
  createWorker(processor: Processor): EngineWorker
}

/** Tables of the Postgres engine; a schema of their own keeps them out of the service's migrations. */
export const QUEUE_SCHEMA = 'torikomi_queue'
/** The braces keep all keys on one node of a Redis cluster. */
const REDIS_PREFIX = '{torikomi}'
const NAME = 'wake'

/**
 * A job is over as soon as its shop is handed on, so nobody renews its lock. Of a process that dies in
 * between the engine's own check finds it; until then, half a minute or longer where the clocks of machines
 * differ, its shop is woken by the scheduler alone.
 */
const TAKING = { autorun: false, skipLockRenewal: true }

const events = { streams: { events: { maxLen: 1000 } } }

export function openEngine(engine: QueueEngine): Engine {
  return engine.kind === 'redis' ? openRedis(engine.url) : openPostgres(engine.url)
}

function openRedis(url: string): Engine {
  const shared = { ...parseRedisUrl(url), ...redisOptions }
  // A wake-up must fail at once while Redis is away; a worker's connection waits for it.
  const producing = { ...shared, maxRetriesPerRequest: 1, enableOfflineQueue: false }
  const working = { ...shared, maxRetriesPerRequest: null }
  return {
    queue: new Queue(NAME, { connection: producing, prefix: REDIS_PREFIX, ...events }),
    createWorker: (processor) =>
      new Worker(NAME, processor, { connection: working, prefix: REDIS_PREFIX, ...TAKING }),
  }
}

/** LISTEN/NOTIFY wakes the worker; each worker holds one connection for it beside its pool. */
function openPostgres(url: string): Engine {
  const Client = watchedClient({ url })
  const connection = (max: number) => ({
    connectionString: url,
    schema: QUEUE_SCHEMA,
    migrate: true,
    max,
    ...KEEP_ALIVE,
    Client,
    connectionTimeoutMillis: 5000,
    application_name: 'torikomi queue',
    // A wake-up that a crash of the server swallows is made good by the ticker; waiting for the disk would
    // double its time.
    options: '-c synchronous_commit=off',
  })
  const postgres = withBackend(listensWith(Client))
  return {
    queue: new postgres.Queue(NAME, { connection: connection(2), ...events }),
    createWorker: (processor) =>
      new postgres.Worker(NAME, processor, { connection: connection(2), ...TAKING }),
  }
}

/** Internals of BullMQ that its types leave out. */
interface Inner {
  connection: { pgModule: { Client: typeof pg.Client } }
}

/**
 * Longest wait for news before a worker looks for itself. BullMQ's own on Postgres is an hour, which it comes
 * to after each failed wait: a worker whose LISTEN failed once, and whose next one then fell silent, took no
 * job for so long, while its process lived and looked well.
 */
const LONGEST_WAIT_S = 5

/**
 * BullMQ's backend, whose connection that listens notices, as all others do, that nobody is there any more:
 * BullMQ opens it past the pool and its class of clients. A LISTEN without an answer kept a worker from any
 * job for good; and where a proxy keeps a connection that is dead behind it, no keep-alive finds that out,
 * and the worker is told of nothing any more.
 */
function listensWith(Client: typeof pg.Client): typeof createPostgresBackend {
  return (...args) => {
    const backend = createPostgresBackend(...args)
    ;(backend as unknown as Inner).connection.pgModule = { Client }
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: LONGEST_WAIT_S })
    askAfterSilence(backend)
    return backend
  }
}

/** A wait that ended without news may have lost its connection: a statement lets the client find out. */
function askAfterSilence(backend: PostgresQueueBackend): void {
  const wait = backend.waitForJob.bind(backend)
  let heardNothing = false
  let asking = false

  async function ask(): Promise<void> {
    if (asking) return
    asking = true
    try {
      await (await backend.connection.getListenClient()).query('select')
    } catch {
      // The connection has been dropped, and the wait goes on on another.
    } finally {
      asking = false
    }
  }

  backend.waitForJob = async (seconds) => {
    // Not at the end of the silent one: that may have been the last, of a worker that is being closed.
    if (heardNothing) void ask()
    const news = await wait(seconds)
    heardNothing = news === null
    return news
  }
}

/** Back within two seconds of Redis itself, however long it was away. */
const redisRetry = (attempt: number): number => doublingMs(attempt, { firstMs: 100, capMs: 2_000 })

/**
 * After a failover the old server may live on and only read: its address leads to the new one by now, so the
 * connection is made anew and the command repeated (2).
 */
const reconnectOnError = (error: Error): 2 | false => (error.message.includes('READONLY') ? 2 : false)

/**
 * A link that falls silent without an end would hold its commands for as long as the kernel keeps it, a
 * quarter of an hour, and the workers with them. Longer than BullMQ's longest wait for a job, 10 s.
 */
const SILENT_MS = 12_000

/** Options that every connection shares. */
const redisOptions = {
  retryStrategy: redisRetry,
  reconnectOnError,
  connectTimeout: 5000,
  keepAlive: 10_000,
  socketTimeout: SILENT_MS,
  noDelay: true,
} satisfies RedisOptions

/**
 * A connection for short commands: each answers or fails within `commandTimeoutMs`, also while Redis is away.
 * It reconnects for as long as it is open, and its errors are logged, not thrown.
 */
export function connectRedis(url: string, log: Logger, commandTimeoutMs = 1500): Redis {
  const options = { ...redisOptions, maxRetriesPerRequest: 1, commandTimeout: commandTimeoutMs }
  const address = parseRedisUrl(url)
  const redis = 'url' in address ? new Redis(address.url, options) : new Redis({ ...address, ...options })
  const logOnce = createLogOnce(log, 'redis')
  redis.on('error', logOnce.failed)
  redis.on('ready', logOnce.works)
  return redis
}

/** Quits within `timeoutMs`, or drops the connection. */
export async function closeRedis(redis: Redis, timeoutMs: number): Promise<void> {
  const drop = setTimeout(() => redis.disconnect(), timeoutMs)
  await redis.quit().catch(() => redis.disconnect())
  clearTimeout(drop)
}
