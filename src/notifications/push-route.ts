import type { App, Routes } from '../http/app-types.ts'
import { IdParams } from '../http/schemas.ts'
import { rawBodyCompiler } from '../http/validation.ts'
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
      // The bytes as they were signed.
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser(TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
      scope.setValidatorCompiler(rawBodyCompiler)
      const routes = scope as unknown as App
      routes.post(
        '/v1/shops/:id/pushed-orders',
        {
          bodyLimit: MOST_BYTES,
          config: { rateLimit: { max: 1_200, timeWindow: 60_000 } },
          schema: {
            tags: ['shops'],
            operationId: 'pushOrders',
            summary: 'Tell of new orders of a shop (注文の通知)',
            description:
              'Closed until the shop has a secret (`POST /shops/{id}/push-secret`). Either the mall’s own message (' +
              'システムイベント通知, XML), or JSON `{"orderNumbers": ["…"]}` signed as Standard Webhooks says. Each number becomes an ' +
              'import request; nothing else of the message is used.',
            security: [],
            consumes: [JSON_TYPE],
            params: IdParams,
            body: PushedOrders.meta({ examples: [{ orderNumbers: ['123456-20260115-0000000001'] }] }),
          },
        },
        async (request, reply) => {
          const header = (name: string) => [request.headers[name]].flat()[0]
          const pushed = await door({
            shopId: request.params.id,
            headers: {
              id: header('webhook-id'),
              timestamp: header('webhook-timestamp'),
              signature: header('webhook-signature'),
            },
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

const WORDS: Readonly<Record<PushRefusal, string>> = {
  missing: '署名がありません。webhook-id、webhook-timestamp、webhook-signature のヘッダーを付けてください。',
  forged:
    '署名またはキーを確認できません。店舗の ID と通知用のキー（POST /v1/shops/{id}/push-secret）を確認してください。',
  stale: '署名の時刻が現在時刻から5分以上ずれています。送信側の時計を合わせ、署名し直してください。',
  unreadable: 'この店舗の注文番号を読み取れません。{"orderNumbers": ["注文番号"]} の形で送ってください。',
}

const refused = (refusal: PushRefusal): AppError =>
  refusal === 'unreadable'
    ? new AppError('VALIDATION_FAILED', WORDS.unreadable, {
        fields: [{ field: 'orderNumbers', message: WORDS.unreadable, code: 'invalid_format' }],
      })
    : new AppError('UNAUTHENTICATED', WORDS[refusal], { details: { reason: refusal } })
