import { afterAll, beforeAll, expect, it } from 'vitest'
import { seeded } from '../../../sandbox/kit/seeded.ts'
import { SIMULATED_MALLS } from '../../../sandbox/malls/index.ts'
import type { HttpRequest } from '../../../src/platform/http/http-client.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { played, TEST_SEED } from '../../support/drawn-seed.ts'
import { type GuardMall, guardMall } from '../../support/malls/mall-bench.ts'

/**
 * Buyers cancel between staging and 発送完了: none of these orders may be shipped, and what is not cancelled is.
 * Of half of the cancellations a mail tells, of the others none. `TEST_SEED` plays the same again.
 */

const CANCELLED = 50
const KEPT = 10
const MINUTE = 60_000

/** When the buyer cancels. write: while the shipping call is on its way. */
const MOMENTS = ['staged', 'pulled', 'queued', 'write', 'second_write'] as const
type Moment = (typeof MOMENTS)[number]

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

it.each(SIMULATED_MALLS)('%s ships none of 50 cancelled orders', { timeout: 120_000 }, async (name) => {
  const at = await guardMall(database, name)
  try {
    await played(() => play(at))
  } finally {
    await at.close()
  }
})

async function play(at: GuardMall): Promise<void> {
  const random = seeded(TEST_SEED, 0)
  const kept = Array.from({ length: KEPT }, () => at.place())
  const moments = new Map(Array.from({ length: CANCELLED }, () => [at.place(), random.pick(MOMENTS)]))
  /** Writes that the mall had carried out when the buyer cancelled. */
  const before = new Map<string, number>()
  const writesOf = (orderNumber: string) => at.mall.writes?.(orderNumber) ?? []
  const cancel = (orderNumber: string) => {
    if (before.has(orderNumber)) return
    at.mall.cancel(orderNumber)
    before.set(orderNumber, writesOf(orderNumber).length)
  }
  const cancelAt = async (moment: Moment) => {
    for (const [orderNumber, when] of moments) {
      if (when !== moment) continue
      cancel(orderNumber)
      if (random.chance(0.5)) await at.mailed(orderNumber)
    }
  }
  /** Shopify's call has no order number. */
  const numbers = new Map<string, string>()
  at.onCall((request) => {
    for (const [orderNumber, when] of moments) {
      const writes = writesOf(orderNumber).length
      const isOwn = isWriteFor(request, orderNumber) || isWriteFor(request, numbers.get(orderNumber))
      if (isOwn && (when === 'write' || (when === 'second_write' && writes > 0))) cancel(orderNumber)
    }
  })

  await at.pass(12 * MINUTE)
  const staged = new Set((await at.orders()).map(({ orderNumber }) => orderNumber))
  expect([...kept, ...moments.keys()].filter((orderNumber) => !staged.has(orderNumber))).toEqual([])
  await cancelAt('staged')
  await at.oneSweep()
  const pulled = await at.pull()
  const flagged = pulled.filter(({ flags }) => flags.includes('cancelled_at_mall'))
  expect(flagged.map(({ orderNumber }) => orderNumber).toSorted()).toEqual(
    [...moments].flatMap(([orderNumber, when]) => (when === 'staged' ? [orderNumber] : [])).toSorted(),
  )
  await cancelAt('pulled')
  // A shop that looks at no flag asks for all of them.
  const asked = new Map<string, string>()
  for (const [index, order] of pulled.entries()) {
    const number = String(400_000_000_000 + index)
    numbers.set(order.orderNumber, number)
    asked.set(order.orderNumber, await at.ship(order, number))
  }
  await cancelAt('queued')
  for (let turn = 0; turn < 40 && (await open(at)) > 0; turn++) await at.pass(MINUTE)

  const changes = await database.db.siteChange.findMany({ where: { shopId: at.shopId } })
  const endOf = (orderNumber: string) => changes.find(({ id }) => id === asked.get(orderNumber))
  for (const orderNumber of before.keys()) {
    const moment = moments.get(orderNumber)
    expect(writesOf(orderNumber).length, `${orderNumber} cancelled when ${moment}`).toBe(
      before.get(orderNumber),
    )
    expect(['warning', 'failed'], moment).toContain(endOf(orderNumber)?.state)
  }
  // Malls that ship in one call have no second one.
  const never = [...moments].filter(([orderNumber]) => !before.has(orderNumber))
  expect(never.filter(([, when]) => when !== 'second_write' && when !== 'write')).toEqual([])
  // Else nobody knows the mall's calls by what they carry.
  expect([...before.keys()].map((orderNumber) => moments.get(orderNumber))).toContain('write')
  const others = [...kept, ...never.map(([orderNumber]) => orderNumber)]
  for (const orderNumber of others) {
    expect(endOf(orderNumber)).toMatchObject({ state: 'succeeded' })
    expect(writesOf(orderNumber).length).toBeGreaterThan(0)
  }
}

const open = (at: GuardMall) =>
  database.db.siteChange.count({ where: { shopId: at.shopId, state: { in: ['queued', 'changing'] } } })

const WRITES =
  /updateOrderShipping|order(?:Ship|Pay)?StatusChange|orderChange|shipmentConfirmation|updateTrade(?:Sts|Info)Proc|fulfillmentCreate\(/

function isWriteFor({ url, body }: HttpRequest, told: string | undefined): boolean {
  const sent = `${url} ${body ?? ''}`
  return WRITES.test(sent) && told !== undefined && sent.includes(told)
}
