import { notUnderstood } from './actors.ts'
import { type Command, readable } from './commands.ts'
import { ALL_PAIRS, addPairs, type Pairs } from './coverage.ts'
import { historyAt } from './generator.ts'
import { checkRest, checkStep } from './invariants.ts'
import { beginLife, comeToRest, endLife, play } from './life.ts'
import { shrink } from './shrink.ts'
import { FILES, type Ground, RAKUTEN } from './world.ts'

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
  /** Plays on behind what broke, and tells the place of each. */
  goesOn?: boolean
  /** Plays these instead of drawn ones. */
  given?: readonly (readonly Command[])[]
  /** Places of the histories in the order in which they are played, instead of `from` and so many. */
  places?: readonly number[]
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
  /** Places of the histories that broke. */
  broken: number[]
  /** Statements that Postgres did not understand. */
  notUnderstood: string[]
  /** The first. */
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

/** An order comes in at this shop by one of them. */
const sellsAt = (commands: readonly Command[], shop: number): boolean =>
  commands.some((command) => {
    if (command.do === 'both') return sellsAt([command.left, command.right], shop)
    if ('action' in command && typeof command.action === 'object') return sellsAt([command.action], shop)
    return command.do === 'order' && command.shop === shop
  })

/** Plays one history to its rest. @throws BrokenIn */
export async function playHistory(ground: Ground, commands: readonly Command[]): Promise<number> {
  const more = { rakuten: sellsAt(commands, RAKUTEN), files: sellsAt(commands, FILES) }
  const life = await beginLife(ground, 1, more)
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
  const { goesOn = false } = options
  const { given } = options
  const places = options.places ?? Array.from({ length: given?.length ?? histories }, (_, n) => from + n)
  const broken: number[] = []
  const started = performance.now()
  const pairs: Pairs = new Set()
  let [played, steps, met] = [0, 0, 0]
  let counterExample: CounterExample | null = null
  for (const index of places) {
    if (performance.now() - started > limitMs || (broken.length > 0 && !goesOn)) break
    const history = [...(given?.[index - from] ?? historyAt(seed, index))]
    addPairs(pairs, history)
    played += 1
    try {
      steps += await playHistory(ground, history)
    } catch (error) {
      if (!(error instanceof BrokenIn)) throw error
      steps += error.step
      if (known.some((one) => one.test(error.message))) met += 1
      else {
        broken.push(index)
        counterExample ??= { seed, index, step: error.step, message: error.message, history }
        if (goesOn) options.progress?.(`history ${index} broke: ${error.message.split('\n')[0]}`)
      }
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
    broken,
    notUnderstood,
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
