import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SEALED_COLUMNS } from '../../../src/ops/rotation/sealed-columns.ts'
import {
  LEFT_BEHIND,
  type MovedTable,
  movedTables,
  OF_NO_TENANT,
} from '../../../src/ops/tenant-move/tables.ts'
import { pullAfter } from '../../../src/orders/hand-over/hand-over.ts'
import { searchHashes } from '../../../src/orders/store/search-tokens.ts'
import type { Sealer } from '../../../src/platform/crypto/sealer.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { changeTenant } from '../../../src/shops/tenants/tenants.ts'
import { byEmail } from '../../../src/staff/accounts.ts'
import type { TestDatabase } from '../../support/database/database.ts'
import { makeApiKey, makeMailbox, newId, sampleOrder } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import {
  ADDRESS,
  type Frame,
  type Side,
  sealers,
  type TwoInstallations,
  twoInstallations,
} from '../../support/service/two-installations.ts'
import { makeStaff } from '../../support/staff/browser.ts'

let both: TwoInstallations
let here: TwoInstallations['databases']['here']
let there: TwoInstallations['databases']['there']
beforeEach(async () => {
  both = await twoInstallations()
  ;({ here, there } = both.databases)
})
afterEach(() => both.close())

const file = (name?: string) => both.file(name)
const run = (side: Side, ...args: string[]) => both.run(side, ...args)
const exported = (tenantId: string, name?: string) => both.exported(tenantId, name)
const imported = (name?: string) => both.imported(name)
const released = (tenantId: string, receipt: string) => both.released(tenantId, receipt)
const forge = (tenantId: string, change: (frame: Frame) => void) => both.forge(tenantId, change)

const statusAt = async ({ db }: TestDatabase, id: string) =>
  (await db.tenant.findUnique({ where: { id } }))?.status ?? null

