import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  daysOf,
  following,
  longestWindow,
  MOST_PASSES,
  nextRun,
  nextSettle,
  type Position,
  planRun,
  startOf,
  sumOf,
  wider,
  windowBefore,
  windowsOf,
} from './plan.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const NOW = Date.parse('2026-01-15T03:00:00Z')
const at = (text: string) => new Date(text)

describe('the period of a run', () => {
  it('is thirty days at first, or what the mall has when that is less', () => {
    const never = { listedUntil: null, deepAt: null }
    const from = (historyDays: number) => planRun(never, { historyDays, freshBy: 'list' }, NOW).from
    expect(from(730)).toEqual(new Date(NOW - 30 * DAY))
    expect(from(7)).toEqual(new Date(NOW - 7 * DAY))
  })

  it.each([
    ['list', 2 * HOUR, 3 * DAY],
    ['reading', 2 * HOUR, 3 * DAY],
    ['changes', HOUR / 6, DAY],
  ] as const)('overlaps what was listed, and once a day by more: %s', (freshBy, overlap, deepOverlap) => {
    const listedUntil = new Date(NOW - HOUR)
    const deepAt = new Date(NOW - DAY + 1)
    const limits = { historyDays: 730, freshBy }
    expect(planRun({ listedUntil, deepAt }, limits, NOW)).toMatchObject({
      from: new Date(NOW - HOUR - overlap),
      deep: false,
    })
    expect(planRun({ listedUntil, deepAt }, limits, NOW + 1)).toMatchObject({
      from: new Date(NOW - HOUR - deepOverlap),
      deep: true,
    })
  })
})

describe('the windows of a run', () => {
  it('end at midnight in Japan, newest first, without a gap', () => {
    const run = { from: at('2026-01-13T20:00:00+09:00'), to: at('2026-01-15T12:00:00+09:00') }
    const first = windowBefore(run.to, run.from)
    expect(first.from).toEqual(at('2026-01-15T00:00:00+09:00'))
    const second = windowBefore(first.from, run.from)
    expect(second).toEqual({ from: at('2026-01-14T00:00:00+09:00'), to: first.from })
    expect(windowBefore(second.from, run.from)).toEqual({ from: run.from, to: second.from })
    expect(daysOf(run)).toEqual(['2026-01-13', '2026-01-14', '2026-01-15'])
  })
})

describe('the windows of a first run', () => {
  const windows = (freshBy: 'list' | 'changes' | 'reading') => {
    const runFrom = new Date(NOW - 30 * DAY)
    const longest = longestWindow({ freshBy, listWindowDays: 31 })
    const { from, to } = windowBefore(new Date(NOW), runFrom)
    let at: Position | null = {
      windowFrom: from,
      windowTo: to,
      page: null,
      pass: 0,
      passNew: 0,
      passSum: 0,
      lastSum: null,
    }
    let count = 0
    const earlier = windowsOf({ runFrom, longestMs: longest })
    for (; at; count++) at = following(at, { next: null, fresh: 0, sum: 0 }, earlier)
    return count
  }

  it('are a day each only where the list names bare numbers', () => {
    expect(windows('reading')).toBe(31)
    expect(windows('changes')).toBe(2)
    expect(windows('list')).toBe(2)
  })
})

describe('the next run', () => {
  it('comes after about the interval', () => {
    for (const float of [0, 0.5, 0.999]) {
      const wait = nextRun(NOW, 300_000, { float: () => float }).getTime() - NOW
      expect(wait).toBeGreaterThanOrEqual(270_000)
      expect(wait).toBeLessThan(330_000)
    }
  })
})

describe('the look at what was missing', () => {
  it('comes after 5, 15 and then each 60 seconds, and never after the next run', () => {
    const far = new Date(NOW + DAY)
    const waits = [0, 1, 2, 3, 9].map((settles) => nextSettle(NOW, settles, far).getTime() - NOW)
    expect(waits).toEqual([5_000, 15_000, 60_000, 60_000, 60_000])
    expect(nextSettle(NOW, 9, new Date(NOW + 20_000))).toEqual(new Date(NOW + 20_000))
  })
})

