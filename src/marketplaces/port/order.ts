import { z } from 'zod'
import { Marketplace } from '../../generated/prisma/enums.ts'

/**
 * The normalised order (受注): one shape for all malls. Money is integer yen, tax rates are whole percent,
 * times are RFC 3339 with offset, dates are YYYY-MM-DD in Japan. `null` means "the mall has this but gave
 * none", so that a client sees every field. Further data of a mall is kept under `mallFields`, at the level
 * where it belongs.
 */

const yen = z.int().describe('Integer yen (円)')
const text = z.string().nullable()
/**
 * Not validated: an order is never refused for a time of its mall. `…At` and `…Until` are times, `…By`, `…On`
 * and `…Date` are days.
 */
export const time = z.string().meta({ format: 'date-time' }).nullable()
const day = z.string().meta({ format: 'date' }).nullable()
const mallFields = z
  .record(z.string(), z.unknown())
  .describe("Further fields of this mall under the mall's own names (モール固有項目)")

/** Marks a field that was added after the first orders were stored, which lack it. */
const later = <T extends z.ZodType>(field: T) => field.optional()

const Discount = z
  .object({
    kind: z
      .enum(['coupon', 'points', 'gift_card', 'bonus', 'store_discount', 'other'])
      .describe(
        'coupon クーポン, points ポイント利用, gift_card 商品券, bonus 特典, store_discount 店舗値引, other',
      ),
    borneBy: z
      .enum(['shop', 'marketplace', 'manufacturer', 'buyer', 'unknown'])
      .describe(
        'Who bears it (負担者): shop 店舗, marketplace モール, manufacturer メーカー, buyer (points are money to the shop)',
      ),
    amount: yen.describe('Positive yen taken off, tax included (値引額)'),
    name: text.describe('Coupon or campaign (名称)'),
    code: text.describe('Its code (コード)'),
    lineId: text.describe('Line it belongs to, null for the whole order'),
    includedInPrices: z
      .boolean()
      .describe(
        'true when item prices are already net of it, so that it is not taken off again (値引後単価)',
      ),
  })
  .describe('Discount (値引)')

const TaxSummary = z
  .object({
    rate: z.int().describe('Percent (税率)'),
    total: yen
      .nullable()
      .describe(
        'Lines and charges before discounts and points, tax included; all rates make totals.total (合計)',
      ),
    billed: yen
      .nullable()
      .describe('total − coupon − points, tax included; all rates make totals.billed (請求額)'),
    taxable: later(yen.nullable()).describe(
      'What tax is the tax of, tax included: total − coupon, at au PAY − points as well (課税対象額)',
    ),
    tax: yen.nullable().describe('Tax within taxable (消費税額)'),
    coupon: yen.nullable().describe('Discounts other than points and gift cards, tax included (値引額)'),
    points: yen.nullable().describe('Points and gift cards (ポイント・商品券利用額)'),
    paymentFee: yen.nullable().describe('Payment fee within total, where the mall tells it (決済手数料)'),
    source: later(z.enum(['mall', 'shared', 'computed'])).describe(
      'mall: the mall states it; shared: it does, and its points are shared out here in proportion; computed: from lines and charges, ' +
        'discounts shared out in proportion, tax rounded down (根拠)',
    ),
  })
  .describe('Totals by tax rate; empty when the rate of a line is not known (税率別集計)')

export const PAYMENT_KINDS = [
  'credit_card',
  'cod',
  'bank_transfer',
  'convenience_store',
  'carrier_billing',
  'e_money',
  'wallet',
  'deferred',
  'invoice',
  'loan',
  'points',
  'free',
  'other',
] as const

const Payment = z
  .object({
    kind: z.enum(PAYMENT_KINDS).describe('Kind of payment (支払方法区分)'),
    code: text.describe("The mall's code (支払方法コード)"),
    name: text.describe("The mall's wording (支払方法)"),
    combinedName: text.describe('Second payment of a combined one (併用支払方法)'),
    status: z.enum(['unpaid', 'authorised', 'paid', 'refunded', 'cancelled', 'unknown']).describe('入金状態'),
    paidAt: time.describe('When paid; the beginning of the day where the mall gives no more (入金日時)'),
    dueDate: day.describe('Payment due (支払期限)'),
    cardBrand: text.describe('カードブランド'),
    cardLast4: text.describe('Last four digits (カード番号下4桁)'),
    installments: text.describe('Payment plan (支払回数)'),
    outstanding: later(yen.nullable()).describe(
      'What the buyer still owes, and 代引 collects; null or left out where the mall does not say (未払い額)',
    ),
    changeUntil: later(time).describe(
      'Until then the buyer of a failed payment may choose another one (支払方法変更期限)',
    ),
    parts: later(
      z.array(
        z.object({
          code: text.describe("The mall's code (支払方法コード)"),
          name: text.describe("The mall's wording (支払方法)"),
          amount: yen.nullable().describe('What was paid like that, tax included (支払額)'),
        }),
      ),
    ).describe('Amounts of a payment by several means; empty when there is one (併用支払の内訳)'),
    mallFields,
  })
  .describe('Payment (支払)')

