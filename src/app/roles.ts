import { statfs } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Role } from '../config/fields.ts'
import type { Config } from '../config/load.ts'
import type { App } from '../http/app-types.ts'
import type { MetricsSource, ReadinessCheck } from '../http/health.ts'
import type { DocExamples } from '../http/openapi/document.ts'
import { buildServer } from '../http/server.ts'
import { readInstallation, setInstallationGauges } from '../installation/state.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { LISTENED_MALLS, type ListenedMalls } from '../marketplaces/mails.ts'
import { dateNow, systemClock } from '../platform/clock.ts'
import { readQuiet } from '../platform/db/data-steps.ts'
import { checkWritable } from '../platform/db/database.ts'
import { cannotListen } from '../platform/errors.ts'
import type { Metrics } from '../platform/metrics.ts'
import { exportMetrics, type MetricSource } from '../platform/otlp.ts'
import { settlesWithin } from '../platform/timeout.ts'
import { readSweepGauges } from '../reconciliation/statements.ts'
import { readCredentialGauges } from '../shops/calendar/lifetimes.ts'
import { readChangeGauges } from '../site-changes/statements.ts'
import { countTurns } from '../worker/statements.ts'
import type { ApiArea } from './api-area.ts'
import { type AreaTools, type Core, createCore, createMessages } from './core.ts'
import { collectorOf, lastSent, type Resources } from './resources.ts'
import type { StopList } from './stop-order.ts'
import type { WorkerArea } from './worker-area.ts'

export interface Parts {
  config: Config
  resources: Resources
  areas: Areas
  metrics: Metrics
  version: string
  docExamples: (() => DocExamples) | undefined
}

/**
 * Starts HTTP first, so that a port in use ends the start before any mail is read, then what works, then what
 * brings work in. Gives the address that it answers at.
 */
export async function startRoles(parts: Parts, stops: StopList): Promise<string> {
  const work = { isQuiet: false }
  const url = await startHttp(parts, work, stops)
  const { database, clock, log } = parts.resources
  const quiet = await readQuiet(database.pool, new Date(clock.now()))
  if (quiet) {
    work.isQuiet = true
    // A restored or copied database may be a drill beside the real one: both would change the same shops.
    log.warn(
      { ...quiet },
      'quiet mode: no mall is called and no mailbox is read until "npm run ops -- resume" and a restart',
    )
    return url
  }
  const { worker, listener } = parts.areas
  if (worker) await startWorker(parts, worker, stops)
  if (listener) {
    const stopListening = listener.listen()
    // A little less than its own limit: it gives its mailboxes back at the end.
    stops.add('listener', (limitMs) => stopListening(limitMs * 0.8))
  }
  return url
}

/**
 * Connections that wait to be accepted; the system takes `net.core.somaxconn` where that is less. Beyond
 * Node's 511 the kernel drops them, and whoever connects meanwhile tries again after 1 s, 3 s and 7 s.
 */
const BACKLOG = 4_096

async function startHttp(parts: Parts, work: Work, stops: StopList): Promise<string> {
  const { config, resources, areas, docExamples } = parts
  const withApi = areas.api !== null
  const metrics = metricsSource(parts.metrics, resources, areas.readGauges, { folder: config.dataDir })
  const collector = collectorOf(config, 'metrics')
  if (collector) {
    const close = await exportMetrics(collector, { ...metrics, now: resources.clock.now })
    stops.add(
      'traces',
      lastSent(close, () => resources.log.warn('the last metrics could not be sent')),
    )
  }
  let draining = false
  const server = await buildServer({
    log: resources.log,
    newId: resources.newId,
    authenticate: areas.authenticate,
    wrongKey: areas.wrongKey,
    metricsKey: config.metricsApiKey,
    ...(areas.api ?? { clientRoutes: [], operatorRoutes: [] }),
    documented: withApi,
    readiness: readiness(resources, withApi, work),
    isDraining: () => draining,
    metrics,
    requestMetrics: parts.metrics,
    version: parts.version,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy ?? false,
    corsOrigins: config.corsOrigins,
    ...(docExamples ? { docExamples } : {}),
  })
  stops.add('http', (limitMs) => closeServer(server, limitMs))
  try {
    await server.listen({ host: config.host, port: config.port, backlog: BACKLOG })
  } catch (error) {
    throw cannotListen(error, { ...config, setting: 'PORT' })
  }
  if (withApi)
    stops.add('readiness', async () => {
      draining = true
      if (config.drainSeconds > 0) await sleep(config.drainSeconds * 1_000)
    })
  return urlOf(server.server.address() as AddressInfo)
}

/** Running requests get nine tenths of the time, then their connections are cut. */
async function closeServer(server: App, limitMs: number): Promise<void> {
  const cut = setTimeout(() => server.server.closeAllConnections(), limitMs * 0.9)
  await server.close()
  clearTimeout(cut)
}

function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

/** A process that began quiet stays so until it is started anew, whatever `ops resume` has said since. */
interface Work {
  isQuiet: boolean
}

/** Lists, pulls and changes are rows: without its queue a process of the role `api` serves all of them. */
function readiness(
  { database, wakeQueue }: Resources,
  withApi: boolean,
  work: Work,
): Record<string, ReadinessCheck> {
  return {
    database: { needed: true, run: () => checkWritable(database) },
    queue: { needed: !withApi, run: async () => void (await wakeQueue.counts()) },
    work: { needed: false, run: async () => (work.isQuiet ? 'quiet' : undefined) },
  }
}

