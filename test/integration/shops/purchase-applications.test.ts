import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

let database: TestDatabase
let bench: MallBench
let server: RestServer
let key: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
  server = await restServer(database.db, { marketplaces: bench.marketplaces, sessions: bench.sessions })
  key = await server.keyFor(bench.tenantId)
})
afterAll(async () => {
  await server?.close()
  await bench?.close()
  await database?.close()
})
beforeEach(() => mall('PUT', 'faults', []))

const mall = (method: string, path: string, body: unknown) =>
  fetch(`${bench.malls.rakuten.url}/_control/${path}`, { method, body: JSON.stringify(body) })
const list = async (query = '', shopId = bench.shopIds.rakuten, headers = key) => {
  const answer = await server.app.inject({
    url: `/v1/shops/${shopId}/purchase-applications${query}`,
    headers,
  })
  return { status: answer.statusCode, body: answer.json() }
}

it('pages through what is delivered in the next ninety days, without anybody’s name, and stores nothing', async () => {
  for (let n = 0; n < 3; n += 1) await mall('POST', 'applications', { reserveType: 3 })
  await mall('POST', 'applications', { reserveType: 3, confirmAfterDays: 200 })
  const first = await list('?limit=2')
  expect(first).toMatchObject({ status: 200, body: { total: 3 } })
  const second = await list(`?limit=2&cursor=${first.body.nextCursor}`)
  expect(second.body).toMatchObject({ total: 3, nextCursor: null })
  const all = [...first.body.applications, ...second.body.applications]
  expect(new Set(all.map(({ applicationNumber }) => applicationNumber)).size).toBe(3)
  expect(all[0]).toMatchObject({ kind: 'reservation', deliveries: [{ round: 1, early: false }] })
  expect(JSON.stringify(all)).not.toMatch(/familyName|zipCode|subAddress|emailAddress/)
  expect(await database.db.order.count()).toBe(0)
})

it('is empty at a mall that keeps none apart', async () => {
  for (const shopId of [bench.shopIds.yahoo, bench.shopIds.amazon, bench.shopIds.aupay])
    expect(await list('', shopId)).toEqual({
      status: 200,
      body: { purchaseApplications: [], applications: [], total: 0, nextCursor: null },
    })
})

it.each([
  ['?from=2026-06-30&to=2026-06-01', 'to'],
  ['?from=2026-06-30&to=2029-06-01', 'to'],
  ['?by=order', 'by'],
  ['?from=2026-02-30', 'from'],
  ['?cursor=x', 'cursor'],
])('%s is refused, naming %s', async (query, field) => {
  expect(await list(query)).toMatchObject({ status: 422, body: { errors: [{ field }] } })
})

it('a function that is off at the mall moves neither shop nor orders', async () => {
  await mall('PUT', 'settings', { disabledFunctions: ['reserve.infoList.get'] })
  expect(await list()).toMatchObject({
    status: 422,
    body: { code: 'MARKETPLACE_REFUSED', mall: { code: 'RAKUTEN_RESERVE_REFUSED', mallCode: 'GA0001' } },
  })
  const shop = await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopIds.rakuten } })
  expect(shop.attentionCode ?? null).toBeNull()
  await mall('PUT', 'settings', { disabledFunctions: [] })
})

it('of another tenant’s shop are not found', async () => {
  const stranger = await makeTenant(database.db)
  const headers = await server.keyFor(stranger.id)
  expect(await list('', bench.shopIds.rakuten, headers)).toMatchObject({ status: 404 })
})
