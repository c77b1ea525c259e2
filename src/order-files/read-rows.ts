import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { joinCells, plainHeading } from '../marketplaces/order-files/cells.ts'
import { FIELD_LABELS, isImpersonal, type OrderForm, REQUIRED } from '../marketplaces/order-files/form.ts'
import {
  type FileRow,
  numberFault,
  type RowFault,
  toNumber,
  withoutZeros,
} from '../marketplaces/order-files/read-order.ts'
import { CsvError, type CsvLimits, type CsvRow, type Encoding, streamCsv } from '../platform/csv.ts'

/** Rows of an order file, read piece by piece: memory holds them packed, and one bucket of them open. */

const MOST_ROWS = 200_000
/** A row of a cart with a buyer's long remarks. */
const LIMITS: CsvLimits = { rows: MOST_ROWS + 1, line: 200_000 }
const MOST_COLUMNS = 500
const DELIMITERS = { comma: ',', tab: '\t', semicolon: ';' } as const

export interface FileColumn {
  heading: string
  /** Null: it is not read. */
  field: string | null
  label: string | null
  example: string
}

export interface ReadFile {
  rows: number
  /** Names of the values of each row. */
  fields: readonly string[]
  columns: FileColumn[]
  /** Headings of the map that the file does not have. */
  missing: string[]
  buckets: Buckets
}

interface Places {
  fields: string[]
  /** Columns of each field, joined by a blank. */
  at: number[][]
  items: { at: number; are: ReadonlySet<string> } | null
}

/**
 * Reads a file whole. Lines that are no goods are left out where the map says how to tell them.
 * @throws CsvError when it is no CSV, lacks a column that must be there, or is too long
 */
export async function readRows(
  form: OrderForm,
  pieces: () => AsyncIterable<Uint8Array>,
  breathe: () => Promise<void>,
): Promise<ReadFile> {
  await refuseWorkbook(pieces())
  const encoding: Encoding = form.encoding === 'auto' ? await encodingOf(pieces(), breathe) : form.encoding
  const buckets = new Buckets()
  let head: { places: Places; columns: FileColumn[]; missing: string[] } | null = null
  let rows = 0
  for await (const batch of streamCsv(pieces(), encoding, LIMITS, DELIMITERS[form.delimiter])) {
    for (const row of batch) {
      if (row.cells.every((cell) => cell === '')) continue
      if (head === null) {
        head = readHead(form, row)
        continue
      }
      const { places, columns } = head
      rows += 1
      if (rows === 1)
        for (const [index, column] of columns.entries())
          if (column.field !== null && isImpersonal(column.field))
            column.example = (row.cells[index] ?? '').slice(0, 60)
      if (places.items && !places.items.are.has(row.cells[places.items.at] ?? '')) continue
      const values = places.at.map((at) => joinCells(at.map((index) => row.cells[index] ?? '')))
      await buckets.add({ line: row.line, values }, values[0] ?? '')
    }
    await breathe()
  }
  if (head === null || rows === 0) throw new CsvError('取り込む行がありません。', null)
  const { places, columns, missing } = head
  return { rows, fields: places.fields, columns, missing, buckets }
}

/** First bytes of a ZIP, which an .xlsx is, and of an .xls. */
const WORKBOOKS = [Buffer.from('PK\u0003\u0004'), Buffer.from('d0cf11e0', 'hex')]
const UTF16 = ['fffe', 'feff']

/** @throws CsvError that says how a CSV is made of it */
async function refuseWorkbook(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    const start = Buffer.from(piece.subarray(0, 4))
    if (UTF16.includes(start.subarray(0, 2).toString('hex')))
      throw new CsvError(
        'UTF-16（Unicode テキスト）のファイルは取り込めません。カートの出力で Shift_JIS か UTF-8 の CSV を選び、Excel で保存し直さずに取り込んでください。',
        null,
      )
    if (!WORKBOOKS.some((one) => one.equals(start))) return
    throw new CsvError(
      'Excel のファイル（.xlsx、.xls）や ZIP は取り込めません。カートの出力で CSV を選び、Excel で開かずに取り込んでください。Excel のファイルしかないときは、Excel の「名前を付けて保存」で「CSV UTF-8（コンマ区切り）」を選び、先頭の 0 と長い番号が変わっていないか確かめてください。',
      null,
    )
  }
}

