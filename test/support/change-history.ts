import fc from 'fast-check'
import { expect } from 'vitest'
import { retryChange } from '../../src/changes/answer-change.ts'
import { createChangeWork } from '../../src/changes/change-work.ts'
import type { WantedChange } from '../../src/changes/schemas.ts'
import { tidyChanges } from '../../src/changes/tidy.ts'
import { createFetchWorker } from '../../src/imports/fetch-worker.ts'
import { type ChangeBench, changeBench, ship } from './change-bench.ts'
import type { TestDatabase } from './database.ts'
import type { FakeWrite } from './fake-changes.ts'
import { failure } from './fake-marketplace.ts'
import { createLife, Killed, type Life, mortal } from './mortal.ts'

/** One generated history of site changes: what happens to a shop, its mall and its workers, in this order. */
export type Event =
  | { kind: 'request'; wishes: { order: number; action: 'ship' | 'memo' | 'confirm' }[] }
  | { kind: 'work'; workers: { at: number | null; how: 'kill' | 'stall' }[] }
  | { kind: 'time'; ms: number }
  | { kind: 'writes'; faults: WriteFault[] }
  | { kind: 'mall'; state: 'up' | 'down' | 'throttled' | 'key_dead' }
  /** A worker stands still at this point until another one has done its work. */
  | { kind: 'takeover'; at: number }
  | { kind: 'wake' }
  | { kind: 'retry' }

/** How the mall takes one write. `late`: no answer, and done only half a minute later. */
export type WriteFault =
  | 'ok'
  | 'lost_before'
  | 'lost_after'
  | 'late'
  | 'unavailable'
  | 'throttled'
  | 'key_dead'
  | 'rejected'

const ORDERS = 2
const MINUTE = 60_000

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
          action: fc.constantFrom('ship' as const, 'memo' as const, 'confirm' as const),
        }),
        { minLength: 1, maxLength: 3 },
      ),
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
)

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
}

/** Plays it, lets everything recover, and checks what became of each change. @returns their states */
export async function playHistory(database: TestDatabase, events: readonly Event[]): Promise<string[]> {
  const bench = await changeBench(database, ORDERS)
  const world: World = { bench, faults: [], late: [], standing: [], asked: new Map() }
  bench.mall.site.onWrite((write) => takeWrite(world, write))
  for (const event of events) await play(world, event)
  await recover(world)
  return check(world)
}

/**
 * One change of two calls. At its `at`-th await the worker dies, or stands still until another one has done its work.
 * @returns false when the worker was never there
 */
export async function playAwait(database: TestDatabase, how: 'kill' | 'stall', at: number): Promise<boolean> {
  const bench = await changeBench(database)
  const world: World = { bench, faults: [], late: [], standing: [], asked: new Map() }
  await request(world, [{ order: 0, action: 'ship' }])
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
      return request(world, event.wishes)
    case 'work':
      await Promise.all(event.workers.map(({ at, how }) => work(world, createLife(at, how))))
      return
    case 'time':
      pass(world, event.ms)
      await tidyChanges(bench.deps)
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
  }
}

/** Every change has a value of its own, so that the mall's doings tell which one caused them. */
async function request(
  { bench, asked }: World,
  wishes: readonly { order: number; action: 'ship' | 'memo' | 'confirm' }[],
): Promise<void> {
  const changes = wishes.map(({ order, action }, index): WantedChange => {
    const orderId = bench.orderIds[order] as string
    const mark = String(asked.size + index)
    if (action === 'ship') return ship(orderId, mark)
    return action === 'memo' ? { orderId, action, memo: mark } : { orderId, action }
  })
  const ids = await bench.ask(changes)
  for (const [index, id] of ids.entries()) asked.set(id, changes[index] as WantedChange)
}

/** Works until nothing is left, the process dies, or it stands still. */
async function work(world: World, life: Life): Promise<void> {
  const deps = mortal(world.bench.deps, life)
  const fetchWorker = createFetchWorker({ ...deps, more: createChangeWork(deps) })
  const run = async () => {
    for (let turn = 0; turn < 50; turn++) {
      if ((await fetchWorker.run(world.bench.shopId, new AbortController().signal)) === 'done') return
    }
  }
  const done = run().catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
  const standing = { life, done }
  world.standing.push(standing)
  await Promise.race([done, untilStanding(life)])
  if (!life.standsStill()) world.standing.splice(world.standing.indexOf(standing), 1)
}

async function untilStanding(life: Life): Promise<void> {
  while (!life.standsStill()) await new Promise((resolve) => setImmediate(resolve))
}

async function wakeAll(world: World): Promise<void> {
  const standing = world.standing.splice(0)
  for (const { life } of standing) life.wake()
  await Promise.all(standing.map(({ done }) => done))
}

function pass(world: World, ms: number): void {
  world.bench.clock.advance(ms)
  const now = world.bench.clock.now()
  for (const { write } of world.late.filter(({ at }) => at <= now)) write.apply()
  world.late = world.late.filter(({ at }) => at > now)
}

function takeWrite(world: World, write: FakeWrite) {
  const now = world.bench.clock.now()
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
    pass(world, 5_000)
    await tidyChanges(bench.deps)
    expect(bench.clock.now() - began).toBeLessThan(5 * MINUTE + mostOfOneOrder * 32 * MINUTE)
  }
  // What is still on its way to the mall arrives, and must not have been sent once more meanwhile.
  pass(world, MINUTE)
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

async function check({ bench, asked }: World): Promise<string[]> {
  const changes = await bench.database.db.siteChange.findMany({ where: { shopId: bench.shopId } })
  expect(changes).toHaveLength(asked.size)
  for (const change of changes) {
    const wanted = asked.get(change.id) as WantedChange
    // Two confirmations of one order wish the same: only the first one of them has anything to do.
    if (wanted.action === 'confirm') continue
    const { orderId: _, action, ...parameters } = wanted
    const value = JSON.stringify(parameters)
    const names = action === 'ship' ? ['delivery', 'ship'] : [action]
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
    const confirmed = bench.mall.site.effects.filter((effect) => effect === `${number}:confirm`)
    expect(confirmed.length).toBeLessThanOrEqual(1)
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
