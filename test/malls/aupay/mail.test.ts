import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SandboxOrder } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { recogniseMail } from '../../../src/mail/recognition/judge.ts'
import { parseMail } from '../../../src/mail/recognition/parse-mail.ts'
import { aupayMailRules, recogniseAupayMail } from '../../../src/marketplaces/aupay/mail.ts'
import { isUnreadable } from '../../../src/marketplaces/kit/mail/recogniser.ts'
import { type AddedMailRules, mergeRules } from '../../../src/marketplaces/kit/mail/rules.ts'
import type { ReadableMail } from '../../../src/marketplaces/port/mail-rules.ts'
import type { MarketplaceName } from '../../../src/marketplaces/port/order.ts'
import { rakutenMailRules, recogniseRakutenMail } from '../../../src/marketplaces/rakuten/mail.ts'
import { recogniseYahooMail, yahooMailRules } from '../../../src/marketplaces/yahoo/mail.ts'

const NUMBER = '350000001'
const SUBJECT = '【au PAY マーケット】ご注文がありました'

const mail = (text: string, more: Partial<ReadableMail> = {}): ReadableMail => ({
  from: ['order@mail.wowma.jp'],
  to: ['shop@example.jp'],
  subject: SUBJECT,
  text,
  forwarded: [],
  ...more,
})
const recognise = (it: ReadableMail, added: AddedMailRules[] = []) =>
  recogniseAupayMail(it, mergeRules(aupayMailRules, added))

describe('whose mail it is', () => {
  it.each([
    ['order@wowma.jp', true],
    ['order@mail.wowma.jp', true],
    ['order@a.b.wowma.jp', true],
    ['order@notwowma.jp', false],
    ['order@wowma.jp.example', false],
  ])('from %s: %s', (from, ours) => {
    const found = recognise(mail(`注文番号：${NUMBER}`, { from: [from], subject: '自動配信' }))
    expect(found?.orderNumbers ?? []).toEqual(ours ? [NUMBER] : [])
  })

  it('is not what buyers write through the relay', () => {
    expect(recognise(mail(`注文番号：${NUMBER}`, { from: ['abc@x.mbdp.jp'] }))).toBeNull()
  })

  it('takes a forward with the mall’s name in its subject', () => {
    const forward = mail(`> 注文番号：${NUMBER}`, { from: ['shop@example.jp'], subject: `Fw: ${SUBJECT}` })
    expect(recognise(forward)).toMatchObject({ kind: 'new_order', orderNumbers: [NUMBER], reason: null })
  })

  it('takes no advertisement that names the mall, and no answer', () => {
    const from = ['news@ad.example']
    expect(
      recognise(mail('お得なキャンペーンのお知らせです。', { from, subject: 'au PAY マーケットの日' })),
    ).toBeNull()
    expect(recognise(mail('ご注文の件、了解です。', { from, subject: `Re: ${SUBJECT}` }))).toBeNull()
  })

  it('takes the mall’s own news for a notice', () => {
    expect(recognise(mail('システムメンテナンスのお知らせです。', { subject: 'お知らせ' }))).toMatchObject({
      kind: 'notice',
      reason: null,
    })
  })
})

describe('kinds', () => {
  it.each([
    [SUBJECT, 'new_order'],
    ['商品が購入されました', 'new_order'],
    ['【Wowma!】落札のお知らせ', 'new_order'],
    ['【au PAY マーケット】ご注文がキャンセルされました', 'cancelled'],
    ['【au PAY マーケット】ご注文の入金のお知らせ', 'payment'],
    ['【au PAY マーケット】ご注文内容の変更', 'changed'],
    ['【au PAY マーケット】発送のお知らせ', 'shipped'],
    ['【au PAY マーケット】大切なお知らせ', 'unknown'],
  ])('%s is %s', (subject, kind) => {
    expect(recognise(mail(`注文番号：${NUMBER}`, { subject }))).toMatchObject({
      kind,
      orderNumbers: [NUMBER],
    })
  })

  it('takes a shop’s rule before the words', () => {
    const rules = [{ subjects: [{ contains: '取引開始', kind: 'new_order' as const }] }]
    const subject = '【au PAY マーケット】取引開始(キャンセル不可)'
    expect(recognise(mail(`注文番号：${NUMBER}`, { subject }), rules)?.kind).toBe('new_order')
  })
})

