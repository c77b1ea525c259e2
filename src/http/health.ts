import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { databaseState } from '../platform/db/failures.ts'
import { AppError } from '../platform/errors.ts'
import { withTimeout } from '../platform/timeout.ts'
import { anyone } from './access.ts'
import type { App } from './app-types.ts'
import { type Authenticate, bearerKey, type CountFailure, sameSecret } from './auth.ts'
import { operation } from './operation.ts'

export interface ReadinessCheck {
  /** True when the process is useless without it; otherwise it is only shown. */
  needed: boolean
  /** Rejects when the thing is not there; resolves with `quiet` where the process rests by intention. */
  run(): Promise<unknown>
}

/** Part of prom-client's Registry that the routes need. */
export interface MetricsSource {
  contentType: string
  metrics(): Promise<string>
}

export interface HealthOptions {
  readiness: Readonly<Record<string, ReadinessCheck>>
  /** The process is about to end: it serves what comes, and wants nothing new. */
  isDraining: () => boolean
  metrics: MetricsSource
  authenticate: Authenticate
  /** Opens the metrics and nothing else; where it is set, nobody reads them without a key. */
  metricsKey: string | null
  countFailure: CountFailure
  /** A proxy makes every caller local. */
  behindProxy: boolean
}

const LONGEST_CHECK_MS = 3_000

const STATES = ['ok', 'failed', 'read_only', 'full', 'quiet', 'stopping'] as const
const Checks = z
  .record(z.string(), z.enum(STATES))
  .describe('By part; `process` is there while it stops (部品ごとの状態)')
type CheckState = (typeof STATES)[number]
const Alive = z.object({ status: z.literal('ok').describe('状態') })
const Ready = z.object({ status: z.literal('ok').describe('状態'), checks: Checks })
const NotReady = z.object({ status: z.literal('unavailable').describe('状態'), checks: Checks })

/** Probes must be answered while everything else is refused: no limit, and no back pressure. */
const probe = { rateLimit: false, pressureHandler: () => undefined } as const

export function healthRoutes(app: App, options: HealthOptions): void {
  const look = createLook(options)
  operation(app, {
    id: 'getHealth',
    at: 'GET /healthz',
    since: '1.0.0',
    tag: 'service',
    who: anyone('probe'),
    cost: 'light',
    limit: probe,
    summary: 'Is the process alive (生存確認)',
    description: 'Answers as long as the process runs, whatever the database does.',
    answers: { 200: Alive },
    run: async () => ({ status: 'ok' as const }),
  })

  operation(app, {
    id: 'getReadiness',
    at: 'GET /readyz',
    since: '1.0.0',
    tag: 'service',
    who: anyone('probe'),
    cost: 'light',
    limit: probe,
    summary: 'Can it serve requests (準備確認)',
    description:
      'Asks the database and the queue; 503 names the part that does not answer, the database that only reads (`read_only`) or has no room left (`full`), or says that the process is about to end (`stopping`). A part that this process can serve requests without is shown and keeps it ready: the queue, in the role `api`, and quiet mode (静止モード: `work` is `quiet`), in which no mall is called.',
    answers: { 200: Ready, 503: NotReady },
    run: async (_request, reply) => {
      const checks = await look()
      const ready = Object.entries(checks).every(
        ([name, state]) => state === 'ok' || options.readiness[name]?.needed === false,
      )
      if (ready) return { status: 'ok' as const, checks }
      reply.code(503)
      return { status: 'unavailable' as const, checks }
    },
  })

  operation(app, {
    id: 'getMetrics',
    at: 'GET /metrics',
    since: '1.0.0',
    tag: 'service',
    who: anyone('metrics key'),
    cost: 'light',
    limit: probe,
    summary: 'Prometheus metrics (メトリクス)',
    description:
      'With METRICS_API_KEY or the operator key (運営者キー). Without one only from the same machine, straight, and only where METRICS_API_KEY is not set.',
    run: async (request, reply) => {
      if (options.metricsKey !== null || options.behindProxy || !isLocal(request))
        await needMetricsKey(options, request)
      return reply.type(options.metrics.contentType).send(await options.metrics.metrics())
    },
  })
}

async function needMetricsKey(options: HealthOptions, request: FastifyRequest): Promise<void> {
  const key = bearerKey(request)
  if (key !== null && options.metricsKey !== null && sameSecret(key, options.metricsKey)) return
  try {
    await needOperator(options, key)
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED')
      await options.countFailure(request, key)
    throw error
  }
}

async function needOperator(options: HealthOptions, key: string | null): Promise<void> {
  if (key === null) throw new AppError('UNAUTHENTICATED', 'メトリクス用キーか運営者キーを付けてください。')
  const auth = await options.authenticate(key)
  if (auth.kind !== 'operator') throw new AppError('FORBIDDEN', 'メトリクスは運営者だけが見られます。')
}

/** Headers of proxies. One that adds none still speaks HTTP/1.0 to its upstream, as nginx does by default. */
const PROXY_HEADERS = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-real-ip',
  'forwarded',
  'via',
]

const LOCAL_HOST = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?$/i

/** A proxy on this machine makes every caller look local. */
function isLocal(request: FastifyRequest): boolean {
  if (request.raw.httpVersion === '1.0') return false
  if (PROXY_HEADERS.some((name) => request.headers[name] !== undefined)) return false
  // A page of another site whose name leads here (DNS rebinding) still asks for its own host.
  if (!LOCAL_HOST.test(request.headers.host ?? '')) return false
  const address = request.socket.remoteAddress
  return address !== undefined && /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address)
}

/** Asks each part, for all who ask meanwhile: a stranger's flood of probes would be one of statements. */
function createLook({ readiness, isDraining }: HealthOptions): () => Promise<Record<string, CheckState>> {
  let looking: Promise<Record<string, CheckState>> | null = null
  const checkAll = async () => {
    const entries = Object.entries(readiness).map(async ([name, { run }]) => {
      const state = await withTimeout(LONGEST_CHECK_MS, run()).then(
        (said) => (said === 'quiet' ? ('quiet' as const) : ('ok' as const)),
        databaseState,
      )
      return [name, state] as const
    })
    return Object.fromEntries(await Promise.all(entries))
  }
  return async () => {
    looking ??= checkAll().finally(() => {
      looking = null
    })
    const checks = await looking
    return isDraining() ? { ...checks, process: 'stopping' } : checks
  }
}
