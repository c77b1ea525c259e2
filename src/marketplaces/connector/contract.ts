import { z } from 'zod'
import { isStorableTime } from '../../platform/storable.ts'
import { each, int32 } from '../kit/wire.ts'
import { CARRIER_CODES } from '../port/carriers.ts'
import { HOLD_KINDS, MALL_STATES, NormalisedOrder, PAYMENT_KINDS } from '../port/order.ts'

/**
 * The connector contract v1, as a shop's own server speaks it. docs/connector.openapi.json is made of these
 * schemas. Everything is a stranger's: bounded, and what is not named is kept aside or dropped.
 */

export const PATH = '/torikomi/v1'
/** All a connector is sent and may do; one it does not offer is not asked for. */
export const CONNECTOR_ACTIONS = [
  ...(['confirm', 'ship', 'mark_paid', 'complete', 'hold', 'release', 'cancel', 'memo'] as const),
] as const
export const ERROR_CODES = [
  ...(['key_refused', 'scope_missing', 'address_refused', 'throttled', 'unavailable', 'internal'] as const),
  ...(['not_found', 'not_yet', 'refused', 'already_done', 'unreadable'] as const),
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

const word = (most: number) => z.string().trim().min(1).max(most)
const time = z.iso
  .datetime({ offset: true })
  .refine(isStorableTime, 'not a time of our era')
  .describe('RFC 3339 with its offset (日時)')
const number = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/)
  .describe('Order number, 1 to 100 printable ASCII characters (受注番号)')
const state = z
  .enum(MALL_STATES)
  .describe('open 未発送, shipped 発送済, completed 完了, cancelled キャンセル')
const revision = z.string().min(1).max(200).describe('Another one after every change of the order (版)')

export const Problem = z
  .object({
    code: z.enum(ERROR_CODES).describe('For programs (コード)'),
    message: z.string().max(1_000).default('').describe('Japanese, for the shop’s staff (説明)'),
  })
  .describe('application/problem+json')

const Limit = z.object({
  field: word(60).describe('`parcels.trackingNumber`'),
  label: word(40).describe('Japanese'),
  characters: z.int().min(1).max(100_000).optional(),
  most: z.int().min(0).max(9_999_999).optional(),
  taken: z.literal(false).optional().describe('false: it has no place for it'),
})

export const Capabilities = z
  .object({
    contract: z.literal('1'),
    system: z.string().max(100).default('').describe('Name and version of cart and connector'),
    shop: z.object({
      code: word(60).describe('As `code` of the shop at Torikomi (店舗コード)'),
      name: word(40).describe('Label on all screens (モール名として表示する名前)'),
      colour: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/)
        .nullish()
        .describe('Of its label'),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .default('JPY'),
    }),
    list: z
      .object({
        windowDays: z.int().min(1).max(31).default(31).describe('Longest window of one list'),
        historyDays: z.int().min(1).max(3_650).default(365).describe('How far back it answers'),
        delaySeconds: z.int().min(0).max(3_600).default(0).describe('How late an order shows in the list'),
      })
      .prefault({}),
    batch: z.int().min(0).max(100).default(0).describe('Numbers of one lookup; 0: no lookup'),
    actions: z
      .array(
        z.object({
          action: z.enum(CONNECTOR_ACTIONS),
          preconditions: z.string().max(200).default('').describe('Japanese (実行できる条件)'),
          limits: z.array(Limit).max(20).default([]),
        }),
      )
      .max(CONNECTOR_ACTIONS.length)
      .default([]),
    changes: z
      .object({
        idempotent: z.boolean().default(true).describe('The same id is carried out once, for 7 days'),
        runsForSeconds: z
          .int()
          .min(0)
          .max(3_600)
          .default(0)
          .describe('A change may be carried out so much later; the order then shows it'),
      })
      .prefault({}),
    carriers: z
      .array(z.object({ carrier: z.enum(CARRIER_CODES), code: word(60) }))
      .max(CARRIER_CODES.length)
      .default([])
      .describe('Its own codes; `other` for all that are not named'),
    cancelReasons: z
      .array(z.object({ code: word(60), name: word(60) }))
      .max(100)
      .default([]),
    quota: z
      .object({ perSecond: z.number().min(0.01).max(50), burst: z.int().min(1).max(100).default(1) })
      .prefault({ perSecond: 1 }),
  })
  .describe('What the shop can do (店舗の機能)')
export type Capabilities = z.infer<typeof Capabilities>

