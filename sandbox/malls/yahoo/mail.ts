import type { SandboxEvent, SandboxItem, SandboxOrder, SimShop } from '../../kit/types.ts'
import { goodsTotal, japaneseTime, type MailContent, yen } from '../../mails/mail-content.ts'
import { fieldOf, type SimItem, type SimOrder } from './sim-order.ts'

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

const SENDER = 'store-shopping-order-master@mail.yahoo.co.jp'

/** 注文確認： is what stores' parsers look for; no public code shows the other three, which are invented. */
const SUBJECTS = {
  placed: '【Yahoo!ショッピング】注文確認：',
  cancelled: '【Yahoo!ショッピング】注文キャンセル：',
  paid: '【Yahoo!ショッピング】入金確認：',
  changed: '【Yahoo!ショッピング】注文内容変更：',
} as const

const NEWS = {
  placed: '以下の注文がありましたのでお知らせいたします。',
  cancelled: '以下の注文がキャンセルされました。',
  paid: '以下の注文の入金を確認しました。',
  changed: '以下の注文の内容が変更されました。',
} as const

/** Has the labels that stores' mail parsers read, with full-width blank and colon; all else is invented. */
export function yahooContent({ type, order }: SandboxEvent): MailContent {
  return {
    fromName: 'Yahoo!ショッピング',
    from: SENDER,
    subject: `${SUBJECTS[type]}${order.shopName}`,
    text: `${header(NEWS[type], order)}${type === 'placed' ? `\n${contents(order)}` : ''}`,
    link: `https://pro.store.yahoo.example/pro.${order.shopCode}/order/manage/detail/${order.orderNumber}`,
  }
}

function header(news: string, order: SandboxOrder): string {
  const [year, month, day, hour, minute, second] = japaneseTime(order.orderedAt)
  return `${order.shopName} ストア担当者様

${news}
（このメールは模擬環境が作成したものです）

注文ID　：${order.orderNumber}
注文日時：${year}年${month}月${day}日 ${hour}時${minute}分${second}秒
`
}

function contents(order: SandboxOrder): string {
  return `商品情報
￣￣￣￣￣￣￣￣
${order.items.map(itemText).join('\n\n')}
==============================
商品の合計金額 ： ${yen(goodsTotal(order))}円
手数料 ： 0円
送料 ： ${yen(order.shippingFee)}円
ギフト包装料 ： 0円
ポイント利用分： ${yen(order.pointsUsed)}ポイント
クーポン利用分： ${yen(-order.couponTotal)}円
合計金額 ： ${yen(order.billed)}円

お支払い方法 ： ${order.paymentName}
配送方法 ： ${order.deliveryName}
ご要望 ： ${order.note}
`
}

function itemText(item: SandboxItem, index: number): string {
  const { unitPrice, quantity } = item
  return [
    `（${index + 1}）${item.name}`,
    item.sku === null ? item.itemCode : `${item.itemCode}/${item.sku}`,
    ...item.options.map((option) => option.replace(':', '：')),
    `${yen(unitPrice)}円×${quantity}＝${yen(unitPrice * quantity)}円`,
  ].join('\n')
}
