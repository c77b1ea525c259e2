import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aupayCredentials, aupayShopCode, keyExpiry } from './auth.ts'

const KEY = '0123456789abcdef'.repeat(4)
const issues = (given: unknown) =>
  aupayCredentials
    .safeParse(given)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

describe('apiKey', () => {
  it.each([
    ['as it is', KEY],
    ['with blanks and line ends', ` ${KEY.slice(0, 32)}\r\n${KEY.slice(32)}　`],
    ['in full width', KEY.replace(/[0-9a-f]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
    ['in capitals', KEY.toUpperCase()],
    ['with the header', `Authorization: Bearer ${KEY}`],
    ['with the scheme', `bearer ${KEY}`],
    ['in quotes', `"${KEY}"`],
    ['with invisible characters', `\u200b${KEY}\ufeff`],
  ])('is cleaned %s', (_name, apiKey) => {
    expect(aupayCredentials.parse({ apiKey })).toEqual({ apiKey: KEY })
  })

  it.each([
    ['', 'APIキーを入力してください'],
    [undefined, 'APIキーを入力してください'],
    [KEY.slice(1), '63文字です'],
    [`${KEY}0`, '65文字です'],
    [KEY.replace('0', 'g'), '使えない文字'],
  ])('is refused: %s', (apiKey, words) => {
    const [issue] = issues({ apiKey })
    expect(issue).toContain('apiKey: ')
    expect(issue).toContain(words)
    if (apiKey) expect(issue).not.toContain(apiKey)
  })

  it('never throws, and gives a key or an issue', () => {
    fc.assert(
      fc.property(fc.anything(), (apiKey) => {
        const parsed = aupayCredentials.safeParse({ apiKey })
        expect(parsed.success || parsed.error.issues.length > 0).toBe(true)
      }),
    )
  })
})

describe('the days of the key', () => {
  it.each([
    '2026-12-01',
    '2026/12/01',
    '2026/12/1',
    '20261201',
    '２０２６年１２月１日',
    '2026.12.01',
    '2026/12/01 23:59',
  ])('reads %s', (keyExpiresOn) => {
    expect(aupayCredentials.parse({ apiKey: KEY, keyExpiresOn }).keyExpiresOn).toBe('2026-12-01')
  })

  it.each(['来月', '2026-13-01', '2026-02-30', '12/01'])('refuses %s', (keyExpiresOn) => {
    expect(issues({ apiKey: KEY, keyExpiresOn })[0]).toMatch(/^keyExpiresOn: .*2026-12-01 の形/)
  })

  it('takes blank for absent', () => {
    expect(aupayCredentials.parse({ apiKey: KEY, keyExpiresOn: ' ', keyIssuedOn: null })).toEqual({
      apiKey: KEY,
    })
  })

  it('refuses an end before the beginning', () => {
    expect(issues({ apiKey: KEY, keyExpiresOn: '2026-09-01', keyIssuedOn: '2026-09-02' })[0]).toMatch(
      /^keyExpiresOn: /,
    )
  })
})

describe('keyExpiry', () => {
  const at = (date: Date | null) => date?.toISOString() ?? null

  it('is the end of the day that the console shows', () => {
    expect(at(keyExpiry({ keyExpiresOn: '2026-12-01', keyIssuedOn: '2026-09-01' }))).toBe(
      '2026-12-01T14:59:59.000Z',
    )
  })

  it('is 90 days after the issue, or at the latest after it was entered', () => {
    expect(at(keyExpiry({ keyIssuedOn: '2026-09-01' }))).toBe('2026-11-30T14:59:59.000Z')
    expect(at(keyExpiry({}, new Date('2026-09-01T00:00:00Z')))).toBe('2026-11-30T00:00:00.000Z')
  })

  it('is not known otherwise', () => expect(keyExpiry({})).toBeNull())
})

describe('shop code', () => {
  it.each([
    ['10000001', '10000001'],
    [' １０００ ０００１ ', '10000001'],
  ])('reads %s', (text, code) => expect(aupayShopCode.parse(text)).toBe(code))

  it.each(['', 'shop', '1000-0001', '1'.repeat(19)])('refuses %s', (text) =>
    expect(aupayShopCode.safeParse(text).error?.issues[0]?.message).toMatch(/店舗ID/),
  )
})
