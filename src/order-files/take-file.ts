import type { OrderForm } from '../marketplaces/order-files/form.ts'
import { type FileOrder, type RowFault, readOrder } from '../marketplaces/order-files/read-order.ts'
import type { FileShopRules } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import { CsvError } from '../platform/csv.ts'
import { createBreathing } from '../platform/event-loop.ts'
import { keysOf } from '../platform/narrow.ts'
import { createAges } from './age.ts'
import { type FileColumn, groupRows, readRows } from './read-rows.ts'
import {
  AT_ONCE,
  type ChangedOrder,
  type FileCounts,
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
}

export interface FileSource {
  file: ClaimedFile
  /** Its bytes, from the beginning each time. */
  pieces(): AsyncIterable<Uint8Array>
  rules: FileShopRules & { form: OrderForm }
  /** @throws when somebody else has the file, or the process ends */
  goesOn(): Promise<void>
}

/** Each told by its row; beyond that a file is not mended by hand. */
const MOST_FAULTS = 500
const MOST_DIFFERENCES = 200

/** Reads a file to its end. A file that is no CSV ends with a message. */
export async function takeFile(
  deps: TakeDeps,
  { file, pieces, rules, goesOn }: FileSource,
): Promise<{ counts?: FileCounts; details?: FileDetails; message?: string }> {
  try {
    return await take(deps, { file, pieces, rules, goesOn })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { message: error.line === null ? error.message : `${error.line}行目: ${error.message}` }
  }
}

async function take(deps: TakeDeps, { file, pieces, rules, goesOn }: FileSource) {
  const breathe = createBreathing()
  const pause = async () => {
    await breathe()
    await goesOn()
  }
  const read = await readRows(rules.form, pieces, pause)
  const counts: FileCounts = { rows: read.rows, orders: 0, ...NO_COUNTS }
  const details: FileDetails = { columns: read.columns, missing: read.missing, faults: [], differences: [] }
  const shop = {
    id: file.shopId,
    tenantId: file.tenantId,
    marketplace: file.marketplace,
    settings: file.settings,
    capabilities: file.capabilities,
  }
  const agesOf = createAges(file)
  const refuse = (faults: readonly RowFault[]) => {
    counts.refused += 1
    for (const fault of faults) if (details.faults.length < MOST_FAULTS) details.faults.push(fault)
  }
  const write = async (orders: readonly FileOrder[]) => {
    if (orders.length === 0) return
    const { faults, differences, ...counted } = await takeOrders(deps, shop, orders, {
      dryRun: file.dryRun,
      agesOf,
    })
    for (const name of keysOf(NO_COUNTS)) counts[name] += counted[name]
    details.faults.push(...faults.slice(0, MOST_FAULTS - details.faults.length))
    details.differences.push(...differences.slice(0, MOST_DIFFERENCES - details.differences.length))
  }
  for await (const rows of read.buckets.read()) {
    let waiting: FileOrder[] = []
    for (const group of groupRows(rows)) {
      counts.orders += 1
      await pause()
      const made =
        'fault' in group
          ? { ok: false as const, faults: group.fault }
          : readOrder(rules, read.fields, group.rows, file.code)
      if (!made.ok) {
        refuse(made.faults)
        continue
      }
      waiting.push(made.order)
      if (waiting.length < AT_ONCE) continue
      await write(waiting)
      waiting = []
    }
    await write(waiting)
  }
  details.faults.sort((one, other) => one.line - other.line)
  return { counts, details }
}
