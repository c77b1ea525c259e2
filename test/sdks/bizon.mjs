import { AuthorizationScope, SellingPartnerApiAuth } from '@sp-api-sdk/auth'
import { NotificationsApiClient } from '@sp-api-sdk/notifications-api-v1'
import { OrdersApiClient } from '@sp-api-sdk/orders-api-2026-01-01'
import { OrdersApiClient as OldOrdersApiClient } from '@sp-api-sdk/orders-api-v0'
import { TokensApiClient } from '@sp-api-sdk/tokens-api-2021-03-01'
import { fault, tell } from './tell.mjs'

/**
 * What a programmer writes with @sp-api-sdk/*: its defaults, its user agent, its hosts. Ends with one line of
 * JSON.
 */

const MARKETPLACE = 'A1VC38T7YXB528'
const { clientId, clientSecret, refreshToken, orderNumber, createdAfter, shipDate } = JSON.parse(
  process.env.WISH,
)
const auth = new SellingPartnerApiAuth({ clientId, clientSecret, refreshToken })
const region = 'fe'
const orders = new OrdersApiClient({ auth, region })
const old = new OldOrdersApiClient({ auth, region })
const tokens = new TokensApiClient({ auth, region })

const data = async (call) => (await call).data

await tell({
  order: () =>
    data(orders.getOrder({ orderId: orderNumber, includedData: ['BUYER', 'RECIPIENT', 'FULFILLMENT'] })),
  pages: async () => {
    const numbers = []
    let paginationToken
    do {
      const page = await data(
        orders.searchOrders({
          createdAfter,
          marketplaceIds: [MARKETPLACE],
          fulfillmentStatuses: ['UNSHIPPED'],
          maxResultsPerPage: 2,
          ...(paginationToken ? { paginationToken } : {}),
        }),
      )
      numbers.push(...page.orders.map(({ orderId }) => orderId))
      paginationToken = page.pagination?.nextToken
    } while (paginationToken)
    return numbers
  },
  listed: async () =>
    (await data(old.getOrders({ marketplaceIds: [MARKETPLACE], createdAfter }))).payload.Orders.map(
      ({ AmazonOrderId }) => AmazonOrderId,
    ),
  oldOrder: async () => (await data(old.getOrder({ orderId: orderNumber }))).payload,
  items: async () => (await data(old.getOrderItems({ orderId: orderNumber }))).payload.OrderItems,
  addressWithoutRights: () => data(old.getOrderAddress({ orderId: orderNumber })),
  address: async () => {
    const path = `/orders/v0/orders/${orderNumber}/address`
    const { restrictedDataToken } = await data(
      tokens.createRestrictedDataToken({ body: { restrictedResources: [{ method: 'GET', path }] } }),
    )
    const opened = new OldOrdersApiClient({ auth, region, restrictedDataToken })
    return (await data(opened.getOrderAddress({ orderId: orderNumber }))).payload.ShippingAddress
  },
  destination: async () => {
    const grantless = new SellingPartnerApiAuth({
      clientId,
      clientSecret,
      scopes: [AuthorizationScope.NOTIFICATIONS],
    })
    const notifications = new NotificationsApiClient({ auth: grantless, region })
    const resourceSpecification = { sqs: { arn: 'arn:aws:sqs:us-west-2:000000000000:orders' } }
    return (await data(notifications.createDestination({ body: { name: 'orders', resourceSpecification } })))
      .payload
  },
  shipped: async () => {
    const { orderItems } = (await data(orders.getOrder({ orderId: orderNumber }))).order
    const lines = orderItems.map(({ orderItemId, quantityOrdered }) => ({
      orderItemId,
      quantity: quantityOrdered,
    }))
    const answer = await old.confirmShipment({
      orderId: orderNumber,
      payload: {
        marketplaceId: MARKETPLACE,
        packageDetail: {
          packageReferenceId: '1',
          carrierCode: 'YAMATO',
          trackingNumber: '400000000000',
          shipDate,
          orderItems: lines,
        },
      },
    })
    return answer.status
  },
  unknown: () => data(orders.getOrder({ orderId: '250-0000000-0000000' })),
  unauthorised: () =>
    data(
      new OrdersApiClient({
        auth: new SellingPartnerApiAuth({ clientId, clientSecret, refreshToken: 'Atzr|wrong' }),
        region,
      }).getOrder({ orderId: orderNumber }),
    ),
  throttled: async () => {
    await fault({ kind: '429', operation: 'getOrder' })
    return data(orders.getOrder({ orderId: orderNumber }))
  },
})
