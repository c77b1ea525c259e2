import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readDue } from '../../../src/imports/import-job.ts'
import { retryFailed, retryRequest } from '../../../src/imports/import-orders.ts'
import { endWaitOf } from '../../../src/imports/requests/statements.ts'
import { resultOf, writeAttemptResults } from '../../../src/imports/results/attempt-result.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { hurryHeldBack } from '../../../src/reconciliation/page.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
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
beforeEach(() => database.db.tenant.deleteMany())

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
