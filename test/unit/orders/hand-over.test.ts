import { describe, expect, it } from 'vitest'
import { decide, follows, goesBack } from '../../../src/orders/hand-over/decide.ts'
import {
  formatPosition,
  LONGEST_PATH,
  LONGEST_POSITION,
  type Path,
  type Position,
  parsePosition,
  partingOf,
  pathIn,
} from '../../../src/orders/hand-over/position.ts'
import { type Bounds, RULES, type Rules, walk } from '../../support/hand-over-model.ts'

const none = { desks: 1, restores: 0, saves: 0, clientBackups: 0 }

/** Bounds that together take a few seconds; `HAND_OVER_MODEL=deep` walks some million states. */
const CASES: Record<string, Bounds> = {
  'copies and answers arrive late or never': { ...none, orders: 3, limit: 1, sends: 5, inFlight: 3 },
  'two desks share what is staged': { ...none, desks: 2, orders: 3, limit: 1, sends: 4, inFlight: 2 },
  'a client goes back to its own backup': {
    ...none,
    orders: 3,
    limit: 2,
    sends: 4,
    inFlight: 2,
    clientBackups: 2,
  },
  'a failover loses the end': { ...none, orders: 2, limit: 1, sends: 4, inFlight: 2, restores: 1, saves: 1 },
  'two restores, also to a branch that was given up': {
    ...none,
    orders: 2,
    limit: 1,
    sends: 4,
    inFlight: 1,
    restores: 2,
    saves: 2,
    answersAtOnce: true,
  },
  'a restore of the database and one of the client': {
    ...none,
    orders: 3,
    limit: 1,
    sends: 4,
    inFlight: 1,
    restores: 1,
    saves: 1,
    clientBackups: 1,
    answersAtOnce: true,
  },
  'a desk is taken out of use while copies are on their way': {
    ...none,
    orders: 2,
    limit: 1,
    sends: 4,
    inFlight: 2,
    closes: 2,
    moves: 1,
  },
  'one of two desks is taken out of use, and orders leave staging': {
    ...none,
    desks: 2,
    orders: 2,
    limit: 1,
    sends: 3,
    inFlight: 1,
    closes: 2,
    moves: 2,
    answersAtOnce: true,
  },
  'a desk is taken out of use, and the database goes back': {
    ...none,
    orders: 2,
    limit: 1,
    sends: 3,
    inFlight: 1,
    closes: 1,
    moves: 1,
    restores: 1,
    saves: 1,
    answersAtOnce: true,
  },
  'two desks and a failover': {
    desks: 2,
    orders: 2,
    limit: 1,
    sends: 4,
    inFlight: 1,
    restores: 1,
    saves: 1,
    clientBackups: 0,
    answersAtOnce: true,
  },
}

const DEEP: Record<string, Bounds> = {
  late: { ...none, orders: 4, limit: 2, sends: 7, inFlight: 3 },
  backup: { ...none, orders: 3, limit: 2, sends: 5, inFlight: 3, clientBackups: 2 },
  failover: { ...none, orders: 3, limit: 1, sends: 4, inFlight: 2, restores: 1, saves: 1 },
  restores: { ...none, orders: 2, limit: 1, sends: 6, inFlight: 2, restores: 2, saves: 2 },
  closes: {
    ...none,
    desks: 2,
    orders: 3,
    limit: 1,
    sends: 4,
    inFlight: 2,
    closes: 2,
    moves: 2,
    clientBackups: 1,
  },
}

const endOf = (path: Path, history: string): number | undefined => {
  const at = path.findIndex(([known]) => known === history)
  return at < 0 ? undefined : (path[at + 1]?.[1] ?? Number.POSITIVE_INFINITY)
}

