import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createChangeRoutes } from '../../../src/site-changes/routes.ts'
import { createScheduler } from '../../../src/worker/scheduler.ts'
import { type ChangeBench, changeBench, ship } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { jobsOf } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

let database: TestDatabase
let bench: ChangeBench
let server: RestServer
let key: Record<string, string>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await server?.close()
  await database.db.tenant.deleteMany()
  bench = await changeBench(database, 3)
  server = await restServer(database.db, {
    marketplaces: bench.deps.marketplaces,
    clock: bench.clock,
    more: { clientRoutes: [createChangeRoutes(bench.requestDeps)], operatorRoutes: [] },
  })
  key = await server.keyFor(bench.tenantId)
})
afterAll(() => server?.close())

const post = (url: string, payload: unknown = undefined, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'POST',
    url: `/v1${url}`,
    headers: { ...key, 'idempotency-key': newId(), ...headers },
    ...(payload === undefined ? {} : { payload: payload as object }),
  })
const get = async (url: string, headers = key) =>
  (await server.app.inject({ url: `/v1${url}`, headers })).json()
const request = (changes: unknown[], headers?: Record<string, string>) =>
  post('/site-changes', { changes }, headers)
const count = () => database.db.siteChange.count()

describe('POST /site-changes', () => {
  it('takes changes and answers at once with what was made of them', async () => {
    const [a = '', b = ''] = bench.orderIds
    const answer = await request([ship(a), { orderId: b, action: 'memo', memo: '至急' }])
    expect(answer.statusCode).toBe(202)
    expect(answer.json().changes).toMatchObject([
      {
        orderId: a,
        orderNumber: bench.numbers[0],
        action: 'ship',
        state: 'queued',
        steps: [],
        waitingFor: null,
      },
      { orderId: b, action: 'memo', parameters: { memo: '至急' }, state: 'queued' },
    ])
    expect(bench.mall.site.writes).toEqual([])
    expect(bench.woken).toEqual([bench.shopId])
    await bench.run()
    expect(await get(`/site-changes?orderId=${a}`)).toMatchObject({
      siteChanges: [
        { state: 'succeeded', steps: [{ name: 'delivery', state: 'applied' }, { name: 'ship' }] },
      ],
    })
  })

  it('a shipment without a day is of today in Japan; the same key a day later is the same request', async () => {
    const [a = ''] = bench.orderIds
    const undated = {
      orderId: a,
      action: 'ship',
      parcels: [{ carrier: 'yamato', trackingNumber: '400000000001' }],
    }
    const repeated = { 'idempotency-key': newId() }
    const [first, looked] = [
      await request([undated], repeated),
      await post('/site-changes', { changes: [undated], dryRun: true }),
    ]
    expect(first.statusCode, first.body).toBe(202)
    expect(looked.statusCode, looked.body).toBe(202)
    const today = new Date(bench.clock.now() + 9 * 60 * 60_000).toISOString().slice(0, 10)
    expect(first.json().changes[0].parameters).toMatchObject({ shippedOn: today })
    bench.clock.advance(24 * 60 * 60_000)
    const again = await request([undated], repeated)
    expect(again.json().changes[0].id).toBe(first.json().changes[0].id)
    expect(await count()).toBe(1)
  })

  it('takes 500 at once, and not 501', async () => {
    const { orderIds, tenantId } = await changeBench(database, 501)
    key = await server.keyFor(tenantId)
    const changes = orderIds.map((orderId, n) => ({ orderId, action: 'memo', memo: String(n) }))
    expect((await request(changes)).statusCode).toBe(422)
    expect(await count()).toBe(0)
    const answer = await request(changes.slice(1))
    expect(answer.statusCode).toBe(202)
    expect(answer.json().changes.map((change: { parameters: unknown }) => change.parameters)).toEqual(
      changes.slice(1).map(({ memo }) => ({ memo })),
    )
    const rows = await database.db.siteChange.findMany({ orderBy: { position: 'asc' } })
    expect(rows).toHaveLength(500)
  })

  it('names every wrong field by its index, and takes none', async () => {
    const [a = '', b = '', c = ''] = bench.orderIds
    const stranger = newId()
    const parcel = { carrier: 'yamato', trackingNumber: '1' }
    const answer = await request([
      ship(a),
      { ...ship(b), parcels: [parcel, { carrier: 'yamato' }] },
      { ...ship(c), parcels: [{ ...parcel, carrier: 'seino' }] },
      { orderId: a, action: 'release' },
      { orderId: stranger, action: 'confirm' },
    ])
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors).toMatchObject([
      { field: 'changes[1].parcels[1].trackingNumber', code: 'required' },
      { field: 'changes[2].parcels[0].carrier', code: 'not_offered' },
      { field: 'changes[3].action', code: 'not_offered' },
      { field: 'changes[4].orderId', code: 'not_found' },
    ])
    expect(await count()).toBe(0)
    expect(bench.woken).toEqual([])
  })

  it('refuses a memo that is too long in Japanese, before anything is stored', async () => {
    const [a = ''] = bench.orderIds
    const answer = await request([{ orderId: a, action: 'memo', memo: 'あ'.repeat(10_001) }])
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [{ field: 'changes[0].memo', message: '10000 文字以下にしてください。', code: 'too_big' }],
    ])
    expect(await count()).toBe(0)
  })

  it('says of a dry run that none is taken where one is wrong', async () => {
    const [a = ''] = bench.orderIds
    const changes = [ship(a), { orderId: a, action: 'release' }]
    const dry = async (more: object) =>
      (await post('/site-changes', { changes, dryRun: true, ...more })).json()
    expect(await dry({})).toMatchObject({
      dryRun: true,
      checked: [
        { ok: false, errors: [{ code: 'refused_with_others' }] },
        { ok: false, errors: [{ field: 'changes[1].action', code: 'not_offered' }] },
      ],
    })
    expect(await dry({ mode: 'each' })).toMatchObject({
      checked: [
        { ok: true, errors: [] },
        { ok: false, errors: [{ field: 'changes[1].action', code: 'not_offered' }] },
      ],
      results: [
        { ok: true, siteChangeId: null },
        { ok: false, siteChangeId: null },
      ],
    })
    expect(await count()).toBe(0)
  })

  describe('with mode each', () => {
    const each = (changes: unknown[], headers?: Record<string, string>) =>
      post('/site-changes', { changes, mode: 'each' }, headers)

    it('takes those without a fault and says why of each other, in the order of the request', async () => {
      const [a = '', b = '', c = ''] = bench.orderIds
      const answer = await each([
        { ...ship(a), parcels: [{ carrier: 'yamato' }] },
        ship(b),
        { orderId: a, action: 'release' },
        'no change at all',
        { orderId: newId(), action: 'confirm' },
        { orderId: c, action: 'memo', memo: 'a\0b' },
        { orderId: c, action: 'memo', memo: '至急' },
      ])
      expect(answer.statusCode).toBe(202)
      const { results, siteChanges } = answer.json()
      expect(siteChanges.map(({ orderId }: { orderId: string }) => orderId)).toEqual([b, c])
      expect(results).toMatchObject([
        {
          orderId: a,
          action: 'ship',
          ok: false,
          errors: [{ field: 'changes[0].parcels[0].trackingNumber' }],
        },
        { orderId: b, ok: true, siteChangeId: siteChanges[0].id, errors: [] },
        { ok: false, siteChangeId: null, errors: [{ field: 'changes[2].action', code: 'not_offered' }] },
        { orderId: '', action: '', ok: false, errors: [{ code: 'invalid_type' }] },
        { ok: false, errors: [{ field: 'changes[4].orderId', code: 'not_found' }] },
        { ok: false, errors: [{ code: 'invalid_text' }] },
        { orderId: c, action: 'memo', ok: true, siteChangeId: siteChanges[1].id },
      ])
      expect(await count()).toBe(2)
      expect(bench.woken).toEqual([bench.shopId])
    })

    it('refuses both of two that are one, by their places, and leaves the key free where none is taken', async () => {
      const [a = ''] = bench.orderIds
      const headers = { 'idempotency-key': newId() }
      const twice = ['broken', ship(a), ship(a)]
      for (let round = 0; round < 2; round += 1)
        expect((await each(twice, headers)).json()).toMatchObject({
          siteChanges: [],
          results: [
            { ok: false },
            { ok: false, errors: [{ message: expect.stringContaining('changes[1] と changes[2]') }] },
            { ok: false, errors: [{ code: 'duplicate' }] },
          ],
        })
      expect((await each([ship(a)], headers)).json().results).toMatchObject([{ ok: true }])
    })

    it('answers the same under the same key, and takes nothing that it had refused', async () => {
      const [a = '', b = ''] = bench.orderIds
      const headers = { 'idempotency-key': newId() }
      const changes = [ship(a), { orderId: b, action: 'memo', memo: '至急' }]
      // Not there yet when it was asked first.
      await database.db.order.update({
        where: { id: b },
        data: { tenantId: (await makeTenant(database.db)).id },
      })
      const before = (await each(changes, headers)).json()
      expect(before.results).toMatchObject([{ ok: true }, { ok: false, errors: [{ code: 'not_found' }] }])
      await database.db.order.update({ where: { id: b }, data: { tenantId: bench.tenantId } })
      const again = (await each(changes, headers)).json()
      expect(again.results).toMatchObject([
        { ok: true, siteChangeId: before.results[0].siteChangeId },
        { ok: false, siteChangeId: null, errors: [{ code: 'not_taken_before' }] },
      ])
      expect(await count()).toBe(1)
      const all = await post('/site-changes', { changes }, headers)
      expect([all.statusCode, all.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    })

    it('makes one change of two requests at once', async () => {
      const [a = ''] = bench.orderIds
      const headers = { 'idempotency-key': newId() }
      const answers = await Promise.all([each([ship(a), 1], headers), each([ship(a), 1], headers)])
      const [one, other] = answers.map((answer) => answer.json().results[0].siteChangeId)
      expect([one, await count()]).toEqual([other, 1])
    })
  })

  it('takes null for an optional field that knows no null as left out', async () => {
    const [a = ''] = bench.orderIds
    const unset = { markPaid: null, release: null, confirmFirst: null, thenMoveTo: null }
    const answer = await request([{ ...ship(a), ...unset }])
    expect(answer.statusCode).toBe(202)
    const [{ parameters }] = answer.json().changes
    expect(Object.keys(parameters).toSorted()).toEqual(['parcels', 'shippedOn'])
  })

  it('refuses what only a client sends that fills unset fields with the first value of their type', async () => {
    const [a = '', b = ''] = bench.orderIds
    const codes = async (change: object) =>
      (await request([change])).json().errors?.map(({ field, code }: Record<string, string>) => [field, code])
    const filled = { markPaid: false, release: false, confirmFirst: false, thenMoveTo: 'new' }
    expect(await codes({ ...ship(a), ...filled })).toEqual([['changes[0].thenMoveTo', 'not_meant']])
    const zeros = { shippingFee: 0, codFee: 0, giftWrapFee: 0, discount: 0, adjustment: 0 }
    const note = { orderId: b, action: 'change_content', buyerNote: '玄関前' }
    const refused = ['changes[0].shippingFee', 'confirm_zero']
    expect(await codes({ ...note, ...zeros })).toContainEqual(refused)
    for (const meant of [{ ...zeros, confirmZero: true }, { ...zeros, codFee: 330 }, { shippingFee: 0 }])
      expect((await codes({ ...note, ...meant })) ?? []).not.toContainEqual(refused)
  })

  it.each([
    ['an unknown action', { action: 'explode' }, 'changes[0].action'],
    ['an unknown field', { action: 'confirm', force: true }, 'changes[0].force'],
    [
      'a carrier nobody knows',
      { action: 'ship', shippedOn: '2026-01-15', parcels: [{ carrier: 'x' }] },
      'changes[0].parcels[0].carrier',
    ],
    [
      'a day that does not exist',
      { action: 'ship', shippedOn: '2026-02-30', parcels: [{ carrier: 'yamato' }] },
      'changes[0].shippedOn',
    ],
  ])('refuses %s', async (_, change, field) => {
    const answer = await request([{ orderId: bench.orderIds[0], ...change }])
    expect(answer.statusCode).toBe(422)
    expect(answer.json().errors[0].field).toBe(field)
  })

  it('wants an Idempotency-Key', async () => {
    const answer = await request([{ orderId: bench.orderIds[0], action: 'confirm' }], {
      'idempotency-key': '',
    })
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'IDEMPOTENCY_KEY_MISSING'])
    expect(answer.json().detail).toContain('サイト変更')
  })

  it('answers the same key with the same changes, also while the first request runs, and refuses others', async () => {
    const [orderId = ''] = bench.orderIds
    const headers = { 'idempotency-key': 'again' }
    const answers = await Promise.all([1, 2, 3, 4].map(() => request([ship(orderId)], headers)))
    const ids = answers.map((answer) => [answer.statusCode, answer.json().changes[0].id])
    expect(new Set(ids.map(String)).size).toBe(1)
    expect(ids[0]?.[0]).toBe(202)
    await bench.run()
    const { parcels, ...rest } = ship(orderId) as { parcels: unknown }
    const later = await request([{ parcels, ...rest }], headers)
    expect(later.json().changes).toMatchObject([{ id: ids[0]?.[1], state: 'succeeded' }])
    expect(await count()).toBe(1)

    const other = await request([ship(orderId, '2')], headers)
    expect([other.statusCode, other.json().code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    const tenant = await makeTenant(database.db)
    const theirs = await request([ship(orderId)], { ...headers, ...(await server.keyFor(tenant.id)) })
    expect(theirs.json().errors).toMatchObject([{ field: 'changes[0].orderId', code: 'not_found' }])
  })
})

