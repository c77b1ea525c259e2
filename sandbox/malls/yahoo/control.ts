import { z } from 'zod'
import type { CallLog } from '../../kit/calls.ts'
import { type Control as CommonControl, createControlApi } from '../../kit/control.ts'
import { OPERATIONS } from './api.ts'
import { OWN_FAULTS, type TwoFaults, WARNING_FAULT } from './faults.ts'
import { ORDER_INFO_NAMES } from './official-names.ts'
import { YahooSettings } from './settings.ts'
import { fieldOf, type SimOrder } from './sim-order.ts'
import type { Store } from './store.ts'
import type { Consents } from './yconnect.ts'

export interface Control extends CommonControl<YahooSettings> {
  faults: TwoFaults
  store: Store
  consents: Consents
  calls: CallLog
}

const Overrides = z.record(z.string(), z.unknown())
const ConsentBody = z.object({ shopCode: z.string(), revoke: z.boolean().default(false) })

/** The names of orderInfo, its groups, and the parts of an option. */
const ORDER_NAMES = [
  ...ORDER_INFO_NAMES,
  ...['Pay', 'Ship', 'Detail', 'Seller', 'Buyer', 'Item', 'Index', 'Name', 'Value', 'Price'],
]

export const YAHOO_READY = {
  IsReadOnly: '0',
  Ship: { ShipStatus: '1' },
  Pay: { PayMethod: 'payment_a1', PayKind: '0', PayType: '0', PayStatus: '1', SettleStatus: '3' },
}

export const answerControl = createControlApi<YahooSettings, Control>(
  {
    settings: YahooSettings.partial(),
    faultKinds: [...OWN_FAULTS, ...WARNING_FAULT],
    operations: ['token', ...OPERATIONS],
    orderNames: ORDER_NAMES,
    ready: YAHOO_READY,
  },
  {
    'GET orders': ({ store }) => ({
      orders: store.all().map((order) => summary(order, store.isReadOnly(order))),
    }),
    'GET orders/:number': ({ store }, _body, orderNumber) =>
      store.all().find((order) => order.orderNumber === orderNumber) ?? null,
    'PATCH orders/:number': ({ store }, body, orderNumber) => store.edit(orderNumber, Overrides.parse(body)),
    'POST orders/:number/cancel': ({ store }, _body, orderNumber) => brief(store.cancel(orderNumber)),
    'POST orders/:number/pay': ({ store }, _body, orderNumber) => brief(store.pay(orderNumber)),
    'POST orders/:number/release': ({ store }, _body, orderNumber) => brief(store.release(orderNumber)),
    'POST consents': ({ consents }, body) => {
      const { shopCode, revoke } = ConsentBody.parse(body)
      if (revoke) consents.revoke(shopCode)
      return { refreshToken: revoke ? null : consents.consent([shopCode]).refreshToken }
    },
    'GET calls/log': ({ calls }) => ({ calls: calls.list() }),
  },
)

const brief = ({ orderNumber }: SimOrder) => ({ orderNumber })

const summary = (order: SimOrder, readOnly: boolean) => ({
  orderNumber: order.orderNumber,
  shopCode: order.shopCode,
  orderStatus: fieldOf(order, 'OrderStatus'),
  payStatus: fieldOf(order, 'PayStatus'),
  shipStatus: fieldOf(order, 'ShipStatus'),
  readOnly,
  visibleAt: new Date(order.visibleAt).toISOString(),
})
