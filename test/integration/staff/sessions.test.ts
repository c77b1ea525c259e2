import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { createDoorFailures } from '../../../src/shops/tenants/door-failures.ts'
import { deviceLock, emailLock, signInLocks } from '../../../src/staff/locks.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { codeAt, makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

let database: TestDatabase
let app: App
let clock: HeldClock
let tenantId: string

const MINUTE = 60_000

beforeAll(async () => {
  database = await freshDatabase()
})
beforeEach(async () => {
  await app?.close()
  clock = heldClock()
  app = await wholeServer(database, {}, { clock })
  tenantId = (await makeTenant(database.db)).id
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const relaxed = () =>
  database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })

test('a person signs in, sets up the second factor, and reads orders by cookie', async () => {
  const { id, email } = await makeStaff(database.db, tenantId, 'owner')
  const browser = openBrowser(app)
  const first = await browser.ask('POST', '/session', {
    email: ` ${email.toUpperCase()} `.trim(),
    password: PASSWORD,
  })
  expect(first.json()).toMatchObject({
    state: 'second_factor_setup_required',
    account: null,
    mayShowPersonalData: false,
  })
  expect(String(first.headers['set-cookie'])).toMatch(
    /^__Host-torikomi_session=[^;]+; Path=\/; .*HttpOnly; Secure; SameSite=Lax/,
  )
  // What a neighbour under the same domain can plant is no session.
  const planted = await app.inject({ url: '/v1/session', cookies: { torikomi_session: browser.cookie } })
  expect(planted.statusCode).toBe(401)
  const early = await browser.ask('GET', '/orders')
  expect(early.json()).toMatchObject({ status: 403, code: 'SECOND_FACTOR_REQUIRED' })
  const cookie = browser.cookie
  const { secret, otpauthUrl } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
  expect(otpauthUrl).toContain(secret)
  const wrong = await browser.ask('POST', '/session/second-factor/confirm', { code: '000000' })
  expect(wrong.statusCode).toBe(401)
  const done = await browser.ask('POST', '/session/second-factor/confirm', {
    code: codeAt(secret, clock.now()),
  })
  expect(done.json()).toMatchObject({
    state: 'signed_in',
    account: { id, email, role: 'owner', tenantId, tenantName: '株式会社テスト', secondFactor: true },
    mayShowPersonalData: true,
  })
  expect(done.json().recoveryCodes).toHaveLength(10)
  expect(browser.cookie).not.toBe(cookie)
  expect((await browser.ask('GET', '/orders')).statusCode).toBe(200)
  // The cookie from before the second factor opens nothing.
  const old = await app.inject({ url: '/v1/orders', cookies: { '__Host-torikomi_session': cookie } })
  expect(old.statusCode).toBe(401)
})

test('the second factor for all ends the sessions that have none, and no others', async () => {
  await relaxed()
  const [byPassword, byBoth] = [
    await makeStaff(database.db, tenantId, 'staff'),
    await makeStaff(database.db, tenantId, 'owner'),
  ]
  const [stolen, owner] = [await signedIn(app, byPassword.email), await signedIn(app, byBoth.email)]
  const { secret } = (await owner.ask('POST', '/session/second-factor/setup', {})).json()
  await owner.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, clock.now()) })
  expect((await owner.ask('PATCH', '/contract', { requireSecondFactor: true })).statusCode).toBe(200)
  expect((await stolen.ask('GET', '/orders')).statusCode).toBe(401)
  expect((await owner.ask('GET', '/orders')).statusCode).toBe(200)
})

test('no code and no recovery code opens twice', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const browser = openBrowser(app)
  await browser.ask('POST', '/session', { email, password: PASSWORD })
  const { secret } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
  const code = codeAt(secret, clock.now())
  const { recoveryCodes } = (await browser.ask('POST', '/session/second-factor/confirm', { code })).json()
  const again = async (shown: object) => {
    const next = openBrowser(app)
    expect((await next.ask('POST', '/session', { email, password: PASSWORD })).json().state).toBe(
      'second_factor_required',
    )
    return (await next.ask('POST', '/session/second-factor', shown)).statusCode
  }
  expect(await again({ code })).toBe(401)
  clock.advance(MINUTE)
  expect(await again({ code: codeAt(secret, clock.now()) })).toBe(200)
  expect(await again({ recoveryCode: recoveryCodes[3].toLowerCase() })).toBe(200)
  expect(await again({ recoveryCode: recoveryCodes[3] })).toBe(401)
  expect(await again({ recoveryCode: recoveryCodes[4] })).toBe(200)
})

