import { createHash } from 'node:crypto'
import { parseTimeBand } from '../kit/texts.ts'
import type { FileShopRules } from '../port/marketplace.ts'
import type { NormalisedOrder } from '../port/order.ts'
import { LEFT_AT_CART } from '../port/shipping.ts'
import { plainCell, plainWord } from './cells.ts'
import { FIELD_LABELS, type FileState, type OrderForm, scopeOf } from './form.ts'

/** Rows of an order file as the contract's own order. Pure. */

/** A row of the file: its cells by field, as they stand there. */
export interface FileRow {
  /** In the file, from 1. */
  line: number
  values: readonly string[]
}

export interface RowFault {
  line: number
  /** Japanese name of the field, or a heading of the file. */
  column: string
  code: string
  message: string
}

/** A word of a row that the map does not have. */
export interface UnknownWord {
  field: 'state' | 'paymentStatus'
  word: string
  /** Rows that have it, `MOST_LINES` at most. */
  lines: number[]
}

/** A recipient to whom something has left at the cart, while the order goes on. */
export interface Gone {
  recipientId: string
  /** Null: all of it. */
  lines: { lineId: string; quantity: number }[] | null
  /** On which it had left, as an earlier file said. */
  day?: string | null
}

export interface FileOrder {
  orderNumber: string
  /** First row of it in the file. */
  line: number
  lines: number
  /** When it changed last, where the file says so. */
  changedAt: Date | null
  /** Another one after every change of the order in the file. */
  revision: string
  /** The rows as they stand in the file. */
  raw: string
  /** @param state as it stands here, where that is further */
  toOrder(state?: NormalisedOrder['mallState']): NormalisedOrder
  state: NormalisedOrder['mallState']
  /** False: the cart lists what nobody has ordered yet, and the rest says nothing. */
  isPlaced: boolean
  /** Words that decided the state, as they stand in the file. */
  stateWords: string
  unknown: UnknownWord[]
  gone: readonly Gone[]
}

export type ReadOrder = { ok: true; order: FileOrder } | { ok: false; faults: RowFault[] }

/** Lines named in one fault. */
const MOST_LINES = 10
const MOST_SHOWN = 40

/** Order number as it is compared: width and a spreadsheet's guards make no other one. */
export const toNumber = (cell: string): string => plainCell(cell.slice(0, 300)).normalize('NFKC').trim()

/** The same number where a spreadsheet took its zeros. */
export const withoutZeros = (number: string): string => number.replace(/^0+(?=\d)/, '')

/** 4.00E+11, as a spreadsheet shows a long number and then saves it. */
const EXPONENT = /^\d(?:\.\d{0,20})?e\+?\d{1,3}$/i

/** Null where it can be an order's number. */
export function numberFault(number: string): Pick<RowFault, 'code' | 'message'> | null {
  if (number === '') return { code: 'NUMBER_MISSING', message: '受注番号がありません。' }
  if (EXPONENT.test(number)) {
    return {
      code: 'NUMBER_EXPONENT',
      message: `受注番号「${number}」は表計算ソフトの指数表示で、下の桁が失われています。カートから出力し直したファイルを、表計算ソフトで開かずに取り込んでください。`,
    }
  }
  if (/^[\x21-\x7e]{1,100}$/.test(number) && !number.startsWith('=')) return null
  return {
    code: 'NUMBER_MALFORMED',
    message: `受注番号「${number.slice(0, MOST_SHOWN)}」は使えません（空白を含まない半角英数字と記号、100文字まで）。`,
  }
}

/** When the last of its rows changed, of an order that cannot be read, too. Null: none says. */
export function changedAtOf(fields: readonly string[], rows: readonly FileRow[]): Date | null {
  const index = fields.indexOf('changedAt')
  if (index < 0) return null
  let latest: Date | null = null
  for (const { values } of rows) {
    const time = dateOf(plainCell(values[index] ?? ''))
    if (time && (latest === null || time > latest)) latest = time
  }
  return latest
}

class Faults {
  readonly all: RowFault[] = []
  add(line: number, field: string, code: string, message: string): null {
    this.all.push({ line, column: FIELD_LABELS[field] ?? field, code, message })
    return null
  }
}

/**
 * Rows with one number as one order: what belongs to the order must agree in all rows where it is filled in,
 * and what belongs to a recipient in all of its rows.
 * @param fields names of the values of each row
 */
