import { expect, test } from 'vitest'
import { SANDBOX_MALLS, sandboxShops, startMalls } from './index.ts'

test('many shops of a mall have codes, keys and order numbers of their own', async () => {
  const malls = await startMalls(() => ({ port: 0, shops: 8, seed: 1, requestsPerSecond: 1_000 }))
  try {
    for (const mall of SANDBOX_MALLS) {
      const codes = sandboxShops(mall, 8).map(({ code }) => code)
      const keys = codes.map((code) => JSON.stringify(malls[mall].credentialsFor(code)))
      const numbers = codes.flatMap((shopCode) =>
        [1, 2].map(() => malls[mall].place({ shopCode }).orderNumber),
      )
      for (const list of [codes, keys, numbers]) expect(new Set(list).size, mall).toBe(list.length)
    }
  } finally {
    await Promise.all(Object.values(malls).map((mall) => mall.close()))
  }
})
