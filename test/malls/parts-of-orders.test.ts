import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderShape } from '../../sandbox/kit/types.ts'
import {
  SANDBOX_SHOPS,
  SHAPES_OF,
  SIMULATED_MALLS,
  type SimulatedMall,
  startMalls,
} from '../../sandbox/malls/index.ts'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { recipientsToShip, shipping } from '../../src/marketplaces/port/shipping.ts'
import { TEST_SEED } from '../support/drawn-seed.ts'
import { cappedHttp, testTools } from '../support/malls/test-kit.ts'
import { testMalls } from '../support/malls/test-malls.ts'

/**
 * Recipients, parcels and lines of every order that a simulated mall makes agree with its charges, those that
 * were removed or cancelled included.
 */

let malls: Awaited<ReturnType<typeof startMalls>>
beforeAll(async () => {
  malls = await startMalls(() => ({ port: 0, seed: TEST_SEED % 100_000, requestsPerSecond: 1_000 }))
})
afterAll(() => Promise.all(Object.values(malls).map((mall) => mall.close())))

const NEVER = new AbortController().signal
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

async function read(mall: SimulatedMall, orders: readonly { shape?: OrderShape; cancelled: boolean }[]) {
  const simulator = malls[mall]
  const marketplace = testMalls(simulator).get(mall)
  if (!marketplace) throw new Error(mall)
  const { code: shopCode } = SANDBOX_SHOPS[mall]
  const placed = orders.map(({ shape, cancelled }) => {
    const { orderNumber } = simulator.place({ shopCode, ...(shape === undefined ? {} : { shape }) })
    if (cancelled) simulator.cancel(orderNumber)
    return orderNumber
  })
  const credentials = marketplace.credentials.parse(simulator.credentialsFor(shopCode))
  const session = marketplace.open(
    { shopId: 'shop', shopCode, credentials },
    testTools({ clock: simulator.clock, http: cappedHttp(20_000) }),
  )
  const found = new Map<string, NormalisedOrder>()
  for await (const outcome of session.fetchOrders(placed, NEVER))
    if (outcome.kind === 'found') found.set(outcome.orderNumber, outcome.order)
  return placed.map((number) => found.get(number))
}

function agree(order: NormalisedOrder, shape: OrderShape | undefined): void {
  const { recipients, items, charges, totals, discounts } = order
  const live = items.filter(({ deleted }) => !deleted)
  expect(order.warnings).toEqual([])
  expect(charges.goods).toBe(sum(live.map(({ subtotal }) => subtotal)))
  expect(live.every(({ unitPrice, quantity }) => unitPrice >= 0 && quantity > 0)).toBe(true)
  expect(totals.total).toBe(sum(Object.values(charges)))
  const off = discounts.filter(({ includedInPrices }) => !includedInPrices).map(({ amount }) => amount)
  expect(totals.billed).toBe(totals.total - sum(off))
  // Each line goes to one recipient, who is there and names it; a recipient has nothing that is not a line.
  const named = recipients.flatMap(({ id, lineIds }) => lineIds.map((lineId) => `${id} ${lineId}`))
  expect(named).toHaveLength(new Set(named).size)
  expect(new Set(recipients.map(({ id }) => id)).size).toBe(recipients.length)
  for (const { recipientId, lineId } of live) expect(named).toContain(`${recipientId} ${lineId}`)
  const lines = new Set(items.map(({ recipientId, lineId }) => `${recipientId} ${lineId}`))
  expect(named.filter((one) => !lines.has(one))).toEqual([])
  for (const [fees, charge] of [
    [recipients.map(({ shippingFee }) => shippingFee), charges.shipping],
    [recipients.map(({ codFee }) => codFee), charges.cod],
  ] as const) {
    const stated = fees.flatMap((fee) => fee ?? [])
    if (stated.length > 0) expect(sum(stated)).toBe(charge)
  }
  const { state, total, left } = shipping(order)
  const toShip = recipientsToShip(order)
  expect(total).toBe(toShip.length)
  expect(toShip.every(({ id }) => live.some(({ recipientId }) => recipientId === id))).toBe(true)
  if (order.mallState === 'open') expect([state, left]).toEqual(['none', toShip.map(({ id }) => id)])
  if (order.mallState === 'cancelled') expect(total).toBe(0)
  if (shape === 'two_recipients' && order.mallState === 'open') expect(total).toBe(2)
  if (shape === 'removed_recipient') {
    expect(recipients).toHaveLength(1)
    expect(items.some(({ deleted }) => deleted)).toBe(true)
  }
  if (shape === 'cancelled_line') expect(items.filter(({ deleted }) => deleted)).toHaveLength(1)
}

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  const shapes = SHAPES_OF[mall]
  const drawn = fc.record({
    shape: fc.constantFrom<(OrderShape | undefined)[]>(undefined, ...shapes),
    cancelled: fc.boolean().map((one) => one && mall !== 'amazon'),
  })

  it('gives orders whose recipients, parcels and lines agree with their charges', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(drawn, { minLength: 1, maxLength: 20 }), async (wanted) => {
        const orders = wanted.map(({ shape, cancelled }) => ({ cancelled, ...(shape ? { shape } : {}) }))
        for (const [at, order] of (await read(mall, orders)).entries())
          if (order) agree(order, wanted[at]?.shape)
      }),
      { numRuns: 6, seed: TEST_SEED },
    )
  })

  it.each(shapes)('makes %s, which is read', async (shape) => {
    const [order] = await read(mall, [{ shape, cancelled: false }])
    if (order) agree(order, shape)
    expect(order?.mallState ?? 'pending').toMatch(/open|pending/)
  })
})
