import { describe, expect, it } from 'vitest'
import { MALL_FACTS } from '../../src/marketplaces/facts.ts'
import { MALLS } from '../../src/marketplaces/index.ts'
import { MALL_MAILS } from '../../src/marketplaces/mails.ts'
import type { MallFacts, MallSetting } from '../../src/marketplaces/port/marketplace.ts'
import { MARKETPLACES } from '../../src/marketplaces/port/order.ts'
import { testTools } from '../support/malls/test-kit.ts'
import { testMalls } from '../support/malls/test-malls.ts'
import { answer, changed } from './aupay/fixtures/order.ts'

const marketplaces = testMalls()

describe('the list of malls', () => {
  it('has one for each name in the database, and no other', () => {
    expect(MALLS.map(({ name }) => name).toSorted()).toEqual([...MARKETPLACES].toSorted())
    expect([...marketplaces.keys()]).toEqual(MALLS.map(({ name }) => name))
  })

  it('knows the facts of each without its adapter', () => {
    expect(MALLS.map(({ create, ...facts }) => facts)).toEqual(MALL_FACTS)
  })

  it('knows the mails of each without its adapter, by the same rules', () => {
    expect(MALL_MAILS.map(({ name }) => name)).toEqual(MALLS.map(({ name }) => name))
    for (const { name, label, mailRules, recognise } of MALL_MAILS) {
      const mall = marketplaces.get(name)
      expect(mall).toMatchObject({ label, mailRules })
      expect(recognise).toBe(mall?.recognise)
    }
  })

  it('reads each setting from a variable of its own, which bears the mall’s name', () => {
    const names = MALLS.flatMap((mall: MallFacts) =>
      Object.values<MallSetting>(mall.settings).map(({ env }) => {
        expect(env.startsWith(`${mall.name.toUpperCase()}_`)).toBe(true)
        return env
      }),
    )
    expect(new Set(names).size).toBe(names.length)
  })

  it('says in whole sentences where each mall sends its order mails', () => {
    for (const { mailHelp } of MALLS) expect(mailHelp).toMatch(/確認してください.*。$/)
  })

  it('gives no field of Shop.settings to two malls', () => {
    const fields = MALLS.flatMap(({ shopSettings }: MallFacts) => Object.keys(shopSettings ?? {}))
    expect(fields).toContain('includeFba')
    expect(new Set(fields).size).toBe(fields.length)
  })
})

const GOOD = {
  rakuten: { serviceSecret: 'SP123456_AbCdEfGhIj', licenseKey: 'SL123456_KlMnOpQrSt' },
  yahoo: {
    clientId: `dj00${'a'.repeat(50)}-`,
    clientSecret: 'secretsecretsecretsecretsecret',
    refreshToken: 'AAAArefresh',
  },
  aupay: { apiKey: '0a'.repeat(32) },
} as const

describe('a key of another mall', () => {
  it.each<[keyof typeof GOOD, string, string, RegExp]>([
    ['rakuten', 'licenseKey', `dj00${'a'.repeat(50)}--`, /Yahoo!/],
    ['rakuten', 'serviceSecret', 'Atzr|IwEBIExample', /Amazon/],
    ['rakuten', 'serviceSecret', 'a1'.repeat(32), /au PAY/],
    ['yahoo', 'clientId', 'SP123456_AbCdEfGhIj', /楽天市場/],
    ['yahoo', 'refreshToken', 'Atzr|IwEBIExample', /Amazon/],
    ['yahoo', 'clientSecret', 'a1'.repeat(32), /au PAY/],
    ['aupay', 'apiKey', 'SL123456_abcdefghijklmnopqrst', /楽天市場/],
    ['aupay', 'apiKey', '　ＳＰ123456_abcdefghijklmnop\n', /楽天市場/],
    ['aupay', 'apiKey', `dj0${'a'.repeat(40)}--`, /Yahoo!ショッピング/],
    ['aupay', 'apiKey', 'Atzr|IwEBIA', /Amazon/],
  ])('is refused by %s in %s, and named', (name, field, value, words) => {
    const schema = marketplaces.get(name)?.credentials
    expect(schema?.safeParse(GOOD[name]).success).toBe(true)
    const issues = schema?.safeParse({ ...GOOD[name], [field]: value }).error?.issues ?? []
    expect(issues.map(({ path }) => path.join('.'))).toEqual([field])
    expect(issues[0]?.message).toMatch(words)
    expect(issues[0]?.message).not.toContain(value)
  })

  it('has one form for each mall that knows its own', () => {
    for (const { keyShapes } of MALLS) expect(keyShapes.length).toBeGreaterThan(0)
  })
})

it('tells the shop’s staff of codes that no table has, once the order is read', async () => {
  const body = Buffer.from(answer(changed({ cancelStatus: 'P' })))
  const tools = testTools({ http: { request: async () => ({ status: 200, headers: {}, body }) } })
  const shop = { shopId: 's', shopCode: '10000001', credentials: GOOD.aupay }
  const session = marketplaces.get('aupay')?.open(shop, tools)
  const kinds: string[] = []
  for await (const { kind } of session?.fetchOrders(['300000001'], new AbortController().signal) ?? [])
    kinds.push(kind)
  expect(kinds).toEqual(['found'])
  const message = 'au PAY マーケットのcancelStatusに未対応の値 P がありました。注文は取り込みました。'
  expect(tools.notices).toEqual([{ code: 'AUPAY_UNKNOWN_CODE', message }])
})
