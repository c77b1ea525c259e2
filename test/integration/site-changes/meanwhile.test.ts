import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reimportOrders } from '../../../src/imports/reimport.ts'
import { LANE_BUSY } from '../../../src/marketplaces/quota/lanes.ts'
import { claimChanges } from '../../../src/site-changes/claim.ts'
import { waitsForMall } from '../../../src/site-changes/reasons.ts'
import { createOnReleased } from '../../../src/site-changes/requests/on-import.ts'
import { readChange } from '../../../src/site-changes/requests/read-changes.ts'
import { retryChange } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { createSiteChangeJob } from '../../../src/site-changes/site-change-job.ts'
import { leave } from '../../../src/site-changes/statements.ts'
import { type ChangeBench, changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId } from '../../support/fixtures.ts'
import { shopWorkerOf, type WorkTools } from '../../support/imports/import-bench.ts'
import { failure, WAITS_FOR_MALL } from '../../support/malls/fake-marketplace.ts'

/** What happens to a change from another side while it waits or is in somebody's hand. */

const MINUTE = 60_000

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.db.tenant.deleteMany())

const at = (bench: ChangeBench) => new Date(bench.clock.now())
const waitsAtMall = (bench: ChangeBench) =>
  bench.mall.place(bench.numbers[0] ?? '', { flags: [WAITS_FOR_MALL] })
const waits = (orderId: string) =>
  database.db.orderEvent.count({ where: { orderId, kind: 'change_waiting' } })

async function waiting() {
  const bench = await changeBench(database)
  bench.deps.onReleased = createOnReleased(bench.deps)
  const [orderId = ''] = bench.orderIds
  waitsAtMall(bench)
  const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
  await bench.run()
  expect(await bench.change(id)).toMatchObject({ state: 'queued', code: 'NOT_YET' })
  return { bench, orderId, id }
}

async function claimOne(bench: ChangeBench) {
  const [held] = await claimChanges(bench.deps, bench.shopId, newId(), at(bench), 5)
  if (!held) throw new Error('nothing was claimed')
  return held
}

describe('a wake', () => {
  const reason = waitsForMall({ code: 'NOT_YET', message: 'まだです。' })
  const giveBack = (bench: ChangeBench, held: Awaited<ReturnType<typeof claimOne>>) => {
    const nextAttemptAt = new Date(bench.clock.now() + 15 * MINUTE)
    return leave(bench.deps, held, { state: 'queued', reason, nextAttemptAt, events: [], now: at(bench) })
  }

  it('that comes while another process holds the change lasts until it is given back', async () => {
    const { bench, id } = await waiting()
    bench.clock.advance(MINUTE)
    const held = await claimOne(bench)
    // What the holder has read is older than this refresh.
    bench.mall.place(bench.numbers[0] ?? '', { mallStatus: { code: '300', name: '発送待ち' } })
    await bench.want(bench.numbers, { purpose: 'refresh' })
    await bench.run()
    expect((await bench.change(id)).leaseToken).toBe(held.leaseToken)
    await giveBack(bench, held)
    expect((await bench.change(id)).nextAttemptAt).toEqual(at(bench))
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  })

  it('that did not come leaves the holder’s own time', async () => {
    const { bench, id } = await waiting()
    bench.clock.advance(MINUTE)
    const held = await claimOne(bench)
    await giveBack(bench, held)
    expect((await bench.change(id)).nextAttemptAt.getTime()).toBe(bench.clock.now() + 15 * MINUTE)
  })

  it('comes with a re-import too', async () => {
    const { bench, id, orderId } = await waiting()
    bench.mall.place(bench.numbers[0] ?? '', { mallStatus: { code: '300', name: '発送待ち' } })
    const caller = { tenantId: bench.tenantId, actor: 'key:test' }
    await reimportOrders({ ...bench.requestDeps, ...bench.deps }, caller, {
      orderIds: [orderId],
      apply: 'keep-edits',
    })
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  })
})

