import { describe, expect, it } from 'vitest'
import type { MallState, OrderHold } from '../../../src/marketplaces/port/order.ts'
import type { Shipping } from '../../../src/marketplaces/port/shipping.ts'
import type { ChangeAction } from '../../../src/marketplaces/port/site-changes.ts'
import { statusAfter } from '../../../src/site-changes/order-after.ts'

const follow = (
  action: ChangeAction,
  mallState: MallState,
  { parameters = {}, holds = [] as OrderHold['kind'][], left = ALL, before = ALL as Shipping | null } = {},
) =>
  statusAfter(
    { action, parameters },
    { mallState, holds: holds.map((kind) => ({ kind, until: null, note: null })) },
    { left, before },
  )

const ALL: Shipping = { state: 'all', shipped: 2, total: 2, left: [] }
const ONE_OF_TWO: Shipping = { state: 'part', shipped: 1, total: 2, left: ['2'] }

describe('the status after a change', () => {
  it.each<[ChangeAction, MallState, string | null]>([
    ['ship', 'shipped', 'shipped'],
    ['ship', 'completed', 'completed'],
    ['ship', 'open', 'shipped'],
    ['complete', 'completed', 'completed'],
    ['cancel', 'cancelled', 'cancelled'],
    ['confirm', 'open', 'ready_to_ship'],
    ['hold', 'open', 'on_hold'],
    ['memo', 'shipped', null],
    ['correct_shipment', 'shipped', 'shipped'],
    ['correct_shipment', 'open', 'shipped'],
  ])('%s, and the mall shows %s: %s', (action, mallState, to) => {
    expect(follow(action, mallState)?.to ?? null).toBe(to)
  })

  it('waits for the payment where the mall does, and for a person where something is held', () => {
    expect(follow('confirm', 'open', { holds: ['unpaid'] })).toMatchObject({ to: 'awaiting_payment' })
    expect(follow('release', 'open', { holds: ['fraud_check'] })).toBeNull()
  })

  it.each<ChangeAction>(['ship', 'correct_shipment'])(
    '%s is not shipped while a recipient waits',
    (action) => {
      expect(follow(action, 'open', { left: ONE_OF_TWO })).toBeNull()
      expect(follow(action, 'shipped', { left: ONE_OF_TWO })).toMatchObject({ to: 'shipped' })
    },
  )

  it('goes back from 出荷済み alone where a shipment was taken away and somebody waits for it', () => {
    const parameters = { parcels: [{ parcelId: '1', remove: true }] }
    const back = { to: 'ready_to_ship', from: ['shipped'], byWish: false }
    expect(follow('correct_shipment', 'open', { parameters, left: ONE_OF_TWO })).toEqual(back)
    expect(follow('correct_shipment', 'shipped', { parameters })).toMatchObject({ to: 'shipped' })
    const removed = (recipientId: string) => ({
      parameters: { parcels: [{ parcelId: '1', recipientId, remove: true }] },
      left: ONE_OF_TWO,
    })
    expect(follow('correct_shipment', 'open', removed('2'))).toEqual(back)
    // Named by its id alone: whoever has nothing any more.
    const unnamed = { parameters, left: ONE_OF_TWO }
    expect(follow('correct_shipment', 'open', { ...unnamed, before: null })).toEqual(back)
    expect(follow('correct_shipment', 'open', { ...unnamed, before: ONE_OF_TWO })).toBeNull()
    // Staff called it shipped while the second waited, as one handed over without a number does.
    expect(follow('correct_shipment', 'open', removed('1'))).toBeNull()
  })

  it('is not shipped by wish either while a recipient waits: it stays in work', () => {
    for (const thenMoveTo of ['shipped', 'completed'])
      expect(follow('ship', 'open', { parameters: { thenMoveTo }, left: ONE_OF_TWO })).toEqual({
        to: 'ready_to_ship',
        from: [],
        byWish: true,
      })
    expect(follow('ship', 'open', { parameters: { thenMoveTo: 'on_hold' }, left: ONE_OF_TWO })).toMatchObject(
      { to: 'on_hold' },
    )
  })

  it('is what was asked for with the change, and nothing that is no status', () => {
    expect(follow('ship', 'shipped', { parameters: { thenMoveTo: 'completed' } })).toEqual({
      to: 'completed',
      from: [],
      byWish: true,
    })
    expect(follow('memo', 'open', { parameters: { thenMoveTo: 'constructor' } })).toBeNull()
  })
})
