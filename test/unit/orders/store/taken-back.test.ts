import { describe, expect, it } from 'vitest'
import type { NormalisedOrder, OrderParcel } from '../../../../src/marketplaces/port/order.ts'
import type { TakenBackParcel } from '../../../../src/marketplaces/port/session.ts'
import { toOrderColumns } from '../../../../src/orders/store/columns.ts'
import { editsBetween, sealDetail, sealEdits } from '../../../../src/orders/store/content.ts'
import { type KnownOrder, refresh } from '../../../../src/orders/store/refresh.ts'
import { noRequest, prepareOrder } from '../../../../src/orders/store/stage.ts'
import { newId, sampleOrder, testSealer } from '../../../support/fixtures.ts'

const [TENANT, ID] = [newId(), newId()]
const sealer = testSealer.of(TENANT)

const parcel = (trackingNumber: string, more: Partial<OrderParcel> = {}): OrderParcel => ({
  id: null,
  carrierCode: null,
  carrierName: 'ヤマト運輸',
  trackingNumber,
  shippedOn: '2026-12-01',
  arrivedOn: null,
  ...more,
})

/** An order to two recipients, each with its line and these parcels. */
function orderWith(...parcels: OrderParcel[][]): NormalisedOrder {
  const order = sampleOrder('1')
  const [recipient, item] = [order.recipients[0], order.items[0]]
  if (!recipient || !item) throw new Error('the sample has neither')
  const ids = parcels.map((_, index) => String(index + 1))
  return {
    ...order,
    recipients: ids.map((id, index) => ({
      ...recipient,
      id,
      lineIds: [`line ${id}`],
      parcels: parcels[index] ?? [],
    })),
    items: ids.map((id) => ({ ...item, lineId: `line ${id}`, recipientId: id })),
  }
}

/** The order as it is here, read again: its mall names these as taken back and shows those that stand. */
function read(
  mall: NormalisedOrder,
  shown: NormalisedOrder,
  takenBack: readonly TakenBackParcel[],
  more: Partial<KnownOrder> = {},
  edited = mall,
) {
  const edits = editsBetween(mall, edited, {}, { at: '2026-12-01T00:00:00Z', by: 'key:test' })
  const known: KnownOrder = {
    ...toOrderColumns(edited),
    id: ID,
    version: 3,
    status: 'shipped',
    changeState: 'succeeded',
    followsMall: true,
    isBeingWritten: false,
    editedAt: null,
    purgedAt: null,
    sealedDetail: Buffer.from(sealDetail(sealer, ID, edited)),
    sealedEdits: sealEdits(sealer, ID, edits),
    ...more,
  }
  const request = noRequest({ tenantId: TENANT }, { id: ID, orderNumber: '1' }, 'mail')
  const found = { request, order: shown, raw: '{}', rereadAt: undefined, revision: null, takenBack }
  const one = refresh(known, prepareOrder(found, ID, testSealer), {
    sealer: testSealer,
    newId,
    at: new Date(),
  })
  const { detail } = one.content
  const after = one.replaces ? sealer.openJson<NormalisedOrder>(`order:${ID}:detail`, detail) : edited
  return {
    movesTo: one.movesTo,
    differs: one.differs,
    left: one.columns.shipping.left,
    numbers: after.recipients.map(({ parcels }) => parcels.map(({ trackingNumber }) => trackingNumber)),
    told: one.events.filter(({ kind }) => kind === 'taken_back_at_mall').map(({ data }) => data),
  }
}

const gone = (recipientId: string, trackingNumber: string | null, id: string | null = '9') => ({
  recipientId,
  id,
  trackingNumber,
})

describe('a shipment that was taken back', () => {
  it('leaves its own recipient alone, who waits again', () => {
    const here = orderWith([parcel('401')], [parcel('402')])
    expect(read(here, orderWith([], []), [gone('2', '4-02')])).toEqual({
      movesTo: 'ready_to_ship',
      differs: true,
      left: ['2'],
      numbers: [['401'], []],
      told: [{ recipients: ['2'] }],
    })
  })

  it('is none of another recipient, nor of one whom staff had left without a number', () => {
    const here = orderWith([parcel('401')], [])
    expect(read(here, orderWith([], []), [gone('2', '401')])).toMatchObject({
      movesTo: null,
      left: ['2'],
      numbers: [['401'], []],
      told: [],
    })
  })

  it('is found by its id where either has no number', () => {
    const here = orderWith([parcel('401', { id: '9' })])
    expect(read(here, orderWith([]), [gone('1', null)])).toMatchObject({ left: ['1'], numbers: [[]] })
    expect(read(here, orderWith([]), [gone('1', null, '8')])).toMatchObject({ left: [], numbers: [['401']] })
  })

  it('is none while the mall shows it under another id', () => {
    const here = orderWith([parcel('401')])
    const shown = orderWith([parcel('401', { id: '10' })])
    expect(read(here, shown, [gone('1', '401')])).toMatchObject({
      movesTo: null,
      left: [],
      numbers: [['401']],
    })
  })

  it('leaves what nobody but us knows: a second parcel, and one that the mall does not name', () => {
    const here = orderWith([parcel('401'), parcel('402')])
    const after = read(here, orderWith([]), [gone('1', '401')])
    expect(after).toMatchObject({ movesTo: null, left: [], numbers: [['402']], told: [{ recipients: [] }] })
    expect(read(here, orderWith([]), [])).toMatchObject({ differs: false, numbers: [['401', '402']] })
  })

  it('leaves the number that staff wrote over it', () => {
    const here = orderWith([parcel('401', { id: '9' })])
    const edited = orderWith([parcel('777', { id: '9' })])
    const after = read(here, orderWith([]), [gone('1', '401')], { editedAt: new Date() }, edited)
    expect(after).toMatchObject({ movesTo: null, left: [], numbers: [['777']] })
  })

  it('counts no more where staff had entered it as well, whose entry stays', () => {
    const here = orderWith([])
    const edited = orderWith([parcel('401')])
    const after = read(here, orderWith([]), [gone('1', '401')], { editedAt: new Date() }, edited)
    expect(after).toMatchObject({ movesTo: 'ready_to_ship', left: ['1'], numbers: [['401']] })
  })

  it.each([
    ['完了', { status: 'completed' }],
    ['led by hand', { followsMall: false }],
    ['without content', { sealedDetail: null, sealedEdits: null, purgedAt: new Date() }],
    ['counted by no release yet', { shipping: null as never }],
  ])('moves no order that is %s', (_, more) => {
    const here = orderWith([parcel('401')])
    expect(read(here, orderWith([]), [gone('1', '401')], more)).toMatchObject({ movesTo: null, left: ['1'] })
  })

  it('moves none that its mall calls cancelled', () => {
    const here = orderWith([parcel('401')])
    const shown: NormalisedOrder = { ...orderWith([]), mallState: 'cancelled' }
    expect(read(here, shown, [gone('1', '401')])).toMatchObject({ movesTo: null, numbers: [[]] })
  })

  it('leaves also while a change of ours is writing content', () => {
    const here = orderWith([parcel('401')])
    for (const status of ['shipped', 'auto_imported'])
      expect(read(here, orderWith([]), [gone('1', '401')], { status, isBeingWritten: true })).toMatchObject({
        left: ['1'],
        numbers: [[]],
      })
  })
})
