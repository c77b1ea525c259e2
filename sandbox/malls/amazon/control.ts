import { z } from 'zod'
import { AMAZON_ORDER_NAMES } from '../../../src/marketplaces/amazon/index.ts'
import { type Control as CommonControl, createControlApi } from '../../kit/control.ts'
import type { Faults } from '../../kit/faults.ts'
import { API_FAULTS, TOKEN_FAULTS } from './answers.ts'
import type { Consents } from './consents.ts'
import { REAL_QUOTAS, type Settings, SettingsPatch } from './settings.ts'
import type { Store } from './store.ts'

export interface Control extends CommonControl<Settings> {
  faults: Faults
  store: Store
  consents: Consents
}

const ShopBody = z.object({ shopCode: z.string() })

export const answerControl = createControlApi<Settings, Control>(
  {
    settings: SettingsPatch,
    faultKinds: [...API_FAULTS, ...TOKEN_FAULTS],
    operations: ['token', ...Object.keys(REAL_QUOTAS)],
    orderNames: AMAZON_ORDER_NAMES,
    ready: {},
  },
  {
    'GET orders': ({ store }) => ({
      orders: store.all().map(({ model, shopCode, visibleAt }) => ({
        orderNumber: model.orderId,
        shopCode,
        fulfillmentStatus: model.fulfillment.fulfillmentStatus,
        visibleAt: new Date(visibleAt).toISOString(),
      })),
    }),
    'GET orders/:number': ({ store }, _body, orderNumber) =>
      store.all().find(({ model }) => model.orderId === orderNumber)?.model ?? null,
    'PATCH orders/:number': ({ store }, body, orderNumber) => store.edit(orderNumber, body).model,
    'POST orders/:number/cancel': ({ store }, _body, orderNumber) => store.cancel(orderNumber).model,
    'POST orders/:number/request-cancel': ({ store }, _body, orderNumber) =>
      store.requestCancel(orderNumber).model,
    'POST orders/:number/pay': ({ store }, _body, orderNumber) => store.pay(orderNumber).model,
    'POST consents/revoke': ({ consents }, body) => {
      consents.revoke(ShopBody.parse(body).shopCode)
      return {}
    },
    'POST consents/renew': ({ consents }, body) => ({
      refreshToken: consents.renew(ShopBody.parse(body).shopCode),
    }),
    'POST consents/code': ({ consents }, body) => ({ code: consents.code(ShopBody.parse(body).shopCode) }),
    'POST consents/rotate-secret': ({ consents }, body) => ({
      clientSecret: consents.rotateSecret(ShopBody.parse(body).shopCode),
    }),
  },
)
