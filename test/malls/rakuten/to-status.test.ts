import { describe, expect, it } from 'vitest'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
import { sampleOrder } from './fixtures/order.ts'

const SHOP = '654321'
const order = (patch: Record<string, unknown> = {}) => toOrder(sampleOrder(patch), SHOP)
const basket = (patch: Record<string, unknown>) => ({ PackageModelList: [patch] })
const settlement = (settlementMethodCode: number, more: Record<string, unknown> = {}) => ({
  SettlementModel: { settlementMethodCode, settlementMethod: '支払' },
  ...more,
})

describe('what must not ship', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['100 by card', { orderProgress: 100 }, ['mall_processing']],
    ['200 by card', { orderProgress: 200 }, ['mall_processing']],
    ['200 by bank transfer', settlement(9, { orderProgress: 200 }), ['unpaid']],
    ['100 at the convenience store', settlement(13, { orderProgress: 100 }), ['unpaid']],
    [
      '200 prepaid, all in points',
      settlement(9, { orderProgress: 200, requestPrice: 0 }),
      ['mall_processing'],
    ],
    ['300', { orderProgress: 300 }, []],
    ['300 by bank transfer', settlement(9), []],
    ['400', { orderProgress: 400 }, ['change_pending']],
    ['fraud check', { rakutenConfirmFlag: 1 }, ['fraud_check']],
    ['reservation, ready to ship', { orderType: 6, reserveNumber: 'R-1' }, []],
    ['reservation, not confirmed', { orderType: 6, orderProgress: 100 }, ['mall_processing']],
    ['unfixed amount', { requestPrice: -9999 }, ['amount_pending']],
    [
      'social gift',
      basket({ SocialGiftModel: { inputFlag: 0, inputDueDate: '2026-07-20' } }),
      ['address_pending'],
    ],
    [
      'social gift, older version',
      basket({ SenderModel: { zipCode1: '999', zipCode2: '9999' } }),
      ['address_pending'],
    ],
    ['unknown status', { orderProgress: 350 }, ['mall_processing']],
    ['shipped', { orderProgress: 500, rakutenConfirmFlag: 1 }, []],
    ['cancelled', { orderProgress: 900, requestPrice: -9999 }, []],
  ])('%s', (_name, patch, kinds) => {
    expect(order(patch).holds.map((hold) => hold.kind)).toEqual(kinds)
  })

  it('says until when, where the mall does', () => {
    const gift = order(basket({ SocialGiftModel: { inputFlag: 0, inputDueDate: '2026-07-20' } }))
    expect(gift.holds[0]?.until).toBe('2026-07-20T23:59:59+09:00')
    expect(gift.recipients[0]?.addressPending).toBe(true)
    expect(order(settlement(9, { orderProgress: 200 })).holds[0]?.until).toBe('2026-07-10T23:59:59+09:00')
  })
})

describe('status', () => {
  it.each<[number, string, string]>([
    [100, 'open', '注文確認待ち'],
    [200, 'open', '楽天処理中'],
    [400, 'open', '変更確定待ち'],
    [500, 'shipped', '発送済'],
    [600, 'shipped', '支払手続き中'],
    [700, 'completed', '支払手続き済'],
    [800, 'cancelled', 'キャンセル確定待ち'],
    [900, 'cancelled', 'キャンセル確定'],
  ])('%d is %s', (orderProgress, state, name) => {
    const result = order({ orderProgress })
    expect(result.mallState).toBe(state)
    expect(result.mallStatus).toEqual({ code: String(orderProgress), name })
    expect(result.flags.includes('cancelled_at_mall')).toBe(state === 'cancelled')
    expect(result.flags.includes('cancel_pending')).toBe(orderProgress === 800)
  })

  it('names the newest reason of a cancellation', () => {
    const change = (changeType: number, changeReasonDetail: number, at: string) => ({
      changeType,
      changeReasonDetail,
      changeApplyDatetime: `2026-07-0${at}T00:00:00+0900`,
    })
    const ChangeReasonModelList = [change(0, 4, '5'), change(2, 8, '6'), change(5, 6, '7')]
    expect(order({ orderProgress: 900, ChangeReasonModelList }).cancelReason).toEqual({
      code: '8',
      text: '欠品',
    })
    expect(order({ ChangeReasonModelList }).cancelReason).toBeNull()
  })

  it.each<[number, number, string, string]>([
    [1, 100, 'credit_card', 'unknown'],
    [1, 700, 'credit_card', 'paid'],
    [2, 300, 'cod', 'unpaid'],
    [9, 200, 'bank_transfer', 'unpaid'],
    [13, 300, 'convenience_store', 'paid'],
    [14, 500, 'convenience_store', 'paid'],
    [17, 300, 'wallet', 'authorised'],
    [21, 300, 'deferred', 'authorised'],
    [9, 900, 'bank_transfer', 'cancelled'],
    [99, 300, 'other', 'unknown'],
  ])('payment %d at %d is %s, %s', (code, orderProgress, kind, status) => {
    expect(order(settlement(code, { orderProgress })).payment).toMatchObject({
      kind,
      status,
      code: String(code),
    })
  })
})

