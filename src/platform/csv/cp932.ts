import iconv from 'iconv-lite'

/** Shift_JIS of Japanese desktop programs: with NEC and IBM letters (髙, 﨑, ①) that the plain one lacks. */
const CP932 = 'cp932'

export const encodeCp932 = (text: string): Buffer => iconv.encode(text, CP932)
export const decodeCp932 = (bytes: Uint8Array): string => iconv.decode(Buffer.from(bytes), CP932)

/** Code points that Unicode has several times, under the one that CP932 knows. */
const SAME_SIGNS: ReadonlyMap<string, string> = new Map([
  ...[...'‐‑‒–﹣'].map((hyphen) => [hyphen, '-'] as const),
  ...[...'—⸺'].map((dash) => [dash, '―'] as const),
  ['−', '－'],
  ['〜', '～'],
  ['‖', '∥'],
  ['¥', '￥'],
  ['‾', '￣'],
  ['¢', '￠'],
  ['£', '￡'],
  ['¬', '￢'],
])

/**
 * The same text as CP932 has it, on one line: composed (が, not か and ゛), signs under their code point there,
 * a break or a tab as a blank, blanks at the ends and doubled ones away. What CP932 lacks stays, for
 * `missingInCp932` to name.
 */
export function foldForCp932(text: string): string {
  let folded = ''
  for (const sign of text.normalize('NFC')) folded += SAME_SIGNS.get(sign) ?? sign
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return folded.replace(/[\u0000-\u0020\u007f-\u009f\u00a0\u2028\u2029\u3000\ufeff]+/g, blank).trim()
}

/** A full-width blank stays full-width: in names it parts 姓 and 名. */
const blank = (run: string): string => (run === '\u3000' ? run : ' ')

/** The characters that CP932 has no place for, each once. */
export function missingInCp932(text: string): string[] {
  const missing = [...new Set(text)].filter((sign) => decodeCp932(encodeCp932(sign)) !== sign)
  return missing
}

/** Bytes in CP932: a full-width letter takes two. */
export const cp932Length = (text: string): number => encodeCp932(text).length
