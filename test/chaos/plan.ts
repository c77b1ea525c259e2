import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { SIMULATED_MALLS, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { HOSTILE_MAILS, type HostileMail } from '../support/mail/malformed-mails.ts'
import type { ChaosMall } from './malls.ts'

/**
 * Everything that a run does by chance, made before it starts from the seed alone. Times are milliseconds
 * since its start.
 */

export interface PlannedOrder {
  mall: ChaosMall
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
      planOrder(seeded(seed, n), Math.floor((n / orders) * driveMs), options),
    ),
    faults: planFaults(seeded(seed, -7), options),
    driveMs,
  }
}

function planOrder(
  dice: Seeded,
  at: number,
  { malls = SIMULATED_MALLS, unmailed, driveMs }: PlanOptions,
): PlannedOrder {
  const mall = dice.pick(malls)
  const drawn = dice.float()
  const isSwept = unmailed && (mall !== 'amazon' || at < Math.max(driveMs - LISTED_LATE_MS, driveMs / 3))
  const mail =
    drawn < 0.1 ? (isSwept ? 'never' : 'once') : drawn < 0.2 ? 'twice' : drawn < 0.3 ? 'early' : 'once'
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

/**
 * Amazon's list lies two minutes back: an order of the last moment that no mail told of would keep the whole
 * run waiting for it alone.
 */
const LISTED_LATE_MS = 120_000

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

// Every fault that a run can do, each once, with what chance decides of it: the deck that a plan deals from.

export const PROCESS_NAMES = ['api', 'listener-1', 'listener-2', 'worker-1', 'worker-2'] as const
export type ProcessName = (typeof PROCESS_NAMES)[number]

export const ROLES = ['api', 'listener', 'worker'] as const
/** Pairs of parts with a link of their own, as `role-server`. */
export type LinkName = `${(typeof ROLES)[number]}-${'postgres' | 'redis'}` | `worker-${SimulatedMall}`

export type Fault = { at: number; forMs: number } & (
  | { kind: 'kill' | 'freeze'; target: ProcessName }
  | { kind: 'postgres-cut' | 'postgres-away' | 'postgres-restart' | 'disk-full' }
  | { kind: 'postgres-black-hole' | 'postgres-read-only' | 'dns-gone' }
  | { kind: 'redis-flush' | 'redis-away' | 'redis-full' }
  | { kind: 'partition'; link: LinkName }
  | { kind: ImapFaultKind; mailbox: number }
  | { kind: 'hostile-mail'; mailbox: number; mail: HostileMail }
  | { kind: 'clock-step'; target: ProcessName | 'all'; stepOf: number }
  | { kind: 'mall'; mall: ChaosMall; fault: MallFaultKind }
)

export type ImapFaultKind =
  | 'imap-drop'
  | 'imap-bye'
  | 'imap-black-hole'
  | 'imap-slow'
  | 'imap-refuses'
  | 'imap-uidvalidity'
  | 'imap-fetch-no'

export type MallFaultKind =
  | '429'
  | '500'
  | '503-html'
  | '200-html'
  | 'slow'
  | 'slow-undone'
  | 'slow-5s'
  | '500-done'
  | 'cut'
  | 'broken-body'
  | 'list-unreadable'
  | 'token-expired'
  | 'key-refused'
  | 'maintenance'

type Card = Fault extends infer F ? (F extends Fault ? Omit<F, 'at'> : never) : never

interface DeckOptions {
  seed: number
  /** Orders come from them, and faults hit them. Default: the sandbox's. */
  malls?: readonly ChaosMall[]
  redis: boolean
  driveMs: number
  /**
   * As `--faults` gives them: `default`, `first`, `new`, `all`, names, or their first words; after a `-`
   * those are left out.
   */
  faults: readonly string[]
}

const HOUR_MS = 3_600_000

/**
 * Faults that the service does not stand yet, and what is the matter. They run when they are named, and
 * docs/reliability.md lists them as what they are.
 */
export const NOT_STOOD: ReadonlyMap<string, string> = new Map()

function deckOf(dice: Seeded, options: DeckOptions): Card[] {
  // Of their own dice: the first deck is dealt as before there were others.
  return [...firstDeck(dice, options), ...newDeck(seeded(options.seed, -17), options)].filter((card) =>
    isWanted(nameOf(card as Fault), options.faults),
  )
}

const NEW_WORDS: ReadonlySet<string> = new Set([
  ...['freeze', 'postgres-black-hole', 'postgres-read-only', 'dns-gone', 'redis-full', 'partition'],
  ...['imap-fetch-no', 'hostile-mail', 'mall slow-5s', 'mall list-unreadable'],
])

const firstWord = (name: string): string => (name.startsWith('mall ') ? name : (name.split(' ')[0] as string))

function isWanted(name: string, wishes: readonly string[]): boolean {
  const fits = (wish: string): boolean => {
    const isNew = NEW_WORDS.has(firstWord(name))
    if (wish === 'all') return true
    if (wish === 'default') return !NOT_STOOD.has(name) && !NOT_STOOD.has(firstWord(name))
    if (wish === 'new' || wish === 'first') return isNew === (wish === 'new')
    return name === wish || name.split(' ')[0] === wish
  }
  const wanted = wishes.filter((wish) => !wish.startsWith('-'))
  const unwanted = wishes.filter((wish) => wish.startsWith('-')).map((wish) => wish.slice(1))
  return (wanted.length === 0 || wanted.some(fits)) && !unwanted.some(fits)
}

// A short run would be over before so long a silence is.
const longestOf = (driveMs: number): number =>
  driveMs >= 100_000 ? 30_000 : driveMs >= 40_000 ? 12_000 : 6_000

function firstDeck(dice: Seeded, { malls = SIMULATED_MALLS, redis, driveMs }: DeckOptions): Card[] {
  const mailbox = () => dice.int(0, MAILBOXES - 1)
  const brief = () => dice.int(2_000, 6_000)
  const longest = longestOf(driveMs)
  const mall = (fault: MallFaultKind, among: readonly ChaosMall[] = malls, forMs = brief()): Card => ({
    kind: 'mall',
    fault,
    mall: dice.pick(among),
    forMs,
  })
  const step = (target: ProcessName | 'all', stepOf: number): Card => ({
    kind: 'clock-step',
    target,
    stepOf,
    forMs: dice.int(longest / 3, longest),
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
    mall(
      'key-refused',
      malls.filter((one) => one !== 'yahoo' && one !== 'amazon'),
    ),
    mall('maintenance', malls, dice.int(longest, 2 * longest)),
    ...(redis
      ? [
          { kind: 'redis-flush', forMs: 0 } as const,
          { kind: 'redis-away', forMs: dice.int(longest / 2, longest) } as const,
        ]
      : []),
  ]
}

function newDeck(dice: Seeded, { malls = SIMULATED_MALLS, redis, driveMs }: DeckOptions): Card[] {
  const longest = longestOf(driveMs)
  const mailbox = () => dice.int(0, MAILBOXES - 1)
  const long = () => dice.int(longest / 2, longest)
  const links: LinkName[] = [
    ...ROLES.map((role) => `${role}-postgres` as const),
    ...(redis ? ROLES.map((role) => `${role}-redis` as const) : []),
    ...malls.flatMap((mall) => (mall === 'connector' ? [] : [`worker-${mall}` as const])),
  ]
  return [
    // A minute where the run is long enough for it: longer than any lease here.
    { kind: 'freeze', target: dice.pick(['listener-1', 'worker-1']), forMs: 2 * longest },
    { kind: 'postgres-black-hole', forMs: long() },
    { kind: 'postgres-read-only', forMs: long() },
    { kind: 'dns-gone', forMs: long() },
    ...links.map((link): Card => ({ kind: 'partition', link, forMs: long() })),
    { kind: 'imap-fetch-no', mailbox: mailbox(), forMs: 2 * longest },
    ...HOSTILE_MAILS.map((mail): Card => ({ kind: 'hostile-mail', mailbox: mailbox(), mail, forMs: 0 })),
    { kind: 'mall', fault: 'slow-5s', mall: dice.pick(malls), forMs: 2 * longest },
    { kind: 'mall', fault: 'list-unreadable', mall: dice.pick(malls), forMs: 2 * longest },
    ...(redis ? [{ kind: 'redis-full', forMs: long() } as const] : []),
  ]
}

export const MAILBOXES = 2

/** How a fault is counted in the result. */
export const nameOf = (fault: Fault): string => {
  switch (fault.kind) {
    case 'kill':
      return `kill-9 ${fault.target.split('-')[0]}`
    case 'freeze':
      return `freeze ${fault.target.split('-')[0]}`
    case 'mall':
      return `mall ${fault.fault}`
    case 'partition':
      return `partition ${fault.link}`
    case 'hostile-mail':
      return `hostile-mail ${fault.mail}`
    case 'clock-step':
      return `clock-step ${fault.stepOf > 0 ? '+' : '−'}1 h ${fault.target === 'all' ? 'all' : 'one'}`
    default:
      return fault.kind
  }
}
