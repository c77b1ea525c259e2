import type { Pool } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { inTransaction } from '../../src/platform/db/transaction.ts'
import type { WantedChange } from '../../src/site-changes/schemas.ts'
import { mallBench } from '../support/malls/mall-bench.ts'
import type { Databases } from './databases.ts'
import type { Extent } from './extent.ts'
import { percentile, round } from './statistics.ts'

/**
 * Site changes asked for in one request, until they are accepted: read, checked against the orders and what
 * the mall takes, sealed, stored with their orders' state and timelines. In turns with a floor that writes
 * the very same rows in one transaction and does nothing else.
 */
export interface ChangeRun {
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
      runs.push(await measure(database.pool, action, () => bench.ask(wanted[action]), extent))
    return runs
  } finally {
    await bench.close()
    await database.close()
    await place.drop()
  }
}

async function measure(
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
