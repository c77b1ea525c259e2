import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { pageById } from '../http/paging.ts'
import { AskedTime, DryRun, Id, IdParams, isoOrNull, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import {
  FIELD_LABELS,
  FILE_STATES,
  OrderForm,
  PRESET_IDS,
  presetChanges,
  presetOf,
  REQUIRED,
  SINGLE,
} from '../marketplaces/order-files/form.ts'
import { encodeCsv, UTF8_BOM } from '../platform/csv.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { present } from '../platform/narrow.ts'
import { shippedLines } from './shipped-file.ts'
import {
  createFile,
  MOST_FILE_BYTES,
  MOST_PART_BYTES,
  MOST_PARTS,
  readFile,
  readFileShop,
  readForm,
  storePart,
  toFormRevision,
  type UploadDeps,
  writeForm,
} from './uploads.ts'

const MIB = 1_024 * 1_024
const Part = z
  .base64()
  .min(4)
  .max(Math.ceil(MOST_PART_BYTES / 3) * 4)

const FormAnswer = z
  .object({
    form: OrderForm.nullable().describe('Null: the orders of this shop do not come as files (列の対応)'),
    chosenPreset: z
      .enum(PRESET_IDS)
      .nullable()
      .describe('Preset that was chosen; null: a map of its own (選んだ既定の形式)'),
    presetChanges: z
      .array(z.string())
      .describe(
        'What that preset reads otherwise since it was chosen, Japanese: choose it again to take it over (既定の形式の変更)',
      ),
    presets: z
      .array(z.object({ id: z.enum(PRESET_IDS).describe('ID'), form: OrderForm }))
      .describe('Maps of well-known carts (既定の形式)'),
    fields: z
      .array(
        z.object({
          name: z.string().describe('Key in `columns` (項目名)'),
          label: z.string().describe('Japanese (表示名)'),
          required: z.boolean().describe('必須'),
          single: z.boolean().describe('One column alone, as two numbers do not join (1列だけ)'),
        }),
      )
      .describe('What a column may become (項目)'),
  })
  .meta({ id: 'OrderFormAnswer', description: 'Column map of a shop’s order files (注文ファイルの列の対応)' })

const Counts = z
  .object({
    rows: z.int().describe('Rows without the heading (行数)'),
    orders: z.int().describe('Order numbers in it (受注数)'),
    staged: z.int().describe('New, now in 自動受注取込 (新規)'),
    changed: z.int().describe('Here already, and different in the file (変更)'),
    unchanged: z.int().describe('Here already (取込済み)'),
    older: z
      .int()
      .default(0)
      .describe('Here from a newer file, and different in this one: left as they are (新しい内容があるもの)'),
    done: z
      .int()
      .describe('Shipped, cancelled or not ordered yet at the cart before they came here: left out (対象外)'),
    emptied: z.int().describe('Here, their personal data deleted: left as they are (個人情報削除済み)'),
    refused: z.int().describe('With a fault (誤り)'),
  })
  .describe('What became of the orders; with `dryRun` what would (結果の件数)')

const facts = {
  id: Id,
  fileName: z.string().describe('As it was called (ファイル名)'),
  dryRun: z.boolean().describe('Nothing is taken in (確認だけ)'),
  state: z
    .enum(['uploading', 'waiting', 'done', 'failed'])
    .describe('uploading 送信中, waiting 読み取り待ち, done 完了, failed 失敗 (状態)'),
  source: z.enum(['person', 'mail']).describe('person 画面・API, mail メールの添付 (契機)'),
  formLabel: z.string().describe('Map by which it is read (形式)'),
  formRevision: z
    .string()
    .describe('Of that map; send it with the file that you have looked at (列の対応の版)'),
  takesBack: z.boolean().describe('As it was sent (未発送に戻す)'),
  parts: z.int().describe('部分の数'),
  received: z.int().describe('Parts that have come (受信した部分の数)'),
  bytes: z.int().describe('バイト数'),
  counts: Counts.nullable().describe('Null until it is done'),
  message: z.string().nullable().describe('Why it failed as a whole, Japanese (失敗の理由)'),
  createdAt: Time.describe('受付日時'),
  finishedAt: Time.nullable().describe('完了日時'),
}

const FileAnswer = z.object(facts).meta({ id: 'OrderFile', description: 'A file of orders (注文ファイル)' })

const FileDetail = z
  .object({
    ...facts,
    columns: z
      .array(
        z.object({
          heading: z.string().describe('As in the file (見出し)'),
          field: z.string().nullable().describe('Null: it is not read (項目名)'),
          label: z.string().nullable().describe('Japanese (項目の表示名)'),
          example: z.string().describe('Of the first row; empty where it may name a person (例)'),
        }),
      )
      .describe('What each column becomes (列の対応)'),
    missing: z.array(z.string()).describe('Headings of the map that the file lacks (ファイルにない見出し)'),
    faults: z
      .array(
        z.object({
          line: z.int().describe('In the file, from 1 (行)'),
          column: z.string().describe('Japanese (項目)'),
          code: z.string().describe('For programs (コード)'),
          message: z.string().describe('What was expected, Japanese (内容)'),
        }),
      )
      .describe('By row, 500 at most (誤り)'),
    differences: z
      .array(
        z.object({
          orderNumber: z.string().describe('受注番号'),
          line: z.int().describe('First row of it (行)'),
          parts: z.array(z.string()).describe('Parts that differ (違う部分)'),
          values: z
            .array(
              z.object({
                part: z.string().describe('違う部分'),
                here: z.string().nullable().describe('As it stands here (取込済みの値)'),
                file: z.string().nullable().describe('As in the file (ファイルの値)'),
              }),
            )
            .default([])
            .describe('Values of each part; null where they may name a person (値)'),
          isOlder: z
            .boolean()
            .default(false)
            .describe('A newer file brought what stands here, and it stays (新しい内容がある)'),
          stateStays: z
            .boolean()
            .default(false)
            .describe(
              'Its state here is further than the file’s, and stays unless `takesBack` (状態はそのまま)',
            ),
        }),
      )
      .describe('Orders that changed, 200 at most (変更された受注)'),
    unknown: z
      .array(
        z.object({
          field: z.enum(['state', 'paymentStatus']).describe('項目名'),
          word: z.string().describe('As in the file (言葉)'),
          orders: z.int().describe('Orders that have it (受注数)'),
        }),
      )
      .describe(
        'Words that the map does not have, 50 at most: such an order counts as open in a file with `formRevision`, and is left out of any other (未設定の言葉)',
      ),
    leftOut: z
      .array(
        z.object({
          word: z.string().describe('As in the file; （新しいファイル）: as a newer file said before (言葉)'),
          state: z.enum(FILE_STATES).describe('Meaning by the map; not_placed 注文前 (意味)'),
          orders: z.int().describe('受注数'),
          numbers: z.array(z.string()).describe('The first 10 (受注番号)'),
        }),
      )
      .describe('Orders left out as `done`, by the word that says so, 50 at most (対象外の受注)'),
  })
  .meta({
    id: 'OrderFileDetail',
    description: 'A file of orders with its faults by row (注文ファイルの詳細)',
  })

const FileParams = z.object({ id: Id, fileId: Id })
const EXAMPLE = Buffer.from(
  '店舗伝票番号,受注日,商品名,商品価格,受注数量\r\n1001,2026/04/01,りんご,980,1\r\n',
)

/** /v1/shops/{id}/order-form and /order-files, relative to /v1. */
export const orderFileRoutes =
  (deps: UploadDeps): Routes =>
  (app) => {
    formRoutes(app, deps)
    fileRoutes(app, deps)
    shippedRoute(app, deps)
  }

async function formAnswer(
  deps: UploadDeps,
  tenantId: string,
  shopId: string,
): Promise<z.input<typeof FormAnswer>> {
  const { form = null, preset = null } = (await readFileShop(deps, tenantId, shopId)) ?? {}
  return {
    form,
    chosenPreset: preset,
    presetChanges: form === null || preset === null ? [] : presetChanges(form, presetOf(preset)),
    presets: PRESET_IDS.map((id) => ({ id, form: presetOf(id) })),
    fields: Object.entries(FIELD_LABELS).map(([name, label]) => ({
      name,
      label,
      required: REQUIRED.includes(name),
      single: SINGLE.has(name),
    })),
  }
}

function formRoutes(app: App, deps: UploadDeps): void {
  operation(app, {
    id: 'getOrderForm',
    at: 'GET /v1/shops/:id/order-form',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    summary: 'How a shop’s order files are read (注文ファイルの形式)',
    description: 'The map of this shop, those of well-known carts, and all fields that a column may become.',
    params: IdParams,
    answers: { 200: FormAnswer },
    run: (request) => formAnswer(deps, tenantOf(request), request.params.id),
  })

  operation(app, {
    id: 'setOrderForm',
    at: 'PUT /v1/shops/:id/order-form',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('owner', 'by path'),
    cost: 'light',
    audit: ['shop.updated'],
    summary: 'Take a shop’s orders from files (注文ファイルの形式の登録)',
    description:
      'For a shop (その他の店舗) without credentials: it has no server that could be asked, so there are no sweeps, and shipments leave as `GET /v1/shops/{id}/shipped-orders`. Null for both ends that.',
    params: IdParams,
    body: json(
      z
        .strictObject({
          preset: z
            .enum(PRESET_IDS)
            .nullable()
            .default(null)
            .describe('Map of a well-known cart (既定の形式)'),
          form: OrderForm.nullable().default(null).describe('A map of your own instead (列の対応)'),
        })
        .meta({ examples: [{ preset: 'ne_hanyo' }] }),
      '64 KiB',
    ),
    answers: { 200: FormAnswer },
    run: async (request) => {
      const { preset, form } = request.body
      const caller = callerOf(request)
      await writeForm(deps, caller, request.params.id, form ?? preset)
      return formAnswer(deps, caller.tenantId, request.params.id)
    },
  })
}

type FileRow = Awaited<ReturnType<typeof readFile>>['file']

const toAnswer = (file: Omit<FileRow, 'sealedDetails'>): z.input<typeof FileAnswer> => ({
  id: file.id,
  fileName: file.fileName,
  dryRun: file.dryRun,
  state: facts.state.parse(file.state),
  source: facts.source.parse(file.source),
  formLabel: OrderForm.safeParse(file.form).data?.label ?? '',
  formRevision: toFormRevision(file.form),
  takesBack: file.takesBack,
  parts: file.parts,
  received: file.received,
  bytes: file.bytes,
  counts: Counts.nullable().parse(file.counts),
  message: file.message,
  createdAt: file.createdAt.toISOString(),
  finishedAt: isoOrNull(file.finishedAt),
})

const toDetail = ({ file, details }: Awaited<ReturnType<typeof readFile>>): z.input<typeof FileDetail> => ({
  ...toAnswer(file),
  columns: details?.columns ?? [],
  missing: details?.missing ?? [],
  faults: details?.faults ?? [],
  differences: details?.differences ?? [],
  unknown: details?.unknown ?? [],
  leftOut: details?.leftOut ?? [],
})

function fileRoutes(app: App, deps: UploadDeps): void {
  operation(app, {
    id: 'createOrderFile',
    at: 'POST /v1/shops/:id/order-files',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('staff', 'by path'),
    cost: 'light',
    audit: ['order_file.received'],
    summary: 'Send a file of orders (注文ファイルの取込)',
    description: `CSV in UTF-8 or CP932, read by the shop’s map behind this answer: ask \`GET /v1/shops/{id}/order-files/{fileId}\` until its state is done. Up to ${MOST_PART_BYTES / MIB} MiB go with it; a longer one comes in \`parts\`, ${MOST_FILE_BYTES / MIB} MiB and 200,000 rows at most. Rows of one number are one order; one with a fault is left out alone. The same file again changes nothing.`,
    params: IdParams,
    body: json(
      z
        .strictObject({
          fileName: z.string().trim().min(1).max(200).describe('ファイル名'),
          parts: z.int().min(1).max(MOST_PARTS).default(1).describe('Pieces of it (部分の数)'),
          file: Part.optional().describe('The first piece, Base64; left out: it follows (ファイルの先頭)'),
          dryRun: DryRun,
          formRevision: z
            .string()
            .max(100)
            .optional()
            .describe(
              'Of the dry run; with another map now the file is refused. Without it, one that lacks the headings of state or recipient fails (列の対応の版)',
            ),
          takesBack: z
            .boolean()
            .optional()
            .describe(
              'Its states are right: an order that is shipped or cancelled here is open again, unless a shipment of ours ended well. Without `exportedAt` the file is of now (未発送に戻す)',
            ),
          exportedAt: Time.optional().describe(
            'When the cart wrote it; left out: the day and time in its name, else now. An older file replaces nothing that a newer one brought (出力日時)',
          ),
        })
        .meta({ examples: [{ fileName: 'orders.csv', file: EXAMPLE.toString('base64'), dryRun: true }] }),
      '3 MiB',
    ),
    repeat: { key: 'same answer' },
    answers: { 201: FileAnswer },
    run: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      const { file, exportedAt: at, formRevision: revision = null, ...named } = request.body
      const { dryRun = false, takesBack = false } = named
      const exportedAt = at === undefined ? null : new Date(at)
      const bytes = file === undefined ? undefined : Buffer.from(file, 'base64')
      const fileId = await createFile(deps, caller, id, {
        ...named,
        dryRun,
        takesBack,
        exportedAt,
        formRevision: revision,
        file: bytes,
      })
      reply.header('location', `/v1/shops/${id}/order-files/${fileId}`)
      return toAnswer((await readFile(deps, caller.tenantId, id, fileId)).file)
    },
  })

  operation(app, {
    id: 'putOrderFilePart',
    at: 'PUT /v1/shops/:id/order-files/:fileId/parts/:number',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('staff', 'by path'),
    cost: 'light',
    audit: [],
    summary: 'Send a piece of a file (注文ファイルの部分の送信)',
    description:
      'Cut anywhere, in any order; a piece that is there already changes nothing. The file is read when all have come. What is not whole after a day is deleted.',
    params: FileParams.extend({
      number: z.coerce.number().int().min(1).max(MOST_PARTS).describe('From 1 (番号)'),
    }),
    body: json(
      z
        .strictObject({ part: Part.describe('Base64 (部分)') })
        .meta({ examples: [{ part: EXAMPLE.toString('base64') }] }),
      '3 MiB',
    ),
    answers: { 200: FileAnswer },
    run: async (request) => {
      const caller = callerOf(request)
      const { id, fileId, number } = request.params
      const bytes = Buffer.from(request.body.part, 'base64')
      await storePart(deps, caller, { shopId: id, fileId, number }, bytes)
      return toAnswer((await readFile(deps, caller.tenantId, id, fileId)).file)
    },
  })

  operation(app, {
    id: 'listOrderFiles',
    at: 'GET /v1/shops/:id/order-files',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    summary: 'Files of orders and what became of them (注文ファイルの一覧)',
    description:
      'Newest first: completeness counts by file, as there is no list to compare with. Kept for 30 days.',
    params: IdParams,
    query: z.strictObject(pageQuery(100, 20)),
    answers: { 200: z.object({ files: z.array(FileAnswer), nextCursor: NextCursor }) },
    run: async (request) => {
      const where = { shopId: request.params.id, tenantId: tenantOf(request) }
      await readForm(deps, where.tenantId, where.shopId)
      const { rows, nextCursor } = await pageById('desc', request.query, ({ id, orderBy, take }) =>
        deps.db.orderFile.findMany({
          where: { ...where, id },
          omit: { sealedDetails: true, leftOut: true },
          orderBy,
          take,
        }),
      )
      return { files: rows.map(toAnswer), nextCursor }
    },
  })

  operation(app, {
    id: 'getOrderFile',
    at: 'GET /v1/shops/:id/order-files/:fileId',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    summary: 'One file with its columns, faults and changes (注文ファイル)',
    description: 'A fault names line, column and what was expected.',
    params: FileParams,
    answers: { 200: FileDetail },
    run: async (request) => {
      const { id, fileId } = request.params
      return toDetail(await readFile(deps, tenantOf(request), id, fileId))
    },
  })
}

