import { rm } from 'node:fs/promises'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFigureCounter } from '../../../src/figures/counter.ts'
import { createInboundDoor } from '../../../src/mail/inbound.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { sendDueMails } from '../../../src/notices/send.ts'
import { createPushDoor } from '../../../src/notifications/push.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { signingSecret } from '../../../src/platform/crypto/signed-message.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createMailbox, rotateInboundSecret } from '../../../src/shops/mailboxes/mailboxes.ts'
import { pushContext } from '../../../src/shops/shops/shops.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { malls, orderMail } from '../../support/mail/listener.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'
import { ops } from '../../support/service/service.ts'
import {
  ADDRESS,
  type Side,
  sealers,
  type TwoInstallations,
  twoInstallations,
} from '../../support/service/two-installations.ts'

/** Files that forge more than a row, and what is posted to a tenant on its way. */

let both: TwoInstallations
beforeEach(async () => {
  both = await twoInstallations()
})
afterEach(() => both.close())

const clock = { now: () => Date.now(), sleep: async () => undefined }
const nothing = () => undefined

/** A tenant with one imported order. */
async function withOrder(side: Side) {
  const database = both.databases[side]
  const bench = await importBench(database)
  for (const number of numbers(1)) bench.mall.place(number)
  await bench.want(numbers(1))
  await bench.run()
  const order = await database.db.order.findFirstOrThrow({ where: { tenantId: bench.tenantId } })
  return { tenantId: bench.tenantId, order }
}

/** Of the buyer of an order, as somebody with the forged file's tenant writes it. */
async function eraseByHand(tenantId: string, order: { id: string; sealedDetail: Uint8Array | null }) {
  const sealer = sealers.here.of(tenantId)
  const detail = JSON.parse(
    sealer.open(`order:${order.id}:detail`, present(order.sealedDetail ?? undefined)).toString(),
  )
  const phone = detail.recipients[0].person.phone.replaceAll(/\D/g, '')
  const id = newId()
  await both.databases.here.pool.query(
    `insert into erasures (id, tenant_id, kind, hash, sealed_term, at, requested_by, orders)
     values ($1, $2, 'phone', $3, $4, now() + interval '1 year', 'x', 0)`,
    [id, tenantId, Buffer.alloc(16, 1), Buffer.from(sealer.seal(`erasure:${id}:term`, phone))],
  )
}

test('a file whose keys are not its rows’ is refused, and erases no order of another tenant', async () => {
  const victim = await withOrder('there')
  const forger = await withOrder('here')
  await eraseByHand(forger.tenantId, forger.order)
  await both.forge(forger.tenantId, ({ table, keys }) => {
    if (table === 'orders') for (const key of keys) key.id = victim.order.id
  })
  await expect(both.imported('forged')).rejects.toThrow('a row of orders')
  const { db } = both.databases.there
  expect(await db.order.findUniqueOrThrow({ where: { id: victim.order.id } })).toEqual(victim.order)
})

test('an erasure of one tenant ends at the orders of another, whatever the hashes say', async () => {
  const victim = await withOrder('there')
  const { db, pool } = both.databases.there
  const { id: tenantId } = await makeTenant(db)
  await pool.query(
    `insert into erasures (id, tenant_id, kind, hash, sealed_term, at, requested_by, orders)
     values ($1, $2, 'phone', $3, $3, now() + interval '1 year', 'x', 0)`,
    [newId(), tenantId, Buffer.alloc(16, 1)],
  )
  await pool.query(
    `insert into order_search (order_id, tenant_id, kind, hash) values ($1, $2, 'phone', $3)`,
    [victim.order.id, tenantId, Buffer.alloc(16, 1)],
  )
  expect(await db.order.findUniqueOrThrow({ where: { id: victim.order.id } })).toEqual(victim.order)
})

test('a file under the number of another tenant’s move takes nothing from it', async () => {
  const { db } = both.databases.there
  const victim = (await makeTenant(both.databases.here.db)).id
  await both.moved(victim, 'here', 'victim')
  const move = await db.tenantMove.findFirstOrThrow({ where: { tenantId: victim } })
  const forger = (await makeTenant(both.databases.here.db)).id
  await both.forge(forger, nothing, { move: move.id })
  await expect(both.imported('forged')).rejects.toThrow('another tenant')
  expect(await db.tenantMove.findMany()).toEqual([move])
  expect(await both.statusAt('there', forger)).toBeNull()
})

