import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dismissRequest } from '../../../src/imports/import-orders.ts'
import { PRIORITY } from '../../../src/imports/requests/statements.ts'
import { present } from '../../../src/platform/narrow.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { MINUTE, numbers, START, type SweepBench, sweepBench } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const DAY = 24 * 3_600_000
const iso = (offset: number): string => new Date(Date.parse(START) + offset).toISOString()

let database: TestDatabase
let bench: SweepBench
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(() => begin('list'))

async function begin(freshBy: 'list' | 'reading'): Promise<void> {
  bench = await sweepBench(database, { freshBy })
  await database.db.shop.update({ where: { id: bench.shopId }, data: { createdAt: new Date(START) } })
}

/** The first run: it looks back 30 days. */
const firstSweep = () => bench.pass(3 * MINUTE)

const here = async (): Promise<string[]> =>
  (await database.db.order.findMany({ orderBy: { orderNumber: 'asc' } })).map((order) => order.orderNumber)

describe('the first sweep of a shop', () => {
  it.each(['list', 'reading'] as const)(
    'leaves what was done before the shop came (states: %s)',
    async (freshBy) => {
      await begin(freshBy)
      const [open = '', shipped = '', cancelled = '', later = ''] = numbers(4)
      bench.mall.place(open, { orderedAt: iso(-20 * DAY) })
      bench.mall.place(shipped, { orderedAt: iso(-20 * DAY), mallState: 'shipped' })
      bench.mall.place(cancelled, { orderedAt: iso(-DAY), mallState: 'cancelled' })
      bench.mall.place(later, { orderedAt: iso(30_000), mallState: 'shipped' })
      await firstSweep()
      expect(await here()).toEqual([open, later])
      const { days } = await readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})
      expect(days.every((day) => day.complete && day.missing === 0)).toBe(true)
      const asked = bench.mall.calls.flat().toSorted()
      const left = await database.db.importRequest.findMany({ where: { outcome: 'skipped' } })
      if (freshBy === 'list') {
        expect(asked).toEqual([open, later])
        expect(left).toEqual([])
      } else {
        expect(left.map(({ orderNumber }) => orderNumber).toSorted()).toEqual([shipped, cancelled])
        expect(left[0]).toMatchObject({ state: 'done', message: expect.stringContaining('登録前') })
      }
      await bench.want([shipped], { source: 'person' })
      await bench.run()
      expect(await here()).toContain(shipped)
    },
  )

  it('has a complete day when a person gives up what cannot be had', async () => {
    const [bad = '', good = ''] = numbers(2)
    bench.mall.place(good, { orderedAt: iso(-DAY) })
    bench.mall.place(bad, { orderedAt: iso(-DAY) })
    const listed = bench.mall.open
    bench.mall.open = (shop, tools) => ({
      ...listed(shop, tools),
      async *fetchOrders(wanted) {
        for (const orderNumber of wanted)
          yield orderNumber === bad
            ? { kind: 'failed', orderNumber, failure: failure('rejected') }
            : { kind: 'found', orderNumber, order: present(bench.mall.order(orderNumber)), raw: '{}' }
      },
    })
    await firstSweep()
    const readDay = async () =>
      (await readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})).days.find(
        ({ mall }) => mall !== null && mall > 0,
      )
    expect(await readDay()).toMatchObject({ mall: 2, here: 1, missingNumbers: [bad], complete: false })
    const [failed] = await database.db.importRequest.findMany({ where: { state: 'failed' } })
    await dismissRequest(bench.deps, bench.tenantId, failed?.id ?? '')
    for (let n = 0; n < 3; n += 1) {
      bench.clock.advance(300_000)
      await firstSweep()
    }
    expect(await readDay()).toMatchObject({ mall: 1, here: 1, missing: 0, complete: true })
    expect(await database.db.importRequest.count({ where: { orderNumber: bad } })).toBe(1)
  })

  it('does not keep a person from importing such an order', async () => {
    const [shipped = ''] = numbers(1)
    bench.mall.place(shipped, { orderedAt: iso(-20 * DAY), mallState: 'shipped' })
    await firstSweep()
    expect(await here()).toEqual([])
    await bench.want([shipped], { source: 'person' })
    await bench.run()
    expect(await here()).toEqual([shipped])
  })

  it('does not leave out what a person or a mail asks for while the sweep still does', async () => {
    const [asked = '', mailed = '', history = ''] = numbers(3)
    for (const number of [asked, mailed, history])
      bench.mall.place(number, { orderedAt: iso(-20 * DAY), mallState: 'shipped' })
    await bench.want([asked, mailed, history], { source: 'sweep' })
    await bench.want([asked], { source: 'person', priority: PRIORITY.period })
    await bench.want([mailed], { source: 'mail' })
    await bench.want([asked, mailed], { source: 'sweep' })
    await bench.run()
    expect(await here()).toEqual([asked, mailed])
  })

  it('has nothing given up by a person who dismisses what has ended, nor the re-reads of an order that is here', async () => {
    const [number = ''] = numbers(1)
    bench.mall.place(number, { orderedAt: iso(0) })
    await bench.want([number])
    await bench.run()
    await bench.want([number], { purpose: 'refresh', dueAt: new Date(iso(DAY)) })
    const stateOf = async (purpose: string) =>
      (await database.db.importRequest.findFirstOrThrow({ where: { purpose } })).state
    const { id } = await database.db.importRequest.findFirstOrThrow({ where: { purpose: 'import' } })
    await expect(dismissRequest(bench.deps, bench.tenantId, id)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await stateOf('refresh')).toBe('waiting')
    await database.db.importRequest.update({ where: { id }, data: { state: 'failed', outcome: 'rejected' } })
    await dismissRequest(bench.deps, bench.tenantId, id)
    expect([await stateOf('import'), await stateOf('refresh')]).toEqual(['done', 'waiting'])
  })
})
