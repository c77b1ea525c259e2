import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import {
  makeApiKey,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  testSealer,
} from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { makeStaff } from '../../support/staff/browser.ts'

/**
 * Runs over all routes that the service registers: a new one with an id in its path must be given a row here.
 */

const MAILBOX = { name: 'x', host: '127.0.0.1', username: 'x', password: 'x' }

let database: TestDatabase
let app: App
let owner: Record<string, string>
let stranger: Record<string, string>
let ids: Record<string, string>

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database)
  const tenant = await makeTenant(database.db)
  owner = await keyFor(tenant.id)
  stranger = await keyFor((await makeTenant(database.db)).id)
  ids = await makeRows(tenant.id)
})

afterAll(async () => {
  await app?.close()
  await database?.close()
})

async function keyFor(tenantId: string): Promise<Record<string, string>> {
  const key = await makeApiKey(database.db, tenantId)
  return { ...key, 'idempotency-key': 'isolation', 'if-match': '"1"' }
}

/** One row for each collection whose ids stand in paths. */
async function makeRows(tenantId: string): Promise<Record<string, string>> {
  const { db } = database
  const shop = await makeShop(db, { tenantId, credentials: {} })
  const mailbox = await makeMailbox(db, { tenantId, shopIds: [shop.id] })
  const now = new Date()
  const pull = await db.pull.create({
    data: {
      id: newId(),
      tenantId,
      idempotencyKey: 'k',
      requestHash: new Uint8Array(32),
      orderCount: 1,
      remaining: 0,
      createdAt: now,
    },
  })
  const bundleId = newId()
  const order = await makeOrder(db, {
    tenantId,
    bundleId,
    shopId: shop.id,
    orderNumber: '123456-20260115-1',
    pullId: pull.id,
    pullPosition: 0,
    status: 'new',
  })
  const request = await db.importRequest.create({
    data: {
      id: newId(),
      tenantId,
      shopId: shop.id,
      orderNumber: '123456-20260115-2',
      source: 'person',
      state: 'failed',
      nextAttemptAt: now,
      expiresAt: now,
      requestedAt: now,
    },
  })
  const change = await db.siteChange.create({
    data: {
      id: newId(),
      tenantId,
      shopId: shop.id,
      orderId: order.id,
      position: 1,
      action: 'confirm',
      state: 'failed',
      actor: 'x',
      nextAttemptAt: now,
      expiresAt: now,
      requestedAt: now,
      updatedAt: now,
    },
  })
  const scan = await db.importScan.create({
    data: {
      id: newId(),
      tenantId,
      shopId: shop.id,
      fromAt: now,
      toAt: now,
      windowFrom: now,
      nextAttemptAt: now,
      requestedBy: 'x',
      requestedAt: now,
    },
  })
  const notice = await db.notice.create({
    data: {
      id: newId(),
      tenantId,
      shopId: shop.id,
      kind: 'attention',
      what: 'X',
      occursAt: now,
      threshold: 0,
      subject: 'x',
      text: 'x',
      createdAt: now,
    },
  })
  const rehearsal = { id: newId(), tenantId, shopId: shop.id, startedAt: now, startedBy: 'x' }
  await db.rehearsal.create({ data: rehearsal })
  await db.shop.update({ where: { id: shop.id }, data: { rehearsalId: rehearsal.id } })
  const reimport = await db.reimport.create({
    data: {
      id: newId(),
      tenantId,
      apply: 'none',
      requestedBy: 'x',
      requestedAt: now,
      orders: { create: [{ position: 1, orderId: order.id, requestId: newId() }] },
    },
  })
  await db.orderVersion.create({
    data: {
      orderId: order.id,
      number: 1,
      endedBy: 'edited',
      actor: 'x',
      endedAt: now,
      sealedDetail: testSealer.of(tenantId).sealJson(`order:${order.id}:detail`, {}),
    },
  })
  const webhookId = newId()
  await db.webhook.create({
    data: {
      id: webhookId,
      tenantId,
      url: 'http://127.0.0.1:9/',
      name: 'x',
      kinds: [],
      sealedSecret: testSealer.of(tenantId).seal(`webhook:${webhookId}:secret`, 'whsec_eA=='),
      xid: 0n,
      eventId: 0n,
      createdAt: now,
      updatedAt: now,
      deliveries: {
        create: [
          {
            id: newId(),
            kind: 'order',
            data: {},
            at: now,
            state: 'failed',
            nextAttemptAt: now,
            createdAt: now,
          },
        ],
      },
    },
  })
  const delivery = await db.webhookDelivery.findFirstOrThrow({ where: { webhookId } })
  const person = await makeStaff(db, tenantId, 'staff')
  const address = new Uint8Array(32)
  const invitation = await db.staffInvitation.create({
    data: {
      id: newId(),
      tenantId,
      role: 'staff',
      sealedEmail: address,
      emailHash: address,
      tokenHash: address,
      invitedBy: 'x',
      createdAt: now,
      expiresAt: new Date(now.getTime() + 60_000),
    },
  })
  const apiKey = await db.apiKey.create({
    data: { id: newId(), tenantId, name: 'x', prefix: 'trk_x', hash: address, createdAt: now },
  })
  const blockedId = newId()
  await db.blockedBuyer.create({
    data: {
      id: blockedId,
      tenantId,
      kind: 'name',
      hash: address,
      createdAt: now,
      createdBy: 'x',
      sealedEntry: testSealer.of(tenantId).sealJson(`blocked-buyer:${blockedId}`, { value: 'x' }),
    },
  })
  const viewId = newId()
  const view = { name: 'x', shared: true, query: {} }
  await db.savedView.create({
    data: {
      id: viewId,
      tenantId,
      createdAt: now,
      updatedAt: now,
      sealedView: testSealer.of(tenantId).sealJson(`saved-view:${viewId}`, view),
    },
  })
  const channelId = newId()
  const target = { kind: 'webhook', url: 'http://127.0.0.1:9/', secret: 'whsec_eA==' }
  await db.noticeChannel.create({
    data: {
      id: channelId,
      tenantId,
      kind: 'webhook',
      name: 'x',
      topics: ['attention'],
      createdAt: now,
      updatedAt: now,
      sealedTarget: testSealer.of(tenantId).sealJson(`notice_channel:${channelId}:target`, target),
    },
  })
  const desk = await db.desk.create({
    data: { id: newId(), tenantId, name: 'x', ordinal: 1, path: [['', 0]], begunAt: now, askedAt: now },
  })
  const file = await db.orderFile.create({
    data: {
      id: newId(),
      tenantId,
      shopId: shop.id,
      fileName: 'orders.csv',
      form: {},
      dryRun: true,
      state: 'uploading',
      source: 'person',
      actor: 'key:x',
      parts: 2,
      bytes: 0,
      createdAt: now,
    },
  })
  return {
    orderFiles: file.id,
    desks: desk.id,
    views: viewId,
    'notice-channels': channelId,
    'blocked-buyers': blockedId,
    staff: person.id,
    made: person.id,
    invitations: invitation.id,
    'api-keys': apiKey.id,
    webhooks: webhookId,
    deliveries: delivery.id,
    reimports: reimport.id,
    shops: shop.id,
    mailboxes: mailbox.id,
    orders: order.id,
    parcels: order.orderNumber,
    bundles: bundleId,
    pulls: pull.id,
    'import-requests': request.id,
    'site-changes': change.id,
    'import-scans': scan.id,
    notices: notice.id,
  }
}

