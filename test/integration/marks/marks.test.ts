import type { QueryConfig } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { blockedBuyerRoutes } from '../../../src/marks/blocked.ts'
import { createMarker, type Marker } from '../../../src/marks/marker.ts'
import { markRuleRoutes } from '../../../src/marks/rules.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { requestChanges } from '../../../src/site-changes/requests/request.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, poolWith, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let other: ImportBench
let marker: Marker
let app: App

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await app?.close()
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  other = await importBench(database)
  marker = createMarker(bench.deps)
  for (const one of [bench, other]) one.deps.marker = marker
  const tenants: Record<string, string> = { ours: bench.tenantId, theirs: other.tenantId }
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => {
      const tenantId = tenants[key]
      if (!tenantId) throw new AppError('UNAUTHENTICATED', '-')
      return { kind: 'client', tenantId, role: 'owner', apiKeyId: newId(), shopIds: null }
    },
    clientRoutes: [createOrderRoutes(bench.deps), markRuleRoutes(bench.deps), blockedBuyerRoutes(bench.deps)],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
})
afterAll(() => app?.close())

async function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object, key = 'ours') {
  const reply = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { payload: body }),
  })
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
}

const [A = '', B = '', C = ''] = numbers(3)
const plain = sampleOrder(A)
const [first] = plain.recipients
if (!first) throw new Error('a sample has a recipient')
const hanako = { ...plain.buyer, email: 'hanako@example.jp' }
/** An order without any mark of its own. */
const quiet: Partial<NormalisedOrder> = {
  buyer: hanako,
  recipients: [{ ...first, person: hanako }],
  notes: { ...plain.notes, buyer: null },
}
const minute = (n: number) => `2026-01-15T11:${String(n).padStart(2, '0')}:00+09:00`

async function importThese(
  orders: Record<string, Partial<NormalisedOrder>>,
  { at = bench, ...more }: { at?: ImportBench; purpose?: 'refresh' } = {},
): Promise<void> {
  for (const [number, order] of Object.entries(orders)) at.mall.place(number, { ...quiet, ...order })
  await at.want(Object.keys(orders), more)
  await at.run()
}
/** Sends STAGE with less time than the service's connections give it. */
const withStatementLimit = (pool: typeof bench.deps.pool): typeof bench.deps.pool =>
  new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value
      return (statement: QueryConfig, values?: unknown[]) =>
        statement.text?.includes('torikomi_look_up_marks') === true
          ? inTransaction(target, async (client) => {
              await client.query('set local statement_timeout = 300')
              return client.query(statement)
            })
          : (target.query as (...all: unknown[]) => unknown)(statement, values)
    },
  })

async function marks(of = bench): Promise<Record<string, string[]>> {
  const rows = await database.db.order.findMany({ where: { shopId: of.shopId } })
  return Object.fromEntries(rows.map((row) => [row.orderNumber, row.marks]))
}

