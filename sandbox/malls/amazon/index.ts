import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { createBuckets, createCallCounts } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { createFaults, type Faults } from '../../kit/faults.ts'
import { startSandboxServer } from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type {
  ControllableClock,
  MallSimulator,
  PlaceOptions,
  SandboxEvent,
  SandboxOrder,
} from '../../kit/types.ts'
import {
  applicationIdOf,
  type Consents,
  consentPage,
  createConsents,
  createRestrictedTokens,
  createShop,
  type SimShop,
} from './consents.ts'
import { answerControl, type Control } from './control.ts'
import { answerApi, answerToken, type Gateway } from './gateway.ts'
import { toSandboxOrder } from './mail.ts'
import { createNotifications, type Notifications } from './notifications.ts'
import { defaultSettings, type Operation, REAL_QUOTAS, type Settings } from './settings.ts'
import { createStore, type Store } from './store.ts'

export { NO_QUOTAS, REAL_QUOTAS } from './settings.ts'

export interface AmazonSimulatorOptions {
  /** 0 or absent: any free port of 127.0.0.1. */
  port?: number
  /** `code` is the seller id. */
  shops: readonly { code: string; name: string }[]
  /** The same seed makes the same orders and keys. */
  seed?: number
  /** Absent: Amazon's real usage plans. */
  quotas?: Settings['quotas']
  clock?: ControllableClock
  /** What the quotas run on; absent: real time, as the service's lanes do. */
  quotaClock?: Clock
  keep?: Keep
}

export interface AmazonSimulator extends MallSimulator {
  authUrl: string
  faults: Faults
  consents: Consents
  notifications: Notifications
  settings(): Settings
  change(patch: Partial<Settings>): void
  /** Deep merge into the order as getOrder shows it; tells listeners `changed`. */
  edit(orderNumber: string, patch: Record<string, unknown>): void
  /** PENDING → UNSHIPPED; tells listeners `placed`, because that is when Amazon mails. */
  pay(orderNumber: string): void
  requestCancel(orderNumber: string): void
  /** How often each operation, and `token`, was called. */
  calls(): Record<string, number>
  /** What is left in a seller's bucket. */
  leave(shopCode: string, operation: Operation, calls: number): void
}

/** Login with Amazon (/auth/o2/token) and SP-API's orders (/orders) on one server. */
export async function startAmazonSimulator(options: AmazonSimulatorOptions): Promise<AmazonSimulator> {
  const seed = options.seed ?? 1
  const keep = options.keep ?? keepNothing
  const clock = options.clock ?? createControllableClock(systemClock, keep)
  const quotaClock = options.quotaClock ?? systemClock
  // Kept, because a shop's tokens change and other kept state points at the shop.
  const shops = keep('shops', () => options.shops.map(({ code, name }) => createShop(code, name, seed)))
  const faults = createFaults(seed)
  const listeners: ((event: SandboxEvent) => void)[] = []
  const now = keep('settings', () => ({ settings: defaultSettings(options.quotas ?? REAL_QUOTAS) }))
  const calls = createCallCounts()
  const read = () => now.settings
  const emit = (event: SandboxEvent) => {
    for (const listener of listeners) listener(event)
    notifications.tell(event)
  }
  const store: Store = createStore(shops, seed, clock, read, emit, keep)
  const consents = createConsents(shops, seed, clock, read, keep)
  const notifications = createNotifications(
    () => store,
    () => consents,
    clock,
    keep,
  )
  const shopOf = (code: string) => shops.find((shop) => shop.code === code) as SimShop
  const place = (placing: PlaceOptions = {}): SandboxOrder => {
    const order = store.place(placing)
    return toSandboxOrder(order, shopOf(order.shopCode))
  }
  const control: Control = {
    clock,
    faults,
    store,
    consents,
    place,
    settings: read,
    change: (patch) => {
      now.settings = { ...now.settings, ...patch }
    },
    calls,
  }
  const buckets = createBuckets()
  let requests = 0
  const gateway: Gateway = {
    control,
    clock,
    quotaClock,
    buckets,
    restricted: createRestrictedTokens(seed, clock),
    count: calls.count,
    newRequestId: () => {
      requests += 1
      return `sandbox-${seed}-${requests}`
    },
  }
  const server = await startSandboxServer(options.port ?? 0, (request) => {
    const { path } = request
    const controlled = answerControl(control, request)
    if (controlled) return controlled
    if (path.startsWith('/notifications/v1/')) return notifications.answer(request)
    if (path === '/apps/authorize/consent') return consentPage(shops, consents, request.query)
    return path === '/auth/o2/token' ? answerToken(request, gateway) : answerApi(request, gateway)
  })

  return {
    name: 'amazon',
    url: server.url,
    authUrl: server.url,
    consentUrl: server.url,
    clock,
    credentialsFor(shopCode) {
      const shop = shopOf(shopCode)
      const { clientId, clientSecret } = shop
      const refreshToken = shop.refreshToken ?? 'Atzr|revoked-consent'
      return { clientId, clientSecret, refreshToken, applicationId: applicationIdOf(shop) }
    },
    place,
    cancel: (orderNumber) => {
      store.cancel(orderNumber)
    },
    writes: store.writes.list,
    stands: () =>
      store.all().map(({ model: { orderId, orderItems } }) => ({
        orderNumber: orderId,
        lines: orderItems.map(({ orderItemId, fulfillment: { quantityFulfilled, quantityUnfulfilled } }) => ({
          lineId: orderItemId,
          ordered: quantityFulfilled + quantityUnfulfilled,
          sent: quantityFulfilled,
        })),
      })),
    onEvent(listener) {
      if (listeners.push(listener) === 1) store.resume()
    },
    close: async () => {
      store.close()
      await server.close()
    },
    faults,
    consents,
    notifications,
    settings: read,
    change: control.change,
    calls: calls.counts,
    edit: (orderNumber, patch) => {
      store.edit(orderNumber, patch)
    },
    pay: (orderNumber) => {
      store.pay(orderNumber)
    },
    requestCancel: (orderNumber) => {
      store.requestCancel(orderNumber)
    },
    leave: (shopCode, operation, calls) => buckets.leave(`${shopCode}:${operation}`, calls, quotaClock.now()),
  }
}
