import { describe, expect, it } from 'vitest'
import type { OrderModel } from './model.ts'
import { card, DAY_SECONDS, rakutenKit } from './test-kit.ts'

const kit = rakutenKit()
const { advance, call, progressOf, read } = kit

describe('an order’s life', () => {
  it('is confirmed by call, released by Rakuten, shipped, closed at night and settled', async () => {
    const { orderNumber } = kit.mall.place(card)
    expect(await progressOf(orderNumber)).toBe(100)
    expect((await call('confirmOrder', { orderNumberList: [orderNumber] })).codes).toEqual([
      'CONFIRM_ORDER_INFO_101',
    ])
    expect((await call('confirmOrder', { orderNumberList: [orderNumber] })).codes).toEqual([
      'CONFIRM_ORDER_ERROR_103',
    ])
    expect(await progressOf(orderNumber)).toBe(200)
    advance(121)
    const released = await read(orderNumber)
    expect(released).toMatchObject({ orderProgress: 300, orderFixDatetime: '2026-05-19T10:02:00+0900' })
    expect(released.ChangeReasonModelList[0]?.changeType).toBe(8)
    const BasketidModelList = released.PackageModelList.map(({ basketId }) => ({
      basketId,
      ShippingModelList: [{ deliveryCompany: '1001', shippingNumber: '1', shippingDate: '2026-05-19' }],
    }))
    const shipped = await call('updateOrderShipping', { orderNumber, BasketidModelList })
    expect(shipped.codes).toEqual(BasketidModelList.map(() => 'UPDATE_ORDERSHIPPING_INFO_101'))
    expect(await progressOf(orderNumber)).toBe(300)
    advance(15 * 3600)
    expect(await read(orderNumber)).toMatchObject({
      orderProgress: 500,
      shippingCmplRptDatetime: '2026-05-20T00:10:00+0900',
    })
    advance(2 * DAY_SECONDS)
    expect(await progressOf(orderNumber)).toBe(700)
  })

  it('waits days for a prepayment and then tells of it', async () => {
    const { orderNumber } = kit.mall.place({ overrides: { SettlementModel: { settlementMethodCode: 9 } } })
    await call('confirmOrder', { orderNumberList: [orderNumber] })
    advance(2 * DAY_SECONDS)
    expect(await progressOf(orderNumber)).toBe(200)
    advance(DAY_SECONDS)
    expect(await progressOf(orderNumber)).toBe(300)
    expect(kit.events.map((event) => event.type)).toEqual(['placed', 'paid'])
  })

  it('ends unconfirmed after fourteen days', async () => {
    const { orderNumber } = kit.mall.place(card)
    advance(14 * DAY_SECONDS)
    expect(await progressOf(orderNumber)).toBe(900)
  })

  it('is cancelled in two steps, and can no longer be confirmed', async () => {
    const { orderNumber } = kit.mall.place(card)
    const cancel = { orderNumber, inventoryRestoreType: 1, changeReasonDetailApply: 8 }
    expect((await call('cancelOrder', { orderNumber })).codes).toHaveLength(2)
    expect((await call('cancelOrder', cancel)).codes).toEqual(['CANCEL_ORDER_INFO_101'])
    expect(await progressOf(orderNumber)).toBe(800)
    advance(6)
    const done = await read(orderNumber)
    expect(done.orderProgress).toBe(900)
    expect(done.ChangeReasonModelList.at(-1)).toMatchObject({
      changeType: 2,
      changeReason: 0,
      changeReasonDetail: 8,
    })
    expect((await call('confirmOrder', { orderNumberList: [orderNumber] })).codes).toEqual([
      'CONFIRM_ORDER_ERROR_102',
    ])
  })

  it('adds a second shipping record when the id is left out, updates and deletes by id', async () => {
    const { orderNumber } = kit.mall.place(card)
    const [basket] = (await read(orderNumber)).PackageModelList
    const send = (record: Record<string, unknown>) =>
      call('updateOrderShipping', {
        orderNumber,
        BasketidModelList: [{ basketId: basket?.basketId, ShippingModelList: [record] }],
      })
    const parcels = async () => (await read(orderNumber)).PackageModelList[0]?.ShippingModelList ?? []
    await send({ shippingNumber: '1' })
    await send({ shippingNumber: '1' })
    const [first, second] = (await parcels()).map((parcel) => parcel.shippingDetailId)
    expect(second).toBeGreaterThan(first as number)
    expect((await send({ shippingDetailId: first, shippingNumber: '' })).codes).toEqual([
      'UPDATE_ORDERSHIPPING_INFO_102',
    ])
    expect((await send({ shippingDetailId: second, shippingDeleteFlag: 1 })).codes).toEqual([
      'UPDATE_ORDERSHIPPING_INFO_103',
    ])
    expect(await parcels()).toEqual([
      expect.objectContaining({ shippingDetailId: first, shippingNumber: null }),
    ])
    expect((await send({ shippingDate: '2018/01/25' })).codes).toEqual(['UPDATE_ORDERSHIPPING_ERROR_011'])
    expect((await send({ deliveryCompany: 'ヤマト' })).codes).toEqual(['UPDATE_ORDERSHIPPING_ERROR_011'])
  })

  it('works on many orders’ parcels a little later', async () => {
    const { orderNumber } = kit.mall.place(card)
    const basketId = (await read(orderNumber)).PackageModelList[0]?.basketId
    const order = {
      orderNumber,
      BasketidModelList: [{ basketId, ShippingModelList: [{ shippingNumber: '9' }] }],
    }
    const accepted = await call('updateOrderShippingAsync', { OrderShippingModelList: [order] })
    const { requestId } = (accepted.json.MessageModelList as unknown as { requestId: string }[])[0] as {
      requestId: string
    }
    expect(requestId).toMatch(/_20260519100000$/)
    const result = async () => (await call('getResultUpdateOrderShippingAsync', { requestId })).text
    expect(await result()).toContain('GET_RESULT_UPDATEORDERSHIPPING_ASYNC_INFO_101')
    advance(4)
    expect(await result()).toContain(orderNumber)
  })

  it('takes memos and sub-statuses', async () => {
    const { orderNumber } = kit.mall.place(card)
    await call('updateOrderMemo', { orderNumber, memo: '髙い棚', operator: '担当' })
    await call('updateOrderMemo', { orderNumber, operator: null })
    expect(await read(orderNumber)).toMatchObject({ memo: '髙い棚', operator: null })
    expect((await call('updateOrderMemo', { orderNumber, operator: '七文字を超える' })).codes).toEqual([
      'UPDATE_ORDERMEMO_ERROR_011',
    ])
    const set = (subStatusId: number | null) =>
      call('updateOrderSubStatus', { subStatusId, orderNumberList: [orderNumber] })
    expect((await set(1001)).codes).toEqual(['UPDATE_ORDERSUBSTATUS_INFO_101'])
    expect(await read(orderNumber)).toMatchObject({ subStatusId: 1001, subStatusName: '在庫確認中' })
    expect((await set(3001)).codes).toEqual(['UPDATE_ORDERSUBSTATUS_ERROR_102'])
    expect((await set(null)).codes).toEqual(['UPDATE_ORDERSUBSTATUS_INFO_101'])
  })
})