describe('the same buyer', () => {
  it('is found within one batch and over batches, by name with mail or phone', async () => {
    await importThese({
      [A]: { orderedAt: minute(1), mallState: 'shipped' },
      [B]: { orderedAt: minute(2), mallState: 'shipped' },
    })
    await importThese({
      [C]: { orderedAt: minute(3), mallState: 'shipped', buyer: { ...hanako, email: 'new@example.jp' } },
    })
    expect(await marks()).toEqual({ [A]: [], [B]: ['repeat_buyer'], [C]: ['repeat_buyer'] })
  })

  it('is nobody else: a namesake, a family’s phone, another tenant', async () => {
    await importThese({ [A]: { orderedAt: minute(1), mallState: 'shipped' } })
    const namesake = { ...hanako, email: 'other@example.jp', phone: '06-1111-1111' }
    const sister = { ...hanako, givenName: '桜子' }
    await importThese({
      [B]: { orderedAt: minute(2), buyer: namesake, recipients: [{ ...first, person: namesake }] },
      [C]: { orderedAt: minute(3), buyer: sister, recipients: [{ ...first, person: sister }] },
    })
    await importThese({ [A]: { orderedAt: minute(4) } }, { at: other })
    expect(await marks()).toEqual({ [A]: [], [B]: [], [C]: [] })
    expect(await marks(other)).toEqual({ [A]: [] })
  })

  it('has both in one earlier order: not a name of one and a phone of another', async () => {
    const [one, two] = [
      { ...hanako, email: 'one@example.jp', phone: '06-1111-1111' },
      { ...hanako, givenName: '桜子', email: 'two@example.jp', phone: '06-2222-2222' },
    ]
    await importThese({ [A]: { orderedAt: minute(1), mallState: 'shipped', buyer: one } })
    await importThese({ [B]: { orderedAt: minute(2), mallState: 'cancelled', buyer: two } })
    const mixed = { ...one, email: 'three@example.jp', phone: two.phone }
    await importThese({ [C]: { orderedAt: minute(3), mallState: 'shipped', buyer: mixed } })
    expect((await marks())[C]).toEqual([])
    // Of two people’s earlier orders, a cancellation is the one’s who cancelled.
    const [next = ''] = numbers(4).slice(3)
    await importThese({ [next]: { orderedAt: minute(4), mallState: 'shipped', buyer: one } })
    expect((await marks())[next]).toEqual(['repeat_buyer'])
  })

  it('is no earlier one at the same minute, and none by the address alone', async () => {
    const elsewhere = { ...first, person: { ...hanako, address1: '千代田2-2' } }
    await importThese({ [A]: { orderedAt: minute(1), mallState: 'cancelled', recipients: [elsewhere] } })
    await importThese({ [B]: { orderedAt: minute(1), mallState: 'shipped' } })
    expect(await marks()).toEqual({ [A]: [], [B]: [] })
    // The same name and address, with another phone and mail.
    const namesake = { ...hanako, email: 'other@example.jp', phone: '06-1111-1111' }
    const there = { ...first, person: { ...namesake, address1: '千代田2-2' } }
    await importThese({
      [C]: { orderedAt: minute(3), mallState: 'shipped', buyer: namesake, recipients: [there] },
    })
    expect((await marks())[C]).toEqual([])
  })

  it('who sends to another address has nothing to go into one parcel', async () => {
    await importThese({ [A]: { orderedAt: minute(1) } })
    const elsewhere = { ...first, person: { ...hanako, address1: '千代田2-2' } }
    await importThese({ [B]: { orderedAt: minute(2), recipients: [elsewhere] } })
    expect(await marks()).toEqual({ [A]: [], [B]: ['repeat_buyer'] })
  })

  it('who has cancelled before is told', async () => {
    await importThese({ [A]: { orderedAt: minute(1), mallState: 'cancelled' } })
    await importThese({ [B]: { orderedAt: minute(2) } })
    expect((await marks())[B]).toEqual(['repeat_buyer', 'repeat_canceller'])
  })
})

describe('a change at the mall', () => {
  it('whose reading back shows another order marks it anew', async () => {
    await importThese({ [A]: { orderedAt: minute(1) } })
    expect(await marks()).toEqual({ [A]: [] })
    const { id: orderId } = await database.db.order.findFirstOrThrow({ where: { orderNumber: A } })
    const person = { ...hanako, address1: '千代田', address2: null }
    bench.mall.change(A, (order) => ({ ...order, recipients: [{ ...first, person }] }))
    const caller = { tenantId: bench.tenantId, actor: 'key:test' as const, idempotencyKey: newId() }
    const deps = { ...bench.deps, wakeQueue: { wake: async () => undefined } }
    await requestChanges(deps, caller, { changes: [{ orderId, action: 'memo', memo: '確認済み' }] })
    await bench.run()
    expect((await database.db.siteChange.findFirstOrThrow({ where: { orderId } })).state).toBe('succeeded')
    expect(await marks()).toEqual({ [A]: ['no_house_number'] })
  })
})

