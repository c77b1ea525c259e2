import { describe, expect, it } from 'vitest'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { brokenAnswer, concernsShop } from './unusable-answers.ts'

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

  it('says nothing of an exception’s own words', () => {
    expect(JSON.stringify(brokenAnswer(new Error('山田花子')))).not.toContain('山田')
  })
})
