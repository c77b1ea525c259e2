import type { MailKind, MailRules, ReadableMail, Recognition } from './mail.ts'
import { matchRules } from './mail-rules.ts'
import { isReply, normaliseSubject, normaliseText, unique } from './mail-text.ts'
import type { MarketplaceName } from './marketplace.ts'

/** How one mall's mails are read, beyond its sender and subject rules. */
export interface MallMail {
  marketplace: MarketplaceName
  /** How staff call the mall: 楽天市場. */
  label: string
  /** Words, normalised like subjects, that show that a mail speaks of this mall. */
  names: readonly string[]
  /** Every order number in a normalised text, in the mall's own form; may repeat. */
  findOrderNumbers(text: string): Iterable<string>
  /** A Japanese hint why a normalised text without order number yields none; null for the general one. */
  explainMissing(text: string): string | null
}

/** What one mail, without the mails attached to it, says. */
interface Reading {
  kind: MailKind
  orderNumbers: string[]
  text: string
}

/**
 * Recognises a mail of one mall. It is the mall's when a sender rule or a subject rule holds, for it or for a mail attached
 * to it, and no ignore rule does. Never throws; null when the mail is not this mall's.
 */
export function recogniseWith(mall: MallMail, mail: ReadableMail, rules: MailRules): Recognition | null {
  const readings = collectReadings(mall, mail, rules, false)
  if (readings.length === 0) return null
  const orderNumbers = unique(readings.flatMap((reading) => reading.orderNumbers))
  const kind = strongestKind(readings.map((reading) => reading.kind))
  return {
    marketplace: mall.marketplace,
    kind,
    orderNumbers,
    reason: findReason(mall, kind, orderNumbers, readings),
  }
}

/** A notice needs no order number; every other mail of a mall without one is kept as unreadable and shown. */
export function isUnreadable(recognition: Recognition): boolean {
  return recognition.kind !== 'notice' && recognition.orderNumbers.length === 0
}

/** `trusted`: the mail is attached to one that is the mall's, so that it counts even with its headers stripped. */
function collectReadings(mall: MallMail, mail: ReadableMail, rules: MailRules, trusted: boolean): Reading[] {
  const match = matchRules(mail, rules)
  if (match.ignoredBy !== null) return []
  const own = match.sender !== null || match.subject !== null
  const reading = own || trusted ? read(mall, mail, rules, match.subject?.kind ?? null) : null
  const attached = mail.forwarded.flatMap((inner) => collectReadings(mall, inner, rules, own || trusted))
  if (!reading) return attached
  const hint = match.sender === null && !trusted
  if (hint && attached.length === 0 && isOnlyAlike(mall, mail, reading)) return []
  return [reading, ...attached]
}

function read(mall: MallMail, mail: ReadableMail, rules: MailRules, kind: MailKind | null): Reading {
  const text = normaliseText(mail.text)
  const inBody = unique(mall.findOrderNumbers(text))
  const orderNumbers = inBody.length > 0 ? inBody : unique(mall.findOrderNumbers(normaliseText(mail.subject)))
  return { kind: kind ?? kindFromQuotedSubject(text, rules) ?? kindWithoutSubject(text), orderNumbers, text }
}

/**
 * A subject alone proves little. Somebody's answer, or a mail that never names the mall, is not the mall's unless an order
 * number stands in it; otherwise any conversation about an order would be shown to staff as an unreadable mail.
 */
function isOnlyAlike(mall: MallMail, mail: ReadableMail, reading: Reading): boolean {
  if (reading.kind === 'notice' || reading.orderNumbers.length > 0) return false
  const subject = normaliseSubject(mail.subject)
  if (isReply(subject)) return true
  const said = subject + normaliseSubject(mail.text)
  return !mall.names.some((name) => said.includes(name))
}

const QUOTED_SUBJECT = /^[ \t]*(?:subject|件名|題名|タイトル)[ \t]*:[ \t]*(.{1,200})$/gim

/** A mail passed on under another subject shows the original one in its text. */
function kindFromQuotedSubject(text: string, rules: MailRules): MailKind | null {
  for (const [, subject = ''] of text.matchAll(QUOTED_SUBJECT)) {
    const match = matchRules({ from: [], to: [], subject }, rules)
    if (match.subject && match.ignoredBy === null) return match.subject.kind
  }
  return null
}

/**
 * The mall writes to shops about more than orders. A text that was decoded well (it has hiragana) and has no word for an order
 * is a notice; anything else stays unknown, so that a new layout or a broken charset is seen.
 */
function kindWithoutSubject(text: string): MailKind {
  const readable = /[ぁ-ん]/.test(text) && !text.includes('\uFFFD')
  return readable && !/注文|受注|オーダー/.test(text) ? 'notice' : 'unknown'
}

/** Several mails in one: a new order counts most, since staging it reads the present state of its order anyway. */
const STRENGTH: readonly MailKind[] = [
  'new_order',
  'cancelled',
  'payment',
  'changed',
  'shipped',
  'notice',
  'unknown',
]

function strongestKind(kinds: readonly MailKind[]): MailKind {
  return STRENGTH.find((kind) => kinds.includes(kind)) ?? 'unknown'
}

function findReason(
  mall: MallMail,
  kind: MailKind,
  numbers: readonly string[],
  readings: readonly Reading[],
): string | null {
  if (kind === 'notice') return null
  if (numbers.length > 0) {
    if (kind !== 'unknown') return null
    return `${mall.label}の差出人ですが、件名からメールの種類を判別できません。注文番号は読み取りました。`
  }
  const text = readings.map((reading) => reading.text).join('\n')
  if (text.trim() === '') return `${mall.label}のメールですが、本文を読み取れません。${WHAT_TO_DO}`
  const hint = mall.explainMissing(text)
  return `${mall.label}のメールですが、${hint ?? '本文に注文番号が見つかりません。'}${WHAT_TO_DO}`
}

const WHAT_TO_DO = '管理画面で注文を確認し、必要なら注文番号を指定して取り込んでください。'
