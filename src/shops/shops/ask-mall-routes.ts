import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import { clientGone } from '../../http/answers.ts'
import type { Routes } from '../../http/app-types.ts'
import { tenantOf } from '../../http/auth.ts'
import { renamedTo } from '../../http/deprecation.ts'
import { asksOthers, LOOKS_PER_MINUTE } from '../../http/limits.ts'
import { operation } from '../../http/operation.ts'
import { decodeCursor, encodeCursor } from '../../http/paging.ts'
import { CutLater, Day, IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import {
  APPLICATION_DATES,
  type ApplicationPage,
  PurchaseApplication,
} from '../../marketplaces/port/purchase-applications.ts'
import type { MarketplaceSession, SubStatus } from '../../marketplaces/port/session.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Db } from '../../platform/db/database.ts'
import { outside } from '../../platform/db/tenant-scope.ts'
import { AppError } from '../../platform/errors.ts'
import { abortAfter, TimedOut } from '../../platform/timeout.ts'
import { shopNotFound } from '../tenants/shop-scope.ts'
import type { ShopSessions } from './sessions.ts'

export interface MallQuestionTools {
  db: Db
  sessions: Pick<ShopSessions, 'open'>
  /** Longest time for the call. */
  timeoutMs: number
}

/**
 * Asks a shop's mall something for the person who waits for it; what the mall says of the shop is told to
 * them and moves nothing here.
 * @throws AppError MARKETPLACE_REFUSED, MARKETPLACE_UNAVAILABLE with the mall's own code and words in
 * `details`
 */
async function fetchFromMall<T>(
  { db, sessions, timeoutMs }: MallQuestionTools,
  { tenantId, shopId }: { tenantId: string; shopId: string },
  signal: AbortSignal,
  ask: (session: MarketplaceSession, signal: AbortSignal, mall: MarketplaceName) => Promise<T> | T,
): Promise<T> {
  const shop = await db.shop.findFirst({ where: { id: shopId, tenantId }, select: { marketplace: true } })
  if (!shop) throw shopNotFound()
  try {
    return await outside(() =>
      abortAfter(timeoutMs, signal, async (limit) => {
        const { session } = await sessions.open(shopId)
        return ask(session, limit, shop.marketplace)
      }),
    )
  } catch (error) {
    throw asAppError(error)
  }
}

function asAppError(error: unknown): unknown {
  if (error instanceof TimedOut)
    return new AppError(
      'MARKETPLACE_UNAVAILABLE',
      'モールから時間内に応答がありませんでした。しばらくしてから再実行してください。',
    )
  if (!(error instanceof MarketplaceFailure)) return error
  const { kind, code, message, mallCode, mallMessage } = error
  const away = kind === 'throttled' || kind === 'unavailable'
  return new AppError(away ? 'MARKETPLACE_UNAVAILABLE' : 'MARKETPLACE_REFUSED', message, {
    details: { mall: { code, mallCode: mallCode ?? null, mallMessage: mallMessage ?? null } },
  })
}

const SubStatusAnswer = z
  .object({
    code: z.string().describe('`subStatus` of a site change (サブステータスID)'),
    label: z.string().describe('As the shop named it (名称)'),
    mallStatus: z
      .object({
        code: z.string().describe('コード'),
        name: z.string().nullable().describe('名称'),
      })
      .nullable()
      .describe('The mall status that it belongs to; null: any (注文ステータス)'),
  })
  .describe('Sub-status (サブステータス)')

export const subStatusRoutes =
  (tools: SubStatusTools): Routes =>
  (app) => {
    operation(app, {
      id: 'listSubStatuses',
      at: 'GET /v1/shops/:id/sub-statuses',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'by path'),
      cost: 'waits',
      limit: asksOthers(LOOKS_PER_MINUTE),
      summary: 'Sub-statuses of a shop (サブステータスの一覧)',
      description:
        'What the site change `sub_status` takes: those the shop has set up, where the mall tells them, or the mall’s ' +
        'fixed ones. Empty for a mall that tells none: it takes the names that the shop gave, or has none.',
      params: IdParams,
      answers: { 200: z.object({ subStatuses: z.array(SubStatusAnswer), nextCursor: CutLater }) },
      run: async (request, reply) => ({
        subStatuses: await readSubStatuses(tools, tenantOf(request), request.params.id, clientGone(reply)),
        nextCursor: null,
      }),
    })
  }

interface SubStatusTools extends MallQuestionTools {
  marketplaces: Marketplaces
}

