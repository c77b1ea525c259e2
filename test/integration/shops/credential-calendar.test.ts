import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { noticeRoutes } from '../../../src/notices/routes.ts'
import { credentialCalendarRoutes } from '../../../src/shops/calendar/routes.ts'
import { saveGoodCheck } from '../../../src/shops/credentials/credentials.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { testMalls } from '../../support/malls/test-malls.ts'
import { type NoticesRig, noticesRig } from '../../support/notices-rig.ts'

const DAY_MS = 24 * 60 * 60_000
const NOW = '2026-01-15T03:00:00.000Z'
const url = 'http://127.0.0.1:9'
const marketplaces = testMalls(url)

let database: TestDatabase
let rest: RestServer
let rig: NoticesRig
let tenantId: string
let headers: Record<string, string>

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(async () => {
  await rest?.close()
  await database.db.tenant.deleteMany()
  rig = noticesRig(database, { start: NOW, marketplaces })
  const { clock } = rig
  const tools = {
    db: database.db,
    clock,
    sealer: testSealer,
    marketplaces,
    publicUrl: 'https://torikomi.example.jp',
  }
  rest = await restServer(database.db, {
    clock,
    marketplaces,
    sessions: rig.sessions,
    more: { clientRoutes: [credentialCalendarRoutes(tools), noticeRoutes(tools)], operatorRoutes: [] },
  })
  tenantId = (await makeTenant(database.db, { emails: ['boss@example.jp'] })).id
  headers = await rest.keyFor(tenantId)
})
afterAll(async () => {
  await rest?.close()
  await database?.close()
})

const get = async (path: string) => {
  const answer = await rest.app.inject({ url: `/v1${path}`, headers })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}
const setAt = (...fields: string[]) => Object.fromEntries(fields.map((field) => [field, NOW]))

test('every lifetime of all four malls: date, certainty, days left, what to do', async () => {
  const rakuten = await makeShop(database.db, { tenantId, credentialsSetAt: setAt('licenseKey') })
  await makeShop(database.db, {
    tenantId,
    marketplace: 'yahoo',
    credentialsSetAt: setAt('refreshToken'),
    credentials: { clientId: 'c', clientSecret: 's', refreshToken: 'r', consentedAt: NOW },
  })
  await makeShop(database.db, {
    tenantId,
    marketplace: 'amazon',
    credentialsSetAt: setAt('clientSecret'),
    credentials: {
      clientId: `amzn1.application-oa2-client.${'a'.repeat(32)}`,
      clientSecret: `amzn1.oa2-cs.v1.${'b'.repeat(64)}`,
      refreshToken: `Atzr|${'c'.repeat(40)}`,
    },
  })
  await makeShop(database.db, {
    tenantId,
    marketplace: 'aupay',
    credentialsSetAt: setAt('apiKey'),
    credentials: { apiKey: 'a'.repeat(64), keyExpiresOn: '2026-01-20' },
  })
  const end = new Date('2026-02-28T14:59:59Z')
  const check = {
    credentialsVersion: 1,
    expiries: [{ what: 'licenseKey', at: end, certain: true }],
    at: new Date(NOW),
  }
  await saveGoodCheck(database.db, rakuten.id, check, 0)

  const { credentials, nextCursor } = await get('/credentials')
  expect(nextCursor).toBeNull()
  const byMall = Object.fromEntries(
    credentials.map((shop: { marketplace: string }) => [shop.marketplace, shop]),
  )
  expect(byMall.rakuten).toMatchObject({
    shopId: rakuten.id,
    shopName: '楽天テスト店',
    consent: false,
    checkedAt: NOW,
    checkCode: null,
    attention: null,
    lifetimes: [
      {
        what: 'licenseKey',
        endsAt: end.toISOString(),
        certain: true,
        daysLeft: 44,
        state: 'ok',
        action: expect.stringContaining('RMS'),
      },
    ],
  })
  expect(byMall.yahoo).toMatchObject({
    consent: true,
    checkedAt: null,
    lifetimes: [
      { what: 'session', endsAt: '2026-01-15T15:00:00.000Z', state: 'soon', daysLeft: 0 },
      { what: 'consent', endsAt: '2026-02-12T03:00:00.000Z', state: 'ok', daysLeft: 28 },
    ],
  })
  expect(byMall.amazon).toMatchObject({
    consent: true,
    lifetimes: [
      { what: 'clientSecret', certain: false, daysLeft: 180 },
      { what: 'consent', endsAt: null, daysLeft: null, state: 'unknown' },
    ],
  })
  expect(byMall.aupay).toMatchObject({
    consent: false,
    lifetimes: [{ what: 'apiKey', endsAt: '2026-01-20T14:59:59.000Z', daysLeft: 5, state: 'soon' }],
  })
  expect(JSON.stringify(credentials)).not.toMatch(/SL123456|Atzr|aaaa/)
})

