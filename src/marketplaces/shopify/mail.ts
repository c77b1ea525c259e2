import { byWords } from '../kit/codes.ts'
import { numberFinderOf } from '../kit/mail/numbers.ts'
import { recogniserOf } from '../kit/mail/recogniser.ts'
import type { MailKind, MailRules, ReadableMail, Recognition } from '../port/mail-rules.ts'
import { SHOPIFY } from './facts.ts'

/**
 * Mails of Shopify to a shop's staff. Anyone may open a trial shop, whose mails come from the same domains
 * and pass the same checks: such a mail is never trusted, and names its shop by the link to its admin.
 */
export const shopifyMailRules: MailRules = {
  senders: ['@shopifyemail.com', '@*.shopifyemail.com', '@shopify.com', '@*.shopify.com'],
  ignoredSenders: [],
  // A person's forward has no other sign. Words that tell no kind leave it to KIND_WORDS.
  subjects: [
    { contains: '様が注文', kind: 'new_order' },
    { contains: 'placed by', kind: 'new_order' },
    { contains: '様の注文', kind: 'unknown' },
  ],
  ignoredSubjects: [],
  sharedDomains: ['shopifyemail.com', 'shopify.com', 'myshopify.com'],
  numberLabels: ['注文番号', '注文', 'オーダー', 'order number', 'order'],
  numberPatterns: ['#{4-9}'],
}

const KIND_WORDS: readonly [words: RegExp, kind: MailKind][] = [
  [/キャンセル|cancel/i, 'cancelled'],
  [/支払|入金|決済|payment|paid/i, 'payment'],
  [/編集|変更|edited|updated/i, 'changed'],
  [/発送|配送|fulfil|shipped/i, 'shipped'],
  [/注文|order/i, 'new_order'],
]

/** The sign that a shop's own prefix usually is. Nothing but digits: a colour is no number. */
const SIGNED = /(?<![\w&])#(\d{3,9})(?![\w-])/g

const recognise = recogniserOf(SHOPIFY, {
  names: ['shopify'],
  *findOrderNumbers(text, rules) {
    yield* numberFinderOf(rules).find(text)
    for (const [, number = ''] of text.matchAll(SIGNED)) yield number
  },
  explainMissing: () =>
    '注文番号が見つかりません。ストアの注文番号に接頭辞や接尾辞を付けている場合は、店舗設定のメール判別ルール（numberPatterns）に EN#{4-9} のように追加してください。',
  kindBySubject: (subject) => byWords(KIND_WORDS, subject) ?? null,
})

const LINK =
  /https:\/\/(?:admin\.shopify\.com\/store\/([a-z0-9-]{1,60})(?![a-z0-9-])|([a-z0-9-]{1,60})\.myshopify\.com(?![\w.-]))/

const linkedShop = (mail: ReadableMail): string | null => {
  const found = LINK.exec(mail.text.slice(0, 256 * 1024))
  return found?.[1] ?? found?.[2] ?? mail.forwarded.map(linkedShop).find((one) => one !== null) ?? null
}

export function recogniseShopifyMail(mail: ReadableMail, rules: MailRules): Recognition | null {
  const recognition = recognise(mail, rules)
  const shop = recognition && linkedShop(mail)
  return recognition && shop ? { ...recognition, shop } : recognition
}
