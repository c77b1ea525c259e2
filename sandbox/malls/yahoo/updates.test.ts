import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { elementsAt, textAt, type XmlTree } from '../../../src/marketplaces/kit/xml.ts'
import { fieldOf } from './sim-order.ts'
import { SHOP, type TestClient, testClient } from './test-client.ts'

let client: TestClient
beforeAll(async () => {
  client = await testClient()
})
afterAll(() => client.mall.close())
beforeEach(() => client.mall.faults.clear())

/** An order whose ten minutes are over. */
const place = (overrides: Record<string, unknown> = {}) =>
  client.mall.place({ overrides: { IsReadOnly: '0', ...overrides } }).orderNumber
const field = (orderNumber: string, name: string) => {
  const order = client.mall.store.find(SHOP, orderNumber)
  return order ? fieldOf(order, name) : null
}
const status = (OrderId: string, order: Record<string, string>, IsPointFix = 'true') =>
  client.call('orderStatusChange', { Target: { OrderId, IsPointFix }, Order: order })
const ship = (OrderId: string, Ship: Record<string, string>) =>
  client.call('orderShipStatusChange', { Target: { OrderId, IsPointFix: 'true' }, Order: { Ship } })
const pay = (OrderId: string, Pay: Record<string, string>) =>
  client.call('orderPayStatusChange', { Target: { OrderId }, Order: { Pay } })
const change = (OrderId: string, Order: Parameters<TestClient['call']>[1] & object) =>
  client.call('orderChange', { Target: { OrderId, OperationUser: '受注担当' }, Order })
const warnings = (reply: { content: Parameters<typeof elementsAt>[0] }) =>
  elementsAt(reply.content, 'Result', 'Warning').map((warning) => textAt(warning, 'Code'))

const CARD = { Pay: { PayMethod: 'payment_a1', PayKind: '0', PayStatus: '1', SettleStatus: '3' } }
const BANK = {
  Pay: { PayMethod: 'payment_b1', PayType: '1', PayStatus: '0', SettleStatus: '2' },
  Ship: { ShipStatus: '0' },
}
const future = { Item: [{ ReleaseDate: '2099-01-01' }] }
const past = { Item: [{ ReleaseDate: '2020-01-01' }] }

it.each<[string, XmlTree]>([
  ['BuyerComments', { BuyerComments: 'あ'.repeat(251) }],
  ['ShipRequestTime', { Ship: { ShipRequestTime: '14時から16時まで' } }],
  ['ShipPhoneNumber', { Ship: { ShipPhoneNumber: '090-0000-000000' } }],
  ['ShipLastName', { Ship: { ShipLastName: 'あ'.repeat(100) } }],
  ['Quantity', { Item: { LineId: '1', Quantity: '1000' } }],
])('%s beyond the page’s length is refused with the field', async (name, Order) => {
  const OrderId = client.mall.place({ overrides: { IsReadOnly: '0' } }).orderNumber
  const answer = await client.call('orderChange', { Target: { OrderId }, Order })
  expect([answer.status, answer.message]).toEqual([400, `Request Parameter Error : ${name}`])
})

it.each([
  ['Title', { Title: 'あ'.repeat(76), UnitPrice: '1' }],
  ['SubCode', { Title: '見本', UnitPrice: '1', SubCode: 'a'.repeat(100) }],
  ['Quantity', { Title: '見本', UnitPrice: '1', Quantity: '1000' }],
])('an added line with %s beyond the page’s length is refused with the field', async (name, more) => {
  const OrderId = place()
  const Item = { LineId: '99', ItemId: 'a', Quantity: '1', ...more }
  const answer = await client.call('orderItemAdd', {
    Target: { OrderId, IsQuotation: 'false' },
    Order: { Item },
  })
  expect([answer.status, answer.message]).toEqual([400, `Request Parameter Error : ${name}`])
})

