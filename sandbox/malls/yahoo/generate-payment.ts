import { toRfc3339 } from '../../../src/marketplaces/yahoo/wire.ts'
import type { Dice } from './dice.ts'
import type { Fields } from './sim-order.ts'

export interface GeneratedPayment {
  pay: Fields
  detail: Fields
  /** Prepayments cannot ship before their money. */
  shippable: boolean
}

/** PayPay and cards mostly, some cash on delivery, few prepayments, one combined payment in twenty. */
export function paymentFields(dice: Dice, orderedAt: number): GeneratedPayment {
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
