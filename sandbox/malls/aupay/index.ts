import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { createCallLog, type LoggedCall } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { createFaults, type Faults } from '../../kit/faults.ts'
import { startSandboxServer } from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type { ControllableClock, MallSimulator, SandboxEvent, SimShop } from '../../kit/types.ts'
import { API_PATH, createApi, createKeys, type Keys, notFound } from './api.ts'
import { answerControl, type Control } from './control.ts'
import { toSandboxOrder } from './mail.ts'
import { type AupaySettings, defaultSettings } from './settings.ts'
import { fieldOf } from './sim-order.ts'
import { createStore, type Store } from './store.ts'

export interface AupaySimulatorOptions {
  /** 0 or absent: any free port of 127.0.0.1. */
  port?: number
  shops: readonly SimShop[]
  /** The same seed makes the same orders and keys. */
  seed?: number
  /** Per shop; absent: no limit worth speaking of. */
  requestsPerSecond?: number
  clock?: ControllableClock
  /** What the quota runs on; absent: real time, as the service's lanes do. */
  quotaClock?: Clock
  keep?: Keep
}

export interface AupaySimulator extends MallSimulator {
  faults: Faults
  settings(): AupaySettings
  change(patch: Partial<AupaySettings>): void
  /** Overrides in the shape of an orderInfo element; tells listeners `changed`. */
  edit(orderNumber: string, overrides: Record<string, unknown>): void
  /** How often each method was called. */
  calls(): Record<string, number>
  /** The newest calls. */
  callLog(): LoggedCall[]
  store: Store
  keys: Keys
}

const UNLIMITED = 1_000_000

/** The Wow! manager API of au PAY マーケット on 127.0.0.1. */
export async function startAupaySimulator(options: AupaySimulatorOptions): Promise<AupaySimulator> {
  const { shops, seed = 1, keep = keepNothing } = options
  const clock = options.clock ?? createControllableClock(systemClock, keep)
  const now = keep('settings', () => ({ settings: defaultSettings(options.requestsPerSecond ?? UNLIMITED) }))
  const settings = () => now.settings
  const change = (patch: Partial<AupaySettings>) => {
    now.settings = { ...now.settings, ...patch }
  }
  const listeners: ((event: SandboxEvent) => void)[] = []
  const emit = (event: SandboxEvent) => {
    for (const listener of listeners) listener(event)
  }
  const faults = createFaults(seed)
  const calls = createCallLog(clock)
  const keys = createKeys(shops, seed, clock, settings, keep)
  const store = createStore({ shops, seed, clock, settings, emit, keep })
  const place: MallSimulator['place'] = (placing) => {
    const order = store.place(placing)
    return toSandboxOrder(order, shops.find(({ code }) => code === order.shopCode) as SimShop, settings())
  }
  const control: Control = { clock, faults, store, keys, settings, change, calls, place }
  const api = createApi({
    store,
    keys,
    settings,
    faults,
    calls,
    clock,
    quotaClock: options.quotaClock ?? systemClock,
  })
  const server = await startSandboxServer(options.port ?? 0, (request) => {
    const { path } = request
    if (path.startsWith(API_PATH)) return api(request)
    return answerControl(control, request) ?? notFound()
  })

  return {
    name: 'aupay',
    url: server.url,
    clock,
    credentialsFor: (shopCode) => ({
      apiKey: keys.of(shopCode).key,
      keyExpiresOn: keys.expiresOn(shopCode),
    }),
    place,
    cancel: (orderNumber) => void store.cancel(orderNumber),
    writes: store.writes.list,
    stands: () =>
      store.all().map((order) => ({
        orderNumber: order.orderNumber,
        held: fieldOf(order, 'orderStatus') === '保留',
      })),
    onEvent: (listener) => void listeners.push(listener),
    close: () => server.close(),
    faults,
    settings,
    change,
    edit: (orderNumber, overrides) => void store.edit(orderNumber, overrides),
    calls: calls.counts,
    callLog: calls.list,
    store,
    keys,
  }
}
