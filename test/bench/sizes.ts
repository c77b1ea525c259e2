import { table } from '../../sandbox/demo/show.ts'
import { SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { pullOrders } from '../../src/orders/pull.ts'
import { createRetention } from '../../src/orders/retention.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { makeTenant, newId, testSealer } from '../support/fixtures.ts'
import { quotaMall } from '../support/malls/quota-malls.ts'
import { startDatabases } from './harness.ts'

/**
 * `node test/bench/sizes.ts [orders of each mall]`: rows and bytes that an order leaves in each table once it
 * was mailed, swept, staged and pulled. docs/operations.md counts with them.
 */

const SIZES = `
  select c.relname as name, greatest(c.reltuples, 0)::bigint as rows, pg_table_size(c.oid) as heap,
    pg_indexes_size(c.oid) as indexes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind = 'r' order by pg_total_relation_size(c.oid) desc limit 9`

const orders = Number(process.argv[2] ?? 250)
const log = { info: () => undefined, warn: () => undefined }
const databases = await startDatabases()
const { url, drop } = await databases.create()
await applyMigrations(url, log)
const database = await openDatabase({ url, log })
const { db, pool, close } = database
const { id: tenantId } = await makeTenant(db)

for (const name of SIMULATED_MALLS) {
  const mall = await quotaMall(database, name, { tenantId, start: Date.now() })
  await mall.pass(2 * 60_000)
  for (let n = 0; n < orders; n++) mall.place()
  await mall.mail(mall.events)
  await mall.pass(24 * 60 * 60_000, async () => (await mall.here()) === orders)
  // Yahoo!'s second reading, and the runs that compare the day.
  await mall.pass(20 * 60_000)
  await mall.close()
}

const deps = {
  db,
  pool,
  newId,
  sealer: testSealer,
  log: createLogger({ level: 'silent' }),
  metrics: createMetrics(),
}
const clock = { now: Date.now, sleep: async () => undefined }
for (let n = 0; ; n++) {
  const caller = { tenantId, actor: 'key:bench', idempotencyKey: `sizes-${n}` }
  const { remaining } = await pullOrders({ ...deps, clock }, caller, { limit: 500 })
  if (remaining === 0) break
}

const all = orders * SIMULATED_MALLS.length
await show(`${all} orders of four malls, per order`)
const later = { ...clock, now: () => Date.now() + 2 * 24 * 60 * 60_000 }
const retention = createRetention({
  db,
  pool,
  log: deps.log,
  clock: later,
  retentionDays: 1,
  openDays: 1,
  unpulledDays: null,
})
await retention.run(new AbortController().signal)
await pool.query('delete from events')
await show('the same once PII_RETENTION_DAYS are over')

async function show(title: string): Promise<void> {
  await pool.query('vacuum full analyze')
  const { rows } = await pool.query<{ name: string; rows: string; heap: string; indexes: string }>(SIZES)
  const per = (value: string) => Math.round(Number(value) / all)
  const lines = rows.map((row) => [
    row.name,
    (Number(row.rows) / all).toFixed(2),
    String(per(row.heap)),
    String(per(row.indexes)),
  ])
  process.stdout.write(`${title}\n${table(['table', 'rows', 'table bytes', 'index bytes'], lines)}\n`)
}

await close()
await drop()
await databases.stop()
