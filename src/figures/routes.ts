import type { Pool } from 'pg'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { operation } from '../http/operation.ts'
import { CutLater, Day, Id, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import { csvLines, encodeCsv, guardFormula, UTF8_BOM } from '../platform/csv.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import { LIST_FIGURES } from './statements.ts'
import { joinWaits, quantilesOf, type Waits } from './waits.ts'

const DAY_MS = 24 * 60 * 60_000
const USUAL_DAYS = 14
const MOST_DAYS = 366

const Seconds = z.number().nullable()

const FIGURES = {
  orders: z.int().describe('Orders placed on the day (受注件数)'),
  amount: z.int().describe('Yen that buyers were billed for them, cancelled ones too (受注金額)'),
  cancelled: z.int().describe('Of these, cancelled by now (キャンセル件数)'),
  cancelledAmount: z.int().describe('Yen of the cancelled ones (キャンセル金額)'),
  due: z
    .int()
    .describe(
      'Not cancelled, and shipped or past their deadline; without a deadline they do not count (期限のある件数)',
    ),
  inTime: z.int().describe('Of these, shipped by their deadline (期限内の出荷件数)'),
  waits: z
    .object({
      orders: z.int().describe('Orders that a mail brought (メールで取り込んだ件数)'),
      median: Seconds.describe('Seconds, to within a tenth; null where there were none (中央値)'),
      p95: Seconds.describe('Seconds, to within a tenth (95パーセンタイル)'),
      longest: Seconds.describe('Seconds (最長)'),
    })
    .describe('From the mail to the order being in the list (メールから取込まで)'),
}

const FigureRow = z
  .object({
    day: Day.describe('The day in Japan on which the orders were placed (注文日)'),
    marketplace: MarketplaceNameSchema.nullable().describe('Null: all malls (モール)'),
    shopId: Id.nullable().describe('Null: all shops of the mall or of the tenant (店舗ID)'),
    shopName: z.string().nullable().describe('店舗名'),
    ...FIGURES,
  })
  .meta({ id: 'FigureRow', description: 'What the orders of a day come to (日別の実績)' })

const Total = z.object(FIGURES).meta({ id: 'FigureTotal', description: 'All days together (期間の合計)' })

const Answer = z.object({
  from: Day.describe('First day (開始日)'),
  to: Day.describe('Last day (終了日)'),
  countedAt: Time.nullable().describe(
    'When the row that was counted longest ago was; null where nothing was counted yet (集計日時)',
  ),
  total: Total,
  figures: z
    .array(FigureRow)
    .describe('The oldest day first; a day without orders may be missing (日別の実績)'),
  nextCursor: CutLater,
})

const ASKED = {
  from: Day.optional().describe('First day; 13 days before `to` when left out (開始日)'),
  to: Day.optional().describe('Last day; today in Japan when left out (終了日)'),
  per: z
    .enum(['day', 'mall', 'shop'])
    .default('shop')
    .describe('A row for each day, or for each mall or shop of a day (行の単位)'),
  shopId: Id.optional().describe('Only this shop (店舗ID)'),
  marketplace: MarketplaceNameSchema.optional().describe('Only this mall (モール)'),
}
const Query = z.strictObject(ASKED)
type Asked = z.infer<typeof Query>

interface Row {
  day: string
  shopId: string
  shopName: string
  marketplace: z.infer<typeof MarketplaceNameSchema>
  orders: number
  amount: number
  cancelled: number
  cancelledAmount: number
  due: number
  inTime: number
  waits: Waits
  longestWait: number | null
  countedAt: Date
}

function sumOf(rows: readonly Row[]): z.infer<typeof Total> {
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const longest = Math.max(-1, ...rows.map(({ longestWait }) => longestWait ?? -1))
  return {
    orders: sum(({ orders }) => orders),
    amount: sum(({ amount }) => amount),
    cancelled: sum(({ cancelled }) => cancelled),
    cancelledAmount: sum(({ cancelledAmount }) => cancelledAmount),
    due: sum(({ due }) => due),
    inTime: sum(({ inTime }) => inTime),
    waits: {
      ...quantilesOf(joinWaits(rows.map(({ waits }) => waits))),
      longest: longest < 0 ? null : longest,
    },
  }
}

/** Joins the rows of shops to those that were asked for. */
function rowsPer(per: Asked['per'], rows: readonly Row[]): z.infer<typeof FigureRow>[] {
  const key = ({ day, marketplace, shopId }: Row) =>
    per === 'day' ? day : per === 'mall' ? `${day} ${marketplace}` : `${day} ${shopId}`
  return [...Map.groupBy(rows, key).values()].flatMap((mine) => {
    const [first] = mine
    if (!first) return []
    const { day, marketplace, shopId, shopName } = first
    return [
      {
        day,
        marketplace: per === 'day' ? null : marketplace,
        shopId: per === 'shop' ? shopId : null,
        shopName: per === 'shop' ? shopName : null,
        ...sumOf(mine),
      },
    ]
  })
}

async function read(deps: { pool: Pool; clock: Clock }, tenantId: string, asked: Asked) {
  const to = asked.to ?? japaneseDay(deps.clock.now())
  const from = asked.from ?? new Date(Date.parse(to) - (USUAL_DAYS - 1) * DAY_MS).toISOString().slice(0, 10)
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
  if (days < 1 || days > MOST_DAYS) throw invalid([badPeriod])
  const { rows } = await deps.pool.query<Row>(
    LIST_FIGURES({
      tenant: tenantId,
      from,
      to,
      shop: asked.shopId ?? null,
      marketplace: asked.marketplace ?? null,
    }),
  )
  const counted = rows.map(({ countedAt }) => countedAt.getTime())
  return {
    from,
    to,
    countedAt: counted.length > 0 ? new Date(Math.min(...counted)).toISOString() : null,
    total: sumOf(rows),
    figures: rowsPer(asked.per, rows),
  }
}

const badPeriod = {
  field: 'from',
  message: `from は to 以前で、期間は${MOST_DAYS}日以内にしてください。`,
  code: 'invalid_period',
}

/** Headings and cells of the file, in the words of the board. */
const COLUMNS: readonly (readonly [string, (row: z.infer<typeof FigureRow>) => string | number | null])[] = [
  ['注文日', ({ day }) => day],
  ['モール', ({ marketplace }) => marketplace],
  ['店舗名', ({ shopName }) => shopName],
  ['受注件数', ({ orders }) => orders],
  ['受注金額', ({ amount }) => amount],
  ['キャンセル件数', ({ cancelled }) => cancelled],
  ['キャンセル金額', ({ cancelledAmount }) => cancelledAmount],
  ['期限のある件数', ({ due }) => due],
  ['期限内の出荷件数', ({ inTime }) => inTime],
  ['メールで取り込んだ件数', ({ waits }) => waits.orders],
  ['取込までの中央値（秒）', ({ waits }) => waits.median],
  ['取込までの95パーセンタイル（秒）', ({ waits }) => waits.p95],
  ['取込までの最長（秒）', ({ waits }) => waits.longest],
]

/** Only a shop's name could begin as a formula does. */
const shown = (cell: string | number | null): string =>
  typeof cell === 'string' ? guardFormula(cell) : String(cell ?? '')

/** /v1/figures, behind a tenant's key. */
export const figureRoutes =
  (deps: { pool: Pool; clock: Clock }): Routes =>
  (app) => {
    operation(app, {
      id: 'getFigures',
      at: 'GET /v1/figures',
      since: '1.2.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Figures over time: orders, amounts, waits, shipped in time (日別の実績)',
      description:
        'By the day in Japan on which orders were placed, of the last two weeks when left out; 366 days at most. They are ' +
        'counted by day within about a minute of each change, so that nothing is scanned for an answer.',
      query: Query,
      answers: { 200: Answer },
      run: async (request) => ({ ...(await read(deps, tenantOf(request), request.query)), nextCursor: null }),
    })

    operation(app, {
      id: 'exportFigures',
      at: 'GET /v1/figures/export',
      since: '1.2.0',
      tag: 'board',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Figures over time as CSV (日別の実績のCSV出力)',
      description: 'The rows of `GET /v1/figures` with the same conditions, in UTF-8 with a mark.',
      query: Query,
      run: async (request, reply) => {
        const { from, to, figures } = await read(deps, tenantOf(request), request.query)
        const cells = figures.map((row) => COLUMNS.map(([, of]) => shown(of(row))))
        reply.header('content-type', 'text/csv; charset=utf-8')
        reply.header('content-disposition', `attachment; filename="figures-${from}-${to}.csv"`)
        reply.header('cache-control', 'no-store')
        return reply.send(
          encodeCsv(UTF8_BOM + csvLines([COLUMNS.map(([label]) => label), ...cells]), 'utf-8'),
        )
      },
    })
  }
