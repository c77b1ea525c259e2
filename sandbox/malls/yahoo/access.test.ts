import { constants, createHash, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decrypt } from './gate.ts'
import { OTHER, SHOP, type TestClient, testClient } from './test-client.ts'

const HOUR_MS = 3_600_000
let client: TestClient
beforeEach(async () => {
  client = await testClient()
})
afterEach(() => client.mall.close())

const count = (options = {}) => client.call('orderCount', null, options)

describe('YConnect', () => {
  it('exchanges a code for tokens once, to the same address only', async () => {
    const { clientId } = client.mall.credentialsFor(SHOP)
    const redirectUri = 'https://client.example/back'
    const verifier = 'v'.repeat(50)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId as string,
      redirect_uri: redirectUri,
      state: 's1',
      scope: 'openid',
      bail: '1',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    const authorize = async () => {
      const answer = await fetch(`${client.mall.authUrl}/yconnect/v2/authorization?${query}`, {
        redirect: 'manual',
      })
      expect(answer.status).toBe(302)
      return new URL(answer.headers.get('location') ?? '')
    }
    const back = await authorize()
    expect(back.searchParams.get('state')).toBe('s1')
    const code = back.searchParams.get('code') ?? ''
    const exchange = (form: Record<string, string>) =>
      client.token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...form,
      })
    const first = await exchange({})
    expect(first.json).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(first.json.refresh_token).toBe(client.mall.credentialsFor(SHOP).refreshToken)
    expect(await exchange({})).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    const other = (await authorize()).searchParams.get('code') ?? ''
    expect(await exchange({ code: other, redirect_uri: 'https://other.example/' })).toMatchObject({
      status: 400,
    })
    const unverified = (await authorize()).searchParams.get('code') ?? ''
    expect(await exchange({ code: unverified, code_verifier: 'wrong' })).toMatchObject({ status: 400 })
  })

  it('asks on a page when it shall, and takes no for an answer', async () => {
    client.mall.change({ autoApprove: false })
    const { clientId } = client.mall.credentialsFor(SHOP)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId as string,
      redirect_uri: 'https://client.example/back',
    })
    const url = `${client.mall.authUrl}/yconnect/v2/authorization?${query}`
    const asked = await fetch(url)
    expect(await asked.text()).toContain('同意する')
    const refused = await fetch(`${url}&approve=no`, { redirect: 'manual' })
    expect(refused.headers.get('location')).toContain('error=access_denied')
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['an unknown one', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, form, status, error) => {
    expect(await client.token(form)).toMatchObject({ status, json: { error } })
  })

  it('takes the client as form fields and refuses a wrong one', async () => {
    const { clientId, clientSecret, refreshToken } = client.mall.credentialsFor(SHOP)
    const post = (form: Record<string, unknown>) =>
      fetch(`${client.mall.authUrl}/yconnect/v2/token`, {
        method: 'POST',
        body: new URLSearchParams(form as Record<string, string>),
      })
    const grant = { grant_type: 'refresh_token', refresh_token: refreshToken }
    expect((await post({ ...grant, client_id: clientId, client_secret: clientSecret })).status).toBe(200)
    const wrong = await post({ ...grant, client_id: clientId, client_secret: 'no' })
    expect(wrong.status).toBe(401)
    expect(await wrong.json()).toMatchObject({ error: 'invalid_client' })
  })

  it('ends the refresh token with four weeks or a withdrawn consent', async () => {
    const grant = () =>
      client.token({
        grant_type: 'refresh_token',
        refresh_token: client.mall.credentialsFor(SHOP).refreshToken as string,
      })
    client.mall.clock.advance(28 * 24 * HOUR_MS)
    expect(await grant()).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    client.mall.consents.consent([SHOP])
    expect((await grant()).status).toBe(200)
    client.mall.consents.revoke(SHOP)
    expect((await grant()).status).toBe(400)
  })
})