export function readOrder(
  { form, parse }: FileShopRules & { form: OrderForm },
  fields: readonly string[],
  rows: readonly FileRow[],
  shopCode: string,
): ReadOrder {
  const faults = new Faults()
  const at = new Map(fields.map((field, index) => [field, index]))
  const cell = (row: FileRow, field: string): string => {
    const index = at.get(field)
    return index === undefined ? '' : plainCell(row.values[index] ?? '')
  }
  const [first] = rows
  if (!first) return { ok: false, faults: [] }
  const groups = groupRecipients(form, fields, rows, cell)
  const shared = (among: readonly FileRow[], field: string) => agreed(faults, among, field, cell)
  const common: Record<string, string> = {}
  for (const field of fields)
    if (scopeOf(field) === 'order' && field !== 'orderNumber' && field !== 'state')
      common[field] = shared(rows, field)
  const line = first.line
  const orderedAt = timeOf(common.orderedAt ?? '')
  if (orderedAt === null)
    faults.add(
      line,
      'orderedAt',
      'DATE_MALFORMED',
      `「${(common.orderedAt ?? '').slice(0, MOST_SHOWN)}」を日時として読み取れません（例: 2026/04/01 09:30:00）。`,
    )
  const amount = (field: string) => {
    const text = common[field] ?? ''
    if (text === '') return null
    return yenOf(text) ?? faults.add(line, field, 'AMOUNT_MALFORMED', amountWords(text))
  }
  const currency = (common.currency ?? '').toUpperCase()
  if (currency !== '' && currency !== 'JPY')
    faults.add(
      line,
      'currency',
      'CURRENCY_FOREIGN',
      `通貨「${currency.slice(0, MOST_SHOWN)}」の注文は取り込めません（JPY のみ）。`,
    )
  const recipients = groups.map((group, index) => {
    const values: Record<string, string> = {}
    for (const field of fields) if (scopeOf(field) === 'recipient') values[field] = shared(group, field)
    return toRecipient(values, index, group[0]?.line ?? line, faults)
  })
  const items = groups.flatMap((group, index) =>
    group.map((row, place) =>
      toItem(form, row, cell, recipients[index]?.id ?? '1', `${index + 1}-${place + 1}`, faults),
    ),
  )
  tellLinesTwice(rows, cell, faults)
  const money = {
    shipping: amount('shippingFee') ?? 0,
    cod: amount('codFee') ?? 0,
    paymentFee: amount('paymentFee') ?? 0,
    other: amount('otherFee') ?? 0,
    adjustment: amount('adjustment') ?? 0,
  }
  const discounts = (
    [
      ['discount', 'store_discount', '値引き'],
      ['coupon', 'coupon', 'クーポン'],
      ['points', 'points', 'ポイント'],
    ] as const
  ).flatMap(([field, kind, name]) => {
    const off = Math.abs(amount(field) ?? 0)
    return off === 0
      ? []
      : [
          {
            kind,
            name,
            amount: off,
            borneBy: kind === 'store_discount' ? ('shop' as const) : ('unknown' as const),
          },
        ]
  })
  const said = amount('total')
  if (faults.all.length > 0 || orderedAt === null) return { ok: false, faults: faults.all }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
  const lineOf = new Map(groups.flat().map((row, at) => [row, items[at]]))
  const goodsOf = (among: readonly FileRow[]) =>
    sum(
      among.map((row) => {
        const { unitPrice = 0, quantity = 0, taxRate } = lineOf.get(row) ?? {}
        return Math.floor((unitPrice * quantity * (100 + (form.taxIncluded ? 0 : (taxRate ?? 10)))) / 100)
      }),
    )
  const worked = goodsOf(rows) + sum(Object.values(money)) - sum(discounts.map((one) => one.amount))
  const total = said ?? worked
  const alike = alikeRows(rows, cell)
  const double = judgeAlike(said, worked, goodsOf(alike.flatMap(([, ...again]) => again)))
  if (alike.length > 0 && double === 'yes') {
    for (const same of alike)
      faults.add(
        same[1].line,
        'itemName',
        'LINE_TWICE',
        `${alikeWords(same, cell)}（${placesOf(same)}）。${ALIKE}`,
      )
    return { ok: false, faults: faults.all }
  }
  const states = readStates(form, fields, groups, cell)
  const state = common.cancelledAt ? 'cancelled' : states.state
  const payment = paymentOf(form, { ...common, stateWords: rows.map((row) => cell(row, 'state')) })
  const orderNumber = toNumber(cell(first, 'orderNumber'))
  const buyer = personOf('buyer', common)
  const named = recipients.filter(({ person }) => Object.keys(person).length > 0)
  const contract = {
    number: orderNumber,
    placedAt: orderedAt,
    revision: '-',
    state,
    total,
    buyer: Object.keys(buyer).length > 0 ? buyer : null,
    recipients: recipients.map((one) => ({
      ...one,
      ...(named.length > 0 ? {} : { person: buyer }),
      gift: { ...one.gift, requested: one.gift?.requested || isYes(common.gift ?? '') },
    })),
    items,
    charges: money,
    discounts,
    payment,
    delivery: common.deliveryMethod ? { methodName: common.deliveryMethod.slice(0, 200) } : null,
    holds: [
      ...(payment.status === 'unpaid' && payment.kind !== 'cod' && state === 'open'
        ? [{ kind: 'unpaid' as const, note: '入金待ち' }]
        : []),
      ...(alike.length > 0 && double === 'maybe' && state === 'open'
        ? [{ kind: 'shop_hold' as const, note: noteOf(alike, cell) }]
        : []),
    ],
    notes: { buyer: common.buyerNote || null, shop: common.shopNote || null },
  }
  const byRow = state === 'cancelled' ? NO_ROWS : states
  const cancelled = new Set([...byRow.cancelled].flatMap((row) => lineOf.get(row)?.lineId ?? []))
  const gone = groups.flatMap((group, index): Gone[] => {
    if (state !== 'open') return []
    const own = group.filter((row) => !byRow.cancelled.has(row))
    const left = own.filter((row) => byRow.left.has(row))
    const lines = left.flatMap((row) => lineOf.get(row) ?? [])
    const whole = left.length === own.length
    return left.length === 0
      ? []
      : [
          {
            recipientId: recipients[index]?.id ?? '1',
            lines: whole ? null : lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
          },
        ]
  })
  const content = gone.length + cancelled.size > 0 ? [contract, gone, [...cancelled]] : contract
  const revision = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 32)
  const parsed = parse({ ...contract, revision }, shopCode)
  if (!parsed.ok) {
    faults.add(line, '受注', 'ORDER_INVALID', `この受注は読み取れません（${parsed.reason}）。`)
    return { ok: false, faults: faults.all }
  }
  return {
    ok: true,
    order: {
      orderNumber,
      line,
      lines: rows.length,
      revision,
      changedAt: changedAtOf(fields, rows),
      raw: JSON.stringify({ fields, rows: rows.map(({ line: number, values }) => [number, ...values]) }),
      state,
      isPlaced: Boolean(common.cancelledAt) || states.isPlaced,
      stateWords: common.cancelledAt ? (FIELD_LABELS.cancelledAt ?? '') : states.words,
      unknown: [
        ...(common.cancelledAt ? [] : states.unknown),
        ...unknownPayment(form, common.paymentStatus ?? '', rows, cell),
      ],
      gone,
      toOrder: (kept = state) => withoutCancelled(parsed.toOrder(kept), cancelled),
    },
  }
}

