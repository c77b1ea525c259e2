import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { Webhook as Signer } from 'standardwebhooks'
import { createControllableClock } from '../../sandbox/kit/clock.ts'
import { seeded } from '../../sandbox/kit/seeded.ts'
import type { SandboxEvent } from '../../sandbox/kit/types.ts'
import { AUTHSERV_ID, composeMail } from '../../sandbox/mails/compose-mail.ts'
import { type RakutenSimulator, startRakutenSimulator } from '../../sandbox/malls/rakuten/index.ts'
import { createStoreKeys, type StoreKey } from '../../sandbox/malls/yahoo/gate.ts'
import { startYahooSimulator, type YahooSimulator } from '../../sandbox/malls/yahoo/index.ts'
import { createAreas } from '../../src/app/roles.ts'

import type { WorkerArea } from '../../src/app/worker-area.ts'
import type { App } from '../../src/http/app-types.ts'
import { buildServer } from '../../src/http/server.ts'
import { createJudge } from '../../src/mail/recognition/judge.ts'
import type { Marketplaces } from '../../src/marketplaces/index.ts'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createSealer, type EncryptionKeys } from '../../src/platform/crypto/sealer.ts'
import { decodeCp932 } from '../../src/platform/csv.ts'
import { type Database, openDatabase } from '../../src/platform/db/database.ts'
import { retryable } from '../../src/platform/db/failures.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import {
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
} from '../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../src/platform/http/undici-client.ts'
import { createNewId, type NewId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { present } from '../../src/platform/narrow.ts'
import type { Random } from '../../src/platform/random.ts'
import { createShopSessions } from '../../src/shops/shops/sessions.ts'
import { newApiKey } from '../../src/shops/tenants/authenticate.ts'
import {
  cloneStatement,
  databaseUrl,
  type PostgresSource,
  startPostgres,
} from '../support/database/postgres-source.ts'
import { type HeldClock, heldClock } from '../support/fixtures.ts'
import { configWith, emptyQueue } from '../support/http/rest-server.ts'
import { databaseFolder } from '../support/in-memory.ts'
import { testMalls } from '../support/malls/test-malls.ts'
import { asLooker, seen, watchCalls, watchStatements } from './actors.ts'
import { openFileShop } from './cart.ts'

/**
 * The service in one process for many histories: one Postgres, one set of modules put together by the
 * composition root, and for each history a tenant, two shops, their mall, a mailbox and a webhook of its own,
 * at the same held time.
 */

export const SHOPS = ['hoshizora-tools', 'tsukiyo-tools'] as const
/** The third shop, for orders of several recipients, which a Yahoo! order cannot have. */
export const RAKUTEN = 2
/** The fourth one, of a cart without an API. */
export const FILES = 3
/** Shops that only some histories have. */
export interface More {
  rakuten: boolean
  files: boolean
}
const RAKUTEN_SHOP = '123456'
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Ten in the morning in Japan, so that a day has some hours left. */
const START = Date.parse('2026-06-01T01:00:00.000Z')
/** Sweeps are what costs most of a history: two a day. */
const SWEEP_SECONDS = 12 * 3600
const MALL = 'http://yahoo.life.invalid'
const RAKUTEN_MALL = 'http://rakuten.life.invalid'
const keyAt = (n: number): EncryptionKeys[0] => ({
  id: `life${n}`,
  key: new Uint8Array(32).fill(7 + n),
  bindsTenant: true,
})
const KEYS: EncryptionKeys = [keyAt(0)]
export const BACKUP_KEY = Buffer.alloc(32, 5).toString('base64')
/** A length that no other timer has: the limit of a request goes by the held time, see `holdTimers`. */
const REQUEST_MS = 60_017
/** Of a connection that does not answer: a statement that is held back, or a slow machine, is none. */
const SILENT_MS = 3_000
/** Histories after which rows of those before are taken off the tables. */
const VACUUMS = 8
const quiet = { info: () => undefined, warn: () => undefined }

/** One database with the service on it. */
interface Service {
  url: string
  database: Database
  /** Statements of the test itself, which belong to no command. */
  admin: pg.Client
  app: App
  worker: WorkerArea
  close(): Promise<void>
}

/** What a history's modules ask for, and what changes from one to the next. */
interface Surroundings {
  clock: Clock
  newId: NewId
  random: Random
  http: HttpClient
  hook(path: string, body: string, headers: IncomingHttpHeaders): number
  woken: Set<string>
  /**
   * What shops that were woken beside a commit are to find, by their turn: the model gives them that behind
   * it.
   */
  handed: Map<string, Promise<unknown>>
}

export interface Ground {
  main: Service
  /** Another server, whose transaction counter is far behind. */
  other(): Promise<{ url: string; template: string }>
  /** The world of one history. */
  world(seed: number, more?: More): Promise<World>
  close(): Promise<void>
}

/** Between two histories. */
const DEAD: Surroundings = {
  clock: heldClock(START),
  newId: randomUUID,
  random: { bytes: (n) => new Uint8Array(randomBytes(n)), float: () => 0.5 },
  http: { request: () => Promise.reject(new Error('no history is running')) },
  hook: () => 503,
  woken: new Set(),
  handed: new Map(),
}

export async function openGround(): Promise<Ground> {
  watchStatements()
  let around = DEAD
  const giveTimersBack = holdTimers(() => around.clock)
  /** Processes on the database of `main`, which is the first. */
  const processes: Service[] = []
  let worlds = 0
  const source = await startPostgres(process.env, databaseFolder())
  let otherSource: PostgresSource | null = null
  const databases: { server: string; name: string }[] = []
  const hooks = await startHooks((path, body, headers) => around.hook(path, body, headers))
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const storeKeys = await createStoreKeys(SHOPS)
  const template = await makeTemplate(source.url)
  if (KEPT_TEMPLATE === undefined) databases.push({ server: source.url, name: template })
  // Far ahead of the other server, as one is that has worked for a year.
  await onServer(databaseUrl(source.url, template), BURN)

  async function openService(url: string, keys: EncryptionKeys = KEYS): Promise<Service> {
    const database = await openDatabase({ url, log: quiet, maxConnections: 12 })
    const admin = asLooker(new pg.Client({ connectionString: url, options: '-c TimeZone=UTC -c jit=off' }))
    await admin.connect()
    const marketplaces = mallsAt(MALL, RAKUTEN_MALL)
    const metrics = createMetrics()
    const log = createLogger({ level: (process.env.LIFE_LOG ?? 'silent') as 'silent' })
    const clock: Clock = {
      now: () => around.clock.now(),
      sleep: (ms, signal) => around.clock.sleep(ms, signal),
    }
    const areas = await createAreas(
      {
        database,
        clock,
        log,
        metrics,
        marketplaces,
        tracing: null,
        random: { bytes: (n) => around.random.bytes(n), float: () => around.random.float() },
        newId: () => around.newId(),
        sealer: createSealer(keys, { bytes: (n) => new Uint8Array(randomBytes(n)), float: () => 0.5 }),
        operatorKey: 'operator-key-of-the-life-model',
        wakeQueue: {
          wakeEarly: (id, commit) => {
            around.woken.add(id)
            around.handed.set(id, commit)
            return true
          },
          wake: async (ids) => {
            for (const id of ids) around.woken.add(id)
          },
          work: async () => undefined,
          counts: async () => ({ waiting: 0, active: 0, delayed: 0, failed: 0 }),
          close: async () => undefined,
          queue: emptyQueue,
        },
        lanes: { lane: () => ({ take: async () => undefined }) },
        http: watchCalls({ request: (request, signal) => around.http.request(request, signal) }),
        config: configWith({
          webhookAllowedPrivateHosts: ['127.0.0.1'],
          sweepIntervalSeconds: SWEEP_SECONDS,
        }),
        mail: { judge: createJudge(marketplaces) },
      },
      ['api', 'worker'],
    )
    if (!areas.api || !areas.worker) throw new Error('both roles have their area')
    const app = await buildServer({
      log,
      newId: () => around.newId(),
      documented: false,
      version: '0',
      authenticate: areas.authenticate,
      wrongKey: areas.wrongKey,
      ...areas.api,
      readiness: {},
      limits: { requestsPerMinute: 1_000_000_000, eventLoopDelayMs: 0, requestMs: REQUEST_MS },
      metrics: metrics.registry,
    })
    const { worker } = areas
    return {
      url,
      database,
      admin,
      app,
      worker,
      async close() {
        await Promise.all([worker.webhooks.stop(), worker.scheduler.stop()])
        app.server.closeAllConnections()
        await app.close()
        await admin.end()
        await database.close()
      },
    }
  }

  async function cloned(server: string, from: string): Promise<string> {
    const name = `life_${randomBytes(6).toString('hex')}`
    await onServer(server, cloneStatement(name, from))
    // Of a few rows compiling a plan costs more than all else.
    await onServer(server, `ALTER DATABASE ${name} SET jit = off`)
    databases.push({ server, name })
    return databaseUrl(server, name)
  }

  const main = await openService(await cloned(source.url, template))
  let otherTemplate: string | null = null
  processes.push(main)
  return {
    main,
    async other() {
      otherSource ??= await startPostgres(
        { ...process.env, TEST_DATABASE_URL: process.env.LIFE_OTHER_DATABASE_URL },
        databaseFolder(),
      )
      if (otherTemplate === null) {
        otherTemplate = await makeTemplate(otherSource.url)
        if (KEPT_TEMPLATE === undefined) databases.push({ server: otherSource.url, name: otherTemplate })
      }
      return { url: await cloned(otherSource.url, otherTemplate), template: otherTemplate }
    },
    async world(seed, more = { rakuten: false, files: false }) {
      // Notes of the history before may be written still, and want the same rows the other way round.
      await retryable(() => main.admin.query(EMPTY))
      if (++worlds % VACUUMS === 0) await main.admin.query('vacuum')
      const world = await createWorld({ seed, processes, openService, http, hooks, storeKeys })
      around = world.surroundings
      await world.begin(more)
      return world
    },
    async close() {
      around = DEAD
      giveTimersBack()
      await Promise.all(processes.map((one) => one.close()))
      await http.close()
      hooks.close()
      for (const { server, name } of databases)
        await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await source.stop()
      await otherSource?.stop()
    },
  }
}

/** Timers of a request's limit end when the held time has come, as the machine's own would never. */
function holdTimers(clock: () => Clock): () => void {
  const { setTimeout: real, clearTimeout: clear } = globalThis
  const held = new Map<unknown, AbortController>()
  const begin = (work: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    if (ms === SILENT_MS) return real(() => undefined, 0)
    if (ms !== REQUEST_MS) return real(work, ms, ...args)
    const over = new AbortController()
    const timer = real(() => undefined, 0)
    held.set(timer, over)
    clock()
      .sleep(ms, over.signal)
      .then(() => held.delete(timer) && work(...args))
      .catch(() => undefined)
    return timer
  }
  globalThis.setTimeout = Object.assign(begin, real) as unknown as typeof real
  globalThis.clearTimeout = (timer) => {
    held.get(timer)?.abort()
    held.delete(timer)
    clear(timer)
  }
  return () => {
    globalThis.setTimeout = real
    globalThis.clearTimeout = clear
  }
}

/** The malls as both the service and the model's own reader know them. */
const mallsAt = (url: string, rakutenUrl: string): Marketplaces =>
  new Map(
    [...testMalls({ yahoo: { url }, rakuten: { url: rakutenUrl } })].filter(
      ([name]) => name === 'yahoo' || name === 'rakuten' || name === 'connector',
    ),
  )

/** Of several runs on the same servers the first one makes it, with the same migrations and triggers. */
const KEPT_TEMPLATE = process.env.LIFE_TEMPLATE

async function makeTemplate(server: string): Promise<string> {
  const name = KEPT_TEMPLATE ?? `life_template_${randomBytes(4).toString('hex')}`
  const { rowCount } = await onServer(server, `select from pg_database where datname = '${name}'`)
  if (rowCount === 1) return name
  await onServer(server, `CREATE DATABASE ${name}`)
  const url = databaseUrl(server, name)
  // First: what the migrations make reads the held time, too.
  await onServer(url, HELD_TIME)
  await applyMigrations(url, quiet)
  return name
}

async function onServer(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}

/** The time that triggers and two statements of retention read from the database. */
const HELD_TIME = `
create schema life;
grant usage on schema life to public;
create table life.clock (at timestamptz not null);
insert into life.clock values (current_timestamp);
create function life.held() returns timestamptz language sql volatile security definer as 'select at from life.clock';`

const BURN = `do $$ begin for i in 1..4000 loop perform pg_current_xact_id(); commit; end loop; end $$`

/** All rows of the histories before, as quickly as it goes: no triggers, no keys to other tables. */
const EMPTY = `
do $$
declare name text;
begin
  set local session_replication_role = replica;
  for name in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and not c.relispartition and c.relname not in ('_prisma_migrations', 'data_steps', 'feed_history')
  loop execute format('delete from public.%I', name); end loop;
end $$`

interface Hooks {
  url: string
  close(): void
}

async function startHooks(take: Surroundings['hook']): Promise<Hooks> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => response.writeHead(take(request.url ?? '', body, request.headers)).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface WorldParts {
  seed: number
  /** Those on the first database; the model adds what it needs, for the next history too. */
  processes: Service[]
  openService(url: string, keys: EncryptionKeys): Promise<Service>
  http: HttpClient
  hooks: Hooks
  storeKeys: ReadonlyMap<string, StoreKey>
}

/** As the receiver of the webhook got it. */
interface Delivery {
  type: string
  position: string | null
  data: Record<string, unknown>
  path: string
  status: number
  body: string
  headers: IncomingHttpHeaders
}

/** A call of which nobody knows whether it will be carried out still. */
interface Stray {
  what: string
  at: number
  request: HttpRequest
}

/** The service gives a lost call a minute. */
const STRAY_MS = 40 * SECOND

/** A mall that shows an order's detail as it was, while its list says the new already. */
interface Lag {
  kept: HttpResponse
  left: number
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a client looks into
  body: any
}

export type World = Awaited<ReturnType<typeof createWorld>>

async function createWorld({ seed, processes: atFirst, openService, http, hooks, storeKeys }: WorldParts) {
  const clock: HeldClock = heldClock(START)
  const dice = seeded(seed, 5)
  const random: Random = {
    bytes: (n) => Uint8Array.from({ length: n }, () => Math.floor(dice.float() * 256)),
    float: () => dice.float(),
  }
  const newId = createNewId(clock, random)
  const cipher = { keys: KEYS, sealer: createSealer(KEYS, random), made: 1 }
  const useKeys = (keys: EncryptionKeys) =>
    Object.assign(cipher, { keys, sealer: createSealer(keys, random) })
  const mallClock = createControllableClock(clock)
  const sim: YahooSimulator = await startYahooSimulator({
    seed,
    clock: mallClock,
    quotaClock: clock,
    keys: storeKeys,
    shops: SHOPS.map((code) => ({ code, name: code })),
  })
  sim.change({ keepRefreshToken: true })
  const events: SandboxEvent[] = []
  sim.onEvent((event) => events.push(event))
  /** Most histories do without, and without the sweeps of its shop. */
  let rakuten: RakutenSimulator | null = null
  const lags = new Map<string, Lag>()
  const details = new Map<string, HttpResponse>()
  const woken = new Set<string>()
  const handed = new Map<string, Promise<unknown>>()
  const deliveries: Delivery[] = []
  /** Calls at the mall's order detail, by number: when the newest began, by the count of all. */
  const reads = new Map<string, number>()
  /** Claims of changes since the last step: how many calls had begun. */
  const claims = new Map<string, number>()
  seen.claimed = (ids) => {
    for (const id of ids) claims.set(id, readsBegun)
  }
  let readsBegun = 0
  /** Calls that wrote, and were answered so. */
  const taken: { operation: string; body: string }[] = []
  const strays = { armed: false, underWay: [] as Stray[], repeated: [] as string[] }
  /** All on one database. */
  let processes = atFirst
  let service = present(processes[0])
  /** A command stands still in them: whatever a process shares among its requests must not keep others. */
  const standing = new Set<Service>()
  let deaf = false
  let tenantId = ''
  /** With which all is asked. */
  const apiKey = { id: '', key: '' }
  let webhookId = ''
  const shopIds: string[] = []
  const mailbox = { id: '', secret: '' }
  /** Secrets of the webhook, the newest last, and how often its address changed. */
  const webhook = { secrets: [] as string[], address: 0 }

  let isMoved = false
  /** A restored server is this history's own. */
  const closeElsewhere = async () => {
    if (isMoved) await Promise.all(processes.map((one) => one.close()))
  }

  async function fetchFromMall(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const number = /\/orderInfo$/.test(request.url)
      ? /<OrderId>([^<]+)<\/OrderId>/.exec(String(request.body))?.[1]
      : undefined
    readsBegun += 1
    if (/\/orderInfo$/.test(request.url))
      for (const [, one = ''] of String(request.body).matchAll(/<OrderId>([^<]+)<\/OrderId>/g))
        reads.set(one, readsBegun)
    const lag = number === undefined ? undefined : lags.get(number)
    if (number !== undefined && lag) {
      if (--lag.left === 0) lags.delete(number)
      return lag.kept
    }
    if (rakuten && request.url.startsWith(RAKUTEN_MALL)) return fetchFromRakuten(rakuten, request, signal)
    const there = { ...request, url: request.url.replace(MALL, sim.url) }
    const [write] = /(?<=\/)order(Status|ShipStatus)?Change$/.exec(request.url) ?? []
    if (write) {
      const what = `${write} of ${/<OrderId>([^<]+)<\/OrderId>/.exec(String(request.body))?.[1]}`
      if (strays.underWay.some((one) => one.what === what))
        strays.repeated.push(`${what} is called again while the call before may still be carried out`)
      if (strays.armed) {
        strays.armed = false
        strays.underWay.push({ what, at: clock.now() + STRAY_MS, request: there })
        throw new HttpError('timeout', 'no answer came')
      }
    }
    const answer = await http.request(there, signal)
    if (write && answer.status === 200 && /<Status>OK<\/Status>/.test(String(answer.body)))
      taken.push({ operation: write, body: String(request.body) })
    if (number !== undefined) details.set(number, answer)
    return answer
  }

  async function fetchFromRakuten({ url }: RakutenSimulator, request: HttpRequest, signal?: AbortSignal) {
    if (/\/getOrder\/?$/.test(request.url))
      for (const [number] of String(request.body).matchAll(/\d+-\d{8}-\d{10}/g)) reads.set(number, readsBegun)
    return http.request({ ...request, url: request.url.replace(RAKUTEN_MALL, url) }, signal)
  }

  const surroundings: Surroundings = {
    newId,
    random,
    woken,
    handed,
    // A sleep without a signal is one that a command waits for, as for the lease of a token that a killed
    // process has: its time passes. All others are timeouts and plans, for which the history's own time has
    // to come.
    clock: {
      now: () => clock.now(),
      sleep: (ms, signal) => (signal ? clock.sleep(ms, signal) : setTime(clock.now() + ms)),
    },
    http: { request: fetchFromMall },
    hook(path, body, headers) {
      const status = deaf ? 500 : 200
      deliveries.push({ ...JSON.parse(body), path, status, body, headers })
      return status
    },
  }

  async function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, given: object = {}) {
    const { headers = {}, ...rest } = given as { headers?: Record<string, string>; body?: unknown }
    const answer = await service.app.inject({
      method,
      url: `/v1${path}`,
      headers: { authorization: `Bearer ${apiKey.key}`, ...headers },
      ...('body' in rest ? { payload: rest.body as object } : {}),
    })
    const text = answer.body
    return { status: answer.statusCode, body: text === '' ? null : JSON.parse(text) } as Answer
  }

  /** A file that a person saves. */
  async function readText(path: string): Promise<{ status: number; text: string }> {
    const headers = { authorization: `Bearer ${apiKey.key}` }
    const { statusCode, rawPayload } = await service.app.inject({ url: `/v1${path}`, headers })
    return { status: statusCode, text: decodeCp932(rawPayload) }
  }

  const made = (answer: Answer): Answer['body'] => {
    if (answer.status >= 300)
      throw new Error(`the world could not be made: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async function setTime(ms: number): Promise<void> {
    const isLate = ({ at }: Stray) => at <= ms
    for (const stray of strays.underWay.filter(isLate)) {
      clock.set(Math.max(clock.now(), stray.at))
      // Nobody waits for its answer, which may break as any other.
      await http.request(stray.request).catch(() => undefined)
    }
    strays.underWay = strays.underWay.filter((stray) => !isLate(stray))
    clock.set(ms)
    // What a person does every four weeks.
    for (const code of SHOPS) sim.consents.consent([code])
    await service.admin.query('update life.clock set at = $1', [new Date(ms)])
  }

  async function openRakuten() {
    rakuten = await startRakutenSimulator({
      seed,
      clock: mallClock,
      quotaClock: clock,
      shops: [{ code: RAKUTEN_SHOP, name: RAKUTEN_SHOP }],
    })
    rakuten.change({ keyExpiresAt: new Date(START + 3_650 * DAY).toISOString() })
    rakuten.onEvent((event) => events.push(event))
    return {
      code: RAKUTEN_SHOP,
      marketplace: 'rakuten' as const,
      credentials: rakuten.credentialsFor(RAKUTEN_SHOP),
    }
  }

  async function begin(more: More): Promise<void> {
    const at = new Date(clock.now())
    await setTime(clock.now())
    tenantId = newId()
    const { db } = service.database
    const stamp = { createdAt: at, updatedAt: at }
    await db.tenant.create({ data: { id: tenantId, name: '株式会社いのち', ...stamp } })
    // Of another history a process remembers that its key has ended.
    const api = newApiKey({ ...random, bytes: (n) => new Uint8Array(randomBytes(n)) })
    Object.assign(apiKey, { id: newId(), key: api.key })
    const { prefix, hash } = api
    await db.apiKey.create({ data: { id: apiKey.id, tenantId, name: 'life', prefix, hash, createdAt: at } })
    const shops = SHOPS.map((code) => ({
      code: code as string,
      marketplace: 'yahoo' as 'yahoo' | 'rakuten',
      credentials: sim.credentialsFor(code),
    }))
    if (more.rakuten) shops[RAKUTEN] = await openRakuten()
    for (const [at, { code, marketplace, credentials }] of shops.entries()) {
      const id = newId()
      const sealedCredentials = cipher.sealer.of(tenantId).sealJson(`shop:${id}:credentials`, credentials)
      const shop = { id, tenantId, code, name: code, marketplace, credentialsVersion: 1 }
      await db.shop.create({ data: { ...shop, sealedCredentials, ...stamp } })
      shopIds[at] = id
    }
    if (more.files) shopIds[FILES] = await openFileShop({ call })
    const box = made(
      await call('POST', '/mailboxes', {
        body: { name: '転送', kind: 'inbound', shopIds: shopIds.filter(Boolean), authservId: AUTHSERV_ID },
      }),
    )
    mailbox.id = box.id
    mailbox.secret = made(await call('POST', `/mailboxes/${box.id}/secret`)).secret
    const hook = made(
      await call('POST', '/webhooks', { body: { name: 'life', url: `${hooks.url}/${tenantId}` } }),
    )
    webhookId = hook.id
    webhook.secrets.push(hook.secret)
  }

  async function postRaw(mail: Buffer): Promise<Answer> {
    const id = newId()
    const at = clock.now()
    const answer = await service.app.inject({
      method: 'POST',
      url: `/v1/mailboxes/${mailbox.id}/mails`,
      headers: {
        'content-type': 'message/rfc822',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': new Signer(mailbox.secret).sign(id, new Date(at), mail.toString('utf8')),
      },
      payload: mail,
    })
    return { status: answer.statusCode, body: answer.body === '' ? null : JSON.parse(answer.body) }
  }

  /** The mall's order as its real adapter reads it now, past any lag. */
  async function readMall(shop: number, numbers: readonly string[]): Promise<Map<string, NormalisedOrder>> {
    const sessions = createShopSessions({
      db: service.database.db,
      sealer: cipher.sealer,
      clock,
      log: createLogger({ level: 'silent' }),
      marketplaces: mallsAt(sim.url, rakuten?.url ?? ''),
      http,
      lanes: { lane: () => ({ take: async () => undefined }) },
      tokens: {
        forShop: () => ({
          get: async (isFresh: unknown, renew: (old: null) => Promise<unknown>) => {
            void isFresh
            return renew(null)
          },
          invalidate: async () => undefined,
        }),
      },
    })
    const { session } = await sessions.open(shopIds[shop] ?? '')
    const found = new Map<string, NormalisedOrder>()
    for await (const outcome of session.fetchOrders(numbers, new AbortController().signal))
      if (outcome.kind === 'found') found.set(outcome.orderNumber, outcome.order)
    return found
  }

  async function task(name: string): Promise<void> {
    const one = service.worker.scheduler.tasks.find((task) => task.name === name)
    if (!one) throw new Error(`there is no task ${name}`)
    await one.run(new AbortController().signal)
  }

  return {
    seed,
    sim,
    get rakuten() {
      return rakuten
    },
    /** All calls that changed something at a mall. */
    writes: () => [...(sim.writes?.() ?? []), ...(rakuten?.writes?.() ?? [])],
    events,
    clock,
    get sealer() {
      return cipher.sealer
    },
    get keys() {
      return cipher.keys
    },
    surroundings,
    woken,
    handed,
    deliveries,
    reads,
    claims,
    readsSoFar: () => readsBegun,
    apiKey,
    webhook,
    hookUrl: () => `${hooks.url}/${tenantId}${webhook.address === 0 ? '' : `/${webhook.address}`}`,
    shopIds,
    lags,
    details,
    begin,
    call,
    readText,
    setTime,
    readMall,
    task,
    newId,
    get service() {
      return service
    },
    get tenantId() {
      return tenantId
    },
    get webhookId() {
      return webhookId
    },
    strays,
    taken,
    loseOnTheWay() {
      strays.armed = true
    },
    deafen(on: boolean) {
      deaf = on
    },
    /** Posts a mail as a forwarding server does. */
    postMail(event: SandboxEvent, stranger = false): Promise<Answer> {
      const whole = composeMail(event, { to: 'orders@shop.example', charset: 'utf-8', shape: 'plain' })
      const mail = stranger
        ? Buffer.from(
            whole
              .toString('latin1')
              .replace(/^Authentication-Results: .*\r\n/, '')
              .replace('Message-ID: <', 'Message-ID: <stranger.'),
            'latin1',
          )
        : whole
      return postRaw(mail)
    },
    postRaw,
    nextKey: () => keyAt(cipher.made++),
    /** All processes end, and others with these keys begin, on this database. */
    async startAnew(url: string, keys: EncryptionKeys): Promise<void> {
      await closeElsewhere()
      useKeys(keys)
      service = await openService(url, keys)
      processes = [service]
      standing.clear()
      isMoved = true
      await service.admin.query('update life.clock set at = $1', [new Date(clock.now())])
    },
    /** Another process, in which nothing stands still, answers and works from now on. */
    async turnProcess(): Promise<void> {
      const at = processes.indexOf(service)
      const others = [...processes.slice(at + 1), ...processes.slice(0, at)]
      const free = others.find((one) => !standing.has(one))
      if (free) service = free
      else if (processes.length < 2 || standing.has(service)) {
        service = await openService(service.url, cipher.keys)
        processes.push(service)
      }
    },
    /** The process that answers now stands still. @returns what lets it go on */
    standStill(): () => void {
      const stands = service
      standing.add(stands)
      return () => void standing.delete(stands)
    },
    async close(): Promise<void> {
      await closeElsewhere()
      await Promise.all([sim.close(), rakuten?.close()])
    },
  }
}
