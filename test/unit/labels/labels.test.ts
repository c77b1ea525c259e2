import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fits } from '../../../src/labels/formats/cells.ts'
import { columnsFor } from '../../../src/labels/formats/format.ts'
import type { HoldChoice } from '../../../src/labels/hold.ts'
import { checkOrder } from '../../../src/labels/make-file.ts'
import { FORMAT_IDS, type FormatId, formatOf } from '../../../src/labels/settings.ts'
import type { TemperatureChoice } from '../../../src/labels/temperature.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { FullOrder } from '../../../src/orders/order-json.ts'
import type { IslandList } from '../../../src/orders/places.ts'
import { decodeCp932, encodeCp932, foldForCp932 } from '../../../src/platform/csv.ts'
import { present } from '../../../src/platform/narrow.ts'
import { sampleOrder } from '../../support/fixtures.ts'
import {
  B2_NAMES,
  CLICK_NAMES,
  EHIDEN_NAMES,
  FUKUYAMA_NAMES,
  SECOND,
  SEINO_NAMES,
  WEB_YUPACK_NAMES,
  WEB_YUPACK_SECOND,
  YUPRI_NAMES,
} from './column-names.ts'

const SENDER = {
  name: '取込商店',
  postalCode: '1000001',
  address: '東京都千代田区千代田1-1',
  phone: '03-1234-5678',
}
const SETTINGS: Record<FormatId, Record<string, unknown>> = {
  yamato_b2: { sender: SENDER, goodsName: '衣類', billingCode: '0312345678', freightNumber: '01' },
  sagawa_ehiden3: { sender: SENDER, goodsName: '衣類', customerCode: '123456789012' },
  yupri_r: { sender: SENDER, goodsName: '衣類', slipKind: '1100780', size: '080' },
  click_post: { goodsName: '衣類' },
  web_yupack: { sender: SENDER, goodsName: '衣類', size: '80' },
  seino_kangaroo: { sender: SENDER, goodsName: '衣類', senderCode: '01234567890' },
  fukuyama_istar2: { goodsName: '衣類', senderCode: '0312345678' },
}

const SHOP = '0199c0de-0000-7000-8000-000000000001'
const full = (detail: NormalisedOrder | null, more: Partial<FullOrder> = {}) =>
  ({
    id: SHOP,
    shopId: SHOP,
    orderNumber: '123456-20260115-1',
    version: 1,
    status: 'new',
    mallState: 'open',
    holds: [],
    flags: [],
    marks: [],
    detail,
    detailMissing: null,
    ...more,
  }) as unknown as FullOrder

interface Changes {
  settings?: Record<string, unknown>
  service?: string
  dropTimeSlot?: boolean
  replaceLetters?: boolean
  shortenAddress?: boolean
  temperature?: TemperatureChoice
  testCod?: boolean
  packages?: number
  hold?: HoldChoice
  islands?: Partial<IslandList>
  shippedOn?: string
  order?: Partial<FullOrder>
  exportedAt?: Date
}

function check(id: FormatId, detail: NormalisedOrder | null, more: Changes = {}) {
  const format = formatOf(id)
  const settings = format.settings.parse({ ...SETTINGS[id], ...more.settings })
  const options = {
    service: more.service ?? format.services[0].code,
    shippedOn: more.shippedOn ?? '2026-01-16',
    dropTimeSlot: more.dropTimeSlot ?? false,
    replaceLetters: more.replaceLetters ?? false,
    shortenAddress: more.shortenAddress ?? false,
    temperature: more.temperature ?? 'by_order',
    testCod: more.testCod ?? false,
    packages: more.packages === undefined ? {} : { [SHOP]: more.packages },
    holds: more.hold === undefined ? {} : { [SHOP]: more.hold },
    today: '2026-01-16',
  }
  const checked = checkOrder(full(detail, more.order), more.exportedAt ?? null, {
    format,
    settings,
    options,
    islands: { add: [], except: [], ...more.islands },
    find: () => undefined,
  })
  const cells = checked.labels[0]?.cells
  const named = columnsFor(format, settings).map(
    ({ name }, index) => [name, cells?.get(index + 1) ?? ''] as const,
  )
  const places = new Map([...(cells ?? [])].filter(([, text]) => text !== '').map(([at, text]) => [text, at]))
  return { ...checked, places, codes: checked.problems.map(({ code }) => code), cells: new Map(named) }
}

const person = {
  fullName: '髙橋　花子',
  familyName: null,
  givenName: null,
  postalCode: '907-0001',
  prefecture: '沖縄県',
  city: '石垣市',
  address1: '大浜1-2-3',
  address2: 'ハイツ浜 101',
  phone: '+81 90-1234-5678',
  company: null,
}
type Person = Partial<NormalisedOrder['buyer']>
type Wish = NormalisedOrder['recipients'][number]['wish']

function order(
  to: Person = {},
  wish: Partial<Wish> = {},
  more: Partial<NormalisedOrder> = {},
): NormalisedOrder {
  const sample = sampleOrder('123456-20260115-1')
  const [recipient] = sample.recipients
  if (!recipient) throw new Error('the sample has no recipient')
  const whole = { ...recipient.person, ...person, ...to }
  return {
    ...sample,
    recipients: [{ ...recipient, person: whole, wish: { ...recipient.wish, ...wish } }],
    ...more,
  }
}
const cod = (billed: number): Partial<NormalisedOrder> => ({
  payment: { ...sampleOrder('x').payment, kind: 'cod' },
  totals: { total: billed, billed },
  taxSummary: [
    {
      rate: 10,
      total: billed,
      billed,
      taxable: billed,
      tax: Math.floor((billed * 10) / 110),
      coupon: 0,
      points: 0,
      paymentFee: null,
    },
  ],
})

test('letters that the tool lacks are written in their common form when somebody wants it, and only those that have one', () => {
  const written = check('yamato_b2', order({ fullName: '𠮷田 葛\u{e0100}城' }), { replaceLetters: true })
  expect([written.ok, written.cells.get('お届け先名')]).toEqual([true, '吉田 葛城'])
  expect(written.warnings).toMatchObject([{ code: 'LETTER_REPLACED', field: 'お届け先名' }])
  expect(written.warnings[0]?.message).toContain('𠮷→吉')
  const other = check('yamato_b2', order({ fullName: '𠮷田😀' }), { replaceLetters: true })
  expect([other.codes, other.cells.get('お届け先名')]).toEqual([['NOT_IN_CP932'], '吉田😀'])
})

