import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { brokenAnswer } from '../worker/mall-failures.ts'
import { givesUp } from './import-job.ts'

const failure = (kind: MarketplaceFailure['kind']) =>
  new MarketplaceFailure({ kind, code: 'C', message: 'M', raw: 'R' })

describe('an order with a broken answer', () => {
  it('is given up soon while the mall answers others, late while it answers nobody', () => {
    const tries = (answer: ReturnType<typeof brokenAnswer>, fine: boolean) =>
      [1, 2, 3, 4, 5, 6, 7, 8].find((attempts) => givesUp(answer, attempts, fine))
    expect(tries(brokenAnswer(failure('malformed')), true)).toBe(3)
    expect(tries(brokenAnswer(failure('malformed')), false)).toBe(7)
    expect(tries(brokenAnswer(failure('rejected')), true)).toBe(1)
    expect(tries(brokenAnswer(new TypeError('x')), true)).toBe(3)
  })
})
