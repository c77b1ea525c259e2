import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Shop } from '../generated/prisma/client.ts'
import { anyone } from '../http/access.ts'
import { asApp, type Routes } from '../http/app-types.ts'
import { rawBodies, signatureRefused, signedHeaders, singleHeaders } from '../http/bodies.ts'
import { EACH_AT_THE_DOOR, limitDoor } from '../http/limits.ts'
import { json, operation } from '../http/operation.ts'
import { IdParams } from '../http/schemas.ts'
import type {
  Marketplace,
  PushAnswer,
  PushedOrder,
  PushedShop,
  PushHeaders,
  PushRefusal,
  SentPush,
} from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { checkSignature, type SignedHeaders } from '../platform/crypto/signed-message.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { openCredentials } from '../shops/credentials/credentials.ts'
import { pushContext } from '../shops/shops/shops.ts'
import { refusePosted } from '../shops/tenants/tenants.ts'
import { ingestPushed, type TakeTools } from './take.ts'

/**
 * Each shop's endpoint for notifications by HTTP, closed until it has a secret. A mall's own post is
 * authenticated by the mall's key in it or by the mall's signature, a vendor's or a program's by its
 * signature. All only name the order to read.
 */

export interface PushTools extends TakeTools {
  db: Db
  marketplaces: ReadonlyMap<MarketplaceName, Marketplace>
  sealer: Sealer
}

export type Pushed = { taken: number; answer?: PushAnswer } | { refusal: PushRefusal; answer?: PushAnswer }

export interface Push {
  shopId: string
  headers: SignedHeaders
  /** All of them: a mall has its own. */
  sent?: PushHeaders
  body: Buffer
  /** XML, as malls post it; else JSON. */
  xml: boolean
}

const PushedOrders = z.strictObject({
  orderNumbers: z
    .array(z.string().trim().min(1).max(100))
    .min(1)
    .max(100)
    .describe('Order numbers (受注番号)'),
})

export function createPushDoor(tools: PushTools) {
  return async (push: Push): Promise<Pushed> => {
    const pushed = await take(push)
    if ('refusal' in pushed) {
      tools.metrics.notifications.inc({ marketplace: 'push', result: pushed.refusal })
      tools.log.warn({ shopId: push.shopId, reason: pushed.refusal }, 'a pushed notification was refused')
    }
    return pushed
  }

  async function take({ shopId, headers, sent = {}, body, xml }: Push): Promise<Pushed> {
    const shop = await tools.db.shop.findFirst({
      where: { id: shopId, enabled: true },
      select: {
        tenant: { select: { status: true } },
        id: true,
        tenantId: true,
        code: true,
        marketplace: true,
        sealedPushSecret: true,
        sealedCredentials: true,
      },
    })
    const mall = shop && tools.marketplaces.get(shop.marketplace)
    if (!shop || !mall) return { refusal: 'forged' }
    const secret = pushSecretOf(tools.sealer, shop)
    const now = tools.clock.now()
    const secrets = mall.push?.verify ? mallSecretsOf(tools.sealer, mall, shop, secret) : []
    const own = { code: shop.code, secrets }
    const signed = secrets.length === 0 ? null : readOwnSigned(mall, { headers: sent, body, now }, own)
    if (signed === null && secret === null) return { refusal: 'forged' }
    const read =
      signed ?? (xml ? readOfMall(mall, secret ?? '', body) : readSigned(secret ?? '', headers, body, now))
    if ('refusal' in read) return read
    if (shop.tenant.status !== 'active') {
      await refusePosted(tools.db, shop.tenantId, '通知用のキー')
      return { refusal: 'forged' }
    }
    const orders = read.orders.filter(
      ({ orderNumber }) => mall.ownsOrderNumber(shop.code, orderNumber) !== false,
    )
    if (orders.length < read.orders.length && orders.length === 0) return { ...read, refusal: 'unreadable' }
    if (orders.length > 0) await ingestPushed(tools, { ...shop, marketplace: mall.name }, orders)
    return { taken: orders.length, ...(read.answer ? { answer: read.answer } : {}) }
  }
}

