import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { Id, isoOrNull, NoNextPage, Time } from '../../http/schemas.ts'
import type { Db } from '../../platform/db/database.ts'
import { MarketplaceNameSchema } from './shop-schemas.ts'

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

/** 要対応 of all tenants, for the operator's desk. */
export const attentionRoutes =
  ({ db }: { db: Db }): Routes =>
  (app) => {
    app.get(
      '/attention',
      {
        schema: {
          tags: ['operator'],
          operationId: 'listAttention',
          summary: 'Shops and mailboxes of all tenants that stand still (要対応の一覧)',
          description: `Longest first, ${MOST} at most.`,
          response: { 200: z.object({ attention: z.array(Standing), nextCursor: NoNextPage }) },
        },
      },
      async () => {
        const standing = {
          where: { attentionCode: { not: null } },
          orderBy: { attentionSince: 'asc' },
          take: MOST,
        } as const
        const common = {
          ...{ id: true, tenantId: true, name: true, attentionCode: true, attentionMessage: true },
          ...{ attentionSince: true, tenant: { select: { name: true } } },
        } as const
        const [shops, mailboxes] = await Promise.all([
          db.shop.findMany({ ...standing, select: { ...common, marketplace: true } }),
          db.mailbox.findMany({ ...standing, select: common }),
        ])
        const all = [
          ...shops.map((row) => ({ ...row, what: 'shop' as const })),
          ...mailboxes.map((row) => ({ ...row, what: 'mailbox' as const, marketplace: null })),
        ].sort((a, b) => (a.attentionSince?.getTime() ?? 0) - (b.attentionSince?.getTime() ?? 0))
        const attention = all.slice(0, MOST).map((row) => ({
          ...{ what: row.what, id: row.id, tenantId: row.tenantId, tenantName: row.tenant.name },
          ...{ name: row.name, marketplace: row.marketplace, code: row.attentionCode ?? '' },
          ...{ message: row.attentionMessage, since: isoOrNull(row.attentionSince) },
        }))
        return { attention, nextCursor: null }
      },
    )
  }
