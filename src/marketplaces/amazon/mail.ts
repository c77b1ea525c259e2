import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailRules } from '../port/mail-rules.ts'
import { AMAZON } from './facts.ts'

/**
 * Mails of Amazon.co.jp to the seller. Sender and subjects are those that sellers' own scripts look for;
 * Amazon publishes no template. A buyer's confirmation comes from auto-confirm@, as sellers' mails do too, so
 * its subject tells it; buyers write through …@marketplace.amazon.co.jp. The seller's address tells
 * everything but orders too: returns, claims and payouts are notices although they hold an order number.
 */
export const amazonMailRules: MailRules = {
  senders: ['seller-notification@amazon.co.jp'],
  ignoredSenders: ['@marketplace.amazon.co.jp'],
  subjects: [
    // First, because the product's name comes behind it, and that may hold any of the others.
    { contains: '注文確定:', kind: 'new_order' },
    { contains: '注文確定のお知らせ', kind: 'new_order' },
    { contains: '商品を出荷してください', kind: 'new_order' },
    { contains: 'キャンセルリクエスト', kind: 'changed' },
    { contains: 'キャンセルの依頼', kind: 'changed' },
    { contains: 'ご注文がキャンセルされました', kind: 'cancelled' },
    { contains: '返品', kind: 'notice' },
    { contains: 'マーケットプレイス保証', kind: 'notice' },
    { contains: '振り込み手続き', kind: 'notice' },
    { contains: 'ご注文の発送予定日', kind: 'changed' },
  ],
  ignoredSubjects: ['Amazon.co.jpでのご注文', 'Amazon.co.jpご注文の確認'],
  domains: ['amazon.co.jp', 'amazon.com'],
}

/**
 * Three, seven and seven digits; the first three vary. A letter, digit or hyphen on either side makes it
 * something else: D01-… is a digital order, S01-… one that was placed outside Amazon. Mail programs break
 * lines after a hyphen.
 */
const ORDER_NUMBER = /(?<![A-Za-z0-9-])(\d{3})-\s{0,8}(\d{7})-\s{0,8}(\d{7})(?![A-Za-z0-9-])/g
const LABEL = /注文番号|order\s?id/i
/** The link to the order goes through a redirect whose target, in base64url, ends in the number. */
const REDIRECT_TARGET = /[?&]u=([A-Za-z0-9_-]{16,2000})/g

/** 新規の注文がありました: plain text wraps inside the sentence, and a forwarded one has marks at the line's start. */
const NEW_ORDER = new RegExp([...'新規の注文がありました'].join('[\\s>]{0,4}'))

export const recogniseAmazonMail = recogniserOf(AMAZON, {
  names: ['amazon', 'アマゾン'],
  *findOrderNumbers(text) {
    yield* numbersIn(text)
    for (const [, target = ''] of text.matchAll(REDIRECT_TARGET)) {
      yield* numbersIn(Buffer.from(target, 'base64url').toString('latin1'))
    }
  },
  // 出品者向け通知 is the subject of new orders and of other matters alike.
  kindByText: (text) => (NEW_ORDER.test(text) ? 'new_order' : null),
  explainMissing(text) {
    if (!LABEL.test(text)) return null
    return '注文番号の欄の値がAmazonの注文番号の形（3桁-7桁-7桁の数字）ではありません。'
  },
})

/** Percent signs in links put hexadecimal digits in front of a number. */
function* numbersIn(text: string): Iterable<string> {
  for (const [, first, second, third] of text.replace(/%[0-9A-F]{2}/gi, ' ').matchAll(ORDER_NUMBER)) {
    yield `${first}-${second}-${third}`
  }
}
