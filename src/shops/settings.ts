import { z } from 'zod'
import { MAIL_KINDS, type MailRules } from '../marketplaces/mail.ts'

/** Settings of a shop without secrets, as they stand in `Shop.settings`. New fields start optional: older rows lack them. */

const MOST_RULES = 50

const Sender = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s@]*@[^\s@]+\.[^\s@]+$/, {
    error: 'メールアドレス（order@example.jp）か、@ から始まるドメイン（@example.jp）を指定してください。',
  })
  .describe('Address, or `@domain` for all of a domain (アドレスまたはドメイン)')

const SubjectText = z
  .string()
  .trim()
  .min(2)
  .max(200)
  .describe('Text in the subject; blanks, width and case do not matter (件名に含まれる文字)')

const list = <T extends z.ZodType>(item: T) => z.array(item).max(MOST_RULES)

export const ShopMailRules = z
  .strictObject({
    senders: list(Sender).optional().describe('Senders of order mails besides the mall’s own (差出人の追加)'),
    ignoredSenders: list(Sender).optional().describe('Senders that never are a trigger (除外する差出人)'),
    subjects: list(
      z.strictObject({
        contains: SubjectText,
        kind: z
          .enum(MAIL_KINDS)
          .describe(
            'new_order 注文, cancelled キャンセル, payment 入金, changed 変更, shipped 発送, notice お知らせ, unknown 判別不能',
          ),
      }),
    )
      .optional()
      .describe('Subjects of order mails besides the mall’s own (件名の追加)'),
    ignoredSubjects: list(SubjectText).optional().describe('Subjects of look-alike mails (除外する件名)'),
  })
  .describe('What this shop adds to the mall’s mail rules (メール判別ルールの追加)')

export const ShopSettings = z
  .strictObject({ mailRules: ShopMailRules.optional() })
  .describe('Settings of the shop without secrets (店舗設定)')

export type ShopSettings = z.infer<typeof ShopSettings>

/** The mail rules in a stored `Shop.settings`; none when an older release wrote something else. */
export function mailRulesOf(settings: unknown): Partial<MailRules> {
  const parsed = ShopSettings.safeParse(settings)
  const rules = parsed.success ? parsed.data.mailRules : undefined
  if (!rules) return {}
  return {
    ...(rules.senders ? { senders: rules.senders } : {}),
    ...(rules.ignoredSenders ? { ignoredSenders: rules.ignoredSenders } : {}),
    ...(rules.subjects ? { subjects: rules.subjects } : {}),
    ...(rules.ignoredSubjects ? { ignoredSubjects: rules.ignoredSubjects } : {}),
  }
}
