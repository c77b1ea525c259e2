import { toRfc3339 } from '../../../src/marketplaces/yahoo/wire.ts'
import { type Seeded, seededByText } from '../../kit/seeded.ts'
import type { OrderShape } from '../../kit/types.ts'
import { COMMENTS, homeOf, PEOPLE, type PoolAddress, type PoolPerson, PRODUCTS, TIME_BANDS } from './pools.ts'
import { type Fields, recalculate, type SimItem, type SimOrder } from './sim-order.ts'

/** Shapes that its pages allow. */
export const YAHOO_SHAPES: readonly OrderShape[] = ['partly_used_benefit', 'pickup']

export interface GenerateFacts {
  seed: number
  shopCode: string
  /** 0 for the store's first order. */
  sequence: number
  /** Milliseconds. */
  orderedAt: number
  visibleAt: number
  shape?: OrderShape | undefined
}

/** The store's first order number at Yahoo! is 10000001 in all known examples. */
const FIRST_NUMBER = 10_000_001
const DAY_MS = 24 * 60 * 60 * 1000

/** The same facts bring the same order, whatever was generated before. */
export function generateOrder(facts: GenerateFacts): SimOrder {
  const dice = seededByText(`${facts.seed}:${facts.shopCode}:${facts.sequence}`)
  const orderNumber = `${facts.shopCode}-${FIRST_NUMBER + facts.sequence}`
  const buyer = at(PEOPLE, facts.sequence)
  const home = homeOf(facts.sequence)
  const gift = dice.chance(0.12)
  const items = Array.from({ length: dice.int(1, 3) }, (_, index) => generateItem(dice, facts, index))
  const order: SimOrder = {
    shopCode: facts.shopCode,
    orderNumber,
    orderedAt: facts.orderedAt,
    visibleAt: facts.visibleAt,
    groups: {
      OrderInfo: orderFields(dice, facts, orderNumber),
      Pay: billFields(buyer, home),
      Ship: shipFields(
        dice,
        facts,
        gift ? at(PEOPLE, facts.sequence + 3) : buyer,
        gift ? homeOf(facts.sequence + 1) : home,
      ),
      Detail: {},
      Seller: { SellerId: facts.shopCode },
      Buyer: { IsLogin: 'true' },
    },
    items,
    history: [],
  }
  if (gift) Object.assign(order.groups.Ship, GIFT)
  order.groups.Detail = detailFields(dice, items, gift)
  const payment = paymentFields(dice, facts.orderedAt)
  Object.assign(order.groups.Pay, payment.pay)
  Object.assign(order.groups.Detail, payment.detail)
  order.groups.Ship.ShipStatus = payment.shippable ? '1' : '0'
  if (facts.shape === 'pickup') Object.assign(order.groups.Ship, dice.pick(PICKUPS))
  Object.assign(order.groups.Detail, facts.shape === 'partly_used_benefit' ? partlyUsed(order, dice) : {})
  recalculate(order)
  return order
}

function orderFields(dice: Seeded, facts: GenerateFacts, orderNumber: string): Fields {
  const time = toRfc3339(new Date(facts.orderedAt))
  return {
    OrderId: orderNumber,
    Version: '1',
    DeviceType: dice.pick(['1', '3', '3', '4']),
    IsSeen: 'false',
    IsSplit: 'false',
    IsRoyalty: 'true',
    IsRoyaltyFix: 'false',
    IsSeller: 'false',
    IsAffiliate: 'false',
    IsRatingB2s: 'false',
    OrderTime: time,
    LastUpdateTime: toRfc3339(new Date(facts.orderedAt + 2000)),
    PublicationTime: time,
    OrderStatus: '2',
    Suspect: '0',
    BuyerComments: at(COMMENTS, facts.sequence),
    OperationUser: 'system',
    IsMultiShip: 'false',
    FraudHoldStatus: '0',
    IsFirstClassDrugIncludes: 'false',
    IsYahooAuctionOrder: 'false',
    IsLineGiftOrder: 'false',
    SocialGiftType: '0',
    YamatoCoopStatus: '0',
  }
}

