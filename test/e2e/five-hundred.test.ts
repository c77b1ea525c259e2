import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxEvent, SandboxOrder } from '../../sandbox/kit/types.ts'
import { composeMail } from '../../sandbox/mails/compose-mail.ts'
import { SIMULATED_MALLS, type SimulatedMall } from '../../sandbox/malls/index.ts'
import { MAIL_LOOKS } from '../../sandbox/sandbox.ts'
import { type Dovecot, dovecotMissing, startDovecot } from '../support/mail/dovecot.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../support/redis.ts'
import { allOrders, numbersOf, startWorld, type World, waitForStaged } from '../support/service/world.ts'

/** A busy morning on a real mail server and a real Redis, seen over IMAP and HTTP only. */

const missing = dovecotMissing() ?? redisMissing
const ORDERS = 500
const USER = 'orders'
const PASSWORD = 'morning'

describe.skipIf(missing !== null)(`${ORDERS} orders of all malls${missing ? ` [${missing}]` : ''}`, () => {
  let dovecot: Dovecot
  let redis: PrivateRedis
  let world: World

  beforeAll(async () => {
    dovecot = await startDovecot({ [USER]: PASSWORD })
    redis = await startRedis()
    const mailbox = { host: dovecot.host, port: dovecot.port, username: USER, password: PASSWORD }
    world = await startWorld({ redisUrl: redis.url, mailbox })
  })

  afterAll(async () => {
    await world?.close()
    await redis?.stop()
    await dovecot?.stop()
  })

  test('are staged once and pulled once, and the mailbox looks as before', { timeout: 300_000 }, async () => {
    const placed: SandboxOrder[] = []
    const mails: Buffer[] = []
    for (let n = 0; n < ORDERS; n += 1) {
      const mall = world.sandbox.malls[SIMULATED_MALLS[n % SIMULATED_MALLS.length] as SimulatedMall]
      // Every tenth is mailed before its API knows it, every seventh is mailed twice.
      const order = mall.place(n % 10 === 0 ? { visibleAfterSeconds: 20 } : {})
      placed.push(order)
      for (let copy = 0; copy < (n % 7 === 0 ? 2 : 1); copy += 1) mails.push(mailOf(order, n + copy))
    }
    for (let n = 0; n < mails.length; n += 25) {
      await Promise.all(mails.slice(n, n + 25).map((mail) => dovecot.deliver(USER, mail)))
    }

    await waitForStaged(world, ORDERS, 240_000)
    expect(numbersOf(await allOrders(world))).toEqual(numbersOf(placed))

    // By position: under a key only the malls of 1.0.0 are handed over.
    const pull = (after: string | null) =>
      world.registration.client.post<{
        orders: { orderNumber: string; status: string }[]
        remaining: number
        position: string
      }>('/orders/pull', { after })
    const first = await pull(null)
    expect(numbersOf(first.orders)).toEqual(numbersOf(placed))
    expect(new Set(first.orders.map((order) => order.status))).toEqual(new Set(['new']))
    expect(first.remaining).toBe(0)
    expect((await pull(first.position)).orders).toEqual([])

    const flags = await dovecot.flags(USER)
    expect(Object.keys(flags)).toHaveLength(mails.length)
    expect(Object.values(flags).flat()).toEqual([])
  })
})

function mailOf(order: SandboxOrder, n: number): Buffer {
  const event: SandboxEvent = { type: 'placed', order }
  const look = MAIL_LOOKS[n % MAIL_LOOKS.length] as (typeof MAIL_LOOKS)[number]
  return composeMail(event, {
    to: 'orders@sandbox.example',
    messageId: `<${n}.${order.orderNumber}@mall.example>`,
    ...look,
  })
}
