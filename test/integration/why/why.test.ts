import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decide } from '../../../src/why/decide.ts'
import { readFacts } from '../../../src/why/facts.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

let database: TestDatabase
let bench: ImportBench
const [late = '', other = ''] = numbers(2)
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  bench = await importBench(database)
})

const request = (orderNumber = late) =>
  database.db.importRequest.findFirstOrThrow({ where: { shopId: bench.shopId, orderNumber } })
const why = async (orderNumber = late, tenantId = bench.tenantId, shops: string[] | null = null) => {
  const now = new Date(bench.clock.now())
  return decide(orderNumber, await readFacts(bench.deps, tenantId, orderNumber, shops, now))
}
describe('why', () => {
  it('follows an order from nothing to its erasure, with a next time wherever it waits', async () => {
    expect(await why()).toMatchObject({ verdict: 'unknown', next: null })
    const runAt = new Date(bench.clock.now() + 5 * MINUTE)
    await database.db.shopSweep.create({
      data: { shopId: bench.shopId, nextAt: runAt, runAt, updatedAt: runAt },
    })
    expect(await why()).toMatchObject({ verdict: 'no_trace', next: { at: runAt.toISOString() } })
    await bench.want([late])
    expect(await why()).toMatchObject({ verdict: 'being_asked', shopId: bench.shopId })
    await bench.run()
    expect((await why()).verdict).toBe('mall_unaware')
    bench.mall.answer(late, new Error('500'))
    bench.clock.advance(5 * SECOND)
    await bench.run()
    const { nextAttemptAt, id } = await request()
    expect(await why()).toMatchObject({
      verdict: 'retrying',
      next: { at: nextAttemptAt.toISOString() },
      actions: [{ method: 'POST', path: `/v1/import-requests/${id}/retry` }],
    })
    bench.mall.place(late)
    bench.clock.set(nextAttemptAt.getTime())
    await bench.run()
    const order = await database.db.order.findFirstOrThrow({
      where: { orderNumber: late, shopId: bench.shopId },
    })
    expect(await why()).toMatchObject({ verdict: 'staged', orderId: order.id })
    await database.db.order.update({
      where: { id: order.id },
      data: { erasedAt: new Date(bench.clock.now()) },
    })
    expect((await why()).verdict).toBe('emptied')
  })

  it.each([
    ['throttled', 'mall_away'],
    ['unavailable', 'mall_away'],
    ['unauthorised', 'shop_stopped'],
  ] as const)('tells of a mall that is %s, and when it is asked again', async (kind, verdict) => {
    bench.mall.refuse(failure(kind))
    await bench.want([late])
    await bench.run()
    for (const orderNumber of [late, other]) {
      const told = await why(orderNumber)
      expect(told.verdict).toBe(verdict)
      const at = Date.parse(told.next?.at ?? '')
      expect(at).toBeGreaterThan(bench.clock.now())
      // The promise is kept: at that time the order comes.
      if (orderNumber === other) {
        bench.mall.refuse(null)
        bench.mall.place(late)
        bench.clock.set(at)
        await bench.run()
        expect((await why(late)).verdict).toBe('staged')
      }
    }
  })

  it('knows nothing of another tenant, nor of shops that a key is not for', async () => {
    bench.mall.place(late)
    await bench.want([late])
    await bench.run()
    expect((await why(late)).verdict).toBe('staged')
    const stranger = await makeTenant(database.db)
    expect(await why(late, stranger.id)).toMatchObject({ verdict: 'unknown', evidence: [] })
    expect(await why(late, stranger.id, [bench.shopId])).toMatchObject({ verdict: 'unknown', evidence: [] })
    expect((await why(late, bench.tenantId, [])).evidence).toEqual([])
  })
})