test('two requests with the same code: one gets through', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  await relaxed()
  const setup = openBrowser(app)
  await setup.ask('POST', '/session', { email, password: PASSWORD })
  const { secret } = (await setup.ask('POST', '/session/second-factor/setup', {})).json()
  await setup.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, clock.now()) })
  clock.advance(MINUTE)
  const code = codeAt(secret, clock.now())
  const browsers = [openBrowser(app), openBrowser(app), openBrowser(app)]
  for (const browser of browsers) await browser.ask('POST', '/session', { email, password: PASSWORD })
  const answers = await Promise.all(
    browsers.map((browser) => browser.ask('POST', '/session/second-factor', { code })),
  )
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401])
})

test('a change by cookie needs the token of this very session', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  const browser = await signedIn(app, email)
  const other = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const { csrfToken } = browser
  for (const token of ['', other.csrfToken, `${csrfToken}x`]) {
    browser.csrfToken = token
    const answer = await browser.ask('POST', '/orders/pull', {})
    expect(answer.json()).toMatchObject({ status: 403, code: 'CSRF_TOKEN_WRONG' })
  }
  browser.csrfToken = csrfToken
  expect((await browser.ask('POST', '/orders/pull', {})).json()).toMatchObject({ number: 0, orders: [] })
})

test('the key decides where both are shown', async () => {
  await relaxed()
  const browser = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const answer = await app.inject({
    url: '/v1/shops',
    headers: { authorization: 'Bearer nonsense' },
    cookies: { '__Host-torikomi_session': browser.cookie },
  })
  expect(answer.statusCode).toBe(401)
})

test('wrong passwords are refused in the same words, and lock the address for its network in every process', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  const other = await wholeServer(database, {}, { clock })
  const tries = async (address: string, network: string) => {
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) {
      const browser = openBrowser(n % 2 ? app : other, `${network}.${n}`)
      const answer = await browser.ask('POST', '/session', { email: address, password: 'wrong wrong wrong' })
      statuses.push(answer.statusCode)
      if (answer.statusCode === 401) expect(answer.json().code).toBe('SIGN_IN_REFUSED')
    }
    return statuses
  }
  const known = await tries(email, '198.51.100')
  expect(known).toEqual([...Array(9).fill(401), 429, 429, 429])
  expect(await tries('nobody@example.jp', '198.51.101')).toEqual(known)
  const from = (address: string) =>
    openBrowser(app, address).ask('POST', '/session', { email, password: PASSWORD })
  const locked = await from('198.51.100.99')
  expect(locked.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 900 })
  // Whoever it was, elsewhere the person gets in, and their office does.
  expect((await from('203.0.113.7')).statusCode).toBe(200)
  await other.close()
})

test('a refused sign-in is answered before it is written down, so that its time does not tell whether there is an account', async () => {
  const { id, email } = await makeStaff(database.db, tenantId, 'owner')
  const from = openBrowser(app, '198.51.100.20')
  const wrong = { email, password: 'wrong wrong wrong' }
  const writer = new pg.Client({ connectionString: database.url })
  await writer.connect()
  await writer.query('begin')
  await writer.query('lock table audit_entries in access exclusive mode')
  // Answered while nothing can be written.
  expect((await from.ask('POST', '/session', wrong)).statusCode).toBe(401)
  await writer.query('commit')
  await writer.end()
  await expect
    .poll(() => database.db.auditEntry.count({ where: { action: 'session.refused', target: id } }))
    .toBe(1)
})

test('nobody locks an office out: tries for made-up people lock the machine that made them', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const refused = async (address: string) =>
    (
      await openBrowser(app, address).ask('POST', '/session', {
        email: `${newId()}@example.jp`,
        password: 'x',
      })
    ).statusCode
  for (let n = 0; n < 50; n++) await refused('198.51.102.66')
  expect(await refused('198.51.102.66')).toBe(429)
  const colleague = openBrowser(app, '198.51.102.7')
  expect((await colleague.ask('POST', '/session', { email, password: PASSWORD })).statusCode).toBe(200)
})

