import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnreadable } from '../kit/mail/recogniser.ts'
import type { ReadableMail } from '../port/mail-rules.ts'
import { rakutenMailRules, recogniseRakutenMail } from './mail.ts'

const NUMBER = '123456-20260519-0123456789'
const NEW_ORDER = '【楽天市場】注文内容ご確認（自動配信メール）'

const mail = (text: string, more: Partial<ReadableMail> = {}): ReadableMail => ({
  from: ['order@rakuten.co.jp'],
  to: ['shop@example.jp'],
  subject: NEW_ORDER,
  text,
  forwarded: [],
  ...more,
})
const recognise = (it: ReadableMail) => recogniseRakutenMail(it, rakutenMailRules)
const numbersIn = (text: string) => recognise(mail(text))?.orderNumbers

describe('kinds', () => {
  it.each([
    [NEW_ORDER, 'new_order'],
    ['【楽天】注文内容ご確認(携帯)', 'new_order'],
    ['【楽天】注文内容ご確認（携帯）', 'new_order'],
    ['Fw: 【楽天市場】注文内容ご確認(自動配信メール)', 'new_order'],
    ['【楽天市場】ご注文がキャンセルされました（自動配信メール）', 'cancelled'],
    ['【楽天市場】お支払いが確認できました（自動配信メール）', 'payment'],
    ['【楽天市場】お支払い手続きのご案内（自動配信メール）', 'payment'],
    ['【楽天市場】注文確定のお知らせ', 'changed'],
    ['【楽天市場】発送待ち取下げのお知らせ', 'changed'],
    ['【楽天市場】新しい件名', 'unknown'],
  ])('%s is %s', (subject, kind) => {
    expect(recognise(mail(`[注文番号] ${NUMBER}`, { subject }))).toMatchObject({
      kind,
      orderNumbers: [NUMBER],
    })
  })

  it('explains an unknown subject', () => {
    expect(recognise(mail(`[注文番号] ${NUMBER}`, { subject: '新しい件名' }))?.reason).toContain(
      '種類を判別できません',
    )
    expect(recognise(mail(`[注文番号] ${NUMBER}`))?.reason).toBeNull()
  })

  it('needs no number in a notice', () => {
    const notice = recognise(
      mail('有効期限が近づいています', {
        from: ['x@rms.example'],
        subject: '【楽天市場】licenseKeyの有効期限のお知らせ',
      }),
    )
    expect(notice).toEqual({ marketplace: 'rakuten', kind: 'notice', orderNumbers: [], reason: null })
    expect(notice && isUnreadable(notice)).toBe(false)
  })

  it.each(['【楽天市場】申込ご確認（自動配信メール）', '【楽天市場】申込内容ご確認（自動配信メール）'])(
    '%s tells of an application, which is no order and no unreadable mail',
    (subject) => {
      const seen = recognise(mail('[申込番号] 123456-20260519-9100001-r\n[商品]\n見本茶 定期便', { subject }))
      expect(seen).toMatchObject({ kind: 'notice', orderNumbers: [] })
      expect(seen && isUnreadable(seen)).toBe(false)
    },
  )

  it('the order that comes of an application is a new one', () => {
    const text = `[受注番号] ${NUMBER}\n[申込番号] 123456-20260519-9100001-r`
    expect(
      recognise(mail(text, { subject: '【楽天市場】予約購入注文内容ご確認（自動配信メール）' })),
    ).toMatchObject({ kind: 'new_order', orderNumbers: [NUMBER] })
  })

  it('takes a mail of the mall that speaks of no order for a notice', () => {
    expect(recognise(mail('メンテナンスのお知らせです。', { subject: 'お知らせ' }))?.kind).toBe('notice')
    expect(recognise(mail('ご注文のお知らせです。', { subject: 'お知らせ' }))?.kind).toBe('unknown')
    expect(recognise(mail('\uFFFD\uFFFDのお知らせ', { subject: 'お知らせ' }))?.kind).toBe('unknown')
    expect(recognise(mail('', { subject: 'お知らせ' }))?.kind).toBe('unknown')
  })
})

