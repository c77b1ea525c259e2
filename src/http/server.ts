import type { ZodTypeProvider } from '@fastify/type-provider-zod'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { createHeavyReads, type HeavyReads } from '../platform/db/heavy-reads.ts'
import { asReports, inScope } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { recordRouteTable } from './access.ts'
import {
  addVary,
  compressAnswers,
  sendInPieces,
  serializerCompiler,
  tagAnswers,
  writeInSlices,
} from './answers.ts'
import { type App, type Auth, asApp, QUEUE_BOARD, type Routes } from './app-types.ts'
import { createAuthHooks, createFailureCount, type Doors, isSecure, shopsOf, tenantOf } from './auth.ts'
import { acceptJsonOnly } from './bodies.ts'
import { markDeprecation } from './deprecation.ts'
import { answerBrokenHttp, sendProblem, setErrorHandlers, setNotFound } from './error-handler.ts'
import { healthRoutes, type MetricsSource, type ReadinessCheck } from './health.ts'
import { claimIdempotencyKeys, type IdempotencyStore, storeAnswers } from './idempotency.ts'
import { DEFAULT_LIMITS, type LimitOptions, protect, putShortFirst, shareOf, takeTurns } from './limits.ts'
import type { DocExamples } from './openapi/document.ts'
import { pageWholeLists } from './paging.ts'
import { refuseUnknownFields, validatorCompiler } from './validation.ts'

export type ViewRecorder = (request: FastifyRequest, payload: unknown) => Promise<void>

/** A request by an API key that has had its answer. */
export interface KeyRequest {
  /** Of the request: a UUID v7. */
  id: string
  tenantId: string
  apiKeyId: string
  method: string
  path: string
  status: number
  ms: number
  code: string | null
}

/** Keeps how requests of keys ended (src/shops/tenants/request-log.ts). */
export interface RequestLog {
  note(request: KeyRequest): void
  /** Writes what is not written yet. */
  flush(): Promise<void>
}

/** Throws NOT_FOUND for a shop of another tenant, NOT_FOUND or FORBIDDEN for one outside the key's shops. */
export type ScopeCheck = (
  request: FastifyRequest,
  caller: { tenantId: string; shopIds: readonly string[] | null },
) => Promise<void>

/** Without `openSession` nobody signs in. */
export interface ServerOptions extends Pick<Doors, 'authenticate'>, Partial<Omit<Doors, 'authenticate'>> {
  log: Logger
  newId: () => string
  /** Keeps who saw what, before the answer leaves. */
  recordView?: ViewRecorder
  /** Left out: none is kept. */
  requestLog?: RequestLog
  /** Holds callers to the shops of their tenant, and keys to theirs. */
  checkScope?: ScopeCheck
  /** Shared with what takes turns itself; left out: they are the server's own. */
  heavyReads?: HeavyReads
  /** Answers by their Idempotency-Key; left out: the header is passed over. */
  idempotency?: IdempotencyStore
  /** Opens /metrics and nothing else; null: the operator key does. */
  metricsKey?: string | null
  /** Paths relative to /v1, behind a tenant's key. */
  clientRoutes: readonly Routes[]
  /** Paths relative to /v1/admin, behind the operator key. */
  operatorRoutes: readonly Routes[]
  /** Full paths, without a key: a browser that a mall sent back. */
  publicRoutes?: readonly Routes[]
  /** Full paths behind a tenant's key, like those below /v1 but outside their hooks: calls pass them. */
  mcp?: Routes
  /** Bull Board below /admin/queues, behind an operator's sign-in or key. */
  queueBoard?: Routes
  /** Checks of /readyz. */
  readiness: Readonly<Record<string, ReadinessCheck>>
  /** True from the moment that the process wants to end. */
  isDraining?: () => boolean
  metrics: MetricsSource
  /** Counts requests; left out: none are counted. */
  requestMetrics?: RequestMetrics
  version: string
  limits?: Partial<LimitOptions>
  /** URL at which browsers reach the service; null: only where it listens. */
  publicUrl?: string | null
  /** Number or addresses of proxies whose X-Forwarded-For is believed; false for direct connections. */
  trustProxy?: boolean | number | string | string[]
  /** Origins whose pages may read answers: `https://app.example.jp`. */
  corsOrigins?: readonly string[]
  docExamples?: () => DocExamples
  /** false: health and metrics alone are answered, which need no OpenAPI document. */
  documented?: boolean
}

type RequestMetrics = Pick<Metrics, 'httpSeconds' | 'unauthorised'>

/** A year, as helmet has it. */
const HSTS = 'max-age=31536000; includeSubDomains'

