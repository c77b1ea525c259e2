import {
  type CsvRow,
  cp932Length,
  csvLines,
  foldForCp932,
  guardFormula,
  isFormula,
  missingInCp932,
} from '../platform/csv.ts'

/** The item list as a CSV: faults are told by row, and what is written survives a spreadsheet. */

export const TEMPERATURES = ['', 'normal', 'cool', 'frozen'] as const
type ItemTemperature = (typeof TEMPERATURES)[number]

export interface ItemFacts {
  code: string
  shelf: string
  goodsName: string
  temperature: ItemTemperature
  jan: string
}
type Field = keyof ItemFacts

export interface RowFault {
  /** In the file, from 1. */
  line: number
  field: string
  code: string
  message: string
}

const WORDS: Readonly<Record<ItemTemperature, string>> = {
  '': '',
  normal: '常温',
  cool: '冷蔵',
  frozen: '冷凍',
}
const CLASSES: ReadonlyMap<string, ItemTemperature> = new Map([
  ...(['', 'normal', 'cool', 'frozen'] as const).flatMap((one) => [
    [WORDS[one], one] as const,
    [one, one] as const,
  ]),
  ['普通', 'normal'],
  ['通常', 'normal'],
  ['チルド', 'cool'],
])

/** Names under which shops and other programs have a column; the first is ours. */
const NAMES: Readonly<Record<Field, readonly [string, ...string[]]>> = {
  code: ['商品コード', 'SKU', 'SKUコード', '商品管理番号', '商品番号', '品番', 'code'],
  shelf: ['棚番', '棚番号', 'ロケーション', 'ロケーションコード', 'shelf'],
  goodsName: ['品名', '送り状品名', 'goodsName'],
  temperature: ['温度帯', 'temperature'],
  jan: ['JAN', 'JANコード', 'バーコード', 'GTIN'],
}
const FIELDS = ['code', 'shelf', 'goodsName', 'temperature', 'jan'] as const

const MOST_CODE = 100
const MOST_SHELF = 30
/** 品名 of B2クラウド, in bytes of CP932: the longest of the carriers' cells. */
const MOST_GOODS = 50
const MOST_SHOWN = 40

/** As codes of orders and of the list are compared: width, case and blanks at the ends make no other item. */
export const itemKey = (code: string): string => code.slice(0, 200).normalize('NFKC').trim().toLowerCase()

