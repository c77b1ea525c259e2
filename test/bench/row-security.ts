import { openDatabase } from '../../src/platform/db/database.ts'
import { applyMigrations } from '../../src/platform/db/migrate.ts'
import { asTenant } from '../../src/platform/db/tenant-scope.ts'
import { makeHistory } from '../support/database/history.ts'

/**
 * What the second wall costs: the same statements as the service and as a tenant's request, turn by turn. By
 * hand, on an empty database: `node test/bench/row-security.ts postgresql://… [orders]`
 */
const [url = '', orders = '100000'] = process.argv.slice(2)
const quiet = { info: () => undefined, warn: (text: unknown) => void process.stderr.write(`${text}\n`) }
await applyMigrations(url, quiet)
const { pool, close } = await openDatabase({ url, log: quiet })
const { tenantId, shopIds } = await makeHistory(pool, { orders: Number(orders), staged: 200 })
const { rows } = await pool.query<{ id: string; number: string; day: Date }>(
  `select id::text, order_number as number, ordered_at as day from orders where tenant_id = $1 order by id limit 500`,
  [tenantId],
)
const pick = (n: number) => rows[n % rows.length] as (typeof rows)[number]

const STATEMENTS: Record<string, (n: number) => [text: string, values: unknown[]]> = {
  'an order by its id': (n) => [
    'select * from orders where id = $1 and tenant_id = $2',
    [pick(n).id, tenantId],
  ],
  'a page of 50, newest first': () => [
    'select * from orders o where o.tenant_id = $1 order by o.ordered_at desc, o.id desc limit 50',
    [tenantId],
  ],
  'a page of 50 by status': () => [
    `select * from orders o where o.tenant_id = $1 and o.status = 'auto_imported' order by o.ordered_at desc, o.id desc limit 50`,
    [tenantId],
  ],
  'by the beginning of its number': (n) => [
    'select * from orders o where o.tenant_id = $1 and lower(o.order_number) like $2 order by o.ordered_at desc, o.id desc limit 50',
    [tenantId, `${pick(n).number.toLowerCase()}%`],
  ],
  'the timeline of an order': (n) => [
    'select * from order_events where order_id = $1 order by at, id',
    [pick(n).id],
  ],
  'what the board counts': () => [
    `select s.id, (select count(*) from (select from orders o where o.shop_id = s.id and o.status = 'auto_imported' limit 1000) one)
     from shops s where s.id = any($1::uuid[])`,
    [shopIds],
  ],
  'an update of 100 orders': (n) => [
    `update orders set version = version where id in (select id from orders where tenant_id = $1 and status = 'auto_imported' order by ordered_at, id limit 100 offset $2)`,
    [tenantId, n % 2],
  ],
}
const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
for (const [name, make] of Object.entries(STATEMENTS)) {
  const without: number[] = []
  const within: number[] = []
  const timed = async (into: number[], n: number, walled: boolean) => {
    const [text, values] = make(n)
    const ask = () => pool.query({ name, text, values })
    const from = performance.now()
    await (walled ? asTenant(tenantId, ask) : ask())
    if (n >= 10) into.push(performance.now() - from)
  }
  for (let n = 0; n < 160; n++) {
    await timed(n % 2 ? without : within, n, n % 2 === 0)
    await timed(n % 2 ? within : without, n, n % 2 === 1)
  }
  process.stdout.write(
    `${name}: ${median(without).toFixed(2)} ms without, ${median(within).toFixed(2)} ms behind the wall\n`,
  )
}
await close()