describe('ヤマト B2クラウド', () => {
  test('a line', () => {
    const { cells, problems } = check(
      'yamato_b2',
      order({}, { date: '2026-01-18', timeFrom: '14:00', timeTo: '16:00' }),
    )
    expect(problems).toEqual([])
    const shown = [...cells].filter(([, cell]) => cell !== '')
    expect(Object.fromEntries(shown)).toEqual({
      お客様管理番号: 'T000000000',
      送り状種類: '0',
      出荷予定日: '2026/01/16',
      お届け予定日: '2026/01/18',
      配達時間帯: '1416',
      お届け先電話番号: '090-1234-5678',
      お届け先郵便番号: '907-0001',
      お届け先住所: '沖縄県石垣市大浜1-2-3',
      お届け先アパートマンション名: 'ハイツ浜 101',
      お届け先名: '髙橋　花子',
      ご依頼主電話番号: '03-1234-5678',
      ご依頼主郵便番号: '100-0001',
      ご依頼主住所: '東京都千代田区千代田1-1',
      ご依頼主名: '取込商店',
      品名１: '衣類',
      請求先顧客コード: '0312345678',
      運賃管理番号: '01',
    })
  })

  test('the tax of 代引 is that of what is collected, by rate, and is refused where a rate is not known', () => {
    const rate = (rate: number, total: number, billed: number, tax: number | null) => ({
      rate,
      total,
      billed,
      taxable: total,
      tax,
      coupon: 0,
      points: total - billed,
      paymentFee: null,
    })
    const tax = (billed: number, taxSummary: NormalisedOrder['taxSummary']) => {
      const checked = check('yamato_b2', order({}, {}, { ...cod(billed), taxSummary }))
      return [checked.cells.get('内消費税額等'), checked.codes]
    }
    // 11,495 yen of goods with 1,045 of tax, 10,995 of them paid by points.
    expect(tax(500, [rate(10, 11_495, 500, 1_045)])).toEqual(['45', []])
    expect(tax(1_580, [rate(10, 500, 500, 45), rate(8, 1_080, 1_080, 80)])).toEqual(['125', []])
    expect(tax(500, [])).toEqual(['', ['COD_TAX_UNKNOWN']])
    const settled = check('yamato_b2', order({}, {}, { ...cod(500), taxSummary: [] }), {
      settings: { unknownTaxRate: '8' },
    })
    expect([settled.cells.get('内消費税額等'), settled.codes]).toEqual(['37', []])
    expect(tax(500, [rate(10, 400, 400, 36)])).toEqual(['', ['COD_TAX_UNKNOWN']])
  })

  test('代引 is コレクト with the billed amount, within its limit', () => {
    const { cells } = check('yamato_b2', order({}, {}, cod(4_830)))
    expect([cells.get('送り状種類'), cells.get('コレクト代金引換額（税込)')]).toEqual(['2', '4830'])
    expect(check('yamato_b2', order({}, {}, cod(300_001))).codes).toEqual(['COD_TOO_MUCH'])
    expect(check('yamato_b2', order({}, {}, cod(30_001)), { service: 'compact' }).codes).toEqual([
      'COD_TOO_MUCH',
    ])
    expect(check('yamato_b2', order({}, {}, cod(100)), { service: 'nekopos' }).codes).toEqual([
      'COD_NOT_OFFERED',
    ])
  })

  test('a long building goes on in 会社・部門, behind the company', () => {
    const to = {
      address2: 'グランドメゾン石垣シーサイドの丘 ウエストウイング 1203号室',
      company: '株式会社浜',
    }
    const { cells, problems } = check('yamato_b2', order(to))
    expect(problems).toEqual([])
    expect([...cells].slice(11, 15).map(([, cell]) => cell)).toEqual([
      '沖縄県石垣市大浜1-2-3',
      'グランドメゾン石垣シーサイドの丘',
      '株式会社浜',
      'ウエストウイング 1203号室',
    ])
  })
})

describe('佐川 e飛伝Ⅲ', () => {
  test('names and addresses are full-width, and the wish has one seal', () => {
    const { cells, problems } = check('sagawa_ehiden3', order({}, { date: '2026-01-18', timeText: '午前中' }))
    expect(problems).toEqual([])
    expect([cells.get('お届け先住所１'), cells.get('お届け先住所２')]).toEqual([
      '沖縄県石垣市大浜１－２－３',
      'ハイツ浜　１０１',
    ])
    expect([cells.get('配達日'), cells.get('配達指定時間帯')]).toEqual(['20260118', '01'])
    expect([cells.get('指定シール１'), cells.get('指定シール２')]).toEqual(['020', ''])
  })

  test('the evening is the contract’s', () => {
    const evening = order({}, { timeFrom: '18:00', timeTo: '21:00' })
    expect(check('sagawa_ehiden3', evening).codes).toEqual(['TIME_SLOT_UNKNOWN'])
    expect(
      check('sagawa_ehiden3', evening, { settings: { slots: 'five' } }).cells.get('配達指定時間帯'),
    ).toBe('04')
  })
})

test('ゆうプリR: cool parcels, the order number beside the key, and never a price of what is inside', () => {
  const { cells, problems } = check(
    'yupri_r',
    order(
      {},
      { timeText: '19:00～21:00' },
      { delivery: { ...sampleOrder('x').delivery, temperature: '冷蔵' } },
    ),
  )
  expect(problems).toEqual([])
  expect(
    ['保冷種別', '配達時間帯区分', '受注番号', '商品サイズ区分', '単価', '金額'].map((name) =>
      cells.get(name),
    ),
  ).toEqual([...['1', '57', '123456-20260115-1', '080', '', '']])
})

test('クリックポスト takes neither 代引 nor a time', () => {
  expect(check('click_post', order({}, {}, cod(100))).codes).toEqual(['COD_NOT_OFFERED'])
  expect(check('click_post', order({}, { timeText: '午前中' })).codes).toEqual(['TIME_SLOT_UNKNOWN'])
  expect(check('click_post', order()).problems).toEqual([])
})

test('代引 collects what is outstanding, and nothing of a paid order', () => {
  const owes = (payment: Partial<NormalisedOrder['payment']>) => {
    const base = cod(3_000)
    return check(
      'yamato_b2',
      order({}, {}, { ...base, payment: { ...present(base.payment), status: 'unpaid', ...payment } }),
    )
  }
  const told = ({ warnings, cells }: ReturnType<typeof owes>) => [
    warnings.map(({ code }) => code),
    ...['送り状種類', 'コレクト代金引換額（税込）', '内消費税額等'].map(
      (name) => [...cells].find(([column]) => column.startsWith(name.slice(0, 6)))?.[1],
    ),
  ]
  expect(told(owes({}))).toEqual([[], '2', '3000', '272'])
  expect(told(owes({ outstanding: 3_000 }))).toEqual([[], '2', '3000', '272'])
  expect(told(owes({ outstanding: 1_000 }))).toEqual([['COD_PART'], '2', '1000', '90'])
  expect(told(owes({ status: 'paid' }))).toEqual([['COD_PAID'], '2', '3000', '272'])
  expect(told(owes({ outstanding: 0, status: 'paid' }))).toEqual([['COD_PAID'], '0', '', ''])
})

test.each([
  ['yamato_b2', 'nekopos'],
  ['yamato_b2', 'yu_packet'],
  ['yamato_b2', 'yu_mail'],
  ['yupri_r', 'yu_packet'],
  ['yupri_r', 'letter'],
  ['click_post', 'click_post'],
] as const)('%s: %s has no column for a wished day, and says so', (id, service) => {
  // A day in the past is none that this service would have to keep.
  for (const date of ['2026-01-18', '2025-12-24']) {
    const { ok, warnings, cells } = check(id, order({}, { date }), { service })
    expect([ok, warnings.map(({ code }) => code)]).toEqual([true, ['WISH_DATE_NOT_OFFERED']])
    expect([...cells.values()].join()).not.toMatch(/01.?18/)
  }
})

