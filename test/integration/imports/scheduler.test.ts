import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRetention, type Retention } from '../../../src/orders/retention.ts'
import { createScheduler, type Scheduler } from '../../../src/worker/scheduler.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, jobsOf, numbers } from '../../support/imports/import-bench.ts'

const DAY = 24 * 60 * 60_000

let database: TestDatabase
let bench: ImportBench
let woken: string[][]
let scheduler: Scheduler
let retention: Retention
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  woken = []
  retention = createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null })
  scheduler = createScheduler({
    ...bench.deps,
    jobs: jobsOf(bench.deps),
    tasks: [{ name: 'retention', firstMs: 60_000, everyMs: 60_000, run: retention.run }],
    wakeQueue: {
      wake: async (shopIds) => {
        woken.push([...shopIds])
      },
    },
  })
})

describe('the scheduler', () => {
  it('wakes a shop when its request becomes due, once', async () => {
    await bench.want(numbers(1), { dueAt: new Date(bench.clock.now() + 5_000) })
    expect(await scheduler.tick()).toEqual([])
    bench.clock.advance(5_000)
    expect(await scheduler.tick()).toEqual([bench.shopId])
    bench.clock.advance(1_000)
    expect(await scheduler.tick()).toEqual([])
  })

  it('wakes it again when nothing has happened for 15 s, and at once when something else becomes due', async () => {
    await bench.want(numbers(1))
    await scheduler.tick()
    bench.clock.advance(14_999)
    expect(await scheduler.tick()).toEqual([])
    bench.clock.advance(1)
    expect(await scheduler.tick()).toEqual([bench.shopId])
    bench.clock.advance(1_000)
    await bench.want(numbers(2))
    expect(await scheduler.tick()).toEqual([bench.shopId])
  })

  it.each([
    ['a closed lane', { laneClosedUntil: new Date('2026-01-15T03:01:00Z') }],
    ['attention', { attentionCode: 'X', attentionProbeAt: new Date('2026-01-15T03:01:00Z') }],
    [
      'attention whose probe is due, of a disabled shop',
      { attentionCode: 'X', attentionProbeAt: new Date('2026-01-15T02:59:00Z'), enabled: false },
    ],
    ['a disabled shop', { enabled: false }],
  ])('leaves the requests behind %s alone', async (_, data) => {
    await bench.want(numbers(1))
    await database.db.shop.update({ where: { id: bench.shopId }, data })
    expect(await scheduler.tick()).toEqual([])
  })

  it('wakes the shop when the time of its lane is over', async () => {
    await bench.want(numbers(1))
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { laneClosedUntil: new Date(bench.clock.now() + 60_000) },
    })
    bench.clock.advance(60_000)
    expect(await scheduler.tick()).toEqual([bench.shopId])
  })

  it('wakes a shop again whose lane was closed and opened between two ticks', async () => {
    await bench.want(numbers(1))
    await scheduler.tick()
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { laneClosedUntil: new Date(bench.clock.now() + 900) },
    })
    bench.clock.advance(1_000)
    expect(await scheduler.tick()).toEqual([bench.shopId])
  })

  it('wakes a shop under attention for its probe, whether anything waits or not', async () => {
    await database.db.shop.update({
      where: { id: bench.shopId },
      data: { attentionCode: 'X', attentionProbeAt: new Date(bench.clock.now() + 5_000) },
    })
    expect(await scheduler.tick()).toEqual([])
    bench.clock.advance(5_000)
    expect(await scheduler.tick()).toEqual([bench.shopId])
    bench.clock.advance(1_000)
    expect(await scheduler.tick()).toEqual([])
  })

  it('ticks every second until it is stopped, and survives an error', async () => {
    await bench.want(numbers(1), { dueAt: new Date(bench.clock.now() + 2_000) })
    // With one fewer the ticks would not be waited for: all the other tasks sleep.
    const allAsleep = scheduler.tasks.length + 1
    scheduler.start()
    await bench.clock.untilSleeping(allAsleep)
    for (let second = 0; second < 2; second++) {
      bench.clock.advance(1_000)
      await bench.clock.untilSleeping(allAsleep)
    }
    await scheduler.stop()
    expect(woken).toEqual([[bench.shopId]])
    expect(bench.clock.sleeping()).toBe(0)
  })
})

