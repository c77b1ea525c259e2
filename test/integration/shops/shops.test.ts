import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { MarketplaceSession } from '../../../src/marketplaces/port/session.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { clearAttention, closeLane, openLane, raiseAttention } from '../../../src/shops/attention.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import {
  type HeldClock,
  heldClock,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  testSealer,
} from '../../support/fixtures.ts'
import { type RestServer, restServer, testMarketplaces } from '../../support/http/rest-server.ts'

const SECRETS = { serviceSecret: 'SP400001_abcdefgh', licenseKey: 'SL400001_ijklmnop' }

let database: TestDatabase
let rest: RestServer
let clock: HeldClock
let tenantId: string
let headers: Record<string, string>
let check: MarketplaceSession['checkCredentials']

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  await rest?.close()
  clock = heldClock()
  check = async () => ({ messages: [], expiries: [] })
  rest = await restServer(database.db, { clock, sessions: { open: openSession }, testTimeoutMs: 200 })
  tenantId = (await makeTenant(database.db)).id
  headers = await rest.keyFor(tenantId)
})

afterAll(async () => {
  await rest?.close()
  await database?.close()
})

/** The real opening of a session; only the mall's answer to the check is the test's. */
async function openSession(shopId: string) {
  const sessions = createShopSessions({
    db: database.db,
    sealer: testSealer,
    marketplaces: testMarketplaces,
    http: { request: () => Promise.reject(new Error('no network in this test')) },
    clock,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: { forShop: () => ({ get: (_fresh, renew) => renew(null), invalidate: async () => undefined }) },
    log: createLogger({ level: 'silent' }),
  })
  const opened = await sessions.open(shopId)
  return { ...opened, session: { ...opened.session, checkCredentials: check } }
}

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  rest.app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })

const newShop = (more: object = {}) =>
  call('POST', '/shops', {
    marketplace: 'rakuten',
    code: '400001',
    name: '楽天店',
    credentials: SECRETS,
    ...more,
  })

const row = (id: string) => database.db.shop.findUniqueOrThrow({ where: { id } })

test('a shop is added, its secrets go in and never come out', async () => {
  const answer = await newShop()
  expect(answer.statusCode).toBe(201)
  const shop = answer.json()
  expect(answer.headers.location).toBe(`/v1/shops/${shop.id}`)
  const at = new Date(clock.now()).toISOString()
  expect(shop).toMatchObject({
    marketplace: 'rakuten',
    code: '400001',
    enabled: true,
    settings: {},
    credentials: [
      { name: 'serviceSecret', set: true, setAt: at },
      { name: 'licenseKey', set: true, setAt: at },
    ],
    attention: null,
    lane: null,
    notices: [],
  })
  expect((await call('GET', `/shops/${shop.id}`)).json()).toEqual(shop)
  expect((await call('GET', '/shops?marketplace=rakuten')).json()).toEqual({
    shops: [shop],
    nextCursor: null,
  })
  expect((await call('GET', '/shops?marketplace=yahoo')).json().shops).toEqual([])
  const stored = await row(shop.id)
  expect(
    testSealer.of(tenantId).openJson(`shop:${shop.id}:credentials`, stored.sealedCredentials as Uint8Array),
  ).toEqual(SECRETS)
  const audit = await database.db.auditEntry.findMany({ where: { target: shop.id } })
  expect(audit).toMatchObject([{ tenantId, action: 'shop.created', actor: expect.stringMatching(/^key:/) }])
  const { sealedCredentials: _, ...plain } = stored
  for (const text of [answer.body, JSON.stringify(plain), JSON.stringify(audit), rest.log.join('')]) {
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
  }
  expect(rest.woken).toEqual([shop.id])
})

