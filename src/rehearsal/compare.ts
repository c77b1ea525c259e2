import type { CsvRow } from '../platform/csv.ts'

/**
 * Compares the CSV of the system that a shop uses now (ネクストエンジン, GoQ, the mall's own download) with what is
 * here. Pure: numbers and amounts alone, whatever else stands in the file.
 */

/** Headings by what they hold, the surest first. */
const NUMBERS = [
  ...[
    'モール受注番号',
    'モール注文番号',
    '店舗受注番号',
    '店舗注文番号',
    '受注番号',
    '注文番号',
    '注文ID',
    '受注ID',
  ],
  ...['注文NO', '受注NO', 'ORDERID', 'ORDER-ID', 'ORDERNUMBER', 'ID'],
] as const
const AMOUNTS = [
  ...[
    '請求金額',
    'ご請求金額',
    '請求額',
    'お支払金額',
    'お支払額',
    '支払金額',
    'REQUESTPRICE',
    'SETTLEAMOUNT',
  ],
  ...['総合計', '総合計金額', '合計金額', '受注金額', '注文合計', '注文金額', '合計', 'TOTALPRICE', 'TOTAL'],
] as const
const DAYS = [
  ...['注文日時', '注文日', '受注日時', '受注日', 'ORDERTIME', 'ORDERDATETIME', 'ORDERDATE', 'PURCHASE-DATE'],
] as const

export interface OwnOrder {
  orderNumber: string
  orderedAt: Date
  billedAmount: number
  totalAmount: number
}

/** An order of the file, whose lines may be several. */
export interface TheirOrder {
  number: string
  /** Null: none, none that is a number, or its lines have different ones. */
  amount: number | null
  /** YYYY-MM-DD; null: none that can be read. */
  day: string | null
  line: number
}

export interface TheirFile {
  orders: TheirOrder[]
  /** Headings that were used. */
  columns: { numberHeading: string; amountHeading: string | null; dayHeading: string | null }
  /** Lines without a number. */
  skipped: number
}

export interface Only {
  /** Heading, and what its cell has to be: a file may hold all shops. */
  column: string
  value: string
}

/** Width, case, blanks and brackets of a heading do not matter: 「注文番号（モール）」 is 注文番号. */
const headingOf = (cell: string): string =>
  plain(cell)
    .toUpperCase()
    .replace(/[\s_.．]/g, '')
    .replace(/\([^)]{0,40}\)$/, '')

/** Strips what a spreadsheet puts around a number so that it stays text. */
const plain = (cell: string): string => {
  const text = cell.slice(0, 200).normalize('NFKC').trim()
  return (/^=?"(.*)"$/.exec(text)?.[1] ?? text).replace(/^'/, '').trim()
}

/** Null where no heading is an order's number, or `only` names none. */
export function readTheirs([head, ...rows]: readonly CsvRow[], only: Only | null): TheirFile | null {
  const headings = (head?.cells ?? []).map(headingOf)
  const find = (names: readonly string[]) => {
    // One mall's download has its own name in front: …-order-id.
    const isIt = (name: string) => (heading: string) => heading === name || heading.endsWith(`-${name}`)
    const name = names.find((one) => headings.some(isIt(one)))
    return name === undefined ? -1 : headings.findIndex(isIt(name))
  }
  const [number, amount, day] = [find(NUMBERS), find(AMOUNTS), find(DAYS)]
  const shop = only === null ? -1 : headings.indexOf(headingOf(only.column))
  if (number < 0 || (only !== null && shop < 0)) return null
  const orders = new Map<string, TheirOrder>()
  let skipped = 0
  for (const { cells, line } of rows) {
    if (only !== null && plain(cells[shop] ?? '') !== plain(only.value)) continue
    const own = plain(cells[number] ?? '')
    if (own === '') {
      skipped += 1
      continue
    }
    const told = { amount: yenOf(cells[amount] ?? ''), day: dayOf(cells[day] ?? '') }
    const known = orders.get(own)
    if (!known) orders.set(own, { number: own, ...told, line })
    // A line for each item: what differs from line to line is no amount of the order.
    else if (known.amount !== told.amount) known.amount = null
  }
  const named = (at: number) => (at < 0 ? null : (head?.cells[at]?.slice(0, 100) ?? null))
  return {
    orders: [...orders.values()],
    columns: { numberHeading: named(number) ?? '', amountHeading: named(amount), dayHeading: named(day) },
    skipped,
  }
}

function yenOf(cell: string): number | null {
  const text = plain(cell).replace(/[,¥円\s]/g, '')
  return /^-?\d{1,10}(?:\.0{1,4})?$/.test(text) ? Number(text) : null
}

function dayOf(cell: string): string | null {
  const [, year, month = '', day = ''] = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})/.exec(plain(cell)) ?? []
  return year === undefined ? null : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Numbers under which an order may stand in such a file: Yahoo!'s without the store's account, too. */
export const namesOf = (number: string, shopCode: string): string[] =>
  number.startsWith(`${shopCode}-`) ? [number, number.slice(shopCode.length + 1)] : [number]

/** How many of each kind are named. */
export const MOST_NAMED = 200

export interface Compared {
  /** Orders of the file. */
  theirs: number
  /** Rows whose order is here. */
  matched: number
  /** Matched rows whose amount is given and the same. */
  sameAmount: number
  /** In the file and not here, of the time since the rehearsal began as far as the file tells days. */
  missingHere: string[]
  missingHereCount: number
  /** Here and not in the file, of the time that the file covers. */
  missingThere: string[]
  missingThereCount: number
  differing: { orderNumber: string; theirs: number; billed: number; total: number }[]
  differingCount: number
  /** Rows of a day before the rehearsal began: not looked for. */
  earlier: number
}

export function compare(
  file: readonly TheirOrder[],
  own: readonly OwnOrder[],
  { shopCode, since }: { shopCode: string; since: string },
): Compared {
  const byName = new Map(
    own.flatMap((order) => namesOf(order.orderNumber, shopCode).map((name) => [name, order])),
  )
  const found: OwnOrder[] = []
  const missing: string[] = []
  const differing: Compared['differing'] = []
  let [sameAmount, earlier] = [0, 0]
  for (const { number, amount, day } of file) {
    const order = byName.get(number)
    if (!order) {
      if (day !== null && day < since) earlier += 1
      else missing.push(number)
      continue
    }
    found.push(order)
    const { orderNumber, billedAmount: billed, totalAmount: total } = order
    if (amount === billed || amount === total) sameAmount += 1
    else if (amount !== null) differing.push({ orderNumber, theirs: amount, billed, total })
  }
  const times = found.map(({ orderedAt }) => orderedAt.getTime())
  const [first, last] = [
    times.reduce((a, b) => Math.min(a, b), Infinity),
    times.reduce((a, b) => Math.max(a, b), 0),
  ]
  const there = new Set(found.map(({ orderNumber }) => orderNumber))
  const onlyHere = own
    .filter(({ orderedAt }) => orderedAt.getTime() >= first && orderedAt.getTime() <= last)
    .map(({ orderNumber }) => orderNumber)
    .filter((orderNumber) => !there.has(orderNumber))
  return {
    theirs: file.length,
    matched: found.length,
    sameAmount,
    missingHere: missing.slice(0, MOST_NAMED),
    missingHereCount: missing.length,
    missingThere: onlyHere.slice(0, MOST_NAMED),
    missingThereCount: onlyHere.length,
    differing: differing.slice(0, MOST_NAMED),
    differingCount: differing.length,
    earlier,
  }
}
