import type { LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { ControllableClock } from '../../../sandbox/kit/types.ts'
import type { BrowserSession } from '../../../src/http/auth.ts'
import type { Marketplaces } from '../../../src/marketplaces/index.ts'
import { AppError } from '../../../src/platform/errors.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { consentCallback, consentRoutes } from '../../../src/shops/consents/routes.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { type RestServer, restServer } from '../http/rest-server.ts'

/**
 * The consent's two routes on a test database, and the person with a browser between them and a simulated
 * mall.
 */

export const PUBLIC_URL = 'https://torikomi.example.jp'

export interface ConsentRig {
  rest: RestServer
  clock: ControllableClock
  headers: Record<string, string>
  tenantId: string
  woken: string[]
  /** Every line of the server's log. */
  log: string[]
  makeShop(more: Record<string, unknown>): Promise<string>
  /** POST /v1/shops/{id}/consent */
  begin(shopId: string, body?: object): Promise<LightMyRequestResponse>
  /**
   * Opens the mall's page and follows it back; the callback's path and query. `more` is what the person does
   * there.
   */
  consentAt(url: string, more?: Record<string, string>): Promise<string>
  /** GET of the callback, with the code that the person was given who began it. */
  back(path: string): Promise<LightMyRequestResponse>
  /** The same by who was not given it, or types another. */
  lured(path: string, typed?: string): Promise<LightMyRequestResponse>
  credentialsOf(shopId: string): Promise<Record<string, unknown>>
  close(): Promise<void>
}

export async function consentRig(
  database: TestDatabase,
  marketplaces: Marketplaces,
  options: {
    publicUrl?: string | null
    http?: HttpClient
    clock?: ControllableClock
    /** Whom a browser with a session cookie is signed in as. */
    signedIn?: () => BrowserSession
  } = {},
): Promise<ConsentRig> {
  const signedIn =
    options.signedIn ??
    (() => {
      throw new AppError('UNAUTHENTICATED', 'x')
    })
  const clock = options.clock ?? createControllableClock()
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const woken: string[] = []
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const tools = {
    db: database.db,
    clock,
    newId,
    random: systemRandom,
    sealer: testSealer,
    marketplaces,
    http: options.http ?? http,
    lanes: { lane: () => ({ take: async () => undefined }) },
    log,
    publicUrl: options.publicUrl === undefined ? PUBLIC_URL : options.publicUrl,
    onShopChanged: (shopId: string) => void woken.push(shopId),
    onMailboxChanged: () => undefined,
  }
  const rest = await restServer(database.db, {
    clock,
    marketplaces,
    more: { clientRoutes: [consentRoutes(tools)], operatorRoutes: [] },
    server: { publicRoutes: [consentCallback({ ...tools, openSession: async () => signedIn() })], log },
  })
  const tenantId = (await makeTenant(database.db)).id
  const headers = await rest.keyFor(tenantId)
  /** By state. */
  const codes = new Map<string, string>()
  return {
    rest,
    clock,
    headers,
    tenantId,
    woken,
    log: lines,
    makeShop: async (more) => (await makeShop(database.db, { tenantId, ...more })).id,
    async begin(shopId, body) {
      const answer = await rest.app.inject({
        method: 'POST',
        url: `/v1/shops/${shopId}/consent`,
        headers,
        ...(body ? { payload: body } : {}),
      })
      const { url, code } = answer.json()
      if (url) codes.set(new URL(url).searchParams.get('state') ?? '', code)
      return answer
    },
    async consentAt(url, more = {}) {
      const page = new URL(url)
      for (const [name, value] of Object.entries(more)) page.searchParams.set(name, value)
      const answer = await fetch(page, { redirect: 'manual' })
      const target = new URL(answer.headers.get('location') ?? '')
      if (!target.href.startsWith(`${PUBLIC_URL}/`)) throw new Error(`sent back to ${target.origin}`)
      return `${target.pathname}${target.search}`
    },
    back: (path) => {
      const typed = codes.get(new URL(path, PUBLIC_URL).searchParams.get('state') ?? '')
      return rest.app.inject(typed === undefined ? path : `${path}&confirmation=${typed}`)
    },
    lured: (path, typed) => rest.app.inject(typed === undefined ? path : `${path}&confirmation=${typed}`),
    async credentialsOf(shopId) {
      const row = await database.db.shop.findUniqueOrThrow({ where: { id: shopId } })
      if (!row.sealedCredentials) return {}
      return testSealer.of(row.tenantId).openJson(`shop:${shopId}:credentials`, row.sealedCredentials)
    },
    async close() {
      await rest.close()
      await http.close()
    },
  }
}
