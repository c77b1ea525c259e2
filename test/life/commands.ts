import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from './world.ts'

/**
 * What may happen to an order, its mall, its shop and the service: plain data, so that a history can be kept
 * and played again.
 */

/**
 * Orders and buyers are named by their place in the history; of more than there are, counting begins anew.
 */
export type Action =
  /**
   * A buyer orders. `fresh`: within the ten minutes in which it cannot be changed. `preorder`: released in
   * `days`. `twin`: with name and address of this buyer's newest order, so that both can go into one parcel.
   */
  | {
      do: 'order'
      shop: 0 | 1
      buyer: number
      twin?: boolean
      mailed: boolean
      kind: 'ready' | 'fresh' | 'preorder'
      days: number
    }
  /** The newest mail of an order, once more or for the first time. */
  | { do: 'mail'; order: number }
  /** A tick of the scheduler, and what it woke. */
  | { do: 'work' }
  | { do: 'import'; order: number }
  | { do: 'reread'; order: number }
  /** One of two people at the desk. `blind`: on the version that this person saw last. */
  | { do: 'edit'; order: number; by: 0 | 1; blind: boolean }
  | { do: 'move'; order: number; to: (typeof STATUSES)[number] }
  /** `again`: the newest key once more, as a client does that got no answer. */
  | { do: 'pull'; again: boolean }
  | { do: 'change'; order: number; action: (typeof CHANGES)[number] }
  /** A buyer cancels; the mall's list says it at once, its detail only after `lag` calls. */
  | { do: 'mallCancel'; order: number; lag: number; mailed: boolean }
  | { do: 'mallAddress'; order: number; mailed: boolean }
  /** The mall moves the release of a pre-order, or lets it go now. */
  | { do: 'mallRelease'; order: number; days: number }
  | { do: 'erase'; buyer: number; by: 'phone' | 'email' | 'number' }
  | { do: 'retention' }
  | { do: 'webhook'; on: boolean }
  /** The receiver of the webhook answers 500 from now on, or takes what comes. */
  | { do: 'deaf'; on: boolean }
  | { do: 'deliver' }
  | { do: 'follow' }
  | { do: 'label'; order: number }
  | { do: 'tracking'; order: number }

export type Command =
  | Action
  /** The process dies at its `at`-th await. */
  | { do: 'crash'; at: number; action: Action }
  /** Two at once: so many statements of the left one, then so many of the right one, and so on. */
  | { do: 'both'; runs: number[]; left: Action; right: Action }
  /** Lets time pass with the service at work. */
  | { do: 'time'; ms: number }
  | { do: 'backup' }
  /** From here on the standby, another server, gets nothing any more. */
  | { do: 'standby' }
  /** The newest backup on another server, or the standby where that is newer; what was done since is lost. */
  | { do: 'restore' }

const STATUSES = [
  'auto_imported',
  'new',
  'awaiting_payment',
  'ready_to_ship',
  'on_hold',
  'cancelled',
] as const
const CHANGES = ['confirm', 'ship', 'parts', 'correct', 'complete', 'fee'] as const
const TIMES = [
  SECOND,
  31 * SECOND,
  5 * MINUTE,
  11 * MINUTE,
  HOUR,
  13 * HOUR,
  3 * DAY,
  31 * DAY,
  61 * DAY,
  120 * DAY,
]

const order = fc.nat({ max: 3 })
const record = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) => fc.record(model)
const just = <T extends string>(name: T) => fc.constant(name)

type Weighted = { weight: number; arbitrary: fc.Arbitrary<Action> }
const weighted = (weight: number, arbitrary: fc.Arbitrary<unknown>): Weighted => ({
  weight,
  arbitrary: arbitrary as fc.Arbitrary<Action>,
})

