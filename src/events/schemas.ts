import { z } from 'zod'
import { Id, Time } from '../http/schemas.ts'
import { MALL_STATES } from '../marketplaces/port/order.ts'
import { CHANGE_ACTIONS } from '../marketplaces/port/site-changes.ts'
import { ChangeState, OrderStatus } from '../shops/terms.ts'

/** Event shapes that triggers write into the log; GET /v1/changes, GET /v1/events and webhooks send them. */

export const FEED_KINDS = ['order', 'change', 'attention', 'notice'] as const

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

export const FeedPage = z
  .object({
    changes: z.array(FeedRow).describe('In order (変更)'),
    position: z.string().describe('Pass as `after` for what comes next; keep it on disk (次の位置)'),
    more: z.boolean().describe('There is more at once: ask again without waiting (続きあり)'),
  })
  .meta({ id: 'FeedPage', description: 'Part of the change feed (変更フィード)' })