describe('where a run goes on', () => {
  const runFrom = new Date(NOW - HOUR)
  const last: Position = {
    ...{
      windowFrom: runFrom,
      windowTo: new Date(NOW),
      page: 'p2',
      pass: 0,
      passNew: 0,
      passSum: 3,
      lastSum: null,
    },
  }
  const end = (at: Partial<Position>, fresh: number, sum = 4) =>
    following({ ...last, ...at }, { next: null, fresh, sum }, () => null)

  it('reads a window of several pages again until two readings name the same numbers, a few times at most', () => {
    expect(end({}, 1)).toMatchObject({ page: null, pass: 1, passNew: 0, passSum: 0, lastSum: 7 })
    expect(end({ passNew: 1, lastSum: 7 }, 0)).toMatchObject({ pass: 1 })
    expect(end({ lastSum: 8 }, 0)).toMatchObject({ pass: 1, lastSum: 7 })
    expect(end({ pass: MOST_PASSES - 2 }, 1)).toMatchObject({ pass: MOST_PASSES - 1 })
    expect(end({ pass: MOST_PASSES - 1 }, 1)).toBeNull()
    expect(end({ lastSum: 7 }, 0)).toBeNull()
  })

  it('reads three times at most where nothing that other readings named was new', () => {
    expect(end({ pass: 1, lastSum: 8 }, 0)).toMatchObject({ pass: 2 })
    expect(end({ pass: 2, lastSum: 8 }, 0)).toBeNull()
    expect(end({ pass: 2, lastSum: 8 }, 1)).toMatchObject({ pass: 3 })
  })

  it('begins each window with nothing known of it', () => {
    const window = { from: new Date(NOW - HOUR), to: new Date(NOW) }
    expect(startOf(window)).toEqual({
      ...{ windowFrom: window.from, windowTo: window.to, page: null },
      ...{ pass: 0, passNew: 0, passSum: 0, lastSum: null },
    })
  })

  it('knows the same numbers again in any order and in any pages, and tells others from them', () => {
    const numbers = ['a', 'b', 'c']
    expect(sumOf(numbers)).toBe(sumOf(['c', 'a', 'b']))
    expect(sumOf(numbers)).toBe(sumOf(['a']) + sumOf(['b', 'c']))
    expect(new Set([numbers, ['a', 'b'], ['a', 'b', 'd'], []].map(sumOf)).size).toBe(4)
    const many = sumOf(Array.from({ length: 1_000 }, (_, n) => `n-${n}`))
    expect(many).toBeGreaterThanOrEqual(0)
    expect(many).toBeLessThan(2 ** 52)
  })

  it('reads a window of one page once', () => {
    expect(end({ page: null }, 7)).toBeNull()
  })

  it('names only days that the period touches', () => {
    const midnight = at('2026-01-15T00:00:00+09:00')
    expect(daysOf({ from: new Date(midnight.getTime() - 1), to: midnight })).toEqual(['2026-01-14'])
    expect(daysOf({ from: midnight, to: new Date(midnight.getTime() + 1) })).toEqual(['2026-01-15'])
  })
})