/** What the rules could be mistaken for, and where the model has to find what it loses. */
const PLANTED: Record<string, { bounds: Bounds; rules: Partial<Rules>; steps?: number }> = {
  'positions do not know their history': {
    bounds: CASES['a failover loses the end'] as Bounds,
    rules: {
      pathIn: () => [['', 0]],
      decide: (desk, after) => {
        const stored = Math.min(after?.number ?? 0, desk.number)
        return { act: stored < desk.number ? 'repeat' : 'make', number: stored + 1 }
      },
      follows: () => true,
    },
  },
  'positions know the id of their history, but not its path': {
    bounds: CASES['two restores, also to a branch that was given up'] as Bounds,
    rules: {
      positionOf: (position) => ({ ...position, path: position.path.slice(-1) }),
      decide: (desk, after) => {
        const known = after === null ? 0 : endOf(desk.path, after.path[0]?.[0] ?? '')
        const stored = Math.min(after?.number ?? 0, known ?? desk.path.at(-1)?.[1] ?? 0)
        return { act: stored < desk.number ? 'repeat' : 'make', number: stored + 1 }
      },
      follows: (stored, since) => stored === null || since.number <= stored.number,
    },
    steps: 10,
  },
  'each request makes a batch': {
    bounds: CASES['copies and answers arrive late or never'] as Bounds,
    rules: { decide: (desk) => ({ act: 'make', number: desk.number + 1 }), follows: () => true },
  },
  'a client stores whatever arrives': {
    bounds: CASES['a client goes back to its own backup'] as Bounds,
    rules: { follows: () => true },
  },
  'a client of a newer history stores whatever arrives': {
    bounds: {
      desks: 1,
      orders: 3,
      limit: 1,
      sends: 3,
      inFlight: 1,
      restores: 1,
      saves: 1,
      clientBackups: 1,
    },
    rules: {
      follows: (stored, since) =>
        follows(stored, since) || (stored !== null && stored.path.length !== since.path.length),
    },
  },
  'a client stores the position before the orders': {
    bounds: CASES['copies and answers arrive late or never'] as Bounds,
    rules: { stored: ({ has }, { position }) => ({ position, has }) },
  },
  'a desk out of use begins anew for a late copy': {
    bounds: CASES['a desk is taken out of use while copies are on their way'] as Bounds,
    rules: { close: () => null },
  },
  'a desk out of use still hands over': {
    bounds: CASES['a desk is taken out of use while copies are on their way'] as Bounds,
    rules: { decide: (desk, after) => decide({ ...desk, isClosed: false }, after) },
  },
  'an order that leaves staging waits for so many desks as are in use': {
    bounds: CASES['one of two desks is taken out of use, and orders leave staging'] as Bounds,
    rules: { waitsFor: (desks) => desks.filter((desk) => desk?.isClosed === false).length },
  },
  'a batch behind the last one is made for a client that is behind': {
    bounds: CASES['a client goes back to its own backup'] as Bounds,
    rules: {
      decide: (desk, after) => {
        const decision = decide(desk, after)
        return decision.act === 'repeat' && decision.number < desk.number
          ? { act: 'make', number: desk.number + 1 }
          : decision
      },
      follows: () => true,
    },
  },
}

describe('The hand-over by position', () => {
  const cases = Object.entries(process.env.HAND_OVER_MODEL === 'deep' ? { ...CASES, ...DEEP } : CASES)
  it.for(cases)('loses and doubles no order: %s', { timeout: 3_600_000 }, ([, bounds]) => {
    const { loss, states } = walk(bounds)
    expect(loss).toBeNull()
    expect(states).toBeGreaterThan(5_000)
  })

  it.for(Object.entries(PLANTED))('would lose one when %s', ([, { bounds, rules, steps }]) => {
    const { loss } = walk(bounds, { ...RULES, ...rules })
    expect(loss?.says).toMatch(/never gets|ever gets|is refused|two batches/)
    expect(loss?.steps.length).toBeGreaterThanOrEqual(steps ?? 0)
  })
})

const at = (number: number, path: Path, desk = 'd1'): Position => ({ desk, name: 'till', number, path })

