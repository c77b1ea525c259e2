import { describe, expect, test } from 'vitest'
import { createFaults } from './faults.ts'

const draw = (seed: number, calls: number, apart = false) => {
  const faults = createFaults(seed)
  faults.set([{ kind: '500', share: 0.05, apart }])
  const hit = Array.from({ length: calls }, () => faults.take('getOrder', 'a') !== null)
  return { hit, hits: faults.list()[0]?.hits }
}

describe('a fault with a share', () => {
  test('hits about that share of the calls, and says how many', () => {
    const { hit, hits } = draw(1, 20_000)
    const count = hit.filter(Boolean).length
    expect(count).toBe(hits)
    expect(count).toBeGreaterThan(850)
    expect(count).toBeLessThan(1_150)
  })

  test('hits the same calls for the same seed, and others for another', () => {
    expect(draw(7, 500)).toEqual(draw(7, 500))
    expect(draw(7, 500)).not.toEqual(draw(8, 500))
  })

  test('leaves a shop alone for one call after a hit when hits are to be apart', () => {
    const { hit } = draw(3, 20_000, true)
    expect(hit.some(Boolean)).toBe(true)
    expect(hit.some((one, n) => one && hit[n + 1])).toBe(false)
    expect(draw(3, 20_000).hit.some((one, n, all) => one && all[n + 1])).toBe(true)
  })

  test('that misses leaves the call to the next one', () => {
    const faults = createFaults(1)
    faults.set([{ kind: '500', share: 0 }, { kind: '429' }])
    expect(faults.take('getOrder', 'a')?.kind).toBe('429')
  })
})