describe('a change that is given back unread', () => {
  it('knows what it waited for: looks grow longer, and the timeline tells of the wait once', async () => {
    const { bench, id, orderId } = await waiting()
    bench.clock.advance(5_000)
    await bench.run()
    const { attempts, message } = await bench.change(id)
    expect(attempts).toBe(2)
    bench.clock.advance(MINUTE)
    bench.mall.refuse(failure('throttled', { code: LANE_BUSY }))
    await bench.run()
    bench.mall.refuse(null)
    expect(await bench.change(id)).toMatchObject({ code: 'NOT_YET', message, attempts })
    bench.clock.advance(MINUTE)
    await bench.run()
    expect(await bench.change(id)).toMatchObject({ code: 'NOT_YET', attempts: 3 })
    expect(await waits(orderId)).toBe(1)
  })
})

describe('a shipping that has begun and waits for the mall', () => {
  it('lets a cancel pass, and is not sent afterwards', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(({ orderNumber, apply }) => {
      apply()
      bench.mall.change(orderNumber, (order) => ({ ...order, flags: [WAITS_FOR_MALL] }))
      return undefined
    })
    const [shipping = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(await bench.change(shipping)).toMatchObject({ state: 'queued', code: 'NOT_YET' })
    bench.mall.site.onWrite(null)
    const [cancel = ''] = await bench.ask([{ orderId, action: 'cancel', reason: '1' } as WantedChange])
    await bench.run()
    expect(await bench.change(cancel)).toMatchObject({ state: 'succeeded' })
    expect(await bench.untilEnded(shipping)).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
    expect(bench.mall.site.effects.map((effect) => effect.split(':')[1])).toEqual(['delivery', 'cancel'])
  })

  it('lets none pass as long as nobody knows what became of a call', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    const [shipping = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    const [cancel = ''] = await bench.ask([{ orderId, action: 'cancel', reason: '1' } as WantedChange])
    await database.db.siteChange.update({ where: { id: shipping }, data: { state: 'queued' } })
    await bench.run()
    expect(await bench.change(shipping)).toMatchObject({ finishedAt: null })
    expect(await bench.change(cancel)).toMatchObject({ state: 'queued', startedAt: null })
  })
})

