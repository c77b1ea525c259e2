import { expect, test } from 'vitest'
import { ApiProblem } from './api.ts'
import { queries } from './data.ts'

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
