import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, postalCodeOf, storable } from './texts.ts'

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

  it('is what JSON becomes, whatever it escapes', () => {
    expect(parseJson('{"a":"x\\u0000y\\uD83Dz","b":"\\\\u0000"}')).toEqual({ a: 'xy\uFFFDz', b: '\\u0000' })
    expect(parseJson('{"a":')).toBeUndefined()
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const written = JSON.stringify(parseJson(json))
        expect(written).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/)
      }),
    )
  })
})

describe('postal codes', () => {
  it.each([
    ['100-0001', '1000001'],
    ['〒１００－０００１', '1000001'],
    ['100ー0001', '1000001'],
    [' 1000001 ', '1000001'],
    ['SW1A 1AA', 'SW1A 1AA'],
    ['10001-1234', '10001-1234'],
    ['123', '123'],
    ['', null],
    [null, null],
  ])('%j is %j', (given, kept) => expect(postalCodeOf(given)).toBe(kept))
})