test('every table moves, or stays for a reason that is written down', async () => {
  const { rows } = await here.pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`,
  )
  const all = rows.map(({ name }) => name)
  const moved = (await movedTables(here.pool)).map(({ name }) => name)
  expect([...moved, ...Object.keys(LEFT_BEHIND), ...OF_NO_TENANT].toSorted()).toEqual(all.toSorted())
  expect(moved).toEqual(expect.arrayContaining(['orders', 'desks', 'audit_entries', 'order_item_search']))
})

/** Keyed, and never null: a mail that is read once more is another, as after a rotation of keys. */
const KEYED = ['mails.fingerprint']

/**
 * Bytes that are no seal: hashes that mean the same everywhere, or random ones. A keyed one belongs into the
 * blind indexes of SEALED_COLUMNS, or is emptied (`EMPTIED`).
 */
const PLAIN_BYTES = [
  'api_keys.hash',
  'order_files.left_out',
  'passkeys.credential_hash',
  'passkeys.password_mark',
  'pulls.request_hash',
  'shop_papers.logo',
  'staff_accounts.passkey_handle',
  'staff_accounts.recovery_codes',
]

test('no keyed hash moves as it is, but one that cannot be empty', async () => {
  const tables = await movedTables(here.pool)
  const plain = tables.flatMap(({ name, columns, values }) =>
    columns.flatMap((column, place) => {
      const isIndex = SEALED_COLUMNS.some(
        ({ table, index }) => table === name && index?.column === column.name,
      )
      const isKept = column.type.startsWith('bytea') && !values[place]?.startsWith('null')
      return isKept && !isIndex ? [`${name}.${column.name}`] : []
    }),
  )
  expect(plain.toSorted()).toEqual([...PLAIN_BYTES, ...KEYED].toSorted())
})

/** What is sealed, where something is made of it. */
const TEXTS: Readonly<Record<string, string>> = {
  'erasures.sealed_term': '0312345678',
  'staff_accounts.sealed_email': 'moved@example.jp',
  'staff_accounts.sealed_oidc': JSON.stringify(['https://id.example.jp', 'person']),
  'blocked_buyers.sealed_entry': JSON.stringify({ value: '03-1234-5678', postalCode: null, reason: null }),
  'orders.sealed_detail': JSON.stringify(sampleOrder('123456-20260115-0000000001')),
  'order_versions.sealed_detail': 'x'.repeat(5_000),
}

const VALUES: Readonly<Record<string, unknown>> = {
  kind: 'phone',
  // Hashed already, as triggers see to.
  idempotency_key: `sha256:${'a'.repeat(64)}`,
  request_key: `sha256:${'b'.repeat(64)}`,
  role: 'staff',
  path: JSON.stringify([['', 0]]),
  data: '{}',
}

/** A notice is of a shop, or of a mailbox, or of a webhook; the others would make triggers change the row. */
const OF_ANOTHER = [
  'notices.mailbox_id',
  'notices.webhook_id',
  'shops.rehearsal_id',
  'site_changes.mall_message',
]

/** One row in each table that moves, every column filled, hanging on each other. */
async function furnish({ pool }: TestDatabase, sealer: Sealer): Promise<string> {
  const tables = await movedTables(pool)
  const { rows: foreign } = await pool.query<{ table: string; column: string; parent: string }>(
    `select k.conrelid::regclass::text as "table", a.attname as "column", k.confrelid::regclass::text as parent
     from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] where k.contype = 'f'`,
  )
  const { rows: labels } = await pool.query<{ type: string; label: string }>(
    `select t.typname as type, min(e.enumlabel) as label from pg_enum e join pg_type t on t.oid = e.enumtypid group by 1`,
  )
  const ids = new Map(tables.map(({ name }) => [name, newId()]))
  const tenantId = present(ids.get('tenants'))
  const client = await pool.connect()
  try {
    await client.query('begin; set local session_replication_role = replica')
    for (const table of tables) {
      const values: Record<string, unknown> = {}
      for (const { name, type, generated } of table.columns) {
        if (generated || OF_ANOTHER.includes(`${table.name}.${name}`)) continue
        const parent = foreign.find((one) => one.table === table.name && one.column === name)?.parent
        values[name] =
          name === 'id' || (parent === undefined && name === 'order_id')
            ? present(ids.get(name === 'id' ? table.name : 'orders'))
            : parent !== undefined
              ? (ids.get(parent) ?? newId())
              : name === 'tenant_id'
                ? tenantId
                : (VALUES[name] ?? valueFor(type, labels))
      }
      const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
      for (const { column, context } of table.sealed)
        values[column] = Buffer.from(
          sealer
            .of(tenantId)
            .sealText(context(texts), TEXTS[`${table.name}.${column}`] ?? `secret of ${column}`),
        )
      const names = Object.keys(values)
      await client.query(
        `insert into "${table.name}" (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map((_, place) => `$${place + 1}`).join(', ')})`,
        Object.values(values),
      )
    }
    await client.query(`update tenants set status = 'active', delete_at = null`)
    await client.query('commit')
  } finally {
    client.release()
  }
  return tenantId
}

function valueFor(type: string, labels: readonly { type: string; label: string }[]): unknown {
  if (type === 'uuid') return newId()
  if (type === 'jsonb') return '{"a": "\\"\\\\ 注文"}'
  if (type === 'bytea') return Buffer.from(systemRandom.bytes(16))
  if (type === 'boolean') return true
  if (type === 'date') return '2026-01-15'
  if (type.startsWith('timestamp')) return new Date('2026-01-15T03:00:00Z')
  if (type === 'text[]') return ['a,b', '"c" {d} \\']
  if (type === 'uuid[]') return [newId()]
  if (type === 'integer[]') return [1, -2]
  if (type === 'bytea[]') return [Buffer.from('one')]
  if (/^(?:int|big|small|num)/.test(type)) return 3
  if (type === 'text' || type.startsWith('character')) return '語 "quoted", (\\) '
  return labels.find((one) => one.type === type)?.label
}

/** Rows as they are below the seals, without what is of one installation. */
async function plainRows({ pool }: TestDatabase, table: MovedTable, sealer: Sealer, tenantId: string) {
  const { rows } = await pool.query(`select t.* from "${table.name}" t where ${table.isOf}`, [tenantId])
  return rows.map((row: Record<string, unknown>) =>
    Object.fromEntries(
      table.columns.map(({ name }, place) => {
        const value = row[name]
        const seal = table.sealed.find(({ column }) => column === name)
        const texts = Object.fromEntries(Object.entries(row).map(([key, one]) => [key, String(one)]))
        if (seal)
          return [
            name,
            Buffer.isBuffer(value) ? sealer.of(tenantId).open(seal.context(texts), value).toString() : value,
          ]
        const isIndex = table.sealed.some(({ index }) => index?.column === name)
        const isGone = table.values[place]?.startsWith('null')
        return [name, isIndex ? value !== null : isGone ? null : value]
      }),
    ),
  )
}

/** Given anew by the import: the place in the feed, and who works there. */
const GIVEN: Readonly<Record<string, object>> = {
  tenants: {
    status: 'suspended',
    updated_at: expect.any(Date),
    most_shops: null,
    most_mailboxes: null,
    most_webhooks: null,
    most_api_keys: null,
  },
  webhooks: {
    xid: expect.anything(),
    event_id: expect.anything(),
    reset_at: expect.any(Date),
    reset_code: 'HISTORY',
  },
}

test('a row of every table is there as it was, opened by the other keys and found by their hashes', async () => {
  const tenantId = await furnish(here, sealers.here)
  const tables = await movedTables(here.pool)
  const before = new Map<string, Awaited<ReturnType<typeof plainRows>>>()
  for (const table of tables) before.set(table.name, await plainRows(here, table, sealers.here, tenantId))
  await exported(tenantId)
  await imported()
  for (const table of tables) {
    const rows = await plainRows(there, table, sealers.there, tenantId)
    const was = present(before.get(table.name))
    const entry = table.name === 'audit_entries'
    expect(rows.length, table.name).toBeGreaterThanOrEqual(was.length)
    const found = entry ? rows.filter(({ id }) => was.some((one) => one.id === id)) : rows
    expect(found, table.name).toEqual(was.map((row) => ({ ...row, ...GIVEN[table.name] })))
  }
  expect(await there.db.staffAccount.count({ where: byEmail(sealers.there, 'moved@example.jp') })).toBe(1)
  const phone = searchHashes(sealers.there, tenantId, 'phone', '0312345678')
  const { rowCount } = await there.pool.query('select from erasures where hash = any($1)', [phone])
  expect(rowCount).toBe(1)
})

test('a client goes on with its stored position: nothing lost, nothing doubled', async () => {
  const bench = await importBench(here)
  const { tenantId } = bench
  const wanted = numbers(7)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
  await makeApiKey(here.db, tenantId)
  await makeStaff(here.db, tenantId, 'owner', 'owner@example.jp')
  await makeMailbox(here.db, { tenantId, shopIds: [bench.shopId] })
  // Of a listener that was killed.
  await here.pool.query(`update mailboxes set lease_owner = 'killed', lease_until = 'infinity'`)
  const puller = { tenantId, actor: `key:${newId()}` }
  const got: string[] = []
  const pull = async (deps: typeof bench.deps, after: string | null) => {
    const batch = await pullAfter(deps, puller, { after, limit: 3 })
    got.push(...batch.orders.map(({ orderNumber }) => orderNumber))
    return batch
  }
  const { position } = await pull(bench.deps, null)
  // An old entry of it, and a chain there that has gone on since.
  const entry = { actor: 'ops', target: tenantId }
  const old = {
    ...entry,
    id: newId(),
    tenantId,
    at: new Date('2026-01-15T03:00:00Z'),
    action: 'tenant.updated',
  }
  await here.db.auditEntry.create({ data: old })
  await there.db.auditEntry.create({
    data: { ...entry, id: newId(), at: new Date(), action: 'keys.rotated' },
  })
  expect((await run('there', 'audit', 'verify')).code).toBe(0)
  await exported(tenantId)
  expect(await statusAt(here, tenantId)).toBe('suspended')
  const word = await released(tenantId, await imported())
  expect(await statusAt(there, tenantId)).toBe('suspended')
  await run('there', 'tenant', 'start', tenantId, word)
  expect([await statusAt(here, tenantId), await statusAt(there, tenantId)]).toEqual(['suspended', 'active'])
  expect((await run('there', 'audit', 'verify')).code).toBe(0)
  expect(await there.db.auditLink.count({ where: { entryId: old.id } })).toBe(1)
  // The bench's clock is of another time than the commands'.
  const moved = await importBench(there, {}, bench)
  const deps = { ...moved.deps, sealer: sealers.there }
  const second = await pull(deps, present(position ?? undefined))
  const again = await pullAfter(deps, puller, { after: present(position ?? undefined), limit: 3 })
  expect(again.orders.map(({ id }) => id)).toEqual(second.orders.map(({ id }) => id))
  const third = await pull(deps, present(second.position ?? undefined))
  expect((await pull(deps, present(third.position ?? undefined))).orders).toEqual([])
  expect(got.toSorted()).toEqual(wanted.toSorted())
  const { rows } = await there.pool.query(
    'select count(*)::int as n from order_search where tenant_id = $1',
    [tenantId],
  )
  const { rows: first } = await here.pool.query(
    'select count(*)::int as n from order_search where tenant_id = $1',
    [tenantId],
  )
  expect(rows).toEqual(first)
  // Nothing of the import is told, and the history has a name that the first one cannot have given out.
  expect(
    (await there.pool.query(`select from events where kind = 'order' and data -> 'what' ? 'staged'`))
      .rowCount,
  ).toBe(0)
  expect((await there.db.feedHistory.findFirstOrThrow()).epoch).not.toBe('')
})

test('each command again does nothing, and none goes out of turn', async () => {
  const { tenantId } = await importBench(here)
  await expect(run('here', 'tenant', 'release', tenantId, 'x', '--to', ADDRESS)).rejects.toThrow(
    'not leaving',
  )
  await exported(tenantId)
  await expect(run('here', 'tenant', 'import', file())).rejects.toThrow('made for another installation')
  const receipt = await imported()
  expect(await imported()).toBe(receipt)
  await expect(run('there', 'tenant', 'start', tenantId, 'word')).rejects.toThrow('not the start word')
  await expect(released(tenantId, 'other')).rejects.toThrow('not the receipt')
  const tools = { ...there, newId, clock: { now: () => Date.now() }, onTenantChanged: () => undefined }
  const active = { status: 'active' } as const
  await expect(changeTenant(tools as never, { actor: 'operator' }, tenantId, active)).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  // A process of an older release knows nothing of moves.
  await expect(there.db.tenant.update({ where: { id: tenantId }, data: active })).rejects.toThrow(
    'on its way',
  )
  const word = await released(tenantId, receipt)
  expect(await released(tenantId, receipt)).toBe(word)
  await expect(run('here', 'tenant', 'keep', tenantId)).rejects.toThrow('moved away')
  await expect(exported(tenantId, 'late')).rejects.toThrow('moved away')
  for (let time = 0; time < 2; time++) await run('there', 'tenant', 'start', tenantId, word)
  await expect(run('there', 'tenant', 'drop', tenantId)).rejects.toThrow()
  await expect(run('there', 'tenant', 'import', file())).rejects.toThrow('started here before')
  const actions = await there.db.auditEntry.findMany({
    where: { tenantId, action: { startsWith: 'tenant.' } },
    orderBy: { id: 'asc' },
  })
  expect(actions.map(({ action }) => action)).toEqual(['tenant.left', 'tenant.arrived', 'tenant.started'])
})

test('a move that is called off goes on here, and its file starts nothing', async () => {
  const { tenantId, shopId } = await importBench(here)
  const later = new Date(Date.now() + 60 * 60_000)
  await here.pool.query('insert into shop_turns (shop_id, holder, lease_until) values ($1, $2, $3)', [
    shopId,
    newId(),
    later,
  ])
  await expect(exported(tenantId, 'busy')).rejects.toThrow('not come to rest (shop_turns)')
  await here.pool.query('delete from shop_turns')
  await exported(tenantId)
  const receipt = await imported()
  await run('here', 'tenant', 'keep', tenantId)
  expect(await statusAt(here, tenantId)).toBe('active')
  await expect(released(tenantId, receipt)).rejects.toThrow('not leaving')
  await exported(tenantId, 'two')
  await expect(released(tenantId, receipt)).rejects.toThrow('not the receipt')
  await expect(imported('two')).rejects.toThrow('drop')
  for (let time = 0; time < 2; time++) await run('there', 'tenant', 'drop', tenantId)
  expect(await statusAt(there, tenantId)).toBeNull()
  await run('there', 'tenant', 'start', tenantId, await released(tenantId, await imported('two')))
  expect(await statusAt(there, tenantId)).toBe('active')
})

test('what was written behind the export is not left behind', async () => {
  const bench = await importBench(here)
  const { tenantId } = bench
  await exported(tenantId)
  const receipt = await imported()
  bench.mall.place(present(numbers(1)[0]))
  await bench.want(numbers(1))
  await expect(released(tenantId, receipt)).rejects.toThrow('export again')
})

test('a forged or broken file leaves nothing, and a foreign row is refused', async () => {
  const { tenantId } = await importBench(here)
  await makeStaff(here.db, tenantId, 'owner')
  const other = await importBench(there)
  await forge(tenantId, (frame) => {
    if (frame.table === 'staff_accounts')
      frame.rows = frame.rows.map((row) => row.replace(',owner,', ',operator,'))
  })
  await expect(imported('forged')).rejects.toThrow('staff_accounts')
  expect(await statusAt(there, tenantId)).toBeNull()
  await rm(file())
  await rm(file('forged'))
  await forge(tenantId, (frame) => {
    if (frame.table === 'shops')
      frame.rows = frame.rows.map((row) => row.replaceAll(tenantId, other.tenantId))
  })
  await expect(imported('forged')).rejects.toThrow('shops')
  expect(await there.db.shop.count()).toBe(1)
  await writeFile(file('cut'), (await readFile(file())).subarray(0, -40))
  await expect(imported('cut')).rejects.toThrow('cannot be read')
  expect(await there.db.tenant.count()).toBe(1)
})
