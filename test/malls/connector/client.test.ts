import { expect, test } from 'vitest'
import { createConnectorClient } from '../../../src/marketplaces/connector/client.ts'
import { CONNECTOR } from '../../../src/marketplaces/connector/facts.ts'
import type { MarketplaceTools } from '../../../src/marketplaces/port/session.ts'
import { heldClock } from '../../support/fixtures.ts'

/** A server that answers as a stranger may. */
function clientOf(body: string) {
  const clock = heldClock()
  const answer = {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: Buffer.from(body),
  }
  const tools = {
    http: { request: async () => answer },
    lane: { take: async () => undefined },
    clock,
  } as unknown as MarketplaceTools
  const shop = {
    shopId: 's',
    shopCode: 'c',
    credentials: { url: 'https://a.example' },
    settings: {},
    capabilities: null,
  }
  const client = createConnectorClient(CONNECTOR, shop, tools, { key: 'k', perSecond: 1, burst: 1 })
  const call = { method: 'GET', path: '/orders/1', maxBytes: 20_000_000 } as const
  return { clock, ask: () => client.call(call, new AbortController().signal) }
}

test.each([
  ['100,000 levels', `{"number":"1","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a list of 120,000', JSON.stringify({ number: '1', x: Array(120_000).fill(0) })],
])('%s are not read', async (_what, body) => {
  const { clock, ask } = clientOf(body)
  const asked = ask()
  await clock.untilSleeping()
  clock.advance(60_000)
  expect(await asked).toMatchObject({ kind: 'ok', body: undefined })
})

test('a server that sends much waits: a second for each MiB', async () => {
  const { clock, ask } = clientOf(JSON.stringify({ note: 'x'.repeat(3 * 1024 * 1024) }))
  let answered = false
  const asked = ask().then(() => {
    answered = true
  })
  await clock.untilSleeping()
  clock.advance(2_900)
  await Promise.resolve()
  expect(answered).toBe(false)
  clock.advance(200)
  await asked
})

test('a small answer waits for nothing', async () => {
  expect(await clientOf('{"number":"1"}').ask()).toMatchObject({ kind: 'ok', body: { number: '1' } })
})
