import { IfNoneMatch } from '../http/answers.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { IdParams } from '../http/schemas.ts'
import { ReimportAccepted, ReimportAnswer, ReimportOrders } from '../orders/schemas.ts'
import { AppError } from '../platform/errors.ts'
import { type ImportDeps, importOrders } from './import-orders.ts'
import { type ReimportDeps, readReimport, reimportOrders } from './reimport.ts'
import { readRequest, readRequestPage, readScan } from './requests/read.ts'
import { DISMISSED } from './requests/result-codes.ts'
import { retryFailed, retryRequest } from './requests/retry.ts'
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

const tags = ['imports']
const AN_ID = '0199c0de-0000-7000-8000-000000000001'

/** 注文取込 and what becomes of it. Paths are relative to /v1, behind a tenant's key. */
export const createImportRoutes =
  (deps: ImportDeps): Routes =>
  (app) => {
    app.post(
      '/orders/import',
      {
        schema: {
          tags,
          operationId: 'importOrders',
          summary: 'Import orders by number or period (注文取込)',
          description:
            'Begins the import and answers at once. Orders that are here already are left as they are. A period is listed at ' +
            'the mall in the background.',
          body: ImportOrder.meta({
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
          response: { 202: ImportAccepted },
        },
      },
      async (request, reply) => {
        reply.code(202)
        return importOrders(deps, callerOf(request), request.body)
      },
    )

    app.get(
      '/import-requests',
      {
        config: { entityTag: true },
        schema: {
          tags,
          operationId: 'listImportRequests',
          summary: 'What is being fetched, what failed and why (取込要求の一覧)',
          description:
            'Newest first, with what each waits for, why it failed and what to do. `orderNumber` finds those of one order.',
          headers: IfNoneMatch,
          querystring: ImportRequestQuery,
          response: { 200: ImportRequestList },
        },
      },
      (request) => readRequestPage(deps, tenantOf(request), request.query, shopsOf(request)),
    )

    app.post(
      '/import-requests/:id/retry',
      {
        schema: {
          tags,
          operationId: 'retryImportRequest',
          summary: 'Ask the mall again at once (取込の再実行)',
          description: 'For a request that failed or waits.',
          params: IdParams,
          response: { 200: ImportRequestAnswer },
        },
      },
      (request) => retryRequest(deps, tenantOf(request), request.params.id),
    )

    app.post(
      '/import-requests/:id/dismiss',
      {
        schema: {
          tags,
          operationId: 'dismissImportRequest',
          summary: 'Give up an order that is not wanted here (取込対象外にする)',
          description:
            'It is not asked for any more, and its day is complete without it. Importing the number again takes it back.',
          params: IdParams,
          response: { 200: ImportRequestAnswer },
        },
      },
      (request) => dismissRequest(deps, tenantOf(request), request.params.id),
    )

    app.post(
      '/import-requests/retry',
      {
        schema: {
          tags,
          operationId: 'retryFailedImports',
          summary: 'Ask again for all that was given up, or all of one cause (失敗した取込の一括再実行)',
          description: 'Those that failed, or those that failed for one reason.',
          body: RetryFailed.meta({ examples: [{ cause: 'NOT_FOUND' }, {}] }),
          response: { 200: Retried },
        },
      },
      (request) => retryFailed(deps, tenantOf(request), request.body),
    )

    app.get(
      '/import-scans/:id',
      {
        schema: {
          tags,
          operationId: 'getImportScan',
          summary: 'How far the import of a period has come (期間指定の取込の状況)',
          description: 'How much of the mall’s list has been read, and how many orders are being imported.',
          params: IdParams,
          response: { 200: ImportScanAnswer },
        },
      },
      (request) => readScan(deps.pool, tenantOf(request), request.params.id),
    )
  }

/** 注文再取込 and what it found. */
export const createReimportRoutes =
  (deps: ReimportDeps): Routes =>
  (app) => {
    app.post(
      '/orders/reimport',
      {
        schema: {
          tags,
          operationId: 'reimportOrders',
          summary: 'Read known orders again (注文再取込)',
          description:
            'Begins it and answers at once. What is different, field by field, stands in GET /v1/reimports/{id} when the mall has answered.',
          body: ReimportOrders.meta({ examples: [{ orderIds: [AN_ID], apply: 'none' }] }),
          response: { 202: ReimportAccepted },
        },
      },
      async (request, reply) => {
        reply.code(202)
        return reimportOrders(deps, callerOf(request), request.body)
      },
    )

    app.get(
      '/reimports/:id',
      {
        schema: {
          tags,
          operationId: 'getReimport',
          summary: 'What a re-import found and took over (再取込の結果)',
          description: 'Field by field: the mall’s value, the value here, and whether it was taken over.',
          params: IdParams,
          response: { 200: ReimportAnswer },
        },
      },
      (request) => readReimport(deps, tenantOf(request), request.params.id),
    )
  }

/**
 * A person has decided that this order is not wanted here, or looked after it elsewhere: it is not asked for
 * any more, and its day is complete without it. Holds for all requests for the number that failed or still
 * wait; of an order that is here only for this one, because the others keep it fresh. Dismissing again
 * changes nothing; asking for the number again by `POST /v1/orders/import` imports it after all.
 * @throws AppError NOT_FOUND; CONFLICT when the request has ended otherwise
 */
export async function dismissRequest(
  deps: Pick<ImportDeps, 'pool' | 'clock' | 'sealer'>,
  tenantId: string,
  id: string,
) {
  const before = await readRequest(deps, tenantId, id)
  if (before.outcome === DISMISSED) return before
  const { rowCount } = await deps.pool.query(DISMISS, [
    tenantId,
    before.shopId,
    before.orderNumber,
    new Date(deps.clock.now()),
    DISMISSED,
    '担当者が取込対象外にしました。取り込む場合は受注番号を指定して注文取込を行ってください。',
    id,
  ])
  const after = await readRequest(deps, tenantId, id)
  if (rowCount === 0 || after.outcome !== DISMISSED)
    throw new AppError('CONFLICT', 'この注文の取込はすでに完了しています。受注の一覧を確認してください。')
  return after
}

const DISMISS = `
update import_requests set state = 'done', outcome = $5, message = $6, finished_at = $4
where tenant_id = $1 and shop_id = $2 and order_number = $3 and state in ('waiting', 'failed')
  and exists (select from import_requests this where this.id = $7 and this.state in ('waiting', 'failed'))
  and (id = $7 or not exists (select from orders where shop_id = $2 and order_number = $3))`
