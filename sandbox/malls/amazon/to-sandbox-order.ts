import type { SandboxItem, SandboxOrder } from '../../kit/types.ts'
import type { OrderItem, SimOrder } from './model.ts'
import type { SimShop } from './shops.ts'

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
    items: model.orderItems.map(toItem),
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
