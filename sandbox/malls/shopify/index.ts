import { createHash, createHmac } from 'node:crypto'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { createCallLog, type LoggedCall } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { createFaults, type Faults, spoil } from '../../kit/faults.ts'
import {
  jsonAnswer,
  parseJson,
  type SandboxAnswer,
  type SandboxRequest,
  startSandboxServer,
} from '../../kit/http-kit.ts'
import { type Keep, keepNothing } from '../../kit/keep.ts'
import type { ControllableClock, MallSimulator, SandboxEvent, SimShop } from '../../kit/types.ts'
import { adminOf } from './admin.ts'
import { answerControl, type ShopifySettings } from './control.ts'
import { toSandboxOrder } from './mail.ts'
import { documentOf, objectsIn, operationOf, pointsOf, run, type Variables } from './schema.ts'
import { createStore, type SimOrder, type Store, standOf } from './store.ts'

const SCOPES = [
  'read_orders',
  'write_orders',
  'read_all_orders',
  'read_merchant_managed_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
] as const

export interface ShopifySimulatorOptions {
  port?: number
  shops: readonly SimShop[]
  seed?: number
  clock?: ControllableClock
  /** Clock by which points come back; absent: the simulator's. */
  quotaClock?: Clock
  /** Of each shop's bucket. */
  points?: ShopifySettings['points']
  keep?: Keep
  /** Shops count by themselves: two may have the same numbers. */
  firstNumber?: number
}

export interface ShopifySimulator extends MallSimulator {
  faults: Faults
  store: Store
  settings: ShopifySettings
  edit(orderNumber: string, overrides: Record<string, unknown>): void
  /** An app of the admin: `shpat_…`, which does not end. */
  appToken(shopCode: string): string
  /** A webhook as it is posted. */
  webhook(
    topic: string,
    order: Pick<SimOrder, 'name' | 'shopCode'>,
    id?: string,
  ): { headers: Record<string, string>; body: string }
  calls(): Record<string, number>
  callLog(): LoggedCall[]
}

export const NO_LIMIT = { most: 10_000_000, restore: 1_000_000 }
/** A shop counts with it until its key was tested. */
export const SMALLEST_PLAN = { most: 1_000, restore: 50 }

const TOKEN_MS = 24 * 60 * 60_000
const PATH = /^\/admin\/api\/\d{4}-\d{2}\/graphql\.json$/

