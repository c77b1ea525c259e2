import { createHash } from 'node:crypto'
import type { Clock } from '../../../src/platform/clock.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import type { SimShop } from '../../kit/types.ts'
import type { YahooSettings } from './settings.ts'

/** YConnect's memory: consents, codes and tokens. Times are milliseconds of the sandbox's clock. */

interface Consent {
  sellers: string[]
  consentedAt: number
  refreshToken: string
  revoked: boolean
}

export interface AccessToken {
  consent: Consent
  expiresAt: number
}

interface Code {
  consent: Consent
  redirectUri: string
  challenge: { value: string; method: string } | null
  expiresAt: number
}

export interface Consents {
  /** The store's person consents, again or for the first time. */
  consent(sellers: string[]): Consent
  /** The newest consent for a store. */
  of(seller: string): Consent | undefined
  revoke(seller: string): void
  issueCode(consent: Consent, redirectUri: string, challenge: Code['challenge']): string
  /** Single use. */
  redeemCode(code: string, redirectUri: string, verifier: string | null): Consent | null
  /** Null when the refresh token is unknown, revoked or older than four weeks. */
  byRefreshToken(token: string): Consent | null
  issueAccessToken(consent: Consent): string
  accessToken(token: string): AccessToken | undefined
  /** A new refresh token for the consent; the old one ends. */
  rotate(consent: Consent): string
}

const CODE_MS = 10 * 60 * 1000
const REFRESH_MS = 28 * 24 * 60 * 60 * 1000

export function createConsents(seed: number, clock: Clock, settings: YahooSettings, keep: Keep): Consents {
  const consents = keep('consents', () => new Map<string, Consent>())
  const byRefresh = keep('refresh tokens', () => new Map<string, Consent>())
  const codes = keep('codes', () => new Map<string, Code>())
  const accessTokens = keep('access tokens', () => new Map<string, AccessToken>())
  const secrets = keep('secrets', () => ({ issued: 0 }))

  function secret(what: string): string {
    secrets.issued += 1
    return createHash('sha256').update(`${seed}:${what}:${secrets.issued}`).digest('base64url')
  }

  function setRefreshToken(consent: Consent, token: string): void {
    byRefresh.delete(consent.refreshToken)
    consent.refreshToken = token
    byRefresh.set(token, consent)
  }

  return {
    consent(sellers) {
      const known = consents.get(sellers[0] ?? '')
      const consent = known ?? { sellers, consentedAt: 0, refreshToken: '', revoked: false }
      consent.consentedAt = clock.now()
      consent.revoked = false
      if (consent.refreshToken === '' || !settings.keepRefreshToken)
        setRefreshToken(consent, secret('refresh'))
      for (const seller of sellers) consents.set(seller, consent)
      return consent
    },
    of: (seller) => consents.get(seller),
    revoke(seller) {
      const consent = consents.get(seller)
      if (consent) consent.revoked = true
    },
    issueCode(consent, redirectUri, challenge) {
      const code = secret('code')
      codes.set(code, { consent, redirectUri, challenge, expiresAt: clock.now() + CODE_MS })
      return code
    },
    redeemCode(code, redirectUri, verifier) {
      const found = codes.get(code)
      codes.delete(code)
      if (!found || found.redirectUri !== redirectUri || found.expiresAt <= clock.now()) return null
      return isVerified(found.challenge, verifier) ? found.consent : null
    },
    byRefreshToken(token) {
      const consent = byRefresh.get(token)
      if (!consent || consent.revoked || clock.now() >= consent.consentedAt + REFRESH_MS) return null
      return consent
    },
    issueAccessToken(consent) {
      const token = secret('access')
      accessTokens.set(token, { consent, expiresAt: clock.now() + settings.accessTokenSeconds * 1000 })
      return token
    },
    accessToken: (token) => accessTokens.get(token),
    rotate(consent) {
      setRefreshToken(consent, secret('refresh'))
      return consent.refreshToken
    },
  }
}

function isVerified(challenge: Code['challenge'], verifier: string | null): boolean {
  if (!challenge) return true
  if (verifier === null) return false
  const expected =
    challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
  return expected === challenge.value
}

// YConnect v2: the page on which a person consents, and the token endpoint.

interface YConnectOptions {
  clientId: string
  clientSecret: string
  shops: readonly SimShop[]
  consents: Consents
  settings: YahooSettings
}