describe('retention', () => {
  const later = (days: number) => bench.clock.advance(days * DAY)
  const run = () => retention.run(new AbortController().signal)
  const order = () =>
    database.db.order.findFirstOrThrow({ where: { shopId: bench.shopId }, include: { raw: true } })

  async function staged(more: Parameters<ImportBench['mall']['place']>[1] = {}): Promise<void> {
    const [number = ''] = numbers(1)
    bench.mall.place(number, more)
    await bench.want([number])
    await bench.run()
  }

  it('removes the detail of an order 30 days after its pull, and only then', async () => {
    await staged()
    await database.db.order.updateMany({ data: { status: 'new', pulledAt: new Date(bench.clock.now()) } })
    later(30)
    expect(await run()).toMatchObject({ orders: 0 })
    later(0.01)
    expect(await run()).toMatchObject({ orders: 1 })
    expect(await order()).toMatchObject({
      sealedDetail: null,
      raw: null,
      purgedAt: new Date(bench.clock.now()),
      version: 2,
    })
    expect(await run()).toMatchObject({ orders: 0 })
  })

  it('never empties an order that nobody has pulled, unless it was cancelled', async () => {
    await staged()
    later(400)
    expect(await run()).toMatchObject({ orders: 0 })
    await database.db.order.updateMany({ data: { mallState: 'cancelled' } })
    expect(await run()).toMatchObject({ orders: 1 })
  })

  it.each(['refreshedAt', 'updatedAt'])('keeps a cancelled order for as long from its %s', async (time) => {
    await staged()
    later(400)
    await database.db.order.updateMany({
      data: { mallState: 'cancelled', [time]: new Date(bench.clock.now()) },
    })
    expect(await run()).toMatchObject({ orders: 0 })
    later(31)
    expect(await run()).toMatchObject({ orders: 1 })
  })

  it('waits for a site change under way', async () => {
    await staged()
    await database.db.order.updateMany({
      data: { status: 'new', pulledAt: new Date(bench.clock.now()), changeState: 'changing' },
    })
    later(40)
    expect(await run()).toMatchObject({ orders: 0 })
  })

  it('does not bring the content back with a refresh', async () => {
    await staged()
    await database.db.order.updateMany({ data: { status: 'new', pulledAt: new Date(bench.clock.now()) } })
    later(31)
    await run()
    bench.mall.place(numbers(1)[0] ?? '', { mallState: 'completed', mallStatus: { code: '700', name: null } })
    await bench.want(numbers(1), { purpose: 'refresh' })
    await bench.run()
    expect(await order()).toMatchObject({ mallStatus: '700', sealedDetail: null, raw: null })
  })

  it('removes raw answers of failed requests and the content of mails', async () => {
    const mailboxId = newId()
    await database.db.mailbox.create({
      data: {
        id: mailboxId,
        tenantId: bench.tenantId,
        name: 'm',
        host: 'h',
        port: 1,
        sealedUsername: new Uint8Array(1),
        sealedPassword: new Uint8Array(1),
        createdAt: new Date(),
        updatedAt: new Date(),
      },
    })
    await database.db.mail.create({
      data: {
        id: newId(),
        tenantId: bench.tenantId,
        mailboxId,
        uidValidity: 1n,
        uid: 1n,
        fingerprint: new Uint8Array(1),
        state: 'unreadable',
        marketplace: 'rakuten',
        kind: 'unknown',
        seenAt: new Date(bench.clock.now()),
        size: 1,
        sealedMail: testSealer.of(null).seal('x', '本文'),
      },
    })
    await bench.want(numbers(1))
    await database.db.importRequest.updateMany({
      data: { state: 'failed', finishedAt: new Date(bench.clock.now()), sealedRaw: new Uint8Array(1) },
    })
    later(31)
    expect(await run()).toEqual({ orders: 0, mails: 1, rawAnswers: 1, changes: 0 })
    expect(await database.db.mail.findFirst()).toMatchObject({ sealedMail: null })
  })
})
