import fc from 'fast-check'
import { expect } from 'vitest'
import { requestChanges, retryChange } from '../../../src/site-changes/requests/request.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { createSiteChangeJob, expireChanges } from '../../../src/site-changes/site-change-job.ts'
import { LEASE_MS as TURN_LEASE_MS } from '../../../src/worker/statements.ts'
import type { TestDatabase } from '../database/database.ts'
import { shopWorkerOf } from '../imports/import-bench.ts'
import { CALLS, type FakeWrite, failure, UNREADABLE_STEPS } from '../malls/fake-marketplace.ts'
import { createLife, Killed, type Life, mortal } from '../service/mortal.ts'
import { type ChangeBench, changeBench, ship } from './change-bench.ts'

const MINUTE = 60_000

interface Standing {
  life: Life
  done: Promise<void>
}

interface World {
  bench: ChangeBench
  faults: WriteFault[]
  late: { at: number; write: FakeWrite }[]
  standing: Standing[]
  asked: Map<string, WantedChange>
  /** Order numbers that the buyer has cancelled, with what the mall had done to them by then. */
  cancelled: Map<string, string[]>
}

const worldOf = (bench: ChangeBench): World => ({
  bench,
  faults: [],
  late: [],
  standing: [],
  asked: new Map(),
  cancelled: new Map(),
})

/**
 * Plays it, lets everything recover, and checks what became of each change.
 * @param bulk whether the mall takes shipments of several orders in one call
 * @returns their states
 */
export async function playHistory(
  database: TestDatabase,
  events: readonly Event[],
  bulk: boolean,
): Promise<string[]> {
  const takesMany = { actions: ['ship' as const], least: 2, most: 100 }
  const bench = await changeBench(database, ORDERS, bulk ? { bulk: takesMany } : {})
  bench.mall.change(bench.numbers.at(-1) ?? '', (order) => ({ ...order, flags: [UNREADABLE_STEPS] }))
  const world = worldOf(bench)
  bench.mall.site.onWrite((write) => takeWrite(world, write))
  for (const event of events) await play(world, event)
  await recover(world)
  return check(world)
}

/**
 * One change of two calls. At its `at`-th await the worker dies, or stands still until another one has done
 * its work.
 * @returns false when the worker was never there
 */
export async function playAwait(database: TestDatabase, how: 'kill' | 'stall', at: number): Promise<boolean> {
  const bench = await changeBench(database)
  const world = worldOf(bench)
  await request(world, [{ order: 0, action: 'ship' }], null)
  const life = createLife(at, how)
  await work(world, life)
  pass(world, 4 * MINUTE)
  await work(world, createLife(null, 'kill'))
  await wakeAll(world)
  await recover(world)
  expect(await check(world), `${how} at ${at}`).toEqual(['succeeded'])
  return life.wasMet()
}

async function play(world: World, event: Event): Promise<void> {
  const { bench } = world
  switch (event.kind) {
    case 'request':
      return request(world, event.wishes, event.at)
    case 'work':
      await Promise.all(event.workers.map(({ at, how }) => work(world, createLife(at, how))))
      return
    case 'time':
      pass(world, event.ms)
      await expireChanges(bench.deps)
      return
    case 'writes':
      world.faults.push(...event.faults)
      return
    case 'mall':
      return setMall(world, event.state)
    case 'takeover':
      await work(world, createLife(event.at, 'stall'))
      pass(world, 4 * MINUTE)
      await work(world, createLife(null, 'kill'))
      return wakeAll(world)
    case 'wake':
      return wakeAll(world)
    case 'retry':
      return retryAll(world)
    case 'cancel':
      return cancel(world, bench.numbers[event.order] as string)
  }
}

