import { randomInt } from 'node:crypto'

/**
 * What all random tests of a run are drawn from. vitest.config.ts draws it once for all processes of a run,
 * and .ci/run each day anew from the commit, for its second try too: `TEST_SEED=… npm test -- FILE` plays the
 * same again.
 */
export const TEST_SEED = Number(process.env.TEST_SEED ?? drawSeed())

export function drawSeed(): number {
  return randomInt(2 ** 31 - 1)
}

/**
 * Plays what is drawn from the seed; a failure names it, by which .ci/run knows a random test
 * (scripts/count-tests.mjs).
 */
export async function played<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const told = error instanceof Error ? error : new Error(String(error))
    told.message = `${told.message}\nPlay it again with TEST_SEED=${TEST_SEED}`
    throw told
  }
}

/** One in so many, drawn by the seed; `npm run test:full` takes each. */
export const drawnShare = <T>(cases: readonly T[], oneIn: number): T[] =>
  process.env.TEST_FULL ? [...cases] : cases.filter((_, n) => n % oneIn === TEST_SEED % oneIn)
