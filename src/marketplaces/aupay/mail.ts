import { byWords } from '../kit/codes.ts'
import { numberFinderOf } from '../kit/mail/numbers.ts'
import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailKind, MailRules } from '../port/mail-rules.ts'
import { AUPAY } from './facts.ts'

/**
 * Mails of au PAY マーケット to the shop. Public facts are only that the mall writes from wowma.jp to the
 * 基本メールアドレス of Wow!manager, and names lots and lines beside the order. So these are defaults that a shop
 * completes from one mail of its own. Shop and buyer write to each other through mbdp.jp.
 */
export const aupayMailRules: MailRules = {
  senders: ['@wowma.jp', '@*.wowma.jp'],
  ignoredSenders: ['@mbdp.jp', '@*.mbdp.jp'],
  // Subjects that show the mall; the kind follows from other words of the subject.
  subjects: [
    { contains: 'au PAY マーケット', kind: 'unknown' },
    { contains: 'Wowma', kind: 'unknown' },
    { contains: 'Wow!manager', kind: 'unknown' },
  ],
  ignoredSubjects: [],
  domains: ['wowma.jp'],
  numberLabels: ['注文番号', '注文ID', '受注番号', '受注ID', 'オーダーID', 'orderId', 'order_id'],
  numberPatterns: ['#{8-10}'],
}

/** In this order: a cancelled or paid order is 注文 too. */
const KIND_WORDS: readonly [words: RegExp, kind: MailKind][] = [
  [/キャンセル|取消/, 'cancelled'],
  [/入金|支払|決済|与信/, 'payment'],
  [/変更|修正/, 'changed'],
  [/注文|購入|受注|予約|落札/, 'new_order'],
  [/発送|出荷/, 'shipped'],
]

const SET_LABEL =
  '届いたメールで注文番号の前にある見出しを、店舗設定のメール判別ルール（numberLabels）に追加してください。'

export const recogniseAupayMail = recogniserOf(AUPAY, {
  names: ['aupayマーケット', 'aupaymarket', 'wowma', 'wow!manager'],
  findOrderNumbers: (text, rules) => numberFinderOf(rules).find(text),
  explainMissing(text, rules) {
    if (numberFinderOf(rules).hasLabel(text)) {
      return '注文番号の見出しに続く値が注文番号の形（数字8～10桁）ではありません。別の形の番号であれば、店舗設定のメール判別ルール（numberPatterns）に追加してください。'
    }
    if (/取引ナンバー|ロットナンバー|lot_?number/i.test(text)) {
      return `取引ナンバーやロットナンバーは注文番号ではなく、注文番号の見出しが見つかりません。${SET_LABEL}`
    }
    return `注文番号の見出し（注文番号、注文ID、受注番号など）が見つかりません。${SET_LABEL}`
  },
  kindBySubject: (subject) => byWords(KIND_WORDS, subject) ?? null,
})