describe('what was taken back', () => {
  const changed = (
    changeType: number,
    changeTypeDetail: number | null,
    changeReasonDetail: number | null,
  ) => ({
    ChangeReasonModelList: [
      {
        changeId: 1,
        changeType,
        changeTypeDetail,
        changeReason: 1,
        changeReasonDetail,
        changeApplyDatetime: '2026-05-21T10:00:00+0900',
        changeFixDatetime: null,
        changeCmplDatetime: null,
      },
    ],
  })

  it.each([
    ['lowered', changed(5, 0, 8), [{ kind: 'partial_cancel', reason: '欠品', state: '5' }]],
    ['lowered, with another payment', changed(6, 11, 1), [{ kind: 'partial_cancel' }]],
    ['sent back in part', changed(6, 0, 15), [{ kind: 'return', reason: '返品（破損・品間違い）' }]],
    [
      'sent back as a whole',
      { ...changed(2, null, 2), orderProgress: 900 },
      [{ kind: 'return', reason: '受取後の返品' }],
    ],
    ['raised', changed(6, 1, null), []],
    ['cancelled', { ...changed(2, null, 4), orderProgress: 900 }, []],
    ['confirmed', changed(8, null, null), []],
    ['lowered, for a reason of its own', changed(6, 0, 77), [{ kind: 'partial_cancel', reason: '77' }]],
  ])('%s', (_what, patch, found) => {
    const { reversals } = order(patch)
    expect(reversals).toMatchObject(found)
    expect(reversals).toHaveLength(found.length)
    for (const { at, amount } of reversals ?? [])
      expect([at, amount]).toEqual(['2026-05-21T10:00:00+09:00', null])
  })

  it('a refund that the shop has to make until a day, and the day until which a payment may be changed', () => {
    const { reversals, payment } = order({
      DueDateModelList: [
        { dueDateType: 2, dueDate: '2026-06-30' },
        { dueDateType: 1, dueDate: '2026-05-31' },
        { dueDateType: 0, dueDate: '2026-05-26' },
      ],
    })
    expect(reversals).toEqual([
      {
        kind: 'refund',
        lineId: null,
        quantity: null,
        amount: null,
        state: 'due',
        at: '2026-06-30',
        reason: '返金手続期限',
      },
    ])
    expect(payment).toMatchObject({ changeUntil: '2026-05-31T23:59:59+09:00', dueDate: '2026-05-26' })
  })
})

it('the day of delivery is a promise where the order is あすつく or 最強翌日配送, and a wish else', () => {
  const promised = (patch: Record<string, unknown>) =>
    order({ deliveryDate: '2026-05-20', ...patch }).delivery
  expect(promised({ asurakuFlag: 1, deliveryCertPrgFlag: 0 })).toMatchObject({
    promisedOn: '2026-05-20',
    express: ['あすつく'],
  })
  expect(promised({ asurakuFlag: 0, deliveryCertPrgFlag: 1 }).promisedOn).toBe('2026-05-20')
  expect(promised({ asurakuFlag: 0, deliveryCertPrgFlag: 0 }).promisedOn).toBeNull()
})

it.each([
  // 2026-07-03 is a Friday.
  ['1～2日以内に発送', '2026-07-05'],
  ['３日以内に出荷予定', '2026-07-06'],
  ['2営業日以内に発送', '2026-07-07'],
  ['10時までのご注文は当日発送', '2026-07-03'],
  ['翌日発送', '2026-07-04'],
  ['12月10日に発送', null],
  ['お取り寄せ', null],
  [null, null],
])('the deadline by the shop’s own 納期情報 %s is %s', (delvdateInfo, day) => {
  const items = { PackageModelList: [{ ItemModelList: [{ delvdateInfo }, { delvdateInfo }] }] }
  expect(order({ asurakuFlag: 0, deliveryCertPrgFlag: 0, ...items }).delivery.shipBy).toBe(day)
})

it('what is promised for a day ships the day before', () => {
  expect(order({ asurakuFlag: 1, deliveryDate: '2026-07-05' }).delivery.shipBy).toBe('2026-07-04')
})
