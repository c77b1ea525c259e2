import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { reimportOrders } from '../../../src/imports/reimport.ts'
import { eraseMails } from '../../../src/mail/erase-buyer.ts'
import { mailContext } from '../../../src/mail/intake/batch.ts'
import { addBlocked } from '../../../src/marks/blocked.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import { erasePoison, poisonContext } from '../../../src/notifications/take.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { erasureRoutes, operatorErasureRoutes } from '../../../src/orders/erasure.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { viewContext } from '../../../src/orders/saved-views.ts'
import { PLAN_DELIVERIES } from '../../../src/webhooks/statements.ts'
import { secretContext } from '../../../src/webhooks/webhooks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase, findPersonalData } from '../../support/database/personal-data.ts'
import { makeMailbox, makeShop, newId, sampleOrder, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

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
  const deps = { ...bench.deps, elsewhere: [eraseMails(bench.deps), erasePoison(bench.deps)] }
  rest = await restServer(database.db, {
    clock: bench.clock,
    more: {
      clientRoutes: [createOrderRoutes(bench.deps), erasureRoutes(deps)],
      operatorRoutes: [operatorErasureRoutes(deps)],
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
    status: 200,
    orders: 2,
    message: expect.stringContaining('2件の受注から個人情報を消去しました'),
  })
  const told = await database.db.$queryRaw<{ data: { orderId: string; what: string[] } }[]>`
    select data from events where kind = 'order' and tenant_id = ${bench.tenantId}::uuid and data->'what' ? 'erased'`
  expect(told.map(({ data }) => data.orderId).sort()).toEqual([before.id, (await orderOf(same)).id].sort())
  expect(told.map(({ data }) => data.what)).toEqual([['erased'], ['erased']])
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
    data: {
      sealedRaw: testSealer.of(null).seal('x', 'y'),
      sealedMallMessage: testSealer.of(null).seal('x', 'y'),
    },
  })
  expect((await call('POST', '/erasure', { orderNumber: number })).body).toMatchObject({ orders: 1 })
  expect(await database.db.importRequest.findUnique({ where: { id: request.id } })).toMatchObject({
    sealedRaw: null,
    sealedMallMessage: null,
  })
  expect(
    await database.db.auditEntry.findFirst({ where: { action: 'buyer.erased', tenantId: bench.tenantId } }),
  ).toMatchObject({
    data: { by: number },
  })
  expect(await orderOf(number)).toMatchObject({ id: order.id, erasedAt: expect.any(Date) })
})

test('a number that two shops have: refused without its shop, and with it the other shop’s order, mails and answers stay', async () => {
  const [number = ''] = numbers(1)
  const { tenantId, shopId, mall } = bench
  const second = await makeShop(database.db, {
    tenantId,
    marketplace: mall.name,
    code: 'second',
    name: '二号店',
  })
  const beside = await importBench(database, {}, { ...bench, shopId: second.id })
  await stage([number], theirs())
  mall.change(number, (order) => ({ ...order, buyer: { ...order.buyer, phone: '080-1111-2222' } }))
  await beside.want([number])
  await beside.run()
  const mine = await keepMail('', [number], [shopId])
  const others = [
    await keepMail('', [number], [second.id]),
    await keepMail(`注文番号 ${number}`, [], [second.id]),
    await keepMail('電話 080-1111-2222', [], [second.id]),
  ].sort()
  await database.db.importRequest.updateMany({
    where: { orderNumber: number },
    data: { sealedRaw: testSealer.of(null).seal('x', 'y') },
  })

  const { status, body } = await call('POST', '/erasure', { orderNumber: number })
  expect({ status, errors: body.errors }).toEqual({
    status: 422,
    errors: [
      { field: 'shopId', code: 'several_shops', message: expect.stringContaining(`二号店（${second.id}）`) },
    ],
  })
  expect(await database.db.erasure.count({ where: { tenantId } })).toBe(0)
  expect((await call('POST', '/erasure', { phone: PHONE, shopId })).body.errors).toMatchObject([
    { field: 'shopId', code: 'not_allowed' },
  ])
  expect((await call('POST', '/erasure', { orderNumber: number, shopId: newId() })).status).toBe(404)
  const operator = { tenantId, orderNumber: number, shopId: newId() }
  expect((await call('POST', '/admin/erasure', operator, rest.operator)).status).toBe(404)

  expect((await call('POST', '/erasure', { orderNumber: number, shopId })).body).toMatchObject({ orders: 1 })
  const rows = await database.db.order.findMany({ where: { orderNumber: number } })
  expect(
    new Map(rows.map((row) => [row.shopId, [row.erasedAt !== null, row.sealedDetail !== null]])),
  ).toEqual(
    new Map([
      [shopId, [true, false]],
      [second.id, [false, true]],
    ]),
  )
  const requests = await database.db.importRequest.findMany({ where: { orderNumber: number } })
  expect(new Map(requests.map((row) => [row.shopId, row.sealedRaw !== null]))).toEqual(
    new Map([
      [shopId, false],
      [second.id, true],
    ]),
  )
  expect(await database.db.mail.findUnique({ where: { id: mine } })).toMatchObject({ sealedMail: null })
  expect(await withWords()).toEqual(expect.arrayContaining(others))
  const note = await database.db.auditEntry.findFirst({ where: { action: 'buyer.erased', tenantId } })
  expect(note).toMatchObject({ data: { by: number, shopId } })
})

