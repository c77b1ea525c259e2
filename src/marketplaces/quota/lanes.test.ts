import { describe, expect, test } from 'vitest'
import { createLine } from './lanes.ts'

describe('those who are sent away', () => {
  test('come back one turn after the other', () => {
    const line = createLine()
    expect([1, 2, 3].map(() => line.comeBackAt(10_000, 500, 1_000))).toEqual([10_500, 11_500, 12_500])
  })

  test('but none of them later than five seconds after the first', () => {
    const line = createLine()
    const times = Array.from({ length: 100 }, () => line.comeBackAt(10_000, 500, 1_000))
    expect(Math.max(...times)).toBe(15_500)
    expect(times.slice(6, 8)).toEqual([10_500, 11_500])
  })

  test('a budget slower than that is come back for when it has something', () => {
    const line = createLine()
    expect(line.comeBackAt(0, 60_000, 60_000)).toBe(60_000)
    expect(line.comeBackAt(0, 60_000, 60_000)).toBe(60_000)
  })
})

describe('those who wait', () => {
  test('go on when the one in front failed', async () => {
    const line = createLine()
    const order: string[] = []
    const first = line.join(async () => {
      order.push('first')
      throw new Error('no')
    })
    const second = line.join(async () => void order.push('second'))
    expect(line.length()).toBe(2)
    await expect(first).rejects.toThrow('no')
    await second
    expect(order).toEqual(['first', 'second'])
    expect(line.length()).toBe(0)
  })
})
