import { describe, expect, it } from 'vitest'
import type { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { rakutenChanges } from '../../../src/marketplaces/rakuten/changes/index.ts'
import { judge } from '../../../src/marketplaces/rakuten/changes/steps.ts'
import { WireMessage } from '../../../src/marketplaces/rakuten/wire.ts'
import { canned, messages, NEVER, NUMBER, sessionOf } from './fixtures/canned.ts'

const said = (messageType: string, code: string, more: Record<string, unknown> = {}) =>
  WireMessage.parse({ messageType, messageCode: `ORDER_EXT_API_${code}`, message: '文言', ...more })
const verdict = (list: WireMessage[], expected = 1) => {
  try {
    return judge(list, { orderNumber: NUMBER, expected })
  } catch (error) {
    return error as MarketplaceFailure
  }
}

describe('the messages of a write', () => {
  it('are one for each record; records that nobody speaks of are in doubt', () => {
    const done = said('INFO', 'UPDATE_ORDERSHIPPING_INFO_101', { shippingDetailId: 7, dataNumber: 1 })
    expect(verdict([done])).toMatchObject({ warnings: [], facts: { shippingDetailIds: ['7'] } })
    expect(verdict([done], 2)).toMatchObject({ kind: 'outcome_unknown' })
    expect(verdict([])).toMatchObject({ kind: 'outcome_unknown' })
  })

  it('refuse with one ERROR, and say what was done all the same', () => {
    const failure = verdict([
      said('INFO', 'UPDATE_ORDERSHIPPING_INFO_101', { dataNumber: 1 }),
      said('ERROR', 'UPDATE_ORDERSHIPPING_ERROR_011', { dataNumber: 2 }),
    ])
    expect(failure).toMatchObject({ kind: 'rejected', code: 'RAKUTEN_FORMAT_REFUSED', mallMessage: '文言' })
    expect((failure as MarketplaceFailure).message).toContain('1件は登録されました')
  })

  it('tell a WARNING beside what was done, by its code or a general one', () => {
    const warned = said('WARNING', 'UPDATE_ORDERSHIPPING_WARNING_101')
    expect(verdict([warned])).toMatchObject({
      warnings: [{ code: 'ORDER_EXT_API_UPDATE_ORDERSHIPPING_WARNING_101' }],
    })
    const nameless = WireMessage.parse({ messageType: 'WARNING', messageCode: null, message: null })
    expect(verdict([nameless])).toMatchObject({ warnings: [{ code: 'RAKUTEN_WARNING' }] })
  })

  it('about other orders do not count', () => {
    const other = said('ERROR', 'CONFIRM_ORDER_ERROR_102', { orderNumber: '1' })
    expect(verdict([other, said('INFO', 'CONFIRM_ORDER_INFO_101', { orderNumber: NUMBER })])).toMatchObject({
      mallCode: 'ORDER_EXT_API_CONFIRM_ORDER_INFO_101',
    })
  })

  it.each([
    ['UPDATE_ORDERSHIPPING_ERROR_102', 'ORDER_CANCELLED_AT_MALL'],
    ['UPDATE_ORDERSUBSTATUS_ERROR_101', 'ORDER_CANCELLED_AT_MALL'],
    ['UPDATE_ORDERMEMO_ERROR_009', 'RAKUTEN_FIELD_MISSING'],
    ['CANCEL_ORDER_ERROR_016', 'RAKUTEN_ORDER_UNKNOWN'],
    ['CANCEL_ORDER_ERROR_777', 'RAKUTEN_REFUSED'],
  ])('%s becomes %s', (code, expected) => {
    expect(verdict([said('ERROR', code)])).toMatchObject({
      kind: 'rejected',
      code: expected,
      mallCode: `ORDER_EXT_API_${code}`,
      message: expect.stringMatching(/[ぁ-ん]/),
    })
  })
})

describe('requests', () => {
  const info = { messageType: 'INFO', messageCode: 'ORDER_EXT_API_X_INFO_101', message: '' }
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['confirmOrder', {}, { orderNumberList: [NUMBER] }],
    [
      'updateOrderShipping',
      { basketId: 1, records: [{ deliveryCompany: '1001', shippingDate: '2026-07-05' }] },
      {
        orderNumber: NUMBER,
        BasketidModelList: [
          { basketId: 1, ShippingModelList: [{ deliveryCompany: '1001', shippingDate: '2026-07-05' }] },
        ],
      },
    ],
    [
      'cancelOrder',
      { inventoryRestoreType: 0, changeReasonDetailApply: 8 },
      { orderNumber: NUMBER, inventoryRestoreType: 0, changeReasonDetailApply: 8 },
    ],
    ['updateOrderMemo', { memo: '' }, { orderNumber: NUMBER, memo: '' }],
    ['updateOrderSubStatus', { subStatusId: null }, { orderNumberList: [NUMBER], subStatusId: null }],
  ]
  it.each(cases)('%s is POSTed as the reference says', async (operation, payload, body) => {
    const { session, requests } = sessionOf(() => canned({ status: 200, body: messages(info) }))
    const step = { name: 'x', label: 'x', payload: { operation, ...payload } }
    await session.changes?.applyStep(NUMBER, step, NEVER)
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: `https://api.example/es/2.0/order/${operation}/`,
    })
    expect(JSON.parse(String(requests[0]?.body))).toEqual(body)
  })

  it('with HTTP 400 are refused by their messages', async () => {
    const error = {
      messageType: 'ERROR',
      messageCode: 'ORDER_EXT_API_UPDATE_ORDERMEMO_ERROR_011',
      message: '書式',
    }
    const { session } = sessionOf(() => canned({ status: 400, body: messages(error) }))
    const step = { name: 'memo', label: 'x', payload: { operation: 'updateOrderMemo', memo: '①' } }
    await expect(session.changes?.applyStep(NUMBER, step, NEVER)).rejects.toMatchObject({
      kind: 'rejected',
      mallMessage: '書式',
    })
  })
})

