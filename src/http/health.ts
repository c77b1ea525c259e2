import { z } from 'zod'
import { AppError } from '../platform/errors.ts'
import { withTimeout } from '../platform/timeout.ts'
import type { App } from './app-types.ts'
import { type Authenticate, bearerKey } from './auth.ts'

/** Rejects when the thing is not there. */
export type ReadinessCheck = () => Promise<void>

/** What prom-client's Registry offers. */
export interface MetricsSource {
  contentType: string
  metrics(): Promise<string>
}

export interface HealthOptions {
  readiness: Readonly<Record<string, ReadinessCheck>>
  /** Longest time for one check. */
  readinessTimeoutMs: number
  metrics: MetricsSource
  authenticate: Authenticate
}

const Checks = z.record(z.string(), z.enum(['ok', 'failed'])).describe('By part (部品ごとの状態)')
const Alive = z.object({ status: z.literal('ok').describe('状態') })
const Ready = z.object({ status: z.literal('ok').describe('状態'), checks: Checks })
const NotReady = z.object({ status: z.literal('unavailable').describe('状態'), checks: Checks })

/** Probes must be answered while everything else is refused: no limit, and no back pressure. */
const probe = { rateLimit: false, pressureHandler: () => undefined } as const

export function healthRoutes(app: App, options: HealthOptions): void {
  app.get(
    '/healthz',
    {
      config: probe,
      schema: {
        tags: ['service'],
        operationId: 'getHealth',
        summary: 'Is the process alive (生存確認)',
        description: 'Answers as long as the process runs, whatever the database does.',
        response: { 200: Alive },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: probe,
      schema: {
        tags: ['service'],
        operationId: 'getReadiness',
        summary: 'Can it serve requests (準備確認)',
        description: 'Asks the database and the queue; 503 names the part that does not answer.',
        response: { 200: Ready, 503: NotReady },
      },
    },
    async (_request, reply) => {
      const checks = await runChecks(options)
      if (Object.values(checks).every((state) => state === 'ok')) return { status: 'ok' as const, checks }
      reply.code(503)
      return { status: 'unavailable' as const, checks }
    },
  )

  app.get(
    '/metrics',
    {
      config: probe,
      schema: {
        tags: ['service'],
        operationId: 'getMetrics',
        summary: 'Prometheus metrics (メトリクス)',
        description: 'With the operator key (運営者キー), or without one from the same machine.',
        security: [{ apiKey: [] }, {}],
      },
    },
    async (request, reply) => {
      if (!isLoopback(request.socket.remoteAddress, request.headers))
        await needOperator(options, bearerKey(request))
      return reply.type(options.metrics.contentType).send(await options.metrics.metrics())
    },
  )
}

async function needOperator(options: HealthOptions, key: string | null): Promise<void> {
  if (key === null) throw new AppError('UNAUTHENTICATED', '運営者キーを付けてください。')
  const auth = await options.authenticate(key)
  if (auth.kind !== 'operator') throw new AppError('FORBIDDEN', 'メトリクスは運営者だけが見られます。')
}

/** A proxy on this machine makes every caller look local; what it adds to a request gives it away. */
function isLoopback(address: string | undefined, headers: Record<string, unknown>): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  return address !== undefined && /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address)
}

async function runChecks(options: HealthOptions): Promise<Record<string, 'ok' | 'failed'>> {
  const entries = Object.entries(options.readiness).map(async ([name, check]) => {
    const state = await withTimeout(options.readinessTimeoutMs, check()).then(
      () => 'ok' as const,
      () => 'failed' as const,
    )
    return [name, state] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
