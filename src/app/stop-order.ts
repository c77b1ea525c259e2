import type { Logger } from '../platform/logger.ts'
import { settlesWithin } from '../platform/timeout.ts'

/** The order in which things stop: first what brings new work in, last what all others write to. */
export const STOP_ORDER = [
  'readiness',
  'listener',
  'http',
  'workers',
  'redis',
  'mall connections',
  'traces',
  'clock',
  'database',
  'embedded postgres',
  'logs',
] as const
export type StopName = (typeof STOP_ORDER)[number]

/** Milliseconds for each. A slice of a shop's work ends within seconds, a request within its own limit. */
const LIMITS_MS: Record<StopName, number> = {
  // As long as DRAIN_SECONDS may say, and a moment.
  readiness: 301_000,
  listener: 5_000,
  http: 10_000,
  workers: 15_000,
  redis: 2_000,
  'mall connections': 2_000,
  traces: 3_000,
  clock: 1_000,
  database: 5_000,
  'embedded postgres': 20_000,
  logs: 1_000,
}

type StopStep = (limitMs: number) => Promise<unknown>

export interface StopResult {
  name: StopName
  outcome: 'stopped' | 'failed' | 'late'
}

export interface StopList {
  /** Says how something that was started is to be stopped. Several of one name stop side by side. */
  add(name: StopName, step: StopStep): void
  /** Stops everything once; later calls wait for the same end. Never rejects: a failing step is logged. */
  run(): Promise<StopResult[]>
}

export function createStopList(log: Logger, limits: Partial<Record<StopName, number>> = {}): StopList {
  const steps: { name: StopName; step: StopStep }[] = []
  let running: Promise<StopResult[]> | null = null

  async function runAll(): Promise<StopResult[]> {
    const results: StopResult[] = []
    for (const name of STOP_ORDER) {
      const phase = steps.filter((entry) => entry.name === name)
      const limit = limits[name] ?? LIMITS_MS[name]
      results.push(...(await Promise.all(phase.map(({ step }) => runStep(name, step, limit, log)))))
    }
    return results
  }

  return {
    add(name, step) {
      steps.push({ name, step })
    },
    run() {
      running ??= runAll()
      return running
    },
  }
}

async function runStep(name: StopName, step: StopStep, limitMs: number, log: Logger): Promise<StopResult> {
  const begun = performance.now()
  // A step may also throw before its first await.
  const stopping = (async () => void (await step(limitMs)))()
  const outcome = (await settlesWithin(limitMs, stopping)) ? 'stopped' : 'late'
  try {
    if (outcome === 'stopped') await stopping
    log.debug({ phase: name, ms: Math.round(performance.now() - begun), outcome }, 'stop')
    if (outcome === 'late') log.warn({ phase: name, limitMs }, 'did not stop in time; going on')
    return { name, outcome }
  } catch (err) {
    log.error({ err, phase: name }, 'did not stop well; going on')
    return { name, outcome: 'failed' }
  }
}

/** One Ctrl-C arrives twice: from the terminal, which signals the process group, and from npm. */
const SAME_WISH_MS = 1_000

interface StopSignals {
  /** The first SIGTERM or SIGINT. */
  readonly first: Promise<NodeJS.Signals>
  /** Aborted by it. */
  readonly signal: AbortSignal
}

/** Listens from now on; a second wish, a moment later, ends the process at once. */
export function stopSignals(): StopSignals {
  const ending = new AbortController()
  const first = new Promise<NodeJS.Signals>((resolve) => {
    let since: number | null = null
    const onSignal = (name: NodeJS.Signals) => {
      if (since !== null && performance.now() - since > SAME_WISH_MS) process.exit(1)
      since ??= performance.now()
      ending.abort(new Error(`${name} while it was starting`))
      resolve(name)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
  return { first, signal: ending.signal }
}
