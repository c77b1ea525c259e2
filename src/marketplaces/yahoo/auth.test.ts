import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { yahooCredentialFields, yahooCredentials, yahooShopCode } from './auth.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const body = pem.replace(/-----.*-----/g, '').trim()
const clientId = `dj00aiZpPXh4eHh4eHh4eHh4eCZzPWNvbnN1bWVyc2VjcmV0Jng9ZTU-`
const valid = {
  clientId,
  clientSecret: 'a'.repeat(40),
  refreshToken: 'refresh.token-1',
  publicKey: pem,
  publicKeyVersion: '1',
}

const issuesOf = (given: unknown) => {
  const result = yahooCredentials.safeParse(given)
  return result.success
    ? []
    : result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
}

describe('credentials', () => {
  it('takes what is right and cleans what was pasted', () => {
    const given = {
      ...valid,
      clientId: ` ${clientId}\n`,
      clientSecret: `\u3000${'ａ'.repeat(40)}`,
      refreshToken: 'refresh.\ntoken-1',
    }
    expect(yahooCredentials.parse(given)).toEqual({ ...valid, publicKey: pem })
  })

  it('works without a key and without a date of consent, empty or absent', () => {
    const { publicKey: _, publicKeyVersion: __, ...bare } = valid
    expect(yahooCredentials.parse(bare)).toEqual(bare)
    expect(
      yahooCredentials.parse({ ...bare, publicKey: ' ', publicKeyVersion: null, consentedAt: '' }),
    ).toEqual(bare)
  })

  it.each([
    ['as it is', pem],
    ['without BEGIN and END', body],
    ['on one line', body.replace(/\n/g, '')],
    ['with CRLF', pem.replace(/\n/g, '\r\n')],
    ['with blanks between the lines', pem.replace(/\n/g, ' \n\n ')],
    ['with full-width blanks', pem.replace(/\n/g, '\u3000\n')],
    ['with line ends as letters', pem.replace(/\n/g, '\\n')],
    [
      'with full-width letters',
      pem.replace(/[A-Za-z0-9+/=-]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    ],
    ['with a broken BEGIN line', pem.replace('-----BEGIN PUBLIC KEY-----', '---BEGIN PUBLIC KEY-')],
  ])('mends a public key %s', (_, publicKey) => {
    expect(yahooCredentials.parse({ ...valid, publicKey }).publicKey).toBe(pem)
  })

  const privatePem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['no client id', { clientId: undefined }, 'clientId', /Client ID/],
    ['a blank secret', { clientSecret: '\u3000' }, 'clientSecret', /シークレット/],
    ['a number as token', { refreshToken: 5 }, 'refreshToken', /リフレッシュトークン/],
    ['Japanese in a token', { refreshToken: 'トークン' }, 'refreshToken', /半角/],
    ['half a key', { publicKey: pem.slice(0, 200) }, 'publicKey', /公開鍵/],
    ['a private key', { publicKey: privatePem }, 'publicKey', /秘密鍵/],
    ['a key of another kind', { publicKey: ec }, 'publicKey', /公開鍵/],
    [
      'a certificate',
      { publicKey: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      'publicKey',
      /公開鍵/,
    ],
    ['a key without its version', { publicKeyVersion: '' }, 'publicKeyVersion', /バージョン/],
    ['a version without its key', { publicKey: '' }, 'publicKey', /公開鍵/],
    ['a version that is no number', { publicKeyVersion: 'v1' }, 'publicKeyVersion', /数字/],
    ['a date that is none', { consentedAt: '先週' }, 'consentedAt', /同意日時/],
    [
      'id and secret in each other’s place',
      { clientId: 'a'.repeat(40), clientSecret: clientId },
      'clientSecret',
      /入れ替わって/,
    ],
    [
      'another Client ID for the secret',
      { clientSecret: clientId },
      'clientSecret',
      /^シークレット欄にClient IDが入力されています/,
    ],
  ])('refuses %s, naming the field in Japanese', (_, change, field, message) => {
    const issues = issuesOf({ ...valid, ...change })
    expect(issues).toHaveLength(1)
    expect(issues[0]?.field).toBe(field)
    expect(issues[0]?.message).toMatch(message)
  })

  it('does not guess a swap where it cannot know', () => {
    expect(issuesOf({ ...valid, clientId: 'b'.repeat(40) })).toEqual([])
  })

  it.each([
    ['2026-07-01T09:00:00+09:00', '2026-07-01T09:00:00+09:00'],
    ['2026/07/01 09:00:00', '2026-07-01T09:00:00+09:00'],
    ['2026-07-01', '2026-07-01T00:00:00+09:00'],
    ['2026-07-01T00:00:00Z', '2026-07-01T09:00:00+09:00'],
  ])('reads the consent date %s', (given, expected) => {
    expect(yahooCredentials.parse({ ...valid, consentedAt: given }).consentedAt).toBe(expected)
  })

  it('takes the version as a number and without leading zeros', () => {
    expect(yahooCredentials.parse({ ...valid, publicKeyVersion: 5 }).publicKeyVersion).toBe('5')
    expect(yahooCredentials.parse({ ...valid, publicKeyVersion: ' ０５ ' }).publicKeyVersion).toBe('5')
  })

  it('never repeats what was entered', () => {
    const secret = 'S3CRET漏'
    for (const { message } of issuesOf({
      clientId: secret,
      clientSecret: secret,
      refreshToken: secret,
      publicKey: secret,
    })) {
      expect(message).not.toContain('S3CRET')
    }
  })

  it('describes each field for the settings form', () => {
    expect(yahooCredentialFields.map((field) => field.name)).toEqual([
      ...Object.keys(yahooCredentials.parse({ ...valid, consentedAt: '2026-07-01' })).filter(
        (name) => !name.startsWith('p') && name !== 'consentedAt',
      ),
      'consentedAt',
      'publicKey',
      'publicKeyVersion',
    ])
  })
})

describe('store account', () => {
  it.each([
    ['hoshizora-tools', 'hoshizora-tools'],
    [' Hoshizora-Tools ', 'hoshizora-tools'],
    ['ｈｏｓｈｉ１', 'hoshi1'],
  ])('takes %j', (given, code) => {
    expect(yahooShopCode.parse(given)).toBe(code)
  })

  it.each(['', '-a', 'a-', '星空', 'a_b', 'a/b', 'a'.repeat(60)])('refuses %j', (given) => {
    expect(yahooShopCode.safeParse(given).success).toBe(false)
  })
})
