import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../../scripts/prisma-files.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { emptyDatabase } from '../../support/database/database.ts'
import { dumpDatabase } from '../../support/database/dump.ts'
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
  if (column.type === 'bytea') return Buffer.from([1])
  if (/json/.test(column.type)) return '{}'
  if (column.type.startsWith('_')) return []
  return 'x'
}

/** From here on releases keep a mall's words sealed, and no later migration looks for others. */
const SEALED_SINCE = '20261126064031_sealed_mall_words'
/** From here on orders have marks. */
const MARKS_SINCE = '20261125220903_marks'
/** What a mall said, as releases before kept it in clear. */
const SAID = '印字山太郎様の住所）。ストアクリエイターProで注文'
const OURS = `拒否しました（od1:${SAID}）。ストアクリエイターProで注文を確認してください。`
const STEP = {
  name: 'ship',
  answer: {
    code: 'YAHOO_REJECTED',
    message: OURS,
    mallMessage: SAID,
    warnings: [{ code: 'W', message: SAID }],
  },
}

/** One row of each of these tables, with whatever columns that state has. */
async function fill(client: pg.Client): Promise<Record<string, string>> {
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
        ...{ id: ids.order_id, tenant_id: ids.tenant_id, shop_id: ids.shop_id },
        ...{ mall_state: 'shipped', marks: '{repeat_buyer,combinable}' },
      },
    ],
    ['order_raws', { order_id: ids.order_id }],
    ['order_events', { order_id: ids.order_id, data: JSON.stringify(withChanges ? STEP.answer : {}) }],
    [
      'site_changes',
      {
        ...ids,
        state: 'failed',
        code: 'YAHOO_REJECTED',
        message: OURS,
        mall_message: SAID,
        steps: JSON.stringify([STEP, STEP]),
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

test.each(names.slice(0, -1).map((name, index) => ({ name, index })))(
  'from $name',
  async ({ name, index }) => {
    const { url, close } = await emptyDatabase()
    const directory = await mkdtemp(join(tmpdir(), 'torikomi-upgrade-'))
    const client = new pg.Client({ connectionString: url })
    try {
      for (const one of names.slice(0, index + 1))
        await cp(join(MIGRATIONS, one), join(directory, one), { recursive: true })
      await applyMigrations(url, quiet, directory)
      await client.connect()
      const ids = await fill(client)
      expect(await applyMigrations(url, quiet)).toEqual(names.slice(index + 1))
      const { rows } = await client.query(
        `select (select count(*)::int from tenants) as tenants, (select count(*)::int from mails) as mails, id, ended_at is not null as ended from orders`,
      )
      expect(rows).toEqual([{ tenants: 1, mails: 1, id: ids.order_id, ended: true }])
      if (name >= MARKS_SINCE) {
        const { rows: marks } = await client.query(
          'select mark, order_id as id from order_marks order by mark',
        )
        expect(marks).toEqual(['combinable', 'repeat_buyer'].map((mark) => ({ mark, id: ids.order_id })))
      }
      if (name < SEALED_SINCE) expect(await dumpDatabase(url)).not.toContain('印字山')
    } finally {
      await client.end()
      await rm(directory, { recursive: true, force: true })
      await close()
    }
  },
)