describe('orderStatusChange', () => {
  const rows: [from: string, to: string, done: boolean, overrides?: Record<string, unknown>][] = [
    ['1', '2', false],
    ['1', '3', false],
    ['1', '4', true],
    ['1', '5', true],
    ['2', '1', false],
    ['2', '3', true],
    ['2', '4', true],
    ['2', '5', true],
    ['2', '5', false, { Suspect: '1' }],
    ['3', '1', true, future],
    ['3', '1', false, past],
    ['3', '1', false],
    ['3', '2', true],
    ['3', '2', false, { Suspect: '1' }],
    ['3', '4', true],
    ['3', '5', true],
    ['4', '1', false],
    ['4', '2', false],
    ['4', '5', false],
    ['5', '1', false],
    ['5', '2', true, CARD],
    ['5', '2', true, { Pay: { PayMethod: 'payment_b1' } }],
    ['5', '2', false, { Pay: { PayMethod: 'payment_a17' } }],
    ['5', '3', false],
    ['5', '4', true],
    ['5', '4', false, { Suspect: '1' }],
  ]
  it.each(rows)('%s → %s: %s %j', async (from, to, done, overrides = {}) => {
    const number = place({ OrderStatus: from, ...overrides })
    const reply = await status(number, { OrderStatus: to })
    if (done) {
      expect(reply.text).toContain('ok="1" ng="0"')
      expect(field(number, 'OrderStatus')).toBe(to)
    } else {
      expect(reply).toMatchObject({ status: 400, root: 'Error' })
      expect(reply.message).toMatch(/^Cannot Be Operated : /)
      expect(field(number, 'OrderStatus')).toBe(from)
    }
  })

  it('says od91705 when nothing changes', async () => {
    const number = place()
    const reply = await status(number, { OrderStatus: '2' })
    expect(reply.status).toBe(200)
    expect(warnings(reply)).toEqual(['od91705'])
    expect(field(number, 'Version')).toBe('1')
  })

  it('gives cancel reasons and demands their detail', async () => {
    const number = place()
    expect(await status(number, { OrderStatus: '4', CancelReason: '230' })).toMatchObject({
      status: 400,
      code: 'od90101',
    })
    expect(
      await status(number, { OrderStatus: '4', CancelReason: '230', CancelReasonDetail: '短い' }),
    ).toMatchObject({ status: 400 })
    expect(await status(number, { OrderStatus: '4', CancelReason: '300' })).toMatchObject({ status: 400 })
    expect((await status(number, { OrderStatus: '4' })).status).toBe(200)
    expect(field(number, 'CancelReason')).toBe('210')
    expect((await status(number, { OrderStatus: '4' })).message).toContain(
      'Cannot Be Operated : CancelOrder OrderStatus',
    )
  })

  it('fixes points and the settlement when it completes', async () => {
    const number = place(CARD)
    expect(await status(number, { OrderStatus: '5' }, 'false')).toMatchObject({ status: 400 })
    await status(number, { OrderStatus: '5' })
    expect(field(number, 'SettleStatus')).toBe('5')
    expect(field(number, 'IsGetPointFixAll')).toBe('true')
  })

  it('warns of a refund, and of what is asked for', async () => {
    const konbini = place({ Pay: { PayMethod: 'payment_a6', PayStatus: '1' } })
    expect(warnings(await status(konbini, { OrderStatus: '4' }))).toEqual(['od91123'])
    client.mall.faults.set([
      { kind: 'warning', operation: 'orderStatusChange', code: 'od91130', detail: '1,2', times: 1 },
    ])
    const number = place()
    const reply = await status(number, { OrderStatus: '3' })
    expect(warnings(reply)).toEqual(['od91130'])
    expect(field(number, 'OrderStatus')).toBe('3')
  })

  it.each<[string, Record<string, string>]>([
    ['no order', { OrderId: '' }],
    ['an unknown one', { OrderId: `${SHOP}-99999999` }],
  ])('refuses %s', async (_, target) => {
    const reply = await client.call('orderStatusChange', {
      Target: { IsPointFix: 'true', ...target },
      Order: { OrderStatus: '3' },
    })
    expect(reply.root).toBe('Error')
  })
})

describe('the read-only minutes', () => {
  it('take no update', async () => {
    const number = client.mall.place().orderNumber
    const replies = [
      await status(number, { OrderStatus: '3' }),
      await pay(number, { PayStatus: '1' }),
      await ship(number, { ShipStatus: '3' }),
      await change(number, { IsSeen: 'true' }),
    ]
    for (const reply of replies) expect(reply).toMatchObject({ status: 400, code: 'od91999' })
    expect(field(number, 'Version')).toBe('1')
    client.mall.clock.advance(600_000)
    expect((await change(number, { IsSeen: 'true' })).status).toBe(200)
  })
})

describe('orderPayStatusChange', () => {
  it('marks store-run payments and releases shipping', async () => {
    const number = place(BANK)
    await pay(number, { PayStatus: '1', PayDate: '20260702' })
    expect([field(number, 'PayStatus'), field(number, 'PayDate'), field(number, 'ShipStatus')]).toEqual([
      '1',
      '2026-07-02',
      '1',
    ])
    await pay(number, { PayStatus: '0' })
    expect([field(number, 'PayStatus'), field(number, 'PayDate'), field(number, 'ShipStatus')]).toEqual([
      '0',
      '',
      '0',
    ])
  })

  it('leaves Yahoo!’s payments alone and reads its dates', async () => {
    expect((await pay(place(CARD), { PayStatus: '1' })).message).toContain('Cannot Be Operated')
    expect(await pay(place(BANK), { PayStatus: '1', PayDate: '2026-07-02' })).toMatchObject({
      code: 'od90101',
    })
    expect(await pay(place(BANK), { PayStatus: '2' })).toMatchObject({ code: 'od90101' })
  })
})

