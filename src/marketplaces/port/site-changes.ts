import type { z } from 'zod'
import type { Carrier } from './carriers.ts'
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

/** What a mall takes in one field of an action. Checked, and told to clients, by the same row. */
export interface FieldLimit {
  /** Dots lead into the entries of a list: `recipients.familyName`. */
  field: string
  /** Japanese. */
  label: string
  /** Of a text in UTF-8. */
  bytes?: number
  /** Of a text, as JavaScript counts. */
  characters?: number
  /** The highest number, or the most entries of a list. */
  most?: number
  /** Goes with `words`, as no sentence follows from it. */
  pattern?: RegExp
  /** False: the mall has no place for it. */
  taken?: false
  /** What staff are told, Japanese; absent: a sentence made of label and limit. */
  words?: string
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
  /** Those of its narrower rules that belong to one field alone. */
  limits: readonly FieldLimit[]
  /** The calls it makes at the mall, in order, for the table in the docs. */
  calls: string[]
}

/** `mallCode` as the mall wants it; several of ours may map to one of theirs. */
export interface MallCarrier {
  carrier: Carrier
  mallCode: string
}

interface WantedChange {
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

/** Pauses in milliseconds, shorter ones first. */
export type Looks = readonly [number, ...number[]]

export type ChangePlan =
  /**
   * `notBefore` (RFC 3339): leave it queued until then. The mall wants a pause after its last change; `byWish`: the person
   * who asked for it does.
   */
  | { kind: 'steps'; steps: ChangeStep[]; notBefore?: string; byWish?: true }
  /** The order is as wished already: succeeded without a write. */
  | { kind: 'already'; message: string }
  /**
   * Cancelled or changed at the mall, or not allowed now: warning without a write. Japanese message. With `retryAt`
   * (RFC 3339) the reason goes away by itself then, with `looksAfterMs` at a time that nobody knows: the change stays queued
   * and looks again after each of these pauses, after the last of them again and again. With both the looks begin at `retryAt`.
   */
  | { kind: 'refused'; code: string; message: string; retryAt?: string; looksAfterMs?: Looks }

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
  /**
   * What makes a change pointless as the order is known here, and the change that it needs first: told at the request, unless
   * such a change is under way. Null: none. Only of orders that are opened for it, those to ship.
   */
  needsFirst?(change: WantedChange, order: NormalisedOrder): { action: ChangeAction; message: string } | null
  stepState(step: ChangeStep, order: NormalisedOrder): StepState
  /**
   * Milliseconds after which a step that was sent, was never answered and reads as `unknown` may be sent once more: only
   * where the same call made twice changes nothing, as it names what it writes (Amazon). Absent: never.
   */
  repeatAfterMs?: number
  /**
   * The mall's yes to a write is no proof: what it accepted must show in the order within so many milliseconds, and until then
   * a reading that shows nothing yet leaves the change under way (Amazon). Absent: its yes counts where reading cannot tell.
   */
  showsWithinMs?: number
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
