import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { waitFor } from '../../../sandbox/demo/client.ts'
import { claimFile, createFileReader } from '../../../src/order-files/reader.ts'
import { CLAIM_FILE, LOCK_CLAIMS } from '../../../src/order-files/statements.ts'
import { readBoard } from '../../../src/orders/board.ts'
import { decodeCp932, encodeCp932 } from '../../../src/platform/csv.ts'
import { insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import { decide } from '../../../src/why/decide.ts'
import { readFacts } from '../../../src/why/facts.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import type { RestServer } from '../../support/http/rest-server.ts'
import type { ImportBench } from '../../support/imports/import-bench.ts'
import { orderFileRig } from '../../support/imports/order-file-rig.ts'
import { testMalls } from '../../support/malls/test-malls.ts'

let database: TestDatabase
let bench: ImportBench
let server: RestServer
let tenantId: string
let shopId: string
let key: Record<string, string>
let reader: ReturnType<typeof createFileReader>
let work: () => Promise<void>

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await server?.close()
  await database.close()
})
beforeEach(async () => {
  await server?.close()
  await database.db.tenant.deleteMany()
  const rig = await orderFileRig(database)
  ;({ bench, tenantId, shopId, server, key, reader, work } = rig)
  const set = await call('PUT', `/shops/${shopId}/order-form`, { preset: 'ne_hanyo' })
  expect(set.statusCode).toBe(200)
})

type Method = 'GET' | 'POST' | 'PUT'
const call = (method: Method, url: string, payload?: object, headers = key) =>
  server.app.inject({ method, url: `/v1${url}`, headers, ...(payload && { payload }) })

const HEAD =
  '店舗伝票番号,受注日,受注名,受注住所１,発送先名,発送先住所１,発送先住所２,発送郵便番号,支払方法,合計金額,商品名,商品コード,商品価格,受注数量,出荷済フラグ'
interface Row {
  name?: string
  address?: string
  item?: string
  price?: number
  shipped?: string
  to?: string
}
const row = (
  number: string,
  {
    name = '見本 花子',
    address = '福井県福井市1-1',
    item = '皿',
    price = 1_000,
    shipped = '0',
    to = '見本 次郎',
  }: Row = {},
) =>
  [
    number,
    '2026/01/14 09:00:00',
    name,
    address,
    to,
    '東京都港区2-2',
    '',
    '1050001',
    '銀行振込',
    '',
    item,
    'A-1',
    price,
    1,
    shipped,
  ].join(',')
const csv = (...rows: string[]) => encodeCp932(`${[HEAD, ...rows].join('\r\n')}\r\n`)

async function send(file: Buffer, more: object = {}, headers = key) {
  const made = await call(
    'POST',
    `/shops/${shopId}/order-files`,
    { fileName: 'orders.csv', file: file.toString('base64'), ...more },
    headers,
  )
  expect(made.statusCode, made.body).toBe(201)
  return made.json().id as string
}
const detail = async (id: string) => (await call('GET', `/shops/${shopId}/order-files/${id}`)).json()
async function take(file: Buffer, more: object = {}) {
  const id = await send(file, more)
  await reader.run(new AbortController().signal)
  return detail(id)
}
const orders = () => database.db.order.findMany({ where: { shopId }, orderBy: { orderNumber: 'asc' } })
const order = (orderNumber: string) => database.db.order.findFirstOrThrow({ where: { shopId, orderNumber } })
const counts = (more: object) => ({
  staged: 0,
  changed: 0,
  unchanged: 0,
  older: 0,
  done: 0,
  emptied: 0,
  refused: 0,
  ...more,
})

