import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MALL_STATES } from '../../marketplaces/port/order.ts'
import { cancelledWhileHeldBack, createBatchWriter, doneBeforeUs } from './write-results.ts'

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

describe('the group writer', () => {
  it('writes every item once, in groups of the size allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        async (pauses, most) => {
          const groups: number[][] = []
          const writer = createBatchWriter<number>(async (items) => {
            await new Promise(setImmediate)
            groups.push(items)
          }, most)
          for (const [index, pause] of pauses.entries()) {
            await writer.add(index)
            if (pause) await new Promise(setImmediate)
          }
          await writer.drain()
          expect(groups.flat().toSorted((a, b) => a - b)).toEqual(pauses.map((_, index) => index))
          expect(Math.max(0, ...groups.map((group) => group.length))).toBeLessThanOrEqual(most)
        },
      ),
    )
  })

  it('puts what comes in one turn into one write', async () => {
    const groups: number[][] = []
    const writer = createBatchWriter<number>(async (items) => void groups.push(items), 100)
    for (let item = 0; item < 50; item++) await writer.add(item)
    await writer.drain()
    expect(groups).toHaveLength(1)
  })

  it('raises what a write raised and writes no more', async () => {
    let writes = 0
    const writer = createBatchWriter<number>(async () => {
      writes += 1
      throw new Error('disk full')
    }, 1)
    await writer.add(1)
    await expect(writer.drain()).rejects.toThrow('disk full')
    await expect(writer.add(2)).rejects.toThrow('disk full')
    expect(writes).toBe(1)
  })

  it('writes the only item at once', async () => {
    const written: number[][] = []
    const writer = createBatchWriter<number>(async (items) => void written.push(items), 100, 1)
    const adding = writer.add(1)
    expect(written).toEqual([[1]])
    await adding
    await writer.drain()
  })
})
