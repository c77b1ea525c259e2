import { expect, test } from 'vitest'
import { ApiProblem } from './api.ts'
import { queries, retryAfterMs } from './data.ts'

test.each([
  [429, 2, 'read', 3],
  [429, 3, 'TOO_MANY_REQUESTS', 3],
  [503, 1, 'TOO_MANY_REQUESTS', 1],
])(
  'a read that is answered %i, %i times, ends as %s after %i calls',
  async (status, refused, end, wanted) => {
    let calls = 0
    const queryFn = async () => {
      calls += 1
      if (calls > refused) return 'read'
      throw new ApiProblem(status, { code: 'TOO_MANY_REQUESTS' })
    }
    const queryKey = [status, refused]
    const ended = queries.fetchQuery({ queryKey, queryFn, retryDelay: 0 }).catch(({ code }) => code)
    expect([await ended, calls]).toEqual([end, wanted])
  },
)

test('a read that is refused comes again when the server asked for it', () => {
  const refused = new ApiProblem(429, { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 5 })
  expect(retryAfterMs(refused)).toBe(5_000)
  expect(retryAfterMs(new ApiProblem(429, { retryAfterSeconds: 86_400 }))).toBe(30_000)
  expect(retryAfterMs(new TypeError('Failed to fetch'))).toBeNull()
})
