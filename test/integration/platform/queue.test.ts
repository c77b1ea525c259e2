import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { asTenant, currentTenant } from '../../../src/platform/db/tenant-scope.ts'
import { QUEUE_SCHEMA } from '../../../src/platform/queue/engines.ts'
import {
  createWakeQueue,
  type QueueEngine,
  type WakeHandler,
  type WakeQueue,
} from '../../../src/platform/queue/wake-queue.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { freePort, type PrivateRedis, redisMissing, startRedis } from '../../support/redis.ts'

const log = pino({ level: 'silent' })
const open: WakeQueue[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((queue) => queue.close(2000)))
})

async function newQueue(engine: QueueEngine): Promise<WakeQueue> {
  const queue = await createWakeQueue(engine, log)
  open.push(queue)
  return queue
}

/** A promise to be resolved from outside. */
function gate<T = void>() {
  return Promise.withResolvers<T>()
}

const eventually = async (check: () => Promise<boolean> | boolean, what: string) => {
  const deadline = Date.now() + 50_000
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not in 50 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

interface Store {
  engine: QueueEngine
  stop(): Promise<void>
}

const stores: Record<string, { missing: string | null; start(): Promise<Store> }> = {
  postgres: {
    missing: null,
    async start() {
      const database = await freshDatabase()
      return { engine: { kind: 'postgres', url: database.url }, stop: () => database.close() }
    },
  },
  redis: {
    missing: redisMissing,
    async start() {
      const redis = await startRedis()
      return { engine: { kind: 'redis', url: redis.url }, stop: () => redis.stop() }
    },
  },
}

for (const [name, { missing, start }] of Object.entries(stores)) {
  describe.skipIf(missing)(`wake queue on ${name}${missing ? ` (left out: ${missing})` : ''}`, () => {
    let store: Store
    beforeAll(async () => {
      store = await start()
    })
    afterAll(() => store?.stop())

    test('a wake-up during a run yields one more run, and no second one', async () => {
      const queue = await newQueue(store.engine)
      const entered = [gate(), gate()]
      const leave = [gate(), gate()]
      let runs = 0
      let parallel = 0
      let most = 0
      await queue.work(
        async () => {
          const run = runs++
          most = Math.max(most, ++parallel)
          entered[run]?.resolve()
          await leave[run]?.promise
          parallel--
          return 'done'
        },
        { concurrency: 4 },
      )
      await queue.wake(['shop-a'])
      await entered[0]?.promise
      await Promise.all([queue.wake(['shop-a']), queue.wake(['shop-a', 'shop-a']), queue.wake(['shop-a'])])
      leave[0]?.resolve()
      await entered[1]?.promise
      leave[1]?.resolve()
      await eventually(async () => total(await queue.counts()) === 0, 'queue is empty')
      expect(runs).toBe(2)
      expect(most).toBe(1)
    })

    test('wake-ups that wait are one', async () => {
      const queue = await newQueue(store.engine)
      await queue.wake(['shop-a', 'shop-b'])
      await queue.wake(['shop-a'])
      await queue.wake(['shop-b', 'shop-a'])
      expect((await queue.counts()).waiting).toBe(2)
      const seen: string[] = []
      await queue.work(
        async (shopId) => {
          seen.push(shopId)
          return 'done'
        },
        { concurrency: 1 },
      )
      await eventually(async () => total(await queue.counts()) === 0, 'queue is empty')
      expect(seen.toSorted()).toEqual(['shop-a', 'shop-b'])
    })

    test('shops run beside each other up to the concurrency, and not above', async () => {
      const queue = await newQueue(store.engine)
      const full = gate()
      const leave = gate()
      let now = 0
      let most = 0
      const handler: WakeHandler = async () => {
        most = Math.max(most, ++now)
        if (now === 3) full.resolve()
        await leave.promise
        now--
        return 'done'
      }
      await queue.work(handler, { concurrency: 3 })
      await queue.wake(['s1', 's2', 's3', 's4', 's5'])
      await full.promise
      expect((await queue.counts()).waiting).toBe(2)
      leave.resolve()
      await eventually(async () => total(await queue.counts()) === 0, 'queue is empty')
      expect(most).toBe(3)
    })

    test('a shop that has more comes again behind the others, whoever woke them', async () => {
      const [queue, elsewhere] = [await newQueue(store.engine), await newQueue(store.engine)]
      const seen: string[] = []
      const entered = gate()
      const leave = gate()
      const done = gate()
      await queue.work(
        async (shopId) => {
          seen.push(shopId)
          entered.resolve()
          await leave.promise
          if (seen.length === 5) done.resolve()
          return shopId === 'big' && seen.length < 5 ? 'again' : 'done'
        },
        { concurrency: 1 },
      )
      await queue.wake(['big'])
      await entered.promise
      await elsewhere.wake(['elsewhere'])
      await eventually(async () => {
        const { waiting, active } = await queue.queue.getJobCounts('waiting', 'active')
        return waiting === 0 && active === 0 && (await queue.counts()).waiting === 1
      }, 'taken off the queue')
      await queue.wake(['here'])
      leave.resolve()
      await done.promise
      expect(seen).toEqual(['big', 'elsewhere', 'here', 'big', 'big'])
    })

    test('one tenant’s many shops leave the next place to another’s', async () => {
      const queue = await newQueue(store.engine)
      const seen: string[] = []
      const leave = gate()
      await queue.work(
        async (shopId) => {
          seen.push(shopId)
          await leave.promise
          return 'done'
        },
        { concurrency: 1, shareOf: ([tenant]) => tenant },
      )
      await queue.wake(['a1', 'a2', 'a3'])
      await queue.wake(['b1'])
      leave.resolve()
      await eventually(async () => total(await queue.counts()) === 0, 'queue is empty')
      expect(seen).toEqual(['a1', 'b1', 'a2', 'a3'])
    })

    test('a slice that fails is counted, keeps no words of the error, and the shop can be woken again', async () => {
      const queue = await newQueue(store.engine)
      const seen: string[] = []
      await queue.work(
        async (shopId) => {
          seen.push(shopId)
          if (seen.length === 1) throw new Error('山田太郎')
          return 'done'
        },
        { concurrency: 1 },
      )
      const before = (await queue.counts()).failed
      await queue.wake(['shop-x'])
      await eventually(async () => (await queue.counts()).failed === before + 1, 'failure is counted')
      await queue.wake(['shop-x'])
      await eventually(() => seen.length === 2, 'woken again')
    })

    test('a wake-up in a process that works needs no queue, and is the service’s own work', async () => {
      const queue = await newQueue(store.engine)
      const seen: unknown[] = []
      await queue.work(
        async (shopId) => {
          seen.push(shopId, currentTenant())
          return 'done'
        },
        { concurrency: 1 },
      )
      const before = await queue.queue.getJobCounts()
      void asTenant('a-tenant', () => queue.wake(['shop-a']))
      // At once: nothing was waited for.
      expect(seen).toEqual(['shop-a', null])
      expect(await queue.queue.getJobCounts()).toEqual(before)
    })

    test('what still waits as a process ends goes to another', async () => {
      const [first, second] = [await newQueue(store.engine), await newQueue(store.engine)]
      const entered = gate()
      const leave = gate()
      await first.work(
        async () => {
          entered.resolve()
          await leave.promise
          return 'again'
        },
        { concurrency: 1 },
      )
      await first.wake(['running', 'waiting'])
      await entered.promise
      const closed = first.close(20_000)
      leave.resolve()
      await closed
      const seen: string[] = []
      await second.work(
        async (shopId) => {
          seen.push(shopId)
          return 'done'
        },
        { concurrency: 1 },
      )
      await eventually(() => seen.length === 2, 'both are taken')
      expect(seen.toSorted()).toEqual(['running', 'waiting'])
    })

    test('close waits for a running slice', async () => {
      const queue = await newQueue(store.engine)
      const entered = gate()
      const leave = gate()
      const ends: string[] = []
      await queue.work(
        async () => {
          entered.resolve()
          await leave.promise
          ends.push('slice')
          return 'done'
        },
        { concurrency: 1 },
      )
      await queue.wake(['slow'])
      await entered.promise
      const closed = queue.close(60_000).then(() => ends.push('queue'))
      // Known as closing, and still there while the slice runs.
      await queue.queue.count()
      expect(ends).toEqual([])
      leave.resolve()
      await closed
      expect(ends).toEqual(['slice', 'queue'])
    })

    test('close aborts a slice that does not end, and returns in time though it never does', async () => {
      const queue = await newQueue(store.engine)
      const entered = gate()
      const aborted = gate()
      await queue.work(
        (_shopId, signal) => {
          entered.resolve()
          signal.addEventListener('abort', () => aborted.resolve())
          return new Promise(() => {})
        },
        { concurrency: 1 },
      )
      await queue.wake(['stuck'])
      await entered.promise
      // One that waited for the slice would never return.
      await queue.close(1000)
      await aborted.promise
    })
  })
}

describe.skipIf(redisMissing)('Redis that is away [needs redis-server on the PATH]', () => {
  let redis: PrivateRedis | null = null
  afterEach(async () => {
    await redis?.stop()
    redis = null
  })

  test('the queue starts without it, wake() does not hang, and works when it is there', async () => {
    const port = await freePort()
    const queue = await createWakeQueue({ kind: 'redis', url: `redis://127.0.0.1:${port}` }, log, {
      wakeTimeoutMs: 200,
    })
    const elsewhere = await createWakeQueue({ kind: 'redis', url: `redis://127.0.0.1:${port}` }, log, {
      wakeTimeoutMs: 200,
    })
    open.push(queue, elsewhere)
    const seen: string[] = []
    await queue.work(
      async (shopId) => {
        seen.push(shopId)
        return 'done'
      },
      { concurrency: 1 },
    )
    await queue.wake(['here'])
    expect(seen).toEqual(['here'])
    // A wake-up that waited for Redis would never end.
    await elsewhere.wake(['lost-or-late'])
    redis = await startRedis({ port })
    await eventually(async () => {
      await elsewhere.wake(['shop'])
      return seen.includes('shop')
    }, 'works once Redis is there')
  })

  test('it works again after Redis was killed and came back empty', async () => {
    redis = await startRedis()
    const { port, url } = redis
    const [queue, elsewhere] = [
      await newQueue({ kind: 'redis', url }),
      await newQueue({ kind: 'redis', url }),
    ]
    let runs = 0
    await queue.work(
      async () => {
        runs++
        return 'done'
      },
      { concurrency: 1 },
    )
    await elsewhere.wake(['shop'])
    await eventually(() => runs === 1, 'first run')
    await redis.stop()
    await elsewhere.wake(['shop'])
    redis = await startRedis({ port })
    await eventually(async () => {
      await elsewhere.wake(['shop'])
      return runs >= 2
    }, 'works again')
  })
})

test('Postgres that cut all connections is survived, and the tables are in their own schema', async () => {
  const database = await freshDatabase()
  const engine: QueueEngine = { kind: 'postgres', url: database.url }
  const [queue, elsewhere] = [await newQueue(engine), await newQueue(engine)]
  let runs = 0
  await queue.work(
    async () => {
      runs++
      return 'done'
    },
    { concurrency: 1 },
  )
  const client = new pg.Client(database.url)
  await client.connect()
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
  await eventually(async () => {
    await elsewhere.wake(['shop'])
    return runs >= 1
  }, 'works after the cut')
  const { rows } = await client.query(
    `SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'public')`,
  )
  expect(rows).toEqual([{ table_schema: QUEUE_SCHEMA }])
  await client.end()
  await Promise.all([queue.close(3000), elsewhere.close(3000)])
  await database.close()
})

const total = (counts: { waiting: number; active: number; delayed: number }) =>
  counts.waiting + counts.active + counts.delayed