const clientRoutes = () =>
  app.routeTable.filter(
    ({ url, need }) => url.startsWith('/v1/') && ['read_only', 'staff', 'owner'].includes(need),
  )

interface Operation {
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
}

/** The documented example of the route's body, so that the request gets as far as looking for the row. */
function exampleBody(method: string, url: string): object | undefined {
  const paths = app.swagger().paths as Record<string, Record<string, Operation>>
  const operation = paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
  const media = operation?.requestBody?.content['application/json']
  return (media?.example ?? media?.examples?.example1?.value) as object | undefined
}

async function ask(method: string, url: string, headers: Record<string, string>) {
  const collection = /\/([^/:]+)\/:/.exec(url)?.[1] ?? ''
  const id = ids[collection]
  if (id === undefined) throw new Error(`makeRows has no row for ${url}`)
  const payload = exampleBody(method, url)
  return app.inject({
    method: method as 'GET',
    url: url
      .replace(/:\w+/, id)
      .replace(':number', '1')
      .replace(':fileId', ids.orderFiles ?? '')
      .replace(':deliveryId', ids.deliveries ?? ''),
    headers,
    ...(payload === undefined ? {} : { payload }),
  })
}

const withId = () => clientRoutes().filter((route) => route.url.includes(':'))

test("another tenant's id is not found, whatever the route", async () => {
  expect(withId().length).toBeGreaterThan(10)
  const before = await everything()
  for (const { method, url } of withId()) {
    const answer = await ask(method, url, stranger)
    expect([method, url, answer.statusCode, answer.json().code]).toEqual([method, url, 404, 'NOT_FOUND'])
  }
  expect(await everything()).toEqual(before)
})

/**
 * The stream of events does not end (events.test.ts looks at it); a mail provider is found by an address, and
 * nobody's.
 */
const NO_LISTS = ['/v1/events', '/v1/mailbox-presets/discover']

