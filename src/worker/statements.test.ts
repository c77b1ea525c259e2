import { expect, it } from 'vitest'
import { oncePerShop } from './statements.ts'

const due = (shopId: string, since: number, latest: number) => ({
  shopId,
  dueSince: new Date(since),
  latestDueAt: new Date(latest),
})

it('names each shop once, by its longest waiting and its youngest due row, who has waited longest first', () => {
  expect(oncePerShop([due('a', 5, 9), due('b', 4, 4), due('a', 3, 6), due('c', 1, 2)])).toEqual([
    due('c', 1, 2),
    due('a', 3, 9),
    due('b', 4, 4),
  ])
})
