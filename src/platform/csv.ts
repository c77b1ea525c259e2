import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { factsOf } from './narrow.ts'

/** A file that is no CSV. `line`: where it breaks, from 1; null where the whole is meant. */
export class CsvError extends Error {
  readonly line: number | null
  constructor(message: string, line: number | null) {
    super(message)
    this.name = 'CsvError'
    this.line = line
  }
}

export interface CsvLimits {
  rows: number
  /** Longest line, characters. */
  line: number
}

export interface CsvRow {
  /** In the file, from 1. */
  line: number
  cells: string[]
}

/**
 * Rows of a CSV in UTF-8 or CP932, whichever it is: bytes that are UTF-8 throughout are, as CP932 text with
 * Japanese in it hardly ever is. Empty lines are left out, blanks at a cell's ends too.
 * @throws CsvError when it is neither, holds an open quotation mark, or is longer than `limits`
 */
export function readCsv(bytes: Uint8Array, limits: CsvLimits): CsvRow[] {
  const rows: CsvRow[] = []
  try {
    parse(decodeText(bytes), {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: limits.line,
      // One more than is taken: there it is known that the file is longer.
      to: limits.rows + 1,
      on_record: (cells: string[], { lines }: { lines: number }) => {
        rows.push({ line: lines, cells })
        return null
      },
    })
  } catch (error) {
    throw unreadable(error)
  }
  if (rows.length > limits.rows) {
    throw new CsvError(
      `CSV は ${limits.rows.toLocaleString('ja-JP')} 行までです。分けて取り込んでください。`,
      null,
    )
  }
  return rows
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const text = decodeCp932(bytes)
    if (text.includes('\ufffd')) {
      throw new CsvError(
        '文字コードが Shift_JIS（CP932）でも UTF-8 でもありません。CSV で保存し直してください。',
        null,
      )
    }
    return text
  }
}

function unreadable(error: unknown): CsvError {
  if (error instanceof CsvError) return error
  const { lines, code } = factsOf(error)
  const line = typeof lines === 'number' ? lines : null
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return new CsvError('1行が長すぎます。引用符の閉じ忘れがないか確認してください。', line)
  }
  return new CsvError('CSV として読み取れません。引用符（"）の閉じ忘れがないか確認してください。', line)
}

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

/** `needed`: only cells that hold a comma, a quotation mark or a break; `all`: every cell. */
type Quoting = 'needed' | 'all'

/** Lines of CSV (RFC 4180), each ended by CRLF. */
export function csvLines(rows: readonly (readonly string[])[], quoting: Quoting = 'needed'): string {
  return rows.map((row) => `${row.map((cell) => csvCell(cell, quoting)).join(',')}\r\n`).join('')
}

const csvCell = (cell: string, quoting: Quoting): string =>
  quoting === 'all' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/**
 * A cell that a spreadsheet takes for a formula is run by it when the file is opened, and buyers write cells:
 * an apostrophe makes it text. Not for numbers, which a minus may begin.
 */
export const guardFormula = (cell: string): string => (isFormula(cell) ? `'${cell}` : cell)

/**
 * Judged as the file shows it: signs that CP932 or a spreadsheet folds (‐, ﹣, ＝) under what they become, and
 * behind all that is invisible, as control characters do not survive the folding.
 */
export function isFormula(cell: string): boolean {
  const [first = ''] = /[^\p{C}\p{Z}]/u.exec(cell) ?? []
  return /^[=+\-@]/.test(foldForCp932(first).normalize('NFKC'))
}

export const CSV_ENCODINGS = ['utf-8', 'cp932'] as const
export type CsvEncoding = (typeof CSV_ENCODINGS)[number]

/** UTF-8 goes with a byte order mark at the start of the file: Excel reads it as Shift_JIS otherwise. */
export const UTF8_BOM = '\ufeff'

export const encodeCsv = (text: string, encoding: CsvEncoding): Buffer =>
  encoding === 'cp932' ? encodeCp932(text) : Buffer.from(text, 'utf8')
