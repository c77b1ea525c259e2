import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { aboutPerSecond, createBuckets, createCallCounts } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { COMMON_FAULTS, createFaults, type Faults, spoil } from '../../kit/faults.ts'
import {
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  startSandboxServer,
} from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type {
  ControllableClock,
  MallSimulator,
  PlaceOptions,
  SandboxEvent,
  SandboxOrder,
} from '../../kit/types.ts'
import {
  APPLICATIONS_FUNCTION,
  APPLICATIONS_PATH,
  type ApplicationBook,
  createApplicationBook,
} from './applications.ts'
import { answerControl, type Control } from './control.ts'
import { authenticate, createShop, gatewayError, mallFault, type SimShop } from './gateway.ts'
import { toSandboxOrder } from './mail.ts'
import { OPERATIONS } from './operations/index.ts'
import { asRecord, type Operation } from './operations/operation.ts'
import { defaultSettings, EXPIRY_FUNCTION, type Settings } from './settings.ts'
import { createStore } from './store.ts'

export interface RakutenSimulatorOptions {
  /** 0 or absent: any free port of 127.0.0.1. */
  port?: number
  shops: readonly { code: string; name: string }[]
  /** The same seed makes the same orders and keys. */
  seed?: number
  /** Per shop; absent: no limit worth speaking of. */
  requestsPerSecond?: number
  clock?: ControllableClock
  /** What the quota runs on; absent: real time, as the service's lanes do. */
  quotaClock?: Clock
  keep?: Keep
}

export interface RakutenSimulator extends MallSimulator {
  faults: Faults
  settings(): Settings
  change(patch: Partial<Settings>): void
  /** Deep merge into the order as getOrder shows it; tells listeners `changed`. */
  edit(orderNumber: string, patch: Record<string, unknown>): void
  /** Applications (購入申込), of which orders come later. */
  applications: ApplicationBook
  /** How often each operation was called. */
  calls(): Record<string, number>
}

const UNLIMITED = 1_000_000

export async function startRakutenSimulator(options: RakutenSimulatorOptions): Promise<RakutenSimulator> {
  const seed = options.seed ?? 1
  const keep = options.keep ?? keepNothing
  const clock = options.clock ?? createControllableClock(systemClock, keep)
  const shops = options.shops.map(({ code, name }) => createShop(code, name, seed))
  const faults = createFaults(seed)
  const listeners: ((event: SandboxEvent) => void)[] = []
  const now = keep('settings', () => ({
    settings: defaultSettings(clock.now(), options.requestsPerSecond ?? UNLIMITED),
  }))
  const calls = createCallCounts()
  const store = createStore(
    shops,
    seed,
    clock,
    () => now.settings,
    (event) => {
      for (const listener of listeners) listener(event)
    },
    keep,
  )
  const shopOf = (code: string) => shops.find((shop) => shop.code === code) as SimShop
  const place = (placing: PlaceOptions = {}): SandboxOrder => {
    const order = store.place(placing)
    return toSandboxOrder(order.model, shopOf(order.shopCode), order.placedAt)
  }
  const applications = createApplicationBook({ shops, seed, clock, keep }, place)
  const control: Control = {
    clock,
    applications,
    faults,
    store,
    place,
    settings: () => now.settings,
    change: (patch) => {
      now.settings = { ...now.settings, ...patch }
    },
    calls,
  }
  const answer = createAnswer(control, options.quotaClock ?? systemClock, calls.count)
  const server = await startSandboxServer(options.port ?? 0, answer)

  return {
    name: 'rakuten',
    url: server.url,
    clock,
    credentialsFor(shopCode) {
      const { serviceSecret, licenseKey } = shopOf(shopCode)
      return { serviceSecret, licenseKey }
    },
    place,
    cancel: store.cancel,
    writes: store.writes.list,
    onEvent: (listener) => listeners.push(listener),
    close: server.close,
    faults,
    settings: control.settings,
    change: control.change,
    edit: (orderNumber, patch) => {
      store.edit(orderNumber, patch)
    },
    applications,
    calls: calls.counts,
  }
}

const EXPIRY_PATH = '/es/1.0/license-management/license-key/expiry-date'
const FUNCTIONS: Readonly<Record<string, string>> = {
  [EXPIRY_PATH]: EXPIRY_FUNCTION,
  [APPLICATIONS_PATH]: APPLICATIONS_FUNCTION,
}

function createAnswer(control: Control, quotaClock: Clock, count: (operation: string) => void) {
  const buckets = createBuckets()

  return async (request: SandboxRequest): Promise<SandboxAnswer> => {
    const controlled = answerControl(control, request)
    if (controlled) return controlled
    return withHeaders(await answerMall(request), control)
  }

  function answerMall(request: SandboxRequest): SandboxAnswer | Promise<SandboxAnswer> {
    const { path } = request
    const [, named] = /^\/es\/2\.0\/order\/([A-Za-z]+)\/?$/.exec(path) ?? []
    const name = FUNCTIONS[path] ?? named
    const operation = named === undefined ? undefined : OPERATIONS[named]
    if (name === undefined || (named !== undefined && !operation))
      return jsonAnswer(404, { message: 'Not Found' })
    if (request.method !== (operation ? 'POST' : 'GET'))
      return jsonAnswer(405, { message: 'Method Not Allowed' })
    count(name)
    const settings = control.settings()
    const who = authenticate(request, name, control.store.shops, settings, control.clock.now())
    if ('refusal' in who) return who.refusal
    if (!buckets.take(who.shop.code, aboutPerSecond(settings.requestsPerSecond), quotaClock.now())) {
      return spoil({ kind: settings.overLimit, retryAfterSeconds: 1 }, () => jsonAnswer(500, {}))
    }
    control.applications.settle()
    const real = () => {
      if (operation) return serve(operation, request, who.shop, control)
      return name === EXPIRY_FUNCTION ? expiry(settings) : control.applications.answer(request, who.shop)
    }
    const fault = control.faults.take(name, who.shop.code)
    if (!fault) return real()
    return COMMON_FAULTS.has(fault.kind) ? spoil(fault, real) : (mallFault(fault, settings, real) ?? real())
  }
}

/** What RMS answers beside the content: an id of the request, the time in UTC without a zone, no caching. */
const withHeaders = (answer: SandboxAnswer, { clock }: Control): SandboxAnswer => ({
  ...answer,
  headers: {
    requestid: randomUUID(),
    timestamp: new Date(clock.now()).toISOString().slice(0, 19),
    'cache-control': 'no-cache,no-store',
    pragma: 'no-cache',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  },
})

const expiry = (settings: Settings) => jsonAnswer(200, { expiryDate: settings.keyExpiresAt })

function serve(
  operation: Operation,
  request: SandboxRequest,
  shop: SimShop,
  control: Control,
): SandboxAnswer {
  const settings = control.settings()
  // 2026: without the charset RMS does not take it for JSON.
  if (!/^application\/json\s*;\s*charset=utf-8$/i.test(request.headers['content-type'] ?? '')) {
    return gatewayError(settings, 415, 'ES04-03', 'Unsupported Media Type')
  }
  let body: unknown
  try {
    body = request.body === '' ? {} : JSON.parse(request.body)
  } catch {
    return gatewayError(settings, 400, 'ES04-01', 'Bad Request')
  }
  return operation(asRecord(body), { shop, store: control.store, clock: control.clock, settings })
}
