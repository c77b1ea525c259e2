import { toRfc3339 } from '../../../src/marketplaces/yahoo/wire.ts'
import type { Keep } from '../../kit/keep.ts'
import { createOrderBook, createWriteLog, type WriteLog } from '../../kit/order-book.ts'
import {
  type ControllableClock,
  checkShape,
  type PlaceOptions,
  type SandboxEvent,
  type SimShop,
} from '../../kit/types.ts'
import { generateOrder, YAHOO_SHAPES } from './generate.ts'
import { toSandboxOrder } from './mail.ts'
import type { YahooSettings } from './settings.ts'
import { fieldOf, mergeOverrides, type SimOrder, setValue } from './sim-order.ts'

export interface Store {
  place(options?: PlaceOptions): SimOrder
  /** By the buyer: within the ten minutes alone, later by asking the store. */
  cancel(orderNumber: string): SimOrder
  /** The buyer pays a prepayment. */
  pay(orderNumber: string): SimOrder
  /** Yahoo! ends its fraud review: the order becomes visible to orderList now. */
  release(orderNumber: string): SimOrder
  /** Overrides in the shape of an OrderInfo element. */
  edit(orderNumber: string, overrides: Record<string, unknown>): SimOrder
  /** Null when the API does not know it (yet) or it is another store's. */
  find(shopCode: string, orderNumber: string): SimOrder | null
  /** All that the API knows of, by order time. */
  known(shopCode: string): SimOrder[]
  all(): SimOrder[]
  isReadOnly(order: SimOrder): boolean
  /** One update by call: Version, LastUpdateTime, IsSeen, a row of history, and a note of the fields. */
  updated(order: SimOrder, update: StoreUpdate): void
  writes: WriteLog
}

interface StoreUpdate {
  operation: string
  person: string
  changes: { field: string; value: string }[]
}

export interface StoreOptions {
  shops: readonly SimShop[]
  seed: number
  clock: ControllableClock
  settings: YahooSettings
  emit(event: SandboxEvent): void
  keep: Keep
}

export function createStore({ shops, seed, clock, settings, emit, keep }: StoreOptions): Store {
  const orders = createOrderBook<SimOrder>(keep, clock)
  const counts = keep('placed by shop', () => new Map<string, number>())
  const writes = createWriteLog(clock, keep)

  function shopOf(code: string): SimShop {
    const shop = shops.find((one) => one.code === code)
    if (!shop) throw new Error(`No such shop: ${code}`)
    return shop
  }

  const tell = (type: SandboxEvent['type'], order: SimOrder) =>
    emit({ type, order: toSandboxOrder(order, shopOf(order.shopCode)) })

  const isReadOnly = (order: SimOrder) => {
    const stated = fieldOf(order, 'IsReadOnly')
    return stated === '' ? clock.now() < order.orderedAt + settings.readOnlySeconds * 1000 : stated === '1'
  }

  /** By Yahoo! itself, so the store has not seen anything. */
  function moved(order: SimOrder, fields: Record<string, string>): SimOrder {
    for (const [field, value] of Object.entries(fields)) setValue(order, field, value)
    stamp(
      order,
      'system',
      Object.entries(fields).map(([field, value]) => ({ field, value })),
    )
    return order
  }

  function stamp(order: SimOrder, person: string, changes: { field: string; value: string }[]): void {
    setValue(order, 'Version', String(Number(fieldOf(order, 'Version')) + 1))
    setValue(order, 'LastUpdateTime', toRfc3339(new Date(clock.now())))
    setValue(order, 'OperationUser', person)
    order.history.push({ id: order.history.length + 1, at: clock.now(), person, changes })
  }

  return {
    isReadOnly,
    place(options = {}) {
      const shopCode = options.shopCode ?? shops[0]?.code ?? ''
      shopOf(shopCode)
      checkShape(options.shape, YAHOO_SHAPES)
      const sequence = counts.get(shopCode) ?? 0
      counts.set(shopCode, sequence + 1)
      const orderedAt = clock.now()
      const visibleAt = orderedAt + (options.visibleAfterSeconds ?? 0) * 1000
      const order = generateOrder({ seed, shopCode, sequence, orderedAt, visibleAt, shape: options.shape })
      mergeOverrides(order, options.overrides ?? {})
      order.orderNumber = fieldOf(order, 'OrderId')
      // Overrides may date an order back.
      order.orderedAt = Date.parse(fieldOf(order, 'OrderTime'))
      orders.set(order.orderNumber, order)
      tell('placed', order)
      return order
    },
    cancel(orderNumber) {
      const order = orders.existing(orderNumber)
      const reason = isReadOnly(order) ? '300' : '100'
      moved(order, { OrderStatus: '4', CancelReason: reason, SettleStatus: '6' })
      tell('cancelled', order)
      return order
    },
    pay(orderNumber) {
      const order = orders.existing(orderNumber)
      const time = toRfc3339(new Date(clock.now()))
      moved(order, {
        PayStatus: '1',
        SettleStatus: '3',
        PayActionTime: time,
        PayDate: time.slice(0, 10),
        ShipStatus: '1',
      })
      tell('paid', order)
      return order
    },
    release(orderNumber) {
      const order = orders.existing(orderNumber)
      return moved(order, { FraudHoldStatus: '2', PublicationTime: toRfc3339(new Date(clock.now())) })
    },
    edit(orderNumber, overrides) {
      const order = orders.existing(orderNumber)
      mergeOverrides(order, overrides)
      stamp(order, 'system', [])
      tell('changed', order)
      return order
    },
    find: orders.find,
    known: (shopCode) => orders.known(shopCode).sort((a, b) => a.orderedAt - b.orderedAt),
    all: orders.all,
    writes,
    updated(order, { operation, person, changes }) {
      stamp(order, person, changes)
      writes.add({
        operation,
        orderNumber: order.orderNumber,
        what: codesOf(changes),
        content: changes.map(({ value }) => value),
      })
      // Whatever the store changes, it has seen the order.
      setValue(order, 'IsSeen', 'true')
    },
  }
}

/** Statuses and other codes by their values, everything else by its name alone. */
const codesOf = (changes: StoreUpdate['changes']) =>
  Object.fromEntries(changes.map(({ field, value }) => [field, /^\d{1,4}$/.test(value) ? value : null]))
