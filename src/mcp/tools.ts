import { z } from 'zod'
import type { ClientRole } from '../http/app-types.ts'
import type { ToolName } from '../http/operation.ts'
import { Id, Time } from '../http/schemas.ts'
import type { FullOrder } from '../orders/order-json.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'
import { OrderStatus } from '../shops/terms.ts'
import { orderView, summaryView, untrusted } from './order-view.ts'

/** Calls the REST surface as the caller. @throws Refused what REST refuses */
export type CallRest = <T>(method: 'GET' | 'POST', path: string, body?: object) => Promise<T>

/** A tool's answer in place of its result: what is wrong, and what to do. */
export class Refused extends Error {
  readonly body: Readonly<Record<string, unknown>>
  constructor(body: Readonly<Record<string, unknown>>) {
    super(String(body.code))
    this.body = body
  }
}

interface Caller {
  rest: CallRest
  role: ClientRole
}
type Call<A> = Caller & { given: A }

export interface Tool {
  name: ToolName
  title: string
  description: string
  /** Only for keys that may write. */
  writes: boolean
  input: z.ZodObject
  run(given: unknown, caller: Caller): Promise<unknown>
}

const tool = <I extends z.ZodObject>(
  name: ToolName,
  title: string,
  description: string,
  input: I,
  run: (call: Call<z.output<I>>) => Promise<unknown>,
  writes = false,
): Tool => ({
  name,
  title,
  description,
  input,
  writes,
  run: (given, caller) => run({ ...caller, given: input.parse(given) }),
})

const OrderNumber = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .describe('The mall’s order number (受注番号), without blanks')
/** Without blanks too, so that no name stands here: what is typed is kept in the audit. */
const partOfNumber = (least: number) =>
  z
    .string()
    .trim()
    .regex(new RegExp(`^[\\x21-\\x7e]{${least},100}$`))
    .optional()
const ShopId = Id.describe('A shop’s id; `quotas` lists all shops (店舗ID)')
const Cursor = z.string().max(500).optional().describe('`nextCursor` of the answer before')
const Day = z.iso.date().describe('A day in Japan: 2026-01-15')

const query = (path: string, given: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value !== undefined) search.set(name, String(value))
  return `${path}?${search}`
}

/** Rows beyond `most` are counted and left out: an assistant reads every word of an answer. */
const first = <T>(rows: readonly T[], most: number) => ({
  shown: rows.slice(0, most),
  notShown: Math.max(0, rows.length - most),
})

type Listed = Record<string, unknown>

const why = tool(
  'why',
  '注文がない理由',
  'Why an order is not here, or where it is: one verdict, its evidence, what happens next by itself and when, what a person can do.',
  z.strictObject({ number: OrderNumber, shopId: ShopId.optional() }),
  async ({ given, rest }) => {
    const answer = await rest<{ evidence: unknown[] }>('GET', query('/why', given))
    return { ...answer, evidence: answer.evidence.slice(-40) }
  },
)

const DAY_MS = 86_400_000

/** A time as it is; of a day in Japan its beginning, so much later. */
function timeOf(asked: string | undefined, laterMs: number): string | undefined {
  if (asked === undefined || asked.length > '2026-01-15'.length) return asked
  return new Date(Date.parse(`${asked}T00:00:00+09:00`) + laterMs).toISOString()
}

