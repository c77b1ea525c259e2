import { encodeCp932 } from './cp932.ts'

/** `needed`: only cells that hold a comma, a quotation mark or a break; `all`: every cell. */
export type Quoting = 'needed' | 'all'

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
export const guardFormula = (cell: string): string =>
  /^[\t\r\s]*[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell

export const CSV_ENCODINGS = ['utf-8', 'cp932'] as const
export type CsvEncoding = (typeof CSV_ENCODINGS)[number]

/** UTF-8 goes with a byte order mark at the start of the file: Excel reads it as Shift_JIS otherwise. */
export const UTF8_BOM = '\ufeff'

export const encodeCsv = (text: string, encoding: CsvEncoding): Buffer =>
  encoding === 'cp932' ? encodeCp932(text) : Buffer.from(text, 'utf8')
