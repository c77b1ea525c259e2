import type { Keep } from '../../kit/keep.ts'
import { createOrderBook, createWriteLog, mergeDeep, type WriteLog } from '../../kit/order-book.ts'
import { type ControllableClock, checkShape, type PlaceOptions, type SandboxEvent } from '../../kit/types.ts'
import type { SimShop } from './gateway.ts'
import { generateOrder, RAKUTEN_SHAPES } from './generate.ts'
import { toSandboxOrder } from './mail.ts'
import type { Message } from './messages.ts'
import type { OrderModel, SimOrder } from './model.ts'
import type { Settings } from './settings.ts'
import { firstDue, settle, startCancel } from './states.ts'

export interface Store {
  shops: SimShop[]
  place(options?: PlaceOptions): SimOrder
  /** As the buyer or the shop asking for it; Rakuten completes it a little later. */
  cancel(orderNumber: string): void
  edit(orderNumber: string, patch: unknown): SimOrder
  /** Known by number, in its state of now; null when unknown, foreign or not visible yet. */
  find(shopCode: string, orderNumber: string): SimOrder | null
  known(shopCode: string): SimOrder[]
  all(): SimOrder[]
  /** To be called after every change of a model. */
  touched(order: SimOrder): void
  /** The same after a change by call, which is noted. */
  wrote(order: SimOrder, operation: string, what?: Record<string, unknown>, content?: string[]): void
  writes: WriteLog
  /** Ids of shipping records only ever rise, over all orders of the simulator. */
  newShippingId(): number
  /** Accepted calls of updateOrderShippingAsync by request id. */
  shippingTasks: Map<string, ShippingTask>
}

interface ShippingTask {
  shopCode: string
  readyAt: number
  results: { orderNumber: string; MessageModelList: Message[] }[]
}

export function createStore(
  shops: SimShop[],
  seed: number,
  clock: ControllableClock,
  settings: () => Settings,
  emit: (event: SandboxEvent) => void,
  keep: Keep,
): Store {
  const orders = createOrderBook<SimOrder>(keep, clock)
  const writes = createWriteLog(clock, keep)
  const next = keep('numbers', () => ({ turn: 0, shippingId: 20_000_001 }))

  const event = (type: SandboxEvent['type'], order: SimOrder) => emit({ type, order: shown(order) })
  const shown = (order: SimOrder) =>
    toSandboxOrder(order.model, shops.find((shop) => shop.code === order.shopCode) as SimShop, order.placedAt)

  function touched(order: SimOrder) {
    order.json.clear()
    order.nextAt = firstDue(order, clock.now(), settings())
  }

  function current(order: SimOrder): SimOrder {
    if (order.nextAt > clock.now()) return order
    for (const happened of settle(order, clock.now(), settings())) event(happened, order)
    order.json.clear()
    return order
  }

  const existing = (orderNumber: string) => current(orders.existing(orderNumber))

  return {
    shops,
    touched,
    writes,
    newShippingId: () => next.shippingId++,
    shippingTasks: keep('shipping tasks', () => new Map<string, ShippingTask>()),
    wrote(order, operation, what = {}, content) {
      touched(order)
      writes.add({
        operation,
        orderNumber: order.model.orderNumber,
        what,
        ...(content === undefined ? {} : { content }),
      })
    },
    place(options = {}) {
      const code = options.shopCode ?? (shops[0] as SimShop).code
      if (!shops.some((shop) => shop.code === code)) throw new Error(`No such shop: ${code}`)
      checkShape(options.shape, RAKUTEN_SHAPES)
      const placedAt = clock.now()
      const generated = generateOrder(seed, code, next.turn, placedAt, options.shape)
      next.turn += 1
      const order: SimOrder = {
        model: mergeDeep<OrderModel>(generated, options.overrides ?? {}),
        shopCode: code,
        placedAt,
        visibleAt: placedAt + (options.visibleAfterSeconds ?? 0) * 1000,
        nextAt: Number.POSITIVE_INFINITY,
        json: new Map(),
      }
      orders.set(order.model.orderNumber, order)
      touched(order)
      event('placed', order)
      return order
    },
    cancel(orderNumber) {
      const order = existing(orderNumber)
      startCancel(order, clock.now(), { reason: 1, byCustomer: true })
      touched(order)
      event('cancelled', order)
    },
    edit(orderNumber, patch) {
      const order = existing(orderNumber)
      order.model = mergeDeep(order.model, patch)
      touched(order)
      event('changed', order)
      return order
    },
    find(shopCode, orderNumber) {
      const order = orders.find(shopCode, orderNumber)
      return order && current(order)
    },
    known: (shopCode) => orders.known(shopCode).map(current),
    all: () => orders.all().map(current),
  }
}
