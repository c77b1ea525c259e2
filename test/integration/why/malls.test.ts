import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { READY_TO_SHIP, SIMULATED_MALLS, type SimulatedMall } from '../../../sandbox/malls/index.ts'
import type { ImportState, Prisma } from '../../../src/generated/prisma/client.ts'
import { NOT_FOUND, OTHER_SHOP } from '../../../src/imports/requests/retry-schedule.ts'
import { type NewImportRequest, requestImports } from '../../../src/imports/requests/statements.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { DISMISSED } from '../../../src/orders/store/dismissed.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { japaneseDay } from '../../../src/platform/japan-time.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { factsOf } from '../../../src/platform/narrow.ts'
import { closeLane, noteQuotaWait, raiseAttention } from '../../../src/shops/attention.ts'
import { VERDICTS, type Verdict } from '../../../src/why/schemas.ts'
import { BY_PART } from '../../../src/why/statements.ts'
import { answerWhy, createLiveHalf, type LiveTools, type WhyDeps } from '../../../src/why/why.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId, testSealer } from '../../support/fixtures.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'
import { memoryBuckets } from '../../support/malls/memory-buckets.ts'
import { testedMall } from '../../support/malls/tested-malls.ts'

/**
 * Each verdict at each simulated mall, by its own adapter, with the sweep and the question to the mall on and
 * off; the cases say whether a mail names the order.
 */

let database: TestDatabase
let bench: MallBench
let mailboxId = ''
beforeAll(async () => {
  database = await freshDatabase()
  bench = await mallBench(database)
  const { id } = await makeMailbox(database.db, {
    tenantId: bench.tenantId,
    shopIds: Object.values(bench.shopIds),
  })
  mailboxId = id
})
afterAll(async () => {
  await bench?.close()
  await database?.close()
})
afterEach(async () => {
  await database.pool.query(`
    delete from import_requests; delete from orders; delete from mails; delete from shop_waits; delete from shop_sweeps;
    delete from swept_orders;
    update shops set attention_code = null, lane_closed_until = null, lane_closed_reason = null, lane_failures = 0, enabled = true`)
  for (const mall of SIMULATED_MALLS)
    await fetch(`${bench.malls[mall].url}/_control/faults`, { method: 'DELETE' })
})

const DAY_MS = 24 * 60 * 60_000
const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1_000)

const place = (
  mall: SimulatedMall,
  overrides: Record<string, unknown> = {},
  visibleAfterSeconds = 0,
): string => bench.malls[mall].place({ overrides, visibleAfterSeconds }).orderNumber

async function want(
  mall: SimulatedMall,
  number: string,
  more: Partial<NewImportRequest> = {},
): Promise<string> {
  await requestImports(database.pool, bench.requestDeps, [
    {
      tenantId: bench.tenantId,
      shopId: bench.shopIds[mall],
      orderNumber: number,
      purpose: 'import',
      source: 'mail',
      trust: 'verified',
      ...more,
    },
  ])
  return number
}

async function wantAndWork(mall: SimulatedMall, number: string): Promise<string> {
  await want(mall, number)
  await bench.work(mall)
  return number
}

async function ended(
  mall: SimulatedMall,
  number: string,
  state: ImportState,
  outcome: string,
): Promise<string> {
  await want(mall, number)
  await database.db.importRequest.updateMany({
    where: { orderNumber: number },
    data: { state, outcome, finishedAt: new Date() },
  })
  return number
}

async function staged(mall: SimulatedMall, data: object = {}): Promise<string> {
  const number = place(mall)
  await bench.importOrders(mall, [number])
  await database.db.order.updateMany({ where: { orderNumber: number }, data })
  return number
}

const breakCalls = (mall: SimulatedMall, kind: string, operation?: string) =>
  fetch(`${bench.malls[mall].url}/_control/faults`, {
    method: 'PUT',
    body: JSON.stringify([{ kind, ...(operation === undefined ? {} : { operation }) }]),
  })

function placeLongAgo(mall: SimulatedMall): string {
  const { clock } = bench.malls[mall]
  const now = clock.now()
  clock.set(now - 40 * DAY_MS)
  try {
    return place(mall, READY_TO_SHIP[mall])
  } finally {
    clock.set(now)
  }
}

