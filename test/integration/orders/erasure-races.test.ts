import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eraseMails } from '../../../src/mail/erase-buyer.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import { erasePoison } from '../../../src/notifications/take.ts'
import { editOrder } from '../../../src/orders/edit.ts'
import { eraseBuyer } from '../../../src/orders/erasure.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldPool, holdBefore, someoneWaits } from '../../support/database/held-pool.ts'
import { findPersonalData } from '../../support/database/personal-data.ts'
import { sampleOrder, testSealer } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * An erasure, or a purge, that meets another writer of the same order: each is held where its locks are and
 * nothing is committed.
 */

const PHONE = '090-9999-8888'
const EMAIL = 'buyer@example.jp'
const THEIRS = {
  names: ['髙橋花子', '新高橋花子'],
  phones: [PHONE],
  emails: [EMAIL],
  addresses: [{ postalCode: '1000001', text: '東京都千代田区千代田1-1' }],
}

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

const caller = () => ({ tenantId: bench.tenantId, actor: 'key:x' })
const theirs = () => ({ buyer: { ...sampleOrder('x').buyer, phone: PHONE, email: EMAIL } })
const erase = (term: Parameters<typeof eraseBuyer>[2] = { phone: PHONE }) =>
  eraseBuyer({ ...bench.deps, elsewhere: [eraseMails(bench.deps), erasePoison(bench.deps)] }, caller(), term)
const left = () => findPersonalData(database.pool, testSealer, THEIRS)
const commit = (text: string) => text === 'commit'
const read = (orderNumber: string) => database.db.order.findFirstOrThrow({ where: { orderNumber } })

async function stage(more: Parameters<ImportBench['mall']['place']>[1] = theirs()) {
  const [number = ''] = numbers(1)
  bench.mall.place(number, more)
  await bench.want([number])
  await bench.run()
  return read(number)
}

const edit = (orderId: string, pool = bench.deps.pool) =>
  editOrder({ ...bench.deps, pool }, caller(), orderId, null, { buyer: { familyName: '新高橋' } })

/**
 * Starts `work` on a pool that is held, and `meanwhile` once it is there; both end after `meanwhile` waits
 * for the first.
 */
async function meeting(held: HeldPool, work: Promise<unknown>, meanwhile: () => Promise<unknown>) {
  await held.reached
  const other = meanwhile()
  await Promise.race([someoneWaits(database.pool), other])
  held.release()
  await work
  await other
}

test('an edit that commits while an erasure waits for it leaves nothing', async () => {
  const order = await stage()
  const held = holdBefore(bench.deps.pool, commit)
  await meeting(held, edit(order.id, held.pool), () => erase())
  expect((await read(order.orderNumber)).erasedAt).toEqual(expect.any(Date))
  expect(await left()).toEqual([])
})

test('a refresh that commits while an erasure waits for it leaves nothing', async () => {
  const order = await stage()
  await bench.want([order.orderNumber], { purpose: 'refresh' })
  const { pool } = bench.deps
  const held = holdBefore(pool, commit)
  // A change of the buyer's, in a transaction of several steps: an order that is to be read once more has
  // two.
  bench.mall.place(
    ...([order.orderNumber, { buyer: { ...theirs().buyer, familyName: '新高橋' } }] as const),
    new Date(bench.clock.now() + 60_000),
  )
  bench.deps.pool = held.pool
  await meeting(held, bench.turn(), () =>
    eraseBuyer({ ...bench.deps, pool, elsewhere: [] }, caller(), { phone: PHONE }),
  )
  expect(await left()).toEqual([])
})

test('an order that is being staged while its buyer is erased comes in without them', async () => {
  const { pool } = bench.deps
  const held = holdBefore(pool, commit)
  bench.deps.pool = held.pool
  const [number = ''] = numbers(1)
  bench.mall.place(number, theirs(), new Date(bench.clock.now() + 60_000))
  await bench.want([number])
  await meeting(held, bench.turn(), () =>
    eraseBuyer({ ...bench.deps, pool, elsewhere: [] }, caller(), { phone: PHONE }),
  )
  expect((await read(number)).erasedAt).toEqual(expect.any(Date))
  expect(await left()).toEqual([])
})

const retention = (pool = bench.deps.pool) =>
  createRetention({ ...bench.deps, retentionDays: 30, openDays: 90, unpulledDays: null, pool })
const run = { signal: new AbortController().signal }