async function startWorker({ config, resources }: Parts, area: WorkerArea, stops: StopList): Promise<void> {
  const { shopWorker, scheduler, queueReader, notices, webhooks } = area
  stops.add('workers', () =>
    Promise.all([scheduler.stop(), queueReader.stop(), notices.stop(), webhooks.stop()]),
  )
  await resources.wakeQueue.work(shopWorker.run, {
    concurrency: config.workerConcurrency,
    shareOf: shopWorker.tenantOf,
  })
  scheduler.start()
  queueReader.start()
  notices.start()
  webhooks.start()
}

/** Above the time that `readInstallation` waits for what does not answer, below Prometheus's ten seconds. */
const SCRAPE_LIMIT_MS = 4_000

/**
 * The registry, with the state of the installation and the areas' own numbers (`readGauges`) read on each
 * scrape. Of what does not answer there is no number at that scrape.
 */
export function metricsSource(
  metrics: Metrics,
  { database, wakeQueue, clock }: Pick<Resources, 'database' | 'wakeQueue' | 'clock'>,
  readGauges: () => Promise<void>,
  { folder = '.', machineNow = systemClock.now }: { folder?: string; machineNow?: () => number } = {},
): MetricsSource & Omit<MetricSource, 'now'> {
  async function readQueue(): Promise<void> {
    metrics.queueJobs.reset()
    const counts = await wakeQueue.counts()
    for (const [state, count] of Object.entries(counts)) metrics.queueJobs.set({ state }, count)
  }
  async function readDisk(): Promise<void> {
    // In a container without a folder of its own: the disk of the containers.
    const disk = await statfs(folder).catch(() => statfs('.'))
    metrics.diskFree.set(disk.bavail * disk.bsize)
    metrics.diskSize.set(disk.blocks * disk.bsize)
  }
  async function readState(): Promise<void> {
    const counted = { counts: readQueue }
    const facts = await readInstallation({ database, wakeQueue: counted, clock, machineNow })
    setInstallationGauges(metrics, facts, clock.now())
    // Counts all processes. Apart from the queue's own counts: a database that is away says nothing of
    // the queue.
    metrics.queueJobs.set({ state: 'active' }, await countTurns(database.pool, dateNow(clock)))
  }
  async function scrape(): Promise<Metrics['registry']> {
    // Before the scrape asks anything: an idle pool opens connections for these questions, which would
    // count as waiting for one.
    const { totalCount, idleCount, waitingCount } = database.pool
    metrics.databaseConnections.set({ state: 'used' }, totalCount - idleCount)
    metrics.databaseConnections.set({ state: 'idle' }, idleCount)
    metrics.databaseConnections.set({ state: 'waiting' }, waitingCount)
    await settlesWithin(SCRAPE_LIMIT_MS, Promise.allSettled([readDisk(), readState(), readGauges()]))
    return metrics.registry
  }
  return {
    contentType: metrics.registry.contentType,
    metrics: async () => (await scrape()).metrics(),
    read: async () => (await scrape()).getMetricsAsJSON(),
    last: () => metrics.registry.getMetricsAsJSON(),
  }
}

/** Parts that the roles of this process need, and no more. */
interface Areas extends Pick<Core, 'wrongKey'> {
  authenticate: Core['authenticator']['authenticate']
  /** Null: this process has not the role. */
  api: ApiArea | null
  worker: WorkerArea | null
  listener: Awaited<ReturnType<typeof listening>> | null
  /** Numbers that are read for a scrape. */
  readGauges(): Promise<void>
}

/**
 * Makes the areas known to each other; nothing runs yet. What only one role needs is loaded where that role
 * is: a process that answers nothing holds no routes, one that reads mails no way to write to a mall.
 */
export async function createAreas(tools: AreaTools, roles: readonly Role[]): Promise<Areas> {
  const speaks = roles.includes('api') || roles.includes('worker')
  const marketplaces = speaks ? await adaptersOf(tools) : new Map()
  const core = createCore(tools, marketplaces)
  const { shared } = core
  const messages = speaks ? await createMessages(core) : null
  return {
    authenticate: core.authenticator.authenticate,
    wrongKey: core.wrongKey,
    api:
      messages && roles.includes('api')
        ? (await import('./api-area.ts')).createApiArea(core, messages)
        : null,
    worker:
      messages && roles.includes('worker')
        ? (await import('./worker-area.ts')).createWorkerArea(core, messages)
        : null,
    listener: roles.includes('listener')
      ? await listening(core, speaks ? marketplaces : (tools.marketplaces ?? LISTENED_MALLS))
      : null,
    readGauges: async () =>
      void (await Promise.all([
        readChangeGauges(shared),
        readSweepGauges(shared),
        readCredentialGauges(shared),
      ])),
  }
}

async function adaptersOf({ marketplaces, config }: AreaTools): Promise<Marketplaces> {
  if (marketplaces) return marketplaces
  const { createMarketplaces } = await import('../marketplaces/index.ts')
  return createMarketplaces(config.malls)
}

/**
 * Starts to listen to mailboxes; the answer stops it again.
 * @param malls adapters where the process has them, else what their mails need alone
 */
async function listening(core: Core, malls: ListenedMalls) {
  const { createListener } = await import('../mail/listener/index.ts')
  return {
    listen() {
      core.warmUpJudge()
      const { shared, mailTools, judge, storeFiles } = core
      const tools = { ...shared, ...mailTools, marketplaces: malls, judge, storeFiles }
      return core.listener.start(createListener(tools))
    },
  }
}
