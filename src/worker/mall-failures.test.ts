import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FailureKind, MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { brokenAnswer, concernsShop, laneDecision, pause } from './mall-failures.ts'

const NOW = Date.UTC(2026, 0, 15)
const DAY = 24 * 60 * 60_000
const still = { bytes: () => new Uint8Array(), float: () => 0.5 }
const failure = (kind: FailureKind, more: { until?: Date; renew?: string } = {}) =>
  new MarketplaceFailure({ kind, code: 'CODE', message: '説明。', ...more })

describe('a failure of the whole shop', () => {
  it('asks a person to renew what was refused', () => {
    expect(laneDecision(failure('unauthorised', { renew: '更新先。' }), 0, NOW, still)).toEqual({
      kind: 'attention',
      code: 'CODE',
      message: '説明。 更新先。',
    })
  })

  it('believes the time the mall says, within reason', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10 * DAY, max: 1_000 * DAY }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (ms, float) => {
          const until = new Date(NOW + ms)
          const decision = laneDecision(failure('throttled', { until }), 3, NOW, {
            ...still,
            float: () => float,
          })
          if (decision.kind !== 'close') throw new Error('closes')
          const closed = decision.until.getTime() - NOW
          expect(decision.counts).toBe(false)
          expect(closed).toBeGreaterThanOrEqual(1_000)
          expect(closed).toBeLessThan(DAY + 500)
          if (ms > 1_000 && ms < DAY) expect(closed).toBeGreaterThanOrEqual(ms)
        },
      ),
    )
  })

  it('pauses longer with every failure, never beyond six minutes', () => {
    expect([0, 1, 2, 3, 6, 7, 500].map((failures) => pause(failures, still) / 1000)).toEqual([
      5, 10, 20, 40, 300, 300, 300,
    ])
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, float) => {
        const ms = pause(failures, { ...still, float: () => float })
        expect(ms).toBeGreaterThanOrEqual(3_750)
        expect(ms).toBeLessThanOrEqual(375_000)
      }),
    )
  })
})

const broken = (kind: MarketplaceFailure['kind']) =>
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
    expect(kinds.filter((kind) => concernsShop(broken(kind)))).toEqual(kinds.slice(0, 4))
    expect(concernsShop(new Error('x'))).toBe(false)
  })

  it('says nothing of an exception’s own words', () => {
    expect(JSON.stringify(brokenAnswer(new Error('山田花子')))).not.toContain('山田')
  })
})
