import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type HeldClock, heldClock, makeTenant, newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type Cbor, type Credential, register, type Spoilt, show } from '../../support/staff/authenticator.ts'
import { type Browser, codeAt, makeStaff, openBrowser, PASSWORD } from '../../support/staff/browser.ts'

const ADDED = '【取込】パスキーを追加しました'
let database: TestDatabase
let clock: HeldClock
let app: App
let tenantId: string
let networks = 0
const letters: { to: string; subject: string; text: string }[] = []

beforeAll(async () => {
  database = await freshDatabase()
  clock = heldClock()
  app = await wholeServer(
    database,
    { requestsPerMinute: 1_000_000 },
    {
      clock,
      config: { publicUrl: 'https://torikomi.test' },
      sendMail: async (letter) => void letters.push(letter),
    },
  )
})
beforeEach(async () => {
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
  networks += 1
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

/** A network of its own for each test: locks of one are not those of another. */
const browser = () => openBrowser(app, `12.${networks}.0.7`)

async function signIn(email: string, password = PASSWORD): Promise<Browser> {
  const one = browser()
  expect((await one.ask('POST', '/session', { email, password })).statusCode).toBe(200)
  return one
}

async function person(role: 'owner' | 'staff' | 'operator' = 'staff') {
  const { id, email } = await makeStaff(database.db, role === 'operator' ? null : tenantId, role)
  return { id, email, own: await signIn(email) }
}

async function begin(own: Browser, currentPassword: string | undefined = PASSWORD) {
  const begun = await own.ask('POST', '/session/passkeys/options', { currentPassword })
  expect(begun.statusCode, begun.body).toBe(200)
  return begun.json().options
}

async function add(own: Browser, { counts = true, name = '事務所のパソコン' } = {}) {
  const { credential, response } = register(await begin(own), {}, { counts })
  const added = await own.ask('POST', '/session/passkeys', { name, response })
  expect(added.statusCode, added.body).toBe(200)
  return { credential, ...added.json() } as {
    credential: Credential
    passkey: { id: string }
    recoveryCodes: string[] | null
  }
}

async function enter(credential: Credential, spoilt: Spoilt = {}, one: Browser = browser()) {
  const { options } = (await one.ask('POST', '/session/passkey/options')).json()
  return {
    one,
    answer: await one.ask('POST', '/session/passkey', { response: show(credential, options, spoilt) }),
  }
}

async function showBehindPassword(one: Browser, credential: Credential, spoilt: Spoilt = {}) {
  const { options } = (await one.ask('POST', '/session/second-factor/passkey/options')).json()
  return one.ask('POST', '/session/second-factor/passkey', { response: show(credential, options, spoilt) })
}

const entries = (action: string, target: string) =>
  database.db.auditEntry.findMany({ where: { action, target }, select: { data: true } })

test('a passkey is added behind the password, told by mail, and signs in alone', async () => {
  const { id, email, own } = await person()
  const bare = await own.ask('POST', '/session/passkeys/options', {})
  expect(bare.json().errors).toMatchObject([{ field: 'currentPassword', code: 'required' }])
  const wrong = await own.ask('POST', '/session/passkeys/options', { currentPassword: 'wrong' })
  expect(wrong.statusCode).toBe(422)

  const options = await begin(own)
  expect(options).toMatchObject({
    rp: { id: 'torikomi.test' },
    user: { name: email },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  // The handle stays with the authenticator, which others read: nothing of the person is in it.
  expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(32)
  const { credential, passkey, recoveryCodes } = await add(own)
  expect(recoveryCodes).toHaveLength(10)
  expect(await entries('staff.passkey_added', id)).toEqual([{ data: { passkeyId: passkey.id } }])
  expect(letters.filter(({ to, subject }) => to === email && subject === ADDED)).toHaveLength(1)

  clock.advance(60_000)
  const { one, answer } = await enter(credential)
  expect(answer.json()).toMatchObject({
    state: 'signed_in',
    account: { id, secondFactor: true },
    factors: ['passkey'],
  })
  expect((await one.ask('GET', '/orders')).statusCode).toBe(200)
  expect((await own.ask('GET', '/session/passkeys')).json().passkeys).toMatchObject([
    {
      name: '事務所のパソコン',
      synced: false,
      signsIn: true,
      lastUsedAt: new Date(clock.now()).toISOString(),
    },
  ])
  const renamed = await own.ask('PATCH', `/session/passkeys/${passkey.id}`, { name: '自宅' })
  expect(renamed.json()).toMatchObject({ name: '自宅' })
})

test('who is asked nothing before: the options of a sign-in name nobody', async () => {
  const { own } = await person()
  const before = (await browser().ask('POST', '/session/passkey/options')).json().options
  await add(own)
  const after = (await browser().ask('POST', '/session/passkey/options')).json().options
  expect({ ...after, challenge: '' }).toEqual({ ...before, challenge: '' })
  expect(after.allowCredentials ?? []).toEqual([])
})

test('where a second factor is required, a passkey is one: set up at the sign-in, asked for by the next', async () => {
  await database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: true } })
  const { id, email, own } = await person()
  const thief = await signIn(email)
  const { credential, response } = register(await begin(own, undefined))
  const added = await own.ask('POST', '/session/passkeys', { name: 'x', response })
  expect(added.json()).toMatchObject({ state: 'signed_in', account: { id } })
  // A session that only the password opened must not set up a factor of its own any more.
  expect((await thief.ask('POST', '/session/passkeys/options', {})).statusCode).toBe(401)
  expect((await thief.ask('POST', '/session/second-factor/setup', {})).statusCode).toBe(401)

  const again = await signIn(email)
  expect((await again.ask('GET', '/session')).json()).toMatchObject({
    state: 'second_factor_required',
    factors: ['passkey'],
  })
  expect((await again.ask('GET', '/orders')).json().code).toBe('SECOND_FACTOR_REQUIRED')
  for (const path of ['/session/passkeys/options', '/session/second-factor/setup'])
    expect((await again.ask('POST', path, {})).json().code).toBe('SECOND_FACTOR_REQUIRED')
  expect((await showBehindPassword(again, credential)).json()).toMatchObject({ state: 'signed_in' })
  const lost = await signIn(email)
  const [recoveryCode] = added.json().recoveryCodes
  expect((await lost.ask('POST', '/session/second-factor', { recoveryCode })).json().state).toBe('signed_in')
})

describe('a hostile answer opens nothing', () => {
  const SPOILT: Record<string, Spoilt> = {
    'another origin': { origin: 'https://torikomi.test.evil.example' },
    'another port': { origin: 'https://torikomi.test:8443' },
    'plain http': { origin: 'http://torikomi.test' },
    'another name': { rpId: 'evil.example' },
    'the answer to a registration': { type: 'webauthn.create' },
    'no person verified': { flags: 1 },
    'nobody present': { flags: 4 },
    'a challenge of its own': { challenge: Buffer.alloc(32, 7).toString('base64url') },
    'a challenge that is none': { challenge: '__proto__' },
    'another signature': { signature: Buffer.alloc(70, 1) },
  }

  test('at the sign-in and behind a password', async () => {
    const { email, own } = await person()
    const { credential } = await add(own)
    const all = {
      ...SPOILT,
      'the handle of somebody else': { userHandle: Buffer.alloc(32).toString('base64url') },
    }
    for (const [how, spoilt] of Object.entries(all)) {
      const { answer } = await enter(credential, spoilt)
      expect({ how, status: answer.statusCode, code: answer.json().code }).toEqual({
        how,
        status: 401,
        code: 'SIGN_IN_REFUSED',
      })
    }
    for (const [how, spoilt] of Object.entries(SPOILT)) {
      const one = await signIn(email)
      const answer = await showBehindPassword(one, credential, spoilt)
      expect([how, answer.statusCode]).toEqual([how, 401])
      // Each is alone: five in a row lock.
      const good = await showBehindPassword(one, credential)
      expect([how, good.statusCode, good.body]).toEqual([how, 200, good.body])
    }
    expect((await enter(credential)).answer.statusCode).toBe(200)
  })

  test('at a registration', async () => {
    const { own } = await person()
    const certificate = new Map<string, Cbor>([
      ['x5c', [Buffer.alloc(20)]],
      ['sig', Buffer.alloc(70)],
      ['alg', -7],
    ] as const)
    const all: Record<string, Spoilt> = {
      ...SPOILT,
      'a certificate whose revocation would be asked for': { format: 'packed', statement: certificate },
      'another format': { format: 'tpm' },
      'no attested data': { flags: 5 },
    }
    delete all['another signature']
    all['the answer to a sign-in'] = { type: 'webauthn.get' }
    delete all['the answer to a registration']
    for (const [how, spoilt] of Object.entries(all)) {
      const { response } = register(await begin(own), spoilt)
      const answer = await own.ask('POST', '/session/passkeys', { name: 'x', response })
      expect({ how, status: answer.statusCode }).toEqual({ how, status: 422 })
    }
    expect((await own.ask('GET', '/session/passkeys')).json().passkeys).toEqual([])
  })

  test('a challenge counts once, in one browser, for one purpose, for five minutes', async () => {
    const { email, own } = await person()
    // One that does not count: a replay is refused by its challenge alone.
    const { credential } = await add(own, { counts: false })
    const one = browser()
    const options = async (of: Browser) => (await of.ask('POST', '/session/passkey/options')).json().options
    const enterBy = async (of: Browser, response: object) =>
      (await of.ask('POST', '/session/passkey', { response })).statusCode
    const first = show(credential, await options(one))
    expect(await enterBy(browser(), first)).toBe(401)
    const other = browser()
    await options(other)
    expect(await enterBy(other, first)).toBe(401)
    const { passkey } = one
    expect(await enterBy(one, first)).toBe(200)
    one.passkey = passkey
    expect(await enterBy(one, first)).toBe(401)
    // Two tabs of one browser.
    const [left, right] = [await options(one), await options(one)]
    expect(await enterBy(one, show(credential, left))).toBe(200)
    expect(await enterBy(one, show(credential, right))).toBe(401)

    const late = show(credential, await options(one))
    clock.advance(5 * 60_000)
    expect(await enterBy(one, late)).toBe(401)
    const half = await signIn(email)
    const behind = (await half.ask('POST', '/session/second-factor/passkey/options')).json().options
    await options(half)
    expect(await enterBy(half, show(credential, behind))).toBe(401)
    const registration = await begin(own)
    expect(
      (await half.ask('POST', '/session/second-factor/passkey', { response: show(credential, registration) }))
        .statusCode,
    ).toBe(401)
    expect(
      await database.db.passkeyChallenge.count({
        where: { purpose: 'sign_in', expiresAt: { gt: new Date(clock.now()) } },
      }),
    ).toBe(1)
  })

  test('of another person it is no second factor, and five wrong ones lock as codes do', async () => {
    const [{ credential: foreign }, mine] = [await add((await person()).own), await person()]
    const { credential } = await add(mine.own)
    const one = await signIn(mine.email)
    for (let n = 0; n < 5; n += 1) expect((await showBehindPassword(one, foreign)).statusCode).toBe(401)
    expect((await showBehindPassword(one, credential)).statusCode).toBe(429)
    // Its own way in counts by machine: nobody else is locked out of it.
    expect((await enter(credential)).answer.statusCode).toBe(200)
  })

  test('a count that went back is a copy', async () => {
    const { own } = await person()
    const { credential } = await add(own)
    expect((await enter(credential)).answer.statusCode).toBe(200)
    const copy = { ...credential, count: credential.count - 1 }
    expect((await enter(copy)).answer.statusCode).toBe(401)
    expect((await enter(credential)).answer.statusCode).toBe(200)
    const { credential: without } = await add(own, { counts: false })
    for (let n = 0; n < 2; n += 1) expect((await enter(without)).answer.statusCode).toBe(200)
  })

  test('bodies are bounded before they are read', async () => {
    const { own } = await person()
    const { credential, response } = register(await begin(own))
    const shown = show(credential, { challenge: 'A'.repeat(43) }) as { response: object }
    const big = 'A'.repeat(20_000)
    const one = browser()
    for (const body of [
      { response: { ...shown, id: big, rawId: big } },
      { response: { ...shown, response: { ...shown.response, clientDataJSON: 'A'.repeat(5_000) } } },
      { response: { ...shown, id: '../../etc' } },
      { response: { ...shown, __proto__: null, more: 1 } },
      { response: [] },
    ])
      expect([413, 422]).toContain((await one.ask('POST', '/session/passkey', body)).statusCode)
    const deep = Buffer.from(`${'['.repeat(2_000)}${']'.repeat(2_000)}`).toString('base64url')
    const nested = { ...shown, response: { ...shown.response, clientDataJSON: deep.slice(0, 4_000) } }
    expect((await one.ask('POST', '/session/passkey', { response: nested })).statusCode).toBe(401)
    for (const attestationObject of [
      'A',
      '_'.repeat(8_000),
      Buffer.alloc(5_000, 0x81).toString('base64url'),
    ]) {
      const fresh = register(await begin(own)).response as { response: object }
      const spoilt = { ...fresh, response: { ...fresh.response, attestationObject } }
      expect((await own.ask('POST', '/session/passkeys', { name: 'x', response: spoilt })).statusCode).toBe(
        422,
      )
    }
    expect(response).toBeDefined()
  })
})

test('after a new password a passkey is shown once behind it before it signs in alone', async () => {
  const { email, own } = await person()
  const { credential } = await add(own)
  const newPassword = 'another horse battery'
  await own.ask('POST', '/session/password', { currentPassword: PASSWORD, newPassword })
  const { answer } = await enter(credential)
  expect(answer.json()).toMatchObject({ code: 'SIGN_IN_REFUSED', reason: 'password_changed' })
  expect((await own.ask('GET', '/session/passkeys')).json().passkeys).toMatchObject([{ signsIn: false }])
  const one = await signIn(email, newPassword)
  expect((await showBehindPassword(one, credential)).statusCode).toBe(200)
  expect((await enter(credential)).answer.statusCode).toBe(200)

  await browser().ask('POST', '/password-resets', { email })
  await expect.poll(() => letters.at(-1)?.text ?? '').toContain('/board/#/password-reset/')
  const token = /password-reset\/([\w-]{43})/.exec(letters.at(-1)?.text ?? '')?.[1]
  expect((await browser().ask('POST', `/password-resets/${token}`, { password: PASSWORD })).statusCode).toBe(
    204,
  )
  expect((await enter(credential)).answer.json()).toMatchObject({ reason: 'password_changed' })
})

describe('new recovery codes without an authenticator app', () => {
  const CODES = '/session/recovery-codes/passkey'
  const renew = async (own: Browser, credential: Credential, spoilt: Spoilt = {}) => {
    const { options } = (await own.ask('POST', `${CODES}/options`)).json()
    return own.ask('POST', CODES, { response: show(credential, options, spoilt) })
  }

  test('by a passkey, and the ones before stop working', async () => {
    const { id, email, own } = await person()
    expect((await own.ask('POST', `${CODES}/options`)).statusCode).toBe(409)
    const { credential, recoveryCodes: before } = await add(own)
    const answer = await renew(own, credential)
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    const { recoveryCodes: after } = answer.json()
    expect(new Set([...(before ?? []), ...after]).size).toBe(20)
    expect(await entries('staff.recovery_codes_made', id)).toHaveLength(1)
    const one = await signIn(email)
    const enterBy = async (recoveryCode: string) =>
      (await one.ask('POST', '/session/second-factor', { recoveryCode })).statusCode
    // A session that owes the second factor makes itself none.
    expect((await one.ask('POST', `${CODES}/options`)).statusCode).toBe(403)
    expect(await enterBy(before?.[0] ?? '')).toBe(401)
    expect(await enterBy(after[0])).toBe(200)
  })

  test('not by another’s passkey, an answer of another purpose, or one left behind by a new password', async () => {
    const [{ credential: foreign }, { email, own }] = [await add((await person()).own), await person()]
    const { credential } = await add(own)
    expect((await renew(own, foreign)).statusCode).toBe(401)
    expect((await renew(own, credential, { signature: Buffer.alloc(70, 1) })).statusCode).toBe(401)
    const half = await signIn(email)
    const { options } = (await half.ask('POST', '/session/second-factor/passkey/options')).json()
    await half.ask('POST', '/session/second-factor/passkey', { response: show(credential, options) })
    expect((await half.ask('POST', CODES, { response: show(credential, options) })).statusCode).toBe(401)
    const codes = (await own.ask('POST', `${CODES}/options`)).json().options
    const behind = await signIn(email)
    const asFactor = { response: show(credential, codes) }
    expect((await behind.ask('POST', '/session/second-factor/passkey', asFactor)).statusCode).toBe(401)
    const newPassword = 'another horse battery'
    await own.ask('POST', '/session/password', { currentPassword: PASSWORD, newPassword })
    const left = await renew(own, credential)
    expect([left.statusCode, left.json().reason]).toEqual([401, 'password_changed'])
  })
})

describe('a removed passkey opens nothing', () => {
  test('by its owner, which ends the other sessions; the last second factor stays where one is required', async () => {
    const { id, own } = await person()
    const { credential, passkey } = await add(own)
    const { one } = await enter(credential)
    await database.db.tenant.update({ where: { id: tenantId }, data: { requireSecondFactor: true } })
    const last = await own.ask('DELETE', `/session/passkeys/${passkey.id}`)
    expect(last.json()).toMatchObject({ code: 'CONFLICT', reason: 'last_second_factor' })
    const { secret } = (await own.ask('POST', '/session/second-factor/setup', {})).json()
    await own.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, clock.now()) })
    expect((await one.ask('GET', '/orders')).statusCode).toBe(401)
    const { one: second } = await enter(credential)
    expect((await own.ask('DELETE', `/session/passkeys/${passkey.id}`)).statusCode).toBe(204)
    expect((await second.ask('GET', '/orders')).statusCode).toBe(401)
    expect((await own.ask('GET', '/orders')).statusCode).toBe(200)
    expect((await enter(credential)).answer.statusCode).toBe(401)
    expect((await own.ask('DELETE', `/session/passkeys/${passkey.id}`)).statusCode).toBe(404)
    expect(await entries('staff.passkey_removed', id)).toEqual([{ data: { passkeyId: passkey.id } }])
  })

  test('the last way in stays', async () => {
    const { id, own } = await person()
    const { passkey } = await add(own)
    await database.db.staffAccount.update({ where: { id }, data: { sealedPassword: null } })
    const answer = await own.ask('DELETE', `/session/passkeys/${passkey.id}`)
    expect(answer.json()).toMatchObject({ reason: 'last_way' })
  })

  test('by an owner of the tenant, with the rest of a lost second factor', async () => {
    const [{ own: owner }, { id, own }] = [await person('owner'), await person()]
    const { credential } = await add(own)
    const staff = (await owner.ask('GET', '/staff')).json().staff.find((one: { id: string }) => one.id === id)
    expect(staff).toMatchObject({ secondFactor: true, passkeys: 1 })
    const changed = await owner.ask('PATCH', `/staff/${id}`, { removeSecondFactor: true })
    expect(changed.json()).toMatchObject({ secondFactor: false, passkeys: 0 })
    expect((await enter(credential)).answer.statusCode).toBe(401)
  })

  test('of a person who is disabled or deleted, and of a tenant that is suspended', async () => {
    const [{ own: owner }, { id, own }] = [await person('owner'), await person()]
    const { credential } = await add(own)
    await database.db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
    expect((await enter(credential)).answer.json().code).toBe('TENANT_SUSPENDED')
    await database.db.tenant.update({ where: { id: tenantId }, data: { status: 'active' } })
    await owner.ask('PATCH', `/staff/${id}`, { state: 'disabled' })
    expect((await enter(credential)).answer.statusCode).toBe(401)
    await owner.ask('PATCH', `/staff/${id}`, { state: 'active' })
    expect((await enter(credential)).answer.statusCode).toBe(200)
    await owner.ask('DELETE', `/staff/${id}`)
    expect((await enter(credential)).answer.statusCode).toBe(401)
    expect(await database.db.passkey.count({ where: { accountId: id } })).toBe(0)
    expect(await database.db.staffAccount.findUnique({ where: { id } })).toMatchObject({
      passkeyHandle: null,
    })
  })
})

