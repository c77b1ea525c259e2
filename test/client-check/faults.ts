import { seeded } from '../../sandbox/kit/seeded.ts'

/** What may happen to a call between a client and the service, as it is told in the trace. */
const FAULTS = {
  'request lost': 'never reaches the service; the line is cut',
  'late copy': 'the line is cut; the request reaches the service later, when the client has gone on',
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

/** What a run promises to do to a pull. The others need an answer with orders to do any harm. */
const WITHOUT_ORDERS: ReadonlySet<Fault> = new Set(['request lost', '429', '503', '502 page', '200 page'])

export const needsOrders = (fault: Fault): boolean => OFTEN.includes(fault) && !WITHOUT_ORDERS.has(fault)

export interface FaultPlan {
  seed: number
  /** Of all calls, 0 to 1. */
  share: number
  /** Restarts in all: each takes some seconds. */
  restarts: number
  /** Answers that are late, at most. */
  delayMs: number
}

/** The faults that have to meet a pull before a run without findings counts as one. */
export const promisedFaults = ({
  share,
  restarts,
}: Pick<FaultPlan, 'share' | 'restarts'>): readonly Fault[] =>
  share === 0 ? [] : [...OFTEN, ...(restarts > 0 ? (['restart'] as const) : [])]

/** So that each kind meets a pull with orders, where there are few of these. */
const SHARE_OF_PULLS = 0.7

/**
 * Each kind comes as soon as there are calls enough: they take turns in a shuffled order, and chance says
 * when. Pulls have turns of their own, and until each kind has met one they are hit more often.
 */
export function createFaults({ seed, share, restarts }: FaultPlan) {
  const dice = seeded(seed, -21)
  let round: Fault[] = []
  let ofPulls = shuffled(OFTEN, dice.float)
  let isFirstRound = true
  let restartsLeft = restarts
  let calls = 0
  return {
    next(isPull: boolean): Fault | null {
      calls += 1
      if (!dice.chance(isPull && isFirstRound && share > 0 ? Math.max(share, SHARE_OF_PULLS) : share))
        return null
      if (isPull && restartsLeft > 0 && calls > 10 && dice.chance(0.3)) {
        restartsLeft -= 1
        return 'restart'
      }
      if (!isPull) {
        if (round.length === 0) round = shuffled(OFTEN, dice.float)
        return round.pop() as Fault
      }
      if (ofPulls.length === 0) {
        ofPulls = shuffled(OFTEN, dice.float)
        isFirstRound = false
      }
      return ofPulls.pop() as Fault
    },
    /** It met a pull that had nothing to lose: its turn comes again. */
    again(fault: Fault): void {
      ofPulls.splice(dice.int(0, ofPulls.length), 0, fault)
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
