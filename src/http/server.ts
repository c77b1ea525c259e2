import type { ZodTypeProvider } from '@fastify/type-provider-zod'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { AppError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import type { App, Auth, Routes } from './app-types.ts'
import { type Authenticate, createAuthHooks, type Doors, type OpenSession, type WrongKey } from './auth.ts'
import { answerBrokenHttp, sendProblem, setErrorHandlers, setNotFound } from './error-handler.ts'
import { healthRoutes, type MetricsSource, type ReadinessCheck } from './health.ts'
import { acceptJsonOnly } from './json-body.ts'
import { DEFAULT_LIMITS, type LimitOptions, protect } from './limits.ts'
import { serveOpenApi } from './openapi/document.ts'
import type { DocExamples } from './openapi/examples.ts'
import { keepRouteTable } from './route-table.ts'
import { serializerCompiler } from './serializer.ts'
import { refuseUnknownFields, validatorCompiler } from './validation.ts'

export interface ServerOptions {
  log: Logger
  newId: () => string
  authenticate: Authenticate
  /** Left out: nobody signs in. */
  openSession?: OpenSession
  wrongKey?: WrongKey
  /** Paths relative to /v1, behind a tenant's key. */
  clientRoutes: readonly Routes[]
  /** Paths relative to /v1/admin, behind the operator key. */
  operatorRoutes: readonly Routes[]
  /** Full paths, without a key: a browser that a mall sent back. */
  publicRoutes?: readonly Routes[]
  /** What /readyz asks. */
  readiness: Readonly<Record<string, ReadinessCheck>>
  /** True from the moment that the process wants to end. */
  isDraining?: () => boolean
  metrics: MetricsSource
  version: string
  limits?: Partial<LimitOptions>
  /** Addresses of proxies whose X-Forwarded-For is believed; false when clients connect straight. */
  trustProxy?: boolean | string | string[]
  docExamples?: () => DocExamples
}

/** The whole HTTP side, ready to `listen` or `inject`; nothing listens yet. `close()` waits for running requests. */
export async function buildServer(options: ServerOptions): Promise<App> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const isDraining = options.isDraining ?? (() => false)
  const app = createApp(options, limits)
  keepRouteTable(app)
  refuseUnknownFields(app)
  setErrorHandlers(app)
  acceptJsonOnly(app)
  logRequests(app)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // A client that keeps its connection would else send the next request into the very end of the process.
    if (isDraining()) reply.header('connection', 'close')
  })
  await protect(app, limits)
  setNotFound(app)
  await serveOpenApi(app, { version: options.version, examples: options.docExamples })
  healthRoutes(app, {
    readiness: options.readiness,
    isDraining,
    readinessTimeoutMs: 3_000,
    metrics: options.metrics,
    authenticate: options.authenticate,
  })
  await registerAreas(app, options, limits)
  for (const routes of options.publicRoutes ?? []) routes(app)
  await app.ready()
  return app
}

function createApp(options: ServerOptions, limits: LimitOptions): App {
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: options.newId,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.requestMs,
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerBrokenHttp,
  }).withTypeProvider<ZodTypeProvider>() as unknown as App
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('auth', null as never)
  return app
}

const doorsOf = ({ authenticate, openSession, wrongKey }: ServerOptions): Doors => ({
  authenticate,
  openSession:
    openSession ?? (() => Promise.reject(new AppError('UNAUTHENTICATED', 'ログインしてください。'))),
  wrongKey: wrongKey ?? (async () => null),
})

async function registerAreas(app: App, options: ServerOptions, limits: LimitOptions): Promise<void> {
  const hooks = createAuthHooks(app, doorsOf(options), limits.authFailuresPerMinute)
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', hooks.requireOperator)
      for (const routes of options.operatorRoutes) routes(scope as unknown as App)
    },
    { prefix: '/v1/admin' },
  )
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', hooks.requireClient)
      for (const routes of options.clientRoutes) routes(scope as unknown as App)
    },
    { prefix: '/v1' },
  )
}

/** One line a request: who, which route, how it ended, how long. No query, body or address: they may name a buyer. */
function logRequests(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(request.problemCode === null ? {} : { code: request.problemCode }),
      ...(request.auth?.kind === 'client'
        ? { tenantId: request.auth.tenantId, ...personOf(request.auth) }
        : {}),
      ...(request.auth?.kind === 'operator' ? { role: 'operator', ...personOf(request.auth) } : {}),
    }
    // Probes come every few seconds and say nothing while all is well.
    const quiet = reply.statusCode < 400 && !request.url.startsWith('/v1/')
    if (quiet) request.log.debug(facts, 'request')
    else request.log.info(facts, 'request')
  })
}

function personOf(auth: Auth): { apiKeyId?: string; accountId?: string } {
  if (auth.kind === 'client' && auth.apiKeyId !== undefined) return { apiKeyId: auth.apiKeyId }
  return auth.accountId === null ? {} : { accountId: auth.accountId }
}
