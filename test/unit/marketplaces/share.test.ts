import { expect, it } from 'vitest'
import { createLanes, isShareUsed, sharing } from '../../../src/marketplaces/quota/lanes.ts'
import { heldClock } from '../../support/fixtures.ts'
import { memoryBuckets } from '../../support/malls/memory-buckets.ts'

const QUOTA = { key: 'mall', perSecond: 1, burst: 4 }
const { signal } = new AbortController()
const failure = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { code: string; until?: Date }) => error,
  )

it('questions have a twentieth of the budget, and none of it where work would wait', async () => {
  const clock = heldClock('2026-01-15T00:00:00Z')
  const lane = sharing(createLanes({ store: memoryBuckets(clock), clock }), 'tenant')
  const ask = () => failure(lane.asQuestion(() => lane.take(QUOTA, signal)))
  for (let call = 0; call < 3; call++) expect(await ask()).toBeNull()
  const used = await ask()
  expect(isShareUsed(used)).toBe(true)
  expect(used?.until?.getTime()).toBe(clock.now() + 20_000)
  // The share is theirs alone: work goes on.
  expect(await failure(lane.take(QUOTA, signal))).toBeNull()
  clock.advance(20_000)
  for (let call = 0; call < 4; call++) expect(await failure(lane.take(QUOTA, signal))).toBeNull()
  const busy = await ask()
  expect(busy?.code).toBe('LANE_BUSY')
})

it('no tenant uses up the share of others with the same quota, and together they have no more than one', async () => {
  const clock = heldClock('2026-01-15T00:00:00Z')
  const lanes = createLanes({ store: memoryBuckets(clock), clock })
  const lane = (tenant: string) => sharing(lanes, tenant)
  const [a, b] = [lane('a'), lane('b')]
  const doubt = (one: typeof a) => failure(one.inDoubt(() => one.take({ ...QUOTA, burst: 100 }, signal)))
  const uses = async (one: typeof a) => {
    for (let calls = 0; ; calls++) {
      const refused = await doubt(one)
      if (refused === null) continue
      expect(isShareUsed(refused)).toBe(true)
      return { calls, waitMs: (refused.until?.getTime() ?? 0) - clock.now() }
    }
  }
  // Alone a tenant has the whole share: a call in four seconds.
  expect(await uses(a)).toEqual({ calls: 25, waitMs: 4_000 })
  expect(await uses(b)).toEqual({ calls: 12, waitMs: 8_000 })
  // A second shop of the tenant has no part of its own.
  expect((await uses(lane('b'))).calls).toBe(0)
  clock.advance(16_000)
  expect([(await uses(a)).calls, (await uses(b)).calls]).toEqual([2, 2])
  // An hour later the other one is alone.
  clock.advance(2 * 3_600_000)
  expect(await uses(a)).toEqual({ calls: 25, waitMs: 4_000 })
})
