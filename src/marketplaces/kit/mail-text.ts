/** Text of a mail made comparable. Order numbers are looked for in this text; what people read stays as it came. */

const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060\uFEFF]/g
/** Hyphens that NFKC leaves alone. The katakana prolonged sound mark is not one of them: it ends ordinary words. */
const DASHES = /[\u2010-\u2015\u2212]/g
const QUOTE_MARKS = /^(?:[ \t]*[>|])+[ \t]?/gm
const REPLY_OR_FORWARD = /^(?:(?:re|fw|fwd|転送|返信)(?:\[\d+\])?:)+/

/**
 * NFKC (full-width digits, letters, colons and blanks become ASCII), one kind of hyphen, `\n` line ends, without quote marks,
 * invisible characters and the asterisks that HTML-to-text conversions put around bold labels. Letters keep their case.
 */
export function normaliseText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .replace(DASHES, '-')
    .replace(QUOTE_MARKS, '')
    .replaceAll('*', ' ')
}

/** NFKC, no blanks, lower case: how subjects and the `contains` of subject rules are compared. */
export function normaliseSubject(subject: string): string {
  return subject.replace(INVISIBLE, '').normalize('NFKC').replace(/\s+/g, '').toLowerCase()
}

/** Whether a normalised subject says that somebody answers a mail, rather than passing it on. */
export function isReply(subject: string): boolean {
  const prefix = REPLY_OR_FORWARD.exec(subject)?.[0]
  return prefix !== undefined && /^(?:re|返信)/.test(prefix)
}

/** Each value once, in the order of appearance. */
export function unique(values: Iterable<string>): string[] {
  return [...new Set(values)]
}