it.each([
  ['139', {}, { SkuModelList: [{ variantId: 'red-m', skuInfo: null }] }, {}],
  [
    '136',
    { afterSettlementMethodCode: 2 },
    { includeCashOnDeliveryPostageFlag: 0 },
    { deliveryPrice: -9999 },
  ],
])(
  'content changes are refused with %s as the page says, and taken without its reason',
  async (code, more, line, basket) => {
    const { orderNumber } = kit.mall.place(card)
    const { PackageModelList } = await read(orderNumber)
    const changed = (lines: object, own: object) =>
      PackageModelList.map((one) => ({
        ...one,
        ...own,
        ItemModelList: one.ItemModelList.map((item) => ({ ...item, ...lines })),
      }))
    const send = (list: object[], body: object = {}) =>
      call('updateOrderSender', { orderNumber, ...body, PackageModelList: list })
    const refused = await send(changed(line, basket), more)
    expect(refused.codes).toEqual([`UPDATE_ORDERSENDER_ERROR_${code}`])
    expect((await send(changed({}, {}))).codes).not.toContain(`UPDATE_ORDERSENDER_ERROR_${code}`)
  },
)

/** Baskets as the page takes them: the simulator's own names have characters that it forbids. */
const sendable = ({ PackageModelList }: OrderModel): OrderModel['PackageModelList'] =>
  PackageModelList.map((basket) => ({
    ...basket,
    ItemModelList: basket.ItemModelList.map((item) => ({ ...item, itemName: '見本', selectedChoice: null })),
  }))

