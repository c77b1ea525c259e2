import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailRules } from '../port/mail-rules.ts'
import { YAHOO } from './facts.ts'

/**
 * Mails of Yahoo!ショッピング to the store. Yahoo! does not publish the sender of its order mail, so subject and
 * body decide and the one store-side address known from public code only helps. The buyer's copy differs by a
 * word (「ご注文の確認」 against 「注文確認：」). Its sender is on no list: should the store's mail come from there too,
 * ignoring it would lose every order. The subjects of the store's cancel, payment and change mails are
 * assumptions; a shop adds the real ones to its rules.
 */
export const yahooMailRules: MailRules = {
  senders: ['store-shopping-order-master@mail.yahoo.co.jp'],
  ignoredSenders: [],
  subjects: [
    { contains: '【Yahoo!ショッピング】注文確認:', kind: 'new_order' },
    { contains: '【Yahoo!ショッピング】注文キャンセル', kind: 'cancelled' },
    { contains: '【Yahoo!ショッピング】入金', kind: 'payment' },
    { contains: '【Yahoo!ショッピング】注文変更', kind: 'changed' },
    { contains: '【Yahoo!ショッピング】注文内容変更', kind: 'changed' },
    { contains: 'でのご注文:', kind: 'new_order' },
  ],
  ignoredSubjects: ['【Yahoo!ショッピング】ご注文の'],
  // Without yahoo.co.jp, where anyone may have an address.
  domains: ['mail.yahoo.co.jp', 'shopping.yahoo.co.jp'],
}

/** `store account-number`: OrderId in the order API, at most 50 characters, a number of 8 digits or more. */
const NUMBER = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?-[0-9]{8,20}(?![A-Za-z0-9-])'
/** 注文ID in today's mail, ご注文番号 in the older one, 注文確認 in the subject, orderId in links. */
const LABELLED = new RegExp(
  `(?:注文\\s{0,4}ID|注文番号|注文確認|でのご注文|order_?id)[\\]】」)]?\\s{0,40}[:=]?\\s{0,40}[\\[【「(]?(${NUMBER})`,
  'gi',
)
const NEXT_IN_LIST = new RegExp(`\\s{0,4}[,、/・]\\s{0,4}(${NUMBER})`, 'y')
/** 定期購入 ids (`teiki-yyyymmdd-store-…`) share the form when their last part is digits only. */
const SUBSCRIPTION = /^teiki-\d{8}-/i
const LABEL = /注文\s{0,4}ID|注文番号/i

export const recogniseYahooMail = recogniserOf(YAHOO, {
  names: ['yahoo!ショッピング', 'yahoo!shopping', 'shopping.yahoo.co.jp'],
  *findOrderNumbers(text) {
    for (const match of text.matchAll(LABELLED)) {
      yield* asOrderNumber(match[1])
      NEXT_IN_LIST.lastIndex = match.index + match[0].length
      for (let next = NEXT_IN_LIST.exec(text); next; next = NEXT_IN_LIST.exec(text))
        yield* asOrderNumber(next[1])
    }
  },
  explainMissing(text) {
    if (!LABEL.test(text)) return null
    return '注文IDの欄の値がYahoo!ショッピングの注文IDの形（ストアアカウント-8桁以上の数字）ではありません。'
  },
})

function* asOrderNumber(found: string | undefined): Iterable<string> {
  if (found && found.length <= 50 && !SUBSCRIPTION.test(found)) yield found
}
