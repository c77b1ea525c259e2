import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { planEmptied } from '../../../src/notices/plan-expiries.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { pullOrders } from '../../../src/orders/pull.ts'
import { createRetention, type RetentionRules } from '../../../src/orders/retention.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { heldClock, newId, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/** What may never be handed over empty, twice or to two clients. */

const DAY = 24 * 60 * 60_000

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 12 })
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
})

async function stage(wanted: readonly string[], orderedAt = (n: number) => n): Promise<string[]> {
  for (const [n, number] of wanted.entries())
    bench.mall.place(number, { orderedAt: new Date(Date.UTC(2026, 0, 1, 0, orderedAt(n))).toISOString() })
  await bench.want(wanted)
  await bench.run()
  const orders = await database.db.order.findMany()
  return wanted.map((number) => orders.find(({ orderNumber }) => orderNumber === number)?.id ?? '')
}
const caller = (key: string) => ({ tenantId: bench.tenantId, actor: 'key:test', idempotencyKey: key })
const pull = (key: string, selection: { limit?: number; shopId?: string } = {}) =>
  pullOrders(bench.deps, caller(key), { limit: 100, ...selection })
const move = (orderIds: string[], to: 'auto_imported' | 'new' | 'shipped') =>
  moveOrders(bench.deps, caller('-'), { orderIds, to })
const purge = () =>
  createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
    new AbortController().signal,
  )

describe('an order that was moved back to 自動受注取込', () => {
  it('keeps its content however long ago it was pulled, and is not handed over again', async () => {
    const [id = ''] = await stage(numbers(1))
    await pull('first')
    bench.clock.advance(20 * DAY)
    await move([id], 'auto_imported')
    bench.clock.advance(20 * DAY)
    expect(await purge()).toMatchObject({ orders: 0 })
    expect(await pull('second')).toMatchObject({ orders: [], remaining: 0 })
    const { orders } = await pull('first')
    expect(orders).toMatchObject([{ id, status: 'auto_imported', detailMissing: null }])
    expect(orders[0]?.detail).not.toBeNull()
  })

  it('keeps it for as long again once somebody moves it on, and loses it then', async () => {
    const [id = ''] = await stage(numbers(1))
    await pull('first')
    await move([id], 'auto_imported')
    bench.clock.advance(40 * DAY)
    await move([id], 'new')
    bench.clock.advance(29 * DAY)
    expect(await purge()).toMatchObject({ orders: 0 })
    bench.clock.advance(2 * DAY)
    expect(await purge()).toMatchObject({ orders: 1 })
  })

  it('is not moved back once it is empty: nothing is moved, and the order is named', async () => {
    const [empty = '', full = ''] = await stage(numbers(2))
    await pull('first', { limit: 1 })
    bench.clock.advance(31 * DAY)
    await purge()
    await pull('second')
    await expect(move([full, empty], 'auto_imported')).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fields: [{ field: 'orderIds[1]', code: 'purged' }],
    })
    expect(await database.db.order.count({ where: { status: 'new' } })).toBe(2)
  })
})