describe('updateOrderSender', () => {
  const change = async (
    orderNumber: string,
    edit: (basket: OrderModel['PackageModelList'][number]) => object,
  ) =>
    call('updateOrderSender', {
      orderNumber,
      PackageModelList: sendable(await read(orderNumber))
        .slice(0, 1)
        .map((basket) => ({ ...basket, ...edit(basket) })),
    })

  it('takes one basket of several', async () => {
    const { orderNumber } = kit.mall.place(card)
    const [basket] = (await read(orderNumber)).PackageModelList
    kit.mall.edit(orderNumber, { PackageModelList: [basket, { ...basket, basketId: 7002 }] })
    const { status, codes } = await change(orderNumber, () => ({ postagePrice: 9_990 }))
    expect([status, codes]).toEqual([200, ['UPDATE_ORDERSENDER_INFO_101']])
    const { PackageModelList } = await read(orderNumber)
    expect(PackageModelList.map(({ postagePrice }) => postagePrice)).toEqual([9_990, basket?.postagePrice])
  })

  it.each([
    ['familyName', '𠮷田', 'SenderModel'],
    ['subAddress', '①番地', 'SenderModel'],
    ['noshi', '㈱見本', null],
    ['dropOffLocation', '屋根', null],
  ])('refuses %s of %s', async (field, text, model) => {
    const { orderNumber } = kit.mall.place(card)
    const { status, text: answer } = await change(orderNumber, (basket) =>
      model ? { SenderModel: { ...basket.SenderModel, [field]: text } } : { [field]: text },
    )
    expect(status).toBe(400)
    expect(answer).toContain(`${field}の書式が不正です。`)
  })
})

it('says in the page’s words what was done', async () => {
  const { orderNumber } = kit.mall.place(card)
  const model = await read(orderNumber)
  const ship = (record: object) => ({
    orderNumber,
    BasketidModelList: [{ basketId: model.PackageModelList[0]?.basketId, ShippingModelList: [record] }],
  })
  const said = async (operation: string, body: object) => {
    const [message] = (await call(operation, body)).json.MessageModelList as unknown as Record<
      string,
      unknown
    >[]
    return message
  }
  const added = await said('updateOrderShipping', ship({ shippingNumber: '1' }))
  expect(added).toMatchObject({ message: '発送情報の追加設定が完了しました' })
  // Rakuten leaves the number out here.
  expect(added).not.toHaveProperty('orderNumber')
  const { shippingDetailId } = added ?? {}
  expect(await said('updateOrderShipping', ship({ shippingDetailId, shippingNumber: '2' }))).toMatchObject({
    message: '発送情報の更新設定が完了しました',
  })
  expect(
    await said('updateOrderShipping', ship({ shippingDetailId, shippingDate: '2018/01/25' })),
  ).toMatchObject({ messageCode: 'ORDER_EXT_API_UPDATE_ORDERSHIPPING_ERROR_011', shippingDetailId })
  expect(await said('updateOrderSender', { orderNumber, PackageModelList: sendable(model) })).toMatchObject({
    message: '送付先情報の更新設定が完了しました。',
    orderNumber,
  })
})
