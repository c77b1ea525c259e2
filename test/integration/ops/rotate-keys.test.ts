import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Pool } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storedKey } from '../../../src/http/idempotency.ts'
import { addBlocked } from '../../../src/marks/blocked.ts'
import { rotateBatch } from '../../../src/ops/rotation/rotate.ts'
import { SEALED_COLUMNS, type SealedColumn, tenantOf } from '../../../src/ops/rotation/sealed-columns.ts'
import { eraseBuyer } from '../../../src/orders/erasure.ts'
import { createOrderRoutes } from '../../../src/orders/routes.ts'
import {
  createSealer,
  type EncryptionKeys,
  formatEncryptionKeys,
  SealError,
  type Sealer,
  sealedUnder,
} from '../../../src/platform/crypto/sealer.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { requestChanges } from '../../../src/site-changes/requests/request.ts'
import { ChangeRequest } from '../../../src/site-changes/schemas.ts'
import { byEmail } from '../../../src/staff/accounts.ts'
import { apply, NewApplication } from '../../../src/staff/contracts/applications.ts'
import { deletionSignatures } from '../../../src/staff/contracts/delete-tenant.ts'
import { invite } from '../../../src/staff/invitations.ts'
import { oidcHashes, staffContext, stored } from '../../../src/staff/secrets.ts'
import { changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant, newId, sampleOrder } from '../../support/fixtures.ts'
import { restServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers, shopWorkerOf } from '../../support/imports/import-bench.ts'
import { noEnvFile, ops } from '../../support/service/service.ts'
import { makeStaff } from '../../support/staff/browser.ts'

const MAIN = fileURLToPath(new URL('../../../src/ops/main.ts', import.meta.url))
/** As testSealer has it, which sealed what the bench makes. */
const OLD = { id: 'test', key: new Uint8Array(32).fill(7), bindsTenant: true }
const NEW = { id: 'next', key: new Uint8Array(32).fill(8), bindsTenant: true }
const BOTH: EncryptionKeys = [NEW, OLD]
const PHONE = '03-0000-0000'
const quietLog = createLogger({ level: 'silent' })

let database: TestDatabase
let bench: ImportBench
beforeEach(async () => {
  database = await freshDatabase()
  bench = await importBench(database)
})
afterEach(() => database.close())

const env = (keys: EncryptionKeys) => ({
  DATABASE_URL: database.url,
  ENCRYPTION_KEYS: formatEncryptionKeys(keys),
})

async function stage(count: number): Promise<void> {
  const wanted = numbers(count)
  for (const number of wanted) bench.mall.place(number)
  await bench.want(wanted)
  await bench.run()
}

const details = () => database.db.order.findMany({ select: { id: true, sealedDetail: true, version: true } })
const sealedIn = (rows: Awaited<ReturnType<typeof details>>) =>
  new Set(rows.map(({ sealedDetail }) => sealedUnder(sealedDetail ?? new Uint8Array())))

async function found(sealer: Sealer): Promise<number> {
  const deps = { ...bench.deps, sealer }
  const rest = await restServer(database.db, {
    more: {
      clientRoutes: [createOrderRoutes(deps)],
      operatorRoutes: [],
    },
  })
  try {
    const headers = await rest.keyFor(bench.tenantId)
    const { statusCode, body } = await rest.app.inject({
      url: `/v1/orders?limit=500&phone=${PHONE}`,
      headers,
    })
    expect(statusCode).toBe(200)
    const { orders } = JSON.parse(body) as { orders: { detail: unknown }[] }
    return orders.length
  } finally {
    await rest.close()
  }
}