test.each([
  ['午前', '0812'],
  ['午前中', '0812'],
  ['午前中（8時～12時）', '0812'],
  ['午前中(12時まで)', '0812'],
  ['午前中希望', '0812'],
  ['８時から１２時', '0812'],
  ['14-16時', '1416'],
])('the time in words: %s is %s', (timeText, code) => {
  expect(check('yamato_b2', order({}, { timeText })).cells.get('配達時間帯')).toBe(code)
})

test.each([
  '午前以外',
  '午前中不可',
  '午前中は不在',
  '午前・午後どちらでも',
  '平日午前',
  '10-12時以外',
  '14時～16時は不在',
])('the time in words: %s is for a person to decide', (timeText) => {
  const { codes, cells } = check('yamato_b2', order({}, { timeText }))
  expect([codes, cells.get('配達時間帯')]).toEqual([['TIME_SLOT_UNKNOWN'], ''])
})

describe('what is refused, with what to do', () => {
  test.each<[string, NormalisedOrder | null, Changes, string]>([
    ['a withdrawn slot', order({}, { timeFrom: '12:00', timeTo: '14:00' }), {}, 'TIME_SLOT_WITHDRAWN'],
    ['another withdrawn slot', order({}, { timeText: '20時～21時' }), {}, 'TIME_SLOT_WITHDRAWN'],
    ['a slot in words', order({}, { timeText: '夕方以降' }), {}, 'TIME_SLOT_UNKNOWN'],
    ['a day that is over', order({}, { date: '2026-01-15' }), {}, 'WISH_DATE_PAST'],
    ['no phone', order({ phone: null }), {}, 'PHONE_INVALID'],
    ['half a phone', order({ phone: '090-12' }), {}, 'PHONE_INVALID'],
    ['a postcode of six digits', order({ postalCode: '907000' }), {}, 'POSTAL_CODE_INVALID'],
    ['a letter that CP932 lacks', order({ fullName: '𠮷田' }), {}, 'NOT_IN_CP932'],
    ['a long name', order({ fullName: 'あ'.repeat(17) }), {}, 'TOO_LONG'],
    ['a very long name', order({ fullName: 'あ'.repeat(200_000) }), {}, 'TOO_LONG'],
    ['an address without a break', order({ address1: 'あ'.repeat(40) }), {}, 'ADDRESS_TOO_LONG'],
    ['no name', order({ fullName: ' ' }), {}, 'REQUIRED'],
    ['a cancelled order', order(), { order: { status: 'cancelled' } }, 'ORDER_CANCELLED'],
    ['one cancelled at the mall', order(), { order: { mallState: 'cancelled' } }, 'ORDER_CANCELLED'],
    ['a cancellation under way', order(), { order: { cancelUnderWay: true } }, 'CANCEL_UNDER_WAY'],
    ['a hold', order(), { order: { holds: ['fraud_check'] } }, 'ORDER_ON_HOLD'],
    ['no detail', null, {}, 'DETAIL_MISSING'],
  ])('%s', (_, detail, more, code) => {
    const { codes, problems, ok } = check('yamato_b2', detail, more)
    expect(codes).toEqual([code])
    expect(ok).toBe(false)
    expect(problems[0]?.message).toMatch(/[。）]$/)
  })

  test('代引 for several recipients is not shared out', () => {
    const one = order({}, {}, cod(100))
    const [first] = one.recipients
    const items = [...one.items, ...one.items.map((item) => ({ ...item, recipientId: 'r2' }))]
    const two = { ...one, recipients: [first, { ...first, id: 'r2' }], items } as NormalisedOrder
    expect(check('yamato_b2', two).codes).toEqual(['COD_SPLIT', 'COD_SPLIT'])
  })

  test('a slot may be left out on purpose, and that is said', () => {
    const { ok, cells, warnings } = check('yamato_b2', order({}, { timeFrom: '12:00', timeTo: '14:00' }), {
      dropTimeSlot: true,
    })
    expect([ok, cells.get('配達時間帯'), warnings[0]?.code]).toEqual([true, '', 'TIME_SLOT_LEFT_OUT'])
  })

  test('what was exported or shipped before is pointed out', () => {
    const more = { exportedAt: new Date(), order: { mallState: 'shipped' as const } }
    const { ok, warnings } = check('yamato_b2', order(), more)
    expect([ok, warnings.map(({ code }) => code)]).toEqual([true, ['ORDER_SHIPPED', 'ALREADY_EXPORTED']])
  })
})

test('a gift may come from its buyer', () => {
  const gift = order({}, {}, { buyer: { ...sampleOrder('x').buyer, ...person, fullName: '贈　主' } })
  gift.gift = { ...gift.gift, requested: true }
  const { cells } = check('yamato_b2', gift, { settings: { giftSender: 'buyer' } })
  expect(cells.get('ご依頼主名')).toBe('贈　主')
  expect(check('yamato_b2', gift).cells.get('ご依頼主名')).toBe('取込商店')
})

test('a buyer’s formula is no formula in the file', () => {
  expect(check('yamato_b2', order({ fullName: '=1+1' })).cells.get('お届け先名')).toBe('＝1+1')
})

test.each(FORMAT_IDS)('%s: whatever buyers write, what passes is whole and readable', (id) => {
  const unit = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...'東京都港区丁目番地号1234567890-－ABｱﾞ　 "\',=+@\r\n髙①〜−') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  )
  const text = fc.string({ unit, maxLength: 24 })
  const people = fc.record({
    fullName: text,
    prefecture: text,
    city: text,
    address1: text,
    address2: text,
    company: text,
  })
  const plain = (cell: string) => cell.normalize('NFKC').replace(/\s/g, '')
  fc.assert(
    fc.property(people, (who) => {
      const { ok, cells } = check(id, order(who))
      if (!ok) return
      const written = [...cells.values()]
      expect(decodeCp932(encodeCp932(written.join('\n')))).toBe(written.join('\n'))
      expect(written.join('')).not.toMatch(/[\r\n\t]/)
      for (const [index, column] of formatOf(id).columns.entries()) {
        if (column.measure) expect(fits(column.measure, written[index] ?? '')).toBe(true)
      }
      // Nothing is cut: all of the address and the name stands in the line.
      const line = plain(written.join(''))
      for (const part of [who.address2, who.company, who.fullName]) {
        for (const word of foldForCp932(part).split(/\s/)) expect(line).toContain(plain(word))
      }
    }),
    { numRuns: 400 },
  )
})

