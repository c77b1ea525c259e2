import {
  type FileState,
  fileShopOf,
  GUARD_NAMES,
  type GuardName,
  guardedHeadings,
  type OrderForm,
} from '../marketplaces/order-files/form.ts'
import {
  changedAtOf,
  type FileOrder,
  type RowFault,
  readOrder,
  type UnknownWord,
} from '../marketplaces/order-files/read-order.ts'
import type { FileShopRules } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import { CsvError } from '../platform/csv.ts'
import { retryable } from '../platform/db/failures.ts'
import { createBreathing } from '../platform/event-loop.ts'
import { keysOf } from '../platform/narrow.ts'
import { ageOf, createAges } from './age.ts'
import { createLeftOut, openLeftOut } from './left-out.ts'
import { type FileColumn, groupRows, readRows } from './read-rows.ts'
import { NOTE_HEADINGS, NOTE_LEFT_OUT, READ_LEFT_OUT } from './statements.ts'
import {
  AT_ONCE,
  type ChangedOrder,
  type FileCounts,
  type LeftOutOrder,
  NO_COUNTS,
  type TakeDeps,
  takeOrders,
} from './take-orders.ts'

export interface ClaimedFile {
  id: string
  tenantId: string
  shopId: string
  form: unknown
  dryRun: boolean
  takesBack: boolean
  /** A person has looked at it. */
  looked: boolean
  attempts: number
  parts: number
  fileName: string
  source: string
  exportedAt: Date | null
  createdAt: Date
  code: string
  marketplace: MarketplaceName
  settings: unknown
  capabilities: unknown
}

export interface FileDetails {
  columns: FileColumn[]
  missing: string[]
  faults: RowFault[]
  differences: ChangedOrder[]
  /** Words that the map does not have, each with its orders. Absent in files of before. */
  unknown?: { field: UnknownWord['field']; word: string; orders: number }[]
  /** Orders that had left or were cancelled, by the words that say so. */
  leftOut?: LeftOut[]
}

interface LeftOut {
  word: string
  state: FileState
  orders: number
  /** The first of them. */
  numbers: string[]
}

export interface FileSource {
  file: ClaimedFile
  holder: string
  /** Its bytes, from the beginning each time. */
  pieces(): AsyncIterable<Uint8Array>
  rules: FileShopRules & { form: OrderForm }
  /** @throws when somebody else has the file, or the process ends */
  goesOn(): Promise<void>
}

/** Each told by its row; beyond that a file is not mended by hand. */
const MOST_FAULTS = 500
const MOST_DIFFERENCES = 200
const MOST_WORDS = 50
const MOST_NUMBERS = 10
/** Half a million orders. */
const MOST_LEFT_OUT_BYTES = 8 * 1_024 * 1_024

/** Reads a file to its end. A file that is no CSV ends with a message. */
export async function takeFile(
  deps: TakeDeps,
  source: FileSource,
): Promise<{ counts?: FileCounts; details?: FileDetails; message?: string }> {
  try {
    return await take(deps, source)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { message: error.line === null ? error.message : `${error.line}行目: ${error.message}` }
  }
}

async function take(deps: TakeDeps, { file, holder, pieces, rules, goesOn }: FileSource) {
  const breathe = createBreathing()
  const pause = async () => {
    await breathe()
    await goesOn()
  }
  const read = await readRows(rules.form, pieces, pause)
  const counts: FileCounts = { rows: read.rows, orders: 0, ...NO_COUNTS }
  const details: FileDetails = { columns: read.columns, missing: read.missing, faults: [], differences: [] }
  const noted = noteOf(file, rules.form, read.missing)
  const words = createWords()
  const shop = {
    id: file.shopId,
    tenantId: file.tenantId,
    marketplace: file.marketplace,
    settings: file.settings,
    capabilities: file.capabilities,
  }
  const agesOf = createAges(file)
  const heldAt = ageOf(file)
  const byRow = rules.form.columns.changedAt !== undefined
  const said = await deps.pool.query<{ leftOut: Buffer | null; heldAt: Date }>(
    READ_LEFT_OUT({ shop: shop.id, heldAt, byRow, mostBytes: MOST_LEFT_OUT_BYTES }),
  )
  const leftOutSince = await openLeftOut(said.rows, pause)
  const leftOutHere = createLeftOut()
  const refuse = (faults: readonly RowFault[]) => {
    counts.refused += 1
    for (const fault of faults) if (details.faults.length < MOST_FAULTS) details.faults.push(fault)
  }
  const write = async (orders: readonly FileOrder[]) => {
    if (orders.length === 0) return
    const { faults, differences, leftOut, ...counted } = await takeOrders(deps, shop, orders, {
      dryRun: file.dryRun,
      takesBack: file.takesBack,
      agesOf,
      leftOutSince,
    })
    for (const order of leftOut) {
      words.noteLeftOut(order)
      leftOutHere.add(order)
    }
    for (const name of keysOf(NO_COUNTS)) counts[name] += counted[name]
    details.faults.push(...faults.slice(0, MOST_FAULTS - details.faults.length))
    details.differences.push(...differences.slice(0, MOST_DIFFERENCES - details.differences.length))
  }
  const waiting: FileOrder[] = []
  for await (const rows of read.buckets.read()) {
    for (const group of groupRows(rows)) {
      counts.orders += 1
      await pause()
      const made =
        group.fault === null
          ? readOrder(rules, read.fields, group.rows, file.code)
          : { ok: false as const, faults: group.fault }
      if (!made.ok) {
        refuse(made.faults)
        if (group.number !== null) {
          const { row } = agesOf(changedAtOf(read.fields, group.rows))
          leftOutHere.add({ orderNumber: group.number, state: 'unread', row })
        }
        continue
      }
      words.noteUnknown(made.order)
      const unread = made.order.unknown.find(({ field }) => field === 'state')
      // Whoever has looked at the file was told of the word, and that it counts as open.
      if (!file.looked && !file.dryRun && unread) {
        refuse([unknownState(unread)])
        const { orderNumber, changedAt } = made.order
        leftOutHere.add({ orderNumber, state: 'unread', row: agesOf(changedAt).row })
        continue
      }
      waiting.push(made.order)
      if (waiting.length === AT_ONCE) await write(waiting.splice(0))
    }
  }
  await write(waiting)
  details.faults.sort((one, other) => one.line - other.line)
  const leftOut = file.dryRun ? null : leftOutHere.packed()
  if (leftOut !== null)
    await retryable(() => deps.pool.query(NOTE_LEFT_OUT({ id: file.id, holder, heldAt, leftOut })))
  if (noted !== null)
    await retryable(() => deps.pool.query(NOTE_HEADINGS({ shop: file.shopId, form: file.form, noted })))
  return { counts, details: { ...details, ...words.all() } }
}