describe('parameters', () => {
  const schemaOf = (action: string) => rakutenChanges.actions.find((one) => one.action === action)?.parameters
  const issues = (action: string, parameters: unknown) =>
    schemaOf(action)
      ?.safeParse(parameters)
      .error?.issues.map(({ path, message }) => [path.join('.'), message])
  const parcel = { carrier: 'yamato', trackingNumber: '12' }
  const ship = (...parcels: object[]) => ({ shippedOn: '2026-07-05', parcels })

  it.each<[string, unknown]>([
    ['confirm', {}],
    ['ship', ship(parcel, { ...parcel, trackingNumber: '13' })],
    ['ship', ship({ carrier: 'other' })],
    ['cancel', { reason: '15', restock: 'keep', detail: '' }],
    ['memo', { memo: 'あ'.repeat(1000) }],
    ['sub_status', { subStatus: null }],
  ])('%s takes %j', (action, parameters) => expect(issues(action, parameters)).toBeUndefined())

  it.each<[string, unknown, string]>([
    ['ship', ship(parcel, { ...parcel, trackingNumber: '1-2' }), 'parcels.1.trackingNumber'],
    ['ship', ship(parcel, { carrier: 'other' }), 'parcels.1.trackingNumber'],
    ['ship', ship(parcel, { ...parcel, recipientId: '7' }), 'parcels'],
    ['ship', ship({ ...parcel, lines: [{ lineId: '1', quantity: 1 }] }), 'parcels.0.lines'],
    [
      'ship',
      ship(...Array.from({ length: 21 }, (_, n) => ({ carrier: 'dhl', trackingNumber: `${n}` }))),
      'parcels',
    ],
    ['ship', { ...ship(parcel), markPaid: true }, 'markPaid'],
    ['ship', { ...ship(parcel), release: true }, 'release'],
    ['cancel', { reason: '16' }, 'reason'],
    ['cancel', { reason: '1', detail: '理由' }, 'detail'],
    ['memo', { memo: 'あ'.repeat(1001) }, 'memo'],
    ['sub_status', { subStatus: 'abc' }, 'subStatus'],
  ])('%s refuses %j in Japanese', (action, parameters, path) => {
    expect(issues(action, parameters)).toEqual([[path, expect.stringMatching(/[ぁ-ん]/)]])
  })
})