const billFields = (person: PoolPerson, home: PoolAddress): Fields => ({
  ...personFields('Bill', person, home),
  BillMailAddress: home.mail,
})

const personFields = (prefix: 'Bill' | 'Ship', person: PoolPerson, home: PoolAddress): Fields => ({
  [`${prefix}LastName`]: person.family,
  [`${prefix}LastNameKana`]: person.familyKana,
  [`${prefix}FirstName`]: person.given,
  [`${prefix}FirstNameKana`]: person.givenKana,
  [`${prefix}ZipCode`]: home.zip,
  [`${prefix}Prefecture`]: home.prefecture,
  [`${prefix}City`]: home.city,
  [`${prefix}Address1`]: home.address1,
  [`${prefix}Address2`]: home.address2,
  [`${prefix}PhoneNumber`]: home.phone,
})

function shipFields(dice: Seeded, facts: GenerateFacts, person: PoolPerson, home: PoolAddress): Fields {
  const wished = dice.chance(0.5)
  const day = toRfc3339(new Date(facts.orderedAt + dice.int(3, 9) * DAY_MS)).slice(0, 10)
  return {
    ...personFields('Ship', person, home),
    ShipMethod: 'postage1',
    ShipMethodName: '宅配便',
    ShipRequestDate: wished ? day : '',
    ShipRequestTime: wished ? dice.pick(TIME_BANDS) : '',
    ArriveType: '0',
    NeedGiftWrap: 'false',
    NeedGiftWrapPaper: 'false',
    IsEazy: dice.chance(0.1) ? 'true' : 'false',
    ReceiveShopType: '0',
    IsSubscription: 'false',
    RemoteAreaShippingType: home.prefecture === '沖縄県' ? '1' : '0',
  }
}

const GIFT: Fields = {
  NeedGiftWrap: 'true',
  GiftWrapType: '青い包装紙',
  GiftWrapMessage: 'お誕生日おめでとう①',
  NeedGiftWrapPaper: 'true',
  GiftWrapPaperType: '御祝',
  GiftWrapName: '髙橋',
}

function generateItem(dice: Seeded, facts: GenerateFacts, index: number): SimItem {
  const product = at(PRODUCTS, facts.sequence + index)
  const choice = product.choice
  const [label, ending] = choice ? dice.pick(choice.values) : ['', '']
  const fields: Fields = {
    LineId: String(index + 1),
    ItemId: product.code,
    Title: product.title,
    SubCode: ending ? `${product.code}-${ending}` : '',
    IsUsed: 'false',
    IsTaxable: 'true',
    ItemTaxRatio: String(product.rate),
    Jan: product.jan,
    UnitPrice: String(product.price),
    Quantity: String(dice.int(1, 3)),
    UnitGetPoint: String(Math.floor(product.price / 100)),
    LeadTimeText: '1〜2日で発送(休業日を除く)',
    PriceType: '0',
  }
  return {
    fields,
    options: choice ? [{ Index: '1', Name: choice.name, Value: label, Price: '0' }] : [],
    inscriptions: [],
  }
}

function detailFields(dice: Seeded, items: readonly SimItem[], gift: boolean): Fields {
  const goods = items.reduce((sum, { fields }) => sum + Number(fields.UnitPrice) * Number(fields.Quantity), 0)
  return {
    PayCharge: '0',
    ShipCharge: goods >= 5000 ? '0' : '550',
    GiftWrapCharge: gift ? '330' : '0',
    Discount: '0',
    Adjustments: '',
    UsePoint: String(dice.chance(0.3) ? dice.int(1, Math.min(500, goods - 400)) : 0),
    GiftCardDiscount: '0',
    TotalMallCouponDiscount: dice.chance(0.25) ? '300' : '0',
    TotalImmediateBonusAmount: '0',
    IsGetPointFixAll: 'false',
  }
}

