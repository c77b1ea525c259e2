import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import { clientGone } from '../../http/answers.ts'
import type { Routes } from '../../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../../http/auth.ts'
import { asksOthers } from '../../http/limits.ts'
import { json, operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { IdParams, NextCursor, pageQuery, QueryFlag } from '../../http/schemas.ts'
import { MALLS } from '../../marketplaces/index.ts'
import type { MallFacts } from '../../marketplaces/port/marketplace.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import type { Db } from '../../platform/db/database.ts'
import { outside } from '../../platform/db/tenant-scope.ts'
import type { NewId } from '../../platform/ids.ts'
import { given, present } from '../../platform/narrow.ts'
import type { Random } from '../../platform/random.ts'
import { audit, noteOf } from '../tenants/audit.ts'
import { needGiver } from '../tenants/doors.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import { readHints } from './mall-hints.ts'
import {
  MarketplaceNameSchema,
  NewShop,
  ShopAnswer,
  ShopChange,
  type ShopRow,
  shopAnswer,
  WITHOUT_SECRETS,
} from './shop-schemas.ts'
import { ShopCheck, type ShopTestTools, testShop } from './shop-test.ts'
import { changeShop, createShop, deleteShop, pushContext, type ShopTools } from './shops.ts'

const EXAMPLES = MALLS.flatMap(({ name, example }: MallFacts) =>
  example === undefined ? [] : [{ marketplace: name, ...example.shop }],
)

export const shopRoutes =
  (tools: ShopTools & Omit<ShopTestTools, 'onShopChanged'>): Routes =>
  (app) => {
    const answers = async (shops: ShopRow[]) => {
      const now = tools.clock.now()
      const ids = shops.map((shop) => shop.id)
      const hints = await readHints(tools.db, ids, now)
      return shops.map((shop) => shopAnswer(shop, tools.marketplaces, now, hints.get(shop.id) ?? []))
    }
    const answer = async (shop: ShopRow) => present((await answers([shop]))[0])

    operation(app, {
      id: 'listShops',
      at: 'GET /v1/shops',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      tools: ['quotas'],
      summary: 'Shops (店舗の一覧)',
      description: 'Oldest first.',
      query: z.strictObject({ marketplace: MarketplaceNameSchema.optional(), ...pageQuery() }),
      answers: { 200: z.object({ shops: z.array(ShopAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { marketplace } = request.query
        const bound = shopsOf(request)
        const { rows, nextCursor } = await pageById('asc', request.query, ({ id, orderBy, take }) =>
          tools.db.shop.findMany({
            where: {
              tenantId: tenantOf(request),
              ...given({ marketplace }),
              id: bound === null ? id : { ...id, in: [...bound] },
            },
            omit: WITHOUT_SECRETS,
            orderBy,
            take,
          }),
        )
        return { shops: await answers(rows), nextCursor }
      },
    })

    operation(app, {
      id: 'createShop',
      at: 'POST /v1/shops',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['shop.created'],
      summary: 'Add a shop (店舗の登録)',
      description:
        'Credentials (認証情報) are checked for their shape before anything is stored; whether the mall takes them is told by ' +
        '`POST /v1/shops/{id}/test`. They may also be given later.',
      body: json(NewShop.meta({ examples: EXAMPLES }), '1 MiB'),
      repeat: { key: 'same answer' },
      answers: { 201: ShopAnswer },
      run: async (request, reply) => {
        const caller = callerOf(request)
        const shop = await createShop(tools, caller, request.body)
        reply.header('location', `/v1/shops/${shop.id}`)
        return answer(shop)
      },
    })

    operation(app, {
      id: 'getShop',
      at: 'GET /v1/shops/:id',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      summary: 'One shop (店舗)',
      description: 'Credentials are never shown, only whether they are there and when they end.',
      params: IdParams,
      answers: { 200: ShopAnswer },
      run: async (request) => {
        const where = { id: request.params.id, tenantId: tenantOf(request) }
        const shop = await tools.db.shop.findFirst({ where, omit: WITHOUT_SECRETS })
        if (!shop) throw shopNotFound()
        return answer(shop)
      },
    })

    operation(app, {
      id: 'updateShop',
      at: 'PATCH /v1/shops/:id',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'light',
      audit: ['shop.updated'],
      summary: 'Change a shop (店舗の変更)',
      description:
        'Only what is given changes. `settings` are replaced whole; of `credentials` (認証情報) a renewed value may be entered ' +
        'alone. New credentials clear attention (要対応), open the lane to the mall and start the work that waited.',
      params: IdParams,
      body: json(ShopChange.meta({ examples: [{ name: 'とりこみ商店 本店', enabled: true }] }), '1 MiB'),
      answers: { 200: ShopAnswer },
      run: async (request) => {
        const caller = callerOf(request)
        return answer(await changeShop(tools, caller, request.params.id, request.body))
      },
    })

    operation(app, {
      id: 'deleteShop',
      at: 'DELETE /v1/shops/:id',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'light',
      audit: ['shop.deleted'],
      summary: 'Remove a shop and its credentials (店舗の削除)',
      description:
        'Refused with 409 while the shop has orders: set `enabled` to false instead, or say `withOrders=true` to delete them too.',
      params: IdParams,
      query: z.strictObject({
        withOrders: QueryFlag.optional().describe('Delete the orders of the shop as well (受注も削除)'),
      }),
      answers: { 204: z.undefined().describe('Removed (削除済)') },
      run: async (request) => {
        const caller = callerOf(request)
        await deleteShop(tools, caller, request.params.id, request.query.withOrders ?? false)
      },
    })

    operation(app, {
      id: 'testShop',
      at: 'POST /v1/shops/:id/test',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'waits',
      audit: [],
      limit: asksOthers(),
      summary: 'Log in at the mall and tell what was found (接続テスト)',
      description:
        'Makes one harmless call. Answers 200 with `ok: false` when the mall refuses; a good answer clears attention (要対応).',
      params: IdParams,
      repeat: 'each time',
      answers: { 200: ShopCheck },
      run: (request, reply) =>
        outside(() => testShop(tools, tenantOf(request), request.params.id, clientGone(reply))),
    })
  }

// Secret that opens a shop's endpoint for notifications by HTTP; without one it is closed.

interface PushSecretTools {
  db: Db
  clock: Clock
  newId: NewId
  random: Pick<Random, 'bytes'>
  sealer: Pick<Sealer, 'of'>
}

export const pushSecretRoutes =
  (tools: PushSecretTools): Routes =>
  (app) => {
    operation(app, {
      id: 'setPushSecret',
      at: 'POST /v1/shops/:id/push-secret',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'light',
      audit: ['shop.push_secret_set'],
      summary: 'Open the shop’s door for notifications by HTTP (通知の受け口の開設)',
      description:
        'Gives a signing secret, shown this once, or takes `key`, where the mall issues it (システムイベント通知の authKey). ' +
        'The one before does not count any more. `{"key": null}` closes the door.',
      params: IdParams,
      body: json(
        z
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
        '64 KiB',
      ),
      repeat: { key: 'no answer kept' },
      answers: {
        200: z.object({ secret: z.string().nullable().describe('`whsec_…`; null with `key` (署名鍵)') }),
      },
      run: async (request) => {
        const { id } = request.params
        const caller = callerOf(request)
        const key = request.body?.key
        const secret = key === undefined ? signingSecret(tools.random) : key
        await tools.db.$transaction(async (tx) => {
          await needGiver(tx, caller, dateNow(tools.clock))
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
    })
  }
