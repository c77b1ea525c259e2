import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { callerOf } from '../../http/auth.ts'
import { IdParams } from '../../http/schemas.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import type { Db } from '../../platform/db/database.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Random } from '../../platform/random.ts'
import { audit, noteOf } from '../tenants/audit.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'

/** Secret that opens a shop's endpoint for notifications by HTTP; without one it is closed. */

export const pushContext = (shopId: string): string => `shop:${shopId}:push-secret`

export interface PushSecretTools {
  db: Db
  clock: Clock
  newId: NewId
  random: Pick<Random, 'bytes'>
  sealer: Pick<Sealer, 'of'>
}

export const pushSecretRoutes =
  (tools: PushSecretTools): Routes =>
  (app) => {
    app.post(
      '/shops/:id/push-secret',
      {
        schema: {
          tags: ['shops'],
          operationId: 'setPushSecret',
          summary: 'Open the shop’s door for notifications by HTTP (通知の受け口の開設)',
          description:
            'Gives a signing secret, shown this once, or takes `key`, where the mall issues it (システムイベント通知の authKey). ' +
            'The one before does not count any more. `{"key": null}` closes the door.',
          params: IdParams,
          body: z
            .strictObject({
              key: z
                .string()
                .trim()
                .min(8)
                .max(200)
                .nullable()
                .optional()
                .describe('The mall’s key; null closes the door (キー)'),
            })
            .meta({ examples: [{}] })
            .optional(),
          response: {
            200: z.object({ secret: z.string().nullable().describe('`whsec_…`; null with `key` (署名鍵)') }),
          },
        },
      },
      async (request) => {
        const { id } = request.params
        const caller = callerOf(request)
        const key = request.body?.key
        const secret = key === undefined ? signingSecret(tools.random) : key
        await tools.db.$transaction(async (tx) => {
          const { count } = await tx.shop.updateMany({
            where: { id, tenantId: caller.tenantId },
            data: {
              sealedPushSecret:
                secret === null ? null : tools.sealer.of(caller.tenantId).seal(pushContext(id), secret),
              updatedAt: dateNow(tools.clock),
            },
          })
          if (count === 0) throw shopNotFound()
          await audit(tx, tools, noteOf(caller, 'shop.push_secret_set', id, { open: secret !== null }))
        })
        return { secret: key === undefined ? secret : null }
      },
    )
  }
