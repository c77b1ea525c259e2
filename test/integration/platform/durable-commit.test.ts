import { afterAll, beforeAll, expect, it } from 'vitest'
import { pullOrders } from '../../../src/orders/pull.ts'
import { commitsWaitFor, durably, inDurableTransaction } from '../../../src/platform/db/transaction.ts'
import { claimChanges } from '../../../src/site-changes/claim.ts'
import { saveSteps } from '../../../src/site-changes/statements.ts'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
beforeAll(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
  // What each statement's transaction waits for at its commit, by the table that it writes.
  await database.pool.query(`
    create table waited_for (what text, level text);
    create function note_wait() returns trigger language plpgsql as
      $$ begin insert into waited_for values (tg_table_name, current_setting('synchronous_commit')); return null; end $$;
    create trigger note_wait after insert on orders for each statement execute function note_wait();
    create trigger note_wait after insert on pulls for each statement execute function note_wait();
    create trigger note_wait after insert on import_requests for each statement execute function note_wait();
    create trigger note_wait after update on site_changes for each statement execute function note_wait()`)
})
afterAll(() => database.close())

const levels = async () => {
  const { rows } = await database.pool.query<{ what: string; level: string }>(
    'select distinct what, level from waited_for order by what',
  )
  await database.pool.query('truncate waited_for')
  return Object.fromEntries(rows.map(({ what, level }) => [what, level]))
}

async function importAndPull(key: string, from: number): Promise<void> {
  const wanted = numbers(from + 3).slice(from)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  const deps = { ...bench.deps, pool: database.pool }
  await pullOrders(deps, { tenantId: bench.tenantId, actor: 'test', idempotencyKey: key }, { limit: 100 })
}

it('staging and pulls wait for the standby where that is set, and nothing else does', async () => {
  const { rows } = await database.pool.query('show synchronous_commit')
  const usual = rows[0].synchronous_commit
  await importAndPull('before', 0)
  expect(await levels()).toEqual({ orders: usual, pulls: usual, import_requests: usual })
  commitsWaitFor(database.pool, 'remote_apply')
  await importAndPull('after', 3)
  expect(await levels()).toEqual({ orders: 'remote_apply', pulls: 'remote_apply', import_requests: usual })
  const shown = 'show synchronous_commit'
  const inside = [
    await durably(database.pool, (queries) => queries.query(shown)),
    await inDurableTransaction(database.pool, (client) => client.query(shown)),
  ]
  for (const { rows } of inside) expect(rows[0].synchronous_commit).toBe('remote_apply')
  expect((await database.pool.query(shown)).rows[0].synchronous_commit).toBe(usual)
})

it('the note that a call to the mall is about to be made waits for the standby, before the call', async () => {
  commitsWaitFor(database.pool, 'remote_apply')
  const changes = await changeBench(database)
  const [orderId = ''] = changes.orderIds
  await changes.ask([{ orderId, action: 'confirm' }])
  const at = new Date(changes.clock.now())
  const [mine] = await claimChanges(changes.deps, changes.shopId, newId(), at, 1)
  if (!mine) throw new Error('nothing was claimed')
  await levels()
  await saveSteps(changes.deps, mine, [], at)
  expect(await levels()).toEqual({ site_changes: 'remote_apply' })
})
