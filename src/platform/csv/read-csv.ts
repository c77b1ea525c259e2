import { parse } from 'csv-parse/sync'
import { factsOf } from '../narrow.ts'
import { decodeCp932 } from './cp932.ts'

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
