import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createBell } from './bell.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('rings at once, and then once for all that came while it rested', async () => {
  const ring = vi.fn(async () => undefined)
  const told = createBell(ring, 15)
  told()
  expect(ring).toHaveBeenCalledTimes(1)
  for (let n = 0; n < 100; n += 1) told()
  await vi.advanceTimersByTimeAsync(15)
  expect(ring).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ring).toHaveBeenCalledTimes(2)
})

it('rings again after a database that was away', async () => {
  const ring = vi.fn(() => Promise.reject(new Error('away')))
  const told = createBell(ring, 15)
  told()
  await vi.advanceTimersByTimeAsync(15)
  told()
  expect(ring).toHaveBeenCalledTimes(2)
})
