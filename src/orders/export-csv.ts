import { Readable } from 'node:stream'
import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import { answered, clientGone } from '../http/answers.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { operation } from '../http/operation.ts'
import { invalid } from '../http/validation.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { ownItemCode } from '../marketplaces/kit/item-code.ts'
import { mallOfShop } from '../marketplaces/of-shop.ts'
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
import { someKeysOf } from '../platform/narrow.ts'
import { audit } from '../shops/tenants/audit.ts'
import {
  detail,
  type ExportColumn,
  type ExportLine,
  joined,
  localTime,
  person,
  recipient,
} from './export-line.ts'
import { type ExportPreset, PRESET_FORMS, PRESETS } from './export-presets.ts'
import { type FullOrder, fullOrder, type OpenDeps } from './order-json.ts'
import { readOrderPage } from './read.ts'
import { latestFilters, newerFilters, OrderQuery } from './schemas.ts'
import { checkUpdatedSince } from './search.ts'

/** Columns of a CSV of orders, in the file's order. Numbers stay numbers; all else may be text of buyers. */

const time = (label: string, of: (line: ExportLine) => string | null): ExportColumn => ({
  label,
  of: (line) => localTime(of(line)),
})

const EXPORT_COLUMNS = {
  orderNumber: { label: '受注番号', of: ({ order }) => order.orderNumber },
  mall: { label: 'モール', of: ({ mall }) => mall },
  shop: { label: '店舗', of: ({ shopName }) => shopName },
  status: { label: 'ステータス', of: ({ order }) => order.labels.status },
  mallStatus: {
    label: 'モールステータス',
    // A cancellation is known before its order is read again.
    of: (line) =>
      line.order.mallState === 'cancelled' && detail(line)?.mallState !== 'cancelled'
        ? line.order.labels.mallState
        : (detail(line)?.mallStatus.name ?? line.order.mallStatus),
  },
  changeState: {
    label: 'ステータス変更状態',
    // A cell that says nothing for most orders is read faster than one that says 変更なし.
    of: ({ order }) => (order.changeState === 'none' ? '' : order.labels.changeState),
  },
  orderedAt: time('注文日時', ({ order }) => order.orderedAt),
  stagedAt: time('取込日時', ({ order }) => order.stagedAt),
  pulledAt: time('受注取込日時', ({ order }) => order.pulledAt),
  buyerName: { label: '注文者名', of: (line) => person(detail(line)?.buyer).name },
  buyerPostalCode: { label: '注文者郵便番号', of: (line) => detail(line)?.buyer.postalCode ?? '' },
  buyerAddress: { label: '注文者住所', of: (line) => person(detail(line)?.buyer).address },
  buyerPhone: { label: '注文者電話番号', of: (line) => detail(line)?.buyer.phone ?? '' },
  buyerEmail: { label: '注文者メールアドレス', of: (line) => detail(line)?.buyer.email ?? '' },
  recipientName: { label: '送付先名', of: (line) => person(recipient(line)?.person).name },
  recipientPostalCode: { label: '送付先郵便番号', of: (line) => recipient(line)?.person.postalCode ?? '' },
  recipientAddress: { label: '送付先住所', of: (line) => person(recipient(line)?.person).address },
  recipientPhone: { label: '送付先電話番号', of: (line) => recipient(line)?.person.phone ?? '' },
  recipients: { label: '送付先数', of: (line) => detail(line)?.recipients.length ?? null },
  wishDate: { label: 'お届け希望日', of: (line) => recipient(line)?.wish.date ?? '' },
  wishTime: { label: '希望時間帯', of: (line) => recipient(line)?.wish.timeText ?? '' },
  shipBy: { label: '発送期限', of: (line) => detail(line)?.delivery.shipBy ?? '' },
  deliveryMethod: { label: '配送方法', of: (line) => detail(line)?.delivery.methodName ?? '' },
  trackingNumbers: {
    label: '送り状番号',
    of: (line) =>
      joined(
        // A line of an item or of a recipient has the numbers of that recipient alone.
        (line.item === null && line.to === null
          ? (detail(line)?.recipients ?? [])
          : [recipient(line)]
        ).flatMap((one) => (one?.parcels ?? []).map(({ trackingNumber }) => trackingNumber)),
      ),
  },
  payment: { label: '支払方法', of: (line) => detail(line)?.payment.name ?? line.order.labels.paymentKind },
  billedAmount: { label: '請求金額', of: ({ order }) => order.billedAmount },
  totalAmount: { label: '合計金額', of: ({ order }) => order.totalAmount },
  shippingFee: { label: '送料', of: (line) => detail(line)?.charges.shipping ?? null },
  codFee: { label: '代引手数料', of: (line) => detail(line)?.charges.cod ?? null },
  pointsUsed: { label: '利用ポイント', of: (line) => detail(line)?.points.used ?? null },
  itemQuantity: { label: '商品点数', of: ({ order }) => order.itemQuantity },
  items: {
    label: '商品',
    of: (line) =>
      joined(
        detail(line)
          ?.items.filter(({ recipientId }) => line.to === null || recipientId === line.to.id)
          .map(({ name, quantity }) => `${name} ×${quantity}`) ?? [],
      ),
  },
  itemCode: { label: '商品番号', of: ({ item }) => item?.itemCode ?? item?.mallItemId ?? '', perItem: true },
  sku: { label: 'SKU', of: ({ item }) => (item ? ownItemCode(item) : ''), perItem: true },
  jan: { label: 'JANコード', of: ({ item }) => item?.jan ?? '', perItem: true },
  itemName: { label: '商品名', of: ({ item }) => item?.name ?? '', perItem: true },
  itemOptions: {
    label: '項目・選択肢',
    of: ({ item }) => joined(item?.options.map(({ name, value }) => `${name}:${value}`) ?? []),
    perItem: true,
  },
  unitPrice: { label: '単価', of: ({ item }) => item?.unitPrice ?? null, perItem: true },
  quantity: { label: '数量', of: ({ item }) => item?.quantity ?? null, perItem: true },
  subtotal: { label: '小計', of: ({ item }) => item?.subtotal ?? null, perItem: true },
  taxRate: { label: '税率', of: ({ item }) => item?.taxRate ?? null, perItem: true },
  gift: { label: 'ギフト', of: (line) => (detail(line)?.gift.requested ? 'あり' : '') },
  flags: {
    label: 'マーク',
    of: ({ order, markLabels }) =>
      joined([...order.labels.flags, ...order.marks.map((code) => markLabels.get(code) ?? code)]),
  },
  holds: {
    label: '出荷保留',
    of: (line) =>
      joined([...line.order.labels.holds, ...(detail(line)?.holds ?? []).map(({ note }) => note)]),
  },
  buyerNote: { label: '備考', of: (line) => detail(line)?.notes.buyer ?? '' },
  shopNote: { label: '店舗メモ', of: (line) => detail(line)?.notes.shop ?? '' },
  onHoldDate: { label: '保留の期日', of: ({ order }) => order.onHoldDate ?? '' },
  onHoldReason: { label: '保留の理由', of: ({ order }) => order.onHoldReason ?? '' },
} as const satisfies Record<string, ExportColumn>

