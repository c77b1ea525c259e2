import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ORDER_INFO_NAMES, ORDER_LIST_NAMES } from '../../../sandbox/malls/yahoo/official-names.ts'
import { groupOf } from '../../../sandbox/malls/yahoo/sim-order.ts'
import { type TestClient, testClient } from '../../../sandbox/malls/yahoo/test-client.ts'
import { ALL_FIELDS } from '../../../src/marketplaces/yahoo/wire.ts'

/** Adapter and simulator against the lists of Yahoo!'s pages: a name beyond them costs the whole call. */

let client: TestClient
let orderId: string

beforeEach(async () => {
  client = await testClient()
  orderId = client.mall.place().orderNumber
})
afterEach(() => client.mall.close())

const list = (field: string, condition: Record<string, string> = {}) =>
  client.call('orderList', {
    Search: { Condition: { OrderId: orderId, ReadOnlyMode: '2', ...condition }, Field: field },
  })
const info = (field: string) => client.call('orderInfo', { Target: { OrderId: orderId, Field: field } })

describe('the official names', () => {
  it('are 124 of orderList and 304 of orderInfo', () => {
    expect([ORDER_LIST_NAMES.size, ORDER_INFO_NAMES.size]).toEqual([124, 304])
  })

  it('are all that the adapter asks orderInfo for', () => {
    expect(ALL_FIELDS.toSorted()).toEqual([...ORDER_INFO_NAMES].toSorted())
    expect([...ORDER_INFO_NAMES].filter((name) => groupOf(name) === null)).toEqual([])
  })

  it('are taken together by the simulator', async () => {
    expect((await list([...ORDER_LIST_NAMES].join(','))).status).toBe(200)
    expect((await info([...ORDER_INFO_NAMES].join(','))).status).toBe(200)
  })

  it.each([
    'ItemId',
    'Title',
    'Notes',
    'SubCode',
    'ChildOrderId',
    'BuyerComments',
    'ShipZipCode',
    'CardBrand',
  ])('%s of orderInfo is refused in the list', async (name) => {
    const answer = await list(`OrderId,${name}`)
    expect([answer.status, answer.message]).toEqual([400, `Request Parameter Error : ${name}`])
  })

  it.each(['TaxRatio', 'UsePointFixDate', 'IsUsePointFix', 'RefundTotalPrice'])(
    '%s is refused by orderInfo',
    async (name) => {
      expect((await info(`OrderId,${name}`)).status).toBe(400)
    },
  )

  it.each([
    'SellerId',
    'EazyDeliveryCode',
    'EazyDeliveryName',
    'GetStoreBonusFixDate',
    'YahooAuctionBundleType',
    ...['IsGetStoreBonusFixAll', 'IsYahooAuctionDeferred', 'YahooAuctionCategoryType', 'YahooAuctionBidType'],
  ])('%s is a condition', async (name) => {
    expect((await list('OrderId', { [name]: '1' })).status).toBe(200)
  })
})