describe('an order file', () => {
  it('is looked at first: nothing is stored, and each column says what it becomes', async () => {
    const looked = await take(csv(row('001'), row('001', { item: '箸' }), row('002')), { dryRun: true })
    expect(looked).toMatchObject({
      state: 'done',
      dryRun: true,
      counts: counts({ rows: 3, orders: 2, staged: 2 }),
      faults: [],
    })
    expect(looked.columns.slice(0, 3)).toEqual([
      { heading: '店舗伝票番号', field: 'orderNumber', label: '受注番号', example: '001' },
      { heading: '受注日', field: 'orderedAt', label: '注文日時', example: '2026/01/14 09:00:00' },
      { heading: '受注名', field: 'buyerName', label: '注文者氏名', example: '' },
    ])
    expect(await orders()).toEqual([])
    expect(await database.db.orderFilePart.count()).toBe(0)
  })

  it('is taken in; again it is already here; a changed row is a refresh with its differences', async () => {
    const first = csv(row('001'), row('001', { item: '箸' }), row('002'))
    expect(await take(first)).toMatchObject({ counts: counts({ rows: 3, orders: 2, staged: 2 }) })
    expect(
      (await orders()).map(({ orderNumber, status, marketplace }) => [orderNumber, status, marketplace]),
    ).toEqual([
      ['001', 'auto_imported', 'connector'],
      ['002', 'auto_imported', 'connector'],
    ])
    const before = await orders()
    expect(await take(first)).toMatchObject({ counts: counts({ rows: 3, orders: 2, unchanged: 2 }) })
    expect((await orders()).map(({ version }) => version)).toEqual(before.map(({ version }) => version))
    const changed = csv(
      row('001'),
      row('001', { item: '箸' }),
      row('002', { address: '福井県鯖江市9-9', price: 2_000 }),
    )
    for (const dryRun of [true, false])
      expect(await take(changed, { dryRun })).toMatchObject({
        counts: counts({ rows: 3, orders: 2, unchanged: 1, changed: 1 }),
        differences: [
          {
            orderNumber: '002',
            line: 4,
            parts: expect.arrayContaining(['buyer', 'items', 'totals']),
            values: expect.arrayContaining([
              { part: 'buyer', here: null, file: null },
              { part: 'items', here: '皿（A-1） 1,000円×1', file: '皿（A-1） 2,000円×1' },
              { part: 'totals', here: '1,000円', file: '2,000円' },
            ]),
            isOlder: false,
          },
        ],
      })
    expect((await order('002')).billedAmount).toBe(2_000)
    expect((await take(changed)).counts).toMatchObject(counts({ unchanged: 2 }))
  })

  it('needs no keys of its shop, and nobody is told that they are missing', async () => {
    const { shops } = await readBoard(bench.deps, tenantId)
    expect(shops.find((one) => one.shopId === shopId)).toMatchObject({ credentialsSet: true })
  })

  it('comes in pieces, in any order; what broke off is never read, and deleted after a day', async () => {
    const whole = csv(...Array.from({ length: 300 }, (_, n) => row(`P${n}`)))
    const made = await call('POST', `/shops/${shopId}/order-files`, { fileName: 'a.csv', parts: 3 })
    const { id } = made.json()
    const third = Math.ceil(whole.length / 3)
    const put = (number: number) =>
      call('PUT', `/shops/${shopId}/order-files/${id}/parts/${number}`, {
        part: whole.subarray((number - 1) * third, number * third).toString('base64'),
      })
    await put(3)
    await put(1)
    await put(1)
    await reader.run(new AbortController().signal)
    expect(await detail(id)).toMatchObject({ state: 'uploading', received: 2 })
    const unknown = await call('PUT', `/shops/${shopId}/order-files/${id}/parts/4`, { part: 'AAAA' })
    expect(unknown.statusCode).toBe(409)
    const [second, same] = await Promise.all([put(2), put(2)])
    expect([second.statusCode, same.statusCode]).toEqual([200, 200])
    await reader.run(new AbortController().signal)
    expect(await detail(id)).toMatchObject({
      state: 'done',
      bytes: whole.length,
      counts: counts({ rows: 300, orders: 300, staged: 300 }),
    })
    const broken = (
      await call('POST', `/shops/${shopId}/order-files`, { fileName: 'b.csv', parts: 2 })
    ).json().id
    // Of all files of a tenant together; each alone may be as long as one can be.
    await database.db.orderFile.update({ where: { id: broken }, data: { bytes: 100 * 1_024 * 1_024 } })
    const create = async () => {
      const answer = await call('POST', `/shops/${shopId}/order-files`, { fileName: 'c.csv', parts: 2 })
      return answer.json().id as string
    }
    const [another, late] = [await create(), await create()]
    await database.db.orderFile.update({ where: { id: another }, data: { bytes: 100 * 1_024 * 1_024 } })
    const full = await call('PUT', `/shops/${shopId}/order-files/${late}/parts/1`, { part: 'AAAA' })
    expect(full.statusCode).toBe(409)
    expect(await detail(late)).toMatchObject({ received: 0 })
    bench.clock.advance(25 * 60 * 60_000)
    await reader.deleteOld(new AbortController().signal)
    expect((await call('GET', `/shops/${shopId}/order-files/${broken}`)).statusCode).toBe(404)
    expect(await detail(id)).toMatchObject({ state: 'done' })
  })

  it('is read in the end, however often a planned stop ends its reading', async () => {
    const id = await send(csv(row('001')))
    const { pool, db } = database
    const read = async (opened: (stop: AbortController) => void) => {
      const stop = new AbortController()
      const of = (tenant: string) => {
        opened(stop)
        return testSealer.of(tenant)
      }
      await createFileReader({
        ...bench.deps,
        pool,
        marketplaces: testMalls(),
        sealer: { ...testSealer, of },
      }).run(stop.signal)
    }
    const attempts = async () => (await db.orderFile.findUniqueOrThrow({ where: { id } })).attempts
    for (let rollOut = 0; rollOut < 7; rollOut += 1) {
      await read((stop) => stop.abort())
      expect(await attempts()).toBe(0)
    }
    const failing = read(() => {
      throw new Error('as a fault of ours does')
    })
    await expect(failing).rejects.toThrow('as a fault of ours does')
    expect(await attempts()).toBe(1)
    await reader.run(new AbortController().signal)
    expect(await detail(id)).toMatchObject({ state: 'done' })
  })

  it('is kept as long as it waits, and for a month after its end', async () => {
    const { db } = database
    const id = await send(csv(row('001')))
    await db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
    const later = async (days: number) => {
      bench.clock.advance(days * 24 * 60 * 60_000)
      await reader.run(new AbortController().signal)
      await reader.deleteOld(new AbortController().signal)
      return db.orderFile.findUnique({ where: { id }, select: { state: true } })
    }
    expect(await later(40)).toEqual({ state: 'waiting' })
    await db.tenant.update({ where: { id: tenantId }, data: { status: 'active' } })
    expect(await later(1)).toEqual({ state: 'done' })
    expect(await later(29)).toEqual({ state: 'done' })
    expect(await later(2)).toBeNull()
  })

  it('files that came by mail and wait to be read, however many and large, keep nobody from sending one', async () => {
    const put = (count: number, state: string, source: string, bytes: number) =>
      database.db.orderFile.createMany({
        data: Array.from({ length: count }, () => ({
          id: newId(),
          tenantId,
          shopId,
          fileName: 'm.csv',
          form: {},
          dryRun: false,
          actor: source,
          parts: 1,
          state,
          source,
          bytes,
          createdAt: new Date(bench.clock.now()),
        })),
      })
    await put(25, 'waiting', 'mail', 90 * 1_024 * 1_024)
    const id = await send(csv(row('1')))
    expect(await detail(id)).toMatchObject({ state: 'waiting', received: 1 })
    await put(20, 'uploading', 'person', 1)
    const refused = await call('POST', `/shops/${shopId}/order-files`, { fileName: 'c.csv' })
    expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('多すぎます')])
  })

  it('two persons with the same file at once, read by two processes: each order once', async () => {
    const file = csv(...Array.from({ length: 150 }, (_, n) => row(`T${n}`)))
    const ids = await Promise.all([send(file), send(file)])
    const other = createFileReader({ ...bench.deps, marketplaces: testMalls() })
    const signal = new AbortController().signal
    for (let left = 1; left > 0; ) {
      await Promise.all([reader.run(signal), other.run(signal)])
      left = await database.db.orderFile.count({ where: { state: 'waiting' } })
    }
    const both = await Promise.all(ids.map(detail))
    expect(both.map(({ counts: c }) => c.staged + c.unchanged)).toEqual([150, 150])
    expect(both[0].counts.staged + both[1].counts.staged).toBe(150)
    expect(await orders()).toHaveLength(150)
  })

  it('a claim waits for the one beside it: two files of a tenant are never read at once', async () => {
    const [first] = [await send(csv(row('1'))), await send(csv(row('2')))]
    const now = new Date(bench.clock.now())
    const beside = await database.pool.connect()
    let other: Promise<unknown> | undefined
    try {
      await beside.query('begin')
      await beside.query(LOCK_CLAIMS)
      const { rows } = await beside.query<{ id: string }>(CLAIM_FILE({ holder: newId(), now }))
      expect(rows).toMatchObject([{ id: first }])
      other = claimFile(database.pool, newId(), now)
      const waits = async () =>
        (
          await database.pool.query(
            "select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
          )
        ).rowCount
      expect(await Promise.race([other, waitFor('the lock', waits, (count) => count === 1)])).toBe(1)
    } finally {
      await beside.query('commit')
      beside.release()
    }
    expect(await other).toBeUndefined()
  })

  it('is written a hundred orders at a time, whatever their numbers are', async () => {
    const file = csv(...Array.from({ length: 150 }, (_, n) => row(`${n}-H${n * n}`)))
    expect((await take(file)).counts).toMatchObject({ staged: 150 })
    const { rows } = await database.pool.query<{ n: number }>(
      'select count(distinct xmin::text)::int as n from orders where shop_id = $1',
      [shopId],
    )
    expect(rows).toEqual([{ n: 2 }])
  })

  it('goes on in another process when the first one died, and is given up where each one dies', async () => {
    const id = await send(csv(row('1')))
    await database.db.orderFile.update({
      where: { id },
      data: { holder: newId(), leaseUntil: new Date(bench.clock.now() + 60_000), attempts: 1 },
    })
    await reader.run(new AbortController().signal)
    expect(await detail(id)).toMatchObject({ state: 'waiting' })
    bench.clock.advance(61_000)
    await reader.run(new AbortController().signal)
    expect(await detail(id)).toMatchObject({ state: 'done', counts: { staged: 1 } })
    const bad = await send(csv(row('2')))
    await database.db.orderFile.update({ where: { id: bad }, data: { attempts: 5 } })
    await reader.run(new AbortController().signal)
    expect(await detail(bad)).toMatchObject({ state: 'failed', message: expect.stringContaining('何度も') })
  })

  it('a broken row, and an order that disagrees, fail alone', async () => {
    const taken = await take(
      csv(
        row('1'),
        row('2', { price: -5 }),
        row('3'),
        row('3', { name: '別人' }),
        '9.99E+11,2026/01/14,a,b,c,d,e,,f,g,1,1,0',
      ),
    )
    expect(taken.counts).toMatchObject({ orders: 4, staged: 2, refused: 2 })
    expect(taken.faults.map(({ line, code }: { line: number; code: string }) => [line, code])).toEqual([
      [5, 'ROWS_DISAGREE'],
      [6, 'NUMBER_EXPONENT'],
    ])
  })

  it('a file that is none says why', async () => {
    expect(await take(Buffer.from('a,b\r\n1,2\r\n'))).toMatchObject({
      state: 'failed',
      counts: null,
      message: expect.stringContaining('受注番号（店舗伝票番号）'),
    })
    for (const bytes of [Buffer.from('PK\u0003\u0004\u0014\u0000'), Buffer.from('d0cf11e0a1b11ae1', 'hex')])
      expect(await take(bytes)).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('「CSV UTF-8（コンマ区切り）」を選び'),
      })
    expect(await take(Buffer.from(`${HEAD}\r\n"1`))).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('引用符'),
    })
  })
})

