import type { MailRules } from '../../port/mail-rules.ts'
import { createLabelFinder } from './labels.ts'
import { normaliseText } from './text.ts'

/**
 * Order numbers that only a label in front tells from other numbers. Labels and the form of the number are
 * settings, typed by shops, so the form is a small language of its own: a shop's text never becomes a regular
 * expression.
 */

/** Longest text of a pattern and longest number that one can match. */
const LONGEST_PATTERN = 40
const LONGEST_NUMBER = 40
/** Longest label; longer ones are whole sentences. */
const LONGEST_LABEL = 40

interface Token {
  /** Required character, in lower case; null for any digit. */
  literal: string | null
  least: number
  most: number
}

/** A parsed pattern: at most one token has a range, so matching never tries more than its lengths. */
export type NumberPattern = readonly Token[]

const TOKEN = /#\{(\d{1,2})(?:-(\d{1,2}))?\}|#|[0-9A-Za-z-]/y

/**
 * Parses a pattern: `#` one digit, `#{9}` nine, `#{8-10}` eight to ten; letters, digits and hyphens are
 * literal. Width does not matter. Null when the text is no pattern: another character, two ranges, no digit
 * at all, or numbers longer than 40.
 */
export function parseNumberPattern(text: string): NumberPattern | null {
  const plain = text.normalize('NFKC').trim()
  if (plain === '' || plain.length > LONGEST_PATTERN) return null
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < plain.length) {
    const match = TOKEN.exec(plain)
    if (!match) return null
    tokens.push(tokenOf(match))
  }
  return isUsable(tokens) ? tokens : null
}

function tokenOf([whole, least, most]: RegExpExecArray): Token {
  if (!whole.startsWith('#')) return { literal: whole.toLowerCase(), least: 1, most: 1 }
  const count = least === undefined ? 1 : Number(least)
  return { literal: null, least: count, most: most === undefined ? count : Number(most) }
}

function isUsable(tokens: readonly Token[]): boolean {
  const ranges = tokens.filter(({ least, most }) => most !== least)
  const longest = tokens.reduce((sum, { most }) => sum + most, 0)
  const ordered = tokens.every(({ least, most }) => least >= 1 && least <= most)
  return (
    ordered &&
    ranges.length <= 1 &&
    longest <= LONGEST_NUMBER &&
    tokens.some(({ literal }) => literal === null)
  )
}

/**
 * True when all of `text` matches the pattern. Linear: the only range takes the length that the fixed tokens
 * leave.
 */
export function matchesPattern(text: string, pattern: NumberPattern): boolean {
  const fixed = pattern.reduce((sum, { least, most }) => sum + (least === most ? most : 0), 0)
  let at = 0
  for (const { literal, least, most } of pattern) {
    const count = least === most ? least : text.length - fixed
    if (count < least || count > most) return false
    for (let index = 0; index < count; index += 1, at += 1) {
      const character = text[at] ?? ''
      const fits =
        literal === null ? character >= '0' && character <= '9' : character.toLowerCase() === literal
      if (!fits || character === '') return false
    }
  }
  return at === text.length
}

/** Labels and patterns prepared for finding; unusable ones are left out. */
export interface NumberFinder {
  /** Yields every number after a label, in a text from `normaliseText`; may repeat. */
  find(text: string): Iterable<string>
  /** True when the text contains any label. */
  hasLabel(text: string): boolean
}

export function createNumberFinder(labels: readonly string[], patterns: readonly string[]): NumberFinder {
  const known = [...new Set(patterns)]
    .slice(-MOST_PATTERNS)
    .map(parseNumberPattern)
    .filter((pattern) => pattern !== null)
  const ends = createLabelFinder(usableLabels(labels))
  return {
    *find(text) {
      const seen = new Map<string, boolean>()
      for (const end of ends(text)) {
        const start = end + (stickyMatch(BETWEEN, text, end)?.length ?? 0)
        yield* numbersAt(text, start, (word) => fitsAny(word, known, seen))
      }
    },
    hasLabel: (text) => ends(text).next().done !== true,
  }
}

const finders = new WeakMap<MailRules, NumberFinder>()

/** The finder of these rules, cached by their identity like the recogniser's own. */
export function numberFinderOf(rules: MailRules): NumberFinder {
  const known = finders.get(rules)
  if (known) return known
  const fresh = createNumberFinder(rules.numberLabels ?? [], rules.numberPatterns ?? [])
  finders.set(rules, fresh)
  return fresh
}

/**
 * Limit of labels: a mailbox may serve hundreds of shops with their own rules. The mall's come last and are
 * kept.
 */
const MOST_LABELS = 2_000
const MOST_PATTERNS = 200
const REMEMBERED_WORDS = 10_000

function fitsAny(word: string, patterns: readonly NumberPattern[], seen: Map<string, boolean>): boolean {
  const known = seen.get(word)
  if (known !== undefined) return known
  const fits = patterns.some((pattern) => matchesPattern(word, pattern))
  if (seen.size < REMEMBERED_WORDS) seen.set(word, fits)
  return fits
}

/**
 * Text allowed between a label and its number: blanks, a colon, 「は」, No. and an opening bracket; all bounded.
 */
const BETWEEN = /[\]】」』)>]?\s{0,40}(?:は?:|は|[=|>-])?\s{0,40}(?:no\.?|#)?\s{0,4}[[【「『(]?\s{0,4}/iy

const usableLabels = (labels: readonly string[]): string[] =>
  [...new Set(labels)]
    .slice(-MOST_LABELS)
    .map((label) => normaliseText(label).replace(/\s+/g, ''))
    .filter((label) => label !== '' && label.length <= LONGEST_LABEL)

const WORD = /[0-9A-Za-z](?:[0-9A-Za-z-]{0,60}[0-9A-Za-z])?/y
/** Units that make a number an amount, a count or a share. */
const UNIT = /円|個|点|件|pt|ポイント|%|年|月/y
const NEXT = /\s{0,4}[,、/・]\s{0,4}/y

/** Yields the number at a position and those that follow it in a list, while each has the form. */
function* numbersAt(text: string, start: number, fits: (number: string) => boolean): Iterable<string> {
  for (let at = start; ; ) {
    const word = stickyMatch(WORD, text, at)
    if (word === null || !fits(word) || stickyMatch(UNIT, text, at + word.length) !== null) return
    yield word
    const comma = stickyMatch(NEXT, text, at + word.length)
    if (comma === null) return
    at += word.length + comma.length
  }
}

function stickyMatch(expression: RegExp, text: string, at: number): string | null {
  expression.lastIndex = at
  return expression.exec(text)?.[0] ?? null
}
