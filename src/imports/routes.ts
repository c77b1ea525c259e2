import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { IdParams, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { ReimportAccepted, ReimportAnswer, ReimportOrders } from '../orders/schemas.ts'
import { ordersCompared } from '../orders/seen.ts'
import type { Clock } from '../platform/clock.ts'
import { isStorableTime, STORABLE_TIME } from '../platform/storable.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { dismissRequest, type ImportDeps, importOrders, retryFailed, retryRequest } from './import-orders.ts'
import { type ReimportDeps, readReimport, reimportOrders } from './reimport.ts'
import { readRequestPage, readScan } from './requests/read.ts'
import {
  ImportAccepted,
  ImportOrder,
  ImportRequestAnswer,
  ImportRequestList,
  ImportRequestQuery,
  ImportScanAnswer,
  Retried,
  RetryFailed,
} from './schemas.ts'
import { COUNT_BY_TRIGGER, FIND_SHOP } from './statements.ts'

const AN_ID = '0199c0de-0000-7000-8000-000000000001'

/** 注文取込 and what becomes of it. Paths are relative to /v1, behind a tenant's key. */
export const createImportRoutes =
  (deps: ImportDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'importOrders',
      at: 'POST /v1/orders/import',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by shop'),
      cost: 'light',
      audit: [],
      tools: ['import_now'],
      summary: 'Import orders by number or period (注文取込)',
      description:
        'Begins the import and answers at once. Orders that are here already are left as they are. A period is listed at ' +
        'the mall in the background.',
      body: json(
        ImportOrder.meta({
          examples: [
            {
              shopId: AN_ID,
              orderNumbers: ['123456-20260115-0000000001'],
            },
            {
              shopId: AN_ID,
              from: '2026-01-01T00:00:00+09:00',
              to: '2026-01-08T00:00:00+09:00',
            },
          ],
        }),
        '1 MiB',
      ),
      repeat: { key: 'same answer' },
      answers: { 202: ImportAccepted },
      run: async (request) => importOrders(deps, callerOf(request), request.body),
    })

    operation(app, {
      id: 'listImportRequests',
      at: 'GET /v1/import-requests',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      revision: 'of the answer',
      summary: 'What is being fetched, what failed and why (取込要求の一覧)',
      description:
        'Newest first, with what each waits for, why it failed and what to do. `orderNumber` finds those of one order.',
      query: ImportRequestQuery,
      answers: { 200: ImportRequestList },
      run: (request) => readRequestPage(deps, tenantOf(request), request.query, shopsOf(request)),
    })

    operation(app, {
      id: 'retryImportRequest',
      at: 'POST /v1/import-requests/:id/retry',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by path'),
      cost: 'light',
      audit: [],
      tools: ['retry'],
      summary: 'Ask the mall again at once (取込の再実行)',
      description: 'For a request that failed or waits.',
      params: IdParams,
      repeat: { key: 'same answer' },
      answers: { 200: ImportRequestAnswer },
      run: (request) => retryRequest(deps, tenantOf(request), request.params.id),
    })

    operation(app, {
      id: 'dismissImportRequest',
      at: 'POST /v1/import-requests/:id/dismiss',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by path'),
      cost: 'light',
      audit: [],
      summary: 'Give up an order that is not wanted here (取込対象外にする)',
      description:
        'It is not asked for any more, and its day is complete without it. Importing the number again takes it back.',
      params: IdParams,
      repeat: { key: 'same answer' },
      answers: { 200: ImportRequestAnswer },
      run: (request) => dismissRequest(deps, tenantOf(request), request.params.id),
    })

    operation(app, {
      id: 'retryFailedImports',
      at: 'POST /v1/import-requests/retry',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by shop'),
      cost: 'light',
      audit: [],
      summary: 'Ask again for all that was given up, or all of one cause (失敗した取込の一括再実行)',
      description: 'Those that failed, or those that failed for one reason.',
      body: json(RetryFailed.meta({ examples: [{ cause: 'NOT_FOUND' }, {}] }), '1 MiB'),
      repeat: { key: 'same answer' },
      answers: { 200: Retried },
      run: (request) => retryFailed(deps, tenantOf(request), request.body),
    })

    operation(app, {
      id: 'getImportScan',
      at: 'GET /v1/import-scans/:id',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      summary: 'How far the import of a period has come (期間指定の取込の状況)',
      description: 'How much of the mall’s list has been read, and how many orders are being imported.',
      params: IdParams,
      answers: { 200: ImportScanAnswer },
      run: (request) => readScan(deps.pool, tenantOf(request), request.params.id),
    })
  }

