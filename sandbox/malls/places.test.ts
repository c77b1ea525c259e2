import { expect, test } from 'vitest'
import { checkPostcode } from '../../src/marks/of-order.ts'
import { PLACES } from './amazon/pools.ts'
import { PLACES as RAKUTEN } from './rakuten/people.ts'
import { ADDRESSES } from './yahoo/pools.ts'

const person = (postalCode: string, prefecture: string, rest: string) => ({
  fullName: null,
  familyName: null,
  givenName: null,
  fullNameKana: null,
  familyNameKana: null,
  givenNameKana: null,
  postalCode,
  prefecture,
  city: rest,
  address1: null,
  address2: null,
  phone: null,
  email: null,
  country: null,
  company: null,
  emergencyPhone: null,
})

// A list in which every order bears a mark teaches staff to overlook it.
test.each([
  ...ADDRESSES.map(({ zip, prefecture, city }) => [zip, prefecture, city]),
  ...RAKUTEN.map(([zip1, zip2, prefecture, city]) => [zip1 + zip2, prefecture, city]),
  ...PLACES.map(({ postalCode, prefecture, line1 }) => [postalCode, prefecture, line1]),
] as [string, string, string][])('%s fits %s %s', (zip, prefecture, rest) => {
  expect(checkPostcode(person(zip, prefecture, rest))).toBe('fits')
})