async function mailCame(
  mall: SimulatedMall,
  state: 'recognised' | 'unreadable',
  { subject = '', ...more }: { subject?: string } & Partial<Prisma.MailUncheckedCreateInput>,
): Promise<void> {
  const id = newId()
  const kept = { subject, from: [], text: '本文' }
  const sealedMail = testSealer.of(bench.tenantId).sealJson(`mail:${id}:mail`, kept)
  await database.db.mail.create({
    data: {
      id,
      tenantId: bench.tenantId,
      mailboxId,
      uidValidity: 1n,
      uid: 1n,
      size: 1,
      sealedMail,
      fingerprint: Buffer.from(randomUUID()),
      state,
      marketplace: mall,
      kind: 'unknown',
      seenAt: new Date(),
      ...more,
    },
  })
}

interface Case {
  name: string
  /** Whether a mail named the order. */
  mail: boolean
  /** Without a sweep: from what is stored, and with the mall's word; then the same with sweeps. */
  told: readonly [off: Verdict, live: Verdict, sweep: Verdict, both: Verdict]
  /** Brings it about. @returns what is asked for */
  bring(mall: SimulatedMall): Promise<string | { number: string; day: string }>
  /** Where the mall can come into it; default: everywhere. */
  at?: readonly SimulatedMall[]
}

const all = (verdict: Verdict): Case['told'] => [verdict, verdict, verdict, verdict]