describe('a cancel that is asked for before a shipping is sent', () => {
  const cancelOf = (orderId: string) => ({ orderId, action: 'cancel', reason: '1' }) as WantedChange
  const effects = (bench: ChangeBench) => bench.mall.site.effects.map((effect) => effect.split(':')[1])
  /** Planned and throttled at its first write: its plan is stored, and nothing was sent. */
  const planned = async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('throttled', { until: new Date(bench.clock.now() + MINUTE) })
    })
    const [shipping = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    expect(await bench.change(shipping)).toMatchObject({
      state: 'queued',
      steps: [{ sends: 0 }, { sends: 0 }],
    })
    bench.mall.site.onWrite(null)
    return { bench, orderId, shipping }
  }

  it('goes before one that was planned and throttled, which is never sent', async () => {
    const { bench, orderId, shipping } = await planned()
    const [cancel = ''] = await bench.ask([cancelOf(orderId)])
    bench.clock.advance(2 * MINUTE)
    expect(await readChange(bench.requestDeps, bench.tenantId, shipping)).toMatchObject({
      waitingFor: { code: 'EARLIER_CHANGE' },
    })
    expect(await readChange(bench.requestDeps, bench.tenantId, cancel)).toMatchObject({ waitingFor: null })
    await bench.run()
    expect(await bench.change(cancel)).toMatchObject({ state: 'succeeded' })
    expect(await bench.untilEnded(shipping)).toMatchObject({
      state: 'warning',
      code: 'ORDER_CANCELLED_AT_MALL',
    })
    expect(effects(bench)).toEqual(['cancel'])
  })

  it('goes before one that is due between two of its calls', async () => {
    const { bench, orderId, shipping } = await planned()
    bench.mall.site.onWrite(({ orderNumber, apply }) => {
      apply()
      bench.mall.change(orderNumber, (order) => ({ ...order, flags: [WAITS_FOR_MALL] }))
      return undefined
    })
    bench.clock.advance(2 * MINUTE)
    await bench.run()
    bench.mall.site.onWrite(null)
    bench.mall.change(bench.numbers[0] ?? '', (order) => ({ ...order, flags: [] }))
    expect(await bench.change(shipping)).toMatchObject({ state: 'queued', code: 'NOT_YET' })
    bench.clock.advance(20 * MINUTE)
    await bench.ask([cancelOf(orderId)])
    expect(await bench.untilEnded(shipping)).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
    expect(effects(bench)).toEqual(['delivery', 'cancel'])
  })

  it('keeps it waiting while the cancel itself waits for the mall', async () => {
    const { bench, orderId, shipping } = await planned()
    const [cancel = ''] = await bench.ask([cancelOf(orderId)])
    const later = new Date(bench.clock.now() + 60 * MINUTE)
    await database.db.siteChange.update({ where: { id: cancel }, data: { nextAttemptAt: later } })
    bench.clock.advance(30 * MINUTE)
    await bench.run()
    expect(effects(bench)).toEqual([])
    bench.clock.advance(30 * MINUTE)
    await bench.run()
    expect(effects(bench)).toEqual(['cancel'])
    expect(await bench.untilEnded(shipping)).toMatchObject({ code: 'ORDER_CANCELLED_AT_MALL' })
  })

  it('comes too late for a call of which nobody knows what became, though it is asked for anew', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('rejected')
    })
    const [cancel = ''] = await bench.ask([cancelOf(orderId)])
    expect(await bench.untilEnded(cancel)).toMatchObject({ state: 'failed' })
    bench.mall.site.onWrite(() => {
      throw failure('outcome_unknown')
    })
    const [shipping = ''] = await bench.ask([ship(orderId)])
    await bench.run()
    await database.db.siteChange.update({ where: { id: shipping }, data: { state: 'queued' } })
    await retryChange(bench.requestDeps, { tenantId: bench.tenantId, actor: 'key:test' }, cancel)
    await bench.run()
    expect(await bench.change(cancel)).toMatchObject({ state: 'queued', steps: [{ sends: 0 }] })
    bench.mall.site.onWrite(null)
    expect(await bench.untilEnded(shipping)).toMatchObject({ state: 'succeeded' })
  })
})

