import type { Schemas } from '../api.ts'

/** Which column of a chosen file becomes which field, as staff change it by hand. */

export type OrderForm = NonNullable<Schemas['OrderFormAnswer']['form']>

export interface FileColumn {
  heading: string
  /** First value that is not empty. */
  example: string
}

export interface FileHead {
  delimiter: OrderForm['delimiter']
  columns: readonly FileColumn[]
  /** The first rows below the heading. */
  rows: readonly (readonly string[])[]
}

/** Enough for the heading and some hundred rows. */
const LOOKED_AT_BYTES = 256 * 1_024
const MOST_ROWS = 500
const MOST_COLUMNS = 500
const MOST_WORDS = 50
const LONGEST_WORD = 100
const DELIMITERS = { comma: ',', tab: '\t', semicolon: ';' } as const

/** Heading and first rows of a file. Null: it has no heading, or is a workbook or ZIP. */
export async function readHead(file: Blob): Promise<FileHead | null> {
  const bytes = new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer())
  if (bytes.includes(0)) return null
  return toHead(decode(bytes), file.size > LOOKED_AT_BYTES)
}

/** UTF-8 where the bytes are, else CP932, as the service decides; half a letter at the end is left out. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('shift_jis').decode(bytes, { stream: true })
  }
}

/** @param isCut the last row may be half a row */
export function toHead(text: string, isCut = false): FileHead | null {
  const delimiter = delimiterOf(text)
  const all = parseRows(text, DELIMITERS[delimiter])
  const [head, ...rows] = isCut && all.length > 2 ? all.slice(0, -1) : all
  if (!head || head.every((cell) => cell === '')) return null
  const columns = head.slice(0, MOST_COLUMNS).map((heading, at) => {
    const example = rows.find((row) => (row[at] ?? '') !== '')?.[at] ?? ''
    return { heading: heading.slice(0, LONGEST_WORD), example: example.slice(0, 60) }
  })
  return { delimiter, columns, rows }
}

/** The sign that parts most columns of the heading. Headings hold a comma rather than a tab. */
function delimiterOf(text: string): OrderForm['delimiter'] {
  const names = ['tab', 'comma', 'semicolon'] as const
  const width = (name: (typeof names)[number]) => parseRows(text, DELIMITERS[name], 1)[0]?.length ?? 0
  const best = names.reduce((one, other) => (width(other) > width(one) ? other : one))
  return width(best) > 1 ? best : 'comma'
}

