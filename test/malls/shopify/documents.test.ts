import { parse, validate } from 'graphql'
import { expect, it } from 'vitest'
import { pointsOf, schema } from '../../../sandbox/malls/shopify/schema.ts'
import { API_VERSION } from '../../../src/marketplaces/shopify/facts.ts'
import { ORDERS_AT_ONCE, ordersByName, READS, WRITES } from '../../../src/marketplaces/shopify/graphql.ts'

/** Each document that is sent, against the official Admin schema of the version that is called. */

const documents = [...READS, ...Object.values(WRITES)]
const nameOf = (text: string) => /^(?:query|mutation) (\w+)/.exec(text)?.[1] ?? ''

it('is of the version that the schema is of', () => {
  expect(API_VERSION).toBe('2026-04')
})

it.each(documents.map(({ text }) => [nameOf(text), text]))('%s is valid', (_, text) => {
  expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([])
})

it('a field that the schema does not have is told, so that the test above can fail', () => {
  const wrong = READS[0]?.text.replace('displayFinancialStatus', 'financialStatus') ?? ''
  expect(validate(schema, parse(wrong)).map(({ message }) => message)).toEqual([
    expect.stringContaining('Cannot query field "financialStatus" on type "Order"'),
  ])
})

it.each(documents.map((one) => [nameOf(one.text), one] as const))(
  '%s costs no more than it says, and no query more than 1,000 points',
  (name, { text, points }) => {
    const first = name === 'ListOrders' ? 250 : ORDERS_AT_ONCE
    const cost = pointsOf(parse(text), { first })
    expect(cost).toBeGreaterThan(0)
    expect(cost).toBeLessThanOrEqual(Math.min(points, 1_000))
  },
)

it.each([1, 2, 3, 4, 5])('%i orders cost no more than is said of so many', (first) => {
  const { text, points } = ordersByName(first)
  expect(pointsOf(parse(text), { first })).toBeLessThanOrEqual(points)
})
