import { randomBytes } from 'node:crypto'
import { applyToOrder, createConnector } from '../../../clients/connector/connector.mjs'
import { systemClock } from '../../../src/platform/clock.ts'
import { createCallLog } from '../../kit/calls.ts'
import { createControllableClock } from '../../kit/clock.ts'
import { createFaults, type Faults, spoil } from '../../kit/faults.ts'
import { jsonAnswer, type SandboxRequest, startSandboxServer } from '../../kit/http-kit.ts'
import { seeded } from '../../kit/seeded.ts'
import type {
  ControllableClock,
  MallSimulator,
  SandboxEvent,
  SandboxOrder,
  SandboxWrite,
} from '../../kit/types.ts'
import { homeOf, PEOPLE, PRODUCTS } from '../yahoo/pools.ts'

/** One shop behind the reference connector of clients/connector, with orders that a seed makes. */

export interface ConnectorSimulatorOptions {
  port?: number
  shop: { code: string; name: string }
  seed?: number
  clock?: ControllableClock
  /** Number of the first order: shops that count by themselves have the same ones. */
  firstNumber?: number
  capabilities?: Record<string, unknown>
}

export interface ConnectorOrder extends Record<string, unknown> {
  number: string
  placedAt: string
  state: string
  revision: string
}

export interface ConnectorSimulator extends MallSimulator {
  faults: Faults
  secret: string
  orders: Map<string, ConnectorOrder>
  capabilities: object
  /** Overrides of the contract's order; tells listeners `changed`. */
  edit(orderNumber: string, overrides: Record<string, unknown>): void
  calls(): Record<string, number>
}

export async function startConnectorSimulator(
  options: ConnectorSimulatorOptions,
): Promise<ConnectorSimulator> {
  const { shop, seed = 1, firstNumber = 1001 } = options
  const clock = options.clock ?? createControllableClock(systemClock)
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const faults = createFaults(seed)
  const calls = createCallLog(clock)
  const orders = new Map<string, ConnectorOrder>()
  const visibleAt = new Map<string, number>()
  const writes: SandboxWrite[] = []
  const listeners: ((event: SandboxEvent) => void)[] = []
  const isVisible = ({ number }: ConnectorOrder) => (visibleAt.get(number) ?? 0) <= clock.now()
  const capabilities = { ...capabilitiesOf(shop), ...options.capabilities }

  const answer = createConnector({
    capabilities,
    secrets: [secret],
    now: () => clock.now(),
    shop: {
      placed: (since, until) =>
        [...orders.values()].filter(
          (order) =>
            isVisible(order) && Date.parse(order.placedAt) >= since && Date.parse(order.placedAt) < until,
        ),
      get: (number: string) => {
        const order = orders.get(number)
        return order && isVisible(order) ? order : undefined
      },
      apply: (order: ConnectorOrder, change: { action: string; parameters: Record<string, unknown> }) => {
        applyToOrder(order, change)
        writes.push({
          at: new Date(clock.now()).toISOString(),
          operation: change.action,
          orderNumber: order.number,
          what: {},
          content: [JSON.stringify(change.parameters)],
        })
      },
      saved: () => {},
    },
  })

  async function serve(request: SandboxRequest) {
    const { method, path, query, headers, body } = request
    const operation = `${method} ${path.replace(/^.*\/torikomi\/v1/, '').replace(/\/orders\/(?!lookup)[^/]+/, '/orders/{}')}`
    const text = query.size > 0 ? `${path}?${query}` : path
    const real = () => answer({ method, url: text, headers, body })
    const fault = faults.take(operation, shop.code)
    const given =
      fault?.kind === 'key-refused'
        ? jsonAnswer(401, { code: 'key_refused', message: '署名が違います。' })
        : fault
          ? await spoil(fault, real)
          : await real()
    calls.add({ operation, shopCode: shop.code, orderNumber: null, status: given.status })
    return given
  }

  const server = await startSandboxServer(options.port ?? 0, serve)
  const tell = (type: SandboxEvent['type'], order: ConnectorOrder) => {
    for (const listener of listeners) listener({ type, order: toSandboxOrder(order, shop) })
  }
  const existing = (number: string): ConnectorOrder => {
    const order = orders.get(number)
    if (!order) throw new Error(`No such order: ${number}`)
    return order
  }
  function edit(number: string, overrides: Record<string, unknown>, type: SandboxEvent['type'] = 'changed') {
    const order = existing(number)
    Object.assign(order, overrides, { revision: String(Number(order.revision) + 1) })
    tell(type, order)
  }
  return {
    name: 'connector',
    url: server.url,
    clock,
    faults,
    secret,
    orders,
    capabilities,
    credentialsFor: () => ({ url: server.url, secret }),
    place({ visibleAfterSeconds = 0, overrides = {} } = {}) {
      const order = {
        ...generate(seed, orders.size, firstNumber, clock.now()),
        ...overrides,
      } as ConnectorOrder
      orders.set(order.number, order)
      visibleAt.set(order.number, clock.now() + visibleAfterSeconds * 1_000)
      tell('placed', order)
      return toSandboxOrder(order, shop)
    },
    cancel: (number) => edit(number, { state: 'cancelled' }, 'cancelled'),
    edit,
    writes: (number) => writes.filter((one) => number === undefined || one.orderNumber === number),
    onEvent: (listener) => void listeners.push(listener),
    calls: calls.counts,
    close: () => server.close(),
  }
}

