import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bucket, planOf } from '../../../../src/marketplaces/quota/buckets.ts'
import { takeFrom } from '../../../support/malls/memory-buckets.ts'

const plans = fc
  .record({
    perSecond: fc.double({ min: 0.001, max: 200, noNaN: true }),
    burst: fc.integer({ min: 1, max: 60 }),
  })
  .map(planOf)

/** Returns when calls passed (milliseconds), for a caller that tries at once or after the given pauses. */
function letThrough(plan: ReturnType<typeof planOf>, pauses: readonly number[]): number[] {
  const times: number[] = []
  let bucket: Bucket | undefined
  let now = 1_700_000_000_000
  for (const pause of pauses) {
    now += pause
    const tried = takeFrom(bucket, plan, now)
    bucket = tried.bucket
    if (tried.taken.waitMs === 0) times.push(now)
  }
  return times
}

describe('a bucket', () => {
  test('lets no stretch of time have more than its burst and what is gained meanwhile', () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })), { maxLength: 250 })
    fc.assert(
      fc.property(plans, pauses, (plan, tries) => {
        const times = letThrough(plan, tries)
        for (let first = 0; first < times.length; first++) {
          for (let last = first; last < times.length; last++) {
            const seconds = ((times[last] ?? 0) - (times[first] ?? 0)) / 1000
            expect(last - first + 1).toBeLessThanOrEqual(plan.burst + plan.perSecond * seconds + 1e-6)
          }
        }
      }),
    )
  })

  test('is free when it said, after no longer than one call takes to be gained', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 200 }), (plan, calls) => {
        let bucket: Bucket | undefined
        let now = 1_700_000_000_000
        const take = () => {
          const tried = takeFrom(bucket, plan, now)
          bucket = tried.bucket
          return tried.taken.waitMs
        }
        for (let n = 0; n < calls; n++) {
          const wait = take()
          if (wait === 0) continue
          expect(wait).toBeLessThanOrEqual(Math.ceil(1000 / plan.perSecond) + 1)
          now += wait
          expect(take()).toBe(0)
        }
      }),
    )
  })

  test('keeps what it holds when the rate changes', () => {
    const fast = planOf({ perSecond: 10, burst: 30 })
    let bucket: Bucket | undefined
    for (let n = 0; n < 30; n++) bucket = takeFrom(bucket, fast, 0).bucket
    const { taken } = takeFrom(bucket, planOf({ perSecond: 0.1, burst: 30 }), 0)
    expect(taken).toEqual({ waitMs: 10_000, left: 0 })
  })

  test('a clock that was set back gains nothing twice, and stops nobody for longer than a filling', () => {
    const plan = planOf({ perSecond: 1, burst: 2 })
    const empty = { level: 0, at: 100_000 }
    expect(takeFrom(empty, plan, 99_500).taken.waitMs).toBe(1_500)
    expect(takeFrom(empty, plan, 0).taken.waitMs).toBe(3_000)
    const { bucket } = takeFrom(empty, plan, 99_500)
    expect(takeFrom(bucket, plan, 101_000).taken.waitMs).toBe(0)
  })
})
