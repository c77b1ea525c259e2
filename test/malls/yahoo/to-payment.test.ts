import { describe, expect, it } from 'vitest'
import { paymentKind } from '../../../src/marketplaces/yahoo/codes.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { toOrder } from '../../../src/marketplaces/yahoo/orders/to-order.ts'
import { paymentStatus } from '../../../src/marketplaces/yahoo/orders/to-status.ts'
import { orderInfo, read } from './fixtures/order-info.ts'

describe('payment', () => {
  it.each([
    ['payment_a1', '0', 'credit_card'],
    ['payment_a6', '5', 'convenience_store'],
    ['payment_a8', '6', 'e_money'],
    ['payment_a9', '2', 'carrier_billing'],
    ['payment_a17', '6', 'wallet'],
    ['payment_a18', '7', 'deferred'],
    ['payment_b1', '3', 'bank_transfer'],
    ['payment_b6', '3', 'bank_transfer'],
    ['payment_c2', '7', 'deferred'],
    ['payment_d1', '4', 'cod'],
    ['payment_e15', '7', 'other'],
    ['payment_h1', '7', 'free'],
    ['payment_z1', '7', 'points'],
    ['payment_a99', '0', 'credit_card'],
    ['payment_e16', '4', 'cod'],
    [null, '5', 'convenience_store'],
    [null, null, 'other'],
  ])('%s with PayKind %s is %s', (method, kind, expected) => {
    expect(paymentKind(method, kind)).toBe(expected)
  })

  it('never looks at the name', () => {
    const names = ['PayPay残高', 'PayPayポイント', 'PayPay残高等', 'クレジットカード']
    const kinds = names.map((PayMethodName) => read({}, { Pay: { PayMethodName } }).payment)
    expect(kinds.map(({ kind }) => kind)).toEqual(['wallet', 'wallet', 'wallet', 'wallet'])
    expect(kinds.map(({ name }) => name)).toEqual(names)
  })

  it.each([
    ['0', '2', 'unpaid'],
    ['0', '1', 'authorised'],
    ['1', '3', 'paid'],
    ['1', '', 'paid'],
    ['0', '5', 'paid'],
    ['1', '6', 'cancelled'],
    ['1', '7', 'refunded'],
    ['0', '8', 'unpaid'],
    ['1', '10', 'unpaid'],
    ['1', '11', 'cancelled'],
    ['1', '12', 'unpaid'],
    ['', '', 'unknown'],
  ])('PayStatus %s, SettleStatus %s is %s', (pay, settle, expected) => {
    expect(paymentStatus(pay || null, settle || null)).toBe(expected)
  })

  it('reads a combined payment, its due day and the card', () => {
    const { payment } = read(
      {},
      {
        Pay: {
          PayMethodName: 'PayPay残高',
          CombinedPayMethod: 'payment_a1',
          CombinedPayMethodName: 'クレジットカード',
          PaymentTerm: '2026-07-08 23:59:59',
          CardBrand: 'VISA',
          CardNumberLast4: '0007',
          CardPayCount: '3',
          PayActionTime: '2026-07-01T09:15:23+09:00',
        },
      },
    )
    expect(payment).toMatchObject({
      name: 'PayPay残高',
      combinedName: 'クレジットカード',
      dueDate: '2026-07-08',
      cardBrand: 'VISA',
      cardLast4: '0007',
      installments: '3回払い',
      paidAt: '2026-07-01T09:15:23+09:00',
      mallFields: { CombinedPayMethod: 'payment_a1', PaymentTerm: '2026-07-08 23:59:59' },
    })
  })

  it('tells of a method that it does not know, and reads on', () => {
    const order = toOrder(orderInfo({ OrderStatus: '99' }, { Pay: { PayMethod: 'payment_a99' } }), 'x')
    const nowhere = { apiUrl: 'https://x', authUrl: 'https://x', requestsPerSecond: 1 }
    expect(createYahoo(nowhere).unknownCodes?.(order)).toMatchObject([
      { field: 'OrderStatus', code: '99' },
      { field: 'PayMethod', code: 'payment_a99' },
    ])
    expect(order.payment.code).toBe('payment_a99')
    expect(order.mallStatus).toEqual({ code: '99', name: null })
    expect(order.holds.map((hold) => hold.kind)).toEqual(['mall_processing'])
  })
})
