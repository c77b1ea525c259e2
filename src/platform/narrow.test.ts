import { expect, test } from 'vitest'
import { factsOf, present, someKeysOf } from './narrow.ts'

test.each([[null], [undefined], ['text'], [7]])('%s has no facts', (value) => {
  expect(factsOf(value).code).toBeUndefined()
})

test('an error’s own and inherited fields are its facts', () => {
  expect(factsOf(Object.assign(new Error('x'), { code: 'E' }))).toMatchObject({ code: 'E', message: 'x' })
})

test('what is not there is a fault at once, and zero and nothing written are there', () => {
  expect([present(0), present(''), present(false)]).toEqual([0, '', false])
  for (const value of [null, undefined]) expect(() => present(value)).toThrow(TypeError)
})

test('a table without keys makes no list of choices', () => {
  expect(someKeysOf({ b: 1, a: 2 })).toEqual(['b', 'a'])
  expect(() => someKeysOf({})).toThrow()
})
