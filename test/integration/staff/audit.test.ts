import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { poisonContext } from '../../../src/notifications/take.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { audit } from '../../../src/shops/tenants/audit.ts'
import { deleteOldAudit, linkAudit, verifyAudit } from '../../../src/shops/tenants/audit-chain.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import {
  heldClock,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  testSealer,
} from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { makeStaff, signedIn } from '../../support/staff/browser.ts'

let database: TestDatabase
let app: App
let tenantId: string

beforeAll(async () => {
  database = await freshDatabase()
  app = await wholeServer(database)
})
beforeEach(async () => {
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const tools = () => ({ pool: database.pool, clock: systemClock })
const entry = (at = Date.now(), more: object = {}) =>
  audit(
    database.db,
    { clock: heldClock(at), newId },
    {
      tenantId,
      actor: 'operator',
      source: '203.0.113.9',
      action: 'shop.updated',
      target: newId(),
      data: { name: 'あ', nested: ['b', 'a'] },
      ...more,
    },
  )

/** As somebody with the database's own rights would. */
async function tamper(statement: string): Promise<void> {
  await database.pool.query(
    'alter table audit_entries disable trigger all; alter table audit_links disable trigger all',
  )
  await database.pool.query(statement)
  await database.pool.query(
    'alter table audit_entries enable trigger all; alter table audit_links enable trigger all',
  )
}

async function empty(): Promise<void> {
  await tamper(
    `delete from audit_links; delete from audit_entries; delete from data_steps where name = 'audit_head'`,
  )
}

test('nobody changes, deletes or empties the audit', async () => {
  await entry()
  await linkAudit(tools())
  for (const statement of [
    `update audit_entries set actor = 'x'`,
    'delete from audit_entries',
    'truncate audit_entries',
    `update audit_links set hash = ''`,
    'delete from audit_links',
    'truncate audit_links',
  ])
    await expect(database.pool.query(statement), statement).rejects.toThrow(/append-only/)
})

test('the chain proves what is there, whoever links it', async () => {
  await empty()
  expect(await verifyAudit(tools())).toMatchObject({ ok: true, entries: 0, head: null })
  for (let n = 0; n < 5; n++) await entry()
  await Promise.all([linkAudit(tools()), linkAudit(tools()), linkAudit(tools())])
  const proof = await verifyAudit(tools())
  expect(proof).toMatchObject({ ok: true, entries: 5, unlinked: 0, fault: null })
  await entry()
  const more = await verifyAudit(tools())
  expect(more).toMatchObject({ ok: true, entries: 6 })
  expect(more.head).not.toBe(proof.head)
})

test.each([
  [`update audit_entries set actor = 'somebody else' where id = $id`, 'changed'],
  [`update audit_entries set data = '{"name":"い"}' where id = $id`, 'changed'],
  [`update audit_entries set order_ids = array[gen_random_uuid()] where id = $id`, 'changed'],
  ['delete from audit_entries where id = $id', 'missing'],
  ['delete from audit_links where entry_id = $id', 'gap'],
  [`update audit_links set at = at - interval '2 years' where entry_id = $id`, 'changed'],
  ['update audit_links set seq = 100 - seq where seq in (2, 4)', 'gap'],
  // Two that change places.
  [
    `update audit_entries e set actor = o.actor, target = o.target from audit_entries o where e.id <> o.id
     and e.id in (select entry_id from audit_links where seq in (3, 4)) and o.id in (select entry_id from audit_links where seq in (3, 4))`,
    'changed',
  ],
  // The end, and all of it.
  [
    'delete from audit_entries where id in (select entry_id from audit_links where seq = 5); delete from audit_links where seq = 5',
    'cut',
  ],
  ['delete from audit_entries; delete from audit_links', 'cut'],
  // A change from which the service itself makes the chain anew.
  [
    `update audit_entries set actor = 'somebody else' where id = $id; delete from audit_links where seq >= 3`,
    'rewritten',
  ],
  // The beginning, as if its time were over.
  [
    'delete from audit_entries where id in (select entry_id from audit_links where seq <= 3); delete from audit_links where seq < 3',
    'gap',
  ],
  // One with a time long past, which is linked no more.
  [
    `insert into audit_entries (id, at, actor, action, target) values (gen_random_uuid(), now() - interval '3 days', 'x', 'x', 'x')`,
    'put_in',
  ],
])('%s is seen', async (statement, kind) => {
  await empty()
  for (let n = 0; n < 5; n++) await entry()
  await linkAudit(tools())
  const { rows } = await database.pool.query('select entry_id from audit_links where seq = 3')
  await tamper(statement.replaceAll('$id', `'${rows[0].entry_id}'`))
  expect(await verifyAudit(tools())).toMatchObject({ ok: false, fault: { kind } })
})

test('a head that was noted shows a chain that somebody made anew, with all that belongs to it', async () => {
  await empty()
  for (let n = 0; n < 5; n++) await entry()
  const { head } = await verifyAudit(tools())
  await entry()
  expect(await verifyAudit(tools(), head ?? '')).toMatchObject({ ok: true, entries: 6, fault: null })
  await tamper(
    `update audit_entries set actor = 'somebody else' where id = (select entry_id from audit_links where seq = 3);
     delete from audit_links; delete from data_steps where name = 'audit_head'`,
  )
  expect(await verifyAudit(tools())).toMatchObject({ ok: true, entries: 6 })
  expect(await verifyAudit(tools(), head ?? '')).toMatchObject({ ok: false, fault: { kind: 'head' } })
})

test('what is cut off at the beginning is seen, unless its time was over', async () => {
  await empty()
  const year = 366 * 24 * 60 * 60_000
  for (const age of [year + 3_000, year + 2_000, year + 1_000, 2_000, 1_000]) await entry(Date.now() - age)
  await linkAudit(tools())
  expect(await deleteOldAudit(tools())).toBe(3)
  expect(await database.db.auditEntry.count()).toBe(2)
  expect(await verifyAudit(tools())).toMatchObject({ ok: true, entries: 2 })
  expect(await deleteOldAudit(tools())).toBe(0)
  await tamper('delete from audit_links where seq <= 3')
  expect(await verifyAudit(tools())).toMatchObject({ ok: false, fault: { kind: 'gap' } })
})

async function orderOf(shopId: string): Promise<string> {
  const id = newId()
  const sealedDetail = testSealer
    .of(tenantId)
    .sealJson(`order:${id}:detail`, { buyer: { name: '山田 花子' } })
  await makeOrder(database.db, { id, tenantId, shopId, sealedDetail })
  return id
}

test('who saw which order is kept, from where, and shown to the owner alone', async () => {
  const shop = await makeShop(database.db, { tenantId })
  const orderId = await orderOf(shop.id)
  const { id, email } = await makeStaff(database.db, tenantId, 'staff')
  const staff = await signedIn(app, email)
  expect((await staff.ask('GET', `/orders/${orderId}`)).statusCode).toBe(200)
  expect((await staff.ask('GET', '/orders')).statusCode).toBe(200)
  expect((await staff.ask('GET', '/orders?detail=true')).statusCode).toBe(200)
  expect((await staff.ask('GET', `/orders/${newId()}`)).statusCode).toBe(404)
  const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const seen = await owner.ask('GET', `/audit?orderId=${orderId}`)
  const common = {
    actor: `staff:${id}`,
    actorName: 'staff 花子',
    source: '203.0.113.7',
    orderIds: [orderId],
    tenantId,
  }
  expect(seen.json().audit).toMatchObject([
    { ...common, action: 'orders.listed' },
    { ...common, action: 'order.viewed', target: orderId },
  ])
  expect(seen.body).not.toContain('山田')
  expect((await staff.ask('GET', '/audit')).statusCode).toBe(403)
  const stranger = await makeTenant(database.db, { requireSecondFactor: false })
  const other = await signedIn(app, (await makeStaff(database.db, stranger.id, 'owner')).email)
  expect((await other.ask('GET', `/audit?orderId=${orderId}`)).json().audit).toEqual([])
})

test('the owner sees that the operator read mails', async () => {
  const mailbox = await makeMailbox(database.db, { tenantId })
  const id = newId()
  await database.db.mail.create({
    data: {
      id,
      tenantId,
      mailboxId: mailbox.id,
      state: 'recognised',
      marketplace: 'rakuten',
      kind: 'new_order',
      orderNumbers: [],
      seenAt: new Date(),
      size: 1,
      fingerprint: new Uint8Array(32),
      uid: 1n,
      uidValidity: 1n,
    },
  })
  const authorization = `Bearer ${OPERATOR_KEY}`
  expect(
    (await app.inject({ url: `/v1/admin/mails?tenantId=${tenantId}`, headers: { authorization } }))
      .statusCode,
  ).toBe(200)
  const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const seen = (await owner.ask('GET', '/audit?action=mails.viewed')).json().audit
  expect(seen).toMatchObject([{ actor: 'operator', actorName: '運営者', tenantId, data: { mails: 1 } }])
})

test('actors have names: to a tenant its own, to the operator all, without personal data no tenant’s people', async () => {
  const [owner, operator, blind] = [
    await makeStaff(database.db, tenantId, 'owner'),
    await makeStaff(database.db, null, 'operator'),
    await makeStaff(database.db, null, 'operator_without_personal_data'),
  ]
  const stranger = (await makeTenant(database.db)).id
  const key = await database.db.apiKey.create({
    data: {
      id: newId(),
      tenantId,
      name: '受注管理ソフト',
      prefix: newId(),
      hash: new Uint8Array(32),
      createdAt: new Date(),
    },
  })
  const actors = [`staff:${owner.id}`, `staff:${operator.id}`, `key:${key.id}`, 'operator', 'ops']
  const target = newId()
  for (const actor of actors) await entry(Date.now(), { actor, target })
  await entry(Date.now(), { actor: `staff:${owner.id}`, target, tenantId: stranger })
  const namesTo = async (email: string, url: string) => {
    const { audit } = (await (await signedIn(app, email)).ask('GET', `${url}?target=${target}`)).json()
    const own = audit.filter((line: { tenantId: string }) => line.tenantId === tenantId)
    return actors.map((actor) => own.find((line: { actor: string }) => line.actor === actor).actorName)
  }
  const [machine, service] = ['API キー「受注管理ソフト」', '運営者（サーバーでの操作）']
  expect(await namesTo(owner.email, '/audit')).toEqual(['owner 花子', '運営者', machine, '運営者', service])
  const all = ['owner 花子', 'operator 花子', machine, '運営者', service]
  expect(await namesTo(operator.email, '/admin/audit')).toEqual(all)
  const withoutPeople = ['契約店の担当者', 'operator 花子', machine, '運営者', service]
  expect(await namesTo(blind.email, '/admin/audit')).toEqual(withoutPeople)
  const lines = await (await signedIn(app, owner.email)).ask('GET', `/audit/export?target=${target}`)
  expect(JSON.parse(lines.body.split('\n')[0] ?? '')).toMatchObject({ actorName: 'owner 花子' })
})

test('what nobody could read of a notification is for those who may see personal data, and that is kept', async () => {
  const id = newId()
  await database.db.mallNotification.create({
    data: {
      id,
      marketplace: 'rakuten',
      notificationId: id,
      state: 'poison',
      seenAt: new Date(),
      sealedText: new Uint8Array(testSealer.of(null).sealText(poisonContext(id), '山田 花子 様')),
    },
  })
  const textFor = async (role: 'operator' | 'operator_without_personal_data') => {
    const person = await makeStaff(database.db, null, role)
    const answer = await (await signedIn(app, person.email)).ask('GET', '/admin/notifications')
    const { notifications } = answer.json()
    const seen = { actor: `staff:${person.id}`, action: 'notifications.viewed' }
    return [
      notifications.find((row: { id: string }) => row.id === id).text,
      await database.db.auditEntry.count({ where: seen }),
    ]
  }
  expect(await textFor('operator')).toEqual(['山田 花子 様', 1])
  expect(await textFor('operator_without_personal_data')).toEqual([null, 0])
})

test('who looked at the list of blocked buyers is kept', async () => {
  const { id, email } = await makeStaff(database.db, tenantId, 'read_only')
  const reader = await signedIn(app, email)
  expect((await reader.ask('GET', '/blocked-buyers')).statusCode).toBe(200)
  const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  await owner.ask('POST', '/blocked-buyers', { kind: 'name', value: '山田 花子' })
  expect((await reader.ask('GET', '/blocked-buyers')).json().blockedBuyers).toHaveLength(1)
  const where = { tenantId, action: 'blocked_buyers.viewed' }
  expect(await database.db.auditEntry.findMany({ where })).toMatchObject([{ actor: `staff:${id}` }])
})

test('an erasure names who asked for it and from where: an owner, or one of the operator’s people', async () => {
  const owner = await makeStaff(database.db, tenantId, 'owner')
  const operator = await makeStaff(database.db, null, 'operator')
  await (await signedIn(app, owner.email)).ask('POST', '/erasure', { orderNumber: 'A-100' })
  const asked = { tenantId, orderNumber: 'A-101' }
  await (await signedIn(app, operator.email)).ask('POST', '/admin/erasure', asked)
  const kept = await database.db.auditEntry.findMany({
    where: { tenantId, action: 'buyer.erased' },
    orderBy: { id: 'asc' },
  })
  expect(kept).toMatchObject([
    { actor: `staff:${owner.id}`, source: '203.0.113.7', data: { by: 'A-100' } },
    { actor: `staff:${operator.id}`, source: '203.0.113.7', data: { by: 'A-101' } },
  ])
})

test('the export is whole, and no formula', async () => {
  await entry(Date.now(), { data: { name: '=1+1' }, target: '=HYPERLINK("http://x")', actor: ' ＝1' })
  const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const lines = (await owner.ask('GET', '/audit/export')).body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ action }) => action)).toEqual(['shop.updated', 'session.begun', 'audit.exported'])
  const csv = await owner.ask('GET', '/audit/export?format=csv&action=shop.updated')
  expect(csv.headers['content-type']).toContain('text/csv')
  expect(csv.body).toContain(`"'=HYPERLINK(""http://x"")"`)
  // Spreadsheets pass over what is blank, and take a wide sign for the narrow one.
  expect(csv.body).toContain(`"' ＝1"`)
  expect(csv.body.trim().split('\r\n')).toHaveLength(2)
})

/** Whoever adds a route that shows an order's detail is told here to have it kept. */
test('every route that shows personal data is among those that are kept', () => {
  const paths = app.swagger().paths as Record<string, Record<string, { responses: object }>>
  const schemas = (app.swagger() as { components: { schemas: Record<string, unknown> } }).components.schemas
  /** With all that it refers to. */
  const whole = (part: unknown, seen: readonly string[] = []): string => {
    const text = JSON.stringify(part ?? {})
    const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')
    return (
      text +
      names
        .filter((name) => !seen.includes(name))
        .map((name) => whole(schemas[name], [...seen, ...names]))
        .join('')
    )
  }
  const showing = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      /"(buyer|recipient|recipients)":/.test(whole(responses))
        ? [`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`]
        : [],
    ),
  )
  expect(showing.length).toBeGreaterThan(4)
  const kept = app.routeTable.filter(({ config }) => config.seen).map(({ method, url }) => `${method} ${url}`)
  for (const route of showing) expect(kept).toContain(route)
})
