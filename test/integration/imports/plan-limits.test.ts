import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'

/** A plan bounds what is registered. What is there already goes on, however small the plan becomes. */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

test('a plan that is made smaller than what is there stops no import, no pull and no key', async () => {
  const bench = await importBench(database)
  const { tenantId, shopId } = bench
  await makeMailbox(database.db, { tenantId, shopIds: [shopId] })
  const { key, prefix, hash } = newApiKey(systemRandom)
  await database.db.apiKey.create({
    data: { id: newId(), tenantId, name: 'x', prefix, hash, createdAt: new Date(bench.clock.now()) },
  })
  const app = await wholeServer(database, { requestsPerMinute: 100_000 }, { clock: bench.clock })
  const ask = (method: 'POST' | 'PATCH', url: string, payload: object, bearer = key) =>
    app.inject({
      method,
      url: `/v1${url}`,
      headers: { authorization: `Bearer ${bearer}`, 'idempotency-key': newId() },
      payload,
    })
  try {
    const limits = { shops: 0, mailboxes: 0, webhooks: 0, apiKeys: 0 }
    const changed = await ask('PATCH', `/admin/tenants/${tenantId}`, { limits }, OPERATOR_KEY)
    expect(changed.json().limits).toEqual(limits)
    const [first = '', second = ''] = numbers(2)
    for (const number of [first, second]) bench.mall.place(number)
    await bench.want([first])
    const asked = await ask('POST', '/orders/import', { shopId, orderNumbers: [second] })
    expect(asked.statusCode, asked.body).toBeLessThan(300)
    await bench.run()
    expect(await database.db.order.count({ where: { tenantId } })).toBe(2)
    const pulled = await ask('POST', '/orders/pull', {})
    expect(pulled.json().orders).toHaveLength(2)
    // What is there may be changed, switched off and on; more of it is refused.
    for (const enabled of [false, true])
      expect((await ask('PATCH', `/shops/${shopId}`, { enabled })).statusCode).toBe(200)
    const refused = [
      await ask('POST', '/shops', { marketplace: 'rakuten', code: '654321', name: 'x' }),
      await ask('POST', '/mailboxes', { name: 'x', kind: 'inbound' }),
      await ask('POST', '/webhooks', { name: 'x', url: 'https://8.8.8.8/x' }),
      await ask('POST', '/api-keys', { name: 'x' }),
    ]
    for (const answer of refused)
      expect(answer.json()).toMatchObject({ status: 409, reason: 'too_many', most: 0 })
  } finally {
    await app.close()
  }
})
