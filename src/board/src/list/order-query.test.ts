import { describe, expect, test } from 'vitest'
import { rateOf } from '../screens/quota.tsx'
import { filtersOf, withFilters } from './order-query.ts'
import { guessKind } from './search-box.tsx'

describe('the conditions in the address', () => {
  test('unknown ones and unknown values are left out', () => {
    expect(filtersOf('status=staged&changeState=odd&hold=maybe&x=1')).toEqual({ sort: 'newest' })
  })
  test('what waits to be taken over comes oldest first, unless somebody wants else', () => {
    expect(filtersOf('status=auto_imported')).toEqual({ status: 'auto_imported', sort: 'oldest' })
    expect(filtersOf('status=new&sort=newest').sort).toBe('newest')
    expect(filtersOf('status=ready_to_ship&sort=odd').sort).toBe('newest')
  })
  test('one is changed, the others stay', () => {
    expect(withFilters('status=new&mark=gift', { mark: null, hold: 'true' })).toBe(
      '/orders?status=new&hold=true',
    )
  })
})

test.each([
  ['250-0766832-7000008', 'number'],
  ['０９０-1234-5678', 'phone'],
  ['5678', 'numberEnd'],
  ['a@b.jp', 'email'],
  ['山田', 'buyer'],
])('%s is looked for as %s', (text, kind) => {
  expect(guessKind(text)).toBe(kind)
})

describe('the pace of a shop', () => {
  const at = (minute: number, waiting: number) => ({ at: minute * 60_000, waiting })
  test('is what went down over the time, whatever came in between', () => {
    expect(rateOf([at(0, 100), at(1, 80), at(2, 90), at(4, 70)])).toBe(10)
  })
  test('is unknown until something went down', () => {
    expect(rateOf([at(0, 5), at(1, 5), at(2, 9)])).toBeNull()
    expect(rateOf([at(0, 5)])).toBeNull()
  })
})