test('of a head nothing reaches a terminal but words, and a part is unpacked to its bound alone', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  await both.forge(tenantId, nothing, { name: '\u001b[2Jevil\u009b' })
  const { output } = await both.run('there', 'tenant', 'import', both.file('forged'))
  expect(output).toContain('[2Jevil is here')
  for (const [title, head, words] of [
    ['receipt', { receipt: '\u001b[31mX' }, 'another form'],
    ['large', { name: 'x'.repeat(100 * 1024 * 1024) }, 'too large'],
  ] as const) {
    await Promise.all([rm(both.file()), rm(both.file('forged'))])
    await both.forge(tenantId, nothing, head)
    await expect(both.imported('forged'), title).rejects.toThrow(words)
  }
})

test('an import under the id of a tenant that ended here does not come by what its audit kept', async () => {
  const { here, there } = both.databases
  const tenantId = (await makeTenant(here.db)).id
  const entry = { tenantId, at: new Date(), actor: 'staff:x', action: 'order.viewed', target: 'x' }
  await there.db.auditEntry.create({ data: { ...entry, id: newId(), source: '203.0.113.5' } })
  await both.exported(tenantId)
  await expect(both.imported()).rejects.toThrow('ended here')
  expect(await both.statusAt('there', tenantId)).toBeNull()
})

test('an id without a foreign key names no row of another tenant', async () => {
  const { here, there } = both.databases
  const other = await makeShop(there.db, { tenantId: (await makeTenant(there.db)).id })
  const rehearsal = {
    id: newId(),
    tenantId: other.tenantId,
    shopId: other.id,
    startedBy: 'x',
    startedAt: new Date(),
  }
  await there.db.rehearsal.create({ data: rehearsal })
  const tenantId = (await makeTenant(here.db)).id
  const shop = await makeShop(here.db, { tenantId })
  await here.db.shop.update({ where: { id: shop.id }, data: { rehearsalId: rehearsal.id } })
  await both.exported(tenantId)
  await expect(both.imported()).rejects.toThrow('a row of shops')
})

test('a file that is imported anew after its drop is started by its own word', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  await both.forge(tenantId, nothing, { startHash: '0'.repeat(64), wasActive: false })
  await both.imported('forged')
  await both.run('there', 'tenant', 'drop', tenantId)
  const word = await both.released(tenantId, await both.imported())
  await both.run('there', 'tenant', 'start', tenantId, word)
  expect(await both.statusAt('there', tenantId)).toBe('active')
})

const log = createLogger({ level: 'silent' })
const toolsAt = (side: Side) => ({
  ...both.databases[side],
  clock,
  newId,
  random: systemRandom,
  sealer: sealers[side],
  metrics: createMetrics(),
  marketplaces: malls,
  log,
  wakeQueue: { wake: async () => undefined },
  judge: createJudge(malls),
  addressRules: { allowedPrivateHosts: [] },
  onMailboxChanged: nothing,
})

/** An inbound mailbox as the API makes it, and how a mail is posted to it. */
async function withInbound() {
  const { db } = both.databases.here
  const tenantId = (await makeTenant(db)).id
  const shop = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  const caller = { tenantId, actor: 'operator' }
  const tools = toolsAt('here') as never
  const { id } = await createMailbox(
    tools,
    caller as never,
    {
      name: 'posted',
      kind: 'inbound',
      security: 'tls',
      folder: 'INBOX',
      enabled: true,
      authservId: null,
      auth: { kind: 'password' },
      shopIds: [shop.id],
    } as never,
  )
  const secret = await rotateInboundSecret(tools, caller as never, id)
  const mails = [0, 1, 2, 3].map((n) => orderMail('orders@shop.example', n))
  const posted = (side: Side, n: number) => {
    const source = present(mails[n])
    const at = new Date()
    const message = newId()
    const signature = new Webhook(secret).sign(message, at, source.toString('utf8'))
    const headers = { id: message, timestamp: String(Math.floor(at.getTime() / 1000)), signature }
    return createInboundDoor(toolsAt(side) as never)({ mailboxId: id, headers, source })
  }
  return { tenantId, shopId: shop.id, posted }
}

test('a mailbox of kind inbound takes mails in where the tenant went', async () => {
  const { tenantId, posted } = await withInbound()
  expect(await posted('here', 1)).toEqual({ result: 'recognised' })
  await both.moved(tenantId)
  expect(await posted('there', 2)).toEqual({ result: 'recognised' })
})

