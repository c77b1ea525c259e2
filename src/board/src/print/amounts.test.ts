import { expect, test } from 'vitest'
import type { OrderDetail } from '../api.ts'
import { sumsByRecipient, withShopRate } from './amounts.ts'

/** As Amazon's orders without taxes: 3,000 of goods, 500 of postage, 100 of points. */
const order = {
  recipients: [{ id: 'r1', shippingFee: 500, codFee: null }],
  items: [{ lineId: '1', recipientId: 'r1', subtotal: 3_000, deleted: false, taxRate: null }],
  taxSummary: [],
  points: { used: 100, granted: null },
  totals: { total: 3_500, billed: 3_400 },
} as unknown as OrderDetail

test('without a rate there are no sums; the shop’s own rate makes them, with the tax of what is billed and points', () => {
  expect(sumsByRecipient(order, order.recipients)).toBeNull()
  expect(withShopRate(order, null)).toBe(order)
  const rated = withShopRate(order, 8)
  expect(rated.items.map(({ taxRate }) => taxRate)).toEqual([8])
  expect(sumsByRecipient(rated, rated.recipients)?.get('r1')).toEqual({
    goods: 3_000,
    others: 500,
    rates: [{ rate: 8, amount: 3_500, tax: 259 }],
  })
})

test('a line with another rate, or sums of the mall, stay as they are', () => {
  const mixed = { ...order, items: order.items.map((item) => ({ ...item, taxRate: 10 })) }
  expect(withShopRate(mixed, 8)).toBe(mixed)
  const stated = withShopRate(order, 10)
  expect(withShopRate(stated, 8)).toBe(stated)
})
