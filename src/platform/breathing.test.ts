import { expect, it } from 'vitest'
import { createBreathing } from './breathing.ts'

it('lets others in once it has worked for its time, and not before', async () => {
  let now = 0
  const breathe = createBreathing(() => now)
  let others = 0
  const piece = async (ms: number) => {
    now += ms
    const before = others
    setImmediate(() => {
      others += 1
    })
    await breathe()
    return others > before
  }
  expect(await piece(10)).toBe(false)
  expect(await piece(9)).toBe(false)
  expect(await piece(1)).toBe(true)
  expect(await piece(19)).toBe(false)
  expect(await piece(50)).toBe(true)
})
