import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { retryFailed } from '../../../src/imports/import-orders.ts'
import type { SeenMail } from '../../../src/mail/intake/batch.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import type {
  FetchOutcome,
  ListedOrder,
  ListPage,
  MarketplaceSession,
} from '../../../src/marketplaces/port/session.ts'
import { present } from '../../../src/platform/narrow.ts'
import { createReconciliationJob, insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import { readCompleteness } from '../../../src/reconciliation/routes.ts'
import { MAIL_NOT_ARRIVING } from '../../../src/reconciliation/take.ts'
import { decide } from '../../../src/why/decide.ts'
import { readFacts } from '../../../src/why/facts.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop } from '../../support/fixtures.ts'
import {
  type ImportBench,
  importBench,
  numbers,
  START,
  shopWorkerOf,
} from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let database: TestDatabase
let bench: ImportBench
let original: Pick<ImportBench['mall'], 'open'>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  sweepEvery5Minutes(bench)
})

function sweepEvery5Minutes(of: ImportBench): void {
  const job = createReconciliationJob({ ...of.deps, intervalMs: 5 * MINUTE })
  of.deps.moreJobs = [job, ...(of.deps.moreJobs ?? [])]
  original = { open: of.mall.open }
}

const keep = () => insertSweeps({ ...bench.deps, intervalMs: 5 * MINUTE })

async function turn(shopId = bench.shopId): Promise<void> {
  const worker = shopWorkerOf(bench.deps)
  for (let n = 0; n < 100; n++)
    if ((await worker.run(shopId, new AbortController().signal)) === 'done') return
  throw new Error('the worker does not come to an end')
}

/** Lets time pass in steps of a minute, the shop being woken in each as the scheduler would. */
async function pass(ms: number, step = MINUTE): Promise<void> {
  for (let left = ms; left > 0; left -= step) {
    bench.clock.advance(Math.min(step, left))
    await keep()
    await turn()
  }
}

const iso = (offset: number): string => new Date(Date.parse(START) + offset).toISOString()
const placeAt = (number: string, offset: number) => bench.mall.place(number, { orderedAt: iso(offset) })
const sweep = () => database.db.shopSweep.findUniqueOrThrow({ where: { shopId: bench.shopId } })
const here = () => database.db.order.count({ where: { shopId: bench.shopId } })
const complete = () => readCompleteness(bench.deps, bench.tenantId, bench.shopId, {})

/** Between the mall and the worker, from the next session on. */
function wrap(change: (session: MarketplaceSession) => Partial<MarketplaceSession>): void {
  const { open } = original
  bench.mall.open = (shop, tools) => {
    const session = open(shop, tools)
    return { ...session, ...change(session) }
  }
}

const wrapFetch = (change: (outcome: FetchOutcome) => FetchOutcome): void =>
  wrap(({ fetchOrders }) => ({
    async *fetchOrders(...asked) {
      for await (const outcome of fetchOrders(...asked)) yield change(outcome)
    },
  }))

const wrapList = (change: (page: ListPage) => Promise<ListPage>): void =>
  wrap(({ listOrders }) => ({ listOrders: async (...asked) => change(await listOrders(...asked)) }))

/** The mall refuses this one order. @returns how often it was asked for */
function refusing(number: string): { count: number } {
  const asked = { count: 0 }
  wrapFetch((outcome) => {
    if (outcome.orderNumber !== number) return outcome
    asked.count += 1
    return { kind: 'failed', orderNumber: number, failure: failure('rejected') }
  })
  return asked
}

async function why(number: string) {
  const now = new Date(bench.clock.now())
  const [facts] = await readFacts(bench.deps, bench.tenantId, [{ number }], null, now)
  return decide(number, present(facts))
}

