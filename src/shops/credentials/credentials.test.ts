import { expect, test } from 'vitest'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import { createRakuten } from '../../marketplaces/rakuten/index.ts'
import { checkCredentials, toSetTimes } from './credentials.ts'

const rakuten = createRakuten({ apiUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 }) as Marketplace

test('pasted blanks are gone before the values are stored', () => {
  const given = { serviceSecret: ' SP1_a\n', licenseKey: '　SL1_b' }
  expect(checkCredentials(rakuten, given)).toEqual({
    ok: true,
    value: { serviceSecret: 'SP1_a', licenseKey: 'SL1_b' },
  })
})

test.each([null, undefined, 7, [], 'SP1'])('%j is no set of credentials', (given) => {
  const result = checkCredentials(rakuten, given)
  expect(result.ok).toBe(false)
})

test('a value that did not change keeps its time, a new one gets the present', () => {
  const before = { values: { a: '1', b: '2' }, setAt: { a: 'then', b: 'then' } }
  expect(toSetTimes({ a: '1', b: '3', c: '4', d: undefined }, before, 'now')).toEqual({
    a: 'then',
    b: 'now',
    c: 'now',
  })
  expect(toSetTimes({ a: '1' }, null, 'now')).toEqual({ a: 'now' })
})