test.each([
  [{ credentials: { serviceSecret: 'SP1' } }, ['credentials.licenseKey']],
  [{ credentials: { ...SECRETS, licenseKey: '全角のキー' } }, ['credentials.licenseKey']],
  [{ credentials: { ...SECRETS, licenceKey: 'x' } }, ['credentials.licenceKey']],
  [{ credentials: 'SP1' }, ['credentials']],
  [{ code: 'abc', credentials: { licenseKey: 'SL1' } }, ['code', 'credentials.serviceSecret']],
  [{ marketplace: 'amazon' }, ['marketplace']],
  [{ marketplace: 'ebay' }, ['marketplace']],
  [{ settings: { mailRules: { senders: ['order'] } } }, ['settings.mailRules.senders[0]']],
  [{ settings: { mailRule: {} } }, ['settings.mailRule']],
  [{ name: '' }, ['name']],
  [{ colour: 'red' }, ['colour']],
])('%j is refused before anything is stored, naming the field', async (more, fields) => {
  const answer = await newShop(more)
  expect(answer.statusCode).toBe(422)
  expect(answer.json().errors.map((error: { field: string }) => error.field)).toEqual(fields)
  for (const error of answer.json().errors) expect(error.message).toMatch(/[ぁ-ん]/)
  expect(await database.db.shop.count({ where: { tenantId } })).toBe(0)
  expect(answer.body).not.toContain('全角のキー')
})

test('the same shop twice is a conflict, for another tenant it is not', async () => {
  expect((await newShop()).statusCode).toBe(201)
  expect((await newShop()).json()).toMatchObject({
    status: 409,
    code: 'CONFLICT',
    errors: [{ field: 'code' }],
  })
  headers = await rest.keyFor((await makeTenant(database.db)).id)
  expect((await newShop()).statusCode).toBe(201)
})

test('new credentials heal the shop; a value that did not change keeps its time', async () => {
  const { id } = (await newShop()).json()
  const first = new Date(clock.now()).toISOString()
  await raiseAttention(database.db, id, { code: 'KEY', message: '鍵', credentialsVersion: 1, at: new Date() })
  const until = new Date(clock.now() + 60_000)
  await closeLane(database.db, id, { until, reason: 'BUSY', failure: true, at: new Date() })
  expect((await call('GET', `/shops/${id}`)).json()).toMatchObject({
    attention: { code: 'KEY', message: '鍵' },
    lane: { closedUntil: until.toISOString(), reason: 'BUSY' },
  })
  clock.advance(1_000)
  const swapped = { serviceSecret: SECRETS.licenseKey, licenseKey: SECRETS.serviceSecret }
  const wrong = await call('PATCH', `/shops/${id}`, { credentials: swapped })
  expect(wrong.json()).toMatchObject({ status: 422, errors: [{ field: 'credentials.licenseKey' }] })
  const none = await call('PATCH', `/shops/${id}`, { credentials: {} })
  expect(none.json()).toMatchObject({ attention: { code: 'KEY' } })
  rest.woken.length = 1
  const renewed = await call('PATCH', `/shops/${id}`, { credentials: { licenseKey: 'SL400001_renewed' } })
  expect(renewed.body).not.toContain(SECRETS.serviceSecret)
  expect(renewed.json()).toMatchObject({
    attention: null,
    lane: null,
    credentials: [
      { name: 'serviceSecret', setAt: first },
      { name: 'licenseKey', setAt: new Date(clock.now()).toISOString() },
    ],
  })
  expect(await row(id)).toMatchObject({ credentialsVersion: 2, laneFailures: 0 })
  expect(rest.woken).toEqual([id, id])
  // What the old credentials met comes too late to stop the new ones.
  const late = { code: 'KEY', message: '鍵', credentialsVersion: 1, at: new Date() }
  expect(await raiseAttention(database.db, id, late)).toBe(false)
  expect((await row(id)).attentionCode).toBeNull()
})

