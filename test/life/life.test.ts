import { afterAll, beforeAll, expect, test } from 'vitest'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { KEPT, OPEN } from './kept.ts'
import { playHistory, runLife } from './run.ts'
import { type Ground, openGround } from './world.ts'

/**
 * An order's whole life: a few generated histories, and every one that was ever found to break something.
 * `TEST_SEED` (or `LIFE_SEED`, for these alone) plays a run again, `LIFE_HISTORIES` plays more; `npm run
 * chaos -- life` makes a counter-example small.
 */

const SEED = Number(process.env.LIFE_SEED ?? TEST_SEED)
const HISTORIES = Number(process.env.LIFE_HISTORIES ?? 12)
const LONG = { timeout: 3_600_000 }

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground?.close())

test.each(KEPT.map((kept) => [kept.name, kept] as const))(
  'kept: %s',
  LONG,
  async (_name, { history, open }) => {
    const played = playHistory(ground, history)
    // Mended: `open` goes away from the kept history, which holds it from then on.
    if (open) await expect(played).rejects.toThrow(open)
    else await played
  },
)

test('generated histories keep every invariant', LONG, async () => {
  const result = await runLife({ ground, seed: SEED, histories: HISTORIES, shrinks: false, known: OPEN })
  const { seed, histories, steps, known, counterExample } = result
  process.stdout.write(
    `TEST_SEED=${seed}: ${histories} histories, ${steps} steps, ${known} met what is known\n`,
  )
  expect(
    counterExample,
    `TEST_SEED=${seed}: npm run chaos -- life --seed ${seed} --path ${counterExample?.path}\n${counterExample?.message}`,
  ).toBeNull()
})