type SealedShop = Pick<Shop, 'id' | 'tenantId' | 'sealedPushSecret' | 'sealedCredentials'>

function pushSecretOf(sealer: Pick<Sealer, 'of'>, { id, tenantId, sealedPushSecret }: SealedShop) {
  if (sealedPushSecret === null) return null
  return sealer.of(tenantId).open(pushContext(id), sealedPushSecret).toString('utf8')
}

/** The secrets by which the shop's mall may have signed. */
function mallSecretsOf(
  sealer: Pick<Sealer, 'of'>,
  { push, credentials }: Marketplace,
  shop: SealedShop,
  secret: string | null,
): string[] {
  const known = credentials.safeParse(openCredentials(sealer, shop)).data
  const all = [secret ?? '', ...(known === undefined ? [] : (push?.secretsOf?.(known) ?? []))]
  return all.filter((one) => one !== '')
}

function readOwnSigned({ push }: Marketplace, sent: SentPush, shop: PushedShop): Read | null {
  try {
    return push?.verify?.(sent, shop) ?? null
  } catch {
    return { refusal: 'unreadable' }
  }
}

type Read = { orders: PushedOrder[]; answer?: PushAnswer } | { refusal: PushRefusal; answer?: PushAnswer }

function readOfMall({ push }: Marketplace, secret: string, body: Buffer): Read {
  if (push?.xml === undefined) return { refusal: 'unreadable' }
  const { read: readXml, answers } = push.xml
  const read = readXml(body.toString('utf8'))
  if (read === null) return { refusal: 'unreadable', answer: answers.unreadable }
  if (!isSame(read.key, secret)) return { refusal: 'forged', answer: answers.refused }
  return { orders: read.orders, answer: answers.taken }
}

function readSigned(secret: string, headers: SignedHeaders, body: Buffer, now: number): Read {
  const signature = checkSignature(secret, headers, body, now)
  if (!signature.ok) return { refusal: signature.reason }
  const { orderNumbers = [] } = PushedOrders.safeParse(parsed(body)).data ?? {}
  if (orderNumbers.length === 0) return { refusal: 'unreadable' }
  return { orders: [...new Set(orderNumbers)].map((orderNumber) => ({ orderNumber, id: signature.id })) }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const JSON_TYPE = 'application/json'
const TYPES = ['text/xml', 'application/xml', JSON_TYPE]

/** POST /v1/shops/{id}/pushed-orders, without an API key: the mall's key or the signature is the proof. */
export const pushRoute =
  (door: ReturnType<typeof createPushDoor>): Routes =>
  (app) => {
    void app.register(async (scope) => {
      limitDoor(asApp(scope))
      operation(rawBodies(scope, TYPES), {
        id: 'pushOrders',
        at: 'POST /v1/shops/:id/pushed-orders',
        since: '1.0.0',
        tag: 'shops',
        who: anyone('signature'),
        cost: 'light',
        audit: [],
        limit: EACH_AT_THE_DOOR,
        summary: 'Tell of new orders of a shop (注文の通知)',
        description:
          'Closed until the shop has a secret (`POST /v1/shops/{id}/push-secret`). Either the mall’s own message (' +
          'システムイベント通知, XML), or JSON `{"orderNumbers": ["…"]}` signed as Standard Webhooks says. Each number becomes an ' +
          'import request; nothing else of the message is used.',
        params: IdParams,
        body: json(
          PushedOrders.meta({ examples: [{ orderNumbers: ['123456-20260115-0000000001'] }] }),
          '2 MiB',
          [JSON_TYPE],
        ),
        repeat: 'each time',
        run: async (request, reply) => {
          const pushed = await door({
            shopId: request.params.id,
            headers: signedHeaders(request),
            sent: singleHeaders(request),
            body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
            xml: !(request.headers['content-type'] ?? '').toLowerCase().startsWith(JSON_TYPE),
          })
          if (pushed.answer) return reply.type(pushed.answer.type).send(pushed.answer.body)
          if ('refusal' in pushed) throw refused(pushed.refusal)
          return { taken: pushed.taken }
        },
      })
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