describe('the gateway', () => {
  it('answers a good call, and says how the key did', async () => {
    const reply = await count()
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-sws-authorize-status')).toBe('authorized')
  })

  it.each<[string, () => Promise<object>, number, string | undefined, RegExp]>([
    ['no token', async () => ({ bearer: null }), 401, undefined, /Service Requires Authentication/],
    ['an unknown token', async () => ({ bearer: 'x' }), 401, undefined, /invalid token format/],
    [
      'an unknown store',
      async () => ({ bearer: await client.login(OTHER) }),
      403,
      'px-14304',
      /not permitted/,
    ],
    [
      'another address',
      async () => {
        client.mall.change({ allowedIps: ['203.0.113.1'] })
        return {}
      },
      403,
      'px-04306',
      /IP/,
    ],
    [
      'a withdrawn consent',
      async () => {
        await client.login()
        client.mall.consents.revoke(SHOP)
        return {}
      },
      403,
      'px-04307',
      /not permitted/,
    ],
  ])('refuses %s', async (_, options, status, code, message) => {
    const reply = await count(await options())
    expect(reply).toMatchObject({ status, root: 'Error', code })
    expect(reply.message).toMatch(message)
  })

  it('ends an access token after an hour, without a code and with WWW-Authenticate', async () => {
    await client.login()
    client.mall.clock.advance(HOUR_MS)
    const reply = await count()
    expect(reply).toMatchObject({ status: 401, code: undefined })
    expect(reply.headers.get('www-authenticate')).toContain('error_description="expired token"')
    expect(reply.message).toContain(reply.headers.get('www-authenticate'))
  })

  it('ends the session after twelve hours without a good key', async () => {
    client.mall.clock.advance(12 * HOUR_MS)
    expect(await count({ signed: false })).toMatchObject({ status: 401, code: 'px-04102' })
    expect((await count()).status).toBe(200)
  })

  it('knows no other path', async () => {
    expect(await client.call('orderDelete', null)).toMatchObject({ status: 404, code: 'px-04400' })
  })

  it('blocks what goes on above the rate, as configured', async () => {
    client.mall.change({ requestsPerSecond: 1, blockSeconds: 60 })
    await client.login()
    const statuses: number[] = []
    for (let n = 0; n < 6; n += 1) statuses.push((await count()).status)
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200])
    expect(statuses.at(-1)).toBe(403)
    client.mall.change({ blockStatus: 429 })
    expect((await count()).status).toBe(429)
  })

  it('counts the day', async () => {
    client.mall.change({ dailyCap: 2 })
    expect([(await count()).status, (await count()).status]).toEqual([200, 200])
    expect(await count()).toMatchObject({
      status: 403,
      code: undefined,
      message: 'Your Request was Forbidden',
    })
    client.mall.clock.advance(24 * HOUR_MS)
    await client.login()
    expect((await count()).status).toBe(200)
  })
})

describe('the key check', () => {
  const encrypt = (text: string, key = client.mall.credentialsFor(SHOP).publicKey as string) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(text)).toString('base64')
  const seconds = () => Math.floor(client.mall.clock.now() / 1000)

  it.each<[string, () => Record<string, string>, string]>([
    ['no headers', () => ({}), 'none'],
    ['a version that is no number', () => ({ 'x-sws-signature-version': 'a' }), 'invalid-key-version'],
    ['an unknown version', () => ({ 'x-sws-signature-version': '9' }), 'not-found-key-version'],
    ['no signature', () => ({ 'x-sws-signature-version': '1' }), 'invalid-authorize-value'],
    [
      'rubbish',
      () => ({ 'x-sws-signature-version': '1', 'x-sws-signature': 'AAAA' }),
      'invalid-authorize-value',
    ],
    [
      'another key',
      () => ({
        'x-sws-signature-version': '1',
        'x-sws-signature': encrypt(
          `${SHOP}:${seconds()}`,
          generateKeyPairSync('rsa', { modulusLength: 2048 })
            .publicKey.export({ type: 'spki', format: 'pem' })
            .toString(),
        ),
      }),
      'invalid-authorize-value',
    ],
    [
      'another store',
      () => ({ 'x-sws-signature-version': '1', 'x-sws-signature': encrypt(`${OTHER}:${seconds()}`) }),
      'invalid-sellerid',
    ],
    [
      'no time',
      () => ({ 'x-sws-signature-version': '1', 'x-sws-signature': encrypt(`${SHOP}:now`) }),
      'invalid-timestamp',
    ],
    [
      'an old time',
      () => ({ 'x-sws-signature-version': '1', 'x-sws-signature': encrypt(`${SHOP}:${seconds() - 3600}`) }),
      'expired-timestamp',
    ],
    [
      'a good one',
      () => ({ 'x-sws-signature-version': '1', 'x-sws-signature': encrypt(`${SHOP}:${seconds()}`) }),
      'authorized',
    ],
  ])('says of %s', async (_, headers, status) => {
    const reply = await count({ signed: false, headers: headers() })
    // Within the first twelve hours a failing check fails nothing.
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-sws-authorize-status')).toBe(status)
  })

  it('sees an expired key', async () => {
    client.mall.change({ keyExpired: true })
    expect((await count()).headers.get('x-sws-authorize-status')).toBe('expired-key-version')
  })

  it('decrypts only whole PKCS#1 v1.5 blocks', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const raw = (block: Buffer) =>
      publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block).toString('base64')
    const block = (head: number[], fill: number, text: string) =>
      Buffer.concat([
        Buffer.from(head),
        Buffer.alloc(256 - head.length - 1 - text.length, fill),
        Buffer.from([0]),
        Buffer.from(text),
      ])
    expect(decrypt(privateKey, raw(block([0, 2], 7, 'a:1')))).toBe('a:1')
    expect(decrypt(privateKey, raw(block([0, 1], 7, 'a:1')))).toBeNull()
    expect(
      decrypt(privateKey, raw(Buffer.concat([Buffer.from([0, 2, 7, 0]), Buffer.alloc(252, 65)]))),
    ).toBeNull()
    expect(decrypt(privateKey, raw(Buffer.concat([Buffer.from([0, 2]), Buffer.alloc(254, 7)])))).toBeNull()
  })
})
