import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { ifMatchHeader, versionOf } from '../http/if-match.ts'
import { json, operation } from '../http/operation.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { DryRun, Id, IdParams, NextCursor, pageQuery, Time, WasDryRun } from '../http/schemas.ts'
import type { OpenDeps } from '../orders/order-json.ts'
import { TEMPERATURES } from './item-file.ts'
import { exportItems, type ItemDeps, type ItemRow, importItems, listItems, MOST_ITEMS } from './items.ts'
import { matchOrders } from './match-orders.ts'
import { type PaperDeps, PapersAnswer, PapersChange, readPapers, writePapers } from './papers.ts'

export interface PackingDeps extends ItemDeps, PaperDeps, OpenDeps {
  pool: Pool
}

const facts = {
  code: z.string().describe('As in the file (商品コード)'),
  shelf: z.string().describe('Empty: none (棚番)'),
  goodsName: z.string().describe('On a label; empty: by the settings of the labels (品名)'),
  temperature: z
    .enum(TEMPERATURES)
    .describe('normal 常温, cool 冷蔵, frozen 冷凍; empty: by the order (温度帯)'),
  jan: z.string().describe('JAN, UPC or GTIN; empty: none (JAN)'),
}

const ItemAnswer = z
  .object({ ...facts, updatedAt: Time.describe('更新日時') })
  .meta({ id: 'ListedItem', description: 'An item of the tenant’s own list (商品リストの1件)' })

const MOST_FILE_BYTES = 2 * 1_024 * 1_024

const ItemFileRequest = z
  .strictObject({
    file: z
      .base64()
      .min(4)
      .max(Math.ceil(MOST_FILE_BYTES / 3) * 4)
      .describe(
        `CSV in Base64, CP932 or UTF-8, with a header: 商品コード, and any of 棚番, 品名, 温度帯, JAN; ${MOST_ITEMS.toLocaleString('en')} lines at most (ファイル)`,
      ),
    replace: z
      .boolean()
      .default(false)
      .describe('The file is the whole list: items that it lacks are removed (全件を入れ替える)'),
    dryRun: DryRun,
  })
  .describe('A file of the item list (商品リストの取込)')
  .meta({
    examples: [
      { file: Buffer.from('商品コード,棚番\r\nsample-tee-wt,A-01-02\r\n').toString('base64'), dryRun: true },
    ],
  })

const MOST_ORDERS = 500

const MatchRequest = z
  .strictObject({ orderIds: z.array(Id).min(1).max(MOST_ORDERS).describe('受注ID') })
  .describe('Orders whose items are wanted (商品リストを引く受注)')
  .meta({ examples: [{ orderIds: ['0199c0de-0000-7000-8000-000000000003'] }] })

/** /v1/items and /v1/shops/{id}/papers, relative to /v1. */
export const packingRoutes =
  (deps: PackingDeps): Routes =>
  (app) => {
    itemRoutes(app, deps)
    paperRoutes(app, deps)
  }

