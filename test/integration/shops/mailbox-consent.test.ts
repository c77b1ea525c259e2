import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type MailOAuthSim, startMailOAuthSim } from '../../../sandbox/mail-oauth/index.ts'
import { csrfTokenOf, SESSION_COOKIE } from '../../../src/http/auth.ts'
import { planMailboxExpiries } from '../../../src/notices/plan-expiries.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { credentialCalendarRoutes } from '../../../src/shops/calendar/routes.ts'
import { mailboxConsentCallback } from '../../../src/shops/mailboxes/mailbox-routes.ts'
import { createMailboxAccess } from '../../../src/shops/mailboxes/sign-in.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeTenant, newId } from '../../support/fixtures.ts'
import { type RestServer, restServer, testMarketplaces } from '../../support/http/rest-server.ts'
import { oauthTools, providersAt } from '../../support/mail/oauth.ts'

const PUBLIC_URL = 'https://torikomi.example.jp'
const USER = 'orders@shop.example'
const never = new AbortController().signal

let database: TestDatabase
let sim: MailOAuthSim
let rest: RestServer
let clock: HeldClock
let headers: Record<string, string>
let tenantId: string
const http = createHttpClient({ allowPrivateHosts: 'all' })

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  sim = await startMailOAuthSim()
  sim.addClient('app', 'app-secret')
  sim.addClient('operator-app', 'operator-secret')
  clock = heldClock()
  const mailOAuth = providersAt(sim.url, { googleClient: { id: 'operator-app', secret: 'operator-secret' } })
  const tools = { ...oauthTools(database.db, clock, mailOAuth), http, publicUrl: PUBLIC_URL }
  rest = await restServer(database.db, {
    clock,
    http,
    mailOAuth,
    publicUrl: PUBLIC_URL,
    more: {
      clientRoutes: [credentialCalendarRoutes({ ...tools, marketplaces: testMarketplaces })],
      operatorRoutes: [],
    },
    server: {
      openSession: async () => ({
        id: 'session',
        accountId: 'person',
        state: 'signed_in',
        auth: { kind: 'client', tenantId, role: 'owner', accountId: 'person' },
      }),
      publicRoutes: [
        mailboxConsentCallback({
          ...tools,
          addressRules: { allow: [] },
          onMailboxChanged: () => undefined,
          openSession: () => Promise.reject(new Error('nobody is signed in')),
        }),
      ],
    },
  })
  tenantId = (await makeTenant(database.db)).id
  headers = await rest.keyFor(tenantId)
})

afterEach(async () => {
  await rest.close()
  await sim.close()
})

afterAll(async () => {
  await http.close()
  await database?.close()
})

