import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import { CARRIERS, type Carrier } from '../marketplaces/port/carriers.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Shipping } from '../marketplaces/port/shipping.ts'
import { cancellationOf, holdLabels } from '../orders/order-json.ts'
import { CsvError, type CsvRow, readCsv } from '../platform/csv.ts'
import { AppError, type FieldError } from '../platform/errors.ts'
import { type Addressee, findKeysOf, type RecipientDeps } from './find-parcels.ts'
import { parseLabelKey } from './label-key.ts'
import { MOST_ROWS, type TrackingAnswer, type TrackingId, type TrackingRequest } from './schemas.ts'
import { FIND_ORDERS } from './statements.ts'

interface ShipChange {
  orderId: string
  action: 'ship'
  /** Left out: the day on which it is asked for. */
  shippedOn?: string
  parcels: { recipientId?: string; carrier: Carrier; trackingNumber: string }[]
  confirmFirst?: boolean
}

/** サイト変更, as much of it as this room needs: src/app/api-area.ts puts the room of site changes behind it. */
export interface ShipRequests {
  /** Returns the errors that each change would meet now, and how far its order has left with it. */
  judge(
    tenantId: string,
    changes: readonly ShipChange[],
  ): Promise<readonly { errors: readonly FieldError[]; left: LeftAfter | null }[]>
  /** @throws AppError as POST /v1/site-changes */
  request(
    caller: { tenantId: string; actor: string; idempotencyKey: string },
    changes: readonly ShipChange[],
  ): Promise<{ changeId: string; state: string }[]>
  /** The mall's own code of a carrier, for the preview. */
  mallCodeOf(marketplace: MarketplaceName, carrier: Carrier): string | null
  /** True when the mall has 注文確認, which a shipment may do first. */
  confirmsFirst(marketplace: MarketplaceName): boolean
}

/** `names`: of the recipients of whom no number is known yet. */
type LeftAfter = Shipping & { names: readonly string[] }

export interface TrackingDeps extends RecipientDeps {
  ships: ShipRequests
}

/** Wishes of the request; `today` is the day of lines for which it and the file name none. */
type TrackingOptions = Omit<z.infer<typeof TrackingRequest>, 'file' | 'apply'> & { today: string }

type ResultRow = z.infer<typeof TrackingAnswer>['rows'][number]
type Outcome = { siteChangeId: string | null; problems: readonly FieldError[] }

/**
 * Reads a tracking file, and with `apply` requests a ship change for each order in it. An order is applied as
 * a whole: a fault in one of its lines holds back its other lines. The same key with the same file requests
 * nothing twice, line by line.
 */
export async function importTracking(
  deps: TrackingDeps,
  caller: { tenantId: string; actor: string },
  file: Uint8Array,
  options: TrackingOptions,
  /** Idempotency-Key; null: only a preview. */
  apply: string | null,
): Promise<ResultRow[]> {
  const rows = await readTracking(deps, caller.tenantId, file, options)
  const changes = changesOf(rows, options.confirmFirst ? deps.ships.confirmsFirst : () => false)
  const outcome = new Map<string, Outcome>()
  const judged = await deps.ships.judge(caller.tenantId, changes)
  for (const [index, change] of changes.entries()) {
    const { errors = [], left = null } = judged[index] ?? {}
    if (left && left.left.length > 0) tellWaiting(rows, change.orderId, left)
    const made =
      apply === null
        ? { siteChangeId: null, problems: errors }
        : await requestOne(deps, caller, change, apply)
    outcome.set(change.orderId, { ...made, problems: withAdvice(made.problems, change) })
  }
  const held = new Set(rows.filter(isFaulty).map(({ order }) => order?.id))
  return rows.map((row) => resultOf(deps, row, held, outcome.get(row.order?.id ?? '') ?? null))
}

/** A mall that takes one parcel says so of the change; here the file is what can be mended. */
function withAdvice(problems: readonly FieldError[], { parcels }: ShipChange): readonly FieldError[] {
  if (parcels.length < 2 || !problems.some(({ field }) => field.includes('parcels'))) return problems
  const message = `この受注はファイルに${parcels.length}行（荷物${parcels.length}個）あります。モールに知らせる荷物の1行だけを残して取り込み直してください。残りの荷物は、必要ならモールの画面で登録します。`
  return [...problems, { field: 'parcels', code: 'SEVERAL_PARCELS', message }]
}

