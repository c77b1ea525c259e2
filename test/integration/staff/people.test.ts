import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { createDoorFailures } from '../../../src/shops/tenants/door-failures.ts'
import { invitationContext } from '../../../src/staff/invitations.ts'
import { emailLock } from '../../../src/staff/locks.ts'
import { deleteOldRows } from '../../../src/staff/tasks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import {
  type HeldClock,
  heldClock,
  makeOrder,
  makeShop,
  makeTenant,
  newId,
  testSealer,
} from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { providersAt } from '../../support/mail/oauth.ts'
import { SMTP_APPLICATION, startSmtpServer, tokenEndpoint } from '../../support/mail/smtp-server.ts'
import { type Browser, makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

let database: TestDatabase
let app: App
let clock: HeldClock
let tenantId: string
let owner: Browser
let ownerId: string

const DAY = 24 * 60 * 60_000

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(async () => {
  await app?.close()
  clock = heldClock()
  app = await wholeServer(database, { requestsPerMinute: 100_000 }, { clock })
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
  const made = await makeStaff(database.db, tenantId, 'owner')
  ownerId = made.id
  owner = await signedIn(app, made.email)
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const admin = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  app.inject({
    method,
    url: `/v1/admin${url}`,
    headers: { authorization: `Bearer ${OPERATOR_KEY}` },
    ...(payload === undefined ? {} : { payload }),
  })

const tokenOf = (url: string) => url.split('/').at(-1) ?? ''

test('a person is invited, joins, is changed, and deleted; the name stays in the timeline', async () => {
  const email = `${newId()}@example.jp`
  const made = (await owner.ask('POST', '/staff/invitations', { email, role: 'staff' })).json()
  expect(made).toMatchObject({ email, role: 'staff', mailed: false })
  const token = tokenOf(made.url)
  const guest = openBrowser(app)
  expect((await guest.ask('GET', `/invitations/${token}`)).json()).toMatchObject({
    email,
    tenantName: '株式会社テスト',
  })
  const short = await guest.ask('POST', `/invitations/${token}/accept`, {
    name: '山田 花子',
    password: 'short',
  })
  expect(short.json()).toMatchObject({ status: 422, errors: [{ field: 'password' }] })
  const joined = await guest.ask('POST', `/invitations/${token}/accept`, {
    name: '山田 花子',
    password: PASSWORD,
  })
  expect(joined.json()).toMatchObject({ state: 'signed_in', account: { role: 'staff', name: '山田 花子' } })
  expect(
    (await openBrowser(app).ask('POST', `/invitations/${token}/accept`, { name: 'x', password: PASSWORD }))
      .statusCode,
  ).toBe(404)
  expect((await owner.ask('POST', '/staff/invitations', { email, role: 'staff' })).statusCode).toBe(409)
  const { id } = joined.json().account
  const { id: shopId } = await makeShop(database.db, { tenantId })
  const { id: orderId } = await makeOrder(database.db, { tenantId, shopId })
  expect((await guest.ask('POST', '/orders/move', { orderIds: [orderId], to: 'on_hold' })).statusCode).toBe(
    200,
  )
  const names = async () => {
    const { events } = (await owner.ask('GET', `/orders/${orderId}/timeline`)).json()
    return events.map(({ actor, actorName }: { actor: string; actorName: string }) => [actor, actorName])
  }
  expect(await names()).toEqual([[`staff:${id}`, '山田 花子']])
  // What takes something away ends the sessions.
  expect((await owner.ask('PATCH', `/staff/${id}`, { role: 'read_only' })).json().role).toBe('read_only')
  expect((await guest.ask('GET', '/session')).statusCode).toBe(401)
  expect((await owner.ask('DELETE', `/staff/${id}`)).statusCode).toBe(204)
  expect((await openBrowser(app).ask('POST', '/session', { email, password: PASSWORD })).statusCode).toBe(401)
  expect(await names()).toEqual([[`staff:${id}`, '山田 花子']])
  expect((await owner.ask('GET', '/staff')).json().staff).toHaveLength(1)
  expect((await owner.ask('POST', '/staff/invitations', { email, role: 'staff' })).statusCode).toBe(201)
})

test('the address of a deleted person, or of one who never came, stays in no table', async () => {
  const emails = [`${newId()}@example.jp`, `${newId()}@example.jp`]
  const [joins] = await Promise.all(
    emails.map(async (email) =>
      (await owner.ask('POST', '/staff/invitations', { email, role: 'staff' })).json(),
    ),
  )
  const joined = await openBrowser(app).ask('POST', `/invitations/${tokenOf(joins.url)}/accept`, {
    name: '山田 花子',
    password: PASSWORD,
  })
  await owner.ask('DELETE', `/staff/${joined.json().account.id}`)
  const left = async () => {
    const rows = await database.db.staffInvitation.findMany({ where: { tenantId } })
    return rows.map(({ id, sealedEmail }) =>
      testSealer.of(tenantId).open(invitationContext(id), sealedEmail).toString(),
    )
  }
  expect(await left()).toEqual([emails[1]])
  clock.advance(8 * DAY)
  await deleteOldRows({ ...database, clock } as never)
  expect(await left()).toEqual([])
})

test('an invitation ends after seven days, by its withdrawal, and by a newer one', async () => {
  const invite = async (email: string) =>
    (await owner.ask('POST', '/staff/invitations', { email, role: 'owner' })).json()
  const status = async ({ url }: { url: string }) =>
    (await openBrowser(app).ask('GET', `/invitations/${tokenOf(url)}`)).statusCode
  const [old, email] = [await invite('a@example.jp'), 'b@example.jp']
  clock.advance(6 * DAY)
  owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  expect(await status(old)).toBe(200)
  const [first, second] = [await invite(email), await invite(email)]
  expect([await status(first), await status(second)]).toEqual([404, 200])
  expect((await owner.ask('DELETE', `/staff/invitations/${second.id}`)).statusCode).toBe(204)
  expect(await status(second)).toBe(404)
  clock.advance(2 * DAY)
  expect(await status(old)).toBe(404)
})

test('the last owner stays, also when two leave at once', async () => {
  expect((await owner.ask('PATCH', `/staff/${ownerId}`, { role: 'staff' })).json()).toMatchObject({
    status: 409,
    reason: 'last_owner',
  })
  expect((await owner.ask('DELETE', `/staff/${ownerId}`)).statusCode).toBe(409)
  const second = await makeStaff(database.db, tenantId, 'owner')
  const other = await signedIn(app, second.email)
  const answers = await Promise.all([
    owner.ask('DELETE', `/staff/${second.id}`),
    other.ask('DELETE', `/staff/${ownerId}`),
  ])
  expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1)
  const left = await database.db.staffAccount.count({ where: { tenantId, role: 'owner', state: 'active' } })
  expect(left).toBe(1)
})

test('people of another tenant, and the operator’s, are not found', async () => {
  const other = await makeStaff(database.db, (await makeTenant(database.db)).id, 'staff')
  const operator = await makeStaff(database.db, null, 'operator')
  for (const { id } of [other, operator]) {
    expect((await owner.ask('PATCH', `/staff/${id}`, { state: 'disabled' })).statusCode).toBe(404)
    expect((await owner.ask('DELETE', `/staff/${id}`)).statusCode).toBe(404)
  }
  expect(
    (await owner.ask('POST', '/staff/invitations', { email: 'x@example.jp', role: 'operator' })).statusCode,
  ).toBe(422)
})

test('the owner decides whether the second factor is needed', async () => {
  expect((await owner.ask('PATCH', '/contract', { name: 'x' })).statusCode).toBe(422)
  expect((await owner.ask('PATCH', '/contract', { requireSecondFactor: true })).json()).toMatchObject({
    requireSecondFactor: true,
  })
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const browser = openBrowser(app)
  expect((await browser.ask('POST', '/session', { email, password: PASSWORD })).json().state).toBe(
    'second_factor_setup_required',
  )
  // The owner's own session had none, either.
  expect((await owner.ask('GET', '/contract')).statusCode).toBe(401)
})

test('a key is rotated with an overlap and shows its successor', async () => {
  const made = (await owner.ask('POST', '/api-keys', { name: 'WMS', role: 'staff' })).json()
  const use = async (key: string) =>
    (await app.inject({ url: '/v1/shops', headers: { authorization: `Bearer ${key}` } })).statusCode
  const next = (await owner.ask('POST', `/api-keys/${made.id}/rotate`, { overlapHours: 2 })).json()
  expect(next).toMatchObject({ name: 'WMS', role: 'staff', expiresAt: null })
  expect([await use(made.key), await use(next.key)]).toEqual([200, 200])
  expect((await owner.ask('POST', `/api-keys/${made.id}/rotate`, {})).statusCode).toBe(409)
  const { apiKeys } = (await owner.ask('GET', '/api-keys')).json()
  expect(apiKeys[0]).toMatchObject({ id: made.id, successorId: next.id, lastUsedAt: expect.any(String) })
  clock.advance(3 * 60 * 60_000)
  expect([await use(made.key), await use(next.key)]).toEqual([401, 200])
  const other = (await makeTenant(database.db)).id
  const { key, prefix, hash } = newApiKey(systemRandom)
  const row = { id: newId(), tenantId: other, name: 'x', prefix, hash, createdAt: new Date() }
  await database.db.apiKey.create({ data: row })
  expect((await owner.ask('DELETE', `/api-keys/${row.id}`)).statusCode).toBe(404)
  expect((await owner.ask('POST', `/api-keys/${row.id}/rotate`, {})).statusCode).toBe(404)
  expect(await use(key)).toBe(200)
  const foreign = await makeShop(database.db, { tenantId: other })
  const scoped = await owner.ask('POST', '/api-keys', { name: 'x', shopIds: [foreign.id] })
  expect(scoped.json()).toMatchObject({ status: 422, errors: [{ field: 'shopIds' }] })
})

test('wrong keys lock their beginning and network in every process; a good key goes on', async () => {
  const other = await wholeServer(
    database,
    { requestsPerMinute: 100_000, authFailuresPerMinute: 1_000 },
    { clock },
  )
  const one = await wholeServer(
    database,
    { requestsPerMinute: 100_000, authFailuresPerMinute: 1_000 },
    { clock },
  )
  const ask = async (server: App, key: string, remoteAddress = '203.0.113.50') =>
    (await server.inject({ url: '/v1/shops', headers: { authorization: `Bearer ${key}` }, remoteAddress }))
      .statusCode
  const made = (await owner.ask('POST', '/api-keys', { name: 'x' })).json()
  const wrong = `${made.prefix}${'x'.repeat(made.key.length - made.prefix.length)}`
  const statuses: number[] = []
  for (let n = 0; n < 22; n++) statuses.push(await ask(n % 2 ? one : other, wrong))
  expect(statuses).toEqual([...Array(19).fill(401), 429, 429, 429])
  expect(await ask(one, made.key)).toBe(200)
  expect(await ask(one, wrong, '198.51.100.1')).toBe(401)
  await one.close()
  await other.close()
})

test('an invitation goes out by a mail server that is signed in to by OAuth', async () => {
  const smtp = await startSmtpServer()
  smtp.token = 'for-smtp'
  const provider = await tokenEndpoint('for-smtp')
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const url = smtp.url.replace('smtp://', 'smtp://notices%40example.jp@')
  const mailing = await wholeServer(
    database,
    {},
    {
      clock,
      http,
      config: {
        mailOAuth: providersAt(provider.url),
        smtp: { url, from: 'notices@example.jp', requireTls: false, oauth: SMTP_APPLICATION, ca: null },
      },
    },
  )
  owner = await signedIn(mailing, (await makeStaff(database.db, tenantId, 'owner')).email)
  const email = `${newId()}@example.jp`
  const made = await owner.ask('POST', '/staff/invitations', { email, role: 'staff' })
  expect(made.json()).toMatchObject({ mailed: true, url: null })
  expect(smtp.mails).toMatchObject([{ from: 'notices@example.jp', to: [email] }])
  for (const one of [mailing, http, smtp, provider]) await one.close()
})

test('a tenant has thirty invitations mailed in a day, and takes the links of others itself', async () => {
  const sent: string[] = []
  const mailing = await wholeServer(database, {}, { clock, sendMail: async ({ to }) => void sent.push(to) })
  const giver = await signedIn(mailing, (await makeStaff(database.db, tenantId, 'owner')).email)
  const email = `${newId()}@example.jp`
  const invite = async () => (await giver.ask('POST', '/staff/invitations', { email, role: 'staff' })).json()
  for (let n = 0; n < 30; n++) expect(await invite()).toMatchObject({ mailed: true, url: null })
  const { mailed, url } = await invite()
  expect([mailed, sent.length]).toEqual([false, 30])
  expect((await openBrowser(mailing).ask('GET', `/invitations/${tokenOf(url)}`)).json().email).toBe(email)
  clock.advance(DAY + 1)
  const later = await signedIn(mailing, (await makeStaff(database.db, tenantId, 'owner')).email)
  const again = await later.ask('POST', '/staff/invitations', { email, role: 'staff' })
  expect([again.json().mailed, sent.length]).toEqual([true, 31])
  await mailing.close()
})

test('a company applies, is let in and signs in; the form tells nothing', async () => {
  const sent: { to: string; text: string }[] = []
  const mailing = await wholeServer(
    database,
    {},
    { clock, sendMail: async (letter) => void sent.push(letter) },
  )
  const apply = (email: string, remoteAddress = '203.0.113.99') =>
    mailing.inject({
      method: 'POST',
      url: '/v1/applications',
      remoteAddress,
      payload: { company: '<b>新しい店</b>', name: '佐藤', email, remarks: 'http://evil.example' },
    })
  for (let n = 0; n < 3; n++) {
    const answer = await apply('sato@example.jp')
    expect([answer.statusCode, answer.json()]).toEqual([202, { state: 'received' }])
  }
  expect(sent).toHaveLength(1)
  expect(sent[0]?.text).not.toMatch(/evil|新しい店|佐藤/)
  const { applications } = (await admin('GET', '/applications?state=waiting')).json()
  expect(applications).toMatchObject([{ company: '<b>新しい店</b>', network: '203.0.113.0/24' }])
  const approved = (await admin('POST', `/applications/${applications[0].id}/approve`)).json()
  expect(approved.invitation).toMatchObject({ role: 'owner', email: 'sato@example.jp', mailed: false })
  expect((await admin('POST', `/applications/${applications[0].id}/approve`)).statusCode).toBe(409)
  const guest = openBrowser(app)
  const url = `/invitations/${tokenOf(approved.invitation.url)}/accept`
  const joined = await guest.ask('POST', url, { name: '佐藤', password: PASSWORD })
  // The second factor is on by default.
  expect(joined.json().state).toBe('second_factor_setup_required')
  for (let n = 0; n < 10; n++) await apply(`other-${n}@example.jp`, `203.0.113.${n}`)
  expect((await apply('last@example.jp', '203.0.113.200')).statusCode).toBe(429)
  await mailing.close()
})

test('an operator who takes no applications is sent none, and the sign-in page offers none', async () => {
  const ways = async (server: App) =>
    (await server.inject({ method: 'GET', url: '/v1/session/ways' })).json().applications
  expect(await ways(app)).toBe(true)
  const closed = await wholeServer(database, {}, { clock, config: { takesApplications: false } })
  expect(await ways(closed)).toBe(false)
  const waiting = () => database.db.application.count()
  const before = await waiting()
  const payload = { company: '断られる店', name: '佐藤', email: 'refused@example.jp' }
  const answer = await closed.inject({ method: 'POST', url: '/v1/applications', payload })
  expect([answer.statusCode, answer.json().code]).toEqual([422, 'NOT_CONFIGURED'])
  expect(answer.json().detail).toContain('APPLICATIONS_ENABLED')
  expect(await waiting()).toBe(before)
  await closed.close()
})

test('a forgotten password is set anew by mail, once, and ends all sessions', async () => {
  expect(
    (await openBrowser(app).ask('POST', '/password-resets', { email: 'x@example.jp' })).json().code,
  ).toBe('NOT_CONFIGURED')
  const sent: { to: string; text: string }[] = []
  const mailing = await wholeServer(
    database,
    {},
    { clock, sendMail: async (letter) => void sent.push(letter) },
  )
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const browser = await signedIn(mailing, email)
  const guest = openBrowser(mailing)
  for (const address of ['nobody@example.jp', email]) {
    const answer = await guest.ask('POST', '/password-resets', { email: address })
    expect([answer.statusCode, answer.body]).toEqual([202, '{"mailed":null}'])
  }
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.to).toBe(email)
  const token = /password-reset\/([\w-]{43})/.exec(sent[0]?.text ?? '')?.[1] ?? ''
  const reset = (password: string) => guest.ask('POST', `/password-resets/${token}`, { password })
  expect((await reset('123456789012')).statusCode).toBe(422)
  const failures = createDoorFailures({ db: database.db, clock })
  for (let n = 0; n < 10; n++) await failures.take(emailLock(testSealer, email))
  expect(await failures.lockedFor([emailLock(testSealer, email)])).not.toBeNull()
  expect((await reset('another pass phrase')).statusCode).toBe(204)
  expect((await reset('another pass phrase')).statusCode).toBe(404)
  expect((await browser.ask('GET', '/session')).statusCode).toBe(401)
  expect((await guest.ask('POST', '/session', { email, password: 'another pass phrase' })).statusCode).toBe(
    200,
  )
  await mailing.close()
})

test('a tenant has as many shops and mailboxes as it may', async () => {
  const capped = await wholeServer(
    database,
    {},
    { clock, perTenant: { shops: 1, mailboxes: 1, webhooks: 1, apiKeys: 1 } },
  )
  owner = await signedIn(capped, (await makeStaff(database.db, tenantId, 'owner')).email)
  const shop = (code: string) => owner.ask('POST', '/shops', { marketplace: 'rakuten', code, name: 'x' })
  const answers = await Promise.all([shop('111111'), shop('222222'), shop('333333')])
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409])
  const box = () =>
    owner.ask('POST', '/mailboxes', { name: 'x', host: '127.0.0.1', username: 'x', password: 'x' })
  expect([(await box()).statusCode, (await box()).json().reason]).toEqual([201, 'too_many'])
  // A plan of its own goes before the installation's limit, both ways.
  const plan = (limits: object) =>
    capped.inject({
      method: 'PATCH',
      url: `/v1/admin/tenants/${tenantId}`,
      payload: { limits },
      headers: { authorization: `Bearer ${OPERATOR_KEY}` },
    })
  expect((await plan({ shops: 2, mailboxes: 0 })).json().limits).toEqual({
    shops: 2,
    mailboxes: 0,
    webhooks: null,
    apiKeys: null,
  })
  // Of keys those that work are counted; while they are rotated twice as many.
  const key = () => owner.ask('POST', '/api-keys', { name: 'x' })
  const { id: first } = (await key()).json()
  expect((await key()).json()).toMatchObject({ status: 409, reason: 'too_many', most: 1 })
  expect((await plan({ apiKeys: 2 })).json().limits.apiKeys).toBe(2)
  expect([(await key()).statusCode, (await key()).json().most]).toEqual([201, 2])
  expect((await owner.ask('POST', `/api-keys/${first}/rotate`, {})).statusCode).toBe(201)
  await owner.ask('DELETE', `/api-keys/${first}`)
  expect((await plan({ apiKeys: 0 })).json().limits.apiKeys).toBe(0)
  expect((await key()).json().detail).toMatch(/^有効な API キーは 0 件まで登録できます。/)
  expect([(await shop('444444')).statusCode, (await shop('555555')).json().most]).toEqual([201, 2])
  expect([(await box()).json().most, (await owner.ask('GET', '/contract')).json().limits.shops]).toEqual([
    0, 2,
  ])
  await capped.close()
})

