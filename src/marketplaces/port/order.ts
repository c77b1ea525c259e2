import { z } from 'zod'
import { Marketplace } from '../../generated/prisma/enums.ts'
import { day, later, mallFields, text, time, yen } from './order-fields.ts'
import { Discount, type PAYMENT_KINDS, Payment, Reversal, TaxSummary } from './order-money.ts'
import { Gift, type Parcel, Person, Recipient } from './order-recipient.ts'

/**
 * The normalised order (受注): one shape for all malls. Money is integer yen, tax rates are whole percent,
 * times are RFC 3339 with offset, dates are YYYY-MM-DD in Japan. `null` means "the mall has this but gave
 * none", so that a client sees every field. Further data of a mall is kept under `mallFields`, at the level
 * where it belongs.
 */

/** The malls' names as in the database; marketplaces/index.ts lists their adapters. */
export const MARKETPLACES = Object.values(Marketplace)
export type MarketplaceName = Marketplace

const Item = z
  .object({
    lineId: z.string().describe('Unique in the order (明細ID)'),
    recipientId: z.string().describe('Recipient it goes to (送付先ID)'),
    itemCode: text.describe("The shop's item code (商品番号 / 商品コード)"),
    mallItemId: text.describe("The mall's item id (モール商品ID)"),
    sku: text.describe('SKU (SKU管理番号 / サブコード)'),
    merchantSku: text.describe("The shop's own SKU (システム連携用SKU番号)"),
    jan: text.describe('JAN code (JANコード)'),
    name: z.string().describe('Item name (商品名)'),
    options: z
      .array(
        z.object({
          name: z.string().describe('Question (項目名)'),
          value: z.string().describe('Answer (選択肢・入力内容)'),
          price: yen
            .nullable()
            .describe('Surcharge, tax included; within charges.other or the price (加算額)'),
        }),
      )
      .describe('Choices and inscriptions (項目・選択肢)'),
    unitPrice: yen.describe(
      'Price of one, as the mall states it: with tax when taxIncluded, else before tax (単価)',
    ),
    taxIncluded: z.boolean().describe('unitPrice includes consumption tax (税込)'),
    taxRate: z.int().nullable().describe('Percent: 10, 8, 0 (税率)'),
    quantity: z.int().describe('Quantity (数量)'),
    subtotal: yen.describe('unitPrice × quantity, always tax included (小計)'),
    releaseDate: day.describe('Release date of a reservation (発売日)'),
    leadTime: text.describe('When it ships, as shown to the buyer (発送目安)'),
    deleted: z.boolean().describe('Line was removed at the mall (削除済み)'),
    mallFields,
  })
  .meta({ id: 'Item', description: 'Order line (商品明細)' })

export const HOLD_KINDS = [
  'fraud_check',
  'reserve',
  'unpaid',
  'buyer_cancel_window',
  'mall_processing',
  'change_pending',
  'address_pending',
  'amount_pending',
  'shop_hold',
] as const

const Hold = z
  .object({
    kind: z
      .enum(HOLD_KINDS)
      .describe(
        'Why it must not ship yet (出荷保留): fraud_check 不正確認中, reserve 予約, unpaid 未入金, buyer_cancel_window 購入者キャンセル可能時間, ' +
          'mall_processing モール処理中, change_pending 変更確定待ち, address_pending 住所入力待ち, amount_pending 金額未確定, shop_hold 保留',
      ),
    until: time.describe('Until then, when known (保留の期限)'),
    note: text.describe('Japanese'),
  })
  .describe('Hold (出荷保留)')

export const OrderWarning = z
  .object({
    code: z.string().describe('For programs, for example TOTAL_DIFFERS'),
    message: z.string().describe('Japanese, for staff'),
    field: z.string().describe('Path in the order'),
    expected: z.union([z.number(), z.string()]).nullable().describe('Worked out here (計算値)'),
    actual: z.union([z.number(), z.string()]).nullable().describe('As the mall states it (モールの値)'),
  })
  .describe('Something in the order that does not fit (注意)')

export const MALL_STATES = ['open', 'shipped', 'completed', 'cancelled'] as const