/** Names shown of one order. */
const MOST_NAMES = 3

/** The second parcel of an order with two recipients is forgotten where only the first is in the file. */
function tellWaiting(rows: readonly ReadRow[], orderId: string, { shipped, total, names }: LeftAfter): void {
  const shown = names.slice(0, MOST_NAMES).map((name) => `${name.slice(0, 40)} 様`)
  const others = names.length > MOST_NAMES ? [`ほか${names.length - MOST_NAMES}件`] : []
  const message = `この受注は送付先${total}件のうち${shipped}件の発送です（${shipped}/${total}）。${[...shown, ...others].join('、')}の送り状番号がまだないため、取り込んだ後も「出荷待ち」に残ります。`
  for (const row of rows) {
    if (row.order?.id === orderId) row.hints.push({ code: 'RECIPIENTS_LEFT', message })
  }
}

/** Twice the same line is no fault of its order. */
const isFaulty = ({ faults }: ReadRow): boolean => faults.some(({ code }) => code !== 'LINE_TWICE')

/**
 * Builds one change for each order whose lines are all valid; its day is the last of its parcels'. Today is
 * left out where nobody named it: the file sent again after midnight is the same request. A file may hold
 * orders of all malls, so confirmation before the shipment is requested only where the mall has it.
 */
function changesOf(
  rows: readonly ReadRow[],
  confirmsFirst: (marketplace: MarketplaceName) => boolean,
): ShipChange[] {
  return [...Map.groupBy(rows, ({ order }) => order?.id)].flatMap(([orderId, lines]) => {
    if (orderId === undefined || lines.some(isFaulty)) return []
    const parcels = lines
      .filter(({ faults }) => faults.length === 0)
      .map(({ recipientId, carrier, trackingNumber }) => ({
        ...(recipientId === null ? {} : { recipientId }),
        carrier,
        trackingNumber,
      }))
    const [shippedOn = ''] = lines
      .map((line) => line.shippedOn)
      .sort()
      .reverse()
    const isToday = lines.some((line) => !line.isDated && line.shippedOn === shippedOn)
    const change = { orderId, action: 'ship' as const, ...(isToday ? {} : { shippedOn }), parcels }
    const marketplace = lines[0]?.order?.marketplace
    const confirmFirst = marketplace !== undefined && confirmsFirst(marketplace)
    return [confirmFirst ? { ...change, confirmFirst } : change]
  })
}

/**
 * Requests each order by itself, under a key derived from the caller's. A repeated request after a lost
 * answer gets the same answer, and one refused order holds back no other.
 */
