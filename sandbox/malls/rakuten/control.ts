import { RAKUTEN_ORDER_NAMES } from '../../../src/marketplaces/rakuten/index.ts'
import { type Control as CommonControl, createControlApi } from '../../kit/control.ts'
import type { Faults } from '../../kit/faults.ts'
import { APPLICATIONS_FUNCTION, type ApplicationBook } from './applications.ts'
import { OWN_FAULTS } from './gateway.ts'
import { OPERATIONS } from './operations/index.ts'
import { EXPIRY_FUNCTION, type Settings, SettingsPatch } from './settings.ts'
import type { Store } from './store.ts'

export interface Control extends CommonControl<Settings> {
  faults: Faults
  store: Store
  applications: ApplicationBook
}

export const RAKUTEN_READY = {
  orderProgress: 300,
  SettlementModel: { settlementMethodCode: 1 },
  DueDateModelList: [],
}

export const answerControl = createControlApi<Settings, Control>(
  {
    settings: SettingsPatch,
    faultKinds: OWN_FAULTS,
    operations: [...Object.keys(OPERATIONS), EXPIRY_FUNCTION, APPLICATIONS_FUNCTION],
    orderNames: RAKUTEN_ORDER_NAMES,
    ready: RAKUTEN_READY,
  },
  {
    'GET orders': ({ store }) => ({
      orders: store.all().map(({ model, shopCode, visibleAt }) => ({
        orderNumber: model.orderNumber,
        shopCode,
        orderProgress: model.orderProgress,
        visibleAt: new Date(visibleAt).toISOString(),
      })),
    }),
    'GET applications': ({ applications }) => ({ applications: applications.all() }),
    'POST applications': ({ applications }, body) => applications.place(body),
    'GET orders/:number': ({ store }, _body, orderNumber) =>
      store.all().find(({ model }) => model.orderNumber === orderNumber)?.model ?? null,
    'PATCH orders/:number': ({ store }, body, orderNumber) => store.edit(orderNumber, body).model,
    'POST orders/:number/cancel': ({ store }, _body, orderNumber) => {
      store.cancel(orderNumber)
      return { orderNumber }
    },
  },
)
