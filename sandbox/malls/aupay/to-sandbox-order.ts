import type { SandboxItem, SandboxOrder } from '../../kit/types.ts'
import type { SimShop } from './keys.ts'
import type { AupaySettings } from './settings.ts'
import { amountOf, fieldOf, type SimDetail, type SimOrder } from './sim-order.ts'

/** The facts that the shop's mail shows, and how that mail is to look. */
export function toSandboxOrder(order: SimOrder, shop: SimShop, settings: AupaySettings): SandboxOrder {
  return {
    marketplace: 'aupay',
    shopCode: shop.code,
    shopName: shop.name,
    orderNumber: order.orderNumber,
    orderedAt: new Date(order.orderedAt),
    buyerName: fieldOf(order, 'ordererName'),
    recipientName: fieldOf(order, 'senderName'),
    recipientPostalCode: fieldOf(order, 'senderZipCode'),
    recipientAddress: fieldOf(order, 'senderAddress'),
    recipientPhone: fieldOf(order, 'senderPhoneNumber1'),
    paymentName: fieldOf(order, 'settlementName'),
    deliveryName: fieldOf(order, 'deliveryName'),
    note: fieldOf(order, 'userComment'),
    items: order.details.map(toItem),
    shippingFee: amountOf(order, 'postagePrice'),
    couponTotal: amountOf(order, 'couponTotalPrice'),
    pointsUsed: amountOf(order, 'usePoint') + amountOf(order, 'useAuPointPrice'),
    billed: amountOf(order, 'requestPrice'),
    mail: {
      from: settings.mailFrom,
      subject: settings.mailSubject,
      numberLabel: settings.mailNumberLabel,
      text: settings.mailText,
    },
  }
}

/** The mail names the lot and not the shop's item code. */
const toItem = ({ fields }: SimDetail): SandboxItem => ({
  name: fields.itemName ?? '',
  itemCode: fields.lotnumber ?? '',
  sku: fields.itemManagementId || null,
  options: (fields.itemOption ?? '')
    .split('&')
    .filter(Boolean)
    .map((option) => option.replace('=', ':')),
  unitPrice: Number(fields.itemPrice),
  quantity: Number(fields.unit),
  taxRate: Math.round(Number(fields.taxRate) * 100),
})
