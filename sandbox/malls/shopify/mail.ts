import type { SandboxEvent, SandboxOrder } from '../../kit/types.ts'
import type { MailContent } from '../../mails/mail-content.ts'
import type { SimOrder } from './store.ts'

const NEWS = {
  placed: '様が注文{name}を行いました',
  cancelled: '様の注文{name}がキャンセルされました',
  paid: '様の注文{name}の支払いが完了しました',
  changed: '様の注文{name}が編集されました',
} as const

/** A mail to the staff of a shop: all shops write from one domain, and name themselves by their admin. */
export function shopifyContent({ type, order }: SandboxEvent): MailContent {
  const news = `${order.buyerName}${NEWS[type].replace('{name}', `#${order.orderNumber}`)}`
  const link = `https://admin.shopify.com/store/${order.shopCode}/orders/4500000000001`
  return {
    fromName: order.shopName,
    from: 'store+1234567@g.shopifyemail.com',
    subject: `[${order.shopName}] ${news}`,
    text: `${news}。\n\n${order.items.map(({ name, quantity }) => `${name} × ${quantity}`).join('\n')}\n\n注文を表示: ${link}\n`,
    link,
  }
}

const amountOf = (bag: unknown): number =>
  Number((bag as { shopMoney: { amount: string } } | undefined)?.shopMoney.amount ?? 0)

export function toSandboxOrder(order: SimOrder, shopName: string): SandboxOrder {
  const {
    shippingAddress: to,
    paymentGatewayNames,
    note,
    totalPriceSet,
    shippingLines,
  } = order.fields as {
    shippingAddress: Record<string, string | null> | null
    paymentGatewayNames: string[]
    note: string | null
    totalPriceSet: unknown
    shippingLines: { title: string; discountedPriceSet: unknown }[]
  }
  return {
    marketplace: 'shopify',
    shopCode: order.shopCode,
    shopName,
    orderNumber: order.orderNumber,
    orderedAt: new Date(order.createdAt),
    buyerName: to?.name ?? '',
    recipientName: to?.name ?? '',
    recipientPostalCode: to?.zip ?? '',
    recipientAddress: `${to?.province ?? ''}${to?.city ?? ''}${to?.address1 ?? ''}`,
    recipientPhone: to?.phone ?? '',
    paymentName: paymentGatewayNames[0] ?? '',
    deliveryName: shippingLines[0]?.title ?? '',
    note: note ?? '',
    items: order.lineItems.map(({ title, sku, quantity, originalUnitPriceSet }) => ({
      name: title,
      itemCode: sku ?? '',
      sku: null,
      options: [],
      unitPrice: amountOf(originalUnitPriceSet),
      quantity,
      taxRate: 10,
    })),
    shippingFee: amountOf(shippingLines[0]?.discountedPriceSet),
    couponTotal: 0,
    pointsUsed: 0,
    billed: amountOf(totalPriceSet),
    places: [...new Set(order.parts.map(({ location }) => location.id))],
  }
}
