import pg, { type PoolClient } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { requestImports } from '../../../src/imports/requests/statements.ts'
import { createIntake } from '../../../src/mail/intake/intake.ts'
import { moveOrders } from '../../../src/orders/move.ts'
import { LeaseLost } from '../../../src/platform/errors.ts'
import { deleteShop } from '../../../src/shops/shops/shops.ts'
import { claimChanges } from '../../../src/site-changes/claim.ts'
import { eventsOf, leave, saveSteps } from '../../../src/site-changes/statements.ts'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import {
  type ImportBench,
  importBench,
  MINUTE,
  numbers,
  sweepBench,
} from '../../support/imports/import-bench.ts'

/**
 * Real dead-locks: Postgres gives the service's transaction up for another's sake, and the work is done all
 * the same.
 */

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database?.close())
beforeEach(() => database.db.tenant.deleteMany())

interface Other {
  /** What the other holds before the victim begins. */
  holds(client: PoolClient): Promise<unknown>
  /** What it wants then, and the victim holds. */
  wants(client: PoolClient): Promise<unknown>
}

/**
 * Runs `victim` into a dead-lock with another transaction. The other looks for dead-locks so late that it is
 * always the victim whom Postgres gives up; when it was not, or nobody had to wait, this throws.
 */
async function inDeadLock<T>({ holds, wants }: Other, victim: () => Promise<T>): Promise<T> {
  const client = await database.pool.connect()
  try {
    await client.query(`begin; set local deadlock_timeout = '60s'`)
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const pid = rows[0]?.pid
    await holds(client)
    const running = victim()
    running.catch(() => undefined)
    await until('select from pg_stat_activity where pg_blocking_pids(pid) @> array[$1::int]', pid)
    const wanted = wants(client)
    wanted.catch(() => undefined)
    await until('select where cardinality(pg_blocking_pids($1)) > 0', pid)
    await wanted
    await client.query('rollback')
    return await running
  } finally {
    client.release(true)
  }
}

async function until(there: string, pid: number | undefined): Promise<void> {
  await expect
    .poll(async () => (await database.pool.query(there, [pid])).rowCount, { timeout: 5_000, interval: 5 })
    .toBeGreaterThan(0)
}

const row = (table: string, id: string) => (client: PoolClient) =>
  client.query(`select from ${table} where id = $1 for update`, [id])

async function staged(bench: ImportBench, count: number): Promise<[string, string]> {
  const wanted = numbers(count)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  const orders = await database.db.order.findMany({ orderBy: { id: 'asc' } })
  return orders.map(({ id }) => id) as [string, string]
}

it('a mail is taken in', async () => {
  const bench = await importBench(database)
  const [orderNumber = ''] = numbers(1)
  const mailbox = await makeMailbox(database.db, {
    tenantId: bench.tenantId,
    shopIds: [bench.shopId],
    leaseOwner: 'me',
    uidValidity: 1n,
    lastUid: 4n,
  })
  const intake = createIntake({ ...bench.deps, wakeQueue: { wake: async () => undefined } })
  const request = { tenantId: bench.tenantId, shopId: bench.shopId, orderNumber }
  const result = await inDeadLock(
    {
      holds: (client) =>
        requestImports(client, bench.deps, [{ ...request, purpose: 'import', source: 'sweep' }]),
      wants: row('mailboxes', mailbox.id),
    },
    () =>
      intake({
        mailbox: { id: mailbox.id, tenantId: bench.tenantId },
        leaseOwner: 'me',
        ignored: 0,
        from: { uidValidity: 1n, lastUid: 4 },
        to: { uidValidity: 1n, lastUid: 5 },
        shops: [{ id: bench.shopId, marketplace: bench.mall.name, code: '123456' }],
        mails: [
          {
            uid: 5,
            messageId: '<a@mall>',
            size: 1_000,
            subject: '注文',
            from: ['order@rakuten.co.jp'],
            to: [],
            sentAt: new Date(bench.clock.now()),
            text: '',
            trust: 'verified',
            recognition: {
              marketplace: bench.mall.name,
              kind: 'new_order',
              orderNumbers: [orderNumber],
              reason: null,
            },
          },
        ],
      }),
  )
  expect(result).toEqual({ recognised: 1, unreadable: 0, duplicates: 0 })
  expect(await database.db.importRequest.findMany()).toMatchObject([{ orderNumber, source: 'mail' }])
})

