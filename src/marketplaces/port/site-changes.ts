import { z } from 'zod'
import { OrderStatus } from '../../generated/prisma/enums.ts'
import { isStorableTime, STORABLE_TIME } from '../../platform/storable.ts'
import { CARRIER_CODES, type Carrier } from './carriers.ts'
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
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

/**
 * The one name of each action, for docs, REST texts and history; a mall's own screen may call it otherwise.
 */
export const CHANGE_LABELS: Readonly<Record<ChangeAction, string>> = {
  confirm: '注文確認',
  ship: '発送完了',
  mark_paid: '入金済み',
  complete: '完了',
  hold: 'モール側保留',
  release: 'モール側保留の解除',
  cancel: 'キャンセル',
  memo: 'メモ',
  sub_status: 'サブステータス',
  correct_shipment: '発送情報の訂正',
  change_content: '注文内容の変更',
}

/** `confirm 注文確認, ship 発送完了, …`, for descriptions of the REST API. */
export const describeActions = (actions: readonly ChangeAction[]): string =>
  actions.map((action) => `${action} ${CHANGE_LABELS[action]}`).join(', ')

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

/** Pieces of a line. */
export interface LinePieces {
  lineId: string
  quantity: number
}

interface WantedChange {
  action: ChangeAction
  /** Parsed by the mall's MallAction.parameters. */
  parameters: unknown
  /** Of a shipment: `linesToShip` of the order for which it was asked. Null where nobody noted them. */
  lines?: readonly LinePieces[] | null
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
   * Lists what is left to ship, where the mall ships by line. Kept with the request: what is added to the
   * order later is in no parcel of it. Absent where the mall ships a whole order.
   */
  linesToShip?(order: NormalisedOrder): LinePieces[]
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

const date = z.iso.date().refine(isStorableTime, STORABLE_TIME).describe('YYYY-MM-DD in Japan')
const id = z.string().max(100)
const code = z.string().max(60)
const text = (most: number) => z.string().trim().max(most)
const recipientId = id
  .optional()
  .describe('Recipient of the order (送付先ID); may be left out when there is only one')
const carrierName = code.optional().describe('Name of a carrier that is `other` (配送会社名)')

export const ShipParcel = z
  .strictObject({
    recipientId: id
      .optional()
      .describe('Recipient of the order it goes to (送付先ID); may be left out when there is only one'),
    carrier: z.enum(CARRIER_CODES).describe('Carrier (配送会社)'),
    carrierName,
    trackingNumber: text(120).optional().describe('Tracking number (お荷物伝票番号)'),
    shippingMethod: text(60)
      .optional()
      .describe('Name of the service for the buyer, 宅急便 or ネコポス; some malls take none (配送方法)'),
    noNumberReason: code
      .optional()
      .describe('Why there is no tracking number, a code from GET /v1/marketplaces (伝票番号がない理由)'),
    lines: z
      .array(
        z.strictObject({
          lineId: id.describe('Line of the order (明細ID)'),
          quantity: z.int().min(1).describe('Pieces in this parcel (個数)'),
        }),
      )
      .max(2000)
      .optional()
      .describe(
        'What is in it when not everything of the recipient (内容明細). Lines that no parcel names are sent later ' +
          '(分割発送); where the mall does not know lines, all of a recipient must be in its parcels',
      ),
  })
  .describe('One parcel (個口)')

const CorrectedParcel = z
  .strictObject({
    parcelId: id
      .optional()
      .describe(
        '`id` of the parcel in the order (発送明細ID); may be left out when the recipient has only one',
      ),
    recipientId,
    carrier: z.enum(CARRIER_CODES).optional().describe('The right carrier; left out: as it is (配送会社)'),
    carrierName,
    trackingNumber: text(120)
      .optional()
      .describe('The right tracking number; left out: as it is; empty: none (お荷物伝票番号)'),
    shippingMethod: text(60).optional().describe('Service for the buyer (配送方法)'),
    shippedOn: date.optional().describe('The right date; left out: as it is (発送日)'),
    remove: z.boolean().optional().describe('The parcel does not exist: remove its record (発送情報を削除)'),
  })
  .describe('What is right for one parcel that was told to the mall before (発送情報の訂正)')

const newText = text(200).optional()

const ChangedRecipient = z
  .strictObject({
    recipientId,
    familyName: newText.describe('Family name (姓)'),
    givenName: newText.describe('Given name (名)'),
    familyNameKana: newText.describe('Family name in kana (姓カナ)'),
    givenNameKana: newText.describe('Given name in kana (名カナ)'),
    postalCode: z
      .string()
      .regex(/^\d{3}-?\d{4}$/)
      .optional()
      .describe('Postal code, seven digits (郵便番号)'),
    prefecture: newText.describe('Prefecture (都道府県)'),
    city: newText.describe('City or ward (市区町村)'),
    address1: newText.describe('Street address (町域・番地)'),
    address2: newText.describe('Building, room (建物名・部屋番号)'),
    phone: text(20).optional().describe('Phone (電話番号)'),
    wishDate: date.nullable().optional().describe('Wished date; null: none (お届け希望日)'),
    wishTime: text(40)
      .nullable()
      .optional()
      .describe('Wished time as the mall words it, 14:00-16:00; null: none (希望時間帯)'),
    dropOff: text(60)
      .nullable()
      .optional()
      .describe('Where to leave the parcel, as the mall words it; null: nowhere (置き配の場所)'),
    shippingFee: z.int().min(0).max(9_999_999).optional().describe('Postage of this recipient (送料)'),
  })
  .describe('What is new for one recipient; what is left out stays as it is (送付先の変更)')

const fee = z.int().min(0).max(9_999_999).optional()

/** 注文確定待ち時間: Rakuten drops an order that is not confirmed within 14 days. */
const MOST_WAIT_MINUTES = 13 * 24 * 60
const MOST_DAYS = 60

/** Parameters by action. A mall narrows them in its own `MallAction.parameters`. */
export const ChangeParameters = {
  confirm: z.strictObject({
    waitMinutes: z
      .int()
      .min(1)
      .max(MOST_WAIT_MINUTES)
      .optional()
      .describe(
        'Not before the order is so many minutes old: until then the buyer may change it (注文確定待ち時間)',
      ),
  }),
  ship: z.strictObject({
    shippedOn: date.optional().describe('Date shipped; left out: today in Japan (発送日)'),
    parcels: z.array(ShipParcel).min(1).max(100).describe('Parcels (個口)'),
    markPaid: z
      .boolean()
      .optional()
      .describe('Mark as paid first, where the shop itself receives the money (入金済みにしてから)'),
    release: z.boolean().optional().describe('Release a hold first (保留を解除してから)'),
    confirmFirst: z
      .boolean()
      .optional()
      .describe(
        'Confirm the order first if nobody has, wait until the mall lets it go, then ship (注文確認をしてから)',
      ),
    thenMoveTo: z
      .enum(OrderStatus)
      .exclude(['auto_imported'])
      .optional()
      .describe("The order's own status here once the mall shows it as shipped (成功後の受注ステータス)"),
  }),
  mark_paid: z.strictObject({ paidOn: date.optional().describe('Date paid (入金日)') }),
  complete: z.strictObject({
    afterDays: z
      .int()
      .min(0)
      .max(MOST_DAYS)
      .optional()
      .describe('So many days after the day of shipping; left out: at once (発送日からの日数)'),
  }),
  hold: z.strictObject({}),
  release: z.strictObject({}),
  cancel: z.strictObject({
    reason: code.describe('Reason code of the mall, from GET /v1/marketplaces (キャンセル理由)'),
    detail: text(500).optional().describe('Reason in words (理由の詳細)'),
    restock: z.enum(['item_setting', 'restore', 'keep']).optional().describe('Stock (在庫を戻すか)'),
  }),
  memo: z.strictObject({
    memo: z.string().max(10_000).describe('Memo (ひとことメモ・店舗メモ); empty clears it'),
  }),
  sub_status: z.strictObject({
    subStatus: code.nullable().describe('Id of the sub-status; null clears it (サブステータス)'),
  }),
  correct_shipment: z.strictObject({
    parcels: z.array(CorrectedParcel).min(1).max(100).describe('Parcels to put right (訂正する個口)'),
  }),
  change_content: z.strictObject({
    recipients: z.array(ChangedRecipient).max(100).optional().describe('Recipients (送付先)'),
    shippingFee: fee.describe('Postage of the whole order (送料)'),
    codFee: fee.describe('COD or payment fee (代引手数料・決済手数料)'),
    giftWrapFee: fee.describe('Wrapping (包装料)'),
    discount: fee.describe("The shop's discount (値引き)"),
    adjustment: z
      .int()
      .min(-9_999_999)
      .max(9_999_999)
      .optional()
      .describe('Adjustment, may be negative (調整額)'),
    lines: z
      .array(
        z.strictObject({
          lineId: id.describe('Line of the order (明細ID)'),
          quantity: z.int().min(0).max(9_999).describe('New quantity; 0 removes the line (数量)'),
        }),
      )
      .max(2000)
      .optional()
      .describe('Lines whose quantity changes (数量の変更・明細の削除)'),
    addLines: z
      .array(
        z.strictObject({
          itemCode: z.string().min(1).max(100).describe('Item code (商品コード)'),
          sku: id.optional().describe('SKU (サブコード)'),
          name: newText.describe('Left out: as in the shop (商品名)'),
          unitPrice: z.int().min(0).max(9_999_999).optional().describe('Left out: as in the shop (単価)'),
          quantity: z.int().min(1).max(9_999).describe('Quantity (数量)'),
        }),
      )
      .max(100)
      .optional()
      .describe('Lines to add (明細の追加)'),
    reason: code.optional().describe('Why the amount falls, a code from GET /v1/marketplaces (減額の理由)'),
    buyerNote: z.string().max(4_000).optional().describe("Buyer's comment (備考)"),
    confirmZero: z
      .boolean()
      .optional()
      .describe('Two or more fees, all of them 0, are meant; without it they are refused (料金0円の確認)'),
    deliveryMethod: text(100)
      .optional()
      .describe("One of the shop's delivery methods by the name it has at the mall (配送方法)"),
  }),
} as const satisfies Record<ChangeAction, z.ZodType>
