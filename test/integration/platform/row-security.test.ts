import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { applyMigrations } from '../../../src/platform/db/migrate.ts'
import { readRowSecurity } from '../../../src/platform/db/roles.ts'
import { acrossTenants, asReports, asTenant } from '../../../src/platform/db/tenant-scope.ts'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { codeOf } from '../../../src/platform/errors.ts'
import {
  emptyDatabase,
  freshDatabase,
  grantLogins,
  makeLogins,
  type TestDatabase,
} from '../../support/database/database.ts'
import { makeHistory } from '../../support/database/history.ts'
import { makeShop, makeTenant } from '../../support/fixtures.ts'

/**
 * The second wall: a statement that forgot its tenant finds nothing of another one's, by whichever way it is
 * sent.
 */

let database: TestDatabase
let own: string
let other: string
beforeAll(async () => {
  database = await freshDatabase()
  await makeHistory(database.pool, { orders: 200, staged: 20, tenants: 2, shops: 2 })
  const tenants = await database.db.tenant.findMany({ orderBy: { id: 'asc' } })
  own = tenants[0]?.id ?? ''
  other = tenants[1]?.id ?? ''
})
afterAll(() => database.close())

interface Walled {
  name: string
  policies: string[]
}

async function tables(): Promise<Walled[]> {
  const { rows } = await database.pool.query<Walled>(
    `select c.relname as name, array(select polname::text from pg_policy where polrelid = c.oid and c.relrowsecurity order by 1) as policies
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`,
  )
  return rows
}

const counted = async (sql: string) =>
  (await database.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]?.n

/** None where a request has no right to read the table. */
const visible = async (tenantId: string, table: string): Promise<number> => {
  try {
    return (await asTenant(tenantId, () => counted(table))) ?? 0
  } catch (error) {
    if (codeOf(error) !== '42501') throw error
    return 0
  }
}

