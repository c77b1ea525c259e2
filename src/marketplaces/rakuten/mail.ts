import { isRealDay } from '../../platform/japan-time.ts'
import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailRules } from '../port/mail-rules.ts'
import { RAKUTEN } from './facts.ts'

/**
 * Mails of 楽天市場. Senders and subjects are those that shops' own parsers and filters use; Rakuten publishes no
 * list. Buyers write through the relay `…@pc.fw.rakuten.ne.jp`, often quoting the order mail, and are never a
 * trigger.
 */
export const rakutenMailRules: MailRules = {
  senders: ['order@rakuten.co.jp', 'order-confirm@order-rp.rms.rakuten.co.jp', '@order-rp.rms.rakuten.co.jp'],
  ignoredSenders: ['@pc.fw.rakuten.ne.jp', '@mb.fw.rakuten.ne.jp'],
  subjects: [
    { contains: '【楽天市場】注文内容ご確認', kind: 'new_order' },
    { contains: '【楽天】注文内容ご確認', kind: 'new_order' },
    { contains: '予約購入注文内容ご確認', kind: 'new_order' },
    // An application (申込) has a number that ends in -r; it becomes an order, with a mail of its own, when it
    // is confirmed.
    { contains: '【楽天市場】申込内容ご確認', kind: 'notice' },
    { contains: '【楽天市場】申込ご確認', kind: 'notice' },
    { contains: '【楽天市場】ご注文がキャンセルされました', kind: 'cancelled' },
    { contains: '【楽天市場】お支払いが確認できました', kind: 'payment' },
    { contains: '【楽天市場】お支払い手続きのご案内', kind: 'payment' },
    { contains: '【楽天市場】注文確定のお知らせ', kind: 'changed' },
    { contains: '【楽天市場】発送待ち取下げのお知らせ', kind: 'changed' },
    { contains: '【楽天市場】licenseKeyの有効期限', kind: 'notice' },
  ],
  ignoredSubjects: [],
  domains: ['rakuten.co.jp'],
}

/**
 * `shop id-yyyymmdd-tail`, 6, 8 and 8 (until about 2020) to 10 digits. A letter, digit or hyphen on either
 * side makes it a relative: `…-r` is an application, `…-sg` a social gift, `…-1` a payment. Mail programs
 * break lines after a hyphen.
 */
const ORDER_NUMBER = /(?<![A-Za-z0-9-])(\d{6})-\s{0,8}(\d{8})-\s{0,8}(\d{8,10})(?![A-Za-z0-9-])/g
const RELATIVE = /\d{6}-\d{8}-\d{8,10}-[A-Za-z0-9]/
const LABEL = /受注番号|注文番号/

export const recogniseRakutenMail = recogniserOf(RAKUTEN, {
  names: ['楽天', 'rakuten'],
  *findOrderNumbers(text) {
    for (const [, shopId = '', date = '', tail = ''] of text.matchAll(ORDER_NUMBER)) {
      if (isDate(date)) yield `${shopId}-${date}-${tail}`
    }
  },
  explainMissing(text) {
    if (RELATIVE.test(text))
      return '枝番の付いた番号（申込番号・決済番号など）しかなく、注文番号が見つかりません。'
    if (LABEL.test(text)) return '注文番号の欄の値が楽天市場の注文番号の形（6桁-8桁-8〜10桁）ではありません。'
    return null
  },
})

const isDate = (yyyymmdd: string): boolean =>
  yyyymmdd >= '1997' &&
  yyyymmdd < '2200' &&
  isRealDay(`${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6)}`)
