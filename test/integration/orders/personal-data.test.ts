import { afterAll, beforeAll, expect, test } from 'vitest'
import { editOrder } from '../../../src/orders/edit.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { findPersonalData } from '../../support/database/personal-data.ts'
import { sampleOrder, testSealer } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

test('the search finds a person wherever they are, by each term, and nobody where they are not', async () => {
  const bench = await importBench(database)
  const [number = ''] = numbers(1)
  const buyer = { ...sampleOrder(number).buyer, phone: '090-9999-8888', email: 'buyer@example.jp' }
  bench.mall.place(number, { buyer })
  await bench.want([number])
  await bench.run()
  const { id } = await database.db.order.findFirstOrThrow()
  const caller = { tenantId: bench.tenantId, actor: 'key:x' }
  await editOrder(bench.deps, caller, id, null, { notes: { shop: '電話済' } })
  // Left in the clear by mistake, in a table that is no order's.
  await database.db.shop.updateMany({ data: { attentionMessage: '０９０（9999）8888 に連絡' } })
  const found = await findPersonalData(database.pool, testSealer, {
    names: ['高橋 花子'],
    phones: ['+81 90-9999-8888'],
    emails: ['Buyer@example.jp'],
    addresses: [{ postalCode: '100-0001', text: '東京都千代田区千代田1丁目1' }],
  })
  expect([...new Set(found.map(({ table, how }) => `${table} ${how}`))].sort()).toEqual([
    ...['order_search hash', 'order_versions sealed', 'orders sealed', 'shops clear'],
  ])
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['name', 'phone', 'email', 'address']))
  expect(await findPersonalData(database.pool, testSealer, { phones: ['080-1111-2222'] })).toEqual([])
})