const LOST: Readonly<Record<GuardName, readonly [what: string, outcome: string]>> = {
  state: ['状態', '発送済みの受注も未発送になります'],
  cancelledAt: ['状態', 'キャンセルされた受注も未発送になります'],
  recipient: ['送付先', '注文者や途中までの住所へ送ることになります'],
}

/**
 * Headings of the map as files had and lacked them so far and now. Null: nothing to note.
 * @throws CsvError where nobody looks: what has left would be shipped once more, a gift go to its buyer
 */
function noteOf({ capabilities, dryRun, looked }: ClaimedFile, form: OrderForm, missing: readonly string[]) {
  if (dryRun) return null
  const { seenHeadings: had = [], takenWithout = [] } = fileShopOf(capabilities) ?? {}
  const headingsOf = (guard: GuardName) => guardedHeadings(form, guard)
  const isMissing = (one: string) => missing.includes(one)
  const isWithout = (guard: GuardName) => headingsOf(guard).length > 0 && headingsOf(guard).every(isMissing)
  if (!looked)
    for (const guard of GUARD_NAMES) {
      const lost = headingsOf(guard).filter((one) => had.includes(one) && isMissing(one))
      refuseLost(lost, guard, 'これまでのファイルにあった')
      // Of the first file nobody knows whether the cart writes half an address, or the map is wrong.
      const isFirst = !headingsOf(guard).some((one) => had.includes(one)) && !takenWithout.includes(guard)
      if (isFirst) refuseLost(headingsOf(guard).filter(isMissing), guard, '')
    }
  const found = GUARD_NAMES.flatMap(headingsOf).filter((one) => had.includes(one) || !isMissing(one))
  const noted = {
    seenHeadings: [...new Set(found)],
    takenWithout: GUARD_NAMES.filter((guard) => takenWithout.includes(guard) || isWithout(guard)),
  }
  const isNoted =
    noted.seenHeadings.every((one) => had.includes(one)) && noted.takenWithout.length === takenWithout.length
  return isNoted ? null : noted
}

function refuseLost(lost: readonly string[], guard: GuardName, since: string): void {
  if (lost.length === 0) return
  const [what, outcome] = LOST[guard]
  throw new CsvError(
    `${since}${what}の見出し「${lost.join('」「')}」がないため、取り込みませんでした（${outcome}）。カートの出力設定を直すか、「列の対応を変える」で見出しを選び直してください。このままでよいときは、画面で内容を確認してから取り込んでください。`,
    null,
  )
}

const unknownState = ({ word, lines }: UnknownWord): RowFault => ({
  line: lines[0] ?? 0,
  column: '発送・キャンセルの状態',
  code: 'STATE_UNKNOWN',
  message: `状態「${word.slice(0, 40)}」は列の対応に未設定のため、取り込みませんでした（${lines.join('、')}行目）。「列の対応を変える」で意味を選び、もう一度取り込んでください。`,
})

/** Words of a file, counted by order. */
function createWords() {
  const unknown = new Map<string, NonNullable<FileDetails['unknown']>[number]>()
  const leftOut = new Map<string, LeftOut>()
  const entry = <T>(all: Map<string, T>, key: string, fresh: T): T | undefined => {
    if (!all.has(key) && all.size < MOST_WORDS) all.set(key, fresh)
    return all.get(key)
  }
  return {
    noteUnknown(order: FileOrder): void {
      for (const { field, word } of order.unknown) {
        const one = entry(unknown, `${field} ${word}`, { field, word, orders: 0 })
        if (one) one.orders += 1
      }
    },
    noteLeftOut({ word, state, orderNumber }: LeftOutOrder): void {
      const one = entry(leftOut, `${state} ${word}`, { word, state, orders: 0, numbers: [] })
      if (!one) return
      one.orders += 1
      if (one.numbers.length < MOST_NUMBERS) one.numbers.push(orderNumber)
    },
    all: () => ({ unknown: [...unknown.values()], leftOut: [...leftOut.values()] }),
  }
}
