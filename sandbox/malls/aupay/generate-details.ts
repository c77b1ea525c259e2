import type { Seeded } from '../../kit/seeded.ts'
import { PRODUCTS } from '../yahoo/pools.ts'
import type { GenerateFacts } from './generate.ts'
import type { SimDetail } from './sim-order.ts'
import { toDay } from './time.ts'

const FIRST_DETAIL = 700_000_001
const FIRST_LOT = 500_000_001
const DAY_MS = 24 * 60 * 60 * 1000
/** No order has more lines, so that line numbers stay unique. */
const MOST_LINES = 3
const NAMING_FEE = '220'

export function generateDetails(dice: Seeded, facts: GenerateFacts): SimDetail[] {
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
      orderDetailId: String(FIRST_DETAIL + sequence * MOST_LINES + index),
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
export function giftDetail([first]: SimDetail[]): void {
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
