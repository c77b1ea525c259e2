import { z } from 'zod'
import { checked } from '../../http/validation.ts'
import { MALL_FACTS } from '../../marketplaces/facts.ts'
import { parseNumberPattern } from '../../marketplaces/kit/mail/numbers.ts'
import { CARRIER_CODES, type Carrier } from '../../marketplaces/port/carriers.ts'
import { MAIL_KINDS, type MailRules } from '../../marketplaces/port/mail-rules.ts'
import type { MallFacts, Marketplace } from '../../marketplaces/port/marketplace.ts'
import { PAYMENT_KINDS } from '../../marketplaces/port/order.ts'
import { type ChangeAction, describeActions, type MallAction } from '../../marketplaces/port/site-changes.ts'
import type { FieldError } from '../../platform/errors.ts'
import { factsOf, given } from '../../platform/narrow.ts'

/**
 * 配送会社の置き換え: what a shop sends to its mall instead of a carrier of the list. The malls' tables are the
 * defaults; which company a mall wants for a service that it does not know is agreed with the mall, and by
 * shop.
 */
export const OwnCarriers = z
  .partialRecord(z.enum(CARRIER_CODES), z.enum(CARRIER_CODES))
  .describe(
    'Send another carrier than the one that is asked for, both by the codes of GET /v1/marketplaces: {"yamato_yu_packet": "yamato"} (配送会社の置き換え)',
  )
export type OwnCarriers = z.infer<typeof OwnCarriers>

const isCarrier = (value: unknown): value is Carrier => CARRIER_CODES.some((one) => one === value)

/** A change's parameters with the shop's carriers in its parcels; the same object where none is replaced. */
export function withOwnCarriers<P extends Readonly<Record<string, unknown>> | null>(
  parameters: P,
  own: OwnCarriers | undefined,
): P {
  if (!own || !Array.isArray(parameters?.parcels)) return parameters
  const parcels = parameters.parcels.map((parcel: unknown) => {
    if (typeof parcel !== 'object' || parcel === null || !('carrier' in parcel)) return parcel
    const carrier = isCarrier(parcel.carrier) ? own[parcel.carrier] : undefined
    return carrier === undefined ? parcel : { ...parcel, carrier }
  })
  return { ...parameters, parcels }
}

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
    action: z.enum(ON_IMPORT_ACTIONS).describe(`${describeActions(ON_IMPORT_ACTIONS)} (操作)`),
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

// A shop's settings without secrets, as in `Shop.settings`. New fields start optional.

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
  return given(settingOf(settings, 'mailRules') ?? {})
}

/** Lists errors of the action and its parameters at this mall. Field names lack the change's own path. */
export function checkChange(
  mall: Marketplace | undefined,
  action: ChangeAction,
  parameters: Record<string, unknown>,
): FieldError[] {
  const offered = mall?.changes?.actions.find((one) => one.action === action)
  if (!mall || !offered) return [notOffered(mall)]
  return [...checkParameters(offered, parameters), ...checkCarriers(mall, parameters)]
}

const notOffered = (mall: Marketplace | undefined): FieldError => ({
  field: 'action',
  message: `${mall?.label ?? 'このモール'}ではこの操作を送信できません。使える操作は GET /v1/marketplaces で確認できます。`,
  code: 'not_offered',
})

/** `checked` wants a place to name; the empty one gives the plain path. */
function checkParameters({ parameters: schema }: MallAction, parameters: unknown): FieldError[] {
  const result = checked(schema, parameters, '')
  return result.ok
    ? []
    : result.fields.map((field) => ({ ...field, field: field.field === '' ? 'action' : field.field }))
}

function checkCarriers({ label, changes }: Marketplace, parameters: Record<string, unknown>): FieldError[] {
  if (!Array.isArray(parameters.parcels)) return []
  const known = new Set<unknown>(changes?.carriers.map(({ carrier }) => carrier))
  return parameters.parcels.flatMap(({ carrier }, index) =>
    // A correction that leaves it out keeps it; where it must be there, the form says so.
    carrier === undefined || known.has(carrier)
      ? []
      : [
          {
            field: `parcels[${index}].carrier`,
            message: `${label}では選べない配送会社です。選べる配送会社は GET /v1/marketplaces で確認できます。`,
            code: 'not_offered',
          },
        ],
  )
}