describe('an order that stands here already', () => {
  it('its number with fewer zeros is no other order', async () => {
    await take(csv(row('00123')))
    expect(await take(csv(row('123')))).toMatchObject({
      counts: counts({ rows: 1, orders: 1, refused: 1 }),
      faults: [{ code: 'NUMBER_ZEROS', message: expect.stringContaining('00123') }],
    })
    expect(await orders()).toHaveLength(1)
  })

  it('emptied by retention or erased: it comes in no more, and no raw answer of it', async () => {
    await take(csv(row('1')))
    const { id } = await order('1')
    await database.db.order.update({ where: { id }, data: { sealedDetail: null, purgedAt: new Date() } })
    await database.db.orderRaw.deleteMany({ where: { orderId: id } })
    expect(await take(csv(row('1', { name: '別人' })))).toMatchObject({
      counts: counts({ rows: 1, orders: 1, emptied: 1 }),
    })
    expect(await database.db.orderRaw.count({ where: { orderId: id } })).toBe(0)
    expect((await order('1')).sealedDetail).toBeNull()
  })

  it('shipped at the cart before it came: it is left out; cancelled there later: モール取消', async () => {
    expect(await take(csv(row('1', { shipped: '1' })))).toMatchObject({
      counts: counts({ rows: 1, orders: 1, done: 1 }),
    })
    const asked = { pool: database.pool, marketplaces: testMalls(), sealer: testSealer }
    const numbers = [{ number: '1', shopId }]
    const [known] = await readFacts(asked, tenantId, numbers, [shopId], new Date(bench.clock.now()))
    expect(known && decide('1', known).message).toContain(
      '発送・キャンセル済み、または注文前のため対象外の受注が1件あります',
    )
    await take(csv(row('2')))
    await take(csv(row('2', { shipped: '1' })))
    expect((await order('2')).mallState).toBe('shipped')
    // An older file does not open it again.
    await take(csv(row('2', { price: 3_000 })))
    expect((await order('2')).mallState).toBe('shipped')
  })

  it('from a newer file: an older one that comes later changes nothing, and shows its values', async () => {
    const named = (fileName: string, price: number, more: object = {}) =>
      take(csv(row('1', { price }), row(`new of ${price}`.replaceAll(' ', '-'))), { fileName, ...more })
    await named('orders_20260110090000.csv', 1_000)
    await named('orders_20260112090000.csv', 3_000)
    const older = { counts: { staged: 1, older: 1, changed: 0 } }
    const values = [{ part: 'totals', here: '3,000円', file: '2,000円' }]
    expect(await named('orders_20260111090000.csv', 2_000)).toMatchObject({
      ...older,
      differences: [{ orderNumber: '1', isOlder: true, values: expect.arrayContaining(values) }],
    })
    const dated = { exportedAt: '2026-01-12T00:00:00+09:00' }
    expect(await named('orders.csv', 2_500, dated)).toMatchObject(older)
    expect((await order('1')).billedAmount).toBe(3_000)
    // A time that a person gives is believed; a file without any is of now.
    expect(
      await named('orders_20260101.csv', 4_000, { exportedAt: '2026-01-13T00:00:00+09:00' }),
    ).toMatchObject({
      counts: { changed: 1, older: 0 },
    })
    expect(await named('orders.csv', 5_000)).toMatchObject({ counts: { changed: 1, older: 0 } })
    expect((await order('1')).billedAmount).toBe(5_000)
  })

  const HOUR = 60 * 60_000
  /** Rows that may say when they changed, and files of that many hours ago. */
  async function datedRows() {
    const { form } = (await call('GET', `/shops/${shopId}/order-form`)).json()
    const own = { ...form, label: '更新日時つき', columns: { ...form.columns, changedAt: ['更新日'] } }
    expect((await call('PUT', `/shops/${shopId}/order-form`, { form: own })).statusCode).toBe(200)
    const hence = (hours: number) => new Date(bench.clock.now() + hours * HOUR)
    const file = (more: Row, at: string | number) =>
      encodeCp932(
        `${HEAD},更新日\r\n${row('1', more)},${typeof at === 'number' ? hence(at).toISOString().slice(0, 19) : at}${typeof at === 'number' ? 'Z' : ''}\r\n`,
      )
    const dated = (price: number, at: string | number, more: object = {}) =>
      take(file({ price }, at), { fileName: 'orders.csv', ...more })
    return { hence, file, dated }
  }
  const mailed = async (file: Buffer, sentAt: Date, fileName = 'orders.csv') => {
    const id = await send(file, { fileName })
    await database.db.orderFile.update({ where: { id }, data: { source: 'mail', exportedAt: sentAt } })
    await reader.run(new AbortController().signal)
    return detail(id)
  }

  it('that says itself when it changed: its own time counts, whatever its file is called', async () => {
    const { dated } = await datedRows()
    const named = { fileName: '20260101.csv' }
    await dated(1_000, '2026/01/10 09:00:00', named)
    expect(await dated(2_000, '2026/01/11 09:00:00', named)).toMatchObject({ counts: { changed: 1 } })
    expect(await dated(3_000, '2026/01/10 12:00:00', named)).toMatchObject({ counts: { older: 1 } })
    expect((await order('1')).billedAmount).toBe(2_000)
  })

  it('whose row says a time before the last file came, which said none: it is taken', async () => {
    const { dated } = await datedRows()
    await dated(1_000, '')
    expect(await dated(2_000, -0.5)).toMatchObject({ counts: { changed: 1, older: 0 } })
    expect(await dated(3_000, '')).toMatchObject({ counts: { changed: 1, older: 0 } })
  })

  it('whose row says a time to come, or none that can be read: its file says how old it is', async () => {
    const { dated } = await datedRows()
    for (const [price, at] of [
      [1_000, '9999-12-31'],
      [2_000, -1],
      [3_000, '9999-12-31'],
      [4_000, '0000-00-00'],
      [5_000, -2],
    ] as const) {
      bench.clock.advance(60_000)
      const { counts: counted } = await dated(price, at)
      expect([counted.older, (await order('1')).billedAmount], String(at)).toEqual([0, price])
    }
  })

  it('that an older file shows cancelled or shipped: a state that goes further is never held back', async () => {
    const { dated, file } = await datedRows()
    await dated(1_000, -1)
    expect(await take(file({ shipped: '1' }, -3))).toMatchObject({ counts: { changed: 1, older: 0 } })
    expect((await order('1')).mallState).toBe('shipped')
    // The ages stay those of the newer file.
    expect(await dated(2_000, -2)).toMatchObject({ counts: { older: 1 } })
  })

  it('confirmed by a newer file: a late mail from between the two replaces nothing', async () => {
    const { hence } = await datedRows()
    const at = (price: number, hours: number) => mailed(csv(row('1', { price })), hence(hours))
    await at(1_000, -3)
    const before = await order('1')
    const events = await database.db.liveEvent.count()
    expect(await at(1_000, -1)).toMatchObject({ counts: { unchanged: 1 } })
    expect(await order('1')).toEqual({
      ...before,
      mallRevision: expect.any(String),
      revision: expect.any(Number),
    })
    expect(await database.db.orderEvent.count({ where: { orderId: before.id } })).toBe(1)
    expect(await database.db.liveEvent.count()).toBe(events)
    // An older one with the same content makes it no older again.
    for (const price of [1_000, 2_000]) await at(price, -2)
    expect((await order('1')).billedAmount).toBe(1_000)
    expect(await at(3_000, -0.5)).toMatchObject({ counts: { changed: 1 } })
  })

  it('an old file that is forwarded today is as old as its name says', async () => {
    const { hence } = await datedRows()
    await mailed(csv(row('1')), hence(-2))
    const forwarded = await mailed(csv(row('1', { price: 2_000 })), hence(-1), 'orders_20250401.csv')
    expect(forwarded).toMatchObject({ counts: { older: 1, changed: 0 } })
  })

  it('all of a file is taken where a person says that it is the newest', async () => {
    const { dated, file, hence } = await datedRows()
    await dated(1_000, -1)
    expect(await dated(2_000, -3)).toMatchObject({ counts: { older: 1 } })
    const now = { exportedAt: hence(0).toISOString() }
    expect(await dated(2_000, -3, now)).toMatchObject({ counts: { changed: 1, older: 0 } })
    // The date of a mail is no such word.
    await dated(3_000, -1)
    expect(await mailed(file({ price: 4_000 }, -2), hence(0))).toMatchObject({ counts: { older: 1 } })
  })

  it('taken over and edited by staff: its content stays, and the difference is flagged', async () => {
    await take(csv(row('1')))
    await database.db.order.updateMany({ where: { shopId }, data: { status: 'on_hold' } })
    expect(await take(csv(row('1', { price: 4_000 })))).toMatchObject({ counts: { changed: 1 } })
    const after = await order('1')
    expect([after.status, after.billedAmount]).toEqual(['on_hold', 1_000])
    expect(after.flags).toContain('changed_at_mall')
  })
})