/** 注文再取込 and what it found. */
export const createReimportRoutes =
  (deps: ReimportDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'reimportOrders',
      at: 'POST /v1/orders/reimport',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('staff', 'by orders'),
      cost: 'light',
      audit: [],
      summary: 'Read known orders again (注文再取込)',
      description:
        'Begins it and answers at once. What is different, field by field, stands in GET /v1/reimports/{id} when the mall has answered.',
      body: json(ReimportOrders.meta({ examples: [{ orderIds: [AN_ID], apply: 'none' }] }), '1 MiB'),
      repeat: { key: 'same answer' },
      answers: { 202: ReimportAccepted },
      run: async (request) => reimportOrders(deps, callerOf(request), request.body),
    })

    operation(app, {
      id: 'getReimport',
      at: 'GET /v1/reimports/:id',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      audit: ['orders.listed'],
      seen: ordersCompared,
      summary: 'What a re-import found and took over (再取込の結果)',
      description: 'Field by field: the mall’s value, the value here, and whether it was taken over.',
      params: IdParams,
      answers: { 200: ReimportAnswer },
      run: (request) => readReimport(deps, tenantOf(request), request.params.id),
    })
  }

// Counts orders and their delay by trigger: what each trigger is worth, and what its loss would cost.

const DAY_MS = 24 * 60 * 60_000
const MOST_DAYS = 92

const At = z.iso.datetime({ offset: true }).refine(isStorableTime, STORABLE_TIME)

const Late = z.number().nullable().describe('Seconds; null where there were none (秒)')

const Answer = z
  .object({
    from: Time.describe('開始'),
    to: Time.describe('終了'),
    triggers: z
      .array(
        z.object({
          trigger: z
            .string()
            .describe(
              'mail メール, notification モールの通知, sweep 突合, person 手動, window 購入者キャンセル可能時間の終了 (契機)',
            ),
          orders: z.int().describe('Orders that it brought first (受注件数)'),
          fromOrder: z
            .object({ median: Late, p95: Late, worst: Late })
            .describe('From the order being placed to its being here (注文から取込まで)'),
          fromTrigger: z
            .object({ median: Late, p95: Late, worst: Late })
            .describe('From the trigger to the order being here (契機から取込まで)'),
        }),
      )
      .describe('Most orders first (契機別)'),
  })
  .describe('Which trigger brought the orders, and how late (契機別の取込実績)')

interface Row {
  trigger: string
  orders: number
  order: number[]
  asked: number[]
}

/** GET /v1/shops/{id}/triggers */
export const triggerRoutes =
  (tools: { pool: Pool; clock: Clock }): Routes =>
  (app) => {
    operation(app, {
      id: 'getTriggers',
      at: 'GET /v1/shops/:id/triggers',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      summary: 'Which trigger brought the orders, and how late (契機別の取込実績)',
      description:
        'Of the orders that were staged between `from` and `to` (the last seven days when left out; 92 days at most). An order ' +
        'counts for the trigger that asked for it first; triggers that came later only confirmed it.',
      params: IdParams,
      query: z.strictObject({
        from: At.optional().describe('Staged from (開始)'),
        to: At.optional().describe('Staged before (終了)'),
      }),
      answers: { 200: Answer },
      run: async (request) => {
        const to = request.query.to === undefined ? tools.clock.now() : Date.parse(request.query.to)
        const from = request.query.from === undefined ? to - 7 * DAY_MS : Date.parse(request.query.from)
        if (from >= to || to - from > MOST_DAYS * DAY_MS) throw invalid([badPeriod])
        const shop = { shop: request.params.id, tenant: tenantOf(request) }
        const { rows: shops } = await tools.pool.query(FIND_SHOP(shop))
        if (shops.length === 0) throw shopNotFound()
        const { rows } = await tools.pool.query<Row>(
          COUNT_BY_TRIGGER({ ...shop, from: new Date(from), to: new Date(to) }),
        )
        return {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          triggers: rows.map(answerOf),
        }
      },
    })
  }

const badPeriod = {
  field: 'from',
  message: `from は to より前で、期間は${MOST_DAYS}日以内にしてください。`,
  code: 'invalid_period',
}

const answerOf = ({ trigger, orders, order, asked }: Row) => ({
  trigger,
  orders,
  fromOrder: quantiles(order),
  fromTrigger: quantiles(asked),
})

const quantiles = ([median = null, p95 = null, worst = null]: (number | null)[]) => ({
  median: rounded(median),
  p95: rounded(p95),
  worst: rounded(worst),
})

const rounded = (seconds: number | null) => seconds && Math.round(seconds * 1000) / 1000