describe('クール便', () => {
  const cooled = (
    texts: {
      method?: string
      items?: readonly string[]
      buyer?: string
      shop?: string
      stated?: string
      by?: string
      gift?: string
    },
    more: Changes = {},
    id: FormatId = 'yamato_b2',
  ) => {
    const base = order()
    const [item] = base.items
    if (!item) throw new Error('the sample has no item')
    const checked = check(
      id,
      {
        ...base,
        items: (texts.items ?? ['タオル']).map((name, index) => ({ ...item, lineId: `${index}`, name })),
        delivery: {
          ...base.delivery,
          methodName: texts.method ?? '宅配便',
          temperature: texts.stated ?? null,
        },
        notes: {
          ...base.notes,
          buyer: texts.buyer ?? null,
          shop: texts.shop ?? null,
          operator: texts.by ?? null,
        },
        recipients: base.recipients.map((one) => ({
          ...one,
          gift: { ...one.gift, message: texts.gift ?? null },
        })),
      },
      more,
    )
    const found = [...checked.problems, ...checked.warnings].map(({ code }) => code)
    return [checked.labels[0]?.temperature, checked.cells.get('クール区分') ?? '', found] as const
  }

  test.each([
    [{ method: 'クール宅急便（冷蔵）' }, 'cool', '2'],
    [{ method: '冷凍便' }, 'frozen', '1'],
    [{ method: 'チルドゆうパック' }, 'cool', '2'],
    [{ items: ['【冷凍】讃岐うどん 5食'] }, 'frozen', '1'],
    [{ items: ['タオル', '要冷蔵 生チーズケーキ'] }, 'cool', '2'],
    [{ items: ['【冷蔵】明太子 ※冷凍保存可'] }, 'cool', '2'],
    [{ items: ['【冷凍】まぐろ 解凍後は冷蔵庫で保存'] }, 'frozen', '1'],
    [{ shop: '冷凍で出す' }, 'frozen', '1'],
    [{ stated: '冷蔵' }, 'cool', '2'],
  ] as const)('%j travels as %s', (texts, temperature, cell) =>
    expect(cooled(texts)).toEqual([temperature, cell, []]),
  )

  test.each([
    { method: 'クール便' },
    { items: ['接触冷感タオル'] },
    { items: ['冷凍庫用ケース'] },
    { items: ['冷蔵・冷凍対応 保存容器'] },
    { items: ['解凍プレート'] },
    { buyer: '冷凍で送らないでください' },
    { by: '冷凍 田中' },
    { gift: 'クール便で届きます' },
  ])('%j is shown and not guessed', (texts) => expect(cooled(texts)).toEqual(['normal', '', ['COOL_UNSET']]))

  test('nothing of it anywhere says nothing', () =>
    expect(cooled({ items: ['チルドレン Tシャツ'] })).toEqual(['normal', '', []]))

  test('the shop’s own words decide, and a class that was set decides before them', () => {
    const settings = { coolWords: 'クール便、生洋菓子', frozenWords: 'アイス\nｼﾞｪﾗｰﾄ' }
    expect(cooled({ method: 'クール便' }, { settings })).toEqual(['cool', '2', []])
    expect(cooled({ items: ['ジェラート 6個'] }, { settings })).toEqual(['frozen', '1', []])
    expect(cooled({ items: ['ジェラート'], stated: '普通' }, { settings })).toEqual([
      'normal',
      '',
      ['COOL_DIFFERS'],
    ])
    expect(cooled({ items: ['【冷凍】うどん'], stated: 'その他1' })[0]).toBe('frozen')
  })

  test('both classes are refused until somebody chooses; the choice at export holds and is told', () => {
    const both = { items: ['【冷蔵】プリン', '【冷凍】うどん'] }
    expect(cooled(both)).toEqual(['normal', '', ['COOL_MIXED']])
    expect(cooled({ ...both, stated: '冷蔵' })).toEqual(['cool', '2', ['COOL_DIFFERS']])
    expect(cooled(both, { temperature: 'frozen' })).toEqual(['frozen', '1', ['COOL_DIFFERS']])
    expect(cooled({ stated: '冷凍' }, { temperature: 'normal' })).toEqual(['normal', '', ['COOL_DIFFERS']])
    expect(cooled({ method: 'クール便' }, { temperature: 'cool' })).toEqual(['cool', '2', []])
  })

  test('each recipient by what goes there', () => {
    const base = order()
    const [item, recipient] = [present(base.items[0]), present(base.recipients[0])]
    const checked = check('yamato_b2', {
      ...base,
      recipients: [recipient, { ...recipient, id: 'r2' }],
      items: [
        { ...item, lineId: 'a', name: '【冷蔵】プリン' },
        { ...item, lineId: 'b', name: '【冷凍】うどん', recipientId: 'r2' },
      ],
    })
    expect(checked.labels.map(({ temperature }) => temperature)).toEqual(['cool', 'frozen'])
    expect(checked.ok).toBe(true)
  })

  test('a tool or service without クール便 refuses what must travel cooled', () => {
    const frozen = { items: ['【冷凍】うどん'] }
    expect(cooled(frozen, { service: 'nekopos' })[2]).toEqual(['COOL_NOT_OFFERED'])
    expect(cooled(frozen, {}, 'click_post')[2]).toEqual(['COOL_NOT_OFFERED'])
    expect(cooled(frozen, { temperature: 'normal' }, 'click_post')[2]).toEqual(['COOL_DIFFERS'])
  })
})

describe('B2 has a limit for each part of an address (ES001014)', () => {
  const KYOTO = { postalCode: '6048006', prefecture: '京都府', city: '京都市中京区' }
  const b2 = (to: Person, more: Changes = {}) => {
    const checked = check('yamato_b2', order(to), more)
    const cell = (name: string) => checked.cells.get(name) ?? ''
    return {
      cells: [cell('お届け先住所'), cell('お届け先アパートマンション名'), cell('お届け先会社・部門１')],
      problems: checked.problems.map(({ code, field }) => `${code} ${field}`),
      warnings: checked.warnings.map(({ code }) => code),
      messages: checked.problems.map(({ message }) => message),
    }
  }

  test('16 full-width characters of 町・番地 pass, 17 do not, though the cell of the whole has room for 32', () => {
    const sixteen = { ...KYOTO, address1: '東木屋町通四条上る下丸屋町三番地', address2: '' }
    expect(b2(sixteen)).toMatchObject({
      cells: [`京都府京都市中京区${sixteen.address1}`, '', ''],
      problems: [],
    })
    const seventeen = b2({ ...sixteen, address1: `${sixteen.address1}甲` })
    expect(seventeen.problems).toEqual(['ADDRESS_TOO_LONG 送付先住所（町・番地）'])
    expect(seventeen.messages[0]).toContain('受注を編集して')
  })

  test('a building behind the number goes to its own cell, with the one that is there', () => {
    expect(
      b2({ ...KYOTO, address1: '河原町通三条上る下丸屋町403番地FISビル8階', address2: '取込事務所' }).cells,
    ).toEqual(['京都府京都市中京区河原町通三条上る下丸屋町403番地', 'FISビル8階 取込事務所', ''])
  })

  test('a number that the town leaves no room for goes on in the next cell, whole', () => {
    const { cells, problems } = b2({
      ...KYOTO,
      address1: '河原町三条上る二丁目下丸屋町東入403-12',
      address2: '',
    })
    expect([cells, problems]).toEqual([
      ['京都府京都市中京区河原町三条上る二丁目下丸屋町東入', '403-12', ''],
      [],
    ])
  })

  test('shorter numbers only when asked, and it is told', () => {
    const long = { postalCode: '9070001', prefecture: '沖縄県', city: '石垣市', address2: 'ハイツ浜 101' }
    const to = {
      ...long,
      address1: '字大浜長田原東海岸通12丁目34番地56号',
      address2: 'グランドメゾン石垣ブルースカイ東 別館壱弐参肆伍陸漆捌玖拾',
      company: '取込商店',
    }
    const plain = b2(to)
    expect(plain.problems).toEqual(['ADDRESS_TOO_LONG 送付先住所（アパートマンション名）'])
    expect(plain.messages[0]).toContain('番地を短くする')
    const short = b2(to, { shortenAddress: true })
    expect([short.cells[0], short.problems, short.warnings]).toEqual([
      '沖縄県石垣市字大浜長田原東海岸通12-34-56',
      [],
      ['ADDRESS_SHORTENED'],
    ])
    // One that fits stays as the buyer wrote it.
    expect(b2({ ...long, address1: '大浜1丁目2番3号' }, { shortenAddress: true }).cells[0]).toBe(
      '沖縄県石垣市大浜1丁目2番3号',
    )
  })

  test('12 full-width characters of 市区郡町村 pass, 13 do not', () => {
    const county = (name: string) => ({
      prefecture: '',
      postalCode: '0000000',
      city: name,
      address1: '大浜1',
    })
    expect(b2(county('壱弐参肆郡伍陸漆捌玖拾町')).problems).toEqual([])
    expect(b2(county('壱弐参肆零郡伍陸漆捌玖拾町')).problems).toEqual([
      'ADDRESS_TOO_LONG 送付先住所（市区郡町村）',
    ])
  })

  test('the building alone is named when it is the one', () => {
    const { problems } = b2({ ...KYOTO, address1: '下丸屋町403', address2: 'グ'.repeat(26) })
    expect(problems).toEqual(['ADDRESS_TOO_LONG 送付先住所（アパートマンション名）'])
  })

  test('no municipality is found: told, and the whole cell holds', () => {
    const { problems, warnings } = b2({
      prefecture: '',
      city: '',
      postalCode: '0000000',
      address1: '大浜1-2-3',
    })
    expect([problems, warnings]).toEqual([[], ['ADDRESS_UNSPLIT']])
  })
})