test('by phone, too, a mail of another shop’s order with the same number keeps its words', async () => {
  const [number = ''] = numbers(1)
  const { tenantId, shopId, mall } = bench
  const second = await makeShop(database.db, { tenantId, marketplace: mall.name, code: 'second' })
  await stage([number], theirs())
  await (await importBench(database, {}, { ...bench, shopId: second.id })).want([number])
  const mine = await keepMail('', [number], [shopId])
  const other = await keepMail('', [number], [second.id])
  await call('POST', '/erasure', { phone: PHONE })
  expect(await withWords()).toContain(other)
  expect(await withWords()).not.toContain(mine)
})

test.each(['phone', 'number'])(
  'by %s, a mail of a mailbox that serves the shop no more loses its words',
  async (by) => {
    const [number = ''] = numbers(1)
    const { tenantId, shopId, mall } = bench
    const second = await makeShop(database.db, { tenantId, marketplace: mall.name, code: 'second' })
    await stage([number], theirs())
    await (await importBench(database, {}, { ...bench, shopId: second.id })).want([number])
    const mine = await keepMail('', [number], [shopId, second.id])
    await database.db.importRequest.updateMany({ where: { orderNumber: number }, data: { mailId: mine } })
    await database.db.mailboxShop.deleteMany({ where: { shopId } })
    await call('POST', '/erasure', by === 'phone' ? { phone: PHONE } : { orderNumber: number })
    expect(await withWords()).not.toContain(mine)
  },
)

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

async function keepMail(text: string, orderNumbers: string[] = [], shopIds: string[] = []): Promise<string> {
  const { db } = database
  const mailbox = await makeMailbox(db, { tenantId: bench.tenantId, shopIds })
  const id = newId()
  const now = new Date()
  await db.mail.create({
    data: {
      id,
      tenantId: bench.tenantId,
      mailboxId: mailbox.id,
      uidValidity: 1n,
      uid: 1n,
      size: 1,
      fingerprint: new Uint8Array(32),
      marketplace: 'rakuten',
      kind: 'unknown',
      orderNumbers,
      seenAt: now,
      state: orderNumbers.length > 0 ? 'recognised' : 'unreadable',
      sealedMail: testSealer
        .of(bench.tenantId)
        .sealJson(mailContext(id), { subject: '注文', from: ['shop@example.jp'], text }),
    },
  })
  return id
}

async function keepPoison(text: string): Promise<string> {
  const id = newId()
  await database.db.mallNotification.create({
    data: {
      id,
      marketplace: 'amazon',
      notificationId: id,
      state: 'poison',
      seenAt: new Date(),
      sealedText: testSealer.of(null).sealText(poisonContext(id), text),
    },
  })
  return id
}

