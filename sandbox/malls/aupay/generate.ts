import { type Seeded, seeded } from '../../kit/seeded.ts'
import type { OrderShape } from '../../kit/types.ts'
import {
  COMMENTS,
  homeOf,
  PEOPLE,
  type PoolAddress,
  type PoolPerson,
  PRODUCTS,
  TIME_BANDS,
} from '../yahoo/pools.ts'
import { toDay, toMinute } from './answers.ts'
import type { AupaySettings } from './settings.ts'
import { chargeFields, type Fields, recalculate, type SimDetail, type SimOrder } from './sim-order.ts'

/** Shapes that its pages allow. */
export const AUPAY_SHAPES: readonly OrderShape[] = ['cancelled_line', 'pickup']

export interface GenerateFacts {
  seed: number
  shopCode: string
  /** 0 for the mall's first order: numbers count over all shops. */
  sequence: number
  /** Milliseconds. */
  orderedAt: number
  visibleAt: number
  shape?: OrderShape | undefined
}

/** Numbers of 2026 begin with 35. */
const FIRST_NUMBER = 350_000_001
const DAY_MS = 24 * 60 * 60 * 1000

/** The same facts bring the same order, whatever was generated before. */
export function generateOrder(facts: GenerateFacts, settings: AupaySettings): SimOrder {
  const dice = seeded(facts.seed, facts.sequence)
  const orderNumber = String(FIRST_NUMBER + facts.sequence)
  const buyer = at(PEOPLE, facts.sequence)
  const home = homeOf(facts.sequence)
  const gift = dice.chance(0.12)
  const status = statusOf(dice, settings)
  const details = generateDetails(dice, facts)
  if (gift) giftDetail(details)
  const order: SimOrder = {
    shopCode: facts.shopCode,
    orderNumber,
    orderedAt: facts.orderedAt,
    visibleAt: facts.visibleAt,
    reviewedAt:
      status === '不正取引審査中'
        ? facts.orderedAt + settings.reviewSeconds * 1000
        : Number.POSITIVE_INFINITY,
    fields: {
      orderId: orderNumber,
      ...headFields(dice, facts, status),
      ...personFields('orderer', buyer, home),
      ...personFields(
        'sender',
        gift ? at(PEOPLE, facts.sequence + 3) : buyer,
        gift ? homeOf(facts.sequence + 1) : home,
      ),
      mailAddress: `relay-${orderNumber}@example.jp`,
      ...deliveryFields(dice, facts),
      ...(facts.shape === 'pickup' ? { senderShopCd: '004512' } : {}),
    },
    details,
    dice: facts.seed * 1_000_003 + facts.sequence,
  }
  Object.assign(order.fields, chargeFields(dice, order), paymentFields(dice, facts.orderedAt))
  if (order.fields.settlementName === '代金引換') order.fields.chargePrice = '330'
  if (facts.shape === 'cancelled_line') order.details.push(cancelledDetail(dice, facts))
  recalculate(order)
  return order
}

/** A line more, which the shop cancelled. */
function cancelledDetail(dice: Seeded, facts: GenerateFacts): SimDetail {
  const { fields } = generateDetail(dice, facts, MOST_LINES)
  const cancelled = { itemCancelStatus: 'C', itemCancelDate: toDay(facts.orderedAt) }
  return { fields: { ...fields, ...cancelled }, paidOptions: [] }
}

/** Mostly new, some reserved, some under the mall's review or under a name of the shop's own. */
function statusOf(dice: Seeded, { customStatuses }: AupaySettings): string {
  const turn = dice.float()
  if (turn < 0.03) return '不正取引審査中'
  if (turn < 0.07) return '新規予約'
  return turn < 0.09 && customStatuses.length > 0 ? dice.pick(customStatuses) : '新規受付'
}

function headFields(dice: Seeded, { sequence, orderedAt }: GenerateFacts, status: string): Fields {
  const reserved = status === '新規予約'
  return {
    orderDate: toMinute(orderedAt),
    sellMethodSegment: reserved ? '2' : '1',
    releaseDate: reserved ? toDay(orderedAt + 30 * DAY_MS) : '',
    siteAndDevice: `au PAY マーケット(${dice.pick(['SP(アプリ)', 'SP(Web)', 'SP(アプリ)', 'PC'])})`,
    crossBorderEcTradeKbn: dice.chance(0.02) ? 'R' : '',
    userComment: at(COMMENTS, sequence),
    tradeRemarks: 'なし',
    orderStatus: status,
    contactStatus: 'N',
    shipStatus: 'N',
    printStatus: 'N',
    cancelStatus: 'N',
    premiumType: '0',
    premiumIssuePrice: '0',
    premiumMallPrice: '0',
    premiumShopPrice: '0',
    pointFixedStatus: 'N',
    elecReceiptIssueTimes: '0',
  }
}

