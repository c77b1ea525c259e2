import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inTransaction } from '../../../src/platform/db/transaction.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { linkTenant } from '../../../src/shops/tenants/audit-chain.ts'
import { changeTenant } from '../../../src/shops/tenants/tenants.ts'
import { deleteEndedTenants } from '../../../src/staff/contracts/delete-tenant.ts'
import { endTenant } from '../../../src/staff/contracts/tenant-end.ts'
import { makeApiKey, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import {
  ADDRESS,
  type Frame,
  type Side,
  type TwoInstallations,
  twoInstallations,
} from '../../support/service/two-installations.ts'
import { makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

/** Restores, ended contracts, forged files and what goes on beside a move. */

let both: TwoInstallations
beforeEach(async () => {
  both = await twoInstallations()
})
afterEach(() => both.close())

const dbAt = (side: Side) => both.databases[side].db
const tenantAt = async (side: Side) => (await makeTenant(dbAt(side))).id
const movesAt = async (side: Side, tenantId: string) =>
  (await dbAt(side).tenantMove.findMany({ where: { tenantId }, orderBy: { createdAt: 'asc' } })).map(
    ({ state }) => state,
  )

const HOUR = 60 * 60_000
const toolsAt = (side: Side, now = Date.now()) => ({
  ...both.databases[side],
  clock: { now: () => now, sleep: async () => undefined },
  sealer: testSealer,
  random: systemRandom,
  newId,
  log: { error: (facts: object) => failures.push(facts) } as never,
  publicUrl: null,
  sendMail: null,
  onTenantChanged: () => undefined,
})
const failures: object[] = []
const ended = (side: Side, tenantId: string) =>
  endTenant(toolsAt(side), { actor: 'operator' }, tenantId, { deleteAfterDays: 1 })
const deleted = (side: Side) => deleteEndedTenants(toolsAt(side, Date.now() + 48 * HOUR))

test('restored to before the move, the side it left does not let the tenant work again', async () => {
  const tenantId = await tenantAt('here')
  const backup = await both.backupOf('here')
  await both.moved(tenantId)
  await both.restored('here', backup)
  expect(await both.statusAt('here', tenantId)).toBe('suspended')
  expect(await movesAt('here', tenantId)).toEqual(['gone'])
  await expect(both.run('here', 'tenant', 'keep', tenantId)).rejects.toThrow('moved away')
})

test('restored to between export and release, the side it left still gives out the start word', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const backup = await both.backupOf('here')
  const receipt = await both.imported()
  const word = await both.released(tenantId, receipt)
  await both.restored('here', backup)
  expect(await movesAt('here', tenantId)).toEqual(['gone'])
  expect(await both.released(tenantId, receipt)).toBe(word)
})

test('restored to before the export, the side it left still gives out the start word', async () => {
  const tenantId = await tenantAt('here')
  await dbAt('here').tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
  const backup = await both.backupOf('here')
  await both.exported(tenantId)
  const receipt = await both.imported()
  const word = await both.released(tenantId, receipt)
  await both.restored('here', backup)
  expect(await both.released(tenantId, receipt)).toBe(word)
  await both.run('here', 'tenant', 'keep', tenantId, '--the-other-side-is-lost')
  expect(await both.statusAt('here', tenantId)).toBe('suspended')
})

test('an entry of a release that nobody can read makes the tenant leave all the same', async () => {
  const tenantId = await tenantAt('here')
  const backup = await both.backupOf('here')
  const entry = { id: newId(), at: new Date(), actor: 'ops', action: 'tenant.moved', target: tenantId }
  await dbAt('here').auditEntry.create({ data: { ...entry, tenantId, data: { move: 'unreadable' } } })
  const output = await both.restored('here', backup)
  expect(output).toContain('moved away')
  expect(await both.statusAt('here', tenantId)).toBe('suspended')
  expect(await movesAt('here', tenantId)).toEqual(['gone'])
})

test('restored to between import and start, the tenant works where it was started', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const receipt = await both.imported()
  const backup = await both.backupOf('there')
  const word = await both.released(tenantId, receipt)
  await both.run('there', 'tenant', 'start', tenantId, word)
  await both.restored('there', backup)
  expect(await both.statusAt('there', tenantId)).toBe('active')
  expect(await movesAt('there', tenantId)).toEqual(['started'])
})

test('a start that came before the backup’s import is no start twice', async () => {
  const tenantId = await tenantAt('here')
  const backup = await both.backupOf('there')
  await both.moved(tenantId)
  await ended('here', tenantId)
  await deleted('here')
  await both.moved(tenantId, 'there', 'back')
  const output = await both.restored('there', backup)
  expect(output).toContain('--the-other-side-is-lost')
  await expect(both.imported()).rejects.toThrow('started here before')
  expect(await both.statusAt('here', tenantId)).toBe('active')
})

