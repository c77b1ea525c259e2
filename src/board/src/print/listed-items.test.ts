import { expect, test } from 'vitest'
import { byShelf } from './listed-items.ts'

test('shelves go as one walks along them, goods without one last', () => {
  expect(['B-1', '', 'A-10', 'A-2', '', 'A-2-1'].sort(byShelf)).toEqual([
    ...['A-2', 'A-2-1', 'A-10', 'B-1', '', ''],
  ])
})
