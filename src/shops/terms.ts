import { z } from 'zod'

/** Words of the seller's desk, as the API and the database write them. */

const ORDER_STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'shipped',
  'completed',
  'on_hold',
  'cancelled',
] as const

export const OrderStatus = z.enum(ORDER_STATUSES).meta({
  id: 'OrderStatus',
  description:
    'auto_imported 自動受注取込, new 新規受付, awaiting_payment 入金待ち, ready_to_ship 出荷待ち, shipped 出荷済み, completed 完了, ' +
    'on_hold 保留, cancelled キャンセル (受注ステータス)',
})

export const ChangeState = z.enum(['none', 'queued', 'changing', 'succeeded', 'warning', 'failed']).meta({
  id: 'ChangeState',
  description:
    'State of the last site change (ステータス変更状態): none なし, queued 待機中, changing 変更中, succeeded 成功, warning 警告あり, failed 失敗',
})
