import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { callerOf, tenantOf } from '../../http/auth.ts'
import { MERGE_PATCH } from '../../http/json-body.ts'
import { Id, IdParams } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import type { Db } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { type EditDeps, editOrder } from './edit.ts'
import { moveOrders } from './move.ts'
import {
  MoveOrders,
  MoveResult,
  OrderPatch,
  OrderVersionAnswer,
  OrderVersionList,
  OrderWithEdits,
} from './schemas.ts'
import { readVersion, readVersions } from './versions.ts'

/**
 * The version that a change was made on, in front of the hash in an ETag (`"3-…"`), or null for `*`, which
 * takes any.
 * @throws AppError IF_MATCH_MISSING, VALIDATION_FAILED
 */
function versionOf(header: string | string[] | undefined): number | null {
  const text = (Array.isArray(header) ? header.join(',') : header)?.trim()
  if (!text) {
    throw new AppError(
      'IF_MATCH_MISSING',
      'If-Match ヘッダーが必要です。受注を取得したときの ETag（版）をそのまま指定してください。',
    )
  }
  if (text === '*') return null
  const version = /^(?:W\/)?"?(\d{1,9})(?:-[\w-]{1,40})?"?$/.exec(text)?.[1]
  if (version !== undefined) return Number(version)
  throw invalid([
    {
      field: 'If-Match',
      message: '受注を取得したときの ETag（例 "3"）を指定してください。',
      code: 'invalid_format',
    },
  ])
}

const tags = ['orders']
const AN_ID = '0199c0de-0000-7000-8000-000000000001'

type DeskDeps = EditDeps & { db: Db }

/** Edits and moves of orders by staff. Paths are relative to /v1, behind a tenant's key. */
export const createDeskRoutes =
  (deps: DeskDeps): Routes =>
  (app) => {
    app.patch(
      '/orders/:id',
      {
        config: { entityTag: true },
        schema: {
          tags,
          operationId: 'editOrder',
          consumes: ['application/json', MERGE_PATCH],
          summary: 'Edit an order (受注の編集)',
          description:
            'A JSON merge patch of the detail: lists are replaced whole, null empties a field. `If-Match` is the ETag that the ' +
            'order was read with; when somebody was faster the answer is 412 with both versions. `*` overwrites whatever is there. ' +
            'The mall’s values stay in `edits`.',
          params: IdParams,
          headers: z.looseObject({
            'if-match': z
              .string()
              .optional()
              .describe('Required: the ETag of the order (版)')
              .meta({ examples: ['"1"'] }),
          }),
          body: OrderPatch.meta({ examples: [{ notes: { shop: '電話で日時を確認済み' } }] }),
          response: { 200: OrderWithEdits },
        },
      },
      async (request, reply) => {
        const version = versionOf(request.headers['if-match'])
        const caller = callerOf(request)
        const order = await editOrder(deps, caller, request.params.id, version, request.body)
        reply.header('etag', `"${order.version}"`)
        return order
      },
    )

    app.post(
      '/orders/move',
      {
        schema: {
          tags,
          operationId: 'moveOrders',
          summary: 'Move orders to a status (ステータス移動)',
          description:
            'From any status to any, also straight from 自動受注取込. All of them or none. `dryRun` says what would become of each.',
          body: MoveOrders.meta({ examples: [{ orderIds: [AN_ID], to: 'ready_to_ship' }] }),
          response: { 200: MoveResult },
        },
      },
      (request) => moveOrders(deps, callerOf(request), request.body),
    )

    app.get(
      '/orders/:id/versions',
      {
        schema: {
          tags,
          operationId: 'listOrderVersions',
          summary: 'What an order was before edits and re-imports (以前の版の一覧)',
          description:
            'Newest first. Each edit, re-import and change at the mall keeps what was there before.',
          params: IdParams,
          response: { 200: OrderVersionList },
        },
      },
      (request) => readVersions(deps, tenantOf(request), request.params.id),
    )

    app.get(
      '/orders/:id/versions/:number',
      {
        schema: {
          tags,
          operationId: 'getOrderVersion',
          summary: 'An order as it was (以前の版)',
          description: 'Its content at that version; personal data goes when its time is over.',
          params: z.object({
            id: Id,
            number: z.coerce
              .number()
              .int()
              .min(1)
              .max(2 ** 31 - 1)
              .describe('版'),
          }),
          response: { 200: OrderVersionAnswer },
        },
      },
      (request) => readVersion(deps, tenantOf(request), request.params.id, request.params.number),
    )
  }