/** One text, its parts divided by blanks. */
const addressOf = (home: PoolAddress) =>
  [home.prefecture, home.city, home.address1, home.address2].filter(Boolean).join(' ')

const personFields = (role: 'orderer' | 'sender', person: PoolPerson, home: PoolAddress): Fields => ({
  [`${role}Name`]: `${person.family} ${person.given}`,
  [`${role}Kana`]: `${person.familyKana} ${person.givenKana}`,
  [`${role}ZipCode`]: home.zip.replace(/^(\d{3})-?(\d{4})$/, '$1-$2'),
  [`${role}Address`]: addressOf(home),
  [`${role}PhoneNumber1`]: home.phone,
})

function deliveryFields(dice: Seeded, { orderedAt }: GenerateFacts): Fields {
  const wished = dice.chance(0.5)
  return {
    deliveryName: '宅配便',
    deliveryMethodId: '1',
    deliveryRequestDay: wished ? toDay(orderedAt + dice.int(3, 9) * DAY_MS) : '',
    deliveryRequestTime: wished ? dice.pick(TIME_BANDS) : '',
  }
}

const at = <T>(pool: readonly T[], index: number): T => pool[index % pool.length] as T

const AUTHORISED_DAYS_MS = 30 * 24 * 60 * 60 * 1000

/** Carrier billing mostly, then cards, some cash on delivery, few prepayments. */
function paymentFields(dice: Seeded, orderedAt: number): Fields {
  const turn = dice.int(1, 20)
  if (turn <= 11) return authorised('au PAY（auかんたん決済）', orderedAt)
  if (turn <= 15) return { ...authorised('クレジットカード決済', orderedAt), secureSegment: '1' }
  if (turn <= 17) return open('代金引換')
  return open(turn === 18 ? 'コンビニ決済' : '銀行振込')
}

const open = (settlementName: string): Fields => ({
  settlementName,
  authorizationStatus: 'N',
  paymentStatus: 'N',
})

/** paymentStatus stays N until the parcel has left. */
const authorised = (settlementName: string, orderedAt: number): Fields => ({
  ...open(settlementName),
  authorizationStatus: 'Y',
  authorizationDate: toMinute(orderedAt),
  authoriTimelimitDate: toDay(orderedAt + AUTHORISED_DAYS_MS),
  pgResult: '0',
  pgOrderId: `PG${orderedAt % 10_000_000_000}`,
})

const FIRST_DETAIL = 700_000_001
const FIRST_LOT = 500_000_001
/** No order has more lines, so that line numbers stay unique. */
const MOST_LINES = 3
const NAMING_FEE = '220'

function generateDetails(dice: Seeded, facts: GenerateFacts): SimDetail[] {
  return Array.from({ length: dice.int(1, MOST_LINES) }, (_, index) => generateDetail(dice, facts, index))
}

function generateDetail(dice: Seeded, { sequence, orderedAt }: GenerateFacts, index: number): SimDetail {
  const place = (sequence + index) % PRODUCTS.length
  const product = PRODUCTS[place] as (typeof PRODUCTS)[number]
  const choice = product.choice
  const [label, ending] = choice ? dice.pick(choice.values) : ['', '']
  const discount = dice.chance(0.2) ? 100 : 0
  const unit = dice.int(1, 3)
  const total = product.price * unit
  const named = dice.chance(0.08)
  return {
    fields: {
      orderDetailId: String(FIRST_DETAIL + sequence * (MOST_LINES + 1) + index),
      itemManagementId: ending === '' ? '' : `-${ending}`,
      itemCode: product.code,
      lotnumber: String(FIRST_LOT + place),
      itemName: product.title,
      itemOption: choice ? `${choice.name}=${label}` : '',
      itemOptionPrice: named ? NAMING_FEE : '0',
      giftWrappingPrice: '0',
      itemCancelStatus: 'N',
      beforeDiscount: String(product.price + discount),
      discount: String(discount),
      itemPrice: String(product.price),
      unit: String(unit),
      totalItemPrice: String(total),
      taxType: '0',
      reducedTax: product.rate === 8 ? '1' : '0',
      taxRate: String(product.rate / 100),
      giftPoint: String(Math.floor(total / 110)),
      shippingDayDispText: '1～3日以内に発送',
      shippingTimelimitDate: toDay(orderedAt + 3 * DAY_MS),
    },
    paidOptions: named ? [{ title: '名入れ', answers: [{ text: '名入れする①', price: NAMING_FEE }] }] : [],
  }
}

/** The first line is wrapped, with a card and noshi. */
function giftDetail([first]: SimDetail[]): void {
  if (!first) return
  Object.assign(first.fields, {
    giftWrappingType: '青い包装紙',
    giftWrappingPrice: '330',
    giftMessage: 'お誕生日おめでとう①',
    noshiType: '御祝',
    noshiPresenterName1: '髙橋',
    noshiPresenterName2: '山﨑',
  })
}
