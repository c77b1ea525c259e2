import { describe, expect, it } from 'vitest'
import type { XmlElement } from '../../../src/marketplaces/kit/xml.ts'
import { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { toOrder } from '../../../src/marketplaces/yahoo/orders/to-order.ts'
import { ALL_FIELDS, FIELD_GROUPS, FIELD_LIST_MAX_BYTES } from '../../../src/marketplaces/yahoo/wire.ts'
import { read } from './fixtures/order-info.ts'

describe('the fields that are asked for', () => {
  it('fit into one call', () => {
    expect(Buffer.byteLength(ALL_FIELDS.join(','))).toBeLessThanOrEqual(FIELD_LIST_MAX_BYTES)
    expect(new Set(ALL_FIELDS).size).toBe(ALL_FIELDS.length)
  })

  it('all arrive in the order, each with the value that it had', () => {
    const values = new Map<string, string>()
    const fill = (group: readonly string[]): Record<string, string> =>
      Object.fromEntries(
        group
          .filter((field) => !SHAPED.has(field))
          .map((field) => {
            const value = FIXED[field] ?? `値${values.size}`
            values.set(field, value)
            return [field, value]
          }),
      )
    const element: XmlElement = {
      ...fill(FIELD_GROUPS.OrderInfo),
      Pay: fill(FIELD_GROUPS.Pay),
      Ship: fill(FIELD_GROUPS.Ship),
      Detail: fill(FIELD_GROUPS.Detail),
      Seller: fill(FIELD_GROUPS.Seller),
      Buyer: fill(FIELD_GROUPS.Buyer),
      Item: [
        {
          ...fill(FIELD_GROUPS.Item),
          ItemOption: [{ Index: '1', Name: '項目名', Value: '選択肢', Price: '30' }],
          Inscription: { Index: '1', Name: '刻印', Value: '名入れ' },
        },
      ],
    }
    const order = toOrder(element, 'hoshizora-tools')
    expect(NormalisedOrder.parse(order)).toEqual(order)
    const text = JSON.stringify(order)
    const lost = [...values].filter(
      ([field, value]) => !FIXED[field] && !text.includes(JSON.stringify(value).slice(1, -1)),
    )
    expect(lost).toEqual([])
    for (const word of ['項目名', '選択肢', '刻印', '名入れ']) expect(text).toContain(word)
  })

  it('keep what Yahoo! adds one day, at its level', () => {
    const order = read(
      { NewFlag: '7' },
      { Pay: { NewPay: 'a' }, Ship: { NewShip: 'b' }, Detail: { NewDetail: '5' } },
      [
        {
          LineId: '1',
          Title: 'x',
          UnitPrice: '1000',
          Quantity: '1',
          NewItem: 'c',
          NewList: [{ A: '1' }, { A: '2' }],
        },
      ],
    )
    expect(order.mallFields).toMatchObject({ NewFlag: '7', Detail: { NewDetail: '5' } })
    expect(order.payment.mallFields).toMatchObject({ NewPay: 'a' })
    expect(order.recipients[0]?.mallFields).toMatchObject({ NewShip: 'b' })
    expect(order.items[0]?.mallFields).toMatchObject({ NewItem: 'c', NewList: [{ A: '1' }, { A: '2' }] })
  })

  it('are null when they are empty', () => {
    const order = read(
      { StoreStatus: '', BuyerComments: '', UsageId: '' },
      { Pay: { PayDate: '', BillZipCode: '' } },
    )
    expect(order.mallSubStatus).toBeNull()
    expect(order.notes.buyer).toBeNull()
    expect(order.mallFields).toMatchObject({ UsageId: null })
    expect(order.payment.paidAt).toBeNull()
    expect(order.buyer.postalCode).toBeNull()
  })
})

/** Lists, and money that must be a number. */
const SHAPED = new Set(['ItemOption', 'Inscription'])
const FIXED: Record<string, string> = {
  OrderId: 'hoshizora-tools-10000123',
  OrderTime: '2026-07-01T09:15:22+09:00',
  OrderStatus: '2',
  IsReadOnly: '0',
  IsSplit: 'false',
  UnitPrice: '1000',
  Quantity: '2',
  BillZipCode: '060-0001',
  ShipZipCode: '0600001',
  NeedGiftWrap: 'true',
  NeedGiftWrapPaper: 'true',
  IsEazy: 'true',
  IsMallContactlessDelivery: 'false',
  DeviceType: '3',
  ...Object.fromEntries(
    'PayCharge ShipCharge GiftWrapCharge Discount Adjustments UsePoint GiftCardDiscount TotalPrice TotalMallCouponDiscount TotalImmediateBonusAmount'
      .split(' ')
      .map((field) => [field, '0']),
  ),
}
