import { describe, expect, test } from 'vitest'
import { rateOf } from '../screens/quota.tsx'
import { exportOf, filtersOf, mayBeNumber, withFilters } from './order-query.ts'

describe('the conditions in the address', () => {
  test('unknown ones and unknown values are left out', () => {
    expect(filtersOf('status=staged&changeState=odd&hold=maybe&x=1')).toEqual({ sort: 'newest' })
  })
  test('what waits to be taken over comes oldest first, unless somebody wants else', () => {
    expect(filtersOf('status=auto_imported')).toEqual({ status: 'auto_imported', sort: 'oldest' })
    expect(filtersOf('status=new&sort=newest').sort).toBe('newest')
    expect(filtersOf('status=ready_to_ship&sort=odd').sort).toBe('newest')
  })
  test('another column sorts where the service sorts by it', () => {
    expect(filtersOf('status=ready_to_ship&sort=-amount').sort).toBe('-amount')
    expect(filtersOf('status=ready_to_ship&sort=deadline').sort).toBe('shipBy')
    expect(filtersOf('sort=-amount').sort).toBe('newest')
    expect(filtersOf('name=%E5%B1%B1&sort=-amount').sort).toBe('-amount')
    const month = 'from=2026-01-01T00:00:00%2B09:00&to=2026-02-01T00:00:00%2B09:00'
    expect(filtersOf(`status=completed&${month}&sort=amount`).sort).toBe('amount')
  })
  test('one is changed, the others stay', () => {
    expect(withFilters('status=new&mark=gift', { mark: null, hold: 'true' })).toBe(
      '/orders?status=new&hold=true',
    )
  })
})

test.each([
  ['250-0766832-7000008', true],
  ['５６７８', true],
  ['123', false],
  ['a@b.jp', false],
  ['山田', false],
  ['ランプ2', false],
])('%s may be a number: %s', (text, is) => {
  expect(mayBeNumber(text)).toBe(is)
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

test('the file of a list has the conditions of that list, and zeros that Excel keeps', () => {
  const search = 'status=ready_to_ship&shopId=s&marketplace=rakuten&mark=gift&sort=shipBy'
  const { pathname, searchParams } = new URL(exportOf(filtersOf(search)), 'http://here')
  expect(pathname).toBe('/v1/orders/export')
  expect(Object.fromEntries(searchParams)).toEqual({ ...filtersOf(search), target: 'excel' })
})
