import { z } from 'zod'
import { isStorableTime, STORABLE_TIME } from '../../platform/storable-time.ts'
import { CARRIER_CODES, type Carrier } from './carriers.ts'
import type { MarketplaceFailure } from './failures.ts'
import type { NormalisedOrder, OrderRecipient } from './order.ts'

/**
 * Site changes (サイトステータス変更) as the malls offer them. One shape of parameters for all malls, so that a client has
 * one form per action; what a mall needs differently is its own business in `planChange` and `applyStep`.
 */

export const CHANGE_ACTIONS = [
  'confirm',
  'ship',
  'mark_paid',
  'complete',
  'hold',
  'release',
  'cancel',
  'memo',
  'sub_status',
] as const
/** confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ, sub_status サブステータス */
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

const date = z.iso.date().refine(isStorableTime, STORABLE_TIME).describe('YYYY-MM-DD in Japan')

export const ShipParcel = z
  .strictObject({
    recipientId: z
      .string()
      .max(100)
      .optional()
      .describe('Recipient of the order it goes to (送付先ID); may be left out when there is only one'),
    carrier: z.enum(CARRIER_CODES).describe('Carrier (配送会社)'),
    carrierName: z.string().max(60).optional().describe('Name of a carrier that is `other` (配送会社名)'),
    trackingNumber: z.string().trim().max(120).optional().describe('Tracking number (お荷物伝票番号)'),
    shippingMethod: z
      .string()
      .trim()
      .max(60)
      .optional()
      .describe('Name of the service for the buyer, 宅急便 or ネコポス; some malls take none (配送方法)'),
    lines: z
      .array(z.strictObject({ lineId: z.string().max(100), quantity: z.int().min(1) }))
      .max(2000)
      .optional()
      .describe('What is in it when not everything of the recipient (内容明細)'),
  })
  .describe('One parcel (個口)')

/** Parameters by action. A mall narrows them in its own `MallAction.parameters`. */
export const ChangeParameters = {
  confirm: z.strictObject({}),
  ship: z.strictObject({
    shippedOn: date.describe('Date shipped (発送日)'),
    parcels: z.array(ShipParcel).min(1).max(100).describe('Parcels (個口)'),
    markPaid: z
      .boolean()
      .optional()
      .describe('Mark as paid first, where the shop itself receives the money (入金済みにしてから)'),
    release: z.boolean().optional().describe('Release a hold first (保留を解除してから)'),
  }),
  mark_paid: z.strictObject({ paidOn: date.optional().describe('Date paid (入金日)') }),
  complete: z.strictObject({}),
  hold: z.strictObject({}),
  release: z.strictObject({}),
  cancel: z.strictObject({
    reason: z.string().max(60).describe('Reason code of the mall, from GET /marketplaces (キャンセル理由)'),
    detail: z.string().trim().max(500).optional().describe('Reason in words (理由の詳細)'),
    restock: z.enum(['item_setting', 'restore', 'keep']).optional().describe('Stock (在庫を戻すか)'),
  }),
  memo: z.strictObject({
    memo: z.string().max(10_000).describe('Memo (ひとことメモ・店舗メモ); empty clears it'),
  }),
  sub_status: z.strictObject({
    subStatus: z
      .string()
      .max(60)
      .nullable()
      .describe('Id of the sub-status; null clears it (サブステータス)'),
  }),
} as const satisfies Record<ChangeAction, z.ZodType>

export interface ActionField {
  name: string
  /** Japanese. */
  label: string
  required: boolean
  /** For choices: the mall's codes with their Japanese words. */
  choices?: { code: string; label: string }[]
  help?: string
}

/** What GET /marketplaces says of an action. */
export interface MallAction {
  action: ChangeAction
  /** As the mall's own screen calls it. */
  label: string
  fields: ActionField[]
  /** When the mall takes it, Japanese. */
  preconditions: string
  /** Stricter than ChangeParameters where the mall is (lengths, which carriers, mandatory number). */
  parameters: z.ZodType
  /** The calls it makes at the mall, in order, for the table in the docs. */
  calls: string[]
}

