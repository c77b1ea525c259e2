import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../../../src/marketplaces/port/order.ts'
import {
  APPLY_MODES,
  differingPaths,
  editsBetween,
  mergePatch,
  reconcile,
  valueAt,
  withoutEdits,
  withValues,
} from '../../../../src/orders/store/content.ts'
import { sampleOrder } from '../../../support/fixtures.ts'

const AUTHOR = { at: '2026-01-15T00:00:00.000Z', by: 'key:a' }

/** Orders that differ in texts, numbers, records with awkward names, and lengths of lists. */
const order = fc
  .record({
    city: fc.constantFrom('港区', '中央区', null),
    billed: fc.constantFrom(1, 2, 3),
    times: fc.dictionary(fc.constantFrom('a/b', 'c~d', 'e'), fc.constantFrom('1', null), {
      noNullPrototype: true,
    }),
    quantities: fc.array(fc.constantFrom(1, 2), { maxLength: 3 }),
  })
  .map(({ city, billed, times, quantities }): NormalisedOrder => {
    const base = sampleOrder('1')
    const [item] = base.items as [NormalisedOrder['items'][number]]
    return {
      ...base,
      buyer: { ...base.buyer, city },
      totals: { total: 3, billed },
      times,
      items: quantities.map((quantity, index) => ({ ...item, lineId: String(index), quantity })),
    }
  })

/** As it comes back from its sealed column. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value))

describe('edits', () => {
  it('lead back to what the mall gave', () => {
    fc.assert(
      fc.property(order, order, (mall, detail) => {
        const edits = stored(editsBetween(mall, detail, {}, AUTHOR))
        expect(withoutEdits(detail, edits)).toEqual(mall)
      }),
    )
  })

  it('are settled as was asked for', () => {
    fc.assert(
      fc.property(order, order, order, fc.constantFrom(...APPLY_MODES), (mall, detail, now, apply) => {
        const edits = stored(editsBetween(mall, detail, {}, AUTHOR))
        const result = reconcile(detail, edits, now, apply)
        if (apply === 'all') expect(result.detail).toEqual(now)
        if (apply === 'none') expect(result.detail).toEqual(detail)
        else expect(withoutEdits(result.detail, stored(result.edits))).toEqual(now)
        if (apply === 'keep-edits') {
          for (const path of Object.keys(edits)) {
            expect(valueAt(result.detail, path)).toEqual(valueAt(detail, path))
          }
        }
        if (apply === 'mall-wins') {
          for (const path of differingPaths(mall, now)) {
            expect(valueAt(result.detail, path)).toEqual(valueAt(now, path))
          }
        }
        for (const edit of Object.values(result.edits)) expect(edit).toMatchObject(AUTHOR)
      }),
    )
  })
})

describe('merge patch', () => {
  it('goes into objects, replaces lists and sets null', () => {
    const target = { a: { b: 1, c: [1, 2] }, d: 'x' }
    expect(mergePatch(target, { a: { c: [3] }, d: null })).toEqual({ a: { b: 1, c: [3] }, d: null })
    expect(target.d).toBe('x')
  })

  it('never reaches into a prototype', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}}')
    mergePatch({}, patch)
    withValues({}, [['/constructor/prototype/polluted', true]])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})