test('who asks in a stranger’s name neither floods the mailbox nor uses up what its owner may ask for', async () => {
  const sent: { to: string; text: string }[] = []
  const mailing = await wholeServer(
    database,
    {},
    { clock, sendMail: async (letter) => void sent.push(letter) },
  )
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const answered: number[] = []
  // Ended by a look-up that comes after it: the mail itself is not waited for by the route.
  const ask = async (from: string) => {
    const { statusCode } = await mailing.inject({
      method: 'POST',
      url: '/v1/password-resets',
      remoteAddress: from,
      payload: { email },
    })
    answered.push(statusCode)
    const before = sent.length
    await Promise.race([
      vi.waitFor(() => expect(sent.length).toBeGreaterThan(before), { timeout: 400, interval: 20 }),
    ]).catch(() => undefined)
  }
  for (let n = 0; n < 9; n++) await ask(`198.51.${n}.7`)
  expect(new Set(answered)).toEqual(new Set([202]))
  expect(sent).toHaveLength(5)
  // The owner has one that is good.
  const token = /password-reset\/([\w-]{43})/.exec(sent.at(-1)?.text ?? '')?.[1] ?? ''
  clock.advance(50 * 60_000)
  await ask('192.0.2.1')
  expect(sent).toHaveLength(6)
  await ask('192.0.2.1')
  expect(sent).toHaveLength(6)
  clock.advance(9 * 60_000)
  const url = `/v1/password-resets/${token}`
  const set = { method: 'POST', url, payload: { password: 'another pass phrase' } } as const
  expect((await mailing.inject(set)).statusCode).toBe(204)
  await mailing.close()
})
