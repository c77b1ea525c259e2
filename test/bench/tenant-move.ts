import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { SEALED_COLUMNS } from '../../src/ops/rotation/sealed-columns.ts'
import { foreignKeysOf, movedTables } from '../../src/ops/tenant-move/tables.ts'
import { searchTokens, tokenColumns } from '../../src/orders/store/search-tokens.ts'
import { createSealer, formatEncryptionKeys } from '../../src/platform/crypto/sealer.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { present } from '../../src/platform/narrow.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { makeHistory } from '../support/database/history.ts'
import { sampleOrder } from '../support/fixtures.ts'
import { ops } from '../support/service/service.ts'

/**
 * How long a tenant stands still while it moves. By hand, on two empty databases: `node
 * test/bench/tenant-move.ts postgresql://… postgresql://… [orders]`.
 */
const [from = '', to = '', orders = '10000'] = process.argv.slice(2)
const here = [{ id: 'here', key: new Uint8Array(32).fill(7), bindsTenant: true }] as const
const there = [{ id: 'there', key: new Uint8Array(32).fill(9), bindsTenant: true }] as const
const quiet = { info: () => undefined, warn: () => undefined }
for (const url of [from, to]) await applyMigrations(url, quiet)
const database = await openDatabase({ url: from, log: quiet })
const { pool } = database
const { tenantId } = await makeHistory(pool, { orders: Number(orders), staged: 500 })
const sealer = createSealer(here, systemRandom).of(tenantId)
const { rows: ids } = await pool.query<{ id: string }>('select id::text from orders where tenant_id = $1', [
  tenantId,
])
await pool.query('truncate order_search')
// What the history made up is under no key at all.
for (const { table, column } of SEALED_COLUMNS)
  await pool
    .query(`update ${table} set ${column} = null where ${column} is not null`)
    .catch(() => pool.query(`delete from ${table}`))
// Mails whose mailbox went with that.
const { rows: mailboxes } = await pool.query<{ id: string }>(
  `select distinct mailbox_id::text as id from mails m where tenant_id = $1 and not exists (select from mailboxes b where b.id = m.mailbox_id)`,
  [tenantId],
)
for (const { id } of mailboxes)
  await pool.query(
    `insert into mailboxes (id, tenant_id, name, host, port, sealed_username, created_at, updated_at) values ($1, $2, 'orders', 'imap.example.com', 993, $3, now(), now())`,
    [id, tenantId, Buffer.from(sealer.seal(`mailbox:${id}:username`, 'orders'))],
  )
for (let first = 0; first < ids.length; first += 500) {
  const part = ids.slice(first, first + 500).map(({ id }, n) => {
    const order = sampleOrder(`A-${first + n}`)
    const raw = JSON.stringify({ order, more: Buffer.from(systemRandom.bytes(1_000)).toString('hex') })
    return {
      id,
      search: searchTokens(createSealer(here, systemRandom), tenantId, order),
      detail: Buffer.from(sealer.sealJson(`order:${id}:detail`, order)),
      raw: Buffer.from(sealer.sealText(`order:${id}:raw`, raw)),
    }
  })
  await pool.query(
    `with detail as (
       update orders o set sealed_detail = n.detail, purged_at = null from unnest($1::uuid[], $2::bytea[]) as n (id, detail) where o.id = n.id
     ) insert into order_raws (order_id, sealed_raw, fetched_at) select id, raw, now() from unnest($1::uuid[], $3::bytea[]) as n (id, raw)`,
    [part.map(({ id }) => id), part.map(({ detail }) => detail), part.map(({ raw }) => raw)],
  )
  await pool.query(
    `insert into order_search (order_id, tenant_id, kind, hash)
     select order_id, $4::uuid, kind, hash from unnest($1::uuid[], $2::text[], $3::bytea[]) as k (order_id, kind, hash) on conflict do nothing`,
    [...tokenColumns(part.map(({ id: orderId, search }) => ({ orderId, search }))), tenantId],
  )
}
// Made-up numbers of transactions, which this server has not reached.
await pool.query('truncate events')
// The history's rows do not all hang on each other as the service makes them.
const tables = await movedTables(pool)
for (let round = 0; round < 3; round++)
  for (const { table, column, parent, child, of } of await foreignKeysOf(pool, tables))
    await pool.query(
      `delete from "${table}" t where ${child.isOf} and t."${column}" is not null and not exists (
         select from "${parent}" p where p.id = t."${column}" and ${of.isOf.replaceAll(/\bt\./g, 'p.')})`,
      [tenantId],
    )
await database.close()

const folder = await mkdtemp(join(tmpdir(), 'tenant-move-'))
const envs = {
  here: { DATABASE_URL: from, ENCRYPTION_KEYS: formatEncryptionKeys(here) },
  there: { DATABASE_URL: to, ENCRYPTION_KEYS: formatEncryptionKeys(there) },
}
async function timed(side: 'here' | 'there', ...args: string[]): Promise<string> {
  const [begun, cpu] = [performance.now(), process.cpuUsage()]
  const { output } = await ops(['tenant', ...args], envs[side])
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  const { user, system } = process.cpuUsage(cpu)
  const own = ((user + system) / 1_000_000).toFixed(1)
  process.stdout.write(
    `${args[0]}: ${seconds} s, ${own} of CPU without Postgres (load ${present(loadavg()[0]).toFixed(1)})\n${output}\n`,
  )
  return present(output.split(/\s/).at(-1))
}
const begun = performance.now()
const file = join(folder, 'tenant')
await timed('here', 'export', tenantId, '--for', await timed('there', 'key'), file)
const receipt = await timed('there', 'import', file)
const word = await timed('here', 'release', tenantId, receipt, '--to', 'https://there.example.com')
await timed('there', 'start', tenantId, word)
process.stdout.write(`stood still: ${((performance.now() - begun) / 1_000).toFixed(1)} s\n`)
await rm(folder, { recursive: true })
