import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { erasureRoutes, operatorErasureRoutes } from '../../../src/orders/erasure-routes.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/dump.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { sampleOrder } from '../../support/malls/sample-order.ts'

const PHONE = '090-9999-8888'

let database: TestDatabase
let bench: ImportBench
let rest: RestServer
let headers: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  rest = await restServer(database.db, {
    clock: bench.clock,
    more: {
      clientRoutes: [createOrderRoutes(bench.deps), erasureRoutes(bench.deps)],
      operatorRoutes: [operatorErasureRoutes(bench.deps)],
    },
  })
  headers = await rest.keyFor(bench.tenantId)
  return () => rest.close()
})

const theirs = () => {
  const { buyer } = sampleOrder('x')
  return { buyer: { ...buyer, phone: PHONE, email: 'buyer@example.jp' } }
}

async function stage(wanted: readonly string[], more: Parameters<ImportBench['mall']['place']>[1] = {}) {
  for (const number of wanted) bench.mall.place(number, more)
  await bench.want(wanted)
  await bench.run()
}

async function call(method: 'GET' | 'POST', url: string, payload?: object, as = headers) {
  const reply = await rest.app.inject({
    method,
    url: `/v1${url}`,
    headers: as,
    ...(payload ? { payload } : {}),
  })
  return { status: reply.statusCode, body: reply.json() }
}

const orderOf = (orderNumber: string) => database.db.order.findFirstOrThrow({ where: { orderNumber } })

test('by phone: every order of the buyer is empty and says so, the others are whole; money and items stay', async () => {
  const [mine = '', same = '', other = ''] = numbers(3)
  await stage([mine, same], theirs())
  await stage([other])
  const before = await orderOf(mine)
  const { status, body } = await call('POST', '/erasure', { phone: '０９０ー9999ー8888' })
  expect({ status, orders: body.orders, message: body.message }).toEqual({
    ...{ status: 200, orders: 2, message: expect.stringContaining('2件の受注から個人情報を消去しました') },
  })
  const shown = (await call('GET', `/orders/${before.id}`)).body
  expect(shown).toMatchObject({
    detail: null,
    detailMissing: 'erased',
    erasedAt: body.erasedAt,
    billedAmount: before.billedAmount,
  })
  const { events: timeline } = (await call('GET', `/orders/${before.id}/timeline`)).body
  expect(timeline.at(-1)).toMatchObject({
    kind: 'erased',
    label: '購入者からの請求により個人情報を消去しました',
  })
  expect((await call('GET', `/orders/${(await orderOf(other)).id}`)).body).toMatchObject({
    erasedAt: null,
    detailMissing: null,
  })
  expect((await call('GET', `/orders?phone=${PHONE}`)).body.orders).toEqual([])
  expect(await database.db.orderRaw.count()).toBe(1)
})

test('it stays erased: read again, imported again, and an older order that comes in later; a new purchase is whole', async () => {
  const [first = '', older = '', newer = ''] = numbers(3)
  await stage([first], theirs())
  await call('POST', '/erasure', { email: 'Buyer@example.jp' })
  await bench.want([first], { purpose: 'refresh' })
  await bench.run()
  expect(await orderOf(first)).toMatchObject({ sealedDetail: null, sealedEdits: null })

  await stage([older], { ...theirs(), orderedAt: new Date(bench.clock.now() - 86_400_000).toISOString() })
  const late = await orderOf(older)
  expect(late).toMatchObject({ sealedDetail: null, purgedAt: expect.any(Date), erasedAt: expect.any(Date) })
  expect(await database.db.orderSearch.count({ where: { orderId: late.id } })).toBe(0)
  expect(await database.db.orderRaw.count({ where: { orderId: late.id } })).toBe(0)

  bench.clock.advance(86_400_000)
  await stage([newer], { ...theirs(), orderedAt: new Date(bench.clock.now()).toISOString() })
  expect(await orderOf(newer)).toMatchObject({ erasedAt: null, sealedDetail: expect.anything() })
})

test('by number: mail, failed requests and ended changes of that order lose their words too', async () => {
  const [number = ''] = numbers(1)
  await stage([number])
  const order = await orderOf(number)
  const request = await database.db.importRequest.findFirstOrThrow({ where: { orderNumber: number } })
  await database.db.importRequest.update({
    where: { id: request.id },
    data: { sealedRaw: testSealer.seal('x', 'y'), sealedMallMessage: testSealer.seal('x', 'y') },
  })
  expect((await call('POST', '/erasure', { orderNumber: number })).body).toMatchObject({ orders: 1 })
  expect(await database.db.importRequest.findUnique({ where: { id: request.id } })).toMatchObject({
    ...{ sealedRaw: null, sealedMallMessage: null },
  })
  expect(
    await database.db.auditEntry.findFirst({ where: { action: 'buyer.erased', tenantId: bench.tenantId } }),
  ).toMatchObject({
    data: { by: number },
  })
  expect(await orderOf(number)).toMatchObject({ id: order.id, erasedAt: expect.any(Date) })
})

test('another tenant’s buyer is not touched; the operator names the tenant; the number itself is nowhere in a dump', async () => {
  const other = await importBench(database)
  const [number = ''] = numbers(1)
  await stage([number], theirs())
  const otherKey = await rest.keyFor(other.tenantId)
  expect((await call('POST', '/erasure', { phone: PHONE }, otherKey)).body).toMatchObject({ orders: 0 })
  expect(
    (await call('POST', '/admin/erasure', { tenantId: newId(), phone: PHONE }, rest.operator)).status,
  ).toBe(404)
  const { body } = await call(
    'POST',
    '/admin/erasure',
    { tenantId: bench.tenantId, phone: PHONE },
    rest.operator,
  )
  expect(body.orders).toBe(1)
  const dump = await dumpDatabase(database.url)
  expect(dump).not.toMatch(/09099998888|090-9999-8888|buyer@example\.jp/)
})

test.each([
  [{}, 'phone'],
  [{ phone: PHONE, email: 'a@example.jp' }, 'phone'],
  [{ phone: '8888' }, 'phone'],
  [{ email: 'nobody' }, 'email'],
])('%j is refused, with the field', async (payload, field) => {
  const { status, body } = await call('POST', '/erasure', payload)
  expect([status, body.errors?.[0]?.field ?? body.fields?.[0]?.field]).toEqual([422, field])
})