const refusal = (error: unknown) => {
  const { code, details } = error as { code?: string; details?: object }
  return { code, ...details }
}
const WAIT = { code: 'UNAVAILABLE', retryAfterSeconds: 60 }
const MOVED = { code: 'TENANT_MOVED', movedTo: ADDRESS }

test('who posts mails and orders to a tenant on its way is told to wait, then where it went', async () => {
  const { tenantId, shopId, posted } = await withInbound()
  const secret = signingSecret(systemRandom)
  const sealedPushSecret = sealers.here.of(tenantId).seal(pushContext(shopId), secret)
  await both.databases.here.db.shop.update({ where: { id: shopId }, data: { sealedPushSecret } })
  const pushed = (side: Side, key = secret) => {
    const body = Buffer.from(JSON.stringify({ orderNumbers: [rakutenOrder.orderNumber] }))
    const at = new Date()
    const id = newId()
    const signature = new Webhook(key).sign(id, at, body.toString('utf8'))
    const headers = { id, timestamp: String(Math.floor(at.getTime() / 1000)), signature }
    const push = { shopId, headers, body, xml: false }
    return createPushDoor(toolsAt(side) as never)(push)
  }
  const answers = async (side: Side) => [
    await posted(side, 1).catch(refusal),
    await pushed(side).catch(refusal),
  ]
  expect(await answers('here')).toEqual([{ result: 'recognised' }, { taken: 1 }])
  await both.exported(tenantId)
  expect(await answers('here')).toEqual([WAIT, WAIT])
  const receipt = await both.imported()
  expect(await answers('there')).toEqual([WAIT, WAIT])
  const word = await both.released(tenantId, receipt)
  expect(await answers('here')).toEqual([MOVED, MOVED])
  // Whoever shows no signature learns nothing of it.
  expect(await pushed('here', signingSecret(systemRandom))).toEqual({ refusal: 'forged' })
  await both.run('there', 'tenant', 'start', tenantId, word)
  expect(await answers('there')).toEqual([{ result: 'recognised' }, { taken: 1 }])
  // Suspended by the operator, who says nothing to outsiders.
  await both.databases.there.db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
  expect(await answers('there')).toEqual([{ refusal: 'forged' }, { refusal: 'forged' }])
})

test('entries of the audit that are over do not move: nobody could delete them there for a year', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  const entry = { tenantId, actor: 'ops', action: 'order.viewed', target: 'x' }
  const month = 30 * 24 * 60 * 60_000
  const [old, young] = [13, 1].map((age) => ({
    ...entry,
    id: newId(),
    at: new Date(Date.now() - age * month),
  }))
  await both.databases.here.db.auditEntry.createMany({ data: [present(old), present(young)] })
  await both.moved(tenantId)
  const moved = await both.databases.there.db.auditEntry.findMany({
    where: { tenantId, action: entry.action },
  })
  expect(moved.map(({ id }) => id)).toEqual([young?.id])
})

const broken = (column: string) =>
  `${column} = overlay(${column} placing '\\x00' from octet_length(${column}))`

test('a cell that no key opens moves empty, or its row stays, and each is named', async () => {
  const { tenantId, order } = await withOrder('here')
  const { pool } = both.databases.here
  await pool.query(`update order_raws set ${broken('sealed_raw')}`)
  await pool.query(`update orders set ${broken('sealed_detail')}`)
  const { output: key } = await both.run('there', 'tenant', 'key')
  const { output } = await both.run('here', 'tenant', 'export', tenantId, '--for', key, both.file())
  expect(output).toMatch(new RegExp(`order_raws.sealed_raw of .*${order.id}.*stays here`))
  expect(output).toMatch(new RegExp(`orders.sealed_detail of .*${order.id}.*moves empty`))
  await both.imported()
  const { db } = both.databases.there
  expect(await db.orderRaw.count()).toBe(0)
  expect(await db.order.findUniqueOrThrow({ where: { id: order.id } })).toMatchObject({ sealedDetail: null })
})

test('of what a tenant cannot move without a cell that no key opens is named before it stands still', async () => {
  const { tenantId } = await withInbound()
  await both.databases.here.pool.query(`update mailboxes set ${broken('sealed_username')}`)
  await expect(both.exported(tenantId)).rejects.toThrow('mailboxes.sealed_username of')
  expect(await both.statusAt('here', tenantId)).toBe('active')
})

