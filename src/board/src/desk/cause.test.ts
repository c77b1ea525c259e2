import { expect, test } from 'vitest'
import { groups } from './cause.tsx'

test('the cause that keeps most from leaving today comes first, then the one of the most', () => {
  const all = [
    { cause: 'many', due: false },
    { cause: 'many', due: false },
    { cause: 'many', due: false },
    { cause: 'few', due: false },
    { cause: 'today', due: true },
    { cause: 'today', due: false },
  ]
  const found = groups(
    all,
    ({ cause }) => cause,
    ({ due }) => due,
  )
  expect(found.map(([cause, { length }]) => [cause, length])).toEqual([
    ['today', 2],
    ['many', 3],
    ['few', 1],
  ])
})
