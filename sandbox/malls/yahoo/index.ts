import { createHash } from 'node:crypto'
import { toRfc3339 } from '../../../src/marketplaces/yahoo/wire.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { createCallLog, type LoggedCall } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { COMMON_FAULTS, spoil } from '../../kit/faults.ts'
import {
  jsonAnswer,
  type SandboxAnswer,
  type SandboxRequest,
  startSandboxServer,
} from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type { ControllableClock, MallSimulator, SandboxEvent, SimShop } from '../../kit/types.ts'
import { API_PATH, createApi } from './api.ts'
import { answerControl, type Control } from './control.ts'
import { createTwoFaults, type TwoFaults } from './faults.ts'
import { createGate, createStoreKeys, type StoreKey } from './gate.ts'
import { toSandboxOrder } from './mail.ts'
import { defaultSettings, type YahooSettings } from './settings.ts'
import { fieldOf } from './sim-order.ts'
import { createStore, type Store } from './store.ts'
import { authorization, type Consents, createConsents, token } from './yconnect.ts'

export interface YahooSimulatorOptions {
  /** 0 or absent: any free one. */
  port?: number
  shops: readonly SimShop[]
  /** The same seed generates the same orders. */
  seed?: number
  /** Per client id; absent: no limit worth speaking of. */
  requestsPerSecond?: number
  clock?: ControllableClock
  /** What the rate limit and callers' signatures are measured by; the machine's clock. */
  quotaClock?: Clock
  /** By shop code; absent: made anew. Making one takes a tenth of a second. */
  keys?: ReadonlyMap<string, StoreKey>
  keep?: Keep
}

export interface YahooSimulator extends MallSimulator {
  faults: TwoFaults
  settings(): YahooSettings
  change(patch: Partial<YahooSettings>): void
  /** Overrides in the shape of an OrderInfo element; tells listeners `changed`. */
  edit(orderNumber: string, overrides: Record<string, unknown>): void
  /** How often each operation was called, `token` included. */
  calls(): Record<string, number>
  /** The newest calls. */
  callLog(): LoggedCall[]
  store: Store
  consents: Consents
}

const UNLIMITED = 1_000_000

/** ストアクリエイターPro's order API and YConnect v2 on one address of 127.0.0.1. */
export async function startYahooSimulator(options: YahooSimulatorOptions): Promise<YahooSimulator> {
  const { shops, seed = 1, keep = keepNothing } = options
  const realClock = options.quotaClock ?? systemClock
  const clock = options.clock ?? createControllableClock(realClock, keep)
  const settings = keep('settings', () => defaultSettings(options.requestsPerSecond ?? UNLIMITED))
  const listeners: ((event: SandboxEvent) => void)[] = []
  const emit = (event: SandboxEvent) => {
    for (const listener of listeners) listener(event)
  }
  const faults = createTwoFaults(seed)
  const calls = createCallLog(clock)
  const consents = createConsents(seed, clock, settings, keep)
  const store = createStore({ shops, seed, clock, settings, emit, keep })
  const keys =
    options.keys ??
    (await createStoreKeys(
      shops.map(({ code }) => code),
      keep,
    ))
  const client = createClient(seed)
  const gate = createGate({
    clock,
    realClock,
    settings,
    consents,
    keys,
  })
  const api = createApi({ store, settings, gate, faults: faults.api, calls, clock })
  const yconnect = { ...client, shops, consents, settings }
  const place: MallSimulator['place'] = (placing) => {
    const order = store.place(placing)
    return toSandboxOrder(order, shops.find((shop) => shop.code === order.shopCode) as SimShop)
  }
  for (const { code } of shops) if (!consents.of(code)) consents.consent([code])
  const control: Control = {
    clock,
    faults,
    store,
    consents,
    calls,
    place,
    settings: () => ({ ...settings }),
    change: (patch) => void Object.assign(settings, patch),
  }

  async function answer(request: SandboxRequest): Promise<SandboxAnswer> {
    const { path } = request
    if (path.startsWith(API_PATH)) return api(request)
    const controlled = answerControl(control, request)
    if (controlled) return controlled
    if (path === '/yconnect/v2/authorization') return authorization(yconnect, request.query)
    if (path !== '/yconnect/v2/token' || request.method !== 'POST')
      return jsonAnswer(404, { message: 'not found' })
    const result = await tokenAnswer(faults, () => token(yconnect, request))
    calls.add({ operation: 'token', shopCode: null, orderNumber: null, status: result.status })
    return result
  }

  const server = await startSandboxServer(options.port ?? 0, answer)
  return {
    name: 'yahoo',
    url: server.url,
    authUrl: server.url,
    clock,
    faults,
    settings: control.settings,
    change: control.change,
    edit: (orderNumber, overrides) => void store.edit(orderNumber, overrides),
    calls: calls.counts,
    callLog: calls.list,
    store,
    consents,
    credentialsFor(shopCode) {
      const consent = consents.of(shopCode)
      const key = keys.get(shopCode)
      if (!consent || !key) throw new Error(`No such shop: ${shopCode}`)
      return {
        ...client,
        refreshToken: consent.refreshToken,
        consentedAt: toRfc3339(new Date(consent.consentedAt)),
        publicKey: key.publicPem,
        publicKeyVersion: settings.keyVersion,
      }
    },
    place,
    cancel: (orderNumber) => void store.cancel(orderNumber),
    writes: store.writes.list,
    stands: () =>
      store.all().map((order) => ({
        orderNumber: order.orderNumber,
        held: fieldOf(order, 'OrderStatus') === '3',
      })),
    onEvent: (listener) => void listeners.push(listener),
    close: () => server.close(),
  }
}

/** Client ids are Base64 of "v=1;i=…" with hyphens for padding, secrets 40 letters and digits. */
function createClient(seed: number): { clientId: string; clientSecret: string } {
  const hash = createHash('sha256').update(`${seed}:client`).digest('hex')
  const clientId = Buffer.from(`v=1;i=${hash.slice(0, 12)};s=consumersecret&x=`)
    .toString('base64')
    .replaceAll('=', '-')
  return { clientId: clientId.replaceAll('/', '_').replaceAll('+', '.'), clientSecret: hash.slice(0, 40) }
}

/** A fault of the token endpoint: the common ones, or `token-error` with HTTP `status` and `error`. */
async function tokenAnswer(faults: TwoFaults, real: () => SandboxAnswer): Promise<SandboxAnswer> {
  const fault = faults.token.take('token', null)
  if (!fault) return real()
  if (COMMON_FAULTS.has(fault.kind)) return spoil(fault, real)
  const { status = 400, error = 'invalid_grant', body } = fault
  if (typeof body === 'string') return { status: Number(status), body }
  return jsonAnswer(Number(status), { error, error_description: 'as the test asked for' })
}
