import { expect, test } from 'vitest'
import { type Command, type Decision, decide, type Side } from './decide.ts'

/**
 * Every order of commands on two installations: repeats, crashes between two commits, files and words that
 * come late, twice or at the wrong side, a way back, a restore of either side to any earlier state, a
 * contract that ends, and the loss of the side that the tenant went to.
 */

const NAMES = ['A', 'B'] as const
type Name = (typeof NAMES)[number]
type Rules = (side: Side, command: Command) => Decision

/** One installation. `has`: how many of the tenant's writes it holds. */
interface Stack {
  side: Side
  has: number
  /** Of its audit, which is exported elsewhere and done again after a restore. */
  audit: readonly { action: 'moved' | 'started'; move: string }[]
  backups: readonly { side: Side; has: number; audit: number }[]
  /** For good, with all its backups. */
  lost: boolean
}

interface World {
  A: Stack
  B: Stack
  writes: number
  exports: readonly { move: string; from: Name; has: number }[]
  /** What was given out once stays known to somebody. */
  receipts: readonly string[]
  words: readonly string[]
  restores: number
  ends: number
  /** A tenant whose contract ended was deleted, or was started all the same. */
  deleted: boolean
  startedEnded: boolean
}

const MOST_WRITES = 1

interface Bounds {
  exports: number
  restores: number
  ends?: number
  losses?: number
}

const empty: Stack = {
  side: { state: 'absent', move: null, started: [], ended: false },
  has: 0,
  audit: [],
  backups: [],
  lost: false,
}
const FIRST: World = {
  A: { ...empty, side: { ...empty.side, state: 'here' } },
  B: empty,
  writes: 0,
  exports: [],
  receipts: [],
  words: [],
  restores: 0,
  ends: 0,
  deleted: false,
  startedEnded: false,
}

const withOne = (list: readonly string[], one: string) => [...new Set([...list, one])].toSorted()

function* next(world: World, rules: Rules, most: Bounds): Generator<World> {
  for (const name of NAMES) {
    const stack = world[name]
    const other = world[name === 'A' ? 'B' : 'A']
    if (stack.lost) continue
    const commands: Command[] = [
      ...(world.exports.length < most.exports
        ? [{ name: 'export', move: `m${world.exports.length + 1}` } as const]
        : []),
      // Sealed for the other side's key, it opens nowhere else.
      ...world.exports
        .filter(({ from }) => from !== name)
        .map(({ move }) => ({ name: 'import', move }) as const),
      ...world.receipts.map((move) => ({ name: 'release', move }) as const),
      ...world.words.map((move) => ({ name: 'start', move }) as const),
      { name: 'keep', otherIsLost: other.lost },
      { name: 'drop' },
    ]
    for (const command of commands) {
      const decision = rules(stack.side, command)
      if (decision.act !== 'refuse') yield after(world, name, command, decision)
    }
    yield* contract(world, name, most)
    if (most.losses && !other.lost && other.side.state === 'gone')
      yield { ...world, [name]: { ...empty, lost: true } }
    if (runs(stack) && world.writes < MOST_WRITES)
      yield { ...world, writes: world.writes + 1, [name]: { ...stack, has: stack.has + 1 } }
    if (world.restores >= most.restores) continue
    const { side, has, audit } = stack
    if (stack.backups.length === 0)
      yield { ...world, [name]: { ...stack, backups: [{ side, has, audit: audit.length }] } }
    for (const backup of stack.backups)
      yield { ...world, restores: world.restores + 1, [name]: { ...stack, ...restored(stack, backup) } }
  }
}

const runs = ({ side }: Stack) => side.state === 'here' && !side.ended

/** Rows go, moves stay. A process of 1.1.0 also ends the contract of a tenant that has arrived. */
function* contract(world: World, name: Name, most: Bounds): Generator<World> {
  const { [name]: stack } = world
  const { side } = stack
  const become = (next: Partial<Side>, more: Partial<World> = {}): World => ({
    ...world,
    ...more,
    [name]: { ...stack, side: { ...side, ...next } },
  })
  const absent = { state: 'absent', move: null, ended: false } as const
  // Whoever has lost the other side keeps these rows.
  if (side.state === 'gone' && !world[name === 'A' ? 'B' : 'A'].lost) yield become(absent)
  if (side.ended) {
    yield become(absent, { deleted: world.deleted || side.state === 'here' })
    if (side.state === 'here') yield become({ ended: false })
  } else if (world.ends < (most.ends ?? 0) && (side.state === 'here' || side.state === 'arrived'))
    yield become({ ended: true }, { ends: world.ends + 1 })
}

function after(world: World, name: Name, command: Command, decision: Decision): World {
  const stack = world[name]
  const side = decision.act === 'do' ? decision.next : stack.side
  const changed = { ...world, [name]: { ...stack, side } }
  switch (command.name) {
    case 'export':
      return { ...changed, exports: [...world.exports, { move: command.move, from: name, has: stack.has }] }
    case 'import': {
      const has = world.exports.find(({ move }) => move === command.move)?.has ?? 0
      const receipts = withOne(world.receipts, command.move)
      return decision.act === 'repeat'
        ? { ...changed, receipts }
        : { ...changed, receipts, [name]: { ...stack, side, has } }
    }
    case 'release':
    case 'start': {
      const action = command.name === 'release' ? 'moved' : 'started'
      const audit = decision.act === 'do' ? [...stack.audit, { action, move: command.move }] : stack.audit
      const words = command.name === 'release' ? withOne(world.words, command.move) : world.words
      const startedEnded = world.startedEnded || (action === 'started' && stack.side.ended && !side.ended)
      return { ...changed, words, startedEnded, [name]: { ...stack, side, audit } }
    }
    default:
      return changed
  }
}

