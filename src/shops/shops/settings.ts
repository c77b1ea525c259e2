import { z } from 'zod'
import { MALL_FACTS } from '../../marketplaces/facts.ts'
import { parseNumberPattern } from '../../marketplaces/kit/mail/numbers.ts'
import { MAIL_KINDS, type MailRules } from '../../marketplaces/port/mail-rules.ts'
import type { MallFacts } from '../../marketplaces/port/marketplace.ts'
import { factsOf } from '../../platform/narrow.ts'
import { OnImport } from './on-import.ts'
import { OwnCarriers } from './own-carriers.ts'

/** A shop's settings without secrets, as in `Shop.settings`. New fields start optional. */

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

const NumberPattern = z
  .string()
  .trim()
  .max(60)
  .refine((text) => parseNumberPattern(text) !== null, {
    error: '数字を # で表した形を指定してください（例: #{9}、#{8-10}、AB-#{6}）。',
  })
  .describe('`#` for a digit, `#{9}` for nine, `#{8-10}` for eight to ten; the rest as it stands')

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
    numberLabels: list(z.string().trim().min(1).max(40))
      .optional()
      .describe('What stands before an order number in the mail (注文番号の見出し)'),
    numberPatterns: list(NumberPattern).optional().describe('Forms of order numbers (注文番号の形)'),
  })
  .describe('What this shop adds to the mall’s mail rules (メール判別ルールの追加)')

/** Settings that the malls' own adapters read; nothing here knows the names. */
const ofMalls: Record<never, z.ZodType> = Object.assign(
  {},
  ...MALL_FACTS.map((mall: MallFacts) => mall.shopSettings),
)

export const ShopSettings = z
  .strictObject({
    mailRules: ShopMailRules.optional(),
    onImport: OnImport.optional(),
    carriers: OwnCarriers.optional(),
    completeAfterDays: z
      .int()
      .min(0)
      .max(60)
      .optional()
      .describe(
        'After a shipment that went well 完了 is queued for so many days after the day of shipping; only where the mall has it (完了までの日数)',
      ),
  })
  .extend(ofMalls)
  .describe('Settings of the shop without secrets (店舗設定)')

export type ShopSettings = z.infer<typeof ShopSettings>

/** A stored `Shop.settings`; nothing is set when an older release wrote something else. */
export const settingsOf = (stored: unknown): ShopSettings => ShopSettings.safeParse(stored).data ?? {}

/** Reads one setting alone: parsed only where it is set, as each new order asks. */
export const settingOf = <K extends keyof ShopSettings>(stored: unknown, name: K): ShopSettings[K] =>
  factsOf(stored)[name] === undefined ? undefined : settingsOf(stored)[name]

/** The mail rules in a stored `Shop.settings`. */
export function mailRulesOf(settings: unknown): Partial<MailRules> {
  const rules = settingOf(settings, 'mailRules')
  if (!rules) return {}
  return {
    ...(rules.senders ? { senders: rules.senders } : {}),
    ...(rules.ignoredSenders ? { ignoredSenders: rules.ignoredSenders } : {}),
    ...(rules.subjects ? { subjects: rules.subjects } : {}),
    ...(rules.ignoredSubjects ? { ignoredSubjects: rules.ignoredSubjects } : {}),
    ...(rules.numberLabels ? { numberLabels: rules.numberLabels } : {}),
    ...(rules.numberPatterns ? { numberPatterns: rules.numberPatterns } : {}),
  }
}