test.each([
  ['sagawa_ehiden3', 16],
  ['yupri_r', 25],
] as const)('%s takes %i full-width characters in each of its three cells, and not one more', (id, room) => {
  const long = (last: number) => {
    const address1 = [room, room, last].map((count) => '大'.repeat(count)).join(' ')
    return order({ prefecture: '', city: '', address1, address2: '' })
  }
  expect(check(id, long(room)).codes).toEqual([])
  expect(check(id, long(room + 1)).codes).toEqual(['ADDRESS_TOO_LONG'])
})

describe('ゆうプリR by its layouts', () => {
  const columns = (layout: string) => {
    const format = formatOf('yupri_r')
    return columnsFor(format, format.settings.parse({ ...SETTINGS.yupri_r, layout })).map(({ name }) => name)
  }

  test('117 columns, and 118 with 倉庫数 at 72', () => {
    const [plain, extra] = [columns('117'), columns('118')]
    expect([plain.length, extra.length, extra[71]]).toEqual([117, 118, '倉庫数'])
    expect(plain).toEqual(YUPRI_NAMES)
    expect(extra.toSpliced(71, 1)).toEqual(YUPRI_NAMES)
    // A second implementation writes some of them otherwise, and ends at 104: the order is the same.
    const alike = (name: string) => name.replace(/[１／・]|コード|検索キー|書留損|区分|商品/g, '')
    expect(SECOND.map(([at]) => alike(plain[at - 1] ?? ''))).toEqual(SECOND.map(([, name]) => alike(name)))
  })

  test('代引 stands where the layout has it, and only after a look in the tool', () => {
    const one = order({}, {}, cod(4_980))
    const settings = (layout: string, codLayout: string) => ({ settings: { layout, codLayout } })
    expect(check('yupri_r', one).codes).toEqual(['LAYOUT_UNCONFIRMED'])
    expect(check('yupri_r', one, settings('118', '117')).codes).toEqual(['LAYOUT_UNCONFIRMED'])
    const test = check('yupri_r', one, { ...settings('118', ''), testCod: true })
    expect([test.codes, test.warnings.map(({ code }) => code)]).toEqual([[], ['LAYOUT_TEST']])
    for (const [layout, amount] of [
      ['117', 99],
      ['118', 100],
    ] as const) {
      const { places, cells, codes } = check('yupri_r', one, settings(layout, layout))
      expect(codes).toEqual([])
      expect([places.get('4980'), places.get('452')]).toEqual([amount, amount + 1])
      expect([cells.get('代引金額'), cells.get('代引消費税金額'), cells.get('品名')]).toEqual([
        '4980',
        '452',
        '衣類',
      ])
    }
    // Without 代引 nobody has to confirm anything.
    expect(check('yupri_r', order()).codes).toEqual([])
  })
})

test.each([
  ['yamato_b2', '2026-01-15', ['SHIP_DATE_RANGE'], []],
  ['yamato_b2', '2026-02-15', [], []],
  ['yamato_b2', '2026-02-16', ['SHIP_DATE_RANGE'], []],
  ['sagawa_ehiden3', '2026-01-15', [], ['SHIP_DATE_RANGE']],
  ['sagawa_ehiden3', '2026-02-16', [], []],
] as const)('%s, shipped on %s of 2026-01-16', (id, shippedOn, problems, warnings) => {
  const checked = check(id, order(), { shippedOn })
  expect([checked.codes, checked.warnings.map(({ code }) => code)]).toEqual([problems, warnings])
})

test('a wish half a year ahead is a wrong year', () => {
  expect(check('yamato_b2', order({}, { date: '2026-07-18' })).codes).toEqual([])
  expect(check('yamato_b2', order({}, { date: '2027-01-18' })).codes).toEqual(['WISH_DATE_FAR'])
})

test('an island is told at every mall, with what it may not have', () => {
  const marked = { order: { marks: ['remote_island'] } }
  const told = (detail: NormalisedOrder, more: Changes = marked) =>
    check('yamato_b2', detail, more).warnings.filter(({ code }) => code === 'REMOTE_AREA')
  expect(told(order(), {})).toEqual([])
  expect(told(order())).toHaveLength(1)
  const [first] = told(order({}, { timeFrom: '14:00', timeTo: '16:00' }, cod(500)))
  expect(first?.message).toContain('時間帯指定・代引は')
  // Of two recipients the one on the island: the mark is the order's.
  const base = order()
  const [recipient] = base.recipients
  const tokyo = { postalCode: '1000001', prefecture: '東京都', city: '千代田区', address1: '千代田1-1' }
  const two = present(recipient)
  const both = [two, { ...two, id: 'r2', person: { ...two.person, ...tokyo } }]
  const items = [...base.items, ...base.items.map((item) => ({ ...item, recipientId: 'r2' }))]
  const by = (islands: Partial<IslandList>) =>
    told({ ...base, items, recipients: both }, { ...marked, islands }).map(({ recipientId }) => recipientId)
  expect(by({})).toEqual(['r1'])
  // … by the shop's own list, too; a list that names none of them any more leaves the mark for all.
  expect(by({ add: ['1000001'], except: ['907'] })).toEqual(['r2'])
  expect(by({ add: ['1000001'] })).toEqual(['r1', 'r2'])
  expect(by({ except: ['907'] })).toEqual(['r1', 'r2'])
})

