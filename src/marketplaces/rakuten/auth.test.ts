import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { credentialFields, credentials, shopCode } from './auth.ts'
import { createRakuten } from './index.ts'

const GOOD = { serviceSecret: 'SP123456_AbCdEf', licenseKey: 'SL123456_GhIjKl' }

function issues(value: unknown): { field: string; message: string }[] {
  const result = credentials.safeParse(value)
  if (result.success) return []
  return result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
}

describe('credentials', () => {
  it.each([' ', '　', '\n', '\t', '\u00a0', '\ufeff', '\u200b', ' 　\r\n'])(
    'trims pasted blanks (%j)',
    (blank) => {
      const pasted = {
        serviceSecret: `${blank}${GOOD.serviceSecret}${blank}`,
        licenseKey: `${blank}${GOOD.licenseKey}`,
      }
      expect(credentials.parse(pasted)).toEqual(GOOD)
    },
  )

  it('narrows full-width keys', () => {
    const wide = (text: string) =>
      text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))
    const pasted = { serviceSecret: wide(GOOD.serviceSecret), licenseKey: `　${wide(GOOD.licenseKey)}` }
    expect(credentials.parse(pasted)).toEqual(GOOD)
  })

  it('takes any printable keys: they are opaque', () => {
    const key = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-+/=.~!'), minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(key, key, (serviceSecret, licenseKey) => {
        fc.pre(serviceSecret !== licenseKey)
        expect(credentials.parse({ serviceSecret, licenseKey })).toEqual({ serviceSecret, licenseKey })
      }),
    )
  })

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['empty', { serviceSecret: '' }, 'serviceSecret', /入力してください/],
    ['blank', { licenseKey: '　 ' }, 'licenseKey', /入力してください/],
    ['missing', { licenseKey: undefined }, 'licenseKey', /入力/],
    ['a number', { licenseKey: 5 }, 'licenseKey', /文字列/],
    ['Japanese', { licenseKey: 'ライセンスキー' }, 'licenseKey', /全角/],
    ['with a blank inside', { serviceSecret: 'SP1 23' }, 'serviceSecret', /空白/],
    ['with a line break inside', { serviceSecret: 'SP1\n23' }, 'serviceSecret', /改行/],
    ['both in one', { serviceSecret: `${GOOD.serviceSecret}:${GOOD.licenseKey}` }, 'serviceSecret', /コロン/],
    ['the header', { licenseKey: 'ESA U1AxOlNMMQ==' }, 'licenseKey', /ヘッダー/],
    ['endless', { licenseKey: 'x'.repeat(201) }, 'licenseKey', /長すぎ/],
    ['swapped', { serviceSecret: GOOD.licenseKey, licenseKey: GOOD.serviceSecret }, 'licenseKey', /逆/],
    ['a secret for a key', { licenseKey: 'SP123456_Another' }, 'licenseKey', /serviceSecretが入力/],
    ['a key for a secret', { serviceSecret: 'SL123456_Another' }, 'serviceSecret', /licenseKeyが入力/],
    ['the same twice', { licenseKey: GOOD.serviceSecret }, 'licenseKey', /同じ値/],
  ])('refuses keys that are %s, naming the field', (_name, patch, field, words) => {
    const [issue] = issues({ ...GOOD, ...patch })
    expect(issue?.field).toBe(field)
    expect(issue?.message).toMatch(words)
    expect(issue?.message).not.toContain('AbCdEf')
  })

  it('refuses what is no pair at all', () => {
    for (const value of [null, 'SP1:SL1', []]) expect(credentials.safeParse(value).success).toBe(false)
  })

  it('describes exactly the fields that are parsed', () => {
    expect(credentialFields.map((field) => field.name)).toEqual(Object.keys(GOOD))
  })
})

describe('shop code', () => {
  it.each(['123456', ' 123456 ', '１２３４５６', '　123456'])('takes %j', (code) => {
    expect(shopCode.parse(code)).toBe('123456')
  })

  it.each(['', '12345', '1234567', 'abcdef', 'shop-url'])('refuses %j', (code) => {
    expect(shopCode.safeParse(code).error?.issues[0]?.message).toContain('6桁')
  })
})

describe('ownsOrderNumber', () => {
  const { ownsOrderNumber } = createRakuten({ apiUrl: 'http://x', requestsPerSecond: 1 })

  it('compares the shop id in front of any number in the mall’s form', () => {
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length })
    const tail = fc.integer({ min: 8, max: 10 }).chain(digits)
    fc.assert(
      fc.property(digits(6), digits(6), digits(8), tail, (shop, other, day, end) => {
        expect(ownsOrderNumber(shop, `${shop}-${day}-${end}`)).toBe(true)
        expect(ownsOrderNumber(other, `${shop}-${day}-${end}`)).toBe(other === shop)
        for (const suffix of ['-r', '-sg', '-1'])
          expect(ownsOrderNumber(shop, `${shop}-${day}-${end}${suffix}`)).toBe(false)
      }),
    )
  })
})
