import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import { createReimportRoutes } from '../../../src/imports/routes.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import type { OrderWithEdits } from '../../../src/orders/edit.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { createDeskRoutes, createOrderRoutes } from '../../../src/orders/routes.ts'
import type { ApplyMode } from '../../../src/orders/store/content.ts'
import { fillOrders } from '../../../src/orders/store/order-backfill.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import { newId, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { failure } from '../../support/malls/fake-marketplace.ts'

let database: TestDatabase
let bench: ImportBench
let other: ImportBench
let app: App
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  await app?.close()
  await database.pool.query('update data_steps set made_at = now(), place = null')
  bench = await importBench(database)
  other = await importBench(database)
  const deps = { ...bench.deps, wakeQueue: { wake: async () => undefined } }
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => ({
      kind: 'client',
      apiKeyId: 'a',
      role: 'owner',
      shopIds: null,
      tenantId: key === 'ours' ? bench.tenantId : other.tenantId,
    }),
    clientRoutes: [createOrderRoutes(deps), createDeskRoutes(deps), createReimportRoutes(deps)],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
})
afterAll(() => app?.close())

async function call(
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
  key = 'ours',
) {
  const reply = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
}

async function stage(count = 1, at = bench): Promise<string[]> {
  const wanted = numbers(count)
  for (const number of wanted) if (!at.mall.order(number)) at.mall.place(number)
  await at.want(wanted)
  await at.run()
  const rows = await database.db.order.findMany({
    where: { tenantId: at.tenantId },
    orderBy: { orderNumber: 'asc' },
  })
  return rows.map(({ id }) => id)
}

const edit = (id: string, version: number | string, patch: object) =>
  call('PATCH', `/orders/${id}`, patch, { 'if-match': `${version}` })

describe('fields=', () => {
  it('gives of each order what is named and its id, and opens no detail for it', async () => {
    const [id = ''] = await stage()
    const keys = async (path: string) => {
      const { status, body } = await call('GET', path)
      expect(status, path).toBe(200)
      const order = body.orders?.[0] ?? body
      return [Object.keys(order).toSorted(), order.detail && Object.keys(order.detail).toSorted()]
    }
    const sparse = 'fields=orderNumber,status'
    expect(await keys(`/orders?${sparse}`)).toEqual([['id', 'orderNumber', 'status'], undefined])
    expect(await keys(`/orders/${id}?${sparse}`)).toEqual([['id', 'orderNumber', 'status'], undefined])
    const items = 'fields=version,detail.items,detail.totals'
    expect(await keys(`/orders?detail=true&${items}`)).toEqual([
      ['detail', 'id', 'version'],
      ['items', 'totals'],
    ])
    expect(await keys(`/orders/${id}?${items}`)).toEqual([
      ['detail', 'id', 'version'],
      ['items', 'totals'],
    ])
    expect((await keys(`/orders/${id}?fields=detail,detail.items`))[1]?.length).toBeGreaterThan(10)
    // Without detail=true there is none, whatever is named.
    expect(await keys(`/orders?${items}`)).toEqual([['id', 'version'], undefined])
    const wrong = await call('GET', `/orders/${id}?fields=buyer`)
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'fields[0]' }] } })
    // What nobody was shown is not noted as seen.
    const seen = () => database.db.auditEntry.count({ where: { action: 'orders.listed' } })
    const before = await seen()
    await call('GET', `/orders?detail=true&${sparse}`)
    expect(await seen()).toBe(before)
  })
})