test('one key alone goes over the stored ones, which nobody else can reach', async () => {
  const { id } = (await newShop()).json()
  const stored = async () => {
    const { sealedCredentials } = await row(id)
    return testSealer.of(tenantId).openJson(`shop:${id}:credentials`, sealedCredentials as Uint8Array)
  }
  const change = { credentials: { licenseKey: 'SL400001_renewed' } }
  expect((await call('PATCH', `/shops/${id}`, change)).statusCode).toBe(200)
  expect(await stored()).toEqual({ ...SECRETS, licenseKey: 'SL400001_renewed' })
  const audit = await database.db.auditEntry.findFirst({ where: { target: id, action: 'shop.updated' } })
  expect(audit?.data).toMatchObject({ credentials: ['licenseKey'] })

  headers = await rest.keyFor((await makeTenant(database.db)).id)
  expect((await call('PATCH', `/shops/${id}`, { credentials: SECRETS })).statusCode).toBe(404)
  expect(await stored()).toEqual({ ...SECRETS, licenseKey: 'SL400001_renewed' })
})

test('stored credentials that cannot be opened any more are entered anew as a whole', async () => {
  const { id } = (await newShop()).json()
  const sealedCredentials = new Uint8Array(testSealer.of(tenantId).sealJson('of another shop', SECRETS))
  await database.db.shop.update({ where: { id }, data: { sealedCredentials } })
  const alone = await call('PATCH', `/shops/${id}`, { credentials: { licenseKey: SECRETS.licenseKey } })
  expect(alone.json()).toMatchObject({ status: 422, errors: [{ field: 'credentials.serviceSecret' }] })
  expect((await call('PATCH', `/shops/${id}`, { credentials: SECRETS })).statusCode).toBe(200)
})

test('only what is given changes; a rename wakes nobody', async () => {
  const { id } = (await newShop()).json()
  const settings = { mailRules: { senders: ['order@example.jp', '@example.com'] } }
  expect((await call('PATCH', `/shops/${id}`, { settings })).json().settings).toEqual(settings)
  rest.woken.length = 0
  expect((await call('PATCH', `/shops/${id}`, { name: '本店' })).json()).toMatchObject({
    name: '本店',
    settings,
  })
  expect((await call('PATCH', `/shops/${id}`, {})).json()).toMatchObject({ name: '本店', settings })
  expect(rest.woken).toEqual([])
  expect(await row(id)).toMatchObject({ credentialsVersion: 1 })
  const entries = await database.db.auditEntry.count({ where: { target: id } })
  expect(entries).toBe(3)
})

test('a shop with orders is not deleted by accident', async () => {
  const { id } = (await newShop()).json()
  await makeOrder(database.db, { tenantId, shopId: id })
  expect((await call('DELETE', `/shops/${id}`)).json()).toMatchObject({ status: 409, orders: 1 })
  expect((await call('DELETE', `/shops/${id}?withOrders=true`)).statusCode).toBe(204)
  expect((await call('GET', `/shops/${id}`)).statusCode).toBe(404)
  expect(await database.db.order.count({ where: { tenantId } })).toBe(0)
})

test('the last shop of a later mall takes its mails along, which a release before cannot read', async () => {
  const { id: first } = (await newShop()).json()
  const { id: mailboxId } = await makeMailbox(database.db, { tenantId, shopIds: [first] })
  const mailOf = (marketplace: 'rakuten' | 'connector', uid: bigint) =>
    database.db.mail.create({
      data: {
        id: newId(),
        tenantId,
        mailboxId,
        uidValidity: 1n,
        uid,
        fingerprint: Buffer.from(`${marketplace} ${uid}`),
        state: 'recognised',
        marketplace,
        kind: 'new_order',
        seenAt: new Date(),
        size: 1,
      },
      select: { id: true },
    })
  const shops = await Promise.all(
    ['a', 'b'].map((code) =>
      makeShop(database.db, { tenantId, marketplace: 'connector', code, credentials: {} }),
    ),
  )
  await mailOf('rakuten', 1n)
  await mailOf('connector', 2n)
  const left = async () =>
    (await database.db.mail.findMany({ where: { tenantId } })).map(({ marketplace }) => marketplace).sort()
  expect((await call('DELETE', `/shops/${shops[0]?.id}`)).statusCode).toBe(204)
  expect(await left()).toEqual(['connector', 'rakuten'])
  expect((await call('DELETE', `/shops/${shops[1]?.id}`)).statusCode).toBe(204)
  expect(await left()).toEqual(['rakuten'])
})