/** Every change has a value of its own, so that the mall's doings tell which one caused them. */
async function request(
  { bench, asked }: World,
  wishes: readonly Wish[],
  dieAt: number | null,
): Promise<void> {
  const single = wishes.filter(
    (one, index) => wishes.findIndex((w) => w.order === one.order && w.action === one.action) === index,
  )
  const changes = single.map(({ order, action }, index): WantedChange => {
    const orderId = bench.orderIds[order] as string
    const mark = String(asked.size + index)
    return wishOf(orderId, action, mark)
  })
  const caller = bench.caller()
  const dying = mortal({ ...bench.deps, ...bench.requestDeps }, createLife(dieAt, 'kill'))
  const accepted = await requestChanges(dying, caller, { changes }).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
    return requestChanges(bench.requestDeps, caller, { changes })
  })
  const ids = accepted.changes.map(({ id }) => id)
  for (const [index, id] of ids.entries()) asked.set(id, changes[index] as WantedChange)
}

function wishOf(orderId: string, action: Wish['action'], mark: string): WantedChange {
  switch (action) {
    case 'ship':
      return ship(orderId, mark)
    case 'memo':
      return { orderId, action, memo: mark }
    case 'correct_shipment':
      return { orderId, action, parcels: [{ trackingNumber: mark }] }
    case 'change_content':
      return { orderId, action, buyerNote: mark }
    case 'complete':
      return { orderId, action }
    case 'confirm':
      return { orderId, action }
  }
}

/** Works until nothing is left, the process dies, or it stands still. */
async function work(world: World, life: Life): Promise<void> {
  const deps = mortal(world.bench.deps, life)
  const worker = shopWorkerOf({ ...deps, moreJobs: [createSiteChangeJob(deps)] })
  const run = async () => {
    for (let turn = 0; turn < 50; turn++) {
      if ((await worker.run(world.bench.shopId, new AbortController().signal)) === 'done') return
    }
  }
  const done = run().catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
    // It keeps its shop until its lease ends; whoever comes sooner finds nothing to do.
    pass(world, TURN_LEASE_MS)
  })
  const standing = { life, done }
  world.standing.push(standing)
  await Promise.race([done, life.stands])
  if (!life.standsStill()) world.standing.splice(world.standing.indexOf(standing), 1)
}

async function wakeAll(world: World): Promise<void> {
  const standing = world.standing.splice(0)
  for (const { life } of standing) life.wake()
  await Promise.all(standing.map(({ done }) => done))
}

function pass(world: World, ms: number): void {
  world.bench.clock.advance(ms)
  const now = world.bench.clock.now()
  for (const { write } of world.late.filter(({ at }) => at <= now))
    if (!isRefused(world, write)) write.apply()
  world.late = world.late.filter(({ at }) => at > now)
}

/** Memos are taken of cancelled orders too. */
const isRefused = ({ cancelled }: World, { orderNumber, step }: FakeWrite): boolean =>
  cancelled.has(orderNumber) && step.name !== 'memo'

function takeWrite(world: World, write: FakeWrite) {
  const now = world.bench.clock.now()
  if (isRefused(world, write)) throw failure('rejected')
  switch (world.faults.shift() ?? 'ok') {
    case 'ok':
      write.apply()
      return undefined
    case 'lost_before':
      throw new Error('connection reset')
    case 'lost_after':
      write.apply()
      throw failure('outcome_unknown')
    case 'late':
      world.late.push({ at: now + 30_000, write })
      throw failure('outcome_unknown')
    case 'unavailable':
      throw failure('unavailable')
    case 'throttled':
      throw failure('throttled', { until: new Date(now + 7_000) })
    case 'key_dead':
      throw failure('unauthorised')
    case 'rejected':
      throw failure('rejected')
  }
}

function cancel({ bench, cancelled }: World, orderNumber: string): void {
  const { mall } = bench
  if (cancelled.has(orderNumber)) return
  cancelled.set(
    orderNumber,
    mall.site.effects.filter((effect) => effect.startsWith(orderNumber)),
  )
  const mallStatus = { code: '900', name: 'キャンセル確定' }
  mall.change(orderNumber, (order) => ({ ...order, mallState: 'cancelled', mallStatus }))
}