describe('PATCH /orders/{id}', () => {
  it('edits, keeps the mall’s value beside it, and recomputes the columns', async () => {
    const [id = ''] = await stage()
    const patch = { buyer: { phone: '090-1111-2222' }, charges: { cod: 330 }, payment: { kind: 'cod' } }
    const { status, headers, body } = await edit(id, '"1"', patch)
    expect(status).toBe(200)
    // The tag of the read that follows, and good for the next edit however the order was read.
    const read = await call('GET', `/orders/${id}`)
    expect(headers.etag).toMatch(/^"2-/)
    expect(read.headers.etag).toBe(headers.etag)
    await database.db.order.update({ where: { id }, data: { changeState: 'queued' } })
    const next = await edit(id, `${headers.etag}`, { notes: { shop: '電話済み' } })
    expect(next).toMatchObject({ status: 200, body: { version: 3 } })
    expect((await edit(id, `${headers.etag}`, { notes: { shop: 'x' } })).status).toBe(412)
    expect(body).toMatchObject({
      version: 2,
      billedAmount: 3_830,
      paymentKind: 'cod',
      detail: { buyer: { phone: '090-1111-2222' } },
      edits: {
        '/buyer/phone': { mall: '03-0000-0000', edited: '090-1111-2222', by: 'key:a' },
        '/charges/cod': { mall: 0, edited: 330 },
        '/totals/billed': { mall: 3_500, edited: 3_830 },
      },
    })
    const event = await database.db.orderEvent.findFirst({ where: { orderId: id, kind: 'edited' } })
    expect(event).toMatchObject({ actor: 'key:a' })
    expect(JSON.stringify(event?.data)).toContain('/buyer/phone')
    expect(await dumpDatabase(database.url)).not.toContain('1111-2222')
  })

  it('is no edit any more when the mall’s value is written again; null empties a field', async () => {
    const [id = ''] = await stage()
    await edit(id, 1, { buyer: { phone: null } })
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({
      detail: { buyer: { phone: null } },
      edits: { '/buyer/phone': { edited: null } },
    })
    const back = await edit(id, 2, { buyer: { phone: '03-0000-0000' } })
    expect(back.body).toMatchObject({ version: 3, edits: {}, editedAt: null })
    expect((await edit(id, 3, { buyer: { phone: '03-0000-0000' } })).body.version).toBe(3)
  })

  it('lets the whole name follow its parts, and gives the mall’s own back with them', async () => {
    const [number = ''] = numbers(1)
    const order = sampleOrder(number)
    const split = { fullName: '髙橋　花子', familyName: '髙橋', givenName: '花子' }
    const whole = { fullName: '株式会社 山田', familyName: null, givenName: null }
    const [recipient] = order.recipients
    bench.mall.place(number, {
      ...order,
      buyer: { ...order.buyer, ...split },
      recipients: recipient ? [{ ...recipient, person: { ...recipient.person, ...whole } }] : [],
    })
    const [id = ''] = await stage()
    const to = async (version: number, patch: object) =>
      (await edit(id, version, patch)).body as OrderWithEdits & { version: number }
    const married = await to(1, { buyer: { familyName: '田中' } })
    expect(married.detail?.buyer.fullName).toBe('田中 花子')
    expect((await call('GET', `/orders?buyer=${encodeURIComponent('田中花子')}`)).body.orders).toHaveLength(1)
    const back = await to(2, { buyer: { familyName: '髙橋' } })
    expect(back).toMatchObject({ edits: {}, detail: { buyer: split } })
    expect((await to(3, { buyer: { givenName: '葉子', fullName: '高橋葉子' } })).detail?.buyer.fullName).toBe(
      '高橋葉子',
    )
    // Half a name does not take the place of one that the mall gave in one piece; both halves do.
    const personWith = (change: object) => ({
      recipients: married.detail?.recipients.map((one) => ({ ...one, person: { ...one.person, ...change } })),
    })
    expect((await to(4, personWith({ familyName: '山田' }))).detail?.recipients[0]?.person.fullName).toBe(
      whole.fullName,
    )
    expect(
      (await to(5, personWith({ familyName: '山田', givenName: '太郎' }))).detail?.recipients[0]?.person
        .fullName,
    ).toBe('山田 太郎')
  })

  it('answers the slower of two with both versions, also when they come at once', async () => {
    const [id = ''] = await stage()
    const answers = await Promise.all(['一番', '二番'].map((shop) => edit(id, 1, { notes: { shop } })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const [won, lost] = answers.sort((one, two) => one.status - two.status)
    expect(lost?.body).toMatchObject({
      code: 'VERSION_MISMATCH',
      current: { version: 2, detail: { notes: { shop: won?.body.detail.notes.shop } } },
      sent: { version: 1, patch: { notes: {} } },
    })
    expect(lost?.body.sent.patch.notes.shop).not.toBe(won?.body.detail.notes.shop)
  })

  it('refuses what could never be saved before it says that somebody was faster', async () => {
    const [id = ''] = await stage()
    await edit(id, 1, { notes: { shop: '一番' } })
    for (const [patch, field] of [
      [{ buyer: { telephone: '1' } }, 'buyer.telephone'],
      [{ totals: { billed: 1 } }, 'totals.billed'],
      [{ mallState: 'open' }, 'mallState'],
    ] as const)
      expect(await edit(id, 1, patch)).toMatchObject({ status: 422, body: { errors: [{ field }] } })
  })

  it.each([
    ['no If-Match', {}, { notes: { shop: 'x' } }, 428, undefined],
    ['a strange If-Match', { 'if-match': 'abc' }, { notes: { shop: 'x' } }, 422, 'If-Match'],
    ['an unknown field', { 'if-match': '*' }, { buyer: { telephone: '1' } }, 422, 'buyer.telephone'],
    ['an unknown part', { 'if-match': '*' }, { bayer: {} }, 422, 'bayer'],
    ['a wrong type', { 'if-match': '*' }, { totals: { billed: '1' } }, 422, 'totals.billed'],
    ['what the mall says', { 'if-match': '*' }, { mallState: 'open' }, 422, 'mallState'],
    ['a sum', { 'if-match': '*' }, { totals: { billed: 1 } }, 422, 'totals.billed'],
    ['the sum of the lines', { 'if-match': '*' }, { charges: { goods: 1 } }, 422, 'charges.goods'],
  ])('refuses %s', async (_, headers, patch, status, field) => {
    const [id = ''] = await stage()
    const answer = await call('PATCH', `/orders/${id}`, patch, headers as Record<string, string>)
    expect(answer.status).toBe(status)
    expect(answer.body.errors?.[0]?.field).toBe(field)
    expect((await call('GET', `/orders/${id}`)).body.version).toBe(1)
  })

  it('takes a merge patch by its own media type', async () => {
    const [id = ''] = await stage()
    const headers = { 'if-match': '*', 'content-type': 'application/merge-patch+json' }
    const { status, body } = await call('PATCH', `/orders/${id}`, { notes: { shop: '電話済み' } }, headers)
    expect([status, body.detail.notes.shop]).toEqual([200, '電話済み'])
  })

  it('does not know another tenant’s order, and edits none that is shipped', async () => {
    const [id = ''] = await stage()
    const theirs = await call('PATCH', `/orders/${id}`, {}, { 'if-match': '*' }, 'theirs')
    expect(theirs.status).toBe(404)
    await call('POST', '/orders/move', { orderIds: [id], to: 'shipped' })
    expect((await edit(id, '*', { notes: { shop: 'x' } })).status).toBe(409)
  })

  it('is not undone by a refresh, which flags what the mall changed and nothing else', async () => {
    const [id = ''] = await stage()
    await edit(id, 1, { buyer: { phone: '090-1111-2222' } })
    await bench.want(numbers(1), { purpose: 'refresh' })
    await bench.run()
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({
      flags: [],
      detail: { buyer: { phone: '090-1111-2222' } },
    })
    bench.mall.change(numbers(1)[0] ?? '', (order) => ({ ...order, totals: { total: 1, billed: 1 } }))
    await bench.want(numbers(1), { purpose: 'refresh' })
    await bench.run()
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({
      flags: ['changed_at_mall'],
      billedAmount: 3_500,
    })
  })
})

describe('POST /orders/move', () => {
  it('moves from staging to any status, and says of each what happened', async () => {
    const ids = await stage(3)
    const [one = '', two = ''] = ids
    const first = await call('POST', '/orders/move', { orderIds: [one, two], to: 'ready_to_ship' })
    expect(first.body.orders).toEqual(
      [one, two].map((orderId) => ({ orderId, result: 'moved', from: 'auto_imported', version: 2 })),
    )
    const again = await call('POST', '/orders/move', { orderIds: ids.toReversed(), to: 'ready_to_ship' })
    expect(again.body.orders.map(({ result }: { result: string }) => result)).toEqual([
      ...['moved', 'already', 'already'],
    ])
    const events = await database.db.orderEvent.findMany({ where: { orderId: one, kind: 'moved' } })
    expect(events).toMatchObject([{ data: { from: 'auto_imported', to: 'ready_to_ship' }, actor: 'key:a' }])
  })

  it('moves none when one is unknown, another tenant’s or has another version', async () => {
    const [id = ''] = await stage()
    const [foreign = ''] = await stage(1, other)
    const unknown = await call('POST', '/orders/move', { orderIds: [id, foreign], to: 'new' })
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ field: 'orderIds[1]' }] } })
    const stale = await call('POST', '/orders/move', { orderIds: [id], to: 'new', ifVersions: { [id]: 7 } })
    expect(stale).toMatchObject({ status: 412, body: { current: [{ orderId: id, version: 1 }] } })
    const rows = await database.db.order.findMany({ where: { id: { in: [id, foreign] } } })
    expect(rows.map(({ status }) => status)).toEqual(['auto_imported', 'auto_imported'])
  })

  it('puts orders on hold with a reason and a date, which go when they leave and come back by restoreOnHold', async () => {
    const [one = '', two = '', three = ''] = await stage(3)
    const why = { onHoldReason: ' 山田様より電話待ち ', onHoldDate: '2026-11-26' }
    const move = (orderIds: string[], to: string, more: object = {}) =>
      call('POST', '/orders/move', { orderIds, to, ...more })
    const dry = await move([one], 'on_hold', { ...why, dryRun: true })
    expect(dry.body.orders).toMatchObject([{ result: 'moved', version: 1 }])
    await move([one, two], 'on_hold', why)
    await move([three], 'on_hold', { onHoldDate: '2026-11-27' })
    const held = { onHoldReason: '山田様より電話待ち', onHoldDate: '2026-11-26' }
    expect((await call('GET', `/orders/${one}`)).body).toMatchObject(held)
    const due = await call(
      'GET',
      '/orders?status=on_hold&onHoldTo=2026-11-26&detail=true&total=true&sort=number',
    )
    expect(due.body).toMatchObject({
      total: 2,
      orders: [
        { id: one, ...held },
        { id: two, ...held },
      ],
    })
    // Without its detail a list holds nothing of a person.
    const [short] = (await call('GET', '/orders?status=on_hold&onHoldTo=2026-11-26')).body.orders
    expect(short).toMatchObject({ onHoldDate: '2026-11-26' })
    expect(short).not.toHaveProperty('onHoldReason')

    // Moved there again without a word, as programs of before do, it keeps them; by a word of one both are
    // set anew.
    expect((await move([one], 'on_hold')).body.orders).toMatchObject([{ result: 'already', version: 2 }])
    expect((await call('GET', `/orders/${one}`)).body).toMatchObject(held)
    expect((await move([two], 'on_hold', { onHoldDate: '2026-12-01' })).body.orders).toMatchObject([
      { result: 'already', version: 3 },
    ])
    expect((await call('GET', `/orders/${two}`)).body).toMatchObject({
      onHoldReason: null,
      onHoldDate: '2026-12-01',
    })

    await move([two], 'on_hold', { onHoldReason: '' })
    expect((await call('GET', `/orders/${two}`)).body).toMatchObject({ onHoldReason: null, onHoldDate: null })
    await move([two], 'on_hold', { onHoldDate: '2026-12-01' })

    await move([one, two], 'ready_to_ship')
    expect((await call('GET', `/orders/${one}`)).body).toMatchObject({
      onHoldReason: null,
      onHoldDate: null,
    })
    const lines = (await call('GET', `/orders/${one}/timeline`)).body.events.filter(
      ({ kind }: { kind: string }) => kind === 'moved',
    )
    expect(lines).toMatchObject([
      { data: { to: 'on_hold', onHoldDate: '2026-11-26' }, reason: '山田様より電話待ち' },
      { data: { from: 'on_hold', onHoldDate: '2026-11-26' }, reason: '山田様より電話待ち' },
    ])
    expect((await call('GET', `/orders/${two}/timeline`)).body.events.at(-2)).toMatchObject({
      label: '保留の理由・期日が変更されました',
      reason: null,
    })

    await move([one, two], 'on_hold', { restoreOnHold: true })
    expect((await call('GET', `/orders/${one}`)).body).toMatchObject(held)
    expect((await call('GET', `/orders/${two}`)).body).toMatchObject({ onHoldDate: '2026-12-01' })
  })

  it('restores the hold that it left last, not an older one', async () => {
    const [id = ''] = await stage()
    const move = (to: string, more: object = {}) =>
      call('POST', '/orders/move', { orderIds: [id], to, ...more })
    const second = { onHoldReason: '電話待ち', onHoldDate: '2026-12-05' }
    await move('on_hold', { onHoldReason: '在庫待ち', onHoldDate: '2026-11-26' })
    await move('new')
    await move('on_hold', second)
    await move('ready_to_ship')
    await move('on_hold', { restoreOnHold: true })
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject(second)
  })

  it('clears reason and date by whatever statement takes an order out of 保留, also an earlier release’s', async () => {
    const [id = ''] = await stage()
    const why = { onHoldReason: '在庫待ち', onHoldDate: '2026-11-26' }
    await call('POST', '/orders/move', { orderIds: [id], to: 'on_hold', ...why })
    await database.pool.query(`update orders set status = 'shipped' where id = $1`, [id])
    const left = await database.db.order.findUnique({ where: { id } })
    expect(left).toMatchObject({ onHoldDate: null, sealedOnHoldReason: null })
  })

  it('refuses a reason outside 保留, beside the one to restore, too long, of no day, and of an emptied order', async () => {
    const [id = '', emptied = ''] = await stage(2)
    const move = async (to: string, more: object, orderIds = [id]) => {
      const { status, body } = await call('POST', '/orders/move', { orderIds, to, ...more })
      return [status, body.errors?.[0]?.field, body.errors?.[0]?.code]
    }
    expect(await move('new', { onHoldReason: 'x' })).toEqual([422, 'onHoldReason', 'not_allowed'])
    expect(await move('new', { onHoldDate: '2026-11-26' })).toEqual([422, 'onHoldDate', 'not_allowed'])
    // Generated clients send a null for what nobody set.
    expect(
      (await move('new', { onHoldReason: null, onHoldDate: null, restoreOnHold: null, dryRun: true }))[0],
    ).toBe(200)
    expect(await move('shipped', { restoreOnHold: true })).toEqual([422, 'restoreOnHold', 'not_allowed'])
    const both = { restoreOnHold: true, onHoldDate: '2026-11-26' }
    expect(await move('on_hold', both)).toEqual([422, 'restoreOnHold', 'one_of'])
    expect((await move('on_hold', { onHoldReason: '長'.repeat(201) }))[0]).toBe(422)
    expect((await move('on_hold', { onHoldDate: '2026-02-30' }))[0]).toBe(422)
    expect(await move('on_hold', { onHoldDate: '0000-01-01' })).toEqual([422, 'onHoldDate', 'invalid'])
    expect((await move('on_hold', { onHoldDate: '1900-01-01', dryRun: true }))[0]).toBe(200)
    await database.pool.query('update orders set sealed_detail = null, purged_at = now() where id = $1', [
      emptied,
    ])
    const reason = { onHoldReason: '山田様' }
    expect(await move('on_hold', reason, [id, emptied])).toEqual([422, 'orderIds[1]', 'purged'])
    expect((await call('GET', `/orders/${id}`)).body.status).toBe('auto_imported')
    expect((await move('on_hold', { onHoldDate: '2026-11-26' }, [emptied]))[0]).toBe(200)
  })

  it('goes by the version that an order has when its row is free', async () => {
    const [id = ''] = await stage()
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query('update orders set version = version + 1 where id = $1', [id])
      const moving = call('POST', '/orders/move', { orderIds: [id], to: 'new', ifVersions: { [id]: 1 } })
      const blocked = `select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`
      const waiting = async () => (await database.pool.query(blocked)).rowCount
      await expect.poll(waiting, { timeout: 5_000, interval: 10 }).toBe(1)
      await other.query('commit')
      expect(await moving).toMatchObject({ status: 412, body: { current: [{ orderId: id, version: 2 }] } })
    } finally {
      other.release(true)
    }
  })
})

