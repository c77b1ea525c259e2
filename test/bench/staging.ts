import { readFile } from 'node:fs/promises'
import pg, { type Pool } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { createMarker } from '../../src/marks/marker.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { testSealer } from '../support/fixtures.ts'
import type { ImportBench } from '../support/imports/import-bench.ts'
import { sweepBench } from '../support/imports/sweep-bench.ts'
import type { Databases } from './databases.ts'
import type { Extent } from './extent.ts'
import { percentile, round } from './statistics.ts'

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
