import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Webhook } from '../generated/prisma/client.ts'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { asksOthers } from '../http/limits.ts'
import { json, operation } from '../http/operation.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime, CutLater, Id, IdParams, NextCursor, pageQuery } from '../http/schemas.ts'
import { present } from '../platform/narrow.ts'
import { readMakers } from '../shops/tenants/actor-names.ts'
import {
  answerOf,
  DeliveryAnswer,
  deliveryOf,
  NewWebhook,
  Rotation,
  WebhookAnswer,
  WebhookChange,
  WebhookWithSecret,
} from './schemas.ts'
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  redeliver,
  rotateSecret,
  sendTest,
  type WebhookStoreTools,
} from './webhooks.ts'

const EXAMPLE = { name: '基幹システム', url: 'https://example.com/torikomi', kinds: ['order', 'change'] }

async function answersOf(
  tools: WebhookStoreTools,
  { auth }: Pick<FastifyRequest, 'auth'>,
  rows: readonly Webhook[],
): Promise<z.infer<typeof WebhookAnswer>[]> {
  const makerOf = await readMakers(tools, auth, rows)
  return rows.map((row) => answerOf(row, makerOf(row.createdBy)))
}

async function answerTo(
  tools: WebhookStoreTools,
  request: Pick<FastifyRequest, 'auth'>,
  row: Webhook,
): Promise<z.infer<typeof WebhookAnswer>> {
  return present((await answersOf(tools, request, [row]))[0])
}

/** /v1/webhooks: relative to /v1, behind a tenant's key. */
export const webhookRoutes =
  (tools: WebhookStoreTools): Routes =>
  (app) => {
    settingRoutes(app, tools)
    secretRoute(app, tools)
    deliveryRoutes(app, tools)
  }

function settingRoutes(app: App, tools: WebhookStoreTools): void {
  operation(app, {
    id: 'listWebhooks',
    at: 'GET /v1/webhooks',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    summary: 'Webhooks (Webhookの一覧)',
    description: 'All of the tenant, oldest first. Secrets are never shown again (署名鍵は表示されません).',
    answers: { 200: z.object({ webhooks: z.array(WebhookAnswer), nextCursor: CutLater }) },
    run: async (request) => {
      const rows = await tools.db.webhook.findMany({
        where: { tenantId: tenantOf(request) },
        orderBy: { id: 'asc' },
      })
      return { webhooks: await answersOf(tools, request, rows), nextCursor: null }
    },
  })
  operation(app, {
    id: 'createWebhook',
    at: 'POST /v1/webhooks',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'waits',
    audit: ['webhook.created'],
    summary: 'Have the change feed sent to an address (Webhookの登録)',
    description:
      'Each row of the change feed from now on is sent by POST as `{ kind, at, position, sequence, data }` (with `type` and `timestamp`, the names of before), signed by the rule of Standard ' +
      'Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). Any 2xx within 15 s takes it; else it is sent again after 6 s, ' +
      '5 min, 30 min, 2 h, … for three days, or at the `Retry-After` of your answer where that is later (a day at most). Rows may come twice ' +
      '(same `webhook-id`) and, after a failure, out of order: `sequence` compares as text; after a `reset` forget those before. ' +
      'Failing for five days, or 410, switches it off with a notice. A row of `type: reset`, whatever `kinds` says, tells that what lay before its ' +
      '`position` cannot be sent any more: read the lists anew and forget older positions. `data.code` is HISTORY after a restore or failover of the ' +
      'database, GAP after more than 30 days of standstill; a notice tells it too. The secret is shown in this answer alone (署名鍵はこの応答だけに含まれます).',
    body: json(NewWebhook.meta({ examples: [EXAMPLE] }), '64 KiB'),
    repeat: { key: 'no answer kept' },
    answers: { 201: WebhookWithSecret },
    run: async (request) => {
      const { row, secret } = await createWebhook(tools, callerOf(request), request.body)
      return { ...(await answerTo(tools, request, row)), secret }
    },
  })
  operation(app, {
    id: 'getWebhook',
    at: 'GET /v1/webhooks/:id',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    summary: 'One webhook (Webhookの詳細)',
    description: 'With how it is doing (送信状況も含みます).',
    params: IdParams,
    answers: { 200: WebhookAnswer },
    run: async (request) =>
      answerTo(tools, request, await findWebhook(tools.db, tenantOf(request), request.params.id)),
  })
  operation(app, {
    id: 'updateWebhook',
    at: 'PATCH /v1/webhooks/:id',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'waits',
    audit: ['webhook.updated'],
    summary: 'Change a webhook (Webhookの変更)',
    description:
      '`enabled: true` switches one on again that the service switched off; it goes on where it stood, or begins at the ' +
      'present, told by a row `reset`, where that is more than 30 days ago (停止前の続きから送信します).',
    params: IdParams,
    body: json(WebhookChange.meta({ examples: [{ enabled: true }] }), '64 KiB'),
    answers: { 200: WebhookAnswer },
    run: async (request) =>
      answerTo(
        tools,
        request,
        await changeWebhook(tools, callerOf(request), request.params.id, request.body),
      ),
  })
  operation(app, {
    id: 'deleteWebhook',
    at: 'DELETE /v1/webhooks/:id',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: ['webhook.deleted'],
    summary: 'Remove a webhook (Webhookの削除)',
    description: 'With its deliveries (送信記録も削除します).',
    params: IdParams,
    answers: { 204: z.null().describe('Removed (削除済み)') },
    run: async (request) => {
      await deleteWebhook(tools, callerOf(request), request.params.id)
    },
  })
}