function readHead(form: OrderForm, { cells, line }: CsvRow) {
  if (cells.length > MOST_COLUMNS)
    throw new CsvError(`列が多すぎます（${cells.length}列）。${MOST_COLUMNS}列までです。`, line)
  const headings = cells.map(plainHeading)
  const fieldAt = new Map<number, string>()
  const missing: string[] = []
  const fields: string[] = []
  const at: number[][] = []
  // The number goes first: rows are sorted by it.
  const wanted = Object.entries(form.columns).sort(
    ([one], [other]) => Number(other === 'orderNumber') - Number(one === 'orderNumber'),
  )
  for (const [field, names = []] of wanted) {
    const found = names.flatMap((name) => {
      const index = headings.indexOf(plainHeading(name))
      if (index < 0) missing.push(name)
      return index < 0 ? [] : [index]
    })
    if (found.length === 0) continue
    fields.push(field)
    at.push(found)
    for (const index of found) fieldAt.set(index, field)
  }
  const lacking = REQUIRED.filter((field) => !fields.includes(field))
  if (lacking.length > 0) {
    const words = lacking.map(
      (field) => `${FIELD_LABELS[field]}（${(form.columns[field] ?? []).join('、')}）`,
    )
    throw new CsvError(
      `見出しが見つかりません: ${words.join('、')}。「${form.label}」のファイルか、列の対応を確認してください。`,
      line,
    )
  }
  const columns = cells.map((heading, index) => {
    const field = fieldAt.get(index) ?? null
    return {
      heading: heading.slice(0, 100),
      field,
      label: field === null ? null : (FIELD_LABELS[field] ?? field),
      example: '',
    }
  })
  const itemsAt = form.items ? headings.indexOf(plainHeading(form.items.column)) : -1
  const items = form.items && itemsAt >= 0 ? { at: itemsAt, are: new Set(form.items.are) } : null
  return { places: { fields, at, items }, columns, missing }
}

/** Bytes that are UTF-8 throughout are, as CP932 text with Japanese in it hardly ever is. */
async function encodingOf(
  pieces: AsyncIterable<Uint8Array>,
  breathe: () => Promise<void>,
): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const piece of pieces) {
      decoder.decode(piece, { stream: true })
      await breathe()
    }
    decoder.decode()
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return 'cp932'
    throw error
  }
}

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

/** Rows of one number are in one bucket, in whatever order the file has them. */
const BUCKETS = 256
/** Packed from here on: all buckets together hold some 8 MiB open. */
const OPEN_CHARACTERS = 32 * 1_024

interface Bucket {
  packed: Buffer[]
  open: string[]
  characters: number
}

class Buckets {
  readonly #all: Bucket[] = Array.from({ length: BUCKETS }, () => ({ packed: [], open: [], characters: 0 }))

  async add({ line, values }: FileRow, number: string): Promise<void> {
    // Numbers that differ by zeros alone go into one, where they are found out.
    const bucket = this.#all[hashOf(withoutZeros(toNumber(number))) % BUCKETS]
    if (!bucket) return
    const text = JSON.stringify([line, ...values])
    bucket.open.push(text)
    bucket.characters += text.length
    if (bucket.characters >= OPEN_CHARACTERS) await pack(bucket)
  }

  /** Rows of each bucket, in the order of the file. */
  async *read(): AsyncGenerator<FileRow[]> {
    for (const bucket of this.#all) {
      const rows: FileRow[] = []
      for (const packed of bucket.packed) {
        const texts = (await inflate(packed)).toString('utf8').split('\n')
        for (const text of texts) rows.push(toRow(text))
      }
      for (const text of bucket.open) rows.push(toRow(text))
      bucket.packed = []
      bucket.open = []
      if (rows.length > 0) yield rows
    }
  }
}

async function pack(bucket: Bucket): Promise<void> {
  const text = bucket.open.join('\n')
  bucket.open = []
  bucket.characters = 0
  bucket.packed.push(await deflate(text, { level: 1 }))
}

function toRow(text: string): FileRow {
  const [line = 0, ...values]: [number, ...string[]] = JSON.parse(text)
  return { line, values }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Number null: none that can be an order's. */
type Group =
  | { number: string; rows: FileRow[]; fault: RowFault[] }
  | { number: string; rows: FileRow[]; fault: null }
  | { number: null; fault: RowFault[] }

/** Groups rows by their number, in the order of the file. A missing or ambiguous number is a fault. */
export function groupRows(rows: readonly FileRow[]): Group[] {
  const byNumber = Map.groupBy(rows, ({ values }) => toNumber(values[0] ?? ''))
  const alike = Map.groupBy(byNumber.keys(), withoutZeros)
  return [...byNumber].flatMap(([number, own]): Group[] => {
    const lines = own.map(({ line }) => line)
    const tell = (line: number, code: string, message: string) => [
      { line, column: '受注番号', code, message },
    ]
    const fault = numberFault(number)
    if (fault) {
      // Without a number no two rows are known to be one order.
      const each = number === '' ? lines : lines.slice(0, 1)
      return each.map((line) => ({ number: null, fault: tell(line, fault.code, fault.message) }))
    }
    const others = (/^\d+$/.test(number) ? (alike.get(withoutZeros(number)) ?? []) : []).filter(
      (one) => one !== number,
    )
    if (others.length > 0) {
      const message = `先頭の 0 だけが違う受注番号「${others[0]}」が同じファイルにあります。表計算ソフトで 0 が消えていないか確認してください。`
      return [{ number, rows: own, fault: tell(lines[0] ?? 0, 'NUMBER_ZEROS', message) }]
    }
    return [{ number, rows: own, fault: null }]
  })
}
