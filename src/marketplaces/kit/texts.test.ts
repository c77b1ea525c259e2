import { describe, expect, it } from 'vitest'
import { parseJson, postalCodeOf } from './texts.ts'

it('JSON, or nothing', () => {
  expect(parseJson('{"a":1}')).toEqual({ a: 1 })
  expect(parseJson('{"a":')).toBeUndefined()
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
