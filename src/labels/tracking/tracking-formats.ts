import type { Carrier } from '../../marketplaces/port/carriers.ts'
import type { CsvRow } from '../../platform/csv.ts'

/**
 * Files that the carriers' tools write after printing, read by column name: the shop chooses the columns, so
 * their positions differ.
 */

export const TRACKING_IDS = ['yamato_b2', 'sagawa_ehiden3', 'yupri_r', 'plain'] as const
export type TrackingId = (typeof TRACKING_IDS)[number]

interface TrackingFormat {
  label: string
  carrier: Carrier | null
  key: readonly string[]
  number: readonly string[]
  date: readonly string[]
  kind: readonly string[]
  /** Columns from 1 in a file without a header: key, number, date, kind; 0: not there. */
  places: readonly [number, number, number, number] | null
  carrierOfKind?: (kind: string) => Carrier | null
}

const ORDER = ['注文番号', '受注番号', '管理番号']

export const TRACKING_FORMATS: Readonly<Record<TrackingId, TrackingFormat>> = {
  yamato_b2: {
    label: 'ヤマト B2クラウド 発行済データ',
    carrier: 'yamato',
    key: ['お客様管理番号'],
    number: ['伝票番号', '送り状番号'],
    date: ['出荷予定日', '出荷日'],
    kind: ['送り状種類', '送り状種別'],
    places: [1, 4, 5, 2],
    carrierOfKind: (kind) => (kind === '7' ? 'yamato_yu_packet' : null),
  },
  sagawa_ehiden3: {
    label: '佐川 e飛伝Ⅲ 出荷履歴',
    carrier: 'sagawa',
    key: ['お客様管理番号', 'お客様管理ナンバー'],
    number: ['お問い合せ送り状No.', 'お問合せ送り状No.', 'お問い合わせ送り状No.', '送り状番号', '送り状No.'],
    date: ['出荷日', '出荷日付'],
    kind: [],
    places: [19, 1, 3, 0],
  },
  yupri_r: {
    label: 'ゆうパックプリントR 発送履歴',
    carrier: 'japan_post',
    key: ['お客様側管理番号', 'お客様管理番号'],
    number: ['お問い合わせ番号', 'お問合せ番号', '追跡番号', '送り状番号'],
    date: ['発送予定日', '発送日', '仮引受確定作業年月日'],
    kind: [],
    places: null,
  },
  plain: {
    label: 'その他の CSV（見出し行あり）',
    carrier: null,
    key: [...ORDER, 'お客様管理番号', 'お客様側管理番号'],
    number: ['送り状番号', '伝票番号', '追跡番号', 'お問い合わせ番号', 'お荷物伝票番号'],
    date: ['発送日', '出荷日', '出荷予定日'],
    kind: [],
    places: null,
  },
}

export interface TrackingRow {
  line: number
  key: string
  number: string
  /** Verbatim. */
  date: string
  carrier: Carrier | null
}

/** Longer cells are no key and no number: they are shown cut, and refused. */
const MOST_SHOWN = 100

/** Null: the columns are not to be found. */
export function trackingRows(id: TrackingId, rows: readonly CsvRow[]): TrackingRow[] | null {
  const format = TRACKING_FORMATS[id]
  const [first, ...rest] = rows
  if (!first) return []
  const names = first.cells.map(plainName)
  const placeOf = (wanted: readonly string[]) =>
    wanted.map((name) => names.indexOf(plainName(name))).find((place) => place >= 0) ?? -1
  const [key, number] = [placeOf(format.key), placeOf(format.number)]
  if (key >= 0 && number >= 0) {
    return rest.map((row) => rowOf(format, row, [key, number, placeOf(format.date), placeOf(format.kind)]))
  }
  if (format.places === null || key >= 0 || number >= 0) return null
  const [atKey, atNumber, atDate, atKind] = format.places.map((place) => place - 1)
  if ((atKey ?? 0) >= first.cells.length || (atNumber ?? 0) >= first.cells.length) return null
  return rows.map((row) => rowOf(format, row, [atKey ?? -1, atNumber ?? -1, atDate ?? -1, atKind ?? -1]))
}

const plainName = (name: string): string =>
  name
    .slice(0, MOST_SHOWN)
    .normalize('NFKC')
    .replace(/[\s'"]/g, '')

function rowOf(
  format: TrackingFormat,
  { line, cells }: CsvRow,
  [key, number, date, kind]: number[],
): TrackingRow {
  const cell = (at: number | undefined) =>
    (cells[at ?? -1] ?? '')
      .slice(0, MOST_SHOWN)
      .replace(/^[='"]+|["']+$/g, '')
      .trim()
  return {
    line,
    key: cell(key),
    number: cell(number).normalize('NFKC').replace(/[-\s]/g, ''),
    date: cell(date),
    carrier: format.carrierOfKind?.(cell(kind)) ?? format.carrier,
  }
}

/** 2026/11/25, 2026-11-25, 20261125 and 2026/1/5 as YYYY-MM-DD; null: none, or no day. */
export function dayOf(text: string): string | null {
  const [, year = '', month = '', day = ''] =
    /^(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[ T].*)?$/.exec(text) ?? []
  if (year === '') return null
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== date ? null : date
}
