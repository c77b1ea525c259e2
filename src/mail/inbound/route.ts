import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { rawBodies, signatureRefused, signedHeaders } from '../../http/bodies.ts'
import { IdParams } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { AppError } from '../../platform/errors.ts'
import type { createInboundDoor, InboundRefusal } from './take.ts'

/** An order mail has some ten KiB; attachments are not read. */
const MOST_BYTES = 2 * 1024 * 1024
const TYPES = ['message/rfc822', 'application/octet-stream']

const Answer = z
  .object({
    result: z
      .enum(['recognised', 'unreadable', 'ignored', 'duplicate'])
      .describe('recognised 判別済, unreadable 判別不能, ignored 対象外, duplicate 受信済み (結果)'),
  })
  .describe('What became of the mail (メールの受付結果)')

/** POST /v1/mailboxes/{id}/mails, without an API key: the signature is the proof. */
export const inboundMailRoute =
  (door: ReturnType<typeof createInboundDoor>): Routes =>
  (app) => {
    void app.register(async (scope) => {
      rawBodies(scope, TYPES).post(
        '/v1/mailboxes/:id/mails',
        {
          bodyLimit: MOST_BYTES,
          config: { rateLimit: { max: 1_200, timeWindow: 60_000 } },
          schema: {
            tags: ['mailboxes'],
            operationId: 'postMail',
            summary: 'Hand in a mail, for mailboxes of kind inbound (メールの受け渡し)',
            description:
              'The whole mail as it came, headers and all (`message/rfc822`), signed as Standard Webhooks says: `webhook-id`, ' +
              '`webhook-timestamp` (at most five minutes off) and `webhook-signature`, by the secret of `POST /v1/mailboxes/{id}/secret`. ' +
              'An id counts once. After no answer or a 5xx post it again with the same id.',
            security: [],
            consumes: TYPES,
            params: IdParams,
            body: z
              .unknown()
              .meta({ type: 'string', format: 'binary', description: 'RFC 5322 message (メールのソース)' }),
            response: { 200: Answer },
          },
        },
        async (request) => {
          const { body } = request
          if (!Buffer.isBuffer(body) || body.length === 0) throw invalid([noMail])
          const headers = signedHeaders(request)
          const answer = await door({ mailboxId: request.params.id, headers, source: body })
          if ('refusal' in answer) throw refused(answer.refusal)
          return answer
        },
      )
    })
  }

const noMail = {
  field: 'body',
  message: 'メールのソース全体を Content-Type: message/rfc822 で送ってください。',
  code: 'required',
}

const FORGED =
  '署名を確認できません。受信箱の ID と署名鍵（POST /v1/mailboxes/{id}/secret）、署名の対象（id.timestamp.本文）を確認してください。'

const refused = (refusal: InboundRefusal): AppError =>
  refusal === 'replayed'
    ? new AppError('CONFLICT', 'この webhook-id のメールはすでに受け付けました。送り直す必要はありません。')
    : signatureRefused(refusal, FORGED)
