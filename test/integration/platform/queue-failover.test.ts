import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { createLanes } from '../../../src/marketplaces/quota/lane.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/redis.ts'
import { createWakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { startGate } from '../../chaos/gate.ts'
import { emptyDatabase } from '../../support/database/database.ts'
import { startSilentProxy } from '../../support/database/silent-proxy.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../../support/redis.ts'

const log = createLogger({ level: 'silent' })
const cleanUp: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

async function command({ port }: PrivateRedis, ...words: [string, ...string[]]): Promise<void> {
  const client = new Redis(port, '127.0.0.1')
  await client.call(...words)
  client.disconnect()
}

// As managed Redis does it: the address leads elsewhere by now, while the old connections live on at a server that only reads.
test.skipIf(redisMissing)(
  'queue and budgets follow a Redis that failed over',
  { timeout: 60_000 },
  async () => {
    const [first, second] = [await startRedis(), await startRedis()]
    cleanUp.push(first.stop, second.stop)
    const gate = await startGate({ host: '127.0.0.1', port: first.port })
    cleanUp.push(gate.close)
    const url = `redis://127.0.0.1:${gate.port}`
    const queue = await createWakeQueue({ kind: 'redis', url }, log)
    cleanUp.push(() => queue.close(2_000))
    const redis = connectRedis(url, log)
    cleanUp.push(() => closeRedis(redis, 1_000))
    const seen: string[] = []
    await queue.work(
      async (shopId) => {
        seen.push(shopId)
        return 'done'
      },
      { concurrency: 2 },
    )
    const clock = { now: Date.now, sleep: async () => undefined }
    const lane = createLanes({ store: { kind: 'redis', redis }, clock }).lane()
    const take = () =>
      lane.take({ key: 'test', perSecond: 1_000, burst: 1_000 }, new AbortController().signal)
    await queue.wake(['before'])
    await waitFor('a wake-up', async () => seen.includes('before'), Boolean)
    await take()

    gate.open(second.port)
    await command(first, 'REPLICAOF', '127.0.0.1', String(second.port))
    await waitFor(
      'a wake-up after the failover',
      async () => {
        await queue.wake(['after'])
        return seen.includes('after')
      },
      Boolean,
      { everyMs: 500, limitMs: 30_000 },
    )
    await waitFor(
      'a budget',
      () =>
        take().then(
          () => true,
          () => false,
        ),
      Boolean,
      { limitMs: 10_000 },
    )
  },
)

test.skipIf(redisMissing)(
  'workers and budgets leave a link to Redis that fell silent without an end',
  { timeout: 60_000 },
  async () => {
    const server = await startRedis()
    cleanUp.push(server.stop)
    const gate = await startGate({ host: '127.0.0.1', port: server.port })
    cleanUp.push(gate.close)
    const url = `redis://127.0.0.1:${gate.port}`
    const queue = await createWakeQueue({ kind: 'redis', url }, log)
    cleanUp.push(() => queue.close(2_000))
    const redis = connectRedis(url, log)
    cleanUp.push(() => closeRedis(redis, 1_000))
    const seen: string[] = []
    await queue.work(
      async (shopId) => {
        seen.push(shopId)
        return 'done'
      },
      { concurrency: 2 },
    )
    await queue.wake(['before'])
    await waitFor('a wake-up', async () => seen.includes('before'), Boolean)

    gate.silence(true)
    // Commands that are on their way when it happens, on every connection.
    await queue.wake(['lost'])
    const lost = redis.ping().catch(() => 'lost')
    gate.silence(false)
    await lost
    await waitFor(
      'a wake-up after the silence',
      async () => {
        await queue.wake(['after'])
        return seen.includes('after')
      },
      Boolean,
    )
    await waitFor(
      'an answer after the silence',
      () => redis.ping().catch(() => 'none'),
      (answer) => answer === 'PONG',
    )
  },
)

test('workers on Postgres leave a connection that listens and fell silent without an end', {
  timeout: 90_000,
}, async () => {
  const database = await emptyDatabase()
  cleanUp.push(database.close)
  const proxy = await startSilentProxy(database.url)
  cleanUp.push(proxy.close)
  const queue = await createWakeQueue({ kind: 'postgres', url: proxy.url }, log)
  cleanUp.push(() => queue.close(2_000))
  const seen: string[] = []
  await queue.work(
    async (shopId) => {
      seen.push(shopId)
      return 'done'
    },
    { concurrency: 2 },
  )
  await queue.wake(['before'])
  await waitFor('a wake-up', async () => seen.includes('before'), Boolean)
  // The worker waits for news, with no statement under way that would find the silence out.
  const watcher = new pg.Pool({ connectionString: database.url, max: 1 })
  cleanUp.push(() => watcher.end())
  const busy = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and (state <> 'idle' or state_change > now() - interval '1 second')`
  await waitFor(
    'a quiet queue',
    async () => (await watcher.query(busy)).rowCount,
    (rows) => rows === 0,
  )
  proxy.fallSilent(false)
  await waitFor(
    'a wake-up after the silence',
    async () => {
      await queue.wake(['after'])
      return seen.includes('after')
    },
    Boolean,
    { limitMs: 60_000 },
  )
})
