import { expect, test } from 'vitest'
import type { Clock } from './clock.ts'
import { createNewId } from './ids.ts'
import { systemRandom } from './random.ts'

function clockAt(start: number): Clock & { time: number } {
  return {
    time: start,
    now() {
      return this.time
    },
    sleep: () => Promise.resolve(),
  }
}

test('is a UUID v7 that begins with the time', () => {
  const newId = createNewId(clockAt(0x0192_3456_789a), systemRandom)
  expect(newId()).toMatch(/^01923456-789a-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('ids rise in one millisecond, past the counter and when the clock goes back', () => {
  const clock = clockAt(1_800_000_000_000)
  const newId = createNewId(clock, systemRandom)
  const ids = Array.from({ length: 10_000 }, newId)
  clock.time -= 5_000
  ids.push(newId())
  clock.time += 60_000
  ids.push(newId())
  expect(ids).toEqual(ids.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
})

test('two processes at the same millisecond do not meet', () => {
  const one = createNewId(clockAt(1), systemRandom)
  const two = createNewId(clockAt(1), systemRandom)
  const ids = Array.from({ length: 500 }, () => [one(), two()]).flat()
  expect(new Set(ids).size).toBe(1000)
})
