import { expect, test } from 'vitest'
import { steadyCounts } from './limits.ts'

function counter() {
  const state = { now: 1_000 }
  const Store = steadyCounts(() => state.now)
  const store = new Store({} as never)
  const count = (key: string, timeWindow = 60_000) => {
    let seen: unknown
    store.incr(
      key,
      (_error, result) => {
        seen = result
      },
      timeWindow,
      10,
    )
    return seen
  }
  return { state, store, count }
}

test('counts each caller within a window, and begins again after it', () => {
  const { state, count } = counter()
  expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
  state.now += 10_000
  expect(count('a')).toEqual({ current: 2, ttl: 50_000 })
  expect(count('b')).toEqual({ current: 1, ttl: 60_000 })
  state.now += 50_000
  expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
})

test('a wall clock that is put back makes no window longer', () => {
  const wall = Date.now
  try {
    const { state, count } = counter()
    count('a')
    Date.now = () => wall() - 3_600_000
    state.now += 60_000
    expect(count('a')).toEqual({ current: 1, ttl: 60_000 })
  } finally {
    Date.now = wall
  }
})

test('remembers a bounded number of callers', () => {
  const { count } = counter()
  count('first')
  for (let n = 0; n < 5_000; n += 1) count(`caller ${n}`)
  expect(count('caller 4999')).toMatchObject({ current: 2 })
  expect(count('first')).toMatchObject({ current: 1 })
})

test('the counts of a route are its own', () => {
  const { store, count } = counter()
  count('a')
  const child = store.child({} as never)
  child.incr('a', (_error, result) => expect(result).toMatchObject({ current: 1 }), 60_000, 10)
})