/** As `ops after-restore` with the lost audit leaves it. */
function restored({ audit }: Stack, backup: Stack['backups'][number]): Pick<Stack, 'side' | 'has'> {
  let { side } = backup
  for (const { action, move } of audit.slice(backup.audit)) {
    if (action === 'started') {
      const runs =
        side.state === 'arrived' && side.move === move ? ({ state: 'here', move: null } as const) : {}
      side = { ...side, ...runs, started: withOne(side.started, move) }
    } else if (side.state !== 'absent') side = { ...side, state: 'gone', move }
  }
  return { side, has: backup.has }
}

function faults(world: World): string[] {
  const running = NAMES.filter((name) => runs(world[name]))
  const isWhole = world.restores === 0 && !NAMES.some((name) => world[name].lost)
  const stale = isWhole && running.some((name) => world[name].has !== world.writes)
  return [
    ...(running.length > 1 ? ['both sides run'] : []),
    ...(stale ? ['what runs lacks what was written'] : []),
    ...(world.startedEnded ? ['a contract that ended is started'] : []),
  ]
}

function explore(rules: Rules, most: Bounds): { worlds: number; faults: string[] } {
  const seen = new Map<string, string[]>()
  const found = new Set<string>()
  const waiting = [FIRST]
  const alive: string[] = []
  for (let world = waiting.pop(); world !== undefined; world = waiting.pop()) {
    const key = JSON.stringify(world)
    if (seen.has(key)) continue
    for (const fault of faults(world)) found.add(fault)
    if (world.deleted || NAMES.some((name) => runs(world[name]))) alive.push(key)
    const onwards = [...next(world, rules, most)]
    // Dead ends are looked for without restores alone: those may ask for a file that is gone.
    seen.set(key, most.restores === 0 ? onwards.map((one) => JSON.stringify(one)) : [])
    waiting.push(...onwards)
  }
  if (most.restores === 0 && stuck(seen, alive) > 0) found.add('the tenant can run nowhere any more')
  return { worlds: seen.size, faults: [...found].toSorted() }
}

/** How many worlds lead to none in which the tenant runs. */
function stuck(seen: ReadonlyMap<string, readonly string[]>, ends: readonly string[]): number {
  const before = new Map<string, string[]>()
  for (const [key, onwards] of seen)
    for (const one of onwards) before.set(one, [...(before.get(one) ?? []), key])
  const alive = new Set(ends)
  const waiting = [...ends]
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
    for (const one of before.get(key) ?? [])
      if (!alive.has(one)) {
        alive.add(one)
        waiting.push(one)
      }
  return seen.size - alive.size
}

test('in no order of commands both sides run, one lacks a write, or none can run any more', () => {
  const { worlds, faults } = explore(decide, { exports: 3, restores: 0 })
  expect(faults).toEqual([])
  expect(worlds).toBeGreaterThan(500)
})

test('nor with a restore of either side', () => {
  expect(explore(decide, { exports: 2, restores: 1 }).faults).toEqual([])
})

test('nor where a contract ends, or the side is lost that the tenant went to', () => {
  expect(explore(decide, WITH_ENDS).faults).toEqual([])
})

const WITH_ENDS = { exports: 2, restores: 0, ends: 1, losses: 1 }

/** Rules with one mistake each. */
const PLANTED: Readonly<Record<string, Rules>> = {
  'a start without the word of a release': (side, command) =>
    command.name === 'import' && side.state === 'absent'
      ? { act: 'do', next: { ...side, state: 'here', move: null, started: [command.move] } }
      : decide(side, command),
  'a receipt of any export': (side, command) =>
    command.name === 'release' && side.state === 'leaving'
      ? { act: 'do', next: { ...side, state: 'gone' } }
      : decide(side, command),
  'a tenant that is kept after its release': (side, command) =>
    command.name === 'keep' && side.state === 'gone'
      ? { act: 'do', next: { ...side, state: 'here', move: null } }
      : decide(side, command),
  'an export of a tenant that has moved away': (side, command) =>
    command.name === 'export' && side.state === 'gone'
      ? { act: 'do', next: { ...side, state: 'leaving', move: command.move } }
      : decide(side, command),
  'an old file that starts once more': (side, command) =>
    decide({ ...side, started: command.name === 'import' ? [] : side.started }, command),
  'the word of another move': (side, command) =>
    command.name === 'start' && side.state === 'arrived'
      ? { act: 'do', next: { ...side, state: 'here', move: null, started: [...side.started, command.move] } }
      : decide(side, command),
}

test.each(Object.entries(PLANTED))('the walk finds %s', (_, rules) => {
  expect(explore(rules, { exports: 3, restores: 0 }).faults).not.toEqual([])
})

const PLANTED_ENDS: Readonly<Record<string, Rules>> = {
  'a start of a contract that has ended': (side, command) =>
    decide(command.name === 'start' ? { ...side, ended: false } : side, command),
  'a tenant that nobody may keep once it has left': (side, command) =>
    decide(side, command.name === 'keep' ? { name: 'keep' } : command),
}

test.each(Object.entries(PLANTED_ENDS))('the walk with ends and losses finds %s', (_, rules) => {
  expect(explore(rules, WITH_ENDS).faults).not.toEqual([])
})
