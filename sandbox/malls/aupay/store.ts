import type { Keep } from '../../kit/keep.ts'
import { createOrderBook, createWriteLog, type WriteLog } from '../../kit/order-book.ts'
import {
  type ControllableClock,
  checkShape,
  type PlaceOptions,
  type SandboxEvent,
  type SimShop,
} from '../../kit/types.ts'
import { readField, toMinute } from './answers.ts'
import { AUPAY_SHAPES, generateOrder } from './generate.ts'
import { toSandboxOrder } from './mail.ts'
import type { AupaySettings } from './settings.ts'
import { fieldOf, mergeOverrides, recalculate, type SimOrder } from './sim-order.ts'

export interface Store {
  place(options?: PlaceOptions): SimOrder
  /** By the shop or the mall, for good. */
  cancel(orderNumber: string): SimOrder
  /** The buyer asks for it; the mall waits for the shop. */
  requestCancel(orderNumber: string): SimOrder
  /** The buyer pays a prepayment. */
  pay(orderNumber: string): SimOrder
  /** Overrides in the shape of an orderInfo element. */
  edit(orderNumber: string, overrides: Record<string, unknown>): SimOrder
  /** Null when the API does not know it (yet) or it is another shop's. */
  find(shopCode: string, orderNumber: string): SimOrder | null
  /** All that the API knows of, by order date. */
  known(shopCode: string): SimOrder[]
  all(): SimOrder[]
  /** What calls changed. */
  writes: WriteLog
}

export interface StoreOptions {
  shops: readonly SimShop[]
  seed: number
  clock: ControllableClock
  settings(): AupaySettings
  emit(event: SandboxEvent): void
  keep: Keep
}

export function createStore({ shops, seed, clock, settings, emit, keep }: StoreOptions): Store {
  const orders = createOrderBook<SimOrder>(keep, clock)
  const next = keep('numbers', () => ({ sequence: 0 }))

  const shopOf = (code: string): SimShop => {
    const shop = shops.find((one) => one.code === code)
    if (!shop) throw new Error(`No such shop: ${code}`)
    return shop
  }
  const tell = (type: SandboxEvent['type'], order: SimOrder) =>
    emit({ type, order: toSandboxOrder(order, shopOf(order.shopCode), settings()) })

  function current(order: SimOrder): SimOrder {
    if (order.reviewedAt > clock.now()) return order
    order.reviewedAt = Number.POSITIVE_INFINITY
    order.fields.orderStatus = '新規受付'
    return order
  }

  const existing = (orderNumber: string) => current(orders.existing(orderNumber))

  return {
    writes: createWriteLog(clock, keep),
    place(options = {}) {
      const shopCode = options.shopCode ?? shops[0]?.code ?? ''
      shopOf(shopCode)
      checkShape(options.shape, AUPAY_SHAPES)
      const orderedAt = clock.now()
      const visibleAt = orderedAt + (options.visibleAfterSeconds ?? 0) * 1000
      const order = generateOrder(
        { seed, shopCode, sequence: next.sequence, orderedAt, visibleAt, shape: options.shape },
        settings(),
      )
      next.sequence += 1
      merge(order, options.overrides ?? {})
      orders.set(order.orderNumber, order)
      tell('placed', order)
      return order
    },
    cancel(orderNumber) {
      const order = existing(orderNumber)
      cancelled(order, '1', '', clock.now())
      tell('cancelled', order)
      return order
    },
    requestCancel(orderNumber) {
      const order = existing(orderNumber)
      order.fields.orderStatus = 'キャンセル受付中'
      tell('changed', order)
      return order
    },
    pay(orderNumber) {
      const order = existing(orderNumber)
      Object.assign(order.fields, { paymentStatus: 'Y', paymentDate: toMinute(clock.now()) })
      tell('paid', order)
      return order
    },
    edit(orderNumber, overrides) {
      const order = existing(orderNumber)
      merge(order, overrides)
      tell('changed', order)
      return order
    },
    find(shopCode, orderNumber) {
      const order = orders.find(shopCode, orderNumber)
      return order && current(order)
    },
    known: (shopCode) =>
      orders
        .known(shopCode)
        .map(current)
        .sort((a, b) => a.orderedAt - b.orderedAt),
    all: () => orders.all().map(current),
  }
}

/** Number and time follow the fields, so that overrides may date an order back. */
function merge(order: SimOrder, overrides: Record<string, unknown>): void {
  mergeOverrides(order, overrides)
  order.orderNumber = fieldOf(order, 'orderId')
  if ('orderDate' in overrides) order.orderedAt = readField(fieldOf(order, 'orderDate')) ?? order.orderedAt
  for (const [index, given] of [overrides.detail ?? []].flat().entries())
    followPrice(order, index, given as object)
  recalculate(order, overrides)
}

/** A changed price or quantity carries the line's own sums along, unless they are stated. */
function followPrice(order: SimOrder, index: number, given: object): void {
  const fields = order.details[index]?.fields
  if (!fields) return
  const [price, total] = [Number(fields.itemPrice), Number(fields.itemPrice) * Number(fields.unit)]
  if (!Number.isFinite(total)) return
  if (!('totalItemPrice' in given)) fields.totalItemPrice = String(total)
  if (!('beforeDiscount' in given)) fields.beforeDiscount = String(price + Number(fields.discount || '0'))
}

export function cancelled(order: SimOrder, reason: string, comment: string, now: number): void {
  Object.assign(order.fields, {
    orderStatus: 'キャンセル',
    cancelStatus: 'C',
    cancelReason: reason,
    cancelComment: comment,
    cancelDate: toMinute(now),
  })
  order.reviewedAt = Number.POSITIVE_INFINITY
}