/** RFC 4180, as far as headings and examples need it: the service reads the file itself. */
function parseRows(text: string, delimiter: string, most = MOST_ROWS): string[][] {
  const rows: string[][] = []
  let [row, cell, quoted]: [string[], string, boolean] = [[], '', false]
  const endRow = () => {
    row.push(cell.trim())
    if (row.some((one) => one !== '')) rows.push(row)
    ;[row, cell] = [[], '']
  }
  const body = text.replace(/^\ufeff/, '')
  for (let at = 0; at < body.length && rows.length < most; at += 1) {
    const sign = body[at] ?? ''
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (body[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (sign === '"' && cell.trim() === '') [cell, quoted] = ['', true]
    else if (sign === delimiter) {
      row.push(cell.trim())
      cell = ''
    } else if (sign === '\n' || sign === '\r') endRow()
    else cell += sign
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) endRow()
  return rows
}

/** Columns that can be chosen: the service finds the first of several with one heading, and none without. */
export const choosable = (columns: readonly FileColumn[]): boolean[] => {
  const plain = columns.map(({ heading }) => plainHeading(heading))
  return plain.map((heading, at) => heading !== '' && plain.indexOf(heading) === at)
}

/** Field of each column; empty: it is not read. */
export function chosenFields(map: OrderForm['columns'], columns: readonly FileColumn[]): string[] {
  const fieldOf = new Map(
    Object.entries(map).flatMap(([field, headings]) =>
      headings.map((heading) => [plainHeading(heading), field] as const),
    ),
  )
  const free = choosable(columns)
  return columns.map(({ heading }, at) => (free[at] ? (fieldOf.get(plainHeading(heading)) ?? '') : ''))
}

/** Headings of the map that the file does not have. */
export function headingsElsewhere(map: OrderForm['columns'], columns: readonly FileColumn[]): string[] {
  const here = new Set(columns.map(({ heading }) => plainHeading(heading)))
  return Object.values(map)
    .flat()
    .filter((heading) => !here.has(plainHeading(heading)))
}

/** Columns that the service joins for one field. */
export const MOST_JOINED = 4

/**
 * The map with a field for each column of this file. Headings of a field keep their order; those of other
 * files stay where `keepsElsewhere`, as many as the field has room for: a file of tomorrow may have them. A
 * field of which this file has no heading of before is another column's now.
 */
export function toColumns(
  map: OrderForm['columns'],
  columns: readonly FileColumn[],
  chosen: readonly string[],
  keepsElsewhere: boolean,
): OrderForm['columns'] {
  const made: OrderForm['columns'] = {}
  for (const [at, field] of chosen.entries()) {
    const heading = columns[at]?.heading
    if (field !== '' && heading) made[field] = [...(made[field] ?? []), heading]
  }
  const elsewhere = new Set(keepsElsewhere ? headingsElsewhere(map, columns) : [])
  for (const [field, headings] of Object.entries(map)) {
    const kept = headings.filter((heading) => elsewhere.has(heading))
    if (made[field] !== undefined && kept.length === headings.length) continue
    const all = [...(made[field] ?? []), ...kept].slice(0, MOST_JOINED)
    if (all.length > 0) made[field] = all
  }
  for (const [field, headings] of Object.entries(made)) {
    const before = (map[field] ?? []).map(plainHeading)
    const place = (heading: string) => {
      const at = before.indexOf(plainHeading(heading))
      return at < 0 ? before.length : at
    }
    made[field] = headings.toSorted((one, other) => place(one) - place(other))
  }
  return made
}

/** The map that knows most headings of the file, of those that find all required fields in it. */
export function bestMap(
  maps: readonly OrderForm[],
  columns: readonly FileColumn[],
  required: readonly string[],
): OrderForm | null {
  const found = maps.flatMap((map) => {
    const fields = chosenFields(map.columns, columns).filter((field) => field !== '')
    return required.every((field) => fields.includes(field)) ? [{ map, width: fields.length }] : []
  })
  return found.toSorted((one, other) => other.width - one.width)[0]?.map ?? null
}

/** Words of a field as the service reads them, its columns joined in the order of the map. */
export function wordsIn(headings: readonly string[] = [], { columns, rows }: FileHead): string[] {
  const plain = columns.map(({ heading }) => plainHeading(heading))
  const at = headings.map((heading) => plain.indexOf(plainHeading(heading))).filter((index) => index >= 0)
  const words = new Map<string, string>()
  for (const row of rows) {
    const word = plainCell(joinCells(at.map((index) => row[index] ?? '')))
    if (word !== '' && !words.has(plainWord(word))) words.set(plainWord(word), word)
    if (words.size >= MOST_WORDS) break
  }
  return [...words.values()].filter((word) => word.length <= LONGEST_WORD)
}

/** Meaning of a word of the file, compared without case and width. */
export const meaningOf = <T>(
  meanings: Readonly<Record<string, T>> | undefined,
  word: string,
): T | undefined =>
  Object.entries(meanings ?? {}).find(([known]) => plainWord(known) === plainWord(word))?.[1]

/** Meanings with one for each word, so that a word which is seen and left alone is a known one. */
export function withWords<T>(
  meanings: Readonly<Record<string, T>> | undefined,
  words: readonly string[],
  otherwise: T,
): Record<string, T> | undefined {
  const more = words.filter((word) => meaningOf(meanings, word) === undefined)
  return more.length === 0
    ? meanings
    : { ...Object.fromEntries(more.map((word) => [word, otherwise])), ...meanings }
}

// Headings, cells and words are compared as in src/marketplaces/order-files/cells.ts; tests hold both equal.

/** Width, blanks and case of a heading do not matter. */
const plainHeading = (heading: string): string =>
  heading
    .slice(0, LONGEST_WORD)
    .normalize('NFKC')
    .replace(/[\s'"]/g, '')
    .toLowerCase()

/** `="0490…"` and `'012` are how a spreadsheet is kept from changing a cell. */
const plainCell = (cell: string): string =>
  cell
    .trim()
    .replace(/^="([^"]{0,200})"$/, '$1')
    .replace(/^'(?=[=+\-@0-9])/, '')

/** Cells of one row that become one field. */
const joinCells = (cells: readonly string[]): string =>
  cells
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' ')

/** Words of a map are compared without case and width. */
const plainWord = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
