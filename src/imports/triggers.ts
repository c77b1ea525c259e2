import type { Pool } from 'pg'
import { z } from 'zod'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { IdParams, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import { isStorableTime, STORABLE_TIME } from '../platform/storable.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'

/** Counts orders and their delay by trigger: what each trigger is worth, and what its loss would cost. */

const DAY_MS = 24 * 60 * 60_000
const MOST_DAYS = 92

const At = z.iso.datetime({ offset: true }).refine(isStorableTime, STORABLE_TIME)

const Late = z.number().nullable().describe('Seconds; null where there were none (秒)')

const Answer = z
  .object({
    from: Time.describe('開始'),
    to: Time.describe('終了'),
    triggers: z
      .array(
        z.object({
          trigger: z
            .string()
            .describe(
              'mail メール, notification モールの通知, sweep 突合, person 手動, window 購入者キャンセル可能時間の終了 (契機)',
            ),
          orders: z.int().describe('Orders that it brought first (受注件数)'),
          fromOrder: z
            .object({ median: Late, p95: Late, worst: Late })
            .describe('From the order being placed to its being here (注文から取込まで)'),
          fromTrigger: z
            .object({ median: Late, p95: Late, worst: Late })
            .describe('From the trigger to the order being here (契機から取込まで)'),
        }),
      )
      .describe('Most orders first (契機別)'),
  })
  .describe('Which trigger brought the orders, and how late (契機別の取込実績)')

interface Row {
  trigger: string
  orders: number
  order: number[]
  asked: number[]
}

/** GET /v1/shops/{id}/triggers */
export const triggerRoutes =
  (tools: { pool: Pool; clock: Clock }): Routes =>
  (app) => {
    app.get(
      '/shops/:id/triggers',
      {
        schema: {
          tags: ['imports'],
          operationId: 'getTriggers',
          summary: 'Which trigger brought the orders, and how late (契機別の取込実績)',
          description:
            'Of the orders that were staged between `from` and `to` (the last seven days when left out; 92 days at most). An order ' +
            'counts for the trigger that asked for it first; triggers that came later only confirmed it.',
          params: IdParams,
          querystring: z.strictObject({
            from: At.optional().describe('Staged from (開始)'),
            to: At.optional().describe('Staged before (終了)'),
          }),
          response: { 200: Answer },
        },
      },
      async (request) => {
        const to = request.query.to === undefined ? tools.clock.now() : Date.parse(request.query.to)
        const from = request.query.from === undefined ? to - 7 * DAY_MS : Date.parse(request.query.from)
        if (from >= to || to - from > MOST_DAYS * DAY_MS) throw invalid([badPeriod])
        const values = [request.params.id, tenantOf(request), new Date(from), new Date(to)]
        const { rows: shops } = await tools.pool.query(
          'select from shops where id = $1 and tenant_id = $2',
          values.slice(0, 2),
        )
        if (shops.length === 0) throw shopNotFound()
        const { rows } = await tools.pool.query<Row>(TRIGGERS, values)
        return {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          triggers: rows.map(answerOf),
        }
      },
    )
  }

const badPeriod = {
  field: 'from',
  message: `from は to より前で、期間は${MOST_DAYS}日以内にしてください。`,
  code: 'invalid_period',
}

const answerOf = ({ trigger, orders, order, asked }: Row) => ({
  trigger,
  orders,
  fromOrder: quantiles(order),
  fromTrigger: quantiles(asked),
})

const quantiles = ([median = null, p95 = null, worst = null]: (number | null)[]) => ({
  median: rounded(median),
  p95: rounded(p95),
  worst: rounded(worst),
})

const rounded = (seconds: number | null) => seconds && Math.round(seconds * 1000) / 1000

const TRIGGERS = `
select r.source as trigger, count(*)::int as orders,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - o.ordered_at)::float8) as order,
  percentile_disc(array[0.5, 0.95, 1]) within group (order by extract(epoch from r.finished_at - r.requested_at)::float8) as asked
from import_requests r
join orders o on o.shop_id = r.shop_id and o.order_number = r.order_number
where r.shop_id = $1 and r.tenant_id = $2 and r.outcome = 'staged' and r.finished_at >= $3 and r.finished_at < $4
group by r.source order by orders desc, r.source`