const withWords = async () =>
  [
    ...(await database.db.mail.findMany({ where: { sealedMail: { not: null } }, select: { id: true } })),
    ...(await database.db.mallNotification.findMany({
      where: { sealedText: { not: null } },
      select: { id: true },
    })),
  ]
    .map(({ id }) => id)
    .sort()

test.each([
  [{ phone: PHONE }, '電話：０９０−９９９９−８８８８', '電話 090-9999-8887\n8'],
  [{ phone: PHONE }, 'tel +81 90-9999-8888', 'tel 080-9999-8888'],
  [{ email: 'buyer@example.jp' }, 'Buyer@Example.JP 様', 'other@example.jp'],
  [{ orderNumber: 'A-100' }, '注文番号 A-100', '注文番号 B-100'],
])(
  'by %j: mails and notifications that nobody could read lose their words too, and others’ do not',
  async (by, theirs, others) => {
    await database.db.mallNotification.deleteMany()
    await keepMail(theirs)
    await keepPoison(theirs)
    const kept = [await keepMail(others), await keepPoison(others)].sort()
    expect((await call('POST', '/erasure', by)).status).toBe(200)
    expect(await withWords()).toEqual(kept)
  },
)

test('by number: a mail of an order that never came in, too; another tenant’s mails stay', async () => {
  await database.db.mallNotification.deleteMany()
  const mine = await keepMail('', ['A-100'])
  const otherKey = await rest.keyFor((await importBench(database)).tenantId)
  await call('POST', '/erasure', { orderNumber: 'A-100' }, otherKey)
  expect(await withWords()).toEqual([mine])
  await call('POST', '/erasure', { orderNumber: 'A-100' })
  expect(await withWords()).toEqual([])
})

test('labels hold nothing of the buyer; the tenant’s own note about them stays until a person removes it', async () => {
  const [number = ''] = numbers(1)
  await stage([number], theirs())
  const { tenantId } = bench
  const order = await orderOf(number)
  const label = { tenantId, key: 'T000000001', orderId: order.id, recipientId: '1', format: 'yamato_b2' }
  await database.db.label.create({ data: { ...label, exportedAt: new Date() } })
  const note = { kind: 'phone', value: PHONE, reason: '受取拒否' } as const
  await addBlocked(bench.deps, { tenantId, actor: 'key:x' }, note)
  await call('POST', '/erasure', { phone: PHONE })
  expect(await database.db.label.findFirst()).toMatchObject(label)
  expect(await database.db.blockedBuyer.count({ where: { tenantId } })).toBe(1)
  expect(await dumpDatabase(database.url)).not.toMatch(/09099998888|090-9999-8888|buyer@example\.jp/)
})