test('one credential belongs to one account, and a person has ten at most', async () => {
  const [a, b] = [await person(), await person()]
  const id = Buffer.alloc(32, networks)
  const addWith = async ({ own }: { own: Browser }) =>
    own.ask('POST', '/session/passkeys', {
      name: 'x',
      response: register(await begin(own), {}, { id }).response,
    })
  expect((await addWith(a)).statusCode).toBe(200)
  expect((await addWith(b)).json()).toMatchObject({ reason: 'passkey_taken' })
  const early = await begin(a.own)
  for (let n = 0; n < 9; n += 1) await add(a.own)
  const full = await a.own.ask('POST', '/session/passkeys', { name: 'x', response: register(early).response })
  expect(full.json()).toMatchObject({ reason: 'too_many_passkeys' })
  const begun = await a.own.ask('POST', '/session/passkeys/options', { currentPassword: PASSWORD })
  expect(begun.json()).toMatchObject({ reason: 'too_many_passkeys' })
})

test('the operator’s people sign in by a passkey as well', async () => {
  const { own, id } = await person('operator')
  const { credential, response } = register(await begin(own, undefined))
  expect((await own.ask('POST', '/session/passkeys', { name: 'x', response })).statusCode).toBe(200)
  expect((await enter(credential)).answer.json()).toMatchObject({
    state: 'signed_in',
    account: { id, role: 'operator' },
  })
})

