import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LANE_SCHEMA, type LaneStore, prepareLaneTable } from '../../../src/marketplaces/quota/buckets.ts'
import { createLanes, type Lanes } from '../../../src/marketplaces/quota/lanes.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/engines.ts'
import { freshDatabase } from '../../support/database/database.ts'
import { heldClock } from '../../support/fixtures.ts'
import { redisMissing, startRedis } from '../../support/redis.ts'

const log = pino({ level: 'silent' })
const never = new AbortController().signal

interface Opened {
  /** Two, as two processes would have. */
  stores: LaneStore[]
  /** As if so much time had gone by at the store, whose clock nobody holds. */
  pass(key: string, ms: number): Promise<void>
  close(): Promise<void>
}

async function openPostgres(): Promise<Opened> {
  const database = await freshDatabase()
  await Promise.all([prepareLaneTable(database.pool), prepareLaneTable(database.pool)])
  const store: LaneStore = { kind: 'postgres', pool: database.pool }
  return {
    stores: [store, store],
    async pass(key, ms) {
      await database.pool.query(`update ${LANE_SCHEMA}.buckets set at = at - $2 where key = $1`, [key, ms])
    },
    close: () => database.close(),
  }
}

async function openRedis(): Promise<Opened> {
  const server = await startRedis()
  // However busy the machine is.
  const patient = () => connectRedis(server.url, log, 60_000)
  const connections: Redis[] = [patient(), patient()]
  return {
    stores: connections.map((redis) => ({ kind: 'redis', redis })),
    async pass(key, ms) {
      await connections[0]?.hincrbyfloat(`{torikomi}:lane:${key}`, 'at', -ms)
    },
    async close() {
      for (const redis of connections) await closeRedis(redis, 500)
      await server.stop()
    },
  }
}

/** So slow that the real time of a test, which the stores count as well, gains a small part of a call. */
const PER_SECOND = 0.0001
const SPACING_MS = 10_000_000
const STEP_MS = SPACING_MS / 10
const REAL_MS = 600_000

const engines = [
  { name: 'postgres', missing: null, start: openPostgres },
  { name: 'redis', missing: redisMissing, start: openRedis },
]

for (const { name, missing, start } of engines) {
  describe.skipIf(missing)(`lanes on ${name}${missing ? ` (left out: ${missing})` : ''}`, () => {
    let opened: Opened
    let lanes: Lanes[]
    const clock = heldClock()
    beforeAll(async () => {
      opened = await start()
      lanes = opened.stores.map((store) => createLanes({ store, clock }))
    })
    afterAll(() => opened?.close())

    test('a call takes as many points as it costs, in whichever process, and no more than there can be', async () => {
      const key = 'points'
      const quota = (cost?: number) => ({ key, perSecond: PER_SECOND, burst: 100, ...(cost ? { cost } : {}) })
      const takes = async (which: number, cost?: number) => {
        const lane = lanes[which]?.lane({ patienceMs: 0 })
        return lane?.take(quota(cost), never).then(
          () => 'taken',
          (error: { code: string; until: Date }) => [
            error.code,
            Math.round((error.until.getTime() - clock.now()) / SPACING_MS),
          ],
        )
      }
      expect(await takes(0, 60)).toBe('taken')
      expect(await takes(1, 60)).toEqual(['LANE_BUSY', 20])
      expect(await takes(1, 40)).toBe('taken')
      expect(await takes(0)).toEqual(['LANE_BUSY', 1])
      await opened.pass(key, 100 * SPACING_MS)
      expect(await takes(0, 1_000)).toBe('taken')
    })

    test.each([
      { burst: 1, calls: 12 },
      { burst: 5, calls: 20 },
    ])('two processes together keep a rate with a burst of $burst', async ({ burst, calls }) => {
      const quota = { key: `shared-${burst}`, perSecond: PER_SECOND, burst }
      const at: number[] = []
      const caller = async (which: number) => {
        for (let n = 0; n < calls / 4; n++) {
          await lanes[which]?.lane({ patienceMs: Number.POSITIVE_INFINITY }).take(quota, never)
          at.push(clock.now())
        }
      }
      const left = new Map([0, 1].map((which) => [which, callersOf(which)]))
      function callersOf(which: number): Promise<unknown> {
        return Promise.all([caller(which), caller(which)]).finally(() => left.delete(which))
      }
      while (left.size > 0) {
        const busy = left.size
        // Of each process one asks the store. A call beside which time goes by is noted a step early or late.
        await Promise.race([clock.untilSleeping(busy), ...left.values()])
        if (left.size < busy) continue
        await opened.pass(quota.key, STEP_MS)
        clock.advance(STEP_MS)
      }
      expect(at).toHaveLength(calls)
      for (let first = 0; first < at.length; first++) {
        for (let last = first + burst; last < at.length; last++) {
          const gained = (last - first + 1 - burst) * SPACING_MS
          expect((at[last] ?? 0) - (at[first] ?? 0)).toBeGreaterThanOrEqual(gained - STEP_MS - REAL_MS)
        }
      }
      const best = (at.length - burst) * SPACING_MS
      expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThanOrEqual(best * 1.2 + STEP_MS)
    })

    test('after a burst the next call is gained in one step, and a slower rate makes nothing of what was used up', async () => {
      const quota = { key: 'burst', perSecond: PER_SECOND, burst: 5 }
      for (let n = 0; n < 5; n++) await lanes[n % 2]?.lane().take(quota, never)
      const comeBack = async (perSecond: number) => {
        const refused = await lanes[0]
          ?.lane()
          .take({ ...quota, perSecond }, never)
          .catch((failure: { until: Date }) => failure.until.getTime() - clock.now())
        return Number(refused)
      }
      const wait = await comeBack(PER_SECOND)
      expect(wait).toBeGreaterThan(SPACING_MS - REAL_MS)
      expect(wait).toBeLessThanOrEqual(SPACING_MS)
      expect(await comeBack(PER_SECOND / 10)).toBeGreaterThan(9 * SPACING_MS)
    })

    test('what one process took is gone for the other', async () => {
      const quota = { key: 'once', perSecond: PER_SECOND, burst: 1 }
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

const UNTIL_THERE = { timeout: 60_000 }

describe.skipIf(redisMissing)('Redis that is away [needs redis-server on the PATH]', () => {
  test('take() fails in time instead of hanging, and works when Redis is back', async () => {
    const server = await startRedis()
    const redis = connectRedis(server.url, log)
    const lane = createLanes({ store: { kind: 'redis', redis }, clock: heldClock() }).lane()
    const quota = { key: 'k', perSecond: 50, burst: 1_000 }
    // Until it answers: a busy machine may need longer than a command is given.
    const taken = () =>
      lane.take(quota, never).then(
        () => true,
        () => false,
      )
    await expect.poll(taken, UNTIL_THERE).toBe(true)
    await server.stop()
    await expect(lane.take(quota, never)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'LANE_STORE_AWAY',
    })
    const again = await startRedis({ port: server.port })
    await expect.poll(taken, UNTIL_THERE).toBe(true)
    await closeRedis(redis, 500)
    await again.stop()
  })
})
