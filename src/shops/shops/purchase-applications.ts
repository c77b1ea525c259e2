import { z } from 'zod'
import type { Routes } from '../../http/app-types.ts'
import { tenantOf } from '../../http/auth.ts'
import { clientGone } from '../../http/client-gone.ts'
import { renamedTo } from '../../http/deprecation.ts'
import { asksOthers, LOOKS_PER_MINUTE } from '../../http/limits.ts'
import { decodeCursor, encodeCursor } from '../../http/paging.ts'
import { Day, IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import {
  APPLICATION_DATES,
  type ApplicationPage,
  PurchaseApplication,
} from '../../marketplaces/port/purchase-applications.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import { fetchFromMall, type MallQuestionTools } from './ask-mall.ts'

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
    app.get(
      '/shops/:id/purchase-applications',
      {
        config: { ...asksOthers(LOOKS_PER_MINUTE), waits: true },
        schema: {
          tags: ['shops'],
          operationId: 'listPurchaseApplications',
          summary: 'Applications that are not orders yet (購入申込の一覧)',
          description:
            'Reservations, subscriptions and 頒布会 as the mall lists them now, so that stock can be planned. Each delivery becomes an order ' +
            'when the mall confirms it, and is imported then; until then it is nothing to ship. Buyer and recipient come with the order. ' +
            'Empty for a mall that keeps none apart.',
          params: IdParams,
          querystring: Query,
          response: {
            200: z.object({
              purchaseApplications: z
                .array(PurchaseApplication)
                .describe('As the mall lists them (モールの表示順)'),
              applications: renamedTo('purchaseApplications', z.array(PurchaseApplication)),
              total: z.int().describe('As the mall counts them (件数)'),
              nextCursor: NextCursor,
            }),
          },
        },
      },
      async (request, reply) => {
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
    )
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
