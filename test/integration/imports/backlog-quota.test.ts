import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type QuotaMall, quotaMall } from '../../support/malls/quota-malls.ts'

/**
 * Orders that have waited and orders that come meanwhile, at the malls' real quotas on a held clock: all
 * calls but those for the orders themselves, lists read in vain and sweeps, cost a tenth of the time at most.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const MORNING = Date.parse('2026-01-15T08:00:00+09:00')

let database: TestDatabase
let tenantId: string
let mall: QuotaMall | undefined
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(async () => {
  await mall?.close()
  await database.close()
})
beforeEach(async () => {
  await mall?.close()
  await database.db.tenant.deleteMany()
  tenantId = (await makeTenant(database.db)).id
})

/**
 * Orders in the list between the oldest waiting one and the others: the pages of a search are read in vain.
 */
const BETWEEN: Record<SimulatedMall, number> = {
  rakuten: 50,
  yahoo: 20,
  amazon: 150,
  aupay: 700,
  shopify: 50,
}

/** What the quota takes for so many orders asked for one by one, and the wait for the first call. */
const LEAST_MS: Record<SimulatedMall, (orders: number) => number> = {
  rakuten: (orders) => Math.ceil(orders / 100) * SECOND,
  yahoo: (orders) => orders * SECOND,
  aupay: (orders) => orders * SECOND,
  amazon: (orders) => Math.max(0, orders - 30) * 2 * SECOND,
  shopify: (orders) => orders * SECOND,
}
/** Sweeps, one in five minutes, and the end of a turn; for backlogs of a few seconds more than all else. */
const BESIDE_MS: Record<SimulatedMall, number> = {
  rakuten: 20,
  yahoo: 10,
  amazon: 10,
  aupay: 10,
  shopify: 10,
}

describe.each(SIMULATED_MALLS)('%s', (name) => {
  it.each([
    ['a backlog alone', 284, 0],
    ['a backlog and as many new orders', 120, 120],
    ['few, and few new ones', 12, 12],
  ])('%s takes 1.1 × the least that the quota allows', { timeout: 240_000 }, async (_, backlog, fresh) => {
    const made = await quotaMall(database, name, { tenantId, start: MORNING, sweeps: false })
    mall = made
    const place = (count: number) => {
      for (let n = 0; n < count; n++) {
        made.clock.advance(SECOND)
        made.place()
      }
      return made.events
        .filter(({ type }) => type === 'placed')
        .slice(count === 0 ? made.events.length : -count)
    }
    const oldest = place(1)
    place(BETWEEN[name])
    const waiting = [...oldest, ...place(backlog - 1)]
    made.clock.advance(10 * MINUTE)
    const began = made.clock.now()
    await made.mail(waiting)
    for (let n = 0; n < fresh; n++) {
      made.place()
      await made.mail(made.events.slice(-1))
      await made.pass(SECOND)
    }
    const wanted = backlog + fresh
    expect(await made.pass(60 * MINUTE, async () => (await made.here()) >= wanted)).toBe(true)
    const took = made.clock.now() - began
    const least = Math.max(LEAST_MS[name](wanted), fresh * SECOND)
    console.info(
      `${name}: ${backlog} waiting and ${fresh} new took ${took / SECOND} s, least ${least / SECOND} s`,
    )
    expect(took).toBeLessThanOrEqual(1.1 * least + BESIDE_MS[name] * SECOND)
  })
})
