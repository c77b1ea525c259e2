import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxFault } from '../../../sandbox/kit/faults.ts'
import type { FailureKind } from '../../../src/marketplaces/port/failures.ts'
import { memoryTokens } from '../../support/malls/test-kit.ts'
import { failureOf, fetchOne, found, SHOP, type YahooKit, yahooKit } from './test-kit.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

let kit: YahooKit
let number: string
beforeEach(async () => {
  kit = await yahooKit()
  number = kit.mall.place().orderNumber
})
afterEach(() => kit.close())

const tokenCalls = () => kit.mall.calls().token ?? 0

describe('access tokens', () => {
  it('are made once and used until shortly before their end', async () => {
    const { session } = kit.open()
    await found(session, number)
    kit.mall.clock.advance(55 * MINUTE_MS)
    await found(session, number)
    expect(tokenCalls()).toBe(1)
    // Three minutes ahead: the old token still holds, and is replaced all the same.
    kit.mall.clock.advance(3 * MINUTE_MS)
    await found(session, number)
    expect(tokenCalls()).toBe(2)
    expect(kit.mall.callLog().filter((call) => call.status === 401)).toEqual([])
  })

  it('are shared by all who use the shop’s store', async () => {
    const tokens = memoryTokens()
    await Promise.all([1, 2, 3].map(() => found(kit.open({ tokens }).session, number)))
    expect(tokenCalls()).toBe(1)
  })

  it('are made anew when the credentials changed', async () => {
    const tokens = memoryTokens()
    await found(kit.open({ tokens }).session, number)
    kit.mall.consents.consent([SHOP])
    await found(kit.open({ tokens }).session, number)
    expect(tokenCalls()).toBe(2)
  })

  it('live shorter than the margin without being asked for on each call', async () => {
    kit.mall.change({ accessTokenSeconds: 60 })
    const { session } = kit.open()
    await found(session, number)
    await found(session, number)
    expect(tokenCalls()).toBe(1)
  })
})

describe('a machine that is suspended between token and call', () => {
  const asleep = (times: number) => {
    const opened = kit.open()
    opened.tools.lane.take = async () => {
      if (times > 0) kit.mall.clock.advance(12 * 60 * MINUTE_MS)
      times -= 1
    }
    return opened.session
  }

  it('twice in a row asks again: what ran out on its way says nothing of the consent', async () => {
    await found(asleep(2), number)
    expect(tokenCalls()).toBe(3)
  })

  it('again and again gives up', async () => {
    expect(await failureOf(fetchOne(asleep(100), number))).toMatchObject({ code: 'YAHOO_TOKEN_REFUSED' })
    // The last only to learn whether the consent has ended meanwhile.
    expect(tokenCalls()).toBe(11)
  })
})

describe('refresh tokens', () => {
  it('stay when the answer brings none', async () => {
    const { session } = kit.open()
    for (let hours = 0; hours < 3; hours += 1) {
      await found(session, number)
      kit.mall.clock.advance(60 * MINUTE_MS)
    }
    expect(tokenCalls()).toBe(3)
  })

  it('are replaced when the answer brings one, and the new one is used next', async () => {
    kit.mall.change({ rotateRefreshToken: true })
    const { session } = kit.open()
    for (let hours = 0; hours < 3; hours += 1) {
      await found(session, number)
      kit.mall.clock.advance(60 * MINUTE_MS)
    }
    expect(tokenCalls()).toBe(3)
  })

  it('end four weeks after the consent, used or not; a new consent heals it', async () => {
    const { session } = kit.open()
    await found(session, number)
    kit.mall.clock.advance(28 * DAY_MS)
    const failure = await failureOf(fetchOne(session, number))
    expect(failure).toMatchObject({
      kind: 'unauthorised',
      code: 'YAHOO_CONSENT_ENDED',
      mallCode: 'invalid_grant',
    })
    expect(failure.renew).toContain('同意')
    kit.mall.consents.consent([SHOP])
    await found(kit.open().session, number)
  })
})

describe('the twelve hours of the order API', () => {
  it('end the session without a key, whatever the refresh token says', async () => {
    const { session, tools } = kit.open({
      credentials: { publicKey: undefined, publicKeyVersion: undefined },
    })
    await found(session, number)
    expect(tools.notices).toMatchObject([{ code: 'YAHOO_KEY_MISSING' }])
    kit.mall.clock.advance(DAY_MS / 2)
    expect(await failureOf(fetchOne(session, number))).toMatchObject({
      kind: 'unauthorised',
      code: 'YAHOO_SESSION_ENDED',
    })
  })

  it('do not count with a key that Yahoo! accepts', async () => {
    const { session, tools } = kit.open()
    await found(session, number)
    kit.mall.clock.advance(20 * DAY_MS)
    await found(session, number)
    expect(tools.notices).toEqual([])
  })
})

