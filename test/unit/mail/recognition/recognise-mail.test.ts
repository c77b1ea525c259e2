import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeMail } from '../../../../sandbox/mails/compose-mail.ts'
import { encodeText } from '../../../../sandbox/mails/mime.ts'
import { explainRecognition, recogniseMail } from '../../../../src/mail/recognition/judge.ts'
import { parseMail } from '../../../../src/mail/recognition/parse-mail.ts'
import { mayMatter, type ShopMailRules } from '../../../../src/mail/recognition/shop-rules.ts'
import { isUnreadable } from '../../../../src/marketplaces/kit/mail/recogniser.ts'
import type { ReadableMail } from '../../../../src/marketplaces/port/mail-rules.ts'
import { anyEvent, anyLook, mailMalls, rakutenOrder } from '../../../support/malls/sandbox-orders.ts'

const SHOP = 'orders@shop.example'
const NEW_ORDER = '【楽天市場】注文内容ご確認（自動配信メール）'
const KINDS = { placed: 'new_order', cancelled: 'cancelled', paid: 'payment', changed: 'changed' } as const

describe('any mail of a simulated mall', () => {
  it('is considered and recognised with its number and kind, in any charset, shape and transfer encoding', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, anyLook, async (event, look) => {
        const mail = await parseMail(composeMail(event, { to: SHOP, ...look }))
        expect(mayMatter(mail, mailMalls)).toBe(true)
        expect(recogniseMail(mail, mailMalls)).toEqual({
          marketplace: event.order.marketplace,
          kind: KINDS[event.type],
          orderNumbers: [event.order.orderNumber],
          reason: null,
        })
      }),
      { numRuns: 400 },
    )
  })
})

describe('mayMatter', () => {
  const envelope = (from: string, subject: string) => ({ from: [from], to: [SHOP], subject })

  it.each([
    ['order@rakuten.co.jp', '新しい件名'],
    [SHOP, `Fw: ${NEW_ORDER}`],
    [SHOP, `Fwd: FW: ${NEW_ORDER}`],
    [SHOP, `転送：${NEW_ORDER}`],
    ['unknown@mail.yahoo.co.jp', '【Yahoo!ショッピング】注文確認：店'],
    [SHOP, encodeText(NEW_ORDER, 'iso-2022-jp').toString('latin1')],
  ])('looks at a mail of %s: %s', (from, subject) => {
    expect(mayMatter(envelope(from, subject), mailMalls)).toBe(true)
  })

  it.each([
    ['friend@example.jp', 'お昼ごはん'],
    ['friend@example.jp', ''],
    ['a@pc.fw.rakuten.ne.jp', `Re: ${NEW_ORDER}`],
    ['shopping-order-master@mail.yahoo.co.jp', '【Yahoo!ショッピング】ご注文の確認'],
    ['news@rakuten.co.jp', '楽天スーパーSALE'],
  ])('passes over a mail of %s: %s', (from, subject) => {
    expect(mayMatter(envelope(from, subject), mailMalls)).toBe(false)
  })

  it('knows what a shop added, for that mall alone', () => {
    const rules: ShopMailRules = [
      { marketplace: 'rakuten', rules: { senders: ['Forwarder@Shop.example'] } },
      { marketplace: 'rakuten', rules: { ignoredSubjects: ['日報'] } },
    ]
    expect(mayMatter(envelope('forwarder@shop.example', '連絡'), mailMalls, rules)).toBe(true)
    expect(mayMatter(envelope('forwarder@shop.example', '日報'), mailMalls, rules)).toBe(false)
    expect(mayMatter(envelope('forwarder@shop.example', '連絡'), mailMalls)).toBe(false)
    const yahoo = new Map([...mailMalls].filter(([name]) => name === 'yahoo'))
    expect(mayMatter(envelope('forwarder@shop.example', '連絡'), yahoo, rules)).toBe(false)
  })
})

const mail = (more: Partial<ReadableMail>): ReadableMail => ({
  from: [SHOP],
  to: [],
  subject: '',
  text: '',
  forwarded: [],
  ...more,
})

describe('recogniseMail', () => {
  it('prefers the mall in which something was found', () => {
    const both = mail({
      from: ['order@rakuten.co.jp'],
      subject: '【Yahoo!ショッピング】注文確認：店',
      text: '注文ID：store-10000001',
    })
    expect(recogniseMail(both, mailMalls)).toMatchObject({
      marketplace: 'yahoo',
      orderNumbers: ['store-10000001'],
    })
  })

  it('hands out an unreadable mail when nothing was found in any', () => {
    const recognition = recogniseMail(mail({ from: ['order@rakuten.co.jp'], text: '注文' }), mailMalls)
    expect(recognition).toMatchObject({ marketplace: 'rakuten', orderNumbers: [] })
    expect(recognition && isUnreadable(recognition)).toBe(true)
  })

  it('is null for noise', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (subject, text) => {
        expect(recogniseMail(mail({ subject, text }), mailMalls)).toBeNull()
      }),
    )
  })
})

describe('explainRecognition', () => {
  it('names the rules that a mail falls under and what was found', async () => {
    const source = composeMail(
      { type: 'placed', order: rakutenOrder },
      { to: SHOP, charset: 'utf-8', shape: 'plain' },
    )
    const explanation = explainRecognition(await parseMail(source), mailMalls)
    expect(explanation).toMatchObject({
      considered: true,
      recognition: { orderNumbers: [rakutenOrder.orderNumber] },
    })
    expect(explanation.malls).toMatchObject([
      {
        marketplace: 'rakuten',
        sender: 'order@rakuten.co.jp',
        subject: { kind: 'new_order' },
        ignoredBy: null,
      },
      { marketplace: 'yahoo', sender: null, subject: null, recognition: null },
    ])
    expect(explanation.malls[0]?.messages.join()).toContain('1件')
  })

  it('says what to do about a mail that is nobody’s, and by which rule one is left alone', () => {
    const nobodys = explainRecognition(mail({ subject: '連絡' }), mailMalls)
    expect(nobodys).toMatchObject({ considered: false, recognition: null })
    expect(nobodys.malls[0]?.messages.join()).toContain('設定に追加')
    const ignored = explainRecognition(
      mail({ from: ['a@pc.fw.rakuten.ne.jp'], subject: NEW_ORDER }),
      mailMalls,
    )
    expect(ignored.malls[0]?.messages.join()).toContain('@pc.fw.rakuten.ne.jp')
  })
})