describe('同梱候補', () => {
  it('marks both orders, tells the feed, and goes when one of them is shipped', async () => {
    await importThese({ [A]: { orderedAt: minute(1) } })
    expect((await marks())[A]).toEqual([])
    await importThese({ [B]: { orderedAt: minute(2) } })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable', 'repeat_buyer'] })
    const told = await database.pool.query(
      `select data from events where tenant_id = $1 and data -> 'what' ? 'marked'`,
      [bench.tenantId],
    )
    expect(told.rows).toMatchObject([{ data: { orderNumber: A, version: 1 } }])

    await database.db.order.updateMany({ where: { orderNumber: B }, data: { status: 'shipped' } })
    await marker.tend(new AbortController().signal)
    expect(await marks()).toEqual({ [A]: [], [B]: ['repeat_buyer'] })
    expect(await marker.tend(new AbortController().signal)).toBe(0)
  })

  it('goes too when the other order keeps nothing that could be compared', async () => {
    await importThese({ [A]: { orderedAt: minute(1) }, [B]: { orderedAt: minute(1) } })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'] })
    await database.pool.query(
      `delete from order_search where kind = 'address' and order_id = (select id from orders where order_number = $1)`,
      [B],
    )
    expect(await marker.tend(new AbortController().signal)).toBe(2)
    expect(await marks()).toEqual({ [A]: [], [B]: [] })
  })

  it('goes from the one that is shipped alone, as long as two are left', async () => {
    const three = {
      [A]: { orderedAt: minute(1) },
      [B]: { orderedAt: minute(1) },
      [C]: { orderedAt: minute(1) },
    }
    await importThese(three)
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { status: 'shipped' } })
    expect(await marker.tend(new AbortController().signal)).toBe(1)
    expect(await marks()).toEqual({ [A]: [], [B]: ['combinable'], [C]: ['combinable'] })
    await database.db.order.updateMany({ where: { orderNumber: B }, data: { mallState: 'cancelled' } })
    expect(await marker.tend(new AbortController().signal)).toBe(2)
    expect(await marks()).toEqual({ [A]: [], [B]: [], [C]: [] })
  })

  it('goes though the buyer has orders elsewhere, others live at the address, and others have a pair', async () => {
    const [D = '', E = '', F = ''] = numbers(6).slice(3)
    const sister = { ...hanako, givenName: '桜子', email: 'sister@example.jp', phone: '06-1111-1111' }
    const stranger = { ...sister, givenName: '次郎', address1: '千代田9-9' }
    const at = (person: typeof hanako) => ({
      orderedAt: minute(1),
      buyer: person,
      recipients: [{ ...first, person }],
    })
    await importThese({
      [A]: at(hanako),
      [B]: at(hanako),
      [C]: at({ ...hanako, address1: '千代田2-2' }),
      [D]: at(sister),
      [E]: at(stranger),
      [F]: at(stranger),
    })
    const marked = async () =>
      Object.entries(await marks()).flatMap(([number, own]) => (own.includes('combinable') ? [number] : []))
    expect((await marked()).toSorted()).toEqual([A, B, E, F])
    await database.db.order.updateMany({ where: { orderNumber: B }, data: { status: 'shipped' } })
    expect(await marker.tend(new AbortController().signal)).toBe(2)
    expect((await marked()).toSorted()).toEqual([E, F])
  })

  it('stays where one mall leaves out a part of the buyer’s name that the other gives', async () => {
    const whole = `${hanako.familyName}${hanako.givenName}`
    const short = {
      ...hanako,
      fullName: whole,
      familyName: null,
      givenName: null,
      familyNameKana: null,
      givenNameKana: null,
    }
    await importThese({
      [A]: { orderedAt: minute(1) },
      [B]: { orderedAt: minute(1), buyer: short, recipients: [{ ...first, person: short }] },
    })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'] })
    expect(await marker.tend(new AbortController().signal)).toBe(0)
  })

  it('stays where the buyer writes the reading of the name in another way', async () => {
    const one = { ...hanako, familyNameKana: 'ヤマサキ', givenNameKana: 'ハナコ' }
    const other = { ...hanako, familyNameKana: 'ヤマザキ', givenNameKana: 'ハナ' }
    await importThese({
      [A]: { orderedAt: minute(1), buyer: one, recipients: [{ ...first, person: one }] },
      [B]: { orderedAt: minute(1), buyer: other, recipients: [{ ...first, person: other }] },
    })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'] })
    expect(await marker.tend(new AbortController().signal)).toBe(0)
  })

  it('goes where what is left at the address has no name, or two names of a relative', async () => {
    const nobody = {
      ...hanako,
      fullName: null,
      familyName: null,
      givenName: null,
      familyNameKana: null,
      givenNameKana: null,
    }
    const one = { ...hanako, familyNameKana: 'ヤマサキ', givenNameKana: 'ハナコ' }
    const sister = { ...one, givenName: '桜子', givenNameKana: 'サクラコ', phone: '06-1111-1111' }
    const of = (person: typeof hanako) => ({ buyer: person, recipients: [{ ...first, person }] })
    const [D = ''] = numbers(4).slice(3)
    await importThese({ [A]: of(one), [B]: of(one), [C]: of(nobody), [D]: of(sister) })
    expect(await marks()).toMatchObject({ [A]: ['combinable'], [B]: ['combinable'], [D]: [] })
    await database.db.order.updateMany({ where: { orderNumber: B }, data: { status: 'shipped' } })
    expect(await marker.tend(new AbortController().signal)).toBe(2)
    expect(await marks()).toMatchObject({ [A]: [], [B]: [] })
  })

  it('goes from one that is shipped though hundreds have it, and though hundreds are shipped that have it not', async () => {
    const many = numbers(203)
    await importThese(Object.fromEntries(many.map((number) => [number, { orderedAt: minute(1) }])))
    const inOrder = await database.db.order.findMany({
      where: { shopId: bench.shopId },
      orderBy: { id: 'asc' },
    })
    const last = inOrder.at(-1)?.id ?? ''
    const tend = () => createMarker(bench.deps).tend(new AbortController().signal)
    await database.db.order.update({ where: { id: last }, data: { status: 'shipped' } })
    expect(await tend()).toBe(1)
    await database.db.order.updateMany({
      where: { id: { not: last } },
      data: { status: 'shipped', marks: [] },
    })
    await database.db.order.update({ where: { id: last }, data: { marks: ['combinable'] } })
    expect(await tend()).toBe(1)
  })

  it('is looked at in parts, and from the first one again', async () => {
    const many = numbers(201)
    await importThese(Object.fromEntries(many.map((number) => [number, { orderedAt: minute(1) }])))
    const ids = (
      await database.db.order.findMany({ orderBy: { id: 'asc' }, where: { shopId: bench.shopId } })
    ).map(({ id }) => id)
    const forget = (id = '') =>
      database.pool.query(`delete from order_search where kind = 'address' and order_id = $1`, [id])
    const tend = () => marker.tend(new AbortController().signal)
    await forget(ids.at(-1))
    expect([await tend(), await tend()]).toEqual([0, 1])
    // Behind the last one it begins anew.
    await forget(ids[0])
    expect([await tend(), await tend()].toSorted()).toEqual([0, 1])
  })

  it('is not taken off twice: an order beside a shipped one that does not say it is left alone', async () => {
    await importThese({ [A]: { orderedAt: minute(1) }, [B]: { orderedAt: minute(1) } })
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { status: 'shipped' } })
    await database.db.order.updateMany({ where: { orderNumber: B }, data: { marks: [] } })
    expect(await marker.tend(new AbortController().signal)).toBe(1)
  })

  it('waits for nobody who holds an order, and looks at it again', async () => {
    await importThese({ [A]: { orderedAt: minute(1) }, [B]: { orderedAt: minute(1) } })
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { status: 'shipped' } })
    const holder = await database.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('select from orders where order_number = $1 for update', [A])
      expect(await marker.tend(new AbortController().signal)).toBe(1)
      expect(await marks()).toEqual({ [A]: ['combinable'], [B]: [] })
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect(await marker.tend(new AbortController().signal)).toBe(1)
    expect((await marks())[A]).toEqual([])
  })

  it('stays as long as one of many is left, and looks at all of them in parts', async () => {
    const many = numbers(205)
    await importThese(Object.fromEntries(many.map((number) => [number, { orderedAt: minute(1) }])))
    const [first = '', second = '', ...rest] = many
    await database.db.order.updateMany({
      where: { orderNumber: { in: rest } },
      data: { status: 'shipped' },
    })
    await tendAll()
    const left = Object.entries(await marks()).filter(([, own]) => own.includes('combinable'))
    expect(left.map(([number]) => number).toSorted()).toEqual([first, second].toSorted())
    await database.db.order.updateMany({ where: { orderNumber: first }, data: { status: 'shipped' } })
    await tendAll()
    expect(Object.values(await marks()).flat()).not.toContain('combinable')
  })

  /** Until nothing is left to be done, and once more from the first on. */
  it('ends where the orders are in one parcel, stays beside a third one, and comes back once they are apart', async () => {
    await importThese({ [A]: {}, [B]: {} })
    const join = (bundleId: string | null, ...of: string[]) =>
      database.db.order.updateMany({ where: { orderNumber: { in: of } }, data: { bundleId } })
    await join(newId(), A, B)
    await tendAll()
    expect(await marks()).toEqual({ [A]: [], [B]: [] })
    const { id } = await database.db.order.findFirstOrThrow({ where: { orderNumber: A } })
    await marker.rewrite({ id: bench.shopId, tenantId: bench.tenantId }, [id])
    expect(await marks()).toEqual({ [A]: [], [B]: [] })
    await importThese({ [C]: {} })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'], [C]: ['combinable'] })
    await tendAll()
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'], [C]: ['combinable'] })
    await join(null, A, B)
    await database.db.order.updateMany({ where: { orderNumber: C }, data: { mallState: 'cancelled' } })
    await tendAll()
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'], [C]: [] })
    await database.db.order.updateMany({ data: { marks: [] } })
    await tendAll()
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: ['combinable'], [C]: [] })
  })

  const tendAll = async () => {
    let quiet = 0
    while (quiet < 3) quiet = (await marker.tend(new AbortController().signal)) === 0 ? quiet + 1 : 0
  }

  it('is told first to those of many that do not say it yet', async () => {
    const [next = '', ...many] = numbers(120)
    await importThese(Object.fromEntries(many.map((number) => [number, { orderedAt: minute(1) }])))
    const forgotten = many[110] ?? ''
    await database.db.order.updateMany({ where: { orderNumber: forgotten }, data: { marks: [] } })
    await importThese({ [next]: { orderedAt: minute(2) } })
    expect((await marks())[forgotten]).toEqual(['combinable'])
  })

  it('is told to fifty of those at most that do not say it yet', async () => {
    const [next = '', ...many] = numbers(61)
    await importThese(Object.fromEntries(many.map((number) => [number, { orderedAt: minute(1) }])))
    await database.db.order.updateMany({ data: { marks: [] } })
    await importThese({ [next]: { orderedAt: minute(2) } })
    const told = Object.entries(await marks()).filter(([, own]) => own.includes('combinable'))
    expect(told).toHaveLength(51)
  })

  it('is for one address and one buyer', async () => {
    const elsewhere = { ...hanako, address1: '千代田2-2' }
    await importThese({
      [A]: { orderedAt: minute(1) },
      [B]: { orderedAt: minute(1), recipients: [{ ...first, person: elsewhere }] },
      [C]: {
        orderedAt: minute(1),
        recipients: [{ ...first, person: { ...hanako, address1: '千代田１の１' } }],
      },
    })
    expect(await marks()).toEqual({ [A]: ['combinable'], [B]: [], [C]: ['combinable'] })
  })
})

