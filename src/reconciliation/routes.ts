import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { renamedTo } from '../http/deprecation.ts'
import { operation } from '../http/operation.ts'
import { Day, Id, IdParams, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { readDifferences } from './page.ts'
import { japanDay } from './plan.ts'
import { FIND_VERIFIED, LIST_DAYS, LIST_GAPS } from './statements.ts'

/** Routes for the results of 突合. Paths are relative to /v1, behind a tenant's key. */
export const createReconciliationRoutes =
  (deps: { pool: Pool; clock: Clock }): Routes =>
  (app) => {
    operation(app, {
      id: 'getCompleteness',
      at: 'GET /v1/shops/:id/completeness',
      since: '1.0.0',
      tag: 'imports',
      who: tenant('read_only', 'by path'),
      cost: 'light',
      tools: ['completeness'],
      summary: 'Is everything here? By day: at the mall, here, missing (日別の突合結果)',
      description:
        'From comparing with the mall’s own list of orders (突合), which goes on in the background all the time.',
      params: IdParams,
      query: CompletenessQuery,
      answers: { 200: Completeness },
      run: (request) => readCompleteness(deps, tenantOf(request), request.params.id, request.query),
    })
  }

const DAY_MS = 24 * 60 * 60_000
const USUAL_DAYS = 31
const MOST_DAYS = 366

const CompletenessQuery = z.strictObject({
  from: Day.optional().describe('First day; 30 days before `to` when left out (開始日)'),
  to: Day.optional().describe('Last day; today when left out (終了日)'),
})

const Said = z.object({
  mallState: z
    .string()
    .nullable()
    .describe('open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)'),
  mallStatusCode: z.string().nullable().describe('The mall’s own status code (モールステータス)'),
  mallStatus: renamedTo('mallStatusCode', z.string().nullable()),
})

const Completeness = z
  .object({
    verifiedUntil: Time.nullable().describe(
      'Orders placed before this time are here, held back by the mall, or named as missing, but for the times in `unverified`; null before the first sweep (照合済みの時点)',
    ),
    unverified: z
      .array(
        z.object({
          from: Time.describe('開始'),
          to: Time.describe('終了'),
          code: z
            .string()
            .describe(
              'STOPPED_TOO_LONG the service stood still for too long, LIST_ENTRY_UNREADABLE an entry cannot be read, or why the list of this time cannot be read (コード)',
            ),
          message: z.string().describe('Why, and what to do, Japanese (説明)'),
        }),
      )
      .describe(
        'Times that could not be compared with the mall’s list, newest first, 100 at most; what was stepped over is tried again once a day (未照合の期間)',
      ),
    lastFailure: z
      .object({
        code: z.string().describe('For programs (コード)'),
        message: z.string().describe('Japanese (説明)'),
      })
      .nullable()
      .describe('Why the mall’s list could not be read last; it is tried again by itself (直近の失敗)'),
    differences: z
      .object({
        count: z.int().describe('件数'),
        orders: z
          .array(
            z.object({
              orderId: Id,
              orderNumber: z.string().describe('受注番号'),
              here: Said.describe('What the order here says (受注の状態)'),
              list: Said.describe('What the mall’s list says (モールの一覧の状態)'),
              since: Time.describe('検出日時'),
              nextAskAt: Time.describe('When the order is read again (次回の再確認)'),
            }),
          )
          .describe('The first 100, longest first (古い順)'),
      })
      .describe(
        'Orders that are here and of which the mall’s list says something else; they are read again until both agree (モールの一覧と状態が異なる受注)',
      ),
    days: z
      .array(
        z.object({
          day: Day,
          mall: z
            .int()
            .nullable()
            .describe('Orders the mall lists; null when it was not asked yet (モールの件数)'),
          here: z.int().describe('Of these, here (取込済みの件数)'),
          pending: z.int().describe('Of these, held back by the mall: unpaid (モールで保留中の件数)'),
          missing: z.int().describe('Of these, neither (未取込の件数)'),
          missingNumbers: z.array(z.string()).describe('The first 50 of them (未取込の受注番号)'),
          verifiedAt: Time.nullable().describe(
            'Up to when all that the mall listed of the day was seen to be here (照合日時)',
          ),
          complete: z
            .boolean()
            .describe(
              'Compared, nothing is missing, and no time of the day is in `unverified` (すべて取込済み)',
            ),
        }),
      )
      .describe('Newest first (新しい順)'),
  })
  .meta({ id: 'Completeness', description: 'By day: at the mall and here (日別の突合結果)' })

type Answer = z.infer<typeof Completeness>
interface ShopRow {
  verifiedUntil: Date | null
  outcome: string | null
  message: string | null
}
type DayRow = Omit<Answer['days'][number], 'verifiedAt' | 'complete'> & {
  verifiedAt: Date | null
  holed: boolean
}
interface GapRow {
  from: Date
  to: Date
  code: string
  message: string
}

/**
 * @throws AppError NOT_FOUND, also for another tenant's shop; VALIDATION_FAILED for a period that cannot be
 */
export async function readCompleteness(
  deps: { pool: Pool; clock: Clock },
  tenantId: string,
  shopId: string,
  query: z.infer<typeof CompletenessQuery>,
): Promise<Answer> {
  const { from, to } = period(query, deps.clock.now())
  const shops = await deps.pool.query<ShopRow>(FIND_VERIFIED({ shop: shopId, tenant: tenantId }))
  const [shop] = shops.rows
  if (!shop) throw shopNotFound()
  const { rows } = await deps.pool.query<DayRow>(LIST_DAYS({ shop: shopId, from, to }))
  const gaps = await deps.pool.query<GapRow>(LIST_GAPS({ shop: shopId, limit: MOST_GAPS }))
  const { count, orders } = await readDifferences(deps.pool, shopId, MOST_DIFFERENCES)
  return {
    verifiedUntil: shop.verifiedUntil?.toISOString() ?? null,
    lastFailure: shop.outcome === null ? null : { code: shop.outcome, message: shop.message ?? '' },
    unverified: gaps.rows.map((gap) => ({ ...gap, from: gap.from.toISOString(), to: gap.to.toISOString() })),
    differences: {
      count,
      orders: orders.map(({ since, nextAskAt, ...order }) => ({
        ...order,
        since: since.toISOString(),
        nextAskAt: nextAskAt.toISOString(),
      })),
    },
    days: rows.map(({ holed, ...row }) => ({
      ...row,
      verifiedAt: row.verifiedAt?.toISOString() ?? null,
      complete: row.mall !== null && row.missing === 0 && !holed,
    })),
  }
}

function period(query: z.infer<typeof CompletenessQuery>, now: number): { from: string; to: string } {
  const to = query.to ?? japanDay(new Date(now))
  const from =
    query.from ?? japanDay(new Date(Date.parse(`${to}T00:00:00+09:00`) - (USUAL_DAYS - 1) * DAY_MS))
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days >= 1 && days <= MOST_DAYS) return { from, to }
  const message =
    days < 1 ? 'from は to 以前の日付にしてください。' : `期間は${MOST_DAYS}日以内で指定してください。`
  throw invalid([{ field: 'from', message, code: 'invalid_period' }])
}

const MOST_GAPS = 100
const MOST_DIFFERENCES = 100
