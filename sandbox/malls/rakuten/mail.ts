import type { SandboxEvent, SandboxItem, SandboxOrder } from '../../kit/types.ts'
import { goodsTotal, japaneseTime, type MailContent, yen } from '../../mails/mail-content.ts'
import type { SimShop } from './gateway.ts'
import type { Address, ItemModel, OrderModel } from './model.ts'

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

const ORDER_SENDER = 'order@rakuten.co.jp'
const STATUS_SENDER = 'order-confirm@order-rp.rms.rakuten.co.jp'

const SUBJECTS = {
  placed: '【楽天市場】注文内容ご確認（自動配信メール）',
  cancelled: '【楽天市場】ご注文がキャンセルされました（自動配信メール）',
  paid: '【楽天市場】お支払いが確認できました（自動配信メール）',
  changed: '【楽天市場】注文確定のお知らせ',
} as const

/** Has the labels and order that shops' mail parsers read from 楽天市場's mails; all else is invented. */
export function rakutenContent({ type, order }: SandboxEvent): MailContent {
  return {
    fromName: '楽天市場',
    from: type === 'placed' ? ORDER_SENDER : STATUS_SENDER,
    subject: SUBJECTS[type],
    text: type === 'placed' ? orderText(order) : statusText(type, order),
    link: `https://order.my.rakuten.example/?order_number=${order.orderNumber}`,
  }
}

function orderText(order: SandboxOrder): string {
  return `この度は楽天市場内のショップ「${order.shopName}」をご利用いただきまして、誠にありがとうございます。
(このメールは模擬環境が作成したものです)

[受注番号] ${order.orderNumber}
[日時]     ${timeOf(order)}
[注文者]   ${order.buyerName} 様
[支払方法] ${order.paymentName}
[配送方法] ${order.deliveryName}
[備考]
${order.note}

[ショップ名] ${order.shopName}
[送付先]   ${order.recipientName} 様
           〒${order.recipientPostalCode} ${order.recipientAddress}
           (TEL) ${order.recipientPhone}
[商品]
${order.items.map(itemText).join('\n----------\n')}
*********************************************************************
小計       ${yen(goodsTotal(order))}(円)
送料計     ${yen(order.shippingFee)}(円)
クーポン利用 ${yen(-order.couponTotal)}(円)
ポイント利用 ${yen(-order.pointsUsed)}(円)
---------------------------------------------------------------------
支払い金額 ${yen(order.billed)}(円)
---------------------------------------------------------------------

=====================================================================
ショップ名 ： ${order.shopName}
=====================================================================
`
}

function itemText(item: SandboxItem): string {
  const { unitPrice, quantity } = item
  return [
    `${item.name}(${item.itemCode})`,
    ...(item.sku === null ? [] : [`SKU管理番号:${item.sku}`]),
    ...item.options,
    `価格  ${yen(unitPrice)}(円) x ${quantity}(個) = ${yen(unitPrice * quantity)}(円) ※${item.taxRate}%税込`,
  ].join('\n')
}

const NEWS = {
  cancelled: 'ご注文がキャンセルされました。商品の発送は不要です。',
  paid: 'ご注文者様のお支払いが確認できました。商品の発送準備をお願いいたします。',
  changed: 'ご注文の内容が確定しました。',
} as const

function statusText(type: keyof typeof NEWS, order: SandboxOrder): string {
  return `${order.shopName} ご担当者様
(このメールは模擬環境が作成したものです)

${NEWS[type]}

[注文番号] ${order.orderNumber}
[注文日時] ${timeOf(order)}
[お支払い金額] ${yen(order.billed)}円
`
}

function timeOf(order: SandboxOrder): string {
  const [year, month, day, hour, minute, second] = japaneseTime(order.orderedAt)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`
}