/** `GET /yconnect/v2/authorization`. Consents by itself unless `autoApprove` is off; then a page asks. */
export function authorization(options: YConnectOptions, query: URLSearchParams): SandboxAnswer {
  const redirectUri = query.get('redirect_uri') ?? ''
  if (
    query.get('client_id') !== options.clientId ||
    query.get('response_type') !== 'code' ||
    !URL.canParse(redirectUri)
  ) {
    return page('このアプリケーションは確認できません', 400)
  }
  const seller = query.get('shop') ?? options.shops[0]?.code ?? ''
  if (!options.shops.some((shop) => shop.code === seller)) return page('ストアがありません', 400)
  if (query.get('approve') === 'no')
    return back(redirectUri, { error: 'access_denied', state: query.get('state') })
  if (!options.settings.autoApprove && query.get('approve') !== 'yes') return askPage(options.shops, query)
  const challenge = query.get('code_challenge')
  const method = query.get('code_challenge_method') ?? 'plain'
  const consent = options.consents.consent([seller])
  const code = options.consents.issueCode(
    consent,
    redirectUri,
    challenge ? { value: challenge, method } : null,
  )
  return back(redirectUri, { code, state: query.get('state') })
}

function back(redirectUri: string, values: Record<string, string | null>): SandboxAnswer {
  const target = new URL(redirectUri)
  for (const [name, value] of Object.entries(values)) if (value !== null) target.searchParams.set(name, value)
  return { status: 302, headers: { location: target.href } }
}

function askPage(shops: readonly SimShop[], query: URLSearchParams): SandboxAnswer {
  const kept = [...query].filter(([name]) => name !== 'shop' && name !== 'approve')
  const hidden = kept.map(
    ([name, value]) => `<input type="hidden" name="${html(name)}" value="${html(value)}">`,
  )
  const choices = shops.map((shop) => `<option value="${html(shop.code)}">${html(shop.name)}</option>`)
  return page(
    `<form method="get">${hidden.join('')}<select name="shop">${choices.join('')}</select>
<button name="approve" value="yes">同意する</button> <button name="approve" value="no">同意しない</button></form>`,
  )
}

const html = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

const page = (content: string, status = 200): SandboxAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>同意(模擬環境)</title><body>${content}</body></html>`,
})

/** `POST /yconnect/v2/token`. */
export function token(options: YConnectOptions, request: SandboxRequest): SandboxAnswer {
  const form = new URLSearchParams(request.body)
  if (!isClient(options, request, form)) return failure(401, 'invalid_client', 'client authentication failed')
  const grant = form.get('grant_type')
  if (grant === 'authorization_code') {
    const [code, redirectUri] = [form.get('code') ?? '', form.get('redirect_uri') ?? '']
    const consent = options.consents.redeemCode(code, redirectUri, form.get('code_verifier'))
    if (!consent) return failure(400, 'invalid_grant', 'invalid code')
    return success(options, consent, { refresh_token: consent.refreshToken, id_token: 'sandbox.id.token' })
  }
  if (grant !== 'refresh_token') return failure(400, 'unsupported_grant_type', 'grant_type is not supported')
  const refreshToken = form.get('refresh_token')
  if (!refreshToken) return failure(400, 'invalid_request', 'refresh_token is required')
  const consent = options.consents.byRefreshToken(refreshToken)
  if (!consent) return failure(400, 'invalid_grant', 'refresh token is not valid')
  return success(
    options,
    consent,
    options.settings.rotateRefreshToken ? { refresh_token: options.consents.rotate(consent) } : {},
  )
}

/** HTTP Basic, or the same two as form fields. */
function isClient(
  { clientId, clientSecret }: YConnectOptions,
  request: SandboxRequest,
  form: URLSearchParams,
): boolean {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const given = basic
    ? Buffer.from(basic, 'base64').toString('utf8')
    : `${form.get('client_id') ?? ''}:${form.get('client_secret') ?? ''}`
  return given === `${clientId}:${clientSecret}`
}

function success(
  { consents, settings }: YConnectOptions,
  consent: Consent,
  more: Record<string, string>,
): SandboxAnswer {
  return jsonAnswer(200, {
    access_token: consents.issueAccessToken(consent),
    token_type: 'Bearer',
    expires_in: settings.accessTokenSeconds,
    ...more,
  })
}

const failure = (status: number, error: string, description: string): SandboxAnswer =>
  jsonAnswer(status, { error, error_description: description, error_code: 1000 })