type CellOf = (row: FileRow, field: string) => string

/** By the recipient's own id, else by all that stands of it. */
function groupRecipients(
  form: OrderForm,
  fields: readonly string[],
  rows: readonly FileRow[],
  cell: CellOf,
): FileRow[][] {
  const own = fields.filter((field) => scopeOf(field) === 'recipient')
  const keyOf = (row: FileRow) =>
    fields.includes('recipientId') && cell(row, 'recipientId') !== ''
      ? cell(row, 'recipientId')
      : form.severalRecipients
        ? own.map((field) => cell(row, field)).join('\n')
        : ''
  return [...Map.groupBy(rows, keyOf).values()]
}

/** Empty cells say nothing: Shopify fills in an order's columns in its first row alone. */
function agreed(faults: Faults, rows: readonly FileRow[], field: string, cell: CellOf): string {
  const said = new Map<string, number>()
  for (const row of rows) {
    const text = cell(row, field)
    if (text !== '' && !said.has(text)) said.set(text, row.line)
  }
  const [first = ''] = said.keys()
  if (said.size > 1) {
    const lines = [...said.values()]
    faults.add(
      lines[1] ?? 0,
      field,
      'ROWS_DISAGREE',
      `同じ受注番号の行で値が違います（${lines.slice(0, MOST_LINES).join('、')}行目）。1つの受注の行は同じ値にしてください。`,
    )
  }
  return first
}

