import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MIGRATIONS } from '../../../scripts/prisma-files.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { emptyDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import { newId } from '../../support/fixtures.ts'

/** From every state in which a release left a database, with rows in it, to today's. */

const quiet = { info: () => undefined, warn: () => undefined }
const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).toSorted()

/** A value that a column without a default takes, by its type and name. */
function valueFor(
  column: { name: string; type: string },
  ids: Record<string, string>,
  label: string | undefined,
): unknown {
  const own = ids[column.name]
  if (own !== undefined) return own
  if (column.type === 'uuid') return newId()
  if (label !== undefined) return label
  if (/timestamp/.test(column.type)) return new Date('2026-01-01T00:00:00Z')
  if (column.type === 'date') return '2026-01-01'
  if (/int|numeric/.test(column.type)) return 1
  if (column.type === 'bool') return false
  // A key's hash is there once.
  if (column.type === 'bytea') return randomBytes(8)
  if (/json/.test(column.type)) return '{}'
  if (column.type.startsWith('_')) return []
  return 'x'
}

/** From here on releases keep a mall's words sealed, and no later migration looks for others. */
const SEALED_SINCE = '20261126064031_sealed_mall_words'
/** From here on orders have marks. */
const MARKS_SINCE = '20261125220903_marks'
/** What a mall said, as releases before kept it in clear. */
const SAID = '印字山太郎様の住所'

/** One row of each of these tables, with whatever columns that state has. */
async function fill(client: pg.Client, said: string): Promise<Record<string, string>> {
  const ours = `拒否しました（od1:${said}）。ストアクリエイターProで注文を確認してください。`
  const answer = {
    code: 'YAHOO_REJECTED',
    message: ours,
    mallMessage: said,
    warnings: [{ code: 'W', message: said }],
  }
  const step = { name: 'ship', answer }
  const ids = { tenant_id: newId(), shop_id: newId(), order_id: newId(), mailbox_id: newId() }
  const { rows: changes } = await client.query<{ there: boolean }>(
    `select to_regclass('site_changes') is not null as there`,
  )
  const withChanges = changes[0]?.there
  const rows: [string, Record<string, string>][] = [
    ['tenants', { id: ids.tenant_id }],
    ['shops', { id: ids.shop_id, tenant_id: ids.tenant_id }],
    ['mailboxes', { id: ids.mailbox_id, tenant_id: ids.tenant_id }],
    ['mails', ids],
    ['import_requests', { tenant_id: ids.tenant_id, shop_id: ids.shop_id }],
    [
      'orders',
      {
        id: ids.order_id,
        tenant_id: ids.tenant_id,
        shop_id: ids.shop_id,
        mall_state: 'shipped',
        marks: '{repeat_buyer,combinable}',
      },
    ],
    ['order_raws', { order_id: ids.order_id }],
    ['order_events', { order_id: ids.order_id, data: JSON.stringify(withChanges ? answer : {}) }],
    [
      'site_changes',
      {
        ...ids,
        state: 'failed',
        code: 'YAHOO_REJECTED',
        message: ours,
        mall_message: said,
        steps: JSON.stringify([step, step]),
      },
    ],
    ['audit_entries', { tenant_id: ids.tenant_id }],
    ['api_keys', { tenant_id: ids.tenant_id }],
  ]
  for (const [table, known] of rows) {
    const { rows: columns } = await client.query<{ name: string; type: string; label: string | null }>(
      `select c.column_name as name, c.udt_name as type, (select e.enumlabel from pg_enum e join pg_type t on t.oid = e.enumtypid
         where t.typname = c.udt_name order by e.enumsortorder limit 1) as label
       from information_schema.columns c where c.table_schema = 'public' and c.table_name = $1
         and ((c.is_nullable = 'NO' and c.column_default is null) or c.column_name = any($2))`,
      [table, Object.keys(known)],
    )
    if (columns.length === 0) continue
    const values = columns.map((column) => valueFor(column, known, column.label ?? undefined))
    await client.query(
      `insert into ${table} (${columns.map(({ name }) => name).join(', ')}) values (${columns.map((_, n) => `$${n + 1}`).join(', ')})`,
      values,
    )
  }
  return ids
}

describe('rows of every state go through all that came after it', () => {
  let database: { url: string; close(): Promise<void> }
  let client: pg.Client
  let directory: string
  /** The order that each state's release wrote. */
  const orders = new Map<string, string>()
  const ids = () => [...orders.values()]

  // Rows of all states beside each other in one database: to begin anew for each takes a hundred seconds, and
  // no migration sees more.
  beforeAll(async () => {
    database = await emptyDatabase()
    directory = await mkdtemp(join(tmpdir(), 'torikomi-upgrade-'))
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    for (const name of names.slice(0, -1)) {
      await cp(join(MIGRATIONS, name), join(directory, name), { recursive: true })
      expect(await applyMigrations(database.url, quiet, directory)).toEqual([name])
      const filled = await fill(client, name < SEALED_SINCE ? SAID : 'x')
      orders.set(name, filled.order_id ?? '')
    }
    expect(await applyMigrations(database.url, quiet)).toEqual(names.slice(-1))
  })
  afterAll(async () => {
    await client?.end()
    await database?.close()
    if (directory) await rm(directory, { recursive: true, force: true })
  })

  test('none is lost, and each order has ended as its mall said', async () => {
    const { rows } = await client.query(
      `select (select count(*)::int from tenants) as tenants, (select count(*)::int from mails) as mails,
         array_agg(id) as orders, bool_and(ended_at is not null) as ended from orders`,
    )
    expect(rows).toEqual([
      { tenants: orders.size, mails: orders.size, ended: true, orders: expect.any(Array) },
    ])
    expect(rows[0].orders.toSorted()).toEqual(ids().toSorted())
  })

  test('each mark stays with its order', async () => {
    const marked = [...orders].filter(([name]) => name >= MARKS_SINCE).map(([, id]) => id)
    const { rows } = await client.query('select mark, order_id as id from order_marks')
    const wanted = marked.flatMap((id) => ['combinable', 'repeat_buyer'].map((mark) => ({ mark, id })))
    const sorted = (all: { mark: string; id: string }[]) =>
      all.map(({ mark, id }) => `${id} ${mark}`).toSorted()
    expect(sorted(rows)).toEqual(sorted(wanted))
  })

  test('what a mall said is nowhere in clear', async () => {
    expect(await dumpDatabase(database.url)).not.toContain(SAID.slice(0, 3))
  })
})

test('the first release’s database becomes today’s in one go', async () => {
  const { url, close } = await emptyDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'torikomi-upgrade-'))
  const client = new pg.Client({ connectionString: url })
  try {
    const [first = ''] = names
    await cp(join(MIGRATIONS, first), join(directory, first), { recursive: true })
    await applyMigrations(url, quiet, directory)
    await client.connect()
    const { order_id: id } = await fill(client, SAID)
    expect(await applyMigrations(url, quiet)).toEqual(names.slice(1))
    expect((await client.query('select id from orders')).rows).toEqual([{ id }])
  } finally {
    await client.end()
    await rm(directory, { recursive: true, force: true })
    await close()
  }
})