describe('a tenant’s request', () => {
  it('sees of every table what is its own, without any condition', async () => {
    const walled = (await tables()).filter(({ policies }) => policies.length > 0)
    let seen = 0
    for (const { name } of walled) {
      const all = (await counted(name)) ?? 0
      const [mine = 0, theirs = 0] = [await visible(own, name), await visible(other, name)]
      // What is of no tenant is seen by none.
      expect(mine + theirs, name).toBeLessThanOrEqual(all)
      if (all > 1 && mine > 0 && mine < all) seen += 1
    }
    expect(seen).toBeGreaterThan(8)
  })

  /**
   * Among many small tenants the planner takes the index that begins with the tenant for shorter than the
   * key, as long as it need not look into the table: then a pull of a tenant with years of orders read all of
   * them for each entry of its timeline, and took twenty seconds.
   */
  it('has the parent of a row looked up by its key, also where tenants are small on the average', async () => {
    await database.pool.query('alter table orders alter tenant_id set (n_distinct = -0.5)')
    await database.pool.query('vacuum analyze orders')
    const plan = await asTenant(own, () =>
      database.pool.query<{ 'QUERY PLAN': string }>('explain select kind from order_events'),
    )
    const lines = plan.rows.map((row) => row['QUERY PLAN'])
    expect(lines.filter((line) => / on orders /.test(line))).toEqual([
      expect.stringContaining('Index Scan using orders_pkey on orders p'),
    ])
  })

  it('by Prisma, by the pool, in a transaction of each', async () => {
    const { db, pool } = database
    const others = await db.order.findMany({ where: { tenantId: other }, select: { id: true } })
    const [first] = others
    const id = first?.id ?? ''
    expect(others.length).toBeGreaterThan(10)
    await asTenant(own, async () => {
      expect(await db.order.findMany({ where: { tenantId: other } })).toEqual([])
      expect(await db.order.findUnique({ where: { id } })).toBeNull()
      expect(await db.$transaction((tx) => tx.order.findFirst({ where: { id } }))).toBeNull()
      expect(await db.$transaction([db.order.count({ where: { id } })])).toEqual([0])
      expect((await pool.query('select from orders where id = $1', [id])).rowCount).toBe(0)
      expect((await pool.query('update orders set version = version + 1 where id = $1', [id])).rowCount).toBe(
        0,
      )
      expect((await pool.query('delete from orders where id = $1', [id])).rowCount).toBe(0)
      const inside = (client: { query: typeof pool.query }) =>
        client.query('select from orders where id = $1', [id])
      expect((await inTransaction(pool, inside)) as { rowCount: number }).toMatchObject({
        rowCount: 0,
      })
      expect(await acrossTenants('the test', () => db.order.count({ where: { id } }))).toBe(1)
    })
    expect(await db.order.count({ where: { id } })).toBe(1)
  })

  it('cannot write a row of another tenant', async () => {
    const [shop] = await database.db.shop.findMany({ where: { tenantId: other }, take: 1 })
    await asTenant(own, async () => {
      await expect(makeShop(database.db, { tenantId: other })).rejects.toThrow(/row-level security/)
      await expect(
        database.pool.query(`insert into shop_notices values ($1, 'X', 'x', now(), now())`, [shop?.id]),
      ).rejects.toThrow(/row-level security/)
      await expect(database.pool.query('update shops set tenant_id = $1', [other])).rejects.toThrow(
        /row-level security/,
      )
    })
  })

  it('and look-ups of one moment are each sent for who asked', async () => {
    const { db } = database
    const mine = await db.shop.findFirstOrThrow({ where: { tenantId: own } })
    const theirs = await db.shop.findFirstOrThrow({ where: { tenantId: other } })
    const ask = (tenantId: string | null, id: string) =>
      tenantId === null
        ? db.shop.findUnique({ where: { id } })
        : asTenant(tenantId, () => db.shop.findUnique({ where: { id } }))
    const answers = await Promise.all([
      ...[ask(own, mine.id), ask(other, mine.id), ask(other, theirs.id), ask(null, mine.id)],
      ...[ask(own, theirs.id), ask(null, theirs.id), ask(other, theirs.id), ask(own, mine.id)],
    ])
    expect(answers.map((shop) => shop?.id ?? null)).toEqual([
      ...[mine.id, null, theirs.id, mine.id],
      ...[null, theirs.id, theirs.id, mine.id],
    ])
  })

  it('over a connection that another tenant had, and one that was lost', async () => {
    const ids = [own, other, own, other]
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const tenantId = ids[n % ids.length] ?? ''
        return asTenant(tenantId, async () => {
          const { rows } = await database.pool.query<{ id: string }>(
            'select distinct tenant_id::text as id from orders',
          )
          return rows.length === 1 && rows[0]?.id === tenantId
        })
      }),
    )
    expect(seen).toEqual(seen.map(() => true))
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect
      .poll(() => asTenant(other, () => counted('orders')).catch(() => null))
      .toBe(await counted(`orders where tenant_id = '${other}'`))
  })

  it('of no tenant, or one that is not there, sees nothing', async () => {
    expect(await asTenant('00000000-0000-7000-8000-000000000000', () => counted('orders'))).toBe(0)
    await database.pool.query('begin; set local role torikomi_tenant; commit')
    expect((await makeTenant(database.db)).id).toBeDefined()
  })
})

