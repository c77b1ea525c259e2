import { z } from 'zod'
import { Id, Time } from '../http/schemas.ts'
import { MARKETPLACES } from '../marketplaces/port/order.ts'
import { CHANGE_ACTIONS } from '../marketplaces/port/site-changes.ts'

const Count = z.int().describe('件数')
const Code = z.string().nullable().describe('For programs (コード)')

export const Compared = z
  .object({
    theirs: z.int().describe('Orders of the file (ファイルの受注)'),
    matched: z.int().describe('Of these, here too (一致した受注)'),
    sameAmount: z.int().describe('Of these, the amount is the same (金額も一致)'),
    missingHere: z.array(z.string()).describe('In the file and not here, the first 200 (取り込まれていない)'),
    missingHereCount: Count,
    missingThere: z
      .array(z.string())
      .describe('Here and not in the file, of the time that it covers, the first 200 (ファイルにない)'),
    missingThereCount: Count,
    differing: z
      .array(
        z.object({
          orderNumber: z.string().describe('受注番号'),
          theirs: z.int().describe('Yen of the file (ファイルの金額)'),
          billed: z.int().describe('請求額'),
          total: z.int().describe('合計'),
        }),
      )
      .describe('The amount is neither what is billed nor the total here, the first 200 (金額が違う)'),
    differingCount: Count,
    earlier: z.int().describe('Of days before the rehearsal: not looked for (開始前の受注)'),
  })
  .meta({
    id: 'RehearsalDifferences',
    description: 'Comparison with the system that the shop uses now (今のシステムとの比較)',
  })

export const ComparisonAnswer = z
  .object({
    columns: z
      .object({
        numberHeading: z.string().describe('受注番号の列'),
        amountHeading: z.string().nullable().describe('Null: none was found (金額の列)'),
        dayHeading: z.string().nullable().describe('Null: none was found (注文日の列)'),
      })
      .describe('Headings that were read (読み取った列)'),
    skipped: z.int().describe('Lines without a number (番号のない行)'),
    comparison: Compared,
  })
  .meta({ id: 'RehearsalComparison', description: 'What a file and the orders here differ in (比較の結果)' })

export const ComparisonRequest = z
  .strictObject({
    file: z.base64().max(8_000_000).describe('The CSV in UTF-8 or Shift_JIS, as base64 (CSVファイル)'),
    only: z
      .strictObject({
        column: z.string().min(1).max(100).describe('Heading (列名)'),
        value: z.string().min(1).max(200).describe('What its cell has to be (値)'),
      })
      .optional()
      .describe('Lines of this shop, where the file has several (対象の店舗の行)'),
  })
  .describe('Orders of the system that the shop uses now (今のシステムの受注CSV)')

export const RehearsalAnswer = z
  .object({
    shop: z.object({
      id: Id,
      name: z.string().describe('店舗名'),
      code: z.string().describe('店舗コード'),
      marketplace: z.enum(MARKETPLACES).describe('Mall (モール)'),
      mall: z.string().describe('モール名'),
    }),
    startedAt: Time.describe('開始日時'),
    endedAt: Time.nullable().describe('Null: it is on (終了日時)'),
    verdict: z
      .object({
        state: z
          .enum(['bad', 'look', 'early', 'good'])
          .describe('bad 問題あり, look 要確認, early まだ判断できない, good 問題なし (判定)'),
        reasons: z.array(z.string()).describe('Japanese, the weightiest first (理由)'),
      })
      .describe('What to make of it (判定)'),
    calls: z
      .array(
        z.object({
          operation: z.string().describe('Method and path; numbers in it are left out (操作)'),
          status: z.int().describe('HTTP; 0: no answer came (ステータス)'),
          code: z.string().describe('The mall’s code; empty: none (コード)'),
          count: Count,
          slowestMs: z.int().describe('最長ミリ秒'),
          firstAt: Time.describe('最初の日時'),
          lastAt: Time.describe('最後の日時'),
        }),
      )
      .describe('What was asked of the mall, and what came (呼び出し)'),
    waits: z
      .array(
        z.object({
          kind: z.string().describe('quota, lane_closed, attention, disabled (待機の種類)'),
          code: Code,
          count: Count,
          seconds: z.int().describe('Together (合計秒数)'),
        }),
      )
      .describe('When the mall could not be asked: quotas that were met (待機・回数制限)'),
    notices: z
      .array(z.object({ code: z.string().describe('コード'), message: z.string().describe('説明') }))
      .describe('What the mall lets know (モールからの通知)'),
    mails: z
      .array(
        z.object({
          kind: z.string().describe('new_order, cancelled, … (メールの種類)'),
          state: z.string().describe('recognised, unreadable (状態)'),
          trust: z.string().nullable().describe('How far the sender is believed (差出人の確かさ)'),
          reason: z.string().nullable().describe('Why nothing was found (読み取れない理由)'),
          count: Count,
          staged: z.int().describe('Of these, the order is here (取込済)'),
          slowestSeconds: z.int().nullable().describe('Mail to 自動受注取込 at most (最長秒数)'),
        }),
      )
      .describe('Mails of the mall by form (メール)'),
    orders: z
      .object({
        imported: z.int().describe('Staged since it began (取り込んだ受注)'),
        looked: z.int().describe('Of these, looked through for warnings and fields (内容を確認した受注)'),
        outcomes: z
          .array(
            z.object({
              source: z.string().describe('mail, sweep, person, … (きっかけ)'),
              purpose: z.string().describe('import, refresh (種類)'),
              state: z.string().describe('waiting, done, failed (状態)'),
              outcome: Code,
              count: Count,
            }),
          )
          .describe('What became of the numbers that were asked for (取込要求の結果)'),
        warnings: z
          .array(z.object({ code: z.string().describe('コード'), count: Count }))
          .describe('Warnings of the orders by code (注意)'),
      })
      .describe('受注'),
    unknowns: z
      .array(
        z.object({
          field: z.string().describe('Where in the order, by the mall’s names (項目)'),
          code: Code.describe('Null: the field itself is unknown (コード)'),
          shape: z.string().describe('What a value looks like, without any of it (値の形)'),
          count: Count,
        }),
      )
      .describe('What the mall’s documents do not name (未知の項目・コード)'),
    planned: z
      .array(
        z.object({
          id: Id,
          orderId: Id,
          orderNumber: z.string().describe('受注番号'),
          action: z.enum(CHANGE_ACTIONS).nullable().describe('操作'),
          requestedAt: Time.describe('依頼日時'),
          plan: z
            .enum(['would_send', 'later', 'already', 'refused', 'unknown'])
            .describe(
              'would_send 送信するはずだった, later 後で送信するはずだった, already 反映済み, refused 送信できない, unknown 計算できない (計画)',
            ),
          message: z.string().nullable().describe('Japanese (説明)'),
          steps: z
            .array(
              z.object({
                name: z.string().describe('Name of the call (操作名)'),
                label: z.string().describe('表示名'),
                facts: z
                  .record(z.string(), z.unknown())
                  .describe('Codes and counts of it; nothing personal (内容)'),
              }),
            )
            .describe('Calls that would have been made, in order (送信内容)'),
        }),
      )
      .describe(
        'Site changes that were asked for, none of them sent; the last 100 (送信しなかったサイト変更)',
      ),
    comparedAt: Time.nullable().describe('比較日時'),
    comparison: Compared.nullable(),
  })
  .meta({ id: 'Rehearsal', description: 'What a rehearsal with the real mall found (リハーサル)' })
