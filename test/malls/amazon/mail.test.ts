import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SandboxEvent, SandboxOrder } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { parseMail } from '../../../src/mail/recognition/parse-mail.ts'
import { amazonMailRules, recogniseAmazonMail } from '../../../src/marketplaces/amazon/mail.ts'
import { isUnreadable } from '../../../src/marketplaces/kit/mail/recogniser.ts'
import type { ReadableMail } from '../../../src/marketplaces/port/mail-rules.ts'

const NUMBER = '250-5013327-8846201'
const SELLER = 'seller-notification@amazon.co.jp'

const mail = (text: string, more: Partial<ReadableMail> = {}): ReadableMail => ({
  from: [SELLER],
  to: ['orders@shop.example'],
  subject: '注文確定： TNG-AI-02 藍染め手ぬぐい',
  text,
  forwarded: [],
  ...more,
})
const recognise = (one: ReadableMail) => recogniseAmazonMail(one, amazonMailRules)
const numbersIn = (text: string) => recognise(mail(text))?.orderNumbers

describe('order numbers', () => {
  it.each([
    ['behind its label', `注文番号：${NUMBER}`],
    ['behind a padded label', `注文番号 ： ${NUMBER}`],
    ['in full width', '注文番号：２５０－５０１３３２７－８８４６２０１'],
    ['quoted', `> 注文番号: ${NUMBER}`],
    ['broken after a hyphen', '注文番号：250-5013327-\n8846201'],
    ['twice', `${NUMBER} ${NUMBER}`],
    ['in a path', `<https://sellercentral-japan.amazon.com/orders-v3/order/${NUMBER}>`],
    ['in an escaped link', `https://x.example/?next=%2Forder%2F${NUMBER}%3Fa%3D1`],
    [
      'in the target of a redirect',
      `https://x.example/redirect/a?u=${Buffer.from(`https://x.example/order/${NUMBER}`).toString('base64url')}`,
    ],
  ])('finds one %s', (_name, text) => {
    expect(numbersIn(text)).toEqual([NUMBER])
  })

  it.each(['249', '250', '503', '058', '701'])('does not test the first three digits (%s)', (first) => {
    expect(numbersIn(`${first}-5013327-8846201`)).toEqual([`${first}-5013327-8846201`])
  })

  it.each([
    'D01-5013327-8846201',
    'S01-5013327-8846201',
    '1250-5013327-8846201',
    '250-5013327-88462011',
    '250-5013327-8846201-1',
    '1-250-5013327-8846201',
    '250-501332-8846201',
    '400-000-000000',
    '090-0000-0000',
  ])('takes no look-alike: %s', (text) => {
    expect(numbersIn(`注文番号：${text}`)).toEqual([])
  })

  it('finds all numbers of a mail in their order, and only them', () => {
    const digits = (count: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: count, maxLength: count })
    const number = fc.tuple(digits(3), digits(7), digits(7)).map((parts) => parts.join('-'))
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 5 }), (numbers) => {
        expect(numbersIn(numbers.map((one) => `注文番号：${one}\n価格：￥3,960`).join('\n'))).toEqual(numbers)
      }),
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(recognise(mail(`注文${text}?u=${text}`))?.marketplace).toBe('amazon')
      }),
    )
  })
})