describe('GET /site-changes', () => {
  it('filters, and pages through newest first', async () => {
    const [a = '', b = '', c = ''] = bench.orderIds
    await request([a, b, c].map((orderId) => ({ orderId, action: 'confirm' })))
    bench.mall.site.onWrite(({ apply, orderNumber }) => {
      if (orderNumber === bench.numbers[1]) throw failure('rejected', { mallCode: 'E1', mallMessage: '不可' })
      apply()
      return undefined
    })
    await bench.run()
    expect((await get('/site-changes?state=failed')).siteChanges).toMatchObject([
      {
        orderId: b,
        code: 'TEST_REJECTED',
        mallCode: 'E1',
        mallMessage: '不可',
        message: expect.stringContaining('テスト'),
        nextStep: expect.stringContaining('再実行'),
      },
    ])
    const first = await get('/site-changes?limit=2')
    const second = await get(`/site-changes?limit=2&cursor=${first.nextCursor}`)
    const orderIds = [...first.siteChanges, ...second.siteChanges].map(({ orderId }) => orderId)
    expect(orderIds).toEqual([c, b, a])
    expect(second.nextCursor).toBeNull()
    expect((await get(`/site-changes?shopId=${newId()}`)).siteChanges).toEqual([])
    expect((await get('/site-changes?action=ship')).siteChanges).toEqual([])
    expect((await get('/site-changes?dismissed=true')).siteChanges).toEqual([])
  })
})

