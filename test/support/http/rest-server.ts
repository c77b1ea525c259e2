import { pino } from 'pino'
import packageJson from '../../../package.json' with { type: 'json' }
import type { AreaTools } from '../../../src/app/core.ts'
import { createAreas } from '../../../src/app/roles.ts'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer, type ServerOptions } from '../../../src/http/server.ts'
import type { Marketplaces } from '../../../src/marketplaces/index.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import type { Db } from '../../../src/platform/db/database.ts'
import { createHeavyReads } from '../../../src/platform/db/heavy-reads.ts'
import { HttpError } from '../../../src/platform/http/http-client.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { type ShopsAreaTools, shopsArea } from '../../../src/shops/routes.ts'
import { createAuthenticator } from '../../../src/shops/tenants/authenticate.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeApiKey, newId, poolWith, testSealer } from '../fixtures.ts'
import { providersAt } from '../mail/oauth.ts'

/** The HTTP side with the areas' real routes on a test database; what lies outside is given by the test. */

export const OPERATOR_KEY = 'operator-key-of-the-tests'

/** The real malls' objects; nothing listens where they would call. */
export const testMarketplaces: Marketplaces = new Map(
  [
    createRakuten({ apiUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 }),
    createYahoo({ apiUrl: 'http://127.0.0.1:9', authUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 }),
  ].map((mall) => [mall.name, mall]),
)

const unused = () => Promise.reject(new Error('this test gave no stand-in'))

export interface RestServer {
  app: App
  /** Everything that was logged, as JSON lines. */
  log: string[]
  woken: string[]
  mailboxChanges: number
  /** Makes a key of the tenant, and its header. */
  /** @param role of the key; an owner's unless said */
  keyFor(tenantId: string, role?: 'owner' | 'staff' | 'read_only'): Promise<Record<string, string>>
  operator: Record<string, string>
  close(): Promise<void>
}

export interface RestOverrides extends Partial<ShopsAreaTools> {
  more?: Pick<ServerOptions, 'clientRoutes' | 'operatorRoutes'>
  server?: Partial<ServerOptions>
}

export async function restServer(db: Db, overrides: RestOverrides = {}): Promise<RestServer> {
  const { more, server, ...tools } = overrides
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const clock = tools.clock ?? systemClock
  const authenticator = createAuthenticator({ db, clock, log, operatorKey: OPERATOR_KEY })
  const state = { woken: [] as string[], mailboxChanges: 0 }
  const area = shopsArea({
    db,
    pool: poolWith(unused),
    clock,
    newId,
    random: systemRandom,
    http: { request: unused },
    mailOAuth: providersAt('http://127.0.0.1:9'),
    publicUrl: null,
    dns: { srv: unused, mx: unused },
    sealer: testSealer,
    marketplaces: testMarketplaces,
    sessions: { open: unused },
    addressRules: { allow: [], resolve: async () => ['8.8.8.8'] },
    testMailbox: unused,
    heavyReads: createHeavyReads(),
    authenticator,
    readQueues: async () => ({ wake: { waiting: 1, active: 0, delayed: 0, failed: 0 } }),
    onShopChanged: (shopId) => void state.woken.push(shopId),
    onMailboxChanged: () => void state.mailboxChanges++,
    ...tools,
  })
  const app = await buildServer({
    log,
    newId,
    authenticate: authenticator.authenticate,
    clientRoutes: [...area.clientRoutes, ...(more?.clientRoutes ?? [])],
    operatorRoutes: [...area.operatorRoutes, ...(more?.operatorRoutes ?? [])],
    readiness: {},
    metrics: { contentType: 'text/plain', metrics: async () => '' },
    version: '0.1.0',
    publicUrl: tools.publicUrl ?? null,
    ...server,
  })
  return {
    app,
    log: lines,
    woken: state.woken,
    get mailboxChanges() {
      return state.mailboxChanges
    },
    keyFor: (tenantId, role) => makeApiKey(db, tenantId, role),
    operator: { authorization: `Bearer ${OPERATOR_KEY}` },
    close: () => {
      // fetch keeps a spare connection, which close would wait for.
      app.server.closeAllConnections()
      return app.close()
    },
  }
}

const wholeConfig = {
  mailboxAllowedPrivateHosts: ['127.0.0.1', 'imap.example.jp'],
  webhookAllowedPrivateHosts: [],
  retention: { retentionDays: 30, ofMalls: {}, openDays: 90, unpulledDays: 90 },
  eventStreams: { perKey: 50, perTenant: 200 },
  perTenant: { shops: 200, mailboxes: 200, webhooks: 10, apiKeys: 100 },
  publicUrl: 'https://torikomi.example.jp',
  outgoingAddresses: ['192.0.2.17'],
  corsOrigins: [],
  mailOAuth: providersAt('http://127.0.0.1:9'),
  smtp: null,
  oidc: null,
  takesApplications: true,
}

/** As much of the settings as the areas look at where nothing listens. */
export const configWith = (more: Partial<AreaTools['config']> = {}): AreaTools['config'] =>
  ({ ...wholeConfig, ...more }) as never

/**
 * As much as the queue's board looks at: whether one gets to it is what is walked, and
 * test/integration/http/queue-board.test.ts looks at real ones.
 */
export const emptyQueue: AreaTools['wakeQueue']['queue'] = {
  metaValues: { version: 'bullmq' },
  name: 'wake',
} as never

/**
 * Every route of the service as the composition root registers them, without anything that listens or works.
 */
export async function wholeServer(
  database: Pick<TestDatabase, 'db' | 'pool' | 'url'>,
  limits: ServerOptions['limits'] = {},
  { config, ...more }: Partial<Omit<AreaTools, 'config'>> & { config?: Partial<AreaTools['config']> } = {},
): Promise<App> {
  const log = pino({ level: 'silent' })
  const metrics = createMetrics()
  const areas = await createAreas(
    {
      database: { ...database, isFull: () => false, close: async () => undefined },
      clock: systemClock,
      random: systemRandom,
      log,
      newId,
      sealer: testSealer,
      operatorKey: OPERATOR_KEY,
      wakeQueue: {
        wakeEarly: () => false,
        wake: async () => undefined,
        work: async () => undefined,
        counts: async () => ({ waiting: 0, active: 0, delayed: 0, failed: 0 }),
        close: async () => undefined,
        queue: emptyQueue,
      },
      lanes: { lane: () => ({ take: async () => undefined }) },
      http: { request: () => Promise.reject(new HttpError('unreachable', 'no network in this test')) },
      marketplaces: testMarketplaces,
      metrics,
      mail: {},
      tracing: null,
      ...more,
      config: configWith(config),
    },
    ['api'],
  )
  if (areas.api === null) throw new Error('the role api has its area')
  return buildServer({
    log,
    newId,
    authenticate: areas.authenticate,
    wrongKey: areas.wrongKey,
    ...areas.api,
    readiness: {},
    // No test waits for refusals; src/http/limits.test.ts shows that they are held.
    limits: { refusalMs: 0, ...limits },
    publicUrl: config?.publicUrl ?? wholeConfig.publicUrl,
    metrics: metrics.registry,
    version: packageJson.version,
  })
}