describe('the retention', () => {
  const RULES = { retentionDays: 30, openDays: 90, unpulledDays: 90 }
  const run = (rules: Partial<RetentionRules & Pick<ImportBench['deps'], 'log'>> = {}) =>
    createRetention({ ...bench.deps, ...RULES, ...rules }).run(new AbortController().signal)
  const end = (id: string, mallState: 'shipped' | 'cancelled' | 'open') =>
    database.db.order.update({
      where: { id },
      data: { mallState, updatedAt: new Date(bench.clock.now()), refreshedAt: new Date(bench.clock.now()) },
    })

  it('counts from the end of an order, not from its pull', async () => {
    const [id = ''] = await stage(numbers(1))
    await pull('key')
    bench.clock.advance(40 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    await end(id, 'shipped')
    bench.clock.advance(29 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    bench.clock.advance(2 * DAY)
    expect(await run()).toMatchObject({ orders: 1 })
    expect(await database.db.order.findUniqueOrThrow({ where: { id } })).toMatchObject({ sealedDetail: null })
  })

  it('forgets how an order came in after two years, and keeps the order, its pull and what still waits', async () => {
    const [id = ''] = await stage(numbers(1))
    const batch = await pull('key')
    const later = numbers(2).slice(1)
    await bench.want(later)
    // The ids of this test carry the machine's time.
    bench.clock.advance(Date.now() - bench.clock.now() + 729 * DAY)
    await run()
    expect(await database.db.orderEvent.count({ where: { orderId: id } })).toBeGreaterThan(0)
    expect(await database.db.importRequest.count({ where: { shopId: bench.shopId, state: 'done' } })).toBe(1)
    bench.clock.advance(2 * DAY)
    await run()
    expect(await database.db.orderEvent.count({ where: { orderId: id } })).toBe(0)
    expect(await database.db.importRequest.findMany({ where: { shopId: bench.shopId } })).toMatchObject([
      { state: 'waiting' },
    ])
    expect(await database.db.order.findUniqueOrThrow({ where: { id } })).toMatchObject({
      pullId: batch.pullId,
    })
  })

  it('begins anew when an order is opened again', async () => {
    const [id = ''] = await stage(numbers(1))
    await pull('key')
    await end(id, 'cancelled')
    await end(id, 'open')
    bench.clock.advance(31 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
  })

  it('takes what was handed over and never ended, and what nobody pulled, after their own times', async () => {
    await stage(numbers(2))
    await pull('key', { limit: 1 })
    bench.clock.advance(89 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    bench.clock.advance(2 * DAY)
    expect(await run({ unpulledDays: null })).toMatchObject({ orders: 1 })
    expect(await run()).toMatchObject({ orders: 1 })
  })

  it('counts what never ended from its pull, however long it had waited for it', async () => {
    await stage(numbers(1))
    bench.clock.advance(80 * DAY)
    await pull('key')
    bench.clock.advance(89 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    bench.clock.advance(2 * DAY)
    expect(await run()).toMatchObject({ orders: 1 })
  })

  it('goes by the mall, and a strict one lets nothing wait longer', async () => {
    const [id = ''] = await stage(numbers(1))
    await end(id, 'shipped')
    bench.clock.advance(31 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    expect(await run({ ofMalls: { rakuten: 60 }, strictMalls: new Set(['rakuten']) })).toMatchObject({
      orders: 0,
    })
    expect(await run({ strictMalls: new Set(['rakuten']) })).toMatchObject({ orders: 1 })
  })

  it('leaves what was cancelled in staging less long ago', async () => {
    const [waiting = '', cancelled = ''] = await stage(numbers(2))
    bench.clock.advance(20 * DAY)
    await end(cancelled, 'cancelled')
    bench.clock.advance(29 * DAY)
    expect(await run()).toMatchObject({ orders: 0 })
    bench.clock.advance(2 * DAY)
    expect(await run()).toMatchObject({ orders: 1 })
    const order = await database.db.order.findUniqueOrThrow({ where: { id: waiting } })
    expect(order.purgedAt).toBeNull()
  })

  describe('of what still has something ahead', () => {
    const in_ = (days: number) => new Date(bench.clock.now() + days * DAY).toISOString()
    const [number = ''] = numbers(1)
    async function pulled(more: Partial<NormalisedOrder>): Promise<string> {
      bench.mall.place(number, more)
      await bench.want([number])
      await bench.run()
      await pull('key')
      return (await database.db.order.findFirstOrThrow()).id
    }
    const isWhole = async () => {
      await run()
      const order = await database.db.order.findFirstOrThrow({ include: { raw: true } })
      return order.sealedDetail !== null && order.raw !== null
    }
    const reserve = (until: string | null) => ({ holds: [{ kind: 'reserve' as const, until, note: null }] })

    it.each<[string, () => Partial<NormalisedOrder>]>([
      ['a hold', () => reserve(in_(120))],
      [
        'its day of shipping',
        () => ({ delivery: { ...sampleOrder(number).delivery, shipBy: in_(120).slice(0, 10) } }),
      ],
    ])('takes nothing before %s, and then leaves the time of an open order', async (_, more) => {
      await pulled(more())
      bench.clock.advance(119 * DAY)
      expect(await isWhole()).toBe(true)
      bench.clock.advance(90 * DAY)
      await run()
      expect((await database.db.order.findFirstOrThrow()).purgedAt).toBeNull()
      bench.clock.advance(3 * DAY)
      await run()
      expect((await database.db.order.findFirstOrThrow()).purgedAt).not.toBeNull()
    })

    it('takes nothing while the day of its release is not known, and counts from when the hold is lifted', async () => {
      await pulled(reserve(null))
      bench.clock.advance(300 * DAY)
      expect(await isWhole()).toBe(true)
      bench.mall.place(number)
      await bench.want([number], { purpose: 'refresh' })
      await bench.run()
      bench.clock.advance(89 * DAY)
      await run()
      expect((await database.db.order.findFirstOrThrow()).purgedAt).toBeNull()
      bench.clock.advance(2 * DAY)
      expect(await run()).toMatchObject({ orders: 1 })
    })

    it('goes by the day that staff wrote, and takes what was never pulled by the same', async () => {
      bench.mall.place(number)
      await bench.want([number])
      await bench.run()
      const { id } = await database.db.order.findFirstOrThrow()
      const delivery = { ...sampleOrder(number).delivery, shipBy: in_(120) }
      await editOrder(bench.deps, caller('-'), id, null, { delivery })
      bench.clock.advance(119 * DAY)
      expect(await isWhole()).toBe(true)
      bench.clock.advance(92 * DAY)
      expect(await run()).toMatchObject({ orders: 1 })
    })

    it('takes nothing before the day of a 保留, and then leaves the time of an open order', async () => {
      const id = await pulled({})
      await moveOrders(bench.deps, caller('-'), {
        orderIds: [id],
        to: 'on_hold',
        onHoldReason: '山田様より入荷待ち',
        onHoldDate: in_(120).slice(0, 10),
      })
      expect([await plan(195), await plan(198)]).toEqual([0, 1])
      bench.clock.advance(119 * DAY)
      expect(await isWhole()).toBe(true)
      const held = await database.db.order.findFirstOrThrow()
      expect(held.sealedOnHoldReason).not.toBeNull()
      bench.clock.advance(90 * DAY)
      await run()
      expect((await database.db.order.findFirstOrThrow()).purgedAt).toBeNull()
      bench.clock.advance(4 * DAY)
      expect(await run()).toMatchObject({ orders: 1 })
    })

    it('counts anew from when staff took it out of 保留', async () => {
      const id = await pulled({})
      const onHoldDate = in_(120).slice(0, 10)
      await moveOrders(bench.deps, caller('-'), { orderIds: [id], to: 'on_hold', onHoldDate })
      bench.clock.advance(119 * DAY)
      await moveOrders(bench.deps, caller('-'), { orderIds: [id], to: 'ready_to_ship' })
      bench.clock.advance(89 * DAY)
      expect(await run()).toMatchObject({ orders: 0 })
      bench.clock.advance(2 * DAY)
      expect(await run()).toMatchObject({ orders: 1 })
    })

    const plan = (days: number) =>
      planEmptied({
        db: database.db,
        newId,
        mails: true,
        openDays: 90,
        unpulledDays: 90,
        clock: heldClock(bench.clock.now() + days * DAY),
      })

    it('is told two weeks before it takes an open order, once for its day', async () => {
      await pulled(reserve(in_(120)))
      expect([await plan(76), await plan(195), await plan(197), await plan(198)]).toEqual([0, 0, 1, 0])
      const notices = await database.db.notice.findMany({ where: { tenantId: bench.tenantId } })
      expect(notices).toMatchObject([{ what: 'openOrders', threshold: 14, kind: 'expiry' }])
      expect(notices[0]?.text).toContain('いずれにもなっていない受注 1件')
    })

    it.each([
      // As a release before took it: a day of 保留 that Postgres does not know.
      ['0000-01-01', { told: 2, purged: 2 }],
      ['9999-12-31', { told: 1, purged: 1 }],
    ])('is kept from no order by a 保留 until %s', async (day, { told, purged }) => {
      const ids = await stage(numbers(2))
      await pull('key')
      const [held = ''] = ids
      await moveOrders(bench.deps, caller('-'), { orderIds: [held], to: 'on_hold', onHoldDate: '2026-02-01' })
      await database.db.order.update({ where: { id: held }, data: { onHoldDate: day } })
      await plan(89)
      const notices = await database.db.notice.findMany({ where: { tenantId: bench.tenantId } })
      expect(notices.map(({ text }) => text)).toEqual([expect.stringContaining(`受注 ${told}件`)])
      bench.clock.advance(91 * DAY)
      expect(await run()).toMatchObject({ orders: purged })
    })

    it('takes nothing of an order with a change under way', async () => {
      const id = await pulled({})
      await database.db.order.update({ where: { id }, data: { changeState: 'queued' } })
      bench.clock.advance(200 * DAY)
      expect(await isWhole()).toBe(true)
    })
  })

  it('goes on for other tenants and other things where one order is refused, and tells the operator', async () => {
    await stage(numbers(1))
    await pull('key')
    const other = await importBench(database)
    other.mall.place('9', {})
    await other.want(['9'])
    await other.run()
    await database.db.order.updateMany({
      where: { tenantId: other.tenantId },
      data: { status: 'on_hold', onHoldDate: '2026-13-45' },
    })
    bench.clock.advance(91 * DAY)
    const errors: unknown[] = []
    const log = { ...bench.deps.log, error: (line: unknown) => void errors.push(line), info: () => undefined }
    expect(await run({ log: log as unknown as typeof bench.deps.log })).toMatchObject({ orders: 1 })
    const tasks = [`retention: orders of rakuten, tenant ${other.tenantId}`, 'retention: answers of orders']
    expect(errors).toEqual(tasks.map((task) => ({ err: expect.objectContaining({ code: '22008' }), task })))
    expect(await database.db.order.findMany({ select: { tenantId: true, purgedAt: true } })).toEqual(
      expect.arrayContaining([
        { tenantId: bench.tenantId, purgedAt: expect.any(Date) },
        { tenantId: other.tenantId, purgedAt: null },
      ]),
    )
  })

  it('removes raw answers after a week', async () => {
    await stage(numbers(1))
    bench.clock.advance(6 * DAY)
    expect(await run()).toMatchObject({ rawAnswers: 0 })
    bench.clock.advance(2 * DAY)
    expect(await run()).toMatchObject({ rawAnswers: 1 })
    expect(await database.db.orderRaw.count()).toBe(0)
  })
})

describe('a pull', () => {
  it('takes the oldest, whatever their ids', async () => {
    const wanted = numbers(3)
    // The youngest is staged first and has the smallest id.
    for (const [n, number] of wanted.toReversed().entries()) await stage([number], () => 10 - n)
    const { orders } = await pull('a', { limit: 1 })
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual([wanted[0]])
  })

  it('of another shop under the same key is another pull', async () => {
    await stage(numbers(1))
    await pull('key')
    await expect(pull('key', { shopId: bench.shopId })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })
})

/** Until somebody waits for a lock: a fault that takes none makes this fail. */
async function untilWaiting(): Promise<void> {
  const waiting = async () =>
    (
      await database.pool.query(
        `select from pg_locks l join pg_database d on d.oid = l.database where not l.granted and d.datname = current_database()
         union all select from pg_locks where not granted and locktype = 'transactionid'`,
      )
    ).rowCount
  await expect.poll(waiting, { timeout: 20_000, interval: 2 }).toBeGreaterThan(0)
}

describe('a move', () => {
  it('decides by what an order is when its turn comes', async () => {
    const [id = ''] = await stage(numbers(1))
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(`update orders set version = version + 1, status = 'shipped' where id = $1`, [id])
      const moved = moveOrders(bench.deps, caller('-'), {
        orderIds: [id],
        to: 'new',
        ifVersions: { [id]: 1 },
      }).then(
        () => 'moved',
        (error: { code: string }) => error.code,
      )
      await untilWaiting()
      await other.query('commit')
      expect(await moved).toBe('VERSION_MISMATCH')
    } finally {
      other.release()
    }
    expect(await database.db.order.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'shipped',
      version: 2,
    })
  })
})
