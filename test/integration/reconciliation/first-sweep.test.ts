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

/** Until after a run that looks back again. */
const nextDay = async (): Promise<void> => {
  bench.clock.advance(26 * 60 * MINUTE)
  await bench.pass(10 * MINUTE)
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

  it('brings in a cancelled order that is open again by the list', async () => {
    const [history = '', held = '', older = ''] = numbers(3)
    bench.mall.place(history, { orderedAt: iso(-DAY), mallState: 'cancelled' })
    bench.mall.place(held, { orderedAt: iso(-DAY), mallState: 'open' })
    const order = present(bench.mall.order(held))
    const retryAt = new Date(bench.clock.now() + MINUTE)
    bench.mall.answer(held, { kind: 'pending', orderNumber: held, retryAt, message: '入金待ちです。' })
    await bench.want([held])
    await bench.run()
    const cancelled = { ...order, mallState: 'cancelled' as const }
    bench.mall.answer(held, { kind: 'found', orderNumber: held, raw: '{}', order: cancelled })
    bench.mall.place(older, { orderedAt: iso(-DAY), mallState: 'shipped' })
    await firstSweep()
    expect(await here()).toEqual([])
    for (const number of [history, held, older])
      bench.mall.change(number, (before) => ({ ...before, mallState: 'open' }))
    await nextDay()
    expect(await here()).toEqual([history, held, older])
    const { days } = await readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})
    expect(days.find(({ mall }) => mall)).toMatchObject({ mall: 3, here: 3, missing: 0, complete: true })
  })

  it('asks seldom for an order that its list calls open and the mall itself cancelled', async () => {
    const [number = ''] = numbers(1)
    bench.mall.place(number, { orderedAt: iso(-MINUTE), mallState: 'cancelled' })
    const list = bench.mall.open
    bench.mall.open = (shop, tools) => {
      const session = list(shop, tools)
      return {
        ...session,
        async listOrders(...window) {
          const page = await session.listOrders(...window)
          return { ...page, orders: page.orders.map((order) => ({ ...order, mallState: 'open' as const })) }
        },
      }
    }
    await bench.pass(90 * MINUTE)
    expect(await here()).toEqual([])
    const asked = bench.mall.calls.length
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(9)
  })

  it.each(['dismissed', 'not for the shop'])(
    'leaves what is %s, though the list calls it open',
    async (why) => {
      const [number = ''] = numbers(1)
      bench.mall.place(number, { orderedAt: iso(-DAY) })
      const order = present(bench.mall.order(number))
      const list = bench.mall.open
      bench.mall.open = (shop, tools) => ({
        ...list(shop, tools),
        async *fetchOrders([orderNumber = '']) {
          bench.mall.calls.push([orderNumber])
          yield why === 'dismissed'
            ? { kind: 'failed', orderNumber, failure: failure('rejected') }
            : { kind: 'skipped', orderNumber, reason: '日本円以外の通貨です。' }
        },
      })
      await firstSweep()
      if (why === 'dismissed') {
        const { id } = await database.db.importRequest.findFirstOrThrow()
        await dismissRequest(bench.deps, bench.tenantId, id)
      }
      const asked = bench.mall.calls.length
      bench.mall.change(order.orderNumber, (before) => ({ ...before, mallState: 'cancelled' }))
      await bench.pass(10 * MINUTE)
      bench.mall.change(order.orderNumber, (before) => ({ ...before, mallState: 'open' }))
      await nextDay()
      expect(bench.mall.calls).toHaveLength(asked)
      expect(await database.db.importRequest.count()).toBe(1)
    },
  )

  it('waits for a cancellation that the mall may still revoke', async () => {
    await begin('reading')
    const [revoked = '', final = ''] = numbers(2)
    const cancelled = { orderedAt: iso(-DAY), mallState: 'cancelled' as const }
    for (const number of [revoked, final]) bench.mall.place(number, cancelled, new Date(iso(DAY)))
    await firstSweep()
    const readDay = async () =>
      (await readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})).days.find(
        ({ mall }) => mall !== null && mall > 0,
      )
    expect(await readDay()).toMatchObject({ mall: 2, pending: 2 })
    expect(await database.db.importRequest.findMany()).toMatchObject([
      { state: 'waiting', outcome: 'PENDING', message: expect.stringContaining('キャンセル') },
      { state: 'waiting', outcome: 'PENDING' },
    ])
    bench.mall.place(revoked, { orderedAt: iso(-DAY), mallState: 'open' })
    bench.mall.place(final, cancelled)
    await nextDay()
    expect(await here()).toEqual([revoked])
    expect(await readDay()).toMatchObject({ mall: 1, here: 1, pending: 0, missing: 0, complete: true })
  })

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
