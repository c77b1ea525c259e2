import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { buildServer } from '../../../src/http/server.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { acceptOrders, pullAfter } from '../../../src/orders/hand-over/hand-over.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import { AppError } from '../../../src/platform/errors.ts'
import { moveRuleRoutes, readRuleLabels } from '../../../src/sorting/routes.ts'
import { type MoveRules, PRESETS, type Rule } from '../../../src/sorting/rules.ts'
import { createSorter } from '../../../src/sorting/sorter.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/** 自動仕分け on a real database: which orders the rules move, and which they never do. */

let database: TestDatabase
let bench: ImportBench
let app: App
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await app?.close()
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
  bench.deps.marker = createMarker(bench.deps)
  const labelsOf = (tenantId: string) => readRuleLabels(bench.deps, tenantId)
  app = await buildServer({
    log: bench.deps.log,
    newId,
    authenticate: async (key) => {
      if (key !== 'owner' && key !== 'staff') throw new AppError('UNAUTHENTICATED', '-')
      return { kind: 'client', tenantId: bench.tenantId, role: key, apiKeyId: newId(), shopIds: null }
    },
    clientRoutes: [
      createOrderRoutes({ ...bench.deps, readRuleLabels: labelsOf }),
      moveRuleRoutes(bench.deps),
    ],
    operatorRoutes: [],
    readiness: {},
    metrics: bench.deps.metrics.registry,
    version: '0.0.0',
  })
})
afterAll(() => app?.close())

