import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg, { type Pool } from 'pg'
import { table } from '../../sandbox/demo/show.ts'
import { readHistory } from '../../src/events/history.ts'
import { pullAfter } from '../../src/orders/hand-over/hand-over.ts'
import { pullOrders } from '../../src/orders/pull.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { present } from '../../src/platform/narrow.ts'
import { makeHistory } from '../support/database/history.ts'
import { newId, testSealer } from '../support/fixtures.ts'
import { percentile, startDatabases } from './harness.ts'

/**
 * Compares 受注取込 by position with the form by keys, each in a tenant of its own, turn by turn:
 * `node test/bench/hand-over.ts [pulls of each form] [tree of the release before]`. With a tree, whose
 * node_modules lead to the packages, the form by keys is the one of that release.
 */

const [pulls = '10000', tree] = process.argv.slice(2)
/** Of a turn; each form has its turn, then they change places. */
const TOGETHER = 25
const ORDERS = 20
/** Of four turns one brings orders: a client asks more often than there is something. */
const WITH_ORDERS_EVERY = 4
/** Of each tenant, and some more: taken in turn, so that none is new again soon. */
const OLD_ORDERS = 9_000
const HISTORY = { orders: 40_000, staged: 0, tenants: 4 }

const databases = await startDatabases()
const { url, drop } = await databases.create()
await applyMigrations(url, { info: () => undefined, warn: () => undefined })
const database = await openDatabase({ url, log: { warn: () => undefined }, maxConnections: 1 })
await makeHistory(database.pool, HISTORY)
const aside = new pg.Client({ connectionString: url })
await aside.connect()

const { rows: own } = await database.pool.query<{ pid: number }>('select pg_backend_pid() as pid')
const backend = present(own[0]).pid
let statements = 0
const pool = counting(database.pool)
const deps = {
  db: database.db,
  pool,
  clock: systemClock,
  newId,
  sealer: testSealer,
  log: createLogger({ level: 'silent' }),
  metrics: createMetrics(),
  noteHistory: () => readHistory({ pool, clock: systemClock }),
}
const byKey: typeof pullOrders =
  tree === undefined
    ? pullOrders
    : (await import(pathToFileURL(join(resolve(tree), 'src/orders/pull.ts')).href)).pullOrders

interface Form {
  name: string
  tenantId: string
  /** @returns the answer, when the client has stored it */
  pull(): Promise<{ orders: readonly unknown[] }>
}

const TENANT = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const forms: Form[] = [positionForm(TENANT(1)), keyForm(TENANT(2))]

function positionForm(tenantId: string): Form {
  let after: string | null = null
  return {
    name: 'position',
    tenantId,
    async pull() {
      const answer = await pullAfter(deps, { tenantId, actor: `key:${TENANT(9)}` }, { after, limit: ORDERS })
      after = answer.position
      return answer
    },
  }
}

function keyForm(tenantId: string): Form {
  let n = 0
  return {
    name: tree === undefined ? 'key' : 'key, release before',
    tenantId,
    pull() {
      n += 1
      const caller = { tenantId, actor: `key:${TENANT(9)}`, idempotencyKey: `bench-${n}` }
      return byKey(deps, caller, { limit: ORDERS })
    },
  }
}

interface Turn {
  ms: number[]
  statements: number
  blocks: number
  wal: number
  bytes: number
  /** Milliseconds on a core, of Postgres and of this process: other work on the machine adds little. */
  postgres: number
  own: number
  orders: number
}

const seen = new Map<string, Turn[]>()
for (const form of forms) await form.pull()
const turns = Math.ceil(Number(pulls) / TOGETHER)
for (let turn = 0; turn < turns; turn += 1) {
  const isFull = turn % WITH_ORDERS_EVERY === 0
  for (const form of turn % 2 === 0 ? forms : forms.toReversed()) {
    if (isFull) await stage(form.tenantId, TOGETHER * ORDERS, turn)
    const name = `${form.name}, ${isFull ? `${ORDERS} orders` : 'nothing'}`
    seen.set(name, [...(seen.get(name) ?? []), await turnOf(form)])
  }
}
process.stdout.write(`${table(HEAD(), [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(rowOf))}\n`)
await aside.end()
await database.close()
await drop()
await databases.stop()

