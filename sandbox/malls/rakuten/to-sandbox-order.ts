import type { SandboxItem, SandboxOrder } from '../../kit/types.ts'
import type { Address, ItemModel, OrderModel } from './model.ts'
import type { SimShop } from './shops.ts'

/** The facts of an order that its mail shows. */
export function toSandboxOrder(model: OrderModel, shop: SimShop, placedAt: number): SandboxOrder {
  const to = model.PackageModelList[0]?.SenderModel ?? model.OrdererModel
  return {
    marketplace: 'rakuten',
    shopCode: shop.code,
    shopName: shop.name,
    orderNumber: model.orderNumber,
    orderedAt: new Date(placedAt),
    buyerName: nameOf(model.OrdererModel),
    recipientName: nameOf(to),
    recipientPostalCode: `${to.zipCode1}-${to.zipCode2}`,
    recipientAddress: `${to.prefecture}${to.city}${to.subAddress}`,
    recipientPhone: [to.phoneNumber1, to.phoneNumber2, to.phoneNumber3].join('-'),
    paymentName: model.SettlementModel?.settlementMethod ?? '',
    deliveryName: model.DeliveryModel.deliveryName,
    note: model.remarks ?? '',
    items: model.PackageModelList.flatMap((basket) => basket.ItemModelList.map(toItem)),
    shippingFee: model.postagePrice,
    couponTotal: model.couponAllTotalPrice,
    pointsUsed: model.PointModel?.usedPoint ?? 0,
    billed: model.requestPrice,
  }
}

function toItem(item: ItemModel): SandboxItem {
  const sku = item.SkuModelList[0]
  return {
    name: item.itemName,
    itemCode: item.itemNumber ?? item.manageNumber,
    sku: sku?.variantId ?? null,
    options: [sku?.skuInfo, item.selectedChoice].flatMap((text) => (text ? text.split('\n') : [])),
    unitPrice: item.priceTaxIncl,
    quantity: item.units,
    taxRate: Math.round(item.taxRate * 100),
  }
}

const nameOf = (address: Address) => `${address.familyName} ${address.firstName ?? ''}`.trim()
