import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook as Verifier } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { planReports } from '../../../src/notices/plan-report.ts'
import { channelRoutes } from '../../../src/notices/routes.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { raiseAttention } from '../../../src/shops/attention.ts'
import { createEmailOf } from '../../../src/staff/accounts.ts'
import { deleteStaff } from '../../../src/staff/staff.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeShop, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { type NoticesRig, noticesRig } from '../../support/notices-rig.ts'
import { makeStaff } from '../../support/staff/browser.ts'

/**
 * The four services as one local server that keeps what it is sent; the way out is the real one, with its
 * guard.
 */

interface Taken {
  path: string
  headers: http.IncomingHttpHeaders
  body: string
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let database: TestDatabase
let server: http.Server
let base: string
let taken: Taken[]
let answer: { status: number; headers?: Record<string, string> }
let rest: RestServer
let rig: NoticesRig
let tenantId: string
let key: Record<string, string>
let auditedBefore: number

beforeAll(async () => {
  database = await freshDatabase()
  server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      taken.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(answer.status, answer.headers).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(async () => {
  await database.db.tenant.deleteMany()
  auditedBefore = await database.db.auditEntry.count()
  taken = []
  answer = { status: 200 }
  tenantId = (await makeTenant(database.db, { emails: ['boss@example.jp'] })).id
  rig = rigAt('2026-01-15T03:00:00Z')
  rest = await restServer(database.db, {
    more: { clientRoutes: [channelRoutes(channelTools())], operatorRoutes: [] },
  })
  key = await rest.keyFor(tenantId)
})
afterEach(() => rest.close())
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await database.close()
})

const wayOut = () => createHttpClient({ allowPrivateHosts: ['127.0.0.1'] })
const rigAt = (start: string, emails?: ReadonlyMap<string, string>): NoticesRig =>
  noticesRig(database, { start, http: wayOut(), chatworkUrl: base, ...(emails ? { emails } : {}) })
const channelTools = () => ({
  db: database.db,
  clock: rig.clock,
  newId,
  random: systemRandom,
  sealer: testSealer,
  mailer: null,
  http: wayOut(),
  chatworkUrl: base,
  emailOf: createEmailOf({ db: database.db, sealer: testSealer }),
  channelHosts: { allow: ['127.0.0.1'], resolve: async () => ['8.8.8.8'] },
})

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) => {
  const request = { method, url: `/v1/notice-channels${url}`, headers: key }
  const reply = await rest.app.inject({ ...request, ...(payload ? { payload } : {}) })
  return { status: reply.statusCode, body: reply.body === '' ? null : reply.json() }
}
const TARGETS = {
  slack: () => ({ kind: 'slack', url: `${base}/services/T0/B0/secret-of-slack` }),
  line_works: () => ({ kind: 'line_works', url: `${base}/message/secret-of-line` }),
  chatwork: () => ({ kind: 'chatwork', roomId: '4711', token: 'secret-of-chatwork' }),
  webhook: () => ({ kind: 'webhook', url: `${base}/hook` }),
}
const create = async (kind: keyof typeof TARGETS, more: object = {}) => {
  const { status, body } = await call('POST', '', { ...TARGETS[kind](), name: kind, ...more })
  expect({ status, body }).toMatchObject({ status: 201 })
  return body as { id: string; secret: string | null }
}
let nextCode = 500_000
/** A shop that stands still from now on. */
async function fallIll(name = '見本店 <!channel> [toall]', code = 'RAKUTEN_KEY_REFUSED') {
  nextCode += 1
  const shop = await makeShop(database.db, { tenantId, name, code: String(nextCode), credentialsSetAt: {} })
  const at = new Date(rig.clock.now())
  await raiseAttention(database.db, shop.id, {
    code,
    message: '鍵を更新してください。',
    at,
    credentialsVersion: 1,
  })
  return shop.id
}