async function setMall({ bench }: World, state: 'up' | 'down' | 'throttled' | 'key_dead'): Promise<void> {
  const until = new Date(bench.clock.now() + 9_000)
  const refusals = {
    up: null,
    down: failure('unavailable'),
    throttled: failure('throttled', { until }),
    key_dead: failure('unauthorised'),
  }
  bench.mall.refuse(refusals[state])
}

async function retryAll({ bench }: World): Promise<void> {
  const ended = await bench.database.db.siteChange.findMany({
    where: { shopId: bench.shopId, state: { in: ['warning', 'failed'] } },
  })
  for (const { id } of ended)
    await retryChange(bench.requestDeps, { tenantId: bench.tenantId, actor: 'key:test' }, id)
}

/** The mall is well again and somebody has put in a key: from then on everything ends within its bound. */
async function recover(world: World): Promise<void> {
  const { bench } = world
  world.faults = []
  bench.mall.refuse(null)
  await bench.database.db.shop.update({
    where: { id: bench.shopId },
    data: {
      attentionCode: null,
      attentionProbeAt: null,
      laneClosedUntil: null,
      credentialsVersion: { increment: 1 },
    },
  })
  await wakeAll(world)
  const began = bench.clock.now()
  const mostOfOneOrder = Math.max(
    0,
    ...Object.values(Object.groupBy(world.asked.values(), ({ orderId }) => orderId)).map(
      (all) => all?.length ?? 0,
    ),
  )
  while ((await open(bench)).length > 0) {
    await work(world, createLife(null, 'kill'))
    await checkBounds(bench)
    pass(world, await untilDue(bench))
    await expireChanges(bench.deps)
    expect(bench.clock.now() - began).toBeLessThan(5 * MINUTE + mostOfOneOrder * 32 * MINUTE)
  }
  // What is still on its way to the mall arrives, and must not have been sent once more meanwhile.
  pass(world, MINUTE)
}

/** Milliseconds until something is due, a minute at most. */
async function untilDue(bench: ChangeBench): Promise<number> {
  const times = (await open(bench)).map(({ nextAttemptAt, leaseUntil }) =>
    Math.max(nextAttemptAt.getTime(), leaseUntil?.getTime() ?? 0),
  )
  return Math.min(Math.max(Math.min(...times) - bench.clock.now(), 5_000), MINUTE)
}

const open = ({ database, shopId }: ChangeBench) =>
  database.db.siteChange.findMany({ where: { shopId, state: { in: ['queued', 'changing'] } } })

/** A worker has just been here and the mall answers: nothing stands in 変更中 beyond its time. */
async function checkBounds(bench: ChangeBench): Promise<void> {
  const now = bench.clock.now()
  for (const change of await open(bench)) {
    if (change.state !== 'changing' || (change.leaseUntil && change.leaseUntil.getTime() > now)) continue
    expect(change.deadline?.getTime()).toBeGreaterThan(now)
  }
}

const WITHOUT_VALUE: ReadonlySet<string> = new Set(['confirm', 'complete'])

async function check({ bench, asked, cancelled }: World): Promise<string[]> {
  const changes = await bench.database.db.siteChange.findMany({ where: { shopId: bench.shopId } })
  expect(changes).toHaveLength(asked.size)
  for (const change of changes) {
    const wanted = asked.get(change.id) as WantedChange
    // Two confirmations of one order wish the same: only the first one of them has anything to do.
    if (WITHOUT_VALUE.has(wanted.action)) continue
    const { orderId: _, action, ...parameters } = wanted
    const value = JSON.stringify(parameters)
    const names = CALLS[action as Wish['action']]
    const number = bench.numbers[bench.orderIds.indexOf(change.orderId)]
    for (const name of names) {
      const done = bench.mall.site.effects.filter(
        (effect, at) => effect === `${number}:${name}` && bench.mall.site.values[at] === value,
      )
      expect(done.length, `${name} of ${change.state}`).toBeLessThanOrEqual(1)
      if (change.state === 'succeeded') expect(done.length, `${name} of succeeded`).toBe(1)
    }
  }
  for (const number of bench.numbers) {
    for (const name of WITHOUT_VALUE) {
      const done = bench.mall.site.effects.filter((effect) => effect === `${number}:${name}`)
      expect(done.length, name).toBeLessThanOrEqual(1)
    }
  }
  for (const [number, before] of cancelled) {
    const done = bench.mall.site.effects.filter(
      (effect) => effect.startsWith(number) && !effect.endsWith('memo'),
    )
    expect(done.length).toBe(before.filter((effect) => !effect.endsWith('memo')).length)
  }
  await checkOrders(bench, changes)
  return changes.map(({ state }) => state)
}

