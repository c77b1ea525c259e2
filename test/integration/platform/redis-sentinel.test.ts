import { afterAll, expect, test } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { closeRedis, connectRedis } from '../../../src/platform/queue/engines.ts'
import { createWakeQueue, type QueueEngine } from '../../../src/platform/queue/wake-queue.ts'
import { sentinelMissing, startSentinelGroup } from '../../support/redis-sentinel.ts'

const log = createLogger({ level: 'silent' })
const cleanUp: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

test.skipIf(sentinelMissing)(
  'queue and budgets follow the Redis that Sentinels name, after one is killed and after one is frozen [needs redis-server on the PATH]',
  { timeout: 180_000 },
  async () => {
    const group = await startSentinelGroup()
    cleanUp.push(group.stop)
    const engine: QueueEngine = { kind: 'redis', url: group.url }
    // Of two, one works; the other wakes it from elsewhere, as a process without workers does.
    const [queue, elsewhere] = [await createWakeQueue(engine, log), await createWakeQueue(engine, log)]
    cleanUp.push(
      () => queue.close(2_000),
      () => elsewhere.close(2_000),
    )
    const redis = connectRedis(group.url, log)
    cleanUp.push(() => closeRedis(redis, 1_000))
    const seen = new Set<string>()
    const work = async (shopId: string) => {
      seen.add(shopId)
      return 'done' as const
    }
    await queue.work(work, { concurrency: 2 })
    const clock = { now: Date.now, sleep: async () => undefined }
    const lane = createLanes({ store: { kind: 'redis', redis }, clock }).lane()
    const quota = { key: 'test', perSecond: 1_000, burst: 1_000 }

    async function everythingWorks(when: string): Promise<void> {
      const wakes = async () => {
        await elsewhere.wake([when])
        return seen.has(when)
      }
      const takes = () => lane.take(quota, new AbortController().signal).then(() => true)
      for (const [what, isSo] of Object.entries({ 'a wake-up': wakes, 'a budget': takes }))
        await waitFor(`${what} ${when}`, () => isSo().catch(() => false), Boolean, {
          everyMs: 300,
          limitMs: 60_000,
        })
    }
    const isPrimary = (port: number) =>
      waitFor(
        'another primary',
        () => group.primary().catch(() => null),
        (now) => now === port,
        {
          limitMs: 60_000,
        },
      )

    await everythingWorks('before')
    const first = await group.primary()
    await group.kill(first)
    await everythingWorks('after it was killed')
    const second = await group.primary()
    expect(second).not.toBe(first)

    await group.start(first)
    await waitFor(
      'a replica again',
      () => group.replicas().catch(() => 0),
      (count) => count === 1,
      {
        limitMs: 60_000,
      },
    )
    group.freeze(second)
    await isPrimary(first)
    await everythingWorks('after it was frozen')

    // The one that was left behind comes back and still takes itself for the primary.
    group.thaw(second)
    await everythingWorks('when the old one is back')
    expect((await redis.info('server')).includes(`tcp_port:${first}`)).toBe(true)

    // Nobody is there: commands fail, wake-ups are given up, and nothing waits for them.
    await group.stop()
    await expect(redis.ping()).rejects.toThrow()
    await elsewhere.wake(['when all are away'])
  },
)