describe('what the token endpoint can answer instead', () => {
  it.each<[string, Omit<SandboxFault, 'kind'> & { kind?: string }, FailureKind, string]>([
    ['invalid_grant, 400', { status: 400, error: 'invalid_grant' }, 'unauthorised', 'YAHOO_CONSENT_ENDED'],
    ['invalid_grant, 401', { status: 401, error: 'invalid_grant' }, 'unauthorised', 'YAHOO_CONSENT_ENDED'],
    [
      'an error with HTTP 200',
      { status: 200, error: 'invalid_grant' },
      'unauthorised',
      'YAHOO_CONSENT_ENDED',
    ],
    ['invalid_client', { status: 401, error: 'invalid_client' }, 'unauthorised', 'YAHOO_CLIENT_REFUSED'],
    [
      'unauthorized_client',
      { status: 400, error: 'unauthorized_client' },
      'unauthorised',
      'YAHOO_CLIENT_REFUSED',
    ],
    [
      'an error nobody knows',
      { status: 400, error: 'new_error' },
      'unauthorised',
      'YAHOO_TOKEN_REQUEST_REFUSED',
    ],
    ['server_error', { status: 400, error: 'server_error' }, 'unavailable', 'YAHOO_AUTH_UNAVAILABLE'],
    ['an error with 503', { status: 503, error: 'invalid_grant' }, 'unavailable', 'YAHOO_AUTH_UNAVAILABLE'],
    [
      'no token in it',
      { status: 200, body: '{"token_type":"Bearer"}' },
      'unavailable',
      'YAHOO_TOKEN_UNREADABLE',
    ],
    [
      'an empty token',
      { status: 200, body: '{"access_token":" "}' },
      'unavailable',
      'YAHOO_TOKEN_UNREADABLE',
    ],
    ['no JSON', { status: 200, body: 'ok' }, 'unavailable', 'YAHOO_TOKEN_UNREADABLE'],
    ['a redirect', { status: 302, body: '' }, 'unavailable', 'YAHOO_EMPTY_ANSWER'],
    ['200 HTML', { kind: '200-html' }, 'unavailable', 'YAHOO_GATEWAY_PAGE'],
    ['200 empty', { kind: '200-empty' }, 'unavailable', 'YAHOO_EMPTY_ANSWER'],
    ['429', { kind: '429' }, 'throttled', 'YAHOO_THROTTLED'],
    ['500', { kind: '500' }, 'unavailable', 'YAHOO_SERVER_ERROR'],
    ['503 HTML', { kind: '503-html' }, 'unavailable', 'YAHOO_UNAVAILABLE'],
    ['200 MB', { kind: 'huge' }, 'unavailable', 'YAHOO_TOKEN_UNREADABLE'],
    ['a cut connection', { kind: 'cut' }, 'unavailable', 'YAHOO_CONNECTION_BROKEN'],
  ])('%s', async (_, fault, kind, code) => {
    kit.mall.faults.set([{ kind: 'token-error', ...fault, operation: 'token' }])
    const failure = await failureOf(fetchOne(kit.open().session, number))
    expect(failure).toMatchObject({ kind, code })
    // What the endpoint says may hold a token.
    if (code === 'YAHOO_TOKEN_UNREADABLE') expect(failure.raw ?? '').toBe('')
    kit.mall.faults.clear()
    await found(kit.open().session, number)
  })

  it('reads a numeric string as the life of a token', async () => {
    const { mall } = kit
    const consent = mall.consents.of(SHOP)
    if (!consent) throw new Error('no consent')
    const body = JSON.stringify({
      access_token: mall.consents.issueAccessToken(consent),
      token_type: 'bearer',
      expires_in: '3600',
    })
    mall.faults.set([{ kind: 'token-error', status: 200, body, operation: 'token', times: 1 }])
    const { session } = kit.open()
    await found(session, number)
    kit.mall.clock.advance(50 * MINUTE_MS)
    await found(session, number)
    expect(tokenCalls()).toBe(1)
  })

  it('tries the registered token when only the rotated one died', async () => {
    const { session } = kit.open()
    const consent = kit.mall.consents.of(SHOP)
    if (!consent) throw new Error('no consent')
    const body = JSON.stringify({
      access_token: kit.mall.consents.issueAccessToken(consent),
      refresh_token: 'dead',
    })
    kit.mall.faults.set([{ kind: 'token-error', status: 200, body, operation: 'token', times: 1 }])
    await found(session, number)
    kit.mall.clock.advance(60 * MINUTE_MS)
    await found(session, number)
    expect(tokenCalls()).toBe(3)
  })
})
