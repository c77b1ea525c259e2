import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX_SHOPS, SIMULATED_MALLS, type SimulatedMall, startMalls } from '../../sandbox/malls/index.ts'
import { installed, unlikeTheModels } from '../sdks/main.ts'
import { cappedHttp, testTools } from '../support/malls/test-kit.ts'
import { testMalls } from '../support/malls/test-malls.ts'
import { complaintsOf, type Exchange, hasDocuments, recording } from './documents/index.ts'
import { unlikeOrderModel } from './documents/rakuten.ts'

/**
 * What adapters ask and simulators answer when they read, held against the malls' own documents: an adapter
 * that is tried on invented fields is tried on nothing. The calls that write are held against them where they
 * are made (test/integration/site-changes/cells.test.ts).
 */

let malls: Awaited<ReturnType<typeof startMalls>>
beforeAll(async () => {
  malls = await startMalls(() => ({ port: 0, seed: 11, requestsPerSecond: 1_000 }))
})
afterAll(() => Promise.all(Object.values(malls).map((mall) => mall.close())))

const ORDERS = 60
const NEVER = new AbortController().signal
const HOUR_MS = 60 * 60_000

/**
 * Many different orders, some of them cancelled or paid, read, listed and looked for in vain through the
 * adapter.
 */
async function readAt(mall: SimulatedMall) {
  const simulator = malls[mall]
  const marketplace = testMalls(simulator).get(mall)
  if (!marketplace) throw new Error(mall)
  const { code } = SANDBOX_SHOPS[mall]
  const numbers = Array.from({ length: ORDERS }, () => simulator.place({ shopCode: code }).orderNumber)
  for (const number of numbers.slice(-3)) simulator.cancel(number)
  const exchanges: Exchange[] = []
  const session = marketplace.open(
    {
      shopId: 'shop',
      shopCode: code,
      credentials: marketplace.credentials.parse(simulator.credentialsFor(code)),
    },
    testTools({ clock: simulator.clock, http: recording(cappedHttp(20_000), exchanges) }),
  )
  const found = []
  const unknown = `${numbers[0]?.slice(0, -4)}9999`
  for await (const outcome of session.fetchOrders([...numbers, unknown], NEVER))
    if (outcome.kind === 'found') found.push(outcome)
  const now = simulator.clock.now()
  simulator.clock.advance(HOUR_MS)
  await session.listOrders({ from: new Date(now - HOUR_MS), to: new Date(now + HOUR_MS / 2) }, null, NEVER)
  await session.checkCredentials(NEVER)
  await session.subStatuses?.(NEVER)
  return { marketplace, found, exchanges }
}

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  let read: Awaited<ReturnType<typeof readAt>>
  beforeAll(async () => {
    read = await readAt(mall)
  }, 60_000)

  it('has every field and code of every order in its documents', () => {
    const { marketplace, found } = read
    expect(found.length).toBeGreaterThan(ORDERS / 3)
    const unknown = new Set(
      found.flatMap(({ order }) => marketplace.unknowns(order)).map(({ field }) => field),
    )
    // An element that au PAY's simulator adds now and then on purpose: that it is found is what the list is
    // for.
    expect([...unknown]).toEqual(mall === 'aupay' ? ['order.newElementOf2027'] : [])
  })

  it.skipIf(!hasDocuments(mall))(
    'is asked and answers as it documents [npm ci in test/sdks]',
    { timeout: 240_000 },
    async () => {
      expect(read.exchanges.length).toBeGreaterThan(3)
      expect(await complaintsOf(mall, read.exchanges)).toEqual(EXPECTED[mall] ?? [])
    },
  )
})

/** The only differences, each on purpose. */
const EXPECTED: Partial<Record<SimulatedMall, readonly string[]>> = {
  // au PAY adds elements without a word, and so does its simulator.
  aupay: [
    'answer of searchTradeInfoProc.orderInfo.newElementOf2027: not in the table',
    'answer of searchTradeInfoListProc.orderInfo[].newElementOf2027: not in the table',
  ],
}

it.skipIf(!installed())(
  'and Amazon’s models find what is wrong [npm ci in test/sdks]',
  { timeout: 120_000 },
  async () => {
    const money = { module: '@sp-api-sdk/orders-api-2026-01-01', type: 'Money' }
    const found = await unlikeTheModels([
      { ...money, value: { amount: '1', currencyCode: 'JPY' } },
      { ...money, value: { amount: 1, currencyCode: 'JPY' } },
      { ...money, value: { amount: '1', currencyCode: 'JPY', more: 2 } },
      { ...money, value: { amount: '1' } },
    ])
    expect(found.map((line) => line.split('(')[1]?.split(',')[0])).toEqual(['2', '3', '4'])
  },
)

it('and the tables find what is wrong', () => {
  expect(unlikeOrderModel({ usedPoint: '1', more: 2 }, 'PointModel')).toEqual([
    'PointModel.more: not in the table',
    'PointModel.usedPoint: "1" is no n',
  ])
  expect(unlikeOrderModel({}, 'PointModel')).toEqual(['PointModel.usedPoint: missing'])
})
