import { readFile } from 'node:fs/promises'
import pg, { type Pool } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { createMarker } from '../../src/marks/marker.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { inTransaction } from '../../src/platform/db/transaction.ts'
import type { WantedChange } from '../../src/site-changes/schemas.ts'
import { testSealer } from '../support/fixtures.ts'
import { type ImportBench, sweepBench } from '../support/imports/import-bench.ts'
import { mallBench } from '../support/malls/mall-bench.ts'
import { type Databases, type Extent, percentile, round } from './harness.ts'

/**
 * A shop's turn that stages what a fake mall answers, alone and a hundred at a time: statements, and CPU of
 * the worker and of its connections' Postgres processes, which other load changes far less than it changes
 * times. Needs Postgres on this machine (/proc).
 */
export interface StagingRun {
  together: number
  turns: number
  /** Of one turn, however many orders it stages; the median, as a new connection adds its own. */
  statements: number
  /** Of one order, ms. */
  workerCpuMs: number
  postgresCpuMs: number
}

export async function measureStaging(
  databases: Databases,
  { statementTurns }: Pick<Extent, 'statementTurns'>,
): Promise<StagingRun[]> {
  // Before any client is made: a pool's clients keep the way out that they were made with.
  const counted = countStatements()
  const place = await databases.create()
  await applyMigrations(place.url, { info: () => undefined, warn: () => undefined })
  const database = await openDatabase({ url: place.url, log: { warn: () => undefined } })
  try {
    const bench = await sweepBench({ ...database, url: place.url })
    bench.deps.marker = createMarker({ ...bench.deps, sealer: testSealer })
    await measure(bench, counted, 100, 3)
    return [
      await measure(bench, counted, 1, statementTurns * 10),
      await measure(bench, counted, 100, statementTurns * 2),
    ]
  } finally {
    await database.close()
    await place.drop()
  }
}

let placed = 0

async function measure(
  bench: ImportBench,
  counted: { statements: number },
  together: number,
  turns: number,
): Promise<StagingRun> {
  const statements: number[] = []
  let worker = 0
  let postgres = 0
  for (let turn = 0; turn < turns; turn += 1) {
    const numbers = Array.from({ length: together }, () => `bench-${placed++}`)
    // Of one buyer all orders could go into one parcel.
    for (const number of numbers) {
      bench.mall.place(number)
      bench.mall.change(number, (order) => ({
        ...order,
        buyer: {
          ...order.buyer,
          familyName: number,
          email: `${number}@example.jp`,
          phone: `09${placed}${number}`,
        },
        recipients: order.recipients.map((to) => ({ ...to, person: { ...to.person, address1: number } })),
      }))
    }
    await bench.want(numbers)
    const postgresBefore = await postgresCpuMs(bench.deps.pool)
    const statementsBefore = counted.statements
    const workerBefore = workerCpuMs()
    await bench.turn()
    worker += workerCpuMs() - workerBefore
    statements.push(counted.statements - statementsBefore)
    postgres += (await postgresCpuMs(bench.deps.pool)) - postgresBefore
  }
  const orders = together * turns
  return {
    together,
    turns,
    statements: percentile(statements, 0.5),
    workerCpuMs: round(worker / orders, 2),
    postgresCpuMs: round(postgres / orders, 2),
  }
}

function countStatements(): { statements: number } {
  const counted = { statements: 0 }
  const clients = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const { query } = clients
  clients.query = function counting(...args) {
    counted.statements += 1
    return query.apply(this, args)
  }
  return counted
}

function workerCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Linux counts a process's CPU in hundredths of a second, so many turns are added up. */
const MS_A_TICK = 10

async function postgresCpuMs(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  )
  const ticks = await Promise.all(
    rows.map(async ({ pid }) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? []
      return Number(fields[11]) + Number(fields[12])
    }),
  )
  return ticks.reduce((sum, one) => sum + one, 0) * MS_A_TICK
}

export const stagingTable = (runs: readonly StagingRun[]): string =>
  table(
    ['orders together', 'statements a turn', 'worker CPU ms an order', 'Postgres CPU ms an order'],
    runs.map((run) => [
      String(run.together),
      String(run.statements),
      run.workerCpuMs.toFixed(2),
      run.postgresCpuMs.toFixed(2),
    ]),
  )