describe('the operator’s reports', () => {
  it('count over all tenants, and read no column that is sealed, hashed or a text of a person', async () => {
    const { db, pool } = database
    expect(await asReports(() => db.order.count())).toBe(await db.order.count())
    const { rows: columns } = await pool.query<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'public' and (udt_name in ('bytea', '_bytea') or column_name ~ '^sealed_')`,
    )
    expect(columns.length).toBeGreaterThan(50)
    for (const { table, column } of columns)
      await expect(
        asReports(() => pool.query(`select "${column}" from "${table}" limit 1`)),
        `${table}.${column}`,
      ).rejects.toThrow(/permission denied/)
    await expect(asReports(() => db.order.findFirst())).rejects.toThrow()
    await expect(asReports(() => db.tenant.findFirst({ select: { emails: true } }))).rejects.toThrow()
  })

  it('change nothing', async () => {
    const { db, pool } = database
    for (const statement of [
      'update orders set version = version + 1',
      'delete from notices',
      'truncate orders',
    ])
      await expect(
        asReports(() => pool.query(statement)),
        statement,
      ).rejects.toThrow(/permission denied/)
    await expect(
      asReports(() => db.$transaction((tx) => tx.tenant.deleteMany({ where: { id: other } }))),
    ).rejects.toThrow()
  })

  it('hand nothing of their connections on to a tenant’s request, nor the other way', async () => {
    const all = await counted('orders')
    const mine = await asTenant(own, () => counted('orders'))
    const rounds = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        at % 3 === 0
          ? asReports(() => counted('orders'))
          : at % 3 === 1
            ? asTenant(own, () => counted('orders'))
            : counted('orders'),
      ),
    )
    expect(rounds).toEqual(Array.from({ length: 30 }, (_, at) => (at % 3 === 1 ? mine : all)))
    expect(mine).toBeLessThan(all ?? 0)
  })
})

describe('the wall itself', () => {
  it('gives a request no right to lift itself: locks, listeners, limits, keys, the audit', async () => {
    for (const table of ['door_failures', 'listeners'])
      await expect(asTenant(own, () => database.pool.query(`delete from ${table}`))).rejects.toMatchObject({
        code: '42501',
      })
    for (const change of [
      "tenants set status = 'active'",
      'tenants set most_shops = 1000',
      "api_keys set role = 'owner'",
      'staff_accounts set tenant_id = null',
      "audit_entries set action = 'x'",
    ])
      await expect(asTenant(own, () => database.pool.query(`update ${change}`))).rejects.toMatchObject({
        code: '42501',
      })
  })

  it('shows the operator’s reports no address of a webhook', async () => {
    await expect(asReports(() => database.pool.query('select url from webhooks'))).rejects.toMatchObject({
      code: '42501',
    })
    await asReports(() => database.pool.query('select id, enabled, disabled_code from webhooks'))
  })

  it('stands before every table but those that hold nothing of a tenant', async () => {
    const bare = (await tables()).filter(({ policies }) => policies.length === 0).map(({ name }) => name)
    expect(bare).toEqual([
      '_prisma_migrations',
      'data_steps',
      'door_failures',
      'feed_history',
      'listeners',
      'passkey_challenges',
      'unknown_fields',
    ])
    const shut = (await tables()).filter(
      ({ policies }) => policies.length > 0 && !policies.includes('torikomi_tenant'),
    )
    expect(shut.map(({ name }) => name)).toEqual([
      ...[
        'applications',
        'audit_links',
        'mall_notifications',
        'notification_queues',
        'tenant_deletions',
        'tenant_moves',
      ],
    ])
  })

  it('is made by a role that is no superuser, and holds for a login that owns nothing', async () => {
    const empty = await emptyDatabase()
    const logins = await makeLogins(empty.url)
    const lines: string[] = []
    const log = { info: () => undefined, warn: (line: unknown) => void lines.push(String(line)) }
    await applyMigrations(logins.owner, log)
    await applyMigrations(logins.owner, log)
    await grantLogins(empty.url, logins)
    const opened = await openDatabase({ url: logins.service, log })
    try {
      const first = await makeTenant(opened.db)
      const second = await makeTenant(opened.db)
      await makeShop(opened.db, { tenantId: first.id })
      expect(await opened.db.shop.count()).toBe(1)
      expect(await asTenant(first.id, () => opened.db.shop.count())).toBe(1)
      expect(await asTenant(second.id, () => opened.db.shop.count())).toBe(0)
      // A login of before is no member of the reports' role: they are read as the service itself.
      expect(await asReports(() => opened.db.shop.count())).toBe(1)
      expect(await readRowSecurity(logins.service)).toEqual({
        walls: true,
        reports: false,
        ownsAll: false,
        slow: ['arraycontains', 'enum_eq', 'lower', 'textlike'],
      })
      expect(await readRowSecurity(logins.owner)).toMatchObject({ ownsAll: true })
      expect(await readRowSecurity(logins.reports)).toMatchObject({ walls: false })
      // Said once, at the start, however often one is asked for.
      expect(lines).toEqual([expect.stringContaining('reports are read as the service itself')])
    } finally {
      await opened.close()
      await empty.close()
    }
  })

  it('is left as it is where it is right, and otherwise waits in small pieces for who works on the tables', async () => {
    const made = await freshDatabase()
    const worker = new pg.Client({ connectionString: made.url })
    await worker.connect()
    try {
      const oids = async () =>
        (
          await made.pool.query<{ oids: string }>(
            "select string_agg(oid::text, ',' order by oid) as oids from pg_policy",
          )
        ).rows[0]?.oids
      const again = () =>
        made.pool.query(`update data_steps set place = 'another release' where name = 'row_security'`)
      const lines: string[] = []
      const log = {
        warn: () => undefined,
        info: (facts: unknown, line?: string) => {
          lines.push(line ?? String(facts))
          // It did not keep everybody waiting: the work goes on, and ends.
          if (line !== undefined) void worker.query('select count(*) from orders; commit')
        },
      }
      const before = await oids()
      await again()
      await worker.query('begin; select count(*) from orders')
      await applyMigrations(made.url, log)
      expect(lines).toEqual(['row-level security: up to date'])
      expect(await oids()).toBe(before)

      await made.pool.query(`comment on policy torikomi_tenant on orders is 'of before'`)
      await again()
      await applyMigrations(made.url, log)
      expect(lines[1]).toBe('row-level security: waiting for those who work on the tables')
      expect(lines.at(-1)).toBe('row-level security: up to date')
      expect(await oids()).not.toBe(before)
    } finally {
      await worker.end()
      await made.close()
    }
  })

  it('is left out, and said to be, where the roles cannot be had; the service works', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select 'only_' || substr(md5(random()::text), 1, 8) as name`,
    )
    const name = rows[0]?.name ?? ''
    const empty = await emptyDatabase()
    const url = new URL(empty.url)
    const admin = new pg.Client({ connectionString: empty.url })
    await admin.connect()
    await admin.query(`create role ${name} login password 'x'; grant create on schema public to ${name}`)
    await admin.end()
    url.username = name
    url.password = 'x'
    const lines: string[] = []
    const log = { info: () => undefined, warn: (line: unknown) => void lines.push(String(line)) }
    await applyMigrations(url.href, log)
    const opened = await openDatabase({ url: url.href, log })
    try {
      const tenant = await makeTenant(opened.db)
      expect(await asTenant(tenant.id, () => opened.db.tenant.count())).toBe(1)
      expect(await readRowSecurity(url.href)).toMatchObject({ walls: false })
      expect(lines.join('\n')).toMatch(/no row-level security/)
    } finally {
      await opened.close()
      await empty.close()
    }
  })

  // A pooler may keep the options of a connection to itself, and so does a URL that has its own.
  it('is told to be missing where the role is not taken on', async () => {
    const fresh = await freshDatabase()
    const url = new URL(fresh.url)
    url.searchParams.set('options', '-c client_min_messages=notice')
    const lines: string[] = []
    const opened = await openDatabase({
      url: url.href,
      log: { warn: (line: unknown) => void lines.push(String(line)) },
    })
    try {
      expect(lines.join('\n')).toMatch(/no row-level security/)
    } finally {
      await opened.close()
      await fresh.close()
    }
  })
})