test('an end that has passed; one that the mall disproves; credentials that are new', async () => {
  const { id } = await makeShop(database.db, {
    tenantId,
    marketplace: 'yahoo',
    credentialsSetAt: setAt('refreshToken'),
    credentials: { clientId: 'c', clientSecret: 's', refreshToken: 'r', consentedAt: NOW },
  })
  const states = async () => {
    const [shop] = (await get('/credentials')).credentials
    return shop.lifetimes.map((life: { state: string }) => life.state)
  }
  rig.clock.advance(13 * 60 * 60_000)
  expect(await states()).toEqual(['ended', 'ok'])
  const check = { credentialsVersion: 1, expiries: [], at: new Date(rig.clock.now()) }
  await saveGoodCheck(database.db, id, check, 0)
  expect(await states()).toEqual(['doubtful', 'ok'])
  await database.db.shop.update({ where: { id }, data: { credentialsVersion: 2 } })
  expect(await states()).toEqual(['ended', 'ok'])
  // What a check of history finds is not kept.
  await saveGoodCheck(database.db, id, check, 0)
  expect(await states()).toEqual(['ended', 'ok'])
})

test('a shop without credentials, or with ones that cannot be read, has no lifetimes', async () => {
  await makeShop(database.db, { tenantId, code: '000001', sealedCredentials: null, credentialsVersion: 0 })
  await makeShop(database.db, { tenantId, code: '000002', credentials: { old: 'shape' } })
  await makeShop(database.db, { tenantId, code: '000003', sealedCredentials: new Uint8Array(40) })
  const { credentials } = await get('/credentials')
  expect(credentials.map((shop: { lifetimes: unknown[] }) => shop.lifetimes)).toEqual([[], [], []])
})

test('pages', async () => {
  for (const code of ['000001', '000002', '000003']) await makeShop(database.db, { tenantId, code })
  const first = await get('/credentials?limit=2')
  const second = await get(`/credentials?limit=2&cursor=${first.nextCursor}`)
  const ids = [...first.credentials, ...second.credentials].map((shop: { shopId: string }) => shop.shopId)
  expect(new Set(ids).size).toBe(3)
  expect(second.nextCursor).toBeNull()
})

test('a test by hand keeps what the mall said', async () => {
  const shop = await makeShop(database.db, { tenantId })
  const end = new Date(rig.clock.now() + 50 * DAY_MS)
  rig.says.set(shop.id, async () => ({
    messages: [],
    expiries: [{ what: 'licenseKey', at: end, certain: true }],
  }))
  const tested = await rest.app.inject({ method: 'POST', url: `/v1/shops/${shop.id}/test`, headers })
  expect(tested.json()).toMatchObject({ ok: true })
  const [answer] = (await get('/credentials')).credentials
  expect(answer.lifetimes).toMatchObject([{ endsAt: end.toISOString(), certain: true }])
})

test('notices are listed newest first, by shop and kind, with what became of their mails', async () => {
  const shop = await makeShop(database.db, { tenantId, credentialsSetAt: setAt('licenseKey') })
  rig.says.set(shop.id, async () => ({
    messages: [],
    expiries: [{ what: 'licenseKey', at: new Date(rig.clock.now() + 10 * DAY_MS), certain: true }],
  }))
  await rig.process().round()
  rig.clock.advance(60_000)
  await database.db.shop.update({
    where: { id: shop.id },
    data: { attentionCode: 'X', attentionMessage: '対応', attentionSince: new Date(rig.clock.now()) },
  })
  await rig.process().round()
  const { notices, nextCursor } = await get('/notices')
  expect(nextCursor).toBeNull()
  expect(notices).toMatchObject([
    { shopId: shop.id, kind: 'attention', what: 'X', daysBefore: null },
    {
      shopId: shop.id,
      kind: 'expiry',
      what: 'licenseKey',
      daysBefore: 14,
      mails: [{ address: 'boss@example.jp', state: 'sent', attempts: 1, code: null, sentAt: NOW }],
    },
  ])
  expect((await get('/notices?kind=expiry')).notices).toHaveLength(1)
  expect((await get(`/notices?shopId=${tenantId}`)).notices).toEqual([])
  const page = await get('/notices?limit=1')
  expect((await get(`/notices?limit=1&cursor=${page.nextCursor}`)).notices).toMatchObject([
    { kind: 'expiry' },
  ])
})
