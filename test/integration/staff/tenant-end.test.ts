import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHistory } from '../../../src/events/history.ts'
import { pullAfter } from '../../../src/orders/hand-over/hand-over.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createNewId } from '../../../src/platform/ids.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { changeTenant } from '../../../src/shops/tenants/tenants.ts'
import { type DeleteTools, deleteEndedTenants } from '../../../src/staff/contracts/delete-tenant.ts'
import { deletionAnswer, type EndTools, endTenant } from '../../../src/staff/contracts/tenant-end.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { holdBefore, someoneWaits } from '../../support/database/held-pool.ts'
import { dumpDatabase } from '../../support/database/personal-data.ts'
import {
  heldClock,
  makeMailbox,
  makeOrder,
  makeShop,
  makeTenant,
  testSealer,
} from '../../support/fixtures.ts'
import { openStream } from '../../support/http/event-stream.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { makeStaff, signedIn } from '../../support/staff/browser.ts'

let database: TestDatabase
const clock = heldClock()
const changed: string[] = []
const DAY = 24 * 60 * 60_000

beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

const tools = (): EndTools & DeleteTools => ({
  db: database.db,
  pool: database.pool,
  clock,
  sealer: testSealer,
  random: systemRandom,
  newId: createNewId(clock, systemRandom),
  log: createLogger({ level: 'silent' }),
  publicUrl: null,
  sendMail: null,
  onTenantChanged: (id: string) => void changed.push(id),
})

async function furnish(): Promise<string> {
  const { id: tenantId } = await makeTenant(database.db)
  const shop = await makeShop(database.db, { tenantId })
  await makeMailbox(database.db, { tenantId, shopIds: [shop.id] })
  await makeStaff(database.db, tenantId, 'owner')
  for (let n = 0; n < 3; n++) await makeOrder(database.db, { tenantId, shopId: shop.id })
  return tenantId
}

/** Rows of the tenant by table, whatever tables there are. */
async function left(tenantId: string): Promise<Record<string, number>> {
  const { rows } = await database.pool.query(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const found = await database.pool.query(`select count(*)::int as n from "${name}" where tenant_id = $1`, [
      tenantId,
    ])
    if (found.rows[0].n > 0) counts[name] = found.rows[0].n
  }
  return counts
}

test('an ended contract stops at once, goes after its time, and leaves a signed record', async () => {
  const [tenantId, other] = [await furnish(), await furnish()]
  const before = await left(other)
  const { deleteAt } = await endTenant(tools(), { actor: 'operator' }, tenantId, { deleteAfterDays: 30 })
  expect(deleteAt).toBe(new Date(clock.now() + 30 * DAY).toISOString())
  expect(changed).toContain(tenantId)
  expect((await database.db.tenant.findUniqueOrThrow({ where: { id: tenantId } })).status).toBe('suspended')
  clock.advance(29 * DAY)
  expect(await deleteEndedTenants(tools())).toBe(0)
  clock.advance(2 * DAY)
  expect(await deleteEndedTenants(tools())).toBe(1)
  expect(Object.keys(await left(tenantId)).sort()).toEqual(['audit_entries', 'tenant_deletions'])
  expect(await database.db.tenant.findUnique({ where: { id: tenantId } })).toBeNull()
  expect(await left(other)).toEqual(before)
  const row = await database.db.tenantDeletion.findFirstOrThrow({ where: { tenantId } })
  const record = deletionAnswer(tools(), row)
  expect(record).toMatchObject({
    signatureValid: true,
    counts: { orders: 3, shops: 1, mailboxes: 1, staff_accounts: 1 },
  })
  const forged = { ...row, counts: { ...record.counts, orders: 4 } }
  expect(deletionAnswer(tools(), forged).signatureValid).toBe(false)
})

/** Takes orders over at a desk, as a client does whose request was let in before its contract ended. */
const takeOver = (tenantId: string, pool = database.pool, after: string | null = null) =>
  pullAfter(
    {
      ...tools(),
      pool,
      metrics: createMetrics(),
      noteHistory: () => readHistory({ pool: database.pool, clock }),
    },
    { tenantId, actor: 'key:0190a7c0-0000-7000-8000-00000000000a' },
    { after, limit: 2 },
  )

async function endAndWait(tenantId: string): Promise<void> {
  await endTenant(tools(), { actor: 'operator' }, tenantId, { deleteAfterDays: 1 })
  clock.advance(2 * DAY)
}

test('of what was handed over nothing is left: desks, batches, positions', async () => {
  const tenantId = await furnish()
  const { position } = await takeOver(tenantId)
  await takeOver(tenantId, database.pool, position)
  expect(await left(tenantId)).toMatchObject({ desks: 1, pulls: 2 })
  await endAndWait(tenantId)
  expect(await deleteEndedTenants(tools())).toBe(1)
  expect(Object.keys(await left(tenantId)).sort()).toEqual(['audit_entries', 'tenant_deletions'])
  const row = await database.db.tenantDeletion.findFirstOrThrow({ where: { tenantId } })
  expect(row.counts).toMatchObject({ desks: 1, pulls: 2, orders: 3 })
})

test.each([
  ['is committed', 'commit'],
  ['breaks off', 'rollback'],
])('a pull that is open while its tenant is deleted, and %s, leaves nothing', async (_how, end) => {
  const tenantId = await furnish()
  const { position } = await takeOver(tenantId)
  await endAndWait(tenantId)
  const open = await database.pool.connect()
  try {
    await open.query('begin')
    const sent = { ...database.pool, query: open.query.bind(open) } as never
    expect((await takeOver(tenantId, sent, position)).orders).toHaveLength(1)
    const deleting = deleteEndedTenants(tools())
    await someoneWaits(database.pool)
    await open.query(end)
    expect(await deleting).toBe(1)
  } finally {
    open.release()
  }
  expect(Object.keys(await left(tenantId)).sort()).toEqual(['audit_entries', 'tenant_deletions'])
})