async function checkOrders(
  { order, orderIds }: ChangeBench,
  changes: readonly { orderId: string; state: string; dismissedAt: Date | null }[],
): Promise<void> {
  for (const orderId of orderIds) {
    const shown = changes
      .filter((change) => change.orderId === orderId && change.dismissedAt === null)
      .map(({ state }) => state)
    const worst = ['failed', 'warning', 'succeeded'].find((state) => shown.includes(state)) ?? 'none'
    expect((await order(orderId)).changeState).toBe(worst)
  }
}

/** What happens to a shop, its mall and its workers in a generated history of site changes. */
export type Event =
  /**
   * `at`: the await at which the process that takes it is killed; the client then asks once more with the
   * same key.
   */
  | { kind: 'request'; wishes: Wish[]; at: number | null }
  | { kind: 'work'; workers: { at: number | null; how: 'kill' | 'stall' }[] }
  | { kind: 'time'; ms: number }
  | { kind: 'writes'; faults: WriteFault[] }
  | { kind: 'mall'; state: 'up' | 'down' | 'throttled' | 'key_dead' }
  /** A worker stands still at this point until another one has done its work. */
  | { kind: 'takeover'; at: number }
  | { kind: 'wake' }
  /** The buyer cancels. */
  | { kind: 'cancel'; order: number }
  | { kind: 'retry' }

interface Wish {
  order: number
  action: (typeof WISHED)[number]
}

/** Of one call and of several; with a value of its own in each wish (ship, memo, …) and without. */
const WISHED = ['ship', 'memo', 'confirm', 'complete', 'correct_shipment', 'change_content'] as const

/** How the mall takes one write. `late`: no answer, and done only half a minute later. */
type WriteFault =
  | 'ok'
  | 'lost_before'
  | 'lost_after'
  | 'late'
  | 'unavailable'
  | 'throttled'
  | 'key_dead'
  | 'rejected'

/** At the last one's steps reading cannot tell what was done, as at Rakuten. */
const ORDERS = 3

const worker = fc.record({
  at: fc.option(fc.integer({ min: 0, max: 60 }), { freq: 3 }),
  how: fc.constantFrom('kill' as const, 'stall' as const),
})

export const eventArbitrary: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('request' as const),
      wishes: fc.array(
        fc.record({
          order: fc.integer({ min: 0, max: ORDERS - 1 }),
          action: fc.constantFrom(...WISHED),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      at: fc.option(fc.integer({ min: 0, max: 24 }), { freq: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      workers: fc.array(worker, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      ms: fc.constantFrom(1_000, 6_000, 30_000, 61_000, 4 * MINUTE, 16 * MINUTE),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('writes' as const),
      faults: fc.array(
        fc.constantFrom<WriteFault>(
          ...([
            'ok',
            'lost_before',
            'lost_after',
            'late',
            'late',
            'unavailable',
            'throttled',
            'key_dead',
            'rejected',
          ] as const),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mall' as const),
      state: fc.constantFrom('up' as const, 'down' as const, 'throttled' as const, 'key_dead' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('takeover' as const), at: fc.integer({ min: 4, max: 50 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'wake' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retry' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      order: fc.integer({ min: 0, max: ORDERS - 1 }),
    }),
  },
)
