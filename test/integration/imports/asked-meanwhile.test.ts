import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readDue } from '../../../src/imports/import-job.ts'
import { retryFailed, retryRequest } from '../../../src/imports/import-orders.ts'
import { endWaitOf } from '../../../src/imports/requests/statements.ts'
import { resultOf, writeAttemptResults } from '../../../src/imports/results/attempt-result.ts'
import { ingestPushed } from '../../../src/notifications/take.ts'
import { noRequest, prepareOrder, stageOrders } from '../../../src/orders/store/stage.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { present } from '../../../src/platform/narrow.ts'
import { hurryHeldBack } from '../../../src/reconciliation/page.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench } from '../../support/imports/import-bench.ts'

/**
 * An answer that was on its way when its number was asked for again says nothing of what has been heard
 * since.
 */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  await database.db.mallNotification.deleteMany()
})

const NUMBER = '123456-20260115-0000000042'
const tools = (bench: ImportBench) => ({ ...bench.deps, wakeQueue: { wake: async () => undefined } })
const request = () => database.db.importRequest.findFirstOrThrow({ where: { orderNumber: NUMBER } })

it('asked for while the mall answers: the answer counts for nothing, and the mall is asked once more at once', async () => {
  const bench = await importBench(database)
  let asked = false
  bench.mall.beforeAnswer(async () => {
    if (asked) return
    asked = true
    await bench.want([NUMBER])
  })
  await bench.want([NUMBER])
  await bench.run()
  expect(bench.mall.calls).toEqual([[NUMBER], [NUMBER]])
  expect(await request()).toMatchObject({ state: 'waiting', attempts: 1, asks: 1 })
})

it.each<[string, (bench: ImportBench) => Promise<unknown>]>([
  ['tries it again', async (bench) => retryRequest(tools(bench), bench.tenantId, (await request()).id)],
  [
    'sees the mall give it',
    (bench) =>
      endWaitOf(
        database.pool,
        { shopId: bench.shopId, orderNumber: NUMBER, held: false },
        new Date(bench.clock.now()),
      ),
  ],
])(
  'a person %s while an answer is on its way: the answer ends nothing and puts nothing off',
  async (_, act) => {
    const bench = await importBench(database)
    await bench.want([NUMBER])
    await bench.run()
    const { nextAttemptAt } = await request()
    const [read] = await readDue(database.pool, bench.shopId, nextAttemptAt, 5)
    if (!read) throw new Error('nothing is due')
    const asks = (await request()).asks
    await act(bench)
    const acted = await request()
    expect(acted).toMatchObject({ state: 'waiting', asks: asks + 1 })
    const late = resultOf(read, { kind: 'not_found', orderNumber: NUMBER }, nextAttemptAt.getTime())
    await writeAttemptResults(database.pool, testSealer, [late], nextAttemptAt)
    expect(await request()).toMatchObject({ nextAttemptAt: acted.nextAttemptAt, attempts: acted.attempts })
  },
)

it('a person retries all that was given up: what was asked before says nothing of it', async () => {
  const bench = await importBench(database)
  await bench.want([NUMBER])
  const [read] = await readDue(database.pool, bench.shopId, new Date(bench.clock.now()), 5)
  if (!read) throw new Error('nothing is due')
  await database.db.importRequest.updateMany({ data: { state: 'failed', outcome: 'BROKEN' } })
  await retryFailed(tools(bench), bench.tenantId, {})
  const late = resultOf(read, { kind: 'not_found', orderNumber: NUMBER }, bench.clock.now())
  await writeAttemptResults(database.pool, testSealer, [late], new Date(bench.clock.now()))
  expect(await request()).toMatchObject({ state: 'waiting', attempts: 0, outcome: null, asks: 1 })
})

it('listed by the mall while an answer that holds it back is on its way: asked for at once all the same', async () => {
  const bench = await importBench(database)
  const retryAt = new Date(bench.clock.now() + 3_600_000)
  bench.mall.answer(NUMBER, { kind: 'pending', orderNumber: NUMBER, retryAt, message: '未決済です。' })
  await bench.want([NUMBER])
  await bench.run()
  const { nextAttemptAt } = await request()
  const [read] = await readDue(database.pool, bench.shopId, nextAttemptAt, 5)
  if (!read) throw new Error('nothing is due')
  const listed = new Date(nextAttemptAt.getTime() - 1_000)
  await inTransaction(database.pool, (client) => hurryHeldBack(client, bench.shopId, [NUMBER], listed))
  const late = resultOf(read, { kind: 'not_found', orderNumber: NUMBER }, nextAttemptAt.getTime())
  await writeAttemptResults(database.pool, testSealer, [late], nextAttemptAt)
  expect(await request()).toMatchObject({ state: 'waiting', attempts: 1, asks: 1, nextAttemptAt: listed })
})

