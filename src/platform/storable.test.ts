import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStorableTime, storable } from './storable.ts'

describe('texts that can be stored', () => {
  it.each([
    ['a\0b', 'ab'],
    ['\uD83D', '\uFFFD'],
    ['x\uDE00y', 'x\uFFFDy'],
    ['𠮷髙\n', '𠮷髙\n'],
  ])('%j is %j', (text, kept) => expect(storable(text)).toBe(kept))

  it('holds of every text of a value, names too; what is well is not copied', () => {
    const value = { a: ['x\0', 1, null], 'b\uD83D': { c: true } }
    expect(storable(value)).toEqual({ a: ['x', 1, null], 'b\uFFFD': { c: true } })
    const well = { a: ['x', { b: '𠮷' }], c: null }
    expect(storable(well)).toBe(well)
  })

  it('leaves nothing behind, whatever is given', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const written = JSON.stringify(storable(JSON.parse(json)))
        expect(written).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/)
      }),
    )
  })
})

it('takes what Postgres takes, with offsets that exist', () => {
  for (const text of [
    '2026-01-15',
    '2026-01-15T00:00:00Z',
    '2026-01-15T00:00:00.123+09:00',
    '1900-01-01T00:00:00-14:00',
  ])
    expect([text, isStorableTime(text)]).toEqual([text, true])
  for (const text of [
    '0000-01-01',
    '0000-01-01T00:00:00Z',
    '1899-12-31T23:59:59Z',
    '2026-01-15T00:00:00+16:00',
    '2026-01-15T00:00:00-16:00',
    '2026-01-15T00:00:00+14:01',
    '2026-13-45',
    'x',
  ])
    expect([text, isStorableTime(text)]).toEqual([text, false])
})
