import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storable } from './storable.ts'

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
