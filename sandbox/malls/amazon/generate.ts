import { houseOf, phoneOf, type Seeded, seeded } from '../../kit/seeded.ts'
import type { OrderShape } from '../../kit/types.ts'
import { type Breakdown, type Order, type OrderItem, wireTime, yen } from './model.ts'

/** Shapes that its pages allow. */
export const AMAZON_SHAPES: readonly OrderShape[] = ['cancelled_line', 'cancelled_line_kept']

const DAY_MS = 24 * 60 * 60 * 1000
const SHIPPING = 500
const FREE_FROM = 3500
const COD_FEE = 330
const WRAPPING = 200
const DISCOUNT = 100

/** A new order, shipped by the seller. The same seed and turn give the same order and time. Its sums hold. */
export function generateOrder(seed: number, turn: number, now: number): Order {
  const random = seeded(seed, turn)
  const payment = paymentMethod(random)
  const items = itemsOf(random, turn, payment === 'CashOnDelivery')
  const total = sum(items.map((item) => Number(item.proceeds.proceedsTotal.amount)))
  const buyer = NAMES[turn % NAMES.length] as string
  const express = random.chance(0.2)
  return {
    orderId: orderNumber(seed, turn),
    createdTime: wireTime(now),
    lastUpdatedTime: wireTime(now),
    programs: random.chance(0.15) ? ['PRIME'] : [],
    salesChannel: {
      channelName: 'AMAZON',
      marketplaceId: 'A1VC38T7YXB528',
      marketplaceName: 'Amazon.co.jp',
    },
    buyer: { buyerName: buyer, buyerEmail: `q7example${turn}@marketplace.amazon.co.jp` },
    recipient: recipientOf(random, buyer, turn),
    proceeds: { grandTotal: yen(total), breakdowns: summed(items) },
    payment: { paymentExecutions: [{ paymentMethod: payment, paymentAmount: yen(total) }] },
    fulfillment: {
      fulfillmentStatus: 'UNSHIPPED',
      fulfilledBy: 'MERCHANT',
      fulfillmentServiceLevel: express ? 'EXPEDITED' : 'STANDARD',
      shipByWindow: window(now, 0, 2),
      deliverByWindow: window(now, 2, 5),
    },
    orderItems: items,
    packages: [],
  }
}

/**
 * A line more, which the seller cancelled while the others are still to ship: without pieces and proceeds, or
 * with both kept, in the line and in the order's sums. No public sample shows which.
 */
export function withShape(order: Order, shape: OrderShape | undefined): Order {
  const [first] = order.orderItems
  if (first === undefined || (shape !== 'cancelled_line' && shape !== 'cancelled_line_kept')) return order
  const isKept = shape === 'cancelled_line_kept'
  const breakdowns = [part('ITEM', 1_200)]
  const cancelled: OrderItem = {
    ...structuredClone(first),
    orderItemId: `${Number(first.orderItemId) + 9}`,
    quantityOrdered: isKept ? 1 : 0,
    product: { ...first.product, price: isKept ? { unitPrice: yen(1_200) } : null },
    proceeds: isKept ? { proceedsTotal: yen(1_200), breakdowns } : { breakdowns: [] },
    cancellation: { cancellationExecution: { cancelledBy: 'MERCHANT', cancelReason: 'NO_INVENTORY' } },
    fulfillment: { quantityFulfilled: 0, quantityUnfulfilled: 0 },
  } as OrderItem
  const orderItems = [...order.orderItems, cancelled]
  const total = sum(order.orderItems.map((item) => Number(item.proceeds.proceedsTotal.amount)))
  const stated = total + (isKept ? 1_200 : 0)
  return {
    ...order,
    orderItems,
    proceeds: { grandTotal: yen(stated), breakdowns: summed(orderItems) },
    payment: {
      paymentExecutions: order.payment.paymentExecutions.map((one) => ({
        ...one,
        paymentAmount: yen(stated),
      })),
    },
  }
}

const orderNumber = (seed: number, turn: number): string => {
  const digits = String((seed % 9_000) * 1_000_000_000 + 5_013_327_000_001 + turn * 7).padStart(14, '0')
  return `${249 + (turn % 5)}-${digits.slice(0, 7)}-${digits.slice(7, 14)}`
}

function paymentMethod(random: Seeded): string {
  const share = random.float()
  if (share < 0.75) return 'CreditCard'
  return share < 0.9 ? 'ConvenienceStore' : 'CashOnDelivery'
}

function itemsOf(random: Seeded, turn: number, cod: boolean): OrderItem[] {
  const lines = random.chance(0.7) ? 1 : random.int(2, 3)
  const chosen = Array.from({ length: lines }, () => ({
    product: random.pick(PRODUCTS),
    quantity: random.chance(0.8) ? 1 : random.int(2, 4),
  }))
  const goods = sum(chosen.map(({ product, quantity }) => product.price * quantity))
  const gift = random.chance(0.15)
  const promoted = random.chance(0.1)
  return chosen.map(({ product, quantity }, line) => {
    const first = line === 0
    const breakdowns = [
      part('ITEM', product.price * quantity),
      ...(first && goods < FREE_FROM ? [part('SHIPPING', SHIPPING)] : []),
      ...(first && cod ? [part('COD_FEE', COD_FEE)] : []),
      ...(first && gift ? [part('GIFT_WRAP', WRAPPING)] : []),
      ...(first && promoted ? [part('DISCOUNT', -DISCOUNT)] : []),
    ]
    return {
      orderItemId: String(58_113_027_000_000 + turn * 10 + line),
      quantityOrdered: quantity,
      programs: [],
      product: {
        asin: product.asin,
        title: product.title,
        sellerSku: product.sku,
        condition: { conditionType: 'NEW', conditionSubtype: 'NEW' },
        price: { unitPrice: yen(product.price) },
      },
      proceeds: { proceedsTotal: yen(amountOf(breakdowns)), breakdowns },
      ...(product.points === 0 ? {} : { expense: pointsOf(product.points * quantity) }),
      ...(first && promoted
        ? { promotion: { breakdowns: [{ promotionId: 'JP-Example-Promotion-100' }] } }
        : {}),
      fulfillment: {
        quantityFulfilled: 0,
        quantityUnfulfilled: quantity,
        ...(first && gift
          ? {
              packing: {
                giftOption: { giftMessage: random.pick(GIFT_MESSAGES), giftWrapLevel: 'ギフト包装' },
              },
            }
          : {}),
      },
    }
  })
}

