import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { SANDBOX_MALLS, type SandboxMall } from '../../sandbox/malls/index.ts'
import { type DeckOptions, deckOf, type Fault } from './deck.ts'

/**
 * Everything that a run does by chance, made before it starts from the seed alone. Times are milliseconds
 * since its start.
 */

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

export interface Plan {
  orders: PlannedOrder[]
  faults: Fault[]
  /** When the last order is placed, and no fault begins any more. */
  driveMs: number
}

export interface PlanOptions extends DeckOptions {
  orders: number
  /** Orders whose mail never comes: only where the sweep finds them. */
  unmailed: boolean
  /** Longest time between the beginnings of two faults, on average. */
  gapMs?: number
}

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
    mall,
    at,
    mail,
    look: dice.int(0, 4),
    mailAfter: Array.from({ length: copies }, mail === 'early' ? () => 0 : delay),
    visibleAfterSeconds: mail === 'early' ? dice.int(2, 12) : 0,
  }
}

const SHORTEST_GAP_MS = 1_200
const LONGEST_GAP_MS = 5_000

/** Dealt from a shuffled deck, so that a run that is long enough sees each kind. */
function planFaults(dice: Seeded, options: PlanOptions): Fault[] {
  const { driveMs, gapMs = LONGEST_GAP_MS } = options
  const size = deckOf(dice, options).length
  if (size === 0) return []
  const gap = Math.min(Math.max((driveMs * 0.85) / size, SHORTEST_GAP_MS), gapMs)
  const faults: Fault[] = []
  for (let at = 1_000; at < driveMs * 0.95; ) {
    for (const fault of shuffled(dice, deckOf(dice, options))) {
      if (at >= driveMs * 0.95) break
      faults.push({ ...fault, at: Math.floor(at) } as Fault)
      at += gap * (0.6 + dice.float() * 0.8)
    }
  }
  return faults
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