const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, text]) => (text ? [[name, text.slice(0, 2_000)]] : [])),
  )

const PREFECTURE = /^(?:東京都|北海道|大阪府|京都府|[^都道府県\s]{2,3}県)/

function personOf(prefix: string, values: Record<string, string>) {
  const of = (name: string) => values[`${prefix}${name}`]
  const written = of('Address1') ?? ''
  const inAddress = of('Prefecture') ? '' : (PREFECTURE.exec(written)?.[0] ?? '')
  const [family = '', name = ''] = [of('FamilyName') ?? '', of('GivenName') ?? '']
  return given({
    fullName: of('Name') || [family, name].filter(Boolean).join(' '),
    familyName: family,
    givenName: name,
    familyNameKana: of('FamilyKana') || of('Kana'),
    givenNameKana: of('GivenKana'),
    postalCode: of('PostalCode'),
    prefecture: of('Prefecture') || inAddress,
    city: of('City'),
    address1: written.slice(inAddress.length),
    address2: of('Address2'),
    company: of('Company'),
    phone: of('Phone'),
    email: of('Email'),
  })
}

function toRecipient(values: Record<string, string>, index: number, line: number, faults: Faults) {
  const wished = values.wishDate ?? ''
  const date = wished === '' ? null : dayOf(wished)
  if (wished !== '' && date === null && /\d/.test(wished))
    faults.add(
      line,
      'wishDate',
      'DATE_MALFORMED',
      `「${wished.slice(0, MOST_SHOWN)}」を日付として読み取れません（例: 2026/04/05）。`,
    )
  const time = (values.wishTime ?? '').replace(/^時間帯指定\[([^\]]{0,40})\]$/, '$1').slice(0, 60)
  const noshi = values.noshi?.slice(0, 500) || null
  const message = values.giftMessage?.slice(0, 2_000) || null
  const wrapping = values.wrapping?.slice(0, 200) || null
  return {
    id: values.recipientId?.slice(0, 100) || String(index + 1),
    person: personOf('recipient', values),
    ...(date !== null || time !== ''
      ? { wish: { date, timeText: time || null, ...parseTimeBand(time || null) } }
      : {}),
    gift: {
      requested: noshi !== null || message !== null || wrapping !== null,
      message,
      noshi,
      wrappings: wrapping === null ? [] : [{ kind: null, name: wrapping, price: null }],
    },
  }
}

function toItem(
  form: OrderForm,
  row: FileRow,
  cell: CellOf,
  recipientId: string,
  fallback: string,
  faults: Faults,
) {
  const { line } = row
  const name = cell(row, 'itemName')
  if (name === '') faults.add(line, 'itemName', 'REQUIRED', '商品名がありません。')
  const price = cell(row, 'unitPrice')
  const unitPrice = price === '' ? null : yenOf(price)
  if (unitPrice === null) faults.add(line, 'unitPrice', 'AMOUNT_MALFORMED', amountWords(price))
  const count = cell(row, 'quantity').normalize('NFKC')
  const quantity = /^\d{1,5}(?:\.0{1,4})?$/.test(count) ? Number(count) : null
  if (quantity === null || quantity < 1)
    faults.add(
      line,
      'quantity',
      'QUANTITY_MALFORMED',
      `「${count.slice(0, MOST_SHOWN)}」を数量として読み取れません（1〜99999の整数）。`,
    )
  const rate = rateOf(cell(row, 'taxRate'))
  if (rate === undefined)
    faults.add(
      line,
      'taxRate',
      'RATE_MALFORMED',
      `「${cell(row, 'taxRate').slice(0, MOST_SHOWN)}」を税率として読み取れません（例: 10、8%）。`,
    )
  const option = cell(row, 'itemOption')
  const lineId = lineIdOf(row, cell) || fallback
  const code = (field: string, most: number) => cell(row, field).slice(0, most) || null
  return {
    lineId,
    recipientId,
    name: name.slice(0, 2_000),
    itemCode: code('itemCode', 200),
    sku: code('sku', 200),
    jan: code('jan', 40),
    options: option === '' ? [] : [{ name: '選択肢', value: option.slice(0, 2_000) }],
    unitPrice: unitPrice ?? 0,
    quantity: quantity ?? 0,
    taxIncluded: form.taxIncluded,
    taxRate: rate ?? null,
  }
}

