import { expect, test } from 'vitest'
import { createSignIns } from './sign-in.ts'

test('a sign-in begins behind the requests of whoever is signed in, once it has its turn', async () => {
  const way = Promise.withResolvers<void>()
  const asked: string[] = []
  const signIns = createSignIns({
    giveWay: (share) => {
      asked.push(share)
      return way.promise
    },
  })
  const begun: string[] = []
  const ask = (key: string) => signIns.run(key, async () => void begun.push(key))
  const tries = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map(ask)
  for (let n = 0; n < 10; n += 1) await Promise.resolve()
  // Two have their turns; the third has none to give.
  expect({ asked, begun }).toEqual({ asked: ['203.0.113.1', '203.0.113.2'], begun: [] })
  way.resolve()
  await Promise.all(tries)
  expect(begun).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3'])
})
