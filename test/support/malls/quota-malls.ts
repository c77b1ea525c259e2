import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import type { MallSimulator, SandboxEvent } from '../../../sandbox/kit/types.ts'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { SANDBOX_SHOPS, type SimulatedMall, startMall } from '../../../sandbox/malls/index.ts'
import type { SeenMail } from '../../../src/mail/intake/batch.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { createJudge, recogniseMail } from '../../../src/mail/recognition/judge.ts'
import { parseMail } from '../../../src/mail/recognition/parse-mail.ts'
import type { Marketplaces } from '../../../src/marketplaces/index.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import type { HttpClient } from '../../../src/platform/http/http-client.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import {
  createReconciliationJob,
  insertSweeps,
  runSweepStep,
} from '../../../src/reconciliation/reconciliation-job.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import type { ShopTurn } from '../../../src/worker/shop-job.ts'
import { firstPage, readDueShops } from '../../../src/worker/statements.ts'
import type { TestDatabase } from '../database/database.ts'
import { makeMailbox, makeShop, newId, testSealer } from '../fixtures.ts'
import { jobsOf, shopWorkerOf, workingShop } from '../imports/import-bench.ts'
import { memoryBuckets } from './memory-buckets.ts'
import { testMalls } from './test-malls.ts'

/**
 * A simulated mall that allows what the real one allows, with a shop and a worker, all on one held clock: how
 * long a day's orders take is told in that clock's time, without waiting for it. Waits move it; what the
 * machine itself needs does not.
 */
export type QuotaMall = Awaited<ReturnType<typeof quotaMall>>

export const INTERVAL_MS = 5 * 60_000
/** The ticker's second. */
const TICK_MS = 1_000
/** After which the ticker takes a wake-up for lost. */
const LOST_MS = 15_000
const never = new AbortController().signal

export interface QuotaMallOptions {
  tenantId: string
  /** Milliseconds since 1970. */
  start: number
  /** False: mails alone bring orders. */
  sweeps?: boolean
  /** Before each call to the mall. */
  beforeCall?: () => void
}

