import type { Pool } from 'pg'
import { z } from 'zod'
import type { MallNotification } from '../generated/prisma/client.ts'
import { operator, tenant } from '../http/access.ts'
import { clientGone } from '../http/answers.ts'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { asksOthers } from '../http/limits.ts'
import { operation } from '../http/operation.ts'
import { decodeCursor, pageOf } from '../http/paging.ts'
import { CursorTime, Id, IdParams, iso, isoOrNull, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { MARKETPLACES } from '../marketplaces/port/order.ts'
import type { Subscription } from '../marketplaces/port/session.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { besideReport, outside } from '../platform/db/tenant-scope.ts'
import { AppError } from '../platform/errors.ts'
import { abortAfter, TimedOut } from '../platform/timeout.ts'
import type { ShopSessions } from '../shops/shops/sessions.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { poisonText } from './take.ts'

export interface NotificationRouteTools {
  db: Db
  pool: Pool
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
  sessions: Pick<ShopSessions, 'open'>
}

const SUBSCRIBE_MS = 20_000

const SubscriptionAnswer = z
  .object({
    subscribed: z.boolean().describe('The mall writes to the queue from now on (購読済み)'),
    code: z.string().nullable().describe('Failure code, null when all is well (コード)'),
    messages: z.array(z.string()).describe('What was done, or what to do at the mall, Japanese (結果)'),
  })
  .describe('What became of the subscription (通知の購読)')

/** POST /v1/shops/{id}/notifications */
export const notificationRoutes =
  (tools: NotificationRouteTools): Routes =>
  (app) => {
    operation(app, {
      id: 'subscribeNotifications',
      at: 'POST /v1/shops/:id/notifications',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'waits',
      audit: [],
      limit: asksOthers(),
      summary: 'Have the mall tell of changed orders by itself (通知の購読)',
      description:
        'For malls with a queue of notifications that the operator set. Answers 200 with ' +
        '`subscribed: false` where the mall does not grant it; mails and sweeps go on either way. May be called again at any time.',
      params: IdParams,
      repeat: { key: 'same answer', work: 'several steps' },
      answers: { 200: SubscriptionAnswer },
      run: async (request, reply) => {
        const where = { id: request.params.id, tenantId: tenantOf(request) }
        const shop = await tools.db.shop.findFirst({ where, select: { id: true, marketplace: true } })
        if (!shop) throw shopNotFound()
        const mall = tools.marketplaces.get(shop.marketplace)
        if (!mall?.notifications) throw noNotifications(mall?.label ?? shop.marketplace)
        if (mall.notifications.queues.length === 0) throw noQueue(mall.notifications.setting)
        return outside(() => subscribe(tools, shop.id, clientGone(reply)))
      },
    })
  }

async function subscribe(
  { sessions }: NotificationRouteTools,
  shopId: string,
  signal: AbortSignal,
): Promise<Subscription> {
  try {
    const { session } = await sessions.open(shopId)
    const asked = await abortAfter(SUBSCRIBE_MS, signal, async (limit) => session.subscribe?.(limit))
    if (asked) return asked
    throw new AppError('NOT_CONFIGURED', 'このモールの通知は購読できません。')
  } catch (error) {
    if (error instanceof TimedOut)
      return refused('TIMEOUT', 'モールから応答がありませんでした。しばらくしてから再度お試しください。')
    if (error instanceof MarketplaceFailure) return refused(error.code, error.message)
    throw error
  }
}

const refused = (code: string, message: string): Subscription => ({
  subscribed: false,
  code,
  messages: [message],
})

const noNotifications = (label: string) =>
  new AppError(
    'VALIDATION_FAILED',
    `${label}には購読できる通知がありません。注文はメールとモールの注文一覧との定期照合で取り込みます。`,
    {
      details: { reason: 'notifications_not_supported' },
    },
  )

const noQueue = (setting: string) =>
  new AppError(
    'NOT_CONFIGURED',
    `通知を受け取るキューがありません。運営者がサーバーの設定 ${setting} にキューのURLを設定する必要があります。`,
    { details: { setting } },
  )

const NotificationAnswer = z
  .object({
    id: Id,
    marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
    state: z
      .enum(['taken', 'idle', 'poison'])
      .describe('taken 取込要求にした, idle 対応不要, poison 読み取れず取り置き (状態)'),
    what: z.string().describe('In the mall’s words (内容)'),
    reason: z.string().nullable().describe('Why nothing was done, Japanese (理由)'),
    shopCode: z.string().nullable().describe('店舗コード'),
    orderNumber: z.string().nullable().describe('受注番号'),
    happenedAt: Time.nullable().describe('As the mall says (発生日時)'),
    seenAt: Time.describe('When it was read (受信日時)'),
    text: z.string().nullable().describe('Of poison only (本文)'),
  })
  .describe('A notification of a mall (モールの通知)')

const QueueAnswer = z
  .object({
    url: z.string().describe('キュー'),
    marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
    read: z.boolean().describe('A process reads it (読み取り中)'),
    lastMessageAt: Time.nullable().describe('最終受信日時'),
    failureCode: z.string().nullable().describe('Why it could not be read last (エラーコード)'),
    failedAt: Time.nullable().describe('Since when (発生日時)'),
  })
  .describe('A queue of notifications (通知のキュー)')

const Position = z.tuple([CursorTime, z.uuid()])

/** GET /v1/admin/notifications */
export const notificationAdminRoutes =
  ({ db, sealer }: Pick<NotificationRouteTools, 'db' | 'sealer'>): Routes =>
  (app) => {
    operation(app, {
      id: 'listNotifications',
      at: 'GET /v1/admin/notifications',
      since: '1.0.0',
      tag: 'operator',
      who: operator('report'),
      cost: 'light',
      audit: ['notifications.viewed'],
      seen: ({ notifications }) => {
        const { length } = notifications.filter(({ text }) => typeof text === 'string')
        return length === 0
          ? []
          : [{ action: 'notifications.viewed', target: '', data: { notifications: length } }]
      },
      summary: 'Notifications of the malls, and their queues (モールの通知)',
      description: 'Newest first; kept 30 days. What cannot be read is set aside as `poison`, with its text.',
      query: z.strictObject({
        state: z.enum(['taken', 'idle', 'poison']).optional().describe('Only this state (状態)'),
        ...pageQuery(),
      }),
      answers: {
        200: z.object({
          notifications: z.array(NotificationAnswer),
          queues: z.array(QueueAnswer),
          nextCursor: NextCursor,
        }),
      },
      run: async (request) => {
        const { state, cursor, limit } = request.query
        const rows = await db.mallNotification.findMany({
          where: {
            ...(state === undefined ? {} : { state }),
            ...(cursor === undefined ? {} : before(decodeCursor(cursor, Position))),
          },
          orderBy: [{ seenAt: 'desc' }, { id: 'desc' }],
          take: limit + 1,
          omit: { sealedText: true },
        })
        const queues = await db.notificationQueue.findMany({ orderBy: { url: 'asc' }, take: 100 })
        const page = pageOf(rows, limit, (row) => [iso(row.seenAt), row.id])
        const { auth } = request
        // Unreadable texts may name a buyer.
        const mayRead = auth.kind === 'operator' && auth.role === 'operator'
        const texts = mayRead ? await poisonTexts(db, sealer, page.rows) : new Map<string, string | null>()
        return {
          notifications: page.rows.map((row) => answerOf(row, texts.get(row.id) ?? null)),
          queues: queues.map((queue) => ({
            url: queue.url,
            marketplace: queue.marketplace,
            read: queue.leaseOwner !== null,
            lastMessageAt: isoOrNull(queue.lastMessageAt),
            failureCode: queue.failureCode,
            failedAt: isoOrNull(queue.failedAt),
          })),
          nextCursor: page.nextCursor,
        }
      },
    })
  }

async function poisonTexts(
  db: Db,
  sealer: Pick<Sealer, 'of'>,
  found: readonly Row[],
): Promise<Map<string, string | null>> {
  const rows = await besideReport('texts that nobody could read are sealed', () =>
    db.mallNotification.findMany({
      where: { id: { in: found.map(({ id }) => id) }, sealedText: { not: null } },
      select: { id: true, sealedText: true },
    }),
  )
  return new Map(rows.map((row) => [row.id, poisonText(sealer, row)]))
}

type Row = Omit<MallNotification, 'sealedText'>

function answerOf(row: Row, text: string | null): z.infer<typeof NotificationAnswer> {
  const { id, marketplace, what, reason, shopCode, orderNumber } = row
  return {
    id,
    marketplace,
    what,
    reason,
    shopCode,
    orderNumber,
    state: row.state === 'poison' || row.state === 'idle' ? row.state : 'taken',
    happenedAt: isoOrNull(row.happenedAt),
    seenAt: iso(row.seenAt),
    text,
  }
}

const before = ([seenAt, id]: [string, string]) => ({
  OR: [{ seenAt: { lt: new Date(seenAt) } }, { seenAt: new Date(seenAt), id: { lt: id } }],
})
