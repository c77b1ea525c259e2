import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  dismissRequest,
  type ImportDeps,
  importOrders,
  retryFailed,
  retryRequest,
} from '../../../src/imports/import-orders.ts'
import {
  DISMISS_NUMBER,
  type NewImportRequest,
  requestImports,
} from '../../../src/imports/requests/statements.ts'
import { noRequest, prepareOrder, stageOrders } from '../../../src/orders/store/stage.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { orderFileRig } from '../../support/imports/order-file-rig.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

/** An order that staff took off (取込対象外) stays out, however it could come, until a person asks for it. */

let database: TestDatabase
let bench: ImportBench
let deps: ImportDeps
const [number = '', other = ''] = numbers(2)
const caller = () => ({ tenantId: bench.tenantId, actor: 'key:test' })
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  deps = { ...bench.deps, wakeQueue: { wake: async () => undefined } }
})

const here = async () =>
  (await database.db.order.findMany({ orderBy: { orderNumber: 'asc' } })).map((order) => order.orderNumber)
const requests = () => database.db.importRequest.findMany({ orderBy: { id: 'asc' } })
const waiting = () => database.db.importRequest.findFirstOrThrow({ where: { state: 'waiting' } })
const dismiss = async () => dismissRequest(deps, bench.tenantId, (await waiting()).id)

/** Asked for before the mall knows it, taken off, and there now. */
async function takenOff(): Promise<void> {
  await bench.want([number])
  await bench.run()
  await dismiss()
  bench.mall.place(number, { orderedAt: '2026-01-14T03:00:00.000Z' })
}

/** The mall's next answer comes after that. */
function whileAsked(meanwhile: () => Promise<unknown>): void {
  bench.mall.beforeAnswer(async () => {
    bench.mall.beforeAnswer(() => undefined)
    await meanwhile()
  })
}

describe('an order that was taken off', () => {
  it('while the mall was asked for it does not come with the answer, and another one does', async () => {
    for (const one of [number, other]) bench.mall.place(one)
    await bench.want([number, other])
    whileAsked(async () => {
      const { id } = await database.db.importRequest.findFirstOrThrow({ where: { orderNumber: number } })
      await dismissRequest(deps, bench.tenantId, id)
    })
    await bench.run()
    expect(await here()).toEqual([other])
    expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
  })

  it('while the answer waits for the same row is not written', async () => {
    await bench.want([number])
    const request = await waiting()
    const shop = { id: bench.shopId, tenantId: bench.tenantId, marketplace: bench.mall.name, settings: {} }
    const asked = { ...noRequest(shop, request, 'mail'), purpose: 'import' as const, orderId: null }
    const found = {
      request: asked,
      order: sampleOrder(number),
      raw: '-',
      rereadAt: undefined,
      revision: null,
      takenBack: [],
    }
    const answer = prepareOrder(found, newId(), testSealer)
    const at = new Date(bench.clock.now())
    const client = await database.pool.connect()
    try {
      await client.query('begin')
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const off = { id: request.id, tenant: bench.tenantId, shop: bench.shopId, number }
      await client.query(DISMISS_NUMBER({ ...off, at, outcome: 'dismissed', message: '対象外' }))
      const staging = stageOrders(database.pool, { newId }, shop, [answer], at)
      const blocked = 'select from pg_stat_activity where pg_blocking_pids(pid) @> array[$1::int]'
      await expect
        .poll(async () => (await database.pool.query(blocked, [rows[0]?.pid])).rowCount, {
          timeout: 5_000,
          interval: 5,
        })
        .toBeGreaterThan(0)
      await client.query('commit')
      expect(await staging).toMatchObject({ staged: new Set(), unwanted: new Set([number]) })
    } finally {
      client.release(true)
    }
    expect(await here()).toEqual([])
    expect(await requests()).toMatchObject([{ state: 'done', outcome: 'dismissed' }])
  })

  it.each([
    ['a mail', { source: 'mail' }],
    ['a notification', { source: 'notification' }],
    ['a sweep', { source: 'sweep' }],
    ['a refresh', { source: 'mail', purpose: 'refresh' }],
    ['the end of a pause of the mall', { source: 'window', purpose: 'refresh' }],
  ] satisfies [string, Partial<NewImportRequest>][])('is not brought by %s', async (_name, more) => {
    await takenOff()
    await bench.want([number], more)
    await bench.run()
    expect(await here()).toEqual([])
    const [first, second] = await requests()
    expect(second).toMatchObject({
      state: 'done',
      outcome: 'dismissed',
      message: expect.stringContaining('受注番号を指定して'),
    })
    expect(second?.message).toBe(first?.message)
  })

  it('is not to be read again soon', async () => {
    await takenOff()
    bench.mall.place(number, {}, new Date(bench.clock.now() + 600_000))
    await bench.want([number])
    await bench.run()
    expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
  })

  it('is not asked for by the import of a period, which brings the others', async () => {
    await takenOff()
    bench.mall.place(other, { orderedAt: '2026-01-14T04:00:00.000Z' })
    const asked = bench.mall.calls.flat().length
    const period = { from: '2026-01-13T00:00:00Z', to: new Date(bench.clock.now()).toISOString() }
    await importOrders(deps, caller(), { shopId: bench.shopId, ...period })
    await bench.run()
    expect(await here()).toEqual([other])
    expect(bench.mall.calls.flat().slice(asked)).toEqual([other])
    expect(await database.db.importScan.findFirstOrThrow()).toMatchObject({ listed: 2, requested: 1 })
  })

  it('is not brought by a bulk retry of what failed', async () => {
    await takenOff()
    await bench.want([number])
    const { id } = await waiting()
    await database.db.importRequest.update({ where: { id }, data: { state: 'failed', outcome: 'X' } })
    expect(await retryFailed(deps, bench.tenantId, {})).toEqual({ retried: 1 })
    await bench.run()
    expect(await here()).toEqual([])
  })
})

