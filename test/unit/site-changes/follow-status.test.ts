import { describe, expect, it } from 'vitest'
import type { MallState, OrderHold } from '../../../src/marketplaces/port/order.ts'
import type { ChangeAction } from '../../../src/marketplaces/port/site-changes.ts'
import { statusAfter } from '../../../src/site-changes/order-after.ts'

const follow = (
  action: ChangeAction,
  mallState: MallState,
  { parameters = {}, holds = [] as OrderHold['kind'][] } = {},
) =>
  statusAfter(
    { action, parameters },
    { mallState, holds: holds.map((kind) => ({ kind, until: null, note: null })) },
  )

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
    ['correct_shipment', 'shipped', null],
  ])('%s, and the mall shows %s: %s', (action, mallState, to) => {
    expect(follow(action, mallState)?.to ?? null).toBe(to)
  })

  it('waits for the payment where the mall does, and for a person where something is held', () => {
    expect(follow('confirm', 'open', { holds: ['unpaid'] })).toMatchObject({ to: 'awaiting_payment' })
    expect(follow('release', 'open', { holds: ['fraud_check'] })).toBeNull()
  })

  it('is not shipped when a part of it is', () => {
    const parameters = { parcels: [{ lines: [{ lineId: '1', quantity: 1 }] }] }
    expect(follow('ship', 'open', { parameters })).toBeNull()
  })

  it('is what was asked for with the change, and nothing that is no status', () => {
    expect(follow('ship', 'shipped', { parameters: { thenMoveTo: 'completed' } })).toEqual({
      to: 'completed',
      byWish: true,
    })
    expect(follow('memo', 'open', { parameters: { thenMoveTo: 'constructor' } })).toBeNull()
  })
})