describe('order numbers', () => {
  it.each([
    ['behind its label', `[受注番号] ${NUMBER}`],
    ['behind the other label', `[注文番号]${NUMBER}`],
    ['without a label', `ご注文 ${NUMBER} の件`],
    ['with Japanese on both sides', `番号は${NUMBER}です`],
    ['in full width', '［受注番号］　１２３４５６－２０２６０５１９－０１２３４５６７８９'],
    ['with other hyphens', '123456‐20260519–0123456789'],
    ['quoted', `> > [受注番号] ${NUMBER}`],
    ['between asterisks', `*[受注番号]* *${NUMBER}*`],
    ['in a link', `<https://order.my.rakuten.co.jp/?order_number=${NUMBER}&x=1>`],
    ['broken after a hyphen', '[受注番号] 123456-20260519-\n0123456789'],
    ['broken in a quote', '> [受注番号] 123456-\n> 20260519-\n> 0123456789'],
    ['broken by format=flowed', '123456-20260519- 0123456789'],
    ['above a line of hyphens', `${NUMBER}\n----------`],
    ['below a line of hyphens', `----------\n${NUMBER}`],
    ['twice', `${NUMBER} ${NUMBER}`],
  ])('finds one %s', (_name, text) => {
    expect(numbersIn(text)).toEqual([NUMBER])
  })

  it('finds several, old and new, in the order of appearance', () => {
    expect(
      numbersIn('375055-20200802-00000845、419133-20230926-0183609554\n375055-20200802-00000845'),
    ).toEqual(['375055-20200802-00000845', '419133-20230926-0183609554'])
  })

  it.each([
    `${NUMBER}-r`,
    `${NUMBER}-sg`,
    `${NUMBER}-1`,
    `${NUMBER}－１`,
    `${NUMBER}‐ｓｇ`,
    `${NUMBER}a`,
    `${NUMBER}1`,
    `１${NUMBER}`,
    `x${NUMBER}`,
    `1-${NUMBER}`,
    `－${NUMBER}`,
    '123456-20261301-0123456789',
    '123456-20260230-0123456789',
    '123456-00000000-0123456789',
    '123456-20260519-0123456',
    '12345-20260519-0123456789',
    '250-1234567-1234567',
    '03-1234-5678',
  ])('takes no look-alike: %s', (text) => {
    expect(numbersIn(text)).toEqual([])
  })

  it('holds for any neighbours', () => {
    const neighbour = fc.constantFrom(...'aZ09-－‐Ａｚ９ ')
    fc.assert(
      fc.property(neighbour, neighbour, (before, after) => {
        const alone = before === ' ' && after === ' '
        expect(numbersIn(before + NUMBER + after)).toEqual(alone ? [NUMBER] : [])
      }),
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), fc.string(), (text, subject) => {
        expect(recognise(mail(text, { subject }))?.marketplace).toBe('rakuten')
      }),
    )
  })
})

describe('unreadable mails', () => {
  it.each([
    ['no number at all', '新しいレイアウトの注文です', '見つかりません'],
    ['a relative only', `[申込番号] ${NUMBER}-r`, '枝番'],
    ['a number in a new form', '[受注番号] R-0001', '6桁-8桁'],
    ['nothing to read', '  \n', '本文を読み取れません'],
  ])('says why: %s', (_name, text, reason) => {
    const recognition = recognise(mail(text))
    expect(recognition).toMatchObject({ kind: 'new_order', orderNumbers: [] })
    expect(recognition?.reason).toContain(reason)
    expect(recognition && isUnreadable(recognition)).toBe(true)
  })
})