describe('blocked buyers', () => {
  it('are marked by each kind, of buyer or recipient, and nothing of them is kept in the clear', async () => {
    const added = [
      { kind: 'phone', value: '03（0000）0000', reason: '受取拒否' },
      { kind: 'address', value: '東京都千代田区千代田１丁目１番', postalCode: '100-0001' },
      { kind: 'email', value: 'HANAKO@example.jp' },
      { kind: 'name', value: '高橋 花子' },
    ]
    for (const entry of added) {
      const { body, status } = await call('POST', '/blocked-buyers', entry)
      expect(status).toBe(201)
      const number = numbers(20)[added.indexOf(entry) + 5] ?? ''
      await importThese({ [number]: { mallState: 'shipped' } })
      expect((await marks())[number]).toContain('blocked_buyer')
      expect((await call('POST', '/blocked-buyers', entry)).body.id).toBe(body.id)
      expect((await call('DELETE', `/blocked-buyers/${body.id}`, undefined, 'theirs')).status).toBe(404)
      const { rows } = await database.pool.query<{ text: string }>(
        'select row_to_json(b)::text as text from blocked_buyers b',
      )
      expect(rows[0]?.text).not.toMatch(/花子|hanako|0000-?0000|千代田/i)
      expect((await call('DELETE', `/blocked-buyers/${body.id}`)).status).toBe(204)
    }
    await importThese({ [A]: { mallState: 'shipped' } })
    expect((await marks())[A]).not.toContain('blocked_buyer')
  })

  it('mark nobody else', async () => {
    await call('POST', '/blocked-buyers', { kind: 'phone', value: '06-9999-9999' })
    await importThese({ [A]: {} })
    expect(await marks()).toEqual({ [A]: [] })
  })

  it('are listed with their reasons; what is no such value is refused by its field', async () => {
    await call('POST', '/blocked-buyers', { kind: 'phone', value: '090-0000-0000', reason: '受取拒否' })
    expect((await call('GET', '/blocked-buyers')).body).toMatchObject({
      blockedBuyers: [{ kind: 'phone', value: '090-0000-0000', reason: '受取拒否' }],
      nextCursor: null,
    })
    expect((await call('GET', '/blocked-buyers', undefined, 'theirs')).body.blockedBuyers).toEqual([])
    for (const [wrong, field] of [
      [{ kind: 'phone', value: 'なし' }, 'value'],
      [{ kind: 'email', value: '花子' }, 'value'],
      [{ kind: 'address', value: '千代田1-1' }, 'postalCode'],
      [{ kind: 'id', value: '1' }, 'kind'],
    ] as const) {
      const { status, body } = await call('POST', '/blocked-buyers', wrong)
      expect([status, body.errors[0].field]).toEqual([422, field])
    }
  })
})

