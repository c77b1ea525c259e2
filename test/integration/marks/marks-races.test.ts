import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import { createMarker } from '../../../src/marks/marker.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { eraseBuyer } from '../../../src/orders/erasure.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldPool, holdBefore, someoneWaits } from '../../support/database/held-pool.ts'
import { makeShop, sampleOrder } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'

/** Marks are looked up by one statement and written by another: each is held between the two. */

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database.close())
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  bench = await importBench(database)
})

const [A = '', B = ''] = numbers(2)
const plain = sampleOrder(A)
const hanako = { ...plain.buyer, email: 'hanako@example.jp' }
const quiet = {
  buyer: hanako,
  recipients: plain.recipients.map((one) => ({ ...one, person: hanako })),
  notes: { ...plain.notes, buyer: null },
}
const signal = new AbortController().signal

/** Brings one order into a shop, by a worker of its own. */
async function bringIn(shopId: string, orderNumber: string, pool = bench.deps.pool): Promise<void> {
  bench.mall.place(orderNumber, quiet)
  const deps = { ...bench.deps, pool }
  const wanted = { tenantId: bench.tenantId, shopId, orderNumber }
  await requestImports(database.pool, deps, [{ ...wanted, purpose: 'import', source: 'mail' }])
  await shopWorkerOf({ ...deps, marker: createMarker(deps) }).run(shopId, signal)
}

const marksOf = async (orderNumber: string): Promise<string[]> =>
  (await database.db.order.findFirstOrThrow({ where: { orderNumber } })).marks

async function whileHeld(held: HeldPool, work: Promise<unknown>, meanwhile: () => Promise<unknown>) {
  await held.reached
  await meanwhile()
  held.release()
  await work
}

