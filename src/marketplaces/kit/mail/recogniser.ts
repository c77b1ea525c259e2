import {
  MAIL_KINDS,
  type MailKind,
  type MailRules,
  type NamedOrder,
  type ReadableMail,
  type Recognition,
} from '../../port/mail-rules.ts'
import type { MallFacts } from '../../port/marketplace.ts'
import { isReply, matchRules, normaliseSubject, normaliseText, unique } from './rules.ts'

/** Mail rules of one mall, beyond its senders and subjects. */
export interface MallMail {
  /** Words, normalised like subjects, that show that a mail concerns this mall. */
  names: readonly string[]
  /** Yields every order number in a normalised text, in the mall's own form; may repeat. */
  findOrderNumbers(text: string, rules: MailRules): Iterable<string>
  /**
   * Returns a Japanese reason why a normalised text without an order number yields none; null for the general
   * one.
   */
  explainMissing(text: string, rules: MailRules): string | null
  /**
   * Finds the kind by the words of a normalised subject that matches no subject rule, for malls whose
   * subjects are not known. Null when they do not tell.
   */
  kindBySubject?(subject: string): MailKind | null
  /** Finds the kind by the words of the normalised text, when the subject does not tell. */
  kindByText?(text: string): MailKind | null
}

/** Reading of one mail, without its attached mails. */
interface Reading {
  /** At least one; several where mails are quoted in its text. */
  kinds: readonly MailKind[]
  orderNumbers: string[]
  cut: boolean
  text: string
  /** True when it comes from one of the mall's domains and nothing else shows that it concerns an order. */
  unknownSender?: true
}

/** Most numbers read from one mail. A digest names several; 12,000 are an attack. */
const MOST_NUMBERS = 50
/** Most quoted subjects compared; a forward of a forward has a few. */
const MOST_QUOTED = 20

type NamedMail = MallMail & Pick<MallFacts, 'name' | 'label'>

/**
 * Creates the recogniser of a mall's mails. A mail is the mall's when a sender rule or a subject rule holds,
 * for it or for a mail attached to it, and no ignore rule does. Never throws; null when the mail is not this
 * mall's. Its `rules` are the mall's own and those that shops added.
 */
export function recogniserOf({ name, label }: Pick<MallFacts, 'name' | 'label'>, mail: MallMail) {
  const mall: NamedMail = { name, label, ...mail }
  return (seen: ReadableMail, rules: MailRules): Recognition | null => {
    const readings = collectReadings(mall, seen, rules, false)
    if (readings.length === 0) return null
    const found = unique(readings.flatMap((reading) => reading.orderNumbers))
    const orderNumbers = found.slice(0, MOST_NUMBERS)
    const cut = found.length > MOST_NUMBERS || readings.some((reading) => reading.cut)
    const kind = MAIL_KINDS.find((one) => readings.some(({ kinds }) => kinds.includes(one))) ?? 'unknown'
    const namedOrders = nameOrders(readings, kind, orderNumbers)
    return {
      marketplace: name,
      kind,
      orderNumbers,
      ...(namedOrders.every((order) => order.kind === kind) ? {} : { namedOrders }),
      ...(cut ? { cut } : {}),
      reason: findReason(mall, kind, orderNumbers, readings, rules),
    }
  }
}

/** A part whose subject tells no kind, as a person's covering words, takes the mail's. */
function nameOrders(
  readings: readonly Reading[],
  kind: MailKind,
  orderNumbers: readonly string[],
): NamedOrder[] {
  const kindsOf = (number: string) => {
    const naming = readings.filter((reading) => reading.orderNumbers.includes(number))
    const told = naming.flatMap(({ kinds }) =>
      kinds.map((one) => (isTold(one) && one !== 'notice' ? one : kind)),
    )
    return MAIL_KINDS.filter((one) => told.includes(one))
  }
  return orderNumbers.flatMap((orderNumber) =>
    kindsOf(orderNumber).map((one) => ({ orderNumber, kind: one })),
  )
}

/**
 * True for a mail to keep as unreadable and show. A notice needs no order number. A mail of unknown kind is
 * shown too: reviews and newsletters name orders as well, and the mall's list tells whether there is a new
 * one.
 */
export function isUnreadable(recognition: Recognition): boolean {
  if (recognition.kind === 'notice') return false
  return recognition.kind === 'unknown' || recognition.orderNumbers.length === 0
}

/** `trusted`: attached to a mail that is the mall's, so that it counts even without its headers. */
function collectReadings(mall: MallMail, mail: ReadableMail, rules: MailRules, trusted: boolean): Reading[] {
  const match = matchRules(mail, rules)
  if (match.ignoredBy !== null) return []
  const own = match.sender !== null || match.subject !== null
  const reading = own || trusted ? read(mall, mail, rules, match.subject?.kind ?? null) : null
  const attached = mail.forwarded.flatMap((inner) => collectReadings(mall, inner, rules, own || trusted))
  if (!reading) {
    const strange = match.ofMall ? readStranger(mall, mail, rules) : null
    return strange ? [strange, ...attached] : attached
  }
  const hint = match.sender === null && !trusted
  if (hint && attached.length === 0 && isOnlyAlike(mall, mail, reading, match.subject?.kind)) return []
  return [reading, ...attached]
}

