import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ASK_FOR_MS, nextAttempt, retryDelay, withinLag } from './retry-schedule.ts'

it('asks soon at first and then every quarter of an hour', () => {
  expect([1, 2, 3, 4, 5, 6, 50].map((attempt) => retryDelay(attempt) / 1000)).toEqual([
    5, 15, 60, 300, 900, 900, 900,
  ])
})

it('ends exactly when the time is over, whenever the tries were made', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 400, maxLength: 400 }),
      (delays) => {
        let now = 0
        for (const [attempt, delay] of delays.entries()) {
          const next = nextAttempt(now, attempt + 1, ASK_FOR_MS)
          if (next === null) {
            expect(now).toBeGreaterThanOrEqual(ASK_FOR_MS)
            return
          }
          expect(next.getTime()).toBeGreaterThan(now)
          expect(next.getTime()).toBeLessThanOrEqual(ASK_FOR_MS)
          now = next.getTime() + delay
        }
        expect.fail('never given up')
      },
    ),
  )
})

it('asks each minute while the mall’s index may lag behind its mails, for a number in doubt too', () => {
  const asked = (lagMinutes: number) => {
    const times: number[] = []
    for (let now = 0, attempt = 1; now < 20 * 60_000; attempt += 1) {
      times.push(now / 1000)
      const next = nextAttempt(now, attempt, ASK_FOR_MS, 'unknown') as Date
      now = withinLag(next, now, 0, lagMinutes).getTime()
    }
    return times
  }
  expect(asked(0)).toEqual([0, 15, 135, 1035])
  expect(asked(5)).toEqual([0, 15, 75, 135, 195, 255, 315, 1215].slice(0, 7))
})