function secretRoute(app: App, tools: WebhookStoreTools): void {
  operation(app, {
    id: 'rotateWebhookSecret',
    at: 'POST /v1/webhooks/:id/rotate-secret',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: ['webhook.secret_rotated'],
    summary: 'A new secret (署名鍵の変更)',
    description:
      'Shown in this answer alone. Until `oldSecretUntil` each message carries two signatures, of both secrets (期限までは新旧両方の鍵で署名します).',
    params: IdParams,
    body: json(Rotation.meta({ examples: [{ overlapHours: 24 }] }), '64 KiB'),
    repeat: { key: 'no answer kept' },
    answers: { 200: WebhookWithSecret },
    run: async (request) => {
      const { overlapHours } = request.body
      const { row, secret } = await rotateSecret(tools, callerOf(request), request.params.id, overlapHours)
      return { ...(await answerTo(tools, request, row)), secret }
    },
  })
}

function deliveryRoutes(app: App, tools: WebhookStoreTools): void {
  operation(app, {
    id: 'testWebhook',
    at: 'POST /v1/webhooks/:id/test',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: [],
    limit: asksOthers(),
    summary: 'Send a test (テスト送信)',
    description:
      'Sent within seconds, before what waits and also while the webhook pauses after failures, as `kind: test`; how it went is in the ' +
      'list of deliveries. A webhook that is off is refused with 409 (結果は送信記録で確認できます).',
    params: IdParams,
    repeat: { key: 'same answer' },
    answers: { 202: DeliveryAnswer },
    run: async (request, reply) => {
      const webhook = await findWebhook(tools.db, tenantOf(request), request.params.id)
      return reply
        .code(202)
        .send(deliveryOf(await sendTest(tools, webhook), { ...webhook, leaseUntil: null }))
    },
  })
  operation(app, {
    id: 'listWebhookDeliveries',
    at: 'GET /v1/webhooks/:id/deliveries',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    summary: 'What was sent, and how it went (送信記録)',
    description: 'Newest first, of the last 30 days (30日分、新しい順).',
    params: IdParams,
    query: z.strictObject({
      state: z.enum(['waiting', 'delivered', 'failed']).optional().describe('Only this state (状態)'),
      ...pageQuery(),
    }),
    answers: { 200: z.object({ deliveries: z.array(DeliveryAnswer), nextCursor: NextCursor }) },
    run: async (request) => {
      const { state, cursor, limit } = request.query
      const webhook = await findWebhook(tools.db, tenantOf(request), request.params.id)
      const before = cursor === undefined ? null : decodeCursor(cursor, z.tuple([CursorTime, z.uuid()]))
      const older = before && {
        OR: [{ createdAt: { lt: before[0] } }, { createdAt: before[0], id: { lt: before[1] } }],
      }
      const rows = await tools.db.webhookDelivery.findMany({
        where: { webhookId: webhook.id, ...(state === undefined ? {} : { state }), ...older },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
      })
      const page = pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
      return { deliveries: page.rows.map((row) => deliveryOf(row, webhook)), nextCursor: page.nextCursor }
    },
  })
  operation(app, {
    id: 'redeliverWebhook',
    at: 'POST /v1/webhooks/:id/deliveries/:deliveryId/redeliver',
    since: '1.0.0',
    tag: 'webhooks',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: [],
    limit: asksOthers(),
    summary: 'Send it again (再送)',
    description:
      'Under the same `webhook-id`; its pauses begin anew, its count goes on (同じ送信IDで再送します).',
    params: IdParams.extend({ deliveryId: Id.describe('Delivery (送信ID)') }),
    repeat: { key: 'same answer' },
    answers: { 202: DeliveryAnswer },
    run: async (request) => {
      const { id, deliveryId } = request.params
      const webhook = await findWebhook(tools.db, tenantOf(request), id)
      return deliveryOf(await redeliver(tools, webhook, deliveryId), webhook)
    },
  })
}