/** The whole HTTP side, ready to `listen` or `inject`. `close()` waits for running requests. */
export async function buildServer(options: ServerOptions): Promise<App> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const isDraining = options.isDraining ?? (() => false)
  const app = createApp(options, limits)
  recordRouteTable(app)
  pageWholeLists(app)
  refuseUnknownFields(app)
  setErrorHandlers(app)
  allowOrigins(app, options.corsOrigins ?? [])
  markDeprecation(app)
  tagAnswers(app)
  const heavyReads = options.heavyReads ?? createHeavyReads()
  acceptJsonOnly(app, (request) => heavyReads.shortFirst.giveWay(shareOf(request)))
  logRequests(app)
  if (options.requestLog) keepRequests(app, options.requestLog)
  if (options.requestMetrics) countRequests(app, options.requestMetrics)
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    // Over plain http browsers pass over it, and whoever stands between may have written it.
    if (isSecure(request)) reply.header('strict-transport-security', HSTS)
    // Nearly all of it names people or settings; a proxy or a browser's disk is no place for that.
    if (request.url.startsWith('/v1/') && !reply.hasHeader('cache-control'))
      reply.header('cache-control', 'no-store')
    // A client that keeps its connection would else send the next request into the very end of the process.
    if (isDraining()) reply.header('connection', 'close')
  })
  putShortFirst(app, heavyReads.shortFirst)
  await protect(app, limits, heavyReads.shortFirst.atWork)
  writeInSlices(app)
  storeAnswers(app, options.idempotency)
  compressAnswers(app)
  sendInPieces(app)
  setNotFound(app)
  if (options.documented ?? true) {
    const { serveOpenApi } = await import('./openapi/document.ts')
    await serveOpenApi(app, { version: options.version, examples: options.docExamples })
  }
  const doors = doorsOf(options)
  const countFailure = createFailureCount(app, doors.wrongKey, limits.authFailuresPerMinute)
  healthRoutes(app, {
    readiness: options.readiness,
    isDraining,
    metrics: options.metrics,
    authenticate: options.authenticate,
    metricsKey: options.metricsKey ?? null,
    countFailure,
    behindProxy: options.trustProxy !== undefined && options.trustProxy !== false,
  })
  await registerAreas(app, { ...options, heavyReads }, createAuthHooks(doors, countFailure))
  for (const routes of options.publicRoutes ?? []) routes(app)
  await app.ready()
  return app
}

function createApp(options: ServerOptions, limits: LimitOptions): App {
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: options.newId,
    // Node's 16 KiB would refuse the 500 ids that GET /v1/orders takes.
    http: { maxHeaderSize: 32 * 1024 },
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.requestMs,
    trustProxy: trustOf(options.trustProxy ?? false),
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerBrokenHttp,
  }).withTypeProvider<ZodTypeProvider>() as unknown as App
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('auth', null, [])
  app.decorate('callers', 'anyone')
  app.decorate('publicHttps', options.publicUrl?.startsWith('https:') === true)
  return app
}

/** A number counts the proxies from here outwards. */
const trustOf = (given: NonNullable<ServerOptions['trustProxy']>) =>
  typeof given === 'number' ? (_address: string, hop: number) => hop < given : given

const doorsOf = ({ authenticate, openSession, wrongKey }: ServerOptions): Doors => ({
  authenticate,
  openSession:
    openSession ?? (() => Promise.reject(new AppError('UNAUTHENTICATED', 'ログインしてください。'))),
  wrongKey: wrongKey ?? (async () => null),
})

async function registerAreas(
  app: App,
  options: ServerOptions & { heavyReads: HeavyReads },
  hooks: Hooks,
): Promise<void> {
  await app.register(
    async (scope) => {
      letIn(scope, 'operator', hooks)
      scope.addHook('preValidation', (request, _reply, done) => {
        const { who } = request.routeOptions.config
        if (who?.kind === 'operator' && who.report) asReports(done)
        else done()
      })
      recordViews(asApp(scope), options.recordView)
      claimIdempotencyKeys(asApp(scope), options.idempotency)
      for (const routes of options.operatorRoutes) routes(asApp(scope))
    },
    { prefix: '/v1/admin' },
  )
  const { queueBoard, mcp } = options
  if (mcp !== undefined)
    await app.register(async (scope) => {
      letIn(scope, 'tenant', hooks)
      workForTenant(asApp(scope), options.heavyReads)
      mcp(asApp(scope))
    })
  if (queueBoard !== undefined)
    await app.register(
      async (scope) => {
        letIn(scope, 'operator', hooks)
        queueBoard(asApp(scope))
      },
      { prefix: QUEUE_BOARD },
    )
  await app.register(
    async (scope) => {
      letIn(scope, 'tenant', hooks)
      // In front of all that asks the database.
      workForTenant(asApp(scope), options.heavyReads)
      recordViews(asApp(scope), options.recordView)
      holdToShops(asApp(scope), options.checkScope)
      claimIdempotencyKeys(asApp(scope), options.idempotency)
      for (const routes of options.clientRoutes) routes(asApp(scope))
    },
    { prefix: '/v1' },
  )
}

