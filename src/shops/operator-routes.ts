import { z } from 'zod'
import { operator } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { operation } from '../http/operation.ts'
import { CutLater, Id, isoOrNull, Time } from '../http/schemas.ts'
import type { Db } from '../platform/db/database.ts'
import { MarketplaceNameSchema } from './shops/shop-schemas.ts'

/** More stand still at once only when all of a mall does; the oldest say why. */
const MOST = 500

const Standing = z
  .object({
    what: z.enum(['shop', 'mailbox']).describe('shop 店舗, mailbox 受信箱 (対象)'),
    id: Id,
    tenantId: Id,
    tenantName: z.string().describe('契約店名'),
    name: z.string().describe('店舗または受信箱の名前'),
    marketplace: MarketplaceNameSchema.nullable().describe('Null of a mailbox (モール)'),
    code: z.string().describe('要対応のコード'),
    message: z.string().nullable().describe('What a person must do, Japanese (すること)'),
    since: Time.nullable().describe('いつから'),
  })
  .meta({ id: 'StandingStill', description: 'A shop or mailbox that waits for a person (要対応)' })

/** Shops of two tenants at one store: one holds the other's consent, or the seller changed tenants. */
async function sharedStores(db: Db) {
  const stores = await db.shop.groupBy({
    by: ['marketplace', 'code'],
    having: { code: { _count: { gt: 1 } } },
    orderBy: [{ marketplace: 'asc' }, { code: 'asc' }],
    take: MOST,
  })
  if (stores.length === 0) return []
  const shops = await db.shop.findMany({
    where: { OR: stores.map(({ marketplace, code }) => ({ marketplace, code })) },
    select: {
      id: true,
      tenantId: true,
      name: true,
      marketplace: true,
      code: true,
      createdAt: true,
      tenant: { select: { name: true } },
    },
  })
  return shops.map((shop) => {
    const others = shops.filter(
      (other) =>
        other.tenantId !== shop.tenantId &&
        other.code === shop.code &&
        other.marketplace === shop.marketplace,
    )
    const names = others.map(({ tenant }) => `「${tenant.name}」`).join('、')
    return {
      ...shop,
      what: 'shop' as const,
      attentionCode: 'SHOP_ALSO_ELSEWHERE',
      attentionMessage: `同じ店舗コード（${shop.code}）の店舗が契約店${names}にもあります。どちらの店舗か契約店に確認し、違うほうの店舗を削除してください。`,
      attentionSince: new Date(Math.max(...[shop, ...others].map(({ createdAt }) => createdAt.getTime()))),
    }
  })
}

/** 要対応 of all tenants, for the operator's desk. */
export const attentionRoutes =
  ({ db }: { db: Db }): Routes =>
  (app) => {
    operation(app, {
      id: 'listAttention',
      at: 'GET /v1/admin/attention',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      summary: 'Shops and mailboxes of all tenants that stand still (要対応の一覧)',
      description:
        `Longest first, ${MOST} at most. SHOP_ALSO_ELSEWHERE is of the operator alone: a shop of the same mall and code belongs to another ` +
        'tenant too, which may hold tokens that are not meant for it (同じ店舗コードが別の契約店にもある店舗を含みます).',
      answers: { 200: z.object({ attention: z.array(Standing), nextCursor: CutLater }) },
      run: async () => {
        const standing = {
          where: { attentionCode: { not: null } },
          orderBy: { attentionSince: 'asc' },
          take: MOST,
        } as const
        const common = {
          id: true,
          tenantId: true,
          name: true,
          attentionCode: true,
          attentionMessage: true,
          attentionSince: true,
          tenant: { select: { name: true } },
        } as const
        const [shops, mailboxes, shared] = await Promise.all([
          db.shop.findMany({ ...standing, select: { ...common, marketplace: true } }),
          db.mailbox.findMany({ ...standing, select: common }),
          sharedStores(db),
        ])
        const all = [
          ...shared,
          ...shops.map((row) => ({ ...row, what: 'shop' as const })),
          ...mailboxes.map((row) => ({ ...row, what: 'mailbox' as const, marketplace: null })),
        ].sort((a, b) => (a.attentionSince?.getTime() ?? 0) - (b.attentionSince?.getTime() ?? 0))
        const attention = all.slice(0, MOST).map((row) => ({
          what: row.what,
          id: row.id,
          tenantId: row.tenantId,
          tenantName: row.tenant.name,
          name: row.name,
          marketplace: row.marketplace,
          code: row.attentionCode ?? '',
          message: row.attentionMessage,
          since: isoOrNull(row.attentionSince),
        }))
        return { attention, nextCursor: null }
      },
    })
  }

interface QueueCounts {
  waiting: number
  active: number
  delayed: number
  failed: number
}

/** Counts by queue name. */
export type ReadQueues = () => Promise<Readonly<Record<string, QueueCounts>>>

const Count = z.int().min(0)

const Queue = z
  .object({
    name: z.string().describe('Queue (キュー名)'),
    waiting: Count.describe('Wake-ups not yet taken up (待機)'),
    active: Count.describe('Shops being worked on (処理中)'),
    delayed: Count.describe('Wake-ups for later (遅延)'),
    failed: Count.describe('Wake-ups that ended in an error; the work itself stays in the database (失敗)'),
  })
  .describe('One queue (キュー)')

export const queueRoutes =
  ({ readQueues }: { readQueues: ReadQueues }): Routes =>
  (app) => {
    operation(app, {
      id: 'listQueues',
      at: 'GET /v1/admin/queues',
      since: '1.0.0',
      tag: 'operator',
      who: operator('no personal data'),
      cost: 'light',
      summary: 'How full the queues are (キューの状況)',
      description: 'The queue only wakes; what is to be done is in the database.',
      answers: { 200: z.object({ queues: z.array(Queue), nextCursor: CutLater }) },
      run: async () => {
        const queues = await readQueues()
        return {
          queues: Object.entries(queues).map(([name, counts]) => ({ name, ...counts })),
          nextCursor: null,
        }
      },
    })
  }
