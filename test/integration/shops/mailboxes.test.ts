import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { MailboxFindings, MailboxLogin } from '../../../src/shops/mailboxes/mailbox-test.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeShop, makeTenant, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'

const LOGIN = { username: 'orders@example.jp', password: 'pass-word-1234' }
const GOOD: MailboxFindings = {
  ok: true,
  code: null,
  messages: ['ログインできました。'],
  messageCount: 12,
  idle: true,
}

let database: TestDatabase
let rest: RestServer
let clock: HeldClock
let tenantId: string
let headers: Record<string, string>
let tried: MailboxLogin[]
let findings: () => Promise<MailboxFindings>

/** What the test's own name server answers. */
const ADDRESSES: Record<string, string[]> = {
  'imap.example.jp': ['8.8.8.8'],
  'imap2.example.jp': ['8.8.4.4'],
  'inside.example.jp': ['10.0.0.5'],
  'half.example.jp': ['8.8.8.8', '127.0.0.1'],
}

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  await rest?.close()
  clock = heldClock()
  tried = []
  findings = async () => GOOD
  rest = await restServer(database.db, {
    clock,
    testTimeoutMs: 200,
    testMailbox: async (login) => {
      tried.push(login)
      return findings()
    },
    addressRules: {
      allow: ['192.168.0.20'],
      resolve: async (host) => ADDRESSES[host] ?? Promise.reject(new Error('ENOTFOUND')),
    },
  })
  tenantId = (await makeTenant(database.db)).id
  headers = await rest.keyFor(tenantId)
})

afterAll(async () => {
  await rest?.close()
  await database?.close()
})

const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  rest.app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })

const newMailbox = (more: object = {}) =>
  call('POST', '/mailboxes', { name: '受注', host: 'imap.example.jp', ...LOGIN, ...more })

const row = (id: string) => database.db.mailbox.findUniqueOrThrow({ where: { id } })

test('a mailbox is added for shops of the tenant, its password never comes out, its login to owners alone', async () => {
  const shop = await makeShop(database.db, { tenantId })
  const answer = await newMailbox({ shopIds: [shop.id, shop.id] })
  expect(answer.statusCode).toBe(201)
  const mailbox = answer.json()
  expect(mailbox).toMatchObject({
    host: 'imap.example.jp',
    port: 993,
    security: 'tls',
    folder: 'INBOX',
    enabled: true,
    state: 'waiting',
    username: 'or***@example.jp',
    address: LOGIN.username,
    password: { set: true, setAt: new Date(clock.now()).toISOString() },
    shopIds: [shop.id],
    attention: null,
    mails: { recognised: 0, unreadable: 0, ignored: 0 },
  })
  expect((await call('GET', `/mailboxes/${mailbox.id}`)).json()).toEqual(mailbox)
  expect((await call('GET', '/mailboxes')).json()).toEqual({ mailboxes: [mailbox], nextCursor: null })
  const stored = await row(mailbox.id)
  expect(
    testSealer
      .of(tenantId)
      .open(`mailbox:${mailbox.id}:password`, stored.sealedPassword as Uint8Array)
      .toString(),
  ).toBe(LOGIN.password)
  const audit = await database.db.auditEntry.findMany({ where: { target: mailbox.id } })
  expect(audit).toMatchObject([{ tenantId, action: 'mailbox.created' }])
  for (const text of [JSON.stringify(audit), rest.log.join('')])
    for (const secret of Object.values(LOGIN)) expect(text).not.toContain(secret)
  expect(answer.body).not.toContain(LOGIN.password)
  const staff = await rest.app.inject({
    url: `/v1/mailboxes/${mailbox.id}`,
    headers: await rest.keyFor(tenantId, 'staff'),
  })
  expect(staff.json()).toMatchObject({ username: 'or***@example.jp', address: null })
  expect(staff.body).not.toContain(LOGIN.username)
  expect(rest.mailboxChanges).toBe(1)
})

test.each([
  ['inside.example.jp', 'HOST_NOT_ALLOWED'],
  ['half.example.jp', 'HOST_NOT_ALLOWED'],
  ['127.0.0.1', 'HOST_NOT_ALLOWED'],
  ['::ffff:127.0.0.1', 'HOST_NOT_ALLOWED'],
  ['169.254.169.254', 'HOST_NOT_ALLOWED'],
  ['nowhere.example.jp', 'VALIDATION_FAILED'],
  ['imap example.jp', 'VALIDATION_FAILED'],
])('host %s is refused naming the field', async (host, code) => {
  const answer = await newMailbox({ host })
  expect(answer.json()).toMatchObject({ status: 422, code, errors: [{ field: 'host' }] })
  expect(await database.db.mailbox.count({ where: { tenantId } })).toBe(0)
})

test('a private host that the operator allows is taken', async () => {
  expect((await newMailbox({ host: '192.168.0.20', security: 'plain' })).json()).toMatchObject({ port: 143 })
})

test.each([
  [{ username: 'a\r\nA1 LOGOUT' }, 'username'],
  [{ password: 'a\nb' }, 'password'],
  [{ security: 'ssl' }, 'security'],
  [{ port: 0 }, 'port'],
  [{ shopIds: ['x'] }, 'shopIds[0]'],
  [{ pasword: 'x' }, 'pasword'],
])('%j is refused', async (more, field) => {
  expect((await newMailbox(more)).json()).toMatchObject({ status: 422, errors: [{ field }] })
})