type ExportColumnName = keyof typeof EXPORT_COLUMNS
const EXPORT_COLUMN_NAMES = someKeysOf(EXPORT_COLUMNS)

const exportColumn = (name: ExportColumnName): ExportColumn => EXPORT_COLUMNS[name]

export interface ExportDeps extends OpenDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  heavyReads: HeavyReads
  marketplaces: Marketplaces
  /** By code, the tenant's own among them. */
  readMarkLabels(tenantId: string): Promise<ReadonlyMap<string, string>>
}

/** As far as a list counts; a file of more is no list that anybody reads. */
const MOST_EXPORTED = 10_000
/** Some 20 ms of the database and as much of this process, between which other requests have their turns. */
const PAGE = 200

const LEFT_OUT = { cursor: true, limit: true, total: true, detail: true, fields: true } as const
type Newer = Record<keyof typeof newerFilters | keyof typeof latestFilters, true>
const NEWER: Newer = {
  cancelledAtMall: true,
  note: true,
  onHoldTo: true,
  dueOn: true,
  toShip: true,
  shipBy: true,
}

const TARGETS = ['sheet', 'excel', 'program'] as const
type Target = (typeof TARGETS)[number]

const ExportQuery = OrderQuery.omit({ ...LEFT_OUT, ...NEWER }).extend({
  per: z
    .enum(['order', 'item', 'recipient'])
    .default('order')
    .describe('A line for each order, for each of its items or for each recipient (行の単位)'),
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
  ...newerFilters,
  target: z
    .enum(TARGETS)
    .default('sheet')
    .describe(
      'sheet: what would be a formula begins with an apostrophe; excel: as sheet, and long numbers and those with a zero in front stand as `="012"`, ' +
        'which Excel keeps; program: each value as it is (読み込む先)',
    ),
  preset: z
    .enum(PRESETS)
    .optional()
    .describe(
      'next_engine: the columns of ネクストエンジン 汎用, without cancelled orders, which it cannot tell apart (キャンセルを除く); goq: those of GoQSystem; a line for each item and each value as it is, in place of per, columns and target (列の組み合わせ)',
    ),
  ...latestFilters,
})

