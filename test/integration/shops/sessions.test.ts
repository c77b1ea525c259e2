import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceTools, ShopContext } from '../../../src/marketplaces/port/session.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { readHints } from '../../../src/shops/shops/mall-hints.ts'
import { createShopSessions, type ShopSessions } from '../../../src/shops/shops/sessions.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { testMarketplaces } from '../../support/http/rest-server.ts'

let database: TestDatabase
let sessions: ShopSessions
let tenantId: string
let opened: { shop: ShopContext<unknown>; tools: MarketplaceTools }[]
let logged: object[]
const tokensFor: [string, number][] = []

beforeAll(async () => {
  database = await freshDatabase()
  tenantId = (await makeTenant(database.db)).id
})

beforeEach(() => {
  opened = []
  logged = []
  const real = testMarketplaces.get('rakuten') as Marketplace
  const rakuten: Marketplace = {
    ...real,
    credentials: z.object({ licenseKey: z.string() }),
    open: (shop, tools) => {
      opened.push({ shop, tools })
      // No test calls the mall.
      return {} as never
    },
  }
  sessions = createShopSessions({
    db: database.db,
    sealer: testSealer,
    marketplaces: new Map([['rakuten', rakuten]]),
    http: { request: () => Promise.reject(new Error('no network')) },
    clock: systemClock,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: {
      forShop: ({ id }, version) => {
        tokensFor.push([id, version])
        return { get: (_fresh, renew) => renew(null), invalidate: async () => undefined }
      },
    },
    log: Object.assign(createLogger({ level: 'silent' }), {
      warn: (facts: object) => void logged.push(facts),
    }),
  })
})

afterAll(() => database?.close())

const shop = (more: object) => makeShop(database.db, { tenantId, code: newId().slice(-6), ...more })

test('the mall gets its own credentials and the tokens that belong to them', async () => {
  const settings = { includeFba: true }
  const { id, code } = await shop({ credentials: { licenseKey: 'SL1' }, credentialsVersion: 4, settings })
  const session = await sessions.open(id)
  const credentials = { licenseKey: 'SL1' }
  expect(opened[0]?.shop).toEqual({ shopId: id, shopCode: code, capabilities: null, credentials, settings })
  expect(tokensFor.at(-1)).toEqual([id, 4])
  expect(session.shop).toMatchObject({
    id,
    tenantId,
    credentialsVersion: 4,
    laneFailures: 0,
    attentionStops: false,
  })
  expect(JSON.stringify(session.shop)).not.toContain('SL1')
})

test('what the mall gives notice of is kept and logged once, without its words', async () => {
  const { id } = await shop({ credentials: { licenseKey: 'SL1' } })
  const session = await sessions.open(id)
  const notice = { code: 'KEY_CHECK_FAILED', message: '公開鍵を確認してください。' }
  opened[0]?.tools.notice(notice)
  opened[0]?.tools.notice(notice)
  expect(session.hints).toEqual([notice])
  expect(logged).toEqual([{ shopId: id, tenantId, marketplace: 'rakuten', code: 'KEY_CHECK_FAILED' }])
})

test('notices are kept with the shop until the mall takes them back', async () => {
  const { id } = await shop({ credentials: { licenseKey: 'SL1' } })
  const kept = async () => (await readHints(database.db, [id], Date.now())).get(id) ?? []
  const first = await sessions.open(id)
  opened.at(-1)?.tools.notice({ code: 'KEY', message: '鍵' })
  opened.at(-1)?.tools.notice({ code: 'CODE', message: '値' })
  await first.saveHints()
  const [before] = (await kept()).filter(({ code }) => code === 'KEY')
  expect(before).toMatchObject({ message: '鍵', since: before?.lastSeenAt })

  const second = await sessions.open(id)
  opened.at(-1)?.tools.notice({ code: 'KEY', message: '別の鍵' })
  await second.saveHints()
  expect(await kept()).toContainEqual({
    code: 'KEY',
    message: '別の鍵',
    since: before?.since,
    lastSeenAt: expect.any(String),
  })

  const third = await sessions.open(id)
  opened.at(-1)?.tools.noticeOver?.(['KEY'])
  await third.saveHints()
  expect((await kept()).map(({ code }) => code)).toEqual(['CODE'])
  expect(await readHints(database.db, [id], Date.now() + 8 * 24 * 3_600_000)).toEqual(new Map())
})

test('a shop that cannot be worked with says why', async () => {
  await expect(sessions.open(newId())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const bare = await shop({ sealedCredentials: null })
  await expect(sessions.open(bare.id)).rejects.toMatchObject({
    kind: 'unauthorised',
    code: 'CREDENTIALS_MISSING',
  })
  const old = await shop({ credentials: { key: 'of an older shape' } })
  await expect(sessions.open(old.id)).rejects.toMatchObject({
    kind: 'unauthorised',
    code: 'CREDENTIALS_INVALID',
  })
  const amazon = await shop({ marketplace: 'amazon' })
  await expect(sessions.open(amazon.id)).rejects.toMatchObject({
    kind: 'rejected',
    code: 'MARKETPLACE_NOT_SUPPORTED',
  })
})
