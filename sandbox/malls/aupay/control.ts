import { z } from 'zod'
import type { CallLog } from '../../kit/calls.ts'
import { type Control as CommonControl, createControlApi } from '../../kit/control.ts'
import { OWN_FAULTS } from './answers.ts'
import { type Keys, METHODS } from './api.ts'
import { AupaySettings } from './settings.ts'
import { DETAIL_FIELDS, fieldOf, ORDER_FIELDS, type SimOrder } from './sim-order.ts'
import type { Store } from './store.ts'

export interface Control extends CommonControl<AupaySettings> {
  store: Store
  keys: Keys
  calls: CallLog
}

const Overrides = z.record(z.string(), z.unknown())

export const AUPAY_READY = {
  sellMethodSegment: '1',
  paymentStatus: 'N',
  orderStatus: '発送待ち',
  settlementName: 'クレジットカード決済',
  authorizationStatus: 'Y',
  pgResult: '0',
}

export const answerControl = createControlApi<AupaySettings, Control>(
  {
    settings: AupaySettings.partial(),
    faultKinds: OWN_FAULTS,
    operations: METHODS,
    orderNames: ['detail', ...ORDER_FIELDS, ...DETAIL_FIELDS],
    ready: AUPAY_READY,
  },
  {
    'GET orders': ({ store }) => ({ orders: store.all().map(summary) }),
    'GET orders/:number': ({ store }, _body, orderNumber) =>
      store.all().find((order) => order.orderNumber === orderNumber) ?? null,
    'PATCH orders/:number': ({ store }, body, orderNumber) =>
      summary(store.edit(orderNumber, Overrides.parse(body))),
    'POST orders/:number/cancel': ({ store }, _body, orderNumber) => summary(store.cancel(orderNumber)),
    'POST orders/:number/request-cancel': ({ store }, _body, orderNumber) =>
      summary(store.requestCancel(orderNumber)),
    'POST orders/:number/pay': ({ store }, _body, orderNumber) => summary(store.pay(orderNumber)),
    'POST keys': ({ keys }, body) => {
      const { shopCode } = z.object({ shopCode: z.string() }).parse(body)
      const { key } = keys.issue(shopCode)
      return { apiKey: key, keyExpiresOn: keys.expiresOn(shopCode) }
    },
    'GET calls/log': ({ calls }) => ({ calls: calls.list() }),
  },
)

const summary = (order: SimOrder) => ({
  orderNumber: order.orderNumber,
  shopCode: order.shopCode,
  orderStatus: fieldOf(order, 'orderStatus'),
  paymentStatus: fieldOf(order, 'paymentStatus'),
  shipStatus: fieldOf(order, 'shipStatus'),
  cancelStatus: fieldOf(order, 'cancelStatus'),
  visibleAt: new Date(order.visibleAt).toISOString(),
})
