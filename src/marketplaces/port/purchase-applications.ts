import { z } from 'zod'
import { time } from './order.ts'

/**
 * 購入申込: a buyer's application (予約, 定期購入, 頒布会) that is not an order at the mall yet. Each delivery becomes an
 * order with its own number on the day it is confirmed; until then there is nothing to ship. The buyer comes
 * with that order.
 */

const text = z.string().nullable()
const yen = z.int().nullable()
const day = z.iso.date().nullable()

const Delivery = z
  .object({
    round: z.int().describe('Which delivery of the series (お届け回)'),
    deliverOn: day.describe('Planned day of delivery (お届け日)'),
    confirmOn: day.describe('When the mall makes an order of it (注文確定日)'),
    releaseOn: day.describe('Release of a reservation (発売日)'),
    early: z.boolean().describe('Confirmed early by the shop (早期注文確定)'),
    contents: text.describe('What is in this one (商品内訳)'),
    total: yen.describe('With tax, postage and fees; null while something is not fixed (合計金額)'),
    shippingFee: yen.describe('null while not fixed (送料)'),
    codFee: yen.describe('null while not fixed (代引料)'),
    paymentName: text.describe("The mall's wording (支払方法)"),
  })
  .describe('One delivery that is not an order yet (申込明細)')

export const PurchaseApplication = z
  .object({
    applicationNumber: z.string().describe('申込番号; an order made of it has this as `subscription.id`'),
    kind: z
      .enum(['subscription', 'hanpukai', 'reservation', 'other'])
      .describe('subscription 定期購入, hanpukai 頒布会, reservation 予約'),
    status: z
      .object({ code: z.string().describe('コード'), name: text.describe('名称') })
      .describe("The mall's or the shop's own status (申込ステータス)"),
    appliedAt: time.describe('申込日時'),
    cycle: text.describe('毎月1日にお届け (お届けサイクル)'),
    item: z
      .object({
        mallItemId: text.describe("The mall's item id (モール商品ID)"),
        itemCode: text.describe("The shop's item code (商品番号)"),
        sku: text.describe('SKU (SKU管理番号)'),
        merchantSku: text.describe("The shop's own SKU (システム連携用SKU番号)"),
        name: z.string().describe('Item name (商品名)'),
        choices: z.array(z.string()).describe('Choices in the buyer’s and the mall’s words (項目・選択肢)'),
        unitPrice: yen.describe('Price of one (単価)'),
        taxIncluded: z.boolean().describe('unitPrice includes consumption tax (税込)'),
        taxRate: z.int().nullable().describe('Percent (税率)'),
        quantity: z.int().describe('Of each delivery (個数)'),
      })
      .describe('What is applied for (申込商品)'),
    deliveryMethod: text.describe('Delivery method with carrier (配送方法)'),
    remoteArea: z.boolean().describe('Goes to a remote island (離島)'),
    deliveries: z.array(Delivery).describe('Deliveries to come, soonest first (お届け予定)'),
  })
  .meta({
    id: 'PurchaseApplication',
    description: 'Application that is not an order yet, without the buyer (購入申込)',
  })
export type PurchaseApplication = z.infer<typeof PurchaseApplication>

/** Date that a period refers to: 申込日, お届け予定日, 注文確定日. */
export const APPLICATION_DATES = ['applied', 'delivery', 'confirmation'] as const

export interface ApplicationSearch {
  by: (typeof APPLICATION_DATES)[number]
  /** YYYY-MM-DD, both inclusive. */
  from: string
  to: string
  offset: number
  limit: number
}

export interface ApplicationPage {
  applications: PurchaseApplication[]
  /** The mall's count. */
  total: number
}
