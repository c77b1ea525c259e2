import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AmazonSimulator, NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { AMAZON_ORDER_NAMES } from '../../../src/marketplaces/amazon/index.ts'
import { installed, runClient } from '../../sdks/main.ts'

/**
 * Strangers' clients against the sandbox, unchanged. Left out, and told so, where `npm ci` was not run in
 * test/sdks; CI runs it.
 */

const SHOP = 'AEXAMPLESELLER'

let mall: AmazonSimulator
beforeEach(async () => {
  mall = await startAmazonSimulator({
    seed: 5,
    quotas: NO_QUOTAS,
    shops: [{ code: SHOP, name: '見本ストア' }],
  })
  mall.clock.hold()
})
afterEach(() => mall.close())

describe.skipIf(!installed()).each(['bizon', 'amazon-sp-api'] as const)(
  '%s [npm ci in test/sdks]',
  (client) => {
    it('reads, lists, opens personal data, subscribes and ships', { timeout: 120_000 }, async () => {
      const createdAfter = new Date(mall.clock.now() - 60_000).toISOString()
      const placed = Array.from({ length: 5 }, () => mall.place({ shopCode: SHOP }))
      const numbers = placed.map(({ orderNumber }) => orderNumber).toSorted()
      const [first] = placed
      if (!first) throw new Error('nothing was placed')
      mall.clock.advance(10 * 60_000)
      const told = await runClient(client, mall.url, {
        ...mall.credentialsFor(SHOP),
        orderNumber: first.orderNumber,
        createdAfter,
        shipDate: new Date(mall.clock.now()).toISOString(),
      })
      expect(told).toMatchObject({
        order: {
          value: { order: { orderId: first.orderNumber, buyer: { buyerName: first.buyerName } } },
        },
        oldOrder: { value: { AmazonOrderId: first.orderNumber, OrderStatus: 'Unshipped' } },
        addressWithoutRights: { code: 'Unauthorized' },
        address: { value: { Name: first.recipientName } },
        destination: { value: { name: 'orders', destinationId: expect.any(String) } },
        shipped: { value: 204 },
        unknown: { code: 'NotFound' },
        unauthorised: { code: 'invalid_grant' },
        throttled: { code: 'QuotaExceeded' },
      })
      for (const list of [told.pages, told.listed])
        expect((list?.value as string[] | undefined)?.toSorted()).toEqual(numbers)
      expect(told.items?.value).toHaveLength(first.items.length)
      expect(mall.writes?.(first.orderNumber)).toHaveLength(1)
    })
  },
)

describe.skipIf(!installed())('the fields of the model [npm ci in test/sdks]', () => {
  it('are known to a rehearsal, which reports all others', () => {
    const types = new URL(`../../sdks/node_modules/${MODEL}/dist/index.d.ts`, import.meta.url)
    const named = [...readFileSync(types, 'utf8').matchAll(/^ {2}'(\w+)'\??:/gm)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(200)
    const aside = new Set([...OF_ANSWERS, ...OF_BRAZIL])
    expect([...new Set(named)].filter((name) => !AMAZON_ORDER_NAMES.has(name) && !aside.has(name))).toEqual(
      [],
    )
  })
})

const MODEL = '@sp-api-sdk/orders-api-2026-01-01'
const OF_ANSWERS = [
  'order',
  'orders',
  'pagination',
  'nextToken',
  'createdBefore',
  'lastUpdatedBefore',
].concat(['errors', 'code', 'message', 'details'])
/** Within fields whose content nobody reads. */
const OF_BRAZIL = ['streetName', 'streetNumber', 'complement', 'neighborhood', 'key']