/** GET /v1/orders/export: the orders of a view as a file for spreadsheets. */
export const exportRoutes =
  (deps: ExportDeps): Routes =>
  (app: App) => {
    operation(app, {
      id: 'exportOrders',
      at: 'GET /v1/orders/export',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('staff', 'refused'),
      cost: 'pieces',
      audit: ['orders.exported'],
      summary: 'Orders as CSV (受注のCSV出力)',
      description:
        `The orders that \`GET /v1/orders\` lists with the same conditions, ${MOST_EXPORTED.toLocaleString('en')} at most, newest ` +
        'first. What a spreadsheet would take for a formula begins with an apostrophe. Each export is in the audit trail.',
      query: ExportQuery,
      run: async (request, reply) => {
        const { encoding, columns, preset, ...asked } = request.query
        const { per, target, ...conditions } =
          preset === undefined ? asked : { ...asked, per: 'item' as const, target: 'program' as const }
        const wanted: ExportPreset =
          preset === undefined ? { columns: columnsOf(columns, per).map(exportColumn) } : PRESET_FORMS[preset]
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
        return reply.send(Readable.from(chunks(deps, tenantId, query, { ...wanted, per, encoding, target })))
      },
    })
  }

type Per = 'order' | 'item' | 'recipient'

function columnsOf(list: string | undefined, per: Per): ExportColumnName[] {
  if (list === undefined) {
    return EXPORT_COLUMN_NAMES.filter((name) => per === 'item' || !exportColumn(name).perItem)
  }
  const names = list.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !isColumn(name))
  if (wrong !== undefined) {
    const message = `列「${wrong}」はありません。列の名前を確認してください。`
    throw invalid([{ field: 'columns', message, code: 'unknown_field' }])
  }
  return names.filter(isColumn)
}

const isColumn = (name: string): name is ExportColumnName => Object.hasOwn(EXPORT_COLUMNS, name)

function tooMany() {
  const message = `${MOST_EXPORTED.toLocaleString('ja-JP')} 件を超えます。期間や店舗で絞り込んでください。`
  return invalid([{ field: 'from', message, code: 'too_big' }])
}

interface FileForm extends ExportPreset {
  per: Per
  encoding: CsvEncoding
  target: Target
}

/** A page at a time, so that neither the rows nor the file are ever whole in memory. */
async function* chunks(
  deps: ExportDeps,
  tenantId: string,
  query: z.infer<typeof OrderQuery>,
  form: FileForm,
): AsyncGenerator<Buffer> {
  const header = csvLines([form.columns.map(({ label }) => label)])
  yield encodeCsv((form.encoding === 'utf-8' ? UTF8_BOM : '') + header, form.encoding)
  const shops = await deps.db.shop.findMany({
    where: { tenantId },
    select: { id: true, name: true, marketplace: true, capabilities: true },
  })
  const known = new Map(
    shops.map((shop) => [
      shop.id,
      { name: shop.name, mall: mallOfShop(deps.marketplaces, shop)?.label ?? '' },
    ]),
  )
  const markLabels = await deps.readMarkLabels(tenantId)
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
      { patient: true, rests: true },
    )
    yield page.bytes
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)

  function bytesOf(order: FullOrder): Buffer {
    if (form.leavesOut?.(order)) return Buffer.alloc(0)
    const facts = {
      order,
      shopName: known.get(order.shopId)?.name ?? '',
      mall: known.get(order.shopId)?.mall ?? '',
      markLabels,
    }
    const items = (order.detail?.items ?? []).filter(({ deleted }) => !deleted)
    const one: ExportLine = { ...facts, item: null, to: null }
    const lines: Record<Per, () => ExportLine[]> = {
      order: () => [one],
      item: () => items.map((item) => ({ ...one, item })),
      // An order without its content has no recipients, and still its line.
      recipient: () => (order.detail?.recipients ?? [null]).map((to) => ({ ...one, to })),
    }
    const cells = lines[form.per]().map((line) => form.columns.map((column) => cellOf(line, column, form)))
    return encodeCsv(csvLines(cells), form.encoding)
  }
}

/** Numbers that Excel spoils: it drops zeros in front, and shows what is longer than 11 as 1.2E+11. */
const SPOILT_BY_EXCEL = /^(?:0\d+|\d{12,})$/

function cellOf(line: ExportLine, column: ExportColumn, { encoding, target }: FileForm): string {
  const value = column.of(line)
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  if (target === 'excel' && SPOILT_BY_EXCEL.test(value)) return `="${value}"`
  const text = target === 'program' ? value : guardFormula(value)
  if (encoding !== 'cp932') return text
  const folded = foldForCp932(text)
  const missing = new Set(missingInCp932(folded))
  return missing.size === 0 ? folded : [...folded].map((sign) => (missing.has(sign) ? '〓' : sign)).join('')
}
