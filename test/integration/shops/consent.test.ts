import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createControllableClock } from '../../../sandbox/kit/clock.ts'
import { type AmazonSimulator, NO_QUOTAS, startAmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { startYahooSimulator, type YahooSimulator } from '../../../sandbox/malls/yahoo/index.ts'
import type { ClientRole } from '../../../src/http/app-types.ts'
import { SESSION_COOKIE, type SessionState } from '../../../src/http/auth.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import type { Marketplaces } from '../../../src/marketplaces/index.ts'
import { createRakuten } from '../../../src/marketplaces/rakuten/index.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { raiseAttention } from '../../../src/shops/attention.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type ConsentRig, consentRig, PUBLIC_URL } from '../../support/malls/consent-rig.ts'

const SHOP = 'hoshizora-tools'
const SELLER = 'A2EXAMPLESELLER'
const MINUTE_MS = 60_000

let database: TestDatabase
let yahoo: YahooSimulator
let amazon: AmazonSimulator
let malls: Marketplaces
let rig: ConsentRig

beforeAll(async () => {
  database = await freshDatabase()
})

beforeEach(async () => {
  const clock = createControllableClock()
  yahoo = await startYahooSimulator({
    clock,
    shops: [
      { code: SHOP, name: '星空道具店' },
      { code: 'other-store', name: '別の店' },
    ],
  })
  amazon = await startAmazonSimulator({
    clock,
    shops: [{ code: SELLER, name: '見本ストア' }],
    quotas: NO_QUOTAS,
  })
  malls = new Map(
    [
      createYahoo({ apiUrl: yahoo.url, authUrl: yahoo.url, requestsPerSecond: 1_000 }),
      createAmazon({ apiUrl: amazon.url, authUrl: amazon.url, consentUrl: amazon.url }),
      createRakuten({ apiUrl: 'http://127.0.0.1:9', requestsPerSecond: 1 }),
    ].map((mall) => [mall.name, mall]),
  )
  rig = await consentRig(database, malls, { clock })
})

afterEach(async () => {
  await rig.close()
  await yahoo.close()
  await amazon.close()
})

afterAll(() => database?.close())

const yahooShop = (more: Record<string, unknown> = {}) =>
  rig.makeShop({ marketplace: 'yahoo', code: SHOP, credentials: yahoo.credentialsFor(SHOP), ...more })

const row = (id: string) => database.db.shop.findUniqueOrThrow({ where: { id } })
const consentRow = (shopId: string) => database.db.consentRequest.findFirstOrThrow({ where: { shopId } })

async function begun(shopId: string, body?: object): Promise<string> {
  const answer = await rig.begin(shopId, body)
  expect(answer.statusCode).toBe(200)
  return answer.json().url
}

