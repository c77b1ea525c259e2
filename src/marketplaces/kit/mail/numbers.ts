import { normaliseText, oncePerRules } from './rules.ts'

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

/** Prepares labels and patterns for finding; unusable ones are left out. */
export function createNumberFinder(labels: readonly string[], patterns: readonly string[]) {
  const known = [...new Set(patterns)]
    .slice(-MOST_PATTERNS)
    .map(parseNumberPattern)
    .filter((pattern) => pattern !== null)
  const ends = createLabelFinder(usableLabels(labels))
  return {
    /** Yields every number after a label, in a text from `normaliseText`; may repeat. */
    *find(text: string): Iterable<string> {
      const seen = new Map<string, boolean>()
      for (const end of ends(text)) {
        const start = end + (stickyMatch(BETWEEN, text, end)?.length ?? 0)
        yield* numbersAt(text, start, (word) => fitsAny(word, known, seen))
      }
    },
    hasLabel: (text: string): boolean => ends(text).next().done !== true,
  }
}

export const numberFinderOf = oncePerRules(({ numberLabels = [], numberPatterns = [] }) =>
  createNumberFinder(numberLabels, numberPatterns),
)

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

/** A position in the labels read so far. */
interface Node {
  next: Map<string, Node>
  /** The longest other label prefix that the text read so far ends in. */
  otherwise: Node | null
  /** A label ends here. */
  ends: boolean
}

/** Blanks allowed between two characters of a label, because mails pad labels (注 文 番 号). */
const MOST_BLANKS = 2
const BLANK = /\s/

/**
 * Finds where each label ends in a text, ignoring case. Labels are a shop's own text and stay literal. All
 * are searched at once (Aho and Corasick, 1975), in time linear in the text. Fifty of them as one regular
 * expression blocked the process for minutes.
 */
function createLabelFinder(labels: readonly string[]): (text: string) => Generator<number, void> {
  const root = linked(plant(labels))
  return function* ends(text) {
    let node = root
    let blanks = 0
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at)
      if (BLANK.test(character)) {
        blanks += 1
        continue
      }
      node = step(blanks > MOST_BLANKS ? root : node, lower(character), root)
      blanks = 0
      if (node.ends) yield at + 1
    }
  }
}

const node = (): Node => ({ next: new Map(), otherwise: null, ends: false })

function plant(labels: readonly string[]): Node {
  const root = node()
  for (const label of labels) {
    let at = root
    for (let index = 0; index < label.length; index += 1) {
      const character = lower(label.charAt(index))
      const known = at.next.get(character) ?? node()
      at.next.set(character, known)
      at = known
    }
    at.ends = true
  }
  return root
}

/** Links nodes level by level, so that the fallback of each is linked first. */
function linked(root: Node): Node {
  const queue = [...root.next.values()]
  for (const first of queue) first.otherwise = root
  for (const at of queue) {
    for (const [character, child] of at.next) {
      child.otherwise = step(at.otherwise ?? root, character, root)
      child.ends ||= child.otherwise.ends
      queue.push(child)
    }
  }
  return root
}

function step(from: Node, character: string, root: Node): Node {
  for (let at: Node | null = from; at !== null; at = at.otherwise) {
    const next = at.next.get(character)
    if (next) return next
  }
  return root
}

/** One character for one: a lower case of two would move all places behind it. */
function lower(character: string): string {
  const lowered = character.toLowerCase()
  return lowered.length === 1 ? lowered : character
}
