import { hostname } from 'node:os'
import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config/load.ts'
import { type LaneStore, prepareLaneTable } from '../marketplaces/quota/buckets.ts'
import { createLanes, type Lanes } from '../marketplaces/quota/lanes.ts'

import type { Clock } from '../platform/clock.ts'
import {
  createSealer,
  type EncryptionKeys,
  parseEncryptionKeys,
  type Sealer,
} from '../platform/crypto/sealer.ts'
import { loadOrCreateEncryptionKeys, loadOrCreateOperatorKey } from '../platform/data-dir.ts'
import { type Database, openDatabase } from '../platform/db/database.ts'
import { startDatabaseClock } from '../platform/db/database-clock.ts'
import { startEmbeddedPostgres } from '../platform/db/embedded/start.ts'
import { applyMigrations, checkMigrated } from '../platform/db/migrate.ts'
import type { HttpClient } from '../platform/http/http-client.ts'
import { type ClosableHttpClient, createHttpClient } from '../platform/http/undici-client.ts'
import { createNewId, type NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Collector } from '../platform/otlp.ts'
import { closeRedis, connectRedis } from '../platform/queue/engines.ts'
import { createWakeQueue, type WakeQueue } from '../platform/queue/wake-queue.ts'
import type { Random } from '../platform/random.ts'
import { settlesWithin } from '../platform/timeout.ts'
import { openTracing, type Tracing } from '../platform/tracing.ts'
import { checkKeys, checkQueueSchema } from './check-keys.ts'
import { databaseFailure, type StartRetry } from './start-failure.ts'
import type { StopList } from './stop-order.ts'

/** Dependencies of all areas. */
export interface Resources {
  clock: Clock
  random: Random
  log: Logger
  newId: NewId
  sealer: Sealer
  operatorKey: string | null
  database: Database
  wakeQueue: WakeQueue
  lanes: Lanes
  http: HttpClient
  /** Null: no collector is set. */
  tracing: Tracing | null
}

export interface Tools {
  /** Instead of the database's time. */
  clock?: Clock
  random: Random
  log: Logger
  /** Instead of the real way out to the malls. */
  http?: HttpClient
  /** Waits for a database that is not there yet. */
  until: StartRetry
}

/** Opens everything outside this process; each thing puts its own end on the list as soon as it is open. */
export async function openResources(config: Config, tools: Tools, stops: StopList): Promise<Resources> {
  const { random, log } = tools
  const secrets = await readSecrets(config, random)
  const database = await openStore(config, tools, stops)
  const clock = tools.clock ?? (await openClock(database, log, stops))
  const sealer = createSealer(secrets.encryptionKeys, random)
  await checkKeys(database.pool, sealer)
  if (!config.redisUrl) await checkQueueSchema(database.pool)
  const wakeQueue = await createWakeQueue(
    config.redisUrl ? { kind: 'redis', url: config.redisUrl } : { kind: 'postgres', url: database.url },
    log,
  )
  stops.add('workers', (limitMs) => wakeQueue.close(limitMs))
  const tracing = await openTraces(config, log, stops)
  const http = tools.http ?? openHttp(config, stops)
  return {
    clock,
    random,
    log,
    newId: createNewId(clock, random),
    sealer,
    operatorKey: secrets.operatorKey,
    database,
    wakeQueue,
    lanes: createLanes({ store: await openLaneStore(config, database, log, stops), clock }),
    http: tracing?.http(http, clock.now) ?? http,
    tracing,
  }
}