async function turnOf(form: Form): Promise<Turn> {
  const from = await counts()
  const [postgresFrom, ownFrom] = [cpuOfPostgres(), process.cpuUsage()]
  statements = 0
  const ms: number[] = []
  let [bytes, orders] = [0, 0]
  for (let n = 0; n < TOGETHER; n += 1) {
    const started = performance.now()
    const answer = await form.pull()
    ms.push(performance.now() - started)
    bytes += JSON.stringify(answer).length
    orders += answer.orders.length
  }
  const made = statements
  const { user, system } = process.cpuUsage(ownFrom)
  const cpu = { postgres: cpuOfPostgres() - postgresFrom, own: (user + system) / 1_000 }
  const to = await counts()
  return {
    ...cpu,
    ms,
    statements: made,
    blocks: to.blocks - from.blocks,
    wal: to.wal - from.wal,
    bytes,
    orders,
  }
}

/** Of the one connection's process, on Linux. */
function cpuOfPostgres(): number {
  const [ns] = readFileSync(`/proc/${backend}/schedstat`, 'utf8').split(' ')
  return Number(ns) / 1_000_000
}

/** The one connection writes its counters before others can read them. */
async function counts(): Promise<{ blocks: number; wal: number }> {
  await database.pool.query('select pg_stat_force_next_flush()')
  await database.pool.query('select 1')
  const { rows } = await aside.query<{ blocks: string; wal: string }>(
    `select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read + coalesce(toast_blks_hit + toast_blks_read, 0)) as blocks,
      (select pg_current_wal_insert_lsn() - '0/0') as wal from pg_statio_user_tables`,
  )
  const { blocks, wal } = present(rows[0])
  return { blocks: Number(blocks), wal: Number(wal) }
}

/** Makes orders new again, past the triggers: old ones, whose content is gone. */
async function stage(tenantId: string, count: number, turn: number): Promise<void> {
  await aside.query('set session_replication_role = replica')
  const { rowCount } = await aside.query(
    `update orders set status = 'auto_imported', pulled_at = null, pull_id = null, pull_position = null, waits_for_desk = null
     where id = any(array(select id from orders where tenant_id = $1 and status <> 'auto_imported' order by id offset $3 limit $2))`,
    [tenantId, count, (turn * count) % OLD_ORDERS],
  )
  if (rowCount !== count) throw new Error(`only ${rowCount} orders could be staged`)
}

function HEAD(): string[] {
  return [
    '',
    'pulls',
    'statements',
    'blocks',
    'WAL bytes',
    'answer bytes',
    'CPU ms Postgres',
    'own',
    'p50 ms',
  ]
}

function rowOf([name, all]: [string, Turn[]]): string[] {
  const pulled = all.length * TOGETHER
  const each = (what: 'statements' | 'blocks' | 'wal' | 'bytes' | 'postgres' | 'own', digits = 0) =>
    (all.reduce((sum, turn) => sum + turn[what], 0) / pulled).toFixed(digits)
  const ms = all.flatMap((turn) => turn.ms)
  const isRight = all.every(({ orders }) => orders === (name.endsWith('nothing') ? 0 : TOGETHER * ORDERS))
  if (!isRight) throw new Error(`${name}: a pull brought other orders than those that were staged`)
  return [
    ...[name, String(pulled), each('statements', 2), each('blocks'), each('wal'), each('bytes')],
    ...[each('postgres', 2), each('own', 2), percentile(ms, 0.5).toFixed(2)],
  ]
}

function counting(own: Pool): Pool {
  const counted = (query: (...args: never[]) => unknown) =>
    ((...args: never[]) => {
      statements += 1
      return query(...args)
    }) as never
  return new Proxy(own, {
    get(target, name) {
      if (name === 'query') return counted(target.query.bind(target) as never)
      if (name !== 'connect') {
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return async () => {
        const client = await target.connect()
        const query = counted(client.query.bind(client) as never)
        return new Proxy(client, {
          get(inner, key) {
            const value: unknown = key === 'query' ? query : Reflect.get(inner, key)
            return typeof value === 'function' && key !== 'query' ? value.bind(inner) : value
          },
        })
      }
    },
  })
}
