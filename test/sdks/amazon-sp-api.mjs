import { SellingPartner } from 'amazon-sp-api'
import { fault, tell } from './tell.mjs'

/**
 * What a programmer writes with amazon-sp-api: its defaults, its user agent, its hosts. Ends with one line of
 * JSON.
 */

const MARKETPLACE = 'A1VC38T7YXB528'
const { clientId, clientSecret, refreshToken, orderNumber, createdAfter, shipDate } = JSON.parse(
  process.env.WISH,
)
const client = (refresh_token) =>
  new SellingPartner({
    region: 'fe',
    refresh_token,
    credentials: { SELLING_PARTNER_APP_CLIENT_ID: clientId, SELLING_PARTNER_APP_CLIENT_SECRET: clientSecret },
    options: { auto_request_throttled: false },
  })
const mine = client(refreshToken)
const orders = (operation, more = {}) => mine.callAPI({ operation, endpoint: 'orders', ...more })
const path = { orderId: orderNumber }
const now = { options: { version: '2026-01-01' } }

await tell({
  order: () =>
    orders('getOrder', { path, ...now, query: { includedData: ['BUYER', 'RECIPIENT', 'FULFILLMENT'] } }),
  pages: async () => {
    const numbers = []
    let paginationToken
    do {
      const page = await orders('searchOrders', {
        ...now,
        query: {
          createdAfter,
          marketplaceIds: [MARKETPLACE],
          fulfillmentStatuses: ['UNSHIPPED'],
          maxResultsPerPage: 2,
          ...(paginationToken ? { paginationToken } : {}),
        },
      })
      numbers.push(...page.orders.map(({ orderId }) => orderId))
      paginationToken = page.pagination?.nextToken
    } while (paginationToken)
    return numbers
  },
  listed: async () =>
    (
      await orders('getOrders', { query: { MarketplaceIds: [MARKETPLACE], CreatedAfter: createdAfter } })
    ).Orders.map(({ AmazonOrderId }) => AmazonOrderId),
  oldOrder: () => orders('getOrder', { path }),
  items: async () => (await orders('getOrderItems', { path })).OrderItems,
  addressWithoutRights: () => orders('getOrderAddress', { path }),
  address: async () => {
    const { restrictedDataToken } = await mine.callAPI({
      operation: 'createRestrictedDataToken',
      endpoint: 'tokens',
      body: { restrictedResources: [{ method: 'GET', path: `/orders/v0/orders/${orderNumber}/address` }] },
    })
    return (await orders('getOrderAddress', { path, restricted_data_token: restrictedDataToken }))
      .ShippingAddress
  },
  destination: () =>
    mine.callAPI({
      operation: 'createDestination',
      endpoint: 'notifications',
      body: {
        name: 'orders',
        resourceSpecification: { sqs: { arn: 'arn:aws:sqs:us-west-2:000000000000:orders' } },
      },
    }),
  shipped: async () => {
    const { order } = await orders('getOrder', { path, ...now })
    const lines = order.orderItems.map(({ orderItemId, quantityOrdered }) => ({
      orderItemId,
      quantity: quantityOrdered,
    }))
    const answer = await orders('confirmShipment', {
      path,
      body: {
        marketplaceId: MARKETPLACE,
        packageDetail: {
          packageReferenceId: '1',
          carrierCode: 'YAMATO',
          trackingNumber: '400000000000',
          shipDate,
          orderItems: lines,
        },
      },
      options: { raw_result: true },
    })
    return answer.statusCode
  },
  unknown: () => orders('getOrder', { path: { orderId: '250-0000000-0000000' }, ...now }),
  unauthorised: () =>
    client('Atzr|wrong').callAPI({ operation: 'getOrder', endpoint: 'orders', path, ...now }),
  throttled: async () => {
    await fault({ kind: '429', operation: 'getOrder' })
    return orders('getOrder', { path, ...now })
  },
})
