import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { MERGE_PATCH } from '../http/bodies.ts'
import { ifMatchHeader, versionOf } from '../http/if-match.ts'
import { json, operation } from '../http/operation.ts'
import { Id, IdParams, pageQuery } from '../http/schemas.ts'
import { mapBreathing } from '../platform/event-loop.ts'
import { Board, readBoard } from './board.ts'
import { type EditDeps, editedOrder, editOrder, readVersion, readVersions } from './edit.ts'
import type { HandOverDeps } from './hand-over/hand-over.ts'
import { handOverRoutes } from './hand-over/routes.ts'
import { moveOrders } from './move.ts'
import { fullOrders, orderSummary } from './order-json.ts'
import { isHeavy, readOrder, readOrderPage } from './read.ts'
import {
  MoveOrders,
  MoveResult,
  OneOrderQuery,
  OrderList,
  OrderPatch,
  OrderQuery,
  OrderVersionAnswer,
  OrderVersionList,
  OrderWithEdits,
  Timeline,
  withFields,
} from './schemas.ts'
import { checkUpdatedSince } from './search.ts'
import { ordersListed, orderViewed } from './seen.ts'
import { readTimeline, type TimelineDeps } from './timeline.ts'

type OrderRouteDeps = HandOverDeps &
  Pick<TimelineDeps, 'readRuleLabels'> &
  Pick<EditDeps, 'db' | 'sealer'> & {
    /** Absent: each request reads anew. */
    board?: (tenantId: string) => ReturnType<typeof readBoard>
  }

/** Reading orders, the board, and 受注取込. Paths are relative to /v1, behind a tenant's key. */
export const createOrderRoutes =
  (deps: OrderRouteDeps): Routes =>
  (app) => {
    handOverRoutes(app, deps)
    readingRoutes(app, deps)
    operation(app, {
      id: 'getBoard',
      at: 'GET /v1/board',
      since: '1.0.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      tools: ['board_counts'],
      summary: 'What stands where (状況一覧)',
      description:
        'Counts of all shops together and of each, and what waits for a person (要対応). Up to a second old. What `bounded` names is ' +
        'at least so many.',
      answers: { 200: Board },
      run: (request) => (deps.board ?? ((tenantId) => readBoard(deps, tenantId)))(tenantOf(request)),
    })
  }

const isOfDetail = (name: string): boolean => name === 'onHoldReason' || name.startsWith('detail')

function readingRoutes(app: App, deps: OrderRouteDeps): void {
  operation(app, {
    id: 'listOrders',
    at: 'GET /v1/orders',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('read_only', 'filtered'),
    cost: ({ query }) => (isHeavy(query) ? 'heavy' : 'light'),
    audit: ['orders.listed'],
    seen: ordersListed,
    tools: ['search_orders', 'get_order'],
    revision: 'of the answer',
    summary: 'Orders (受注の一覧・検索)',
    description:
      'Newest first by order time. Without detail unless `detail=true`. All conditions must hold. Full and half width, ' +
      'blanks and hyphens make no difference; names, phones and mail addresses are found whole, as they are stored encrypted.',
    query: OrderQuery,
    answers: { 200: OrderList },
    run: async (request) => {
      const tenantId = tenantOf(request)
      checkUpdatedSince(deps.clock, request.query)
      const { fields } = request.query
      // What is not wanted of a detail is not opened.
      const detail = request.query.detail === true && (fields?.some(isOfDetail) ?? true)
      const query = { ...request.query, detail }
      const { rows, ...page } = await readOrderPage(deps, tenantId, query, shopsOf(request))
      const orders = await (detail ? fullOrders(deps, tenantId, rows) : mapBreathing(rows, orderSummary))
      return { orders: orders.map((order) => withFields(order, fields)), ...page }
    },
  })

  operation(app, {
    id: 'getOrder',
    at: 'GET /v1/orders/:id',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    audit: ['order.viewed'],
    seen: orderViewed,
    tools: ['get_order'],
    revision: 'of the answer',
    summary: 'One order with its detail (受注詳細)',
    description:
      'The ETag is to be sent as If-Match with a change, which is refused when `version` has risen, and as If-None-Match to ' +
      'learn whether anything has changed.',
    params: IdParams,
    query: OneOrderQuery,
    answers: { 200: OrderWithEdits },
    run: async (request, reply) => {
      const tenantId = tenantOf(request)
      const row = await readOrder(deps.db, tenantId, request.params.id)
      reply.header('etag', `"${row.version}"`)
      return withFields(editedOrder(deps, tenantId, row), request.query.fields)
    },
  })

  operation(app, {
    id: 'getOrderTimeline',
    at: 'GET /v1/orders/:id/timeline',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('read_only', 'by path'),
    cost: 'light',
    tools: ['get_order'],
    summary: 'What happened to an order (受注の履歴)',
    description:
      'Imports, what was waited for and why, edits, moves and site changes, oldest first. Each kind has a Japanese label, each actor a name.',
    params: IdParams,
    query: z.strictObject(pageQuery(1_000)),
    answers: { 200: Timeline },
    run: (request) => readTimeline(deps, tenantOf(request), request.params.id, request.query),
  })
}

