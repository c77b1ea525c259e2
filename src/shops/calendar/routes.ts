import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { shopsOf, tenantOf } from '../../http/auth.ts'
import { operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { Id, isoOrNull, NextCursor, pageQuery, Time } from '../../http/schemas.ts'
import type { Lifetime } from '../../marketplaces/port/marketplace.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { AttentionAnswer, attentionAnswer, MarketplaceNameSchema } from '../shops/shop-schemas.ts'
import { type CalendarShop, type CalendarTools, lifetimesOf, mailboxLifetimes, stateOf } from './lifetimes.ts'

export interface CalendarRouteTools extends CalendarTools {
  db: Db
  clock: Clock
  /** Null: no consents in the browser. */
  publicUrl: string | null
}

const LifetimeAnswer = z
  .object({
    what: z
      .string()
      .describe('For programs: licenseKey, consent, session, publicKey, clientSecret, apiKey (対象コード)'),
    label: z.string().describe('As the mall calls it (対象)'),
    endsAt: Time.nullable().describe('Null when nothing tells (有効期限)'),
    certain: z
      .boolean()
      .describe('true: the mall’s date, or one that follows from its rules; false: an estimate (確実)'),
    daysLeft: z.int().nullable().describe('Whole days, negative after the end (残り日数)'),
    state: z
      .enum(['unknown', 'ok', 'soon', 'ended', 'doubtful'])
      .describe(
        'unknown 不明, ok 余裕あり, soon 期限間近, ended 期限切れ, doubtful 期限後もモールが受け付けている (状態)',
      ),
    action: z.string().describe('What to do, and where, Japanese (対応)'),
  })
  .describe('One thing that ends by itself (有効期限)')

const ShopCredentials = z
  .object({
    shopId: Id,
    shopName: z.string().describe('店舗名'),
    marketplace: MarketplaceNameSchema,
    consent: z.boolean().describe('`POST /v1/shops/{id}/consent` works here (ブラウザーでの同意が可能)'),
    attention: AttentionAnswer.nullable(),
    checkedAt: Time.nullable().describe('When the mall last took these credentials (最終確認日時)'),
    checkCode: z.string().nullable().describe('Why the last check failed (最終確認のエラーコード)'),
    lifetimes: z.array(LifetimeAnswer).describe('Soonest first (有効期限の一覧)'),
  })
  .meta({ id: 'ShopCredentials', description: 'What ends when at one shop (認証情報の期限)' })

const MailboxCredentials = z
  .object({
    mailboxId: Id,
    mailboxName: z.string().describe('受信箱名'),
    attention: AttentionAnswer.nullable(),
    lifetimes: z.array(LifetimeAnswer).describe('Soonest first (有効期限の一覧)'),
  })
  .meta({ id: 'MailboxCredentials', description: 'What ends when at one mailbox (受信箱の期限)' })

const MOST_MAILBOXES = 1_000

const FIELDS = {
  id: true,
  tenantId: true,
  name: true,
  marketplace: true,
  sealedCredentials: true,
  credentialsVersion: true,
  credentialsSetAt: true,
  attentionCode: true,
  attentionMessage: true,
  attentionSince: true,
  credentialCheck: true,
  mallNotices: { select: { code: true, lastSeenAt: true } },
} as const

const DAY_MS = 24 * 60 * 60 * 1000

export const credentialCalendarRoutes =
  (tools: CalendarRouteTools): Routes =>
  (app) => {
    operation(app, {
      id: 'listCredentials',
      at: 'GET /v1/credentials',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'filtered'),
      cost: 'light',
      tools: ['key_calendar'],
      summary: 'Keys and consents that end (認証情報の期限一覧)',
      description:
        'Every lifetime of every shop: how sure its date is, and what to do. The mall is asked about once a day, and by ' +
        '`POST /v1/shops/{id}/test`. Notices (通知) go out 30, 14, 7, 3 and 1 days before an end, and at it.',
      query: z.strictObject(pageQuery()),
      answers: {
        200: z.object({
          credentials: z.array(ShopCredentials),
          mailboxes: z
            .array(MailboxCredentials)
            .describe('Mailboxes that sign in by OAuth; on the first page alone (受信箱)'),
          nextCursor: NextCursor,
        }),
      },
      run: async (request) => {
        const bound = shopsOf(request)
        const { rows, nextCursor } = await pageById('asc', request.query, ({ id, orderBy, take }) =>
          tools.db.shop.findMany({
            where: { tenantId: tenantOf(request), id: bound === null ? id : { ...id, in: [...bound] } },
            select: FIELDS,
            orderBy,
            take,
          }),
        )
        // A mailbox may serve shops that are not the key's.
        const isWhole = request.query.cursor === undefined && bound === null
        const mailboxes = isWhole ? await readMailboxes(tools, tenantOf(request)) : []
        return { credentials: rows.map((row) => answerOf(tools, row)), mailboxes, nextCursor }
      },
    })
  }

async function readMailboxes({ db, clock }: CalendarRouteTools, tenantId: string) {
  const rows = await db.mailbox.findMany({
    where: { tenantId, authKind: { not: 'password' } },
    omit: { sealedUsername: true, sealedPassword: true, sealedAuth: true },
    orderBy: { id: 'asc' },
    take: MOST_MAILBOXES,
  })
  const now = clock.now()
  return rows.map((row) => ({
    mailboxId: row.id,
    mailboxName: row.name,
    attention: attentionAnswer(row),
    lifetimes: mailboxLifetimes(row)
      .sort(soonestFirst)
      .map((lifetime) => lifetimeAnswer(lifetime, null, now)),
  }))
}

type Row = CalendarShop & {
  name: string
  attentionCode: string | null
  attentionMessage: string | null
  attentionSince: Date | null
  credentialCheck: (CalendarShop['credentialCheck'] & { code: string | null }) | null
}

function answerOf(tools: CalendarRouteTools, shop: Row): z.infer<typeof ShopCredentials> {
  const now = tools.clock.now()
  const current = shop.credentialCheck?.credentialsVersion === shop.credentialsVersion
  const checkedAt = current ? (shop.credentialCheck?.checkedAt ?? null) : null
  return {
    shopId: shop.id,
    shopName: shop.name,
    marketplace: shop.marketplace,
    consent: tools.publicUrl !== null && tools.marketplaces.get(shop.marketplace)?.consent !== undefined,
    attention: attentionAnswer(shop),
    checkedAt: isoOrNull(checkedAt),
    checkCode: current ? (shop.credentialCheck?.code ?? null) : null,
    lifetimes: lifetimesOf(tools, shop, now)
      .sort(soonestFirst)
      .map((lifetime) => lifetimeAnswer(lifetime, checkedAt, now)),
  }
}

const soonestFirst = (a: Lifetime, b: Lifetime) => timeOf(a) - timeOf(b)
const timeOf = ({ endsAt }: Lifetime) => endsAt?.getTime() ?? Number.MAX_SAFE_INTEGER

function lifetimeAnswer(
  lifetime: Lifetime,
  checkedAt: Date | null,
  now: number,
): z.infer<typeof LifetimeAnswer> {
  const { key, label, endsAt, certain, action } = lifetime
  return {
    what: key,
    label,
    endsAt: isoOrNull(endsAt),
    certain,
    daysLeft: endsAt && Math.floor((endsAt.getTime() - now) / DAY_MS),
    state: stateOf(lifetime, checkedAt, now),
    action,
  }
}