describe('search', () => {
  const found = async (query: string, key = 'ours') => {
    const { status, body } = await call('GET', `/orders?total=true&${query}`, undefined, {}, key)
    expect(status, query).toBe(200)
    expect(body.total).toBe(body.orders.length)
    return body.total
  }
  const of = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`

  it('finds by number, name, phone, mail, item and date, however wide it is written', async () => {
    const [first = '', second = ''] = numbers(2)
    const base = sampleOrder(first)
    const person = {
      ...base.buyer,
      familyNameKana: 'タカハシ',
      givenNameKana: 'ハナコ',
      email: 'Hanako@example.jp',
    }
    bench.mall.place(first, { buyer: person, orderedAt: '2026-01-10T12:00:00+09:00' })
    bench.mall.place(second, {
      buyer: { ...base.buyer, familyName: '田中', phone: '+81 90-9999-0001' },
      items: base.items.map((item) => ({ ...item, name: 'ほうじ茶 ﾐﾙｸ', itemCode: 'ABC-9' })),
    })
    await stage(2)
    for (const query of [
      ...[
        of('number', first),
        of('buyer', '髙橋'),
        of('buyer', '高橋　花子'),
        of('buyer', 'ﾀｶﾊｼﾊﾅｺ'),
        of('buyer', 'たかはし'),
      ],
      ...[
        of('email', 'HANAKO@example.jp'),
        of('item', '抹茶'),
        `${of('from', '2026-01-09T00:00:00+09:00')}&${of('to', '2026-01-11T00:00:00+09:00')}`,
      ],
      ...[
        of('phone', '０９０９９９９０００１'),
        of('phone', '0001'),
        of('item', 'abc-9'),
        of('item', 'ミルク'),
      ],
    ]) {
      expect(await found(query), decodeURIComponent(query)).toBe(1)
    }
    expect(await found(of('number', first.slice(0, 12)))).toBe(2)
    expect(await found(of('phone', '03-0000-0000'))).toBe(2)
    expect(await found(of('number', '%'))).toBe(0)
    expect(await found(of('buyer', '高'))).toBe(0)
    expect(await found(`${of('buyer', '髙橋')}&status=new`)).toBe(0)
    expect((await call('GET', `/orders?${of('phone', '12')}`)).status).toBe(422)
  })

  it('finds recipients, in whatever form of a letter; one text finds by number, person, phone and item', async () => {
    const [first = '', second = '', third = ''] = numbers(3)
    const base = sampleOrder(first)
    const to = (familyName: string, phone: string | null = null) =>
      base.recipients.map((one) => ({ ...one, person: { ...one.person, familyName, phone } }))
    bench.mall.place(first, { recipients: to('𠮷田', '090-1111-2222') })
    bench.mall.place(second, {
      buyer: { ...base.buyer, familyName: '𠮷田' },
      items: base.items.map((item) => ({ ...item, name: 'ランプ' })),
    })
    await stage(3)
    expect([
      await found(of('buyer', '吉田')),
      await found(of('name', '吉田')),
      await found(of('name', '𠮷田')),
    ]).toEqual([1, 2, 2])
    expect([await found(of('buyer', '﨑山')), await found(of('name', '崎山 花子'))]).toEqual([0, 2])
    const ids = async (query: string): Promise<string[]> =>
      (await call('GET', `/orders?total=true&sort=oldest&${query}`)).body.orders.map(
        ({ orderNumber }: { orderNumber: string }) => orderNumber,
      )
    for (const [text, wanted] of [
      ['ランプ', [second]],
      ['吉田', [first, second]],
      ['﨑山', [second, third]],
      ['2222', [first]],
      ['090-1111-2222', [first]],
      [first, [first]],
      [third.slice(-3), [third]],
      [first.slice(0, 8), [first, second, third]],
      ['誰もいない', []],
    ] as const) {
      expect([text, (await ids(of('q', text))).sort()]).toEqual([text, [...wanted].sort()])
      expect(await found(of('q', text))).toBe(wanted.length)
    }
    expect(await ids(`${of('q', '﨑山')}&shopId=${bench.shopId}&status=new`)).toEqual([])
    expect((await call('GET', `/orders?q=a&item=b`)).body.errors[0].field).toBe('q')
  })

  it('finds an order by words of the shop’s memo, alone and in the one box, and no longer after the memo changed', async () => {
    const [id = ''] = await stage(2)
    const saved = await edit(id, 1, {
      notes: { shop: '田中様よりお電話あり。のし変更\n領収書を同封（ＡＢＣ-12）' },
    })
    expect(saved.status).toBe(200)
    for (const words of [
      'のし',
      'のし変更',
      'お電話',
      '電話',
      'デンワ',
      '領収書',
      'abc',
      '田中様より',
      '同封',
    ])
      expect([words, await found(of('note', words)), await found(of('q', words))]).toEqual([
        words,
        ...(words === 'デンワ' ? [0, 0] : [1, 1]),
      ])
    expect([await found(of('note', '収書')), await found(of('note', '田中'), 'theirs')]).toEqual([0, 0])
    expect((await call('GET', `/orders?q=a&note=b`)).body.errors[0].field).toBe('q')
    await edit(id, saved.body.version, { notes: { shop: '対応済み' } })
    expect([await found(of('q', 'のし')), await found(of('q', '対応済み'))]).toEqual([0, 1])
  })

  it('filters by deadline, wish, prefecture, amount, method and label, and sorts by each with stable pages', async () => {
    const all = numbers(7)
    const base = sampleOrder('x')
    const days = ['2026-02-03', null, '2026-02-01', '2026-02-02', '2026-02-02', null, '2026-02-05']
    for (const [n, number] of all.entries())
      bench.mall.place(number, {
        delivery: { ...base.delivery, shipBy: days[n] ?? null, methodName: n % 2 ? 'ネコポス' : '宅配便' },
        totals: { total: 1_000 * (n % 3), billed: 1_000 * (n % 3) },
        recipients: base.recipients.map((one) => ({
          ...one,
          wish: { ...one.wish, date: days[6 - n] ?? null },
          person: { ...one.person, prefecture: n === 4 ? '沖縄県' : '東京都' },
        })),
      })
    await stage(7)
    const listed = async (query: string): Promise<number[]> => {
      const { status, body } = await call('GET', `/orders?status=auto_imported&${query}`)
      expect(status, query).toBe(200)
      return body.orders.map(({ orderNumber }: { orderNumber: string }) => all.indexOf(orderNumber)).sort()
    }
    expect(await listed('shipByTo=2026-02-02')).toEqual([2, 3, 4])
    expect(await listed('shipByFrom=2026-02-03')).toEqual([0, 6])
    expect(await listed('shipBy=none')).toEqual([1, 5])
    expect(await listed('shipBy=some')).toEqual([0, 2, 3, 4, 6])
    const counted = async (query: string) => {
      const { total, due } = (await call('GET', `/orders?total=true&limit=1&${query}`)).body
      return [total, due]
    }
    expect(await counted('status=auto_imported&dueOn=2026-02-02')).toEqual([
      7,
      { late: 1, today: 2, later: 2 },
    ])
    expect(await counted(`status=auto_imported&q=${all[0]?.slice(0, 8)}&dueOn=2026-02-03`)).toEqual([
      7,
      { late: 3, today: 1, later: 1 },
    ])
    expect(await counted('status=auto_imported')).toEqual([7, null])
    expect(await listed('wishedFrom=2026-02-03&wishedTo=2026-02-04')).toEqual([6])
    expect(await listed(of('prefecture', '沖縄県'))).toEqual([4])
    expect(await listed('amountFrom=1000&amountTo=1500')).toEqual([1, 4])
    expect(await listed(of('deliveryMethod', 'ネコポス'))).toEqual([1, 3, 5])
    const labelled = await database.db.order.findFirstOrThrow({ where: { orderNumber: all[5] ?? '' } })
    await database.db.label.create({
      data: {
        tenantId: bench.tenantId,
        key: 'k',
        orderId: labelled.id,
        recipientId: 'r1',
        format: 'yamato_b2',
        exportedAt: new Date(),
      },
    })
    expect([await listed('labelled=true'), (await listed('labelled=false')).length]).toEqual([[5], 6])
    const paged = async (sort: string, limit: number): Promise<string[]> => {
      const numbersRead: string[] = []
      let cursor = ''
      do {
        const { status, body } = await call(
          'GET',
          `/orders?status=auto_imported&sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
        )
        expect(status, sort).toBe(200)
        numbersRead.push(...body.orders.map(({ orderNumber }: { orderNumber: string }) => orderNumber))
        cursor = body.nextCursor ?? ''
      } while (cursor !== '')
      return numbersRead
    }
    for (const sort of [
      'shipBy',
      '-shipBy',
      'amount',
      '-amount',
      'wishedOn',
      '-number',
      'item',
      '-marketplace',
      'quantity',
      'paymentKind',
      'deliveryMethod',
    ]) {
      const whole = await paged(sort, 100)
      expect(new Set(whole).size).toBe(7)
      for (const limit of [1, 2, 3]) expect([sort, await paged(sort, limit)]).toEqual([sort, whole])
    }
    const daysBy = async (sort: string) => (await paged(sort, 3)).map((number) => days[all.indexOf(number)])
    expect(await daysBy('shipBy')).toEqual([...days.filter((day) => day !== null).sort(), null, null])
    expect(await daysBy('-shipBy')).toEqual([
      ...days
        .filter((day) => day !== null)
        .sort()
        .reverse(),
      null,
      null,
    ])
    const { body } = await call('GET', '/orders?status=auto_imported&sort=amount&limit=1')
    const refused = async (query: string) => (await call('GET', `/orders?${query}`)).body.errors?.[0]?.field
    expect([
      await refused(`status=auto_imported&sort=-amount&cursor=${body.nextCursor}`),
      await refused('sort=amount'),
      await refused('status=completed&amountFrom=1'),
      await refused('from=2026-01-01T00:00:00Z&to=2026-01-31T00:00:00Z&amountFrom=1'),
      await refused('shipByTo=2026-02-30&status=new'),
      await refused('status=completed&shipBy=none'),
    ]).toEqual(['cursor', 'sort', 'amountFrom', undefined, 'shipByTo', 'shipBy'])
  })

  it('finds what was stored before there was a search', async () => {
    const ids = await stage(3)
    const [edited = '', unreadable = ''] = ids
    const before = { where: { orderId: { in: ids } } }
    const rows = async () =>
      (
        await database.db.orderSearch.findMany({ ...before, orderBy: [{ orderId: 'asc' }, { hash: 'asc' }] })
      ).map(({ orderId, kind, hash }) => [orderId, kind, Buffer.from(hash).toString('hex')])
    const wanted = (await rows()).filter(([orderId]) => orderId !== unreadable)
    await database.db.orderSearch.deleteMany(before)
    const gone = { itemsText: '', deliveryMethod: null }
    await database.db.order.updateMany({ where: { id: { in: ids } }, data: gone })
    const sealedDetail = new Uint8Array(40)
    await database.db.order.update({ where: { id: unreadable }, data: { sealedDetail } })
    expect(await found(of('buyer', '髙橋'))).toBe(0)
    const backfill = () => fillOrders(bench.deps, new AbortController().signal)
    expect(await backfill()).toBe(2)
    expect(await rows()).toEqual(wanted)
    expect([await found(of('buyer', '髙橋')), await found(of('item', '抹茶'))]).toEqual([2, 2])
    expect(await found(`${of('name', '崎山')}&${of('deliveryMethod', '宅配便')}`)).toBe(2)
    expect(await backfill()).toBe(0)
    expect((await call('GET', `/orders/${edited}`)).body.version).toBe(1)
  })

  it('tells orders with a tracking number from those without, also what was stored before that was counted', async () => {
    const [shipped = '', waiting = ''] = await stage(2)
    const order = (await call('GET', `/orders/${shipped}`)).body.detail as NormalisedOrder
    const [recipient] = order.recipients
    const parcel = { id: null, carrierCode: null, carrierName: null, shippedOn: null, arrivedOn: null }
    const parcels = [
      { ...parcel, trackingNumber: '4000-0000-0001' },
      { ...parcel, trackingNumber: ' ' },
    ]
    expect(await found('tracking=none')).toBe(2)
    await edit(shipped, 1, { recipients: [{ ...recipient, parcels }] })
    const ids = async (query: string) =>
      (await call('GET', `/orders?${query}`)).body.orders.map(({ id }: { id: string }) => id)
    expect([await ids('tracking=some'), await ids('tracking=none')]).toEqual([[shipped], [waiting]])
    expect((await call('GET', `/orders/${shipped}`)).body.trackedParcels).toBe(1)
    await database.pool.query('update orders set tracked_parcels = null where tenant_id = $1', [
      bench.tenantId,
    ])
    // As it was before numbers were indexed: the step of then is over, a new one begins.
    await database.db.orderSearch.deleteMany({ where: { tenantId: bench.tenantId, kind: 'tracking' } })
    expect(await found('q=4000-0000-0001')).toBe(0)
    const { rows: steps } = await database.pool.query<{ name: string }>(
      `select name from data_steps where name in ('shipping', 'tracking_numbers')`,
    )
    expect(steps).toEqual([{ name: 'tracking_numbers' }])
    expect([await found('tracking=some'), await found('tracking=none')]).toEqual([0, 0])
    const backfill = () => fillOrders(bench.deps, new AbortController().signal)
    expect(await backfill()).toBe(2)
    expect([await ids('tracking=some'), await ids('tracking=none')]).toEqual([[shipped], [waiting]])
    expect(await found('q=4000-0000-0001')).toBe(1)
    expect(await backfill()).toBe(0)
  })

  it('goes past what cannot be stored, once in the life of the database', async () => {
    const ids = await stage(3)
    const [refused = ''] = ids
    const sealer = bench.deps.sealer.of(bench.tenantId)
    const { sealedDetail } = await database.db.order.findUniqueOrThrow({ where: { id: refused } })
    const context = `order:${refused}:detail`
    const order = sealer.openJson<NormalisedOrder>(context, sealedDetail ?? new Uint8Array())
    const items = order.items.map((item) => ({ ...item, name: '抹\0茶' }))
    await database.db.orderSearch.deleteMany({ where: { orderId: { in: ids } } })
    await database.db.order.updateMany({ where: { id: { in: ids } }, data: { itemsText: '' } })
    await database.db.order.update({
      where: { id: refused },
      data: { sealedDetail: new Uint8Array(sealer.sealJson(context, { ...order, items })) },
    })
    const queries: string[] = []
    const pool: typeof database.pool = Object.create(database.pool, {
      query: {
        value: (sql: string, values: unknown[]) => {
          queries.push(sql)
          return database.pool.query(sql, values)
        },
      },
    })
    const run = () => fillOrders({ ...bench.deps, pool }, new AbortController().signal)
    expect(await run()).toBe(2)
    queries.length = 0
    // Where the orders end, and none of them: how far it has come is read through Prisma.
    expect([await run(), queries.length]).toEqual([0, 1])

    await database.pool.query("update data_steps set made_at = made_at - interval '2 days'")
    queries.length = 0
    expect([await run(), queries.length]).toEqual([0, 0])
  })

  it('finds nothing of another tenant, also for the same buyer', async () => {
    await stage()
    expect(await found(of('buyer', '髙橋'), 'theirs')).toBe(0)
    await stage(1, other)
    expect(await found(of('buyer', '髙橋'), 'theirs')).toBe(1)
    const rows = await database.db.orderSearch.findMany({
      where: { kind: 'name', tenantId: { in: [bench.tenantId, other.tenantId] } },
    })
    expect(new Set(rows.map(({ hash }) => Buffer.from(hash).toString('hex'))).size).toBe(rows.length)
  })

  it('follows an edit and a refresh, and forgets what was purged', async () => {
    const [id = ''] = await stage()
    await edit(id, 1, { buyer: { familyName: '山田' } })
    expect([await found(of('buyer', '山田')), await found(of('buyer', '髙橋'))]).toEqual([1, 0])
    await edit(id, 2, { buyer: { familyName: '髙橋' } })
    bench.mall.change(numbers(1)[0] ?? '', (order) => ({
      ...order,
      buyer: { ...order.buyer, familyName: '鈴木' },
    }))
    await bench.want(numbers(1), { purpose: 'refresh' })
    await bench.run()
    expect([await found(of('buyer', '鈴木')), await found(of('buyer', '髙橋'))]).toEqual([1, 0])
    expect(await found(of('buyer', '花子'))).toBe(1)

    await call('POST', '/orders/move', { orderIds: [id], to: 'on_hold', onHoldReason: '鈴木様へ電話' })
    await call('POST', '/orders/move', { orderIds: [id], to: 'completed' })
    bench.clock.advance(40 * 24 * 60 * 60_000)
    await createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
      new AbortController().signal,
    )
    expect(await found(of('buyer', '鈴木'))).toBe(0)
    const left = { where: { orderId: id } }
    expect([await database.db.orderSearch.count(left), await database.db.orderVersion.count(left)]).toEqual([
      0, 0,
    ])
    expect(await database.db.orderEvent.count({ where: { orderId: id, sealedReason: { not: null } } })).toBe(
      0,
    )
  })
})

