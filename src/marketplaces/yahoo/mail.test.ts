import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnreadable } from '../kit/mail/recogniser.ts'
import type { ReadableMail } from '../port/mail-rules.ts'
import { recogniseYahooMail, yahooMailRules } from './mail.ts'

const NUMBER = 'Hoshizora-tools-10000123'
const NEW_ORDER = '【Yahoo!ショッピング】注文確認：星空道具店'

const mail = (text: string, more: Partial<ReadableMail> = {}): ReadableMail => ({
  from: ['alerts@mail.example'],
  to: ['store@example.jp'],
  subject: NEW_ORDER,
  text,
  forwarded: [],
  ...more,
})
const recognise = (it: ReadableMail) => recogniseYahooMail(it, yahooMailRules)
const numbersIn = (text: string) => recognise(mail(`Yahoo!ショッピング\n${text}`))?.orderNumbers

describe('order numbers', () => {
  it.each([
    ['behind a full-width blank and colon', `注文ID　：${NUMBER}`],
    ['behind an ASCII colon', `注文ID: ${NUMBER}`],
    ['behind the older label', `ご注文番号 ${NUMBER}`],
    ['in full width', '注文ＩＤ　：Ｈｏｓｈｉｚｏｒａ－ｔｏｏｌｓ－１００００１２３'],
    ['quoted', `> > 注文ID　：${NUMBER}`],
    ['between asterisks', `*注文ID　：* *${NUMBER}*`],
    ['with brackets around its label', `【注文ID】${NUMBER}`],
    ['in the next line', `注文ID　：\n> ${NUMBER}`],
    ['in the next cell', `注文ID\n\n                ${NUMBER}`],
    ['before Japanese', `注文ID：${NUMBER}の注文`],
    ['in a link', `<https://pro.example/?orderId=${NUMBER}&x=1>`],
    ['twice', `注文ID：${NUMBER}\n注文ID：${NUMBER}`],
  ])('finds one %s', (_name, text) => {
    expect(numbersIn(text)).toEqual([NUMBER])
  })

  it('finds several behind one label or many', () => {
    expect(numbersIn('注文ID：a-10000001、a-10000002, b-b-10000003\n注文ID：a-1-123456789')).toEqual([
      'a-10000001',
      'a-10000002',
      'b-b-10000003',
      'a-1-123456789',
    ])
  })

  it('finds one in the subject when the text has none', () => {
    expect(
      recognise(mail('本文', { subject: `【Yahoo!ショッピング】注文確認：${NUMBER}` }))?.orderNumbers,
    ).toEqual([NUMBER])
  })

  it.each([
    `商品コード：${NUMBER}`,
    `${NUMBER}`,
    '注文ID：hoshizora-tools-1000012',
    '注文ID：10000123',
    `注文ID：${NUMBER}-1`,
    `注文ID：${NUMBER}a`,
    `注文ID：${NUMBER}－ｒ`,
    '注文ID：teiki-20260701-hoshizora-12345678',
    '注文ID：-10000123',
    `注文ID：${'a'.repeat(45)}-10000123`,
    '注文日時：2026-07-01-10000123',
  ])('takes no look-alike: %s', (text) => {
    expect(numbersIn(text)).toEqual([])
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(recognise(mail(`Yahoo!ショッピング${text}`))?.marketplace).toBe('yahoo')
      }),
    )
  })
})

describe('whose mail it is', () => {
  it.each([
    [NEW_ORDER, 'new_order'],
    ['Fwd: 【Yahoo!ショッピング】注文確認:星空道具店', 'new_order'],
    ['星空道具店でのご注文：1件', 'new_order'],
    ['【Yahoo!ショッピング】注文キャンセル：星空道具店', 'cancelled'],
    ['【Yahoo!ショッピング】入金確認：星空道具店', 'payment'],
    ['【Yahoo!ショッピング】注文内容変更：星空道具店', 'changed'],
  ])('%s is %s', (subject, kind) => {
    expect(recognise(mail(`注文ID：${NUMBER}`, { subject }))).toMatchObject({
      kind,
      orderNumbers: [NUMBER],
      reason: null,
    })
  })

  it.each([
    '【Yahoo!ショッピング】ご注文の確認（星空道具店）',
    '【Yahoo!ショッピング】ご注文のキャンセルを承りました',
  ])('leaves the buyer’s copy alone: %s', (subject) => {
    expect(
      recognise(mail(`注文ID：${NUMBER}`, { subject, from: ['shopping-order-master@mail.yahoo.co.jp'] })),
    ).toBeNull()
  })

  it('reads the store’s mail even if it comes from the address that buyers’ mails come from', () => {
    const from = ['shopping-order-master@mail.yahoo.co.jp']
    expect(recognise(mail(`注文ID：${NUMBER}`, { from }))?.orderNumbers).toEqual([NUMBER])
  })

  it('keeps a mail of the store-side sender with an unknown subject as unreadable', () => {
    const unknown = recognise(
      mail('ご注文がありました', {
        from: ['store-shopping-order-master@mail.yahoo.co.jp'],
        subject: '新しい件名',
      }),
    )
    expect(unknown).toMatchObject({ kind: 'unknown', orderNumbers: [] })
    expect(unknown && isUnreadable(unknown)).toBe(true)
  })

  it('is not Yahoo!’s when another shop’s cart writes 「でのご注文：」', () => {
    expect(recognise(mail('ご注文番号 12345', { subject: '架空市場でのご注文：12345' }))).toBeNull()
  })

  it('says that the form of the number is new', () => {
    expect(recognise(mail('注文ID：Y12345'))?.reason).toContain('形')
  })
})
