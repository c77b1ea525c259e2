/** Node.js names the place of a JSON error only for some errors, and quotes what stood there. This finds it for all. */

interface Place {
  line: number
  /** Characters from the start of the line, from 1. */
  column: number
}

/** Where `text` stops being JSON; its end where something is missing there. */
export function brokenPlace(text: string): Place {
  const before = text.slice(0, brokenAt(text)).split('\n')
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 }
}

const BLANKS = /[ \t\r\n]*/y
const PLAIN = String.raw`[\x20\x21\x23-\x5b\x5d-\u{10ffff}]*`
const ESCAPE = String.raw`\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})`
const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`
const SCALAR = new RegExp(`"${PLAIN}(?:${ESCAPE}${PLAIN})*"|${NUMBER}|true|false|null`, 'uy')
const OPENS: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing'

function brokenAt(text: string): number {
  /** Closing brackets that are still to come. */
  const open: string[] = []
  let expected: Expected = 'value'
  let at = blanks(text, 0)
  while (at < text.length) {
    const sign = text[at] as string
    const next = step(expected, sign, text, at, open)
    if (next === null) return at
    expected = next.expected
    at = blanks(text, next.end)
  }
  return text.length
}

const blanks = (text: string, from: number): number => match(BLANKS, text, from) ?? from

function match(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : null
}

/** Null where this sign cannot stand. */
function step(
  expected: Expected,
  sign: string,
  text: string,
  at: number,
  open: string[],
): { expected: Expected; end: number } | null {
  const after = (next: Expected, end = at + 1) => ({ expected: next, end })
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end')
  if (expected.endsWith('or end') && sign === open.at(-1)) {
    open.pop()
    return after(afterValue())
  }
  if (expected === 'colon') return sign === ':' ? after('value') : null
  if (expected === 'comma or end') {
    if (sign !== ',') return null
    return after(open.at(-1) === '}' ? 'key' : 'value')
  }
  if (expected === 'nothing') return null
  const isKey = expected.startsWith('key')
  const closing = OPENS[sign]
  if (closing !== undefined && !isKey) {
    open.push(closing)
    return after(closing === '}' ? 'key or end' : 'value or end')
  }
  const end = isKey && sign !== '"' ? null : match(SCALAR, text, at)
  return end === null ? null : after(isKey ? 'colon' : afterValue(), end)
}
