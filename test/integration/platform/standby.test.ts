import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PulledBatch, pullOrders } from '../../../src/orders/pull.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { type CommitWaitsFor, commitsWaitFor } from '../../../src/platform/db/transaction.ts'
import type { TestDatabase } from '../../support/database/database.ts'
import { type StandbyPair, startStandbyPair } from '../../support/database/standby-pair.ts'
import { makeTenant } from '../../support/fixtures.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

/**
 * Two real servers with streaming replication: what was handed over before the first one dies has been handed
 * over after the second one took its place, because the commit waited for it.
 */

const quiet = { warn: () => undefined }
const cleanUp: (() => Promise<void>)[] = []
let pair: StandbyPair
let database: TestDatabase
let bench: ImportBench

async function opened(url: string): Promise<TestDatabase> {
  return openDatabase({ url, log: quiet, maxConnections: 8 }).then((one) => ({ ...one, url }))
}

beforeAll(async () => {
  pair = await startStandbyPair(['synchronous_standby_names=standby', 'synchronous_commit=local'])
  database = await opened(pair.first.url)
  bench = await importBench(database)
}, 120_000)
afterAll(async () => {
  for (const step of cleanUp) await step()
  await database?.close().catch(() => undefined)
  await pair?.close()
})

const pull = (key: string, limit: number, at: TestDatabase = database): Promise<PulledBatch> =>
  pullOrders(
    { ...bench.deps, pool: at.pool },
    { tenantId: bench.tenantId, actor: 'test', idempotencyKey: key },
    { limit },
  )
const idsOf = (batch: PulledBatch) => batch.orders.map(({ id }) => id)

async function stage(from: number, count: number): Promise<void> {
  const wanted = numbers(from + count).slice(from)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
}

const PULLS = 30

async function medianOfPulls(what: string): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < PULLS; n += 1) {
    const began = performance.now()
    await pull(`${what} ${n}`, 1)
    times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[PULLS >> 1] ?? 0
}

it('a pull that was answered is not handed over again after a failover, and waits while the standby is away', {
  timeout: 120_000,
}, async () => {
  await stage(0, 4 * PULLS)
  const costs = [`server ${(await medianOfPulls('server')).toFixed(1)} ms`]
  for (const level of ['remote_write', 'remote_apply'] satisfies CommitWaitsFor[]) {
    commitsWaitFor(database.pool, level)
    costs.push(`${level} ${(await medianOfPulls(level)).toFixed(1)} ms`)
  }
  console.info(`a pull of one order, median of ${PULLS}: ${costs.join(', ')}`)

  // As it only reads, the service itself would leave it.
  const standby = new pg.Pool({ connectionString: pair.second.url, max: 2 })
  const there = async (at: pg.Pool, question: string) => (await at.query(question)).rowCount
  const connectTo = async (address: string) => {
    await standby.query(`alter system set primary_conninfo = '${address}'`)
    await standby.query('select pg_reload_conf()')
  }
  const soon = { timeout: 20_000, interval: 20 }
  try {
    await connectTo('')
    await expect.poll(() => there(standby, 'select from pg_stat_wal_receiver'), soon).toBe(0)
    let isAnswered = false
    const waiting = pull('waits', 2).finally(() => {
      isAnswered = true
    })
    const waits = `select from pg_stat_activity where wait_event = 'SyncRep'`
    await expect.poll(() => there(database.pool, waits), soon).toBe(1)
    // What may be forgotten goes on.
    await makeTenant(database.db)
    expect(isAnswered).toBe(false)
    await connectTo(pair.primaryConninfo)
    const handedOver = [await waiting, await pull('last', 3)]

    await pair.kill()
    await standby.query('select pg_promote()')
    const after = await opened(pair.second.url)
    cleanUp.push(after.close)
    const again = [await pull('waits', 2, after), await pull('last', 3, after)]
    expect(again.map(idsOf)).toEqual(handedOver.map(idsOf))
    const rest = await pull('rest', 1_000, after)
    expect(rest.orders).toHaveLength(4 * PULLS - 3 * PULLS - 5)
    const before = new Set(handedOver.flatMap(idsOf))
    expect(idsOf(rest).filter((id) => before.has(id))).toEqual([])
  } finally {
    await standby.end()
  }
})