describe('the whole way at Yahoo!', () => {
  test('a dead session comes back: tokens stored, attention gone, shop woken, told in Japanese', async () => {
    const id = await yahooShop()
    const before = await rig.credentialsOf(id)
    const dead = { code: 'YAHOO_SESSION_ENDED', message: '同意', credentialsVersion: 1, at: new Date() }
    await raiseAttention(database.db, id, dead)

    const answer = await rig.begin(id)
    const minutes = (Date.parse(answer.json().expiresAt) - rig.clock.now()) / MINUTE_MS
    expect(minutes).toBeGreaterThan(9.5)
    expect(minutes).toBeLessThanOrEqual(10)
    const url = new URL(answer.json().url)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: before.clientId,
      redirect_uri: `${PUBLIC_URL}/oauth/yahoo/callback`,
      code_challenge_method: 'S256',
      bail: '1',
    })
    const page = await rig.back(await rig.consentAt(url.href))

    expect(page.statusCode).toBe(200)
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': expect.stringContaining('noindex'),
    })
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(page.body).toContain('同意を保存しました')
    expect(page.body).toContain('ヤフーテスト店')
    expect(page.body).not.toMatch(/<script|onload|http:/)
    const after = await rig.credentialsOf(id)
    expect(after).toMatchObject({
      ...before,
      refreshToken: yahoo.consents.of(SHOP)?.refreshToken,
      consentedAt: expect.any(String),
    })
    expect(after.refreshToken).not.toBe(before.refreshToken)
    const shop = await row(id)
    expect(shop).toMatchObject({
      credentialsVersion: 2,
      attentionCode: null,
      attentionSince: null,
      laneClosedUntil: null,
    })
    expect(Object.keys(shop.credentialsSetAt as object)).toContain('refreshToken')
    expect(rig.woken).toEqual([id])
    expect(await consentRow(id)).toMatchObject({
      outcome: 'stored',
      sealedSecrets: null,
      usedAt: expect.any(Date),
    })
    expect(await database.db.credentialCheck.findUnique({ where: { shopId: id } })).toMatchObject({
      credentialsVersion: 2,
      expiries: [{ what: expect.stringContaining('同意') }],
      code: null,
    })
    const audit = await database.db.auditEntry.findMany({ where: { target: id }, orderBy: { at: 'asc' } })
    expect(audit.map((entry) => [entry.action, entry.actor.slice(0, 4)])).toEqual([
      ['shop.consent_begun', 'key:'],
      ['shop.consent_ended', 'key:'],
    ])
    const code = new URL(`http://x${await rig.consentAt(url.href)}`).searchParams.get('code') ?? ''
    const state = url.searchParams.get('state') ?? ''
    const seen = [
      page.body,
      JSON.stringify(audit),
      rig.log.join(''),
      JSON.stringify(await consentRow(id)),
    ].join('\n')
    for (const secret of [state, code, after.refreshToken as string, after.clientSecret as string])
      expect(seen).not.toContain(secret)
  })

  test('a new shop needs only its application; what was given is stored with the consent', async () => {
    const id = await yahooShop({ sealedCredentials: null, credentialsVersion: 0 })
    const { clientId, clientSecret, publicKey, publicKeyVersion } = yahoo.credentialsFor(SHOP)
    const given = { clientId: ` ${clientId} `, clientSecret, publicKey, publicKeyVersion }
    const page = await rig.back(await rig.consentAt(await begun(id, { credentials: given })))
    expect(page.body).toContain('同意を保存しました')
    expect(await rig.credentialsOf(id)).toMatchObject({
      clientId,
      clientSecret,
      publicKey,
      refreshToken: expect.any(String),
    })
    expect((await row(id)).credentialsVersion).toBe(1)
  })

  test('what somebody saved while the person consented stays', async () => {
    const id = await yahooShop()
    const path = await rig.consentAt(await begun(id))
    await rig.rest.app.inject({
      method: 'PATCH',
      url: `/v1/shops/${id}`,
      headers: rig.headers,
      payload: { credentials: { publicKey: null } },
    })
    await rig.back(path)
    const after = await rig.credentialsOf(id)
    expect(after.publicKey).toBeUndefined()
    expect(after.publicKeyVersion).toBeUndefined()
    expect((await row(id)).credentialsVersion).toBe(3)
  })

  test('a key that Yahoo! does not take is known at once', async () => {
    yahoo.change({ keyVersion: '9' })
    const id = await yahooShop({ credentials: { ...yahoo.credentialsFor(SHOP), publicKeyVersion: '1' } })
    const page = await rig.back(await rig.consentAt(await begun(id)))
    expect(page.body).toContain('公開鍵認証が認められていません')
    expect(await database.db.shopNotice.findMany({ where: { shopId: id } })).toMatchObject([
      { code: 'YAHOO_KEY_NOT_AUTHORISED' },
    ])
  })

  test('stored all the same when the mall has another objection', async () => {
    yahoo.change({ allowedIps: ['192.0.2.1'] })
    const id = await yahooShop()
    const page = await rig.back(await rig.consentAt(await begun(id)))
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('接続元IPアドレス')
    expect((await row(id)).credentialsVersion).toBe(2)
  })
})

