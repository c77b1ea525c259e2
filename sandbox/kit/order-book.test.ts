import { expect, it } from 'vitest'
import { mergeDeep } from './order-book.ts'

it('lays objects over each other without changing either', () => {
  const base = { a: { b: 1, c: 2 }, d: 3 }
  expect(mergeDeep(base, { a: { b: 9 }, e: null })).toEqual({ a: { b: 9, c: 2 }, d: 3, e: null })
  expect(base).toEqual({ a: { b: 1, c: 2 }, d: 3 })
})

it('takes the length of a patched list and fills each entry from the one at its place, or the first', () => {
  const base = {
    list: [
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ],
  }
  expect(mergeDeep(base, { list: [{ id: 7 }, {}, { id: 8 }] }).list).toEqual([
    { id: 7, name: 'a' },
    { id: 2, name: 'b' },
    { id: 8, name: 'a' },
  ])
  expect(mergeDeep(base, { list: [] }).list).toEqual([])
  expect(mergeDeep<unknown>({ list: null }, { list: [{ id: 1 }] })).toEqual({ list: [{ id: 1 }] })
})
