import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHistory } from '../../../src/events/history.ts'
import { pullAfter } from '../../../src/orders/hand-over/hand-over.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import type { TestDatabase } from '../../support/database/database.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'
import { type PatroniCluster, patroniMissing, startPatroni } from '../../support/patroni.ts'

/** The short form of `npm run chaos -- failover`: one primary under Patroni dies, under the same pool. */

const missing = patroniMissing()
const quiet = { info: () => undefined, warn: () => undefined }
let cluster: PatroniCluster
let database: TestDatabase
let bench: ImportBench

beforeAll(async () => {
  if (missing !== null) return
  cluster = await startPatroni({ synchronous: true })
  await applyMigrations(cluster.url, quiet)
  const opened = await openDatabase({ url: cluster.url, log: quiet, maxConnections: 8 })
  database = { ...opened, url: cluster.url }
  bench = await importBench(database)
}, 120_000)
afterAll(async () => {
  await database?.close().catch(() => undefined)
  await cluster?.close()
}, 60_000)

async function stage(from: number, count: number): Promise<string[]> {
  const wanted = numbers(from + count).slice(from)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  return wanted
}

const pull = (after: string | null) =>
  pullAfter(bench.deps, { tenantId: bench.tenantId, actor: 'key:test' }, { after, limit: 100 })

test.skipIf(missing)(
  'a primary that dies under Patroni: all goes on at the next one, and the client’s position holds [needs patroni, etcd-server and postgresql]',
  { timeout: 120_000 },
  async () => {
    const first = await stage(0, 5)
    const before = await pull(null)
    expect(before.orders.map(({ orderNumber }) => orderNumber)).toEqual(first)
    const { epoch } = await readHistory({ pool: database.pool, clock: bench.clock })
    const primary = await cluster.healthy()
    const began = performance.now()
    primary.crash()
    await expect
      .poll(
        () =>
          pull(before.position).then(
            ({ orders }) => orders.length,
            () => null,
          ),
        { timeout: 90_000, interval: 100 },
      )
      .toBe(0)
    console.info(`pulls again ${((performance.now() - began) / 1_000).toFixed(1)} s after the primary died`)
    expect((await cluster.leader())?.name).not.toBe(primary.name)
    const second = await stage(5, 3)
    const next = await pull(before.position)
    expect(next.orders.map(({ orderNumber }) => orderNumber)).toEqual(second)
    expect([before.number, next.number]).toEqual([1, 2])
    expect((await readHistory({ pool: database.pool, clock: bench.clock })).epoch).not.toBe(epoch)
    expect((await pull(next.position)).orders).toEqual([])
  },
)