/**
 * Lists values of `subStatus` for a form: the mall's, else the action's fixed ones; none without a list.
 * @throws as `fetchFromMall` does
 */
export const readSubStatuses = (
  tools: SubStatusTools,
  tenantId: string,
  shopId: string,
  signal: AbortSignal,
): Promise<SubStatus[]> =>
  fetchFromMall(tools, { tenantId, shopId }, signal, (session, limit, mall) =>
    session.subStatuses ? session.subStatuses(limit) : fixedOnes(tools.marketplaces, mall),
  )

function fixedOnes(marketplaces: Marketplaces, name: Parameters<Marketplaces['get']>[0]): SubStatus[] {
  const action = marketplaces.get(name)?.changes?.actions.find((one) => one.action === 'sub_status')
  const field = action?.fields.find((one) => one.name === 'subStatus')
  return (field?.choices ?? []).map(({ code, label }) => ({ code, label, mallStatus: null }))
}

const JAPAN_MS = 9 * 3_600_000
const DAY_MS = 86_400_000
/** Without a period: what is delivered from today on. Rakuten looks from a year ago to a year ahead. */
const AHEAD_DAYS = 90
const MOST_DAYS = 730

const Query = z.strictObject({
  by: z
    .enum(APPLICATION_DATES)
    .default('delivery')
    .describe('What the period is of: applied 申込日, delivery お届け予定日, confirmation 注文確定日'),
  from: Day.optional().describe('YYYY-MM-DD in Japan, today when left out (開始日)'),
  to: Day.optional().describe(
    `YYYY-MM-DD, inclusive, ${AHEAD_DAYS} days after \`from\` when left out (終了日)`,
  ),
  ...pageQuery(1_000, 100),
})
const Cursor = z.tuple([z.int().min(0).max(1_000_000)])

const NONE: ApplicationPage = { applications: [], total: 0 }

/** 購入申込: asked of the mall as it stands now, never stored and never among the orders. */
export const purchaseApplicationRoutes =
  (tools: MallQuestionTools & { clock: Clock }): Routes =>
  (app) => {
    operation(app, {
      id: 'listPurchaseApplications',
      at: 'GET /v1/shops/:id/purchase-applications',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('read_only', 'by path'),
      cost: 'waits',
      limit: asksOthers(LOOKS_PER_MINUTE),
      summary: 'Applications that are not orders yet (購入申込の一覧)',
      description:
        'Reservations, subscriptions and 頒布会 as the mall lists them now, so that stock can be planned. Each delivery becomes an order ' +
        'when the mall confirms it, and is imported then; until then it is nothing to ship. Buyer and recipient come with the order. ' +
        'Empty for a mall that keeps none apart.',
      params: IdParams,
      query: Query,
      answers: {
        200: z.object({
          purchaseApplications: z
            .array(PurchaseApplication)
            .describe('As the mall lists them (モールの表示順)'),
          applications: renamedTo('purchaseApplications', z.array(PurchaseApplication)),
          total: z.int().describe('As the mall counts them (件数)'),
          nextCursor: NextCursor,
        }),
      },
      run: async (request, reply) => {
        const { by, cursor, limit, ...period } = request.query
        const { from, to } = periodOf(period, tools.clock)
        const offset = cursor === undefined ? 0 : decodeCursor(cursor, Cursor)[0]
        const shop = { tenantId: tenantOf(request), shopId: request.params.id }
        const search = { by, from, to, offset, limit }
        const { applications, total } = await fetchFromMall(
          tools,
          shop,
          clientGone(reply),
          (session, signal) => session.purchaseApplications?.(search, signal) ?? NONE,
        )
        const next = offset + applications.length
        const more = applications.length > 0 && next < total
        return {
          purchaseApplications: applications,
          applications,
          total,
          nextCursor: more ? encodeCursor([next]) : null,
        }
      },
    })
  }

function periodOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  clock: Clock,
): { from: string; to: string } {
  const start = from ?? dayOf(dateNow(clock).getTime() + JAPAN_MS)
  const end = to ?? dayOf(Date.parse(start) + AHEAD_DAYS * DAY_MS)
  const days = (Date.parse(end) - Date.parse(start)) / DAY_MS
  if (days < 0 || days > MOST_DAYS)
    throw invalid([
      {
        field: 'to',
        message: `終了日は開始日以降、${MOST_DAYS}日以内の日付を指定してください。`,
        code: 'invalid',
      },
    ])
  return { from: start, to: end }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