/** Orders, made by the server itself. */
const manyOrders = (shopId: string, count: number) =>
  database.pool.query(
    `insert into orders (id, tenant_id, shop_id, marketplace, order_number, mall_status, mall_state, ordered_at, staged_at, refreshed_at,
       created_at, updated_at, billed_amount, total_amount, item_lines, item_quantity, payment_kind)
     select gen_random_uuid(), $1, $2, 'rakuten', '400001-20260101-' || n, '100', 'open', now(), now(), now(), now(), now(), 1, 1, 1, 1, 'cod'
     from generate_series(1, $3::int) n`,
    [tenantId, shopId, count],
  )
const ordersLeft = () => database.db.order.count({ where: { tenantId } })

test('a shop with many orders goes in bounded steps: what ends in between leaves a disabled shop, and the same call goes on', async () => {
  const { id } = (await newShop()).json()
  await manyOrders(id, 1_100)
  const { pool } = database
  await pool.query(`create function break_off() returns trigger language plpgsql as $$
    begin if (select count(*) <= 600 from orders) then raise 'broken off'; end if; return null; end $$`)
  await pool.query('create trigger break_off before delete on orders execute function break_off()')
  try {
    expect((await call('DELETE', `/shops/${id}?withOrders=true`)).statusCode).toBe(500)
  } finally {
    await pool.query('drop function break_off cascade')
  }
  expect(await ordersLeft()).toBe(600)
  expect((await call('GET', `/shops/${id}`)).json()).toMatchObject({ enabled: false })
  expect((await call('DELETE', `/shops/${id}?withOrders=true`)).statusCode).toBe(204)
  expect((await call('GET', `/shops/${id}`)).statusCode).toBe(404)
  expect(await ordersLeft()).toBe(0)
})

test('an order that a running turn stages while its shop is deleted goes with it', async () => {
  const { id } = (await newShop()).json()
  await manyOrders(id, 3)
  const { pool } = database
  // Right behind the last step that found orders; with rights of its own, since no request of a tenant
  // stages.
  await pool.query(`create function stage_late() returns trigger language plpgsql security definer as $$
    begin
      if (select count(*) from gone) = 3 then
        insert into orders (id, tenant_id, shop_id, marketplace, order_number, mall_status, mall_state, ordered_at, staged_at, refreshed_at,
          created_at, updated_at, billed_amount, total_amount, item_lines, item_quantity, payment_kind)
        values (gen_random_uuid(), '${tenantId}', '${id}', 'rakuten', 'late', '100', 'open', now(), now(), now(), now(), now(), 1, 1, 1, 1, 'cod');
      end if;
      return null;
    end $$`)
  await pool.query(
    'create trigger stage_late after delete on orders referencing old table as gone execute function stage_late()',
  )
  try {
    expect((await call('DELETE', `/shops/${id}?withOrders=true`)).statusCode).toBe(204)
  } finally {
    await pool.query('drop function stage_late cascade')
  }
  expect(await ordersLeft()).toBe(0)
  const [entry] = await database.db.auditEntry.findMany({ where: { tenantId, action: 'shop.deleted' } })
  expect(entry).toMatchObject({ target: id, data: { orders: 4 } })
})

test('a good test heals the shop and tells what the mall said', async () => {
  const { id } = (await newShop()).json()
  await raiseAttention(database.db, id, { code: 'KEY', message: '鍵', credentialsVersion: 1, at: new Date() })
  rest.woken.length = 0
  const at = new Date('2026-03-01T00:00:00Z')
  check = async () => ({
    messages: ['接続できました。'],
    expiries: [{ what: 'licenseKey', at, certain: true }],
  })
  expect((await call('POST', `/shops/${id}/test`)).json()).toEqual({
    ok: true,
    conclusive: true,
    code: null,
    messages: ['接続できました。'],
    expiries: [{ what: 'licenseKey', at: '2026-03-01T00:00:00.000Z', certain: true }],
  })
  expect((await row(id)).attentionCode).toBeNull()
  expect(rest.woken).toEqual([id])
})

