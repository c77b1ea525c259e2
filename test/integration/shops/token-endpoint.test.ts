import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import { type AmazonSimulator, NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { SANDBOX_SHOPS } from '../../../sandbox/malls/index.ts'
import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { restServer } from '../../support/http/rest-server.ts'
import { shopWorkerOf } from '../../support/imports/import-bench.ts'
import { testMalls } from '../../support/malls/test-malls.ts'

/** What happens to a shop's orders while the mall's token endpoint answers nonsense, or not at all. */

type Mall = 'yahoo' | 'amazon'
type Answer = { status: number; type: string; body: string } | 'never'

const html: Answer = { status: 200, type: 'text/html', body: '<html><body>メンテナンス中</body></html>' }
const saying = (error: string): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ error, error_description: 'x' }),
})

let database: TestDatabase
let malls: { yahoo: YahooSimulator; amazon: AmazonSimulator }
let clock: ReturnType<typeof createControllableClock>
let endpoint: Server
/** What the endpoint answers; null: the mall's own answers. */
let answer: Answer | null
/** Time limits, in ms, of the calls that went to it. */
let asked: number[]

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

beforeEach(async () => {
  clock = createControllableClock()
  clock.hold()
  answer = null
  asked = []
  malls = {
    yahoo: await startYahooSimulator({ clock, shops: [SANDBOX_SHOPS.yahoo] }),
    amazon: await startAmazonSimulator({ clock, shops: [SANDBOX_SHOPS.amazon], quotas: NO_QUOTAS }),
  }
  endpoint = createServer((_, response) => {
    if (answer === 'never' || answer === null) return
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body)
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  endpoint.closeAllConnections()
  await new Promise((resolve) => endpoint.close(resolve))
  await Promise.all(Object.values(malls).map((mall) => mall.close()))
})

async function bench(mall: Mall) {
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const spoilt: HttpClient = {
    request(request, signal) {
      if (answer === null || !/\/token$/.test(request.url)) return http.request(request, signal)
      asked.push(request.timeoutMs ?? Number.POSITIVE_INFINITY)
      const { port } = endpoint.address() as AddressInfo
      // A test does not wait as long as the service does.
      const limit = answer === 'never' ? { timeoutMs: 300 } : {}
      return http.request({ ...request, ...limit, url: `http://127.0.0.1:${port}` }, signal)
    },
  }
  const { yahoo, amazon } = malls
  const marketplaces = testMalls({ yahoo, amazon })
  const base = {
    db: database.db,
    pool: database.pool,
    sealer: testSealer,
    clock,
    newId,
    marketplaces,
    random: { bytes: (n: number) => new Uint8Array(n), float: () => 0.5 },
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    wakeLater: { at: () => undefined },
  }
  const sessions = createShopSessions({
    ...base,
    http: spoilt,
    lanes: { lane: () => ({ take: async () => undefined }) },
    tokens: createTokenStores({ ...base, owner: 'test' }),
  })
  const worker = shopWorkerOf({ ...base, sessions })
  const { id: tenantId } = await makeTenant(database.db)
  const { code } = SANDBOX_SHOPS[mall]
  const credentials = malls[mall].credentialsFor(code)
  const { id: shopId } = await makeShop(database.db, { tenantId, marketplace: mall, code, credentials })
  const { orderNumber } = malls[mall].place()
  const request = { tenantId, shopId, orderNumber, purpose: 'import' as const, source: 'mail' as const }
  await requestImports(database.pool, base, [request])
  // The test of a connection waits a moment before it asks a busy mall once more: no time is held for it.
  const passing = { now: () => clock.now(), sleep: () => Promise.resolve() }
  const rest = await restServer(database.db, { clock: passing, marketplaces, sessions })
  const headers = await rest.keyFor(tenantId)
  return {
    run: () => worker.run(shopId, new AbortController().signal),
    row: () => database.db.shop.findUniqueOrThrow({ where: { id: shopId } }),
    request: () => database.db.importRequest.findFirstOrThrow({ where: { shopId } }),
    staged: () => database.db.order.count({ where: { shopId } }),
    shop: async () => (await rest.app.inject({ url: `/v1/shops/${shopId}`, headers })).json(),
    test: async () =>
      (await rest.app.inject({ method: 'POST', url: `/v1/shops/${shopId}/test`, headers })).json(),
    async close() {
      await rest.close()
      await http.close()
    },
  }
}

const CASES: [string, Answer, Record<Mall, string>][] = [
  ['HTML', html, { yahoo: 'YAHOO_GATEWAY_PAGE', amazon: 'AMAZON_GATEWAY_PAGE' }],
  [
    'a passing error with 200',
    saying('temporarily_unavailable'),
    { yahoo: 'YAHOO_AUTH_UNAVAILABLE', amazon: 'AMAZON_AUTH_UNAVAILABLE' },
  ],
  ['nothing, ever', 'never', { yahoo: 'YAHOO_TIMEOUT', amazon: 'AMAZON_TIMEOUT' }],
]

describe.each<Mall>(['yahoo', 'amazon'])('a token endpoint of %s', (mall) => {
  test.each(CASES)(
    'that answers %s is bounded, retried and told; the order waits',
    async (_, given, codes) => {
      const { run, row, request, staged, shop, test: connect, close } = await bench(mall)
      answer = given
      await run()
      expect(asked).toHaveLength(1)
      expect(asked[0]).toBeLessThanOrEqual(15_000)
      expect(await row()).toMatchObject({
        attentionCode: null,
        laneFailures: 1,
        laneClosedReason: codes[mall],
      })
      expect(await request()).toMatchObject({ state: 'waiting', attempts: 0 })
      expect(await shop()).toMatchObject({
        attention: null,
        lane: { closedUntil: expect.any(String), reason: codes[mall] },
      })
      expect(await connect()).toMatchObject({
        ok: false,
        code: codes[mall],
        messages: expect.arrayContaining([expect.stringContaining('自動で再試行')]),
      })

      await run()
      expect(asked).toHaveLength(3)
      clock.set((await row()).laneClosedUntil?.getTime() ?? 0)
      await run()
      // Once for the order, and once to see whether the order is to blame.
      expect(asked).toHaveLength(5)
      expect(await row()).toMatchObject({ laneFailures: 2 })

      answer = null
      clock.set((await row()).laneClosedUntil?.getTime() ?? 0)
      await run()
      expect(await staged()).toBe(1)
      expect(await row()).toMatchObject({ laneFailures: 0, laneClosedUntil: null })
      await close()
    },
  )

  test('that refuses with 200 puts the shop under attention, saying what to renew', async () => {
    const { run, staged, request, shop, close } = await bench(mall)
    answer = saying('invalid_grant')
    await run()
    const { attention } = await shop()
    expect(attention).toMatchObject({ code: `${mall.toUpperCase()}_CONSENT_ENDED` })
    expect(attention.message).toMatch(mall === 'yahoo' ? /同意し直/ : /認可し直/)
    expect(await request()).toMatchObject({ state: 'waiting', attempts: 0 })
    answer = null
    clock.advance(10 * 60_000)
    await run()
    expect(await staged()).toBe(1)
    expect((await shop()).attention).toBeNull()
    await close()
  })
})
