import type { FileRow } from './split-file.ts'

/** Facts of a carrier's file that can be told, and mended, without asking the service. */

export type TrackingFormat =
  | 'yamato_b2'
  | 'sagawa_ehiden3'
  | 'yupri_r'
  | 'click_post'
  | 'seino_kangaroo'
  | 'fukuyama_istar2'
  | 'plain'

/** Enough for titles and the names of the columns, however many there are. */
const HEAD_BYTES = 8_000

/** Names of columns that stand in one kind of file alone, the most particular first. */
const SIGNS: readonly (readonly [TrackingFormat, readonly string[]])[] = [
  ['sagawa_ehiden3', ['お問い合せ送り状', 'お問合せ送り状', 'お問い合わせ送り状', 'お客様管理ナンバー']],
  ['yupri_r', ['お客様側管理番号']],
  ['fukuyama_istar2', ['荷受人名前', '荷受人住所']],
  ['seino_kangaroo', ['原票区分', '荷送人コード']],
  ['plain', ['受注番号', '注文番号']],
  ['click_post', ['お届け先氏名', '内容品']],
  ['yamato_b2', ['お客様管理番号']],
]

/** Tells the kind of a file from the names of its columns; null where none is known. */
export function formatOf(bytes: Uint8Array): TrackingFormat | null {
  const head = textOf(bytes.subarray(0, HEAD_BYTES))
  return SIGNS.find(([, names]) => names.some((name) => head.includes(name)))?.[0] ?? null
}

function textOf(bytes: Uint8Array): string {
  try {
    // Cut within a letter it is still UTF-8.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('shift_jis').decode(bytes)
  }
}

const [ZERO, NINE, HYPHEN] = [0x30, 0x39, 0x2d]
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE

/**
 * The row with another tracking number, its other bytes as they are, in whichever encoding.
 * @returns null where the number does not stand in the row exactly once, with or without hyphens
 */
export function withNumber(row: FileRow, from: string, to: string): FileRow | null {
  const wanted = digitsOf(from)
  if (wanted.length === 0 || !/^[\d-]{1,30}$/.test(to)) return null
  const found: [start: number, end: number][] = []
  for (let at = 0; at < row.bytes.length; at += 1) {
    if (isDigit(row.bytes[at - 1]) || !isDigit(row.bytes[at])) continue
    const end = endOfNumber(row.bytes, at, wanted)
    if (end !== null) found.push([at, end])
  }
  const [place] = found
  if (place === undefined || found.length > 1) return null
  const typed = new TextEncoder().encode(to)
  const bytes = new Uint8Array(row.bytes.length - (place[1] - place[0]) + typed.length)
  bytes.set(row.bytes.subarray(0, place[0]))
  bytes.set(typed, place[0])
  bytes.set(row.bytes.subarray(place[1]), place[0] + typed.length)
  return { ...row, bytes }
}

const digitsOf = (text: string): string => text.replace(/[^\d]/g, '')

function endOfNumber(bytes: Uint8Array, start: number, wanted: string): number | null {
  let [at, digits] = [start, 0]
  while (digits < wanted.length) {
    const byte = bytes[at]
    if (byte === HYPHEN && digits > 0) at += 1
    else if (byte === wanted.charCodeAt(digits)) [at, digits] = [at + 1, digits + 1]
    else return null
  }
  return isDigit(bytes[at]) || (bytes[at] === HYPHEN && isDigit(bytes[at + 1])) ? null : at
}
