import { describe, expect, it } from 'vitest'
import { amazonLifetimes } from '../amazon/index.ts'
import { aupayLifetimes } from '../aupay/index.ts'
import { rakutenLifetimes } from '../rakuten/index.ts'
import { yahooLifetimes } from '../yahoo/index.ts'
import type { Lifetime } from './marketplace.ts'

/** Lifetimes at each mall, from the mall's data, else from the entered values and their time. */

const ENTERED = new Date('2026-01-15T03:00:00Z')
const NOTHING_SAID = { check: null, notices: [] }

const dates = (lifetimes: readonly Lifetime[]) =>
  Object.fromEntries(
    lifetimes.map(({ key, endsAt, certain }) => [key, [endsAt?.toISOString() ?? null, certain]]),
  )

describe('楽天市場', () => {
  const credentials = { serviceSecret: 'SP1', licenseKey: 'SL1' }

  it('believes the licence API', () => {
    const end = new Date('2026-02-28T14:59:59Z')
    const check = { at: ENTERED, expiries: [{ what: 'licenseKey', at: end, certain: true }] }
    const lifetimes = rakutenLifetimes({ credentials, setAt: { licenseKey: ENTERED }, check, notices: [] })
    expect(dates(lifetimes)).toEqual({ licenseKey: [end.toISOString(), true] })
  })

  it('else counts to the end of the 90th day in Japan after the key was entered', () => {
    const lifetimes = rakutenLifetimes({ credentials, setAt: { licenseKey: ENTERED }, ...NOTHING_SAID })
    expect(dates(lifetimes)).toEqual({ licenseKey: ['2026-04-15T14:59:59.000Z', false] })
    expect(dates(rakutenLifetimes({ credentials, setAt: {}, ...NOTHING_SAID }))).toEqual({
      licenseKey: [null, false],
    })
  })
})

describe('Yahoo!ショッピング', () => {
  const application = { clientId: 'c', clientSecret: 's', refreshToken: 'r' }
  const key = { publicKey: 'PEM', publicKeyVersion: '1' }
  const consentedAt = '2026-01-10T12:00:00+09:00'
  const setAt = { refreshToken: ENTERED, publicKey: ENTERED }

  it('four weeks for the consent, a year for the key, and no session where the key is taken', () => {
    const lifetimes = yahooLifetimes({
      credentials: { ...application, ...key, consentedAt },
      setAt,
      ...NOTHING_SAID,
    })
    expect(dates(lifetimes)).toEqual({
      consent: ['2026-02-07T03:00:00.000Z', true],
      publicKey: ['2027-01-15T03:00:00.000Z', false],
    })
  })

  it.each([
    ['without a key', application, []],
    ['with a key that Yahoo! does not take', { ...application, ...key }, ['YAHOO_KEY_NOT_AUTHORISED']],
  ])('twelve hours %s, told at once', (_, credentials, notices) => {
    const lifetimes = yahooLifetimes({
      credentials: { ...credentials, consentedAt },
      setAt,
      check: null,
      notices,
    })
    expect(dates(lifetimes).session).toEqual(['2026-01-10T15:00:00.000Z', true])
    expect(lifetimes[0]?.tellAtOnce).toBe(true)
  })

  it('counts from when the token was entered, as an estimate, where nobody noted the consent', () => {
    const lifetimes = yahooLifetimes({ credentials: application, setAt, ...NOTHING_SAID })
    expect(dates(lifetimes).consent).toEqual(['2026-02-12T03:00:00.000Z', false])
  })
})

describe('Amazon', () => {
  const application = { clientId: 'c', clientSecret: 's', refreshToken: 'r' }

  it('a year for the consent and 180 days for the secret', () => {
    const credentials = {
      ...application,
      consentedAt: '2026-01-01T00:00:00+09:00',
      secretIssuedAt: '2026-01-01T00:00:00+09:00',
    }
    expect(dates(amazonLifetimes({ credentials, setAt: {}, ...NOTHING_SAID }))).toEqual({
      consent: ['2026-12-31T15:00:00.000Z', true],
      clientSecret: ['2026-06-29T15:00:00.000Z', true],
    })
  })

  it('a private application’s consent ends never; a secret of unknown age at the latest 180 days from now', () => {
    const facts = { credentials: application, setAt: { clientSecret: ENTERED }, ...NOTHING_SAID }
    expect(dates(amazonLifetimes(facts))).toEqual({
      consent: [null, false],
      clientSecret: ['2026-07-14T03:00:00.000Z', false],
    })
  })
})

describe('au PAY マーケット', () => {
  const apiKey = 'a'.repeat(64)

  it.each([
    [{ keyExpiresOn: '2026-03-31' }, '2026-03-31', true],
    [{ keyIssuedOn: '2026-01-01' }, '2026-04-01', false],
    [{}, '2026-04-15', false],
  ])('%j ends on %s', (more, day, certain) => {
    const [life] = aupayLifetimes({
      credentials: { apiKey, ...more },
      setAt: { apiKey: ENTERED },
      ...NOTHING_SAID,
    })
    const inJapan = new Date((life?.endsAt?.getTime() ?? 0) + 9 * 60 * 60_000).toISOString().slice(0, 10)
    expect([inJapan, life?.certain]).toEqual([day, certain])
  })

  it('asks at once for the day of a key that has none, and says that it may end earlier', () => {
    const facts = { setAt: { apiKey: ENTERED }, ...NOTHING_SAID }
    const [bare] = aupayLifetimes({ credentials: { apiKey }, ...facts })
    expect(bare?.tellAtOnce).toBe(true)
    expect(bare?.action).toMatch(/最も遅い場合.*早く使えなく.*有効期限.*発行日.*登録してください/)
    const [dated] = aupayLifetimes({ credentials: { apiKey, keyIssuedOn: '2026-01-01' }, ...facts })
    expect(dated?.tellAtOnce).toBeUndefined()
  })
})

it('every one says in Japanese what to do and where', () => {
  const credentials = {
    clientId: 'c',
    clientSecret: 's',
    refreshToken: 'r',
    serviceSecret: 's',
    licenseKey: 'l',
    apiKey: 'a',
  }
  const facts = { credentials, setAt: {}, ...NOTHING_SAID }
  const all = [rakutenLifetimes, yahooLifetimes, amazonLifetimes, aupayLifetimes].flatMap((of) => of(facts))
  expect(all.length).toBeGreaterThanOrEqual(6)
  for (const { label, action } of all) {
    expect(label).not.toBe('')
    expect(action).toMatch(/[ぁ-ん].*ください/)
  }
})
