import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { beginHistory, readHistory } from '../../../src/events/history.ts'
import { planWebhooks } from '../../../src/notices/plan-attention.ts'
import { createRetention } from '../../../src/orders/retention.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import {
  createWebhooks,
  deleteOldDeliveries,
  sealAddresses,
  type Webhooks,
} from '../../../src/webhooks/index.ts'
import { webhookRoutes } from '../../../src/webhooks/routes.ts'
import { secretContext } from '../../../src/webhooks/webhooks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type ImportBench, importBench, numbers } from '../../support/imports/import-bench.ts'

let database: TestDatabase
let bench: ImportBench
let rest: RestServer
let key: Record<string, string>
let webhooks: Webhooks
let receivers: Receiver[]

interface Received {
  headers: Record<string, string>
  body: string
}
interface Receiver {
  url: string
  got: Received[]
  answer: (response: http.ServerResponse) => void
  close(): void
}

beforeAll(async () => {
  database = await freshDatabase({ maxConnections: 20 })
})
afterAll(() => database.close())

beforeEach(async () => {
  bench = await importBench(database)
  receivers = []
  const { db, pool } = database
  const webhookHosts = { allow: ['127.0.0.1'], resolve: async () => ['8.8.8.8'] }
  const tools = { ...bench.deps, db, pool, random: systemRandom, sealer: testSealer, webhookHosts }
  rest = await restServer(db, { more: { clientRoutes: [webhookRoutes(tools)], operatorRoutes: [] } })
  key = await rest.keyFor(bench.tenantId)
  webhooks = worker('one')
})
afterEach(async () => {
  await webhooks.stop()
  await rest.close()
  for (const receiver of receivers) receiver.close()
  await database.db.webhook.deleteMany()
})

function worker(owner: string): Webhooks {
  const tools = { ...bench.deps, sealer: testSealer, owner, allowedPrivateHosts: ['127.0.0.1'] }
  const keepHistory = () => readHistory(bench.deps)
  return createWebhooks({ ...tools, keepHistory, listen: () => () => undefined })
}

async function receiver(answer: Receiver['answer'] = (response) => void response.end()): Promise<Receiver> {
  const got: Received[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      got.push({ headers: request.headers as Record<string, string>, body })
      self.answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answer,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  receivers.push(self)
  return self
}

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
  const answer = await rest.app.inject({
    method,
    url: `/v1${path}`,
    headers: key,
    ...(payload ? { payload } : {}),
  })
  return { status: answer.statusCode, body: answer.body === '' ? null : answer.json() }
}
const create = async (url: string, more: object = {}) =>
  (await call('POST', '/webhooks', { name: 'test', url, ...more })).body as { id: string; secret: string }

async function stageIn(one: ImportBench, count: number): Promise<void> {
  const wanted = numbers(count)
  for (const number of wanted) one.mall.place(number)
  await one.want(wanted)
  await one.run()
}
const stage = (count: number) => stageIn(bench, count)
const status = (code: number) => (response: http.ServerResponse) => void response.writeHead(code).end()
const log = async (id: string) => (await call('GET', `/webhooks/${id}/deliveries`)).body.deliveries
const types = ({ got }: Receiver) => got.map(({ body }) => JSON.parse(body).type)