/** A question about one order: it is asked for one that the other tenant has. */
const whyOfOrder = async () => {
  const { orderNumber } = await database.db.order.findUniqueOrThrow({ where: { id: ids.orders ?? '' } })
  return `/v1/why?number=${encodeURIComponent(orderNumber)}`
}

test('lists show nothing of another tenant', async () => {
  const lists = clientRoutes().filter(
    ({ method, url }) => method === 'GET' && !url.includes(':') && !NO_LISTS.includes(url),
  )
  expect(lists.length).toBeGreaterThan(4)
  for (const route of lists) {
    const url = route.url === '/v1/why' ? await whyOfOrder() : route.url
    const answer = await app.inject({ url, headers: stranger })
    expect([url, answer.statusCode]).toEqual([url, 200])
    // A parcel goes by its order's number, which why repeats as it was asked for.
    for (const [name, id] of Object.entries(ids))
      if (name !== 'parcels') expect(answer.body).not.toContain(id)
  }
})

test('a pull hands over nothing of another tenant', async () => {
  await database.db.order.updateMany({ data: { status: 'auto_imported', pullId: null, pullPosition: null } })
  const answer = await app.inject({ method: 'POST', url: '/v1/orders/pull', headers: stranger, payload: {} })
  expect(answer.json()).toMatchObject({ orders: [], remaining: 0 })
})

test("another tenant's shop cannot be named in a body or a query", async () => {
  const before = await everything()
  const shopId = ids.shops
  const imports = { shopId, orderNumbers: ['123456-20260115-0000000009'] }
  const ask = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: stranger, payload })
  expect((await ask('/v1/orders/import', imports)).statusCode).toBe(404)
  const pull = await ask('/v1/orders/pull', { shopId })
  expect(pull.statusCode === 404 || pull.json().orders.length === 0).toBe(true)
  expect((await ask('/v1/mailboxes', { ...MAILBOX, shopIds: [shopId] })).statusCode).toBe(422)
  const changes = [{ orderId: ids.orders, action: 'confirm' }]
  expect((await ask('/v1/site-changes', { changes })).statusCode).toBe(422)
  const orders = await app.inject({ url: `/v1/orders?shopId=${shopId}`, headers: stranger })
  expect(orders.statusCode === 404 || orders.json().orders.length === 0).toBe(true)
  expect((await everything()).map(String)).toEqual(before.map(String))
})

test('no client route opens without a key or for the operator', async () => {
  for (const [index, { method, url }] of clientRoutes().entries()) {
    const target = url.replace(/:\w+/, newId())
    // Each from an address of its own: failures from one are counted, and then refused as too many.
    const remoteAddress = `10.0.0.${index + 1}`
    const bare = await app.inject({ method: method as 'GET', url: target, remoteAddress })
    expect([method, url, bare.statusCode]).toEqual([method, url, 401])
    const authorization = 'Bearer operator-key-of-the-tests'
    const operator = await app.inject({ method: method as 'GET', url: target, headers: { authorization } })
    expect([method, url, operator.statusCode]).toEqual([method, url, 403])
  }
})

test('no operator route opens for a client', async () => {
  const routes = app.routeTable.filter((route) => route.url.startsWith('/v1/admin/'))
  expect(routes.length).toBeGreaterThan(8)
  for (const { method, url } of routes) {
    const answer = await app.inject({
      method: method as 'GET',
      url: url.replace(/:\w+/, newId()),
      headers: owner,
    })
    expect([method, url, answer.statusCode]).toEqual([method, url, 403])
  }
})

/**
 * Proves that the 404 above came from the tenant and not from a request that could never have found anything.
 */
test('the owner finds each of them', async () => {
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const routes = withId().sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))
  for (const { method, url } of routes) {
    const answer = await ask(method, url, owner)
    expect([method, url, answer.statusCode]).not.toEqual([method, url, 404])
    expect([method, url, answer.statusCode]).not.toEqual([method, url, 500])
  }
})

async function everything() {
  const { db } = database
  return Promise.all([
    db.shop.findMany({ orderBy: { id: 'asc' } }),
    db.mailbox.findMany({ orderBy: { id: 'asc' } }),
    db.order.findMany({ orderBy: { id: 'asc' } }),
    db.pull.findMany({ orderBy: { id: 'asc' } }),
    db.importRequest.findMany({ orderBy: { id: 'asc' } }),
    db.importScan.findMany({ orderBy: { id: 'asc' } }),
    db.siteChange.findMany({ orderBy: { id: 'asc' } }),
    db.notice.findMany({ orderBy: { id: 'asc' } }),
    db.staffAccount.findMany({ orderBy: { id: 'asc' } }),
    db.apiKey.count({ where: { revokedAt: null } }),
    db.consentRequest.count(),
    db.auditEntry.count(),
  ])
}