it('a page of the mall’s list is taken', async () => {
  const bench = await sweepBench(database)
  await bench.pass(MINUTE)
  const [orderNumber = ''] = numbers(1)
  bench.mall.place(orderNumber)
  const request = { tenantId: bench.tenantId, shopId: bench.shopId, orderNumber }
  await inDeadLock(
    {
      holds: (client) =>
        requestImports(client, bench.deps, [{ ...request, purpose: 'import', source: 'mail' }]),
      wants: (client) =>
        client.query('select from shop_sweeps where shop_id = $1 for update', [bench.shopId]),
    },
    () => bench.pass(10 * MINUTE),
  )
  expect(await database.db.order.findMany()).toMatchObject([{ orderNumber, status: 'auto_imported' }])
})

it('orders are moved', async () => {
  const bench = await importBench(database)
  const [first, second] = await staged(bench, 2)
  const caller = { tenantId: bench.tenantId, actor: 'key:a' }
  const { orders } = await inDeadLock({ holds: row('orders', second), wants: row('orders', first) }, () =>
    moveOrders(bench.deps, caller, { orderIds: [first, second], to: 'on_hold' }),
  )
  expect(orders.map(({ result }) => result)).toEqual(['moved', 'moved'])
})

it('orders are refreshed', async () => {
  const bench = await importBench(database)
  const [first, second] = await staged(bench, 2)
  for (const number of numbers(2)) bench.mall.place(number, { mallState: 'cancelled' })
  await bench.want(numbers(2), { purpose: 'refresh' })
  await inDeadLock({ holds: row('orders', second), wants: row('orders', first) }, () => bench.run())
  const orders = await database.db.order.findMany()
  expect(orders.map(({ mallState }) => mallState)).toEqual(['cancelled', 'cancelled'])
  expect(await database.db.importRequest.count({ where: { state: 'waiting' } })).toBe(0)
})

it('site changes are claimed, and let go', async () => {
  const bench = await changeBench(database, 2)
  const [first = '', second = ''] = bench.orderIds.toSorted()
  for (const orderId of [first, second]) await bench.ask([{ orderId, action: 'confirm' }])
  const at = new Date(bench.clock.now())
  const claimed = await inDeadLock({ holds: row('orders', second), wants: row('orders', first) }, () =>
    claimChanges(bench.deps, bench.shopId, newId(), at, 5),
  )
  expect(claimed.map(({ orderId }) => orderId).sort()).toEqual([first, second])
  const [mine] = claimed
  if (!mine) throw new Error('nothing was claimed')
  const leaving = { state: 'failed', reason: null, nextAttemptAt: at, events: [], now: at } as const
  await inDeadLock({ holds: row('site_changes', mine.id), wants: row('orders', mine.orderId) }, () =>
    leave(bench.deps, mine, leaving),
  )
  expect(await bench.change(mine.id)).toMatchObject({ state: 'failed', leaseToken: null })
})

it('a shop is deleted while a worker notes what it is about to send', async () => {
  const bench = await changeBench(database)
  const [orderId = ''] = bench.orderIds
  await bench.ask([{ orderId, action: 'confirm' }])
  const at = new Date(bench.clock.now())
  const [mine] = await claimChanges(bench.deps, bench.shopId, newId(), at, 1)
  if (!mine) throw new Error('nothing was claimed')
  const events = [eventsOf(newId, mine, at)('change_sent')]
  // It looks for dead-locks so late that the deletion would be given up.
  const patient = new pg.Pool({ connectionString: database.url, options: '-c deadlock_timeout=60s' })
  const holder = await database.pool.connect()
  try {
    await holder.query('begin')
    const { rows } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
    await row('orders', orderId)(holder)
    // Both wait for the order, the deletion first.
    const tools = { ...bench.deps, onShopChanged: () => undefined, onMailboxChanged: () => undefined }
    const caller = { tenantId: bench.tenantId, actor: 'key:a' }
    const deleting = deleteShop(tools, caller, bench.shopId, true)
    deleting.catch(() => undefined)
    await until('select from pg_stat_activity where pg_blocking_pids(pid) @> array[$1::int]', rows[0]?.pid)
    const saving = saveSteps({ ...bench.deps, pool: patient }, mine, events, at)
    saving.catch(() => undefined)
    await until(
      `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and pid <> $1 offset 1`,
      rows[0]?.pid,
    )
    await holder.query('rollback')
    await deleting
    await expect(saving).rejects.toBeInstanceOf(LeaseLost)
  } finally {
    holder.release(true)
    await patient.end()
  }
  expect(await database.db.order.count()).toBe(0)
})
