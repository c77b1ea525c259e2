import { expect, test } from 'vitest'
import { checkPostcode } from '../../src/marks/of-order.ts'
import { PLACES } from './amazon/generate.ts'
import { READY_TO_SHIP, SIMULATED_MALLS, sandboxShops, startMalls } from './index.ts'
import { PLACES as RAKUTEN } from './rakuten/pools.ts'
import { ADDRESSES } from './yahoo/pools.ts'

test('many shops of a mall have codes, keys and order numbers of their own', async () => {
  const malls = await startMalls(() => ({ port: 0, shops: 8, seed: 1, requestsPerSecond: 1_000 }))
  try {
    for (const mall of SIMULATED_MALLS) {
      const codes = sandboxShops(mall, 8).map(({ code }) => code)
      const keys = codes.map((code) => JSON.stringify(malls[mall].credentialsFor(code)))
      const numbers = codes.flatMap((shopCode) =>
        [1, 2].map(() => malls[mall].place({ shopCode }).orderNumber),
      )
      for (const list of [codes, keys, numbers]) expect(new Set(list).size, mall).toBe(list.length)
    }
  } finally {
    await Promise.all(Object.values(malls).map((mall) => mall.close()))
  }
})

test('an override that no order of the mall has is refused with the names that it may be', async () => {
  const malls = await startMalls(() => ({ port: 0, seed: 1, requestsPerSecond: 1_000 }))
  try {
    for (const mall of SIMULATED_MALLS) {
      const call = async (method: string, path: string, body: unknown) => {
        const answer = await fetch(`${malls[mall].url}/_control/${path}`, {
          method,
          body: JSON.stringify(body),
        })
        return {
          status: answer.status,
          message: String(((await answer.json()) as { message?: string }).message),
        }
      }
      const place = (overrides: unknown) => call('POST', 'orders', { overrides })
      const wrong = await place({ inventedName: 1 })
      expect([wrong.status, wrong.message], mall).toEqual([422, expect.stringContaining('inventedName')])
      expect(wrong.message).toMatch(/Allowed: \w+, \w+/)
      expect((await place({ ...READY_TO_SHIP[mall], constructor: 1 })).status, mall).toBe(422)
      expect((await place(READY_TO_SHIP[mall])).status, mall).toBe(200)

      const { orderNumber } = malls[mall].place()
      const edit = (patch: unknown) => call('PATCH', `orders/${orderNumber}`, patch)
      const nested = await edit({ ...READY_TO_SHIP[mall], inner: [{ inventedName: 1 }] })
      expect([nested.status, nested.message], mall).toEqual([
        422,
        expect.stringMatching(/Unknown.*Allowed: \w+, /),
      ])
      for (const nothing of [null, [], 'x']) expect((await edit(nothing)).status, mall).toBe(422)
      expect((await edit(READY_TO_SHIP[mall])).status, mall).toBe(200)
    }
  } finally {
    await Promise.all(Object.values(malls).map((mall) => mall.close()))
  }
})

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
