import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { element, resultAnswer } from '../answers.ts'
import { fieldOf, type SimOrder } from '../sim-order.ts'
import type { Store } from '../store.ts'

/** orderCount: orders by status. Read-only and held orders are not counted, as in a default search. */
export function orderCount(store: Store, sellerId: string): SandboxAnswer {
  const orders = store
    .known(sellerId)
    .filter((order) => !store.isReadOnly(order) && !['1', '3'].includes(fieldOf(order, 'FraudHoldStatus')))
  const counts = Object.entries(COUNTED).map(([name, fits]) =>
    element(name, String(orders.filter(fits).length)),
  )
  const stores = Array.from({ length: 10 }, (_, index) => {
    const status = String(index + 1)
    return element(
      `StoreStatus${status}`,
      String(orders.filter((order) => fieldOf(order, 'StoreStatus') === status).length),
    )
  })
  return resultAnswer(`<Status>OK</Status>\n<Count>${counts.join('')}${stores.join('')}</Count>`)
}

const is =
  (field: string, ...values: string[]) =>
  (order: SimOrder) =>
    values.includes(fieldOf(order, field))
const both =
  (...tests: ((order: SimOrder) => boolean)[]) =>
  (order: SimOrder) =>
    tests.every((test) => test(order))

const open = is('OrderStatus', '2')
const COUNTED: Readonly<Record<string, (order: SimOrder) => boolean>> = {
  NewOrder: both(is('IsSeen', 'false'), open),
  NewReserve: both(is('IsSeen', 'false'), is('OrderStatus', '1')),
  WaitPayment: both(open, is('PayStatus', '0'), is('PayType', '1')),
  WaitShipping: both(open, is('ShipStatus', '1')),
  Shipping: both(open, is('ShipStatus', '2')),
  Reserve: is('OrderStatus', '1'),
  Holding: is('OrderStatus', '3'),
  WaitDone: both(open, is('ShipStatus', '3', '4')),
  Suspect: is('Suspect', '1'),
  SettleError: is('SettleStatus', '10'),
  Refund: is('SettleStatus', '7'),
  AutoDone: () => false,
  AutoWorking: () => false,
  Release: () => false,
  NoPayNumber: () => false,
}