it('a call whose answer was lost is under way until the mall says that it cannot be any more', async () => {
  const bench = await changeBench(database)
  const [orderId = ''] = bench.orderIds
  const until = new Date(bench.clock.now() + 60 * MINUTE)
  bench.mall.site.onWrite(() => {
    throw failure('outcome_unknown', { until })
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await bench.run()
  const { steps } = await bench.change(id)
  expect(steps).toContainEqual(expect.objectContaining({ state: 'sent', settlesAt: until.toISOString() }))
})

it('完了 is wished for, and the status follows, also where the content of the order does not open', async () => {
  const bench = await changeBench(database)
  const [orderId = ''] = bench.orderIds
  await database.db.shop.update({
    where: { id: bench.shopId },
    data: { settings: { completeAfterDays: 7 } },
  })
  const [id = ''] = await bench.ask([ship(orderId)])
  await database.db.order.update({
    where: { id: orderId },
    data: { status: 'new', sealedDetail: Buffer.from('under a key that is lost') },
  })
  await bench.run()
  expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
  expect(await bench.order(orderId)).toMatchObject({ status: 'shipped' })
  const completes = await database.db.siteChange.findMany({ where: { orderId, action: 'complete' } })
  expect(completes).toMatchObject([{ actor: 'worker' }])
})

describe('two persons send the same shipping', () => {
  it('of the same number: it is written once, both are told that it is done, and 完了 is wished for once', async () => {
    const bench = await changeBench(database)
    const [orderId = ''] = bench.orderIds
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { settings: { completeAfterDays: 7 } },
    })
    const ids = (
      await Promise.all([
        bench.ask([ship(orderId)], { actor: 'key:one' }),
        bench.ask([ship(orderId)], { actor: 'key:another' }),
      ])
    ).flat()
    await bench.run()
    const changes = await Promise.all(ids.map((id) => bench.change(id)))
    expect(changes.map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
    expect(changes.map(({ code }) => code).toSorted()).toEqual(['ALREADY_DONE', null])
    const done = bench.mall.site.effects.map((effect) => effect.split(':')[1])
    expect(done.filter((step) => step === 'ship')).toHaveLength(1)
    expect(await database.db.siteChange.count({ where: { orderId, action: 'complete' } })).toBe(1)
  })
})

type LateDeps = Omit<ChangeBench['deps'], 'sessions'> & Pick<WorkTools, 'sessions'>

/** Runs `behind` between what the mall has answered and what is done with it. */
const readingLate = (bench: ChangeBench, behind: () => Promise<void>): LateDeps => ({
  ...bench.deps,
  sessions: {
    openRow(row) {
      const opened = bench.deps.sessions.openRow(row)
      const { session } = opened
      return {
        ...opened,
        session: {
          ...session,
          async *fetchOrders(...args) {
            yield* session.fetchOrders(...args)
            await behind()
          },
        },
      }
    },
  },
})

/** The same once that is being written: what the clock says of it was looked at before. */
function writingLate(bench: ChangeBench, behind: () => Promise<void>): LateDeps {
  let isRead = false
  const deps = readingLate(bench, async () => {
    isRead = true
  })
  const pool = new Proxy(bench.deps.pool, {
    get(real, name) {
      const own = Reflect.get(real, name)
      if (name !== 'connect') return typeof own === 'function' ? own.bind(real) : own
      return async () => {
        if (isRead) await behind()
        isRead = false
        return real.connect()
      }
    },
  })
  return { ...deps, pool }
}

it.each([
  ['is looked at', readingLate],
  ['is written', writingLate],
] as const)(
  'a reading that a later turn has overtaken before it %s ends nothing: the order is read again',
  async (_name, late) => {
    const bench = await changeBench(database)
    const [number = ''] = bench.numbers
    const [orderId = ''] = bench.orderIds
    const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
    const states: string[] = []
    const deps = late(bench, async () => {
      if (states.includes('cancelled') || !bench.mall.site.effects.includes(`${number}:confirm`)) return
      // The worker stands still from here on, another one has the shop, and the buyer has cancelled.
      bench.clock.advance(20_000)
      bench.mall.change(number, (order) => ({ ...order, mallState: 'cancelled' }))
      await bench.want([number], { purpose: 'refresh' })
      await shopWorkerOf({ ...bench.deps, moreJobs: [] }).run(bench.shopId, new AbortController().signal)
      states.push((await bench.order(orderId)).mallState)
    })
    const worker = shopWorkerOf({ ...deps, moreJobs: [createSiteChangeJob(deps)] })
    for (let turn = 0; turn < 9 && (await bench.change(id)).finishedAt === null; turn++) {
      await worker.run(bench.shopId, new AbortController().signal)
      if (states.length > 0) states.push((await bench.order(orderId)).mallState)
      bench.clock.advance(MINUTE)
    }
    expect(new Set(states)).toEqual(new Set(['cancelled']))
    expect(await bench.change(id)).toMatchObject({ state: 'succeeded' })
    expect(bench.mall.site.effects).toEqual([`${number}:confirm`])
    expect(await bench.events(orderId)).not.toContain('reopened_at_mall')
  },
)

it('a turn that another one has followed ends at its first overtaken reading, and asks the mall no more', async () => {
  const bench = await changeBench(database)
  const [orderId = ''] = bench.orderIds
  const [id = ''] = await bench.ask([{ orderId, action: 'confirm' }])
  let reads = 0
  const deps = readingLate(bench, async () => {
    reads += 1
    // Else a turn that does not end would never end here: its clock stands.
    if (reads > 20) throw new Error('it reads the order again and again')
    await database.db.shopTurn.updateMany({ where: { shopId: bench.shopId }, data: { holder: newId() } })
  })
  const worker = shopWorkerOf({ ...deps, moreJobs: [createSiteChangeJob(deps)] })
  await worker.run(bench.shopId, new AbortController().signal)
  expect(reads).toBeLessThanOrEqual(3)
  expect((await bench.change(id)).finishedAt).toBeNull()
})