const lineIdOf = (row: FileRow, cell: CellOf): string => cell(row, 'lineId').slice(0, 100)

type Same = readonly [FileRow, FileRow, ...FileRow[]]

/** Groups of rows with one key, of those that stand more than once. */
const repeated = (rows: readonly FileRow[], keyOf: (row: FileRow) => string): Same[] =>
  [...Map.groupBy(rows, keyOf).values()].flatMap(([first, second, ...more]): Same[] =>
    first && second ? [[first, second, ...more]] : [],
  )

const placesOf = (rows: readonly FileRow[]): string => {
  const lines = rows.slice(0, MOST_LINES).map(({ line }) => line)
  return `${lines.join('、')}行目`
}

/**
 * One line twice: exports of overlapping periods that somebody joined, whose goods would be sent twice. Rows
 * that are the same in all cells are refused, too: where the column is no line's number (a code of goods)
 * they are goods that were bought twice, and taking one would send too few.
 */
function tellLinesTwice(rows: readonly FileRow[], cell: CellOf, faults: Faults): void {
  const numbered = rows.filter((row) => lineIdOf(row, cell) !== '')
  for (const same of repeated(numbered, (row) => lineIdOf(row, cell))) {
    const id = lineIdOf(same[0], cell).slice(0, MOST_SHOWN)
    faults.add(
      same[1].line,
      'lineId',
      'LINE_TWICE',
      `明細ID「${id}」の行が${same.length}行あります（${placesOf(same)}）。期間の重なるファイルをつなげた場合は、重なった行を消すか、カートから1回で出力し直してください。注文の中で繰り返される番号の列なら、列の対応から明細IDを外してください。`,
    )
  }
}

/** Rows without a number of their own that say the same in every column. */
const alikeRows = (rows: readonly FileRow[], cell: CellOf): Same[] =>
  repeated(rows.length < 2 ? [] : rows.filter((row) => lineIdOf(row, cell) === ''), ({ values }) =>
    JSON.stringify(values),
  )

/**
 * Whether rows that are alike are one line twice: some carts write goods that were bought twice so, and the
 * order's amount tells. Where it does not, the order is taken and held back; a refusal would leave it out of
 * each file of such a cart.
 * @param more amount of the rows that repeat another
 */
function judgeAlike(said: number | null, worked: number, more: number): 'yes' | 'no' | 'maybe' {
  if (said === null || more === 0) return 'maybe'
  if (said === worked) return 'no'
  return said === worked - more ? 'yes' : 'maybe'
}

const alikeWords = (same: Same, cell: CellOf): string =>
  `「${cell(same[0], 'itemName').slice(0, MOST_SHOWN)}」の同じ内容の行が${same.length}行あります`

const ALIKE =
  '期間の重なるファイルをつなげた場合は、重なった行を消すか、カートから1回で出力し直してください。同じ商品を別々に注文された場合は、1行にまとめて数量を直してください。'

/** Goods named in the note of an order that is held back. */
const MOST_ALIKE = 3

/** Without places in the file, which are others in the next one: the note is in the order's revision. */
const noteOf = (alike: readonly Same[], cell: CellOf): string => {
  const shown = alike.slice(0, MOST_ALIKE).map((same) => alikeWords(same, cell))
  return `${shown.join('、')}。カートの注文と数量を比べてください。${ALIKE}取り込み直すと保留が解けます。`
}

const plainWords = new WeakMap<object, ReadonlyMap<string, string>>()

/** Words of the map are compared without case and width. */
function wordIn<T>(known: Readonly<Record<string, T>> = {}, text: string): T | undefined {
  const plain = plainWords.get(known) ?? new Map(Object.keys(known).map((word) => [plainWord(word), word]))
  plainWords.set(known, plain)
  const word = plain.get(plainWord(text))
  return word === undefined ? undefined : known[word]
}

interface RowStates {
  state: NormalisedOrder['mallState']
  isPlaced: boolean
  words: string
  unknown: UnknownWord[]
  /** Rows that have left, and rows that are cancelled. */
  left: ReadonlySet<FileRow>
  cancelled: ReadonlySet<FileRow>
}
const NO_ROWS: Pick<RowStates, 'left' | 'cancelled'> = { left: new Set(), cancelled: new Set() }