describe('nothing is stored', () => {
  async function unchanged(id: string, before: Record<string, unknown>) {
    expect(await rig.credentialsOf(id)).toEqual(before)
    expect(await row(id)).toMatchObject({ credentialsVersion: 1 })
    expect(rig.woken).toEqual([])
  }

  let id: string
  let before: Record<string, unknown>
  beforeEach(async () => {
    id = await yahooShop()
    before = await rig.credentialsOf(id)
  })
  afterEach(() => unchanged(id, before))

  test('when the person refuses', async () => {
    const page = await rig.back(await rig.consentAt(await begun(id), { approve: 'no' }))
    expect(page.body).toContain('同意されませんでした')
    expect(await consentRow(id)).toMatchObject({ outcome: 'refused', sealedSecrets: null })
  })

  test.each(['', '?code=x', '?state=', '?code=x&state=unknown', '?code=x&state=a&state=b'])(
    'for a callback with %j',
    async (query) => {
      const page = await rig.back(`/oauth/yahoo/callback${query}`)
      expect(page.statusCode).toBe(400)
      expect(page.body).toContain('この手続きは確認できません')
      expect(page.headers['content-type']).toContain('text/html')
    },
  )

  test('for a state that is another mall’s', async () => {
    const path = await rig.consentAt(await begun(id))
    const page = await rig.back(path.replace('/yahoo/', '/amazon/'))
    expect(page.statusCode).toBe(400)
    expect((await consentRow(id)).usedAt).toBeNull()
  })

  test('for a state of ten minutes ago', async () => {
    const path = await rig.consentAt(await begun(id))
    rig.clock.advance(10 * MINUTE_MS)
    const page = await rig.back(path)
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain('有効期限が切れています')
    expect(yahoo.calls().token ?? 0).toBe(0)
  })

  test('for another state’s code: PKCE', async () => {
    const [one, two] = [await begun(id), await begun(id)]
    const code = new URLSearchParams((await rig.consentAt(one)).split('?')[1]).get('code') ?? ''
    const state = new URL(two).searchParams.get('state') ?? ''
    const page = await rig.back(`/oauth/yahoo/callback?code=${code}&state=${state}`)
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain('YAHOO_CODE_REFUSED')
  })

  test('when somebody without a right to the store consents', async () => {
    const page = await rig.back(await rig.consentAt(await begun(id), { shop: 'other-store' }))
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain('YAHOO_STORE_NOT_ALLOWED')
    expect(await consentRow(id)).toMatchObject({ outcome: 'YAHOO_STORE_NOT_ALLOWED' })
  })

  test.each([
    ['an error of the mall', 'error=invalid_scope', 400, 'YAHOO_CONSENT_ERROR'],
    ['a mall that is away', 'error=server_error', 502, 'YAHOO_CONSENT_ERROR'],
    ['an error that is markup', `error=${encodeURIComponent('<b>x')}`, 400, 'YAHOO_CONSENT_ERROR'],
    ['no answer at all', 'foo=bar', 400, 'CONSENT_NO_ANSWER'],
  ])('after %s', async (_, said, status, code) => {
    const state = new URL(await begun(id)).searchParams.get('state')
    const page = await rig.back(`/oauth/yahoo/callback?state=${state}&${said}`)
    expect(page.statusCode).toBe(status)
    expect(page.body).toContain(code)
    expect(page.body).not.toContain('<b>')
  })

  test.each([
    ['an HTML page with 200', { kind: '200-html' }, 502, 'YAHOO_GATEWAY_PAGE'],
    [
      'an error with 200',
      { kind: 'token-error', status: 200, error: 'invalid_client' },
      400,
      'YAHOO_CLIENT_REFUSED',
    ],
    ['503 for ever', { kind: '503-empty' }, 502, 'YAHOO_UNAVAILABLE'],
    [
      'no refresh token',
      { kind: 'token-body', status: 200, body: '{"access_token":"a"}' },
      400,
      'YAHOO_NO_REFRESH_TOKEN',
    ],
  ])('when the token endpoint answers %s', async (_, fault, status, code) => {
    const path = await rig.consentAt(await begun(id))
    yahoo.faults.set([{ ...fault, operation: 'token' }])
    const page = await rig.back(path)
    expect([page.statusCode, page.body.includes(code)]).toEqual([status, true])
    expect(page.body).toContain('保存されている認証情報は変わっていません')
  })
})

test('a token endpoint that stumbles once is asked again with the same code', async () => {
  const id = await yahooShop()
  const path = await rig.consentAt(await begun(id))
  yahoo.faults.set([{ kind: '503-html', operation: 'token', times: 1 }])
  expect((await rig.back(path)).body).toContain('同意を保存しました')
})

test('a state counts once: reloads, doubles and a HEAD before it change nothing', async () => {
  const id = await yahooShop()
  const path = await rig.consentAt(await begun(id))
  expect((await rig.rest.app.inject({ method: 'HEAD', url: path })).statusCode).toBe(405)
  const pages = await Promise.all([rig.back(path), rig.back(path), rig.back(path)])
  expect(pages.map((page) => page.statusCode).sort()).toEqual([200, 400, 400])
  // Refused here: the mall refuses a code that it has seen, too, and would hide that it was asked again.
  for (const page of pages.filter(({ statusCode }) => statusCode === 400))
    expect(page.body).toContain('すでに終わっています')
  const again = await rig.back(path)
  expect(again.statusCode).toBe(400)
  expect(again.body).toContain('すでに終わっています')
  expect((await row(id)).credentialsVersion).toBe(2)
})

test('a suspended tenant stores nothing', async () => {
  const id = await yahooShop()
  const path = await rig.consentAt(await begun(id))
  await database.db.tenant.update({ where: { id: rig.tenantId }, data: { status: 'suspended' } })
  expect((await rig.back(path)).statusCode).toBe(403)
  expect((await row(id)).credentialsVersion).toBe(1)
})