const call = (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
  rest.app.inject({ method, url: `/v1${url}`, headers, ...(payload ? { payload } : {}) })

const MICROSOFT = { kind: 'microsoft', tenant: 'example.jp', clientId: 'app', clientSecret: 'app-secret' }

async function newMailbox(
  auth: object = MICROSOFT,
  more: object = {},
): Promise<{ id: string; host: string }> {
  const answer = await call('POST', '/mailboxes', { name: '受注', username: USER, auth, ...more })
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json()
}

const row = (id: string) => database.db.mailbox.findUniqueOrThrow({ where: { id } })

/** Opens the provider's page as a browser does; gives the way back to us. */
async function consentAt(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' })
  const target = new URL(answer.headers.get('location') ?? '')
  expect(target.origin).toBe(PUBLIC_URL)
  return `${target.pathname}${target.search}`
}

/** Begins one as a program does, and consents; the way back with the code that the program was given. */
async function wayBack(id: string): Promise<string> {
  const begun = await call('POST', `/mailboxes/${id}/consent`)
  expect(begun.statusCode, begun.body).toBe(200)
  return `${await consentAt(begun.json().url)}&confirmation=${begun.json().code}`
}

const consented = async (id: string) => rest.app.inject(await wayBack(id))

async function accessOf(id: string) {
  const access = createMailboxAccess(
    oauthTools(
      database.db,
      clock,
      providersAt(sim.url, { googleClient: { id: 'operator-app', secret: 'operator-secret' } }),
    ),
  )
  return access.get({ ...(await row(id)), username: USER }, never)
}

describe.each([
  ['Microsoft', MICROSOFT, 'outlook.office365.com'],
  ['Google, with the operator’s application', { kind: 'google' }, 'imap.gmail.com'],
  [
    'another provider',
    { kind: 'oauth', clientId: 'app', clientSecret: 'app-secret', scope: 'imap' },
    'imap.example.jp',
  ],
])('a consent at %s', (_name, given, host) => {
  const auth = () =>
    given.kind === 'oauth'
      ? { ...given, authorizationUrl: `${sim.url}/authorize`, tokenUrl: `${sim.url}/x/oauth2/v2.0/token` }
      : given
  const more = given.kind === 'oauth' ? { host } : {}

  test('is begun, given in the browser, and is all that the mailbox needs', async () => {
    const mailbox = await newMailbox(auth(), more)
    expect(mailbox).toMatchObject({
      host,
      auth: { kind: given.kind, consentNeeded: true },
      password: { set: false },
    })
    await database.db.mailbox.update({
      where: { id: mailbox.id },
      data: {
        attentionCode: 'MAILBOX_CONSENT_NEEDED',
        attentionMessage: 'x',
        failures: 4,
        nextAttemptAt: new Date(),
        state: 'attention',
      },
    })
    const before = await row(mailbox.id)
    const page = await consented(mailbox.id)
    expect(page.statusCode, page.body).toBe(200)
    expect(page.body).toContain('CONSENT_STORED')
    const after = await row(mailbox.id)
    expect(after).toMatchObject({
      attentionCode: null,
      failures: 0,
      nextAttemptAt: null,
      state: 'waiting',
      settingsVersion: before.settingsVersion + 1,
    })
    expect((await call('GET', `/mailboxes/${mailbox.id}`)).json()).toMatchObject({
      auth: { consentNeeded: false },
    })
    expect((await accessOf(mailbox.id)).accessToken).toMatch(/^eyJ/)
    for (const secret of ['app-secret', 'operator-secret', 'refresh-'])
      expect([page.body, rest.log.join('')].join()).not.toContain(secret)
  })
})

describe('what a consent does not do', () => {
  test('a state counts once, and not after ten minutes', async () => {
    const { id } = await newMailbox()
    const back = await wayBack(id)
    expect((await rest.app.inject(back)).statusCode).toBe(200)
    const again = await rest.app.inject(back)
    expect(again.statusCode).toBe(400)
    expect(again.body).toContain('CONSENT_STATE_USED')
    const late = await wayBack(id)
    clock.advance(11 * 60_000)
    expect((await rest.app.inject(late)).body).toContain('CONSENT_STATE_EXPIRED')
    const { body } = await rest.app.inject('/oauth/mailbox/callback?state=made-up&code=x')
    expect(body).toContain('CONSENT_STATE_UNKNOWN')
    expect(body).not.toContain('店舗設定')
  })

  test('a person who says no changes nothing', async () => {
    const { id } = await newMailbox()
    sim.consents = false
    const page = await consented(id)
    expect(page.body).toContain('CONSENT_REFUSED')
    expect(await row(id)).toMatchObject({ consentedAt: null, settingsVersion: 1 })
  })

  test('a mailbox that is switched off while the provider is asked stays off, and is consented to', async () => {
    const { id } = await newMailbox()
    const back = await wayBack(id)
    const request = http.request.bind(http)
    const spy = vi.spyOn(http, 'request').mockImplementationOnce(async (...args) => {
      const answer = await request(...args)
      expect((await call('PATCH', `/mailboxes/${id}`, { enabled: false })).statusCode).toBe(200)
      return answer
    })
    expect((await rest.app.inject(back)).statusCode).toBe(200)
    spy.mockRestore()
    expect(await row(id)).toMatchObject({ enabled: false, state: 'disabled', consentedAt: expect.any(Date) })
  })

  test('an answer for settings that were changed meanwhile is not stored', async () => {
    const { id } = await newMailbox()
    const back = await wayBack(id)
    await call('PATCH', `/mailboxes/${id}`, { auth: { ...MICROSOFT, tenant: 'other.example' } })
    expect((await rest.app.inject(back)).statusCode).toBe(400)
    expect((await row(id)).consentedAt).toBeNull()
  })

  test.each([
    [
      {
        error: 'invalid_client',
        description: "AADSTS7000222: The provided client secret keys for app 'x' are expired.",
      },
      'AADSTS7000222',
      '期限',
    ],
    [
      { error: 'access_denied', description: 'AADSTS90094: The grant requires admin permission.' },
      'AADSTS90094',
      '管理者の同意',
    ],
    [{ error: 'something_new', description: 'AADSTS9999999: <b>what</b>' }, 'AADSTS9999999', 'アプリの登録'],
  ])('a refusal of the provider (%j) is told with its code', async (refusal, code, words) => {
    const { id } = await newMailbox()
    sim.refusal = { status: 400, ...refusal }
    const page = await consented(id)
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain(code)
    expect(page.body).toContain(words)
    expect((await row(id)).consentedAt).toBeNull()
  })

  test('passwords and applications need none, and say so', async () => {
    const { id } = await newMailbox({ ...MICROSOFT, kind: 'microsoft_application' })
    const answer = await call('POST', `/mailboxes/${id}/consent`)
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ code: 'VALIDATION_FAILED', reason: 'consent_not_supported' })
  })
})