describe('what is in a parcel, and how many there are', () => {
  const holding = (name: string) => {
    const base = order()
    const item = present(base.items[0])
    return { ...base, items: [{ ...item, name }] }
  }

  test('品名 by the first rule whose word an item has, else the shop’s one name', () => {
    const settings = { goodsRules: 'シャツ=衣料品、ケーキ＝洋菓子\n壊れた規則' }
    expect(check('yamato_b2', holding('リネンｼｬﾂ 白'), { settings }).cells.get('品名１')).toBe('衣料品')
    expect(check('yamato_b2', holding('チーズケーキ'), { settings }).cells.get('品名１')).toBe('洋菓子')
    expect(check('yamato_b2', holding('靴下'), { settings }).cells.get('品名１')).toBe('衣類')
    expect(check('click_post', holding('チーズケーキ'), { settings }).cells.get('内容品')).toBe('洋菓子')
  })

  const handling = { fragileWords: 'グラス', uprightWords: 'ケーキ', rawWords: '鮮魚' }
  test.each([
    ['yamato_b2', 'グラスのケーキ', { 荷扱い１: 'ワレ物注意', 荷扱い２: '天地無用' }, []],
    [
      'yamato_b2',
      'グラスの鮮魚ケーキ',
      { 荷扱い１: 'ワレ物注意', 荷扱い２: '天地無用' },
      ['HANDLING_LEFT_OUT'],
    ],
    ['yamato_b2', '鮮魚', { 荷扱い１: 'ナマモノ', 荷扱い２: '' }, []],
    ['sagawa_ehiden3', 'グラス', { 指定シール１: '011', 指定シール２: '' }, []],
    ['sagawa_ehiden3', '鮮魚', { 指定シール１: '' }, ['HANDLING_LEFT_OUT']],
    ['yupri_r', 'グラスの鮮魚ケーキ', { こわれもの区分: '1', なまもの区分: '1', 逆さま厳禁区分: '1' }, []],
    ['yupri_r', '靴下', { こわれもの区分: '', なまもの区分: '', 逆さま厳禁区分: '' }, []],
  ] as const)('%s: %s', (id, name, cells, warnings) => {
    const checked = check(id, holding(name), { settings: handling })
    const found = Object.keys(cells).map((column) => [column, checked.cells.get(column)])
    expect(Object.fromEntries(found)).toEqual(cells)
    expect([checked.codes, checked.warnings.map(({ code }) => code)]).toEqual([[], warnings])
  })

  test('three seals at most: クール and the wish stand before handling', () => {
    const base = holding('グラスのケーキ')
    const checked = check(
      'sagawa_ehiden3',
      {
        ...base,
        recipients: base.recipients.map((one) => ({
          ...one,
          wish: { ...one.wish, timeFrom: '14:00', timeTo: '16:00' },
        })),
      },
      { settings: handling, temperature: 'cool' },
    )
    const seals = ['１', '２', '３'].map((at) => checked.cells.get(`指定シール${at}`))
    expect([seals, checked.warnings.map(({ code }) => code)]).toEqual([
      ['001', '023', '011'],
      ['HANDLING_LEFT_OUT'],
    ])
  })

  test.each([
    ['yamato_b2', '発行枚数', ''],
    ['sagawa_ehiden3', '出荷個数', '1'],
    ['yupri_r', '複数個口数', ''],
  ] as const)('%s: %s', (id, column, one) => {
    expect(check(id, order()).cells.get(column)).toBe(one)
    const three = check(id, order(), { packages: 3 })
    expect([three.codes, three.cells.get(column)]).toEqual([[], '3'])
    const paid = { ...cod(500) }
    const settings = id === 'yupri_r' ? { settings: { codLayout: '117' } } : {}
    expect(check(id, order({}, {}, paid), { packages: 3, ...settings }).codes).toEqual(['COD_SPLIT'])
  })

  test('not for small parcels, and not for several recipients', () => {
    expect(check('yamato_b2', order(), { packages: 2, service: 'nekopos' }).codes).toEqual([
      'PACKAGES_NOT_OFFERED',
    ])
    expect(check('click_post', order(), { packages: 2 }).codes).toEqual(['PACKAGES_NOT_OFFERED'])
    const base = order()
    const recipient = present(base.recipients[0])
    const two = { ...base, recipients: [recipient, { ...recipient, id: 'r2' }] }
    const items = [present(base.items[0]), { ...present(base.items[0]), lineId: 'b', recipientId: 'r2' }]
    expect(check('yamato_b2', { ...two, items }, { packages: 2 }).codes).toEqual(['PACKAGES_SEVERAL'])
  })
})

test.each([
  ['yamato_b2', 'yu_mail', '送り状種類', '3'],
  ['yupri_r', 'yu_packet', '郵便種別', '9'],
  ['yupri_r', 'yu_mail', '郵便種別', '1'],
  ['yupri_r', 'letter', '郵便種別', '2'],
  ['yupri_r', 'letter_large', '郵便種別', '3'],
] as const)('%s %s: mail without a number', (id, service, column, kind) => {
  const { codes, cells } = check(id, order(), { service })
  expect([codes, cells.get(column)]).toEqual([[], kind])
  expect(
    check(id, order({}, {}, cod(500)), { service, settings: id === 'yupri_r' ? { codLayout: '117' } : {} })
      .codes,
  ).toEqual(['COD_NOT_OFFERED'])
})

/** Widths, brackets and the words that only one implementation has make no other column. */
const sameName = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[()]/g, '')
    .replace(/^ご請求先/, '請求先')

test('the columns of B2クラウド, e飛伝Ⅲ and クリックポスト are those of public implementations', () => {
  const ours = (id: FormatId) => formatOf(id).columns.map(({ name }) => sameName(name))
  const b2 = (name: string) =>
    sameName(name)
      .replace(/^予備\d?$|^収納代行決済QRコード印刷$/, '予備')
      .replace(/(お届け先|ご依頼主)(?:住所)?アパートマンション名?$/, '$1アパートマンション')
      .replace('お届け予定指定日', 'お届け予定日')
      .replace('部門名', '部門')
      .replace(/先名(?:略称)?カナ$/, '先カナ')
      .replace(/^ご依頼主名?(?:略称)?カナ$/, 'ご依頼主カナ')
      .replace('コレクト内消費', '内消費')
      .replace('営業所止置き', '止置き')
      .replace('個数口枠の印字', '個数口表示フラグ')
      .toLowerCase()
  for (const [names, count] of [
    [B2_NAMES[0], 95],
    [B2_NAMES[1], 97],
  ] as const) {
    expect(names).toHaveLength(count)
    expect(ours('yamato_b2').slice(0, count).map(b2)).toEqual(names?.map(b2))
  }
  expect(ours('sagawa_ehiden3')).toEqual(EHIDEN_NAMES.map(sameName))
  expect(ours('click_post')).toEqual(CLICK_NAMES.map(sameName))
  const alike = (name: string) =>
    sameName(name)
      .replace('お問合番号', 'お問合せ番号')
      .replace('輸送指示とめ店所', '輸送指示止め店所名')
      .replace(/指定日付?$/, '指定日')
      .replace(/等$/, '')
  for (const names of SEINO_NAMES) expect(ours('seino_kangaroo').map(alike)).toEqual(names.map(alike))
  for (const names of FUKUYAMA_NAMES)
    expect(ours('fukuyama_istar2')).toEqual(
      names.map((name) => sameName(name).replace(/(コード)(?:お届け先|ご依頼主)コード/, '$1')),
    )
  const web = formatOf('web_yupack').columns.map(({ name }) => name)
  expect(web).toEqual(WEB_YUPACK_NAMES)
  for (const [at, name] of WEB_YUPACK_SECOND) {
    const long = (web[at - 1] ?? '').replace('代金引換', '代引').replace('ご依頼主のお名前', 'ご依頼主名')
    expect([at, long.includes(name)]).toEqual([at, true])
  }
})