/** A season's orders; a longer time is asked for in parts. */
const MOST_SHIPPED = 20_000
const USUAL_MS = 7 * 24 * 60 * 60_000

function shippedRoute(app: App, deps: UploadDeps): void {
  operation(app, {
    id: 'exportShippedOrders',
    at: 'GET /v1/shops/:id/shipped-orders',
    since: '1.2.0',
    tag: 'imports',
    who: tenant('staff', 'by path'),
    cost: 'heavy',
    summary: 'Tracking numbers as the cart reads them (追跡番号CSV)',
    description: `Orders whose 発送完了 ended in the time, a line for each parcel, in the columns of the shop’s map; ${MOST_SHIPPED.toLocaleString('en')} orders at most.`,
    params: IdParams,
    query: z.strictObject({
      from: AskedTime.optional().describe('Inclusive; left out: seven days ago (開始日時)'),
      to: AskedTime.optional().describe('Exclusive; left out: now (終了日時)'),
    }),
    produces: ['text/csv'],
    run: async (request, reply) => {
      const now = deps.clock.now()
      const { from, to } = request.query
      const time = {
        from: from === undefined ? new Date(now - USUAL_MS) : new Date(from),
        to: to === undefined ? new Date(now) : new Date(to),
        limit: MOST_SHIPPED,
      }
      const { form, text } = await shippedLines(deps, tenantOf(request), request.params.id, time)
      const { encoding } = present(form).shipped
      return reply
        .type(`text/csv; charset=${encoding === 'cp932' ? 'Shift_JIS' : 'utf-8'}`)
        .header('content-disposition', `attachment; filename="shipped-${japaneseDay(now)}.csv"`)
        .header('cache-control', 'no-store')
        .send(encodeCsv(encoding === 'utf-8' ? UTF8_BOM + text : text, encoding))
    },
  })
}