const CASES: Case[] = [
  {
    name: 'placed, and nothing told of it',
    mail: false,
    told: ['unknown', 'no_trace', 'no_trace', 'sweep_ahead'],
    bring: async (mall) => place(mall),
  },
  {
    name: 'a number that the mall does not know',
    mail: false,
    told: ['unknown', 'mall_knows_none', 'no_trace', 'mall_knows_none'],
    bring: async (mall) => testedMall(mall).absent,
  },
  {
    name: 'cancelled before anything told of it',
    mail: false,
    told: ['unknown', 'cancelled_before', 'no_trace', 'cancelled_before'],
    async bring(mall) {
      const number = place(mall)
      bench.malls[mall].cancel(number)
      return number
    },
  },
  {
    name: 'placed before the sweeps look',
    mail: false,
    told: ['unknown', 'no_trace', 'no_trace', 'too_old'],
    bring: async (mall) => placeLongAgo(mall),
  },
  {
    name: 'of a day before the sweeps look',
    mail: false,
    told: ['unknown', 'mall_knows_none', 'too_old', 'mall_knows_none'],
    bring: async (mall) => ({ number: testedMall(mall).absent, day: japaneseDay(Date.now() - 40 * DAY_MS) }),
  },
  {
    name: 'no number of the mall',
    mail: false,
    told: all('other_form'),
    bring: async () => 'zz_zz',
    at: SIMULATED_MALLS.filter((mall) => mall !== 'shopify'),
  },
  {
    name: 'of another shop of the mailbox',
    mail: true,
    told: all('other_shop'),
    bring: (mall) => ended(mall, testedMall(mall).absent, 'done', OTHER_SHOP),
  },
  {
    name: 'a mail asks for it',
    mail: true,
    told: all('being_asked'),
    bring: (mall) => want(mall, place(mall)),
  },
  {
    name: 'the list has it',
    mail: false,
    told: ['being_asked', 'being_asked', 'being_asked', 'being_asked'],
    async bring(mall) {
      const orderNumber = place(mall)
      const at = new Date()
      await database.db.sweptOrder.create({
        data: { shopId: bench.shopIds[mall], orderNumber, day: at, at, listedAt: at, state: 'open' },
      })
      return orderNumber
    },
  },
  {
    name: 'a stranger’s mail asks for it',
    mail: true,
    told: all('mail_doubted'),
    bring: (mall) => want(mall, place(mall), { trust: 'unknown' }),
  },
  {
    name: 'the mall’s API does not have it yet',
    mail: true,
    told: all('mall_unaware'),
    bring: (mall) => wantAndWork(mall, place(mall, {}, 3_600)),
  },
  {
    name: 'the mall’s answer is broken',
    mail: true,
    told: all('retrying'),
    async bring(mall) {
      await breakCalls(mall, 'broken-body', testedMall(mall).reads)
      return wantAndWork(mall, place(mall))
    },
  },
  {
    name: 'the mall answers 503',
    mail: true,
    told: all('mall_away'),
    async bring(mall) {
      await breakCalls(mall, '503-html')
      return wantAndWork(mall, place(mall))
    },
  },
  {
    name: 'the mall is away, and nothing told of it',
    mail: false,
    told: all('mall_away'),
    async bring(mall) {
      const closing = { until: inSeconds(120), reason: 'MAINTENANCE', failure: false, at: new Date() }
      await closeLane(database.db, bench.shopIds[mall], closing)
      return place(mall)
    },
  },
  {
    name: 'our share of the calls is used up',
    mail: true,
    told: all('quota_used'),
    async bring(mall) {
      const wait = { from: Date.now(), until: Date.now() + 60_000, code: 'QUOTA' }
      await noteQuotaWait(database.pool, bench.shopIds[mall], wait)
      return want(mall, place(mall))
    },
  },
  ...[true, false].map(
    (mail): Case => ({
      name: `the key is dead, ${mail ? 'a mail' : 'nothing'} told of it`,
      mail,
      told: all('shop_stopped'),
      async bring(mall) {
        const { credentialsVersion } = await database.db.shop.findUniqueOrThrow({
          where: { id: bench.shopIds[mall] },
        })
        const attention = { code: 'KEY_REFUSED', message: 'キーを更新してください。', at: new Date() }
        await raiseAttention(database.db, bench.shopIds[mall], { ...attention, credentialsVersion })
        return mail ? want(mall, place(mall)) : place(mall)
      },
    }),
  ),
  {
    name: 'a mail came that could not be read',
    mail: true,
    told: all('mail_unreadable'),
    async bring(mall) {
      const number = place(mall)
      await mailCame(mall, 'unreadable', { subject: number, reason: '番号がありません。' })
      return number
    },
  },
  {
    name: 'a crowd of mails pushed a stranger’s out',
    mail: true,
    told: all('mail_doubted'),
    async bring(mall) {
      const number = place(mall)
      await mailCame(mall, 'recognised', { kind: 'new_order', trust: 'unknown', orderNumbers: [number] })
      return number
    },
  },
  {
    name: 'Amazon has not released it',
    mail: true,
    told: all('held_at_mall'),
    at: ['amazon'],
    bring: (mall) => wantAndWork(mall, place(mall, { fulfillment: { fulfillmentStatus: 'PENDING' } })),
  },
  {
    name: 'Amazon has not released it, and nothing told of it',
    mail: false,
    at: ['amazon'],
    told: ['unknown', 'held_at_mall', 'no_trace', 'held_at_mall'],
    bring: async (mall) => place(mall, { fulfillment: { fulfillmentStatus: 'PENDING' } }),
  },
  {
    name: 'given up with a broken answer',
    mail: true,
    told: all('failed'),
    bring: (mall) => ended(mall, place(mall), 'failed', 'ORDER_UNREADABLE'),
  },
  {
    name: 'given up as the mall never knew it',
    mail: true,
    told: all('never_at_mall'),
    bring: (mall) => ended(mall, testedMall(mall).absent, 'failed', NOT_FOUND),
  },
  {
    name: 'seen and put aside by a person',
    mail: true,
    told: all('not_wanted'),
    bring: (mall) => ended(mall, testedMall(mall).absent, 'done', DISMISSED),
  },
  {
    // It comes as a cancelled order.
    name: 'cancelled before its mail was worked on',
    mail: true,
    told: all('staged'),
    async bring(mall) {
      const number = place(mall)
      bench.malls[mall].cancel(number)
      return wantAndWork(mall, number)
    },
  },
  {
    name: 'two that begin alike',
    mail: true,
    told: all('several'),
    async bring(mall) {
      const part = testedMall(mall).absent.slice(0, -1)
      for (const last of ['7', '8']) await want(mall, `${part}${last}`)
      return part
    },
  },
  {
    // Rakuten's numbers have no fixed length, so it could be whole: another order is not answered in its
    // place.
    name: 'one that begins so',
    mail: true,
    told: all('several'),
    async bring(mall) {
      await want(mall, testedMall(mall).absent)
      return testedMall(mall).absent.slice(0, -1)
    },
    at: ['rakuten'],
  },
  { name: 'here, to be pulled', mail: true, told: all('staged'), bring: (mall) => staged(mall) },
  {
    name: 'pulled',
    mail: true,
    told: all('here'),
    bring: (mall) => staged(mall, { status: 'new', pulledAt: new Date() }),
  },
  {
    name: 'emptied by its age',
    mail: true,
    told: all('emptied'),
    bring: (mall) => staged(mall, { purgedAt: new Date() }),
  },
]

