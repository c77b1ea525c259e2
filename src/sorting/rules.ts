import { z } from 'zod'
import type { NormalisedOrder } from '../marketplaces/port/order.ts'
import { rulesThatHold, SortingCondition } from '../marks/rules.ts'
import { openDetail } from '../orders/store/content.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'

/**
 * 自動仕分け: rules of a tenant that move an order on from 新規受付. The first rule that holds decides. They
 * look at an order when it comes into 新規受付 and at each later change, until somebody else moves it.
 */

export const SORTED_TO = ['awaiting_payment', 'on_hold', 'ready_to_ship'] as const
export const SortedTo = z
  .enum(SORTED_TO)
  .describe(
    'Where it moves the order: awaiting_payment 入金待ち, on_hold 保留 (確認待ち), ready_to_ship 出荷待ち (移動先)',
  )

const Rule = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z0-9_]{1,30}$/, { error: '英小文字・数字・_ で30文字以内のコードを指定してください。' })
    .describe('Stands in the timeline of an order that the rule moved (コード)'),
  label: z.string().trim().min(1).max(40).describe('What staff see (ルールの表示名)'),
  to: SortedTo,
  all: z
    .array(SortingCondition)
    .max(10)
    .describe('All must hold; without any it holds for every order that is left (条件)'),
  onHoldReason: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('For `on_hold`: why, as staff read it; left out: the label (保留の理由)'),
})
export type Rule = z.infer<typeof Rule>

const RULES = z
  .array(Rule)
  .max(50)
  .refine((rules) => new Set(rules.map(({ code }) => code)).size === rules.length, {
    error: 'code が重複しています。ルールごとに別のコードを指定してください。',
  })
  .refine((rules) => rules.every(({ to, onHoldReason }) => to === 'on_hold' || onHoldReason === undefined), {
    error: 'onHoldReason は to が on_hold のルールにだけ指定できます。',
  })
  .describe('In their order: the first that holds decides (ルール、上から順に)')

export const MoveRules = z.strictObject({
  enabled: z.boolean().describe('false: nothing is moved (有効)'),
  rules: RULES,
})
export type MoveRules = z.infer<typeof MoveRules>

const NO_MOVES: MoveRules = { enabled: false, rules: [] }

export const moveRulesContext = (tenantId: string): string => `move-rules:${tenantId}`

/** @throws SealError and ZodError */
export const openMoveRules = (
  sealer: Pick<Sealer, 'of'>,
  tenantId: string,
  row: { enabled: boolean; sealedRules: Uint8Array } | null,
): MoveRules =>
  row === null
    ? NO_MOVES
    : {
        enabled: row.enabled,
        rules: RULES.parse(sealer.of(tenantId).openJson(moveRulesContext(tenantId), row.sealedRules)),
      }

/** Outcome of the rules for an order, and why: `held` and `cancelled` hold back a rule that holds. */
export type Decision =
  | { why: 'rule'; rule: Rule }
  | { why: 'held'; rule: Rule }
  | { why: 'cancelled' | 'no_rule'; rule: null }

/** An order's row as rules read it, beside its content, which may be older. */
export interface SortedRow {
  id: string
  shopId: string
  marks: string[]
  mallState: string
  holds: string[]
  flags: string[]
  /** Null once it was emptied. */
  sealedDetail: Buffer | null
}

/**
 * Decides for one order, without I/O. Nothing moves an order that its mall has cancelled or that has left.
 * None goes to 出荷待ち while its mall says that it must not ship yet.
 */
function decideMove(
  rules: readonly Rule[],
  { shopId, marks, mallState, holds, flags }: SortedRow,
  detail: NormalisedOrder,
): Decision {
  if (mallState !== 'open') return { why: 'cancelled', rule: null }
  // The content stays as it was handed over; what the mall lets go or holds back since is in the row alone.
  const [rule] = rulesThatHold(rules, { shopId, marks, holds, order: { ...detail, flags } })
  if (rule === undefined) return { why: 'no_rule', rule: null }
  return { why: rule.to === 'ready_to_ship' && holds.length > 0 ? 'held' : 'rule', rule }
}

const any = (field: 'mark' | 'hold', values: string[]) => ({
  field,
  is: 'equal' as const,
  values,
})

/** The same for a row; null where nothing is known that a rule could ask. */
export function decideRow(
  sealer: Pick<Sealer, 'of'>,
  tenantId: string,
  rules: readonly Rule[],
  row: SortedRow,
): Decision | null {
  const { sealedDetail } = row
  const detail = sealedDetail && ifOpens(() => openDetail(sealer.of(tenantId), row.id, sealedDetail))
  return detail && decideMove(rules, row, detail)
}

/** Rules that fit most shops, in an order that works together; none is on until somebody saves it. */
export const PRESETS: readonly Rule[] = [
  {
    code: 'suspect',
    label: '要確認の注文者',
    to: 'on_hold',
    all: [any('mark', ['blocked_buyer', 'repeat_canceller', 'cod_other_recipient'])],
    onHoldReason: '注文者を確認してください。',
  },
  {
    code: 'address',
    label: '住所の確認',
    to: 'on_hold',
    all: [any('mark', ['postcode_mismatch', 'no_house_number'])],
    onHoldReason: '送付先の住所を確認してください。',
  },
  {
    code: 'note',
    label: '備考の確認',
    to: 'on_hold',
    all: [any('mark', ['buyer_note'])],
    onHoldReason: '購入者の備考を確認してください。',
  },
  {
    code: 'combinable',
    label: '同梱の確認',
    to: 'on_hold',
    all: [any('mark', ['combinable'])],
    onHoldReason: '同じ送付先の受注があります。同梱できるか確認してください。',
  },
  { code: 'unpaid', label: '未入金は入金待ちへ', to: 'awaiting_payment', all: [any('hold', ['unpaid'])] },
  { code: 'ready', label: '残りは出荷待ちへ', to: 'ready_to_ship', all: [] },
]