const plainName = (name: string): string => itemKey(name).replace(/[\s"'_]/g, '')

export interface ItemFile {
  items: (ItemFacts & { key: string })[]
  /** Whether the file has a column. */
  has: (field: Field) => boolean
  faults: RowFault[]
}

/** A file that is read row by row: 20,000 at a stretch took the main thread for half a second. */
export interface ItemReader {
  take(row: CsvRow): void
  file: ItemFile
}

/** Null where no column is named as an item's code. */
export function createItemReader(head: CsvRow | undefined): ItemReader | null {
  const names = (head?.cells ?? []).map(plainName)
  const placeOf = (field: Field) => {
    const wanted = NAMES[field].map(plainName)
    return names.findIndex((name) => wanted.includes(name))
  }
  const at = {
    code: placeOf('code'),
    shelf: placeOf('shelf'),
    goodsName: placeOf('goodsName'),
    temperature: placeOf('temperature'),
    jan: placeOf('jan'),
  }
  if (at.code < 0) return null
  const file: ItemFile = { items: [], has: (field) => at[field] >= 0, faults: [] }
  const lines = new Map<string, number>()
  function take({ line, cells }: CsvRow): void {
    if (cells.every((cell) => cell === '')) return
    const cell = (field: Field) => plainCell(cells[at[field]] ?? '')
    const tell = (field: Field, code: string, message: string) =>
      void file.faults.push({ line, field: NAMES[field][0], code, message })
    const item = {
      code: codeOf(cell('code'), tell),
      shelf: shelfOf(cell('shelf'), tell),
      goodsName: goodsOf(cell('goodsName'), tell),
      temperature: classOf(cell('temperature'), tell),
      jan: janOf(cell('jan'), tell),
    }
    const key = itemKey(item.code)
    const before = lines.get(key)
    if (before !== undefined)
      tell('code', 'ROW_TWICE', `${before}行目と同じ商品コードです。1行にまとめてください。`)
    else if (key !== '') lines.set(key, line)
    file.items.push({ ...item, key })
  }
  return { take, file }
}

type Tell = (field: Field, code: string, message: string) => void

/** `="0490…"` and `'-m` are how a spreadsheet is kept from changing a code. */
const plainCell = (cell: string): string => {
  const text = cell.replace(/^="([^"]*)"$/, '$1')
  return foldForCp932(text.startsWith("'") && isFormula(text.slice(1)) ? text.slice(1) : text)
}

const shown = (text: string): string => text.slice(0, MOST_SHOWN)

/** 4.9E+12, as a spreadsheet shows a long number and then saves it. */
const EXPONENT = /^\d(?:\.\d*)?e\+?\d+$/i

function codeOf(text: string, tell: Tell): string {
  if (text === '') tell('code', 'REQUIRED', '商品コードがありません。')
  else if (text.length > MOST_CODE) tell('code', 'TOO_LONG', `商品コードは${MOST_CODE}文字までです。`)
  else if (EXPONENT.test(text))
    tell(
      'code',
      'EXPONENT',
      `商品コード「${text}」は表計算ソフトの指数表示です。列を文字列にして入力し直してください。`,
    )
  return text
}

function shelfOf(text: string, tell: Tell): string {
  if (text.length > MOST_SHELF) tell('shelf', 'TOO_LONG', `棚番は${MOST_SHELF}文字までです。`)
  return text
}

function goodsOf(text: string, tell: Tell): string {
  if (text.length > MOST_GOODS || cp932Length(text) > MOST_GOODS)
    tell('goodsName', 'TOO_LONG', `品名は全角${MOST_GOODS / 2}文字までです。`)
  else {
    const missing = missingInCp932(text)
    if (missing.length > 0)
      tell(
        'goodsName',
        'NOT_IN_CP932',
        `品名に送り状ソフトで使えない文字（${missing.slice(0, 5).join(' ')}）があります。`,
      )
  }
  return text
}

function classOf(text: string, tell: Tell): ItemTemperature {
  const found = text.length > 20 ? undefined : CLASSES.get(itemKey(text))
  if (found === undefined)
    tell(
      'temperature',
      'UNKNOWN',
      `温度帯「${shown(text)}」は使えません。常温、冷蔵、冷凍か空欄にしてください。`,
    )
  return found ?? ''
}

/** JAN (13, 8), UPC (12) and GTIN (14) have one check digit, counted from the right. */
function janOf(text: string, tell: Tell): string {
  if (text === '') return ''
  const digits = text.slice(0, 40).normalize('NFKC').replace(/[-\s]/g, '')
  if (EXPONENT.test(digits))
    tell(
      'jan',
      'EXPONENT',
      `JAN「${shown(text)}」は表計算ソフトの指数表示です。列を文字列にして入力し直してください。`,
    )
  else if (!/^(?:\d{8}|\d{12,14})$/.test(digits))
    tell(
      'jan',
      'MALFORMED',
      `JAN「${shown(text)}」は8桁か12〜14桁の数字ではありません（先頭の 0 が消えていないか確認してください）。`,
    )
  else if (!fitsCheckDigit(digits))
    tell('jan', 'CHECK_DIGIT', `JAN「${digits}」の末尾の検査数字が合いません。`)
  return digits
}

export function fitsCheckDigit(digits: string): boolean {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0)
  return sum % 10 === 0
}

/** A code of digits as a text, since a spreadsheet takes its zeros or its last places. */
const keptByExcel = (text: string): string =>
  /^(?:0\d+|\d{12,})$/.test(text) ? `="${text}"` : guardFormula(text)

/** The whole list as a file that `parseItems()` reads. */
export const itemLines = (items: readonly ItemFacts[], head: boolean): string =>
  csvLines([
    ...(head ? [FIELDS.map((field) => NAMES[field][0])] : []),
    ...items.map(({ code, shelf, goodsName, temperature, jan }) => [
      ...[code, shelf, goodsName].map(keptByExcel),
      WORDS[temperature],
      keptByExcel(jan),
    ]),
  ])
