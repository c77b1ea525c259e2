import { type Command, readable } from './commands.ts'
import { ALL_PAIRS, addPairs, type Pairs } from './coverage.ts'
import { historyAt } from './generator.ts'
import { checkRest, checkStep } from './invariants.ts'
import { beginLife, comeToRest, endLife, play } from './life.ts'
import { shrink } from './shrink.ts'
import type { Ground } from './world.ts'

/** Plays drawn histories until one breaks an invariant, and makes that one short. */

export interface LifeOptions {
  ground: Ground
  seed: number
  histories: number
  /** Place of the first history; of an earlier run's counter-example with the same seed. */
  from?: number
  /** false: the first counter-example is shown as it is; making it short plays many more. */
  shrinks: boolean
  /** What is known to be broken still: such a history counts, and the run goes on. */
  known: readonly RegExp[]
  /** Milliseconds of the machine's clock after which no further history begins. */
  limitMs?: number
  progress?: (text: string) => void
}

interface CounterExample {
  seed: number
  /** Its place: `--from` plays it again. */
  index: number
  /** Steps of the history until it broke; one more than there are: at rest. */
  step: number
  message: string
  history: Command[]
}

export interface LifeResult {
  seed: number
  histories: number
  steps: number
  seconds: number
  /** Histories that met what is known to be broken. */
  known: number
  /** Pairs of features that met in one order's life. */
  pairs: number
  allPairs: number
  counterExample: CounterExample | null
}

/** An invariant that broke, in which step. */
class BrokenIn extends Error {
  readonly step: number

  constructor(said: Error, step: number, commands: readonly Command[]) {
    const at = step < commands.length ? `in step ${step + 1}` : 'at rest'
    const lines = commands.map((command, index) => `  ${index + 1}. ${readable(command)}`).join('\n')
    super(`${said.message} (${at})\n${lines}`, { cause: said })
    this.step = step + 1
  }
}

/** Plays one history to its rest. @throws BrokenIn */
export async function playHistory(ground: Ground, commands: readonly Command[]): Promise<number> {
  const life = await beginLife(ground, 1)
  let step = 0
  try {
    for (const command of commands) {
      await play(life, command)
      await checkStep(life)
      step += 1
    }
    await comeToRest(life)
    await checkRest(life)
    return life.steps
  } catch (error) {
    throw new BrokenIn(error instanceof Error ? error : new Error(String(error)), step, commands)
  } finally {
    await endLife(life)
  }
}

export async function runLife(options: LifeOptions): Promise<LifeResult> {
  const { ground, seed, histories, from = 0, shrinks, known, limitMs = Number.POSITIVE_INFINITY } = options
  const started = performance.now()
  const pairs: Pairs = new Set()
  let [played, steps, met] = [0, 0, 0]
  let counterExample: CounterExample | null = null
  for (let index = from; index < from + histories && counterExample === null; index++) {
    if (performance.now() - started > limitMs) break
    const history = historyAt(seed, index)
    addPairs(pairs, history)
    played += 1
    try {
      steps += await playHistory(ground, history)
    } catch (error) {
      if (!(error instanceof BrokenIn)) throw error
      steps += error.step
      if (known.some((one) => one.test(error.message))) met += 1
      else counterExample = { seed, index, step: error.step, message: error.message, history }
    }
    if (played % 10 === 0) options.progress?.(`${played} histories, ${steps} steps, ${pairs.size} pairs`)
  }
  if (counterExample && shrinks) {
    const { history, message } = counterExample
    options.progress?.(`history ${counterExample.index} broke: ${message.split('\n')[0]}`)
    const short = await shrink(history, message, (shorter) => brokenBy(ground, shorter))
    options.progress?.(`made short by ${short.played} more`)
    counterExample = { ...counterExample, message: short.message, history: short.history }
  }
  return {
    seed,
    histories: played,
    steps,
    known: met,
    counterExample,
    pairs: pairs.size,
    allPairs: ALL_PAIRS,
    seconds: (performance.now() - started) / 1000,
  }
}

const brokenBy = (ground: Ground, history: readonly Command[]): Promise<string | null> =>
  playHistory(ground, history).then(
    () => null,
    (error: Error) => error.message,
  )