/** Verdicts that no order of a mall can come to, and why. */
const NEVER: Partial<Record<Verdict, readonly SimulatedMall[]>> = {
  // Rakuten, Yahoo!, au PAY and Shopify give out what waits for a payment, with a hold; it is staged.
  held_at_mall: ['rakuten', 'yahoo', 'aupay', 'shopify'],
  // A shop of Shopify's chooses what stands before and behind the count.
  other_form: ['shopify'],
}

/** Without the small share of questions: a quick machine asks more of them here than fifty in a second. */
const sessions: LiveTools['sessions'] = {
  open: async (shopId) => ({ ...(await bench.sessions.open(shopId)), asQuestion: (work) => work() }),
}

/** What is asked of the mall; each question with a share of its own. */
function ask(
  mall: SimulatedMall,
  query: { number: string; day?: string },
  live: boolean,
  pool: WhyDeps['pool'] = database.pool,
) {
  const { db } = database
  const lanes = createLanes({ store: memoryBuckets(systemClock), clock: systemClock })
  const half = createLiveHalf({
    pool,
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
    sessions,
    lanes,
    wakeQueue: { wake: async () => undefined },
  })
  return answerWhy(
    {
      db,
      pool,
      sealer: testSealer,
      clock: systemClock,
      marketplaces: bench.marketplaces,
      live: half,
      judge: createJudge(bench.marketplaces),
    },
    { tenantId: bench.tenantId, shops: [bench.shopIds[mall]] },
    { ...query, live },
    new AbortController().signal,
  )
}

/** What waits for a person, or for nothing, names no time. */
const WITHOUT_TIME: ReadonlySet<Verdict> = new Set([
  ...(['here', 'staged', 'emptied', 'other_form', 'other_shop', 'not_wanted', 'too_old'] as const),
  ...(['cancelled_before', 'several', 'unknown'] as const),
])

describe.each(SIMULATED_MALLS)('%s', (mall) => {
  const cases = CASES.filter(({ at = SIMULATED_MALLS }) => at.includes(mall))
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { bring, told }) => {
    const asked = await bring(mall)
    const query = typeof asked === 'string' ? { number: asked } : asked
    const answers: Awaited<ReturnType<typeof ask>>[] = []
    for (const isSwept of [false, true]) {
      const at = { listedUntil: inSeconds(-3_600), runAt: inSeconds(300), nextAt: inSeconds(300) }
      if (isSwept)
        await database.db.shopSweep.create({
          data: { shopId: bench.shopIds[mall], deepAt: new Date(), updatedAt: new Date(), ...at },
        })
      for (const live of [false, true]) answers.push(await ask(mall, query, live))
    }
    expect(answers.map(({ verdict }) => verdict)).toEqual(told)
    for (const [index, { verdict, next, evidence, message, live }] of answers.entries()) {
      expect(message).not.toBe('')
      expect(evidence.map(({ at }) => at)).toEqual(evidence.map(({ at }) => at).toSorted())
      if (index % 2 === 0) expect(live).toEqual({ asked: false, message: null })
      // Without sweeps nothing finds by itself what no request waits for.
      if (index >= 2 && !WITHOUT_TIME.has(verdict)) expect(next).not.toBeNull()
      if (next) expect(Date.parse(next.at)).toBeGreaterThan(Date.now() - 60_000)
    }
  })

  // A fault run met it: a number that was asked for between the two looks stood beside itself as the one
  // candidate.
  test('a number that comes while it is looked for is answered for itself', async () => {
    const number = place(mall)
    const { pool } = database
    const look = async (...asked: Parameters<typeof pool.query>) => {
      if (factsOf(asked[0]).text === BY_PART.sql) await want(mall, number)
      return pool.query(...asked)
    }
    const watched = new Proxy(pool, {
      get: (target, name) => (name === 'query' ? look : Reflect.get(target, name)),
    })
    expect(await ask(mall, { number }, false, watched)).toMatchObject({
      orderNumber: number,
      verdict: 'being_asked',
      candidates: [],
    })
  })

  test('comes to every verdict, by mail or without', () => {
    const met = new Set(cases.flatMap(({ told }) => told))
    const never = (Object.keys(VERDICTS) as Verdict[]).filter((verdict) => !met.has(verdict))
    expect(never).toEqual(
      (Object.keys(NEVER) as Verdict[]).filter((verdict) => NEVER[verdict]?.includes(mall)),
    )
    expect(new Set(cases.map(({ mail }) => mail))).toEqual(new Set([true, false]))
  })
})
