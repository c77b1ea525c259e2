import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { SANDBOX_MALLS, type SandboxMall } from '../../sandbox/malls/index.ts'

/** Everything that a run does by chance, made before it starts from the seed alone. Times are milliseconds since its start. */

export interface PlannedOrder {
  mall: SandboxMall
  at: number
  /** What becomes of its mail. Early: it arrives before the mall's API knows the order. */
  mail: 'once' | 'twice' | 'never' | 'early'
  /** Of each copy, after the order; they pass each other on the way. */
  mailAfter: number[]
  /** Index of the first copy's look. */
  look: number
  visibleAfterSeconds: number
}

export const PROCESS_NAMES = ['api', 'listener-1', 'listener-2', 'worker-1', 'worker-2'] as const
export type ProcessName = (typeof PROCESS_NAMES)[number]

export type Fault = { at: number; forMs: number } & (
  | { kind: 'kill'; target: ProcessName }
  | { kind: 'postgres-cut' | 'postgres-away' | 'postgres-restart' | 'disk-full' }
  | { kind: 'redis-flush' | 'redis-away' }
  | { kind: ImapFaultKind; mailbox: number }
  | { kind: 'clock-step'; target: ProcessName | 'all'; stepOf: number }
  | { kind: 'mall'; mall: SandboxMall; fault: MallFaultKind }
)

export type ImapFaultKind =
  | 'imap-drop'
  | 'imap-bye'
  | 'imap-black-hole'
  | 'imap-slow'
  | 'imap-refuses'
  | 'imap-uidvalidity'

export type MallFaultKind =
  | '429'
  | '500'
  | '503-html'
  | '200-html'
  | 'slow'
  | 'slow-undone'
  | '500-done'
  | 'cut'
  | 'broken-body'
  | 'token-expired'
  | 'key-refused'
  | 'maintenance'

export interface Plan {
  orders: PlannedOrder[]
  faults: Fault[]
  /** When the last order is placed, and no fault begins any more. */
  driveMs: number
}

export interface PlanOptions {
  orders: number
  seed: number
  redis: boolean
  driveMs: number
  /** Orders whose mail never comes: only where the sweep finds them. */
  unmailed: boolean
}

export const MAILBOXES = 2

export function makePlan(options: PlanOptions): Plan {
  const { orders, seed, driveMs } = options
  return {
    orders: Array.from({ length: orders }, (_, n) =>
      planOrder(seeded(seed, n), Math.floor((n / orders) * driveMs), options.unmailed),
    ),
    faults: planFaults(seeded(seed, -7), options),
    driveMs,
  }
}

function planOrder(dice: Seeded, at: number, unmailed: boolean): PlannedOrder {
  const mall = dice.pick(SANDBOX_MALLS)
  const drawn = dice.float()
  const mail =
    drawn < 0.1 ? (unmailed ? 'never' : 'once') : drawn < 0.2 ? 'twice' : drawn < 0.3 ? 'early' : 'once'
  const delay = () => (dice.chance(0.7) ? dice.int(0, 300) : dice.int(500, 8_000))
  const copies = { never: 0, once: 1, early: 1, twice: 2 }[mail]
  return {
    ...{ mall, at, mail, look: dice.int(0, 4) },
    mailAfter: Array.from({ length: copies }, mail === 'early' ? () => 0 : delay),
    visibleAfterSeconds: mail === 'early' ? dice.int(2, 12) : 0,
  }
}

const SHORTEST_GAP_MS = 1_200
const LONGEST_GAP_MS = 5_000
const HOUR_MS = 3_600_000

/** Dealt from a shuffled deck, so that a run that is long enough sees each kind. */
function planFaults(dice: Seeded, { driveMs, redis }: PlanOptions): Fault[] {
  const size = deckOf(dice, redis, driveMs).length
  const gap = Math.min(Math.max((driveMs * 0.85) / size, SHORTEST_GAP_MS), LONGEST_GAP_MS)
  const faults: Fault[] = []
  for (let at = 1_000; at < driveMs * 0.95; ) {
    for (const fault of shuffled(dice, deckOf(dice, redis, driveMs))) {
      if (at >= driveMs * 0.95) break
      faults.push({ ...fault, at: Math.floor(at) } as Fault)
      at += gap * (0.6 + dice.float() * 0.8)
    }
  }
  return faults
}

type Card = Fault extends infer F ? (F extends Fault ? Omit<F, 'at'> : never) : never

function deckOf(dice: Seeded, redis: boolean, driveMs: number): Card[] {
  const mailbox = () => dice.int(0, MAILBOXES - 1)
  const brief = () => dice.int(2_000, 6_000)
  // A short run would be over before so long a silence is.
  const longest = driveMs >= 100_000 ? 30_000 : driveMs >= 40_000 ? 12_000 : 6_000
  const mall = (
    fault: MallFaultKind,
    malls: readonly SandboxMall[] = SANDBOX_MALLS,
    forMs = brief(),
  ): Card => ({ ...{ kind: 'mall', fault, mall: dice.pick(malls), forMs } })
  const step = (target: ProcessName | 'all', stepOf: number): Card => ({
    ...{ kind: 'clock-step', target, stepOf, forMs: dice.int(longest / 3, longest) },
  })
  return [
    ...PROCESS_NAMES.map((target): Card => ({ kind: 'kill', target, forMs: dice.int(300, 3_000) })),
    { kind: 'postgres-cut', forMs: 0 },
    { kind: 'postgres-away', forMs: dice.int(longest / 2, longest) },
    { kind: 'postgres-restart', forMs: 0 },
    { kind: 'disk-full', forMs: brief() },
    step('all', HOUR_MS),
    step('all', -HOUR_MS),
    step(dice.pick(PROCESS_NAMES), dice.pick([HOUR_MS, -HOUR_MS])),
    { kind: 'imap-drop', mailbox: mailbox(), forMs: 0 },
    { kind: 'imap-bye', mailbox: mailbox(), forMs: 0 },
    { kind: 'imap-black-hole', mailbox: mailbox(), forMs: 0 },
    { kind: 'imap-slow', mailbox: mailbox(), forMs: brief() },
    { kind: 'imap-refuses', mailbox: mailbox(), forMs: brief() },
    { kind: 'imap-uidvalidity', mailbox: mailbox(), forMs: 0 },
    ...(
      ['429', '500', '503-html', '200-html', 'slow', 'slow-undone', '500-done', 'cut', 'broken-body'] as const
    ).map((fault) => mall(fault)),
    mall('token-expired', ['yahoo', 'amazon']),
    mall('key-refused', ['rakuten', 'aupay']),
    mall('maintenance', SANDBOX_MALLS, dice.int(longest, 2 * longest)),
    ...(redis
      ? [
          { kind: 'redis-flush', forMs: 0 } as const,
          { kind: 'redis-away', forMs: dice.int(longest / 2, longest) } as const,
        ]
      : []),
  ]
}

function shuffled<T>(dice: Seeded, list: T[]): T[] {
  for (let n = list.length - 1; n > 0; n -= 1) {
    const other = dice.int(0, n)
    const kept = list[n] as T
    list[n] = list[other] as T
    list[other] = kept
  }
  return list
}

/** How a fault is counted in the result. */
export const nameOf = (fault: Fault): string =>
  fault.kind === 'kill'
    ? `kill-9 ${fault.target.split('-')[0]}`
    : fault.kind === 'mall'
      ? `mall ${fault.fault}`
      : fault.kind === 'clock-step'
        ? `clock-step ${fault.stepOf > 0 ? '+' : '−'}1 h ${fault.target === 'all' ? 'all' : 'one'}`
        : fault.kind
