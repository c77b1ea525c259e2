import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { nextNight } from '../../../sandbox/malls/rakuten/model.ts'
import { CHANGE_ACTIONS, type ChangeAction } from '../../../src/marketplaces/port/site-changes.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { HttpError } from '../../../src/platform/http/http-client.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import type { WantedChange } from '../../../src/site-changes/schemas.ts'
import { placeWritable } from '../../support/changes/change-bench.ts'
import { type ChangeCell, contentsOf } from '../../support/changes/change-cells/cell.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * Every case of every action, once for each call that writes and each way in which it can be lost: the change
 * ends, and the mall has done no step of it twice.
 */

/** never: it did not arrive. late: the mall did it, and its answer did not arrive. */
const WAYS = ['never', 'late', 'refused connection'] as const
type Way = (typeof WAYS)[number]

let database: TestDatabase
let bench: MallBench
let offset = 0
let fault: { operation: string; nth: number; way: Way } | null = null

beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database, {
    clock: { ...systemClock, now: () => Date.now() + offset },
    async between(operation, send) {
      if (fault?.operation !== operation || fault.nth-- > 1) return send()
      const { way } = fault
      fault = null
      if (way === 'late') await send()
      throw new HttpError(way === 'refused connection' ? 'unreachable' : 'broken', 'lost by the test')
    },
  })
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
beforeEach(() => database.db.order.deleteMany())

const READS = new Set(['getResultUpdateOrderShippingAsync'])

/** Which cases there are; each is made anew for the day that the mall has then. */
const TODAY = japaneseDay(Date.now())

/** Which call of which operation is lost: each of a case once. */
const placesOf = ({ calls }: ChangeCell) =>
  calls.flatMap((operation, index) =>
    READS.has(operation)
      ? []
      : [{ operation, nth: calls.slice(0, index + 1).filter((call) => call === operation).length }],
  )

const cases = SIMULATED_MALLS.flatMap((mall) =>
  CHANGE_ACTIONS.flatMap((action) =>
    (testedMall(mall).cells(TODAY)[action] ?? [])
      .filter(({ orders = 1 }) => orders === 1)
      .flatMap((cell) =>
        placesOf(cell).flatMap((place) => WAYS.map((way) => ({ mall, action, cell, place, way }))),
      ),
  ),
)

function pass(mall: SimulatedMall, ms: number): void {
  offset += ms
  bench.malls[mall].clock.advance(ms)
}

const ROUNDS = 60
const ROUND_MS = 10 * 60_000

/**
 * Rakuten's nightly run makes an order with a date of shipping a shipped one, whose cancel is another call:
 * no case runs past it.
 */
function awayFromNight(mall: SimulatedMall): void {
  if (mall !== 'rakuten') return
  const now = bench.malls[mall].clock.now()
  const left = nextNight(now) - now
  if (left <= (ROUNDS + 1) * ROUND_MS) pass(mall, left + 60_000)
}

function ofToday(mall: SimulatedMall, action: ChangeAction, what: string): ChangeCell {
  const cell = testedMall(mall)
    .cells(japaneseDay(bench.malls[mall].clock.now()))
    [action]?.find((one) => one.what === what)
  if (!cell) throw new Error(`${mall} ${action} has no case ${what}`)
  return cell
}