test('from many networks together an address is locked, too', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const failures = createDoorFailures({ db: database.db, clock })
  for (let n = 0; n < 100; n++) await failures.take(...signInLocks(testSealer, email, `10.${n}.0.1`))
  const person = openBrowser(app, '203.0.113.7')
  expect((await person.ask('POST', '/session', { email, password: PASSWORD })).statusCode).toBe(429)
  await failures.forget(emailLock(testSealer, email))
  expect((await person.ask('POST', '/session', { email, password: PASSWORD })).statusCode).toBe(200)
})

test('of a flood of sign-ins few wait and the rest is refused, while a person from elsewhere gets in', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const flood = Array.from({ length: 150 }, (_, n) =>
    openBrowser(app, `2001:db8:1:2::${n.toString(16)}`).ask('POST', '/session', {
      email: `nobody${n}@example.jp`,
      password: 'wrong wrong wrong',
    }),
  )
  const person = await openBrowser(app, '203.0.113.7').ask('POST', '/session', { email, password: PASSWORD })
  expect(person.statusCode).toBe(200)
  const answers = (await Promise.all(flood)).map(({ statusCode }) => statusCode)
  // One at work and four that wait, of one /64, however many addresses it has.
  expect(answers.filter((status) => status === 401)).toHaveLength(5)
  expect(answers.filter((status) => status === 429)).toHaveLength(145)
})

test('of many tries at once no more are made than one after the other, and the lock outlives its window', async () => {
  const failures = createDoorFailures({ db: database.db, clock })
  const tryAll = async (name: string, count: number) => {
    const all = await Promise.all(Array.from({ length: count }, () => failures.take({ name, most: 5 })))
    return all.filter((seconds) => seconds === null).length
  }
  expect(await tryAll('second-factor:1', 20)).toBe(5)
  expect(await tryAll('second-factor:2', 4)).toBe(4)
  clock.advance(14 * MINUTE)
  expect(await tryAll('second-factor:2', 2)).toBe(1)
  clock.advance(2 * MINUTE)
  expect(await tryAll('second-factor:2', 1)).toBe(0)
  clock.advance(14 * MINUTE)
  expect(await tryAll('second-factor:2', 1)).toBe(1)
})

test('a stranger’s failures do not keep a person out of the browser that they use', async () => {
  await relaxed()
  const { id, email } = await makeStaff(database.db, tenantId, 'staff')
  const other = await makeStaff(database.db, tenantId, 'staff')
  const failures = createDoorFailures({ db: database.db, clock })
  const signIn = (address: string, password: string, device?: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/session',
      remoteAddress: '203.0.113.7',
      ...(device === undefined ? {} : { cookies: { '__Host-torikomi_device': device } }),
      payload: { email: address, password },
    })
  const deviceOf = ({ cookies }: Awaited<ReturnType<typeof signIn>>) =>
    cookies.find(({ name }) => name === '__Host-torikomi_device')?.value ?? ''
  const mine = deviceOf(await signIn(email, PASSWORD))
  const theirs = deviceOf(await signIn(other.email, PASSWORD))
  for (let n = 0; n < 10; n++) await failures.take(...signInLocks(testSealer, email, '203.0.113.7'))
  expect((await signIn(email, PASSWORD)).statusCode).toBe(429)
  expect((await signIn(email, PASSWORD, theirs)).statusCode).toBe(429)
  expect((await signIn(email, PASSWORD, 'nonsense')).statusCode).toBe(429)
  expect((await signIn(email, PASSWORD, mine)).statusCode).toBe(200)
  // Nor is it a way to guess on.
  expect((await signIn(email, 'wrong wrong wrong', mine)).statusCode).toBe(401)
  const lock = deviceLock({ sealer: testSealer, clock }, id, mine) ?? emailLock(testSealer, 'nobody')
  for (let n = 0; n < 9; n++) await failures.take(lock)
  expect((await signIn(email, PASSWORD, mine)).statusCode).toBe(429)
})