describe('what each service gets', () => {
  test('Slack: text, without what would call everybody', async () => {
    await create('slack')
    await fallIll()
    await rig.process().round()
    expect(taken).toHaveLength(1)
    const { text } = JSON.parse(taken[0]?.body ?? '') as { text: string }
    expect(taken[0]?.path).toBe('/services/T0/B0/secret-of-slack')
    expect(text).toMatch(/^\*【自動受注取込】見本店 &lt;!channel&gt;.*要対応）\*\n/)
    expect(text).toContain('鍵を更新してください。')
    expect(text).not.toMatch(/<|このメールは/)
  })

  test('LINE WORKS: title and text', async () => {
    await create('line_works')
    await fallIll()
    await rig.process().round()
    expect(JSON.parse(taken[0]?.body ?? '')).toEqual({
      title: expect.stringContaining('要対応'),
      body: { text: expect.stringContaining('鍵を更新してください。') },
    })
  })

  test('Chatwork: a form to the room, with the token in its header and no brackets but our own', async () => {
    await create('chatwork')
    await fallIll()
    await rig.process().round()
    const [message] = taken
    expect(message?.path).toBe('/v2/rooms/4711/messages')
    expect(message?.headers).toMatchObject({
      'x-chatworktoken': 'secret-of-chatwork',
      'content-type': 'application/x-www-form-urlencoded',
    })
    const body = new URLSearchParams(message?.body).get('body') ?? ''
    expect(body).toMatch(/^\[info\]\[title\].*［toall］.*\[\/title\][\s\S]*\[\/info\]$/)
    expect(body.replaceAll(/\[\/?(info|title)\]/g, '')).not.toMatch(/[[\]]/)
  })

  test('a webhook: signed by the secret that its maker was shown', async () => {
    const { secret } = await create('webhook')
    await fallIll()
    await rig.process().round()
    const { headers, body } = taken[0] as Taken
    // The library holds the time of the message against its own clock, which is not the test's.
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const verifier = new Verifier(secret ?? '')
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
    expect(signed).toContain('"type":"notices"')
    expect(verifier.sign(String(headers['webhook-id']), at, body)).toBe(headers['webhook-signature'])
    const message = JSON.parse(body)
    expect([message.kind, message.at]).toEqual([message.type, message.timestamp])
    expect(message).toMatchObject({
      kind: 'notices',
      data: { notices: [{ kind: 'attention', what: 'RAKUTEN_KEY_REFUSED' }] },
    })
  })

  test('nothing of what opens a channel is in the clear in the database, the answers or the log', async () => {
    for (const kind of ['slack', 'line_works', 'chatwork'] as const) await create(kind)
    const { body } = await call('GET', '')
    const { rows } = await database.pool.query('select n::text as text from notice_channels n')
    // Entries outlive their tenant.
    const audited = await database.db.auditEntry.findMany({ orderBy: { id: 'asc' }, skip: auditedBefore })
    expect(audited.map(({ action }) => action)).toEqual(Array(3).fill('notice_channel.created'))
    expect(JSON.stringify([body, rows, audited, rig.log, rest.log])).not.toMatch(/secret-of/)
  })
})

describe('a storm', () => {
  test('is one message and one mail; what comes within ten minutes is the next', async () => {
    await create('slack')
    const process = rig.process()
    for (const n of [1, 2, 3]) await fallIll(`店${n}`)
    await process.round()
    expect(taken).toHaveLength(1)
    expect(rig.letters).toHaveLength(1)
    expect(rig.letters[0]?.subject).toMatch(/お知らせ 3件: 店/)
    for (const n of [1, 2, 3]) expect(rig.letters[0]?.text).toContain(`店舗: 店${n}（`)
    // One footer, and each notice's own words.
    expect(rig.letters[0]?.text.match(/このメールは/g)).toHaveLength(1)
    expect(rig.letters[0]?.text.match(/鍵を更新してください。/g)).toHaveLength(3)

    rig.clock.advance(MINUTE_MS)
    await fallIll('店4')
    await fallIll('店5')
    await process.round()
    expect([taken.length, rig.letters.length]).toEqual([1, 1])
    rig.clock.advance(10 * MINUTE_MS)
    await process.round()
    expect([taken.length, rig.letters.length]).toEqual([2, 2])
    expect(rig.letters[1]?.subject).toContain('お知らせ 2件')
    expect(await database.db.noticeMail.count({ where: { state: 'sent' } })).toBe(5)
    expect(await database.db.noticeDelivery.count({ where: { state: 'sent' } })).toBe(5)
  })

  test('of two processes one sends', async () => {
    await create('slack')
    await fallIll()
    await Promise.all([rig.process().round(), rig.process().round()])
    expect([taken.length, rig.letters.length]).toEqual([1, 1])
  })
})

