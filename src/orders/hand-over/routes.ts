import { tenant } from '../../http/access.ts'
import type { App } from '../../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../../http/auth.ts'
import { deprecationHeaders } from '../../http/deprecation.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../../http/idempotency.ts'
import { json, operation } from '../../http/operation.ts'
import { IdParams } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { MARKETPLACES } from '../../marketplaces/port/order.ts'
import { knownByKey, listPulls, pullOrders, readPull } from '../pull.ts'
import {
  AcceptAnswer,
  AcceptRequest,
  DeskList,
  DeskPatch,
  DeskQuery,
  ListedDesk,
  PullAnswer,
  PullList,
  PullQuery,
  PullRequest,
} from '../schemas.ts'
import { ordersPulled } from '../seen.ts'
import {
  acceptAsPull,
  acceptOrders,
  type HandOverDeps,
  listDesks,
  previewPull,
  pullAfter,
  useDesk,
} from './hand-over.ts'

/** The key form goes a year after this, or later (docs/releases.md). */
const KEY_FORM = { since: '2026-11-30', sunset: '2027-12-01', successor: '/docs#pullOrders' }

/** 受注取込 by position, the batches and desks, and the board's own 受注を取り込む. */
export function handOverRoutes(app: App, deps: HandOverDeps): void {
  operation(app, {
    id: 'pullOrders',
    at: 'POST /v1/orders/pull',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('staff', 'filtered'),
    cost: 'light',
    audit: ['orders.pulled', 'desk.begun', 'desk.history_begun', 'desk.put_back'],
    seen: ordersPulled,
    repeat: { key: 'same rows' },
    summary: 'Take orders over (受注取込)',
    description:
      'Returns the batch behind `after`, the `position` of the last batch that the client has stored. Store orders and `position` ' +
      'together, and send the new one as `after`; go on until `position` is the same as `since`. A lost answer is simply asked for ' +
      'again: nothing is handed over twice, and nothing is lost by a request that arrives late, a restored server or a client that ' +
      'goes back to its own backup. Each order reaches one desk once, oldest first, whatever its status: those in 自動受注取込 ' +
      'move to 新規受付. A desk begins with what is staged at its first pull. `dryRun` shows what would be returned; without `after` ' +
      'what no desk has yet. Deprecated: an `Idempotency-Key` and no `after`, which makes a batch under the key; keep such a key until ' +
      'it brought orders, an empty answer has not used it up. Orders of malls that release 1.0.0 did not have stay staged then, ' +
      'unless `marketplace` names theirs.',
    headers: idempotencyHeader(
      'Deprecated, only without `after`: 1 to 255 visible characters, kept until it brought orders (冪等キー)',
    ),
    body: json(
      PullRequest.meta({
        examples: [{ after: null }, { after: null, marketplace: MARKETPLACES[0], limit: 100 }],
      }),
      '64 KiB',
    ),
    answers: { 200: PullAnswer },
    run: (request, reply) => {
      const { dryRun, ...ask } = request.body
      const puller = { ...callerOf(request), shops: shopsOf(request) }
      const header = request.headers['idempotency-key']
      const isByKey = header !== undefined && ask.after === undefined
      if (dryRun) return previewPull(deps, puller, { ...ask, known: isByKey ? knownByKey(ask) : null })
      if (header === undefined) return pullAfter(deps, puller, ask)
      refuseBoth(ask)
      reply.headers(deprecationHeaders(KEY_FORM))
      const idempotencyKey = idempotencyKeyOf(header)
      return puller.sessionId === undefined
        ? pullOrders(deps, { ...puller, idempotencyKey }, ask)
        : acceptAsPull(deps, puller, ask)
    },
  })

  operation(app, {
    id: 'acceptOrders',
    since: '1.1.0',
    at: 'POST /v1/orders/accept',
    repeat: { key: 'same answer' },
    tag: 'orders',
    who: tenant('staff', 'filtered'),
    cost: 'light',
    audit: [],
    summary: 'Move staged orders to 新規受付 on the board (受注を取り込む)',
    description:
      'Moves the oldest orders of 自動受注取込 to 新規受付. Hands nothing over: `desks` names the programs that still get them by ' +
      '`POST /v1/orders/pull`.',
    body: json(AcceptRequest.meta({ examples: [{}] }), '64 KiB'),
    answers: { 200: AcceptAnswer },
    run: (request) => acceptOrders(deps, { ...callerOf(request), shops: shopsOf(request) }, request.body),
  })

  operation(app, {
    id: 'listPulls',
    at: 'GET /v1/pulls',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    summary: 'Batches that were handed over (受注取込の一覧)',
    description:
      'Newest first: which batches there were, at which desk and number, each with its orders by `GET /v1/pulls/{id}`. ' +
      'Batches are kept as long as the contract.',
    query: PullQuery,
    answers: { 200: PullList },
    run: (request) => listPulls(deps, tenantOf(request), request.query, shopsOf(request)),
  })

  operation(app, {
    id: 'getPull',
    at: 'GET /v1/pulls/:id',
    since: '1.0.0',
    tag: 'orders',
    who: tenant('read_only', 'by path'),
    cost: 'heavy',
    audit: ['orders.pulled'],
    seen: ordersPulled,
    summary: 'A batch that was handed over (受注取込の結果)',
    description: 'The same orders at the same places as in the answer to the pull, each as it is now.',
    params: IdParams,
    answers: { 200: PullAnswer },
    run: (request) => readPull(deps, tenantOf(request), request.params.id),
  })

  operation(app, {
    id: 'listDesks',
    since: '1.1.0',
    at: 'GET /v1/desks',
    tag: 'orders',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    summary: 'Programs that take orders over (取込先の一覧)',
    description:
      'Each desk with the number of its last batch and when it asked last. Its `position` is for a client that is to go on behind ' +
      'the last batch, and does without the older ones.',
    query: DeskQuery,
    answers: { 200: DeskList },
    run: (request) => listDesks(deps, tenantOf(request), request.query.inUse),
  })

  operation(app, {
    id: 'updateDesk',
    since: '1.2.0',
    at: 'PATCH /v1/desks/:id',
    tag: 'orders',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: ['desk.closed', 'desk.reopened'],
    summary: 'Take a desk out of use, or into it again (取込先の使用停止・再開)',
    description:
      'Out of use, a desk gets no orders, and none waits for it: a pull is refused with CONFLICT and `reason: desk_closed`, a late copy of one, too. ' +
      'Its batches stay its own. In use again it goes on behind its last batch, with what is staged then and what leaves staging later. ' +
      'A batch that `confirmed` does not reach may be with no client: `GET /v1/pulls` names it.',
    params: IdParams,
    body: json(DeskPatch, '16 KiB'),
    answers: { 200: ListedDesk },
    run: (request) => useDesk(deps, callerOf(request), request.params.id, request.body.inUse),
  })
}

/** @throws AppError VALIDATION_FAILED for a request that would be both */
function refuseBoth({ after, desk }: { after?: string | null | undefined; desk?: string | undefined }): void {
  const field = after !== undefined ? 'after' : 'desk'
  if (after === undefined && desk === undefined) return
  const message = 'Idempotency-Key とは併用できません。Idempotency-Key ヘッダーを取り除いてください。'
  throw invalid([{ field, message, code: 'one_of' }])
}
