import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { type Gate, startGate } from '../chaos/gate.ts'
import { firing, labelled, parseScrape, promtoolMissing, type Scrape } from '../support/ops/alert-rig.ts'
import { type SilentProxy, startSilentProxy } from '../support/proxies.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../support/redis.ts'
import { type RunningService, startService } from '../support/service/service.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * Breaks a running service, three processes as an operator starts them, scrapes each as Prometheus does, and
 * gives promtool an hour of what they said before, during and after. These are the faults of which once no
 * alert came in 71 minutes; the other alerts: test/integration/ops/alert-*.test.ts.
 */

const missing = promtoolMissing ?? redisMissing
const ROLES = ['api', 'listener', 'worker'] as const
type Role = (typeof ROLES)[number]
const HOUR = 60
/** Minutes of the fault by which alerts have to fire, and the last: promtool's time goes by their number. */
const LOOKS = [2, 3, 4, 11, 36, 59]

describe.skipIf(missing !== null)(
  `alerts of a running service${missing ? ` [${missing}]` : ''}`,
  { timeout: 240_000 },
  () => {
    let redis: PrivateRedis
    let gate: Gate
    let proxy: SilentProxy
    let world: World
    const running = new Map<Role, RunningService>()
    /** Staged before the fault; the mails of later orders come in all the same. */
    let placed = 0

    beforeAll(async () => {
      redis = await startRedis()
      gate = await startGate({ host: '127.0.0.1', port: redis.port })
      world = await startWorld({
        redisUrl: `redis://127.0.0.1:${gate.port}`,
        environment: { ROLES: 'api' },
        databaseUrl: async (url) => {
          proxy = await startSilentProxy(url)
          return proxy.url
        },
      })
      running.set('api', world.service())
      await Promise.all([start('listener'), start('worker')])
    })
    afterAll(async () => {
      proxy?.serveAgain()
      gate?.open()
      for (const role of ['listener', 'worker'] as const) await running.get(role)?.stop()
      await world?.close()
      await Promise.all([gate?.close(), proxy?.close(), redis?.stop()])
    })

    const start = async (role: Role): Promise<unknown> =>
      running.set(role, await startService({ ...world.environment, ROLES: role }))

    async function scrape(): Promise<Scrape> {
      const found = ROLES.map(async (role) => {
        const service = running.get(role)
        if (service === undefined) return new Map()
        const text = await fetch(`${service.url}/metrics`).then(
          (answer) => (answer.ok ? answer.text() : null),
          () => null,
        )
        return labelled(text === null ? new Map() : parseScrape(text), role, text !== null)
      })
      return new Map((await Promise.all(found)).flatMap((one) => [...one]))
    }

    /** Two orders of each mall, whose mails are taken in. */
    async function orderAndMail(): Promise<void> {
      for (const mall of SIMULATED_MALLS)
        for (let n = 0; n < 2; n++) {
          world.sandbox.malls[mall].place()
          placed++
        }
      await waitFor(
        'all mails taken in',
        () => world.database.db.mail.count(),
        (count) => count === placed,
      )
    }

    /** As ten minutes would: what waits has been due for so long. */
    const age = () =>
      world.database.pool.query(
        `update import_requests set next_attempt_at = least(next_attempt_at, now()) - interval '10 minutes' where state = 'waiting'`,
      )

    /** All is staged, and what was aged is not due any more. */
    async function allDone(): Promise<void> {
      await waitForStaged(world, placed)
      await waitFor(
        'nothing is due any more',
        () =>
          world.database.db.importRequest.count({
            where: { state: 'waiting', nextAttemptAt: { lt: new Date(Date.now() - 60_000) } },
          }),
        (count) => count === 0,
      )
    }

    const stagedCount = () => world.database.db.order.count()

    /** Which alerts fire, and by which minute of the fault; none may before it or two hours after it. */
    async function alertsOf(
      fault: () => Promise<unknown>,
      heal: () => Promise<unknown>,
    ): Promise<Record<string, number>> {
      const begin = await scrape()
      await orderAndMail()
      await allDone()
      const well = await scrape()
      await fault()
      const ill = await scrape()
      await heal()
      await allDone()
      const mended = await scrape()
      await orderAndMail()
      await allDone()
      const again = await scrape()
      const stretches = [
        { minutes: HOUR, before: begin, after: well },
        { minutes: HOUR, before: well, after: ill },
        { minutes: 2 * HOUR, before: mended, after: again },
      ]
      const minutes = [HOUR - 1, ...LOOKS.map((at) => HOUR + at), 4 * HOUR - 1]
      const fired = [...(await firing(stretches, minutes, 1))]
      expect(fired.filter(([, at]) => at.includes(HOUR - 1) || at.includes(4 * HOUR - 1))).toEqual([])
      return Object.fromEntries(fired.map(([name, at]) => [name, Math.min(...at) - HOUR]))
    }

    const within = (minutes: (typeof LOOKS)[number]) =>
      expect.toSatisfy((at: number) => at <= minutes, `by minute ${minutes}`)

    test('all workers are dead', async () => {
      const found = await alertsOf(
        async () => {
          await running.get('worker')?.kill()
          await orderAndMail()
          await age()
        },
        () => start('worker'),
      )
      expect(found).toEqual({
        TorikomiProcessDown: within(3),
        TorikomiRoleGone: within(3),
        TorikomiImportsStand: within(4),
        TorikomiNothingStaged: within(36),
      })
    })

    test('Redis is away', async () => {
      const found = await alertsOf(
        async () => {
          const before = await stagedCount()
          gate.shut()
          await orderAndMail()
          await age()
          // What its cause says: nothing is fetched without the queue.
          expect(await stagedCount()).toBe(before)
        },
        async () => gate.open(),
      )
      expect(found).toEqual({
        TorikomiQueueAway: within(3),
        TorikomiImportsStand: within(4),
        TorikomiNothingStaged: within(36),
      })
    })

    test('every staging fails', async () => {
      const found = await alertsOf(
        async () => {
          await world.database.pool.query(
            `create function refuse_order() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
           create trigger refuse_order before insert on orders for each row execute function refuse_order()`,
          )
          await orderAndMail()
          await age()
        },
        () => world.database.pool.query('drop trigger refuse_order on orders; drop function refuse_order()'),
      )
      expect(found).toEqual({ TorikomiImportsStand: within(4), TorikomiNothingStaged: within(36) })
    })

    test('all mailboxes are refused', async () => {
      const { username, password } = world.sandbox.mailbox
      const attention = (isRefused: boolean) =>
        waitFor(
          'the mailbox in attention or not',
          () => world.database.db.mailbox.count({ where: { attentionCode: { not: null } } }),
          (count) => count > 0 === isRefused,
        )
      const found = await alertsOf(
        async () => {
          world.sandbox.imap.setPassword(username, 'another')
          world.sandbox.imap.dropConnections(username)
          await attention(true)
        },
        async () => {
          world.sandbox.imap.setPassword(username, password)
          await world.registration.client.patch(`/mailboxes/${world.registration.mailboxId}`, { password })
          await attention(false)
        },
      )
      expect(found).toEqual({ TorikomiMailboxesInAttention: within(11) })
    })

    test('Postgres is away', async () => {
      const found = await alertsOf(
        async () => proxy.fallSilent(true),
        async () => proxy.serveAgain(),
      )
      expect(found).toEqual({ TorikomiDatabaseAway: within(2) })
    })

    // As in Compose, whose name service knows no container that is stopped: no target, no `up` of 0.
    test('the api is gone, and its target with it', async () => {
      const found = await alertsOf(
        async () => {
          await running.get('api')?.kill()
          running.delete('api')
        },
        async () => {
          await world.restart()
          running.set('api', world.service())
        },
      )
      expect(found).toEqual({ TorikomiRoleGone: within(3) })
    })
  },
)
