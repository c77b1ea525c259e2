import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createHand, holdRows, STILL_MS } from './held-rows.ts'

// Read when the client is made.
vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://localhost' }))

const rowsOf = (ids: string, said = '') => [...ids].map((id) => ({ id, said }))
/** The list is known whole, or what is not loaded has left it. */
const left = () => null
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join('')

describe('rows that are held', () => {
  test.each([
    ['one that left stays, and is said to be gone', 'abc', 'ac', 'abc', 'b'],
    ['one that came between waits', 'abc', 'xaybc', 'abc', ''],
    ['those behind the last come', 'abc', 'abcde', 'abcde', ''],
    ['those behind come where the last has left', 'abc', 'abde', 'abcde', 'c'],
    ['another order moves none', 'abc', 'bac', 'abc', ''],
    ['an empty list fills', '', 'ab', 'ab', ''],
    ['where all have left, the new ones stand behind', 'ab', 'cd', 'abcd', 'ab'],
  ])('%s', (_, shown, live, rows, gone) => {
    const held = holdRows(rowsOf(shown), rowsOf(live), true, left)
    expect(idsOf(held.rows)).toBe(rows)
    expect([...held.gone].join('')).toBe(gone)
  })

  test('a held row has its newest content', () => {
    expect(holdRows(rowsOf('ab', 'before'), rowsOf('b', 'now'), true, left).rows).toEqual([
      { id: 'a', said: 'before' },
      { id: 'b', said: 'now' },
    ])
  })

  test('whatever happens to the list, no shown row moves, none stands twice, and gone is what the list lacks', () => {
    const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghijkl')).map((some) => some.join(''))
    fc.assert(
      fc.property(ids, fc.array(ids, { maxLength: 6 }), (first, changes) => {
        let shown = rowsOf(first)
        for (const change of changes) {
          const live = rowsOf(change)
          const { rows, gone, waiting } = holdRows(shown, live, true, left)
          expect(idsOf(rows).startsWith(idsOf(shown))).toBe(true)
          expect(new Set(idsOf(rows)).size).toBe(rows.length)
          expect(idsOf(rows.filter(({ id }) => !change.includes(id)))).toBe([...gone].join(''))
          // Drawn twice with the same list, as React may, it says the same.
          expect(holdRows(rows, live, true, left)).toEqual({ rows, gone, waiting })
          expect(waiting).toBe(live.filter(({ id }) => !rows.some((row) => row.id === id)).length)
          shown = [...rows]
        }
      }),
    )
  })

  test('while more rows follow, those that are not loaded any more are not said to be gone', () => {
    expect(holdRows(rowsOf('abcd'), rowsOf('ac'), false, left)).toEqual({
      rows: rowsOf('abc'),
      gone: new Set('b'),
      waiting: 0,
    })
    expect(idsOf(holdRows(rowsOf('abc'), rowsOf('acd'), false, left).rows)).toBe('abcd')
  })

  test.each([
    ['sorted onto a later page', { id: 'b', said: 'later' }],
    ['of which nobody has said anything yet', undefined],
  ])('while more rows follow, one that is %s is a row of the list', (_, b) => {
    expect(holdRows(rowsOf('abc'), rowsOf('axc'), false, () => b)).toEqual({
      rows: [{ id: 'a', said: '' }, b ?? { id: 'b', said: '' }, { id: 'c', said: '' }],
      gone: new Set(),
      waiting: 1,
    })
  })
})

describe('a hand at the rows', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('holds them while it moves, and no longer once it rests or has gone', () => {
    const hand = createHand()
    expect(hand.get()).toBe(false)
    hand.move()
    for (const _ of Array.from({ length: 5 })) {
      vi.advanceTimersByTime(STILL_MS - 1)
      expect(hand.get()).toBe(true)
      hand.move()
    }
    vi.advanceTimersByTime(STILL_MS - 1)
    expect(hand.get()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(hand.get()).toBe(false)
    hand.move()
    hand.leave()
    expect(hand.get()).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })
})
