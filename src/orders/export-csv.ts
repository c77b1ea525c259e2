import { Readable } from 'node:stream'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { answered, clientGone } from '../http/client-gone.ts'
import { invalid } from '../http/validation.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import {
  CSV_ENCODINGS,
  type CsvEncoding,
  csvLines,
  encodeCsv,
  foldForCp932,
  guardFormula,
  missingInCp932,
  UTF8_BOM,
} from '../platform/csv.ts'
import type { Db } from '../platform/db/database.ts'
import type { HeavyReads } from '../platform/db/heavy-reads.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import type { NewId } from '../platform/ids.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { audit } from '../shops/tenants/audit.ts'
import {
  EXPORT_COLUMN_NAMES,
  type ExportColumnName,
  type ExportLine,
  exportColumn,
} from './export-columns.ts'
import { type FullOrder, fullOrder, type OpenDeps } from './order-json.ts'
import { readOrderPage } from './read.ts'
import { OrderQuery } from './schemas.ts'
import { checkUpdatedSince } from './search.ts'

export interface ExportDeps extends OpenDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  heavyReads: HeavyReads
  marketplaces: Marketplaces
}

/** As far as a list counts; a file of more is no list that anybody reads. */
const MOST_EXPORTED = 10_000
const PAGE = 500

const ExportQuery = OrderQuery.omit({ cursor: true, limit: true, total: true, detail: true }).extend({
  per: z
    .enum(['order', 'item'])
    .default('order')
    .describe('A line for each order, or for each of its items (行の単位)'),
  encoding: z
    .enum(CSV_ENCODINGS)
    .default('utf-8')
    .describe('utf-8 with a byte order mark, or cp932, where 〓 stands for what it lacks (文字コード)'),
  columns: z
    .string()
    .max(1_000)
    .optional()
    .describe(
      `Names with commas between, in the order of the file; left out: all. ${EXPORT_COLUMN_NAMES.join(', ')} (列)`,
    ),
})

/** GET /v1/orders/export: the orders of a view as a file for spreadsheets. */
export const exportRoutes =
  (deps: ExportDeps): Routes =>
  (app: App) => {
    app.get(
      '/orders/export',
      {
        config: { ownTurn: true },
        schema: {
          tags: ['orders'],
          operationId: 'exportOrders',
          summary: 'Orders as CSV (受注のCSV出力)',
          description:
            `The orders that \`GET /v1/orders\` lists with the same conditions, ${MOST_EXPORTED.toLocaleString('en')} at most, newest ` +
            'first. What a spreadsheet would take for a formula begins with an apostrophe. Each export is in the audit trail.',
          querystring: ExportQuery,
        },
      },
      async (request, reply) => {
        const { per, encoding, columns, ...conditions } = request.query
        const names = columnsOf(columns, per)
        checkUpdatedSince(deps.clock, conditions)
        const query = { ...conditions, limit: 1, total: true }
        const tenantId = tenantOf(request)
        await deps.heavyReads.beginExport(tenantId, answered(reply))
        const { total, totalIsCapped } = await deps.heavyReads.run(
          tenantId,
          () => readOrderPage(deps, tenantId, query),
          { signal: clientGone(reply) },
        )
        if (totalIsCapped) throw tooMany()
        await audit(deps.db, deps, {
          ...callerOf(request),
          action: 'orders.exported',
          target: tenantId,
          data: { orders: total, per, conditions: Object.keys(conditions) },
        })
        const day = japaneseDay(deps.clock.now())
        reply.header('content-type', `text/csv; charset=${encoding === 'cp932' ? 'Shift_JIS' : 'utf-8'}`)
        reply.header('content-disposition', `attachment; filename="orders-${day}.csv"`)
        reply.header('cache-control', 'no-store')
        return reply.send(Readable.from(chunks(deps, tenantId, query, { names, per, encoding })))
      },
    )
  }

function columnsOf(list: string | undefined, per: 'order' | 'item'): ExportColumnName[] {
  if (list === undefined) {
    return EXPORT_COLUMN_NAMES.filter((name) => per === 'item' || !exportColumn(name).perItem)
  }
  const names = list.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !isColumn(name))
  if (wrong !== undefined) {
    throw invalid([
      {
        field: 'columns',
        message: `列「${wrong}」はありません。列の名前を確認してください。`,
        code: 'unknown_field',
      },
    ])
  }
  return names.filter(isColumn)
}

const isColumn = (name: string): name is ExportColumnName => EXPORT_COLUMN_NAMES.some((one) => one === name)

const tooMany = () =>
  invalid([
    {
      field: 'from',
      message: `${MOST_EXPORTED.toLocaleString('ja-JP')} 件を超えます。期間や店舗で絞り込んでください。`,
      code: 'too_big',
    },
  ])

interface FileForm {
  names: readonly ExportColumnName[]
  per: 'order' | 'item'
  encoding: CsvEncoding
}

/** A page at a time, so that neither the rows nor the file are ever whole in memory. */
async function* chunks(
  deps: ExportDeps,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  form: FileForm,
): AsyncGenerator<Buffer> {
  const header = csvLines([form.names.map((name) => exportColumn(name).label)])
  yield encodeCsv((form.encoding === 'utf-8' ? UTF8_BOM : '') + header, form.encoding)
  const shops = await deps.db.shop.findMany({ where: { tenantId }, select: { id: true, name: true } })
  const names = new Map(shops.map(({ id, name }) => [id, name]))
  let cursor: string | undefined
  do {
    const next = { ...query, cursor, limit: PAGE, total: false, detail: true }
    const page = await deps.heavyReads.run(
      tenantId,
      async () => {
        const { rows, nextCursor } = await readOrderPage(deps, tenantId, next)
        const orders = await mapBreathing(rows, (row) => bytesOf(fullOrder(deps, tenantId, row)))
        return { bytes: Buffer.concat(orders), nextCursor }
      },
      { patient: true },
    )
    yield page.bytes
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)

  function bytesOf(order: FullOrder): Buffer {
    const facts = {
      order,
      shopName: names.get(order.shopId) ?? '',
      mall: deps.marketplaces.get(order.marketplace)?.label ?? '',
    }
    const items = (order.detail?.items ?? []).filter(({ deleted }) => !deleted)
    const lines: ExportLine[] = (form.per === 'order' ? [null] : items).map((item) => ({ ...facts, item }))
    const cells = lines.map((line) => form.names.map((name) => cellOf(line, name, form.encoding)))
    return encodeCsv(csvLines(cells), form.encoding)
  }
}

function cellOf(line: ExportLine, name: ExportColumnName, encoding: CsvEncoding): string {
  const value = exportColumn(name).of(line)
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = guardFormula(value)
  if (encoding !== 'cp932') return text
  const folded = foldForCp932(text)
  const missing = new Set(missingInCp932(folded))
  return missing.size === 0 ? folded : [...folded].map((sign) => (missing.has(sign) ? '〓' : sign)).join('')
}
