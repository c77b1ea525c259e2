import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import { createLanes, type Lanes } from '../../src/platform/lanes/lane.ts'
import { LANE_SCHEMA, type LaneStore, prepareLaneTable } from '../../src/platform/lanes/stores.ts'
import { closeRedis, connectRedis } from '../../src/platform/queue/redis.ts'
import { freshDatabase } from '../support/database.ts'
import { redisMissing, startRedis } from '../support/redis.ts'

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
        const window = (burst / perSecond) * 1000 - 30
        for (let n = 0; n + burst < at.length; n++) {
          expect((at[n + burst] ?? 0) - (at[n] ?? 0)).toBeGreaterThanOrEqual(window)
        }
      },
    )

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
    `SELECT table_schema FROM information_schema.tables WHERE table_name = 'slots'`,
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
