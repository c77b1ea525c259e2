import type { Pool } from 'pg'
import { invalid } from '../../http/validation.ts'
import { CARRIERS, type Carrier } from '../../marketplaces/port/carriers.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import { CsvError, readCsv } from '../../platform/csv.ts'
import { parseLabelKey } from '../label-key.ts'
import {
  dayOf,
  TRACKING_FORMATS,
  type TrackingId,
  type TrackingRow,
  trackingRows,
} from './tracking-formats.ts'

export interface TrackingOptions {
  format: TrackingId
  /** Carrier for a file that does not name it. */
  carrier?: Carrier | undefined
  /** YYYY-MM-DD, where the file has none. */
  shippedOn: string
  /** Numbers whose check digit does not fit go too. */
  acceptDoubtful: boolean
}

interface TrackingFault {
  code: string
  message: string
}

/** A line of the file and its content. */
export interface ReadRow {
  line: number
  key: string
  trackingNumber: string
  shippedOn: string
  carrier: Carrier
  order: FoundOrder | null
  recipientId: string | null
  faults: TrackingFault[]
  hints: TrackingFault[]
}

interface FoundOrder {
  id: string
  orderNumber: string
  shopId: string
  marketplace: MarketplaceName
  mallState: string
  status: string
}

/** 500 is what one request of site changes takes; a line may be as long as 97 full columns. */
export const MOST_ROWS = 500
const LIMITS = { rows: MOST_ROWS + 1, line: 20_000 }

/** @throws AppError VALIDATION_FAILED for any other file, with the first faulty line */
export async function readTracking(
  pool: Pool,
  tenantId: string,
  file: Uint8Array,
  options: TrackingOptions,
): Promise<ReadRow[]> {
  const rows = rowsOf(file, options.format)
  const found = await findOrders(pool, tenantId, rows)
  const read = rows.map((row) => readRow(row, found.get(row.key.slice(0, 100)) ?? null, options))
  tellDoubles(read)
  return read
}

function rowsOf(file: Uint8Array, id: TrackingId): TrackingRow[] {
  try {
    const rows = trackingRows(id, readCsv(file, LIMITS))
    if (rows === null) throw fileFault(columnsMissing(id))
    if (rows.length === 0) throw fileFault('取り込む行がありません。')
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw fileFault(error.line === null ? error.message : `${error.line}行目: ${error.message}`)
  }
}

const fileFault = (message: string) => invalid([{ field: 'file', message, code: 'invalid_csv' }])

function columnsMissing(id: TrackingId): string {
  const { label, key, number } = TRACKING_FORMATS[id]
  return `${label} の見出しが見つかりません。「${key[0]}」と「${number[0]}」の列を含めて出力してください。`
}

interface Found {
  order: FoundOrder
  /** Null where the line names the order itself. */
  recipientId: string | null
}

/** Finds orders by our key, or by the mall's order number for files that were not made here. */
const FIND = `
select k.key as wanted, l.recipient_id as "recipientId", o.id::text, o.order_number as "orderNumber",
  o.shop_id::text as "shopId", o.marketplace::text, o.mall_state as "mallState", o.status::text
from unnest($2::text[]) as k(key)
join labels l on l.tenant_id = $1 and l.key = k.key
join orders o on o.id = l.order_id
union all
select n.number, null, o.id::text, o.order_number, o.shop_id::text, o.marketplace::text, o.mall_state, o.status::text
from unnest($3::text[]) as n(number)
join orders o on o.tenant_id = $1 and lower(o.order_number) = lower(n.number)`

async function findOrders(
  pool: Pool,
  tenantId: string,
  rows: readonly TrackingRow[],
): Promise<Map<string, Found | 'several'>> {
  const keys = new Map(rows.map(({ key }) => [parseLabelKey(key), key]))
  const ours = [...keys.keys()].filter((key) => key !== null)
  const others = [
    ...new Set(rows.map(({ key }) => key).filter((key) => key !== '' && parseLabelKey(key) === null)),
  ]
  const { rows: found } = await pool.query<FoundOrder & { wanted: string; recipientId: string | null }>(
    FIND,
    [...[tenantId, ours, others]],
  )
  const by = new Map<string, Found | 'several'>()
  for (const { wanted, recipientId, ...order } of found) {
    // A number is a shop's own: another shop's order may have the same one.
    for (const key of new Set([wanted, keys.get(wanted) ?? wanted]))
      by.set(key, by.has(key) ? 'several' : { order, recipientId })
  }
  return by
}