const action = fc.oneof(
  weighted(
    6,
    record({
      do: just('order'),
      shop: fc.constantFrom(0, 0, 1),
      buyer: fc.nat({ max: 1 }),
      twin: fc.boolean(),
      mailed: fc.boolean(),
      kind: fc.constantFrom('ready', 'ready', 'fresh', 'preorder'),
      days: fc.constantFrom(3, 40, 61, 90),
    }),
  ),
  weighted(1, record({ do: just('mail'), order })),
  weighted(6, record({ do: just('work') })),
  weighted(1, record({ do: just('import'), order })),
  weighted(1, record({ do: just('reread'), order })),
  weighted(3, record({ do: just('edit'), order, by: fc.constantFrom(0, 1), blind: fc.boolean() })),
  weighted(1, record({ do: just('move'), order, to: fc.constantFrom(...STATUSES) })),
  weighted(3, record({ do: just('pull'), again: fc.boolean() })),
  weighted(3, record({ do: just('change'), order, action: fc.constantFrom(...CHANGES) })),
  weighted(2, record({ do: just('mallCancel'), order, lag: fc.nat({ max: 2 }), mailed: fc.boolean() })),
  weighted(1, record({ do: just('mallAddress'), order, mailed: fc.boolean() })),
  weighted(1, record({ do: just('mallRelease'), order, days: fc.constantFrom(0, 5, 70) })),
  weighted(
    2,
    record({
      do: just('erase'),
      buyer: fc.nat({ max: 1 }),
      by: fc.constantFrom('phone', 'email', 'number'),
    }),
  ),
  weighted(1, record({ do: just('retention') })),
  weighted(1, record({ do: just('webhook'), on: fc.boolean() })),
  weighted(1, record({ do: just('deaf'), on: fc.boolean() })),
  weighted(1, record({ do: just('deliver') })),
  weighted(1, record({ do: just('follow') })),
  weighted(1, record({ do: just('label'), order })),
  weighted(1, record({ do: just('tracking'), order })),
)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 20, arbitrary: action },
  { weight: 4, arbitrary: fc.record({ do: just('crash'), at: fc.nat({ max: 60 }), action }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: just('both'),
      runs: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }),
      left: action,
      right: action,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: just('time'), ms: fc.constantFrom(...TIMES) }) },
  { weight: 1, arbitrary: fc.record({ do: just('backup') }) },
  { weight: 1, arbitrary: fc.record({ do: just('standby') }) },
  { weight: 2, arbitrary: fc.record({ do: just('restore') }) },
)

/** A history: it begins with an order, without which most commands are nothing. */
export const history: fc.Arbitrary<Command[]> = fc
  .tuple(
    fc.record({
      do: just('order'),
      shop: fc.constantFrom<0 | 1>(0, 1),
      buyer: fc.nat({ max: 1 }),
      mailed: fc.boolean(),
      kind: fc.constantFrom<'ready' | 'fresh' | 'preorder'>('ready', 'fresh', 'preorder'),
      days: fc.constantFrom(3, 61, 90),
    }),
    fc.array(command, { minLength: 2, maxLength: 14 }),
  )
  .map(([first, rest]) => [first, ...rest])

/** As a person reads it. */
export function readable(command: Command): string {
  if (command.do === 'crash') return `dies at await ${command.at}: ${readable(command.action)}`
  if (command.do === 'both') {
    return `at once (${command.runs.join(' ')}): ${readable(command.left)} | ${readable(command.right)}`
  }
  if (command.do === 'time') return `time ${duration(command.ms)}`
  const { do: name, ...facts } = command
  const said = Object.entries(facts).map(([key, value]) => `${key} ${value}`)
  return said.length === 0 ? name : `${name} (${said.join(', ')})`
}

function duration(ms: number): string {
  for (const [unit, length] of [
    ['d', DAY],
    ['h', HOUR],
    ['min', MINUTE],
  ] as const)
    if (ms >= length) return `${ms / length} ${unit}`
  return `${ms / SECOND} s`
}