function itemRoutes(app: App, deps: PackingDeps): void {
  operation(app, {
    id: 'listItems',
    at: 'GET /v1/items',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    summary: 'The tenant’s own item list (商品リスト)',
    description: 'In the order of their codes.',
    query: z.strictObject({
      ...pageQuery(500, 100),
      part: z.string().max(100).default('').describe('Part of a code or of a shelf (商品コード・棚番の一部)'),
    }),
    answers: { 200: z.object({ items: z.array(ItemAnswer), nextCursor: NextCursor }) },
    run: async (request) => {
      const { cursor, limit, part } = request.query
      const [after] = cursor === undefined ? [''] : decodeCursor(cursor, z.tuple([z.string().max(400)]))
      const found = await listItems(deps.pool, tenantOf(request), { after, part, limit: limit + 1 })
      const { rows, nextCursor } = pageOf(found, limit, ({ key }) => [key])
      return { items: rows.map(toAnswer), nextCursor }
    },
  })

  operation(app, {
    id: 'exportItems',
    at: 'GET /v1/items/export',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('read_only', 'refused'),
    cost: 'heavy',
    summary: 'The item list as CSV (商品リストのCSV出力)',
    description:
      'UTF-8 with a byte order mark; `POST /v1/items/import` reads it. Codes of digits are written as texts, so that a spreadsheet keeps their zeros.',
    produces: ['text/csv'],
    run: async (request, reply) => {
      const file = await exportItems(deps.pool, tenantOf(request))
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="items.csv"')
        .send(file)
    },
  })

  operation(app, {
    id: 'importItems',
    at: 'POST /v1/items/import',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'heavy',
    audit: ['items.imported'],
    repeat: 'safe',
    summary: 'Read the item list from a CSV (商品リストの取込)',
    description:
      'All rows or none: the faults are told by row. A column that the file lacks stays as it is, an empty cell empties it.',
    body: json(ItemFileRequest, '3 MiB'),
    answers: {
      200: z
        .object({
          rows: z.int().describe('Lines of the file (行数)'),
          created: z.int().describe('追加'),
          updated: z.int().describe('変更'),
          unchanged: z.int().describe('変更なし'),
          removed: z.int().describe('With `replace` (削除)'),
          dryRun: WasDryRun,
        })
        .meta({ id: 'ItemImport', description: 'What a file did to the item list (商品リストの取込結果)' }),
    },
    run: async (request) => {
      const { file, replace, dryRun = false } = request.body
      const made = await importItems(deps, callerOf(request), Buffer.from(file, 'base64'), {
        replace,
        dryRun,
      })
      return dryRun ? { ...made, dryRun } : made
    },
  })

  operation(app, {
    id: 'matchItems',
    at: 'POST /v1/items/match',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('read_only', 'refused'),
    cost: 'heavy',
    audit: [],
    repeat: 'safe',
    summary: 'Items of the list for the lines of orders (受注の商品と商品リストの照合)',
    description:
      'A line is found by the shop’s own code with its variant, then by each code alone. Lines that the list does not have are left out; nothing of a person is in the answer.',
    body: json(MatchRequest, '64 KiB'),
    answers: {
      200: z.object({
        lines: z
          .array(z.object({ orderId: Id, lineId: z.string().describe('明細ID'), ...facts }))
          .describe('Lines that the list has (一致した明細)'),
      }),
    },
    run: async (request) => ({ lines: await matchOrders(deps, tenantOf(request), request.body.orderIds) }),
  })
}

const toAnswer = ({ key: _, updatedAt, ...item }: ItemRow) => ({
  ...item,
  updatedAt: updatedAt.toISOString(),
})

function paperRoutes(app: App, deps: PackingDeps): void {
  operation(app, {
    id: 'getPapers',
    at: 'GET /v1/shops/:id/papers',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    revision: 'of the answer',
    summary: 'A shop’s words and logo on papers (納品書・出荷指示書の設定)',
    description: 'Printed by the board on 納品書 and 出荷指示書.',
    params: IdParams,
    answers: { 200: PapersAnswer },
    run: async (request, reply) => {
      const papers = await readPapers(deps, tenantOf(request), request.params.id)
      reply.header('etag', `"${papers.version}"`)
      return papers
    },
  })

  operation(app, {
    id: 'setPapers',
    at: 'PUT /v1/shops/:id/papers',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('owner', 'by path'),
    cost: 'light',
    audit: ['shop.papers_updated'],
    summary: 'Set a shop’s words and logo on papers (納品書・出荷指示書の設定の変更)',
    description:
      'All of it at once. A picture is judged by its bytes; SVG, which may hold a program, is none. `alsoShops` writes the same ' +
      'for other shops, all or none; `If-Match` is for the shop of the address.',
    params: IdParams,
    headers: ifMatchHeader('papers', '納品書の設定の版'),
    body: json(
      PapersChange.meta({
        examples: [
          { headText: 'お買い上げありがとうございます。', footText: '返品は到着後7日以内', logo: null },
        ],
      }),
      '320 KiB',
    ),
    answers: { 200: PapersAnswer },
    run: async (request, reply) => {
      const seen = versionOf(request.headers['if-match'], '納品書の設定')
      const where = { shopId: request.params.id, seen, reach: shopsOf(request) }
      const papers = await writePapers(deps, callerOf(request), where, request.body)
      reply.header('etag', `"${papers.version}"`)
      return papers
    },
  })
}
