import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import { seeded } from '../../kit/seeded.ts'
import type { ControllableClock } from '../../kit/types.ts'
import type { Settings } from './settings.ts'
import { newRefreshToken, type SimShop, text } from './shops.ts'

/** Login with Amazon: consents of sellers to their application, and the access tokens made from them. */
export interface Consents {
  /** POST /auth/o2/token */
  answer(request: SandboxRequest): SandboxAnswer
  /** The shop that an access token is for, or why it is refused (SP-API's words). */
  shopOf(accessToken: string): { shop: SimShop } | { refusal: string }
  /** The seller takes the consent back: its refresh token and access tokens die. */
  revoke(shopCode: string): void
  /** The seller consents again; the new refresh token. */
  renew(shopCode: string): string
  /** The developer makes a new client secret. */
  rotateSecret(shopCode: string): string
  /** A code as the seller's browser brings it back from the consent page; good for five minutes, once. */
  code(shopCode: string): string
  /** Whether it is a token of an application without a seller. */
  isGrantless(accessToken: string): boolean
  /** All access tokens that are out now end. */
  expireTokens(): void
}

/** What an application may do without a seller; only for the first is there something here to call. */
const GRANTLESS_SCOPES: ReadonlySet<string> = new Set([
  'sellingpartnerapi::notifications',
  'sellingpartnerapi::client_credential:rotation',
])
const CODE_LIFE_MS = 5 * 60 * 1000

export function createConsents(
  shops: readonly SimShop[],
  seed: number,
  clock: ControllableClock,
  settings: () => Settings,
  keep: Keep,
): Consents {
  const starts = keep('starts', () => ({ before: 0 }))
  // The tokens of a later start are no copies of those of the first.
  const random = seeded(seed, 77 + 1_000 * starts.before)
  starts.before += 1
  const tokens = keep(
    'tokens',
    () => new Map<string, { shop: SimShop; endsAt: number; refreshToken: string }>(),
  )
  const grantless = keep('grantless tokens', () => new Set<string>())
  const codes = keep('codes', () => new Map<string, { shop: SimShop; endsAt: number }>())
  const shopNamed = (code: string) => {
    const shop = shops.find((one) => one.code === code)
    if (!shop) throw new Error(`No such shop: ${code}`)
    return shop
  }

  function grant(shop: SimShop, refreshToken: string): SandboxAnswer {
    const accessToken = `Atza|IwEBI${text(random, 80)}`
    const life = settings().accessTokenSeconds
    tokens.set(accessToken, { shop, refreshToken, endsAt: clock.now() + life * 1000 })
    return jsonAnswer(
      200,
      { access_token: accessToken, refresh_token: refreshToken, token_type: 'bearer', expires_in: life },
      { 'cache-control': 'no-store', pragma: 'no-cache' },
    )
  }

  function grantlessToken(): SandboxAnswer {
    const accessToken = `Atza|grantless${text(random, 60)}`
    grantless.add(accessToken)
    return jsonAnswer(200, { access_token: accessToken, token_type: 'bearer', expires_in: 3600 })
  }

  function byRefreshToken(shop: SimShop, refreshToken: string): SandboxAnswer {
    if (refreshToken === '') return oauthError(400, 'invalid_request', 'Missing refresh_token')
    if (shop.refreshToken !== refreshToken) return invalidGrant('refresh_token')
    return grant(shop, refreshToken)
  }

  function byCode(shop: SimShop, code: string): SandboxAnswer {
    const known = codes.get(code)
    codes.delete(code)
    if (known?.shop !== shop || clock.now() > known.endsAt) return invalidGrant('code')
    shop.refreshToken = newRefreshToken(random)
    return grant(shop, shop.refreshToken)
  }

  return {
    answer(request) {
      const fields = fieldsOf(request)
      if (!fields) return oauthError(400, 'invalid_request', 'The request body could not be read')
      const shop = shops.find((one) => one.clientId === fields.client_id)
      if (!shop || shop.clientSecret !== fields.client_secret || settings().secretExpired) {
        return oauthError(401, 'invalid_client', 'Client authentication failed')
      }
      if (fields.grant_type === 'refresh_token') return byRefreshToken(shop, fields.refresh_token ?? '')
      if (fields.grant_type === 'authorization_code') return byCode(shop, fields.code ?? '')
      if (fields.grant_type === 'client_credentials') {
        return GRANTLESS_SCOPES.has(fields.scope ?? '')
          ? grantlessToken()
          : oauthError(400, 'invalid_scope', 'The requested scope is invalid')
      }
      return oauthError(400, 'unsupported_grant_type', 'The authorization grant type is not supported')
    },
    shopOf(accessToken) {
      const token = tokens.get(accessToken)
      if (token === undefined || token.shop.refreshToken !== token.refreshToken) {
        return { refusal: 'The access token you provided is revoked, malformed or invalid.' }
      }
      if (clock.now() >= token.endsAt) return { refusal: 'The access token you provided has expired.' }
      return { shop: token.shop }
    },
    isGrantless: (accessToken) => grantless.has(accessToken),
    revoke(shopCode) {
      shopNamed(shopCode).refreshToken = null
    },
    renew(shopCode) {
      const refreshToken = newRefreshToken(random)
      shopNamed(shopCode).refreshToken = refreshToken
      return refreshToken
    },
    rotateSecret(shopCode) {
      const secret = `amzn1.oa2-cs.v1.${text(random, 64, '0123456789abcdef')}`
      shopNamed(shopCode).clientSecret = secret
      return secret
    },
    code(shopCode) {
      const code = `AN${text(random, 18)}`
      codes.set(code, { shop: shopNamed(shopCode), endsAt: clock.now() + CODE_LIFE_MS })
      return code
    },
    expireTokens() {
      for (const token of tokens.values()) token.endsAt = Math.min(token.endsAt, clock.now())
    },
  }
}

/** Form or JSON: public clients send either. */
function fieldsOf({ headers, body }: SandboxRequest): Record<string, string> | null {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    return Object.fromEntries(new URLSearchParams(body))
  }
  try {
    return JSON.parse(body) as Record<string, string>
  } catch {
    return null
  }
}

export const oauthError = (status: number, error: string, description: string): SandboxAnswer =>
  jsonAnswer(status, { error, error_description: description }, { 'cache-control': 'no-store' })

export const invalidGrant = (parameter: string): SandboxAnswer =>
  oauthError(400, 'invalid_grant', `The request has an invalid grant parameter : ${parameter}`)
