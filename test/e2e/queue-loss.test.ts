import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { type Gate, startGate } from '../chaos/gate.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../support/redis.ts'
import { allOrders, numbersOf, startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * Redis in all ways of not being there: mails are taken in meanwhile, and orders follow within 30 s of its
 * return.
 */

const WITHIN_MS = 30_000
/**
 * Stands for the hour: no wait of ours or of the clients' is longer, so that nothing is different after it.
 * They try again after 2 s at most, BullMQ's workers after 15 s, and the ticker takes a wake-up for lost
 * after 15 s.
 */
const LONG_AWAY_MS = 20_000

describe.skipIf(redisMissing !== null)(`Redis${redisMissing ? ` [${redisMissing}]` : ''}`, () => {
  let redis: PrivateRedis
  let gate: Gate
  let world: World
  /** In all tests: what was there before must still be there. */
  const placed: { orderNumber: string }[] = []
  const more: PrivateRedis[] = []

  beforeAll(async () => {
    redis = await startRedis()
    gate = await startGate({ host: '127.0.0.1', port: redis.port })
    world = await startWorld({ redisUrl: `redis://127.0.0.1:${gate.port}` })
  })
  afterAll(async () => {
    await world?.close()
    await gate?.close()
    for (const one of [redis, ...more]) await one?.stop()
  })
  async function command(port: number, ...words: [string, ...string[]]): Promise<void> {
    const client = new Redis(port, '127.0.0.1')
    await client.call(...words)
    client.disconnect()
  }

  /** Two orders of each mall, whose mails are taken in. */
  async function orderAndMail(): Promise<void> {
    for (const mall of SIMULATED_MALLS)
      for (let n = 0; n < 2; n++) placed.push(world.sandbox.malls[mall].place())
    await waitFor(
      'all mails taken in',
      () => world.database.db.mail.count(),
      (count) => count === placed.length,
      { limitMs: 30_000 },
    )
  }

  async function goesOn(): Promise<void> {
    const back = performance.now()
    await waitForStaged(world, placed.length, WITHIN_MS)
    console.info(`staged ${Math.round(performance.now() - back)} ms after the return`)
    expect(numbersOf(await allOrders(world))).toEqual(numbersOf(placed))
  }

  test('down when the service starts', { timeout: 90_000 }, async () => {
    await world.service().stop()
    gate.shut()
    await world.restart()
    await orderAndMail()
    expect((await fetch(`${world.service().url}/healthz`)).status).toBe(200)
    // It stays in the balancer, as pulls and lists work; what is away is shown all the same.
    const ready = await fetch(`${world.service().url}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { checks: { queue: 'failed' } }])
    expect(await world.database.db.order.count()).toBe(0)
    gate.open()
    await goesOn()
  })

  test('emptied while wake-ups wait in it', { timeout: 90_000 }, async () => {
    for (const mall of SIMULATED_MALLS)
      await world.mall(mall, 'PUT', 'faults', [{ kind: 'slow', delayMs: 2_000 }])
    await orderAndMail()
    await command(redis.port, 'FLUSHALL')
    for (const mall of SIMULATED_MALLS) await world.mall(mall, 'DELETE', 'faults')
    await goesOn()
  })

  test('away for long, and back empty', { timeout: 120_000 }, async () => {
    const before = placed.length
    await redis.stop()
    await orderAndMail()
    await new Promise((resolve) => setTimeout(resolve, LONG_AWAY_MS))
    expect(await world.database.db.order.count()).toBe(before)
    redis = await startRedis({ port: redis.port })
    await goesOn()
  })

  test('failed over: the connections live on, at a server that only reads now', {
    timeout: 90_000,
  }, async () => {
    const replica = await startRedis()
    more.push(replica)
    await command(replica.port, 'REPLICAOF', '127.0.0.1', String(redis.port))
    await command(replica.port, 'REPLICAOF', 'NO', 'ONE')
    gate.open(replica.port)
    await command(redis.port, 'REPLICAOF', '127.0.0.1', String(replica.port))
    await orderAndMail()
    await goesOn()
  })
})
