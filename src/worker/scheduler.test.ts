import { expect, it } from 'vitest'
import { createWakeMemory } from './scheduler.ts'

const due = (shopId: string, at: number) => ({ shopId, latestDueAt: new Date(at) })

it('wakes a shop once for what is due, and again when it seems forgotten', () => {
  const memory = createWakeMemory()
  expect(memory.choose([due('a', 0)], 1_000, true)).toEqual(['a'])
  expect(memory.choose([due('a', 0)], 2_000, true)).toEqual([])
  expect(memory.choose([due('a', 0)], 16_000, true)).toEqual(['a'])
})

it('wakes a shop at once when something has become due since', () => {
  const memory = createWakeMemory()
  memory.choose([due('a', 0)], 1_000, true)
  expect(memory.choose([due('a', 1_500), due('b', 0)], 2_000, true)).toEqual(['a', 'b'])
})

it('forgets a shop that is no longer due', () => {
  const memory = createWakeMemory()
  memory.choose([due('a', 0)], 1_000, true)
  memory.choose([], 2_000, true)
  expect(memory.choose([due('a', 500)], 3_000, true)).toEqual(['a'])
})

it('wakes a shop once more when the clock was put back, and then not every second', () => {
  const memory = createWakeMemory()
  memory.choose([due('a', 0)], 3_600_000, true)
  expect(memory.choose([due('a', 0)], 1_000, true)).toEqual(['a'])
  expect(memory.choose([due('a', 0)], 2_000, true)).toEqual([])
})

it('remembers what it has woken until all that are due have been named once more', () => {
  const memory = createWakeMemory()
  memory.choose([due('a', 0)], 1_000, false)
  memory.choose([due('b', 0)], 2_000, true)
  expect(memory.choose([due('a', 0)], 3_000, false)).toEqual([])
  expect(memory.choose([due('b', 0)], 4_000, true)).toEqual([])
})