test('a pull that comes while its tenant is deleted finds nothing, and begins no desk that stays', async () => {
  const tenantId = await furnish()
  await endAndWait(tenantId)
  const held = holdBefore(database.pool, (text) => /insert into desks/.test(text))
  const pulling = takeOver(tenantId, held.pool)
  await held.reached
  expect(await deleteEndedTenants(tools())).toBe(1)
  held.release()
  await expect(pulling).rejects.toThrow()
  expect(Object.keys(await left(tenantId)).sort()).toEqual(['audit_entries', 'tenant_deletions'])
})

test('what is taken back too late is refused: it is being deleted', async () => {
  const [tenantId, last] = [await furnish(), await furnish()]
  for (const id of [tenantId, last])
    await endTenant(tools(), { actor: 'operator' }, id, { deleteAfterDays: 1 })
  clock.advance(DAY + 1)
  expect(await deleteEndedTenants(tools())).toBe(0)
  const again = () => changeTenant(tools(), { actor: 'operator' }, last, { status: 'active' })
  await expect(again()).rejects.toMatchObject({ code: 'CONFLICT' })
  await expect(
    endTenant(tools(), { actor: 'operator' }, last, { deleteAfterDays: 30 }),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
  clock.advance(10 * 60_000)
  expect(await deleteEndedTenants(tools())).toBe(2)
  await expect(again()).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('what is taken back in time is not deleted', async () => {
  const tenantId = await furnish()
  await endTenant(tools(), { actor: 'operator' }, tenantId, { deleteAfterDays: 1 })
  await database.db.tenant.update({ where: { id: tenantId }, data: { status: 'active' } })
  clock.advance(2 * DAY)
  expect(await deleteEndedTenants(tools())).toBe(0)
  expect((await left(tenantId)).orders).toBe(3)
})

test('of a log of many thousands its rows go in parts, and another tenant’s stay', async () => {
  const { pool } = database
  await pool.query('delete from events')
  const [gone, stays] = [await furnish(), await furnish()]
  await pool.query('delete from events')
  const write = (tenantId: string, from: number, count: number) =>
    pool.query(
      `insert into events (xid, id, tenant_id, kind, data, at)
       select n, n, $1, case when n % 2 = 0 then 'counts' else 'order' end, '{"orderNumber": "of-one-who-left"}', now() from generate_series($2::int, $3::int) n`,
      [tenantId, from, from + count - 1],
    )
  await write(gone, 1, 21_000)
  await write(stays, 21_001, 10)
  await write(gone, 21_011, 5)
  await endTenant(tools(), { actor: 'operator' }, gone, { deleteAfterDays: 0 })
  clock.advance(DAY)
  expect(await deleteEndedTenants(tools())).toBe(1)
  const { rows } = await pool.query<{ tenant: string; n: number }>(
    'select tenant_id::text as tenant, count(*)::int as n from events where xid < 30000 group by 1 order by 2',
  )
  expect(rows).toEqual([{ tenant: stays, n: 10 }])
  expect(await dumpDatabase(database.url)).toContain('of-one-who-left')
  await pool.query('delete from events where tenant_id = $1', [stays])
  expect(await dumpDatabase(database.url)).not.toContain('of-one-who-left')
})

test('a tenant goes while its streams, its waits and its writes are open: they end, and leave nothing', async () => {
  const app = await wholeServer(database)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const tenantId = await furnish()
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  await database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })
  const { cookie, ask } = await signedIn(app, email)
  const { key } = (await ask('POST', '/api-keys', { name: 'x' })).json()
  const bearer = { authorization: `Bearer ${key}` }
  const streams = [
    await openStream(url, bearer),
    await openStream(url, { cookie: `__Host-torikomi_session=${cookie}` }),
  ]
  try {
    await Promise.all(streams.map((stream) => stream.until(({ event }) => event === 'board')))
    const { position } = (await app.inject({ url: '/v1/changes', headers: bearer })).json()
    const waiting = fetch(`${url}/v1/changes?after=${encodeURIComponent(position)}&wait=25`, {
      headers: bearer,
    })
    await endTenant({ ...tools(), clock: systemClock }, { actor: 'operator' }, tenantId, {
      deleteAfterDays: 0,
    })
    const asked = ask('POST', '/notice-channels', { kind: 'webhook', name: 'x', url: 'https://8.8.8.8/x' })
    expect(await deleteEndedTenants({ ...tools(), clock: heldClock(Date.now() + DAY) })).toBe(1)
    expect((await asked).statusCode).toBeLessThan(500)
    for (const stream of streams) await expect.poll(() => stream.isClosed, { timeout: 8_000 }).toBe(true)
    expect([401, 403]).toContain((await waiting).status)
    for (const path of ['/events', '/changes', '/shops']) {
      const { statusCode } = await app.inject({ url: `/v1${path}`, headers: bearer })
      expect([path, statusCode]).toEqual([
        path,
        expect.toSatisfy((status: number) => [401, 403].includes(status)),
      ])
    }
    expect(Object.keys(await left(tenantId)).sort()).toEqual(['audit_entries', 'tenant_deletions'])
  } finally {
    for (const stream of streams) stream.close()
    await app.close()
  }
})
