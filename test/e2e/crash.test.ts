import { describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { startSeveringProxy } from '../support/proxies.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { allOrders, numbersOf, startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * kill -9 at the two places where an order could be lost or doubled; afterwards nothing is missing, nothing
 * is double.
 */

const ENGINES = [
  { name: 'queue on Postgres', redis: false, missing: null },
  { name: 'queue on Redis', redis: true, missing: redisMissing },
]

type AtEnd = (step: () => Promise<void>) => void

// Each has a world of its own, and waits most of its time for what the killed process held.
describe.concurrent.each(ENGINES)('kill -9 ($name)', { timeout: 180_000 }, ({ redis: onRedis, missing }) => {
  const leftOut = missing !== null

  async function start(atEnd: AtEnd, options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
    const redis = onRedis ? await startRedis() : null
    if (redis) atEnd(redis.stop)
    const world = await startWorld({ ...options, ...(redis ? { redisUrl: redis.url } : {}) })
    atEnd(world.close)
    return world
  }

  test(`between mail and staging${leftOut ? ` [${missing}]` : ''}`, async ({ skip, onTestFinished }) => {
    if (missing !== null) skip(missing)
    const world = await start(onTestFinished)
    await world.mall('rakuten', 'PUT', 'faults', [{ kind: 'slow', operation: 'getOrder', delayMs: 60_000 }])
    await world.mall('rakuten', 'DELETE', 'calls')
    const placed = Array.from({ length: 20 }, () => world.sandbox.malls.rakuten.place())
    await waitFor(
      'all mails taken in and a fetch under way',
      async () => ({
        requests: await world.database.db.importRequest.count(),
        calls: (await world.mall('rakuten', 'GET', 'calls')) as Record<string, number>,
      }),
      ({ requests, calls }) => requests === placed.length && (calls.getOrder ?? 0) > 0,
    )
    await world.service().kill()
    expect(await world.database.db.order.count()).toBe(0)
    await world.mall('rakuten', 'DELETE', 'faults')

    await world.restart()
    await waitForStaged(world, placed.length)
    expect(numbersOf(await allOrders(world))).toEqual(numbersOf(placed))
    // A held order is read again when its hold may be over; that waits as it should.
    const imports = { state: 'waiting', purpose: 'import' } as const
    expect(await world.database.db.importRequest.count({ where: imports })).toBe(0)
  })

  test(`between the pull's commit and its answer${leftOut ? ` [${missing}]` : ''}`, async ({
    skip,
    onTestFinished,
  }) => {
    if (missing !== null) skip(missing)
    const { proxy, urlFor } = await proxyBeforeDatabase(onTestFinished)
    const world = await start(onTestFinished, { databaseUrl: urlFor })
    const placed = Array.from({ length: 20 }, (_, n) =>
      world.sandbox.malls[n % 2 ? 'rakuten' : 'yahoo'].place(),
    )
    await waitForStaged(world, placed.length)

    const swallowed = proxy.swallowAnswerTo('insert into pulls')
    const pull = () =>
      world.registration.client.post<{
        pullId: string
        orders: { orderNumber: string }[]
        remaining: number
      }>('/orders/pull', {}, { 'idempotency-key': 'morning-1' })
    const unanswered = pull().then(
      () => 'answered',
      () => 'no answer',
    )
    await swallowed
    await world.service().kill()
    expect(await unanswered).toBe('no answer')
    expect(await world.database.db.pull.count()).toBe(1)

    await world.restart()
    const again = await pull()
    expect(numbersOf(again.orders)).toEqual(numbersOf(placed))
    expect(again.remaining).toBe(0)
    const next = await world.registration.client.post<{ orders: unknown[] }>(
      '/orders/pull',
      {},
      { 'idempotency-key': 'morning-2' },
    )
    expect(next.orders).toEqual([])
    expect(await world.database.db.order.count()).toBe(placed.length)
  })

  /** The proxy needs the database's address, which is known only while the world is being started. */
  async function proxyBeforeDatabase(atEnd: AtEnd) {
    const target = { host: '127.0.0.1', port: 0 }
    const proxy = await startSeveringProxy(target)
    atEnd(proxy.close)
    return {
      proxy,
      urlFor: (url: string) => {
        const parsed = new URL(url)
        target.host = parsed.hostname
        target.port = Number(parsed.port)
        parsed.hostname = '127.0.0.1'
        parsed.port = String(proxy.port)
        return parsed.href
      },
    }
  }
})