test('docs/labels.md lists each column that gets a value', () => {
  const page = readFileSync(new URL('../../../docs/labels.md', import.meta.url), 'utf8')
  const [, table = ''] = page.split('### 出力する列\n')
  const rows = table.split('\n').flatMap((line) => {
    const [, tool, columns] = /^\| (\S+) \| ([\d〜、]+) \|/.exec(line) ?? []
    return tool && columns ? [[tool, columns] as const] : []
  })
  const numbers = (columns: string) =>
    columns.split('、').flatMap((range) => {
      const [from = 0, to = from] = range.split('〜').map(Number)
      return Array.from({ length: to - from + 1 }, (_, at) => from + at)
    })
  const full = { company: '石垣商会', address2: 'ハイツ浜 101' }
  const held = { hold: { office: '石垣郵便局' } }
  const words = { fragileWords: 'シャツ', uprightWords: 'シャツ', rawWords: 'シャツ', packaging: '001' }
  const base = order(full, { date: '2026-01-18', timeText: '午前中' })
  const shirts = { ...base, items: base.items.map((item) => ({ ...item, name: 'シャツ' })) }
  for (const id of FORMAT_IDS) {
    const { label } = formatOf(id)
    const row = rows.find(([tool]) => label.includes(tool))
    const known = formatOf(id).settings.safeParse({ ...SETTINGS[id], ...words }).success ? words : {}
    const filled = [
      check(id, shirts, { packages: 2, settings: known }),
      check(id, shirts, { settings: known, temperature: 'cool' }),
      check(id, { ...shirts, ...cod(500) }, { testCod: true, settings: known }),
      check(id, shirts, { ...held, settings: known }),
      check(id, shirts, { hold: { office: '098123' }, settings: known }),
    ].flatMap(({ labels }) =>
      [...(labels[0]?.cells ?? [])].flatMap(([at, text]) => (text === '' ? [] : [at])),
    )
    const listed = numbers(row?.[1] ?? '')
    expect([id, [...new Set(filled)].filter((at) => !listed.includes(at))]).toEqual([id, []])
    expect(listed.length).toBeGreaterThan(7)
  }
})

test('代引 beyond the limit of the contract is refused; a wish for 置き配 is told where no column takes it', () => {
  for (const id of ['sagawa_ehiden3', 'yamato_b2'] as const) {
    const told = (codLimit: string) => check(id, order({}, {}, cod(3_500)), { settings: { codLimit } }).codes
    expect([told('3499'), told('3500'), told('')]).toEqual([['COD_TOO_MUCH'], [], []])
  }
  const wished = check('yamato_b2', order({}, { dropOff: '玄関前' }))
  expect([wished.ok, wished.warnings.map(({ code }) => code)]).toEqual([
    true,
    expect.arrayContaining(['DROP_OFF']),
  ])
})

describe('止置き', () => {
  const method = (
    methodName: string,
    notes: Partial<NormalisedOrder['notes']> = {},
  ): Partial<NormalisedOrder> => {
    const { delivery, notes: before } = sampleOrder('x')
    return { delivery: { ...delivery, methodName }, notes: { ...before, ...notes } }
  }
  const cellsOf = (id: FormatId, names: readonly string[], detail: NormalisedOrder, more: Changes = {}) => {
    const { cells, codes } = check(id, detail, more)
    return [names.map((name) => cells.get(name)), codes]
  }
  const B2 = ['止置き', '営業所コード']
  const EHIDEN = ['営業所受取', '営業所受取営業所コード', '指定シール１']
  const YUPRI = ['お届け先局留め区分', 'お届け先局留め郵便局名', 'お届け先局留め郵便番号']
  const SEINO = ['輸送指示コード２', '輸送指示（止め店所名）']

  test.each([
    ['yamato_b2', B2, '宅急便 営業所止め（営業所コード 098123）', ['1', '098123']],
    ['sagawa_ehiden3', EHIDEN, '飛脚宅配便 営業所受取 (012345)', ['1', '012345', '004']],
    ['yupri_r', YUPRI, 'ゆうパック 石垣郵便局留め', ['1', '石垣郵便局', '907-0001']],
    ['seino_kangaroo', SEINO, 'カンガルー便 石垣営業所止め', ['01', '石垣営業所']],
  ] as const)('%s by the words of the method', (id, names, words, cells) => {
    expect(cellsOf(id, names, order({}, {}, method(words)))).toEqual([cells, []])
    // A person's own choice: another office, and the door.
    const office = id === 'yamato_b2' || id === 'sagawa_ehiden3' ? '111111' : '那覇営業所'
    const [changed] = cellsOf(id, names.slice(0, 2), order({}, {}, method(words)), { hold: { office } })
    expect(changed).toEqual([cells[0], office])
    expect(cellsOf(id, names, order({}, {}, method(words)), { hold: null })[1]).toEqual([])
    expect(check(id, order({}, {}, method(words)), { hold: null }).cells.get(names[0] ?? '')).toBe('')
  })

  test('of an address, of the memo; without the office it is refused, never sent to the door', () => {
    const address = order({ address2: '石垣郵便局留' })
    expect(cellsOf('yupri_r', YUPRI, address)).toEqual([['1', '石垣郵便局', '907-0001'], []])
    expect(cellsOf('yamato_b2', B2, address)[1]).toEqual(['HOLD_OFFICE_MISSING'])
    const memo = order({}, {}, method('宅急便', { shop: '営業所止め 098123' }))
    expect(cellsOf('yamato_b2', B2, memo)).toEqual([['1', '098123'], []])
    const remark = check('yamato_b2', order({}, {}, method('宅急便', { buyer: '営業所留めにしてください' })))
    expect([remark.ok, remark.warnings.map(({ code }) => code)]).toEqual([true, ['HOLD_UNSET']])
    const elsewhere = method('宅急便 取り置き・お取り置き可')
    expect(check('yamato_b2', order({}, {}, elsewhere)).warnings).toEqual([])
  })

  test('a service or tool without it refuses; an office lets a parcel for a counter pass', () => {
    const held = order({}, {}, method('営業所止め 098123'))
    expect(check('yamato_b2', held, { service: 'nekopos' }).codes).toEqual(['HOLD_NOT_OFFERED'])
    for (const id of ['click_post', 'web_yupack', 'fukuyama_istar2'] as const)
      expect(check(id, held).codes).toEqual(['HOLD_NOT_OFFERED'])
    const counter = order()
    const pickup = { kind: 'post_office', code: '1', name: '石垣郵便局', address: null }
    const there = { ...counter, recipients: counter.recipients.map((one) => ({ ...one, pickup })) }
    expect(check('yupri_r', there).codes).toEqual(['PICKUP'])
    expect(cellsOf('yupri_r', YUPRI, there, { hold: { office: '石垣郵便局' } })[1]).toEqual([])
    const elsewhere = { office: '那覇中央郵便局', postalCode: '9008799' }
    expect(cellsOf('yupri_r', YUPRI, there, { hold: elsewhere })).toEqual([
      ['1', '那覇中央郵便局', '900-8799'],
      [],
    ])
  })
})

