import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SIMULATED_MALLS } from '../../../sandbox/malls/index.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type QuotaMall, quotaMall } from '../../support/malls/quota-malls.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

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

describe.each(SIMULATED_MALLS)('%s', (name) => {
  const tested = testedMall(name)
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
    place(tested.between)
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
    const least = Math.max(tested.leastMs(wanted), fresh * SECOND)
    console.info(
      `${name}: ${backlog} waiting and ${fresh} new took ${took / SECOND} s, least ${least / SECOND} s`,
    )
    expect(took).toBeLessThanOrEqual(1.1 * least + tested.besideSeconds * SECOND)
  })
})
