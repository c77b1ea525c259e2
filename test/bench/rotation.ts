import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SEALED_COLUMNS } from '../../src/ops/rotation/sealed-columns.ts'
import { searchTokens, tokenColumns } from '../../src/orders/store/search-tokens.ts'
import { createSealer, type EncryptionKeys, formatEncryptionKeys } from '../../src/platform/crypto/sealer.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { makeHistory } from '../support/database/history.ts'
import { sampleOrder } from '../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../support/http/rest-server.ts'

/**
 * New keys under load: every order sealed anew while 20 requests a second look for orders and read them, the
 * rotation killed twice. By hand, on an empty database: `node test/bench/rotation.ts postgresql://…
 * [orders]`. Ends with 1 when a request failed or a row was left.
 */
const [url = '', orders = '10000'] = process.argv.slice(2)
const OLD = { id: 'old', key: new Uint8Array(32).fill(7), bindsTenant: true }
const NEW = { id: 'new', key: new Uint8Array(32).fill(8), bindsTenant: true }
const BOTH: EncryptionKeys = [NEW, OLD]
const quiet = { info: () => undefined, warn: () => undefined }
await applyMigrations(url, quiet)
const database = await openDatabase({ url, log: quiet })
const { pool } = database
const { tenantId } = await makeHistory(pool, { orders: Number(orders), staged: 500 })
const { rows: ids } = await pool.query<{ id: string; tenant: string }>(
  'select id::text, tenant_id::text as tenant from orders order by id',
)
const old = createSealer([OLD], systemRandom)
await pool.query('truncate order_search')
for (let from = 0; from < ids.length; from += 500) {
  const part = ids.slice(from, from + 500).map(({ id, tenant }, n) => {
    const order = sampleOrder(`A-${from + n}`)
    return { id, tenant, order, sealed: Buffer.from(old.of(tenant).sealJson(`order:${id}:detail`, order)) }
  })
  await pool.query(
    `update orders o set sealed_detail = n.sealed, sealed_edits = null, purged_at = null from unnest($1::uuid[], $2::bytea[]) as n (id, sealed) where o.id = n.id`,
    [part.map(({ id }) => id), part.map(({ sealed }) => sealed)],
  )
  const tokens = part.map(({ id: orderId, tenant, order }) => ({
    orderId,
    search: searchTokens(old, tenant, order),
  }))
  await pool.query(
    `insert into order_search (order_id, tenant_id, kind, hash)
     select k.order_id, o.tenant_id, k.kind, k.hash from unnest($1::uuid[], $2::text[], $3::bytea[]) as k (order_id, kind, hash) join orders o on o.id = k.order_id
     on conflict do nothing`,
    tokenColumns(tokens),
  )
}
// What the history made up beside the orders is under no key at all.
for (const { table, column } of SEALED_COLUMNS) {
  if (table === 'orders' && column === 'sealed_detail') continue
  await pool
    .query(`update ${table} set ${column} = null where ${column} is not null`)
    .catch(() => pool.query(`delete from ${table}`))
}
const app = await wholeServer(
  database,
  { eventLoopDelayMs: 0, requestsPerMinute: 1_000_000 },
  {
    sealer: createSealer(BOTH, systemRandom),
  },
)
const made = await app.inject({
  method: 'POST',
  url: '/v1/admin/api-keys',
  headers: { authorization: `Bearer ${OPERATOR_KEY}` },
  payload: { tenantId, name: 'rotation' },
})
const headers = { authorization: `Bearer ${made.json<{ key: string }>().key}` }
const mine = ids.filter(({ tenant }) => tenant === tenantId)
const failed: string[] = []
const times: number[] = []
let running = true
async function ask(n: number): Promise<void> {
  const path =
    n % 2 ? `/v1/orders/${mine[(n * 97) % mine.length]?.id}` : '/v1/orders?phone=03-0000-0000&limit=20'
  const from = performance.now()
  const answer = await app.inject({ url: path, headers })
  times.push(performance.now() - from)
  const body = answer.json<{ orders?: unknown[]; detail?: unknown }>()
  const whole = n % 2 ? body.detail : body.orders?.length === 20
  if (answer.statusCode !== 200 || !whole) failed.push(`${answer.statusCode} ${path}`)
}
const load = (async () => {
  const asked: Promise<void>[] = []
  const from = performance.now()
  for (let n = 0; running; n++) {
    asked.push(ask(n))
    // By the clock, so that a busy machine gets them late and not fewer.
    await sleep(Math.max(0, from + (n + 1) * 50 - performance.now()))
  }
  await Promise.all(asked)
})()

const begun = performance.now()
const env = { ...process.env, DATABASE_URL: url, ENCRYPTION_KEYS: formatEncryptionKeys(BOTH) }
const MAIN = fileURLToPath(new URL('../../src/ops/main.ts', import.meta.url))
const done = async () =>
  (
    await pool.query<{ n: number }>(
      `select count(*)::int as n from orders where substring(sealed_detail from 3 for get_byte(sealed_detail, 1)) = convert_to('new', 'LATIN1')`,
    )
  ).rows[0]?.n ?? 0
for (const until of [0.3, 0.6, null]) {
  const child = spawn(process.execPath, [MAIN, 'keys', 'rotate'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = ''
  child.stdout.on('data', (text) => {
    last = String(text).trim().split('\n').at(-1) ?? ''
  })
  const end = once(child, 'exit')
  if (until !== null) {
    while ((await done()) < until * ids.length && child.exitCode === null) await sleep(100)
    child.kill('SIGKILL')
  }
  await end
  process.stdout.write(
    `${until === null ? 'ended' : 'killed'} at ${await done()} of ${ids.length}: ${last}\n`,
  )
}
const seconds = (performance.now() - begun) / 1000
running = false
await load
const sorted = times.toSorted((a, b) => a - b)
const left = ids.length - (await done())
process.stdout.write(
  `${ids.length} orders in ${seconds.toFixed(0)} s, ${times.length} requests (${(times.length / seconds).toFixed(0)}/s), ${failed.length} failed, ` +
    `p50 ${sorted[Math.floor(sorted.length / 2)]?.toFixed(0)} ms, p99 ${sorted[Math.floor(sorted.length * 0.99)]?.toFixed(0)} ms, ${left} rows left\n`,
)
for (const one of failed.slice(0, 5)) process.stdout.write(`${one}\n`)
await app.close()
await database.close()
process.exit(failed.length > 0 || left > 0 ? 1 : 0)