async function call(method: 'GET' | 'POST' | 'PUT', url: string, body?: object, key = 'owner') {
  const reply = await app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}` },
    ...(body === undefined ? {} : { payload: body }),
  })
  return { status: reply.statusCode, body: reply.json() }
}

const [A = '', B = '', C = ''] = numbers(3)
const hold = (kind: 'unpaid' | 'reserve') => ({ holds: [{ kind, until: null, note: null }] })
const quiet: Partial<NormalisedOrder> = {
  notes: { ...sampleOrder(A).notes, buyer: null },
  holds: [],
}

const UNPAID: Rule = {
  code: 'unpaid',
  label: '入金待ちへ',
  to: 'awaiting_payment',
  all: [{ field: 'hold', is: 'equal', values: ['unpaid'] }],
}
const UNPAID_ON_HOLD: Rule = { ...UNPAID, to: 'on_hold' }
const NOTE: Rule = {
  code: 'note',
  label: '備考の確認',
  to: 'on_hold',
  all: [{ field: 'mark', is: 'equal', values: ['buyer_note'] }],
  onHoldReason: '備考を確認してください。',
}
const READY: Rule = { code: 'ready', label: '残りは出荷待ちへ', to: 'ready_to_ship', all: [] }

async function rules(all: readonly Rule[], enabled = true): Promise<void> {
  expect(
    await call('PUT', '/move-rules', { enabled, rules: all } satisfies Omit<MoveRules, 'rules'> & {
      rules: readonly Rule[]
    }),
  ).toMatchObject({ status: 200 })
}
async function stage(
  orders: Record<string, Partial<NormalisedOrder>>,
  purpose: 'import' | 'refresh' = 'import',
) {
  for (const [number, order] of Object.entries(orders)) bench.mall.place(number, { ...quiet, ...order })
  await bench.want(Object.keys(orders), { purpose })
  await bench.run()
}
const puller = () => ({ tenantId: bench.tenantId, actor: `key:${newId()}`, shops: null })
const pull = () => pullAfter(bench.deps, puller(), { after: null, limit: 100 })
const accept = () => acceptOrders(bench.deps, puller(), { limit: 100 })
const sort = (sorter = createSorter(bench.deps)) => sorter.run(new AbortController().signal)
const row = async (number: string) =>
  database.db.order.findFirstOrThrow({ where: { shopId: bench.shopId, orderNumber: number } })
const statusOf = async (number: string) => (await row(number)).status
const move = async (number: string, to: 'new' | 'ready_to_ship' | 'on_hold') =>
  moveOrders(bench.deps, puller(), { orderIds: [(await row(number)).id], to })

describe('an order that comes into 新規受付', () => {
  it.each([
    ['pulled', pull],
    ['accepted', accept],
  ])('is moved by the first rule that holds, however it was %s', async (_, take) => {
    await rules([NOTE, UNPAID, READY])
    await stage({
      [A]: {},
      [B]: hold('unpaid'),
      [C]: {
        notes: { ...sampleOrder(C).notes, buyer: '急ぎでお願いします' },
        ...hold('unpaid'),
      },
    })
    expect(await sort()).toBe(0)
    await take()
    expect(await statusOf(A)).toBe('new')
    expect(await sort()).toBe(3)
    expect([await statusOf(A), await statusOf(B), await statusOf(C)]).toEqual([
      'ready_to_ship',
      'awaiting_payment',
      'on_hold',
    ])
    expect(await sort()).toBe(0)
    const { id } = await row(C)
    expect((await call('GET', `/orders/${id}`)).body).toMatchObject({ onHoldReason: NOTE.onHoldReason })
    const { events } = (await call('GET', `/orders/${id}/timeline`)).body
    expect(events.at(-1)).toMatchObject({
      kind: 'moved',
      actor: 'rule:note',
      actorName: '自動仕分け「備考の確認」',
      data: { from: 'new', to: 'on_hold' },
      reason: NOTE.onHoldReason,
    })
  })

  it('stays where no rule is on, and where none was when it came', async () => {
    await stage({ [A]: {}, [B]: {} })
    await rules([READY], false)
    await accept()
    await rules([READY])
    expect(await sort()).toBe(0)
    expect([await statusOf(A), (await row(A)).sorting]).toEqual(['new', null])
  })

  it('stays when the rules were turned off before they looked at it', async () => {
    await rules([READY])
    await stage({ [A]: {} })
    await accept()
    await rules([READY], false)
    expect(await sort()).toBe(0)
    await rules([READY])
    expect(await sort()).toBe(0)
    expect(await statusOf(A)).toBe('new')
  })
})

describe('a later change', () => {
  it('is looked at: paid, then ready; what only changed keeps its revision otherwise', async () => {
    await rules([UNPAID, READY])
    await stage({ [A]: hold('unpaid') })
    await pull()
    await sort()
    expect(await statusOf(A)).toBe('awaiting_payment')
    await stage({ [A]: { holds: [] } }, 'refresh')
    expect((await row(A)).sorting).toBe('due')
    expect(await sort()).toBe(1)
    expect(await statusOf(A)).toBe('ready_to_ship')
    const { revision } = await row(A)
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { sorting: 'due' } })
    await sort()
    expect(await row(A)).toMatchObject({ sorting: 'seen', revision })
  })

  it('waits for a hold of the mall, and for its end', async () => {
    await rules([READY])
    await stage({ [A]: hold('reserve') })
    await pull()
    expect(await sort()).toBe(0)
    await stage({ [A]: { holds: [] } }, 'refresh')
    expect(await sort()).toBe(1)
  })

  it('never moves what the mall cancelled', async () => {
    await rules([READY])
    await stage({ [A]: {} })
    await pull()
    await stage({ [A]: { mallState: 'cancelled' } }, 'refresh')
    expect(await sort()).toBe(0)
    expect(await statusOf(A)).toBe('new')
  })

  it('is nothing to the rules once a person moved the order, there and back as well', async () => {
    await rules([UNPAID, READY])
    await stage({ [A]: hold('unpaid'), [B]: {} })
    await pull()
    await sort()
    await move(A, 'new')
    await move(B, 'on_hold')
    await move(B, 'ready_to_ship')
    await stage({ [A]: { holds: [] }, [B]: hold('unpaid') }, 'refresh')
    expect(await sort()).toBe(0)
    expect([await statusOf(A), await statusOf(B)]).toEqual(['new', 'ready_to_ship'])
  })

  it('is nothing to the rules once a person gave the 保留 another reason or day', async () => {
    await rules([UNPAID_ON_HOLD, READY])
    await stage({ [A]: hold('unpaid'), [B]: hold('unpaid') })
    await pull()
    await sort()
    expect([await statusOf(A), await statusOf(B)]).toEqual(['on_hold', 'on_hold'])
    await moveOrders(bench.deps, puller(), {
      orderIds: [(await row(A)).id],
      to: 'on_hold',
      onHoldReason: '電話待ち',
    })
    await stage({ [A]: { holds: [] }, [B]: { holds: [] } }, 'refresh')
    await sort()
    expect([await statusOf(A), await statusOf(B)]).toEqual(['on_hold', 'ready_to_ship'])
  })

  it('an edit counts as one', async () => {
    await rules([{ ...NOTE, all: [{ field: 'note.buyer', is: 'contains', values: ['確認'] }] }])
    await stage({ [A]: { notes: { ...sampleOrder(A).notes, buyer: 'なし' } } })
    await pull()
    expect(await sort()).toBe(0)
    const { id, version } = await row(A)
    await editOrder(bench.deps, { tenantId: bench.tenantId, actor: 'key:x' }, id, version, {
      notes: { buyer: '要確認' },
    })
    expect(await sort()).toBe(1)
    expect(await statusOf(A)).toBe('on_hold')
  })
})

describe('beside others', () => {
  it('two workers at once move an order once', async () => {
    await rules([READY])
    await stage({ [A]: {}, [B]: {}, [C]: {} })
    await pull()
    const moved = await Promise.all([sort(), sort(), sort()])
    expect(moved.reduce((sum, one) => sum + one)).toBe(3)
    const events = await database.db.orderEvent.findMany({ where: { kind: 'moved' } })
    expect(events).toHaveLength(3)
  })

  /** A sorter that has decided, and writes behind what `meanwhile` does. */
  const sorterBehind = (meanwhile: () => Promise<unknown>) =>
    createSorter({
      ...bench.deps,
      pool: new Proxy(bench.deps.pool, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name)
          if (name !== 'query') return typeof value === 'function' ? value.bind(target) : value
          return async (bound: { text: string }) => {
            if (bound.text.includes('unnest')) await meanwhile()
            return target.query(bound)
          }
        },
      }),
    })

  it('an order that a person moves meanwhile stays where the person put it', async () => {
    await rules([READY])
    await stage({ [A]: {} })
    await pull()
    expect(await sort(sorterBehind(() => move(A, 'on_hold')))).toBe(0)
    expect(await statusOf(A)).toBe('on_hold')
  })

  it('a mark that is found meanwhile counts, though it gives the order no new version', async () => {
    await rules([NOTE, READY])
    await stage({ [A]: {} })
    await pull()
    const marks = { marks: ['buyer_note'] }
    const meanwhile = () => database.db.order.updateMany({ where: { orderNumber: A }, data: marks })
    expect(await sort(sorterBehind(meanwhile))).toBe(0)
    expect(await statusOf(A)).toBe('new')
    expect(await sort()).toBe(1)
    expect(await statusOf(A)).toBe('on_hold')
  })

  it('a site change under way is waited for', async () => {
    await rules([READY])
    await stage({ [A]: {} })
    await pull()
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { changeState: 'queued' } })
    expect(await sort()).toBe(0)
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { changeState: 'succeeded' } })
    expect(await sort()).toBe(1)
  })

  it('an order without content, or rules that do not open, hold up nobody', async () => {
    await rules([READY])
    await stage({ [A]: {}, [B]: {} })
    await pull()
    await database.db.order.updateMany({ where: { orderNumber: A }, data: { sealedDetail: null } })
    expect(await sort()).toBe(1)
    expect([await statusOf(A), (await row(A)).sorting]).toEqual(['new', 'seen'])
    await database.db.moveRules.updateMany({ data: { sealedRules: Buffer.from('nothing') } })
    await stage({ [C]: {} })
    await pull()
    expect(await sort()).toBe(0)
    expect((await row(C)).sorting).toBe('seen')
  })
})

describe('the routes', () => {
  it('give presets that are valid rules, and none that is on', async () => {
    const { body } = await call('GET', '/move-rules')
    expect(body).toEqual({ enabled: false, rules: [], presets: PRESETS })
    await rules(PRESETS)
    expect((await call('GET', '/move-rules')).body.rules).toEqual(PRESETS)
  })

  it('try rules on the newest orders and move nothing', async () => {
    await stage({
      [A]: {},
      [B]: hold('unpaid'),
      [C]: hold('reserve'),
    })
    const { status, body } = await call(
      'POST',
      '/move-rules/preview',
      { enabled: false, rules: [UNPAID, READY] },
      'staff',
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      looked: 3,
      stays: 0,
      cancelled: 0,
      moves: [
        { code: 'unpaid', to: 'awaiting_payment', count: 1, held: 0 },
        { code: 'ready', to: 'ready_to_ship', count: 1, held: 1 },
      ],
    })
    const of = (number: string) =>
      body.orders.find(({ orderNumber }: { orderNumber: string }) => orderNumber === number)
    expect(of(C)).toMatchObject({ code: 'ready', to: null, why: 'held' })
    expect(await statusOf(B)).toBe('auto_imported')
  })

  it.each([
    ['two rules of one code', [READY, READY], 'rules'],
    ['a reason beside another status', [{ ...READY, onHoldReason: 'x' }], 'rules'],
    [
      'an unknown field',
      [{ ...READY, all: [{ field: 'stock', is: 'equal', values: ['0'] }] }],
      'rules[0].all[0]',
    ],
    ['出荷済み', [{ ...READY, to: 'shipped' }], 'rules[0].to'],
  ])('refuse %s', async (_, all, field) => {
    const { status, body } = await call('PUT', '/move-rules', { enabled: true, rules: all })
    expect([status, body.errors[0].field]).toEqual([422, expect.stringContaining(field)])
  })

  it('let owners alone save', async () => {
    expect(await call('PUT', '/move-rules', { enabled: true, rules: [] }, 'staff')).toMatchObject({
      status: 403,
    })
  })
})