/**
 * State of an order by its rows: one recipient may have left before another. An empty cell beside a filled
 * one has not left, unless its row says nothing of the order at all, or the order has one recipient.
 */
function readStates(
  form: OrderForm,
  fields: readonly string[],
  groups: readonly FileRow[][],
  cell: CellOf,
): RowStates {
  const rows = groups.flat()
  const ofOrder = fields.filter(
    (field) => scopeOf(field) === 'order' && field !== 'orderNumber' && field !== 'state',
  )
  const isBare = (row: FileRow) => ofOrder.every((field) => cell(row, field) === '')
  const byRow = form.severalRecipients || groups.length > 1
  const filled = rows.map((row) => cell(row, 'state'))
  const first = filled.find((word) => word !== '') ?? ''
  const unknown = new Map<string, number[]>()
  const states = rows.map((row, at): FileState => {
    const own = filled[at] ?? ''
    const word = own === '' && (!byRow || isBare(row)) ? first : own
    if (word === '') return 'open'
    const meaning = wordIn(form.values.state, word)
    if (meaning === undefined && own !== '') {
      const lines = unknown.get(own) ?? []
      if (lines.length < MOST_LINES) lines.push(row.line)
      unknown.set(own, lines)
    }
    return meaning ?? 'open'
  })
  const on = states.filter((state) => state !== 'cancelled')
  const isOver = (state: FileState) => state === 'shipped' || state === 'completed'
  const over = on.every((state) => state === 'completed') ? 'completed' : 'shipped'
  return {
    state: on.length === 0 ? 'cancelled' : on.every(isOver) ? over : 'open',
    isPlaced: !states.includes('not_placed'),
    words: [...new Set(filled.filter((word) => word !== ''))].join('、').slice(0, MOST_WORD),
    unknown: toUnknown('state', unknown),
    left: new Set(rows.filter((_, at) => isOver(states[at] ?? 'open'))),
    cancelled: new Set(on.length === 0 ? [] : rows.filter((_, at) => states[at] === 'cancelled')),
  }
}

const MOST_WORD = 100

const toUnknown = (
  field: UnknownWord['field'],
  words: ReadonlyMap<string, readonly number[]>,
): UnknownWord[] =>
  [...words].map(([word, lines]) => ({
    field,
    word: word.slice(0, MOST_WORD),
    lines: lines.slice(0, MOST_LINES),
  }))

/** A map without words of payment reads none. */
function unknownPayment(
  { values }: OrderForm,
  said: string,
  rows: readonly FileRow[],
  cell: CellOf,
): UnknownWord[] {
  const known = values.paymentStatus
  if (said === '' || Object.keys(known ?? {}).length === 0 || wordIn(known, said) !== undefined) return []
  const lines = rows.filter((row) => cell(row, 'paymentStatus') !== '').map(({ line }) => line)
  return toUnknown('paymentStatus', new Map([[said, lines]]))
}

/** Lines that are cancelled in an order that goes on are in no parcel. */
const withoutCancelled = (order: NormalisedOrder, cancelled: ReadonlySet<string>): NormalisedOrder =>
  cancelled.size === 0
    ? order
    : {
        ...order,
        items: order.items.map((item) => (cancelled.has(item.lineId) ? { ...item, deleted: true } : item)),
      }

const NO_PARCEL = {
  id: LEFT_AT_CART,
  carrierCode: null,
  carrierName: null,
  trackingNumber: null,
  arrivedOn: null,
}

/**
 * The order with what has left at the cart, without a number: for a recipient who has a parcel of ours that
 * one says more.
 * @param day on which the file said so: it left then at the latest
 */
export const withGone = (order: NormalisedOrder, gone: readonly Gone[], day: string): NormalisedOrder =>
  gone.length === 0
    ? order
    : {
        ...order,
        recipients: order.recipients.map((recipient) => {
          const left = gone.find(({ recipientId }) => recipientId === recipient.id)
          if (!left || recipient.parcels.length > 0) return recipient
          const parcel = { ...NO_PARCEL, shippedOn: left.day ?? day }
          return { ...recipient, parcels: [left.lines === null ? parcel : { ...parcel, lines: left.lines }] }
        }),
      }

