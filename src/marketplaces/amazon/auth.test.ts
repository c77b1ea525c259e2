import { describe, expect, it } from 'vitest'
import { credentialFields, credentials, shopCode } from './auth.ts'

const GOOD = {
  clientId: 'amzn1.application-oa2-client.0123456789abcdef0123456789abcdef',
  clientSecret: `amzn1.oa2-cs.v1.${'0123456789abcdef'.repeat(4)}`,
  refreshToken: 'Atzr|IwEBIExampleRefreshTokenValue_-',
}
const OLD_SECRET = '0123456789abcdef'.repeat(4)

function issues(patch: Record<string, unknown>) {
  const result = credentials.safeParse({ ...GOOD, ...patch })
  if (result.success) return []
  return result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
}

describe('credentials', () => {
  it.each([' ', '　', '\n', '\u00a0', '\u200b', '\ufeff'])('are freed of pasted blanks (%j)', (blank) => {
    const pasted = Object.fromEntries(
      Object.entries(GOOD).map(([name, value]) => [
        name,
        `${blank}${value.slice(0, 9)}${blank}${value.slice(9)}${blank}`,
      ]),
    )
    expect(credentials.parse(pasted)).toEqual(GOOD)
  })

  it('are narrowed from full width, the bar too', () => {
    const wide = (text: string) =>
      text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
    expect(credentials.parse({ ...GOOD, refreshToken: wide(GOOD.refreshToken) })).toEqual(GOOD)
  })

  it('are put right when each says where it belongs', () => {
    const { clientId, clientSecret, refreshToken } = GOOD
    expect(credentials.parse({ ...GOOD, clientId: clientSecret, clientSecret: clientId })).toEqual(GOOD)
    expect(
      credentials.parse({ clientId: refreshToken, clientSecret: clientId, refreshToken: clientSecret }),
    ).toEqual(GOOD)
    expect(credentials.parse({ ...GOOD, clientId: OLD_SECRET, clientSecret: clientId })).toEqual({
      ...GOOD,
      clientSecret: OLD_SECRET,
    })
  })

  it('may have a secret of the old form', () => {
    expect(issues({ clientSecret: OLD_SECRET })).toEqual([])
  })

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['empty', { clientId: '' }, 'clientId', /入力してください/],
    ['missing', { refreshToken: undefined }, 'refreshToken', /入力してください/],
    ['a number', { clientSecret: 5 }, 'clientSecret', /入力してください/],
    ['the same field’s twice', { clientSecret: GOOD.clientId }, 'clientSecret', /クライアントIDが入力/],
    ['an access token', { refreshToken: 'Atza|IwEBIExampleAccessToken' }, 'refreshToken', /アクセストークン/],
    ['an AWS key', { clientId: 'AKIAIOSFODNN7EXAMPLE' }, 'clientId', /AWS/],
    ['Rakuten’s key', { clientSecret: 'SP123456_AbCdEf' }, 'clientSecret', /amzn1\.oa2-cs/],
    ['Japanese', { refreshToken: 'Atzr|トークン' }, 'refreshToken', /使えない文字/],
    ['endless', { refreshToken: `Atzr|${'x'.repeat(3000)}` }, 'refreshToken', /長すぎ/],
    ['a day that is none', { consentedAt: '去年' }, 'consentedAt', /認可日時/],
    ['an application id that is none', { applicationId: 'x' }, 'applicationId', /アプリID/],
  ])('are refused when they are %s, naming the field', (_name, patch, field, words) => {
    expect(issues(patch)).toContainEqual({ field, message: expect.stringMatching(words) })
  })

  it('read days and times of Japan', () => {
    const parse = (consentedAt: string) => credentials.parse({ ...GOOD, consentedAt }).consentedAt
    expect(parse('2026/07/01')).toBe('2026-07-01T00:00:00+09:00')
    expect(parse('2026-07-01T00:00:00Z')).toBe('2026-07-01T09:00:00+09:00')
    expect(credentials.parse({ ...GOOD, consentedAt: ' ' })).toEqual(GOOD)
  })

  it('are all described', () => {
    expect(credentialFields.map((field) => field.name)).toEqual(
      expect.arrayContaining([...Object.keys(GOOD), 'consentedAt', 'secretIssuedAt', 'applicationId']),
    )
  })
})

describe('seller ids', () => {
  it.each([
    ['AEXAMPLESELLER', 'AEXAMPLESELLER'],
    [' ａ1b2c3d4e5f6g7 ', 'A1B2C3D4E5F6G7'],
  ])('%j is %s', (given, code) => {
    expect(shopCode.parse(given)).toBe(code)
  })

  it.each(['', '123456', 'BEXAMPLESELLER', 'A123', 'A1VC38T7YXB528-x'])('%j is none', (given) => {
    expect(shopCode.safeParse(given).success).toBe(false)
  })
})