function read(mall: MallMail, mail: ReadableMail, rules: MailRules, ruled: MailKind | null): Reading {
  const text = normaliseText(mail.text)
  const find = (where: string) => firstNumbers(mall.findOrderNumbers(where, rules))
  const inBody = find(text)
  const found = inBody.orderNumbers.length > 0 ? inBody : find(normaliseText(mail.subject.slice(0, 1_000)))
  return { kinds: kindsOf(mall, mail.subject, text, rules, ruled), ...found, text }
}

/**
 * Reads a mail whose address and subject match no rule. An order mail is shown; one without an order number
 * is the mall's advertising.
 */
function readStranger(mall: MallMail, mail: ReadableMail, rules: MailRules): Reading | null {
  const reading = read(mall, mail, rules, 'unknown')
  return reading.orderNumbers.length === 0 ? null : { ...reading, kinds: ['unknown'], unknownSender: true }
}

function firstNumbers(numbers: Iterable<string>): Pick<Reading, 'orderNumbers' | 'cut'> {
  const found = new Set<string>()
  for (const number of numbers) {
    if (found.size === MOST_NUMBERS && !found.has(number)) return { orderNumbers: [...found], cut: true }
    found.add(number)
  }
  return { orderNumbers: [...found], cut: false }
}

/** False for kind `unknown`, which only tells the mall. */
const isTold = (kind: MailKind | null): kind is MailKind => kind !== null && kind !== 'unknown'

function kindsOf(
  mall: MallMail,
  subject: string,
  text: string,
  rules: MailRules,
  ruled: MailKind | null,
): readonly MailKind[] {
  if (isTold(ruled)) return [ruled]
  // All that are quoted count: which of the numbers stands below which subject is not known.
  const quoted = quotedSubjects(text)
  const byRules = quoted.map((one) => kindByRules(one, rules)).filter(isTold)
  if (byRules.length > 0) return byRules
  const byWords = (one: string) => mall.kindBySubject?.(normaliseSubject(one)) ?? null
  const own = byWords(subject)
  const told = isTold(own) ? [own] : quoted.map(byWords).filter(isTold)
  if (told.length > 0) return told
  return [(ruled === null ? mall.kindByText?.(text) : null) ?? kindWithoutSubject(text)]
}

/**
 * True when only the subject matches, which proves little. A reply, or a mail that never names the mall, is
 * the mall's only with an order number in it; otherwise any conversation about an order would be shown to
 * staff as an unreadable mail.
 */
function isOnlyAlike(
  mall: MallMail,
  mail: ReadableMail,
  reading: Reading,
  ruled: MailKind | undefined,
): boolean {
  if (reading.orderNumbers.length > 0) return false
  // Only a rule makes another sender's mail the mall's notice; its text alone could be any advertisement.
  if (reading.kinds.every((kind) => kind === 'notice')) return ruled !== 'notice'
  const subject = normaliseSubject(mail.subject)
  if (isReply(subject)) return true
  const said = subject + reading.text.replace(/\s+/g, '').toLowerCase()
  return !mall.names.some((name) => said.includes(name))
}

// Bounded, and with nothing behind the last part: 「件名:」 before a long run of blanks took quadratic time.
const QUOTED_SUBJECT = /^[ \t]{0,40}(?:subject|件名|題名|タイトル)[ \t]{0,40}:[ \t]{0,40}(.{1,200})/gim

/** Finds the original subjects in a forwarded mail's text. */
function quotedSubjects(text: string): string[] {
  const subjects: string[] = []
  for (const [, subject = ''] of text.matchAll(QUOTED_SUBJECT)) {
    subjects.push(subject)
    if (subjects.length === MOST_QUOTED) break
  }
  return subjects
}

function kindByRules(subject: string, rules: MailRules): MailKind | null {
  const match = matchRules({ from: [], to: [], subject }, rules)
  return match.ignoredBy === null ? (match.subject?.kind ?? null) : null
}

/**
 * The mall writes to shops about more than orders. A text that was decoded well (it has hiragana) and has no
 * word for an order is a notice; anything else stays unknown, so that a new layout or a broken charset is
 * seen.
 */
function kindWithoutSubject(text: string): MailKind {
  const readable = /[ぁ-ん]/.test(text) && !text.includes('\uFFFD')
  return readable && !/注文|受注|オーダー/.test(text) ? 'notice' : 'unknown'
}

function findReason(
  mall: NamedMail,
  kind: MailKind,
  numbers: readonly string[],
  readings: readonly Reading[],
  rules: MailRules,
): string | null {
  if (kind === 'notice') return null
  if (numbers.length > 0) {
    if (kind !== 'unknown') return null
    const why = readings.every(({ unknownSender }) => unknownSender)
      ? `${mall.label}のドメインからのメールで注文番号がありますが、登録された差出人・件名ではありません。`
      : `${mall.label}の差出人ですが、件名からメールの種類を判別できません。`
    return `${why}この番号では取り込まず、モールの注文一覧と照合します。新規注文のメールであれば、件名を店舗設定のメール判別ルールに追加してください。`
  }
  const text = readings.map((reading) => reading.text).join('\n')
  if (text.trim() === '') return `${mall.label}のメールですが、本文を読み取れません。${WHAT_TO_DO}`
  const hint = mall.explainMissing(text, rules)
  return `${mall.label}のメールですが、${hint ?? '本文に注文番号が見つかりません。'}${WHAT_TO_DO}`
}

const WHAT_TO_DO = '管理画面で注文を確認し、必要なら注文番号を指定して取り込んでください。'
