import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RakutenSimulator, startRakutenSimulator } from '../../../sandbox/malls/rakuten/index.ts'
import type { ApplicationSearch } from '../../../src/marketplaces/port/purchase-applications.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { testTools } from '../../support/malls/test-kit.ts'
import { complaintsOf, type Exchange, recording } from '../documents/index.ts'

const SHOPS = [
  { code: '123456', name: '見本商店' },
  { code: '654321', name: '二号店' },
]
const NEVER = new AbortController().signal
const DAY_MS = 24 * 3600 * 1000

let mall: RakutenSimulator
let exchanges: Exchange[]
beforeEach(async () => {
  mall = await startRakutenSimulator({ shops: SHOPS, seed: 3 })
  mall.clock.hold()
  mall.clock.set(Date.parse('2026-05-19T10:00:00+09:00'))
  mall.change({ keyExpiresAt: '2027-12-31T23:59:59' })
  exchanges = []
})
afterEach(() => mall.close())

function session(shopCode = '123456') {
  const rakuten = createRakuten({ apiUrl: mall.url, requestsPerSecond: 1_000 })
  const credentials = rakuten.credentials.parse(mall.credentialsFor(shopCode))
  const tools = testTools({ clock: mall.clock })
  return rakuten.open(
    { shopId: 'shop', shopCode, credentials },
    { ...tools, http: recording(tools.http, exchanges) },
  )
}
const ALL: ApplicationSearch = { by: 'delivery', from: '2026-05-19', to: '2027-05-18', offset: 0, limit: 100 }
const read = (search: Partial<ApplicationSearch> = {}, shop?: string) =>
  session(shop).purchaseApplications?.({ ...ALL, ...search }, NEVER)

it('shows what is applied for, with its deliveries, without whose it is, and as the reference documents it', async () => {
  const { reserveNumber } = mall.applications.place({ reserveType: 1, deliveries: 3 })
  const page = await read()
  expect(page).toMatchObject({ total: 1 })
  expect(page?.applications[0]).toMatchObject({
    applicationNumber: reserveNumber,
    kind: 'subscription',
    status: { code: '1', name: '申込中' },
    appliedAt: '2026-05-19T10:00:00+09:00',
    cycle: '毎月1日にお届け',
    deliveryMethod: '宅配便(ヤマト運輸)',
    deliveries: [
      { round: 1, confirmOn: '2026-05-26', deliverOn: '2026-05-27', early: false },
      { round: 2, confirmOn: '2026-06-25' },
      { round: 3, confirmOn: '2026-07-25' },
    ],
  })
  expect(page?.applications[0]?.item.quantity).toBeGreaterThan(0)
  expect(page?.applications[0]?.deliveries[0]?.total).toBeGreaterThan(0)
  const placed = exchanges.at(-1)?.response.body.toString('utf8') ?? ''
  const familyName = JSON.parse(placed).publicReserveModelList[0].reserveOrderer.familyName
  expect(familyName).toBeTruthy()
  expect(JSON.stringify(page)).not.toContain(familyName)
  expect(await complaintsOf('rakuten', exchanges)).toEqual([])
})

it('tells amounts that are not fixed as none', async () => {
  mall.applications.place({ pending: true })
  const [application] = (await read())?.applications ?? []
  expect(application?.deliveries[0]).toMatchObject({ total: null, shippingFee: null, codFee: null })
})

it('is empty where nothing fits, and another shop’s are not shown', async () => {
  mall.applications.place({})
  expect(await read({}, '654321')).toEqual({ applications: [], total: 0 })
  expect(await read({ by: 'confirmation', from: '2026-06-01', to: '2026-06-30' })).toEqual({
    applications: [],
    total: 0,
  })
})

it('goes on page by page', async () => {
  const placed = Array.from({ length: 5 }, () => mall.applications.place({}).reserveNumber)
  const pages = [
    await read({ limit: 2 }),
    await read({ limit: 2, offset: 2 }),
    await read({ limit: 2, offset: 4 }),
  ]
  expect(pages.map((page) => page?.applications.length)).toEqual([2, 2, 1])
  const seen = pages.flatMap((page) => page?.applications.map(({ applicationNumber }) => applicationNumber))
  expect(seen.toSorted()).toEqual(placed.toSorted())
})

it('a delivery becomes an order on its day, which carries the application’s number and is no longer listed', async () => {
  const { reserveNumber } = mall.applications.place({ reserveType: 3, confirmAfterDays: 7 })
  const rakuten = session()
  const listed = () =>
    rakuten.listOrders(
      { from: new Date(mall.clock.now() - DAY_MS), to: new Date(mall.clock.now() + 1_000) },
      null,
      NEVER,
    )
  expect((await listed()).orders).toEqual([])
  mall.clock.advance(7 * DAY_MS)
  const [order] = (await listed()).orders
  expect(order?.orderNumber).not.toContain('-r')
  expect(await read()).toEqual({ applications: [], total: 0 })
  for await (const outcome of rakuten.fetchOrders([order?.orderNumber ?? ''], NEVER))
    expect(outcome).toMatchObject({
      kind: 'found',
      order: { subscription: { kind: 'reservation', id: reserveNumber, count: 1 } },
    })
})

it('a function that is off, or a key that is refused, is no fault of the shop’s orders', async () => {
  mall.change({ disabledFunctions: ['reserve.infoList.get'] })
  await expect(read()).rejects.toMatchObject({
    kind: 'rejected',
    code: 'RAKUTEN_RESERVE_REFUSED',
    mallCode: 'GA0001',
  })
})

it('what the service refuses is told in its own code', async () => {
  await expect(read({ from: '2026-06-30', to: '2026-06-01' })).rejects.toMatchObject({
    kind: 'rejected',
    mallCode: 'E01-005',
    message: expect.stringMatching(/店舗の情報の取得を.*RMSで店舗の設定/),
  })
})

it.each(['503-html', '503-empty', '200-html', 'cut', 'broken-body'])(
  '%s is a mall that is away or out of order',
  async (kind) => {
    mall.applications.place({})
    mall.faults.set([{ kind, operation: 'reserve.infoList.get' }])
    await expect(read()).rejects.toMatchObject({ kind: expect.stringMatching(/^(unavailable|malformed)$/) })
  },
)
