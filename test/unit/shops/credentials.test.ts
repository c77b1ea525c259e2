import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import {
  type Credentials,
  checkCredentials,
  mergeCredentials,
  toSetTimes,
} from '../../../src/shops/credentials/credentials.ts'
import { testMalls } from '../../support/malls/test-malls.ts'

const malls = testMalls()
const newPem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
const pem = newPem()

const STORED: Record<string, Credentials> = {
  amazon: {
    clientId: `amzn1.application-oa2-client.${'a'.repeat(32)}`,
    clientSecret: 'amzn1.oa2-cs.v1.old',
    refreshToken: 'Atzr|old-token-0000',
    consentedAt: '2026-01-01T00:00:00+09:00',
    secretIssuedAt: '2026-01-02T00:00:00+09:00',
    applicationId: 'amzn1.sp.solution.00000000-0000',
  },
  yahoo: {
    clientId: `dj0${'a'.repeat(40)}--`,
    clientSecret: 'b'.repeat(40),
    refreshToken: 'old-token',
    consentedAt: '2026-01-01T00:00:00+09:00',
    publicKey: pem,
    publicKeyVersion: '1',
  },
  aupay: {
    apiKey: 'a'.repeat(64),
    keyExpiresOn: '2026-03-31',
    keyIssuedOn: '2025-12-31',
  },
  rakuten: {
    serviceSecret: 'SP400001_abcdefgh',
    licenseKey: 'SL400001_ijklmnop',
  },
}

const of = (name: string) => ({
  mall: malls.get(name as MarketplaceName) as Marketplace,
  stored: STORED[name] as Credentials,
})

function entered(name: string, given: Credentials, stored: Credentials | null = of(name).stored) {
  const result = checkCredentials(of(name).mall, mergeCredentials(of(name).mall, stored, given))
  // As they are sealed: JSON leaves out what is undefined.
  return result.ok ? JSON.parse(JSON.stringify(result.value)) : result.fields.map(({ field }) => field)
}

const without = (name: string, ...fields: string[]) =>
  Object.fromEntries(Object.entries(of(name).stored).filter(([field]) => !fields.includes(field)))

describe('what is entered alone goes over what is stored', () => {
  test.each<[string, Credentials, string[]]>([
    ['amazon', { clientSecret: 'amzn1.oa2-cs.v1.new' }, ['secretIssuedAt']],
    ['amazon', { refreshToken: 'Atzr|new-token-0000' }, ['consentedAt']],
    ['amazon', { clientSecret: 'amzn1.oa2-cs.v1.new', secretIssuedAt: '2026-07-01T00:00:00+09:00' }, []],
    ['amazon', { secretIssuedAt: '2026-07-01T00:00:00+09:00' }, []],
    ['yahoo', { refreshToken: 'new-token' }, ['consentedAt']],
    ['yahoo', { publicKeyVersion: '2' }, []],
    ['aupay', { apiKey: 'b'.repeat(64) }, ['keyExpiresOn', 'keyIssuedOn']],
    ['aupay', { apiKey: 'b'.repeat(64), keyIssuedOn: '2026-04-01' }, ['keyExpiresOn']],
    ['rakuten', { licenseKey: 'SL400001_renewed' }, []],
  ])('%s: %j, and takes along what belongs to the old value: %j', (name, given, gone) => {
    expect(entered(name, given)).toEqual({ ...without(name, ...gone), ...given })
  })

  test('a new public key asks for its version', () => {
    const key = newPem()
    expect(entered('yahoo', { publicKey: key })).toEqual(['credentials.publicKeyVersion'])
    expect(entered('yahoo', { publicKey: key, publicKeyVersion: '2' })).toMatchObject({
      refreshToken: 'old-token',
      publicKey: key,
      publicKeyVersion: '2',
    })
  })

  test('a value that is the stored one again, with blanks of copying, leaves its date', () => {
    expect(entered('amazon', { clientSecret: ' amzn1.oa2-cs.v1.old\n' })).toEqual(of('amazon').stored)
    expect(entered('aupay', { apiKey: 'A'.repeat(64) })).toEqual(of('aupay').stored)
    expect(entered('yahoo', { publicKey: pem })).toEqual(of('yahoo').stored)
  })

  test('null takes an optional field away, and what belongs to it', () => {
    expect(entered('yahoo', { publicKey: null })).toEqual(without('yahoo', 'publicKey', 'publicKeyVersion'))
    for (const [name, mall] of malls) {
      for (const field of mall.credentialFields) {
        const outcome = entered(name, { [field.name]: null })
        if (field.required) expect(outcome).toContain(`credentials.${field.name}`)
        else if (field.name !== 'publicKeyVersion') expect(outcome).not.toHaveProperty(field.name)
      }
    }
  })
})

describe('what does not fit is refused, naming the field', () => {
  test.each<[string, Credentials, string]>([
    ['amazon', { clientSecret: 'Atzr|new-token-0000' }, 'clientSecret'],
    ['amazon', { refreshToken: 'amzn1.oa2-cs.v1.new' }, 'refreshToken'],
    ['amazon', { clientId: 'amzn1.oa2-cs.v1.new' }, 'clientId'],
    ['yahoo', { clientSecret: `dj0${'c'.repeat(40)}--` }, 'clientSecret'],
    ['yahoo', { clientSecret: 'Atzr|IwEBExample' }, 'clientSecret'],
    ['aupay', { apiKey: 'SL400001_ijklmnop' }, 'apiKey'],
    ['aupay', { keyIssuedOn: '2026-05-01' }, 'keyExpiresOn'],
    ['rakuten', { licenseKey: 'SP400001_renewed' }, 'licenseKey'],
    ['rakuten', { serviceSecret: 'SL400001_renewed' }, 'serviceSecret'],
    ['rakuten', { licenseKey: 'SP400001_abcdefgh' }, 'licenseKey'],
    ['rakuten', { licenceKey: 'x' }, 'licenceKey'],
  ])('%s: %j', (name, given, field) => {
    expect(entered(name, given)).toEqual([`credentials.${field}`])
  })

  test('the whole set is needed where nothing, or nothing readable, is stored', () => {
    for (const stored of [null, { serviceSecret: 'SP400001_abcdefgh' }]) {
      expect(entered('rakuten', { licenseKey: 'SL400001_renewed' }, stored)).toEqual([
        'credentials.serviceSecret',
      ])
      expect(entered('rakuten', of('rakuten').stored, stored)).toEqual(of('rakuten').stored)
    }
  })
})

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
