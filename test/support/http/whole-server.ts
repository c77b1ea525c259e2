import { pino } from 'pino'
import packageJson from '../../../package.json' with { type: 'json' }
import type { AreaTools } from '../../../src/app/core.ts'
import { createAreas } from '../../../src/app/roles.ts'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer, type ServerOptions } from '../../../src/http/server.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { HttpError } from '../../../src/platform/http/http-client.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import type { TestDatabase } from '../database/database.ts'
import { newId, testSealer } from '../fixtures.ts'
import { providersAt } from '../mail/oauth.ts'
import { OPERATOR_KEY, testMarketplaces } from './rest-server.ts'

const wholeConfig = {
  mailboxAllowedPrivateHosts: ['127.0.0.1', 'imap.example.jp'],
  webhookAllowedPrivateHosts: [],
  retention: { retentionDays: 30, ofMalls: {}, openDays: 90, unpulledDays: 90 },
  eventStreams: { perKey: 50, perTenant: 200 },
  perTenant: { shops: 200, mailboxes: 200, webhooks: 10 },
  publicUrl: 'https://torikomi.example.jp',
  outgoingAddresses: ['192.0.2.17'],
  corsOrigins: [],
  mailOAuth: providersAt('http://127.0.0.1:9'),
  smtp: null,
  oidc: null,
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
        wakeBeside: () => false,
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