test('a refused key is told in an answer of 200 and puts the shop under attention', async () => {
  const { id } = (await newShop()).json()
  check = async () => {
    throw new MarketplaceFailure({
      kind: 'unauthorised',
      code: 'RAKUTEN_KEY_REFUSED',
      message: '鍵が拒否されました。',
      renew: 'licenseKey',
      mallCode: 'ES04-01',
      mallMessage: 'Un-Authorised',
      raw: 'secret raw answer',
    })
  }
  const answer = await call('POST', `/shops/${id}/test`)
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({
    ok: false,
    conclusive: true,
    code: 'RAKUTEN_KEY_REFUSED',
    messages: ['鍵が拒否されました。', '更新する項目：licenseKey', 'モールの応答: ES04-01 Un-Authorised'],
    expiries: [],
  })
  expect(await row(id)).toMatchObject({
    attentionCode: 'RAKUTEN_KEY_REFUSED',
    attentionMessage: '鍵が拒否されました。 licenseKey',
  })
})

const BUSY = { kind: 'unavailable', code: 'MALL_BUSY', message: 'モールが混み合っています。' } as const

test('a mall that is busy for a moment is asked once more, so that a right key is found right', async () => {
  const { id } = (await newShop()).json()
  let asked = 0
  check = async () => {
    asked++
    if (asked === 1) throw new MarketplaceFailure(BUSY)
    return { messages: ['接続できました。'], expiries: [] }
  }
  const answer = call('POST', `/shops/${id}/test`)
  await clock.untilSleeping()
  clock.advance(1_000)
  expect((await answer).json()).toMatchObject({ ok: true, conclusive: true })
  expect(asked).toBe(2)
})

test('a mall that stays busy says nothing of the key', async () => {
  const { id } = (await newShop()).json()
  const until = new Date(clock.now() + 60_000)
  check = async () => {
    throw new MarketplaceFailure({ ...BUSY, until })
  }
  expect((await call('POST', `/shops/${id}/test`)).json()).toMatchObject({
    ok: false,
    conclusive: false,
    code: 'MALL_BUSY',
  })
  expect((await row(id)).attentionCode).toBeNull()
})

test('a shop without credentials says so', async () => {
  const { id } = (await newShop({ credentials: undefined })).json()
  expect((await call('GET', `/shops/${id}`)).json().credentials).toEqual([
    { name: 'serviceSecret', set: false, setAt: null },
    { name: 'licenseKey', set: false, setAt: null },
  ])
  expect((await call('POST', `/shops/${id}/test`)).json()).toMatchObject({
    ok: false,
    code: 'CREDENTIALS_MISSING',
  })
})

test('a mall that does not answer ends the test in time and changes nothing', async () => {
  const { id } = (await newShop()).json()
  check = () => new Promise(() => undefined)
  expect((await call('POST', `/shops/${id}/test`)).json()).toMatchObject({
    ok: false,
    conclusive: false,
    code: 'TIMEOUT',
  })
  expect((await row(id)).attentionCode).toBeNull()
})

test('over a real connection the test runs to its end, and ends when the client goes away', async () => {
  const { id } = (await newShop()).json()
  const address = await rest.app.listen({ host: '127.0.0.1', port: 0 })
  const post = (signal?: AbortSignal) =>
    fetch(`${address}/v1/shops/${id}/test`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{}',
      ...(signal ? { signal } : {}),
    })
  check = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return { messages: ['接続できました。'], expiries: [] }
  }
  expect(await (await post()).json()).toMatchObject({ ok: true, messages: ['接続できました。'] })

  const leave = new AbortController()
  const seen = new Promise<unknown>((resolve) => {
    check = (signal) => {
      signal.addEventListener('abort', () => resolve(signal.reason))
      leave.abort()
      return new Promise(() => undefined)
    }
  })
  await expect(post(leave.signal)).rejects.toThrow()
  expect(await seen).toMatchObject({ code: 'BAD_REQUEST' })
})

