import { describe, expect, it } from 'vitest'
import type { Lifetime } from '../marketplaces/marketplace.ts'
import { AT_ONCE } from '../shops/credential-calendar-thresholds.ts'
import { calendarDays, japaneseTime } from './japan-time.ts'
import { attentionText, expiryText } from './texts.ts'

const SHOP = { name: '見本商店\r\nBcc: x@example.jp', mallLabel: '楽天市場', code: '123456' }
const END = new Date('2026-03-01T14:59:59Z')
const key: Lifetime & { endsAt: Date } = {
  key: 'licenseKey',
  label: 'licenseKey',
  startsAt: null,
  endsAt: END,
  certain: true,
  action: 'RMSで新しいlicenseKeyを発行してください。',
}
const subject = (threshold: number, now: string, more: Partial<Lifetime> = {}) =>
  expiryText(SHOP, { ...key, ...more, endsAt: END }, threshold, Date.parse(now)).subject

describe('texts', () => {
  it.each([
    [7, '2026-02-22T15:00:00Z', 'あと6日です'],
    [7, '2026-02-22T14:59:59Z', 'あと7日です'],
    [1, '2026-02-28T15:00:00Z', '本日です'],
    [0, '2026-03-01T14:59:59Z', '期限が切れました'],
    [AT_ONCE, '2026-03-01T03:00:00Z', '2026年3月1日 23:59に終わります'],
  ])('threshold %d at %s says %s', (threshold, now, words) => {
    expect(subject(threshold, now)).toContain(words)
  })

  it('is one line, whatever the shop is called', () => {
    expect(subject(7, '2026-02-22T15:00:00Z')).not.toMatch(/[\r\n]/)
  })

  it('says what to do, until when, and that an estimate is one', () => {
    const { text } = expiryText(SHOP, { ...key, certain: false }, 7, Date.parse('2026-02-22T15:00:00Z'))
    for (const words of [key.action, '2026年3月1日 23:59（日本時間）（目安）', '見本商店', '123456'])
      expect(text).toContain(words)
    expect(expiryText(SHOP, key, 7, 0).text).not.toContain('目安')
  })

  it('tells of a shop that stands still with the reason and the code', () => {
    const { subject, text } = attentionText(SHOP, {
      code: 'RAKUTEN_KEY_REFUSED',
      message: '鍵を更新してください。',
      since: END,
    })
    expect(subject).toContain('要対応')
    expect(text).toContain('鍵を更新してください。')
    expect(text).toContain('RAKUTEN_KEY_REFUSED')
  })
})

describe('time in Japan', () => {
  it('counts calendar days', () => {
    expect(calendarDays(END, Date.parse('2026-03-01T15:00:00Z'))).toBe(-1)
    expect(calendarDays(END, Date.parse('2026-03-01T00:00:00Z'))).toBe(0)
    expect(japaneseTime(new Date('2025-12-31T15:00:00Z'))).toBe('2026年1月1日 00:00')
  })
})
