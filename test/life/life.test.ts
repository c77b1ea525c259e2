import { afterAll, beforeAll, expect, test } from 'vitest'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { ALL_PAIRS, addPairs } from './coverage.ts'
import { historyAt, LEAST_STEPS } from './generator.ts'
import { OPEN } from './kept.ts'
import { runLife } from './run.ts'
import { type Ground, openGround } from './world.ts'

/**
 * An order's whole life: a few generated histories. kept.test.ts plays those that once broke something.
 * `LIFE_SEED` plays others, `LIFE_HISTORIES` more; `npm run chaos -- life` draws them by the day and makes
 * a counter-example short.
 */

/** Fixed: the model is young, and what it draws by the day is a long run's. */
const SEED = Number(process.env.LIFE_SEED ?? 1_194_554_728)
/** Some seconds of them. */
const HISTORIES = Number(process.env.LIFE_HISTORIES ?? (process.env.TEST_FULL === '1' ? 3 : 1))
const LONG = { timeout: 3_600_000 }

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground?.close())

test('generated histories keep every invariant', LONG, async () => {
  const result = await runLife({ ground, seed: SEED, histories: HISTORIES, shrinks: false, known: OPEN })
  const { seed, histories, steps, known, pairs, allPairs, counterExample } = result
  process.stdout.write(
    `seed ${seed}: ${histories} histories, ${steps} steps, ${pairs} of ${allPairs} pairs of features, ${known} met what is known\n`,
  )
  expect(
    counterExample,
    `seed ${seed}: npm run chaos -- life --seed ${seed} --from ${counterExample?.index} --histories 1\n${counterExample?.message}`,
  ).toBeNull()
})

/**
 * Of a long run of so many histories, whichever its seed is: of 240 seeds the least had 0.714. Cut to 40
 * steps, the best had 0.703.
 */
const LONG_RUN = 60
const LEAST_PAIRS = 0.709

test(`a long run lets most pairs of features meet in one order’s life (TEST_SEED=${TEST_SEED})`, () => {
  const pairs = new Set<string>()
  for (let index = 0; index < LONG_RUN; index++) {
    const history = historyAt(TEST_SEED, index)
    expect(history.length).toBeGreaterThanOrEqual(LEAST_STEPS)
    addPairs(pairs, history)
  }
  expect(pairs.size / ALL_PAIRS).toBeGreaterThan(LEAST_PAIRS)
})

test('the same seed and place draw the same history, whatever was drawn before', () => {
  const drawn = historyAt(7, 3)
  historyAt(7, 1)
  expect(historyAt(7, 3)).toEqual(drawn)
})