describe('a service that does not take it', () => {
  test('is asked again after its own pause, and the channel says so meanwhile', async () => {
    const { id } = await create('slack')
    await fallIll()
    answer = { status: 429, headers: { 'retry-after': '600' } }
    await rig.process().round()
    expect((await call('GET', '')).body.channels).toMatchObject([{ id, failures: 1, code: 'HTTP 429' }])
    rig.clock.advance(9 * MINUTE_MS)
    await rig.process().round()
    expect(taken).toHaveLength(1)
    answer = { status: 200 }
    rig.clock.advance(MINUTE_MS)
    await rig.process().round()
    expect(taken).toHaveLength(2)
    expect((await call('GET', '')).body.channels).toMatchObject([
      { failures: 0, code: null, failingSince: null },
    ])
  })

  test('is given up after two days, and what comes then is tried anew', async () => {
    await create('line_works')
    await fallIll()
    answer = { status: 404 }
    for (let hour = 0; hour < 60; hour += 1) {
      await rig.process().round()
      rig.clock.advance(HOUR_MS)
    }
    expect(await database.db.noticeDelivery.findMany()).toMatchObject([
      { state: 'failed', lastCode: 'HTTP 404' },
    ])
    answer = { status: 200 }
    await fallIll('別の店')
    await rig.process().round()
    expect(await database.db.noticeDelivery.count({ where: { state: 'sent' } })).toBe(1)
  })

  test('a test message says what to do', async () => {
    const { id } = await create('chatwork')
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({ ok: true, code: null })
    answer = { status: 401 }
    expect((await call('POST', `/${id}/test`)).body).toMatchObject({
      ok: false,
      code: 'HTTP 401',
      message: expect.stringContaining('発行し直してください'),
    })
  })
})

describe('what is refused', () => {
  test.each([
    [{ kind: 'slack', url: 'https://example.com/services/x' }, 'url', 'wrong_host'],
    [{ kind: 'line_works', url: 'https://hooks.slack.com/x' }, 'url', 'wrong_host'],
    [{ kind: 'webhook', url: 'http://example.com/x' }, 'url', 'https_required'],
    [{ kind: 'webhook', url: 'https://me:pw@example.com/x' }, 'url', 'credentials_in_url'],
    [{ kind: 'chatwork', roomId: '1' }, 'token', 'required'],
    [{ kind: 'chatwork', roomId: '1/../2', token: 'x' }, 'roomId', 'invalid_format'],
    [{ kind: 'slack', url: 'https://hooks.slack.com/x', token: 'x' }, 'token', 'unknown_field'],
    [{ kind: 'mail' }, 'for', 'not_offered'],
    [{ kind: 'slack', url: 'https://hooks.slack.com/x', shopIds: [newId()] }, 'shopIds', 'not_found'],
  ])('%j', async (target, field, code) => {
    const { status, body } = await call('POST', '', { name: 'x', ...target })
    expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors: [{ field, code }] })
  })

  test('a private address, at once and, where it became one later, when it is sent to', async () => {
    const { status, body } = await call('POST', '', {
      ...TARGETS.webhook(),
      name: 'x',
      url: 'https://10.0.0.1/x',
    })
    expect([status, body.code]).toEqual([422, 'HOST_NOT_ALLOWED'])
    await create('webhook', { url: `${base}/hook` })
    await fallIll()
    const guarded = noticesRig(database, {
      start: '2026-01-15T03:00:00Z',
      http: createHttpClient({ allowPrivateHosts: [] }),
    })
    await guarded.process().round()
    expect(taken).toEqual([])
    expect(await database.db.noticeDelivery.findMany()).toMatchObject([{ lastCode: 'forbidden_address' }])
  })
})

