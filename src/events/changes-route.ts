import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { tenant } from '../http/access.ts'
import { clientGone, documentOnly } from '../http/answers.ts'
import type { App } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { operation } from '../http/operation.ts'
import { positionText, sequenceText } from '../http/paging.ts'
import { Id, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { MALL_STATES } from '../marketplaces/port/order.ts'
import { CHANGE_ACTIONS } from '../marketplaces/port/site-changes.ts'
import { AppError } from '../platform/errors.ts'
import type { FairGate } from '../platform/fair-gate.ts'
import { ChangeState, OrderStatus } from '../shops/terms.ts'
import {
  type HistoryTools,
  isKnown,
  type LoggedEvent,
  type Position,
  parsePosition,
  readEvents,
  readHistory,
} from './history.ts'
import type { Hub } from './hub.ts'

/** Proxies on the way end a quiet request after a minute; this stays well below. */
const MOST_WAIT_SECONDS = 30
const MOST_ROWS = 1_000
/** `after` of who wants all that is kept. */
const OLDEST = 'oldest'

const DESCRIPTION =
  'Every change of orders, site changes, attention and notices of the tenant, in order, each once; the same rows as GET /v1/events and ' +
  'webhooks. First call: without `after`, which answers no rows and the present `position`; then read the lists, and go on from there. ' +
  'Work off `changes`, keep `position`, pass it as `after`. The order is that of the transactions, so where two change one order at ' +
  'once the row with the higher `revision` may come first: pass over a row whose revision is lower than the one you have. With `wait` the answer comes as soon as there is something. A lost ' +
  'answer loses nothing: ask again with the same `after`. Rows are kept for 30 days; 410 POSITION_EXPIRED says that a ' +
  'position is older, or that the database was restored or its server replaced since; its `position` is where to go on after reading the lists anew.'

/** Watches the key or session of a request that waits; `askAgain` rejects once it is no longer accepted. */
export type WatchWait = (
  request: FastifyRequest,
  end: () => void,
) => { leave: () => void; askAgain: () => Promise<unknown> }

export interface ChangesDeps extends HistoryTools {
  /** Fires when the service stops, and ends all waits. */
  stopping: AbortSignal
  /** Turns of what waits, for the statements before and after. */
  opening: FairGate
  watch: WatchWait
}

/** GET /v1/changes: the feed for programs that ask. */
export function changesRoute(app: App, deps: ChangesDeps, hub: Hub): void {
  operation(app, {
    id: 'listChanges',
    at: 'GET /v1/changes',
    since: '1.0.0',
    tag: 'events',
    who: tenant('read_only', 'refused'),
    cost: ({ query }) => (query.wait > 0 ? 'opens' : 'light'),
    timeoutMs: (MOST_WAIT_SECONDS + 15) * 1_000,
    summary: 'What changed since a position (変更フィード)',
    description: DESCRIPTION,
    query: z.strictObject({
      after: z
        .string()
        .max(100)
        .optional()
        .describe('`position` of the answer before; `oldest` for all that is kept (この位置より後)'),
      limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(500).describe('Rows at most (件数)'),
      wait: z.coerce
        .number()
        .int()
        .min(0)
        .max(MOST_WAIT_SECONDS)
        .default(0)
        .describe('Seconds to wait for a change when there is none (待つ秒数)'),
    }),
    answers: { 200: documentOnly(FeedPage) },
    run: async (request, reply) => {
      const { after, limit, wait } = request.query
      const tenantId = tenantOf(request)
      const read = async (from: string | undefined) => {
        const position = await startOf(deps, from, tenantId)
        return { position, page: await readEvents(deps.pool, position, limit, tenantId) }
      }
      if (wait === 0) return answerOf(await read(after))
      const signal = clientGone(reply)
      const first = await deps.opening.run(tenantId, () => read(after), { signal })
      if (first.page.events.length > 0) return answerOf(first)
      const { position } = first
      const refused = new AbortController()
      const { leave, askAgain } = deps.watch(request, () => refused.abort())
      const ends = [signal, deps.stopping, refused.signal]
      await untilChanged(hub, { tenantId, position, ms: wait * 1_000, ends }).finally(leave)
      signal.throwIfAborted()
      await askAgain()
      // A kept-alive connection would delay the end of the service.
      if (deps.stopping.aborted) reply.header('connection', 'close')
      // The server may have been another one meanwhile.
      const again = () => read(positionText(position, position.epoch))
      return answerOf(await deps.opening.run(tenantId, again, { signal, patient: true }))
    },
  })
}

async function startOf(deps: HistoryTools, after: string | undefined, tenantId: string): Promise<Position> {
  const history = await readHistory(deps, tenantId)
  const { epoch, begins, present } = history
  if (after === undefined) return { ...present, epoch }
  if (after === OLDEST) return { ...begins, epoch }
  const position = parsePosition(after)
  if (position === null) {
    const message =
      '変更フィードの位置ではありません。前の応答の position をそのまま指定してください。初回は after を省いてください。'
    throw invalid([{ field: 'after', message, code: 'invalid_position' }])
  }
  if (isKnown(position, history)) return position
  const why =
    position.epoch === epoch
      ? 'この位置より後の変更は残っていません（保存期間は30日です）。'
      : 'データベースの復元または切り替えがあったため、この位置からは続けられません。'
  throw new AppError('POSITION_EXPIRED', `${why}一覧を読み直してから、position の位置で再開してください。`, {
    details: { position: positionText(present, epoch) },
  })
}

interface Read {
  page: { events: LoggedEvent[]; full: boolean }
  position: Position
}

/** Waits until an event follows the position, the time is over or one of the signals fires. */
export async function untilChanged(
  hub: Pick<Hub, 'subscribe'>,
  wait: { tenantId: string; position: Position; ms: number; ends: readonly AbortSignal[] },
): Promise<void> {
  const { tenantId, position, ms, ends } = wait
  const woken = Promise.withResolvers<void>()
  const wake = () => woken.resolve()
  const timer = setTimeout(wake, ms)
  for (const end of ends) {
    if (end.aborted) wake()
    else end.addEventListener('abort', wake)
  }
  try {
    const leave = await hub.subscribe({ tenantId, onEvent: wake, onReset: wake }, position)
    await woken.promise.finally(leave)
  } finally {
    clearTimeout(timer)
    // One of them lives as long as the process.
    for (const end of ends) end.removeEventListener('abort', wake)
  }
}

function answerOf({ page, position: from }: Read): z.infer<typeof FeedPage> {
  const { epoch } = from
  const changes = page.events.map(({ kind, at, data, ...place }) => ({
    position: positionText(place, epoch),
    sequence: sequenceText(place),
    at: at.toISOString(),
    kind,
    data,
  }))
  // Triggers wrote these rows, so they need no second check.
  return {
    changes: changes as z.infer<typeof FeedPage>['changes'],
    position: positionText(page.events.at(-1) ?? from, epoch),
    more: page.full,
  }
}

// Event shapes that triggers write into the log; GET /v1/changes, GET /v1/events and webhooks send them.

const FEED_KINDS = ['order', 'change', 'attention', 'notice'] as const

const ShopId = Id.describe('Shop (店舗ID)')

const OrderEvent = z
  .object({
    orderId: Id.describe('Order (受注ID)'),
    shopId: ShopId,
    orderNumber: z.string().describe('The mall’s order number (受注番号)'),
    what: z
      .array(
        z.enum([
          'staged',
          'pulled',
          'moved',
          'edited',
          'changed',
          'change_state',
          'cancelled_at_mall',
          'reopened_at_mall',
          'marked',
          'erased',
        ]),
      )
      .describe(
        'What happened to it: staged 自動受注取込, pulled 受注取込, moved ステータス移動, edited 編集, changed モール側の変更, ' +
          'change_state サイト変更の状態, cancelled_at_mall モールでキャンセル, reopened_at_mall キャンセル取消, marked マーク付与, ' +
          'erased 消去請求による消去: delete what you keep of the order (変更内容)',
      ),
    status: OrderStatus,
    changeState: ChangeState,
    mallState: z.enum(MALL_STATES).describe('State at the mall (モール側の状態)'),
    version: z.int().describe('Rises with what an edit could overwrite; for If-Match (編集用の版)'),
    revision: z
      .int()
      .optional()
      .describe('Rises with whatever changes in the order; missing in rows of earlier releases (更新番号)'),
  })
  .meta({ id: 'OrderEvent', description: 'An order was staged or changed (受注の変更)' })

const SiteChangeEvent = z
  .object({
    changeId: Id.describe('Site change (サイト変更ID)'),
    orderId: Id.describe('Order (受注ID)'),
    shopId: ShopId,
    action: z.enum(CHANGE_ACTIONS).describe('操作'),
    state: z.enum(['queued', 'changing', 'succeeded', 'warning', 'failed']).describe('状態'),
    code: z.string().nullable().describe('Why it waits or ended like that (理由コード)'),
  })
  .meta({ id: 'SiteChangeEvent', description: 'A site change began, went on or ended (サイト変更の状態)' })

const AttentionEvent = z
  .object({
    shopId: ShopId.nullable(),
    mailboxId: Id.nullable().describe('Mailbox (受信箱ID)'),
    code: z.string().nullable().describe('Null when it goes on (理由コード)'),
    message: z.string().nullable().describe('Japanese, for staff (説明)'),
    since: Time.nullable().describe('発生日時'),
    laneClosedUntil: Time.nullable().describe('No call to the mall before (呼び出し再開日時)'),
  })
  .meta({ id: 'AttentionEvent', description: 'A shop or mailbox stops or goes on (要対応)' })

const NoticeEvent = z
  .object({
    noticeId: Id.describe('Notice (通知ID)'),
    shopId: ShopId.nullable(),
    mailboxId: Id.nullable().describe('Mailbox (受信箱ID)'),
    webhookId: Id.nullable().optional().describe('Webhook (Webhook ID)'),
    kind: z
      .enum(['expiry', 'attention', 'report'])
      .describe('expiry 期限のお知らせ, attention 要対応, report 日次レポート (種別)'),
    what: z.string().describe('What ends, or the attention’s code (対象コード)'),
    occursAt: Time.describe('期限または発生日時'),
    daysBefore: z.int().nullable().describe('何日前のお知らせか'),
    subject: z.string().describe('Japanese (件名)'),
  })
  .meta({ id: 'NoticeEvent', description: 'Something was told, as in GET /v1/notices (通知)' })

const row = <K extends (typeof FEED_KINDS)[number], D extends z.ZodType>(kind: K, data: D, id: string) =>
  z
    .object({
      position: z
        .string()
        .describe('Its place in the feed; `after` of the next call goes on behind it (位置)'),
      sequence: z.string().describe('The place as text that compares as the feed is ordered (順番)'),
      at: Time.describe('When it happened (発生日時)'),
      kind: z.literal(kind).describe('種類'),
      data,
    })
    .meta({ id, description: `A row of the feed: ${kind} (変更フィードの行)` })

const FeedRow = z
  .discriminatedUnion('kind', [
    row('order', OrderEvent, 'OrderFeedRow'),
    row('change', SiteChangeEvent, 'SiteChangeFeedRow'),
    row('attention', AttentionEvent, 'AttentionFeedRow'),
    row('notice', NoticeEvent, 'NoticeFeedRow'),
  ])
  .meta({ id: 'FeedRow', description: 'One change, told once and in order (変更フィードの行)' })

const FeedPage = z
  .object({
    changes: z.array(FeedRow).describe('In order (変更)'),
    position: z.string().describe('Pass as `after` for what comes next; keep it on disk (次の位置)'),
    more: z.boolean().describe('There is more at once: ask again without waiting (続きあり)'),
  })
  .meta({ id: 'FeedPage', description: 'Part of the change feed (変更フィード)' })
