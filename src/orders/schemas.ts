import { z } from 'zod'
import { Id, NextCursor, pageQuery, QueryFlag, Time } from '../http/schemas.ts'
import { documentOnly } from '../http/serializer.ts'
import { HOLD_KINDS, MALL_STATES, NormalisedOrder, PAYMENT_KINDS } from '../marketplaces/port/order.ts'
import { MarketplaceNameSchema } from '../shops/shops/shop-schemas.ts'

export const ORDER_STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'shipped',
  'completed',
  'on_hold',
  'cancelled',
] as const

export const OrderStatus = z
  .enum(ORDER_STATUSES)
  .describe(
    'auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, ' +
      'on_hold 保留, cancelled キャンセル (受注ステータス)',
  )

export const ChangeState = z
  .enum(['none', 'queued', 'changing', 'succeeded', 'warning', 'failed'])
  .describe(
    'State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗',
  )

const columns = {
  id: Id,
  shopId: Id.describe('Shop (店舗ID)'),
  marketplace: MarketplaceNameSchema,
  orderNumber: z.string().describe('The mall’s order number (受注番号)'),
  status: OrderStatus,
  changeState: ChangeState,
  mallStatus: z.string().describe('The mall’s own status code (モールステータス)'),
  mallSubStatus: z.string().nullable().describe('The mall’s sub-status code (サブステータス)'),
  mallState: z
    .enum(MALL_STATES)
    .describe('open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)'),
  orderedAt: Time.describe('When the buyer ordered (注文日時)'),
  stagedAt: Time.describe('When it came in (取込日時)'),
  pulledAt: Time.nullable().describe('When it was handed over (受注取込日時)'),
  refreshedAt: Time.describe('When the mall was last asked (最終確認日時)'),
  billedAmount: z.int().describe('Yen billed to the buyer (請求金額)'),
  totalAmount: z.int().describe('Yen before discounts and points (合計金額)'),
  itemLines: z.int().describe('Lines (明細数)'),
  itemQuantity: z.int().describe('Pieces (商品点数)'),
  paymentKind: z.enum(PAYMENT_KINDS).or(z.string()).describe('Kind of payment (支払方法区分)'),
  holds: z.array(z.enum(HOLD_KINDS).or(z.string())).describe('Why it must not ship yet (出荷保留)'),
  flags: z
    .array(z.string())
    .describe(
      'Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク)',
    ),
  warningCount: z.int().describe('Things in the order that do not fit (注意件数)'),
  version: z.int().describe('Rises with each change; the ETag (版)'),
  editedAt: Time.nullable().describe('When staff last edited it (編集日時)'),
  pullId: Id.nullable().describe('Batch it was handed over in (取込バッチID)'),
  purgedAt: Time.nullable().describe('When its personal data was removed (個人情報削除日時)'),
}

const detail = NormalisedOrder.nullable().describe(
  'The whole order (受注詳細); null when it was removed at the end of the retention time, or cannot be read (see detailMissing)',
)

const detailMissing = z
  .enum(['purged', 'unreadable'])
  .nullable()
  .describe('Why detail is null: purged 保存期間満了, unreadable 復号不可')

export const OrderSummary = z
  .object(columns)
  .meta({ id: 'OrderSummary', description: 'Order without its detail (受注)' })

export const OrderWithDetail = z
  .object({ ...columns, detail, detailMissing })
  .meta({ id: 'Order', description: 'Order with its detail (受注)' })

const SearchText = z.string().trim().min(1).max(200).optional()

export const OrderQuery = z.strictObject({
  status: OrderStatus.optional(),
  shopId: Id.optional().describe('Only this shop (店舗)'),
  marketplace: MarketplaceNameSchema.optional(),
  changeState: ChangeState.optional(),
  number: z.string().trim().min(1).max(100).optional().describe('Begins like this (受注番号の前方一致)'),
  buyer: SearchText.describe('Whole family name, given name or both, in kanji or kana (注文者名)'),
  phone: SearchText.describe('All digits, or the last four; of buyer or recipient (電話番号)'),
  email: SearchText.describe('Whole mail address (メールアドレス)'),
  item: SearchText.describe('Part of an item’s name or code (商品名・商品コード)'),
  from: Time.optional().describe('Ordered from this time on (注文日時の開始)'),
  to: Time.optional().describe('… and before this time (注文日時の終了)'),
  total: QueryFlag.optional().describe('true: count all that match (件数を数える)'),
  detail: QueryFlag.optional().describe('true: each order with its detail (詳細を含める)'),
  ...pageQuery(1_000),
})

export const OrderList = documentOnly(
  z.object({
    orders: z
      .array(z.object({ ...columns, detail: detail.optional(), detailMissing: detailMissing.optional() }))
      .describe('Newest first (注文日時の新しい順)'),
    nextCursor: NextCursor,
    total: z
      .int()
      .nullable()
      .describe('Orders that match, 10,000 when there are that many or more; null when not asked for (件数)'),
    totalIsCapped: z.boolean().describe('There are more than `total` says (上限超過)'),
  }),
)

export const PullRequest = z
  .strictObject({
    shopId: Id.optional().describe('Only this shop (店舗)'),
    marketplace: MarketplaceNameSchema.optional(),
    limit: z.int().min(1).max(1_000).default(1_000).describe('Orders at most (件数)'),
  })
  .describe('Which staged orders to take over; all when empty (取込対象)')

export const PullAnswer = documentOnly(
  z
    .object({
      pullId: Id.describe('The batch, for GET /pulls/{id} (取込バッチID)'),
      pulledAt: Time.describe('When the batch was made (受注取込日時)'),
      orders: z.array(OrderWithDetail).describe('Oldest first (注文日時の古い順)'),
      remaining: z
        .int()
        .describe('Staged orders of the same selection that were left when the batch was made (残り件数)'),
    })
    .meta({ id: 'Pull', description: 'A batch that was handed over (受注取込の結果)' }),
)

export const Timeline = z.object({
  events: z
    .array(
      z.object({
        id: Id,
        at: Time,
        kind: z
          .string()
          .describe(
            'mail_seen メール受信, staged 取込, pulled 受注取込, refreshed 再確認, cancelled_at_mall モール側キャンセル, ' +
              'reopened_at_mall キャンセル取消, changed_at_mall モール側変更, edited 編集, moved 移動, reimported 再取込, ' +
              'change_requested サイト変更依頼, change_sent 送信, change_answered モールの回答, change_read 反映確認, change_waiting 待機, ' +
              'change_succeeded 成功, change_warning 警告, change_failed 失敗, change_retried 再実行, change_dismissed 確認済み, … (出来事)',
          ),
        actor: z.string().describe('mail, worker, or key:<API key id> (実行者)'),
        data: z.record(z.string(), z.unknown()).describe('Facts, nothing of a person (内容)'),
      }),
    )
    .describe('Oldest first (古い順)'),
  nextCursor: NextCursor,
})
