/** Normalises mail text, in which order numbers are searched. People see the original text. */

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
