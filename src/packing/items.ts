import { isUtf8 } from 'node:buffer'
import type { Pool } from 'pg'
import { invalid } from '../http/validation.ts'
import { ownItemCode } from '../marketplaces/kit/item-code.ts'
import type { OrderItem } from '../marketplaces/port/order.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { CsvError, streamCsv, UTF8_BOM } from '../platform/csv.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { createRequestBreathing } from '../platform/event-loop.ts'
import type { NewId } from '../platform/ids.ts'
import { present } from '../platform/narrow.ts'
import type { Caller } from '../shops/tenants/audit.ts'
import {
  createItemReader,
  type ItemFacts,
  type ItemFile,
  type ItemReader,
  itemKey,
  itemLines,
  type RowFault,
} from './item-file.ts'
import {
  DELETE_OTHERS,
  FIND_ITEMS,
  LIST_ITEMS,
  LOCK_ITEMS,
  NOTE_IMPORT,
  PLAN_ITEMS,
  WRITE_ITEMS,
} from './statements.ts'

/** 商品リスト: shelf code, 品名, class of クール便 and JAN of an item, by the code that orders have. */

export interface ItemDeps {
  pool: Pool
  clock: Clock
  newId: NewId
}

export type ItemRow = ItemFacts & { key: string; updatedAt: Date }

export const MOST_ITEMS = 20_000
const MOST_FAULTS = 50

interface Planned {
  created: number
  updated: number
  unchanged: number
  removed: number
}

/**
 * Reads a list: all of its rows or none. `replace`: it is the whole list, and other items go.
 * @throws AppError VALIDATION_FAILED with the faults by row
 */
export async function importItems(
  deps: ItemDeps,
  caller: Caller,
  file: Uint8Array,
  { replace, dryRun }: { replace: boolean; dryRun: boolean },
): Promise<Planned & { rows: number }> {
  const { tenantId } = caller
  const { items, has, faults } = await read(file)
  if (faults.length > 0) throw invalid(faults.slice(0, MOST_FAULTS).map(toField))
  const lines = {
    tenant: tenantId,
    keys: items.map(({ key }) => key),
    codes: items.map(({ code }) => code),
    shelves: items.map(({ shelf }) => shelf),
    goods: items.map(({ goodsName }) => goodsName),
    temperatures: items.map(({ temperature }) => temperature),
    jans: items.map(({ jan }) => jan),
    hasShelf: has('shelf'),
    hasGoods: has('goodsName'),
    hasTemperature: has('temperature'),
    hasJan: has('jan'),
  }
  const planned = await inTransaction(deps.pool, async (client) => {
    await client.query(LOCK_ITEMS({ tenant: tenantId }))
    const { rows } = await client.query<Omit<Planned, 'removed'> & { others: number }>(PLAN_ITEMS(lines))
    const { others, ...counts } = present(rows[0])
    const all = items.length + (replace ? 0 : others)
    if (all > MOST_ITEMS)
      throw fileFault(
        `商品リストは ${MOST_ITEMS.toLocaleString('ja-JP')} 件までです（取り込むと ${all.toLocaleString('ja-JP')} 件）。`,
      )
    const made = { ...counts, removed: replace ? others : 0 }
    if (dryRun) return made
    const now = dateNow(deps.clock)
    await client.query(WRITE_ITEMS({ ...lines, now }))
    if (replace) await client.query(DELETE_OTHERS({ tenant: tenantId, keys: lines.keys }))
    const { actor, source = null } = caller
    const note = { id: deps.newId(), tenant: tenantId, now, actor, source, data: { ...made, replace } }
    await client.query(NOTE_IMPORT(note))
    return made
  })
  return { ...planned, rows: items.length }
}

async function read(file: Uint8Array): Promise<ItemFile> {
  const breathe = createRequestBreathing()
  let reader: ItemReader | null = null
  for await (const rows of rowsOf(file))
    for (const row of rows) {
      if (reader) reader.take(row)
      else reader = createItemReader(row) ?? refuseHead()
      await breathe()
    }
  return (reader ?? refuseHead()).file
}

function refuseHead(): never {
  throw fileFault('「商品コード」の列がありません。1行目を見出し（商品コード、棚番など）にしてください。')
}

async function* rowsOf(file: Uint8Array) {
  try {
    const encoding = isUtf8(file) ? 'utf-8' : 'cp932'
    yield* streamCsv([file], encoding, { rows: MOST_ITEMS + 1, line: 5_000 })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw fileFault(error.line === null ? error.message : `${error.line}行目: ${error.message}`)
  }
}

const fileFault = (message: string) => invalid([{ field: 'file', message, code: 'invalid_csv' }])

const toField = ({ line, field, code, message }: RowFault) => ({
  field: `file.${line}行目.${field}`,
  code,
  message: `${line}行目: ${message}`,
})

/** Rows behind `after`, in the order of their keys; `part`: of a code or a shelf. */
export async function listItems(
  pool: Pool,
  tenantId: string,
  { after, part, limit }: { after: string; part: string; limit: number },
): Promise<ItemRow[]> {
  const { rows } = await pool.query<ItemRow>(
    LIST_ITEMS({ tenant: tenantId, after, part: itemKey(part), limit }),
  )
  return rows
}

/** Lines that are written at a stretch: a millisecond. */
const WRITTEN_AT_ONCE = 250

/** The whole list as a file that `importItems()` reads. */
export async function exportItems(pool: Pool, tenantId: string): Promise<Buffer> {
  const items = await listItems(pool, tenantId, { after: '', part: '', limit: MOST_ITEMS })
  const breathe = createRequestBreathing()
  const pieces = [Buffer.from(UTF8_BOM + itemLines([], true))]
  for (let at = 0; at < items.length; at += WRITTEN_AT_ONCE) {
    pieces.push(Buffer.from(itemLines(items.slice(at, at + WRITTEN_AT_ONCE), false)))
    await breathe()
  }
  return Buffer.concat(pieces)
}

type Coded = Pick<OrderItem, 'itemCode' | 'mallItemId' | 'sku' | 'merchantSku'>

/** Keys under which the list may have an item of an order, the narrowest first: of one size, of all sizes. */
const keysOf = (item: Coded): string[] =>
  [ownItemCode(item), item.merchantSku, item.sku, item.itemCode, item.mallItemId].flatMap((code) =>
    code ? itemKey(code) : [],
  )

/** Finds an item of an order in the tenant's list. */
export type FindItem = (item: Coded) => ItemRow | undefined

export async function readItemsOf(pool: Pool, tenantId: string, items: readonly Coded[]): Promise<FindItem> {
  const keys = [...new Set(items.flatMap(keysOf))]
  if (keys.length === 0) return () => undefined
  const { rows } = await pool.query<ItemRow>(FIND_ITEMS({ tenant: tenantId, keys }))
  const found = new Map(rows.map((row) => [row.key, row]))
  return (item) => keysOf(item).flatMap((key) => found.get(key) ?? [])[0]
}