describe('置き配', () => {
  test.each([
    ['玄関前', '01'],
    ['玄関前鍵付容器', '01'],
    ['宅配ボックス', '02'],
    ['メーターボックス', '03'],
    ['物置', '04'],
    ['車庫', '05'],
    ['自転車のかご', '06'],
    ['建物内受付/管理人預け', '07'],
  ])('EAZY: %s is %s, in the column that the shop compared', (place, code) => {
    const wished = order({}, { dropOff: place })
    for (const eazyColumn of ['96', '98']) {
      const { codes, cells, places } = check('yamato_b2', wished, {
        service: 'eazy',
        settings: { eazyColumn },
      })
      expect([codes, cells.get('置き場所コード'), cells.get('送り状種類')]).toEqual([[], code, '1'])
      expect(places.get(code)).toBe(Number(eazyColumn))
      expect(cells.size).toBe(Number(eazyColumn))
    }
  })

  test('EAZY without a wish is handed over, and is refused while its column or the place is not known', () => {
    const settings = { eazyColumn: '98' }
    const eazy = (dropOff: string | null, more: Changes = { settings }) =>
      check('yamato_b2', order({}, { dropOff }), { service: 'eazy', ...more })
    expect(eazy(null).cells.get('置き場所コード')).toBe('00')
    expect(eazy('置き配').codes).toEqual(['DROP_OFF_UNKNOWN'])
    expect(eazy('玄関前', {}).codes).toEqual(['EAZY_UNCONFIRMED'])
    expect(check('yamato_b2', order()).cells.size).toBe(97)
  })
})

test('カンガルー・マジックⅡ: a line', () => {
  const { cells, codes, warnings } = check(
    'seino_kangaroo',
    order({ company: '石垣商会' }, { date: '2026-01-18', timeText: '午前中' }),
    { packages: 2, settings: { slipType: '0' } },
  )
  expect([codes, warnings]).toEqual([[], []])
  expect(Object.fromEntries([...cells].filter(([, cell]) => cell !== ''))).toEqual({
    荷送人コード: '01234567890',
    出荷予定日: '2026/01/16',
    管理番号: 'T000000000',
    元着区分: '1',
    原票区分: '0',
    個数: '2',
    荷送人名称: '取込商店',
    荷送人住所１: '東京都千代田区千代田1-1',
    荷送人電話番号: '03-1234-5678',
    お届け先郵便番号: '907-0001',
    お届け先名称１: '石垣商会',
    お届け先名称２: '髙橋　花子',
    お届け先住所１: '沖縄県石垣市大浜1-2-3',
    お届け先住所２: 'ハイツ浜 101',
    お届け先電話番号: '090-1234-5678',
    記事１: '衣類',
    '輸送指示（配達指定日付）': '01181',
    輸送指示コード１: '02',
  })
  expect(check('seino_kangaroo', order({}, { timeText: '14:00～16:00' })).codes).toEqual([
    'TIME_SLOT_UNKNOWN',
  ])
  expect(check('seino_kangaroo', order({}, {}, cod(100))).codes).toEqual(['COD_NOT_OFFERED'])
})

test('iSTAR-2: a line in full width, its own ranges of days', () => {
  const { cells, codes } = check('fukuyama_istar2', order({}, { date: '2026-01-18' }))
  expect(codes).toEqual([])
  expect(Object.fromEntries([...cells].filter(([, cell]) => cell !== ''))).toEqual({
    電話番号: '090-1234-5678',
    住所: '沖縄県石垣市大浜１－２－３',
    住所２: 'ハイツ浜　１０１',
    名前: '髙橋　花子',
    郵便番号: '907-0001',
    荷送人コード: '0312345678',
    個数: '1',
    品名記事１: '衣類',
    配達指定日: '20260118',
    お客様管理番号: 'T000000000',
    元払区分: '1',
    出荷日付: '20260116',
  })
  expect(check('fukuyama_istar2', order({}, { date: '2026-01-31' })).codes).toEqual(['WISH_DATE_FAR'])
  expect(check('fukuyama_istar2', order(), { shippedOn: '2026-01-31' }).codes).toEqual(['SHIP_DATE_RANGE'])
})

test('Webゆうパックプリント: the address in its parts; what has no known code is refused', () => {
  const { cells, codes } = check('web_yupack', order({ company: '石垣商会' }, { date: '2026-01-18' }))
  expect(codes).toEqual([])
  expect(Object.fromEntries([...cells].filter(([, cell]) => cell !== ''))).toEqual({
    商品: '1',
    '着払/代引': '0',
    作成数: '1',
    お届け先のお名前: '髙橋　花子',
    お届け先の敬称: '様',
    お届け先の郵便番号: '907-0001',
    お届け先の都道府県: '沖縄県',
    お届け先の市区町村郡: '石垣市',
    お届け先の丁目番地号: '大浜1-2-3',
    'お届け先の建物名・部屋番号など': 'ハイツ浜 101',
    お届け先の電話番号: '090-1234-5678',
    お届け先の法人名: '石垣商会',
    ご依頼主のお名前: '取込商店',
    ご依頼主の郵便番号: '100-0001',
    ご依頼主の都道府県: '東京都',
    ご依頼主の市区町村郡: '千代田区',
    ご依頼主の丁目番地号: '千代田1-1',
    ご依頼主の電話番号: '03-1234-5678',
    品名: '衣類',
    発送予定日: '2026/01/16',
    保冷: '0',
    取扱上の注意こわれもの: '0',
    取扱上の注意なまもの: '0',
    取扱上の注意逆さま厳禁: '0',
    配達希望日: '2026/01/18',
    '摘要/記事': 'T000000000',
    サイズ: '80',
    割引: '0',
    '配達完了通知(依頼主)': '0',
  })
  expect(check('web_yupack', order({}, {}, cod(100))).codes).toEqual(['COD_NOT_OFFERED'])
  expect(check('web_yupack', order(), { temperature: 'cool' }).codes).toEqual(['COOL_NOT_OFFERED'])
  expect(check('web_yupack', order({ prefecture: '', city: '', postalCode: '0000000' })).codes).toContain(
    'ADDRESS_UNSPLIT',
  )
})

test('クリックポスト may have the key behind the goods', () => {
  const settings = { keyInGoods: 'yes' }
  expect(check('click_post', order(), { settings }).cells.get('内容品')).toBe('衣類 T000000000')
  const long = check('click_post', order(), { settings: { ...settings, goodsName: 'あ'.repeat(12) } })
  expect(long.codes).toEqual(['TOO_LONG'])
})
