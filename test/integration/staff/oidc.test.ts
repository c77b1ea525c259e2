import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { changeStaff } from '../../../src/staff/staff.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, PASSWORD, signedIn } from '../../support/staff/browser.ts'
import { CLIENT, startProvider, type TestProvider } from '../../support/staff/identity-provider.ts'

let database: TestDatabase
let provider: TestProvider
let app: App
let tenantId: string
const letters: { to: string; text: string }[] = []

beforeAll(async () => {
  database = await freshDatabase()
  provider = await startProvider()
  const oidc = { issuer: provider.issuer, ...CLIENT, label: '社内アカウント' }
  app = await wholeServer(
    database,
    {},
    {
      config: { oidc },
      sendMail: async (letter) => void letters.push(letter),
    },
  )
})
beforeEach(async () => {
  tenantId = (await makeTenant(database.db)).id
})
afterAll(async () => {
  await app?.close()
  await provider?.close()
  await database?.close()
})

type Jar = Record<string, string>

async function get(url: string, jar: Jar) {
  const answer = await app.inject({ url, cookies: jar })
  for (const { name, value } of answer.cookies) {
    if (value === '') delete jar[name]
    else jar[name] = value
  }
  return answer
}

/** Through the provider and back; where the browser ends up. */
async function trip(jar: Jar = {}, spoilAddress?: (back: URL) => void): Promise<string> {
  const begun = await get('/v1/session/oidc', jar)
  expect(begun.statusCode).toBe(302)
  const back = provider.visit(String(begun.headers.location))
  spoilAddress?.(back)
  const answer = await get(`${back.pathname}${back.search}`, jar)
  expect(answer.statusCode).toBe(302)
  return String(answer.headers.location)
}

const stateOf = async (jar: Jar) => (await get('/v1/session', jar)).json().state

test('the sign-in page is told of it', async () => {
  const ways = await app.inject({ url: '/v1/session/ways' })
  expect(ways.json()).toMatchObject({
    identityProvider: { label: '社内アカウント', url: '/v1/session/oidc' },
    demo: false,
  })
})

test('a verified address binds the identity once; after that the identity counts', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  provider.person = { sub: newId(), email, email_verified: true }
  const jar: Jar = {}
  expect(await trip(jar)).toBe('/board/')
  // Our own second factor, where the provider did not ask for one.
  expect(await stateOf(jar)).toBe('second_factor_setup_required')
  provider.person = { ...provider.person, email: 'renamed@example.jp', amr: ['pwd', 'mfa'] }
  const again: Jar = {}
  expect(await trip(again)).toBe('/board/')
  expect(await stateOf(again)).toBe('signed_in')
  // Another identity with the same address is another person.
  provider.person = { sub: newId(), email, email_verified: true }
  expect(await trip()).toContain('SIGN_IN_REFUSED')
})

test('an address that the provider has not verified opens nothing', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'owner')
  for (const email_verified of [false, undefined, 'true']) {
    provider.person = { sub: newId(), email, email_verified }
    const jar: Jar = {}
    expect(await trip(jar)).toContain('SIGN_IN_REFUSED')
    expect(jar['__Host-torikomi_session']).toBeUndefined()
  }
})

/** What a signed-in person's board does: POST, then the provider and back; where the browser ends up. */
async function bind(browser: Browser, proof: object = { currentPassword: PASSWORD }): Promise<string> {
  const begun = await browser.ask('POST', '/session/oidc', proof)
  if (begun.statusCode !== 200) return begun.json().code
  const jar: Jar = { '__Host-torikomi_session': browser.cookie }
  for (const { name, value } of begun.cookies) jar[name] = value
  const back = provider.visit(begun.json().url)
  return String((await get(`${back.pathname}${back.search}`, jar)).headers.location)
}

async function owner() {
  await database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })
  const made = await makeStaff(database.db, tenantId, 'owner')
  return { ...made, browser: await signedIn(app, made.email) }
}

