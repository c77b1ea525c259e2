import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildApp } from '../../../src/app/build-app.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { presetOf } from '../../../src/marketplaces/order-files/form.ts'
import { erasureRoutes } from '../../../src/orders/erasure.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { formatEncryptionKeys } from '../../../src/platform/crypto/sealer.ts'
import { decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createChangeRoutes } from '../../../src/site-changes/routes.ts'
import { copyOfDatabase, freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { findPersonalData } from '../../support/database/personal-data.ts'
import { testSealer } from '../../support/fixtures.ts'
import { type OrderFileRig, orderFileRig } from '../../support/imports/order-file-rig.ts'

/** What happens beside a shop of order files: rehearsal, retention, erasure, holds, a restored backup. */

const DAY = 24 * 60 * 60_000
const PHONE = '090-9999-8888'

let database: TestDatabase
let rig: OrderFileRig
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
afterEach(() => rig.server.close())

async function begin(preset = 'ne_hanyo', on = database): Promise<void> {
  await on.db.tenant.deleteMany()
  rig = await orderFileRig(on, (deps) => [
    createOrderRoutes(deps),
    erasureRoutes({ ...deps, elsewhere: [] }),
    createChangeRoutes({ ...deps, wakeQueue: { wake: async () => undefined } }),
  ])
  const set = await rig.call('PUT', `/shops/${rig.shopId}/order-form`, { preset })
  expect(set.statusCode).toBe(200)
}

const HEAD =
  '店舗伝票番号,受注日,受注名,受注住所１,受注電話番号,支払方法,商品名,商品価格,受注数量,出荷済フラグ'
const rowOf = (number: string, { name = '見本 花子', phone = PHONE, price = 1_000, shipped = '0' } = {}) =>
  `${number},2026/01/14 09:00:00,${name},福井県福井市1-1,${phone},銀行振込,皿,${price},1,${shipped}`
const csv = (...rows: string[]) => encodeCp932(`${[HEAD, ...rows].join('\r\n')}\r\n`)
const ready = () =>
  database.db.order.updateMany({ where: { shopId: rig.shopId }, data: { status: 'ready_to_ship' } })
const shippedSince = async (from: number, of = rig) => {
  const since = encodeURIComponent(new Date(from).toISOString())
  const file = await of.call('GET', `/shops/${of.shopId}/shipped-orders?from=${since}`)
  return decodeCp932(file.rawPayload).split('\r\n').slice(1, -1)
}

describe('in リハーサル', () => {
  it('files are taken in, nothing is shipped, and no tracking number goes to the cart', async () => {
    await begin()
    const { bench, shopId } = rig
    await rig.take(csv(rowOf('1'), rowOf('2')))
    await ready()
    await rig.ship('1,400000000002,2026/01/15')
    bench.clock.advance(DAY)
    const begun = bench.clock.now()
    const path = `/shops/${shopId}/rehearsal`
    expect((await rig.call('POST', path)).statusCode).toBe(200)
    expect((await rig.take(csv(rowOf('3'), rowOf('1', { price: 2_000 })))).counts).toMatchObject({
      staged: 1,
      changed: 1,
      refused: 0,
    })
    bench.clock.advance(60_000)
    await ready()
    // One that has left already gets another number, and one leaves.
    await rig.ship('1,400000000013,2026/01/16', '2,400000000024,2026/01/16')
    const changes = await database.db.siteChange.findMany({ where: { shopId }, orderBy: { id: 'asc' } })
    expect(changes.map(({ state, code }) => [state, code])).toEqual([
      ['succeeded', null],
      ...changes.slice(1).map(() => ['warning', 'REHEARSAL']),
    ])
    expect(changes.length).toBeGreaterThan(1)
    bench.clock.advance(1_000)
    expect(await shippedSince(begun)).toEqual([])
    const report = (await rig.call('GET', path)).json()
    expect(report).toMatchObject({ orders: { imported: 1 }, calls: [] })
    expect(report.planned.map(({ plan }: { plan: string }) => plan)).toContain('would_send')
    expect((await rig.call('POST', `${path}/end`)).statusCode).toBe(200)
    await rig.ship('2,400000000024,2026/01/16')
    bench.clock.advance(1_000)
    expect(await shippedSince(begun)).toEqual(['2,400000000024,ヤマト運輸,2026/01/16'])
  })
})

describe('追跡番号CSV of the next day', () => {
  const HEADINGS = `${HEAD},送付先番号,発送先名`
  const SEVERAL = {
    ...presetOf('ne_hanyo'),
    severalRecipients: true,
    columns: {
      ...presetOf('ne_hanyo').columns,
      recipientId: ['送付先番号'],
    },
  }

  it('tells the cart of no order that a tracking file names once more', async () => {
    await begin()
    await rig.take(csv(rowOf('1'), rowOf('2')))
    await ready()
    await rig.ship('1,400000000002,2026/01/15')
    rig.bench.clock.advance(DAY)
    const next = rig.bench.clock.now()
    await rig.ship('1,400000000002,2026/01/15', '2,400000000024,2026/01/16')
    const changes = await database.db.siteChange.findMany({
      where: { shopId: rig.shopId },
      orderBy: [{ id: 'asc' }],
    })
    expect(changes.map(({ state, code }) => [state, code])).toEqual(
      expect.arrayContaining([['succeeded', 'ALREADY_DONE']]),
    )
    expect(changes.length).toBe(3)
    rig.bench.clock.advance(1_000)
    expect(await shippedSince(next)).toEqual(['2,400000000024,ヤマト運輸,2026/01/16'])
    expect(await shippedSince(next - DAY - 60_000)).toEqual([
      '1,400000000002,ヤマト運輸,2026/01/15',
      '2,400000000024,ヤマト運輸,2026/01/16',
    ])
  })

  it('tells the cart of the second recipient alone', async () => {
    await begin()
    const set = await rig.call('PUT', `/shops/${rig.shopId}/order-form`, { form: SEVERAL })
    expect(set.statusCode, set.body).toBe(200)
    await rig.take(
      encodeCp932([HEADINGS, `${rowOf('1')},a,見本 次郎`, `${rowOf('1')},b,見本 三郎`].join('\r\n')),
    )
    await ready()
    const shipTo = async (recipientId: string, trackingNumber: string) => {
      const parcels = [{ recipientId, carrier: 'yamato', trackingNumber }]
      const { id: orderId } = await rig.order('1')
      const change = { orderId, action: 'ship', shippedOn: '2026-01-15', parcels }
      const headers = { ...rig.key, 'idempotency-key': recipientId }
      const asked = await rig.call('POST', '/site-changes', { changes: [change] }, headers)
      expect(asked.statusCode, asked.body).toBe(202)
      await rig.work()
    }
    await shipTo('a', '400000000002')
    rig.bench.clock.advance(DAY)
    const next = rig.bench.clock.now()
    await shipTo('b', '400000000013')
    rig.bench.clock.advance(1_000)
    expect(await shippedSince(next)).toEqual(['1,400000000013,ヤマト運輸,2026/01/15'])
    expect((await shippedSince(next - DAY - 60_000)).length).toBe(2)
  })
})

describe('personal data', () => {
  const erase = async () => {
    const asked = await rig.call('POST', '/erasure', { phone: PHONE })
    expect(asked.statusCode).toBe(200)
    return asked.json().orders
  }
  const found = () => findPersonalData(database.pool, testSealer, { phones: [PHONE], names: ['見本 花子'] })

  it('of an erased buyer come in by no later file, under an old number or a new one', async () => {
    await begin()
    await rig.take(csv(rowOf('1'), rowOf('2', { phone: '03-1111-2222', name: '別人' })))
    expect(await erase()).toBe(1)
    const again = await rig.take(csv(rowOf('1', { price: 3_000 }), rowOf('3')))
    expect(again.counts).toMatchObject({ emptied: 1, staged: 1 })
    for (const number of ['1', '3']) {
      const { sealedDetail, erasedAt } = await rig.order(number)
      expect([number, sealedDetail, erasedAt === null]).toEqual([number, null, false])
    }
    expect((await rig.order('2')).sealedDetail).not.toBeNull()
    expect(await found()).toEqual([])
  })

  it('of one whose file waits to be read while it is erased, too', async () => {
    await begin()
    const file = csv(rowOf('1')).toString('base64')
    const body = { fileName: 'a.csv', file, formRevision: await rig.revision() }
    const made = await rig.call('POST', `/shops/${rig.shopId}/order-files`, body)
    expect(made.statusCode).toBe(201)
    await erase()
    await rig.reader.run(new AbortController().signal)
    expect((await rig.order('1')).sealedDetail).toBeNull()
    expect(await found()).toEqual([])
  })

  it('end by retention, and the file that brought them fills nothing in again', async () => {
    await begin()
    const file = csv(rowOf('1'), rowOf('2'))
    await rig.take(file)
    await database.db.order.updateMany({ where: { orderNumber: '1' }, data: { status: 'ready_to_ship' } })
    await rig.ship('1,400000000002,2026/01/15')
    rig.bench.clock.advance(40 * DAY)
    const rules = { retentionDays: 30, openDays: 90, unpulledDays: null }
    const purged = await createRetention({ ...rig.bench.deps, ...rules }).run(new AbortController().signal)
    expect(purged.orders).toBe(1)
    expect((await rig.take(file)).counts).toMatchObject({ emptied: 1, unchanged: 1, staged: 0 })
    expect(await rig.order('1')).toMatchObject({ status: 'shipped', sealedDetail: null })
    await rig.reader.deleteOld(new AbortController().signal)
    expect(await database.db.orderFile.count()).toBe(1)
  })
})

describe('an order on hold', () => {
  it('of staff stays on hold whatever a file says', async () => {
    await begin()
    await rig.take(csv(rowOf('1')))
    await database.db.order.updateMany({ where: { shopId: rig.shopId }, data: { status: 'on_hold' } })
    await rig.take(csv(rowOf('1', { price: 2_000 })))
    expect(await rig.order('1')).toMatchObject({ status: 'on_hold', flags: ['changed_at_mall'] })
  })

  it('for want of payment is free with the file that says paid', async () => {
    await begin('colorme')
    const head =
      '売上ID,受注日,決済方法,入金状態,購入者 名前,購入商品 商品名,購入商品 販売価格(消費税込),購入商品 販売個数'
    const file = (state: string) =>
      Buffer.from(`${head}\r\n77,2026/01/14 09:00:00,銀行振込,${state},見本 花子,皿,1000,1\r\n`)
    const holds = async () => (await rig.order('77')).holds
    await rig.take(file('未入金'))
    expect(await holds()).toEqual(['unpaid'])
    expect((await rig.take(file('入金済み'))).counts).toMatchObject({ changed: 1 })
    expect(await holds()).toEqual([])
  })
})

describe('in quiet mode', () => {
  it('a file waits, and is read once it ends', async () => {
    const own = await freshDatabase()
    try {
      await begin('ne_hanyo', own)
      const file = csv(rowOf('1')).toString('base64')
      const body = { fileName: 'a.csv', file, formRevision: await rig.revision() }
      expect((await rig.call('POST', `/shops/${rig.shopId}/order-files`, body)).statusCode).toBe(201)
      await own.db.orderFile.updateMany({ data: { createdAt: new Date() } })
      await own.pool.query(
        `insert into data_steps (name, made_at, place) values ('quiet', now(), 'restored')`,
      )
      const state = async () => (await own.db.orderFile.findFirstOrThrow()).state
      await whileWorking(own.url, () => sleep(3_000))
      expect(await state()).toBe('waiting')
      await own.pool.query(`delete from data_steps where name = 'quiet'`)
      await whileWorking(own.url, () => expect.poll(state).toBe('done'))
      expect((await rig.orders()).map(({ orderNumber }) => orderNumber)).toEqual(['1'])
    } finally {
      await own.close()
    }
  })
})

/** Runs a worker as an operator starts it. */
async function whileWorking(url: string, until: () => Promise<unknown>): Promise<void> {
  const config = loadConfig({
    DATABASE_URL: url,
    // Of testSealer.
    ENCRYPTION_KEYS: formatEncryptionKeys([
      { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true },
    ]),
    OPERATOR_API_KEY: 'operator',
    PORT: '0',
  })
  const app = await buildApp(config, { log: createLogger({ level: 'silent' }) })
  await app.start(['worker'])
  try {
    await until()
  } finally {
    await app.stop()
  }
}

describe('a restored backup', () => {
  it('takes the newest file in anew, which says what has left meanwhile', async () => {
    const first = await freshDatabase()
    await begin('ne_hanyo', first)
    await rig.take(csv(rowOf('1'), rowOf('2')), { fileName: 'orders_20260115090000.csv' })
    await first.db.order.updateMany({ where: { shopId: rig.shopId }, data: { status: 'ready_to_ship' } })
    const { bench, shopId } = rig
    await rig.server.close()
    await first.disconnect()
    const [goesOn, backup] = [await copyOfDatabase(first.url), await copyOfDatabase(first.url)]
    const newest = csv(rowOf('1', { shipped: '1' }), rowOf('2', { price: 5_000 }), rowOf('3'))
    try {
      rig = await orderFileRig(goesOn, () => [], { bench, shopId })
      bench.clock.advance(60 * 60_000)
      expect(await rig.ship('1,400000000002,2026/01/15')).toMatchObject({ requested: 1 })
      expect((await rig.take(newest)).counts).toMatchObject({ staged: 1, changed: 2 })
      await rig.server.close()

      bench.clock.advance(60 * 60_000)
      rig = await orderFileRig(backup, () => [], { bench, shopId })
      expect(await rig.order('1')).toMatchObject({ status: 'ready_to_ship', mallState: 'open' })
      expect((await rig.take(newest)).counts).toMatchObject({ staged: 1, changed: 2, refused: 0 })
      expect(await rig.order('1')).toMatchObject({ mallState: 'shipped' })
      // Staff who give the number again do no harm: the cart gets the same line.
      await rig.ship('1,400000000002,2026/01/15')
      bench.clock.advance(1_000)
      expect(await shippedSince(bench.clock.now() - DAY)).toEqual(['1,400000000002,ヤマト運輸,2026/01/15'])
      expect((await rig.take(newest)).counts).toMatchObject({ unchanged: 3 })
    } finally {
      await Promise.all([first.close(), goesOn.close(), backup.close()])
    }
  })
})