/** Words that all carts share; a map's own go first. */
const PAYMENT_WORDS = [
  ['代金引換', 'cod'],
  ['代引', 'cod'],
  ['cash on delivery', 'cod'],
  ['クレジット', 'credit_card'],
  ['カード', 'credit_card'],
  ['credit', 'credit_card'],
  ['銀行', 'bank_transfer'],
  ['振込', 'bank_transfer'],
  ['bank', 'bank_transfer'],
  ['コンビニ', 'convenience_store'],
  ['後払い', 'deferred'],
  ['キャリア', 'carrier_billing'],
  ['請求書', 'invoice'],
  ['ペイ', 'wallet'],
  ['pay', 'wallet'],
] as const

interface SaidPayment {
  paymentName?: string
  paymentStatus?: string
  /** Of each row. */
  stateWords: readonly string[]
}

function paymentOf(form: OrderForm, said: SaidPayment) {
  const name = said.paymentName ?? ''
  const plainName = name.normalize('NFKC').toLowerCase()
  const words = [...Object.entries(form.values.payment ?? {}), ...PAYMENT_WORDS]
  const kind =
    words.find(([word]) => plainName.includes(word.normalize('NFKC').toLowerCase()))?.[1] ??
    ('other' as const)
  return { kind, name: name.slice(0, 100) || null, status: paymentStatusOf(form, kind, said) }
}

/** A cart with one column for both says by its state that it waits for the payment. */
function paymentStatusOf({ columns, values }: OrderForm, kind: string, said: SaidPayment) {
  const known = values.paymentStatus
  if (columns.paymentStatus) return wordIn(known, said.paymentStatus ?? '') ?? ('unknown' as const)
  const meanings = said.stateWords.flatMap((word) => wordIn(known, word) ?? [])
  if (meanings.includes('unpaid')) return 'unpaid' as const
  // Cash on delivery is not paid yet when the parcel may leave.
  return kind === 'cod' ? ('unknown' as const) : (meanings[0] ?? ('unknown' as const))
}

const isYes = (text: string): boolean => /^(?:1|true|yes|あり|有|有り)$/i.test(text.normalize('NFKC'))

const amountWords = (text: string): string =>
  `「${text.slice(0, MOST_SHOWN)}」を金額として読み取れません（整数の円。例: 1980）。`

/** Null: no whole yen. Two columns that became one field are joined by a blank: no amount. */
function yenOf(text: string): number | null {
  const written = text
    .slice(0, 60)
    .normalize('NFKC')
    .replace(/[,¥円]/g, '')
  if (/\d\s+-?\d/.test(written)) return null
  const digits = written.replace(/\s/g, '')
  if (!/^-?\d{1,9}(?:\.0{1,4})?$/.test(digits)) return null
  return Number(digits)
}

/** Undefined: not a rate; null: none is said. */
function rateOf(text: string): number | null | undefined {
  if (text === '') return null
  const digits = text.slice(0, 20).normalize('NFKC').replace(/[%\s]/g, '')
  return /^\d{1,2}(?:\.0{1,4})?$/.test(digits) ? Math.floor(Number(digits)) : undefined
}

const DAY = String.raw`(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?`
const CLOCK = String.raw`(\d{1,2}):?(\d{2})(?::?(\d{2}))?(?:\.\d{1,9})?`
const WHEN = new RegExp(String.raw`^${DAY}(?:[T\s]*${CLOCK}\s*(Z|[+-]\d{2}:?\d{2})?)?$`)

/** 2026/04/01 09:30:00, 2026-04-01T09:30+09:00, 20260401, 2026年4月1日; without an offset Japan's time. */
export function timeOf(cell: string): string | null {
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', zone = '+09:00'] =
    WHEN.exec(cell.slice(0, 60).normalize('NFKC').trim()) ?? []
  if (year === '') return null
  const two = (text: string) => text.padStart(2, '0')
  const offset = zone === 'Z' ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2')
  const date = `${year}-${two(month)}-${two(day)}`
  const time = `${date}T${two(hour)}:${two(minute)}:${two(second)}${offset}`
  const noon = Date.parse(`${date}T12:00:00Z`)
  if (Number.isNaN(noon) || new Date(noon).toISOString().slice(0, 10) !== date) return null
  return Number.isNaN(Date.parse(time)) ? null : time
}

const dateOf = (cell: string): Date | null => {
  const time = timeOf(cell)
  return time === null ? null : new Date(time)
}

const dayOf = (cell: string): string | null => timeOf(cell)?.slice(0, 10) ?? null
