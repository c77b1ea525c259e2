import packageJson from '../../package.json' with { type: 'json' }
import type { Role } from '../config/fields.ts'
import type { Config } from '../config/load.ts'
import type { UnknownName } from '../config/unknown-names.ts'
import type { DocExamples } from '../http/openapi/document.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { QueueAccess } from '../notifications/queue-reader.ts'
import type { Clock } from '../platform/clock.ts'
import type { HttpClient } from '../platform/http/http-client.ts'
import { createLogger, type Logger } from '../platform/logger.ts'
import { createMetrics, type Metrics } from '../platform/metrics.ts'
import { openLogExport, reportExportFailures } from '../platform/otlp.ts'
import { type Random, systemRandom } from '../platform/random.ts'
import type { MailSettings } from './core.ts'
import { collectorOf, lastSent, openResources, type Resources } from './resources.ts'
import { createAreas, startRoles } from './roles.ts'
import { openStartRetry } from './start-failure.ts'
import { createStopList, type StopResult } from './stop-order.ts'

/** Replacements of the real parts by a test, the demo or a bench. */
export interface Overrides {
  clock?: Clock
  random?: Random
  http?: HttpClient
  log?: Logger
  marketplaces?: Marketplaces
  docExamples?: () => DocExamples
  mail?: MailSettings
  sqs?: QueueAccess
  /** The demo's tenant, once it is there: anybody may sign in to it. */
  demoTenant?: () => string | null
  /** Ends a start that waits for its database. */
  giveUp?: AbortSignal
  /** Variables that are no settings, to be told of before anything that may go wrong for want of them. */
  unknownNames?: readonly UnknownName[]
}

export interface TorikomiApp {
  /** Address once it is started: `http://127.0.0.1:3000`. */
  readonly url: string
  readonly resources: Resources
  readonly metrics: Metrics
  /** Listens, and does what the roles say; health and metrics are answered in every role. Once per app. */
  start(roles: readonly Role[]): Promise<void>
  /** Ends everything in order within bounded time; never rejects, and may be called at any time and again. */
  stop(): Promise<StopResult[]>
}

/**
 * Builds the whole service: opens the database (embedded where none is set), brings its schema up to date,
 * opens queue and lanes. Nothing listens and no work is done before `start`. When something cannot be opened,
 * what was opened is closed.
 */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<TorikomiApp> {
  const random = overrides.random ?? systemRandom
  const collector = collectorOf(config, 'logs')
  const exported = collector && (await openLogExport(collector))
  const log =
    overrides.log ?? createLogger({ level: config.logLevel, ...(exported ? { onLine: exported.write } : {}) })
  if (config.otlp)
    await reportExportFailures(() => log.warn('the OpenTelemetry collector did not take what was sent'))
  const stops = createStopList(log)
  if (!overrides.log) stops.add('logs', () => flush(log))
  // Lines that could not be sent stand on standard output.
  if (exported)
    stops.add(
      'logs',
      lastSent(exported.close, () => undefined),
    )
  for (const { message, nearest } of overrides.unknownNames ?? []) log.warn({ setting: nearest }, message)
  try {
    const { clock, http } = overrides
    const { until, over } = openStartRetry(config, log, overrides.giveUp)
    const tools = { random, log, until, ...(clock ? { clock } : {}), ...(http ? { http } : {}) }
    const resources = await openResources(config, tools, stops).finally(over)
    const metrics = createMetrics({ processMetrics: config.production, roles: config.roles })
    const { marketplaces, mail = {}, sqs, demoTenant } = overrides
    const given = {
      config,
      metrics,
      mail,
      demoTenant,
      ...(marketplaces ? { marketplaces } : {}),
      ...(sqs ? { sqs } : {}),
    }
    const version = packageJson.version
    const { docExamples } = overrides
    let started: Promise<string> | null = null
    let url = ''
    return {
      get url() {
        if (url === '') throw new Error('the service is not started')
        return url
      },
      resources,
      metrics,
      async start(roles) {
        if (started) throw new Error('the service is started already')
        started = createAreas({ ...resources, ...given }, roles).then((areas) =>
          startRoles({ config, resources, areas, metrics, version, docExamples }, stops),
        )
        url = await started
      },
      async stop() {
        // Waits for the start: a part still starting would put its end on the list too late.
        await started?.catch(() => {})
        return stops.run()
      },
    }
  } catch (error) {
    await stops.run()
    throw error
  }
}

const flush = (log: Logger): Promise<void> =>
  new Promise((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())))
