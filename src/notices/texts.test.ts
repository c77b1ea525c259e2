import { describe, expect, it } from 'vitest'
import type { Lifetime } from '../marketplaces/port/marketplace.ts'
import { calendarDays, japaneseTime } from '../platform/japan-time.ts'
import { AT_ONCE } from '../shops/calendar/lifetimes.ts'
import { attentionText, expiryText, mailboxText } from './texts.ts'

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

  it('tells at once of an estimate as the latest day', () => {
    const words = subject(AT_ONCE, '2026-03-01T03:00:00Z', { certain: false })
    expect(words).toContain('は遅くとも2026年3月1日 23:59に終わります')
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

describe('a mailbox that is not heard', () => {
  const attention = { code: 'MAILBOX_LOGIN_REFUSED', message: 'パスワードを入れ直してください。', since: END }
  const text = (shops: string[], ill = true) =>
    mailboxText({ name: '受注\r\nBcc: x', host: 'imap.example.jp', shops }, attention, ill)

  it('says which, what to do, what happens meanwhile, and the code', () => {
    const told = text(['本店', '支店'])
    expect(told.subject).toBe(
      '【自動受注取込】受信箱「受注 Bcc: x」: 注文メールを受信できていません（要対応）',
    )
    for (const words of [
      ...['imap.example.jp', '対象店舗: 本店、支店', '2026年3月1日 23:59', attention.message],
      ...['MAILBOX_LOGIN_REFUSED', '突合', '接続テスト'],
    ])
      expect(told.text).toContain(words)
  })

  it('does not promise that a test helps where the mailbox works and no mail comes', () => {
    const told = text(['本店'], false)
    expect(told.subject).toContain('注文メールが届いていません（要確認）')
    expect(told.text).not.toContain('接続テスト')
  })

  it('names ten shops and counts the others', () => {
    const names = Array.from({ length: 12 }, (_, n) => `店${n}`)
    expect(text(names).text).toContain('店9 ほか2店舗')
    expect(text([]).text).toContain('対象店舗: なし')
  })
})

describe('time in Japan', () => {
  it('counts calendar days', () => {
    expect(calendarDays(END, Date.parse('2026-03-01T15:00:00Z'))).toBe(-1)
    expect(calendarDays(END, Date.parse('2026-03-01T00:00:00Z'))).toBe(0)
    expect(japaneseTime(new Date('2025-12-31T15:00:00Z'))).toBe('2026年1月1日 00:00')
  })
})