export const ListEntry = z.object({ number, placedAt: time, state, revision })
export const OrderList = z.object({
  orders: z.array(z.unknown()).max(10_000).describe('Rows of the page'),
  cursor: z.string().max(2_000).nullable().describe('For the next page; null at the end'),
  total: z.int().nonnegative().describe('Orders of the whole window (件数)'),
})

const { shape } = NormalisedOrder
/** Optional as one that is null: a cart states what it has. */
const person = shape.buyer.partial()
const recipient = shape.recipients.element.shape
const money = <List extends string>(list: List) => each(int32.optional(), list)

const Parcel = recipient.parcels.element.partial()
const Recipient = z.looseObject({
  id: word(100).optional().describe('Needed where there are several (送付先ID)'),
  person: person.describe('送付先'),
  parcels: z.array(Parcel).max(200).optional(),
  wish: recipient.wish.partial().optional(),
  gift: shape.gift.partial().optional(),
})

const Item = z.looseObject({
  lineId: word(100).describe('Unique in the order (明細ID)'),
  recipientId: word(100).optional().describe('Needed where there are several recipients'),
  name: z.string().max(2_000).describe('商品名'),
  itemCode: z.string().max(200).nullish(),
  sku: z.string().max(200).nullish(),
  jan: z.string().max(40).nullish(),
  options: z
    .array(z.object({ name: z.string().max(200), value: z.string().max(2_000) }))
    .max(100)
    .optional(),
  unitPrice: int32.describe('Whole yen (単価)'),
  quantity: int32.describe('数量'),
  taxIncluded: z.boolean().default(true).describe('unitPrice has tax in it (税込)'),
  taxRate: z.int().min(0).max(100).nullish().describe('Percent (税率)'),
})

const Discount = z.object({
  kind: shape.discounts.element.shape.kind,
  borneBy: shape.discounts.element.shape.borneBy.default('unknown'),
  amount: int32.describe('Positive yen taken off (値引額)'),
  name: z.string().max(200).nullish(),
  lineId: z.string().max(100).nullish(),
})

export const Order = z
  .looseObject({
    number,
    placedAt: time,
    changedAt: time.nullish(),
    revision,
    state,
    status: z
      .object({ code: word(60), name: z.string().max(100).nullish() })
      .nullish()
      .describe('Its own status (ステータス)'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('JPY')
      .describe('Another one: the order is not taken in (通貨)'),
    total: int32.describe('What the buyer pays, whole yen (請求金額)'),
    buyer: person.nullish().describe('注文者'),
    recipients: z.array(Recipient).max(100).nullish().describe('Left out: the buyer (送付先)'),
    items: z.array(Item).min(1).max(2_000).describe('商品明細'),
    charges: z.object(money('shipping cod paymentFee giftWrap adjustment other')).nullish().describe('料金'),
    discounts: z.array(Discount).max(100).nullish().describe('値引き'),
    payment: z
      .object({
        kind: z.enum(PAYMENT_KINDS),
        name: z.string().max(100).nullish(),
        status: shape.payment.shape.status.default('unknown'),
        paidAt: time.nullish(),
      })
      .nullish(),
    delivery: shape.delivery.partial().nullish().describe('配送'),
    holds: z
      .array(
        z.object({
          kind: z.enum(HOLD_KINDS),
          until: time.nullish(),
          note: z.string().max(500).default(''),
        }),
      )
      .max(20)
      .nullish()
      .describe('Why it must not ship yet (出荷保留)'),
    notes: z
      .object(each(z.string().max(10_000).nullish(), 'buyer shop'))
      .nullish()
      .describe('備考、店舗メモ'),
    cancelReason: z.object(each(z.string().max(500).nullish(), 'code text')).nullish(),
    changes: z
      .array(z.object({ id: word(100), state: z.enum(['applied', 'running', 'refused']) }))
      .max(200)
      .nullish()
      .describe('The ids of the changes of the last 7 days: how a lost answer is found out'),
  })
  .refine(({ buyer, recipients }) => buyer || recipients?.length, 'needs a buyer or a recipient')
  .describe('An order (受注). Whatever else is in it is kept as モール固有項目')
export type Order = z.infer<typeof Order>

export const Lookup = z.object({ numbers: z.array(number).min(1).max(100) })
export const Found = z.object({ orders: z.array(z.unknown()).max(100) })

export const Change = z.object({
  id: z.string().describe('The same for every try of one change (変更ID)'),
  action: z.enum(CONNECTOR_ACTIONS),
  parameters: z
    .record(z.string(), z.unknown())
    .describe('As POST /v1/site-changes of Torikomi takes them; a parcel has `carrierCode` beside `carrier`'),
})
export const Changed = z.object({ state: z.enum(['applied', 'running']) })