describe('who signs in without a person', () => {
  test('an application of Microsoft', async () => {
    sim.addClient('daemon', 'daemon-secret', USER)
    const { id } = await newMailbox({
      ...MICROSOFT,
      kind: 'microsoft_application',
      clientId: 'daemon',
      clientSecret: 'daemon-secret',
    })
    expect((await accessOf(id)).expiresAt).toBeGreaterThan(clock.now())
    expect(sim.asks.get('client_credentials')).toBe(1)
    await accessOf(id)
    expect(sim.asks.get('client_credentials')).toBe(1)
  })

  test('a service account of Google acts for the mailbox’s user', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const clientEmail = 'torikomi@project.iam.gserviceaccount.com'
    sim.addServiceAccount(clientEmail, publicKey)
    const { id } = await newMailbox({ kind: 'google_service_account', clientEmail, privateKey })
    const [, claims = ''] = (await accessOf(id)).accessToken.split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ email: USER })

    const other = await newMailbox({
      kind: 'google_service_account',
      clientEmail: 'who@example.jp',
      privateKey,
    })
    await expect(accessOf(other.id)).rejects.toMatchObject({
      code: 'MAILBOX_CONSENT_ENDED',
      providerCode: 'invalid_grant',
    })
    const broken = await newMailbox({
      kind: 'google_service_account',
      clientEmail,
      privateKey: 'x'.repeat(200),
    })
    await expect(accessOf(broken.id)).rejects.toMatchObject({ code: 'MAILBOX_OAUTH_CLIENT_REFUSED' })
  })
})

test('twenty who need a token at once in two processes make one renewal, and a replaced refresh token is kept', async () => {
  const { id } = await newMailbox()
  await consented(id)
  const mailOAuth = providersAt(sim.url)
  const processes = [1, 2].map(() => createMailboxAccess(oauthTools(database.db, undefined, mailOAuth)))
  const mailbox = { ...(await row(id)), username: USER }
  const ask = () => Promise.all(Array.from({ length: 20 }, (_, n) => processes[n % 2]?.get(mailbox, never)))
  expect(new Set((await ask()).map((token) => token?.accessToken)).size).toBe(1)
  expect(sim.asks.get('refresh_token')).toBe(1)
  const [token] = await ask()
  // The first refresh token is worth nothing by now: the stored one must be used.
  await processes[0]?.invalidate(mailbox, token as NonNullable<typeof token>)
  expect((await ask())[0]?.accessToken).not.toBe(token?.accessToken)
  expect(sim.asks.get('refresh_token')).toBe(2)
})

