import { expect, test } from 'vitest'
import { joinWaits, LAST_STEP, quantilesOf, STEP } from './waits.ts'

const stepOf = (seconds: number) =>
  Math.min(LAST_STEP, Math.floor(Math.log(Math.max(1, seconds)) / Math.log(STEP)))

test('median and p95 are within a tenth of what was measured, whatever shops and days are joined', () => {
  const seconds = Array.from({ length: 1_000 }, (_, at) => 1 + ((at * 7919) % 997))
  const days = [0, 1, 2].map((day) => {
    const waits: Record<string, number> = {}
    for (const [index, one] of seconds.entries())
      if (index % 3 === day) waits[stepOf(one)] = (waits[stepOf(one)] ?? 0) + 1
    return waits
  })
  const sorted = [...seconds].sort((a, b) => a - b)
  const { orders, median, p95 } = quantilesOf(joinWaits(days))
  expect(orders).toBe(1_000)
  expect(Math.abs((median ?? 0) / (sorted[499] ?? 1) - 1)).toBeLessThan(0.1)
  expect(Math.abs((p95 ?? 0) / (sorted[949] ?? 1) - 1)).toBeLessThan(0.1)
})

test('without a mail there is none', () => {
  expect(quantilesOf({})).toEqual({ orders: 0, median: null, p95: null })
  expect(quantilesOf({ '3': 0 })).toEqual({ orders: 0, median: null, p95: null })
})
