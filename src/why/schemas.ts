import { z } from 'zod'
import { CutLater, Day, Id, NextCursor, pageQuery, QueryFlag, Time } from '../http/schemas.ts'
import { PASTED_MAIL } from '../mail/recognise-route.ts'
import { someKeysOf } from '../platform/narrow.ts'

const OrderNumber = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,100}$/, '受注番号は空白を含まない半角文字で指定してください。')

const shared = {
  shopId: Id.optional().describe('Only this shop (店舗)'),
  live: QueryFlag.optional().describe(
    'false: from what is stored alone. Otherwise the mall is asked for the number too, at most six times a minute and only while ' +
      'its quota has room; the answer says when it could not be (モールへの問い合わせ)',
  ),
}

export const WhyQuery = z.strictObject({
  number: OrderNumber.optional()
    .describe('The mall’s order number, or four letters or more that it begins or ends with (受注番号)')
    .meta({ examples: ['123456-20260115-0000000001'] }),
  buyer: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'In place of the number, with `day`: whole family name, given name or both, in kanji or kana (注文者名)',
    ),
  day: Day.optional().describe('Day in Japan on which it was placed: 2026-01-15 (注文日)'),
  ...shared,
})

export const WhyMail = z.strictObject({
  ...PASTED_MAIL,
  shopId: Id.optional().describe('Only this shop (店舗)'),
  live: z.boolean().optional().describe('As for GET /v1/why (モールへの問い合わせ)'),
})

/** The closed list; `unknown` where nothing else fits. */
export const VERDICTS = {
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
  mail_unreadable: 'メールを読み取れない',
  failed: '取込に失敗した',
  never_at_mall: 'モールのAPIに見つからなかった',
  not_wanted: '取込の対象外',
  cancelled_before: '取り込む前にモールでキャンセルされた',
  other_shop: '別の店舗の受注',
  sweep_ahead: '突合がまだこの注文の日時に達していない',
  too_old: '突合の範囲より古く、期間指定の取込が必要',
  no_trace: 'メールも突合もまだ届いていない',
  mall_knows_none: 'モールにこの番号の注文がない',
  other_form: '番号の形が登録店舗と合わない',
  several: '候補が複数ある',
  unknown: '原因を特定できない',
} as const

export type Verdict = keyof typeof VERDICTS

const Verdict = z.enum(someKeysOf(VERDICTS)).describe(
  `${Object.entries(VERDICTS)
    .map(([code, text]) => `${code} ${text}`)
    .join(', ')} (判定)`,
)
const Message = z.string().describe('The same for people, Japanese (説明)')
const Since = Time.nullable().describe('Since when it is so, where that is known (開始日時)')
const Next = z
  .object({
    at: Time.describe('Not later than a few seconds after this time (予定日時)'),
    message: z.string().describe('Japanese (内容)'),
  })
  .nullable()
  .describe('What happens by itself; null where nothing does (次に自動で行うこと)')

const ACTIONS = ['import_now', 'reread', 'look_at_day', 'renew_key', 'open_order', 'open_shop'] as const

export const Why = z
  .object({
    orderNumber: z
      .string()
      .nullable()
      .describe('受注番号; null where none is known or several may be meant: see `candidates`'),
    verdict: Verdict,
    message: Message,
    shopId: Id.nullable().describe(
      'The shop that the verdict is about; null: all that were looked at (店舗)',
    ),
    orderId: Id.nullable().describe('The order, when it is here (受注ID)'),
    since: Since,
    next: Next,
    evidence: z
      .array(
        z.object({
          at: Time.describe('日時'),
          message: z.string().describe('Japanese (内容)'),
        }),
      )
      .describe('What the verdict rests on, oldest first (根拠)'),
    live: z
      .object({
        asked: z
          .boolean()
          .describe('A mall was asked for this answer, at most a minute ago (問い合わせ済み)'),
        message: z.string().nullable().describe('Why not, Japanese (問い合わせなかった理由)'),
      })
      .describe('Whether the mall was asked (モールへの問い合わせ)'),
    actions: z
      .array(
        z.object({
          action: z
            .enum(ACTIONS)
            .describe(
              'import_now 今すぐ取り込む, reread 再確認, look_at_day その日を突合, renew_key 鍵の更新, open_order, open_shop (操作の種類)',
            ),
          label: z.string().describe('Japanese (操作)'),
          method: z.enum(['GET', 'POST', 'PATCH']).describe('HTTP method (メソッド)'),
          path: z.string().describe('Call of this API (パス)'),
          body: z
            .object({
              action: z.enum(ACTIONS).describe('操作の種類'),
              shopId: Id,
              number: z.string().optional().describe('受注番号'),
              day: z.iso.date().optional().describe('注文日'),
            })
            .nullable()
            .describe('Body to send; null where none is needed or a person must fill it in (本文)'),
        }),
      )
      .describe('What a person can do, best first (できること)'),
    candidates: z
      .array(
        z.object({
          orderNumber: z.string().describe('受注番号'),
          shopId: Id.nullable().describe('店舗'),
          orderId: Id.nullable().describe('The order, when it is here (受注ID)'),
          verdict: Verdict,
          message: Message,
        }),
      )
      .describe(
        'Orders that may be meant, those that are not here first, ten at most; empty where one is (候補)',
      ),
  })
  .meta({ id: 'Why', description: 'Why an order is not here (注文が来ていない理由)' })

export type WhyAnswer = z.infer<typeof Why>

export const WaitingQuery = z.strictObject({
  shopId: Id.optional().describe('Only this shop (店舗)'),
  ...pageQuery(100),
})

export const WaitingOrders = z.object({
  orders: z
    .array(
      z.object({
        orderNumber: z.string().describe('受注番号'),
        shopId: Id,
        verdict: Verdict,
        message: Message,
        since: Since,
        next: Next,
      }),
    )
    .describe('Newest first (新しい順)'),
  nextCursor: NextCursor,
})

export const ShopReasons = z.object({
  shops: z
    .array(
      z.object({
        shopId: Id,
        orderNumber: z
          .string()
          .nullable()
          .describe('The order that waits longest, one whose calls break first; null: none waits (受注番号)'),
        verdict: Verdict.nullable().describe(
          'Of GET /v1/why; null: nothing waits and nothing is in the way (判定)',
        ),
        message: z.string().nullable().describe('Japanese (説明)'),
        since: Since,
        next: Next,
      }),
    )
    .describe('By shop (店舗別)'),
  nextCursor: CutLater,
})

export const WhyAction = z.strictObject({
  action: z
    .enum(['import_now', 'reread', 'look_at_day'])
    .describe(
      'import_now: the mall is asked at once, whatever the order was waiting for; reread: an order that is here is read again; ' +
        'look_at_day: the mall’s list of that day is read and what is not here is imported (操作)',
    ),
  shopId: Id.describe('店舗'),
  number: OrderNumber.optional().describe('For import_now and reread (受注番号)'),
  day: Day.optional().describe('For look_at_day: a day in Japan; today when left out (注文日)'),
})

export const WhyActed = z
  .object({
    message: z.string().describe('What was begun, Japanese (内容)'),
    requestId: Id.nullable().describe('Of GET /v1/import-requests (取込要求ID)'),
    reimportId: Id.nullable().describe('Of GET /v1/reimports/{id} (再取込ID)'),
    scanId: Id.nullable().describe('Of GET /v1/import-scans/{id} (期間指定の取込ID)'),
  })
  .meta({ id: 'WhyActed', description: 'What an action has begun (操作の結果)' })
