import fc from 'fast-check'
import type { SandboxEvent, SandboxOrder } from '../../../sandbox/kit/types.ts'
import type { MailOptions } from '../../../sandbox/mails/compose-mail.ts'
import type { MailMalls } from '../../../src/marketplaces/mails.ts'
import { rakutenMailRules, recogniseRakutenMail } from '../../../src/marketplaces/rakuten/mail.ts'
import { recogniseYahooMail, yahooMailRules } from '../../../src/marketplaces/yahoo/mail.ts'

/** Invented orders for tests of mails. */

export const rakutenOrder: SandboxOrder = {
  marketplace: 'rakuten',
  shopCode: '123456',
  shopName: '見本商店',
  orderNumber: '123456-20260519-0123456789',
  orderedAt: new Date('2026-05-19T12:04:11Z'),
  buyerName: '見本 花子',
  recipientName: '例示 太郎',
  recipientPostalCode: '000-0001',
  recipientAddress: '北海道架空市例示通4-5',
  recipientPhone: '011-000-0000',
  paymentName: 'クレジットカード',
  deliveryName: '宅配便',
  note: '',
  items: [
    {
      name: '見本シャツ',
      itemCode: 'shirt-01',
      sku: 'shirt-01-m',
      options: ['サイズ:M'],
      unitPrice: 3200,
      quantity: 1,
      taxRate: 10,
    },
    {
      name: '見本クッキー',
      itemCode: 'cookie-02',
      sku: null,
      options: [],
      unitPrice: 540,
      quantity: 2,
      taxRate: 8,
    },
  ],
  shippingFee: 550,
  couponTotal: 200,
  pointsUsed: 300,
  billed: 4330,
}

export const yahooOrder: SandboxOrder = {
  ...rakutenOrder,
  marketplace: 'yahoo',
  shopCode: 'hoshizora-tools',
  shopName: '星空道具店',
  orderNumber: 'hoshizora-tools-10000123',
}

/**
 * Characters that trip mail programs: of NEC and IBM, half-width kana, ones that Shift_JIS ends in a
 * backslash, doubles.
 */
const japanese = fc
  .array(fc.constantFrom(...'髙﨑①㈱Ⅲ№ｶﾞｱ表ソ能予～－一二三あいうカキク東京都港区ーＡ１ 　-'), {
    minLength: 1,
    maxLength: 40,
  })
  .map((characters) => characters.join(''))

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength })

const rakutenNumber = fc
  .tuple(
    digits(6, 6),
    fc.date({ min: new Date('2018-01-01'), max: new Date('2030-12-31'), noInvalidDate: true }),
    digits(8, 10),
  )
  .map(([shop, date, tail]) => `${shop}-${date.toISOString().slice(0, 10).replaceAll('-', '')}-${tail}`)

const yahooNumber = fc
  .tuple(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,18}[a-zA-Z0-9]$/), digits(8, 10))
  .map(([store, number]) => `${store}-${number}`)
  .filter((number) => !/^teiki-\d{8}-/i.test(number))

/** Orders of both malls with awkward names. */
const anyOrder: fc.Arbitrary<SandboxOrder> = fc
  .record({
    marketplace: fc.constantFrom('rakuten', 'yahoo'),
    name: japanese,
    note: japanese,
    rakutenNumber,
    yahooNumber,
  })
  .map(({ marketplace, name, note, ...numbers }) => ({
    ...rakutenOrder,
    marketplace,
    orderNumber: marketplace === 'rakuten' ? numbers.rakutenNumber : numbers.yahooNumber,
    shopCode:
      marketplace === 'rakuten'
        ? numbers.rakutenNumber.slice(0, 6)
        : numbers.yahooNumber.replace(/-\d+$/, ''),
    shopName: name,
    buyerName: name,
    note,
  }))

export const anyEvent: fc.Arbitrary<SandboxEvent> = fc.record({
  type: fc.constantFrom('placed', 'cancelled', 'paid', 'changed'),
  order: anyOrder,
})

export const anyLook: fc.Arbitrary<Omit<MailOptions, 'to'>> = fc
  .record({
    charset: fc.constantFrom('utf-8', 'iso-2022-jp', 'shift_jis'),
    shape: fc.constantFrom('plain', 'multipart', 'html', 'forwarded-inline', 'forwarded-attached'),
    transfer: fc.constantFrom(undefined, 'base64', 'quoted-printable', '8bit'),
  })
  .map(({ transfer, ...look }) => (transfer === undefined ? look : { ...look, transfer }))

/** The mail half of the malls, for tests that speak with no API. */
export const mailMalls: MailMalls = new Map([
  [
    'rakuten',
    { name: 'rakuten', label: '楽天市場', mailRules: rakutenMailRules, recognise: recogniseRakutenMail },
  ],
  [
    'yahoo',
    { name: 'yahoo', label: 'Yahoo!ショッピング', mailRules: yahooMailRules, recognise: recogniseYahooMail },
  ],
])