describe('whose mail it is', () => {
  const fromShop = { from: ['shop@example.jp'] }

  it('counts a mail that the shop forwards', () => {
    expect(
      recognise(mail(`> ${NUMBER}`, { ...fromShop, subject: `転送: ${NEW_ORDER}` }))?.orderNumbers,
    ).toEqual([NUMBER])
  })

  it('reads the kind from the quoted subject when the shop forwards under its own', () => {
    const rules = { ...rakutenMailRules, senders: [...rakutenMailRules.senders, 'shop@example.jp'] }
    const text = `> 件名： 【楽天市場】ご注文がキャンセルされました\n> ${NUMBER}`
    expect(recogniseRakutenMail(mail(text, { ...fromShop, subject: '連絡' }), rules)?.kind).toBe('cancelled')
  })

  it('is not Rakuten’s when neither sender nor subject is', () => {
    expect(recognise(mail(NUMBER, { ...fromShop, subject: 'ご連絡' }))).toBeNull()
  })

  it('ignores the buyers’ relay, even with an order number', () => {
    expect(
      recognise(mail(NUMBER, { from: ['abc@pc.fw.rakuten.ne.jp'], subject: `Re: ${NEW_ORDER}` })),
    ).toBeNull()
  })

  it('takes an answer to the mail for a hint only, never for an unreadable mail', () => {
    const subject = `Re: ${NEW_ORDER}`
    expect(recognise(mail('了解です', { ...fromShop, subject }))).toBeNull()
    expect(recognise(mail(`> ${NUMBER}`, { ...fromShop, subject }))?.orderNumbers).toEqual([NUMBER])
  })
})

describe('attached mails', () => {
  const covering = (...forwarded: ReadableMail[]) =>
    mail('転送します', { from: ['shop@example.jp'], subject: `Fw: ${NEW_ORDER}`, forwarded })
  const OTHER = '123456-20260520-0123456780'

  it('are read with the mail they are attached to', () => {
    expect(recognise(covering(mail(NUMBER)))).toMatchObject({
      kind: 'new_order',
      orderNumbers: [NUMBER],
      reason: null,
    })
  })

  it('count when their own headers are lost', () => {
    expect(recognise(covering(mail(NUMBER, { from: [], subject: '' })))?.orderNumbers).toEqual([NUMBER])
  })

  const CANCELLED = '【楽天市場】ご注文がキャンセルされました'

  it('give all their numbers, each with the kind of its own mail', () => {
    const cancelled = mail(OTHER, { subject: CANCELLED })
    expect(recognise(covering(cancelled, mail(NUMBER)))).toMatchObject({
      kind: 'new_order',
      orderNumbers: [OTHER, NUMBER],
      namedOrders: [
        { orderNumber: OTHER, kind: 'cancelled' },
        { orderNumber: NUMBER, kind: 'new_order' },
      ],
    })
  })

  it('of one order say both that it is new and that it is cancelled', () => {
    const quoted = `件名: ${NEW_ORDER}\n件名: ${CANCELLED}\n${NUMBER}`
    const both = [
      { orderNumber: NUMBER, kind: 'new_order' },
      { orderNumber: NUMBER, kind: 'cancelled' },
    ]
    expect(recognise(covering(mail(NUMBER), mail(NUMBER, { subject: CANCELLED })))?.namedOrders).toEqual(both)
    expect(recognise(mail(quoted, { subject: '転送します' }))?.namedOrders).toEqual(both)
  })

  it('whose subject tells no kind, and the words that cover them, are of the kind of the others', () => {
    const lost = mail(`ありがとうございます。${OTHER}`, { subject: '' })
    expect(recognise(covering(lost, mail(NUMBER)))?.namedOrders).toBeUndefined()
    expect(recognise(covering(mail(NUMBER)))?.namedOrders).toBeUndefined()
  })

  it('are left alone when they are a buyer’s', () => {
    expect(recognise(covering(mail(NUMBER, { from: ['a@pc.fw.rakuten.ne.jp'] })))?.orderNumbers).toEqual([])
  })
})