test('a release comes within five hours, and names no address of the side that it leaves', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  const own = ['tenant', 'release', tenantId, 'receipt', '--to', 'https://here.example.com']
  const answer = ops(own, { DATABASE_URL: both.databases.here.url, PUBLIC_URL: 'https://here.example.com/' })
  expect(await answer).toMatchObject({ code: 64 })
  await both.exported(tenantId)
  const receipt = await both.imported()
  await both.databases.here.pool.query(`update tenant_moves set created_at = now() - interval '6 hours'`)
  await expect(both.released(tenantId, receipt)).rejects.toThrow('five hours')
})

test('who has applied is not moved, as there it would pass for one that was suspended', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  await both.databases.here.db.tenant.update({ where: { id: tenantId }, data: { status: 'applied' } })
  await expect(both.exported(tenantId)).rejects.toThrow('applied')
  expect(await both.statusAt('here', tenantId)).toBe('applied')
})

test('orders that were not counted yet where they came from are counted where they went', async () => {
  const { there } = both.databases
  const count = () => createFigureCounter({ pool: there.pool, clock, log }).run(new AbortController().signal)
  // Without a history that begins with it an import marks nothing of others.
  await both.moved((await makeTenant(both.databases.here.db)).id, 'here', 'first')
  await count()
  const { tenantId } = await withOrder('here')
  await both.moved(tenantId)
  await count()
  const { rows } = await there.pool.query(
    `select sum(orders)::int as orders from figure_days where tenant_id = $1`,
    [tenantId],
  )
  expect(rows).toEqual([{ orders: 1 }])
})

test('an export that comes home brings nothing back, where both sides have the same keys', async () => {
  const { here, there } = both.databases
  const tenantId = (await makeTenant(here.db)).id
  const twin = (...args: string[]) =>
    ops(['tenant', ...args], { DATABASE_URL: there.url, ENCRYPTION_KEYS: KEYS_OF_HERE })
  const { output: key } = await twin('key')
  await both.run('here', 'tenant', 'export', tenantId, '--for', key, both.file())
  const receipt = present((await twin('import', both.file())).output.split(/\s/).at(-1))
  const word = await both.released(tenantId, receipt)
  await twin('start', tenantId, word)
  // Its contract ended here, and its rows are gone.
  await here.db.tenant.delete({ where: { id: tenantId } })
  await expect(both.imported('one', 'here')).rejects.toThrow('one that began here')
  expect(await both.statusAt('here', tenantId)).toBeNull()
})

const KEYS_OF_HERE = `test:${Buffer.alloc(32, 7).toString('base64')}:tenant`

test('whoever comes back brings an entry of the audit that is kept of it, or the hash of a move', async () => {
  const tenantId = (await makeTenant(both.databases.there.db)).id
  await both.moved(tenantId, 'there', 'away')
  await both.databases.there.db.tenant.delete({ where: { id: tenantId } })
  await both.forge(tenantId, withForeignAudit, { earlierHashes: ['0'.repeat(64)] })
  await expect(both.imported('forged')).rejects.toThrow('kept here')
  expect(await both.statusAt('there', tenantId)).toBeNull()
  await both.imported()
})

test('a tenant comes back after more than a year, whose audit is nowhere the same', async () => {
  const { here, there } = both.databases
  const tenantId = (await makeTenant(here.db)).id
  await both.moved(tenantId)
  await here.db.tenant.delete({ where: { id: tenantId } })
  // What both have is deleted by its age; what was noted here at the end of the contract is younger.
  const over = async (side: Side, which: string) => {
    const { pool } = both.databases[side]
    await pool.query('alter table audit_entries disable trigger user')
    await pool.query(`delete from audit_entries where ${which}`)
    await pool.query('alter table audit_entries enable trigger user')
  }
  const { rows } = await there.pool.query<{ id: string }>('select id::text from audit_entries')
  await over('here', `id in (${rows.map(({ id }) => `'${id}'`).join(', ')})`)
  expect(await here.db.auditEntry.count({ where: { tenantId } })).toBeGreaterThan(0)
  await both.moved(tenantId, 'there', 'back')
  expect(await both.statusAt('here', tenantId)).toBe('active')
})

test('the audit that a dropped import leaves is opened by no forged file', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  await both.forge(tenantId, withForeignAudit)
  await both.imported()
  await both.run('there', 'tenant', 'drop', tenantId)
  await expect(both.imported('forged')).rejects.toThrow('kept here')
  await both.imported()
})

