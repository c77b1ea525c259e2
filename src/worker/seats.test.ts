import { expect, test } from 'vitest'
import { createSeats } from './seats.ts'

test('one tenant takes its own seats, all together theirs, and a seat that is left is free', () => {
  const seats = createSeats({ ofTenant: 2, ofAll: 3 })
  const [first, second] = [seats.take('a'), seats.take('a')]
  expect([first, second]).not.toContain(null)
  expect(seats.take('a')).toBeNull()
  const third = seats.take('b')
  expect(third).not.toBeNull()
  expect(seats.take('c')).toBeNull()
  first?.()
  expect(seats.take('c')).not.toBeNull()
  expect(seats.take('a')).toBeNull()
  third?.()
  expect(seats.take('a')).not.toBeNull()
})