const entries = (action: string) => database.db.auditEntry.findMany({ where: { tenantId, action } })

test('a page of another site binds no identity to a signed-in person', async () => {
  const { id, browser } = await owner()
  provider.person = { sub: newId(), email: 'attacker@example.com', email_verified: true }
  // What location = … of a cross-site page does: a GET with the cookie.
  expect(await trip({ '__Host-torikomi_session': browser.cookie })).toContain('SIGN_IN_REFUSED')
  expect(await database.db.staffAccount.findUnique({ where: { id } })).toMatchObject({ oidcHash: null })
  expect(await trip()).toContain('SIGN_IN_REFUSED')
})

test('binding needs the token, and the password or a code again', async () => {
  const { id, browser } = await owner()
  provider.person = { sub: newId(), email: 'private@example.com' }
  const { csrfToken } = browser
  browser.csrfToken = ''
  expect(await bind(browser)).toBe('CSRF_TOKEN_WRONG')
  browser.csrfToken = csrfToken
  expect(await bind(browser, {})).toBe('VALIDATION_FAILED')
  expect(await bind(browser, { currentPassword: 'guessed guessed' })).toBe('VALIDATION_FAILED')
  expect(await bind(browser, { code: '000000' })).toBe('SIGN_IN_REFUSED')
  expect(await bind(browser)).toBe('/board/account')
  const jar: Jar = {}
  expect(await trip(jar)).toBe('/board/')
  expect((await get('/v1/session', jar)).json().account).toMatchObject({
    id,
    identityProvider: new URL(provider.issuer).host,
  })
  // Disabled here is disabled there.
  await database.db.staffAccount.update({ where: { id }, data: { state: 'disabled' } })
  expect(await trip()).toContain('SIGN_IN_REFUSED')
})

test('the session that began it, and no other browser, binds', async () => {
  const { id, browser } = await owner()
  const begun = await browser.ask('POST', '/session/oidc', { currentPassword: PASSWORD })
  const stranger = await owner()
  for (const session of [undefined, stranger.browser.cookie]) {
    const jar: Jar = session === undefined ? {} : { '__Host-torikomi_session': session }
    for (const { name, value } of begun.cookies) jar[name] = value
    provider.person = { sub: newId() }
    const back = provider.visit(begun.json().url)
    expect((await get(`${back.pathname}${back.search}`, jar)).headers.location).toContain('error=')
  }
  expect(await database.db.staffAccount.count({ where: { id, oidcHash: null } })).toBe(1)
})

test('an identity of one account is not bound to a second one', async () => {
  const [first, second] = [await owner(), await owner()]
  provider.person = { sub: newId() }
  expect(await bind(first.browser)).toBe('/board/account')
  expect(await bind(second.browser)).toBe('/board/account#error=CONFLICT')
})

test('what is bound is audited, mailed, listed, and ends by the person and by an owner', async () => {
  const { id, email, browser } = await owner()
  letters.length = 0
  provider.person = { sub: newId() }
  await bind(browser)
  const host = new URL(provider.issuer).host
  expect(await entries('staff.identity_bound')).toMatchObject([
    { actor: `staff:${id}`, target: id, data: { issuer: provider.issuer, by: 'person' } },
  ])
  expect(letters).toMatchObject([{ to: email, text: expect.stringContaining(host) }])
  const row = async () =>
    (await browser.ask('GET', '/staff')).json().staff.find((one: { id: string }) => one.id === id)
  expect(await row()).toMatchObject({ identityProvider: host })

  expect((await browser.ask('DELETE', '/session/oidc')).statusCode).toBe(204)
  expect(await row()).toMatchObject({ identityProvider: null })
  expect(await trip()).toContain('SIGN_IN_REFUSED')
  expect(await entries('staff.identity_removed')).toHaveLength(1)

  await bind(browser)
  const jar: Jar = {}
  await trip(jar)
  const other = await makeStaff(database.db, tenantId, 'owner')
  const answer = await (await signedIn(app, other.email)).ask('PATCH', `/staff/${id}`, {
    removeIdentity: true,
  })
  expect(answer.json()).toMatchObject({ identityProvider: null, sessions: 0 })
  expect((await get('/v1/session', jar)).statusCode).toBe(401)
  expect(await trip()).toContain('SIGN_IN_REFUSED')
  expect(await entries('staff.identity_removed')).toMatchObject([
    { actor: `staff:${id}` },
    { actor: `staff:${other.id}`, target: id },
  ])
})

