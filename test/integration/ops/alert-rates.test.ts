import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { metricsSource } from '../../../src/app/roles.ts'
import type { Routes } from '../../../src/http/app-types.ts'
import type { SeenMail } from '../../../src/mail/intake/batch.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { createWakeQueue, type WakeQueue } from '../../../src/platform/queue/wake-queue.ts'
import { createScheduler } from '../../../src/worker/scheduler.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, jobsOf } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'
import { firing, firingAt, parseScrape, promtoolMissing, type Scrape } from '../../support/ops/alert-rig.ts'

/**
 * The rules that look at how things go rather than at how they stand (those: alert-faults.test.ts): what the
 * service does in a usual minute, in one with the fault and in one after it is done for real and scraped, and
 * promtool is given hours of such minutes.
 */

const SECOND = 1_000
const MINUTE = 60 * SECOND

let database: TestDatabase
let bench: ImportBench
let wakeQueue: WakeQueue
let mailboxId: string
let pool: pg.Pool
let rest: RestServer
let key: Record<string, string>
const metrics = createMetrics({ processMetrics: true, roles: ['api', 'listener', 'worker'] })
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
  bench.deps.metrics = metrics
  wakeQueue = await createWakeQueue({ kind: 'postgres', url: database.url }, pino({ level: 'silent' }))
  rest = await restServer(database.db, {
    more: { clientRoutes: [routes], operatorRoutes: [] },
    server: { requestMetrics: metrics, limits: { requestsPerMinute: 10_000 } },
  })
  key = await rest.keyFor(bench.tenantId)
  pool = new pg.Pool({ connectionString: database.url, max: 1 })
  mailboxId = (
    await makeMailbox(database.db, {
      tenantId: bench.tenantId,
      shopIds: [bench.shopId],
      leaseOwner: 'me',
      uidValidity: 1n,
      lastUid: 0n,
    })
  ).id
  await database.db.listener.create({ data: { id: 'me', aliveUntil: new Date('2027-01-01') } })
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})
afterAll(async () => {
  await rest?.close()
  await wakeQueue?.close(5_000)
  await pool?.end()
  await database?.close()
})

/** As the service answers at /metrics. */
async function scrape(): Promise<Scrape> {
  const { clock } = bench
  // The small pool's figures; the scrape itself asks over another, so that it is no part of what it measures.
  const counted = new Proxy(pool, {
    get: (target, name) =>
      name === 'query' ? database.pool.query.bind(database.pool) : Reflect.get(target, name),
  })
  const tools = { database: { ...database, pool: counted }, wakeQueue, clock }
  const source = metricsSource(metrics, tools, async () => undefined)
  return parseScrape(await source.metrics())
}

let uid = 0
let orders = 0
const orderNumber = () => `123456-20260115-${String(++orders).padStart(10, '0')}`

/** Mails come in, as a listener hands them over. */
async function mails(more: Partial<SeenMail> = {}, count = 1): Promise<string[]> {
  const wanted = Array.from({ length: count }, orderNumber)
  const first = uid + 1
  uid += count
  const intake = createIntake({ ...bench.deps, wakeQueue: { wake: async () => undefined } })
  await intake({
    mailbox: { id: mailboxId, tenantId: bench.tenantId },
    leaseOwner: 'me',
    ignored: 0,
    from: { uidValidity: 1n, lastUid: first - 1 },
    to: { uidValidity: 1n, lastUid: uid },
    shops: [{ id: bench.shopId, marketplace: 'rakuten', code: '123456' }],
    mails: wanted.map((number, index) => ({
      uid: first + index,
      messageId: `<${number}@mall>`,
      size: 1_000,
      subject: '注文',
      from: ['order@rakuten.co.jp'],
      to: [],
      sentAt: null,
      text: '',
      trust: 'verified',
      recognition: { marketplace: 'rakuten', kind: 'new_order', orderNumbers: [number], reason: null },
      ...more,
    })),
  })
  return wanted
}

/** Orders whose mails came, and which the mall knows only some time later. */
async function ordered(count: number, lateMs = 0, more: Partial<SeenMail> = {}): Promise<void> {
  const wanted = await mails(more, count)
  if (lateMs > 0) {
    await bench.run()
    bench.clock.advance(lateMs)
  }
  for (const number of wanted) bench.mall.place(number)
  await bench.run()
}

const unreadable: SeenMail['recognition'] = {
  marketplace: 'rakuten',
  kind: 'new_order',
  orderNumbers: [],
  reason: 'NO_NUMBER',
}

async function laneClosed(): Promise<void> {
  bench.mall.refuse(failure('throttled', { code: 'FAKE_THROTTLED', message: '制限中です。' }))
  for (let times = 0; times < 3; times++) {
    await bench.want([orderNumber()])
    await bench.run()
    bench.clock.advance(30 * MINUTE)
  }
  bench.mall.refuse(null)
  await bench.run()
}

async function oneRefused(): Promise<void> {
  const [number = ''] = await mails()
  bench.mall.answer(number, {
    kind: 'failed',
    orderNumber: number,
    failure: failure('rejected', { code: 'NO', message: '受注を取得できません。' }),
  })
  await bench.run()
}