/**
 * Site changes asked for in one request, until they are accepted: read, checked against the orders and what
 * the mall takes, sealed, stored with their orders' state and timelines. In turns with a floor that writes
 * the very same rows in one transaction and does nothing else.
 */
interface ChangeRun {
  action: WantedChange['action']
  changes: number
  p50Ms: number
  p99Ms: number
  floorMs: number
  /** Times the floor's p50. */
  ratio: number
}

export async function measureChanges(
  databases: Databases,
  extent: Pick<Extent, 'changes' | 'statementTurns'>,
): Promise<ChangeRun[]> {
  const { changes } = extent
  const place = await databases.create()
  await applyMigrations(place.url, { info: () => undefined, warn: () => undefined })
  const database = await openDatabase({ url: place.url, log: { warn: () => undefined } })
  const bench = await mallBench(database)
  try {
    const numbers = Array.from({ length: changes }, () => bench.malls.rakuten.place().orderNumber)
    const orderIds = await bench.importOrders('rakuten', numbers)
    const orders = await Promise.all(orderIds.map((id) => bench.readOrder(id)))
    const wanted: Record<'confirm' | 'ship', WantedChange[]> = {
      confirm: orderIds.map((orderId) => ({ orderId, action: 'confirm' })),
      // Opened and compared: each recipient of the order needs its parcel.
      ship: orderIds.map((orderId, n) => ({
        orderId,
        action: 'ship',
        shippedOn: '2026-01-15',
        parcels: (orders[n]?.recipients ?? []).map(({ id }, parcel) => ({
          recipientId: id,
          carrier: 'yamato',
          trackingNumber: `4000${n}0000${parcel}`,
        })),
      })),
    }
    const runs: ChangeRun[] = []
    for (const action of ['confirm', 'ship'] as const)
      runs.push(await measureOne(database.pool, action, () => bench.ask(wanted[action]), extent))
    return runs
  } finally {
    await bench.close()
    await database.close()
    await place.drop()
  }
}

async function measureOne(
  pool: Pool,
  action: ChangeRun['action'],
  accept: () => Promise<readonly string[]>,
  { changes, statementTurns }: Pick<Extent, 'changes' | 'statementTurns'>,
): Promise<ChangeRun> {
  const accepted = await accept()
  if (accepted.length !== changes) throw new Error(`${accepted.length} of ${changes} changes were accepted`)
  await pool.query(KEEP)
  await pool.query(UNDO)
  const own: number[] = []
  const bare: number[] = []
  for (let turn = 0; turn < statementTurns; turn += 1) {
    for (const [run, into] of [
      [accept, own],
      [() => writeAgain(pool), bare],
    ] as const) {
      const began = performance.now()
      await run()
      into.push(performance.now() - began)
      await pool.query(UNDO)
    }
  }
  await pool.query('drop table bench_changes, bench_events')
  const floorMs = percentile(bare, 0.5)
  const p50Ms = percentile(own, 0.5)
  return {
    action,
    changes,
    p50Ms: round(p50Ms, 2),
    p99Ms: round(percentile(own, 0.99), 2),
    floorMs: round(floorMs, 2),
    ratio: round(p50Ms / floorMs, 2),
  }
}

const KEEP = `
create table bench_changes as select * from site_changes;
create table bench_events as select * from order_events where kind = 'change_requested'`

const UNDO = `
delete from order_events where kind = 'change_requested';
delete from site_changes;
update orders set change_state = 'none' where change_state <> 'none'`

const writeAgain = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('insert into site_changes select * from bench_changes')
    await client.query(
      `update orders set change_state = 'queued', updated_at = now() where id in (select order_id from bench_changes)`,
    )
    await client.query('insert into order_events select * from bench_events')
  })

export const changesTable = (runs: readonly ChangeRun[]): string =>
  table(
    ['', 'changes', 'p50 ms', 'p99 ms', 'floor ms', '× floor'],
    runs.map((run) => [
      ...[run.action, String(run.changes), run.p50Ms.toFixed(1), run.p99Ms.toFixed(1)],
      ...[run.floorMs.toFixed(1), run.ratio.toFixed(2)],
    ]),
  )
