import { describe, expect, test } from 'vitest'
import { MarketplaceFailure } from '../../../../src/marketplaces/port/failures.ts'
import { createLanes } from '../../../../src/marketplaces/quota/lanes.ts'
import { type Clock, systemClock } from '../../../../src/platform/clock.ts'
import { heldClock, poolWith } from '../../../support/fixtures.ts'
import { memoryBuckets } from '../../../support/malls/memory-buckets.ts'

const never = new AbortController().signal

describe('lane in memory', () => {
  test('a burst at once, then one after another at the rate', async () => {
    const lane = createLanes({ store: memoryBuckets(systemClock), clock: systemClock }).lane()
    const quota = { key: 'k', perSecond: 20, burst: 4 }
    const at: number[] = []
    const begun = performance.now()
    for (let n = 0; n < 12; n++) {
      await lane.take(quota, never)
      at.push(performance.now() - begun)
    }
    expect(at[3]).toBeLessThan(45)
    // 8 more at 20 a second; timers may fire a few milliseconds early.
    expect(at[11]).toBeGreaterThanOrEqual(390)
    for (let n = 4; n < at.length; n++) expect(at[n]).toBeGreaterThanOrEqual((n - 3) * 50 - 10)
  })

  test('after a burst the next call is free when one is gained, not when the bucket is full again', async () => {
    const clock = heldClock()
    const lane = createLanes({ store: memoryBuckets(clock), clock }).lane()
    const quota = { key: 'k', perSecond: 0.5, burst: 30 }
    for (let n = 0; n < 30; n++) await lane.take(quota, never)
    const next = lane.take(quota, never)
    await clock.untilSleeping()
    clock.advance(2_000)
    await next
  })

  test('many at once are all let through while the bucket holds enough for them', async () => {
    const clock = heldClock()
    const lane = createLanes({ store: memoryBuckets(clock), clock }).lane()
    const quota = { key: 'k', perSecond: 0.5, burst: 30 }
    await Promise.all(Array.from({ length: 30 }, () => lane.take(quota, never)))
  })

  test('lanes of different keys do not wait for each other', async () => {
    const lane = createLanes({ store: memoryBuckets(systemClock), clock: systemClock }).lane()
    const begun = performance.now()
    await Promise.all(['a', 'b', 'c'].map((key) => lane.take({ key, perSecond: 1, burst: 1 }, never)))
    expect(performance.now() - begun).toBeLessThan(500)
  })

  test('further away than the patience: throttled, with the time to come back', async () => {
    const lane = createLanes({
      store: memoryBuckets(systemClock),
      clock: systemClock,
      patienceMs: 100,
    }).lane()
    const quota = { key: 'slow', perSecond: 0.1, burst: 1 }
    await lane.take(quota, never)
    const failure = await lane.take(quota, never).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(MarketplaceFailure)
    expect(failure).toMatchObject({ kind: 'throttled', code: 'LANE_BUSY' })
    const wait = ((failure as MarketplaceFailure).until?.getTime() ?? 0) - Date.now()
    expect(wait).toBeGreaterThan(8000)
    expect(wait).toBeLessThanOrEqual(10_000)
  })

  test('callers of one budget have their turns in order, and those too far behind are sent away at once', async () => {
    const lane = createLanes({
      store: memoryBuckets(systemClock),
      clock: systemClock,
      patienceMs: 250,
    }).lane()
    const quota = { key: 'k', perSecond: 10, burst: 1 }
    const begun = performance.now()
    const turns: number[] = []
    const away: { until: number; after: number }[] = []
    await Promise.all(
      Array.from({ length: 8 }, (_, caller) =>
        lane.take(quota, never).then(
          () => void turns.push(caller),
          ({ until }: MarketplaceFailure) =>
            void away.push({ until: until?.getTime() ?? 0, after: performance.now() - begun }),
        ),
      ),
    )
    expect(turns).toEqual([0, 1, 2])
    expect(away.every(({ after }) => after < 50)).toBe(true)
    const untils = away.map(({ until }) => until)
    expect(untils.slice(1).map((until, index) => until - (untils[index] ?? 0))).toEqual(Array(4).fill(100))
  })

  test('an abort ends the wait', async () => {
    const lane = createLanes({ store: memoryBuckets(systemClock), clock: systemClock }).lane()
    const quota = { key: 'k', perSecond: 1, burst: 1 }
    await lane.take(quota, never)
    const abort = new AbortController()
    const waiting = lane.take(quota, abort.signal)
    abort.abort(new Error('stop'))
    await expect(waiting).rejects.toThrow('stop')
  })

  test('a store that does not answer closes the lane for a moment', async () => {
    const clock: Clock = { now: () => 1_000_000, sleep: systemClock.sleep }
    const pool = poolWith(() => Promise.reject(new Error('connection refused')))
    const lane = createLanes({ store: { kind: 'postgres', pool }, clock }).lane()
    await expect(lane.take({ key: 'k', perSecond: 1, burst: 1 }, never)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'LANE_STORE_AWAY',
      until: new Date(1_005_000),
    })
  })
})