test("another tenant's shop cannot be put on a mailbox", async () => {
  const own = await makeShop(database.db, { tenantId })
  const foreign = await makeShop(database.db, { tenantId: (await makeTenant(database.db)).id })
  const refused = { status: 422, errors: [{ field: 'shopIds[1]', code: 'not_found' }] }
  expect((await newMailbox({ shopIds: [own.id, foreign.id] })).json()).toMatchObject(refused)
  const { id } = (await newMailbox({ shopIds: [own.id] })).json()
  expect((await call('PATCH', `/mailboxes/${id}`, { shopIds: [own.id, foreign.id] })).json()).toMatchObject(
    refused,
  )
  expect((await call('GET', `/mailboxes/${id}`)).json().shopIds).toEqual([own.id])
})

test('a new password clears attention and is tried at once', async () => {
  const { id } = (await newMailbox()).json()
  await database.db.mailbox.update({
    where: { id },
    data: {
      state: 'attention',
      attentionCode: 'MAILBOX_REFUSED',
      attentionMessage: '拒否',
      failures: 7,
      attentionSince: new Date(),
      nextAttemptAt: new Date(clock.now() + 3_600_000),
      uidValidity: 9n,
      lastUid: 100n,
    },
  })
  clock.advance(1_000)
  const answer = await call('PATCH', `/mailboxes/${id}`, { password: 'next-password' })
  expect(answer.json()).toMatchObject({
    attention: null,
    state: 'waiting',
    password: { setAt: new Date(clock.now()).toISOString() },
  })
  expect(await row(id)).toMatchObject({ settingsVersion: 2, failures: 0, nextAttemptAt: null, lastUid: 100n })
  expect(rest.mailboxChanges).toBe(2)
})

test('a rename disturbs no running session', async () => {
  const { id } = (await newMailbox()).json()
  expect(
    (await call('PATCH', `/mailboxes/${id}`, { name: '受注（本店）', host: 'imap.example.jp' })).json(),
  ).toMatchObject({
    name: '受注（本店）',
  })
  expect(await row(id)).toMatchObject({ settingsVersion: 1 })
})

test('the stored password is not sent to another server or by another way', async () => {
  const { id } = (await newMailbox()).json()
  for (const change of [
    { host: 'imap2.example.jp' },
    { security: 'plain' },
    { port: 994 },
    { username: 'x' },
  ]) {
    expect((await call('PATCH', `/mailboxes/${id}`, change)).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'password', code: 'required' }],
    })
  }
  await database.db.mailbox.update({ where: { id }, data: { uidValidity: 9n, lastUid: 100n } })
  const moved = await call('PATCH', `/mailboxes/${id}`, { host: 'imap2.example.jp', password: 'p' })
  expect(moved.statusCode).toBe(200)
  expect(await row(id)).toMatchObject({ settingsVersion: 2, uidValidity: null, lastUid: null })
  expect(
    (await call('PATCH', `/mailboxes/${id}`, { host: 'inside.example.jp', password: 'p' })).json(),
  ).toMatchObject({
    code: 'HOST_NOT_ALLOWED',
  })
})

test('switching off and on, and removing', async () => {
  const { id } = (await newMailbox()).json()
  expect((await call('PATCH', `/mailboxes/${id}`, { enabled: false })).json()).toMatchObject({
    state: 'disabled',
  })
  expect((await call('PATCH', `/mailboxes/${id}`, { enabled: true })).json()).toMatchObject({
    state: 'waiting',
  })
  expect(await row(id)).toMatchObject({ settingsVersion: 3 })
  expect((await call('DELETE', `/mailboxes/${id}`)).statusCode).toBe(204)
  expect((await call('GET', `/mailboxes/${id}`)).statusCode).toBe(404)
})

test('a test tries the stored login and heals the mailbox when it is good', async () => {
  const { id } = (await newMailbox()).json()
  await database.db.mailbox.update({
    where: { id },
    data: { attentionCode: 'MAILBOX_REFUSED', state: 'attention' },
  })
  expect((await call('POST', `/mailboxes/${id}/test`)).json()).toEqual({ ...GOOD, folder: 'INBOX' })
  const { username, password } = LOGIN
  const by = { kind: 'password', password }
  const address = { host: 'imap.example.jp', port: 993, security: 'tls', folder: 'INBOX' }
  expect(tried).toEqual([{ ...address, username, by }])
  // Its listener notices the version; the rest of the row says nothing about when a session began.
  expect(await row(id)).toMatchObject({ attentionCode: null, state: 'waiting', settingsVersion: 2 })
  await call('POST', `/mailboxes/${id}/test`)
  expect(await row(id)).toMatchObject({ settingsVersion: 2 })
})

test('a test that fails or takes too long is an answer of 200', async () => {
  const { id } = (await newMailbox()).json()
  const refused = {
    ok: false,
    code: 'MAILBOX_REFUSED',
    messages: ['拒否されました。'],
    messageCount: null,
    idle: null,
  }
  findings = async () => refused
  const answer = await call('POST', `/mailboxes/${id}/test`)
  expect([answer.statusCode, answer.json()]).toEqual([200, { ...refused, folder: 'INBOX' }])
  findings = () => new Promise(() => undefined)
  expect((await call('POST', `/mailboxes/${id}/test`)).json()).toMatchObject({
    ok: false,
    code: 'MAILBOX_UNREACHABLE',
  })
})