const Reversal = z
  .object({
    kind: z
      .enum(['refund', 'partial_cancel', 'return'])
      .describe('refund 返金, partial_cancel 一部キャンセル, return 返品'),
    lineId: text.describe('Line it belongs to, null for the whole order (明細ID)'),
    quantity: z.int().nullable().describe('How many of the line (数量)'),
    amount: yen.nullable().describe('Positive yen given back, tax included (金額)'),
    state: text.describe("The mall's state of it (状態)"),
    at: text.describe('When: date or time (日時)'),
    reason: text.describe('Reason (理由)'),
  })
  .describe('Something taken back (返金・一部キャンセル・返品)')

const Person = z
  .object({
    fullName: later(text).describe(
      'The whole name. The only one where the mall does not split names (氏名); absent in orders stored before it was kept',
    ),
    familyName: text.describe('Family name; null where the mall gives the whole name alone (姓)'),
    givenName: text.describe('Given name; null where the mall gives the whole name alone (名)'),
    familyNameKana: text.describe(
      'Family name in kana; all of it where the mall gives one text that cannot be divided (姓カナ)',
    ),
    givenNameKana: text.describe('Given name in kana (名カナ)'),
    postalCode: text.describe(
      'Postal code: seven digits in Japan, a foreign one as the mall gave it (郵便番号)',
    ),
    prefecture: text.describe('Prefecture (都道府県)'),
    city: text.describe('City or ward (市区町村)'),
    address1: text.describe('Street address (町域・番地)'),
    address2: text.describe('Building, room (建物名・部屋番号)'),
    company: text.describe('Company and department (会社・部署)'),
    phone: text.describe('Phone as the mall gave it (電話番号)'),
    emergencyPhone: text.describe('Second phone (緊急連絡先)'),
    email: text.describe("Mail address, usually the mall's relay (メールアドレス)"),
  })
  .meta({ id: 'Person', description: 'A person with an address (氏名・住所)' })

export const Parcel = z
  .object({
    id: text.describe("The mall's id of this shipping record (発送明細ID)"),
    carrierCode: text.describe("The mall's carrier code (配送会社コード)"),
    carrierName: text.describe('Carrier (配送会社)'),
    trackingNumber: text.describe('Tracking number (お荷物伝票番号)'),
    shippedOn: day.describe('Date shipped (発送日)'),
    arrivedOn: day.describe('Date arrived (着荷日)'),
    lines: later(
      z.array(
        z.object({
          lineId: z.string().describe('明細ID'),
          quantity: z.int().describe('How many of the line are in it (数量)'),
        }),
      ),
    ).describe('What is in it, where it is known; absent: all of its recipient (個口の明細)'),
  })
  .describe('One parcel (個口)')

const DeliveryWish = z
  .object({
    date: day.describe('Wished date (お届け希望日)'),
    timeFrom: text.describe('HH:MM, start of the wished band (希望時間帯・開始)'),
    timeTo: text.describe('HH:MM, end of the wished band (希望時間帯・終了)'),
    timeText: text.describe('The band as the mall words it, for example 午前中 (希望時間帯)'),
    dropOff: text.describe('Where to leave the parcel (置き配場所); null when not wished'),
  })
  .describe('Delivery wishes (配送希望)')

export const Gift = z
  .object({
    requested: z.boolean().describe('Gift handling was asked for (ギフト)'),
    message: text.describe('Gift message (ギフトメッセージ)'),
    noshi: text.describe('Noshi (のし)'),
    wrappings: z
      .array(
        z.object({
          kind: text.describe('Paper, ribbon … (種類)'),
          name: text.describe('包装名'),
          price: yen.nullable(),
        }),
      )
      .describe('Wrapping chosen (包装): kind, name, price'),
  })
  .describe('Gift (ギフト)')

const Recipient = z
  .object({
    id: z.string().describe("The mall's basket or shipping id, unique in the order (送付先ID)"),
    person: Person.describe('Who receives (送付先)'),
    lineIds: z.array(z.string()).describe('Ids of the items sent here (明細ID)'),
    parcels: z.array(Parcel).describe('Parcels reported so far (発送情報)'),
    wish: DeliveryWish,
    gift: Gift,
    shippingFee: yen.nullable().describe('Postage of this basket (送料)'),
    codFee: yen.nullable().describe('COD fee of this basket (代引手数料)'),
    pickup: z
      .object({
        kind: text.describe('convenience_store, post_office, shop … (受取方法)'),
        code: text.describe('Code of the place (受取場所コード)'),
        name: text.describe('受取場所名'),
        address: text.describe('受取場所住所'),
      })
      .nullable()
      .describe('Convenience store or shop where it is picked up (コンビニ受取・店舗受取)'),
    remoteArea: z.boolean().describe('Remote island or area (離島・遠隔地)'),
    addressPending: z
      .boolean()
      .describe(
        'The address is not there yet: the recipient has not filled it in, or the mall does not give it out (住所待ち)',
      ),
    mallFields,
  })
  .meta({ id: 'Recipient', description: 'Recipient with lines and parcels (送付先)' })

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
/** One vocabulary for all malls; orders stored before have the mall's own word. */
export type SubscriptionKind = 'subscription' | 'hanpukai' | 'reservation'
