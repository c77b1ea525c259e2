import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BackoffLimits, doublingMs, jitteredMs, stepOf } from './backoff.ts'

const LIMITS: BackoffLimits = { firstMs: 1_000, capMs: 60_000 }

describe('jitteredMs', () => {
  it('doubles from failure to failure', () => {
    expect([1, 2, 3, 4].map((failures) => jitteredMs(failures, 0, LIMITS))).toEqual([
      500, 1_000, 2_000, 4_000,
    ])
  })

  it('ends at the cap, also where two to the power of the failures is no number any more', () => {
    expect([6, 7, 8, 50, 5_000].map((failures) => jitteredMs(failures, 0.999_999_99, LIMITS))).toEqual([
      32_000, 60_000, 60_000, 60_000, 60_000,
    ])
  })

  it('stays between half of the step and the cap, and never shrinks with more failures', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, jitter) => {
        const wait = jitteredMs(failures, jitter, LIMITS)
        expect(wait).toBeGreaterThanOrEqual(LIMITS.firstMs / 2)
        expect(wait).toBeLessThanOrEqual(LIMITS.capMs)
        expect(jitteredMs(failures + 1, jitter, LIMITS)).toBeGreaterThanOrEqual(wait)
      }),
    )
  })
})

describe('doublingMs', () => {
  it('begins with the first pause, whatever it is told', () => {
    expect([-1, 0, 1, 2].map((failures) => doublingMs(failures, LIMITS))).toEqual([
      1_000, 1_000, 1_000, 2_000,
    ])
  })
})

describe('stepOf', () => {
  it('goes along the table and stays at its end', () => {
    expect([0, 1, 2, 3, 4].map((attempts) => stepOf(attempts, [5, 15, 60]))).toEqual([5, 5, 15, 60, 60])
  })
})
