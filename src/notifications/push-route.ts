import type { Routes } from '../http/app-types.ts'
import { rawBodies, signatureRefused, signedHeaders } from '../http/bodies.ts'
import { IdParams } from '../http/schemas.ts'
import { AppError } from '../platform/errors.ts'
import { type createPushDoor, PushedOrders, type PushRefusal } from './push.ts'

const MOST_BYTES = 256 * 1024
const JSON_TYPE = 'application/json'
const TYPES = ['text/xml', 'application/xml', JSON_TYPE]

/** POST /v1/shops/{id}/pushed-orders, without an API key: the mall's key or the signature is the proof. */
export const pushRoute =
  (door: ReturnType<typeof createPushDoor>): Routes =>
  (app) => {
    void app.register(async (scope) => {
      rawBodies(scope, TYPES).post(
        '/v1/shops/:id/pushed-orders',
        {
          bodyLimit: MOST_BYTES,
          config: { rateLimit: { max: 1_200, timeWindow: 60_000 } },
          schema: {
            tags: ['shops'],
            operationId: 'pushOrders',
            summary: 'Tell of new orders of a shop (注文の通知)',
            description:
              'Closed until the shop has a secret (`POST /v1/shops/{id}/push-secret`). Either the mall’s own message (' +
              'システムイベント通知, XML), or JSON `{"orderNumbers": ["…"]}` signed as Standard Webhooks says. Each number becomes an ' +
              'import request; nothing else of the message is used.',
            security: [],
            consumes: [JSON_TYPE],
            params: IdParams,
            body: PushedOrders.meta({ examples: [{ orderNumbers: ['123456-20260115-0000000001'] }] }),
          },
        },
        async (request, reply) => {
          const pushed = await door({
            shopId: request.params.id,
            headers: signedHeaders(request),
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            xml: !(request.headers['content-type'] ?? '').toLowerCase().startsWith(JSON_TYPE),
          })
          if (pushed.answer) return reply.type(pushed.answer.type).send(pushed.answer.body)
          if ('refusal' in pushed) throw refused(pushed.refusal)
          return { taken: pushed.taken }
        },
      )
    })
  }

const FORGED =
  '署名またはキーを確認できません。店舗の ID と通知用のキー（POST /v1/shops/{id}/push-secret）を確認してください。'
const UNREADABLE = 'この店舗の注文番号を読み取れません。{"orderNumbers": ["注文番号"]} の形で送ってください。'

const refused = (refusal: PushRefusal): AppError =>
  refusal === 'unreadable'
    ? new AppError('VALIDATION_FAILED', UNREADABLE, {
        fields: [{ field: 'orderNumbers', message: UNREADABLE, code: 'invalid_format' }],
      })
    : signatureRefused(refusal, FORGED)
