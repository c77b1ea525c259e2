import { byWords } from '../kit/codes.ts'
import { numberFinderOf } from '../kit/mail/numbers.ts'
import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailKind, MailRules } from '../port/mail-rules.ts'
import { CONNECTOR } from './facts.ts'

/** A shop's own mails: nothing is known of them beyond the rules that the shop enters. */
export const connectorMailRules: MailRules = {
  senders: [],
  ignoredSenders: [],
  subjects: [],
  ignoredSubjects: [],
}

const KIND_WORDS: readonly [words: RegExp, kind: MailKind][] = [
  [/キャンセル|取消/, 'cancelled'],
  [/入金|支払|決済/, 'payment'],
  [/変更|修正/, 'changed'],
  [/発送|出荷/, 'shipped'],
  [/注文|購入|受注|予約/, 'new_order'],
]

export const recogniseConnectorMail = recogniserOf(CONNECTOR, {
  names: ['ご注文', '受注'],
  findOrderNumbers: (text, rules) => numberFinderOf(rules).find(text),
  explainMissing: () =>
    '注文番号の見出しが見つかりません。店舗設定のメール判別ルール（numberLabels、numberPatterns）に追加してください。',
  kindBySubject: (subject) => byWords(KIND_WORDS, subject) ?? null,
})
