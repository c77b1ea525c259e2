import { describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import type { HttpRequest } from '../../platform/http/http-client.ts'
import { yahooConsent } from './auth.ts'

const flow = yahooConsent('https://auth.example')
const ASK = {
  shopCode: 'store',
  credentials: { clientId: 'id', clientSecret: 'secret' },
  nonce: 'n-1',
  redirectUri: 'https://here.example/oauth/yahoo/callback',
}

/** Exchanges a code at an endpoint that answers `body`. */
function exchange(body: object, status = 200) {
  const requests: HttpRequest[] = []
  const http = {
    request: async (request: HttpRequest) => {
      requests.push(request)
      return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) }
    },
  }
  const tools = { http, clock: { ...systemClock, now: () => Date.parse('2026-01-15T03:00:00Z') } }
  const signal = new AbortController().signal
  const result = flow.exchange({ ...ASK, code: 'the-code', verifier: 'the-verifier', tools, signal })
  return { result, requests }
}

const idToken = (payload: object) => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.y`
const TOKENS = { access_token: 'a', expires_in: 3600, refresh_token: 'r' }

describe('exchange', () => {
  it('sends the code with its verifier and the very redirect address, the client by Basic', async () => {
    const { result, requests } = exchange({ ...TOKENS, id_token: idToken({ nonce: 'n-1' }) })
    expect(await result).toEqual({ refreshToken: 'r', consentedAt: '2026-01-15T12:00:00+09:00' })
    expect(requests).toHaveLength(1)
    expect(requests[0]?.headers?.authorization).toBe(`Basic ${Buffer.from('id:secret').toString('base64')}`)
    expect(Object.fromEntries(new URLSearchParams(String(requests[0]?.body)))).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: ASK.redirectUri,
      code_verifier: 'the-verifier',
    })
  })

  it('refuses tokens of another session', async () => {
    const { result } = exchange({ ...TOKENS, id_token: idToken({ nonce: 'n-2' }) })
    await expect(result).rejects.toMatchObject({ kind: 'rejected', code: 'YAHOO_NONCE_MISMATCH' })
  })

  it.each([undefined, 'opaque', idToken({}), 'x.%%.y'])(
    'an id token that says nothing (%j) is no hindrance',
    async (id_token) => {
      expect(await exchange({ ...TOKENS, id_token }).result).toMatchObject({ refreshToken: 'r' })
    },
  )

  it('a code that Yahoo! does not take means to begin anew, not that the stored consent ended', async () => {
    const { result } = exchange({ error: 'invalid_grant' }, 400)
    await expect(result).rejects.toMatchObject({ kind: 'rejected', code: 'YAHOO_CODE_REFUSED' })
  })
})

describe('answers', () => {
  it('are a code, a refusal, an error, or nothing of the kind', () => {
    expect(flow.readAnswer({ code: 'c' }, 'store')).toEqual({ kind: 'code', code: 'c' })
    expect(flow.readAnswer({ error: 'access_denied' }, 'store')).toEqual({ kind: 'refused' })
    expect(flow.readAnswer({ error: 'x', code: 'c' }, 'store')).toMatchObject({ kind: 'failed' })
    expect(flow.readAnswer({ code: '' }, 'store')).toBeNull()
  })
})

it('the page’s address holds all that Yahoo! asks for', () => {
  const url = new URL(flow.authorisationUrl({ ...ASK, state: 's', codeChallenge: 'c' }))
  expect(`${url.origin}${url.pathname}`).toBe('https://auth.example/yconnect/v2/authorization')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'id',
    redirect_uri: ASK.redirectUri,
    scope: 'openid',
    bail: '1',
    state: 's',
    nonce: 'n-1',
    code_challenge: 'c',
    code_challenge_method: 'S256',
  })
  expect(url.href).not.toContain('secret')
})