describe('own rules', () => {
  const rules = [
    { code: 'matcha', label: '抹茶', all: [{ field: 'item.name', is: 'contains', values: ['抹茶'] }] },
  ]
  it('mark what is imported from then on, are shown with their label, searched and counted', async () => {
    expect((await call('PUT', '/mark-rules', { rules, islands: { add: ['1000001'] } })).status).toBe(200)
    await importThese({ [A]: {}, [B]: { mallState: 'cancelled', items: [] } })
    const found = await marks()
    expect(found[A]).toEqual(['remote_island', 'rule:matcha'])
    expect(found[B]).toEqual(['remote_island'])

    const { body } = await call('GET', '/orders?mark=rule:matcha')
    expect(body.orders).toMatchObject([{ orderNumber: A, marks: ['remote_island', 'rule:matcha'] }])
    expect((await call('GET', '/orders?mark=rule:other')).body.orders).toEqual([])
    expect((await call('GET', '/orders?mark=%27%7D')).status).toBe(422)
    const codes = (await call('GET', '/marks')).body.marks
    expect(codes).toContainEqual(expect.objectContaining({ code: 'rule:matcha', label: '抹茶' }))
    expect((await call('GET', '/board')).body.marks).toEqual([
      { mark: 'remote_island', count: 2 },
      { mark: 'rule:matcha', count: 1 },
    ])
    expect((await call('GET', '/mark-rules', undefined, 'theirs')).body.rules).toEqual([])
  })

  it('are those of the order’s own tenant', async () => {
    const [rule] = rules
    await call('PUT', '/mark-rules', { rules: [{ ...rule, code: 'theirs' }] }, 'theirs')
    await importThese({ [A]: {} })
    await call('PUT', '/mark-rules', { rules })
    await importThese({ [B]: { orderedAt: minute(1), mallState: 'shipped' } })
    expect(await marks()).toEqual({ [A]: [], [B]: expect.arrayContaining(['rule:matcha']) })
  })

  it('that cannot be read stop nothing: the order is staged, says so, and is looked at again', async () => {
    await call('PUT', '/mark-rules', { rules })
    await database.db.markRules.updateMany({ data: { sealedRules: new Uint8Array([1, 2, 3]) } })
    await importThese({ [A]: {} })
    expect((await marks())[A]).toEqual(['unchecked'])
    await call('PUT', '/mark-rules', { rules })
    await marker.tend(new AbortController().signal)
    expect((await marks())[A]).toEqual(['rule:matcha'])
  })

  it('and neither does a marker without its database', async () => {
    const failing = { ...bench.deps, pool: poolWith(() => Promise.reject(new Error('gone'))) }
    bench.deps.marker = createMarker(failing)
    await importThese({ [A]: { notes: { ...plain.notes, buyer: '急ぎ' } } })
    expect((await marks())[A]).toEqual(['buyer_note', 'unchecked'])
  })

  it.each([
    ['fails', `raise 'broken'`],
    ['takes longer than a statement may', 'perform pg_sleep(1)'],
  ])('nor a look-up within it that %s; it is made up for', async (_, does) => {
    await importThese({ [A]: { orderedAt: minute(1), mallState: 'shipped' } })
    await database.pool.query(`
      alter table blocked_buyers rename to blocked_kept;
      create function torikomi_test_broken() returns uuid language plpgsql as $$ begin ${does}; return null; end $$;
      create view blocked_buyers as select torikomi_test_broken() as tenant_id, kind, hash from blocked_kept`)
    try {
      // So that the view has a row.
      await database.pool.query(
        `insert into blocked_kept (id, tenant_id, kind, hash, sealed_entry, created_at, created_by) values ($1, $2, 'name', '', '', now(), '')`,
        [newId(), bench.tenantId],
      )
      const slow = bench.deps.pool
      bench.deps.pool = withStatementLimit(slow)
      await importThese({ [B]: { orderedAt: minute(2), notes: { ...plain.notes, buyer: '急ぎ' } } })
      bench.deps.pool = slow
      expect((await marks())[B]).toEqual(['buyer_note', 'unchecked'])
    } finally {
      await database.pool.query(`
        drop view blocked_buyers; drop function torikomi_test_broken(); alter table blocked_kept rename to blocked_buyers`)
    }
    await marker.tend(new AbortController().signal)
    expect((await marks())[B]).toEqual(['buyer_note', 'repeat_buyer'])
  })

  it('that change while an order is on its way are those that it is marked by', async () => {
    await call('PUT', '/mark-rules', { rules })
    await importThese({ [A]: {} })
    expect((await marks())[A]).toEqual(['rule:matcha'])
    await call('PUT', '/mark-rules', { rules: [{ ...rules[0], code: 'tea' }] })
    await importThese({ [B]: { orderedAt: minute(1), mallState: 'shipped' } })
    expect((await marks())[B]).toEqual(['rule:tea'])
    await call('PUT', '/mark-rules', { rules: [] })
    await importThese({ [C]: { orderedAt: minute(2), mallState: 'shipped' } })
    expect((await marks())[C]).toEqual(['repeat_buyer'])
  })
})