/** `mallCode` as the mall wants it; several of ours may map to one of theirs. */
export interface MallCarrier {
  carrier: Carrier
  mallCode: string
}

export interface WantedChange {
  action: ChangeAction
  /** Parsed by the mall's MallAction.parameters. */
  parameters: unknown
}

/** One write call. Stored between tries, so plain JSON; made by `planChange`, understood by the same mall only. */
export interface ChangeStep {
  /** Stable within a plan: `pay_status`, `ship:10631675`. */
  name: string
  /** Japanese, for the timeline. */
  label: string
  payload: Record<string, unknown>
  /** What is sent, for the timeline: operation, codes and counts. Nothing personal; numbers of parcels by their end only. */
  facts?: Record<string, unknown>
}

export type ChangePlan =
  /** `notBefore` (RFC 3339): the mall wants a pause after its last change; leave it queued until then. */
  | { kind: 'steps'; steps: ChangeStep[]; notBefore?: string }
  /** The order is as wished already: succeeded without a write. */
  | { kind: 'already'; message: string }
  /**
   * Cancelled or changed at the mall, or not allowed now: warning without a write. Japanese message. With `retryAt`
   * (RFC 3339) the reason goes away by itself then: the change may stay queued instead.
   */
  | { kind: 'refused'; code: string; message: string; retryAt?: string }

export interface StepAnswer {
  /** What the mall answered, in short, without personal data: codes and words. */
  mallCode: string | null
  mallMessage: string | null
  /** The write was done, but the mall warns: ends as warning, is not repeated. */
  warnings: { code: string; message: string }[]
  /** What else the mall gave, for the timeline (ids of shipping records). Nothing personal. */
  facts?: Record<string, unknown>
}

/** What an order just read says about a step. */
export type StepState =
  | 'applied'
  | 'not_applied'
  /** Reading cannot tell (yet): Rakuten turns 発送済 only in the night. The mall's own confirmation then counts. */
  | 'unknown'

/** The part of a Marketplace that decides about changes. Pure. */
export interface ChangeRules {
  actions: readonly MallAction[]
  carriers: readonly MallCarrier[]
  /** Whether a parcel can go to this recipient of the order; absent: to each. */
  shipsTo?(recipient: OrderRecipient): boolean
  planChange(change: WantedChange, order: NormalisedOrder): ChangePlan
  stepState(step: ChangeStep, order: NormalisedOrder): StepState
  /**
   * Milliseconds after which a step that was sent, was never answered and reads as `unknown` may be sent once more: only
   * where the same call made twice changes nothing, as it names what it writes (Amazon). Absent: never.
   */
  repeatAfterMs?: number
  /**
   * Actions whose steps `applyMany` sends together: from how many orders on that is faster, and how many a call takes.
   * `runsForMs`: the mall may carry such a call out so much later; before then an order that does not show it says nothing.
   */
  bulk?: {
    actions: readonly ChangeAction[]
    least: number
    most: number
    runsForMs?: Partial<Record<ChangeAction, number>>
  }
}

/** The part of a MarketplaceSession that writes. */
export interface ChangeCalls {
  /**
   * Makes one write call.
   * @throws MarketplaceFailure: rejected (the mall refused this order), throttled, unavailable, unauthorised (nothing was
   * applied), outcome_unknown (sent, and no answer that tells: the caller reads the order before anything else)
   */
  applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer>
  /**
   * Several orders' steps in one call where the mall has one that is faster; the answer per order number. An order without
   * an answer was not tried. A failure with `until`: the order tells whether it was done from then on only.
   */
  applyMany?: (
    steps: readonly { orderNumber: string; step: ChangeStep }[],
    signal: AbortSignal,
  ) => Promise<Map<string, StepAnswer | MarketplaceFailure>>
}
