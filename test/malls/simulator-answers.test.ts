import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX_MALLS, SANDBOX_SHOPS, type SandboxMall, startMalls } from '../../sandbox/malls/index.ts'
import { createMarketplaces } from '../../src/marketplaces/index.ts'
import { testTools } from '../../src/marketplaces/kit/test-kit.ts'
import { unlikeTheTable } from './rakuten/order-model.ts'

/** What the simulators answer, held against the malls' own lists: an adapter that is tried on invented fields is tried on nothing. */

let malls: Awaited<ReturnType<typeof startMalls>>
beforeAll(async () => {
  malls = await startMalls(() => ({ port: 0, seed: 11, requestsPerSecond: 1_000 }))
})
afterAll(() => Promise.all(Object.values(malls).map((mall) => mall.close())))

const ORDERS = 60

/** Raw answers of many different orders, each with its order, through the adapter. */
async function answersOf(mall: SandboxMall) {
  const simulator = malls[mall]
  const fast = { requestsPerSecond: 1_000 }
  const urls = { apiUrl: simulator.url, authUrl: simulator.authUrl ?? '', ...fast }
  const marketplace = createMarketplaces({ rakuten: urls, yahoo: urls, amazon: urls, aupay: urls }).get(mall)
  if (!marketplace) throw new Error(mall)
  const { code } = SANDBOX_SHOPS[mall]
  const numbers = Array.from({ length: ORDERS }, () => simulator.place({ shopCode: code }).orderNumber)
  const session = marketplace.open(
    {
      shopId: 'shop',
      shopCode: code,
      credentials: marketplace.credentials.parse(simulator.credentialsFor(code)),
    },
    testTools({ clock: simulator.clock, capMs: 20_000 }),
  )
  const found = []
  for await (const outcome of session.fetchOrders(numbers, new AbortController().signal))
    if (outcome.kind === 'found') found.push(outcome)
  return { marketplace, found }
}

it.each(SANDBOX_MALLS)(
  '%s: every field and code is one of its documents',
  { timeout: 60_000 },
  async (mall) => {
    const { marketplace, found } = await answersOf(mall)
    expect(found.length).toBeGreaterThan(ORDERS / 3)
    const unknown = new Set(
      found.flatMap(({ order }) => marketplace.unknowns(order)).map(({ field }) => field),
    )
    // An element that au PAY's simulator adds now and then on purpose: that it is found is what the list is for.
    expect([...unknown]).toEqual(mall === 'aupay' ? ['order.newElementOf2027'] : [])
  },
)

it('rakuten: every field has the type that the reference gives it', { timeout: 60_000 }, async () => {
  const { found } = await answersOf('rakuten')
  const models = found.map(({ raw }) => {
    const answer = JSON.parse(raw)
    return answer.OrderModelList?.[0] ?? answer
  })
  expect(models.length).toBe(ORDERS)
  expect([...new Set(models.flatMap((model) => unlikeTheTable(model)))]).toEqual([])
})

it('and the table finds what is wrong', () => {
  expect(unlikeTheTable({ usedPoint: '1', more: 2 }, 'PointModel')).toEqual([
    'PointModel.more: not in the table',
    'PointModel.usedPoint: "1" is no n',
  ])
  expect(unlikeTheTable({}, 'PointModel')).toEqual(['PointModel.usedPoint: missing'])
})
