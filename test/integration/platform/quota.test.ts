import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLanes, type Lanes } from '../../../src/marketplaces/quota/lane.ts'
import { LANE_SCHEMA, type LaneStore, prepareLaneTable } from '../../../src/marketplaces/quota/stores.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/redis.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { redisMissing, startRedis } from '../../support/redis.ts'

const log = pino({ level: 'silent' })
const never = new AbortController().signal

interface Opened {
  /** Two, as two processes would have. */
  stores: LaneStore[]
  close(): Promise<void>
}

async function openPostgres(): Promise<Opened> {
  const database = await freshDatabase()
  await Promise.all([prepareLaneTable(database.pool), prepareLaneTable(database.pool)])
  const store: LaneStore = { kind: 'postgres', pool: database.pool }
  return { stores: [store, store], close: () => database.close() }
}

async function openRedis(): Promise<Opened> {
  const server = await startRedis()
  const connections: Redis[] = [connectRedis(server.url, log), connectRedis(server.url, log)]
  return {
    stores: connections.map((redis) => ({ kind: 'redis', redis })),
    async close() {
      for (const redis of connections) await closeRedis(redis, 500)
      await server.stop()
    },
  }
}

const engines = [
  { name: 'postgres', missing: null, start: openPostgres },
  { name: 'redis', missing: redisMissing, start: openRedis },
]

for (const { name, missing, start } of engines) {
  describe.skipIf(missing)(`lanes on ${name}${missing ? ` (left out: ${missing})` : ''}`, () => {
    let opened: Opened
    let lanes: Lanes[]
    beforeAll(async () => {
      opened = await start()
      lanes = opened.stores.map((store) => createLanes({ store, clock: systemClock }))
    })
    afterAll(() => opened?.close())

    test.each([
      { perSecond: 20, burst: 1, calls: 10 },
      { perSecond: 20, burst: 5, calls: 20 },
    ])(
      'two processes together keep $perSecond a second with a burst of $burst',
      async ({ perSecond, burst, calls }) => {
        const quota = { key: `shared-${burst}`, perSecond, burst }
        const at: number[] = []
        const caller = async (which: number) => {
          const lane = lanes[which % lanes.length]?.lane()
          for (let n = 0; n < calls / 4; n++) {
            await lane?.take(quota, never)
            at.push(performance.now())
          }
        }
        await Promise.all([0, 1, 2, 3].map(caller))
        at.sort((a, b) => a - b)
        expect(at).toHaveLength(Math.ceil(calls / 4) * 4)
        // Times are taken after the answer, so their distances may shrink by how much two answers differ in speed.
        for (let first = 0; first < at.length; first++) {
          for (let last = first + burst; last < at.length; last++) {
            const gained = ((last - first + 1 - burst) / perSecond) * 1000
            expect((at[last] ?? 0) - (at[first] ?? 0)).toBeGreaterThanOrEqual(gained - 40)
          }
        }
        const best = ((at.length - burst) / perSecond) * 1000
        expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThan(best + 500)
      },
    )

    test('after a burst the next call is gained in one step, and a slower rate makes nothing of what was used up', async () => {
      const quota = { key: 'burst', perSecond: 0.01, burst: 5 }
      for (let n = 0; n < 5; n++) await lanes[n % 2]?.lane().take(quota, never)
      const comeBack = async (perSecond: number) => {
        const refused = await lanes[0]
          ?.lane()
          .take({ ...quota, perSecond }, never)
          .catch((failure: { until: Date }) => failure.until.getTime() - Date.now())
        return Number(refused)
      }
      const wait = await comeBack(0.01)
      expect(wait).toBeGreaterThan(90_000)
      expect(wait).toBeLessThanOrEqual(100_100)
      expect(await comeBack(0.001)).toBeGreaterThan(900_000)
    })

    test('what one process took is gone for the other', async () => {
      const quota = { key: 'once', perSecond: 0.05, burst: 1 }
      await lanes[0]?.lane().take(quota, never)
      await expect(lanes[1]?.lane().take(quota, never)).rejects.toMatchObject({
        kind: 'throttled',
        code: 'LANE_BUSY',
      })
    })
  })
}

test('the table of the lanes is in its own schema', async () => {
  const database = await freshDatabase()
  await prepareLaneTable(database.pool)
  const { rows } = await database.pool.query(
    `SELECT table_schema FROM information_schema.tables WHERE table_name = 'buckets'`,
  )
  expect(rows).toEqual([{ table_schema: LANE_SCHEMA }])
  await database.close()
})

describe.skipIf(redisMissing)('Redis that is away', () => {
  test('take() fails in time instead of hanging, and works when Redis is back', async () => {
    const server = await startRedis()
    const redis = connectRedis(server.url, log, 300)
    const lane = createLanes({ store: { kind: 'redis', redis }, clock: systemClock }).lane()
    const quota = { key: 'k', perSecond: 50, burst: 1 }
    await lane.take(quota, never)
    await server.stop()
    await expect(lane.take(quota, never)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'LANE_STORE_AWAY',
    })
    const again = await startRedis({ port: server.port })
    await expect
      .poll(
        () =>
          lane.take(quota, never).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true)
    await closeRedis(redis, 500)
    await again.stop()
  })
})