test('what a program began ends in no browser without its code', async () => {
  const { id } = await newMailbox()
  const begun = (await call('POST', `/mailboxes/${id}/consent`)).json()
  const back = await consentAt(begun.url)
  expect((await rest.app.inject(back)).body).toContain('CONSENT_CODE_NEEDED')
  expect((await rest.app.inject(`${back}&confirmation=nothing`)).body).toContain('CONSENT_CODE_WRONG')
  expect(await row(id)).toMatchObject({ consentedAt: null })
  for (let tries = 1; tries < 5; tries += 1) await rest.app.inject(`${back}&confirmation=1`)
  expect((await rest.app.inject(`${back}&confirmation=${begun.code}`)).body).toContain(
    'CONSENT_CODE_TOO_OFTEN',
  )
  expect(await row(id)).toMatchObject({ consentedAt: null })
})

test('what a signed-in browser began ends in that browser alone', async () => {
  const { id } = await newMailbox()
  const secret = 's'.repeat(43)
  const begun = await rest.app.inject({
    method: 'POST',
    url: `/v1/mailboxes/${id}/consent`,
    headers: { 'x-csrf-token': csrfTokenOf(secret) },
    cookies: { [`__Host-${SESSION_COOKIE}`]: secret },
  })
  expect(begun.statusCode, begun.body).toBe(200)
  const kept = begun.cookies.find(({ name }) => name === '__Host-torikomi_consent')
  expect(kept).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: true })
  const back = await consentAt(begun.json().url)
  for (const cookies of [{}, { '__Host-torikomi_consent': 'x'.repeat(43) }]) {
    const lured = await rest.app.inject({ url: back, cookies })
    expect(lured.body).not.toContain('CONSENT_STORED')
    expect(await row(id)).toMatchObject({ consentedAt: null })
  }
  // The others have not used it up.
  const mine = await rest.app.inject({ url: back, cookies: { '__Host-torikomi_consent': kept?.value ?? '' } })
  expect(mine.body).toContain('CONSENT_STORED')
  expect(await row(id)).toMatchObject({ consentedAt: expect.any(Date) })
})

test('a mailbox does not move to another server without its secrets, and a password is not taken beside them', async () => {
  const { id } = await newMailbox()
  await consented(id)
  const moved = await call('PATCH', `/mailboxes/${id}`, { username: 'else@shop.example' })
  expect(moved.json()).toMatchObject({ errors: [{ field: 'auth', code: 'required' }] })
  expect((await call('PATCH', `/mailboxes/${id}`, { password: 'x' })).json()).toMatchObject({
    errors: [{ field: 'password', code: 'not_allowed' }],
  })
  const changed = await call('PATCH', `/mailboxes/${id}`, { username: 'else@shop.example', auth: MICROSOFT })
  expect(changed.json()).toMatchObject({ auth: { consentNeeded: true } })
  const back = await call('PATCH', `/mailboxes/${id}`, { auth: { kind: 'password' } })
  expect(back.json()).toMatchObject({ errors: [{ field: 'password', code: 'required' }] })
  const withPassword = await call('PATCH', `/mailboxes/${id}`, {
    auth: { kind: 'password' },
    password: 'pass-word',
  })
  expect(withPassword.json()).toMatchObject({ auth: { kind: 'password' }, password: { set: true } })
})

test('what ends of a mailbox stands in the calendar and is told before, once', async () => {
  const secretEndsAt = new Date(clock.now() + 5 * 24 * 60 * 60_000)
  const { id } = await newMailbox({ ...MICROSOFT, secretEndsAt: secretEndsAt.toISOString() })
  await consented(id)
  const calendar = await rest.app.inject({ url: '/v1/credentials', headers })
  expect(calendar.json()).toMatchObject({
    mailboxes: [
      {
        mailboxId: id,
        lifetimes: [
          { what: 'clientSecret', endsAt: secretEndsAt.toISOString(), state: 'soon', daysLeft: 5 },
          { what: 'consent', endsAt: null, state: 'unknown' },
        ],
      },
    ],
  })
  const tools = { db: database.db, clock, newId, mails: false }
  const told = () => database.db.notice.findMany({ where: { mailboxId: id } })
  await planMailboxExpiries(tools)
  await planMailboxExpiries(tools)
  expect(await told()).toMatchObject([{ kind: 'expiry', what: 'clientSecret', threshold: 7 }])
  const [notice] = await told()
  expect(notice?.text).toContain('アプリの登録')
})
