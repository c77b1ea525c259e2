import { describe, expect, it } from 'vitest'
import { MALL_STATES } from '../../marketplaces/port/order.ts'
import { cancelledWhileHeldBack, doneBeforeUs } from './write-results.ts'

const since = new Date('2026-01-15T00:00:00+09:00')
const sweep = { source: 'sweep', purpose: 'import', orderId: null } as const
const before = '2026-01-14T23:59:59+09:00'
const after = '2026-01-15T00:00:00+09:00'

describe('orders that were done before the shop came', () => {
  it.each(MALL_STATES.filter((state) => state !== 'open'))('are not imported by a sweep: %s', (mallState) => {
    expect(doneBeforeUs(sweep, { mallState, orderedAt: before }, since)).toContain('登録前')
  })

  it('are imported while they are open, however old', () => {
    expect(doneBeforeUs(sweep, { mallState: 'open', orderedAt: before }, since)).toBeNull()
  })

  it.each(MALL_STATES)('are imported when they came later: %s', (mallState) => {
    expect(doneBeforeUs(sweep, { mallState, orderedAt: after }, since)).toBeNull()
  })

  it.each(['mail', 'person', 'window'] as const)('are imported when asked for: %s', (source) => {
    expect(doneBeforeUs({ ...sweep, source }, { mallState: 'shipped', orderedAt: before }, since)).toBeNull()
  })

  it('are refreshed where they are here already', () => {
    const here = { ...sweep, orderId: 'x' }
    expect(doneBeforeUs(here, { mallState: 'shipped', orderedAt: before }, since)).toBeNull()
  })
})

describe('orders that were cancelled while the mall held them back', () => {
  const held = { source: 'mail', purpose: 'import', orderId: null, pendingUntil: since } as const

  it.each(MALL_STATES)('are not imported: %s', (mallState) => {
    expect(cancelledWhileHeldBack(held, { mallState }) !== null).toBe(mallState === 'cancelled')
  })

  it.each([
    ['never held back', { pendingUntil: null }],
    ['asked for by a person', { source: 'person' }],
    ['here already', { orderId: 'x' }],
    ['read again', { purpose: 'refresh' }],
  ] as const)('are taken in when %s', (_, other) => {
    expect(cancelledWhileHeldBack({ ...held, ...other }, { mallState: 'cancelled' })).toBeNull()
  })
})