describe('orderShipStatusChange', () => {
  it('keeps tracking and dates, as orderInfo shows them', async () => {
    const number = place(CARD)
    const given = {
      ShipStatus: '3',
      ShipCompanyCode: '1001',
      ShipInvoiceNumber1: '1234-5678-9012',
      ShipDate: '20260702',
    }
    expect((await ship(number, given)).status).toBe(200)
    expect(['ShipStatus', 'ShipInvoiceNumber1', 'ShipDate'].map((name) => field(number, name))).toEqual([
      '3',
      '1234-5678-9012',
      '2026-07-02',
    ])
  })

  it.each<[string, Record<string, string>, string]>([
    ['no status', {}, 'ShipStatus'],
    ['a status beyond', { ShipStatus: '5' }, 'ShipStatus'],
    ['an unknown key', { ShipStatus: '3', Carrier: 'x' }, 'Carrier'],
    ['a date with hyphens', { ShipStatus: '3', ShipDate: '2026-07-02' }, 'ShipDate'],
    [
      'letters for Yamato',
      { ShipStatus: '3', ShipCompanyCode: '1001', ShipInvoiceNumber1: 'AB12' },
      'ShipInvoiceNumber1',
    ],
    [
      'hyphens for Japan Post',
      { ShipStatus: '3', ShipCompanyCode: '1003', ShipInvoiceNumber1: '1234-5678-901' },
      'ShipInvoiceNumber1',
    ],
    ['full width', { ShipStatus: '3', ShipInvoiceNumber1: '１２３' }, 'ShipInvoiceNumber1'],
    [
      'a number and why there is none',
      { ShipStatus: '3', ShipInvoiceNumber1: '1', ShipInvoiceNumberEmptyReason: '105' },
      'ShipInvoiceNumberEmptyReason',
    ],
  ])('refuses %s', async (_, given, name) => {
    const reply = await ship(place(CARD), given)
    expect(reply).toMatchObject({
      status: 400,
      code: 'od90101',
      message: `Request Parameter Error : ${name}`,
    })
  })

  it('does not ship what must not ship', async () => {
    expect((await ship(place(BANK), { ShipStatus: '3' })).message).toContain('Cannot Be Operated')
    expect((await ship(place({ ...CARD, OrderStatus: '3' }), { ShipStatus: '3' })).message).toContain(
      'Cannot Be Operated',
    )
  })
})

describe('orderChange', () => {
  it('acknowledges with IsSeen alone, which is not undone', async () => {
    const number = place()
    expect((await change(number, { IsSeen: 'true' })).status).toBe(200)
    expect(field(number, 'IsSeen')).toBe('true')
    expect(await change(number, { IsSeen: 'false' })).toMatchObject({ code: 'od90101' })
  })

  it('changes contents, counts anew, and writes history without people', async () => {
    const number = place({
      ...CARD,
      Item: [{ UnitPrice: '1000', Quantity: '1' }],
      Detail: { UsePoint: '0', TotalMallCouponDiscount: '0' },
    })
    const before = Number(field(number, 'TotalPrice'))
    await change(number, {
      Notes: '電話済み',
      Ship: { ShipAddress1: '新しい町1-1', ShipRequestDate: '20260705' },
      Detail: { Adjustments: '-100' },
      Item: [{ LineId: '1', Quantity: '3' }],
    })
    expect(Number(field(number, 'TotalPrice'))).toBe(before + 2000 - 100)
    expect([
      field(number, 'Notes'),
      field(number, 'ShipRequestDate'),
      field(number, 'Version'),
      field(number, 'OperationUser'),
      field(number, 'IsSeen'),
    ]).toEqual(['電話済み', '2026-07-05', '2', '受注担当', 'true'])
    const history = await client.call('orderChangeHistory', null, { query: `&orderId=${number}` })
    expect(history.text).toContain('受注担当')
    expect(history.text).toContain('ShipAddress1')
    expect(history.text).not.toContain('新しい町')
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['an unknown key', {}, { Nothing: '1' }],
    ['a long note', {}, { Notes: '長'.repeat(501) }],
  ])('refuses %s', async (_, overrides, order) => {
    expect(await change(place(overrides), order)).toMatchObject({ status: 400, code: 'od90101' })
  })

  it('leaves held and prank orders, and lets Suspect come alone', async () => {
    expect((await change(place({ OrderStatus: '3' }), { Notes: 'x' })).message).toContain(
      'Cannot Be Operated',
    )
    expect((await change(place({ Suspect: '1' }), { Notes: 'x' })).message).toContain('Cannot Be Operated')
    expect((await change(place({ Suspect: '1' }), { Suspect: '2', Notes: 'x' })).message).toContain(
      'Cannot Be Operated',
    )
    expect((await change(place({ Suspect: '1' }), { Suspect: '2' })).status).toBe(200)
  })

  it('answers HTTP 200 with NG for a line that is not there', async () => {
    const reply = await change(place(), { Item: [{ LineId: '77', Quantity: '1' }] })
    expect(reply.status).toBe(200)
    expect(reply.text).toContain('ok="0" ng="1"')
    expect(textAt(reply.content, 'Result', 'Status')).toBe('NG')
  })

  it('adjusts by 50,000 at most', async () => {
    expect((await change(place(), { Detail: { Adjustments: '50000' } })).status).toBe(200)
    expect(await change(place(), { Detail: { Adjustments: '50001' } })).toMatchObject({ code: 'od90101' })
    expect(await change(place(), { Detail: { GiftCardDiscount: '100' } })).toMatchObject({ code: 'od90101' })
  })
})
