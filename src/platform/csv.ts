import { CsvError as ParseError, Parser } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'

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
  if (rows.length > limits.rows) throw tooManyRows(limits)
  return rows
}

const tooManyRows = ({ rows }: CsvLimits): CsvError =>
  new CsvError(`CSV は ${rows.toLocaleString('ja-JP')} 行までです。分けて取り込んでください。`, null)

export type Encoding = 'utf-8' | 'cp932'

/** Bytes that are decoded and parsed at a stretch: some milliseconds. */
const PIECE_BYTES = 32 * 1_024

/**
 * The same of a file that comes in pieces, as batches of rows: of the file, a line at most is in memory.
 * @throws CsvError as `readCsv` does
 */
export async function* streamCsv(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: Encoding,
  limits: CsvLimits,
  delimiter = ',',
): AsyncGenerator<CsvRow[]> {
  let batch: CsvRow[] = []
  let rows = 0
  const parser = new Parser({
    bom: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: limits.line,
    on_record: (cells: string[], { lines }: { lines: number }) => {
      batch.push({ line: lines, cells })
      return null
    },
  })
  // A failed write ends the stream, which tells of it by an event too.
  parser.on('error', () => undefined)
  const taken = () => {
    const full = batch
    batch = []
    rows += full.length
    if (rows > limits.rows) throw tooManyRows(limits)
    return full
  }
  const decoder = createDecoder(encoding)
  try {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; at += PIECE_BYTES) {
        await written(parser, decoder.decode(piece.subarray(at, at + PIECE_BYTES)))
        yield taken()
      }
    }
    await written(parser, decoder.end())
    parser.resume()
    await new Promise<void>((resolve, reject) => {
      parser.once('error', reject)
      parser.once('end', resolve)
      parser.end()
    })
    yield taken()
  } catch (error) {
    throw unreadable(error)
  } finally {
    parser.destroy()
  }
}

const written = (parser: Parser, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (text === '') return resolve()
    parser.write(text, (error) => (error ? reject(error) : resolve()))
  })

interface Decoder {
  decode(bytes: Uint8Array): string
  end(): string
}

/** Counts lines, so that a byte which is no letter is told by its line. */
function createDecoder(encoding: Encoding): Decoder {
  const utf8 = new TextDecoder('utf-8')
  const cp932 = iconv.getDecoder(CP932)
  let line = 1
  const checked = (text: string): string => {
    const at = text.indexOf('\ufffd')
    const good = at < 0 ? text : text.slice(0, at)
    for (let next = good.indexOf('\n'); next >= 0; next = good.indexOf('\n', next + 1)) line += 1
    if (at >= 0) {
      const message =
        encoding === 'cp932'
          ? '文字コードが Shift_JIS（CP932）でも UTF-8 でもない文字があります。文字コードが混ざっていないか確認し、CSV で出力し直してください。'
          : 'UTF-8 でない文字があります。文字コードが混ざっていないか確認し、CSV で出力し直してください。'
      throw new CsvError(message, line)
    }
    return text
  }
  return encoding === 'utf-8'
    ? { decode: (bytes) => checked(utf8.decode(bytes, { stream: true })), end: () => checked(utf8.decode()) }
    : {
        decode: (bytes) => checked(cp932.write(Buffer.from(bytes))),
        end: () => checked(cp932.end() ?? ''),
      }
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

function unreadable(error: unknown): Error {
  if (!(error instanceof ParseError))
    return error instanceof Error ? error : new Error('unreadable', { cause: error })
  const { lines } = error
  const line = typeof lines === 'number' ? lines : null
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new CsvError('1行が長すぎます。引用符の閉じ忘れがないか確認してください。', line)
  if (error.code === 'INVALID_OPENING_QUOTE')
    return new CsvError(
      'セルの途中に引用符（"）があります。セル全体を " で囲み、中の " は "" と2つ続けてください。',
      line,
    )
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
