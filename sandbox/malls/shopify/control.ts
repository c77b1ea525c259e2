import { z } from 'zod'
import { type Control as CommonControl, createControlApi } from '../../kit/control.ts'
import { schema } from './schema.ts'
import type { SimOrder, Store } from './store.ts'

/** Settings that a test or the control API may change at run time. */
export const ShopifySettings = z.object({
  scopes: z.array(z.string()).readonly(),
  /** Of each shop's bucket. */
  points: z.object({ most: z.number().positive(), restore: z.number().positive() }),
  /** For so long the job of a cancellation runs. */
  cancelMs: z.number().nonnegative(),
  currencyCode: z.string().length(3),
})
export type ShopifySettings = z.infer<typeof ShopifySettings>

interface Control extends CommonControl<ShopifySettings> {
  store: Store
  /** Where each shop's webhooks go. */
  hooks: Map<string, string>
}

export const SHOPIFY_READY = { displayFinancialStatus: 'PAID' }

/** Names of the schema, and those under which the simulator keeps what the schema pages. */
const ORDER_NAMES = [
  ...Object.values(schema.getTypeMap()).flatMap((type) =>
    'getFields' in type ? Object.keys(type.getFields()) : [],
  ),
  ...['parts', 'location', 'lineId', 'total', 'remaining', 'orderNumber', 'lines'],
]
const OPERATIONS = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
  Object.keys(type?.getFields() ?? {}),
)

export const answerControl = createControlApi<ShopifySettings, Control>(
  {
    settings: ShopifySettings.partial(),
    faultKinds: ['key-refused'],
    operations: ['access_token', ...OPERATIONS],
    orderNames: ORDER_NAMES,
    ready: SHOPIFY_READY,
  },
  {
    'GET orders': ({ store }) => ({ orders: store.all().map(summary) }),
    'GET orders/:number': ({ store }, _body, number) =>
      store.all().find(({ orderNumber }) => orderNumber === number) ?? null,
    'PATCH orders/:number': ({ store }, body, number) =>
      summary(store.edit(number, z.record(z.string(), z.unknown()).parse(body))),
    'POST orders/:number/cancel': ({ store }, _body, number) => {
      store.cancel(number)
      return summary(store.existing(number))
    },
    'PUT webhooks': ({ hooks }, body) => {
      const { shopCode, url } = z.strictObject({ shopCode: z.string(), url: z.url() }).parse(body)
      hooks.set(shopCode, url)
      return Object.fromEntries(hooks)
    },
  },
)

const summary = ({ orderNumber, shopCode, displayFinancialStatus, cancelledAt, fulfillments }: SimOrder) => ({
  orderNumber,
  shopCode,
  displayFinancialStatus,
  cancelledAt,
  fulfillments: fulfillments.length,
})