describe('order numbers', () => {
  it('takes no line, lot, phone, amount or date', () => {
    const text = `注文番号：${NUMBER}
取引ナンバー：700000001
ロットナンバー：500000001
電話番号：0300000000
お支払額：12,345,678円
https://wowma.jp/item/500000001
20260903`
    expect(recognise(mail(text))?.orderNumbers).toEqual([NUMBER])
  })

  it('reads it from the subject when the body has none', () => {
    const found = recognise(mail('本文です。', { subject: `【au PAY マーケット】注文番号:${NUMBER}` }))
    expect(found?.orderNumbers).toEqual([NUMBER])
  })

  it.each([
    ['取引ナンバー：700000001', '取引ナンバーやロットナンバーは注文番号ではなく'],
    ['ご注文ありがとうございます。', 'numberLabels'],
    ['注文番号：A-12345', 'numberPatterns'],
    ['', '本文を読み取れません'],
  ])('explains why there is none: %s', (text, words) => {
    const found = recognise(mail(text))
    expect(found?.reason).toContain(words)
    expect(found && isUnreadable(found)).toBe(true)
  })

  it('learns sender, subject, label and form from the shop', () => {
    const strange = mail('お買上ＩＤ　▶　WM-1234567', {
      from: ['noreply@kddi.example'],
      subject: 'お買上のお知らせ',
    })
    expect(recognise(strange)).toBeNull()
    const added = {
      senders: ['@kddi.example'],
      subjects: [{ contains: 'お買上のお知らせ', kind: 'new_order' as const }],
      numberLabels: ['お買上ID ▶'],
      numberPatterns: ['WM-#{7}'],
    }
    expect(recognise(strange, [added])).toEqual({
      marketplace: 'aupay',
      kind: 'new_order',
      orderNumbers: ['WM-1234567'],
      reason: null,
    })
  })

  it('never throws on noise', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    fc.assert(
      fc.property(text, text, (body, subject) => {
        recognise(mail(body, { subject }))
      }),
    )
  })
})

describe('any mail of the simulated mall', () => {
  const order: SandboxOrder = {
    marketplace: 'aupay',
    shopCode: '10000001',
    shopName: '髙﨑商店',
    orderNumber: NUMBER,
    orderedAt: new Date('2026-09-03T11:13:00Z'),
    buyerName: '見本 花子',
    recipientName: '見本 太郎',
    recipientPostalCode: '530-0000',
    recipientAddress: '大阪府 見本市 見本1-1',
    recipientPhone: '06-0000-0000',
    paymentName: 'クレジットカード決済',
    deliveryName: '宅配便',
    note: '①番でお願いします',
    items: [
      {
        name: '見本Tシャツ①',
        itemCode: '500000001',
        sku: '-wt',
        options: ['カラー:白'],
        unitPrice: 1980,
        quantity: 2,
        taxRate: 10,
      },
    ],
    shippingFee: 600,
    couponTotal: 300,
    pointsUsed: 100,
    billed: 4160,
  }
  const malls = new Map(
    (
      [
        ['rakuten', '楽天市場', rakutenMailRules, recogniseRakutenMail],
        ['yahoo', 'Yahoo!ショッピング', yahooMailRules, recogniseYahooMail],
        ['aupay', 'au PAY マーケット', aupayMailRules, recogniseAupayMail],
      ] as const
    ).map(([name, label, mailRules, recognise]) => [
      name as MarketplaceName,
      { name, label, mailRules, recognise },
    ]),
  )
  const KINDS = { placed: 'new_order', cancelled: 'cancelled', paid: 'payment', changed: 'changed' } as const

  it('is recognised with its number and kind, in any charset, shape and transfer encoding', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('placed', 'cancelled', 'paid', 'changed'),
        fc.constantFrom('utf-8', 'iso-2022-jp', 'shift_jis'),
        fc.constantFrom('plain', 'multipart', 'html', 'forwarded-inline', 'forwarded-attached'),
        fc.constantFrom('base64', 'quoted-printable', '8bit'),
        async (type, charset, shape, transfer) => {
          const source = composeMail({ type, order }, { to: 'orders@shop.example', charset, shape, transfer })
          expect(recogniseMail(await parseMail(source), malls)).toEqual({
            marketplace: 'aupay',
            kind: KINDS[type],
            orderNumbers: [NUMBER],
            reason: null,
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('looks as the simulator is told to', async () => {
    const look = { from: 'a@b.wowma.jp', subject: '購入 {orderNumber}', numberLabel: '受注ID', text: null }
    const compose = (text: string | null) =>
      composeMail(
        { type: 'placed', order: { ...order, mail: { ...look, text } } },
        { to: 'x@y.example', charset: 'utf-8', shape: 'plain' },
      )
    const labelled = await parseMail(compose(null))
    expect(labelled).toMatchObject({ from: ['a@b.wowma.jp'], subject: `購入 ${NUMBER}` })
    expect(recogniseMail(labelled, malls)?.orderNumbers).toEqual([NUMBER])
    expect((await parseMail(compose('{shopName} {nothing} {billed}'))).text.trim()).toBe(
      '髙﨑商店 {nothing} 4,160',
    )
  })
})
