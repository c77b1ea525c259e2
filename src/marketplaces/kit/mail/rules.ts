import type { MailEnvelope, MailRules } from '../../port/mail-rules.ts'

/** Rules that a shop adds to a mall's: its own senders, subjects, and mails to ignore. */
export type AddedMailRules = Partial<Omit<MailRules, 'domains' | 'sharedDomains' | 'ordersPerMail'>>

/** Returns the sender rule that an address matches, null when none. */
type AddressMatcher = (address: string) => string | null

/** Merges a mall's rules with those of its shops, which are checked first. */
export function mergeRules(base: MailRules, added: readonly AddedMailRules[]): MailRules {
  if (added.length === 0) return base
  const all: AddedMailRules[] = [...added, base]
  const [numberLabels, numberPatterns] = [
    all.flatMap((rules) => rules.numberLabels ?? []),
    all.flatMap((rules) => rules.numberPatterns ?? []),
  ]
  return {
    ...base,
    senders: all.flatMap((rules) => rules.senders ?? []),
    ignoredSenders: all.flatMap((rules) => rules.ignoredSenders ?? []),
    subjects: all.flatMap((rules) => rules.subjects ?? []),
    ignoredSubjects: all.flatMap((rules) => rules.ignoredSubjects ?? []),
    ...(numberLabels.length > 0 ? { numberLabels } : {}),
    ...(numberPatterns.length > 0 ? { numberPatterns } : {}),
  }
}

/** Caches what is made of rules by their identity: a burst of mails normalises each rule once. */
export function oncePerRules<T extends object>(make: (rules: MailRules) => T): (rules: MailRules) => T {
  const made = new WeakMap<MailRules, T>()
  return (rules) => {
    const known = made.get(rules) ?? make(rules)
    made.set(rules, known)
    return known
  }
}

const compileRules = oncePerRules((rules) => ({
  senders: matchAddresses(rules.senders),
  ignoredSenders: matchAddresses(rules.ignoredSenders),
  subjects: rules.subjects
    .map((rule) => ({ ...rule, contains: normaliseSubject(rule.contains) }))
    .filter((rule) => rule.contains !== ''),
  ignoredSubjects: rules.ignoredSubjects.map(normaliseSubject).filter((contains) => contains !== ''),
  domains: (address: string) => isBelow(address.slice(address.lastIndexOf('@') + 1), rules.domains ?? []),
}))

const ABOUT_ORDERS = /注文|受注|出荷|発送|購入|販売|売れ|オーダー|order/

/**
 * Finds the rules of a mall that an envelope matches; `ignoredBy` beats the others. Pure; costs a few
 * microseconds.
 */
export function matchRules(envelope: MailEnvelope, rules: MailRules) {
  const { senders, ignoredSenders, subjects, ignoredSubjects, domains } = compileRules(rules)
  const subject = normaliseSubject(envelope.subject)
  const ignoredBy =
    firstMatch(envelope.from, ignoredSenders) ??
    ignoredSubjects.find((contains) => subject.includes(contains)) ??
    null
  return {
    sender: firstMatch(envelope.from, senders),
    subject: subjects.find((rule) => subject.includes(rule.contains)) ?? null,
    ignoredBy,
    /** True when the sender's domain is the mall's and the subject concerns orders: no newsletter. */
    ofMall: ABOUT_ORDERS.test(subject) && envelope.from.some(domains),
  }
}

/** True when a domain is one of these or below it. */
export function isBelow(domain: string, domains: readonly string[]): boolean {
  const lower = domain.trim().toLowerCase()
  return domains.some((one) => lower === one || lower.endsWith(`.${one}`))
}

/** True when one of the addresses fits a rule for senders. */
export const matchesAddress = (addresses: readonly string[], rules: readonly string[]): boolean =>
  rules.length > 0 && firstMatch(addresses, matchAddresses(rules)) !== null

function firstMatch(addresses: readonly string[], matches: AddressMatcher): string | null {
  for (const address of addresses) {
    const rule = matches(address)
    if (rule !== null) return rule
  }
  return null
}

/**
 * Compiles address rules: a whole address; `@domain`, for that domain alone; or `@*.domain`, for those below
 * it at any depth.
 */
function matchAddresses(rules: readonly string[]): AddressMatcher {
  const known = new Set(rules.map((rule) => rule.trim().toLowerCase()).filter((rule) => rule.length > 1))
  const below = [...known].filter((rule) => rule.startsWith('@*.') && rule.length > 3)
  return (address) => {
    const lower = address.trim().toLowerCase()
    if (known.has(lower)) return lower
    const domain = lower.slice(lower.lastIndexOf('@'))
    if (!domain.startsWith('@')) return null
    return known.has(domain) ? domain : (below.find((rule) => domain.endsWith(rule.slice(2))) ?? null)
  }
}

/** A mail is read up to 256 KiB; the excess from forwards and links belongs to no order. */
const MOST_TEXT = 256 * 1024
/** Longest part of a subject that is compared: rules are short, and any sender may write 85 KB. */
const MOST_SUBJECT = 400
/**
 * Normalising sorts a run of combining marks by their classes, in quadratic time: 200 KB of them took 13 s.
 * No word has more than a few. The half-width voiced marks are among them because normalising makes combining
 * ones of them.
 */
const MARKS_IN_A_ROW = /([\p{M}\uFF9E\uFF9F]{4})[\p{M}\uFF9E\uFF9F]+/gu
const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060\uFEFF]/g
/** Hyphens that NFKC leaves alone. Not the katakana prolonged sound mark: it ends ordinary words. */
const DASHES = /[\u2010-\u2015\u2212]/g
const QUOTE_MARKS = /^(?:[ \t]*[>|])+[ \t]?/gm
const REPLY_OR_FORWARD = /^(?:(?:re|fw|fwd|転送|返信)(?:\[\d+\])?:)+/

/**
 * NFKC (full-width digits, letters, colons and blanks become ASCII), one kind of hyphen, `\n` line ends,
 * without quote marks, invisible characters and the asterisks that HTML-to-text conversions put around bold
 * labels. Letters keep their case.
 */
export function normaliseText(text: string): string {
  return normalise(text.slice(0, MOST_TEXT).replace(/\r\n?/g, '\n'))
    .replace(DASHES, '-')
    .replace(QUOTE_MARKS, '')
    .replaceAll('*', ' ')
}

/** NFKC, no blanks, lower case: how subjects and the `contains` of subject rules are compared. */
export function normaliseSubject(subject: string): string {
  return normalise(subject.slice(0, MOST_SUBJECT)).replace(/\s+/g, '').toLowerCase()
}

/**
 * NFKC in linear time. Removes invisible characters first: they would split a run of marks that then becomes
 * one.
 */
const normalise = (text: string): string =>
  text.replace(INVISIBLE, '').replace(MARKS_IN_A_ROW, '$1').normalize('NFKC')

/** True when a normalised subject is a reply rather than a forward. */
export function isReply(subject: string): boolean {
  const prefix = REPLY_OR_FORWARD.exec(subject)?.[0]
  return prefix !== undefined && /^(?:re|返信)/.test(prefix)
}

/** Each value once, in the order of appearance. */
export function unique(values: Iterable<string>): string[] {
  return [...new Set(values)]
}