test('a move that was called off after the backup is named for a person', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const backup = await both.backupOf('here')
  await both.run('here', 'tenant', 'keep', tenantId)
  const output = await both.restored('here', backup)
  expect(output).toMatch(/tenant\.kept .*tenant keep/)
})

test('an ended contract neither moves nor starts, and a tenant on its way is not ended', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  await expect(ended('here', tenantId)).rejects.toMatchObject({ code: 'CONFLICT' })
  const receipt = await both.imported()
  await expect(ended('there', tenantId)).rejects.toMatchObject({ code: 'CONFLICT' })
  const word = await both.released(tenantId, receipt)
  // As a process of the release before does, which knows nothing of moves.
  await dbAt('there').tenant.update({ where: { id: tenantId }, data: { deleteAt: new Date() } })
  await expect(both.run('there', 'tenant', 'start', tenantId, word)).rejects.toThrow('contract')
  expect(await both.statusAt('there', tenantId)).toBe('suspended')
  // A process of 1.1.0 deletes them with all other rows of the tenant.
  await dbAt('there').tenantMove.deleteMany({ where: { tenantId } })
  expect(await movesAt('there', tenantId)).toEqual(['arrived'])
  // The data of the side that it left goes as that of any tenant.
  await ended('here', tenantId)
})

test('what came and was deleted with its contract may come again', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const receipt = await both.imported()
  await dbAt('there').tenant.update({ where: { id: tenantId }, data: { deleteAt: new Date(0) } })
  await deleted('there')
  expect(await both.statusAt('there', tenantId)).toBeNull()
  expect(await both.imported()).toBe(receipt)
  await both.run('there', 'tenant', 'start', tenantId, await both.released(tenantId, receipt))
  expect(await both.statusAt('there', tenantId)).toBe('active')
})

test('a tenant that moved away, came back and went again is deleted each time, with a proof each', async () => {
  const tenantId = await tenantAt('here')
  failures.length = 0
  await both.moved(tenantId)
  await ended('here', tenantId)
  expect(await deleted('here')).toBe(1)
  await both.moved(tenantId, 'there', 'back')
  await ended('here', tenantId)
  expect(await deleteEndedTenants(toolsAt('here', Date.now() + 72 * HOUR))).toBe(1)
  expect(failures).toEqual([])
  expect(await dbAt('here').tenantDeletion.count({ where: { tenantId } })).toBe(2)
})

test('a tenant that left for a side that is lost is kept, once somebody is certain of it', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const keep = (...more: string[]) => both.run('here', 'tenant', 'keep', tenantId, ...more)
  await both.released(tenantId, await both.imported())
  await expect(keep()).rejects.toThrow('moved away')
  expect(await keep('--force')).toMatchObject({ code: 64 })
  await both.run('there', 'tenant', 'drop', tenantId)
  const backup = await both.backupOf('here')
  const { output } = await keep('--the-other-side-is-lost')
  expect(output).toMatch(/Be certain .*start word are destroyed.*works here as before/s)
  expect(await both.statusAt('here', tenantId)).toBe('active')
  expect(await movesAt('here', tenantId)).toEqual(['kept'])
  expect(await both.restored('here', backup)).toMatch(/tenant\.kept .*--the-other-side-is-lost/)
  await keep('--the-other-side-is-lost')
  await both.moved(tenantId, 'here', 'again')
})

/** Rows of a table with one column changed. Of the text form of a row, columns of plain words alone. */
const changed =
  (table: string, change: (row: string) => string) =>
  (frame: Frame): void => {
    if (frame.table === table) frame.rows = frame.rows.map(change)
  }

test('a forged file starts nothing and ends nothing', async () => {
  const tenantId = await tenantAt('here')
  await both.forge(
    tenantId,
    changed('tenants', (row) => row.replace(',suspended,', ',active,')),
  )
  await both.imported('forged')
  expect(await both.statusAt('there', tenantId)).toBe('suspended')
})