/** Each time that the ticker looks, the shop is as it was when it was woken. */
async function wakesLost(): Promise<void> {
  await scheduler().tick()
  for (let looks = 1; looks < 4; looks++) {
    bench.clock.advance(15 * SECOND)
    await scheduler().tick()
  }
}
let ticker: ReturnType<typeof createScheduler> | undefined
function scheduler() {
  ticker ??= createScheduler({
    ...bench.deps,
    jobs: jobsOf(bench.deps),
    tasks: [],
    wakeQueue: { wake: async () => undefined },
  })
  return ticker
}

/** Requests of a tenant's key at routes that answer as their names say. */
async function asked(url: string, count: number): Promise<void> {
  const answers = Array.from({ length: count }, () => rest.app.inject({ url, headers: key }))
  await Promise.all(answers)
}
const routes: Routes = (app) => {
  app.get('/well', async () => ({}))
  app.get('/broken', async () => Promise.reject(new Error('broken')))
  app.get('/slow', async () => sleep(2_600, {}))
  app.get('/refused', async () => Promise.reject(new AppError('UNAUTHENTICATED', 'キーが正しくありません。')))
}

function blockProcess(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

interface Case {
  usual(): Promise<unknown>
  fault(): Promise<unknown>
  /** What mends it, before the usual minutes go on. */
  heal?(): Promise<unknown>
  /** Of the usual minutes before it. */
  minutes?: number
}

const CASES: Readonly<Record<string, Case>> = {
  // Every answer of the mall is refused, so that nothing waits beyond its time and nothing comes.
  TorikomiNothingStaged: {
    usual: () => ordered(3),
    async fault() {
      bench.mall.refuse(failure('unavailable', { code: 'FAKE_DOWN', message: '応答がありません。' }))
      await mails({}, 3)
      await bench.run()
    },
    async heal() {
      bench.mall.refuse(null)
      await database.db.importRequest.deleteMany()
      await database.db.shop.updateMany({ data: { laneClosedUntil: null, laneFailures: 0 } })
    },
  },
  TorikomiServerErrors: {
    usual: () => asked('/v1/well', 20),
    fault: () => asked('/v1/well', 20).then(() => asked('/v1/broken', 4)),
  },
  TorikomiRequestsSlow: {
    usual: () => asked('/v1/well', 20),
    // As many as are worked on at once for a tenant.
    fault: () => asked('/v1/slow', 3),
  },
  TorikomiKeysRefused: { usual: () => asked('/v1/well', 100), fault: () => asked('/v1/refused', 100) },
  TorikomiOrdersLate: { usual: () => ordered(3), fault: () => ordered(3, 20 * MINUTE) },
  TorikomiMailsUnreadable: {
    usual: () => ordered(5),
    fault: () => mails({ recognition: unreadable }),
  },
  TorikomiSendersUnknown: { usual: () => ordered(5), fault: () => ordered(5, 0, { trust: 'unknown' }) },
  TorikomiFetchesFail: { usual: () => ordered(3), fault: () => ordered(3).then(oneRefused) },
  TorikomiLanesClose: { usual: () => ordered(1), fault: laneClosed },
  TorikomiWakeUpsLost: {
    async usual() {
      const number = orderNumber()
      await bench.want([number])
      await scheduler().tick()
      bench.mall.place(number)
      await bench.run()
      bench.clock.advance(20 * SECOND)
    },
    async fault() {
      const number = orderNumber()
      await bench.want([number])
      await wakesLost()
      bench.mall.place(number)
      await bench.run()
    },
    // The rule looks a day back.
    minutes: 26 * 60,
  },
  TorikomiDatabaseConnectionsShort: {
    usual: async () => undefined,
    async fault() {
      const held = await pool.connect()
      const waiting = pool.query('select 1')
      cleanups.push(
        () => held.release(),
        () => waiting,
      )
    },
    async heal() {
      for (const cleanup of cleanups.splice(0)) await cleanup()
      await expect.poll(() => pool.waitingCount).toBe(0)
    },
  },
  TorikomiEventLoopSlow: {
    // Each scrape begins the measuring anew.
    usual: async () => void (await scrape().then(() => sleep(50))),
    async fault() {
      await scrape()
      // Between two of them the process looks how late it is.
      for (let times = 0; times < 4; times++) {
        blockProcess(1_300)
        await sleep(15)
      }
    },
    heal: scrape,
  },
}

const HOURS = 180

test.skipIf(promtoolMissing).each(Object.entries(CASES))(
  '%s fires by its fault in what the service itself counts, and is over when that is mended [needs promtool on the PATH]',
  async (name, { usual, fault, heal, minutes = HOURS }) => {
    await usual()
    const start = await scrape()
    await usual()
    const well = await scrape()
    await fault()
    const ill = await scrape()
    await heal?.()
    const mended = await scrape()
    await usual()
    const again = await scrape()
    const stretches = [
      { minutes, before: start, after: well },
      { minutes: HOURS, before: well, after: ill },
      { minutes: HOURS, before: mended, after: again },
    ]
    const [before, early, late, after] = [minutes - 1, minutes + 50, minutes + 170, minutes + 2 * HOURS - 1]
    const fires = await firing(stretches, [before, early, late, after])
    expect([...fires.keys()]).toEqual([name])
    expect({ before: firingAt(fires, before), after: firingAt(fires, after) }).toEqual({
      before: [],
      after: [],
    })
  },
)