describe('what a person does about a change', () => {
  it('retries and dismisses it, and nobody else’s', async () => {
    const [orderId = ''] = bench.orderIds
    bench.mall.site.onWrite(() => {
      throw failure('rejected')
    })
    const { changes } = (await request([ship(orderId)])).json()
    const url = `/site-changes/${changes[0].id}`
    await bench.run()
    const stranger = await server.keyFor((await makeTenant(database.db)).id)
    for (const act of ['retry', 'dismiss'])
      expect((await post(`${url}/${act}`, undefined, stranger)).statusCode).toBe(404)
    expect((await post(`${url}/retry`)).json()).toMatchObject({ state: 'queued' })
    expect((await post(`${url}/dismiss`)).statusCode).toBe(409)
    await bench.run()
    expect((await post(`${url}/dismiss`)).json()).toMatchObject({
      state: 'failed',
      dismissedAt: expect.any(String),
    })
    expect((await get('/site-changes?dismissed=false')).siteChanges).toEqual([])
    expect(await get(url)).toMatchObject({ state: 'failed' })
    expect(await get(url, stranger)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('what a mall offers', () => {
  it('stands in GET /marketplaces', async () => {
    const [mall] = (await get('/marketplaces')).marketplaces
    expect(mall.actions.map(({ action }: { action: string }) => action)).toContain('ship')
    expect(mall.carriers).toContainEqual({ carrier: 'yamato', label: 'ヤマト運輸', mallCode: '1001' })
  })

  it('is what the settings of a shop may wish for at import', async () => {
    const save = (onImport: unknown) =>
      server.app.inject({
        method: 'PATCH',
        url: `/v1/shops/${bench.shopId}`,
        headers: key,
        payload: { settings: { onImport } },
      })
    const good = { action: 'memo', parameters: { memo: 'x' }, conditions: { noHolds: true } }
    expect((await save(good)).json()).toMatchObject({ settings: { onImport: good } })
    expect((await save({ action: 'release' })).json().errors).toMatchObject([
      { field: 'settings.onImport.action' },
    ])
    expect((await save({ action: 'memo' })).json().errors).toMatchObject([
      { field: 'settings.onImport.parameters.memo', code: 'required' },
    ])
    expect((await save({ action: 'ship' })).statusCode).toBe(422)
  })
})

it('the scheduler wakes a shop once for imports and changes together', async () => {
  await request([ship(bench.orderIds[0] ?? '')])
  await bench.want(['123456-20260115-0000000099'])
  const woken: string[] = []
  const scheduler = createScheduler({
    ...bench.deps,
    jobs: jobsOf(bench.deps),
    wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
  })
  expect(await scheduler.tick()).toEqual([bench.shopId])
  expect(woken).toEqual([bench.shopId])
})
