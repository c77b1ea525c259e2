import { expect, test } from 'vitest'
import { type Command, type Decision, decide, type Side } from './decide.ts'

/**
 * Every order of commands on two installations: repeats, crashes between two commits, files and words that
 * come late, twice or at the wrong side, a way back, and a restore of either side to any earlier state.
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
}

const MOST_WRITES = 1

interface Bounds {
  exports: number
  restores: number
}

const empty: Stack = { side: { state: 'absent', move: null, started: [] }, has: 0, audit: [], backups: [] }
const FIRST: World = {
  A: { ...empty, side: { ...empty.side, state: 'here' } },
  B: empty,
  writes: 0,
  exports: [],
  receipts: [],
  words: [],
  restores: 0,
}

const withOne = (list: readonly string[], one: string) => [...new Set([...list, one])].toSorted()

function* next(world: World, rules: Rules, most: Bounds): Generator<World> {
  for (const name of NAMES) {
    const stack = world[name]
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
      { name: 'keep' },
      { name: 'drop' },
    ]
    for (const command of commands) {
      const decision = rules(stack.side, command)
      if (decision.act !== 'refuse') yield after(world, name, command, decision)
    }
    // A contract that ended: rows go, what is known of moves stays.
    if (stack.side.state === 'gone')
      yield { ...world, [name]: { ...stack, side: { ...stack.side, state: 'absent', move: null } } }
    if (stack.side.state === 'here' && world.writes < MOST_WRITES)
      yield { ...world, writes: world.writes + 1, [name]: { ...stack, has: stack.has + 1 } }
    if (world.restores >= most.restores) continue
    const { side, has, audit } = stack
    if (stack.backups.length === 0)
      yield { ...world, [name]: { ...stack, backups: [{ side, has, audit: audit.length }] } }
    for (const backup of stack.backups)
      yield { ...world, restores: world.restores + 1, [name]: { ...stack, ...restored(stack, backup) } }
  }
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
      return { ...changed, words, [name]: { ...stack, side, audit } }
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
  const running = NAMES.filter((name) => world[name].side.state === 'here')
  const stale = world.restores === 0 && running.some((name) => world[name].has !== world.writes)
  return [
    ...(running.length > 1 ? ['both sides run'] : []),
    ...(stale ? ['what runs lacks what was written'] : []),
  ]
}

function explore(rules: Rules, most: Bounds): { worlds: number; faults: string[] } {
  const seen = new Map<string, string[]>()
  const found = new Set<string>()
  const waiting = [FIRST]
  const runs: string[] = []
  for (let world = waiting.pop(); world !== undefined; world = waiting.pop()) {
    const key = JSON.stringify(world)
    if (seen.has(key)) continue
    for (const fault of faults(world)) found.add(fault)
    if (NAMES.some((name) => world[name].side.state === 'here')) runs.push(key)
    const onwards = [...next(world, rules, most)]
    // Dead ends are looked for without restores alone: those may ask for a file that is gone.
    seen.set(key, most.restores === 0 ? onwards.map((one) => JSON.stringify(one)) : [])
    waiting.push(...onwards)
  }
  if (most.restores === 0 && stuck(seen, runs) > 0) found.add('the tenant can run nowhere any more')
  return { worlds: seen.size, faults: [...found].toSorted() }
}

/** How many worlds lead to none in which the tenant runs. */
function stuck(seen: ReadonlyMap<string, readonly string[]>, runs: readonly string[]): number {
  const before = new Map<string, string[]>()
  for (const [key, onwards] of seen)
    for (const one of onwards) before.set(one, [...(before.get(one) ?? []), key])
  const alive = new Set(runs)
  const waiting = [...runs]
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
