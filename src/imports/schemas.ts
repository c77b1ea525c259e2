import { z } from 'zod'
import { Id, NextCursor, pageQuery, Time } from '../http/schemas.ts'

const OrderNumber = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,100}$/, '受注番号は空白を含まない半角文字で指定してください。')
  .describe('The mall’s order number (受注番号)')

export const ImportOrder = z
  .strictObject({
    shopId: Id.describe('Shop (店舗ID)'),
    orderNumbers: z
      .array(OrderNumber)
      .min(1)
      .max(1_000)
      .optional()
      .describe('Orders by number (受注番号の指定)'),
    from: Time.optional().describe('Orders placed from this time on (期間の開始)'),
    to: Time.optional().describe('… and before this time (期間の終了)'),
  })
  .describe('Either orderNumbers, or from and to (取込の指定)')

export const ImportAccepted = z
  .object({
    requested: z.array(z.string()).describe('Numbers that are being fetched now (取込を開始した受注番号)'),
    alreadyHere: z
      .array(z.object({ orderNumber: z.string().describe('注文番号'), orderId: Id }))
      .describe('Numbers whose orders are here; nothing changes (取込済み)'),
    scan: z
      .object({ id: Id, from: Time, to: Time })
      .nullable()
      .describe(
        'Import of a period that runs in the background; see GET /v1/import-scans/{id} (期間指定の取込)',
      ),
  })
  .meta({ id: 'ImportAccepted', description: 'What was begun (取込の受付)' })

const ImportState = z
  .enum(['waiting', 'done', 'failed'])
  .describe('waiting 待機中, done 完了, failed 失敗 (状態)')

export const ImportRequestAnswer = z
  .object({
    id: Id,
    shopId: Id.describe('Shop (店舗ID)'),
    orderNumber: z.string().describe('受注番号'),
    orderId: Id.nullable().describe('The order, when it is here (受注ID)'),
    purpose: z.string().describe('import 取込, refresh 再確認, reimport 再取込 (目的)'),
    source: z
      .string()
      .describe(
        'mail メール, notification モールの通知, person 手動, sweep 突合, window キャンセル可能時間の終了 (きっかけ)',
      ),
    state: ImportState,
    attempts: z.int().describe('How often the mall was asked (回数)'),
    nextAttemptAt: Time.nullable().describe('When it is asked next; null when it ended (次回予定)'),
    outcome: z
      .string()
      .nullable()
      .describe(
        'staged 取込済み, already_here 取込済みだった, refreshed 再確認済み, skipped 取り込む前にモールで終わった受注, not_ours 取込対象外, other_shop 別店舗の受注, dismissed 担当者が対象外にした; while it waits: PENDING モールで保留中, ' +
          'NOT_FOUND まだない; or a failure code (結果)',
      ),
    message: z.string().nullable().describe('What happened and what to do, Japanese (説明)'),
    mallMessage: z.string().nullable().describe('The mall’s own words (モールのメッセージ)'),
    retries: z
      .array(z.object({ at: Time, code: z.string().describe('Result or failure code (コード)') }))
      .describe('Attempts that brought no order, oldest first, the latest 20 (取り込めなかった問い合わせ)'),
    requestedAt: Time.describe('依頼日時'),
    finishedAt: Time.nullable().describe('終了日時'),
  })
  .meta({ id: 'ImportRequest', description: 'Fetch this order for this shop (取込要求)' })

export const ImportRequestQuery = z.strictObject({
  orderNumber: OrderNumber.optional().describe('Only requests for this number (受注番号)'),
  state: ImportState.optional(),
  shopId: Id.optional().describe('Only this shop (店舗)'),
  outcome: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('Only with this result or failure code (結果・失敗コード)'),
  ...pageQuery(),
})

export const ImportRequestList = z.object({
  importRequests: z.array(ImportRequestAnswer).describe('Newest first (新しい順)'),
  nextCursor: NextCursor,
})

export const RetryFailed = z
  .strictObject({
    cause: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Only what failed with this code, `outcome` of the requests (失敗コード)'),
    shopId: Id.optional().describe('Only this shop (店舗)'),
  })
  .describe('Which failed requests; all of them when empty (再実行の対象)')

export const Retried = z
  .object({ retried: z.int().describe('Requests that begin anew (再実行した件数)') })
  .meta({ id: 'ImportRequestsRetried', description: 'What was begun (再実行の受付)' })

export const ImportScanAnswer = z
  .object({
    id: Id,
    shopId: Id,
    from: Time.describe('期間の開始'),
    to: Time.describe('期間の終了'),
    state: ImportState,
    readTo: Time.describe('Start of the part of the period that is being read (処理中の位置)'),
    listed: z.int().describe('Orders that the mall has listed so far (モールの件数)'),
    requested: z.int().describe('Those of them that were not here and are being fetched (取込対象の件数)'),
    outcome: z
      .string()
      .nullable()
      .describe(
        'listed; LIST_KEEPS_CHANGING no two readings of the list agreed, import the period again; LIST_ENTRY_UNREADABLE some entries of the list cannot be read, the others are fetched; or another failure code (結果)',
      ),
    message: z.string().nullable().describe('Japanese (説明)'),
    requestedAt: Time.describe('依頼日時'),
    finishedAt: Time.nullable().describe('終了日時'),
  })
  .meta({ id: 'ImportScan', description: 'Import of a period (期間指定の取込)' })