describe('marks follow the order', () => {
  it('when it is read again, by what stands here', async () => {
    await importThese({ [A]: { recipients: [{ ...first, person: { ...hanako, postalCode: '5300001' } }] } })
    expect((await marks())[A]).toEqual(['postcode_mismatch'])
    await importThese({ [A]: {} }, { purpose: 'refresh' })
    expect((await marks())[A]).toEqual([])
  })

  it('when staff put it right, and a refresh does not bring the mark back', async () => {
    const wrong = { recipients: [{ ...first, person: { ...hanako, postalCode: '5300001' } }] }
    await importThese({ [A]: wrong })
    const { id } = await database.db.order.findFirstOrThrow({ where: { orderNumber: A } })
    const caller = { tenantId: bench.tenantId, actor: 'key:a' }
    await editOrder(bench.deps, caller, id, null, { recipients: [{ ...first, person: hanako }] })
    expect((await marks())[A]).toEqual([])
    await importThese({ [A]: wrong }, { purpose: 'refresh' })
    expect((await marks())[A]).toEqual([])
  })

  it('one by one: what is looked at again beside an emptied order, and no other', async () => {
    const note = { notes: { ...plain.notes, buyer: '急ぎ' } }
    await importThese({
      [A]: note,
      [B]: { ...note, mallState: 'shipped' },
      [C]: { ...note, mallState: 'shipped' },
    })
    await database.db.order.updateMany({ data: { marks: ['unchecked'] } })
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { sealedDetail: null } })
    const ids = (await database.db.order.findMany({ where: { orderNumber: { in: [A, B] } } })).map(
      ({ id }) => id,
    )
    await marker.rewrite({ id: bench.shopId, tenantId: bench.tenantId }, ids)
    expect(await marks()).toEqual({ [A]: ['unchecked'], [B]: ['buyer_note'], [C]: ['unchecked'] })
    // Of an emptied one nothing is left to be looked at.
    expect(await marker.tend(new AbortController().signal)).toBe(1)
    expect(await marker.tend(new AbortController().signal)).toBe(0)
  })

  it('of another tenant are not looked at', async () => {
    await importThese({ [A]: {} })
    await database.db.order.updateMany({ data: { marks: ['unchecked'] } })
    const { id } = await database.db.order.findFirstOrThrow()
    await marker.rewrite({ id: bench.shopId, tenantId: other.tenantId }, [id])
    expect((await marks())[A]).toEqual(['unchecked'])
  })

  it('and stay when the personal data goes', async () => {
    await importThese({ [A]: { notes: { ...plain.notes, buyer: '急ぎ' } } })
    await database.db.order.updateMany({ data: { sealedDetail: null, purgedAt: new Date() } })
    await marker.tend(new AbortController().signal)
    expect((await marks())[A]).toEqual(['buyer_note'])
  })
})