test('every sealed column of the database is in the list, and no other', async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = 'public' and column_name like 'sealed\\_%' order by 1`,
  )
  expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).toSorted()).toEqual(
    rows.map(({ name }) => name).toSorted(),
  )
})

test('afterwards the new key alone opens and finds everything; nothing else of a row has changed', async () => {
  await stage(12)
  await makeMailbox(database.db, { tenantId: bench.tenantId })
  const before = await details()
  const { code, output } = await ops(['keys', 'rotate', '--batch', '5'], env(BOTH))
  expect({ code, last: output.split('\n').at(-1) }).toMatchObject({
    code: 0,
    last: expect.stringMatching(/^done: /),
  })
  const after = await details()
  expect(sealedIn(after)).toEqual(new Set(['next']))
  expect(after.map(({ version }) => version)).toEqual(before.map(({ version }) => version))
  const alone = createSealer([NEW], systemRandom)
  for (const { id, sealedDetail } of after)
    alone.of(bench.tenantId).openJson(`order:${id}:detail`, sealedDetail ?? new Uint8Array())
  const mailbox = await database.db.mailbox.findFirstOrThrow()
  expect(
    alone
      .of(bench.tenantId)
      .open(`mailbox:${mailbox.id}:password`, mailbox.sealedPassword ?? new Uint8Array())
      .toString(),
  ).toBe('secret')
  expect(await found(alone)).toBe(12)
  expect(await database.db.dataStep.count({ where: { name: { startsWith: 'rotate ' } } })).toBe(0)
})

test('versions are gone through by number, not by its digits: ten stands behind nine', async () => {
  await stage(1)
  const { id, sealedDetail } = await database.db.order.findFirstOrThrow()
  const numbersOf = Array.from({ length: 12 }, (_, index) => index + 1)
  await database.db.orderVersion.createMany({
    data: numbersOf.map((number) => ({
      orderId: id,
      number,
      endedBy: 'edited',
      actor: 'key:x',
      endedAt: new Date(),
      sealedDetail: present(sealedDetail),
    })),
  })
  // By digits a batch of four would end with 12, and 2 to 9 would stand before the next.
  const { code, output } = await ops(['keys', 'rotate', '--batch', '4'], env(BOTH))
  expect({ code, last: output.split('\n').at(-1) }).toMatchObject({
    code: 0,
    last: expect.stringMatching(/^done: /),
  })
  const versions = await database.db.orderVersion.findMany({ select: { sealedDetail: true } })
  expect(versions.map((version) => sealedUnder(version.sealedDetail))).toEqual(numbersOf.map(() => 'next'))
})

test('a second one beside it is refused, and ends nothing of the first', async () => {
  await stage(1)
  const first = await database.pool.connect()
  try {
    await first.query(`select pg_advisory_lock(hashtextextended('torikomi keys rotate', 0))`)
    const { code, output } = await ops(['keys', 'rotate'], env(BOTH))
    expect({ code, output }).toEqual({ code: 1, output: 'another rotation is running: wait for its end' })
    expect(sealedIn(await details())).toEqual(new Set(['test']))
  } finally {
    first.release(true)
  }
  expect((await ops(['keys', 'rotate'], env(BOTH))).code).toBe(0)
})

test('it goes on where the same rotation stopped, and leaves what others have noted', async () => {
  await stage(3)
  const [first, second] = (await details()).map(({ id }) => id).toSorted()
  const noted = {
    'rotate next orders.sealed_detail': second,
    'rotate last orders.sealed_detail': 'done',
    other: first,
  }
  for (const [name, place] of Object.entries(noted))
    await database.db.dataStep.create({ data: { name, place: place ?? null } })
  const stop = new AbortController()
  await ops(['keys', 'rotate', '--batch', '1'], env(BOTH), stop.signal)
  // The one behind the place came first, and the next round saw that two are left.
  expect(sealedIn(await details())).toEqual(new Set(['next']))
  const steps = await database.db.dataStep.findMany({ where: { name: { in: Object.keys(noted) } } })
  expect(Object.fromEntries(steps.map(({ name, place }) => [name, place]))).toEqual({
    'rotate last orders.sealed_detail': 'done',
    other: first,
  })
})

test('while it runs, orders are found that are under the old key and such that are under the new', async () => {
  await stage(10)
  const stop = new AbortController()
  const run = ops(['keys', 'rotate', '--batch', '4'], env(BOTH), stop.signal)
  const half = await untilSome()
  stop.abort()
  expect((await run).output).toMatch(/^stopped; the same command goes on from here$|^done/m)
  expect(half).toBe(true)
  expect(await found(createSealer(BOTH, systemRandom))).toBe(10)

  async function untilSome(): Promise<boolean> {
    for (;;) if (sealedIn(await details()).has('next')) return true
  }
})

/** Found under whatever key it was stored, and afterwards by the new one alone. */
test('people, invitations, applications, identities and blocked buyers are found before, between and after', async () => {
  const old = createSealer([OLD], systemRandom)
  const both = createSealer(BOTH, systemRandom)
  const alone = createSealer([NEW], systemRandom)
  const { db } = database
  const { tenantId } = bench
  const tools = { db, newId, clock: bench.clock, random: systemRandom, sealer: old, log: quietLog }
  const staffTools = { ...tools, publicUrl: null, sendMail: null }
  const by = { actor: 'operator' }
  const { id } = await makeStaff(db, tenantId, 'owner', 'Hanako@example.jp')
  const identity = JSON.stringify(['https://id.example.jp', 'hanako'])
  await db.staffAccount.update({
    where: { id },
    data: {
      oidcHash: stored(oidcHashes(old, identity)),
      sealedOidc: old.of(tenantId).seal(staffContext(id, 'oidc'), identity),
    },
  })
  await invite(staffTools, by, { tenantId, role: 'staff', email: 'jiro@example.jp' })
  const form = NewApplication.parse({ company: '見本商事', name: '見本 三郎', email: 'saburo@example.jp' })
  await apply(staffTools, form, '203.0.113.7')
  const caller = { tenantId, actor: 'key:x' }
  const blocked = [
    { kind: 'phone', value: PHONE },
    { kind: 'address', value: '大阪府大阪市北区1-2-3', postalCode: '530-0001' },
  ] as const
  for (const entry of blocked) await addBlocked(tools, caller, entry)

  const seen = async (sealer: Sealer) => {
    const again = { ...staffTools, sealer }
    await apply(again, form, '203.0.113.7')
    for (const entry of blocked) await addBlocked({ ...tools, sealer }, caller, entry)
    await invite(again, by, { tenantId, role: 'staff', email: 'jiro@example.jp' })
    return {
      account: (await db.staffAccount.findFirst({ where: byEmail(sealer, 'hanako@EXAMPLE.jp') }))?.id,
      byIdentity: (
        await db.staffAccount.findFirst({ where: { oidcHash: { in: oidcHashes(sealer, identity) } } })
      )?.id,
      invitations: await db.staffInvitation.count(),
      applications: await db.application.count(),
      blocked: await db.blockedBuyer.count(),
    }
  }
  const wanted = { account: id, byIdentity: id, invitations: 1, applications: 1, blocked: 2 }
  expect(await seen(both)).toEqual(wanted)
  expect((await ops(['keys', 'rotate'], env(BOTH))).output).toMatch(/^done: /m)
  expect(await seen(alone)).toEqual(wanted)
  expect(await db.auditEntry.findFirst({ where: { action: 'keys.rotated' } })).toMatchObject({
    actor: 'ops',
    target: 'next',
    tenantId: null,
  })
})

test('a site change that is asked for again under its key is known before, between and after', async () => {
  const changes = await changeBench(database, 1)
  const [orderId = ''] = changes.orderIds
  const caller = { tenantId: changes.tenantId, actor: 'key:x', idempotencyKey: 'tanaka-taro-0001' }
  const ask = async (sealer: Sealer, memo = '至急') => {
    const wanted = ChangeRequest.parse({ changes: [{ orderId, action: 'memo', memo }] })
    const answer = await requestChanges({ ...changes.requestDeps, sealer }, caller, wanted)
    return answer.changes.map(({ id }) => id)
  }
  const made = await ask(createSealer([OLD], systemRandom))
  const both = createSealer(BOTH, systemRandom)
  expect(await ask(both)).toEqual(made)
  await expect(ask(both, '別の内容')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  expect((await ops(['keys', 'rotate'], env(BOTH))).output).toMatch(/^done: /m)
  expect(await ask(createSealer([NEW], systemRandom))).toEqual(made)
  const row = await database.db.siteChange.findFirstOrThrow({ where: { tenantId: changes.tenantId } })
  expect(row.requestKey).toBe(storedKey(changes.tenantId, 'tanaka-taro-0001'))
})

test('an erased buyer’s older order comes in empty between a new key in front and the rotation', async () => {
  const [old, both] = [createSealer([OLD], systemRandom), createSealer(BOTH, systemRandom)]
  const erase = (sealer: Sealer, phone: string) =>
    eraseBuyer(
      { ...bench.deps, sealer, elsewhere: [] },
      { tenantId: bench.tenantId, actor: 'test' },
      { phone },
    )
  const orderedAt = new Date(bench.clock.now() - 86_400_000).toISOString()
  const come = async (number: string, sealer: Sealer, phone: string) => {
    const { buyer } = sampleOrder(number)
    bench.mall.place(number, { orderedAt, buyer: { ...buyer, phone } })
    await bench.want([number])
    await shopWorkerOf({ ...bench.deps, sealer }).run(bench.shopId, new AbortController().signal)
    return stateOf(number)
  }
  const stateOf = async (orderNumber: string) => {
    const row = await database.db.order.findFirstOrThrow({ where: { orderNumber } })
    return { whole: row.sealedDetail !== null, erased: row.erasedAt !== null }
  }
  const [first = '', second = ''] = numbers(2)
  await erase(old, '03-1111-1111')
  expect(await come(first, both, '03-1111-1111')).toEqual({ whole: false, erased: true })
  // A process that does not know the new key yet cannot know the erasure either, until the rotation.
  await erase(both, '03-2222-2222')
  expect(await come(second, old, '03-2222-2222')).toEqual({ whole: true, erased: false })
  expect((await ops(['keys', 'rotate'], env(BOTH))).output).toMatch(/^done: /m)
  expect(await stateOf(second)).toEqual({ whole: false, erased: true })
})

test('the proof that a tenant was deleted stays one', async () => {
  const old = createSealer([OLD], systemRandom)
  const { db } = database
  const row = { tenantId: newId(), endedAt: new Date(), deletedAt: new Date(), counts: { orders: 3 } }
  const signature = stored(deletionSignatures(old, row))
  await db.tenantDeletion.create({ data: { ...row, signature } })
  const forged = { ...row, tenantId: newId(), signature: new Uint8Array(32) }
  await db.tenantDeletion.create({ data: forged })
  await ops(['keys', 'rotate'], env(BOTH))
  const after = (tenantId: string) => db.tenantDeletion.findFirstOrThrow({ where: { tenantId } })
  const alone = createSealer([NEW], systemRandom)
  expect(Buffer.from((await after(row.tenantId)).signature)).toEqual(
    Buffer.from(stored(deletionSignatures(alone, row))),
  )
  expect(Buffer.from((await after(forged.tenantId)).signature)).toEqual(Buffer.alloc(32))
})

test('a row that no key opens is named, and it does not say done', async () => {
  await stage(1)
  const stranger = createSealer(
    [{ id: 'lost', key: new Uint8Array(32).fill(9), bindsTenant: true }],
    systemRandom,
  )
  const mailbox = await makeMailbox(database.db, { tenantId: bench.tenantId })
  await database.db.mailbox.update({
    where: { id: mailbox.id },
    data: { sealedPassword: stranger.of(bench.tenantId).seal(`mailbox:${mailbox.id}:password`, 'x') },
  })
  const { code, output } = await ops(['keys', 'rotate'], env(BOTH))
  expect(code).toBe(1)
  expect(output).toContain(`mailboxes.sealed_password of ${mailbox.id} cannot be opened`)
  expect(output).toMatch(/1 rows are under lost\nnot done: put the key/)
})

test.each([
  ['orders', 'sealed_detail'],
  ['mailboxes', 'sealed_password'],
  ['staff_accounts', 'sealed_email'],
])(
  '%s.%s: a row that changed between its reading and its writing stays as it was changed',
  async (table, name) => {
    await stage(2)
    await makeMailbox(database.db, { tenantId: bench.tenantId })
    await makeMailbox(database.db, { tenantId: bench.tenantId })
    for (let n = 0; n < 2; n += 1) await makeStaff(database.db, bench.tenantId, 'staff')
    const column = SEALED_COLUMNS.find((one) => one.table === table && one.column === name) as SealedColumn
    const sealedOf = async () => {
      const { rows } = await database.pool.query(`select id, ${name} as sealed from ${table} order by id`)
      return rows as { id: string; sealed: Buffer }[]
    }
    const [changed, other] = await sealedOf()
    const meanwhile = Buffer.from('what somebody wrote meanwhile')
    const index = column.index ? `, ${column.index.column} as hash` : ''
    const hashOf = async (id: string | undefined) =>
      (await database.pool.query(`select id${index} from ${table} where id = $1`, [id])).rows[0].hash
    const hashBefore = await hashOf(changed?.id)
    // Between the two statements of a batch.
    const pool = {
      async query(query: string | { text: string }, values?: unknown[]) {
        const answer =
          typeof query === 'string'
            ? await database.pool.query(query, values)
            : await database.pool.query(query)
        if (typeof query === 'string' && query.startsWith('select'))
          await database.pool.query(`update ${table} set ${name} = $1 where id = $2`, [
            meanwhile,
            changed?.id,
          ])
        return answer
      },
    } as unknown as Pool
    await rotateBatch(
      { pool, sealer: createSealer(BOTH, systemRandom), keyId: NEW.id, batch: 10 },
      column,
      null,
    )
    const after = await sealedOf()
    expect(after.find(({ id }) => id === changed?.id)?.sealed).toEqual(meanwhile)
    expect(sealedUnder(after.find(({ id }) => id === other?.id)?.sealed ?? Buffer.alloc(0))).toBe(NEW.id)
    expect(await hashOf(changed?.id)).toEqual(hashBefore)
  },
)

test('killed twice under load and given again, it ends; every change that was made meanwhile is there', async () => {
  await stage(60)
  const ids = (await details()).map(({ id }) => id)
  const both = createSealer(BOTH, systemRandom)
  let writing = true
  let written = 0
  // What the service does meanwhile: reads an order and writes it, each time sealed with the first key.
  const load = (async () => {
    while (writing) {
      const id = ids[written % ids.length] ?? ''
      const { sealedDetail } = await database.db.order.findUniqueOrThrow({ where: { id } })
      const detail = both
        .of(bench.tenantId)
        .openJson<Record<string, unknown>>(`order:${id}:detail`, sealedDetail ?? new Uint8Array())
      const sealed = both.of(bench.tenantId).sealJson(`order:${id}:detail`, { ...detail, mark: written })
      await database.db.order.update({ where: { id }, data: { sealedDetail: sealed } })
      written++
    }
  })()
  for (let kill = 0; kill < 2; kill++) await killedAt(/orders\.sealed_detail: \d+ rows/)
  const last = await ops(['keys', 'rotate', '--batch', '2'], env(BOTH))
  writing = false
  await load
  expect(last.output).toMatch(/^done: /m)
  expect(sealedIn(await details())).toEqual(new Set(['next']))
  const alone = createSealer([NEW], systemRandom)
  const marks = new Map<string, unknown>()
  for (const { id, sealedDetail } of await details())
    marks.set(
      id,
      alone
        .of(bench.tenantId)
        .openJson<{ mark?: number }>(`order:${id}:detail`, sealedDetail ?? new Uint8Array()).mark,
    )
  for (let mark = Math.max(0, written - ids.length); mark < written; mark++)
    expect(marks.get(ids[mark % ids.length] ?? '')).toBe(mark)

  /** As a process that is ended by kill -9 when it has written this. */
  async function killedAt(line: RegExp): Promise<void> {
    const child: ChildProcess = spawn(process.execPath, [MAIN, 'keys', 'rotate', '--batch', '2'], {
      env: { ...noEnvFile(), ...env(BOTH), PATH: process.env.PATH ?? '', OPERATOR_API_KEY: 'operator' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (line.test(output)) child.kill('SIGKILL')
    })
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
  }
})

test.each([
  ['empty', Buffer.alloc(0)],
  ['one byte', Buffer.from([1])],
  ['none of ours', Buffer.from('not sealed at all')],
])('a value that is no seal (%s) is named and keeps nothing else from its new key', async (_what, broken) => {
  await stage(2)
  const mailbox = await makeMailbox(database.db, { tenantId: bench.tenantId })
  await makeMailbox(database.db, { tenantId: bench.tenantId })
  await database.db.mailbox.update({ where: { id: mailbox.id }, data: { sealedPassword: broken } })
  const { code, output } = await ops(['keys', 'rotate'], env(BOTH))
  expect(code).toBe(1)
  expect(output).toContain(`mailboxes.sealed_password of ${mailbox.id} cannot be opened`)
  expect(output).toMatch(/mailboxes\.sealed_password: 1 rows are under \(no seal\)/)
  expect(sealedIn(await details())).toEqual(new Set(['next']))
  await database.db.mailbox.delete({ where: { id: mailbox.id } })
  expect((await ops(['keys', 'rotate'], env(BOTH))).output).toMatch(/^done: /m)
})

/** As releases before sealed: bound to the row, whoever's it is. */
const UNBOUND = { ...OLD, bindsTenant: false }

/** The bench's rows as a release before has them, of two tenants. */
async function sealedBefore(): Promise<{ mine: string; theirs: string }> {
  const [bound, before] = [createSealer([OLD], systemRandom), createSealer([UNBOUND], systemRandom)]
  for (const column of SEALED_COLUMNS) {
    const { table, column: name, key } = column
    const { rows } = await database.pool.query<Record<string, Uint8Array> & { ofTenant: string | null }>(
      `select t.*, ${tenantOf(column)}::text as "ofTenant" from ${table} t where ${name} is not null`,
    )
    for (const row of rows) {
      const context = column.context(
        Object.fromEntries(Object.entries(row).map(([field, value]) => [field, String(value)])),
      )
      const plain = bound.of(row.ofTenant ?? null).open(context, present(row[name]))
      await database.pool.query(
        `update ${table} set ${name} = $1 where ${key.map((field, n) => `${field} = $${n + 2}`).join(' and ')}`,
        [Buffer.from(before.of(null).seal(context, plain)), ...key.map((field) => row[field])],
      )
    }
  }
  const { id: theirs } = await makeTenant(database.db)
  return { mine: bench.tenantId, theirs }
}

test('a row of before that is given to another tenant opens there until the rotation, and not after it', async () => {
  await stage(2)
  const { mine, theirs } = await sealedBefore()
  const [order] = await details()
  const sealed = order?.sealedDetail ?? new Uint8Array()
  const context = `order:${order?.id}:detail`
  const keys: EncryptionKeys = [NEW, UNBOUND]
  expect(createSealer(keys, systemRandom).of(theirs).openJson(context, sealed)).toBeTruthy()
  expect((await ops(['keys', 'rotate'], env(keys))).output).toMatch(/^done: /m)
  const alone = createSealer([NEW], systemRandom)
  const [after] = (await details()).filter(({ id }) => id === order?.id)
  const anew = after?.sealedDetail ?? new Uint8Array()
  expect(alone.of(mine).openJson(context, anew)).toBeTruthy()
  expect(() => alone.of(theirs).openJson(context, anew)).toThrow(SealError)
})

test('a database admin who gives an order to tenant B shows B nothing of it', async () => {
  await stage(1)
  const { id: theirs } = await makeTenant(database.db)
  const [order] = await details()
  await database.db.order.update({ where: { id: order?.id ?? '' }, data: { tenantId: theirs } })
  const rest = await restServer(database.db, {
    more: {
      clientRoutes: [createOrderRoutes(bench.deps)],
      operatorRoutes: [],
    },
  })
  try {
    const headers = await rest.keyFor(theirs)
    const answer = await rest.app.inject({ url: '/v1/orders?detail=true', headers })
    expect(answer.json().orders).toMatchObject([{ id: order?.id, detail: null, detailMissing: 'unreadable' }])
    expect(answer.body).not.toContain('花子')
  } finally {
    await rest.close()
  }
})

test('ended at each of its statements and given again, from keys of before too, it ends with nothing lost', async () => {
  await stage(3)
  await makeMailbox(database.db, { tenantId: bench.tenantId })
  await makeStaff(database.db, bench.tenantId, 'owner')
  await sealedBefore()
  const keys: EncryptionKeys = [NEW, UNBOUND]
  // Each write of it counts, and the one whose turn it is breaks; a sequence is not rolled back with what
  // broke.
  await database.pool.query(`create sequence writes; create table broken_at (n bigint); insert into broken_at values (0);
    create function break_writes() returns trigger language plpgsql as $$ begin
      if nextval('writes') = (select n from broken_at) then raise exception 'the process ends here'; end if;
      return null;
    end $$`)
  for (const table of new Set([...SEALED_COLUMNS.map(({ table }) => table), 'data_steps']))
    await database.pool.query(
      `create trigger breaks before insert or update or delete on ${table} for each statement execute function break_writes()`,
    )
  let ended = ''
  let tries = 0
  while (!/^done: /m.test(ended)) {
    tries += 1
    // Each time a little further: the first write breaks at the first try, the second at the second, ….
    await database.pool.query(`select setval('writes', 1, false)`)
    await database.pool.query('update broken_at set n = $1', [tries])
    ended = await ops(['keys', 'rotate', '--batch', '1'], env(keys)).then(
      ({ output }) => output,
      (error: Error) => error.message,
    )
    expect(await found(createSealer(keys, systemRandom)), `try ${tries}`).toBe(3)
    expect(tries).toBeLessThan(200)
  }
  expect(tries).toBeGreaterThan(10)
  expect(sealedIn(await details())).toEqual(new Set(['next']))
  expect(await found(createSealer([NEW], systemRandom))).toBe(3)
  const alone = createSealer([NEW], systemRandom).of(bench.tenantId)
  for (const { id, sealedPassword } of await database.db.mailbox.findMany())
    expect(alone.open(`mailbox:${id}:password`, sealedPassword ?? new Uint8Array()).toString()).toBe('secret')
})
