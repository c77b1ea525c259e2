import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { INTERVAL_MS, type QuotaMall, quotaMall } from '../../support/malls/quota-malls.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * Losing one of the ways by which orders come, at malls that allow what the real ones allow. A mall's clock
 * stands still and is moved by what has to be waited for, so that the times here are those that the quotas
 * cost.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Midnight in Japan. */
const MIDNIGHT = Date.parse('2026-01-15T00:00:00+09:00')
const LONGEST_INTERVAL = 1.1 * INTERVAL_MS

let database: TestDatabase
let tenantId: string
const open: QuotaMall[] = []
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database.close())
beforeEach(async () => {
  await Promise.all(open.splice(0).map((mall) => mall.close()))
  await database.db.tenant.deleteMany()
  tenantId = (await makeTenant(database.db)).id
})
afterAll(() => Promise.all(open.splice(0).map((mall) => mall.close())))

async function start(name: SimulatedMall, sweeps = true): Promise<QuotaMall> {
  const mall = await quotaMall(database, name, { tenantId, start: MIDNIGHT, sweeps })
  open.push(mall)
  return mall
}

const sources = async ({ shopId }: QuotaMall) =>
  (
    await database.db.importRequest.findMany({
      where: { shopId, purpose: 'import' },
      distinct: ['source'],
      select: { source: true },
    })
  ).map(({ source }) => source)

/**
 * Between an order and its staging, the longest. `placed` where it is known better than by the mall, which
 * may tell minutes only.
 */
async function longest({ shopId }: QuotaMall, placed = new Map<string, number>()): Promise<number> {
  const orders = await database.db.order.findMany({ where: { shopId } })
  return Math.max(
    ...orders.map(
      (order) => order.stagedAt.getTime() - (placed.get(order.orderNumber) ?? order.orderedAt.getTime()),
    ),
  )
}

const quotaMs = (name: SimulatedMall, orders: number): number =>
  testedMall(name).listMs + testedMall(name).leastMs(orders)

describe.each(SIMULATED_MALLS)('%s', (name) => {
  it('without a mail: the sweep stages every order within its interval and what the quota takes', async () => {
    const mall = await start(name)
    await mall.pass(2 * MINUTE)
    const orders = 40
    for (let n = 0; n < orders; n++) {
      mall.place()
      await mall.pass(10 * SECOND)
    }
    const all = await mall.pass(HOUR, async () => (await mall.here()) === orders)
    expect(all).toBe(true)
    expect(await sources(mall)).toEqual(['sweep'])
    const took = await longest(mall)
    console.info(`${name}: the sweep alone took at most ${took / SECOND} s`)
    expect(took).toBeLessThanOrEqual(LONGEST_INTERVAL + quotaMs(name, orders))
  })

  it('without a sweep: mails alone stage every order', async () => {
    const mall = await start(name, false)
    const orders = 40
    const placed = new Map<string, number>()
    for (let n = 0; n < orders; n++) {
      placed.set(mall.place().orderNumber, mall.clock.now())
      await mall.mail(mall.events.slice(-1))
      await mall.pass(10 * SECOND)
    }
    expect(await mall.pass(HOUR, async () => (await mall.here()) === orders)).toBe(true)
    expect(await sources(mall)).toEqual(['mail'])
    expect(await database.db.shopSweep.count()).toBe(0)
    const took = await longest(mall, placed)
    console.info(`${name}: mails alone took at most ${took / SECOND} s`)
    expect(took).toBeLessThanOrEqual(quotaMs(name, orders))
  })
})

describe('a day of 5,000 orders while the service was off and half of the mails were lost', () => {
  it.each(SIMULATED_MALLS)(
    'at %s is complete without a touch, and says so',
    { timeout: 600_000 },
    async (name) => {
      const began = performance.now()
      const orders = testedMall(name).ofADay
      const mall = await start(name)
      await mall.pass(2 * MINUTE)
      const off = mall.clock.now()
      for (let n = 0; n < orders; n++) {
        mall.clock.advance((DAY - 10 * MINUTE) / orders)
        mall.place()
      }
      const started = off + DAY
      mall.clock.set(started)
      await mall.mail(mall.events.filter((_, n) => n % 2 === 0))
      const dayOff = async () => (await mall.completeness()).days.find(({ day }) => day === '2026-01-15')
      await mall.pass(12 * HOUR, async () => (await mall.here()) === orders)
      const staged = mall.clock.now() - started
      await mall.pass(HOUR, async () => (await dayOff())?.here === orders)
      const minutes = (ms: number) => `${Math.round(ms / SECOND / 6) / 10} min`
      console.info(
        `${name}: ${orders} orders staged ${minutes(staged)}, known to be complete ${minutes(mall.clock.now() - started)}`,
        `after the start; ${Math.round((performance.now() - began) / SECOND)} s of this machine's time`,
      )
      expect(await mall.here()).toBe(orders)
      expect(await dayOff()).toMatchObject({ mall: orders, here: orders, missing: 0, complete: true })
      const { verifiedUntil } = await mall.completeness()
      expect(Date.parse(verifiedUntil ?? '')).toBeGreaterThan(off + DAY - 10 * MINUTE)
      const twice = await database.db.orderEvent.count({
        where: { kind: 'staged', order: { shopId: mall.shopId } },
      })
      expect(twice).toBe(orders)
    },
  )
})
