import type { SandboxEvent, SandboxItem, SandboxOrder, SimShop } from '../../kit/types.ts'
import { goodsTotal, japaneseTime, type MailContent, yen } from '../../mails/mail-content.ts'
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

/**
 * Nothing of the mall's mail is public, so all but its domain is invented: lots in place of item codes and a
 * line number beside the order number, as is said of it. Sender, subject, label and text can be set in the
 * simulator.
 */
const DEFAULT_LOOK = {
  from: 'order@mail.wowma.jp',
  subject: null,
  numberLabel: '注文番号',
  text: null,
} as const

const SUBJECTS = {
  placed: '【au PAY マーケット】ご注文がありました',
  cancelled: '【au PAY マーケット】ご注文がキャンセルされました',
  paid: '【au PAY マーケット】ご入金がありました',
  changed: '【au PAY マーケット】ご注文内容が変更されました',
} as const

const NEWS = {
  placed: '下記の商品が購入されました。',
  cancelled: '下記のご注文がキャンセルされました。',
  paid: '下記のご注文の入金を確認しました。',
  changed: '下記のご注文の内容が変更されました。',
} as const

export function aupayContent({ type, order }: SandboxEvent): MailContent {
  const look = order.mail ?? DEFAULT_LOOK
  return {
    fromName: 'au PAY マーケット',
    from: look.from,
    subject: fill(look.subject ?? SUBJECTS[type], order),
    text: look.text === null ? textOf(type, order, look.numberLabel) : fill(look.text, order),
    link: `https://manager.wowma.example/trade/detail?tradeId=${order.orderNumber}`,
  }
}

/** `{orderNumber}` and the other names in braces; what is no name stays. */
function fill(template: string, order: SandboxOrder): string {
  const values: Readonly<Record<string, string>> = {
    orderNumber: order.orderNumber,
    shopName: order.shopName,
    orderedAt: timeOf(order),
    buyerName: order.buyerName,
    items: order.items.map(itemText).join('\n'),
    billed: yen(order.billed),
  }
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

function textOf(type: SandboxEvent['type'], order: SandboxOrder, label: string): string {
  return `${order.shopName} ご担当者様

${NEWS[type]}
（このメールは模擬環境が作成したものです）

${label}：${order.orderNumber}
注文日時：${timeOf(order)}
${type === 'placed' ? contents(order) : ''}`
}

function contents(order: SandboxOrder): string {
  return `
----------------------------------------
${order.items.map(itemText).join('\n----------------------------------------\n')}
========================================
■ご請求金額
商品代金計：${yen(goodsTotal(order))}円
支払い方法：${order.paymentName}
配送方法：${order.deliveryName}
送料：${yen(order.shippingFee)}円
クーポン利用額：${yen(order.couponTotal)}円
ポイント利用額：${yen(order.pointsUsed)}円
お支払額：${yen(order.billed)}円
========================================
ご要望：${order.note}
`
}

function itemText(item: SandboxItem, index: number): string {
  const { unitPrice, quantity } = item
  return [
    `取引ナンバー：${700_000_001 + index}`,
    `ロットナンバー：${item.itemCode}`,
    `商品名：${item.name}`,
    ...(item.sku === null ? [] : [`管理ID：${item.sku}`]),
    ...item.options.map((option) => `オプション：${option}`),
    `単価：${yen(unitPrice)}円`,
    `個数：${quantity}`,
    `商品代金小計：${yen(unitPrice * quantity)}円`,
  ].join('\n')
}

function timeOf(order: SandboxOrder): string {
  const [year, month, day, hour, minute] = japaneseTime(order.orderedAt)
  return `${year}/${month}/${day} ${hour}:${minute}`
}