export const NormalisedOrder = z
  .object({
    marketplace: z.enum(Marketplace).describe('Mall (モール)'),
    shopCode: z.string().describe("The shop's code at the mall (店舗コード)"),
    orderNumber: z.string().describe('Order number (受注番号 / 注文ID)'),
    orderedAt: time.unwrap().describe('When the buyer ordered (注文日時)'),
    updatedAt: time.describe('Last change at the mall (最終更新日時)'),
    device: text.describe('pc, smartphone, tablet, feature_phone, other (端末)'),
    mallState: z
      .enum(MALL_STATES)
      .describe(
        'What the mall status means for shipping: open 未発送, shipped 発送済, completed 完了, cancelled キャンセル',
      ),
    mallStatus: z
      .object({ code: z.string().describe('コード'), name: text.describe('名称') })
      .describe('Mall status (モールステータス)'),
    mallSubStatus: z
      .object({ code: z.string().describe('コード'), name: text.describe('名称') })
      .nullable()
      .describe('Sub-status (サブステータス)'),
    mallStatuses: z
      .record(z.string(), z.string().nullable())
      .describe("Further statuses under the mall's names: PayStatus, ShipStatus … (入金・出荷ステータス)"),
    cancelReason: z
      .object({ code: text.describe('コード'), text: text.describe('理由') })
      .nullable()
      .describe('Cancel reason (キャンセル理由)'),
    times: z
      .record(z.string(), z.string().nullable())
      .describe("Further times under the mall's names (各種日時)"),
    buyer: Person.describe('Buyer (注文者)'),
    recipients: z.array(Recipient).describe('Recipients (送付先)'),
    items: z.array(Item).describe('Lines (商品明細)'),
    charges: z
      .object({
        goods: yen.describe('Sum of items[].subtotal without removed lines (商品合計)'),
        shipping: yen.describe('Postage (送料)'),
        cod: yen.describe('COD fee (代引手数料)'),
        paymentFee: yen.describe('Payment fee (決済手数料)'),
        giftWrap: yen.describe('Wrapping (包装料)'),
        adjustment: yen.describe('Adjustment, may be negative (調整額)'),
        other: yen.describe('Other fees to the buyer (その他手数料)'),
      })
      .describe('Charges, all tax included; together totals.total (料金)'),
    discounts: z.array(Discount).describe('Coupons, points and the like (値引き)'),
    points: z
      .object({
        used: yen.describe('Points used, in yen; also among discounts (利用ポイント)'),
        granted: yen.nullable().describe('付与ポイント'),
      })
      .describe('Points (ポイント)'),
    taxSummary: z.array(TaxSummary).describe('By tax rate (税率ごとの合計)'),
    totals: z
      .object({
        total: yen.describe(
          'billed and what discounts not in the prices take off; the sum of charges (合計)',
        ),
        billed: yen.describe('What the buyer pays after discounts, points and gift cards (請求金額)'),
      })
      .describe('Totals, tax included; they follow from charges and discounts (合計金額)'),
    payment: Payment,
    delivery: z
      .object({
        methodCode: text.describe('Code of the delivery method (配送方法コード)'),
        methodName: text.describe('Delivery method (配送方法)'),
        temperature: text.describe('Class: 普通, 冷蔵, 冷凍 … (配送区分)'),
        express: z.array(z.string()).describe('Fast delivery marks: あすつく, 最強翌日配送 …'),
        shipBy: day.describe('Day in Japan on which to ship at the latest (発送期限)'),
        promisedOn: later(day).describe('Date of delivery that the mall promised the buyer (お届け約束日)'),
      })
      .describe('Delivery (配送)'),
    gift: Gift,
    receiptWanted: later(z.boolean().nullable()).describe(
      'The buyer wants a receipt (領収書); null where the mall does not say',
    ),
    reversals: later(z.array(Reversal)).describe(
      'Refunds, partial cancels, returns (返金・一部キャンセル・返品)',
    ),
    notes: z
      .object({
        buyer: text.describe("Buyer's comment (備考・要望)"),
        shop: text.describe('Memo (ひとことメモ・店舗メモ)'),
        mail: text.describe('Sentence for mails (メール差込文)'),
        operator: text.describe('Person in charge (担当者)'),
      })
      .describe('Notes (備考)'),
    subscription: z
      .object({
        kind: text.describe('subscription, reservation … (種別)'),
        id: text.describe('Its id at the mall (定期購入ID)'),
        count: z.int().nullable().describe('Which delivery of the series (回数)'),
      })
      .nullable()
      .describe('Subscription or reservation (定期・頒布会・予約)'),
    relatedOrders: z
      .array(
        z.object({ relation: z.string().describe('関係'), orderNumber: z.string().describe('注文番号') }),
      )
      .describe('parent, child, multi_ship … (関連注文)'),
    holds: z.array(Hold).describe('Why it must not ship yet (出荷保留)'),
    flags: z
      .array(z.string())
      .describe(
        'Marks for lists: cancelled_at_mall, changed_at_mall, caution, drug, gift, multi_recipient, split_source, …',
      ),
    warnings: z.array(OrderWarning).describe('What does not add up in what the mall sent (要確認)'),
    mallFields,
  })
  .meta({ id: 'OrderDetail', description: 'Normalised order (正規化した受注)' })

export type NormalisedOrder = z.infer<typeof NormalisedOrder>
export type OrderItem = z.infer<typeof Item>
export type OrderRecipient = z.infer<typeof Recipient>
export type OrderParcel = z.infer<typeof Parcel>
export type OrderPerson = z.infer<typeof Person>
export type OrderDiscount = z.infer<typeof Discount>
export type OrderHold = z.infer<typeof Hold>
export type OrderReversal = z.infer<typeof Reversal>
export type OrderWarning = z.infer<typeof OrderWarning>
export type PaymentKind = (typeof PAYMENT_KINDS)[number]
export type MallState = (typeof MALL_STATES)[number]