/** Over at the mall for long, and still open for the desk. */
async function over() {
  const order = await stage()
  const values = [new Date(bench.clock.now() - 40 * 86_400_000), order.id]
  const sql = `update orders set mall_state = 'completed', ended_at = $1, status = 'new' where id = $2`
  await database.pool.query(sql, values)
  return order
}

test('the purge leaves an order that is being edited to its next run, and takes all of it then', async () => {
  const order = await over()
  const held = holdBefore(bench.deps.pool, commit)
  const editing = edit(order.id, held.pool)
  await held.reached
  await retention().run(run.signal)
  expect((await read(order.orderNumber)).purgedAt).toBeNull()
  held.release()
  await editing
  await retention().run(run.signal)
  expect((await read(order.orderNumber)).purgedAt).toEqual(expect.any(Date))
  expect(await left()).toEqual([])
})

test('an edit that comes while the purge has its order is refused and leaves nothing', async () => {
  const order = await over()
  const held = holdBefore(bench.deps.pool, (text) => text.includes('sealed_detail = null'))
  const purging = retention(held.pool).run(run.signal)
  await held.reached
  const editing = edit(order.id).catch((error: unknown) => error)
  await someoneWaits(database.pool)
  held.release()
  await purging
  expect(await editing).toMatchObject({ code: 'CONFLICT' })
  expect(await left()).toEqual([])
})

test('what an edit of an older release left beside an erased order goes with the same request made again', async () => {
  const order = await stage()
  const [before] = await database.db.orderSearch.findMany({ where: { kind: 'phone' } })
  await erase()
  if (!before) throw new Error('no hash')
  // Without the trigger, which would take it away at once.
  await inTransaction(database.pool, async (client) => {
    await client.query('set local session_replication_role = replica')
    const values = [before.orderId, before.tenantId, before.kind, Buffer.from(before.hash)]
    await client.query(
      'insert into order_search (order_id, tenant_id, kind, hash) values ($1, $2, $3, $4)',
      values,
    )
  })
  await database.db.orderVersion.create({
    data: {
      orderId: order.id,
      number: 1,
      endedBy: 'edited',
      actor: 'key:x',
      endedAt: new Date(),
      sealedDetail: new Uint8Array(order.sealedDetail ?? []),
    },
  })
  expect(await erase()).toMatchObject({ orders: 1 })
  expect(await left()).toEqual([])
  expect(await erase()).toMatchObject({ orders: 0, message: '該当する受注はありませんでした。' })
})

test('by number, made again: it says that nothing is left, and changes nothing', async () => {
  const { orderNumber } = await stage()
  await erase({ orderNumber })
  const { version } = await read(orderNumber)
  expect(await erase({ orderNumber })).toMatchObject({
    orders: 0,
    message: expect.stringContaining('消去済み'),
  })
  expect((await read(orderNumber)).version).toBe(version)
  expect(await database.db.orderEvent.count({ where: { kind: 'erased' } })).toBe(1)
})

test('an answer that a refresh cannot read after the erasure is emptied by the next run', async () => {
  const { id, orderNumber } = await stage()
  await erase()
  await bench.want([orderNumber], { purpose: 'refresh' })
  bench.mall.answer(orderNumber, {
    kind: 'failed',
    orderNumber,
    failure: new MarketplaceFailure({
      kind: 'malformed',
      code: 'BAD',
      message: '読めません',
      raw: `tel ${PHONE}`,
    }),
  })
  await bench.run()
  expect(await left()).toMatchObject([{ table: 'import_requests', column: 'sealed_raw' }])
  await retention().run(run.signal)
  expect(await left()).toEqual([])
  expect(await database.db.order.findUnique({ where: { id } })).toMatchObject({ erasedAt: expect.any(Date) })
})

test('the term is kept as long as an older order may come in, and not longer', async () => {
  await stage()
  await erase()
  const day = 86_400_000
  bench.clock.advance(799 * day)
  await retention().run(run.signal)
  expect(await database.db.erasure.findFirst()).toMatchObject({ sealedTerm: expect.anything() })
  bench.clock.advance(2 * day)
  await retention().run(run.signal)
  expect(await database.db.erasure.findFirst()).toMatchObject({
    hash: null,
    sealedTerm: null,
    orders: 1,
    kind: 'phone',
  })
  expect(await findPersonalData(database.pool, testSealer, THEIRS, [])).toEqual([])
})