/** 店頭受取, 郵便局, PUDO, コンビニ. */
const PICKUPS: readonly Fields[] = [
  { ReceiveShopType: '1', ReceiveShopCode: 'S001', ReceiveShopName: '架空店' },
  { ReceiveSatelliteType: '1', ReceiveSatelliteShopCode: '300123', ReceiveSatelliteShopName: '架空郵便局' },
  {
    ReceiveSatelliteType: '3',
    ReceiveSatelliteMethod: '563',
    ReceiveSatelliteShopCode: '563000000001',
    ReceiveSatelliteShopName: '架空ロッカー',
  },
  {
    ReceiveSatelliteType: '3',
    ReceiveSatelliteMethod: '540',
    ReceiveSatelliteShopCode: '540000000001',
    ReceiveSatelliteShopName: '架空マート例示店',
  },
]

/** 今すぐ利用 and 商品券 beside points: UsePoint has all three in it. */
function partlyUsed({ groups, items }: SimOrder, dice: Seeded): Fields {
  const goods = items.reduce((sum, { fields }) => sum + Number(fields.UnitPrice) * Number(fields.Quantity), 0)
  const [bonus, giftCard] = [dice.int(1, Math.floor(goods / 10)), dice.chance(0.5) ? 100 : 0]
  const points = Math.min(Number(groups.Detail.UsePoint), Math.floor(goods / 10))
  return {
    UsePoint: String(points + bonus + giftCard),
    TotalImmediateBonusAmount: String(bonus),
    GiftCardDiscount: String(giftCard),
    // Orders before February 2025 lack it.
    UsePaypayPoint: dice.chance(0.7) ? String(points) : '',
  }
}

function at<T>(pool: readonly T[], index: number): T {
  return pool[index % pool.length] as T
}

interface GeneratedPayment {
  pay: Fields
  detail: Fields
  /** Prepayments cannot ship before their money. */
  shippable: boolean
}

/** PayPay and cards mostly, some cash on delivery, few prepayments, one combined payment in twenty. */
function paymentFields(dice: Seeded, orderedAt: number): GeneratedPayment {
  const time = toRfc3339(new Date(orderedAt))
  const kind = dice.int(1, 20)
  if (kind <= 9) return settled(PAYPAY, time)
  if (kind <= 14) return settled(CARD, time)
  if (kind === 15) return settled({ ...PAYPAY, ...COMBINED }, time)
  if (kind <= 17) return { pay: COD, detail: { PayCharge: '330' }, shippable: true }
  return { pay: kind === 18 ? CONVENIENCE(time) : BANK, detail: {}, shippable: false }
}

const settled = (pay: Fields, time: string): GeneratedPayment => ({
  pay: { ...pay, PayStatus: '1', SettleStatus: '3', PayActionTime: time },
  detail: {},
  shippable: true,
})

const PAYPAY: Fields = { PayType: '0', PayKind: '6', PayMethod: 'payment_a17', PayMethodName: 'PayPay残高' }
const CARD: Fields = {
  PayType: '0',
  PayKind: '0',
  PayMethod: 'payment_a1',
  PayMethodName: 'クレジットカード',
  CardBrand: 'VISA',
  CardNumberLast4: '0007',
  CardPayType: '1',
  CardPayCount: '',
  UseYahooCard: 'false',
}
const COMBINED: Fields = {
  CombinedPayType: '0',
  CombinedPayKind: '0',
  CombinedPayMethod: 'payment_a1',
  CombinedPayMethodName: 'クレジットカード',
}
const COD: Fields = {
  PayStatus: '0',
  SettleStatus: '2',
  PayType: '0',
  PayKind: '4',
  PayMethod: 'payment_d1',
  PayMethodName: '商品代引',
}
const BANK: Fields = {
  PayStatus: '0',
  SettleStatus: '2',
  PayType: '1',
  PayKind: '3',
  PayMethod: 'payment_b1',
  PayMethodName: '銀行振込',
}
const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const CONVENIENCE = (time: string): Fields => ({
  PayStatus: '0',
  SettleStatus: '2',
  PayType: '1',
  PayKind: '5',
  PayMethod: 'payment_a6',
  PayMethodName: 'コンビニ決済(セブン-イレブン)',
  PayNo: '0123456789012',
  PaymentTerm: toRfc3339(new Date(Date.parse(time) + WEEK_MS))
    .slice(0, 19)
    .replace('T', ' '),
})