test('all that an order has touched: edited, imported again, pulled, labelled, changed, told, listed, saved under a name', async () => {
  const { deps, tenantId, mall, clock } = bench
  const caller = { tenantId, actor: 'key:x' }
  deps.marker = createMarker(deps)
  await addBlocked(deps, caller, { kind: 'phone', value: PHONE, reason: '受取拒否' })
  await makeWebhook()
  const [number = ''] = numbers(1)
  await stage([number], theirs())
  const { id, marks } = await orderOf(number)
  expect(marks).toContain('blocked_buyer')
  const wakeQueue = { wake: async () => undefined }
  await editOrder(deps, caller, id, null, { buyer: { givenName: '華子' }, notes: { shop: '花子様へ電話' } })
  mall.change(number, (order) => ({ ...order, buyer: { ...order.buyer, address1: '千代田2-2' } }))
  await reimportOrders({ ...deps, wakeQueue }, caller, { orderIds: [id], apply: 'keep-edits' })
  await bench.run()
  const key = { ...caller, idempotencyKey: 'one' }
  expect((await pullOrders(deps, key, { limit: 10 })).orders).toMatchObject([
    { detail: { buyer: { phone: PHONE } } },
  ])
  const changeId = newId()
  await database.db.siteChange.create({
    data: {
      id: changeId,
      tenantId,
      shopId: bench.shopId,
      orderId: id,
      position: 1,
      action: 'note',
      state: 'succeeded',
      actor: 'key:x',
      nextAttemptAt: new Date(),
      expiresAt: new Date(),
      requestedAt: new Date(),
      updatedAt: new Date(),
      finishedAt: new Date(),
      sealedTexts: testSealer.of(tenantId).sealText(`site_change:${changeId}:texts`, '髙橋花子様へ'),
    },
  })
  await call('GET', `/orders?phone=${PHONE}&buyer=${encodeURIComponent('高橋花子')}`)
  const onHold = { onHoldReason: `髙橋花子様 ${PHONE} へ電話`, onHoldDate: '2026-12-01' }
  await moveOrders(deps, caller, { orderIds: [id], to: 'on_hold', ...onHold })
  await saveView('髙橋 花子様の注文', { status: 'new' })
  const kept = await saveView('今日の分', { number })
  const unreadable = await keepMail('タカハシ様こと高橋　花子 様のご注文')
  await database.pool.query(PLAN_DELIVERIES({ now: new Date(clock.now()), limit: 100 }))
  expect(await database.db.webhookDelivery.count()).toBeGreaterThan(0)

  expect((await call('POST', '/erasure', { phone: PHONE })).body).toMatchObject({ orders: 1 })
  expect(
    await findPersonalData(database.pool, testSealer, {
      names: ['髙橋花子', '髙橋華子'],
      phones: [PHONE],
      emails: ['buyer@example.jp'],
      addresses: [
        { postalCode: '1000001', text: '東京都千代田区千代田1-1' },
        { postalCode: '1000001', text: '東京都千代田区千代田2-2' },
      ],
    }),
  ).toEqual([])
  expect(await orderOf(number)).toMatchObject({ marks: [], erasedAt: expect.any(Date) })
  expect(await database.db.orderMark.count({ where: { orderId: id } })).toBe(0)
  expect(await database.db.mail.findUnique({ where: { id: unreadable } })).toMatchObject({ sealedMail: null })
  expect((await pullOrders(deps, key, { limit: 10 })).orders).toMatchObject([
    { id, detail: null, detailMissing: 'erased' },
  ])
  const views = await database.db.savedView.findMany({ orderBy: { id: 'asc' } })
  expect(
    views.map((row) => testSealer.of(bench.tenantId).openJson(viewContext(row.id), row.sealedView)),
  ).toEqual([
    { name: '名前を消去した条件', query: { status: 'new' } },
    { name: '今日の分', query: { number } },
  ])
  expect(views[1]?.id).toBe(kept)
})

async function saveView(name: string, query: object): Promise<string> {
  const id = newId()
  const at = new Date()
  await database.db.savedView.create({
    data: {
      id,
      tenantId: bench.tenantId,
      createdAt: at,
      updatedAt: at,
      sealedView: testSealer.of(bench.tenantId).sealJson(viewContext(id), { name, query }),
    },
  })
  return id
}

const makeWebhook = () => {
  const id = newId()
  const at = new Date()
  return database.db.webhook.create({
    data: {
      id,
      tenantId: bench.tenantId,
      url: 'https://example.jp/hook',
      name: '基幹',
      kinds: [],
      sealedSecret: testSealer.of(bench.tenantId).sealText(secretContext(id), 'x'),
      xid: 0n,
      eventId: 0n,
      createdAt: at,
      updatedAt: at,
    },
  })
}

test.each([
  [{}, 'phone'],
  [{ phone: PHONE, email: 'a@example.jp' }, 'phone'],
  [{ phone: '8888' }, 'phone'],
  [{ email: 'nobody' }, 'email'],
])('%j is refused, with the field', async (payload, field) => {
  const { status, body } = await call('POST', '/erasure', payload)
  expect([status, body.errors?.[0]?.field ?? body.fields?.[0]?.field]).toEqual([422, field])
})
