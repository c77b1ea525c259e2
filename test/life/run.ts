import fc from 'fast-check'
import { type Command, history, readable } from './commands.ts'
import { checkRest, checkStep } from './invariants.ts'
import { beginLife, comeToRest, endLife, play } from './life.ts'
import type { Ground } from './world.ts'

/** Plays generated histories until one breaks an invariant, and makes that one small. */

export interface LifeOptions {
  ground: Ground
  seed: number
  histories: number
  /** fast-check's path to a failure of an earlier run with the same seed. */
  path?: string
  /** false: the first failure is told as it is; making it small plays hundreds of further histories. */
  shrinks: boolean
  /** What is known to be broken still: such a history counts, and the run goes on. */
  known: readonly RegExp[]
  progress?: (text: string) => void
}

interface CounterExample {
  seed: number
  path: string | null
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
  counterExample: CounterExample | null
}

/** Plays one history to its rest. @throws Broken */
export async function playHistory(ground: Ground, commands: readonly Command[]): Promise<number> {
  const life = await beginLife(ground, 1)
  try {
    for (const [index, command] of commands.entries())
      await told(commands, index, async () => {
        await play(life, command)
        await checkStep(life)
      })
    await told(commands, commands.length, async () => {
      await comeToRest(life)
      await checkRest(life)
    })
    return life.steps
  } finally {
    await endLife(life)
  }
}

async function told(commands: readonly Command[], index: number, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const at = index < commands.length ? `in step ${index + 1}` : 'at rest'
    const lines = commands.map((command, step) => `  ${step + 1}. ${readable(command)}`).join('\n')
    const said = error instanceof Error ? error : new Error(String(error))
    throw new Error(`${said.message} (${at})\n${lines}`, { cause: error })
  }
}

export async function runLife(options: LifeOptions): Promise<LifeResult> {
  const { ground, seed, histories, path, shrinks, known, progress } = options
  const started = performance.now()
  let played = 0
  let steps = 0
  let met = 0
  const details = await fc.check(
    fc.asyncProperty(history, async (commands) => {
      steps += await playHistory(ground, commands).catch((error: Error) => {
        if (!known.some((one) => one.test(error.message))) throw error
        met += 1
        return commands.length
      })
      played += 1
      if (played % 25 === 0) progress?.(`${played} histories, ${steps} steps`)
    }),
    { numRuns: histories, seed, endOnFailure: !shrinks, ...(path === undefined ? {} : { path }) },
  )
  const error = details.errorInstance
  return {
    seed,
    histories: played,
    steps,
    seconds: (performance.now() - started) / 1000,
    known: met,
    counterExample: details.failed
      ? {
          seed,
          path: details.counterexamplePath,
          message: error instanceof Error ? error.message : String(error),
          history: details.counterexample?.[0] ?? [],
        }
      : null,
  }
}