describe('a sweep', () => {
  it('stages every order when no mail comes at all, and then says by day that all is here', async () => {
    const wanted = numbers(250)
    for (const [n, number] of wanted.entries()) placeAt(number, -n * 2 * HOUR)
    await pass(2 * MINUTE)
    expect(await here()).toBe(250)
    const { days, verifiedUntil } = await complete()
    expect(verifiedUntil).not.toBeNull()
    expect(days.every((day) => day.complete && day.mall === day.here)).toBe(true)
    expect(days.reduce((sum, day) => sum + day.here, 0)).toBe(250)
    const sources = await database.db.importRequest.groupBy({ by: ['source'], _count: true })
    expect(sources).toEqual([{ source: 'sweep', _count: 250 }])
  })

  it('goes on from where it was after a day of rest, and asks nothing twice', async () => {
    const [first = '', ...later] = numbers(60)
    placeAt(first, -HOUR)
    await pass(2 * MINUTE)
    for (const [n, number] of later.entries()) placeAt(number, HOUR + n * 20 * MINUTE)
    bench.clock.advance(DAY)
    // Half of the mails came through.
    await bench.want(later.filter((_, n) => n % 2 === 0))
    await pass(2 * MINUTE)
    expect(await here()).toBe(60)
    expect((await complete()).days.every((day) => day.complete)).toBe(true)
    expect(bench.mall.calls.flat().toSorted()).toEqual([first, ...later].toSorted())
  })

  it('waits while the lane is closed, and catches up by itself when it opens', async () => {
    await pass(2 * MINUTE)
    bench.mall.refuse(failure('throttled', { until: new Date(bench.clock.now() + HOUR) }))
    const [number = ''] = numbers(1)
    placeAt(number, 5 * MINUTE)
    await pass(10 * MINUTE)
    const asked = bench.mall.listCalls.length
    await pass(30 * MINUTE)
    expect(bench.mall.listCalls.length).toBe(asked)
    bench.mall.refuse(null)
    await pass(40 * MINUTE)
    expect(await here()).toBe(1)
  })

  it('finds what was cancelled at the mall, and asks for it once', async () => {
    const [number = ''] = numbers(1)
    placeAt(number, -HOUR)
    await pass(2 * MINUTE)
    bench.mall.change(number, (order) => ({
      ...order,
      mallState: 'cancelled',
      mallStatus: { code: '900', name: 'キャンセル確定' },
    }))
    await pass(6 * MINUTE)
    const order = await database.db.order.findFirstOrThrow({ include: { events: true } })
    expect(order.mallState).toBe('cancelled')
    expect(order.events.map(({ kind }) => kind)).toContain('cancelled_at_mall')
    await pass(20 * MINUTE)
    expect(await database.db.importRequest.count({ where: { purpose: 'refresh' } })).toBe(1)
  })

  it('keeps the verified point at an order that is still being fetched', async () => {
    const [missing = '', good = ''] = numbers(2)
    placeAt(missing, -HOUR)
    placeAt(good, -30 * MINUTE)
    wrapFetch((outcome) =>
      outcome.orderNumber === missing ? { kind: 'not_found', orderNumber: missing } : outcome,
    )
    await pass(2 * MINUTE)
    expect((await sweep()).verifiedUntil?.toISOString()).toBe(iso(-HOUR))
    expect((await complete()).days[0]).toMatchObject({ mall: 2, here: 1, missing: 1, complete: false })
    wrapFetch((outcome) => outcome)
    await pass(20 * MINUTE)
    expect((await sweep()).verifiedUntil?.getTime()).toBeGreaterThan(Date.parse(START))
    expect((await complete()).days[0]).toMatchObject({ mall: 2, here: 2, missing: 0, complete: true })
  })

  it('lets one bad order stop nothing: it is named in its day, and all of its cause are retried at once', async () => {
    const [bad = '', ...rest] = numbers(5)
    for (const number of [bad, ...rest]) placeAt(number, -HOUR)
    wrapFetch((outcome) =>
      outcome.orderNumber === bad
        ? { kind: 'failed', orderNumber: bad, failure: failure('rejected') }
        : outcome,
    )
    await pass(2 * MINUTE)
    expect((await sweep()).verifiedUntil?.getTime()).toBeGreaterThan(Date.parse(START) - MINUTE)
    expect((await complete()).days[0]).toMatchObject({
      mall: 5,
      here: 4,
      missing: 1,
      missingNumbers: [bad],
      complete: false,
    })
    await pass(30 * MINUTE)
    expect(await database.db.importRequest.count({ where: { orderNumber: bad } })).toBe(1)
    wrapFetch((outcome) => outcome)
    const deps = { ...bench.deps, wakeQueue: { wake: async () => undefined } }
    expect(await retryFailed(deps, bench.tenantId, { cause: 'OTHER' })).toEqual({ retried: 0 })
    expect(await retryFailed(deps, bench.tenantId, { cause: 'TEST_REJECTED' })).toEqual({ retried: 1 })
    await pass(6 * MINUTE)
    expect((await complete()).days[0]).toMatchObject({ mall: 5, here: 5, missing: 0, complete: true })
  })

  it('asks again by itself after a day for what was given up', async () => {
    const [bad = ''] = numbers(1)
    placeAt(bad, -HOUR)
    wrapFetch((outcome) =>
      outcome.orderNumber === bad
        ? { kind: 'failed', orderNumber: bad, failure: failure('rejected') }
        : outcome,
    )
    await pass(2 * MINUTE)
    wrapFetch((outcome) => outcome)
    await pass(DAY + 20 * MINUTE, 10 * MINUTE)
    expect(await here()).toBe(1)
  })

  it('asks again at once after an outage of more than a week for what was given up before it', async () => {
    const [bad = ''] = numbers(1)
    placeAt(bad, -HOUR)
    refusing(bad)
    await pass(2 * MINUTE)
    bench.clock.advance(9 * DAY)
    wrapFetch((outcome) => outcome)
    await pass(6 * MINUTE)
    expect(await here()).toBe(1)
  })

  it('asks again, seldomer and seldomer, for what stays broken, and `why` says when', {
    timeout: 60_000,
  }, async () => {
    const [bad = ''] = numbers(1)
    placeAt(bad, -HOUR)
    const asked = refusing(bad)
    await pass(30 * DAY, 2 * HOUR)
    // Once each day for a week, then behind a seventh of the order’s age.
    expect(asked.count).toBeGreaterThanOrEqual(14)
    expect(asked.count).toBeLessThanOrEqual(20)
    wrapFetch((outcome) => outcome)
    const { verdict, next } = await why(bad)
    expect(verdict).toBe('failed')
    const wait = Date.parse(next?.at ?? '') - bench.clock.now()
    expect(wait).toBeGreaterThan(0)
    await pass(wait - MINUTE, HOUR)
    expect(await here()).toBe(0)
    await pass(2 * HOUR, 10 * MINUTE)
    expect(await here()).toBe(1)
  })

  it('asks no more for what the mall’s API no longer has, and `why` says so', async () => {
    const [bad = ''] = numbers(1)
    placeAt(bad, -HOUR)
    const asked = refusing(bad)
    await pass(2 * MINUTE)
    bench.clock.advance(401 * DAY)
    const before = asked.count
    await pass(6 * MINUTE)
    expect(asked.count).toBe(before)
    const { next, message } = await why(bad)
    expect(next).toBeNull()
    expect(message).toContain('今すぐ取り込むを実行してください')
  })

  it('counts apart what the mall holds back', async () => {
    const [held = ''] = numbers(1)
    placeAt(held, -HOUR)
    wrapFetch((outcome) =>
      outcome.orderNumber === held
        ? {
            kind: 'pending',
            orderNumber: held,
            retryAt: new Date(bench.clock.now() + HOUR),
            message: '入金待ち',
          }
        : outcome,
    )
    await pass(2 * MINUTE)
    expect((await complete()).days[0]).toMatchObject({ mall: 1, here: 0, pending: 1, missing: 0 })
    expect((await sweep()).verifiedUntil?.getTime()).toBeGreaterThan(Date.parse(START) - MINUTE)
  })

  it('misses nothing when orders come into the list, anywhere, while its pages are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 1, max: 110 }), { maxLength: 3 }), { maxLength: 10 }),
        fc.integer({ min: 0, max: 9 }),
        async (arrivals, first) => {
          await database.db.tenant.deleteMany()
          bench = await importBench(database)
          sweepEvery5Minutes(bench)
          const spare = numbers(50)
          const list: ListedOrder[] = []
          function arrive(minutesAgo: number): void {
            const orderNumber = spare.pop() ?? ''
            placeAt(orderNumber, -minutesAgo * MINUTE)
            const orderedAt = new Date(iso(-minutesAgo * MINUTE))
            list.push({ orderNumber, orderedAt, mallStatus: null, mallState: null })
          }
          for (let n = 0; n < first; n++) arrive(n)
          let call = 0
          wrap(() => ({
            async listOrders(window, page) {
              for (const minutesAgo of arrivals[call++] ?? []) arrive(minutesAgo)
              // Newest first, so that an arrival pushes all older ones along.
              const inWindow = list
                .filter(({ orderedAt }) => orderedAt && orderedAt >= window.from && orderedAt < window.to)
                .toSorted((a, b) => Number(b.orderedAt) - Number(a.orderedAt))
              const start = Number(page ?? 0)
              const next = inWindow.length > start + 3 ? String(start + 3) : null
              return { orders: inWindow.slice(start, start + 3), next, total: inWindow.length }
            },
          }))
          await pass(8 * MINUTE)
          expect(await here()).toBe(50 - spare.length)
          expect((await complete()).days.every((day) => day.missing === 0)).toBe(true)
        },
      ),
      { numRuns: 8 },
    )
  })

  it('goes on at the same page after the process was ended', async () => {
    bench = await importBench(database, { listPage: 2 })
    sweepEvery5Minutes(bench)
    for (const [n, number] of numbers(7).entries()) placeAt(number, -n * MINUTE)
    await database.db.shopSweep.deleteMany()
    await keep()
    bench.clock.advance(MINUTE)
    const ended = new AbortController()
    let pages = 0
    wrapList(async (page) => {
      if (++pages === 2) ended.abort()
      ended.signal.throwIfAborted()
      return page
    })
    await shopWorkerOf(bench.deps).run(bench.shopId, ended.signal)
    expect(bench.mall.listCalls.map(({ page }) => page)).toEqual([null, '2'])
    wrapList(async (page) => page)
    await turn()
    expect(bench.mall.listCalls[2]?.page).toBe('2')
    expect(await here()).toBe(7)
  })

  it('of a mall whose list alone is broken keeps nobody’s orders waiting', async () => {
    wrapList(() => Promise.reject(failure('unavailable')))
    await pass(2 * MINUTE)
    const [number = ''] = numbers(1)
    bench.mall.place(number)
    await bench.want([number])
    await turn()
    expect(await here()).toBe(1)
    expect(await sweep()).toMatchObject({ outcome: 'TEST_UNAVAILABLE', verifiedUntil: null })
    const shop = await database.db.shop.findUniqueOrThrow({ where: { id: bench.shopId } })
    expect(shop.laneClosedUntil).toBeNull()
    const other = await makeShop(database.db, {
      tenantId: bench.tenantId,
      marketplace: 'rakuten',
      code: '222222',
      credentials: { key: 'k' },
    })
    wrapList(async (page) => page)
    await keep()
    bench.clock.advance(MINUTE)
    await turn(other.id)
    const row = await database.db.shopSweep.findUniqueOrThrow({ where: { shopId: other.id } })
    expect(row.listedUntil).not.toBeNull()
  })
})