test('attention and lanes', async () => {
  const { id } = await makeShop(database.db, { tenantId })
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
  const attention = { code: 'A', message: 'い', credentialsVersion: 1 }
  expect(await raiseAttention(database.db, id, { ...attention, at: at(1) })).toBe(true)
  expect(await raiseAttention(database.db, id, { ...attention, message: 'ろ', at: at(2) })).toBe(true)
  expect(await row(id)).toMatchObject({ attentionMessage: 'ろ', attentionSince: at(1) })
  expect(await raiseAttention(database.db, id, { ...attention, code: 'B', at: at(3) })).toBe(true)
  expect(await row(id)).toMatchObject({ attentionCode: 'B', attentionSince: at(1) })
  expect(await clearAttention(database.db, id, { credentialsVersion: 0, at: at(4) })).toBe(false)
  expect(await clearAttention(database.db, id, { credentialsVersion: 1, at: at(4) })).toBe(true)
  expect((await row(id)).attentionCode).toBeNull()

  await closeLane(database.db, id, { until: at(60), reason: 'MAINTENANCE', failure: false, at: at(5) })
  await closeLane(database.db, id, { until: at(30), reason: 'BUSY', failure: true, at: at(6) })
  expect(await row(id)).toMatchObject({
    laneClosedUntil: at(60),
    laneClosedReason: 'MAINTENANCE',
    laneFailures: 1,
  })
  await openLane(database.db, id, at(7))
  expect(await row(id)).toMatchObject({ laneClosedUntil: null, laneClosedReason: null, laneFailures: 0 })
})

test('one illness that many find out at the same moment has one beginning', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await makeShop(database.db, { tenantId, code: `00000${round}` })
    const start = Date.UTC(2026, 0, 1)
    const begins = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const attention = { code: `CODE_${n}`, message: 'い', credentialsVersion: 1, at: new Date(start + n) }
        await raiseAttention(database.db, id, attention)
        return (await row(id)).attentionSince?.getTime()
      }),
    )
    expect(new Set(begins).size).toBe(1)
  }
})

test('GET /marketplaces tells what a settings form needs', async () => {
  const { marketplaces } = (await call('GET', '/marketplaces')).json()
  const rakuten = marketplaces.find((mall: { name: string }) => mall.name === 'rakuten')
  expect(rakuten).toMatchObject({ label: '楽天市場', limits: { fetchBatch: 100 } })
  expect(rakuten.credentialFields.map((field: { name: string }) => field.name)).toEqual([
    'serviceSecret',
    'licenseKey',
  ])
})

test('what the mall gives notice of is shown with the shop, until the mall takes it back', async () => {
  const { id } = (await newShop()).json()
  const seen = { firstSeenAt: new Date(clock.now()), lastSeenAt: new Date(clock.now()) }
  await database.db.shopNotice.create({ data: { shopId: id, code: 'KEY', message: '鍵', ...seen } })
  const since = seen.firstSeenAt.toISOString()
  const notices = [{ code: 'KEY', message: '鍵', since, lastSeenAt: since }]
  expect((await call('GET', `/shops/${id}`)).json()).toMatchObject({ notices, attention: null })
  expect((await call('GET', '/shops')).json().shops[0]).toMatchObject({ notices })
  expect((await call('PATCH', `/shops/${id}`, { name: '別名' })).json()).toMatchObject({ notices })
  clock.advance(8 * 24 * 3_600_000)
  expect((await call('GET', `/shops/${id}`)).json()).toMatchObject({ notices: [] })
})
