import { expect, it } from 'vitest'
import { unauthorised } from '../../../src/marketplaces/kit/failures.ts'
import { accessBy } from '../../../src/marketplaces/kit/oauth.ts'
import type { MarketplaceTools } from '../../../src/marketplaces/port/session.ts'
import { memoryTokens, testTools } from '../../support/malls/test-kit.ts'

/** A cart whose tokens come from the shop's own application: no person consents, and nothing is refreshed. */
const LIFE_SECONDS = 86_400

function cart() {
  const forms: Record<string, string>[] = []
  let now = Date.parse('2026-12-01T00:00:00Z')
  const tools = testTools({
    clock: { now: () => now, sleep: async () => undefined },
    tokens: memoryTokens(),
    http: {
      async request({ body }) {
        forms.push(Object.fromEntries(new URLSearchParams(String(body))))
        const answer = { access_token: `token-${forms.length}`, expires_in: LIFE_SECONDS }
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) }
      },
    },
  })
  const refused = unauthorised('CART_REFUSED', 'カートが拒否しました。', '登録し直してください。')
  const access = accessBy<{ clientId: string; clientSecret: string }>(
    (authUrl: string, { clientId, clientSecret }, used: MarketplaceTools) => ({
      mall: { label: 'カート', prefix: 'CART', console: 'カート' },
      url: `${authUrl}/token`,
      form: { client_id: clientId, client_secret: clientSecret },
      tools: used,
      refused: (_error, facts) => refused(facts),
      unreadable: 'CART_TOKEN_UNREADABLE',
    }),
    60_000,
  )
  const signal = new AbortController().signal
  const bearer = async (clientId: string) =>
    (await access('https://cart.test', { clientId, clientSecret: 's' }, tools).bearer(signal)).accessToken
  return { forms, bearer, pass: (ms: number) => (now += ms) }
}

it('brings a token by client credentials, keeps it for its life, and then asks with them again', async () => {
  const { forms, bearer, pass } = cart()
  expect([await bearer('app'), await bearer('app')]).toEqual(['token-1', 'token-1'])
  expect(forms).toEqual([{ client_id: 'app', client_secret: 's', grant_type: 'client_credentials' }])
  pass(LIFE_SECONDS * 1_000 - 59_000)
  expect(await bearer('app')).toBe('token-2')
  expect(await bearer('other-app')).toBe('token-3')
})
