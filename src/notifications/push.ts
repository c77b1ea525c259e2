import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Marketplace, PushAnswer, PushedOrder } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { checkSignature, type SignedHeaders } from '../platform/crypto/signed-message.ts'
import type { Db } from '../platform/db/database.ts'
import { pushContext } from '../shops/shops/shops.ts'
import { ingestPushed, type TakeTools } from './take.ts'

/**
 * Each shop's endpoint for notifications by HTTP, closed until it has a secret. A mall's own post is
 * authenticated by the mall's key in it, a vendor's or a program's by its signature. Both only name the order
 * to read.
 */

export interface PushTools extends TakeTools {
  db: Db
  marketplaces: ReadonlyMap<MarketplaceName, Marketplace>
  sealer: Sealer
}

export type PushRefusal = 'missing' | 'forged' | 'stale' | 'unreadable'
export type Pushed = { taken: number; answer?: PushAnswer } | { refusal: PushRefusal; answer?: PushAnswer }

export interface Push {
  shopId: string
  headers: SignedHeaders
  body: Buffer
  /** XML, as malls post it; else JSON. */
  xml: boolean
}

export const PushedOrders = z.strictObject({
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

  async function take({ shopId, headers, body, xml }: Push): Promise<Pushed> {
    const shop = await tools.db.shop.findFirst({
      where: { id: shopId, enabled: true, tenant: { status: 'active' } },
      select: { id: true, tenantId: true, code: true, marketplace: true, sealedPushSecret: true },
    })
    const mall = shop && tools.marketplaces.get(shop.marketplace)
    if (!shop?.sealedPushSecret || !mall) return { refusal: 'forged' }
    const secret = tools.sealer
      .of(shop.tenantId)
      .open(pushContext(shopId), shop.sealedPushSecret)
      .toString('utf8')
    const read = xml ? readOfMall(mall, secret, body) : readSigned(secret, headers, body, tools.clock.now())
    if ('refusal' in read) return read
    const own = read.orders.filter(
      ({ orderNumber }) => mall.ownsOrderNumber(shop.code, orderNumber) !== false,
    )
    if (own.length < read.orders.length && own.length === 0) return { ...read, refusal: 'unreadable' }
    await ingestPushed(tools, { ...shop, marketplace: mall.name }, own)
    return { taken: own.length, ...(read.answer ? { answer: read.answer } : {}) }
  }
}

type Read = { orders: PushedOrder[]; answer?: PushAnswer } | { refusal: PushRefusal; answer?: PushAnswer }

function readOfMall({ push }: Marketplace, secret: string, body: Buffer): Read {
  if (push === undefined) return { refusal: 'unreadable' }
  const read = push.read(body.toString('utf8'))
  if (read === null) return { refusal: 'unreadable', answer: push.answers.unreadable }
  if (!isSame(read.key, secret)) return { refusal: 'forged', answer: push.answers.refused }
  return { orders: read.orders, answer: push.answers.taken }
}

function readSigned(secret: string, headers: SignedHeaders, body: Buffer, now: number): Read {
  const signature = checkSignature(secret, headers, body, now)
  if (!signature.ok) return { refusal: signature.reason }
  const { orderNumbers = [] } = PushedOrders.safeParse(json(body)).data ?? {}
  if (orderNumbers.length === 0) return { refusal: 'unreadable' }
  return { orders: [...new Set(orderNumbers)].map((orderNumber) => ({ orderNumber, id: signature.id })) }
}

function json(body: Buffer): unknown {
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
