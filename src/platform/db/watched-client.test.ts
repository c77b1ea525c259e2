import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createNotifyCoalescer, watchedClient } from './watched-client.ts'

// A database that became read-only ended the api process: its connections were left while one of them
// belonged to nobody yet.
it('a connection that is lost while nobody listens to it ends nothing', () => {
  const Client = watchedClient({ url: 'postgresql://127.0.0.1:1/none' })
  const client = new Client({ connectionString: 'postgresql://127.0.0.1:1/none' })
  expect(client.emit('error', new Error('Connection terminated unexpectedly'))).toBe(true)
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('rings once for all that came within its time, and again for what comes later', async () => {
  const ring = vi.fn(async () => undefined)
  const told = createNotifyCoalescer(ring, 15)
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
  const told = createNotifyCoalescer(ring, 15)
  for (const times of [1, 2]) {
    told()
    await vi.advanceTimersByTimeAsync(15)
    expect(ring).toHaveBeenCalledTimes(times)
  }
})