describe('each person chooses', () => {
  test('topics, shops, and once a day; a deleted person is told nothing more', async () => {
    const staff = { db: database.db, clock: rig.clock, newId, sealer: testSealer }
    const { id: accountId } = await makeStaff(database.db, tenantId, 'staff', 'hanako@example.jp')
    const mine = await fallIll('花子の店')
    await fallIll('ほかの店')
    const sealedTarget = (id: string) =>
      testSealer.of(tenantId).sealJson(`notice_channel:${id}:target`, { kind: 'mail' })
    const channel = (more: object) => {
      const id = newId()
      const at = new Date(rig.clock.now())
      const data = { id, tenantId, accountId, kind: 'mail', name: 'x', sealedTarget: sealedTarget(id) }
      return database.db.noticeChannel.create({
        data: { ...data, topics: ['attention'], createdAt: at, updatedAt: at, ...more },
      })
    }
    await channel({ shopIds: [mine] })
    const daily = await channel({ pace: 'daily' })
    await channel({ topics: ['expiry'] })
    rig = rigAt('2026-01-15T03:00:00Z', new Map([[accountId, 'hanako@example.jp']]))
    const process = rig.process()
    await process.round()
    const hers = () => rig.letters.filter(({ to }) => to === 'hanako@example.jp')
    expect(hers().map(({ subject }) => subject)).toEqual([expect.stringContaining('花子の店')])
    // 12:00 in Japan: the morning's message comes 19 hours and five minutes later.
    rig.clock.advance(19 * HOUR_MS + 4 * MINUTE_MS)
    await process.round()
    expect(hers()).toHaveLength(1)
    rig.clock.advance(MINUTE_MS)
    await process.round()
    expect(hers()[1]?.subject).toContain('お知らせ 2件')
    await makeStaff(database.db, tenantId, 'owner', 'owner@example.jp')
    await deleteStaff(staff, { actor: 'operator' }, tenantId, accountId)
    expect(await database.db.noticeChannel.findUnique({ where: { id: daily.id } })).toBeNull()
  })
})

describe('the daily report', () => {
  test('tells of yesterday by shop, once, from seven in the morning in Japan, with what waited for the morning', async () => {
    const bench = await importBench(database)
    tenantId = bench.tenantId
    key = await rest.keyFor(tenantId)
    const wanted = numbers(5)
    for (const number of wanted) bench.mall.place(number)
    await bench.want(wanted)
    await bench.run()
    const yesterday = new Date('2026-01-14T03:00:00Z')
    const orders = await database.db.order.findMany({ where: { tenantId }, orderBy: { id: 'asc' } })
    const set = (from: number, to: number, data: object) =>
      database.db.order.updateMany({
        where: { id: { in: orders.slice(from, to).map(({ id }) => id) } },
        data,
      })
    await set(0, 5, { stagedAt: yesterday })
    await set(0, 3, { pulledAt: yesterday, status: 'new' })
    await set(0, 1, { status: 'shipped' })
    await database.db.$executeRaw`update orders set ended_at = ${yesterday} where ended_at is not null`
    // The day before, which must not be counted.
    await set(4, 5, { stagedAt: new Date('2026-01-13T14:59:59Z') })
    await database.db.shopDay.create({
      data: {
        shopId: bench.shopId,
        day: new Date('2026-01-14'),
        mall: 6,
        here: 5,
        pending: 0,
        missing: 1,
        checkedAt: yesterday,
      },
    })
    await create('slack', { topics: ['report'] })
    rig = rigAt('2026-01-14T21:59:00Z')
    const process = rig.process()
    await process.round()
    expect(await database.db.notice.count({ where: { kind: 'report' } })).toBe(0)
    rig.clock.advance(2 * MINUTE_MS)
    await process.round()
    await process.round()
    expect(taken).toHaveLength(0)
    rig.clock.advance(5 * MINUTE_MS)
    await process.round()
    expect(taken).toHaveLength(1)
    const { text } = JSON.parse(taken[0]?.body ?? '') as { text: string }
    expect(text).toContain('2026年1月14日の日次レポート')
    for (const line of [
      'モールの注文: 6件（取込済み5件、未取込1件）',
      '自動受注取込: 4件',
      '受注取込: 3件',
      '出荷: 1件',
      '未処理: 4件（うち自動受注取込に2件）',
    ])
      expect(text).toContain(line)
    expect(await database.db.notice.findMany({ where: { kind: 'report' } })).toMatchObject([
      { shopId: null, occursAt: new Date('2026-01-13T15:00:00Z') },
    ])
    // Nobody else asked: no mail to the contract's addresses, no report for another tenant.
    expect(rig.letters).toEqual([])
    expect(await database.db.notice.count({ where: { kind: 'report', tenantId: { not: tenantId } } })).toBe(0)
  })

  test('two processes make one', async () => {
    await create('slack', { topics: ['report'] })
    rig = rigAt('2026-01-14T23:00:00Z')
    const tools = { db: database.db, clock: rig.clock, newId, mails: true, marketplaces: new Map() }
    const made = await Promise.all([planReports(tools), planReports(tools)])
    expect(made.toSorted()).toEqual([0, 1])
  })
})