describe('POST /orders/reimport', () => {
  /** Edited here: phone and city. Changed at the mall: city and billed amount. */
  async function prepare(): Promise<string> {
    const [id = ''] = await stage()
    await edit(id, 1, { buyer: { phone: '090-1', city: '港区' } })
    bench.mall.change(numbers(1)[0] ?? '', (order) => ({
      ...order,
      buyer: { ...order.buyer, city: '中央区' },
      totals: { ...order.totals, billed: 3_100 },
    }))
    return id
  }

  async function reimport(id: string, apply: ApplyMode) {
    const accepted = await call('POST', '/orders/reimport', { orderIds: [id], apply })
    expect(accepted.status).toBe(202)
    const before = (await call('GET', `/reimports/${accepted.body.reimportId}`)).body.orders[0]
    expect(before).toMatchObject({ state: 'waiting', differences: null })
    await bench.run()
    return (await call('GET', `/reimports/${accepted.body.reimportId}`)).body.orders[0]
  }

  const PLACES = [
    { path: '/buyer/city', kind: 'both', mallBefore: '千代田区', mallNow: '中央区', here: '港区' },
    {
      path: '/buyer/phone',
      kind: 'here',
      mallBefore: '03-0000-0000',
      mallNow: '03-0000-0000',
      here: '090-1',
    },
    { path: '/totals/billed', kind: 'mall', mallBefore: 3_500, mallNow: 3_100, here: 3_500 },
  ]

  it.each([
    ['all', ['mall', 'mall', 'mall'], { city: '中央区', phone: '03-0000-0000' }, 3_100, []],
    ['mall-wins', ['mall', 'here', 'mall'], { city: '中央区', phone: '090-1' }, 3_100, ['/buyer/phone']],
    [
      'keep-edits',
      ['here', 'here', 'mall'],
      { city: '港区', phone: '090-1' },
      3_100,
      ['/buyer/city', '/buyer/phone'],
    ],
    [
      'none',
      ['here', 'here', 'here'],
      { city: '港区', phone: '090-1' },
      3_500,
      ['/buyer/city', '/buyer/phone'],
    ],
  ] as const)('%s', async (apply, applied, buyer, billed, edits) => {
    const id = await prepare()
    const result = await reimport(id, apply)
    expect(result.state).toBe('done')
    expect(result.differences).toEqual(PLACES.map((place, index) => ({ ...place, applied: applied[index] })))
    const { body } = await call('GET', `/orders/${id}`)
    expect(body).toMatchObject({ billedAmount: billed, detail: { buyer } })
    expect(Object.keys(body.edits).sort()).toEqual(edits)
    expect(body.flags).toEqual(apply === 'none' ? ['changed_at_mall'] : [])
    if (apply === 'keep-edits')
      expect(body.edits['/buyer/city']).toMatchObject({ mall: '中央区', by: 'key:a' })

    const { versions } = (await call('GET', `/orders/${id}/versions`)).body
    const kinds = versions.map(({ endedBy }: { endedBy: string }) => endedBy)
    expect(kinds).toEqual(apply === 'none' ? ['edited'] : ['reimported', 'edited'])
    const first = await call('GET', `/orders/${id}/versions/1`)
    expect(first.body).toMatchObject({
      detail: { buyer: { city: '千代田区', phone: '03-0000-0000' } },
      edits: {},
    })
    if (apply === 'none') return
    const old = await call('GET', `/orders/${id}/versions/${result.versionBefore}`)
    expect(old.body).toMatchObject({ detail: { buyer: { city: '港区' }, totals: { billed: 3_500 } } })
  })

  it('works on an order that was pulled, and keeps an edited line when the mall’s list got shorter', async () => {
    const [id = ''] = await stage()
    await call('POST', '/orders/pull', {}, { 'idempotency-key': newId() })
    const { body } = await call('GET', `/orders/${id}`)
    const items = body.detail.items.map((item: object, index: number) =>
      index === 1 ? { ...item, quantity: 5 } : item,
    )
    await edit(id, '*', { items })
    bench.mall.change(numbers(1)[0] ?? '', (order) => ({ ...order, items: order.items.slice(0, 1) }))
    const kept = await reimport(id, 'keep-edits')
    expect(kept.differences.map(({ path, kind }: { path: string; kind: string }) => [path, kind])).toEqual([
      ...[
        ['/items', 'both'],
        ['/items/1/quantity', 'both'],
      ],
    ])
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({ itemLines: 2, itemQuantity: 7 })
    await reimport(id, 'all')
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({
      status: 'new',
      itemLines: 1,
      itemQuantity: 2,
      edits: {},
    })
  })

  it('refuses what is unknown and what is being imported again; says why one failed', async () => {
    const [id = ''] = await stage()
    const unknown = await call('POST', '/orders/reimport', { orderIds: [id, newId()], apply: 'none' })
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ field: 'orderIds[1]' }] } })
    const orderNumber = numbers(1)[0] ?? ''
    const { body } = await call('POST', '/orders/reimport', { orderIds: [id], apply: 'all' })
    expect((await call('POST', '/orders/reimport', { orderIds: [id], apply: 'none' })).status).toBe(409)
    bench.mall.answer(orderNumber, {
      kind: 'failed',
      orderNumber,
      failure: failure('rejected', { code: 'NO' }),
    })
    await bench.run()
    const { orders } = (await call('GET', `/reimports/${body.reimportId}`)).body
    expect(orders).toMatchObject([{ state: 'failed', outcome: 'NO', differences: null }])
    expect((await call('GET', `/reimports/${body.reimportId}`, undefined, {}, 'theirs')).status).toBe(404)
  })

  it('a plain import of a known number changes nothing', async () => {
    const id = await prepare()
    const before = await database.db.order.findUnique({ where: { id } })
    await bench.want(numbers(1))
    await bench.run()
    expect(await database.db.order.findUnique({ where: { id } })).toEqual(before)
  })
})