describe('a shop without a server', () => {
  it('has no sweep, is not under attention, and ships by a file of its own', async () => {
    await take(csv(row('001'), row('002')))
    await insertSweeps({ ...bench.deps, intervalMs: 60_000 } as Parameters<typeof insertSweeps>[0])
    expect(await database.db.shopSweep.count({ where: { shopId } })).toBe(0)
    await database.db.order.updateMany({ where: { shopId }, data: { status: 'ready_to_ship' } })
    const tracking = Buffer.from('注文番号,送り状番号,発送日\r\n001,400000000002,2026/01/15\r\n').toString(
      'base64',
    )
    const asked = await call(
      'POST',
      '/labels/tracking',
      { format: 'plain', carrier: 'yamato', file: tracking, apply: true },
      { ...key, 'idempotency-key': 'a' },
    )
    expect(asked.json(), asked.body).toMatchObject({ requested: 1, refused: 0 })
    await work()
    const change = await database.db.siteChange.findFirstOrThrow({ where: { shopId } })
    expect([change.state, change.code]).toEqual(['succeeded', null])
    expect((await order('001')).status).toBe('shipped')
    expect((await database.db.shop.findUniqueOrThrow({ where: { id: shopId } })).attentionCode).toBeNull()
    const from = encodeURIComponent(new Date(bench.clock.now() - 60_000).toISOString())
    bench.clock.advance(1_000)
    const file = await call('GET', `/shops/${shopId}/shipped-orders?from=${from}`)
    expect(decodeCp932(file.rawPayload)).toBe(
      '店舗伝票番号,発送伝票番号,発送方法,出荷日\r\n001,400000000002,ヤマト運輸,2026/01/15\r\n',
    )
    // The same file again: the parcel stays, and nothing is open anew.
    expect((await take(csv(row('001'), row('002')))).counts).toMatchObject({ unchanged: 2 })
    expect((await take(csv(row('001', { price: 5_000 })))).counts).toMatchObject({ changed: 1 })
    const later = await call('GET', `/shops/${shopId}/shipped-orders?from=${from}`)
    expect(decodeCp932(later.rawPayload)).toContain('001,400000000002')
  })

  it('another tenant, a key of less rights and a shop with a server are refused', async () => {
    const id = await send(csv(row('1')))
    const { id: other } = await makeTenant(database.db)
    const strangers = await server.keyFor(other)
    for (const url of [
      'order-form',
      'order-files',
      `order-files/${id}`,
      'shipped-orders?from=2026-01-01T00:00:00Z',
    ])
      expect((await call('GET', `/shops/${shopId}/${url}`, undefined, strangers)).statusCode, url).toBe(404)
    expect(
      (await call('PUT', `/shops/${shopId}/order-files/${id}/parts/1`, { part: 'AAAA' }, strangers))
        .statusCode,
    ).toBe(404)
    const reads = await server.keyFor(tenantId, 'read_only')
    expect(
      (await call('POST', `/shops/${shopId}/order-files`, { fileName: 'a', file: 'AAAA' }, reads)).statusCode,
    ).toBe(403)
    const { id: served } = await makeShop(database.db, {
      tenantId,
      marketplace: 'connector',
      code: 'served',
      credentials: {},
    })
    expect((await call('PUT', `/shops/${served}/order-form`, { preset: 'base' })).statusCode).toBe(409)
    expect(
      (await call('POST', `/shops/${served}/order-files`, { fileName: 'a', file: 'AAAA' })).statusCode,
    ).toBe(409)
  })

  it('a file whose cart wrote it days from now is refused with the reason; hours are a wrong time zone', async () => {
    const at = (hours: number) =>
      call('POST', `/shops/${shopId}/order-files`, {
        fileName: 'a.csv',
        file: csv(row('1')).toString('base64'),
        exportedAt: new Date(bench.clock.now() + hours * 3_600_000).toISOString(),
      })
    const refused = await at(25)
    expect(refused.statusCode).toBe(422)
    expect(refused.json().errors[0]).toMatchObject({
      field: 'exportedAt',
      code: 'in_the_future',
      message: expect.stringContaining('時計'),
    })
    expect(
      (
        await call('POST', `/shops/${shopId}/order-files`, {
          fileName: 'a.csv',
          file: csv(row('1')).toString('base64'),
          exportedAt: '9999-12-31T00:00:00Z',
        })
      ).statusCode,
    ).toBe(422)
    expect((await at(9)).statusCode).toBe(201)
  })

  it('read by a preset that was saved before it changed: what it reads otherwise is told, and offered', async () => {
    const path = `/shops/${shopId}/order-form`
    const now = (await call('PUT', path, { preset: 'ne_hanyo' })).json()
    expect(now).toMatchObject({ chosenPreset: 'ne_hanyo', presetChanges: [] })
    const { noshi: _, ...columns } = now.form.columns
    const before = {
      ...now.form,
      columns: { ...columns, total: ['総額'] },
      values: { state: { '0': 'open', '1': 'completed' } },
    }
    const seenHeadings = ['出荷済フラグ']
    await database.db.shop.update({
      where: { id: shopId },
      data: {
        capabilities: { contract: 'files', label: '店', preset: 'ne_hanyo', form: before, seenHeadings },
      },
    })
    expect((await call('GET', path)).json()).toMatchObject({
      chosenPreset: 'ne_hanyo',
      presetChanges: ['請求金額', 'のし', '発送・キャンセルの状態の言葉'],
      form: { columns: { total: ['総額'] } },
    })
    expect((await call('PUT', path, { preset: 'ne_hanyo' })).json()).toMatchObject({ presetChanges: [] })
    // A mailed file that lost the heading is refused behind the change, too.
    const { capabilities } = await database.db.shop.findUniqueOrThrow({ where: { id: shopId } })
    expect(capabilities).toMatchObject({ seenHeadings })
    const own = (await call('PUT', path, { form: before })).json()
    expect(own).toMatchObject({ chosenPreset: null, presetChanges: [] })
    await call('PUT', path, { preset: 'ne_hanyo' })
  })

  it('takes a map of its own', async () => {
    const form = {
      label: '問屋のCSV',
      delimiter: 'tab',
      columns: {
        orderNumber: ['No'],
        orderedAt: ['Date'],
        itemName: ['Item'],
        unitPrice: ['Price'],
        quantity: ['Qty'],
        recipientName: ['To'],
      },
      shipped: { encoding: 'utf-8', columns: [{ heading: 'No', value: 'orderNumber' }] },
    }
    expect((await call('PUT', `/shops/${shopId}/order-form`, { form })).json().form.label).toBe('問屋のCSV')
    expect(
      await take(Buffer.from('No\tDate\tItem\tPrice\tQty\tTo\n7\t2026-01-01\t米\t3000\t2\t見本\n')),
    ).toMatchObject({ formLabel: '問屋のCSV', counts: { staged: 1 } })
    const wrong = await call('PUT', `/shops/${shopId}/order-form`, {
      form: { ...form, columns: { orderNumber: ['No'], weight: ['kg'] } },
    })
    expect(wrong.statusCode).toBe(422)
  })
})
