import type { Claim } from '../../sdks/main.ts'
import { answeredOf, type Exchange, queryOf, sentOf } from './exchange.ts'

/** SP-API by Amazon's own models, which others have made types of. */

const ORDERS = '@sp-api-sdk/orders-api-2026-01-01'
const OLD_ORDERS = '@sp-api-sdk/orders-api-v0'

/** What the models say each part of an exchange is. */
export function amazonClaims(exchange: Exchange): Claim[] {
  const { path, response } = exchange
  if (path === '/auth/o2/token') return []
  const answer = answeredOf(exchange)
  const answered = (type: string): Claim[] => {
    if (response.status < 300) return [{ module: ORDERS, type, value: JSON.parse(answer) }]
    const { errors, ...more } = JSON.parse(answer) as { errors: unknown[] }
    // `ErrorList` of these types says JavaScript's own Error, by a mistake of their generator.
    return [
      { module: ORDERS, type: 'ModelError[]', value: errors },
      { module: ORDERS, type: 'Pagination', value: more },
    ]
  }
  if (path === '/orders/2026-01-01/orders')
    return [
      { module: ORDERS, type: 'OrdersApiSearchOrdersRequest', value: searchOf(queryOf(exchange)) },
      ...answered('SearchOrdersResponse'),
    ]
  const [, orderId] = /^\/orders\/2026-01-01\/orders\/([^/]+)$/.exec(path) ?? []
  if (orderId !== undefined) {
    const { includedData = '' } = queryOf(exchange)
    const asked = { orderId, includedData: includedData.split(',') }
    return [
      { module: ORDERS, type: 'OrdersApiGetOrderRequest', value: asked },
      ...answered('GetOrderResponse'),
    ]
  }
  if (path.endsWith('/shipmentConfirmation')) {
    const asked: Claim = {
      module: OLD_ORDERS,
      type: 'ConfirmShipmentRequest',
      value: JSON.parse(sentOf(exchange)),
    }
    // 204 has no body.
    return response.status === 204 ? [asked] : [asked, ...answered('ModelError')]
  }
  return [{ module: ORDERS, type: `NoSuchOperation /* ${path} */`, value: null }]
}

const LISTS = new Set(['fulfillmentStatuses', 'marketplaceIds', 'fulfilledBy', 'includedData'])

/** Lists are one parameter with commas. */
const searchOf = (query: Record<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (LISTS.has(name)) return [name, value.split(',')]
      return [name, name === 'maxResultsPerPage' ? Number(value) : value]
    }),
  )
