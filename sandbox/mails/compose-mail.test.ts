import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { anyEvent, anyLook, rakutenOrder, yahooOrder } from '../../test/support/malls/sandbox-orders.ts'
import { composeMail } from './compose-mail.ts'

const TO = 'orders@shop.example'

describe('composeMail', () => {
  it('gives the same bytes for the same event', () => {
    const compose = () =>
      composeMail({ type: 'paid', order: yahooOrder }, { to: TO, charset: 'iso-2022-jp', shape: 'multipart' })
    expect(compose().equals(compose())).toBe(true)
  })

  it('is read by a mail parser that knows nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, anyLook, async (event, look) => {
        fc.pre(!look.shape.startsWith('forwarded'))
        const parsed = await simpleParser(composeMail(event, { to: TO, ...look }))
        expect(parsed.subject).toContain(
          event.order.marketplace === 'rakuten' ? '【楽天市場】' : '【Yahoo!ショッピング】',
        )
        expect(parsed.text).toContain(event.order.orderNumber)
        expect(parsed.date?.getTime()).toBe(event.order.orderedAt.getTime())
      }),
      { numRuns: 100 },
    )
  })

  it('keeps the characters that only Windows’ ISO-2022-JP has', async () => {
    const order = { ...rakutenOrder, buyerName: '髙﨑①㈱ｶﾅ' }
    const source = composeMail({ type: 'placed', order }, { to: TO, charset: 'iso-2022-jp', shape: 'plain' })
    expect(source.every((byte) => byte < 0x80)).toBe(true)
    expect((await simpleParser(source)).text).toContain('髙﨑①㈱ｶﾅ')
  })

  it('takes the message id it is given and makes its own otherwise', async () => {
    const look = { to: TO, charset: 'utf-8', shape: 'plain' } as const
    const event = { type: 'placed', order: rakutenOrder } as const
    expect((await simpleParser(composeMail(event, { ...look, messageId: 'a@b.example' }))).messageId).toBe(
      '<a@b.example>',
    )
    expect((await simpleParser(composeMail(event, look))).messageId).toContain(rakutenOrder.orderNumber)
  })

  it('keeps encoded words within 75 characters and lines within 998 bytes', () => {
    const order = { ...yahooOrder, shopName: '髙﨑商店'.repeat(20) }
    for (const charset of ['utf-8', 'iso-2022-jp', 'shift_jis'] as const) {
      const source = composeMail({ type: 'placed', order }, { to: TO, charset, shape: 'html' }).toString(
        'latin1',
      )
      const words = source.match(/=\?[^?]+\?B\?[^?]+\?=/g) ?? []
      expect(words.length).toBeGreaterThan(3)
      expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(75)
      expect(Math.max(...source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    }
  })
})
