import { z } from 'zod'
import { day, later, mallFields, text, time, yen } from './order-fields.ts'

/** Money of the normalised order apart from its lines: discounts, totals by tax rate, payment, reversals. */

export const Discount = z
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

export const TaxSummary = z
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

export const Payment = z
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

export const Reversal = z
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
