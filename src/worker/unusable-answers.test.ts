import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { brokenAnswer, concernsShop, givesUp } from './unusable-answers.ts'

const failure = (kind: MarketplaceFailure['kind']) =>
  new MarketplaceFailure({ kind, code: 'C', message: 'M', raw: 'R' })

describe('a broken answer', () => {
  it('concerns the shop unless it is about the order itself', () => {
    const kinds = [
      'throttled',
      'unavailable',
      'unauthorised',
      'outcome_unknown',
      'rejected',
      'malformed',
    ] as const
    expect(kinds.filter((kind) => concernsShop(failure(kind)))).toEqual(kinds.slice(0, 4))
    expect(concernsShop(new Error('x'))).toBe(false)
  })

  it('is given up soon while the mall answers others, late while it answers nobody', () => {
    const tries = (answer: ReturnType<typeof brokenAnswer>, fine: boolean) =>
      [1, 2, 3, 4, 5, 6, 7, 8].find((attempts) => givesUp(answer, attempts, fine))
    expect(tries(brokenAnswer(failure('malformed')), true)).toBe(3)
    expect(tries(brokenAnswer(failure('malformed')), false)).toBe(7)
    expect(tries(brokenAnswer(failure('rejected')), true)).toBe(1)
    expect(tries(brokenAnswer(new TypeError('x')), true)).toBe(3)
  })

  it('says nothing of an exception’s own words', () => {
    expect(JSON.stringify(brokenAnswer(new Error('山田花子')))).not.toContain('山田')
  })
})