test('sessions are listed, ended one by one, and all by a new password', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const [one, two] = [await signedIn(app, email), await signedIn(app, email)]
  const { sessions } = (await one.ask('GET', '/sessions')).json()
  expect(sessions).toMatchObject([{ userAgent: 'Chrome / Windows', network: '203.0.113.0/24' }, {}])
  const others = sessions.filter((session: { current: boolean }) => !session.current)
  expect(others).toHaveLength(1)
  expect((await one.ask('DELETE', `/sessions/${others[0].id}`)).statusCode).toBe(204)
  expect((await two.ask('GET', '/session')).statusCode).toBe(401)
  expect((await one.ask('DELETE', `/sessions/${others[0].id}`)).statusCode).toBe(404)
  const three = await signedIn(app, email)
  const change = (newPassword: string, currentPassword = PASSWORD) =>
    one.ask('POST', '/session/password', { currentPassword, newPassword })
  expect((await change('short')).json()).toMatchObject({
    errors: [{ field: 'newPassword', code: 'too_short' }],
  })
  expect((await change('111111111111')).json()).toMatchObject({ errors: [{ code: 'too_weak' }] })
  expect((await change('another pass phrase', 'no')).json()).toMatchObject({
    errors: [{ field: 'currentPassword' }],
  })
  expect((await change('another pass phrase')).statusCode).toBe(204)
  expect((await one.ask('GET', '/session')).statusCode).toBe(200)
  expect((await three.ask('GET', '/session')).statusCode).toBe(401)
  expect((await one.ask('DELETE', '/session')).statusCode).toBe(204)
  expect((await openBrowser(app).ask('GET', '/session')).statusCode).toBe(401)
})

test('the event streams of an ended session end, and others go on', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  const [ended, kept] = [await signedIn(app, email), await signedIn(app, email)]
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const leave = new AbortController()
  const open = async ({ cookie }: { cookie: string }) => {
    const headers = { cookie: `__Host-torikomi_session=${cookie}` }
    const answer = await fetch(`${url}/v1/events`, { headers, signal: leave.signal })
    expect(answer.status).toBe(200)
    return answer
  }
  const streams = [await open(ended), await open(kept)]
  const over = streams.map((stream) =>
    stream.text().then(
      () => 'ended',
      () => 'left',
    ),
  )
  await ended.ask('DELETE', '/session')
  expect(await Promise.race(over.map(async (end, n) => [n, await end]))).toEqual([0, 'ended'])
  leave.abort()
  expect(await over[1]).toBe('left')
})

test('whoever is locked out is let in again by an owner, who also ends their sessions', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  const { id, email: locked } = await makeStaff(database.db, tenantId, 'staff')
  const owner = await signedIn(app, email)
  const old = await signedIn(app, locked)
  const person = async () =>
    (await owner.ask('GET', '/staff')).json().staff.find((one: { id: string }) => one.id === id)
  expect(await person()).toMatchObject({ lockedUntil: null, sessions: 1 })
  const enter = async (password: string) =>
    (await openBrowser(app).ask('POST', '/session', { email: locked, password })).statusCode
  for (let tries = 0; tries < 10; tries++) await enter('not the password')
  expect(await enter(PASSWORD)).toBe(429)
  expect(await person()).toMatchObject({ lockedUntil: new Date(clock.now() + 15 * MINUTE).toISOString() })

  const unlocked = await owner.ask('PATCH', `/staff/${id}`, { unlock: true })
  expect(unlocked.json()).toMatchObject({ lockedUntil: null, sessions: 1 })
  expect(await enter(PASSWORD)).toBe(200)
  expect(await person()).toMatchObject({ lockedUntil: null, sessions: 2 })
  const ended = await owner.ask('PATCH', `/staff/${id}`, { endSessions: true })
  expect(ended.json()).toMatchObject({ sessions: 0, state: 'active' })
  expect((await old.ask('GET', '/session')).statusCode).toBe(401)
  const { audit } = (await owner.ask('GET', '/audit')).json()
  const actions = audit.flatMap((one: { action: string; target: string }) =>
    one.target === id ? [one.action] : [],
  )
  expect(actions).toEqual(expect.arrayContaining(['staff.unlocked', 'session.ended']))
})

test('a session that was idle for too long is no longer among those that are signed in', async () => {
  await relaxed()
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  await signedIn(app, email)
  clock.advance(13 * 60 * MINUTE)
  const owner = await signedIn(app, email)
  expect((await owner.ask('GET', '/sessions')).json().sessions).toHaveLength(1)
  expect((await owner.ask('GET', '/staff')).json().staff).toMatchObject([{ sessions: 1 }])
})

