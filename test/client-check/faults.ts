import { seeded } from '../../sandbox/kit/seeded.ts'

/** What may happen to a call between a client and the service, as it is told in the trace. */
const FAULTS = {
  'request lost': 'never reaches the service; the line is cut',
  'answer lost': 'is done; the line is cut before the answer',
  'answer cut': 'is done; the line is cut in the middle of the answer',
  'sent twice': 'reaches the service twice; the later answer goes to the client',
  delayed: 'is done; the answer comes late',
  '429': 'is not done; wait as Retry-After says',
  '503': 'is not done; wait as Retry-After says',
  '503 after': 'is done, and answered with 503 all the same',
  '409': 'is done, and answered with 409',
  '412': 'is done, and answered with 412',
  '502 page': 'is not done; a proxy answers with a page of HTML',
  '200 page': 'is not done; the sign-in page of a network answers 200',
  'stream ended': 'of a stream of events: is cut in the middle of an event',
  restart: 'the service is killed while it works on the call, and started again',
} as const
export type Fault = keyof typeof FAULTS

const OFTEN: readonly Fault[] = (Object.keys(FAULTS) as Fault[]).filter(
  (fault) => fault !== 'restart' && fault !== 'stream ended',
)

export interface FaultPlan {
  seed: number
  /** Of all calls, 0 to 1. */
  share: number
  /** Restarts in all: each takes some seconds. */
  restarts: number
  /** Answers that are late, at most. */
  delayMs: number
}

/**
 * Each kind comes as soon as there are calls enough: they take turns in a shuffled order, and chance says
 * when.
 */
export function createFaults({ seed, share, restarts }: FaultPlan) {
  const dice = seeded(seed, -21)
  let round: Fault[] = []
  let restartsLeft = restarts
  let calls = 0
  return {
    next(): Fault | null {
      calls += 1
      if (!dice.chance(share)) return null
      if (restartsLeft > 0 && calls > 10 && dice.chance(0.1)) {
        restartsLeft -= 1
        return 'restart'
      }
      if (round.length === 0) round = shuffled(OFTEN, dice.float)
      return round.pop() as Fault
    },
    dice,
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value)
}