const pointsOf = (points: number) => ({
  pointsCost: { pointsGranted: { pointsNumber: points, pointsMonetaryValue: yen(points) } },
})

const part = (type: string, amount: number): Breakdown => ({ type, subtotal: yen(amount) })

const amountOf = (breakdowns: readonly Breakdown[]) =>
  sum(breakdowns.map(({ subtotal }) => Number(subtotal.amount)))

/** The order's breakdowns are its lines', by type. */
function summed(items: readonly OrderItem[]): Breakdown[] {
  const all = items.flatMap((item) => item.proceeds.breakdowns)
  return [...new Set(all.map(({ type }) => type))].map((type) =>
    part(type, amountOf(all.filter((one) => one.type === type))),
  )
}

function recipientOf(random: Seeded, name: string, turn: number): Order['recipient'] {
  const place = random.pick(PLACES)
  return {
    deliveryAddress: {
      name,
      addressLine1: houseOf(place.line1, turn),
      ...(place.line2 === undefined ? {} : { addressLine2: place.line2 }),
      stateOrRegion: place.prefecture,
      postalCode: place.postalCode,
      countryCode: 'JP',
      phone: phoneOf(place.phone, turn),
      addressType: 'RESIDENTIAL',
    },
    ...(random.chance(0.2) ? { deliveryPreference: { dropOffLocation: random.pick(DROP_OFF) } } : {}),
  }
}

/** Whole days of Japan, as Amazon gives them: from 15:00 UTC to 14:59:59. */
function window(now: number, fromDays: number, toDays: number) {
  const midnight = Math.floor((now + 9 * 3_600_000) / DAY_MS) * DAY_MS - 9 * 3_600_000
  return {
    earliestDateTime: wireTime(midnight + fromDays * DAY_MS),
    latestDateTime: wireTime(midnight + (toDays + 1) * DAY_MS - 1000),
  }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

// Invented people, goods and towns in real cities, whose postal codes fit; phones that belong to nobody.
// Names with 機種依存文字 come up often.

const NAMES: readonly string[] = [
  '髙橋 花子',
  '山﨑 太郎',
  '佐久間 遥',
  '濵田 蓮',
  '渡邊 美咲',
  '𠮷田 大翔',
  '鈴木さくら',
  '神﨑 健一',
]

interface Place {
  prefecture: string
  postalCode: string
  line1: string
  line2?: string
  phone: string
}

export const PLACES: readonly Place[] = [
  {
    prefecture: '神奈川県',
    postalCode: '210-0000',
    line1: '川崎市川崎区見本町3-14-15',
    line2: 'サンプルハイツ①号棟202',
    phone: '044-000-0000',
  },
  { prefecture: '東京都', postalCode: '100-0000', line1: '千代田区例示通4丁目5番6号', phone: '03-0000-0000' },
  {
    prefecture: '大阪府',
    postalCode: '530-0000',
    line1: '大阪市北区見本町1-2-3',
    line2: '㈱髙砂ビル 5F',
    phone: '06-0000-0000',
  },
  { prefecture: '北海道', postalCode: '060-0000', line1: '札幌市中央区見本条7', phone: '011-000-0000' },
  { prefecture: '沖縄県', postalCode: '907-0000', line1: '石垣市字見本123番地', phone: '0980-00-0000' },
]

interface Product {
  asin: string
  sku: string
  title: string
  price: number
  points: number
}

const PRODUCTS: readonly Product[] = [
  { asin: 'B0EXAMPLE1', sku: 'TNG-AI-02', title: '藍染め手ぬぐい 2枚組', price: 1980, points: 20 },
  { asin: 'B0EXAMPLE2', sku: 'MUG-II-B', title: '見本マグカップ Ⅱ型 ブルー', price: 1650, points: 0 },
  { asin: 'B0EXAMPLE3', sku: 'TEA-100', title: '例示茶 ㈱見本園 100g', price: 1080, points: 11 },
  { asin: 'B0EXAMPLE4', sku: 'KNF-165', title: '三徳包丁 髙級鋼 165mm', price: 12_800, points: 128 },
  { asin: 'B0EXAMPLE5', sku: 'LMP-08', title: '折りたたみランプ 電球色', price: 2480, points: 0 },
]

const GIFT_MESSAGES: readonly string[] = ['お誕生日おめでとう①', '髙橋先生へ\nいつもありがとうございます。']
const DROP_OFF: readonly string[] = ['玄関', '宅配ボックス', 'ガスメーターボックス']