test('a session ends by itself: idle, of age, or with its account or tenant', async () => {
  await relaxed()
  const { id, email } = await makeStaff(database.db, tenantId, 'staff')
  const status = async (browser: { ask: ReturnType<typeof openBrowser>['ask'] }) =>
    (await browser.ask('GET', '/shops')).statusCode
  const idle = await signedIn(app, email)
  clock.advance(11 * 60 * MINUTE)
  expect(await status(idle)).toBe(200)
  clock.advance(11 * 60 * MINUTE)
  expect(await status(idle)).toBe(200)
  clock.advance(13 * 60 * MINUTE)
  expect(await status(idle)).toBe(401)
  const held = await signedIn(app, email)
  await database.db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
  expect(await status(held)).toBe(403)
  await database.db.tenant.update({ where: { id: tenantId }, data: { status: 'active' } })
  await database.db.staffAccount.update({ where: { id }, data: { state: 'disabled' } })
  expect(await status(held)).toBe(401)
  expect((await openBrowser(app).ask('POST', '/session', { email, password: PASSWORD })).statusCode).toBe(401)
})

test('nothing of a person is readable in the database', async () => {
  const email = 'marker-hanako@example.jp'
  const { id } = await makeStaff(database.db, tenantId, 'staff', email)
  const browser = await signedIn(app, email, clock.now)
  const { rows } = await database.pool.query(
    `select (select to_jsonb(a)::text from staff_accounts a where id = $1) || coalesce((select string_agg(to_jsonb(s)::text, '') from staff_sessions s), '') ||
       (select string_agg(to_jsonb(e)::text, '') from audit_entries e) as dump`,
    [id],
  )
  const dump = Buffer.from(rows[0].dump)
  for (const text of ['marker-hanako', '花子', 'argon2', browser.cookie, PASSWORD])
    for (const form of [text, Buffer.from(text).toString('hex')])
      expect([text, dump.includes(form)]).toEqual([text, false])
})

test('the first operator of an installation, once', async () => {
  await database.db.staffAccount.deleteMany({ where: { tenantId: null } })
  const browser = openBrowser(app)
  const person = { operatorKey: OPERATOR_KEY, email: 'op@example.jp', name: '運営 太郎', password: PASSWORD }
  expect((await browser.ask('POST', '/session/first', { ...person, operatorKey: 'x' })).statusCode).toBe(401)
  const made = await browser.ask('POST', '/session/first', person)
  // The operator's second factor is no setting.
  expect(made.json()).toMatchObject({ state: 'second_factor_setup_required' })
  expect((await browser.ask('GET', '/admin/tenants')).json().code).toBe('SECOND_FACTOR_REQUIRED')
  expect(
    (await openBrowser(app).ask('POST', '/session/first', { ...person, email: 'x@example.jp' })).statusCode,
  ).toBe(409)
  const { secret } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
  await browser.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, clock.now()) })
  expect((await browser.ask('GET', '/admin/tenants')).statusCode).toBe(200)
  expect((await browser.ask('GET', '/orders')).statusCode).toBe(403)
})

test('the demo lets anybody in, and only the demo has the door', async () => {
  expect((await openBrowser(app).ask('POST', '/session/demo')).statusCode).toBe(404)
  const demo = await wholeServer(database, {}, { clock, demoTenant: () => tenantId })
  for (let n = 0; n < 2; n++) {
    const browser = openBrowser(demo)
    expect((await browser.ask('POST', '/session/demo')).json()).toMatchObject({
      state: 'signed_in',
      account: { role: 'owner', tenantId },
    })
    expect((await browser.ask('GET', '/orders')).statusCode).toBe(200)
  }
  await demo.close()
})

test('a second factor is set up within ten minutes, by who began it, and without guessing', async () => {
  const { id, email } = await makeStaff(database.db, tenantId, 'owner')
  const begin = async () => {
    const browser = openBrowser(app)
    await browser.ask('POST', '/session', { email, password: PASSWORD })
    const { secret } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
    const confirm = async (code = codeAt(secret, clock.now())) =>
      (await browser.ask('POST', '/session/second-factor/confirm', { code })).statusCode
    return { browser, confirm, secret }
  }
  const late = await begin()
  clock.advance(10 * MINUTE)
  expect(await late.confirm()).toBe(409)

  const mine = await begin()
  const other = openBrowser(app)
  await other.ask('POST', '/session', { email, password: PASSWORD })
  const code = codeAt(mine.secret, clock.now())
  expect((await other.ask('POST', '/session/second-factor/confirm', { code })).statusCode).toBe(409)

  const guessed: number[] = []
  for (let n = 0; n < 8; n++) guessed.push(await mine.confirm(String(100_000 + n)))
  expect(guessed).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
  expect(await mine.confirm()).toBe(429)
  expect(await database.db.staffAccount.findUnique({ where: { id } })).toMatchObject({ sealedTotp: null })
})
