/**
 * A text that somebody outside wrote. It never stands beside our own words as a plain string: an assistant
 * reads both, and a buyer's memo may hold sentences that look like orders to it.
 */
export interface Untrusted {
  untrusted: string
  from: Author
  /** The text went on. */
  cut?: true
}

export type Author = 'buyer' | 'mall' | 'staff'

const MOST_CHARACTERS = 500

/** Controls and shapeless signs hide text from people that a model reads: bidi marks, tags, zero width. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu
/** One selects the form of a kanji in a name; a run of them is no writing, and can carry any bytes. */
const SELECTORS = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{2,}/gu

/** @param most characters that are kept */
export function untrusted(
  text: string | null | undefined,
  from: Author,
  most = MOST_CHARACTERS,
): Untrusted | null {
  if (text === null || text === undefined || text.trim() === '') return null
  // Bounded before the patterns: a memo may have a megabyte, and a character two units.
  const shown = text
    .slice(0, most * 4)
    .toWellFormed()
    .replace(HIDDEN, (sign) => (sign === '\n' || sign === '\t' ? sign : ''))
    .replace(SELECTORS, '')
  const characters = [...shown]
  const cut = text.length > most * 4 || characters.length > most
  return { untrusted: characters.slice(0, most).join('').trim(), from, ...(cut ? { cut } : {}) }
}
