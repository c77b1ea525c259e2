import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Event, eventArbitrary, playAwait, playHistory } from '../../support/changes/change-history.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { TEST_SEED } from '../../support/drawn-seed.ts'

/**
 * Any interleaving of requests, crashes, stalls and faults of the mall ends every change, with at most one
 * effective call for each of its steps. `CHANGE_HISTORIES=1000` plays more, `TEST_SEED` the same again, and
 * `CHANGE_SHRINK=1` makes a failure smaller.
 */

const HISTORIES = Number(process.env.CHANGE_HISTORIES ?? (process.env.TEST_FULL ? 120 : 20))

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

/**
 * Histories that once broke, made small: a worker is killed after 変更中 has had its time, and keeps its shop
 * for some seconds.
 */
const FOUND: [Event[], boolean][] = [
  [
    [
      { kind: 'request', wishes: [{ order: 0, action: 'confirm' }], at: null },
      { kind: 'work', workers: [{ at: 20, how: 'kill' }] },
      { kind: 'time', ms: 16 * 60_000 },
      { kind: 'work', workers: [{ at: 12, how: 'kill' }] },
    ],
    true,
  ],
]

const LONG = { timeout: 3_600_000 }

it.each(['kill', 'stall'] as const)(
  'makes each call once when a worker meets %s at any of its awaits',
  LONG,
  async (how) => {
    let at = 0
    while (await playAwait(database, how, at)) at++
    expect(at).toBeGreaterThan(60)
  },
)

it('ends every change, and the mall does each of its steps once at most', LONG, async () => {
  const ends: Record<string, number> = {}
  await fc.assert(
    fc.asyncProperty(
      fc.array(eventArbitrary, { minLength: 3, maxLength: 18 }),
      fc.boolean(),
      async (events: Event[], bulk) => {
        for (const state of await playHistory(database, events, bulk)) ends[state] = (ends[state] ?? 0) + 1
      },
    ),
    // The first failure is told at once: making it smaller takes many histories more.
    { numRuns: HISTORIES, endOnFailure: process.env.CHANGE_SHRINK === undefined, examples: FOUND },
  )
  process.stdout.write(`${HISTORIES} histories, TEST_SEED=${TEST_SEED}: ${JSON.stringify(ends)}\n`)
  // Faults pass, so most changes go well; a property that only ever saw failures would prove nothing.
  expect(ends.succeeded).toBeGreaterThan(ends.warning ?? 0)
})