test('a password reset and the removal of the second factor drop it', async () => {
  const { id, email, browser } = await owner()
  provider.person = { sub: newId() }
  expect(await bind(browser)).toBe('/board/account')
  letters.length = 0
  await app.inject({ method: 'POST', url: '/v1/password-resets', payload: { email } })
  await vi.waitFor(() => expect(letters).toHaveLength(1))
  const token = /password-reset\/([\w-]+)/.exec(letters[0]?.text ?? '')?.[1]
  const password = 'another long pass phrase'
  await app.inject({ method: 'POST', url: `/v1/password-resets/${token}`, payload: { password } })
  expect(await trip()).toContain('SIGN_IN_REFUSED')

  const person = await makeStaff(database.db, tenantId, 'staff')
  provider.person = { sub: newId() }
  expect(await bind(await signedIn(app, person.email))).toBe('/board/account')
  const by = { actor: `staff:${id}` }
  await changeStaff(
    { db: database.db, clock: systemClock, newId, sealer: testSealer },
    by,
    tenantId,
    person.id,
    { removeSecondFactor: true },
  )
  expect(await trip()).toContain('SIGN_IN_REFUSED')
})

test('the address of a provider is compared exactly', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'owner', `b.${newId()}@example.jp`)
  for (const shown of [email.replace('b.', 'ｂ.'), email.replace('@', '＠'), ` ${email}`, `${email}\u200b`]) {
    provider.person = { sub: newId(), email: shown, email_verified: true }
    expect(await trip()).toContain('SIGN_IN_REFUSED')
  }
  provider.person = { sub: newId(), email: email.toUpperCase(), email_verified: true }
  expect(await trip()).toBe('/board/')
  expect(await entries('staff.identity_bound')).toMatchObject([{ data: { by: 'verified_address' } }])
})

test('the operator shows our second factor, whatever the provider says', async () => {
  const { email } = await makeStaff(database.db, null, 'operator')
  provider.person = { sub: newId(), email, email_verified: true, amr: ['mfa'] }
  const jar: Jar = {}
  await trip(jar)
  expect(await stateOf(jar)).toBe('second_factor_setup_required')
})

test('an answer that does not belong to the trip is refused', async () => {
  const { email } = await makeStaff(database.db, tenantId, 'staff')
  provider.person = { sub: newId(), email, email_verified: true }
  expect(await trip({}, (back) => back.searchParams.set('state', 'other'))).toContain('SIGN_IN_REFUSED')
  expect(await trip({}, (back) => back.searchParams.set('code', 'other'))).toContain('SIGN_IN_REFUSED')
  for (const spoil of [
    { nonce: 'other' },
    { aud: 'another client' },
    { iss: 'https://evil.example' },
    { exp: 1 },
  ]) {
    provider.spoil = (claims) => Object.assign(claims, spoil)
    expect(await trip()).toContain('SIGN_IN_REFUSED')
  }
  // The answer of one browser in another: no trip was begun there.
  const begun = await get('/v1/session/oidc', {})
  const back = provider.visit(String(begun.headers.location))
  const other: Jar = {}
  expect((await get(`${back.pathname}${back.search}`, other)).headers.location).toContain('SIGN_IN_REFUSED')
  expect(other['__Host-torikomi_session']).toBeUndefined()
})