const AN_ID = '0199c0de-0000-7000-8000-000000000001'

/** Edits and moves of orders by staff. Paths are relative to /v1, behind a tenant's key. */
export const createDeskRoutes =
  (deps: EditDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'editOrder',
      at: 'PATCH /v1/orders/:id',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('staff', 'by path'),
      cost: 'light',
      audit: ['order.viewed'],
      seen: orderViewed,
      revision: 'of the answer',
      summary: 'Edit an order (受注の編集)',
      description:
        'A JSON merge patch of the detail: lists are replaced whole, null empties a field. `If-Match` is the ETag that the ' +
        'order was read with; when somebody was faster the answer is 412 with both versions. `*` overwrites whatever is there. ' +
        'The mall’s values stay in `edits`.',
      params: IdParams,
      headers: ifMatchHeader('order', '版'),
      body: json(OrderPatch.meta({ examples: [{ notes: { shop: '電話で日時を確認済み' } }] }), '1 MiB', [
        'application/json',
        MERGE_PATCH,
      ]),
      answers: { 200: OrderWithEdits },
      run: async (request, reply) => {
        const version = versionOf(request.headers['if-match'], '受注')
        const caller = callerOf(request)
        const order = await editOrder(deps, caller, request.params.id, version, request.body)
        reply.header('etag', `"${order.version}"`)
        return order
      },
    })

    operation(app, {
      id: 'moveOrders',
      at: 'POST /v1/orders/move',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('staff', 'by orders'),
      cost: 'light',
      audit: [],
      summary: 'Move orders to a status (ステータス移動)',
      description:
        'From any status to any, also straight from 自動受注取込. All of them or none. `dryRun` says what would become of each.',
      body: json(MoveOrders.meta({ examples: [{ orderIds: [AN_ID], to: 'ready_to_ship' }] }), '1 MiB'),
      repeat: { key: 'same answer' },
      answers: { 200: MoveResult },
      run: (request) => moveOrders(deps, callerOf(request), request.body),
    })

    operation(app, {
      id: 'listOrderVersions',
      at: 'GET /v1/orders/:id/versions',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      summary: 'What an order was before edits and re-imports (以前の版の一覧)',
      description: 'Newest first. Each edit, re-import and change at the mall keeps what was there before.',
      params: IdParams,
      answers: { 200: OrderVersionList },
      run: (request) => readVersions(deps, tenantOf(request), request.params.id),
    })

    operation(app, {
      id: 'getOrderVersion',
      at: 'GET /v1/orders/:id/versions/:number',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      audit: ['order.viewed'],
      seen: orderViewed,
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
      answers: { 200: OrderVersionAnswer },
      run: (request) => readVersion(deps, tenantOf(request), request.params.id, request.params.number),
    })
  }