describe('whose mail it is, and what it tells', () => {
  it.each([
    ['注文確定： TNG-AI-02 藍染め手ぬぐい', 'new_order'],
    ['注文確定： 2点の商品が販売されました', 'new_order'],
    ['注文確定： TNG-AI-02 【返品交換不可】藍染め手ぬぐい', 'new_order'],
    ['注文確定のお知らせ', 'new_order'],
    ['キャンセルリクエストが届きました', 'changed'],
    ['注文のキャンセルの依頼', 'changed'],
    ['ご注文の発送予定日が近づいています', 'changed'],
    ['返品リクエストのお知らせ', 'notice'],
    ['Amazonマーケットプレイス保証の申請', 'notice'],
    ['振り込み手続き開始のお知らせ', 'notice'],
  ])('%s is %s', (subject, kind) => {
    expect(recognise(mail(`注文番号：${NUMBER}`, { subject }))).toMatchObject({
      kind,
      orderNumbers: [NUMBER],
      reason: null,
    })
  })

  it.each([
    ['Amazonで新規の注文がありました。', 'new_order'],
    ['Amazonで新規の注文があり\nました。', 'new_order'],
    ['> Amazonで新規の\n> 注文がありました。', 'new_order'],
    ['ご注文について購入者から連絡がありました。', 'unknown'],
  ])('a subject that tells nothing, with 「%s」 in the body, is %s', (words, kind) => {
    expect(recognise(mail(`${words}\n注文番号：${NUMBER}`, { subject: '出品者向け通知' }))).toMatchObject({
      kind,
      orderNumbers: [NUMBER],
    })
  })

  it('the words of a new order from anybody else, under that subject, make it none', () => {
    const text = `Amazonで新規の注文がありました。\n注文番号：${NUMBER}`
    expect(recognise(mail(text, { from: ['a@example.jp'], subject: '出品者向け通知' }))).toBeNull()
  })

  it.each<[string, Partial<ReadableMail>]>([
    ['the buyer’s confirmation', { from: ['auto-confirm@amazon.co.jp'], subject: 'Amazon.co.jpでのご注文' }],
    [
      'the buyer’s confirmation, forwarded',
      { from: ['me@shop.example'], subject: 'Fw: Amazon.co.jpでのご注文 250-…' },
    ],
    ['a buyer’s message', { from: ['abc+1@marketplace.amazon.co.jp'], subject: '注文確定： について' }],
    ['another country’s', { from: ['seller-notification@amazon.co.uk'], subject: 'Sold, dispatch now: X' }],
    [
      'an answer to an order mail',
      { from: ['me@shop.example'], subject: 'Re: 注文確定： について', text: 'Amazonの件' },
    ],
  ])('leaves %s alone', (_name, more) => {
    expect(recognise(mail(more.text ?? `注文番号：${NUMBER}`, more))).toBeNull()
  })

  it('does not take another mall’s mail for its own', () => {
    const subject = '【楽天市場】注文確定のお知らせ'
    expect(
      recognise(mail('受注番号 123456-20260519-0123456789', { from: ['order@rakuten.co.jp'], subject })),
    ).toBeNull()
  })

  it('shows a mail whose number has a new form', () => {
    const odd = recognise(mail('Amazonで新規の注文がありました。\n注文番号：AB-12345'))
    expect(odd && isUnreadable(odd)).toBe(true)
    expect(odd?.reason).toContain('形')
  })
})

describe('the simulator’s mails', () => {
  const order: SandboxOrder = {
    marketplace: 'amazon',
    shopCode: 'AEXAMPLESELLER',
    shopName: '見本商店',
    orderNumber: NUMBER,
    orderedAt: new Date('2026-09-01T01:12:44Z'),
    buyerName: '佐久間 遥',
    recipientName: '佐久間 遥',
    recipientPostalCode: '210-0000',
    recipientAddress: '神奈川県川崎市架空区見本町3-14-15',
    recipientPhone: '044-000-0000',
    paymentName: 'クレジットカード',
    deliveryName: 'STANDARD',
    note: '',
    items: [
      {
        name: '髙級手ぬぐい①',
        itemCode: 'TNG-AI-02',
        sku: 'TNG-AI-02',
        options: [],
        unitPrice: 1980,
        quantity: 2,
        taxRate: 10,
      },
    ],
    shippingFee: 500,
    couponTotal: 0,
    pointsUsed: 0,
    billed: 4460,
  }
  const KINDS = {
    placed: 'new_order',
    paid: 'new_order',
    cancelled: 'cancelled',
    changed: 'changed',
  } as const
  const types = Object.keys(KINDS) as SandboxEvent['type'][]

  it.each(types)('tell of %s in every charset and shape, and hide the buyer', async (type) => {
    for (const charset of ['utf-8', 'iso-2022-jp', 'shift_jis'] as const) {
      for (const shape of ['plain', 'multipart', 'html', 'forwarded-inline', 'forwarded-attached'] as const) {
        const source = composeMail({ type, order }, { to: 'orders@shop.example', charset, shape })
        const read = await parseMail(source)
        expect(recognise(read)).toMatchObject({ kind: KINDS[type], orderNumbers: [NUMBER], reason: null })
        expect(JSON.stringify(read)).not.toContain('佐久間')
      }
    }
  })
})