describe('beginning', () => {
  test('without PUBLIC_URL says what to set', async () => {
    const bare = await consentRig(database, malls, { publicUrl: null })
    const id = await bare.makeShop({
      marketplace: 'yahoo',
      code: SHOP,
      credentials: yahoo.credentialsFor(SHOP),
    })
    const answer = await bare.begin(id)
    expect(answer.json()).toMatchObject({ status: 422, code: 'NOT_CONFIGURED', setting: 'PUBLIC_URL' })
    expect(answer.json().detail).toContain('/oauth/yahoo/callback')
    await bare.close()
  })

  test('is not for malls without consents', async () => {
    const id = await rig.makeShop({ marketplace: 'rakuten' })
    expect((await rig.begin(id)).json()).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' })
  })

  test.each([
    [{}, ['credentials.clientId', 'credentials.clientSecret']],
    [{ credentials: { clientId: 'x' } }, ['credentials.clientSecret']],
    [{ credentials: { clientId: 'x', clientSecret: '全角' } }, ['credentials.clientSecret']],
    [{ credentials: { clientId: 'x', clientSecret: 'y', publicKey: 'no key' } }, ['credentials.publicKey']],
    [{ credentials: { clientId: 'x', clientSecret: 'y', secret: 'z' } }, ['credentials.secret']],
  ])('with %j names what the application needs', async (body, fields) => {
    const id = await yahooShop({ sealedCredentials: null, credentialsVersion: 0 })
    const answer = await rig.begin(id, body)
    expect(answer.statusCode).toBe(422)
    const named = answer.json().errors.map((error: { field: string }) => error.field)
    expect(named).toEqual(expect.arrayContaining(fields))
    expect(await database.db.consentRequest.count({ where: { shopId: id } })).toBe(0)
  })

  test('keeps no verifier and no state in clear', async () => {
    const id = await yahooShop()
    const url = new URL(await begun(id))
    const stored = await consentRow(id)
    const text = JSON.stringify({
      ...stored,
      secrets: Buffer.from(stored.sealedSecrets ?? []).toString('latin1'),
    })
    expect(text).not.toContain(url.searchParams.get('state'))
    expect(stored.stateHash).toHaveLength(32)
    expect(text).not.toContain('verifier')
  })
})

describe('Amazon', () => {
  const shop = (more: Record<string, unknown> = {}) =>
    rig.makeShop({ marketplace: 'amazon', code: SELLER, credentials: amazon.credentialsFor(SELLER), ...more })

  test('the whole way', async () => {
    const id = await shop()
    amazon.consents.revoke(SELLER)
    const url = await begun(id)
    expect(url).toContain('/apps/authorize/consent?application_id=amzn1.sp.solution.')
    const page = await rig.back(await rig.consentAt(url))
    expect(page.body).toContain('同意を保存しました')
    expect(await rig.credentialsOf(id)).toMatchObject({
      refreshToken: amazon.credentialsFor(SELLER).refreshToken,
      consentedAt: expect.any(String),
    })
  })

  test('the date of the old client secret does not outlive it', async () => {
    const credentials = amazon.credentialsFor(SELLER)
    const old = {
      clientSecret: `amzn1.oa2-cs.v1.${'0'.repeat(32)}`,
      secretIssuedAt: '2026-01-01T00:00:00+09:00',
    }
    const id = await shop({ credentials: { ...credentials, ...old } })
    const given = { credentials: { clientSecret: credentials.clientSecret } }
    expect((await rig.back(await rig.consentAt(await begun(id, given)))).body).toContain('同意を保存しました')
    const after = await rig.credentialsOf(id)
    expect(after.clientSecret).toBe(credentials.clientSecret)
    expect(after.secretIssuedAt).toBeUndefined()
  })

  test('a field that is taken away with the beginning is gone at the end', async () => {
    const noted = { ...amazon.credentialsFor(SELLER), secretIssuedAt: '2026-01-01T00:00:00+09:00' }
    const id = await shop({ credentials: noted })
    await rig.back(await rig.consentAt(await begun(id, { credentials: { secretIssuedAt: null } })))
    expect((await rig.credentialsOf(id)).secretIssuedAt).toBeUndefined()
  })

  test('another seller’s consent is refused', async () => {
    const id = await shop()
    const before = await rig.credentialsOf(id)
    const page = await rig.back(await rig.consentAt(await begun(id), { seller: 'A9SOMEBODYELSE' }))
    expect(page.body).toContain('AMAZON_OTHER_SELLER')
    expect(await rig.credentialsOf(id)).toEqual(before)
  })

  test('needs the application id', async () => {
    const { applicationId: _, ...credentials } = amazon.credentialsFor(SELLER)
    const answer = await rig.begin(await shop({ credentials }))
    expect(answer.json().errors).toMatchObject([{ field: 'credentials.applicationId' }])
  })

  test('the token endpoint’s refusals leave everything as it was', async () => {
    const id = await shop()
    const path = await rig.consentAt(await begun(id))
    rig.clock.advance(6 * MINUTE_MS)
    const page = await rig.back(path)
    expect(page.body).toContain('AMAZON_CODE_REFUSED')
    expect((await row(id)).credentialsVersion).toBe(1)
  })
})

