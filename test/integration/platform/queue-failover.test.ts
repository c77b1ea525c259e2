import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/engines.ts'
import { createWakeQueue, type QueueEngine, type WakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { startGate } from '../../chaos/gate.ts'
import { emptyDatabase } from '../../support/database/database.ts'
import { startSilentProxy } from '../../support/proxies.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../../support/redis.ts'

const log = createLogger({ level: 'silent' })
const cleanUp: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

/** Of two, one works; the other wakes it from elsewhere, as a process without workers does. */
async function openQueue(engine: QueueEngine): Promise<WakeQueue> {
  const queue = await createWakeQueue(engine, log)
  cleanUp.push(() => queue.close(2_000))
  return queue
}

async function command({ port }: PrivateRedis, ...words: [string, ...string[]]): Promise<void> {
  const client = new Redis(port, '127.0.0.1')
  await client.call(...words)
  client.disconnect()
}

// Each test mostly waits for a silence to be noticed; they do so at once.

// As managed Redis does it: the address leads elsewhere by now, while the old connections live on at a server
// that only reads.
test.skipIf(redisMissing)(
  'queue and budgets follow a Redis that failed over [needs redis-server on the PATH]',
  { concurrent: true, timeout: 60_000 },
  async () => {
    const [first, second] = [await startRedis(), await startRedis()]
    cleanUp.push(first.stop, second.stop)
    const gate = await startGate({ host: '127.0.0.1', port: first.port })
    cleanUp.push(gate.close)
    const url = `redis://127.0.0.1:${gate.port}`
    const [queue, elsewhere] = [
      await openQueue({ kind: 'redis', url }),
      await openQueue({ kind: 'redis', url }),
    ]
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
    await elsewhere.wake(['before'])
    await waitFor('a wake-up', async () => seen.includes('before'), Boolean)
    await take()

    gate.open(second.port)
    await command(first, 'REPLICAOF', '127.0.0.1', String(second.port))
    await waitFor(
      'a wake-up after the failover',
      async () => {
        await elsewhere.wake(['after'])
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
  'workers and budgets leave a link to Redis that fell silent without an end [needs redis-server on the PATH]',
  { concurrent: true, timeout: 60_000 },
  async () => {
    const server = await startRedis()
    cleanUp.push(server.stop)
    const gate = await startGate({ host: '127.0.0.1', port: server.port })
    cleanUp.push(gate.close)
    const url = `redis://127.0.0.1:${gate.port}`
    const [queue, elsewhere] = [
      await openQueue({ kind: 'redis', url }),
      await openQueue({ kind: 'redis', url }),
    ]
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
    await elsewhere.wake(['before'])
    await waitFor('a wake-up', async () => seen.includes('before'), Boolean)

    gate.silence(true)
    // Commands that are on their way when it happens, on every connection.
    await elsewhere.wake(['lost'])
    const lost = redis.ping().catch(() => 'lost')
    gate.silence(false)
    await lost
    await waitFor(
      'a wake-up after the silence',
      async () => {
        await elsewhere.wake(['after'])
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

/** Resolves when the worker waits for news, with no statement under way that would find a silence out. */
async function quietQueue(url: string): Promise<pg.Pool> {
  const watcher = new pg.Pool({ connectionString: url, max: 1 })
  cleanUp.push(() => watcher.end())
  const busy = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
    and (state <> 'idle' or state_change > now() - interval '1 second')`
  await waitFor(
    'a quiet queue',
    async () => (await watcher.query(busy)).rowCount,
    (rows) => rows === 0,
  )
  return watcher
}

test.concurrent('workers on Postgres leave a connection that listens and fell silent without an end [needs redis-server on the PATH]', {
  timeout: 90_000,
}, async () => {
  const database = await emptyDatabase()
  cleanUp.push(database.close)
  const proxy = await startSilentProxy(database.url)
  cleanUp.push(proxy.close)
  const engine = { kind: 'postgres', url: proxy.url } as const
  const [queue, elsewhere] = [await openQueue(engine), await openQueue(engine)]
  const seen: string[] = []
  await queue.work(
    async (shopId) => {
      seen.push(shopId)
      return 'done'
    },
    { concurrency: 2 },
  )
  await elsewhere.wake(['before'])
  await waitFor('a wake-up', async () => seen.includes('before'), Boolean)
  const watcher = await quietQueue(database.url)
  const listeners = async () =>
    (await watcher.query<{ pid: number }>(`select pid from pg_stat_activity where application_name = 'wake'`))
      .rows
  const [before] = await listeners()
  proxy.fallSilent(false)
  await waitFor(
    'a wake-up after the silence',
    async () => {
      await elsewhere.wake(['after'])
      return seen.includes('after')
    },
    Boolean,
    { limitMs: 60_000 },
  )
  await waitFor(
    'another connection that listens',
    listeners,
    (now) => now.some(({ pid }) => pid !== before?.pid),
    { limitMs: 30_000 },
  )
})

/** A queue on Postgres behind a gate; `work` takes what it is woken for into `seen`. */
async function gatedQueue() {
  const database = await emptyDatabase()
  cleanUp.push(database.close)
  const server = new URL(database.url)
  const gate = await startGate({ host: server.hostname, port: Number(server.port) })
  cleanUp.push(gate.close)
  server.port = String(gate.port)
  const engine = { kind: 'postgres', url: server.href } as const
  const [queue, elsewhere] = [await openQueue(engine), await openQueue(engine)]
  const seen: string[] = []
  const work = () =>
    queue.work(
      async (shopId) => {
        seen.push(shopId)
        return 'done'
      },
      { concurrency: 2 },
    )
  return { elsewhere, gate, seen, work, database }
}

const LISTEN = /\bLISTEN bullmq_jobs/i

// Without an end to its wait for this one answer a worker took no job any more, and nobody else could tell.
test.concurrent('workers on Postgres work on when the answer to their LISTEN is lost', {
  timeout: 60_000,
}, async () => {
  const { elsewhere, gate, seen, work } = await gatedQueue()
  const lost = Promise.withResolvers<void>()
  gate.answerInstead((said) => {
    if (!LISTEN.test(said)) return null
    lost.resolve()
    return ''
  })
  await work()
  await lost.promise
  gate.answerInstead(null)
  await elsewhere.wake(['after'])
  await waitFor('a wake-up after it', async () => seen.includes('after'), Boolean, { limitMs: 30_000 })
})

/** As a server says it that only reads. */
const REFUSED = 'E\0\0\0\x1cSERROR\0C25006\0Mrefused\0\0Z\0\0\0\x05I'

// After a wait that failed BullMQ waits as long as it ever does.
test.concurrent('workers on Postgres work on when all falls silent after a LISTEN that was refused', {
  timeout: 90_000,
}, async () => {
  const { elsewhere, gate, seen, work, database } = await gatedQueue()
  let refused = 0
  gate.answerInstead((said) => (LISTEN.test(said) && refused++ === 0 ? REFUSED : null))
  await work()
  await waitFor(
    'LISTEN anew',
    async () => refused,
    (times) => times > 1,
  )
  await quietQueue(database.url)
  gate.silence(true)
  gate.silence(false)
  await waitFor(
    'a wake-up after it',
    async () => {
      await elsewhere.wake(['after'])
      return seen.includes('after')
    },
    Boolean,
    { limitMs: 40_000 },
  )
})