describe('one call is lost', () => {
  it('knows cases of every mall and action', () => {
    expect(new Set(cases.map(({ mall, action }) => `${mall} ${action}`)).size).toBeGreaterThan(20)
  })

  it.each(
    cases.map((one) => ({
      ...one,
      name: `${one.mall} ${one.action} (${one.cell.what}): ${one.place.operation} ${one.place.nth} ${one.way}`,
    })),
  )('$name', { timeout: 60_000 }, async ({ mall, action, cell: { what }, place, way }) => {
    awayFromNight(mall)
    const cell = ofToday(mall, action, what)
    const orderNumber = placeWritable(bench.malls[mall], { overrides: cell.before })
    const [orderId = ''] = await bench.importOrders(mall, [orderNumber])
    const order = await bench.readOrder(orderId)
    fault = { ...place, way }
    const wish = { orderId, action, ...cell.parameters(order, 0) } as WantedChange
    const [id = ''] = await bench.ask([wish])
    const change = () => database.db.siteChange.findUniqueOrThrow({ where: { id } })
    for (let rounds = 0; rounds < ROUNDS; rounds++) {
      await bench.work(mall)
      if ((await change()).finishedAt !== null) break
      pass(mall, ROUND_MS)
    }
    expect(fault).toBeNull()

    const { state, code } = await change()
    const done = bench.malls[mall].writes?.(orderNumber)?.map((write) => write.operation) ?? []
    for (const operation of new Set(done))
      expect(count(done, operation), operation).toBeLessThanOrEqual(count(cell.calls, operation))
    // Nobody can know more than the mall tells: a doubt that stays ends as a warning, for a person.
    expect(['succeeded', 'warning']).toContain(state)
    if (way === 'refused connection') expect([state, code]).toEqual(['succeeded', null])
    if (state === 'succeeded')
      expect(contentsOf(await bench.atMall(mall, orderNumber))).toMatchObject(cell.after)
  })
})

describe('one call for ten orders is lost', () => {
  const bulk = SIMULATED_MALLS.flatMap((mall) =>
    CHANGE_ACTIONS.flatMap((action) =>
      (testedMall(mall).cells(TODAY)[action] ?? [])
        .filter(({ orders = 1 }) => orders > 1)
        .flatMap((cell) =>
          placesOf(cell).flatMap((place) => WAYS.map((way) => ({ mall, action, cell, place, way }))),
        ),
    ),
  )
  it('is tried with every action that has such a call', () => {
    expect(new Set(bulk.map(({ mall, action }) => `${mall} ${action}`))).toEqual(
      new Set(['rakuten confirm', 'rakuten ship', 'rakuten sub_status']),
    )
  })

  it.each(
    bulk.map((one) => ({ ...one, name: `${one.mall} ${one.action}: ${one.place.operation} ${one.way}` })),
  )('$name', { timeout: 60_000 }, async ({ mall, action, cell: { what }, place, way }) => {
    awayFromNight(mall)
    const cell = ofToday(mall, action, what)
    const { orders = 10 } = cell
    const numbers = Array.from({ length: orders }, () =>
      placeWritable(bench.malls[mall], { overrides: cell.before }),
    )
    const orderIds = await bench.importOrders(mall, numbers)
    const wishes = await Promise.all(
      orderIds.map(async (orderId, index) => {
        const order = await bench.readOrder(orderId)
        return { orderId, action, ...cell.parameters(order, index) } as WantedChange
      }),
    )
    fault = { ...place, way }
    const ids = await bench.ask(wishes)
    const changes = () => database.db.siteChange.findMany({ where: { id: { in: ids } } })
    for (let rounds = 0; rounds < ROUNDS; rounds++) {
      await bench.work(mall)
      if ((await changes()).every(({ finishedAt }) => finishedAt !== null)) break
      pass(mall, ROUND_MS)
    }
    expect(fault).toBeNull()

    const ended = await changes()
    expect(ended.map(({ state }) => state)).toEqual(
      ids.map(() => expect.stringMatching(/^(succeeded|warning)$/)),
    )
    if (way === 'refused connection')
      expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(['succeeded']))
    const bare = (operation: string) => operation.replace(/Async$/, '')
    const most = cell.calls.filter((call) => !READS.has(call)).map(bare)
    for (const orderNumber of numbers) {
      const done = (bench.malls[mall].writes?.(orderNumber) ?? []).map(({ operation }) => bare(operation))
      for (const operation of new Set(done))
        expect(count(done, operation), operation).toBeLessThanOrEqual(count(most, operation))
    }
    for (const { orderId, state } of ended)
      if (state === 'succeeded') {
        const orderNumber = numbers[orderIds.indexOf(orderId)] ?? ''
        expect(contentsOf(await bench.atMall(mall, orderNumber))).toMatchObject(cell.after)
      }
  })
})

const count = (all: readonly string[], one: string): number => all.filter((other) => other === one).length
