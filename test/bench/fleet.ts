import { randomUUID } from 'node:crypto'
import pg, { type Pool } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { readShopsWithDueRequests } from '../../src/imports/requests/statements.ts'
import { readShopsWithDueScans } from '../../src/imports/statements.ts'
import { DEFAULT_TIMING } from '../../src/mail/listener/timing.ts'
import { createLeaseStore } from '../../src/mail/statements.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import type { Queries } from '../../src/platform/db/transaction.ts'
import { readShopsWithDueSweeps } from '../../src/reconciliation/statements.ts'
import type { DuePage } from '../../src/worker/shop-job.ts'
import { firstPage, readDueShops } from '../../src/worker/statements.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * What many shops and mailboxes cost while nothing happens, and commits that tell of something; each beside
 * its floor.
 */
export interface FleetRun {
  name: string
  medianMs: number
  p99Ms: number
  /** Of the floor's median, taken in turns with it. */
  ratio: number
  /** Bytes of WAL that one of it writes, and all of a day. */
  walBytes: number
  walBytesADay: number
}

const quiet = { info: () => undefined, warn: () => undefined }
const DAY_MS = 24 * 60 * 60_000

export async function measureFleet(
  { shops, rounds }: Pick<Extent, 'shops' | 'rounds'>,
  databases: Databases,
): Promise<FleetRun[]> {
  const { url, drop } = await databases.create()
  await applyMigrations(url, quiet)
  const { pool, close } = await openDatabase({ url, log: quiet })
  try {
    await fill(url, shops)
    const leases = createLeaseStore(pool, 'fleet')
    await leases.register(new Date(Date.now() + DAY_MS))
    const held = await leases.claim(new Date(), shops, [])
    const nothing = () => Promise.all(Array.from({ length: 4 }, () => pool.query('select 1')))
    const oneRow = () => pool.query('update listeners set alive_until = alive_until where id = $1', ['fleet'])
    const page = firstPage(1_000)
    return [
      await measure(pool, rounds, {
        name: 'tick, nothing due',
        everyMs: 1_000,
        floor: nothing,
        work: () => tick(pool, page),
      }),
      await measure(pool, rounds, {
        name: `leases of ${held.length} mailboxes`,
        everyMs: DEFAULT_TIMING.renewEveryMs,
        floor: oneRow,
        work: () => leases.renew(new Date(Date.now() + DAY_MS)),
      }),
      await measure(pool, rounds, {
        name: 'look at their settings',
        everyMs: DEFAULT_TIMING.tickMs,
        floor: nothing,
        work: () => leases.changed(held),
      }),
    ]
  } finally {
    await close()
    await drop()
  }
}

export const fleetTable = (runs: readonly FleetRun[]): string =>
  table(
    ['', 'median ms', 'p99 ms', '× floor', 'WAL bytes', 'MB a day'],
    runs.map((run) => [
      run.name,
      ...[run.medianMs, run.p99Ms, run.ratio].map((value) => value.toFixed(2)),
      ...[String(run.walBytes), (run.walBytesADay / 1e6).toFixed(1)],
    ]),
  )

const tick = (pool: Queries, page: DuePage) =>
  readDueShops(
    pool,
    [readShopsWithDueRequests, readShopsWithDueScans, readShopsWithDueSweeps].map((read) => ({
      dueShops: (now: Date, of: DuePage) => read(pool, now, of),
    })),
    new Date(),
    page,
  )

interface Measured {
  name: string
  everyMs: number
  floor(): Promise<unknown>
  work(): Promise<unknown>
}

async function measure(
  pool: Pool,
  rounds: number,
  { name, everyMs, floor, work }: Measured,
): Promise<FleetRun> {
  const times: Record<'floor' | 'work', number[]> = { floor: [], work: [] }
  const timed = async (of: 'floor' | 'work', run: () => Promise<unknown>) => {
    const began = performance.now()
    await run()
    times[of].push(performance.now() - began)
  }
  // Connections, plans and caches are there in a process that lives for weeks.
  for (let n = 0; n < 30; n += 1) await work()
  for (let n = 0; n < rounds; n += 1) {
    await timed('floor', floor)
    await timed('work', work)
  }
  const before = await walOf(pool)
  for (let n = 0; n < rounds; n += 1) await work()
  const walBytes = round(((await walOf(pool)) - before) / rounds, 0)
  return {
    name,
    medianMs: round(percentile(times.work, 0.5), 2),
    p99Ms: round(percentile(times.work, 0.99), 2),
    ratio: round(percentile(times.work, 0.5) / percentile(times.floor, 0.5), 2),
    walBytes,
    walBytesADay: round((walBytes * DAY_MS) / everyMs, 0),
  }
}

async function walOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ at: string }>(`select pg_current_wal_insert_lsn() - '0/0' as at`)
  return Number(rows[0]?.at)
}

/** Shops with a mailbox, a sweep to come, a request that waits for its time, and some that are done. */
async function fill(url: string, shops: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // Without triggers and foreign keys, which tell nobody of anything here.
  await client.query('set session_replication_role = replica')
  const tenantId = randomUUID()
  await client.query(
    `insert into tenants (id, name, created_at, updated_at) values ($1, 'fleet', now(), now())`,
    [tenantId],
  )
  await client.query(
    `insert into shops (id, tenant_id, marketplace, code, name, created_at, updated_at)
     select gen_random_uuid(), $1, (enum_range(null::marketplace))[1 + n % 4], 'c' || n, 'shop ' || n, now(), now()
     from generate_series(1, $2::int) n`,
    [tenantId, shops],
  )
  await client.query(
    `insert into mailboxes (id, tenant_id, name, host, port, sealed_username, state, created_at, updated_at)
     select gen_random_uuid(), $1, 'box ' || n, 'mail.example', 993, '\\x00', 'connected', now(), now() from generate_series(1, $2::int) n`,
    [tenantId, shops],
  )
  await client.query(
    `insert into shop_sweeps (shop_id, next_at, run_at, updated_at)
     select id, now() + interval '1 day', now() + interval '1 day', now() from shops`,
  )
  await client.query(
    `insert into import_requests (id, tenant_id, shop_id, order_number, source, state, next_attempt_at, expires_at, requested_at)
     select gen_random_uuid(), tenant_id, id, 'n' || k, 'mail', (case k when 0 then 'waiting' else 'done' end)::import_state,
       now() + interval '1 day', now() + interval '1 day', now()
     from shops, generate_series(0, 10) k`,
  )
  await client.query('vacuum analyze')
  await client.end()
}
