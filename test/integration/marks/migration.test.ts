import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { MIGRATIONS } from '../../../scripts/prisma-files.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { emptyDatabase } from '../../support/database/database.ts'

const log = { info: () => undefined, warn: () => undefined }
const ORDERS = 2_000

const OLD_ORDERS = `
with tenant as (
  insert into tenants (id, name, created_at, updated_at) values (gen_random_uuid(), '見本', now(), now()) returning id
), shop as (
  insert into shops (id, tenant_id, marketplace, code, name, created_at, updated_at)
  select gen_random_uuid(), id, 'rakuten', '123456', '見本', now(), now() from tenant returning id, tenant_id
)
insert into orders (id, tenant_id, shop_id, marketplace, order_number, mall_status, mall_state, ordered_at, staged_at, refreshed_at,
  billed_amount, total_amount, item_lines, item_quantity, payment_kind, flags, created_at, updated_at)
select gen_random_uuid(), tenant_id, shop.id, 'rakuten', '123456-' || n, '100', 'open', now(), now(), now(), 1, 1, 1, 1, 'cod', '{gift}',
  now(), now()
from shop, generate_series(1, ${ORDERS}) n`

it('orders of the release before stay as they are, without marks, and so does what an older process still inserts', {
  timeout: 60_000,
}, async () => {
  const database = await emptyDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'torikomi-marks-'))
  const client = new pg.Client({ connectionString: database.url })
  try {
    await cp(MIGRATIONS, directory, { recursive: true })
    const all = (await readdir(directory)).filter((name) => /^\d/.test(name)).toSorted()
    const from = all.findIndex((name) => name.endsWith('_marks'))
    for (const name of all.slice(from)) await rm(join(directory, name), { recursive: true })
    await applyMigrations(database.url, log, directory)
    await client.connect()
    await client.query(OLD_ORDERS)

    const started = performance.now()
    expect(await applyMigrations(database.url, log)).toEqual(all.slice(from))
    process.stdout.write(`${ORDERS} orders migrated in ${Math.round(performance.now() - started)} ms\n`)
    const { rows } = await client.query(
      "select count(*)::int as n, bool_and(marks = '{}' and flags = '{gift}') as same from orders",
    )
    expect(rows).toEqual([{ n: ORDERS, same: true }])
    // A process of the release before knows nothing of the column.
    await client.query(OLD_ORDERS)
    const { rows: younger } = await client.query('select count(*)::int as n from orders where marks is null')
    expect(younger).toEqual([{ n: 0 }])
  } finally {
    await client.end()
    await database.close()
    await rm(directory, { recursive: true, force: true })
  }
})