describe('mails', () => {
  const mailbox = () =>
    makeMailbox(database.db, {
      tenantId: bench.tenantId,
      shopIds: [bench.shopId],
      leaseOwner: 'me',
      uidValidity: 1n,
      lastUid: 1n,
      createdAt: new Date(bench.clock.now() - DAY),
    })

  const unreadable: SeenMail = {
    uid: 2,
    size: 10,
    messageId: '<a@b>',
    subject: '?',
    from: ['a@b'],
    to: [],
    sentAt: null,
    text: '',
    trust: 'unknown',
    recognition: { marketplace: 'rakuten', kind: 'unknown', orderNumbers: [], reason: '読めません' },
  }

  it.each([
    ['a mail that cannot be read', 1n, [unreadable]],
    ['a mailbox that began anew', 2n, []],
  ])('%s starts the sweep at once, ten seconds after what was listed last', async (_, uidValidity, mails) => {
    await pass(2 * MINUTE)
    bench.clock.advance(11_000)
    const box = await mailbox()
    const woken: string[] = []
    const intake = createIntake({
      ...bench.deps,
      wakeQueue: { wake: async (ids) => void woken.push(...ids) },
    })
    const before = bench.mall.listCalls.length
    await turn()
    expect(bench.mall.listCalls.length).toBe(before)
    await intake({
      mailbox: { id: box.id, tenantId: bench.tenantId },
      leaseOwner: 'me',
      ignored: 0,
      from: { uidValidity: 1n, lastUid: 1 },
      to: { uidValidity, lastUid: 2 },
      shops: [{ id: bench.shopId, marketplace: 'rakuten', code: '123456' }],
      mails,
    })
    expect(woken).toEqual([bench.shopId])
    await turn()
    expect(bench.mall.listCalls.length).toBe(before + 1)
  })

  it('that do not arrive are noticed after three orders, until one arrives', async () => {
    const box = await mailbox()
    await pass(2 * MINUTE)
    const notices = async () => (await database.db.shopNotice.findMany()).map(({ code }) => code)
    const [a = '', b = '', c = '', d = ''] = numbers(4)
    placeAt(a, 3 * MINUTE)
    placeAt(b, 4 * MINUTE)
    await pass(25 * MINUTE)
    expect(await here()).toBe(2)
    expect(await notices()).toEqual([])
    placeAt(c, 28 * MINUTE)
    await pass(25 * MINUTE)
    expect(await notices()).toEqual([MAIL_NOT_ARRIVING])
    placeAt(d, 53 * MINUTE)
    await bench.want([d], { mailId: await mailRow(box.id) })
    await pass(10 * MINUTE)
    expect(await notices()).toEqual([])
  })

  async function mailRow(mailboxId: string): Promise<string> {
    const id = bench.deps.newId()
    await database.db.mail.create({
      data: {
        id,
        tenantId: bench.tenantId,
        mailboxId,
        uidValidity: 1n,
        uid: 5n,
        size: 1,
        fingerprint: new Uint8Array(1),
        state: 'recognised',
        marketplace: 'rakuten',
        kind: 'new_order',
        seenAt: new Date(bench.clock.now()),
      },
    })
    return id
  }
})
