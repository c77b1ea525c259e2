import type { z } from 'zod'
import type { Carrier } from './carriers.ts'
import type { MarketplaceFailure } from './failures.ts'
import type { NormalisedOrder, OrderRecipient } from './order.ts'

/**
 * Site changes (サイトステータス変更) of the malls. One shape of parameters for all malls, so that a client has one
 * form per action; `planChange` and `applyStep` handle a mall's own needs.
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
  'correct_shipment',
  'change_content',
] as const
/**
 * confirm 注文確認, ship 発送完了, mark_paid 入金済, complete 完了, hold 保留, release 保留解除, cancel キャンセル, memo メモ,
 * sub_status サブステータス, correct_shipment 発送情報の訂正, change_content 注文内容の変更
 */
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

export interface ActionField {
  name: string
  /** Japanese. */
  label: string
  required: boolean
  /** For choices: the mall's codes with their Japanese words. */
  choices?: { code: string; label: string }[]
  help?: string
}

/** Limit of a mall on one field of an action. The same row is checked and shown to clients. */
export interface FieldLimit {
  /** Path; dots enter list entries: `recipients.familyName`. */
  field: string
  /** Japanese. */
  label: string
  /** Length of a text in UTF-8. */
  bytes?: number
  /** Length of a text in UTF-16 units, as JavaScript counts. */
  characters?: number
  /** The highest number, or the most entries of a list. */
  most?: number
  /** Needs `words`, as no sentence follows from it. */
  pattern?: RegExp
  /** False: the mall has no place for it. */
  taken?: false
  /** Japanese message for staff; absent: a sentence made from label and limit. */
  words?: string
}

/** Description of an action in GET /v1/marketplaces. */
export interface MallAction {
  action: ChangeAction
  /** Name on the mall's own screen. */
  label: string
  fields: ActionField[]
  /** Condition under which the mall accepts it, in Japanese. */
  preconditions: string
  /** Stricter than ChangeParameters where the mall is (lengths, accepted carriers, mandatory number). */
  parameters: z.ZodType
  /** The stricter rules that concern one field alone. */
  limits: readonly FieldLimit[]
  /** Calls to the mall, in order, for the table in the docs. */
  calls: string[]
}

/** Carrier with the mall's code; several of ours may share one. */
export interface MallCarrier {
  carrier: Carrier
  mallCode: string
}

interface WantedChange {
  action: ChangeAction
  /** Parsed by the mall's MallAction.parameters. */
  parameters: unknown
}

/** One write call. Stored between tries, so plain JSON; `planChange` makes it for its own mall only. */
export interface ChangeStep {
  /** Stable within a plan: `pay_status`, `ship:10631675`. */
  name: string
  /** Japanese, for the timeline. */
  label: string
  payload: Record<string, unknown>
  /**
   * Content sent, for the timeline: operation, codes and counts. Nothing personal; only the ends of tracking
   * numbers.
   */
  facts?: Record<string, unknown>
}

/** Pauses in milliseconds, shorter ones first. */
export type Looks = readonly [number, ...number[]]

export type ChangePlan =
  /**
   * `notBefore` (RFC 3339): keep it queued until then, because the mall needs a pause after its last change,
   * or, with `byWish`, at the caller's request.
   */
  | { kind: 'steps'; steps: ChangeStep[]; notBefore?: string; byWish?: true }
  /** The order already matches: succeeded without a write. */
  | { kind: 'already'; message: string }
  /**
   * Cancelled or changed at the mall, or not allowed now: warning without a write. Japanese message.
   * `retryAt` (RFC 3339): the reason passes then. `looksAfterMs`: it passes at an unknown time, so the change
   * stays queued and is tried after each of these pauses, then after the last one repeatedly. With both, the
   * tries begin at `retryAt`.
   */
  | { kind: 'refused'; code: string; message: string; retryAt?: string; looksAfterMs?: Looks }

export interface StepAnswer {
  /** The mall's answer in short, codes and words, without personal data. */
  mallCode: string | null
  mallMessage: string | null
  /** The write was done with a warning: ends as warning and is not repeated. */
  warnings: { code: string; message: string }[]
  /** Further data of the answer, for the timeline (ids of shipping records). Nothing personal. */
  facts?: Record<string, unknown>
}

/** State of a step in an order just read. */
export type StepState =
  | 'applied'
  | 'not_applied'
  /**
   * Reading does not prove it (yet): Rakuten sets 発送済 only at night. The mall's own confirmation then counts.
   */
  | 'unknown'

/** The part of a Marketplace that decides about changes. Pure. */
export interface ChangeRules {
  actions: readonly MallAction[]
  carriers: readonly MallCarrier[]
  /** True when a parcel can go to this recipient of the order; absent: to each. */
  shipsTo?(recipient: OrderRecipient): boolean
  planChange(change: WantedChange, order: NormalisedOrder): ChangePlan
  /**
   * Finds what makes a change pointless for the stored order, and the change that must come first. Reported
   * at the request, unless such a change is under way. Null: none. Called only for orders opened for
   * shipping.
   */
  needsFirst?(change: WantedChange, order: NormalisedOrder): { action: ChangeAction; message: string } | null
  stepState(step: ChangeStep, order: NormalisedOrder): StepState
  /**
   * Milliseconds after which a step that was sent, never answered and reads as `unknown` may be sent again.
   * Only where a repeated call changes nothing, because it names what it writes (Amazon). Absent: never.
   */
  repeatAfterMs?: number
  /**
   * Milliseconds within which an accepted write must show in the order, where acceptance is no proof
   * (Amazon). Until then an order that does not show it keeps the change under way. Absent: acceptance counts
   * where reading cannot tell.
   */
  showsWithinMs?: number
  /**
   * Actions whose steps `applyMany` sends together: from how many orders on that is faster, and how many a
   * call takes. `runsForMs`: the mall may carry such a call out so much later; before then an order that does
   * not show it says nothing.
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
   * @throws MarketplaceFailure: rejected (the mall refused this order), throttled, unavailable, unauthorised
   * (nothing was applied), outcome_unknown (sent, and no answer that tells: the caller reads the order before
   * anything else)
   */
  applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer>
  /**
   * Several orders' steps in one call where the mall has one that is faster; the answer per order number. An
   * order without an answer was not tried. A failure with `until`: the order tells whether it was done from
   * then on only.
   */
  applyMany?: (
    steps: readonly { orderNumber: string; step: ChangeStep }[],
    signal: AbortSignal,
  ) => Promise<Map<string, StepAnswer | MarketplaceFailure>>
}
