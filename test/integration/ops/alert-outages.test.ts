import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { metricsSource } from '../../../src/app/roles.ts'
import type { Role } from '../../../src/config/fields.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { createWakeQueue, type WakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { firing, labelled, parseScrape, promtoolMissing, type Scrape } from '../../support/ops/alert-rig.ts'
import { type SilentProxy, startSilentProxy } from '../../support/proxies.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../../support/redis.ts'

/**
 * The rules about what the service stands on: each is taken away for real, and promtool is given what the
 * process itself says at /metrics then. Rules about rows: alert-faults.test.ts; about how things go:
 * alert-rates.test.ts.
 */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const ROLES: readonly Role[] = ['api', 'listener', 'worker']

let server: TestDatabase
let proxy: SilentProxy
let database: Database
let redis: PrivateRedis
let wakeQueue: WakeQueue
let machineAheadMs = 0
let metrics: ReturnType<typeof createMetrics>

beforeAll(async () => {
  server = await freshDatabase()
})
afterAll(() => server?.close())
beforeEach(async () => {
  proxy = await startSilentProxy(server.url)
  database = await openDatabase({ url: proxy.url, log: { warn: () => undefined }, maxConnections: 4 })
  redis = await startRedis()
  wakeQueue = await createWakeQueue({ kind: 'redis', url: redis.url }, pino({ level: 'silent' }))
  metrics = createMetrics({ processMetrics: true, roles: ROLES })
})
afterEach(async () => {
  proxy.serveAgain()
  await wakeQueue.close(1_000)
  await redis.stop()
  await database.close()
  await proxy.close()
})

async function scrape(): Promise<Scrape> {
  const tools = { database, wakeQueue, clock: systemClock }
  const machineNow = () => systemClock.now() + machineAheadMs
  const source = metricsSource(metrics, tools, async () => undefined, { machineNow })
  return labelled(parseScrape(await source.metrics()), 'a')
}

/**
 * As the processes of a restart loop say when they began: in whole seconds, so that each begins a second
 * after the one before.
 */
async function restarted(): Promise<Scrape[]> {
  const code =
    "import { createMetrics } from './src/platform/metrics.ts'; console.log(await createMetrics({ processMetrics: true, roles: ['api', 'listener', 'worker'] }).registry.metrics())"
  const scrapes: Scrape[] = []
  while (scrapes.length < 5) {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const begun = new Map([...parseScrape(stdout)].filter(([name]) => /process_start_time|_roles/.test(name)))
    scrapes.push(labelled(begun, 'a'))
    await sleep(1_000)
  }
  return scrapes
}

/** For sessions to come, as those see it that come after a failover. */
async function onlyReads(change: string): Promise<void> {
  const client = await server.pool.connect()
  await client.query('set default_transaction_read_only = off')
  await client.query(`alter database "${new URL(server.url).pathname.slice(1)}" ${change}`)
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  client.release()
}

interface Outage {
  /** What Prometheus sees during it, a minute each. */
  during(): Promise<Scrape[]>
  end?(): unknown
}
const seen = (): Promise<Scrape[]> => scrape().then((one) => Array.from({ length: 30 }, () => one))

const OUTAGES: Readonly<Record<string, Outage>> = {
  TorikomiDatabaseAway: {
    during() {
      proxy.fallSilent(true)
      return seen()
    },
    end: () => proxy.serveAgain(),
  },
  TorikomiDatabaseReadOnly: {
    async during() {
      await onlyReads('set default_transaction_read_only = on')
      // The first statement on each old connection only finds out that it was cut.
      await scrape()
      return seen()
    },
    end: () => onlyReads('reset default_transaction_read_only'),
  },
  TorikomiDatabaseFull: {
    async during() {
      const full = `do $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`
      await expect(database.pool.query(full)).rejects.toThrow('could not extend')
      return seen()
    },
  },
  TorikomiQueueAway: {
    async during() {
      await redis.stop()
      return seen()
    },
  },
  TorikomiClockSkewed: {
    during() {
      machineAheadMs = 60_000
      return seen()
    },
    end: () => {
      machineAheadMs = 0
    },
  },
  // One of two, which stays a target.
  TorikomiProcessDown: {
    during: () =>
      seen().then((all) => all.map((one) => new Map([...one, ...labelled(new Map(), 'b', false)]))),
  },
  // The names of Compose know no container that is stopped: Prometheus has no target then, and no `up`.
  TorikomiRoleGone: { during: async () => Array.from({ length: 30 }, () => new Map()) },
  TorikomiRestarts: { during: restarted },
}

test.skipIf(promtoolMissing ?? redisMissing).each(Object.entries(OUTAGES))(
  '%s fires alone while it lasts [needs promtool and redis-server on the PATH]',
  async (name, { during, end }) => {
    const well = await scrape()
    const ill = await during().finally(end)
    const stretch = (after: Scrape, minutes: number) => ({ minutes, before: after, after })
    const stretches = [
      stretch(well, 60),
      ...ill.map((one) => stretch(one, 1)),
      stretch(ill.at(-1) ?? well, 5),
    ]
    const last = 60 + ill.length + 3
    const fires = await firing(stretches, [50, last])
    expect([...fires]).toEqual([[name, [last]]])
  },
)