describe('webhooks', () => {
  it('keeps the host of an address in the audit, and none of the secret behind it', async () => {
    const target = await receiver()
    const { id } = await create(`${target.url}?token=hunter2`)
    const entry = await database.db.auditEntry.findFirst({ where: { action: 'webhook.created', target: id } })
    expect(entry?.data).toEqual({ name: 'test', host: new URL(target.url).host })
  })

  it('keeps an address sealed: no column, answer, audit or log has its path, and it is still sent to', async () => {
    const target = await receiver()
    const { id } = await create(`${target.url}?token=hunter2`)
    const shown = `${new URL(target.url).origin}/…`
    expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({ url: shown })
    expect((await call('GET', '/webhooks')).body.webhooks).toMatchObject([{ url: shown }])
    const { rows } = await database.pool.query(
      'select t::text as row from webhooks t union all select t::text from audit_entries t',
    )
    expect(rows.map(({ row }) => row).join()).not.toMatch(/hunter2|\/hook/)
    // Whoever changes the whole sends back what was shown.
    expect((await call('PATCH', `/webhooks/${id}`, { name: 'other', url: shown })).status).toBe(200)
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    const next = await receiver()
    expect((await call('PATCH', `/webhooks/${id}`, { url: `${next.url}?k=2` })).status).toBe(200)
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect(next.got).toHaveLength(1)
  })

  it('beside a process of the release before: its addresses are sealed, and it gets no lease of one that it cannot open', async () => {
    const target = await receiver()
    const { id } = await create(target.url)
    const written = await receiver()
    await database.db.webhook.update({ where: { id }, data: { url: written.url } })
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect([target.got.length, written.got.length]).toEqual([0, 1])
    const claims = async (owner: string) =>
      (
        await database.pool.query('update webhooks set lease_owner = $2 where id = $1 returning id', [
          id,
          owner,
        ])
      ).rowCount
    expect(await claims('an older process')).toBe(1)
    await sealAddresses({ db: database.db, sealer: testSealer })
    expect(await database.db.webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({ url: '' })
    expect(await claims('an older process')).toBe(0)
    expect(await claims('sealed:one of this release')).toBe(1)
    await database.db.webhook.update({ where: { id }, data: { leaseOwner: null } })
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect(written.got).toHaveLength(2)
  })

  it('seals each address of a release before by itself, and none that somebody changes meanwhile', async () => {
    const [sealed, first, second, later] = [
      await receiver(),
      await receiver(),
      await receiver(),
      await receiver(),
    ]
    const ids = [await create(sealed.url), await create(first.url), await create(second.url)].map(
      ({ id }) => id,
    )
    const { webhook } = database.db
    await webhook.update({ where: { id: ids[1] as string }, data: { url: first.url, sealedUrl: null } })
    await webhook.update({ where: { id: ids[2] as string }, data: { url: second.url, sealedUrl: null } })
    const meanwhile = new Proxy(database.db, {
      get: (db, name) => (name === 'webhook' ? asReadBefore : Reflect.get(db, name)),
    })
    const asReadBefore = {
      findMany: async (wanted: object) => {
        const rows = await webhook.findMany(wanted)
        await webhook.update({ where: { id: ids[2] as string }, data: { url: later.url } })
        return rows
      },
      updateMany: webhook.updateMany,
    }
    await sealAddresses({ db: meanwhile, sealer: testSealer })
    expect(await webhook.count({ where: { url: later.url, sealedUrl: null } })).toBe(1)
    await sealAddresses({ db: database.db, sealer: testSealer })
    for (const id of ids) await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect([sealed, first, second, later].map(({ got }) => got.length)).toEqual([1, 1, 0, 1])
  })

  it('does not exist for another tenant', async () => {
    const target = await receiver()
    const { id } = await create(target.url)
    const own = key
    key = await rest.keyFor((await importBench(database)).tenantId)
    expect((await call('GET', '/webhooks')).body.webhooks).toEqual([])
    for (const path of [`/webhooks/${id}`, `/webhooks/${id}/deliveries`])
      expect((await call('GET', path)).status).toBe(404)
    expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(404)
    key = own
    expect((await call('GET', `/webhooks/${id}`)).status).toBe(200)
  })

  it('sends each row of the feed once, in order and signed, by however many workers', async () => {
    const target = await receiver()
    const { id, secret } = await create(target.url, { kinds: ['order'] })
    await stage(30)
    await database.db.shop.update({ where: { id: bench.shopId }, data: { attentionCode: 'KEY' } })
    const other = worker('two')
    await Promise.all([webhooks.round(), other.round(), webhooks.round()])
    await other.stop()
    expect(target.got).toHaveLength(30)
    const places = target.got.map(
      ({ body }) => JSON.parse(body).position.split('-').map(BigInt) as [bigint, bigint],
    )
    expect(places).toEqual(places.toSorted((a, b) => Number(a[0] - b[0] || a[1] - b[1])))
    expect(JSON.parse(target.got[0]?.body ?? '')).toMatchObject({ type: 'order', data: { what: ['staged'] } })
    expect(new Set((await log(id)).map(({ state }: { state: string }) => state))).toEqual(
      new Set(['delivered']),
    )
    // The clock of this test is held in the past; the library would call the time too old.
    for (const { headers, body } of target.got) {
      const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
      expect(headers['webhook-signature']).toBe(
        new Verifier(secret).sign(headers['webhook-id'] ?? '', at, body),
      )
    }
  })

  it('plans no row that another may still come before, and sends both in order once it is certain', async () => {
    await stage(3)
    const target = await receiver()
    await create(target.url, { kinds: ['order'] })
    // Of the staging too where something else on the server was still running when the webhook was made.
    const told = () =>
      target.got
        .map(({ body }) => JSON.parse(body).data as { orderId: string; version: number })
        .filter(({ version }) => version === 2)
        .map(({ orderId }) => orderId)
    const [first = '', second = '', third = ''] = (
      await database.db.order.findMany({ where: { tenantId: bench.tenantId }, orderBy: { id: 'asc' } })
    ).map((order) => order.id)
    const change = 'update orders set version = version + 1 where id = $1'
    const older = await database.pool.connect()
    try {
      await database.pool.query(change, [third])
      await older.query('begin')
      await older.query(change, [first])
      await database.pool.query(change, [second])
      // The third is certain and so is planned: what is uncertain behind it is not taken along.
      await expect.poll(() => webhooks.round().then(() => told().length), { timeout: 20_000 }).toBe(1)
      await older.query('commit')
    } finally {
      // Nothing where it was committed; a transaction that stays open would hold up every later test.
      await older.query('rollback')
      older.release()
    }
    await expect.poll(() => webhooks.round().then(() => told().length), { timeout: 20_000 }).toBe(3)
    expect(told()).toEqual([third, first, second])
  })

  it('sends what happened behind its place, of its own tenant alone', async () => {
    const theirs = await importBench(database)
    const theirRest = await rest.keyFor(theirs.tenantId)
    const [ourTarget, theirTarget] = [await receiver(), await receiver()]
    await stage(2)
    const { id } = await create(ourTarget.url, { kinds: ['order'] })
    // What is running elsewhere on the server may put its place before the two that are there already.
    await database.pool.query(
      `update webhooks w set (xid, event_id) = (
         select e.xid, e.id from events e where e.tenant_id = w.tenant_id and e.kind = 'order' order by e.xid desc, e.id desc limit 1)
       where w.id = $1`,
      [id],
    )
    const payload = { name: 'theirs', url: theirTarget.url, kinds: ['order'] }
    await rest.app.inject({ method: 'POST', url: '/v1/webhooks', headers: theirRest, payload })
    await stageIn(theirs, 3)
    await database.pool.query(
      'update orders set version = version + 1 where id = (select id from orders where tenant_id = $1 limit 1)',
      [bench.tenantId],
    )
    await webhooks.round()
    const orderIds = ({ got }: Receiver) => got.map(({ body }) => JSON.parse(body).data.orderId)
    const idsOf = async (tenantId: string) =>
      (await database.db.order.findMany({ where: { tenantId } })).map((order) => order.id)
    const [ours, others] = [await idsOf(bench.tenantId), await idsOf(theirs.tenantId)]
    expect(orderIds(ourTarget)).toHaveLength(1)
    expect(ours).toContain(orderIds(ourTarget)[0])
    expect(orderIds(theirTarget).toSorted()).toEqual(others.toSorted())
  })

  it('one that is off has nothing planned: what it wants when it is on again counts', async () => {
    const target = await receiver()
    const { id } = await create(target.url, { kinds: ['change'] })
    await call('PATCH', `/webhooks/${id}`, { enabled: false })
    await stage(2)
    await webhooks.round()
    await call('PATCH', `/webhooks/${id}`, { enabled: true, kinds: ['order'] })
    await webhooks.round()
    expect(types(target)).toEqual(['order', 'order'])
  })

  it('leaves in the feed what comes behind a thousand that wait for one webhook, and no other’s', async () => {
    const target = await receiver()
    const made = []
    for (let n = 0; n < 3; n += 1) made.push((await create(target.url, { kinds: ['order'] })).id)
    const [full = '', almost = '', served = ''] = made
    const fill = (id: string, state: string, count: number) =>
      database.pool.query(
        `insert into webhook_deliveries (id, webhook_id, kind, data, at, state, next_attempt_at, created_at)
         select gen_random_uuid(), $1, 'test', '{}', now(), $2, '2100-01-01', now() from generate_series(1, $3::int)`,
        [id, state, count],
      )
    await fill(full, 'waiting', 1_000)
    await fill(almost, 'waiting', 999)
    await fill(served, 'delivered', 1_000)
    await stage(1)
    await webhooks.round()
    const planned = async () => {
      const rows = await database.db.webhookDelivery.findMany({ where: { kind: 'order' } })
      return rows.map(({ webhookId }) => webhookId).toSorted()
    }
    expect(await planned()).toEqual([almost, served].toSorted())
    await database.pool.query(
      `update webhook_deliveries set state = 'failed' where id = (
         select id from webhook_deliveries where webhook_id = $1 limit 1)`,
      [full],
    )
    await webhooks.round()
    expect(await planned()).toEqual([full, almost, served].toSorted())
    expect(types(target)).toEqual(['order', 'order', 'order'])
  })

  it('a hundred that nothing has happened for hold up no other', async () => {
    const idle = await importBench(database)
    const target = await receiver()
    await stageIn(idle, 1)
    await create(target.url, { kinds: ['order'] })
    // Their place is behind all that their tenant has but for counts, which nobody is sent.
    await database.pool.query(
      `insert into webhooks (id, tenant_id, url, name, kinds, sealed_secret, xid, event_id, created_at, updated_at)
       select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, $2, 'idle', '{}', '', e.xid, e.id, now(), now()
       from generate_series(1, 100) n, (select xid, id from events where tenant_id = $1 and kind <> 'counts'
         order by xid desc, id desc limit 1) e`,
      [idle.tenantId, target.url],
    )
    const emit = `insert into events (xid, tenant_id, kind, data, at)
      values (pg_current_xact_id()::text::bigint, $1, $2, '{}', now())`
    await database.pool.query(emit, [idle.tenantId, 'counts'])
    await stage(1)
    const older = await database.pool.connect()
    try {
      // Behind a transaction that goes on, what has happened is not certain yet.
      await older.query('begin')
      await older.query('select pg_current_xact_id()')
      await database.pool.query(emit, [idle.tenantId, 'order'])
      await webhooks.round()
      expect(types(target)).toEqual(['order'])
    } finally {
      await older.query('rollback')
      older.release()
    }
  })

  it('a hundred that stand where a history begins hold up no other', async () => {
    const idle = await importBench(database)
    const target = await receiver()
    await create(target.url, { kinds: ['order'] })
    await beginHistory(database.pool, new Date(bench.clock.now()))
    await database.pool.query(
      `insert into webhooks (id, tenant_id, url, name, kinds, sealed_secret, xid, event_id, created_at, updated_at)
       select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, $1, $2, 'idle', '{}', '', h.xid, h.event_id, now(), now()
       from generate_series(1, 100) n, feed_history h`,
      [idle.tenantId, target.url],
    )
    await stage(1)
    await webhooks.round()
    expect(types(target)).toEqual(['reset', 'order'])
  })

  it('of a tenant that is suspended waits, and is sent everything afterwards', async () => {
    const target = await receiver()
    await create(target.url, { kinds: ['order'] })
    await stage(1)
    const setStatus = (status: 'active' | 'suspended') =>
      database.db.tenant.update({ where: { id: bench.tenantId }, data: { status } })
    await setStatus('suspended')
    await webhooks.round()
    expect(target.got).toEqual([])
    await setStatus('active')
    await webhooks.round()
    expect(types(target)).toEqual(['order'])
  })

  it('is sent no counts, whatever it wants', async () => {
    const target = await receiver()
    await create(target.url)
    await database.pool.query(
      `insert into events (xid, tenant_id, kind, data, at)
       values (pg_current_xact_id()::text::bigint, $1, 'counts', '{}', now())`,
      [bench.tenantId],
    )
    await stage(1)
    await webhooks.round()
    expect(types(target)).toContain('order')
    expect(types(target)).not.toContain('counts')
  })

  it('one that stands where a new history begins has lost nothing of it', async () => {
    const target = await receiver()
    await create(target.url, { kinds: ['order'] })
    await beginHistory(database.pool, new Date(bench.clock.now()))
    await stage(1)
    await webhooks.round()
    expect(target.got.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ type: 'reset', data: { code: 'HISTORY' } }),
      expect.objectContaining({ type: 'order' }),
    ])
  })

  it('waits after each failure: some seconds for the delivery, and a second and more for the webhook', async () => {
    const target = await receiver(status(500))
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    // Another one is due, and the webhook itself has to breathe.
    const now = new Date(bench.clock.now())
    const other = { id: newId(), webhookId: id, kind: 'test', data: {} }
    await database.db.webhookDelivery.create({
      data: { ...other, at: now, nextAttemptAt: now, createdAt: now },
    })
    bench.clock.advance(999)
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    bench.clock.advance(1)
    target.answer = status(204)
    await webhooks.round()
    // The first one waits for its own time, though the webhook takes what it is sent again.
    expect(target.got.map(({ headers }) => headers['webhook-id'])).toEqual([
      target.got[0]?.headers['webhook-id'],
      expect.not.stringContaining(target.got[0]?.headers['webhook-id'] ?? ''),
    ])
    bench.clock.advance(4_999)
    await webhooks.round()
    expect(target.got).toHaveLength(2)
    bench.clock.advance(1)
    await webhooks.round()
    expect(target.got.at(-1)?.headers['webhook-id']).toBe(target.got[0]?.headers['webhook-id'])
    expect(target.got).toHaveLength(3)
  })

  it('signs with both secrets while a rotation overlaps, and with the new one alone afterwards', async () => {
    const target = await receiver()
    const { id, secret } = await create(target.url)
    const rotated = (await call('POST', `/webhooks/${id}/rotate-secret`, { overlapHours: 1 })).body
    expect(rotated.secret).not.toBe(secret)
    expect(JSON.stringify((await call('GET', `/webhooks/${id}`)).body)).not.toContain('whsec')
    const signatures = async () => {
      await call('POST', `/webhooks/${id}/test`)
      await webhooks.round()
      return target.got.at(-1)?.headers['webhook-signature']?.split(' ').length
    }
    expect(await signatures()).toBe(2)
    bench.clock.advance(61 * 60_000)
    expect(await signatures()).toBe(1)
  })

  it('tries again with growing pauses for three days, then keeps it as failed until it is sent again', async () => {
    const target = await receiver(status(500))
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    const attempts: number[] = []
    for (let round = 0; round < 400 && (await log(id))[0].state === 'waiting'; round += 1) {
      const before = target.got.length
      await webhooks.round()
      if (target.got.length > before) attempts.push(bench.clock.now())
      bench.clock.advance(15 * 60_000)
    }
    expect(attempts).toHaveLength(10)
    const pauses = attempts.slice(1).map((at, n) => at - (attempts[n] ?? 0))
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    const [failed] = await log(id)
    expect(failed).toMatchObject({ state: 'failed', attempts: 10, lastStatus: 500, lastCode: 'status' })
    target.answer = status(204)
    const other = await create(target.url)
    await call('POST', `/webhooks/${other.id}/test`)
    await webhooks.round()
    const again = (webhook: string) => call('POST', `/webhooks/${webhook}/deliveries/${failed.id}/redeliver`)
    expect((await again(other.id)).status).toBe(404)
    expect((await again(id)).status).toBe(202)
    expect((await log(other.id))[0].state).toBe('delivered')
    await webhooks.round()
    expect(target.got.at(-1)?.headers['webhook-id']).toBe(failed.id)
    const [sent] = await log(id)
    expect(sent).toMatchObject({ state: 'delivered', attempts: 11 })
    expect(sent.attemptLog).toHaveLength(11)
    expect(sent.attemptLog.at(-2)).toMatchObject({ status: 500, code: 'status' })
    expect(sent.attemptLog.at(-1)).toMatchObject({ status: 204, code: null, answer: '' })
  })

  it('one that is sent again by hand has its pauses anew', async () => {
    const target = await receiver(status(500))
    const { id } = await create(target.url)
    const test = await call('POST', `/webhooks/${id}/test`)
    const path = `/webhooks/${id}/deliveries/${test.body.id}/redeliver`
    await database.db.webhookDelivery.update({ where: { id: test.body.id }, data: { attempts: 9 } })
    await call('POST', path)
    await webhooks.round()
    expect((await log(id))[0]).toMatchObject({ state: 'waiting', attempts: 10 })
  })

  it('keeps the first characters of each answer, and waits as long as a receiver asks', async () => {
    const target = await receiver((response) => {
      response.writeHead(503, { 'retry-after': '3600' })
      response.end(`busy\u0000\n${'あ'.repeat(500)}`)
    })
    const { id } = await create(target.url)
    await stage(2)
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    const rows = await log(id)
    const failed = rows.find(({ attempts }: { attempts: number }) => attempts === 1)
    expect(failed.attemptLog).toMatchObject([
      { status: 503, code: 'status', answer: expect.stringMatching(/^busy あ{195}$/) },
    ])
    // The one that failed, and the other, which waits for the same webhook: both say when they go out.
    const hour = new Date(bench.clock.now() + 3_600_000).toISOString()
    expect(rows.map(({ nextAttemptAt }: { nextAttemptAt: string }) => nextAttemptAt)).toEqual(
      rows.map(() => hour),
    )
    bench.clock.advance(3_599_000)
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    target.answer = status(204)
    bench.clock.advance(2_000)
    await webhooks.round()
    expect(target.got.length).toBeGreaterThan(2)
  })

  it('says its place so that it compares as text, by the names of the feed and by those of before', async () => {
    const target = await receiver()
    const { id } = await create(target.url)
    await stage(12)
    await webhooks.round()
    const got = target.got.map(({ body }) => JSON.parse(body))
    const sequences = got.map(({ sequence }) => sequence)
    expect(new Set(sequences).size).toBe(got.length)
    expect(sequences).toEqual(sequences.toSorted())
    for (const { kind, type, at, timestamp } of got) expect([kind, at]).toEqual([type, timestamp])
    const rows: { sequence: string }[] = await log(id)
    expect(rows.map(({ sequence }) => sequence).toSorted()).toEqual(sequences)
  })

  it('a test goes first and at once, also while the webhook pauses, and is refused where it is off', async () => {
    const target = await receiver(status(500))
    const { id } = await create(target.url)
    await stage(3)
    await webhooks.round()
    expect(target.got).toHaveLength(1)
    target.answer = status(204)
    expect((await call('POST', `/webhooks/${id}/test`)).status).toBe(202)
    await webhooks.round()
    expect(types(target)[1]).toBe('test')
    await call('PATCH', `/webhooks/${id}`, { enabled: false })
    const refused = await call('POST', `/webhooks/${id}/test`)
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT'])
    await stage(1)
    expect(
      (await log(id)).every(({ nextAttemptAt }: { nextAttemptAt: unknown }) => nextAttemptAt === null),
    ).toBe(true)
  })

  it('follows no redirect and takes no private address, however it is written', async () => {
    const inside = await receiver()
    const target = await receiver((response) => void response.writeHead(302, { location: inside.url }).end())
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect([inside.got.length, (await log(id))[0].lastStatus]).toEqual([0, 302])
    for (const url of [
      'https://10.0.0.1/',
      'https://2130706434/',
      'https://[::ffff:10.0.0.1]/',
      'https://0xa9fea9fe/',
      'http://example.com/',
      'https://user:pass@example.com/',
      'ftp://example.com/',
    ]) {
      expect((await call('POST', '/webhooks', { name: 'x', url })).status, url).toBe(422)
    }
    // A name that was public when it was entered and is private now.
    await database.db.webhook.update({ where: { id }, data: { url: 'https://10.0.0.1/', leaseUntil: null } })
    await call('POST', `/webhooks/${id}/test`)
    bench.clock.advance(60_000)
    await webhooks.round()
    expect((await log(id))[0].lastCode).toBe('forbidden_address')
  })

  it('of an origin that several share, a slow one holds up no other', { timeout: 60_000 }, async () => {
    const asked = Promise.withResolvers<void>()
    const held: http.ServerResponse[] = []
    const shared = await receiver((response) => {
      held.push(response)
      if (held.length === 6) asked.resolve()
    })
    for (let n = 0; n < 6; n++) await create(`${shared.url}?of=${n}`)
    await stage(1)
    const round = webhooks.round()
    // All six are asked while none of them has answered.
    await asked.promise
    shared.answer = (response) => void response.end()
    for (const response of held) response.end()
    await round
  })

  it('one that hangs, breaks or floods holds up no other', { timeout: 60_000 }, async () => {
    const hanging = await Promise.all(Array.from({ length: 3 }, () => receiver(() => undefined)))
    const breaking = await receiver((response) => void response.socket?.destroy())
    const flooding = await receiver((response) => void response.end('x'.repeat(1024 * 1024)))
    const good = await receiver()
    const ids: string[] = []
    for (const one of [...hanging, breaking, flooding]) ids.push((await create(one.url)).id)
    await create(good.url)
    await stage(20)
    const begun = performance.now()
    const round = webhooks.round()
    await expect.poll(() => good.got.length, { timeout: 10_000 }).toBe(20)
    expect(performance.now() - begun).toBeLessThan(10_000)
    for (const one of hanging) one.close()
    await round
    const codes = await Promise.all(
      ids.slice(3).map(async (id) => (await log(id)).map((d: { lastCode: string }) => d.lastCode)),
    )
    expect(codes.map((all) => all.find(Boolean))).toEqual(['broken', 'too_large'])
  })

  it('is switched off with a notice after days of failing, and goes on where it stood', async () => {
    const target = await receiver(status(503))
    const { id } = await create(target.url, { kinds: ['order'] })
    const living = await create((await receiver()).url)
    await stage(2)
    for (let hours = 0; hours < 24 * 6; hours += 6) {
      await webhooks.round()
      await call('POST', `/webhooks/${id}/test`)
      bench.clock.advance(6 * 60 * 60_000)
    }
    expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({
      enabled: false,
      disabledCode: 'FAILING',
    })
    expect((await call('GET', `/webhooks/${living.id}`)).body).toMatchObject({ enabled: true })
    const notices = { ...bench.deps, mails: false }
    expect([await planWebhooks(notices), await planWebhooks(notices)]).toEqual([1, 0])
    await database.pool.query('update orders set version = version + 1 where tenant_id = $1', [
      bench.tenantId,
    ])
    target.answer = status(200)
    target.got.length = 0
    await webhooks.round()
    expect(target.got).toEqual([])
    await call('PATCH', `/webhooks/${id}`, { enabled: true })
    bench.clock.advance(24 * 60 * 60_000)
    await webhooks.round()
    expect(types(target).filter((type) => type === 'order').length).toBeGreaterThanOrEqual(2)
  })

  it('one that says that it is gone is switched off, unless a person has done it meanwhile', async () => {
    const [gone, other] = [await receiver(status(410)), await receiver()]
    const { id } = await create(gone.url)
    const { id: late } = await create(other.url)
    other.answer = (response) =>
      void call('PATCH', `/webhooks/${late}`, { enabled: false }).then(() => response.writeHead(410).end())
    for (const one of [id, late]) await call('POST', `/webhooks/${one}/test`)
    await webhooks.round()
    const codeOf = async (one: string) => (await call('GET', `/webhooks/${one}`)).body
    expect(await codeOf(id)).toMatchObject({ enabled: false, disabledCode: 'GONE' })
    expect(await codeOf(late)).toMatchObject({ enabled: false, disabledCode: null })
  })

  it.each([
    ['gone', status(410)],
    ['taken', status(200)],
    [
      'busy for a day',
      (response: http.ServerResponse) => void response.writeHead(503, { 'retry-after': '86400' }).end(),
    ],
  ])(
    'whose address was mended while the old one was at work is none of that one’s answer (%s)',
    async (_, answer) => {
      const [wrong, right] = [await receiver(), await receiver()]
      const { id } = await create(wrong.url)
      wrong.answer = (response) =>
        void call('PATCH', `/webhooks/${id}`, { url: right.url }).then(() => answer(response))
      await call('POST', `/webhooks/${id}/test`)
      await webhooks.round()
      await webhooks.round()
      expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({ enabled: true, failures: 0 })
      expect([types(wrong), types(right)]).toEqual([['test'], ['test']])
      expect(await log(id)).toMatchObject([{ state: 'delivered', attempts: 1 }])
    },
  )

  it('that a person switched on anew is not switched off by days of failing before', async () => {
    const target = await receiver(status(503))
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    bench.clock.advance(6 * 24 * 60 * 60_000)
    target.answer = (response) => {
      bench.clock.advance(1_000)
      void call('PATCH', `/webhooks/${id}`, { enabled: true }).then(() => response.writeHead(503).end())
    }
    await call('POST', `/webhooks/${id}/test`)
    await webhooks.round()
    expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({ enabled: true, failures: 0 })
  })

  it('one that was off for longer than the feed is kept is sent a reset with a notice, and goes on from there', async () => {
    const target = await receiver()
    const { id } = await create(target.url, { kinds: ['change'] })
    await call('PATCH', `/webhooks/${id}`, { enabled: false })
    await stage(2)
    await database.pool.query("update events set at = at - interval '31 days'")
    await stage(4)
    await createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
      new AbortController().signal,
    )
    await webhooks.round()
    expect(target.got).toEqual([])
    await call('PATCH', `/webhooks/${id}`, { enabled: true, kinds: ['order'] })
    const other = worker('two')
    await Promise.all([webhooks.round(), other.round()])
    await other.stop()
    expect(target.got.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ type: 'reset', data: { code: 'GAP' } }),
    ])
    expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({
      enabled: true,
      resetCode: 'GAP',
      resetAt: expect.any(String),
    })
    const notices = { ...bench.deps, mails: false }
    expect([await planWebhooks(notices), await planWebhooks(notices)]).toEqual([1, 0])
    const [order] = await database.db.order.findMany({ where: { tenantId: bench.tenantId } })
    await database.pool.query('update orders set version = version + 1 where id = $1', [order?.id])
    await webhooks.round()
    expect(types(target)).toEqual(['reset', 'order'])
    expect(await log(id)).toContainEqual(
      expect.objectContaining({ kind: 'reset', position: JSON.parse(target.got[0]?.body ?? '').position }),
    )
  })

  it('one of a quiet tenant is told of no gap where only others’ events were forgotten', async () => {
    const target = await receiver()
    await create(target.url)
    const other = await importBench(database)
    await stageIn(other, 2)
    await database.pool.query("update events set at = at - interval '31 days'")
    await createRetention({ ...bench.deps, retentionDays: 30, openDays: 30, unpulledDays: null }).run(
      new AbortController().signal,
    )
    await stage(1)
    await webhooks.round()
    expect(types(target)).toContain('order')
    expect(types(target)).not.toContain('reset')
  })

  it('what waits for one that is off is kept, however long', async () => {
    const target = await receiver()
    const { id } = await create(target.url, { kinds: ['order'] })
    await call('POST', `/webhooks/${id}/test`)
    await stage(2)
    await database.pool.query("update webhooks set lease_until = '2100-01-01'")
    await webhooks.round()
    await call('PATCH', `/webhooks/${id}`, { enabled: false })
    await deleteOldDeliveries(database.pool, new Date('2099-01-01'))
    await call('PATCH', `/webhooks/${id}`, { enabled: true })
    await webhooks.round()
    expect(types(target).toSorted()).toEqual(['order', 'order', 'test'])
    const oldest = (await log(id)).at(-1).createdAt
    await deleteOldDeliveries(database.pool, new Date(oldest))
    expect(await log(id)).toHaveLength(3)
    await deleteOldDeliveries(database.pool, new Date('2099-01-01'))
    expect(await log(id)).toEqual([])
  })

  it('a process that dies while it sends loses nothing: after its lease the other sends, under the same id', async () => {
    const target = await receiver(() => undefined)
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    const dying = webhooks.round()
    await expect.poll(() => target.got.length).toBe(1)
    const other = worker('two')
    await other.round()
    expect(target.got).toHaveLength(1)
    target.answer = status(200)
    bench.clock.advance(61_000)
    await other.round()
    await other.stop()
    expect(new Set(target.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(target.got).toHaveLength(2)
    await webhooks.stop()
    await dying
    expect((await log(id))[0].state).toBe('delivered')
  })

  it('a process whose lease is over changes nothing of what another has delivered meanwhile', async () => {
    const held: http.ServerResponse[] = []
    const target = await receiver((response) => void held.push(response))
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    const late = webhooks.round()
    await expect.poll(() => held.length).toBe(1)
    target.answer = status(200)
    bench.clock.advance(61_000)
    const other = worker('two')
    await other.round()
    await other.stop()
    const delivered = await database.db.webhookDelivery.findFirstOrThrow({ where: { webhookId: id } })
    expect(delivered).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 200 })
    held[0]?.writeHead(503).end()
    await late
    expect(await database.db.webhookDelivery.findFirst({ where: { webhookId: id } })).toEqual(delivered)
    expect((await call('GET', `/webhooks/${id}`)).body).toMatchObject({ failures: 0 })
  })

  it('a success holds, though a process whose lease is over has noted its failure meanwhile', async () => {
    const held: http.ServerResponse[] = []
    const target = await receiver((response) => void held.push(response))
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    const late = webhooks.round()
    await expect.poll(() => held.length).toBe(1)
    bench.clock.advance(61_000)
    const other = worker('two')
    const second = other.round()
    await expect.poll(() => held.length).toBe(2)
    held[0]?.writeHead(503).end()
    await late
    held[1]?.writeHead(200).end()
    await second
    await other.stop()
    expect(await database.db.webhookDelivery.findFirst({ where: { webhookId: id } })).toMatchObject({
      state: 'delivered',
      lastStatus: 200,
    })
  })

  it('one that another process plans or claims at this moment is left to it, and waited for by nobody', async () => {
    const target = await receiver()
    const { id } = await create(target.url, { kinds: ['order'] })
    await call('POST', `/webhooks/${id}/test`)
    await stage(1)
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(`update webhooks set lease_owner = 'sealed:two', lease_until = $1`, [
        new Date(bench.clock.now() + 60_000),
      ])
      await webhooks.round()
      await other.query('commit')
    } finally {
      await other.query('rollback')
      other.release()
    }
    await webhooks.round()
    expect(target.got).toEqual([])
    bench.clock.advance(60_000)
    await webhooks.round()
    expect(types(target).toSorted()).toEqual(['order', 'test'])
  })

  it('those that fail have a room of their own, and hold up none that takes what it is sent', async () => {
    const target = await receiver()
    const dead = await receiver(() => undefined)
    const { id } = await create(target.url, { kinds: ['order'] })
    const living = await database.db.webhook.findUniqueOrThrow({ where: { id } })
    await database.db.webhook.createMany({
      data: Array.from({ length: 70 }, () => {
        const own = newId()
        // Bound to its row: one that cannot be opened ends an attempt before anything is sent.
        const sealedSecret = testSealer.of(bench.tenantId).seal(secretContext(own), 'whsec_c2VjcmV0')
        return {
          ...living,
          id: own,
          url: dead.url,
          sealedUrl: null,
          sealedSecret,
          name: 'dead',
          kinds: ['change'],
          failures: 1,
          failingSince: new Date(),
        }
      }),
    })
    // Long due, so they would come first.
    await database.pool.query(
      `insert into webhook_deliveries (id, webhook_id, kind, data, at, next_attempt_at, created_at)
       select gen_random_uuid(), id, 'test', '{}', now(), '2020-01-01', now() from webhooks where failures > 0`,
    )
    await stage(1)
    const round = webhooks.round()
    await expect.poll(() => types(target)).toEqual(['order'])
    // Dead ones are claimed after those that live, which may have been sent to by then.
    const claimed = { leaseOwner: 'sealed:one', name: 'dead' }
    await expect.poll(() => database.db.webhook.count({ where: claimed })).toBe(32)
    await webhooks.stop()
    dead.close()
    await round
  })

  it('one that is switched off while something waits is sent nothing until it is on again', async () => {
    const target = await receiver()
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    await call('PATCH', `/webhooks/${id}`, { enabled: false })
    await webhooks.round()
    expect(target.got).toEqual([])
    await call('PATCH', `/webhooks/${id}`, { enabled: true })
    await webhooks.round()
    expect(types(target)).toEqual(['test'])
  })

  it('a process that comes back late leaves the lease to the one that took it over', async () => {
    const target = await receiver(() => undefined)
    const { id } = await create(target.url)
    await call('POST', `/webhooks/${id}/test`)
    const late = webhooks.round()
    await expect.poll(() => target.got.length).toBe(1)
    bench.clock.advance(61_000)
    const other = worker('two')
    const taken = other.round()
    await expect.poll(() => target.got.length).toBe(2)
    await webhooks.stop()
    await late
    expect(await database.db.webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({
      leaseOwner: 'sealed:two',
    })
    await other.stop()
    await taken
    expect(await database.db.webhook.findUniqueOrThrow({ where: { id } })).toMatchObject({ leaseOwner: null })
  })

  it('ten of a tenant at most, and nobody else’s', async () => {
    const target = await receiver()
    const { id } = await create(target.url)
    for (let n = 1; n < 10; n += 1) await create(target.url)
    expect((await call('POST', '/webhooks', { name: 'x', url: target.url })).status).toBe(409)
    const theirs = await rest.keyFor((await importBench(database)).tenantId)
    for (const path of [`/webhooks/${id}`, `/webhooks/${id}/deliveries`, `/webhooks/${newId()}`]) {
      const answer = await rest.app.inject({ url: `/v1${path}`, headers: theirs })
      expect(answer.statusCode).toBe(404)
    }
    expect((await call('DELETE', `/webhooks/${id}`)).status).toBe(204)
  })
})