describe('pages that shift while they are read', () => {
  const start: Position = {
    windowFrom: new Date(NOW - HOUR),
    windowTo: new Date(NOW),
    page: null,
    pass: 0,
    passNew: 0,
    passSum: 0,
    lastSum: null,
  }

  /** Reads a list by offset; before each page `arrivals` puts orders into it, wherever they sort. */
  function read(list: number[], size: number, arrivals: readonly (readonly number[])[]) {
    const known = new Set<number>()
    let position: Position | null = start
    let atPassBegin: number[] = []
    let call = 0
    while (position) {
      for (const place of arrivals[call++] ?? [])
        list.splice(place % (list.length + 1), 0, 1_000 + list.length)
      if (position.page === null) atPassBegin = [...list]
      const offset: number = Number(position.page ?? 0)
      const page = list.slice(offset, offset + size)
      const fresh = page.filter((order) => !known.has(order)).length
      for (const order of page) known.add(order)
      const next = offset + size < list.length ? String(offset + size) : null
      const after: Position | null = following(
        position,
        { next, fresh, sum: sumOf(page.map(String)) },
        () => null,
      )
      if (after === null) return { known, atPassBegin, pass: position.pass }
      position = after
    }
    throw new Error('no end')
  }

  it('miss nothing that was in the list when its last reading began', () => {
    const arrivals = fc.array(fc.array(fc.nat(200), { maxLength: 3 }), { maxLength: 12 })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        arrivals,
        (n, size, come) => {
          const { known, atPassBegin } = read(
            Array.from({ length: n }, (_, order) => order),
            size,
            come,
          )
          for (const order of atPassBegin) expect(known).toContain(order)
        },
      ),
    )
  })

  it('miss nothing at all once the arrivals are over, unless they go on through all readings', () => {
    const arrivals = fc.array(fc.array(fc.nat(200), { maxLength: 3 }), { maxLength: 6 })
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 40 }),
        fc.integer({ min: 4, max: 9 }),
        arrivals,
        (n, size, come) => {
          const list = Array.from({ length: n }, (_, order) => order)
          const { known, pass } = read(list, size, come)
          if (pass + 1 < MOST_PASSES) expect(pass).toBeGreaterThan(0)
          // What came during the very last reading is left to the next run's overlap.
          const again = read(list, size, [])
          for (const order of list) expect(new Set([...known, ...again.known])).toContain(order)
        },
      ),
    )
  })

  it('are not taken for read while one order leaves and another comes', () => {
    const list = ['a', 'b', 'late', 'c', 'd']
    const known = new Set(['a', 'b', 'c', 'd', 'e'])
    let at: Position | null = start
    for (let calls = 0; at; calls++) {
      // Between the first two pages: what is late slips from the second to the first.
      if (calls === 1) list.splice(0, 5, 'b', 'late', 'c', 'd', 'e')
      const offset: number = Number(at.page ?? 0)
      const page = list.slice(offset, offset + 2)
      const fresh = page.filter((number) => !known.has(number)).length
      for (const number of page) known.add(number)
      const next = offset + 2 < list.length ? String(offset + 2) : null
      at = following(at, { next, fresh, sum: sumOf(page) }, () => null)
    }
    expect(known).toContain('late')
  })
})

describe('what a run steps over', () => {
  const gap = { from: new Date(NOW - 2 * HOUR), to: new Date(NOW - HOUR) }
  const plan = { runFrom: new Date(NOW - 4 * HOUR), longestMs: 24 * HOUR, stepped: [gap] }
  const walk = (earlier: (to: Date) => { from: Date; to: Date } | null) => {
    const windows: number[][] = []
    for (let at = earlier(new Date(NOW)); at; at = earlier(at.from))
      windows.push([at.from.getTime() - NOW, at.to.getTime() - NOW].map((ms) => ms / HOUR))
    return windows
  }

  it('is left out, and once a day a window of its own', () => {
    expect(walk(windowsOf(plan))).toEqual([
      [-1, 0],
      [-4, -2],
    ])
    expect(walk(windowsOf({ ...plan, retries: true }))).toEqual([
      [-1, 0],
      [-2, -1],
      [-4, -2],
    ])
    expect(walk(windowsOf({ ...plan, narrowMs: HOUR })).length).toBe(3)
  })

  it('is no window of its own where it lies before the run', () => {
    const stepped = [{ from: new Date(NOW - HOUR), to: new Date(NOW) }]
    expect(
      windowsOf({ runFrom: new Date(NOW), longestMs: null, stepped, retries: true })(new Date(NOW)),
    ).toBeNull()
  })

  it('leaves windows that grow again, to double their length and below a day', () => {
    expect(wider(null)).toBeNull()
    expect(wider(HOUR)).toBe(2 * HOUR)
    expect(wider(12 * HOUR - 1)).toBe(DAY - 2)
    expect(wider(12 * HOUR)).toBeNull()
  })
})
