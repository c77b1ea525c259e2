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
  const lane = sharing(createLanes({ store: memoryBuckets(clock), clock }))
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
