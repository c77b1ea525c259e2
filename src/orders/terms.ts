import { z } from 'zod'
import { MARKETPLACES } from '../marketplaces/port/marketplace.ts'

/** Words of the seller's desk, as the API and the database write them. */

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

export const MarketplaceName = z
  .enum(MARKETPLACES)
  .describe(
    'yahoo Yahoo!ショッピング, rakuten 楽天市場, amazon Amazon.co.jp, aupay au PAY マーケット (モール)',
  )
