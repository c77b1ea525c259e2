import { expect, test } from 'vitest'
import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { ConsentExchange, ConsentFlow } from '../../marketplaces/port/marketplace.ts'
import { systemClock } from '../../platform/clock.ts'
import { exchangeCode } from './shop-consent.ts'

const away = () => new MarketplaceFailure({ kind: 'unavailable', code: 'AWAY', message: '休止中' })
const refused = () => new MarketplaceFailure({ kind: 'rejected', code: 'CODE', message: '拒否' })

/** A mall whose answers are given; every pause is over at once. */
function flow(answers: (() => Promise<object>)[]) {
  const codes: string[] = []
  const consent = {
    exchange: ({ code }: ConsentExchange<unknown>) => {
      codes.push(code)
      return (answers.shift() ?? (() => Promise.reject(away())))()
    },
  } as unknown as ConsentFlow<unknown>
  const ask = {
    shopCode: 's',
    credentials: {},
    code: 'c',
    verifier: 'v',
    nonce: 'n',
    redirectUri: 'r',
    tools: {
      http: { request: () => Promise.reject(away()) },
      clock: { ...systemClock, sleep: async () => undefined },
    },
  }
  return { codes, run: (limitMs?: number) => exchangeCode(consent, ask, limitMs) }
}

test('a passing failure is tried again with the same code, three times in all', async () => {
  const once = flow([() => Promise.reject(away()), async () => ({ refreshToken: 'r' })])
  expect(await once.run()).toEqual({ refreshToken: 'r' })
  expect(once.codes).toEqual(['c', 'c'])
  const never = flow([])
  await expect(never.run()).rejects.toMatchObject({ code: 'AWAY' })
  expect(never.codes).toHaveLength(3)
})

test('a refusal is final', async () => {
  const one = flow([() => Promise.reject(refused())])
  await expect(one.run()).rejects.toMatchObject({ code: 'CODE' })
  expect(one.codes).toHaveLength(1)
})

test('an endpoint that never answers ends in bounded time', async () => {
  const silent = flow([() => new Promise(() => undefined)])
  await expect(silent.run(20)).rejects.toMatchObject({ kind: 'unavailable', code: 'CONSENT_TIMEOUT' })
})
