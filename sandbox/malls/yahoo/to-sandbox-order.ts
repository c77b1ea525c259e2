import type { SandboxItem, SandboxOrder } from '../../kit/types.ts'
import { fieldOf, type SimItem, type SimOrder } from './sim-order.ts'
import type { SimShop } from './store.ts'

/** The facts that the store's mail shows. */
export function toSandboxOrder(order: SimOrder, shop: SimShop): SandboxOrder {
  const text = (field: string) => fieldOf(order, field)
  const amount = (field: string) => Number(text(field) || '0')
  return {
    marketplace: 'yahoo',
    shopCode: shop.code,
    shopName: shop.name,
    orderNumber: order.orderNumber,
    orderedAt: new Date(order.orderedAt),
    buyerName: `${text('BillLastName')} ${text('BillFirstName')}`.trim(),
    recipientName: `${text('ShipLastName')} ${text('ShipFirstName')}`.trim(),
    recipientPostalCode: text('ShipZipCode'),
    recipientAddress: ['ShipPrefecture', 'ShipCity', 'ShipAddress1', 'ShipAddress2'].map(text).join(''),
    recipientPhone: text('ShipPhoneNumber'),
    paymentName: text('PayMethodName'),
    deliveryName: text('ShipMethodName'),
    note: text('BuyerComments'),
    items: order.items.map(toItem),
    shippingFee: amount('ShipCharge'),
    couponTotal: amount('TotalMallCouponDiscount'),
    pointsUsed: amount('UsePoint'),
    billed: amount('TotalPrice'),
  }
}

const toItem = ({ fields, options }: SimItem): SandboxItem => ({
  name: fields.Title ?? '',
  itemCode: fields.ItemId ?? '',
  sku: fields.SubCode || null,
  options: options.map((option) => `${option.Name}:${option.Value}`),
  unitPrice: Number(fields.UnitPrice),
  quantity: Number(fields.Quantity),
  taxRate: Number(fields.ItemTaxRatio),
})