const capabilitiesOf = ({ code, name }: { code: string; name: string }) => ({
  contract: '1',
  system: 'sandbox 1',
  shop: { code, name, colour: '#0b7285', currency: 'JPY' },
  list: { windowDays: 31, historyDays: 365, delaySeconds: 0 },
  batch: 20,
  actions: ['confirm', 'ship', 'mark_paid', 'hold', 'release', 'cancel', 'memo'].map((action) => ({
    action,
  })),
  changes: { idempotent: true },
  carriers: [
    { carrier: 'yamato', code: 'YAMATO' },
    { carrier: 'sagawa', code: 'SAGAWA' },
    { carrier: 'other', code: 'OTHER' },
  ],
  cancelReasons: [{ code: 'stock', name: '在庫切れ' }],
  quota: { perSecond: 50, burst: 50 },
})

function generate(seed: number, sequence: number, firstNumber: number, now: number) {
  const dice = seeded(seed, sequence)
  const person = PEOPLE[sequence % PEOPLE.length] as (typeof PEOPLE)[number]
  const home = homeOf(sequence)
  const product = dice.pick(PRODUCTS)
  const [unitPrice, quantity] = [dice.int(3, 80) * 100, dice.int(1, 3)]
  const shipping = dice.pick([0, 550, 880])
  const buyer = {
    familyName: person.family,
    givenName: person.given,
    familyNameKana: person.familyKana,
    givenNameKana: person.givenKana,
    postalCode: home.zip,
    prefecture: home.prefecture,
    city: home.city,
    address1: home.address1,
    address2: home.address2,
    phone: home.phone,
    email: `buyer-${sequence}@example.jp`,
  }
  return {
    number: String(firstNumber + sequence),
    placedAt: new Date(now).toISOString(),
    state: 'open',
    revision: '1',
    total: unitPrice * quantity + shipping,
    buyer,
    recipients: [{ id: '1', person: buyer, parcels: [] }],
    items: [
      {
        lineId: '1',
        name: `${product.title}①`,
        itemCode: `C-${sequence % 50}`,
        unitPrice,
        quantity,
        taxRate: 10,
      },
    ],
    charges: { shipping },
    payment: { kind: 'credit_card', name: 'クレジットカード', status: 'paid' },
  }
}

function toSandboxOrder(order: ConnectorOrder, shop: { code: string; name: string }): SandboxOrder {
  const { number, placedAt, total, buyer, items } = order as unknown as ReturnType<typeof generate>
  const name = `${buyer?.familyName} ${buyer?.givenName}`
  return {
    marketplace: 'connector',
    shopCode: shop.code,
    shopName: shop.name,
    orderNumber: number,
    orderedAt: new Date(placedAt),
    buyerName: name,
    recipientName: name,
    recipientPostalCode: buyer?.postalCode ?? '',
    recipientAddress: `${buyer?.prefecture}${buyer?.city}${buyer?.address1}`,
    recipientPhone: buyer?.phone ?? '',
    paymentName: 'クレジットカード',
    deliveryName: '宅配便',
    note: '',
    items: items.map(({ name: itemName, itemCode, unitPrice, quantity, taxRate }) => ({
      name: itemName,
      itemCode,
      sku: null,
      options: [],
      unitPrice,
      quantity,
      taxRate,
    })),
    shippingFee: 0,
    couponTotal: 0,
    pointsUsed: 0,
    billed: total,
  }
}