const searchOrders = tool(
  'search_orders',
  '受注の検索',
  'Orders, newest first, without personal data. All conditions must hold.',
  z.strictObject({
    number: partOfNumber(1).describe('Begins like this (受注番号)'),
    numberEnd: partOfNumber(2).describe('Ends like this (受注番号)'),
    shopId: ShopId.optional(),
    marketplace: MarketplaceNameSchema.optional(),
    status: OrderStatus.optional(),
    hold: z.boolean().optional().describe('true: only what must not ship yet (出荷保留)'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('Whole family name, given name or both, of buyer or a recipient (氏名)'),
    from: z.union([Day, Time]).optional().describe('Ordered from this time or day in Japan on'),
    to: z.union([Day, Time]).optional().describe('… and before this time, or until the end of this day'),
    limit: z.int().min(1).max(50).default(20),
    cursor: Cursor,
  }),
  async ({ given: { from, to, ...given }, rest }) => {
    const period = { from: timeOf(from, 0), to: timeOf(to, DAY_MS) }
    const { orders, nextCursor } = await rest<{ orders: Listed[]; nextCursor: string | null }>(
      'GET',
      query('/orders', { ...given, ...period }),
    )
    return { orders: orders.map(summaryView), nextCursor }
  },
)

const MOST_EVENTS = 100

const getOrder = tool(
  'get_order',
  '受注と履歴',
  'One order with its timeline, by id or by whole number. Personal data is masked; a key of the role 担当者 or 管理者 gets it with `personalData: true`, which only a task that needs it should ask for.',
  z.strictObject({
    id: Id.optional().describe('受注ID'),
    number: OrderNumber.optional(),
    personalData: z.boolean().default(false),
  }),
  async ({ given: { id, number, personalData }, rest, role }) => {
    if (personalData && role === 'read_only')
      throw new Refused({
        code: 'FORBIDDEN',
        detail:
          '閲覧のみの API キーでは、アシスタントに個人情報を渡せません。personalData を付けずに呼び出してください。',
      })
    const orderId = id ?? (await idOf(number, rest))
    const order = await rest<FullOrder>('GET', `/orders/${orderId}`)
    const { events } = await rest<{ events: { at: string; label: string; actorName: string }[] }>(
      'GET',
      `/orders/${orderId}/timeline?limit=1000`,
    )
    return {
      order: orderView(order, personalData),
      timeline: {
        earlierNotShown: Math.max(0, events.length - MOST_EVENTS),
        events: events.slice(-MOST_EVENTS).map(({ at, label, actorName }) => ({ at, label, actorName })),
      },
    }
  },
)

async function idOf(number: string | undefined, rest: CallRest): Promise<string> {
  if (number === undefined)
    throw new Refused({ code: 'VALIDATION_FAILED', detail: 'id または number を指定してください。' })
  const { orders } = await rest<{ orders: { id: string; shopId: string; orderNumber: string }[] }>(
    'GET',
    query('/orders', { number, limit: 50 }),
  )
  const [found, ...others] = orders.filter(({ orderNumber }) => orderNumber === number)
  if (found === undefined)
    throw new Refused({
      code: 'NOT_FOUND',
      detail: 'この受注番号の受注はありません。why で理由を確認できます。',
    })
  if (others.length > 0)
    throw new Refused({
      code: 'CONFLICT',
      detail: '同じ番号の受注が複数の店舗にあります。id を指定してください。',
      orders: [found, ...others].map(({ id, shopId }) => ({ id, shopId })),
    })
  return found.id
}

interface BoardLine extends Listed {
  attention: unknown
  importFailed: number
  failed: number
  missing: number
}

const boardCounts = tool(
  'board_counts',
  '状況ボードの件数',
  'Counts of orders by state (staged, failed, missing, …), of all shops together and of each, and what waits for a person (要対応). What `bounded` names is at least so many.',
  z.strictObject({ shopId: ShopId.optional() }),
  async ({ given: { shopId }, rest }) => {
    const {
      shops,
      mailboxes,
      marks: _,
      ...totals
    } = await rest<{
      shops: BoardLine[]
      mailboxes: Listed[]
      marks: unknown
    }>('GET', '/board')
    const trouble = ({ attention, importFailed, failed, missing }: BoardLine) =>
      (attention ? 1_000_000 : 0) + importFailed + failed + missing
    const wanted = shops.filter((shop) => shopId === undefined || shop.shopId === shopId)
    return {
      ...totals,
      shops: first(
        wanted.toSorted((one, other) => trouble(other) - trouble(one)),
        50,
      ),
      mailboxes: first(mailboxes, 50),
    }
  },
)

const completeness = tool(
  'completeness',
  '日別の突合',
  'By day of one shop: orders that the mall lists, that are here, and that are missing, with their numbers. The last 31 days when no day is given.',
  z.strictObject({ shopId: ShopId, from: Day.optional(), to: Day.optional() }),
  async ({ given: { shopId, ...days }, rest }) => {
    const answer = await rest<{
      days: { missingNumbers: string[] }[]
      differences: { count: number; orders: unknown[] }
      unverified: unknown[]
    }>('GET', query(`/shops/${shopId}/completeness`, days))
    return {
      ...answer,
      unverified: first(answer.unverified, 20),
      differences: { count: answer.differences.count, orders: answer.differences.orders.slice(0, 20) },
      days: first(
        answer.days.map((day) => ({ ...day, missingNumbers: day.missingNumbers.slice(0, 20) })),
        31,
      ),
    }
  },
)

const keyCalendar = tool(
  'key_calendar',
  '認証情報の期限',
  'Keys, passwords and consents that end by themselves: when, how sure that is, and what to do.',
  z.strictObject({ cursor: Cursor }),
  ({ given: { cursor }, rest }) => rest('GET', query('/credentials', { cursor, limit: 30 })),
)

/** The service's own word of a site change or an import request, apart from the mall's words. */
const SHOWN_OF_WORK = [
  ...['id', 'orderId', 'orderNumber', 'shopId', 'action', 'state', 'labels', 'code', 'outcome', 'message'],
  ...['nextStep', 'attempts', 'nextAttemptAt', 'requestedAt', 'finishedAt'],
]

type Work = Listed & { mallMessage: string | null }

const workView = ({ mallMessage, ...work }: Work) => ({
  ...Object.fromEntries(SHOWN_OF_WORK.flatMap((name) => (name in work ? [[name, work[name]]] : []))),
  mallMessage: untrusted(mallMessage, 'mall', 300),
})

const failedChanges = tool(
  'failed_changes',
  '失敗したサイト変更',
  'Site changes that failed or ended with a warning and that nobody has seen yet: cause, what the mall said, what to do next.',
  z.strictObject({
    state: z.enum(['failed', 'warning']).default('failed'),
    shopId: ShopId.optional(),
    cursor: Cursor,
  }),
  async ({ given, rest }) => {
    const path = query('/site-changes', { ...given, dismissed: false, limit: 25 })
    const { siteChanges, nextCursor } = await rest<{ siteChanges: Work[]; nextCursor: string | null }>(
      'GET',
      path,
    )
    return { siteChanges: siteChanges.map(workView), nextCursor }
  },
)

interface ShopLine {
  id: string
  name: string
  marketplace: string
  enabled: boolean
  lane: { closedUntil: string; reason: string | null } | null
  attention: { code: string; message: string } | null
}

const quotas = tool(
  'quotas',
  '呼び出し枠',
  'All shops: how many orders a minute the mall’s quota lets in, until when a mall is not asked and why, what waits for a person.',
  z.strictObject({ cursor: Cursor }),
  async ({ given: { cursor }, rest }) => {
    const { shops, nextCursor } = await rest<{ shops: ShopLine[]; nextCursor: string | null }>(
      'GET',
      query('/shops', { cursor, limit: 100 }),
    )
    const { marketplaces } = await rest<{
      marketplaces: { name: string; label: string; limits: Record<string, unknown> }[]
    }>('GET', '/marketplaces')
    return {
      shops: shops.map(({ id, name, marketplace, enabled, lane, attention }) => ({
        shopId: id,
        name,
        marketplace,
        enabled,
        attention,
        notAskedUntil: lane?.closedUntil ?? null,
        notAskedBecause: lane?.reason ?? null,
      })),
      marketplaces: marketplaces.map(({ name, label, limits }) => ({ name, label, limits })),
      nextCursor,
    }
  },
)

const Confirm = z
  .boolean()
  .default(false)
  .describe('true only after the user has agreed to exactly this (利用者の同意)')

/** @throws Refused until the user has agreed */
function mustConfirm(confirm: boolean, what: string): void {
  if (confirm) return
  throw new Refused({
    code: 'CONFIRMATION_NEEDED',
    detail: `まだ実行していません。${what}。利用者に確認し、同意があれば confirm: true を付けて呼び出してください。`,
  })
}

const importNow = tool(
  'import_now',
  '今すぐ取り込む',
  'Asks the mall at once for orders by number. Orders that are here stay as they are. Changes nothing at the mall.',
  z.strictObject({ shopId: ShopId, orderNumbers: z.array(OrderNumber).min(1).max(20), confirm: Confirm }),
  ({ given: { confirm, ...body }, rest }) => {
    mustConfirm(
      confirm,
      `店舗 ${body.shopId} の受注 ${body.orderNumbers.join('、')} をモールから取り込みます`,
    )
    return rest('POST', '/orders/import', body)
  },
  true,
)

const RETRIED = {
  import: { path: 'import-requests', label: '取込要求' },
  site_change: { path: 'site-changes', label: 'サイト変更' },
} as const

const retry = tool(
  'retry',
  '再実行',
  'Tries a failed site change again: it writes to the mall from the step that failed; `failed_changes` shows its id. Or an import request by its id; by order number `import_now` does the same.',
  z.strictObject({ kind: z.enum(['import', 'site_change']), id: Id, confirm: Confirm }),
  async ({ given: { kind, id, confirm }, rest }) => {
    const { path, label } = RETRIED[kind]
    mustConfirm(confirm, `${label} ${id} を再実行します`)
    return workView(await rest<Work>('POST', `/${path}/${id}/retry`))
  },
  true,
)

export const TOOLS: readonly Tool[] = [
  ...[why, searchOrders, getOrder, boardCounts, completeness],
  ...[keyCalendar, failedChanges, quotas, importNow, retry],
]