describe('同梱候補 of two shops that stage at once', () => {
  const otherShop = () =>
    makeShop(database.db, { tenantId: bench.tenantId, code: '654321', credentials: { key: 'first' } })

  it('is said by both where one is held before it stores its order', async () => {
    const { id: other } = await otherShop()
    const held = holdBefore(database.pool, (one) => one.includes('insert into orders'))
    await whileHeld(held, bringIn(bench.shopId, A, held.pool), () => bringIn(other, B))
    expect([await marksOf(A), await marksOf(B)]).toEqual([['combinable'], ['combinable']])
  })

  it('is said by both where one has looked and is not committed', async () => {
    const { id: other } = await otherShop()
    bench.mall.place(A, quiet)
    const wanted = { tenantId: bench.tenantId, shopId: bench.shopId, orderNumber: A }
    await requestImports(database.pool, bench.deps, [{ ...wanted, purpose: 'import', source: 'mail' }])
    // The row of its turns is there: a turn makes it once, for which it looks at the shop.
    await database.pool.query(
      'insert into shop_turns (shop_id, holder, lease_until) values ($1, gen_random_uuid(), null)',
      [bench.shopId],
    )
    const holder = await database.pool.connect()
    try {
      // An order's shop is looked at behind all that STAGE does, so it stands there with what it looked up.
      await holder.query('begin')
      await holder.query('select from shops where id = $1 for update', [bench.shopId])
      const first = shopWorkerOf({ ...bench.deps, marker: createMarker(bench.deps) }).run(
        bench.shopId,
        signal,
      )
      await someoneWaits(database.pool)
      const { rows } = await database.pool.query<{ query: string }>(
        `select query from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
      )
      expect(rows).toEqual([{ query: expect.stringContaining('torikomi_look_up_marks') }])
      const second = bringIn(other, B)
      await someoneWaits(database.pool, 2)
      await holder.query('commit')
      await Promise.all([first, second])
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect([await marksOf(A), await marksOf(B)]).toEqual([['combinable'], ['combinable']])
  })

  it('delays no order: one is staged while another holds its parcel', async () => {
    await bringIn(bench.shopId, A)
    const holder = await database.pool.connect()
    try {
      await holder.query('begin')
      const { rowCount } = await holder.query(
        `select pg_advisory_xact_lock(hashtextextended($1::uuid::text || part, 0)) from generate_series(0, 31) part`,
        [bench.tenantId],
      )
      expect(rowCount).toBe(32)
      const work = bringIn(bench.shopId, B)
      await someoneWaits(database.pool)
      expect(await marksOf(B)).toEqual(['combinable'])
      await holder.query('commit')
      await work
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect([await marksOf(A), await marksOf(B)]).toEqual([['combinable'], ['combinable']])
  })
})

describe('同梱候補 that was lost', () => {
  /** As where the process dies, or Postgres is away for long, between the commit and the second look. */
  async function bringInAndDie(shopId: string, orderNumber: string): Promise<void> {
    bench.mall.place(orderNumber, quiet)
    const wanted = { tenantId: bench.tenantId, shopId, orderNumber }
    await requestImports(database.pool, bench.deps, [{ ...wanted, purpose: 'import', source: 'mail' }])
    const marker = { ...createMarker(bench.deps), staged: async () => undefined }
    await shopWorkerOf({ ...bench.deps, marker }).run(shopId, signal)
  }

  it('between the commit and the second look is found again, of both orders', async () => {
    await bringInAndDie(bench.shopId, A)
    await bringInAndDie(bench.shopId, B)
    expect([await marksOf(A), await marksOf(B)]).toEqual([[], ['combinable']])
    // Of two that were staged at once neither knew the other.
    await database.pool.query(`update orders set marks = '{}'`)
    expect(await createMarker(bench.deps).tend(signal)).toBe(2)
    expect([await marksOf(A), await marksOf(B)]).toEqual([['combinable'], ['combinable']])
  })

  it('is found where the other order has it already', async () => {
    await bringInAndDie(bench.shopId, A)
    await bringInAndDie(bench.shopId, B)
    const marker = createMarker(bench.deps)
    expect(await marker.tend(signal)).toBe(1)
    expect([await marksOf(A), await marksOf(B)]).toEqual([['combinable'], ['combinable']])
    expect(await marker.tend(signal)).toBe(0)
  })

  it.each([
    ['the other is shipped', `status = 'shipped'`],
    ['the other is cancelled at the mall', `mall_state = 'cancelled'`],
    ['its content is gone', `sealed_detail = null`],
  ])('is not given where %s', async (_, change) => {
    await bringInAndDie(bench.shopId, A)
    await bringInAndDie(bench.shopId, B)
    await database.pool.query(`update orders set marks = '{}'`)
    await database.pool.query(`update orders set ${change} where order_number = $1`, [A])
    const expected = change.startsWith('sealed') ? ['combinable'] : []
    await createMarker(bench.deps).tend(signal)
    expect(await marksOf(B)).toEqual(expected)
  })

  it('is found behind more open orders than one look takes, and from the beginning again', async () => {
    await bringInAndDie(bench.shopId, A)
    await bringInAndDie(bench.shopId, B)
    await database.pool.query(`update orders set marks = '{}'`)
    // Five hundred in front of both.
    await database.pool.query(
      `insert into orders select made.* from orders o, generate_series(1, 500) n, jsonb_populate_record(o, jsonb_build_object(
         'id', '00000000-0000-4000-8000-' || lpad(n::text, 12, '0'), 'order_number', 'in-front-' || n)) made
       where o.order_number = $1`,
      [A],
    )
    const marker = createMarker(bench.deps)
    expect(await marker.tend(signal)).toBe(0)
    expect(await marker.tend(signal)).toBe(2)
    await database.pool.query(`update orders set marks = '{}'`)
    expect(await marker.tend(signal)).toBe(0)
    expect(await marker.tend(signal)).toBe(2)
  })
})

describe('同梱候補 of an order that stops being open', () => {
  it.each([
    ['it is shipped here', A, "status = 'shipped'"],
    ['it is cancelled at the mall', A, "mall_state = 'cancelled'"],
    ['the other is shipped here', B, "status = 'shipped'"],
    ['the other is cancelled at the mall', B, "mall_state = 'cancelled'"],
  ])('is given to neither where %s before they are looked at', async (_, number, change) => {
    await bringIn(bench.shopId, A)
    const held = holdBefore(database.pool, (one) => one.includes('row_number() over'))
    await whileHeld(held, bringIn(bench.shopId, B, held.pool), async () => {
      await database.pool.query(`update orders set marks = '{}'`)
      await database.pool.query(`update orders set ${change} where order_number = $1`, [number])
    })
    expect([await marksOf(A), await marksOf(B)]).toEqual([[], []])
  })

  it.each([
    ['is not given where it is shipped', "status = 'shipped'", []],
    ['is not given where it is cancelled', "mall_state = 'cancelled'", []],
    ['is given once where another gives it too', "marks = marks || '{combinable}'", ['combinable']],
  ])('%s by somebody who holds it', async (_, change, marks) => {
    await bringIn(bench.shopId, A)
    const holder = await database.pool.connect()
    try {
      await holder.query('begin')
      await holder.query(`update orders set ${change} where order_number = $1`, [A])
      const work = bringIn(bench.shopId, B)
      await someoneWaits(database.pool)
      await holder.query('commit')
      await work
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    expect(await marksOf(A)).toEqual(marks)
  })
})

it('an order that is emptied by somebody who holds it gets no mark', async () => {
  await bringIn(bench.shopId, A)
  await database.db.order.updateMany({ data: { marks: ['unchecked'] } })
  const { id } = await database.db.order.findFirstOrThrow()
  const holder = await database.pool.connect()
  try {
    await holder.query('begin')
    await holder.query(`update orders set sealed_detail = null, marks = '{emptied}' where id = $1`, [id])
    const shop = { id: bench.shopId, tenantId: bench.tenantId }
    const work = createMarker(bench.deps).rewrite(shop, [id])
    await someoneWaits(database.pool)
    await holder.query('commit')
    await work
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  expect(await marksOf(A)).toEqual(['emptied'])
})

const edit = (orderId: string, address1: string, pool = bench.deps.pool) => {
  const deps = { ...bench.deps, pool, marker: createMarker({ ...bench.deps, pool }) }
  const caller = { tenantId: bench.tenantId, actor: 'key:x' }
  const recipients = quiet.recipients.map((one) => ({ ...one, person: { ...hanako, address1 } }))
  return editOrder(deps, caller, orderId, null, { recipients })
}
const replaces = (text: string) => text.includes('set marks = locked')

it('an older look-up that ends late does not undo a newer one', async () => {
  await bringIn(bench.shopId, A)
  const { id } = await database.db.order.findFirstOrThrow()
  const held = holdBefore(database.pool, replaces)
  // The first edit takes the house number away, the second one gives another.
  await whileHeld(held, edit(id, '千代田', held.pool), () => edit(id, '千代田2-2'))
  expect(await marksOf(A)).toEqual([])
})

it('a mark that another order gave meanwhile is not lost', async () => {
  await bringIn(bench.shopId, A)
  const { id } = await database.db.order.findFirstOrThrow()
  const { tenantId } = bench
  const { id: other } = await makeShop(database.db, {
    tenantId,
    code: '654321',
    credentials: { key: 'first' },
  })
  const held = holdBefore(database.pool, replaces)
  const note = { notes: { buyer: '急いでください' } }
  const deps = { ...bench.deps, pool: held.pool, marker: createMarker({ ...bench.deps, pool: held.pool }) }
  const editing = editOrder(deps, { tenantId, actor: 'key:x' }, id, null, note)
  await whileHeld(held, editing, () => bringIn(other, B))
  expect(await marksOf(A)).toEqual(expect.arrayContaining(['combinable', 'buyer_note']))
  expect(await marksOf(B)).toEqual(['combinable'])
})

it('an order that is erased meanwhile gets no mark', async () => {
  await bringIn(bench.shopId, A)
  const { id } = await database.db.order.findFirstOrThrow()
  const held = holdBefore(database.pool, replaces)
  const caller = { tenantId: bench.tenantId, actor: 'key:x' }
  await whileHeld(held, edit(id, '千代田', held.pool), () =>
    eraseBuyer({ ...bench.deps, elsewhere: [] }, caller, { orderNumber: A }),
  )
  expect(await marksOf(A)).toEqual([])
})