function readRow(row: TrackingRow, match: Found | 'several' | null, options: TrackingOptions): ReadRow {
  const found = match === 'several' ? null : match
  const carrier = row.carrier ?? options.carrier ?? 'other'
  const faults: TrackingFault[] = []
  const hints: TrackingFault[] = []
  if (match === 'several') {
    const message =
      '同じ受注番号の受注が複数の店舗にあります。送り状ファイルの出力で付いた管理番号で取り込むか、サイト変更を個別に登録してください。'
    faults.push({ code: 'ORDER_AMBIGUOUS', message })
  } else if (found === null) {
    const message =
      row.key === ''
        ? '管理番号（注文番号）がありません。'
        : '管理番号に当たる受注がありません。この店舗の受注か、番号が途中で切れていないか確認してください。'
    faults.push({ code: 'ORDER_NOT_FOUND', message })
  }
  const fault = numberFault(carrier, row.number)
  if (fault) (fault.code === 'NUMBER_CHECK_DIGIT' && options.acceptDoubtful ? hints : faults).push(fault)
  const day = dayOf(row.date)
  if (row.date !== '' && day === null) {
    faults.push({ code: 'DATE_MALFORMED', message: `発送日「${row.date}」を日付として読み取れません。` })
  }
  if (found?.order.mallState === 'cancelled' || found?.order.status === 'cancelled') {
    faults.push({
      code: 'ORDER_CANCELLED',
      message: 'キャンセルされた受注です。荷物を止められるか確認してください。',
    })
  } else if (found && found.order.mallState !== 'open') {
    hints.push({ code: 'ALREADY_SHIPPED', message: 'モールではすでに発送済みの受注です。' })
  }
  return {
    line: row.line,
    key: row.key,
    trackingNumber: row.number,
    shippedOn: day ?? options.shippedOn,
    carrier,
    order: found?.order ?? null,
    recipientId: found?.recipientId ?? null,
    faults,
    hints,
  }
}

/** One number on two orders means that a line slipped; twice the same line says nothing new. */
function tellDoubles(rows: readonly ReadRow[]): void {
  const first = new Map<string, ReadRow>()
  for (const row of rows) {
    if (row.trackingNumber === '' || !row.order) continue
    const earlier = first.get(`${row.carrier} ${row.trackingNumber}`)
    if (!earlier) {
      first.set(`${row.carrier} ${row.trackingNumber}`, row)
    } else if (earlier.order?.id === row.order.id && earlier.recipientId === row.recipientId) {
      row.faults.push({ code: 'LINE_TWICE', message: `${earlier.line}行目と同じ内容です。取り込みません。` })
    } else {
      const message = `同じ送り状番号が別の受注にもあります（${earlier.line}行目、${CARRIERS[row.carrier]}）。番号の行ずれを確認してください。`
      row.faults.push({ code: 'NUMBER_TWICE', message })
      earlier.faults.push({
        code: 'NUMBER_TWICE',
        message: message.replace(`${earlier.line}行目`, `${row.line}行目`),
      })
    }
  }
}

/** ヤマト, 佐川 and 日本郵便: the last digit is the others modulo seven. クロネコゆうパケット and レターパック: eleven digits. */
const LENGTHS: ReadonlyMap<Carrier, readonly number[]> = new Map([
  ['yamato', [12, 11]],
  ['yamato_yu_packet', [12, 11]],
  ['sagawa', [12]],
  ['japan_post', [12, 11]],
])

/** EMS and registered mail abroad: EE123456789JP. */
const UNIVERSAL = /^[A-Z]{2}\d{9}[A-Z]{2}$/

interface NumberFault {
  code: 'NUMBER_MISSING' | 'NUMBER_MALFORMED' | 'NUMBER_LENGTH' | 'NUMBER_CHECK_DIGIT'
  message: string
}

/**
 * Returns the fault of a tracking number, or null. For carriers without a known rule it checks only the form.
 */
export function numberFault(carrier: Carrier, number: string): NumberFault | null {
  if (number === '') {
    return {
      code: 'NUMBER_MISSING',
      message: '送り状番号がありません。送り状を発行してから出力し直してください。',
    }
  }
  const lengths = LENGTHS.get(carrier)
  if (!/^[A-Za-z0-9]{1,40}$/.test(number)) {
    return { code: 'NUMBER_MALFORMED', message: '送り状番号に使えない文字があります。' }
  }
  if (lengths === undefined || (carrier === 'japan_post' && UNIVERSAL.test(number))) return null
  if (!/^\d+$/.test(number) || !lengths.includes(number.length)) {
    const wanted = lengths.join('桁または')
    return {
      code: 'NUMBER_LENGTH',
      message: `送り状番号の桁数が正しくありません（${wanted}桁の数字）。表計算ソフトで開いて指数表示（4.0E+11 など）になっていないか確認してください。`,
    }
  }
  if (restBySeven(number.slice(0, -1)) === Number(number.at(-1))) return null
  return {
    code: 'NUMBER_CHECK_DIGIT',
    message: '送り状番号の末尾（検査数字）が合いません。打ち間違いがないか確認してください。',
  }
}

const restBySeven = (digits: string): number =>
  [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 7, 0)
