import type { SandboxEvent, SandboxItem, SandboxOrder } from '../../kit/types.ts'
import { goodsTotal, japaneseTime, type MailContent, yen } from '../../mails/mail-content.ts'
import type { SimShop } from './consents.ts'
import type { OrderItem, SimOrder } from './model.ts'

const PAYMENT_NAMES: Readonly<Record<string, string>> = {
  CreditCard: 'クレジットカード',
  ConvenienceStore: 'コンビニ払い',
  CashOnDelivery: '代金引換',
}

/** The facts of an order that a mail could show; Amazon's shows no buyer and no address. */
export function toSandboxOrder({ model, placedAt }: SimOrder, shop: SimShop): SandboxOrder {
  const to = model.recipient.deliveryAddress
  const amount = (type: string) =>
    model.proceeds.breakdowns
      .filter((part) => part.type === type)
      .reduce((sum, part) => sum + Number(part.subtotal.amount), 0)
  const method = model.payment.paymentExecutions[0]?.paymentMethod ?? ''
  return {
    marketplace: 'amazon',
    shopCode: shop.code,
    shopName: shop.name,
    orderNumber: model.orderId,
    orderedAt: new Date(placedAt),
    buyerName: model.buyer.buyerName,
    recipientName: to.name,
    recipientPostalCode: to.postalCode,
    recipientAddress: [to.stateOrRegion, to.addressLine1, to.addressLine2].filter(Boolean).join(''),
    recipientPhone: to.phone,
    paymentName: PAYMENT_NAMES[method] ?? method,
    deliveryName: model.fulfillment.fulfillmentServiceLevel,
    note: '',
    items: model.orderItems
      .filter((item) => item.cancellation?.cancellationExecution === undefined)
      .map(toItem),
    shippingFee: amount('SHIPPING'),
    couponTotal: Math.abs(amount('DISCOUNT')),
    pointsUsed: 0,
    billed: Number(model.proceeds.grandTotal.amount),
  }
}

const toItem = (item: OrderItem): SandboxItem => ({
  name: item.product.title,
  itemCode: item.product.sellerSku,
  sku: item.product.sellerSku,
  options: [],
  unitPrice: Number(item.product.price.unitPrice.amount),
  quantity: item.quantityOrdered,
  taxRate: 10,
})

const SENDER = 'seller-notification@amazon.co.jp'

/** What Amazon keeps of a sale; any share will do. */
const FEE_SHARE = 0.15

/** Amazon mails no payment: an order's mail comes once it is paid. Finished cancellations are invented. */
const SUBJECTS = {
  cancelled: 'ご注文がキャンセルされました',
  paid: '注文確定のお知らせ',
  changed: 'キャンセルリクエストが届きました',
} as const

const NEWS = {
  placed: 'Amazonで新規の注文がありました。',
  paid: 'Amazonで新規の注文がありました。',
  cancelled: '次の注文はキャンセルされました。商品を出荷しないでください。',
  changed: '購入者が次の注文のキャンセルを希望しています。',
} as const

/** Laid out with the labels that sellers' scripts read; it shows no buyer and no address. */
export function amazonContent({ type, order }: SandboxEvent): MailContent {
  const page = `https://sellercentral-japan.amazon.com/orders-v3/order/${order.orderNumber}`
  return {
    fromName: 'Amazon',
    from: SENDER,
    subject: type === 'placed' ? placedSubject(order) : `${SUBJECTS[type]}：${order.orderNumber}`,
    text: `${NEWS[type]}
（このメールは模擬環境が作成したものです）
${type === 'placed' || type === 'paid' ? contents(order) : `注文番号：${order.orderNumber}\n`}`,
    link: `https://sellercentral-japan.amazon.com/nms/sellermobile/redirect/order?u=${Buffer.from(page).toString('base64url')}`,
  }
}

function placedSubject({ items }: SandboxOrder): string {
  const [first] = items
  if (items.length === 1 && first) return `注文確定： ${first.sku ?? first.itemCode} ${first.name}`
  return `注文確定： ${items.length}点の商品が販売されました`
}

function contents(order: SandboxOrder): string {
  const [year, month, day] = japaneseTime(order.orderedAt)
  const [shipYear, shipMonth, shipDay] = japaneseTime(new Date(order.orderedAt.getTime() + 2 * 86_400_000))
  const goods = goodsTotal(order)
  const fee = Math.floor(goods * FEE_SHARE)
  const products = order.items.map(
    (item) => `商品：${item.name}
コンディション：新品
SKU：${item.sku ?? item.itemCode}
数量：${item.quantity}
価格：￥${yen(item.unitPrice * item.quantity)}
税金：￥0`,
  )
  return `出荷予定日${shipYear}/${shipMonth}/${shipDay}までに商品の出荷を完了してください。
注文の詳細
注文番号：${order.orderNumber}
注文日：${year}/${month}/${day}
${products.join('\n')}
配送料：￥${yen(order.shippingFee)}
Amazon手数料：(￥${yen(fee)})
売上金：￥${yen(goods + order.shippingFee - fee)}
`
}