type Hooks = ReturnType<typeof createAuthHooks>

function letIn(scope: FastifyInstance, callers: 'tenant' | 'operator', hooks: Hooks): void {
  scope.decorate('callers', callers)
  scope.addHook('onRequest', callers === 'tenant' ? hooks.requireClient : hooks.requireOperator)
}

/** Runs requests as their tenant's, each in its turn. */
function workForTenant(scope: App, heavyReads: HeavyReads): void {
  // From here on: the body was read in whatever the socket's own context is.
  scope.addHook('preValidation', (request, reply, done) => {
    const tenant = { tenantId: tenantOf(request), ended: false }
    reply.raw.once('finish', () => {
      tenant.ended = true
    })
    inScope(tenant, done)
  })
  takeTurns(scope, heavyReads)
}

function recordViews(scope: App, record: ViewRecorder | undefined): void {
  if (record === undefined) return
  scope.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.statusCode < 300) await record(request, payload)
    return payload
  })
}

/** After the request was checked, so that what is asked for is what it says. */
function holdToShops(scope: App, check: ScopeCheck | undefined): void {
  scope.addHook('preHandler', async (request) => {
    const { auth } = request
    if (auth.kind !== 'client') return
    const shopIds = shopsOf(request)
    if (check !== undefined) await check(request, { tenantId: auth.tenantId, shopIds })
    else if (shopIds !== null) throw new AppError('FORBIDDEN', '店舗を限定したキーはここでは使えません。')
  })
}

/** One line a request: who, route, end, duration. No query, body or address: they may name a buyer. */
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

/** No query, body or id of what was asked for: they may name a buyer. */
function keepRequests(app: App, { note, flush }: RequestLog): void {
  app.addHook('onResponse', async (request, reply) => {
    const { auth, routeOptions } = request
    if (auth?.kind !== 'client' || auth.apiKeyId === undefined) return
    note({
      id: request.id,
      tenantId: auth.tenantId,
      apiKeyId: auth.apiKeyId,
      method: request.method,
      path: (routeOptions.url ?? '').replace(/:(\w+)/g, '{$1}'),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      code: request.problemCode,
    })
  })
  app.addHook('onClose', flush)
}

function countRequests(app: App, { httpSeconds, unauthorised }: RequestMetrics): void {
  app.addHook('onResponse', async (request, reply) => {
    // By route and never by address: what a stranger types into an address must not become a series.
    const route = request.routeOptions.url
    if (reply.statusCode === 401) unauthorised.inc()
    if (!route?.startsWith('/v1/') || isStream(reply)) return
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    httpSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1_000)
  })
}

/** It ends when the client goes, which says nothing of the service. */
const isStream = (reply: FastifyReply): boolean =>
  String(reply.getHeader('content-type')).startsWith('text/event-stream')

function personOf(auth: Auth): { apiKeyId?: string; accountId?: string } {
  if (auth.kind === 'client' && auth.apiKeyId !== undefined) return { apiKeyId: auth.apiKeyId }
  return auth.accountId === null ? {} : { accountId: auth.accountId }
}

/** Headers of an answer that a page's script may read. */
const EXPOSED =
  'etag, location, link, content-disposition, retry-after, x-request-id, ' +
  'ratelimit, ratelimit-policy, deprecation, sunset'

/** Headers of its requests. No cookies: a page of another site uses a key, never the board's session. */
const REQUEST_HEADERS =
  'authorization, content-type, accept, idempotency-key, if-match, if-none-match, last-event-id, ' +
  'mcp-protocol-version, mcp-method, mcp-name'

/** A browser asks again after so long: Chromium's own limit. */
const PREFLIGHT_SECONDS = '7200'

/** Lets pages of these origins (`https://app.example.jp`) read answers. Without any, browsers refuse all. */
function allowOrigins(app: App, origins: readonly string[]): void {
  if (origins.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': asked } = request.headers
    addVary(reply, 'origin')
    if (origin === undefined || !origins.includes(origin)) return
    reply.header('access-control-allow-origin', origin)
    if (request.method !== 'OPTIONS' || asked === undefined) {
      reply.header('access-control-expose-headers', EXPOSED)
      return
    }
    // Answered before anybody is known: it says what may be asked, and nothing of anyone.
    return reply
      .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send()
  })
}
