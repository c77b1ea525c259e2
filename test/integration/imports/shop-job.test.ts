import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { STAGE } from '../../../src/orders/store/stage.ts'
import { createScheduler } from '../../../src/worker/scheduler.ts'
import type { JobTurn, ShopJob } from '../../../src/worker/shop-job.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, jobsOf, numbers } from '../../support/imports/import-bench.ts'

/** A job that nobody knows but the list: it has `left` steps to do, for the one shop there is. */
interface MadeUpJob extends ShopJob {
  due: string
  left: number
  maintained: number
}

let database: TestDatabase
let bench: ImportBench
/** What happened, in its order. */
let told: string[]
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  told = []
})

function madeUp(time: ShopJob['time'], work: Partial<JobTurn> = {}): MadeUpJob {
  const job: MadeUpJob = {
    name: 'made up',
    time,
    left: 1,
    maintained: 0,
    async dueShops(now) {
      return job.left > 0 ? [{ shopId: bench.shopId, dueSince: now, latestDueAt: new Date(0) }] : []
    },
    due: 'true',
    begin: () => ({
      async run(turn) {
        if (job.left === 0) return 'done'
        job.left -= 1
        const opened = await turn.open()
        told.push(`${job.name} after ${bench.mall.calls.length} calls, ${opened ? 'opened' : 'closed'}`)
        return 'again'
      },
      ...work,
    }),
    maintain: { name: 'made up', firstMs: 500, everyMs: 500, run: async () => void job.maintained++ },
  }
  bench.deps.moreJobs = [job]
  return job
}

describe('a job that is added to the list', () => {
  it.each(['shared', 'own'] as const)('works in its shop’s turn after new orders (%s time)', async (time) => {
    const job = madeUp(time)
    job.left = 2
    const [number = ''] = numbers(1)
    bench.mall.place(number)
    await bench.want([number])
    await bench.run()
    expect(told).toEqual(['made up after 1 calls, opened', 'made up after 1 calls, opened'])
    expect(await database.db.order.count()).toBe(1)
  })

  it('wakes its shop', async () => {
    const job = madeUp('shared')
    const woken: string[] = []
    const scheduler = createScheduler({
      ...bench.deps,
      jobs: jobsOf(bench.deps),
      wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
    })
    expect(await scheduler.tick()).toEqual([bench.shopId])
    expect(woken).toEqual([bench.shopId])
    job.left = 0
    bench.clock.advance(60_000)
    expect(await scheduler.tick()).toEqual([])
  })

  it('wakes it once with what waits beside it', async () => {
    madeUp('shared')
    await bench.want(numbers(3))
    const scheduler = createScheduler({
      ...bench.deps,
      jobs: jobsOf(bench.deps),
      wakeQueue: { wake: async () => undefined },
    })
    expect(await scheduler.tick()).toEqual([bench.shopId])
  })

  it('is maintained by the scheduler', async () => {
    const job = madeUp('own')
    const scheduler = createScheduler({
      ...bench.deps,
      jobs: [job],
      wakeQueue: { wake: async () => undefined },
    })
    scheduler.start()
    await bench.clock.untilSleeping(2)
    bench.clock.advance(500)
    await bench.clock.untilSleeping(2)
    await scheduler.stop()
    expect(job.maintained).toBe(1)
  })

  it('gets a step when those before it have used up the time, but not when they stopped the shop', async () => {
    const job = madeUp('shared')
    // Each call of the mall takes longer than a turn.
    bench.mall.beforeAnswer(() => bench.clock.advance(5_000))
    bench.mall.place(numbers(1)[0] ?? '')
    await bench.want(numbers(1))
    expect(await bench.turn()).toBe('again')
    expect(job.left).toBe(0)
    job.left = 1
    bench.mall.refuse(new MarketplaceFailure({ kind: 'throttled', code: 'T', message: '-' }))
    await bench.want(['123456-20260115-0000000099'])
    expect(await bench.turn()).toBe('done')
    expect(job.left).toBe(1)
  })

  it('gets a step in twenty seconds of a backlog, and one a turn at its end', async () => {
    const job = madeUp('shared')
    job.left = 100
    const wanted = numbers(1_300)
    // A turn has time for one call, of a hundred orders.
    bench.mall.beforeAnswer(() => bench.clock.advance(4_000))
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    const stepsAfter = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) expect(await bench.turn()).toBe('again')
      return 100 - job.left
    }
    expect(await stepsAfter(5)).toBe(1)
    expect(await stepsAfter(5)).toBe(2)
    // The last three hundred are no backlog any more once some of them are here.
    expect(await stepsAfter(2)).toBe(4)
    expect(await database.db.order.count()).toBe(1_200)
  })

  it('stops the shop for all others', async () => {
    madeUp('shared', {
      async run(turn) {
        await turn.stop(new MarketplaceFailure({ kind: 'throttled', code: 'MADE_UP', message: '-' }))
        return 'again'
      },
    })
    expect(await bench.turn()).toBe('done')
    const { laneClosedReason } = await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
    expect(laneClosedReason).toBe('MADE_UP')
  })

  it('of its own time goes first where the others left nothing for it the last time', async () => {
    const job = madeUp('own')
    const failure = new MarketplaceFailure({
      kind: 'throttled',
      code: 'T',
      message: '-',
      until: new Date(bench.clock.now() + 2_000),
    })
    bench.mall.refuse(failure)
    await bench.want(numbers(1))
    await bench.turn()
    expect(job.left).toBe(1)
    bench.clock.advance(60_000)
    bench.mall.refuse(null)
    const calls = bench.mall.calls.length
    await bench.turn()
    expect(told[0]).toBe(`made up after ${calls} calls, opened`)
  })

  it('costs a lone order no statement where nothing of it is due', async () => {
    bench.mall.place(numbers(1)[0] ?? '')
    await bench.want(numbers(1))
    const { pool } = bench.deps
    const sent: string[] = []
    bench.deps.pool = new Proxy(pool, {
      get: (of, name) =>
        name === 'query'
          ? (...[statement, ...more]: [{ text: string }]) => {
              sent.push(statement.text)
              return pool.query(statement, ...more)
            }
          : Reflect.get(of, name),
    })
    expect(await bench.turn()).toBe('done')
    expect(sent).toEqual([expect.stringContaining('import_requests'), STAGE.sql])
  })

  it('is given what its expression says is due', async () => {
    const job = madeUp('shared')
    let given: unknown
    job.due = '$1::uuid'
    job.begin = (due) => ({
      async run() {
        given = due
        return 'done'
      },
    })
    await bench.turn()
    expect(given).toBe(bench.shopId)
  })

  it('is not asked where nothing of it was due, until another job may have made it so', async () => {
    const idle = { ...madeUp('own'), due: 'null', name: 'idle' }
    const other = madeUp('shared')
    bench.deps.moreJobs = [idle, other]
    other.left = 0
    bench.mall.place(numbers(1)[0] ?? '')
    await bench.want(numbers(1))
    expect(await bench.turn()).toBe('done')
    expect(told).toEqual([])
    other.left = 1
    await bench.turn()
    expect(told).toHaveLength(2)
  })

  it('works in no turn of a shop that stands still', async () => {
    const job = madeUp('shared')
    await database.db.shop.update({ where: { id: bench.shopId }, data: { enabled: false } })
    expect(await bench.turn()).toBe('done')
    expect(job.left).toBe(1)
  })
})
