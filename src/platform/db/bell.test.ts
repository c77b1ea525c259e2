import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createBell } from './bell.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('rings once for all that came within its time, and again for what comes later', async () => {
  const ring = vi.fn(async () => undefined)
  const told = createBell(ring, 15)
  for (let n = 0; n < 100; n += 1) told()
  expect(ring).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(15)
  expect(ring).toHaveBeenCalledTimes(1)
  told()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ring).toHaveBeenCalledTimes(2)
})

it('rings again after a database that was away', async () => {
  const ring = vi.fn(() => Promise.reject(new Error('away')))
  const told = createBell(ring, 15)
  for (const times of [1, 2]) {
    told()
    await vi.advanceTimersByTimeAsync(15)
    expect(ring).toHaveBeenCalledTimes(times)
  }
})