describe('it comes in when a person asks for', () => {
  const byNumber = () => importOrders(deps, caller(), { shopId: bench.shopId, orderNumbers: [number] })

  it('its number', async () => {
    await takenOff()
    await byNumber()
    await bench.run()
    expect(await here()).toEqual([number])
  })

  it('its number while a mail’s request waits', async () => {
    await takenOff()
    await bench.want([number], { dueAt: new Date(bench.clock.now() + 60_000) })
    await byNumber()
    await bench.run()
    expect(await here()).toEqual([number])
  })

  it('its number while the mall is asked for a mail', async () => {
    await takenOff()
    await bench.want([number])
    whileAsked(byNumber)
    await bench.run()
    expect(await here()).toEqual([number])
    expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
  })

  it('another attempt of its request', async () => {
    await takenOff()
    await bench.want([number], { dueAt: new Date(bench.clock.now() + 60_000) })
    await retryRequest(deps, bench.tenantId, (await waiting()).id)
    await bench.run()
    expect(await here()).toEqual([number])
  })

  it('another attempt of a failed request of a period', async () => {
    await takenOff()
    await bench.want([number], { source: 'person', priority: 20 })
    const { id } = await waiting()
    await database.db.importRequest.update({ where: { id }, data: { state: 'failed', outcome: 'X' } })
    await retryRequest(deps, bench.tenantId, id)
    await bench.run()
    expect(await here()).toEqual([number])
  })

  it('its number, which a mail does not that hurries a request of a period', async () => {
    await takenOff()
    await bench.want([number], { source: 'person', priority: 20 })
    await bench.want([number], { source: 'mail' })
    await bench.run()
    expect(await here()).toEqual([])
  })

  it('its number, until it is taken off again', async () => {
    await takenOff()
    const { open } = bench.mall
    bench.mall.open = (shop, tools) => ({
      ...open(shop, tools),
      async *fetchOrders(wanted) {
        for (const orderNumber of wanted) yield { kind: 'failed', orderNumber, failure: failure('rejected') }
      },
    })
    await byNumber()
    await bench.run()
    const failed = await database.db.importRequest.findFirstOrThrow({ where: { state: 'failed' } })
    await dismissRequest(deps, bench.tenantId, failed.id)
    bench.mall.open = open
    await bench.want([number])
    await bench.run()
    expect(await here()).toEqual([])
  })
})

describe('an order file', () => {
  it('leaves it out and says so, also in the dry run, until the person takes all of the file in', async () => {
    const rig = await orderFileRig(database)
    try {
      await rig.call('PUT', `/shops/${rig.shopId}/order-form`, { preset: 'ne_hanyo' })
      const wanted = { tenantId: rig.tenantId, shopId: rig.shopId, orderNumber: '7' } as const
      await requestImports(database.pool, deps, [{ ...wanted, purpose: 'import', source: 'mail' }])
      await dismissRequest(deps, rig.tenantId, (await waiting()).id)
      const head =
        '店舗伝票番号,受注日,受注名,受注住所１,受注電話番号,支払方法,商品名,商品価格,受注数量,出荷済フラグ'
      const row = (at: number) =>
        `${at},2026/01/14 09:00:00,見本 花子,福井県福井市1-1,090-9999-8888,銀行振込,皿,1000,1,0`
      const file = Buffer.from([head, row(7), row(8)].join('\r\n'))
      const told = {
        counts: { staged: 1, refused: 1, unchanged: 0 },
        faults: [{ line: 2, code: 'DISMISSED' }],
      }
      expect(await rig.take(file, { dryRun: true })).toMatchObject(told)
      expect(await rig.take(file)).toMatchObject(told)
      expect((await rig.orders()).map((order) => order.orderNumber)).toEqual(['8'])
      expect(await rig.take(file, { takesBack: true })).toMatchObject({ counts: { staged: 1, refused: 0 } })
      expect((await rig.orders()).map((order) => order.orderNumber)).toEqual(['7', '8'])
    } finally {
      await rig.server.close()
    }
  })
})