describe('A position', () => {
  it('is a text that names number, desk and path', () => {
    const position = at(12, [
      ['', 0],
      ['0badcafe', 7],
    ])
    const text = formatPosition({ ...position, name: 'レジ１' })
    expect(text).toMatch(/^12\.[\w-]+$/)
    expect(parsePosition(text)).toEqual({ ...position, name: 'レジ１' })
  })

  it('fits its bound with the longest path and name', () => {
    const path = Array.from({ length: LONGEST_PATH }, (_, index) => [
      index.toString(16).padStart(8, '0'),
      2 ** 31 - 100 + index,
    ]) satisfies [string, number][]
    const longest = { desk: crypto.randomUUID(), name: '店'.repeat(40), number: 2 ** 31 - 1, path }
    const text = formatPosition(longest)
    expect(text.length).toBeLessThanOrEqual(LONGEST_POSITION)
    expect(parsePosition(text)).toEqual(longest)
  })

  it.for([
    '',
    '1',
    '1.',
    '1.e30',
    `01.${formatPosition(at(0, [['', 0]])).slice(2)}`,
    `2147483648.${formatPosition(at(0, [['', 0]])).slice(2)}`,
    `1.${Buffer.from('["d1","till",[]]').toString('base64url')}`,
    `1.${Buffer.from('["d1","till",[["x",0]]]').toString('base64url')}`,
    `1.${'A'.repeat(LONGEST_POSITION)}`,
  ])('is refused, %#', (text) => {
    expect(parsePosition(text)).toBeNull()
  })

  it('gets the present history at the number of the desk, without those that made no batch', () => {
    expect(pathIn('', { number: 3, path: [['', 0]] })).toEqual([['', 0]])
    expect(pathIn('aa', { number: 3, path: [['', 0]] })).toEqual([
      ['', 0],
      ['aa', 3],
    ])
    expect(pathIn('aa', { number: 0, path: [['', 0]] })).toEqual([['aa', 0]])
    expect(
      pathIn('bb', {
        number: 3,
        path: [
          ['', 0],
          ['aa', 3],
        ],
      }),
    ).toEqual([
      ['', 0],
      ['bb', 3],
    ])
  })

  it('parts from another where the first differing history began', () => {
    const lost: Path = [
      ['', 0],
      ['aa', 4],
      ['bb', 9],
    ]
    expect(
      partingOf(lost, [
        ['', 0],
        ['cc', 6],
      ]),
    ).toBe(4)
    expect(
      partingOf(lost, [
        ['', 0],
        ['aa', 4],
        ['cc', 6],
      ]),
    ).toBe(6)
    expect(partingOf(lost, [['dd', 0]])).toBe(0)
    // Of a path whose beginning is no longer kept.
    expect(
      partingOf(lost, [
        ['aa', 4],
        ['cc', 12],
      ]),
    ).toBe(9)
  })
})

describe('A pull', () => {
  const desk = { id: 'd1', number: 3, path: [['', 0]] satisfies Path, isClosed: false }

  it.for([
    [null, { act: 'repeat', number: 1 }],
    [at(2, [['', 0]]), { act: 'repeat', number: 3 }],
    [at(3, [['', 0]]), { act: 'make', number: 4 }],
    [at(4, [['', 0]]), { act: 'refuse', last: 3 }],
    // Of another database: the same name and history, not the same desk.
    [at(2, [['', 0]], 'd2'), { act: 'refuse', last: 3 }],
    // Of a desk that began after the backup.
    [at(2, [['aa', 0]], 'd2'), { act: 'repeat', number: 1 }],
  ] as const)('after %j', ([after, decision]) => {
    expect(decide(desk, after)).toEqual(decision)
  })

  it('is refused at a desk out of use, whatever it names', () => {
    for (const after of [null, at(2, [['', 0]]), at(9, [['', 0]])])
      expect(decide({ ...desk, isClosed: true }, after)).toEqual({ act: 'closed' })
  })

  it('goes back behind what its client was seen to have', () => {
    // A lost answer is asked for again; what was confirmed is not.
    expect(goesBack(2, decide(desk, at(2, [['', 0]])))).toBe(false)
    expect(goesBack(3, decide(desk, at(2, [['', 0]])))).toBe(true)
    expect(goesBack(2, decide(desk, at(1, [['', 0]])))).toBe(true)
    expect(goesBack(3, decide(desk, at(3, [['', 0]])))).toBe(false)
  })

  it('goes back to where the histories part', () => {
    const restored = {
      isClosed: false,
      id: 'd1',
      number: 5,
      path: [
        ['', 0],
        ['aa', 2],
      ] satisfies Path,
    }
    expect(decide(restored, at(4, [['', 0]]))).toEqual({ act: 'repeat', number: 3 })
    expect(follows(at(4, [['', 0]]), at(2, restored.path))).toBe(true)
    expect(follows(at(4, [['', 0]]), at(3, restored.path))).toBe(false)
    // An answer from before the restore that comes late.
    expect(follows(at(3, restored.path), at(2, [['', 0]]))).toBe(false)
  })
})