/** The Admin API of Shopify for shops whose token says which one is meant. */
export async function startShopifySimulator(options: ShopifySimulatorOptions): Promise<ShopifySimulator> {
  const { shops, seed = 1, keep = keepNothing, firstNumber = 1001 } = options
  const clock = options.clock ?? createControllableClock(systemClock, keep)
  const quotaClock = options.quotaClock ?? clock
  const settings: ShopifySettings = {
    scopes: SCOPES,
    points: options.points ?? NO_LIMIT,
    cancelMs: 0,
    currencyCode: 'JPY',
  }
  const listeners: ((event: SandboxEvent) => void)[] = []
  const hooks = keep('webhooks', () => new Map<string, string>())
  const nameOf = (shopCode: string) => shops.find(({ code }) => code === shopCode)?.name ?? shopCode
  const emit = (type: SandboxEvent['type'], order: SimOrder) => {
    for (const listener of listeners) listener({ type, order: toSandboxOrder(order, nameOf(order.shopCode)) })
    const url = hooks.get(order.shopCode)
    if (url === undefined) return
    const sent = webhook(type === 'placed' ? 'orders/create' : 'orders/updated', order)
    // Sent once: Shopify's repeats within four hours are left out, and mail and sweep tell of it, too.
    void fetch(url, { method: 'POST', ...sent }).catch(() => undefined)
  }
  const store = createStore({ shops, seed, clock, emit, keep, firstNumber })
  const faults = createFaults(seed)
  const calls = createCallLog(clock)
  const hex = (of: string) => createHash('sha256').update(`${seed} ${of}`).digest('hex').slice(0, 32)
  const secretOf = (code: string) => `shpss_${hex(`secret ${code}`)}`
  const appToken = (code: string) => `shpat_${hex(`app ${code}`)}`
  const tokens = new Map<string, { code: string; until: number }>(
    shops.map(({ code }) => [appToken(code), { code, until: Number.POSITIVE_INFINITY }]),
  )
  const webhook: ShopifySimulator['webhook'] = (topic, { name, shopCode }, id = hookId(topic, name)) => {
    const body = JSON.stringify({ name, order_number: Number(name.replace(/\D/g, '')), note: '花子' })
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': topic,
        'x-shopify-shop-domain': `${shopCode}.myshopify.com`,
        'x-shopify-webhook-id': id,
        'x-shopify-hmac-sha256': createHmac('sha256', secretOf(shopCode)).update(body).digest('base64'),
      },
    }
  }
  const hookId = (topic: string, name: string) => hex(`${topic} ${name} ${clock.now()}`)
  const buckets = new Map<string, { left: number; at: number }>()

  function giveToken({ body }: SandboxRequest): SandboxAnswer {
    const form = new URLSearchParams(body)
    const shop = shops.find(({ code }) => hex(`client ${code}`) === form.get('client_id'))
    calls.add({ operation: 'access_token', shopCode: shop?.code ?? null, orderNumber: null, status: 200 })
    const isRefused = faults.take('access_token', shop?.code ?? null, new Set(['key-refused'])) !== null
    if (form.get('grant_type') !== 'client_credentials')
      return jsonAnswer(400, { error: 'unsupported_grant_type' })
    if (!shop || form.get('client_secret') !== secretOf(shop.code) || isRefused)
      return jsonAnswer(400, { error: 'invalid_client', error_description: 'Client authentication failed' })
    const token = `shpat_${hex(`token ${shop.code} ${tokens.size}`)}`
    tokens.set(token, { code: shop.code, until: clock.now() + TOKEN_MS })
    return jsonAnswer(200, { access_token: token, scope: settings.scopes.join(','), expires_in: 86_399 })
  }

  function bucketOf(code: string): { left: number; at: number } {
    const { most, restore } = settings.points
    const now = quotaClock.now()
    const bucket = buckets.get(code) ?? { left: most, at: now }
    bucket.left = Math.min(most, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * restore)
    bucket.at = now
    buckets.set(code, bucket)
    return bucket
  }

  async function answer(code: string, text: string, variables: Variables): Promise<SandboxAnswer> {
    const { document, errors } = documentOf(text)
    if (errors.length > 0)
      return jsonAnswer(200, {
        errors: errors.map(({ message }) => ({ message, extensions: { code: 'undefinedField' } })),
      })
    const { name, isWrite } = operationOf(document)
    const requested = pointsOf(document, variables)
    const bucket = bucketOf(code)
    const cost = (actual: number | null) => ({
      cost: {
        requestedQueryCost: requested,
        actualQueryCost: actual,
        throttleStatus: {
          maximumAvailable: settings.points.most,
          currentlyAvailable: Math.floor(bucket.left),
          restoreRate: settings.points.restore,
        },
      },
    })
    const refused = (kind: string, message: string) =>
      jsonAnswer(200, { errors: [{ message, extensions: { code: kind } }], extensions: cost(null) })
    if (requested > 1_000)
      return refused(
        'MAX_COST_EXCEEDED',
        `Query cost is ${requested}, which exceeds the single query max cost limit (1000).`,
      )
    if (bucket.left < requested) return refused('THROTTLED', 'Throttled')
    const needed = isWrite
      ? ['orderCancel', 'orderMarkAsPaid'].includes(name)
        ? 'write_orders'
        : 'write_merchant_managed_fulfillment_orders'
      : 'read_orders'
    if (!settings.scopes.includes(needed))
      return refused('ACCESS_DENIED', `Access denied for ${name} field. Required access: ${needed}.`)
    const { scopes, cancelMs, currencyCode } = settings
    const admin = adminOf({
      store,
      shopCode: code,
      scopes,
      now: () => clock.now(),
      cancelMs,
      shop: { name: nameOf(code), currencyCode },
    })
    const { data, errors: failures } = await run(document, admin, variables)
    const actual = (isWrite ? 10 : 0) + objectsIn(data)
    bucket.left -= Math.min(actual, requested)
    return jsonAnswer(200, { data, ...(failures ? { errors: failures } : {}), extensions: cost(actual) })
  }

  const UNKNOWN = { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' }
  async function serve(request: SandboxRequest): Promise<SandboxAnswer> {
    if (request.path === '/admin/oauth/access_token') return giveToken(request)
    if (!PATH.test(request.path)) return jsonAnswer(404, { errors: 'Not Found' })
    const token = tokens.get(String(request.headers['x-shopify-access-token']))
    if (!token || token.until <= clock.now()) return jsonAnswer(401, UNKNOWN)
    const { query, variables } = (parseJson(request.body) ?? {}) as { query?: string; variables?: Variables }
    const operation = operationOf(documentOf(query ?? '{ __typename }').document).name
    const real = () => answer(token.code, query ?? '', variables ?? {})
    const fault = faults.take(operation, token.code)
    const given =
      fault?.kind === 'key-refused'
        ? jsonAnswer(401, UNKNOWN)
        : fault
          ? await spoil(fault, real)
          : await real()
    calls.add({ operation, shopCode: token.code, orderNumber: null, status: given.status })
    return given
  }

  const place: MallSimulator['place'] = (placing) => {
    const order = store.place(placing)
    return toSandboxOrder(order, nameOf(order.shopCode))
  }
  const control = {
    clock,
    faults,
    store,
    calls,
    place,
    hooks,
    settings: () => settings,
    change: (patch: Partial<ShopifySettings>) => void Object.assign(settings, patch),
  }
  const server = await startSandboxServer(options.port ?? 0, (request) => {
    return answerControl(control, request) ?? serve(request)
  })
  return {
    name: 'shopify',
    url: server.url,
    clock,
    faults,
    store,
    settings,
    credentialsFor: (code) => ({ clientId: hex(`client ${code}`), clientSecret: secretOf(code) }),
    appToken,
    place,
    cancel: (orderNumber) => store.cancel(orderNumber),
    edit: (orderNumber, overrides) => void store.edit(orderNumber, overrides),
    webhook,
    sendWebhooks: (shopCode, to) => void hooks.set(shopCode, to),
    writes: store.writes.list,
    stands: () => store.all().map(standOf),
    onEvent: (listener) => void listeners.push(listener),
    calls: calls.counts,
    callLog: calls.list,
    close: () => server.close(),
  }
}
