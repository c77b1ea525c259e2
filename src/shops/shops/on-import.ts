import { z } from 'zod'
import { PAYMENT_KINDS } from '../../marketplaces/port/order-money.ts'

/** Actions that make sense without facts of the single order. */
const ON_IMPORT_ACTIONS = [
  'confirm',
  'mark_paid',
  'complete',
  'hold',
  'release',
  'memo',
  'sub_status',
] as const

/** 自動受注取込と同時: a site change that is queued as an order is staged. */
export const OnImport = z
  .strictObject({
    action: z
      .enum(ON_IMPORT_ACTIONS)
      .describe(
        'confirm 注文確認, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, memo メモ, sub_status サブステータス (操作)',
      ),
    parameters: z
      .record(z.string().max(100), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .optional()
      .describe('As for POST /v1/site-changes, without orderId and action (変更内容)'),
    conditions: z
      .strictObject({
        paymentKinds: z
          .array(z.enum(PAYMENT_KINDS))
          .min(1)
          .optional()
          .describe('Only orders paid like this (支払方法区分)'),
        noHolds: z
          .boolean()
          .optional()
          .describe(
            'Only orders that nobody has to look at first. Waiting for the mall, for the payment or for the buyer’s own ' +
              'minutes is no such hold (出荷保留なし。モール処理中、入金待ち、購入者のキャンセル可能時間は保留に数えません)',
          ),
        noBuyerNote: z.boolean().optional().describe('Only orders without a buyer’s comment (備考なし)'),
        totalBelow: z
          .int()
          .min(1)
          .optional()
          .describe('Only orders billed at less than so many yen (請求金額の上限・未満)'),
      })
      .optional()
      .describe('All of them must hold; only open orders in any case (条件)'),
  })
  .describe('Site change to run when an order is imported (自動受注取込と同時のサイト変更)')
export type OnImport = z.infer<typeof OnImport>