const withForeignAudit: Parameters<typeof both.forge>[1] = (frame) => {
  if (frame.table === 'audit_entries')
    frame.rows = frame.rows.map((row) => row.replace(/^\([0-9a-f-]{36}/, `(${newId()}`))
}

test('limits of a plan are those of the side that the tenant comes to', async () => {
  const { here, there } = both.databases
  const tenantId = (await makeTenant(here.db)).id
  await here.db.tenant.update({ where: { id: tenantId }, data: { mostShops: 900, mostApiKeys: 900 } })
  await both.moved(tenantId)
  const limits = { mostShops: null, mostMailboxes: null, mostWebhooks: null, mostApiKeys: null }
  expect(await there.db.tenant.findUniqueOrThrow({ where: { id: tenantId } })).toMatchObject(limits)
})

test('what is kept long enough while a tenant leaves costs no second export', async () => {
  const { tenantId, order } = await withOrder('here')
  const { db, pool } = both.databases.here
  await both.exported(tenantId)
  await pool.query(`update orders set status = 'shipped', ended_at = now() - interval '1 year'`)
  await pool.query('delete from events')
  const purge = (days: number) =>
    createRetention({
      db,
      pool,
      log,
      clock: { ...clock, now: () => Date.now() + days * 24 * 60 * 60_000 },
      retentionDays: 30,
      openDays: 30,
      unpulledDays: null,
    }).run(new AbortController().signal)
  const purgedAt = async () => (await db.order.findUniqueOrThrow({ where: { id: order.id } })).purgedAt
  await purge(0)
  expect(await purgedAt()).toBeNull()
  await both.released(tenantId, await both.imported())
  // One that stands still for days, and where it has left, loses them as all do.
  await purge(1)
  expect(await purgedAt()).not.toBeNull()
})

/** A tenant with a notice whose mail is not sent yet. @returns its id */
async function withNotice(mail: { nextAttemptAt: Date; attempts?: number }): Promise<string> {
  const { db } = both.databases.here
  const tenantId = (await makeTenant(db)).id
  const shop = await makeShop(db, { tenantId })
  const at = new Date()
  const notice = { id: newId(), tenantId, shopId: shop.id, kind: 'attention' as const, what: 'shop' }
  await db.notice.create({
    data: { ...notice, occursAt: at, threshold: 10_000, subject: '要対応', text: '要対応', createdAt: at },
  })
  await db.noticeMail.create({
    data: { id: newId(), noticeId: notice.id, address: 'owner@shop.example', ...mail },
  })
  return tenantId
}

test('a notice of a tenant that moves is mailed once, by the side where it works', async () => {
  const tenantId = await withNotice({ nextAttemptAt: new Date() })
  const sent: Side[] = []
  const send = (side: Side) =>
    sendDueMails(
      { ...toolsAt(side), mailer: { send: async () => void sent.push(side) } } as never,
      new AbortController().signal,
    )
  const sendBoth = async () => {
    await send('here')
    await send('there')
  }
  await both.exported(tenantId)
  await sendBoth()
  const receipt = await both.imported()
  await sendBoth()
  const word = await both.released(tenantId, receipt)
  await sendBoth()
  expect(sent).toEqual([])
  await both.run('there', 'tenant', 'start', tenantId, word)
  await sendBoth()
  expect(sent).toEqual(['there'])
})

test('an export waits for a notice that is being mailed', async () => {
  const tenantId = await withNotice({ attempts: 1, nextAttemptAt: new Date(Date.now() + 110_000) })
  await expect(both.exported(tenantId)).rejects.toThrow('notice_mails')
})

test('of two drops the slower one deletes nothing of what was imported meanwhile', async () => {
  const { tenantId, order } = await withOrder('here')
  await both.exported(tenantId)
  await both.imported()
  const { pool, db } = both.databases.there
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('lock table orders in access exclusive mode')
    const slower = both.run('there', 'tenant', 'drop', tenantId).then(
      () => 'done',
      (error: Error) => error.message,
    )
    const WAITS = `select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database() where not granted`
    await expect.poll(async () => (await pool.query(WAITS)).rowCount).toBeGreaterThan(0)
    // As the quicker one and an import behind it leave it.
    await client.query(`update tenant_moves set state = 'arrived'`)
    await client.query('commit')
    expect(await slower).toContain('no longer being dropped')
  } finally {
    client.release()
  }
  expect(await db.order.count({ where: { id: order.id } })).toBe(1)
  expect(await both.statusAt('there', tenantId)).toBe('suspended')
})