const cancel = (bench: ImportBench) =>
  bench.mall.place(NUMBER, { mallState: 'cancelled', mallStatus: { code: '900', name: 'キャンセル確定' } })
const order = () => database.db.order.findFirst({ where: { orderNumber: NUMBER } })

it.each([
  ['import', 'before its call'],
  ['import', 'while it is being read'],
  ['import', 'when it is here'],
  // As a mail of a payment asks, also for an order that is not here.
  ['refresh', 'while it is being read'],
] as const)('of purpose %s: a change that the mall tells of %s is on the order', async (purpose, when) => {
  const bench = await importBench(database)
  const { shopId: id, tenantId } = bench
  const tell = async () => {
    const shop = { id, tenantId, code: '123456', marketplace: 'rakuten' } as const
    await ingestPushed(tools(bench), shop, [{ orderNumber: NUMBER, id: newId(), news: 'changed' }])
  }
  bench.mall.place(NUMBER)
  await bench.want([NUMBER], { purpose })
  if (when === 'before its call') {
    cancel(bench)
    await tell()
  } else if (when === 'while it is being read')
    // The first answer is of before the change.
    bench.mall.beforeAnswer(async () => {
      if (bench.mall.calls.length === 1) await tell()
      else cancel(bench)
    })
  await bench.run()
  if (when === 'when it is here') {
    cancel(bench)
    await tell()
    await bench.run()
  }
  expect(await order()).toMatchObject({ mallState: 'cancelled' })
  expect(bench.mall.calls).toHaveLength(when === 'before its call' ? 1 : 2)
  expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
})

it('a change of an order that nobody imports asks for nothing, and two who tell of a new one cost one reading', async () => {
  const bench = await importBench(database)
  const { shopId: id, tenantId } = bench
  const tell = (news: 'new' | 'changed') =>
    ingestPushed(tools(bench), { id, tenantId, code: '123456', marketplace: 'rakuten' }, [
      { orderNumber: NUMBER, id: newId(), news },
    ])
  await tell('changed')
  expect(await database.db.importRequest.count()).toBe(0)
  expect(await database.db.mallNotification.findFirst()).toMatchObject({ state: 'idle' })
  bench.mall.place(NUMBER)
  bench.mall.beforeAnswer(() => tell('new'))
  await bench.want([NUMBER])
  await bench.run()
  expect(bench.mall.calls).toEqual([[NUMBER]])
  expect(await request()).toMatchObject({ state: 'done', outcome: 'staged' })
})

it('a change that is told twice by one message costs one reading', async () => {
  const bench = await importBench(database)
  const { shopId: id, tenantId } = bench
  const message = { orderNumber: NUMBER, id: newId(), news: 'changed' as const }
  bench.mall.place(NUMBER)
  await bench.want([NUMBER])
  const shop = { id, tenantId, code: '123456', marketplace: 'rakuten' } as const
  for (let time = 1; time <= 3; time += 1) await ingestPushed(tools(bench), shop, [message])
  expect(await request()).toMatchObject({ asks: 1, changedAsk: 1 })
  expect(await database.db.mallNotification.findMany()).toMatchObject([{ state: 'taken', reason: null }])
})

it('an order that comes in by another way while a refresh of it is read is read once more', async () => {
  const bench = await importBench(database)
  const { shopId: id, tenantId } = bench
  bench.mall.place(NUMBER)
  const before = present(bench.mall.order(NUMBER))
  bench.mall.beforeAnswer(async () => {
    if (await order()) return
    const orderId = newId()
    const request = noRequest({ tenantId }, { id: orderId, orderNumber: NUMBER }, 'file')
    const found = { request, order: before, raw: '{}', rereadAt: undefined, revision: null, takenBack: [] }
    const shop = { id, tenantId, marketplace: 'rakuten', settings: {} } as const
    const at = new Date(bench.clock.now())
    await stageOrders(database.pool, bench.deps, shop, [prepareOrder(found, orderId, testSealer)], at)
    cancel(bench)
  })
  await bench.want([NUMBER], { purpose: 'refresh' })
  await bench.run()
  expect(await order()).toMatchObject({ mallState: 'cancelled' })
  expect(await request()).toMatchObject({ state: 'done' })
})
