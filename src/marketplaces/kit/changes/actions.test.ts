import { describe, expect, it } from 'vitest'
import type { ChangePlan } from '../../port/site-changes.ts'
import { waitedAfterOrder, waitedAfterShipping } from './actions.ts'

const PLAN: ChangePlan = { kind: 'steps', steps: [{ name: 'one', label: '一', payload: {} }] }
const order = { orderedAt: '2026-11-01T10:00:00+09:00' }
const shippedOn = (...days: (string | null)[]) => ({
  recipients: [{ parcels: days.map((day) => ({ shippedOn: day })) }],
})

describe('changes that are wanted later', () => {
  it('wait until the order is so old', () => {
    expect(waitedAfterOrder(PLAN, order, 60)).toEqual({
      ...PLAN,
      notBefore: '2026-11-01T02:00:00.000Z',
      byWish: true,
    })
    expect(waitedAfterOrder(PLAN, order, undefined)).toBe(PLAN)
  })

  it('wait so many days of Japan after the last parcel left', () => {
    expect(waitedAfterShipping(PLAN, shippedOn('2026-11-02', '2026-11-04', null), 7)).toEqual({
      ...PLAN,
      notBefore: '2026-11-10T15:00:00.000Z',
      byWish: true,
    })
    expect(waitedAfterShipping(PLAN, shippedOn(null), 7)).toBe(PLAN)
    expect(waitedAfterShipping(PLAN, shippedOn('2026-11-02'), 0)).toBe(PLAN)
  })

  it('leave the longer pause that the mall wants, and what is no plan of steps', () => {
    const paused: ChangePlan = { ...PLAN, notBefore: '2026-12-01T00:00:00.000Z' }
    expect(waitedAfterOrder(paused, order, 60)).toBe(paused)
    const refused: ChangePlan = { kind: 'refused', code: 'X', message: 'だめ' }
    expect(waitedAfterOrder(refused, order, 60)).toBe(refused)
  })
})