test.each([
  [null, 'no_public_url'],
  ['http://torikomi.test', 'not_https'],
  ['https://192.0.2.7', 'no_host_name'],
  ['https://[2001:db8::7]', 'no_host_name'],
])('behind %s none is offered, and the reason is told', async (publicUrl, why) => {
  const other = await wholeServer(database, {}, { clock, config: { publicUrl } })
  const one = openBrowser(other)
  expect((await one.ask('GET', '/session/ways')).json().passkeys).toEqual({ offered: false, why })
  const refused = await one.ask('POST', '/session/passkey/options')
  expect(refused.json()).toMatchObject({ code: 'CONFLICT', reason: why })
  await other.close()
})

describe('beside a process of 1.1.0', () => {
  test('a password alone opens no session of somebody who has a passkey', async () => {
    const [{ id, own }, { id: without }] = [await person(), await person()]
    await add(own)
    const row = (accountId: string, n: number) => ({
      id: newId(),
      accountId,
      hash: Buffer.alloc(32, n),
      stage: 'signed_in' as const,
      network: '',
      userAgent: '',
      createdAt: new Date(),
      seenAt: new Date(),
      expiresAt: new Date(Date.now() + 60_000),
    })
    const begun = await database.db.staffSession.create({ data: row(id, networks) })
    expect(begun.stage).toBe('second_factor_required')
    const plain = await database.db.staffSession.create({ data: row(without, networks + 100) })
    expect(plain.stage).toBe('signed_in')
  })

  test('its removal of a second factor removes the passkeys', async () => {
    const { id, own } = await person()
    const { credential } = await add(own)
    const entry = {
      id: newId(),
      tenantId,
      at: new Date(),
      actor: 'ops',
      action: 'staff.second_factor_removed',
    }
    await database.db.auditEntry.create({ data: { ...entry, target: id, data: {} } })
    expect((await enter(credential)).answer.statusCode).toBe(401)
  })
})

test('challenges whose time is over are deleted by their retention', async () => {
  const { deleteOldRows } = await import('../../../src/staff/tasks.ts')
  await browser().ask('POST', '/session/passkey/options')
  clock.advance(6 * 60_000)
  await browser().ask('POST', '/session/passkey/options')
  await deleteOldRows({ db: database.db, pool: database.pool, clock } as never)
  expect(await database.db.passkeyChallenge.count()).toBe(1)
})
