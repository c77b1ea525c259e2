import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeTenant, newId } from '../../support/fixtures.ts'
import { wholeConfig, wholeServer } from '../../support/http/whole-server.ts'
import { makeStaff, signedIn } from '../../support/staff/browser.ts'
import { CLIENT, startProvider, type TestProvider } from '../../support/staff/identity-provider.ts'

let database: TestDatabase
let provider: TestProvider
let app: App
let tenantId: string

beforeAll(async () => {
  database = await freshDatabase()
  provider = await startProvider()
  const oidc = { issuer: provider.issuer, ...CLIENT, label: '社内アカウント' }
  app = await wholeServer(database, {}, { config: { ...wholeConfig, oidc } as never })
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
    expect(jar.torikomi_session).toBeUndefined()
  }
})

test('whoever is signed in binds an identity to the own account', async () => {
  await database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: false } })
  const { id, email } = await makeStaff(database.db, tenantId, 'owner')
  const browser = await signedIn(app, email)
  provider.person = { sub: newId(), email: 'private@example.com' }
  expect(await trip({ torikomi_session: browser.cookie })).toBe('/board/')
  const jar: Jar = {}
  expect(await trip(jar)).toBe('/board/')
  expect((await get('/v1/session', jar)).json().account.id).toBe(id)
  // Disabled here is disabled there.
  await database.db.staffAccount.update({ where: { id }, data: { state: 'disabled' } })
  expect(await trip()).toContain('SIGN_IN_REFUSED')
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
  expect(other.torikomi_session).toBeUndefined()
})
