import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createControllableClock } from './clock.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const done = (promise: Promise<void>) => {
  const state = { settled: false, failed: false }
  promise.then(
    () => {
      state.settled = true
    },
    () => {
      state.failed = true
    },
  )
  return state
}
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a controllable clock', () => {
  it('runs with real time, ahead by what it was moved', async () => {
    const clock = createControllableClock()
    expect(clock.now()).toBe(1_000_000)
    clock.advance(5_000)
    await vi.advanceTimersByTimeAsync(100)
    expect(clock.now()).toBe(1_005_100)
    clock.set(42)
    expect(clock.now()).toBe(42)
  })

  it('stands while it is held, and goes on from there', async () => {
    const clock = createControllableClock()
    clock.hold()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(clock.now()).toBe(1_000_000)
    clock.advance(10)
    expect(clock.now()).toBe(1_000_010)
    clock.release()
    await vi.advanceTimersByTimeAsync(5)
    expect(clock.now()).toBe(1_000_015)
  })

  it('wakes sleepers whose time it jumps over, and no others', async () => {
    const clock = createControllableClock()
    clock.hold()
    const short = done(clock.sleep(1_000))
    const long = done(clock.sleep(100_000))
    clock.advance(50_000)
    await settle()
    expect([short.settled, long.settled]).toEqual([true, false])
    clock.release()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(long.settled).toBe(true)
  })

  it('rejects a sleeper whose signal is aborted', async () => {
    const clock = createControllableClock()
    const controller = new AbortController()
    const sleeper = done(clock.sleep(1_000, controller.signal))
    controller.abort(new Error('stop'))
    await settle()
    expect(sleeper).toEqual({ settled: false, failed: true })
    await expect(clock.sleep(1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
  })
})