async function openStore(config: Config, { log, until }: Tools, stops: StopList): Promise<Database> {
  let url = config.databaseUrl
  if (url === null) {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log })
    stops.add('embedded postgres', () => embedded.stop())
    url = embedded.url
  }
  const reached = url
  const settings = {
    url: reached,
    log,
    maxConnections: config.databaseConnections,
    ...(config.databaseCommitWaitsFor === 'server' ? {} : { commitWaitsFor: config.databaseCommitWaitsFor }),
  }
  const opened = async () => {
    await until('database', async () => {
      if (config.migrateOnStart) await applyMigrations(config.databaseMigrateUrl ?? reached, log)
      else await checkMigrated(reached)
    })
    return until('database', () => openDatabase(settings))
  }
  const database = await opened().catch((error: unknown) => {
    throw config.databaseUrl === null ? error : databaseFailure(error, config.databaseUrl)
  })
  stops.add('database', () => database.close())
  return database
}

async function openClock({ pool }: Database, log: Logger, stops: StopList): Promise<Clock> {
  const clock = await startDatabaseClock({ pool, log })
  stops.add('clock', async () => clock.stop())
  return clock
}

async function openTraces(config: Config, log: Logger, stops: StopList): Promise<Tracing | null> {
  const collector = collectorOf(config, 'traces')
  if (collector === null) return null
  const tracing = await openTracing(collector)
  stops.add(
    'traces',
    lastSent(tracing.close, () => log.warn('the last traces could not be sent')),
  )
  return tracing
}

/** Null: none is set, or it gets nothing of this kind. */
export function collectorOf(
  { otlp, roles }: Config,
  signal: 'traces' | 'metrics' | 'logs',
): Collector | null {
  if (!otlp?.[signal]) return null
  const instanceId = `${hostname()}:${process.pid}`
  return { endpoint: otlp.endpoint, version: packageJson.version, role: roles.join(','), instanceId }
}

/** A stop step: a collector that is away must not hold up the end. */
export const lastSent =
  (close: () => Promise<unknown>, onFailure: () => void) =>
  (limitMs: number): Promise<unknown> =>
    settlesWithin(limitMs / 2, close().catch(onFailure))

async function openLaneStore(
  config: Config,
  database: Database,
  log: Logger,
  stops: StopList,
): Promise<LaneStore> {
  if (config.redisUrl) {
    const redis = connectRedis(config.redisUrl, log)
    stops.add('redis', (limitMs) => closeRedis(redis, limitMs / 2))
    return { kind: 'redis', redis }
  }
  await prepareLaneTable(database.pool)
  return { kind: 'postgres', pool: database.pool }
}

/** The way out to malls and to providers of tokens. */
export function createConfiguredHttp(config: Config): ClosableHttpClient {
  const malls = createHttpClient({
    // A mailbox's own token endpoint (kind oauth) may stand beside its mail server.
    allowPrivateHosts: [...config.replacedMallHosts, ...config.mailboxAllowedPrivateHosts],
  })
  // Two clients, as a connection that is kept open is checked no more.
  const entered = createHttpClient({
    allowPrivateHosts: config.shopAllowedPrivateHosts,
    connectionsPerHost: 4,
  })
  return {
    request: (request, signal) => (request.entered ? entered : malls).request(request, signal),
    close: async () => void (await Promise.all([malls.close(), entered.close()])),
  }
}

function openHttp(config: Config, stops: StopList): HttpClient {
  const http = createConfiguredHttp(config)
  stops.add('mall connections', () => http.close())
  return http
}

interface Secrets {
  encryptionKeys: EncryptionKeys
  /** Null in a process that lets no operator in. */
  operatorKey: string | null
}

/** From the settings, or made once in the data folder. Call it before the embedded Postgres starts. */
async function readSecrets(
  config: Pick<Config, 'dataDir' | 'encryptionKeys' | 'operatorApiKey' | 'production'>,
  random: Random,
): Promise<Secrets> {
  const { dataDir } = config
  return {
    encryptionKeys: config.encryptionKeys
      ? parseEncryptionKeys(config.encryptionKeys)
      : await loadOrCreateEncryptionKeys(dataDir, random),
    // In production a process without it serves no api (src/config/load.ts), and its folder may be read-only.
    operatorKey:
      config.operatorApiKey ?? (config.production ? null : await loadOrCreateOperatorKey(dataDir, random)),
  }
}
