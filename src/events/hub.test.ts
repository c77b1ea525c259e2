import { expect, it } from 'vitest'
import { createPollDelay } from './hub.ts'

it('asks soon for what a short transaction holds back, and less and less often while one goes on', () => {
  let now = 0
  const warnings: object[] = []
  const pollDelay = createPollDelay({ warn: (fields: object) => void warnings.push(fields) }, () => now)
  let reads = 0
  for (; now < 60_000; reads += 1) {
    const pause = pollDelay(true, false)
    expect(pause).toBeLessThanOrEqual(Math.max(25, now))
    now += pause
  }
  expect(reads).toBeLessThan(70)
  expect(warnings).toEqual([{ waitedMs: 10_600 }])
  expect(pollDelay(true, true)).toBe(25)
  expect(pollDelay(false, true)).toBe(1_000)
  expect(pollDelay(true, false)).toBe(25)
})
