import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * Serialisation failures (40001): on a server whose default isolation is stricter than ours, a transaction
 * that waited for a row finds it changed and is given up. What may be repeated is done all the same.
 */

let fresh: TestDatabase
let database: TestDatabase

beforeAll(async () => {
  fresh = await freshDatabase()
  const name = new URL(fresh.url).pathname.slice(1)
  await fresh.pool.query(`alter database ${name} set default_transaction_isolation = 'repeatable read'`)
  const strict = await openDatabase({ url: fresh.url, log: { warn: () => undefined }, maxConnections: 10 })
  database = { ...fresh, db: strict.db, pool: strict.pool, close: () => strict.close() }
})
afterAll(async () => {
  await database?.close()
  await fresh?.close()
})
beforeEach(() => database.db.tenant.deleteMany())

/** Runs `work` into a row that another transaction changes and commits while `work` waits for it. */
async function intoChange<T>(change: string, id: string, work: () => Promise<T>): Promise<T> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    await client.query(change, [id])
    const waits = async () =>
      (
        await fresh.pool.query('select from pg_stat_activity where pg_blocking_pids(pid) @> array[$1::int]', [
          rows[0]?.pid,
        ])
      ).rowCount
    const running = work()
    running.catch(() => undefined)
    await expect.poll(waits, { timeout: 10_000, interval: 5 }).toBeGreaterThan(0)
    await client.query('commit')
    return await running
  } finally {
    client.release(true)
  }
}

const TOUCH_MAILBOX = 'update mailboxes set updated_at = now() where id = $1'
const TOUCH_ORDER = 'update orders set updated_at = now() where id = $1'

it('a statement that is not repeated fails with 40001 here', async () => {
  const { tenantId, shopId } = await importBench(database)
  const { id } = await makeMailbox(database.db, { tenantId, shopIds: [shopId] })
  const alone = () => database.pool.query(TOUCH_MAILBOX, [id])
  await expect(intoChange(TOUCH_MAILBOX, id, alone)).rejects.toMatchObject({ code: '40001' })
})

it('a mail is taken in', async () => {
  const bench = await importBench(database)
  const { tenantId, shopId } = bench
  const [orderNumber = ''] = numbers(1)
  const { id } = await makeMailbox(database.db, {
    tenantId,
    shopIds: [shopId],
    leaseOwner: 'me',
    uidValidity: 1n,
    lastUid: 4n,
  })
  const intake = createIntake({ ...bench.deps, wakeQueue: { wake: async () => undefined } })
  const mail = {
    uid: 5,
    messageId: '<a@mall>',
    size: 1_000,
    subject: '注文',
    from: ['order@rakuten.co.jp'],
    to: [],
    sentAt: new Date(bench.clock.now()),
    text: '',
    trust: 'verified' as const,
    recognition: {
      marketplace: bench.mall.name,
      kind: 'new_order' as const,
      orderNumbers: [orderNumber],
      reason: null,
    },
  }
  const batch = {
    mailbox: { id, tenantId },
    leaseOwner: 'me',
    ignored: 0,
    mails: [mail],
    from: { uidValidity: 1n, lastUid: 4 },
    to: { uidValidity: 1n, lastUid: 5 },
    shops: [{ id: shopId, marketplace: bench.mall.name, code: '123456' }],
  }
  const result = await intoChange(TOUCH_MAILBOX, id, () => intake(batch))
  expect(result).toEqual({ recognised: 1, unreadable: 0, duplicates: 0 })
  expect(await database.db.importRequest.findMany()).toMatchObject([{ orderNumber, source: 'mail' }])
})

it('orders are moved, and refreshed', async () => {
  const bench = await importBench(database)
  const [orderNumber = ''] = numbers(1)
  bench.mall.place(orderNumber)
  await bench.want([orderNumber])
  await bench.run()
  const { id } = await database.db.order.findFirstOrThrow({})
  const caller = { tenantId: bench.tenantId, actor: 'key:a' }
  const { orders } = await intoChange(TOUCH_ORDER, id, () =>
    moveOrders(bench.deps, caller, { orderIds: [id], to: 'on_hold' }),
  )
  expect(orders.map(({ result }) => result)).toEqual(['moved'])

  bench.mall.place(orderNumber, { mallState: 'cancelled' })
  await bench.want([orderNumber], { purpose: 'refresh' })
  await intoChange(TOUCH_ORDER, id, () => bench.run())
  expect(await database.db.order.findMany()).toMatchObject([{ mallState: 'cancelled', status: 'on_hold' }])
  expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
})