describe('a consent that a program began', () => {
  test('ends in no other’s browser: it asks for the code, says for whom, and stores nothing', async () => {
    const id = await yahooShop()
    const before = await rig.credentialsOf(id)
    const path = await rig.consentAt(await begun(id))
    const lured = await rig.lured(path)
    expect([lured.statusCode, lured.body.includes('CONSENT_CODE_NEEDED')]).toEqual([200, true])
    expect(lured.body).toContain('契約店「株式会社テスト」')
    expect(lured.headers['content-security-policy']).toContain("form-action 'self'")
    expect(await rig.credentialsOf(id)).toEqual(before)
    expect(await consentRow(id)).toMatchObject({ usedAt: null, codeTries: 0 })
    // What the page sends back, with what a person makes of eight digits.
    const fields = [...lured.body.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replaceAll('&#38;', '&'),
    ])
    expect(Object.fromEntries(fields)).toEqual(Object.fromEntries(new URL(path, PUBLIC_URL).searchParams))
    expect((await rig.back(path)).body).toContain('同意を保存しました')
  })

  test('and the code may be typed wrong five times, by whoever', async () => {
    const id = await yahooShop()
    const before = await rig.credentialsOf(id)
    const path = await rig.consentAt(await begun(id))
    for (let tries = 0; tries < 5; tries += 1)
      expect((await rig.lured(path, 'なし')).body).toContain('CONSENT_CODE_WRONG')
    for (const page of [await rig.lured(path, '00000000'), await rig.back(path)])
      expect(page.body).toContain('CONSENT_CODE_TOO_OFTEN')
    expect(await rig.credentialsOf(id)).toEqual(before)
  })

  test('a code of another consent counts nowhere else, and full-width digits are digits', async () => {
    const id = await yahooShop()
    const one = (await rig.begin(id)).json()
    const two = (await rig.begin(id)).json()
    expect(one.code).toMatch(/^\d{8}$/)
    const path = await rig.consentAt(one.url)
    expect((await rig.lured(path, two.code)).body).toContain('CONSENT_CODE_WRONG')
    const wide = [...one.code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('')
    const typed = encodeURIComponent(`${wide.slice(0, 4)}ー${wide.slice(4)}`)
    expect((await rig.lured(path, typed)).body).toContain('同意を保存しました')
    const { rows } = await database.pool.query('select c::text as row from consent_requests c')
    for (const { row } of rows) expect(row).not.toContain(one.code)
  })

  test('needs no code where an owner of its own tenant is signed in, and no other person will do', async () => {
    const person = { tenantId: '', role: 'owner' as ClientRole, state: 'signed_in' as SessionState }
    const own = await consentRig(database, malls, {
      clock: rig.clock,
      signedIn: () => ({
        id: 'session',
        accountId: 'person',
        state: person.state,
        auth: { kind: 'client', tenantId: person.tenantId, role: person.role, accountId: 'person' },
      }),
    })
    try {
      const id = await own.makeShop({
        marketplace: 'yahoo',
        code: SHOP,
        credentials: yahoo.credentialsFor(SHOP),
      })
      const path = await own.consentAt((await own.begin(id)).json().url)
      const cookies = { [SESSION_COOKIE]: 's'.repeat(43) }
      const visit = async (more: Partial<typeof person>) => {
        Object.assign(person, { tenantId: own.tenantId, role: 'owner', state: 'signed_in' }, more)
        return (await own.rest.app.inject({ url: path, cookies })).body
      }
      for (const more of [
        { tenantId: rig.tenantId },
        { role: 'staff' as const },
        { state: 'second_factor_required' as const },
      ])
        expect(await visit(more)).toContain('CONSENT_CODE_NEEDED')
      expect(await visit({})).toContain('同意を保存しました')
    } finally {
      await own.close()
    }
  })
})
