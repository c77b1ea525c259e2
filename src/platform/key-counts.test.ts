import { expect, test } from 'vitest'
import { createKeyCounts } from './key-counts.ts'

test('counts each key by itself, never below none, and knows the highest', () => {
  const counts = createKeyCounts()
  expect([counts.of('a'), counts.most()]).toEqual([0, 0])
  for (const key of ['a', 'a', 'b']) counts.add(key)
  expect([counts.of('a'), counts.of('b'), counts.most()]).toEqual([2, 1, 2])
  for (const key of ['a', 'a', 'a', 'b']) counts.remove(key)
  expect([counts.of('a'), counts.of('b'), counts.most()]).toEqual([0, 0, 0])
})