async function requestOne(
  { ships }: TrackingDeps,
  caller: { tenantId: string; actor: string },
  change: ShipChange,
  key: string,
): Promise<Outcome> {
  const own = createHash('sha256').update(`${key}\0${change.orderId}`).digest('hex').slice(0, 40)
  try {
    const [made] = await ships.request({ ...caller, idempotencyKey: `tracking:${own}` }, [change])
    return { siteChangeId: made?.changeId ?? null, problems: [] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const whole = { field: 'order', message: error.message, code: error.code }
    return { siteChangeId: null, problems: error.fields.length > 0 ? error.fields : [whole] }
  }
}

function resultOf(
  { ships }: TrackingDeps,
  row: ReadRow,
  held: ReadonlySet<string | undefined>,
  outcome: Outcome | null,
): ResultRow {
  const { order, faults, hints, isDated: _, ...facts } = row
  const problems = [
    ...faults,
    ...(outcome?.problems ?? []).map(({ code, message }) => ({ code: code ?? 'invalid', message })),
  ]
  if (problems.length === 0 && order && held.has(order.id)) {
    const message = '同じ受注の別の行に誤りがあるため、この行も取り込みません。'
    problems.push({ code: 'OTHER_LINE', message })
  }
  const result = problems.length > 0 ? 'refused' : outcome?.siteChangeId ? 'requested' : 'ready'
  return {
    ...facts,
    orderId: order?.id ?? null,
    orderNumber: order?.orderNumber ?? null,
    shopId: order?.shopId ?? null,
    marketplace: order?.marketplace ?? null,
    carrierName: CARRIERS[row.carrier],
    mallCode: order ? ships.mallCodeOf(order.marketplace, row.carrier) : null,
    result,
    siteChangeId: outcome?.siteChangeId ?? null,
    problems,
    hints,
  }
}

interface TrackingFault {
  code: string
  message: string
}

/** A line of the file, with its order. */
interface ReadRow extends TrackedParcel {
  order: FoundOrder | null
  /** Line or request names its day. */
  isDated: boolean
  faults: TrackingFault[]
  hints: TrackingFault[]
}

type TrackedParcel = Pick<
  ResultRow,
  'line' | 'key' | 'trackingNumber' | 'shippedOn' | 'carrier' | 'recipientId'
>

interface FoundOrder {
  id: string
  orderNumber: string
  shopId: string
  marketplace: MarketplaceName
  mallState: string
  status: string
  holds: string[]
  cancelUnderWay: boolean
  /** Where it goes was changed after its label was last written. */
  readdressed: boolean
  bundleId: string | null
  /** Found by the label or the number of another order that is in the same parcel. */
  together: boolean
}

/** A line may be as long as 97 full columns. */
const LIMITS = { rows: MOST_ROWS + 1, line: 20_000 }

/** @throws AppError VALIDATION_FAILED for any other file, with the first faulty line */
async function readTracking(
  deps: TrackingDeps,
  tenantId: string,
  file: Uint8Array,
  options: TrackingOptions,
): Promise<ReadRow[]> {
  const rows = await withKeys(deps, tenantId, rowsOf(file, options.format))
  const found = await findOrders(deps.pool, tenantId, rows)
  const read = rows.flatMap((row) => {
    const match = found.get(row.key.slice(0, 100)) ?? null
    if (match === null || match === 'several') return [readRow(row, match, options)]
    return match.map((one) => readRow(row, one, options, match.length > 1))
  })
  tellDoubles(read)
  tellLostMates(read)
  return read
}

/** Rows of a tool without our key get that of the one label of their recipient. */
async function withKeys(
  deps: TrackingDeps,
  tenantId: string,
  rows: readonly TrackingRow[],
): Promise<TrackingRow[]> {
  const nameless = rows.filter(({ key, person }) => key === '' && person)
  if (nameless.length === 0) return [...rows]
  const keysOf = await findKeysOf(
    deps,
    tenantId,
    nameless.flatMap(({ person }) => person ?? []),
  )
  return rows.map((row) => {
    if (row.key !== '' || !row.person) return row
    const keys = keysOf(row.person)
    const [key = ''] = keys
    if (keys.length === 1) return { ...row, key }
    const fault =
      keys.length > 1
        ? {
            code: 'RECIPIENT_AMBIGUOUS',
            message:
              '同じ氏名と郵便番号のクリックポストの送り状が複数あります。送り状の設定の「内容品に管理番号を付ける」を選ぶか、受注番号の列を加えて「その他の CSV」で取り込んでください。',
          }
        : {
            code: 'ORDER_NOT_FOUND',
            message:
              '氏名と郵便番号に当たる、発送前のクリックポストの送り状がありません。出力した後に氏名か郵便番号を変えていないか確認してください。',
          }
    return { ...row, fault }
  })
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

async function findOrders(
  pool: Pool,
  tenantId: string,
  rows: readonly TrackingRow[],
): Promise<Map<string, Found[] | 'several'>> {
  const keys = new Map(rows.map(({ key }) => [parseLabelKey(key), key]))
  const ours = [...keys.keys()].filter((key) => key !== null)
  const others = [
    ...new Set(rows.map(({ key }) => key).filter((key) => key !== '' && parseLabelKey(key) === null)),
  ]
  const { rows: found } = await pool.query<FoundOrder & { wanted: string; recipientId: string | null }>(
    FIND_ORDERS({ tenant: tenantId, keys: ours, numbers: others }),
  )
  const by = new Map<string, Found[] | 'several'>()
  for (const { wanted, recipientId, ...order } of found) {
    for (const key of new Set([wanted, keys.get(wanted) ?? wanted])) {
      const before = by.get(key) ?? []
      // A number is a shop's own: another shop's order may have the same one.
      const isDoubtful =
        before === 'several' ||
        (before.some((one) => !one.order.together) && !order.together && !ours.includes(wanted))
      by.set(key, isDoubtful ? 'several' : [...before, { order, recipientId }])
    }
  }
  return by
}

/** `shared`: the line ships other orders, too. What a mall holds alone is for the mall to refuse. */
const isHeld = ({ status, holds, bundleId }: FoundOrder, shared: boolean): boolean =>
  status === 'on_hold' || (holds.length > 0 && (shared || bundleId !== null))

function heldMessage({ status, holds }: FoundOrder): string {
  const why =
    status === 'on_hold' ? 'ステータスが「保留」' : `モール側保留（${holdLabels(holds).join('、')}）`
  return `${why}の受注です。荷物を止められるか確認してください。発送するときは、保留を解除してから取り込み直してください。`
}

const CANCELLATION_FAULTS = {
  done: {
    code: 'ORDER_CANCELLED',
    message: 'キャンセルされた受注です。荷物を止められるか確認してください。',
  },
  under_way: {
    code: 'CANCEL_UNDER_WAY',
    message:
      'キャンセルのサイト変更が終わっていない受注です。荷物を止めてください。キャンセルできなかったときは、取り込み直せます。',
  },
} as const

const CANCELLATION_WORDS = {
  done: 'キャンセルされて',
  under_way: 'キャンセルの手続き中になって',
} as const

/** Half a year: beyond it a year is mistyped, and the mall would tell the buyer that day. */
const MOST_DAYS_OFF = 183

function readRow(
  row: TrackingRow,
  match: Found | 'several' | null,
  options: TrackingOptions,
  shared = false,
): ReadRow {
  const found = match === 'several' ? null : match
  const carrier = row.carrier ?? options.carrier ?? 'other'
  const faults: TrackingFault[] = []
  const hints: TrackingFault[] = []
  if (row.fault) faults.push(row.fault)
  else if (match === 'several') {
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
  const shippedOn = day ?? options.shippedOn ?? options.today
  const days = Math.abs(Date.parse(shippedOn) - Date.parse(options.today)) / (24 * 60 * 60_000)
  if (days > MOST_DAYS_OFF) {
    const message = `発送日 ${shippedOn} が今日から半年以上離れています。年の間違いでないか確認してください。`
    faults.push({ code: 'DATE_FAR', message })
  }
  const cancellation = found && cancellationOf(found.order)
  if (cancellation) {
    faults.push(CANCELLATION_FAULTS[cancellation])
  } else if (found && isHeld(found.order, shared)) {
    faults.push({ code: 'ORDER_ON_HOLD', message: heldMessage(found.order) })
  } else if (found && found.order.mallState !== 'open') {
    hints.push({ code: 'ALREADY_SHIPPED', message: 'モールではすでに発送済みの受注です。' })
  }
  if (found?.order.readdressed) {
    const message =
      '送り状を出力した後に、お届け先が変更されています。荷物のお届け先が現在の受注と同じか確認してください。'
    hints.push({ code: 'ADDRESS_CHANGED', message })
  }
  return {
    line: row.line,
    key: row.key,
    trackingNumber: row.number,
    shippedOn,
    isDated: (day ?? options.shippedOn) !== undefined,
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
    } else if (inOneParcel(earlier, row)) {
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

/** 同梱: one number for several orders, by one line or by a line each. */
const inOneParcel = (one: ReadRow, other: ReadRow): boolean =>
  one.order?.id !== other.order?.id &&
  (one.line === other.line || (one.order?.bundleId !== null && one.order?.bundleId === other.order?.bundleId))

/** One of the orders of a parcel was cancelled or held after the label: what is in it may be wrong. */
function tellLostMates(rows: readonly ReadRow[]): void {
  for (const lines of Map.groupBy(rows, ({ line }) => line).values()) {
    if (lines.length < 2) continue
    for (const { order } of lines) {
      const cancellation = order && cancellationOf(order)
      if (!order || (!cancellation && !isHeld(order, true))) continue
      const why = cancellation ? CANCELLATION_WORDS[cancellation] : '保留になって'
      const message = `同じ荷物に同梱した受注 ${order.orderNumber} は${why}います。荷物の中身を確認してください。`
      for (const row of lines)
        if (row.order?.id !== order.id) row.hints.push({ code: 'BUNDLE_CHANGED', message })
    }
  }
}

/**
 * ヤマト, 佐川 and 日本郵便: the last digit is the others modulo seven. クロネコゆうパケット and レターパック: eleven
 * digits. Elsewhere eleven are twelve whose zero a spreadsheet took: the check digit stays right without it.
 */
const LENGTHS: ReadonlyMap<Carrier, readonly number[]> = new Map([
  ['yamato', [12]],
  ['yamato_yu_packet', [12, 11]],
  ['sagawa', [12]],
  ['japan_post', [12, 11]],
])

/** EMS and registered mail abroad: EE123456789JP. */
const UNIVERSAL = /^[A-Z]{2}\d{9}[A-Z]{2}$/

interface NumberFault {
  code: 'NUMBER_MISSING' | 'NUMBER_MALFORMED' | 'NUMBER_LENGTH' | 'NUMBER_ZERO_LOST' | 'NUMBER_CHECK_DIGIT'
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
  if (/^\d(?:\.\d*)?e\+?\d+$/i.test(number)) {
    return {
      code: 'NUMBER_MALFORMED',
      message: `送り状番号が表計算ソフトの指数表示（${number}）になり、下の桁が失われています。送り状ソフトから出力し直したファイルを、表計算ソフトで開かずに取り込んでください。`,
    }
  }
  if (!/^[A-Za-z0-9]{1,40}$/.test(number)) {
    return { code: 'NUMBER_MALFORMED', message: '送り状番号に使えない文字があります。' }
  }
  if (lengths === undefined || (carrier === 'japan_post' && UNIVERSAL.test(number))) return null
  if (
    /^\d{11}$/.test(number) &&
    !lengths.includes(11) &&
    restBySeven(number.slice(0, -1)) === Number(number.at(-1))
  ) {
    return {
      code: 'NUMBER_ZERO_LOST',
      message: `送り状番号が11桁です。表計算ソフトで先頭の 0 が消えた番号（0${number}）でないか確認し、送り状ソフトから出力し直したファイルを取り込んでください。`,
    }
  }
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

// Files that the carriers' tools write after printing, read by column name: the shop chooses the columns, so
// their positions differ.

interface TrackingFormat {
  label: string
  carrier: Carrier | null
  key: readonly string[]
  number: readonly string[]
  date: readonly string[]
  kind?: readonly string[]
  /** Columns from 1 in a file without a header: key, number, date, kind; 0: not there. */
  places?: readonly [number, number, number, number]
  carrierOfKind?: (kind: string) => Carrier | null
  /** Names of the columns of recipient and postcode, where a tool has no place for our key. */
  person?: readonly [names: readonly string[], postcodes: readonly string[]]
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
    places: [19, 1, 3, 0],
  },
  yupri_r: {
    label: 'ゆうパックプリントR 発送履歴',
    carrier: 'japan_post',
    key: ['お客様側管理番号', 'お客様管理番号'],
    number: ['お問い合わせ番号', 'お問合せ番号', '追跡番号', '送り状番号'],
    date: ['発送予定日', '発送日', '仮引受確定作業年月日'],
  },
  click_post: {
    label: 'クリックポスト',
    carrier: 'japan_post',
    key: ['内容品', ...ORDER, 'お客様管理番号'],
    number: ['お問い合わせ番号', 'お問合せ番号', '追跡番号', '伝票番号'],
    date: ['発送日', '差出日'],
    person: [
      ['お届け先氏名', '氏名'],
      ['お届け先郵便番号', '郵便番号'],
    ],
  },
  seino_kangaroo: {
    label: '西濃 カンガルー・マジックⅡ',
    carrier: 'seino',
    key: ['管理番号', '取込番号'],
    number: ['お問合せ番号', 'お問合番号', '送り状番号'],
    date: ['出荷予定日', '出荷日'],
    places: [2, 3, 1, 0],
  },
  fukuyama_istar2: {
    label: '福山 iSTAR-2 出荷実績',
    carrier: 'fukuyama',
    key: ['お客様管理番号', 'お客様番号'],
    number: ['送り状番号', 'お問合せ番号'],
    date: ['出荷日'],
    places: [32, 3, 2, 0],
  },
  plain: {
    label: 'その他の CSV（見出し行あり）',
    carrier: null,
    key: [...ORDER, 'お客様管理番号', 'お客様側管理番号'],
    number: ['送り状番号', '伝票番号', '追跡番号', 'お問い合わせ番号', 'お荷物伝票番号'],
    date: ['発送日', '出荷日', '出荷予定日'],
  },
}

interface TrackingRow {
  line: number
  key: string
  number: string
  /** Verbatim. */
  date: string
  carrier: Carrier | null
  /** Set for a tool that has no place for our key. */
  person?: Addressee
  /** Why the recipient is not known. */
  fault?: TrackingFault
}

/** Longer cells are no key and no number: they are shown cut, and refused. */
const MOST_SHOWN = 100

/** Null: the columns are not to be found. */
export function trackingRows(id: TrackingId, rows: readonly CsvRow[]): TrackingRow[] | null {
  const format = TRACKING_FORMATS[id]
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell !== ''))
  const [first] = filled
  if (!first) return []
  // Behind a title, as some tools and most spreadsheets write one.
  const at = filled
    .slice(0, MOST_TITLES + 1)
    .findIndex(({ cells }) => hasColumns(format, cells.map(plainName)))
  const rest = filled.slice(at + 1)
  const names = (filled[at] ?? first).cells.map(plainName)
  const placeOf = (wanted: readonly string[]) =>
    wanted.map((name) => names.indexOf(plainName(name))).find((place) => place >= 0) ?? -1
  const [key, number] = [placeOf(format.key), placeOf(format.number)]
  const [name = -1, postcode = -1] = (format.person ?? []).map(placeOf)
  if ((key >= 0 || name >= 0) && number >= 0) {
    return rest.map((row) =>
      rowOf(format, row, [key, number, placeOf(format.date), placeOf(format.kind ?? []), name, postcode]),
    )
  }
  if (format.places === undefined || key >= 0 || number >= 0) return null
  const [atKey, atNumber, atDate, atKind] = format.places.map((place) => place - 1)
  if ((atKey ?? 0) >= first.cells.length || (atNumber ?? 0) >= first.cells.length) return null
  return filled.map((row) => rowOf(format, row, [atKey ?? -1, atNumber ?? -1, atDate ?? -1, atKind ?? -1]))
}

/** Lines that may stand in front of the names of the columns. */
const MOST_TITLES = 5

const hasColumns = ({ key, number, person }: TrackingFormat, names: readonly string[]): boolean =>
  [[...key, ...(person?.[0] ?? [])], number].every((wanted) =>
    wanted.some((name) => names.includes(plainName(name))),
  )

/** お問い合せ送り状№ is お問い合せ送り状No. */
const plainName = (name: string): string =>
  name
    .slice(0, MOST_SHOWN)
    .normalize('NFKC')
    .replace(/[\s'"．.]/g, '')

function rowOf(
  format: TrackingFormat,
  { line, cells }: CsvRow,
  [key, number, date, kind, name, postcode]: number[],
): TrackingRow {
  const cell = (at: number | undefined) =>
    (cells[at ?? -1] ?? '')
      .slice(0, MOST_SHOWN)
      .replace(/^[='"]+|["']+$/g, '')
      .trim()
  const person = format.person ? { name: cell(name), postalCode: cell(postcode) } : null
  return {
    line,
    key: person ? keyWithin(cell(key)) : cell(key),
    ...(person?.name ? { person } : {}),
    number: cell(number).normalize('NFKC').replace(/[-\s]/g, ''),
    date: cell(date),
    carrier: format.carrierOfKind?.(cell(kind)) ?? format.carrier,
  }
}

/** Our key among the words of 内容品, or an order's number in a column of its own. */
function keyWithin(text: string): string {
  const ours = text.split(/\s+/).find((word) => parseLabelKey(word) !== null)
  return ours ?? (/^[\w-]{6,}$/.test(text) ? text : '')
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