export async function quotaMall(database: TestDatabase, name: SimulatedMall, options: QuotaMallOptions) {
  const clock = createControllableClock()
  clock.hold()
  clock.set(options.start)
  const jumping: Clock = { now: clock.now, sleep: async (ms) => clock.advance(Math.max(0, ms)) }
  const mall = await startMall(name, {
    seed: 9,
    clock,
    quotaClock: clock,
    requestsPerSecond: PER_SECOND,
  })
  const events: SandboxEvent[] = []
  mall.onEvent((event) => void events.push(event))
  const client = createHttpClient({ allowPrivateHosts: 'all' })
  const http: HttpClient = {
    request(call) {
      options.beforeCall?.()
      return client.request(call)
    },
  }
  const { code } = SANDBOX_SHOPS[name]
  const shop = await makeShop(database.db, {
    tenantId: options.tenantId,
    marketplace: name,
    code,
    credentials: mall.credentialsFor(code),
    createdAt: new Date(options.start),
  })
  const mailbox = await makeMailbox(database.db, {
    tenantId: options.tenantId,
    shopIds: [shop.id],
    leaseOwner: 'test',
    uidValidity: 1n,
    lastUid: 0n,
    createdAt: new Date(options.start),
  })
  const marketplaces = marketplacesOf(mall)
  const log = createLogger({ level: 'silent' })
  let wakeAt: number | null = null
  const base = {
    db: database.db,
    pool: database.pool,
    sealer: testSealer,
    clock: jumping,
    newId,
    log,
    marketplaces,
    random: { bytes: (n: number) => new Uint8Array(n), float: Math.random },
    metrics: createMetrics(),
    wakeLater: {
      at(_: string, at: number) {
        wakeAt = Math.min(wakeAt ?? at, at)
      },
    },
  }
  const sessions = createShopSessions({
    ...base,
    http,
    lanes: createLanes({ store: memoryBuckets(jumping), clock: jumping }),
    tokens: createTokenStores({ ...base, owner: newId() }),
  })
  const sweepDeps = { ...base, intervalMs: INTERVAL_MS }
  const isSwept = options.sweeps !== false
  const tools = { ...base, moreJobs: isSwept ? [createReconciliationJob(sweepDeps)] : [] }
  const worker = shopWorkerOf({ ...tools, sessions })
  const intake = createIntake({ ...base, wakeQueue: { wake: async () => undefined } })
  const judge = createJudge(marketplaces)
  let lastUid = 0

  /** When the ticker would find something, or a known time is reached; never sooner than a second later. */
  async function nextTime(): Promise<number> {
    const now = new Date(clock.now())
    const { rows } = await database.pool.query<{ at: Date | null }>(NEXT, [shop.id, now])
    const { due } = await readDueShops(database.pool, jobsOf(tools), now, firstPage(100))
    const times = [
      rows[0]?.at?.getTime(),
      wakeAt,
      due.some(({ shopId }) => shopId === shop.id) ? clock.now() + LOST_MS : null,
      clock.now() + INTERVAL_MS,
    ].filter((time) => typeof time === 'number')
    return Math.max(Math.min(...times), clock.now() + TICK_MS)
  }

  async function work(): Promise<void> {
    if (isSwept) await insertSweeps(sweepDeps)
    wakeAt = null
    while ((await worker.run(shop.id, never)) === 'again');
  }

  /** One run of the sweep, page by page; what it asks for is left waiting. */
  async function sweepAlone(): Promise<void> {
    if (isSwept) await insertSweeps(sweepDeps)
    const began = new Date(clock.now())
    await database.pool.query(BEGIN, [shop.id, began])
    const working = await workingShop(database.pool, shop.id, clock.now())
    if (!isSwept) throw new Error('the shop is not swept')
    const opened = sessions.openRow(working)
    const turn: ShopTurn = {
      shop: working,
      signal: never,
      deadline: Number.POSITIVE_INFINITY,
      starvedFirst: false,
      open: async () => opened,
      endingHolder: () => null,
      onReleased: () => undefined,
      stoppedBy: () => null,
      answered: async () => undefined,
      async stop(failure) {
        if (!failure.until) throw failure
        clock.set(Math.max(failure.until.getTime(), clock.now()))
      },
      answersOtherwise: async () => true,
    }
    for (;;) {
      await runSweepStep(sweepDeps, turn)
      const { rows } = await database.pool.query(OVER, [shop.id, began])
      if (rows[0].over) return
    }
  }

  return {
    sweepAlone,
    name,
    mall,
    clock,
    shopId: shop.id,
    events,
    place: (visibleAfterSeconds = 0) => mall.place({ shopCode: code, visibleAfterSeconds }),
    /** Lets the service work for so long, or until `enough`. False when the time was over first. */
    async pass(ms: number, enough: () => Promise<boolean> = async () => false): Promise<boolean> {
      const end = clock.now() + ms
      for (;;) {
        await work()
        if (await enough()) return true
        const next = await nextTime()
        if (next > end) break
        clock.set(next)
      }
      clock.set(Math.max(end, clock.now()))
      await work()
      return enough()
    },
    /** The mails of these events, as one look into the mailbox finds them. */
    async mail(told: readonly SandboxEvent[]): Promise<void> {
      for (let at = 0; at < told.length; at += 200) {
        const batch = told.slice(at, at + 200)
        const mails = await Promise.all(batch.map((event, n) => seen(event, marketplaces, lastUid + n + 1)))
        await intake({
          mailbox: { id: mailbox.id, tenantId: options.tenantId },
          leaseOwner: 'test',
          ignored: 0,
          from: { uidValidity: 1n, lastUid },
          to: { uidValidity: 1n, lastUid: lastUid + batch.length },
          shops: [{ id: shop.id, marketplace: name, code }],
          mails,
        })
        lastUid += batch.length
      }
    },
    /**
     * Mails as they stand in the mailbox, so many in a batch, as the receiving host `authservId` vouches for
     * them; null: the mailbox does not say whose word counts.
     */
    async deliver(sources: readonly Buffer[], authservId: string | null, atOnce = 1): Promise<void> {
      for (let at = 0; at < sources.length; at += atOnce) {
        const from = lastUid
        const mails = await Promise.all(
          sources.slice(at, at + atOnce).map(async (source, n): Promise<SeenMail> => {
            const { recognition, ...judged } = await judge.judge(source, [], { authservId })
            if (!recognition) throw new Error('a mail is nobody’s')
            const uid = from + n + 1
            return {
              uid,
              size: source.length,
              messageId: `<${uid}@sandbox.example>`,
              subject: '',
              from: [],
              to: [],
              sentAt: new Date(clock.now()),
              ...judged,
              recognition,
              text: judged.text ?? '',
            }
          }),
        )
        lastUid += mails.length
        await intake({
          mailbox: { id: mailbox.id, tenantId: options.tenantId },
          leaseOwner: 'test',
          ignored: 0,
          from: { uidValidity: 1n, lastUid: from },
          to: { uidValidity: 1n, lastUid },
          mails,
          shops: [{ id: shop.id, marketplace: name, code }],
        })
      }
    },
    here: () => database.db.order.count({ where: { shopId: shop.id } }),
    completeness: () => readCompleteness({ pool: database.pool, clock }, options.tenantId, shop.id, {}),
    async close(): Promise<void> {
      await client.close()
      await mall.close()
    },
  }
}

const BEGIN = 'update shop_sweeps set next_at = $2, run_at = $2, fresh_after = null where shop_id = $1'
const OVER = 'select run_from is null and run_at > $2 as over from shop_sweeps where shop_id = $1'

const NEXT = `
select least(
  (select min(next_attempt_at) from import_requests where shop_id = $1 and state = 'waiting' and next_attempt_at > $2),
  (select next_at from shop_sweeps where shop_id = $1 and next_at > $2),
  (select lane_closed_until from shops where id = $1 and lane_closed_until > $2)) as at`

/** As the real malls are asked, and Amazon by its own usage plans. */
const PER_SECOND = 1

/** The one mall at its address; nobody asks the others. */
const marketplacesOf = (mall: MallSimulator): Marketplaces => testMalls(mall, { perSecond: PER_SECOND })

async function seen(event: SandboxEvent, malls: Marketplaces, uid: number): Promise<SeenMail> {
  const to = 'orders@sandbox.example'
  const source = composeMail(event, { to, charset: 'utf-8', shape: 'plain' })
  const mail = await parseMail(source)
  const recognition = recogniseMail(mail, malls, [])
  if (!recognition) throw new Error(`the mail of ${event.order.orderNumber} is nobody's`)
  const { subject, from, text } = mail
  // As of a mailbox whose host vouches for the mall.
  const trust = 'verified'
  const messageId = `<${event.type}.${event.order.orderNumber}@sandbox.example>`
  const sentAt = event.order.orderedAt
  return { uid, size: source.length, messageId, subject, from, to: [to], sentAt, recognition, text, trust }
}
