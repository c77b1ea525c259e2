import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, LINK_BACKOFF, REFUSED_BACKOFF } from './backoff.ts'

describe('backoffMs', () => {
  it('doubles from failure to failure', () => {
    expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 0, LINK_BACKOFF))).toEqual([
      500, 1_000, 2_000, 4_000,
    ])
  })

  it('tries a refused login ever more seldom, at most once an hour', () => {
    const waits = [1, 2, 3, 7, 50].map((failures) => backoffMs(failures, 0.999_999_99, REFUSED_BACKOFF))
    expect(waits).toEqual([60_000, 120_000, 240_000, 3_600_000, 3_600_000])
  })

  it('stays between half of the step and the cap, and never shrinks with more failures', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, jitter) => {
        const wait = backoffMs(failures, jitter, LINK_BACKOFF)
        expect(wait).toBeGreaterThanOrEqual(LINK_BACKOFF.firstMs / 2)
        expect(wait).toBeLessThanOrEqual(LINK_BACKOFF.capMs)
        expect(backoffMs(failures + 1, jitter, LINK_BACKOFF)).toBeGreaterThanOrEqual(wait)
      }),
    )
  })
})
