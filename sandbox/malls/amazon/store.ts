import type { Keep } from '../../kit/keep.ts'
import { createOrderBook, createWriteLog, mergeDeep, type WriteLog } from '../../kit/order-book.ts'
import {
  type ControllableClock,
  checkShape,
  type PlaceOptions,
  type SandboxEvent,
  type SandboxWrite,
} from '../../kit/types.ts'
import type { SimShop } from './consents.ts'
import { AMAZON_SHAPES, generateOrder, withShape } from './generate.ts'
import { toSandboxOrder } from './mail.ts'
import { type Order, type SimOrder, wireTime } from './model.ts'
import type { Settings } from './settings.ts'

export interface Store {
  shops: readonly SimShop[]
  /** Its mail goes out when the payment is settled, not before. */
  place(options?: PlaceOptions): SimOrder
  /** PENDING → UNSHIPPED. */
  pay(orderNumber: string): SimOrder
  cancel(orderNumber: string): SimOrder
  /** The buyer asks the seller to cancel: the status stays. */
  requestCancel(orderNumber: string, reason?: string): SimOrder
  edit(orderNumber: string, patch: unknown): SimOrder
  /** Any shop's, when the API knows it yet. */
  find(orderNumber: string): SimOrder | null
  known(shopCode: string): SimOrder[]
  all(): SimOrder[]
  /** To be called after every change of a model. */
  touched(order: SimOrder): void
  /** After a change by call: notes it, and keeps what the order was for reads that lag behind. */
  wrote(order: SimOrder, write: Pick<SandboxWrite, 'operation' | 'what' | 'content'>, before: Order): void
  /** The order as reads show it now. */
  shown(order: SimOrder): Order
  writes: WriteLog
  /** Payments that were pending before a stop are settled from now on. */
  resume(): void
  close(): void
}

export function createStore(
  shops: readonly SimShop[],
  seed: number,
  clock: ControllableClock,
  settings: () => Settings,
  emit: (event: SandboxEvent) => void,
  keep: Keep,
): Store {
  const orders = createOrderBook<SimOrder>(keep, clock)
  const closing = new AbortController()
  const writes = createWriteLog(clock, keep)
  const next = keep('numbers', () => ({ turn: 0 }))

  const tell = (type: SandboxEvent['type'], order: SimOrder) =>
    emit({
      type,
      order: toSandboxOrder(order, shops.find((shop) => shop.code === order.shopCode) as SimShop),
    })

  function touched(order: SimOrder): void {
    delete order.before
    order.model.lastUpdatedTime = wireTime(clock.now())
  }

  const shown = ({ model, before }: SimOrder) => (before && clock.now() < before.until ? before.model : model)

  function wrote(
    order: SimOrder,
    write: Pick<SandboxWrite, 'operation' | 'what' | 'content'>,
    before: Order,
  ): void {
    const stale = order.before && clock.now() < order.before.until ? order.before.model : before
    touched(order)
    const delay = settings().shipmentDelaySeconds * 1000
    if (delay > 0) order.before = { model: stale, until: clock.now() + delay }
    writes.add({ ...write, orderNumber: order.model.orderId })
  }

  function settle(order: SimOrder): void {
    if (order.model.fulfillment.fulfillmentStatus !== 'PENDING') return
    order.model.fulfillment.fulfillmentStatus = 'UNSHIPPED'
    touched(order)
    tell('placed', order)
  }

  /** A new order begins as PENDING unless its kind of payment is settled at once. */
  function begin(order: SimOrder): void {
    const { fulfillment } = order.model
    const seconds = pendingSeconds(order.model, settings())
    if (fulfillment.fulfillmentStatus !== 'UNSHIPPED' || seconds === 0) {
      if (!fulfillment.fulfillmentStatus.startsWith('PENDING')) tell('placed', order)
      return
    }
    fulfillment.fulfillmentStatus = 'PENDING'
    settleLater(order)
  }

  function settleLater(order: SimOrder): void {
    const seconds = pendingSeconds(order.model, settings())
    if (seconds === null) return
    clock.sleep(order.placedAt + seconds * 1000 - clock.now(), closing.signal).then(
      () => settle(order),
      () => undefined,
    )
  }

  return {
    shops,
    touched,
    wrote,
    shown,
    writes,
    place(options = {}) {
      const shopCode = options.shopCode ?? shops[0]?.code ?? ''
      if (!shops.some((shop) => shop.code === shopCode)) throw new Error(`No such shop: ${shopCode}`)
      checkShape(options.shape, AMAZON_SHAPES)
      const placedAt = clock.now()
      const generated = withShape(generateOrder(seed, next.turn, placedAt), options.shape)
      const model = mergeDeep<Order>(generated, options.overrides ?? {})
      next.turn += 1
      const order = {
        model,
        shopCode,
        placedAt,
        visibleAt: placedAt + (options.visibleAfterSeconds ?? 0) * 1000,
      }
      orders.set(model.orderId, order)
      begin(order)
      return order
    },
    pay(orderNumber) {
      const order = orders.existing(orderNumber)
      settle(order)
      return order
    },
    cancel(orderNumber) {
      const order = orders.existing(orderNumber)
      order.model.fulfillment.fulfillmentStatus = 'CANCELLED'
      for (const item of order.model.orderItems) {
        const execution = { cancelledBy: 'BUYER', cancelReason: 'BUYER_CANCELED' }
        item.cancellation = { ...item.cancellation, cancellationExecution: execution }
        item.fulfillment.quantityUnfulfilled = 0
      }
      touched(order)
      tell('cancelled', order)
      return order
    },
    requestCancel(orderNumber, cancelReason = '注文内容を間違えました') {
      const order = orders.existing(orderNumber)
      for (const item of order.model.orderItems) {
        item.cancellation = {
          ...item.cancellation,
          cancellationRequest: { requester: 'BUYER', cancelReason },
        }
      }
      touched(order)
      tell('changed', order)
      return order
    },
    edit(orderNumber, patch) {
      const order = orders.existing(orderNumber)
      order.model = mergeDeep(order.model, patch)
      touched(order)
      tell('changed', order)
      return order
    },
    find(orderNumber) {
      const order = orders.get(orderNumber)
      return order && order.visibleAt <= clock.now() ? order : null
    },
    known: orders.known,
    all: orders.all,
    resume() {
      for (const order of orders.all())
        if (order.model.fulfillment.fulfillmentStatus === 'PENDING') settleLater(order)
    },
    close: () => closing.abort(),
  }
}

function pendingSeconds({ payment }: Order, { pendingSeconds: seconds }: Settings): number | null {
  switch (payment.paymentExecutions[0]?.paymentMethod) {
    case 'ConvenienceStore':
      return seconds.convenienceStore
    case 'CashOnDelivery':
      return seconds.cod
    default:
      return seconds.card
  }
}
