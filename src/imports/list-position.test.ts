import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { following, isSettled, MOST_PASSES, type Position, startOf, sumOf } from './list-position.ts'

const HOUR = 60 * 60_000
const NOW = Date.parse('2026-01-15T03:00:00Z')

describe('where a run goes on', () => {
  const runFrom = new Date(NOW - HOUR)
  const last: Position = {
    windowFrom: runFrom,
    windowTo: new Date(NOW),
    page: 'p2',
    pass: 0,
    passNew: 0,
    passSum: 3,
    lastSum: null,
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

  it('is settled by two readings alike, or by one page', () => {
    const settled = (at: Partial<Position>, fresh: number, next: string | null = null) =>
      isSettled({ ...last, ...at }, { next, fresh, sum: 4 })
    expect(settled({ lastSum: 7 }, 0)).toBe(true)
    expect(settled({ page: null }, 9)).toBe(true)
    expect([
      settled({ lastSum: 7 }, 1),
      settled({ lastSum: 8 }, 0),
      settled({ lastSum: 7 }, 0, 'p3'),
    ]).toEqual([...[false, false, false]])
  })

  it('begins each window with nothing known of it', () => {
    const window = { from: new Date(NOW - HOUR), to: new Date(NOW) }
    expect(startOf(window)).toEqual({
      windowFrom: window.from,
      windowTo: window.to,
      page: null,
      pass: 0,
      passNew: 0,
      passSum: 0,
      lastSum: null,
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
          // Orders that come during the very last reading are left to the next run's overlap.
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
