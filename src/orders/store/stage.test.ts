import { expect, test } from 'vitest'
import { statement } from '../../platform/db/statement.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import { LOOK_UP, type LookUp } from './look-up.ts'
import { type PreparedMarks, type PreparedOrder, STAGE, stageOrders } from './stage.ts'

const AT = new Date('2026-01-15T03:00:00Z')
const SEEN = new Date('2026-01-15T02:59:00Z')
const SHOP = { id: 's1', tenantId: 't1', marketplace: 'rakuten', settings: {} } as const

type Request = Partial<PreparedOrder['request']>

function prepared(
  id: string,
  request: Request = {},
  mallState: 'open' | 'cancelled' = 'open',
): PreparedOrder {
  const columns = { mallState, mallStatus: '100', itemsText: '鉢' } as Partial<PreparedOrder['columns']>
  const order: Omit<PreparedOrder, 'columns' | 'order'> = {
    orderId: id,
    raw: '-',
    rereadAt: undefined,
    revision: `revision of ${id}`,
    takenBack: [],
    request: {
      id: `request of ${id}`,
      tenantId: 't1',
      orderNumber: `number of ${id}`,
      purpose: 'import',
      source: 'mail',
      mailId: null,
      mailSeenAt: null,
      mailKind: null,
      orderId: null,
      asks: 3,
      ...request,
    },
    detail: Buffer.from(`detail of ${id}`),
    sealedRaw: Buffer.from(`answer of ${id}`),
    search: [{ kind: 'phone', hash: Buffer.from(`hash of ${id}`) }] as PreparedOrder['search'],
    hashes: { fingerprints: () => [] },
  }
  return { ...order, columns, order: { holds: [] } } as unknown as PreparedOrder
}

/** As a list of bytes is sent. */
const sentBytes = (texts: readonly string[]): unknown =>
  statement({ bytes: 'bytea[]' }, 'select :bytes')({ bytes: texts.map((text) => Buffer.from(text)) })
    .values[0]

/** Stages orders, with `fresh` as the ids that the database returns. */
async function staged(
  orders: readonly PreparedOrder[],
  { marks, fresh = [] }: { marks?: PreparedMarks; fresh?: string[] } = {},
) {
  const sent: { text: string; values: unknown[] }[] = []
  const query = async (statement: { text: string; values: unknown[] }) => {
    sent.push(statement)
    return { rows: [{ staged: fresh, ended: orders.length }] }
  }
  let ids = 0
  const deps = { newId: () => `event ${++ids}` }
  const { staged: freshIds, ended } = await stageOrders(
    { query } as unknown as Queries,
    deps,
    SHOP,
    orders,
    AT,
    marks,
  )
  expect(ended).toBe(orders.length)
  expect(sent.map(({ text }) => text)).toEqual([STAGE.sql])
  const [values = []] = sent.map(({ values }) => values)
  const rows = JSON.parse(String(values[4])) as Record<string, unknown>[]
  const events = JSON.parse(String(values[8])) as Record<string, unknown>[]
  return { ids: freshIds, values, rows, events }
}

test('of orders all goes in one statement, and those that are new come back', async () => {
  const { ids, values, rows } = await staged([prepared('o1'), prepared('o2')], { fresh: ['o2'] })
  expect(ids).toEqual(new Set(['o2']))
  expect(values.slice(0, 4)).toEqual(['t1', 's1', 'rakuten', AT])
  expect(rows).toMatchObject([
    {
      id: 'o1',
      request_id: 'request of o1',
      asks: 3,
      order_number: 'number of o1',
      mall_revision: 'revision of o1',
      mallState: 'open',
      mallStatus: '100',
      marks: [],
    },
    { id: 'o2', request_id: 'request of o2', mall_revision: 'revision of o2' },
  ])
  expect(values.slice(5, 8)).toEqual([
    ['o1', 'o2'],
    sentBytes(['detail of o1', 'detail of o2']),
    sentBytes(['answer of o1', 'answer of o2']),
  ])
  expect(values.slice(10)).toEqual([
    ...[['o1', 'o2'], ['phone', 'phone'], sentBytes(['hash of o1', 'hash of o2'])],
    ['number of o1', 'number of o2'],
    ['鉢\n#o1\n# o1\n#f o1', '鉢\n#o2\n# o2\n#f o2'],
    ...[false, ...Array.from({ length: 9 }, () => null)],
    ...[null, null],
  ])
})

test('an order has its own marks, and others are looked up in the same statement', async () => {
  const lookUp = Object.fromEntries(
    Object.entries(LOOK_UP).map(([name, type]) => [name, [type === 'bytea[]?' ? Buffer.from(name) : name]]),
  ) as unknown as LookUp
  const marks = { own: new Map([['o2', ['duplicate']]]), lookUp }
  const { rows, values } = await staged([prepared('o1'), prepared('o2')], { marks })
  expect(rows.map((row) => row.marks)).toEqual([[], ['duplicate']])
  const asked = Object.entries(LOOK_UP).map(([name, type]) =>
    type === 'bytea[]?' ? sentBytes([name]) : [name],
  )
  expect(values.slice(15)).toEqual([true, ...asked, null, null])
})

test('only numbers that a refresh read say that they were', async () => {
  const { values } = await staged([
    prepared('o1'),
    prepared('o2', { purpose: 'refresh' }),
    prepared('o3', { purpose: 'reimport' }),
  ])
  expect(values[9]).toEqual(['number of o2'])
})

test('the timeline says where an order came from and what the mall says of it', async () => {
  const { events } = await staged([
    prepared('o1', { mailId: 'm1', mailSeenAt: SEEN, mailKind: 'new_order' }),
    prepared('o2', { source: 'sweep' }, 'cancelled'),
  ])
  const [staging, cancelled] = ['staged', 'cancelled_at_mall'].map((kind) => ({ kind, at: AT.toISOString() }))
  const worker = { actor: 'worker' }
  expect(events).toEqual([
    {
      id: 'event 1',
      order_id: 'o1',
      at: SEEN.toISOString(),
      kind: 'mail_seen',
      actor: 'mail',
      data: { mailId: 'm1', mailKind: 'new_order' },
    },
    {
      ...staging,
      ...worker,
      id: 'event 2',
      order_id: 'o1',
      data: { source: 'mail', mallStatus: '100', mallState: 'open' },
    },
    {
      ...staging,
      ...worker,
      id: 'event 3',
      order_id: 'o2',
      data: { source: 'sweep', mallStatus: '100', mallState: 'cancelled' },
    },
    { ...cancelled, ...worker, id: 'event 4', order_id: 'o2', data: { mallStatus: '100' } },
  ])
})