test('an entry of the audit that is another’s, or of the future, is refused', async () => {
  const tenantId = await tenantAt('here')
  const other = await tenantAt('there')
  const entry = { id: newId(), tenantId, at: new Date(), actor: 'ops', action: 'tenant.updated', target: 'x' }
  await dbAt('here').auditEntry.create({ data: entry })
  const before = await dbAt('there').auditEntry.count()
  await both.forge(
    tenantId,
    changed('audit_entries', (row) => row.replace(tenantId, other)),
  )
  await expect(both.imported('forged')).rejects.toThrow('audit_entries')
  await Promise.all([rm(both.file()), rm(both.file('forged'))])
  await both.forge(
    tenantId,
    changed('audit_entries', (row) => row.replace(/"2\d\d\d-/, '"2999-')),
  )
  await expect(both.imported('forged')).rejects.toThrow('audit_entries')
  expect(await dbAt('there').auditEntry.count()).toBe(before)
})

test('an entry that names another tenant’s account or key changes nothing of them', async () => {
  const tenantId = await tenantAt('here')
  const { db } = both.databases.there
  const other = await tenantAt('there')
  const { id: accountId } = await makeStaff(db, other, 'owner', 'other@example.jp')
  const bytes = () => Buffer.from(systemRandom.bytes(32))
  await db.passkey.create({
    data: {
      id: newId(),
      accountId,
      credentialHash: bytes(),
      sealedCredential: bytes(),
      sealedName: bytes(),
      signCount: 0,
      backedUp: false,
      createdAt: new Date(),
    },
  })
  const key = { id: newId(), tenantId: other, name: 'key', prefix: 'x', hash: bytes(), createdAt: new Date() }
  await db.apiKey.create({ data: key })
  const entry = { tenantId, at: new Date(), actor: 'key:forged' }
  await dbAt('here').auditEntry.createMany({
    data: [
      { ...entry, id: newId(), action: 'staff.second_factor_removed', target: accountId },
      { ...entry, id: newId(), action: 'api_key.created', target: key.id },
    ],
  })
  await both.exported(tenantId)
  await both.imported()
  expect(await db.passkey.count()).toBe(1)
  expect((await db.apiKey.findUniqueOrThrow({ where: { id: key.id } })).createdBy).toBeNull()
})

test('the audit of a tenant is linked in one pass over it', async () => {
  const tenantId = await tenantAt('there')
  const { pool } = both.databases.there
  await pool.query(
    `insert into audit_entries (id, tenant_id, at, actor, action, target)
     select gen_random_uuid(), $1, now() - n * interval '1 minute', 'ops', 'order.viewed', 'x' from generate_series(1, 8500) n`,
    [tenantId],
  )
  await pool.query('analyze audit_entries')
  const READ = `select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relname = 'audit_entries'`
  await inTransaction(pool, async (client) => {
    await linkTenant(client, tenantId)
    const { rows } = await client.query<{ read: string }>(READ)
    expect(Number(present(rows[0]).read)).toBeLessThan(2 * 8_500)
  })
  expect(await dbAt('there').auditLink.count()).toBe(8_500)
})

test('an export that has no place to write to leaves the tenant at work', async () => {
  const tenantId = await tenantAt('here')
  await expect(both.exported(tenantId, 'no/such/folder')).rejects.toThrow()
  expect(await both.statusAt('here', tenantId)).toBe('active')
  expect(await movesAt('here', tenantId)).toEqual([])
  // Nor is a file made for what is refused.
  await both.exported(tenantId)
  await both.run('here', 'tenant', 'release', tenantId, await both.imported(), '--to', ADDRESS)
  await expect(both.exported(tenantId, 'late')).rejects.toThrow('moved away')
  await expect(rm(both.file('late'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a key that is none and a file that is cut off are refused in words', async () => {
  const tenantId = await tenantAt('here')
  const none = `move1.${Buffer.alloc(32).toString('base64url')}`
  const zeros = ['tenant', 'export', tenantId, '--for', none, both.file('zeros')] as const
  expect(await both.run('here', ...zeros)).toMatchObject({ code: 64 })
  await both.exported(tenantId)
  await writeFile(both.file('cut'), (await readFile(both.file())).subarray(0, 50))
  await expect(both.imported('cut')).rejects.toThrow('it is cut off')
})

test('of two exports at once one is written, and the other leaves no file', async () => {
  const tenantId = await tenantAt('here')
  const ends = await Promise.allSettled([both.exported(tenantId, 'one'), both.exported(tenantId, 'two')])
  const whole = ends.flatMap(({ status }, index) => (status === 'fulfilled' ? [['one', 'two'][index]] : []))
  expect(whole).toHaveLength(1)
  await both.released(tenantId, await both.imported(present(whole[0])))
  const other = whole[0] === 'one' ? 'two' : 'one'
  await expect(readFile(both.file(other))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a file that is broken resets no feed', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const whole = await readFile(both.file())
  await writeFile(both.file('cut'), whole.subarray(0, -40))
  const epoch = async () => (await dbAt('there').feedHistory.findFirstOrThrow()).epoch
  const before = await epoch()
  await expect(both.imported('cut')).rejects.toThrow('cut off')
  expect(await epoch()).toBe(before)
  const { output } = await both.run('there', 'tenant', 'import', both.file())
  expect(output).toMatch(/^a new history of the change feed begins here/)
  expect(await epoch()).not.toBe(before)
})

test('whoever only looks at the tenant keeps it from no release', async () => {
  const tenantId = await tenantAt('here')
  const note = (action: string) =>
    dbAt('here').auditEntry.create({
      data: { id: newId(), tenantId, at: new Date(), actor: 'operator', action, target: tenantId },
    })
  await both.exported(tenantId)
  const receipt = await both.imported()
  for (const action of ['order.viewed', 'audit.exported', 'mails.viewed', 'orders.exported'])
    await note(action)
  await both.run('here', 'tenant', 'release', tenantId, receipt, '--to', ADDRESS)
})

test('a change of settings behind the export is not left behind', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const receipt = await both.imported()
  await dbAt('here').auditEntry.create({
    data: { id: newId(), tenantId, at: new Date(), actor: 'ops', action: 'tenant.updated', target: tenantId },
  })
  await expect(both.released(tenantId, receipt)).rejects.toThrow('export again')
})

test('a release waits for what is still being written', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const receipt = await both.imported()
  const client = await both.databases.here.pool.connect()
  try {
    await client.query('begin')
    await client.query('update tenants set name = name where id = $1', [newId()])
    await client.query('select pg_current_xact_id()')
    await expect(both.released(tenantId, receipt)).rejects.toThrow('not come to its end')
    await client.query('rollback')
  } finally {
    client.release()
  }
  await both.released(tenantId, receipt)
})

test('an export waits for a request that works under an Idempotency-Key', async () => {
  const tenantId = await tenantAt('here')
  await both.databases.here.pool.query(
    `insert into idempotency_keys (id, tenant_id, key, operation, runs_until, created_at)
     values ($1, $2, 'sha256:x', 'x', now() + interval '1 hour', now())`,
    [newId(), tenantId],
  )
  await expect(both.exported(tenantId)).rejects.toThrow('idempotency_keys')
})

test('"tenants" and doctor show a move that is under way', async () => {
  const tenantId = await tenantAt('here')
  await both.exported(tenantId)
  const shown = async (side: Side, command: string) => (await both.run(side, command)).output
  expect(await shown('here', 'tenants')).toContain('leaving')
  await both.databases.here.pool.query(`update tenant_moves set updated_at = now() - interval '2 hours'`)
  expect(await shown('here', 'doctor')).toMatch(/stands? still.*tenant keep/s)
  const receipt = await both.imported()
  expect(await shown('there', 'tenants')).toContain('arrived')
  await both.released(tenantId, receipt)
  expect(await shown('here', 'tenants')).toContain(`gone to ${ADDRESS}`)
})

test('keys of a tenant that moved are led to the new address, and people are told it', async () => {
  const tenantId = await tenantAt('here')
  const { email } = await makeStaff(dbAt('here'), tenantId, 'owner')
  const headers = await makeApiKey(dbAt('here'), tenantId)
  const app = await wholeServer(both.databases.here)
  try {
    const browser = await signedIn(app, email)
    await both.exported(tenantId)
    const receipt = await both.imported()
    // Given anew with another one, as an address may be mistyped.
    const mistyped = ['--to', 'https://elsewhere.example.com']
    await both.run('here', 'tenant', 'release', tenantId, receipt, ...mistyped)
    await both.run('there', 'tenant', 'start', tenantId, await both.released(tenantId, receipt))
    const led = await app.inject({ method: 'POST', url: '/v1/orders/pull?a=1', headers, payload: {} })
    expect([led.statusCode, led.headers.location], led.body).toEqual([308, `${ADDRESS}/v1/orders/pull?a=1`])
    expect(led.json()).toMatchObject({ code: 'TENANT_MOVED', movedTo: ADDRESS })
    for (const refused of [
      await browser.ask('GET', '/orders'),
      await openBrowser(app).ask('POST', '/session', { email, password: PASSWORD }),
    ]) {
      const detail = expect.stringContaining(ADDRESS)
      expect(refused.json()).toMatchObject({
        status: 403,
        code: 'TENANT_SUSPENDED',
        movedTo: ADDRESS,
        detail,
      })
      expect(refused.headers.location).toBeUndefined()
    }
    expect((await both.run('here', 'erase', tenantId, '--phone', '0312345678')).output).toContain(
      `works at ${ADDRESS} now`,
    )
  } finally {
    await app.close()
  }
})

test('whoever the operator suspends while it moves is let in by no end of the move', async () => {
  for (const side of ['here', 'there'] as const) {
    const tenantId = await tenantAt('here')
    await both.exported(tenantId, side)
    const suspend = () =>
      changeTenant(toolsAt(side), { actor: 'operator' }, tenantId, { status: 'suspended' })
    if (side === 'here') {
      await suspend()
      await both.run('here', 'tenant', 'keep', tenantId)
    } else {
      const receipt = await both.imported(side)
      await suspend()
      await both.run('there', 'tenant', 'start', tenantId, await both.released(tenantId, receipt))
    }
    expect(await both.statusAt(side, tenantId)).toBe('suspended')
  }
})
