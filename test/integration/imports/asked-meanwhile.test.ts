import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { readDue } from '../../../src/imports/import-job.ts'
import { resultOf, writeAttemptResults } from '../../../src/imports/results/attempt-result.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { hurryHeldBack } from '../../../src/reconciliation/page.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { testSealer } from '../../support/fixtures.ts'
import { importBench } from '../../support/imports/import-bench.ts'

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
