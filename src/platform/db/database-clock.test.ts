import { afterEach, describe, expect, test } from 'vitest'
import { type DatabaseClock, startDatabaseClock } from './database-clock.ts'
import type { Queries } from './transaction.ts'

const HOUR_MS = 3_600_000

/** A database and a machine whose clocks the test sets; an answer takes `tookMs` there and back. */
function world({ database = 1_000_000_000_000, tookMs = 4 } = {}) {
  const state = { steady: 50, database, wall: database, tookMs, away: false, asked: 0 }
  const told: string[] = []
  const pass = (ms: number) => {
    for (const name of ['steady', 'database', 'wall'] as const) state[name] += ms
  }
  const query = async () => {
    state.asked += 1
    if (state.away) throw new Error('away')
    pass(state.tookMs / 2)
    const rows = [{ now: state.database }]
    pass(state.tookMs / 2)
    return { rows }
  }
  const tools = {
    pool: { query } as unknown as Queries,
    log: { warn: (_facts: object, text: string) => void told.push(text) },
    steady: () => state.steady,
    wall: () => state.wall,
    everyMs: 1,
  }
  return { state, told, pass, tools }
}

const running: DatabaseClock[] = []
const start = async (tools: Parameters<typeof startDatabaseClock>[0]) => {
  const clock = await startDatabaseClock(tools)
  running.push(clock)
  return clock
}
afterEach(() => {
  for (const clock of running.splice(0)) clock.stop()
})

/** Until the clock has asked so many times more. */
async function untilAsked(state: { asked: number }, more = 2): Promise<void> {
  const enough = state.asked + more
  while (state.asked < enough) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('the clock of the database', () => {
  test('is the database’s time, whatever the machine’s own clock says', async () => {
    const { state, tools, pass } = world()
    state.wall += HOUR_MS
    const clock = await start(tools)
    pass(1_000)
    expect(clock.now()).toBe(state.database)
  })

  test('does not step with the machine’s clock', async () => {
    const { state, tools } = world()
    const clock = await start(tools)
    for (const step of [HOUR_MS, -2 * HOUR_MS]) {
      state.wall += step
      await untilAsked(state)
      expect(Math.abs(clock.now() - state.database)).toBeLessThanOrEqual(state.tookMs)
    }
  })

  test('follows the database, and says once when the machine differs', async () => {
    const { state, tools, told } = world()
    const clock = await start(tools)
    expect(told).toEqual([])
    state.database += HOUR_MS
    await untilAsked(state, 5)
    expect(Math.abs(clock.now() - state.database)).toBeLessThanOrEqual(state.tookMs)
    expect(told).toHaveLength(1)
  })

  test('takes no correction from an answer that was long under way', async () => {
    const { state, tools } = world()
    const clock = await start(tools)
    const before = clock.now() - state.steady
    state.database += 100
    state.tookMs = 1_000
    await untilAsked(state)
    expect(clock.now() - state.steady).toBe(before)
  })

  test('goes on while the database is away, and looks again when it is back', async () => {
    const { state, tools, pass } = world()
    const clock = await start(tools)
    state.away = true
    await untilAsked(state)
    pass(5_000)
    expect(clock.now()).toBe(state.database)
    state.away = false
    state.database += HOUR_MS
    await untilAsked(state, 3)
    expect(Math.abs(clock.now() - state.database)).toBeLessThanOrEqual(state.tookMs)
  })

  test('does not start without the database', async () => {
    const { state, tools } = world()
    state.away = true
    await expect(startDatabaseClock(tools)).rejects.toThrow('away')
  })
})
