import { z } from 'zod'
import { Id, Time } from '../http/schemas.ts'

export const WhyQuery = z.strictObject({
  number: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,100}$/, '受注番号は空白を含まない半角文字で指定してください。')
    .describe('The mall’s order number (受注番号)')
    .meta({ examples: ['123456-20260115-0000000001'] }),
  shopId: Id.optional().describe('Only this shop (店舗)'),
})

/** The closed list; `unknown` where nothing else fits. */
const VERDICT_CODES = [
  'here',
  'staged',
  'emptied',
  'held_at_mall',
  'mall_unaware',
  'retrying',
  'being_asked',
  'mall_away',
  'quota_used',
  'shop_stopped',
  'mail_doubted',
  'failed',
  'never_at_mall',
  'not_wanted',
  'other_shop',
  'no_trace',
  'other_form',
  'unknown',
] as const

export type Verdict = (typeof VERDICT_CODES)[number]

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  here: '受注一覧にある',
  staged: '自動受注取込で待機中',
  emptied: '取込済み（個人情報は消去済み）',
  held_at_mall: 'モールが保留中',
  mall_unaware: 'モールのAPIにまだない',
  retrying: '再試行を待っている',
  being_asked: 'これから照会する',
  mall_away: 'モールへの接続を休止中',
  quota_used: '呼び出し枠の回復を待っている',
  shop_stopped: '店舗の対応待ち',
  mail_doubted: 'メールの差出人を確認できない',
  failed: '取込に失敗した',
  never_at_mall: 'モールのAPIに見つからなかった',
  not_wanted: '取込の対象外',
  other_shop: '別の店舗の受注',
  no_trace: 'メールも突合もまだ届いていない',
  other_form: '番号の形が登録店舗と合わない',
  unknown: '原因を特定できない',
}

export const Why = z
  .object({
    orderNumber: z.string().describe('受注番号'),
    verdict: z.enum(VERDICT_CODES).describe(
      `${Object.entries(VERDICTS)
        .map(([code, text]) => `${code} ${text}`)
        .join(', ')} (判定)`,
    ),
    message: z.string().describe('The same for people, Japanese (説明)'),
    shopId: Id.nullable().describe(
      'The shop that the verdict is about; null: all that were looked at (店舗)',
    ),
    orderId: Id.nullable().describe('The order, when it is here (受注ID)'),
    since: Time.nullable().describe('Since when it is so, where that is known (開始日時)'),
    next: z
      .object({
        at: Time.describe('Not later than a few seconds after this time (予定日時)'),
        message: z.string().describe('Japanese (内容)'),
      })
      .nullable()
      .describe('What happens by itself; null where nothing does (次に自動で行うこと)'),
    evidence: z
      .array(
        z.object({
          at: Time.describe('日時'),
          message: z.string().describe('Japanese (内容)'),
        }),
      )
      .describe('What the verdict rests on, oldest first (根拠)'),
    actions: z
      .array(
        z.object({
          label: z.string().describe('Japanese (操作)'),
          method: z.enum(['GET', 'POST', 'PATCH']).describe('HTTP method (メソッド)'),
          path: z.string().describe('Call of this API (パス)'),
          body: z
            .object({ shopId: Id, orderNumbers: z.array(z.string()).describe('受注番号') })
            .nullable()
            .describe('Body to send; null where none is needed or a person must fill it in (本文)'),
        }),
      )
      .describe('What a person can do, best first (できること)'),
  })
  .meta({ id: 'Why', description: 'Why an order is not here (注文が来ていない理由)' })

export type WhyAnswer = z.infer<typeof Why>
