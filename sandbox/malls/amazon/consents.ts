import { createHash } from 'node:crypto'
import { z } from 'zod'
import { jsonAnswer, parseJson, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { Keep } from '../../kit/keep.ts'
import { type Seeded, seeded } from '../../kit/seeded.ts'
import type { ControllableClock } from '../../kit/types.ts'
import { errorAnswer, invalidGrant, invalidInput, oauthError } from './answers.ts'
import type { Settings } from './settings.ts'

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
  return parseJson(body) as Record<string, string> | null
}

export interface SimShop {
  code: string
  name: string
  clientId: string
  clientSecret: string
  /** Null: the seller has revoked the consent. */
  refreshToken: string | null
}

/** Credentials in Amazon's form; the same seed gives the same ones. */
export function createShop(code: string, name: string, seed: number): SimShop {
  const random = seeded(
    seed,
    [...code].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7),
  )
  return {
    code,
    name,
    clientId: `amzn1.application-oa2-client.${text(random, 32, '0123456789abcdef')}`,
    clientSecret: `amzn1.oa2-cs.v1.${text(random, 64, '0123456789abcdef')}`,
    refreshToken: newRefreshToken(random),
  }
}

const newRefreshToken = (random: Seeded): string => `Atzr|IwEBI${text(random, 60)}`

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const text = (random: Seeded, count: number, letters = LETTERS): string =>
  Array.from({ length: count }, () => random.pick([...letters])).join('')

/** `amzn1.sp.solution.…` of the application that holds the shop's client id. */
export function applicationIdOf(shop: Pick<SimShop, 'code'>): string {
  const hex = createHash('sha256').update(`application:${shop.code}`).digest('hex')
  return `amzn1.sp.solution.${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * `GET /apps/authorize/consent`: Seller Central's page, on which the seller of the application's shop
 * authorises it at once. `approve=no` in the query refuses; `seller` plays another seller who is logged in.
 */
export function consentPage(
  shops: readonly SimShop[],
  consents: Consents,
  query: URLSearchParams,
): SandboxAnswer {
  const shop = shops.find((one) => applicationIdOf(one) === query.get('application_id'))
  const redirectUri = query.get('redirect_uri') ?? ''
  if (!shop || !URL.canParse(redirectUri)) return { status: 400, body: 'MD1000: unknown application' }
  const target = new URL(redirectUri)
  const state = query.get('state')
  if (state !== null) target.searchParams.set('state', state)
  if (query.get('approve') === 'no') {
    target.searchParams.set('error', 'access_denied')
  } else {
    target.searchParams.set('selling_partner_id', query.get('seller') ?? shop.code)
    target.searchParams.set('spapi_oauth_code', consents.code(shop.code))
  }
  return { status: 302, headers: { location: target.href } }
}

// Restricted data tokens (tokens 2021-03-01): what clients of the old reads send in place of the access
// token, for the paths listed.

const Body = z.object({
  restrictedResources: z
    .array(
      z.object({
        method: z.enum(['GET', 'PUT', 'POST', 'DELETE']),
        path: z.string().startsWith('/'),
        dataElements: z.array(z.enum(['buyerInfo', 'shippingAddress', 'buyerTaxInformation'])).optional(),
      }),
    )
    .min(1)
    .max(50),
})

export interface RestrictedTokens {
  /** POST /tokens/2021-03-01/restrictedDataToken */
  issue(request: SandboxRequest, accessToken: string, mayReadPersonalData: boolean): SandboxAnswer
  /** The access token and what it opens at this path; null when it is no such token, or not for this path. */
  open(
    token: string,
    method: string,
    path: string,
  ): { accessToken: string; elements: ReadonlySet<string> } | null
}

const LIFE_MS = 60 * 60 * 1000
const PREFIX = 'Atz.sprdt|'

export function createRestrictedTokens(seed: number, clock: ControllableClock): RestrictedTokens {
  const random = seeded(seed, 91)
  const tokens = new Map<string, { accessToken: string; endsAt: number; body: z.infer<typeof Body> }>()
  return {
    issue({ body }, accessToken, mayReadPersonalData) {
      const parsed = Body.safeParse(parseJson(body))
      if (!parsed.success)
        return errorAnswer(400, 'InvalidRequest', 'Request is invalid.', 'Resource not provided.')
      const asked = parsed.data.restrictedResources.flatMap(({ dataElements = [] }) => dataElements)
      if (!mayReadPersonalData && asked.length > 0)
        return invalidInput(
          `Application does not have access to one or more requested data elements: [${[...new Set(asked)].join(', ')}]`,
        )
      const token = `${PREFIX}${text(random, 60)}`
      tokens.set(token, { accessToken, endsAt: clock.now() + LIFE_MS, body: parsed.data })
      return jsonAnswer(200, { restrictedDataToken: token, expiresIn: LIFE_MS / 1000 })
    },
    open(token, method, path) {
      const known = tokens.get(token)
      if (!known || clock.now() >= known.endsAt) return null
      const resource = known.body.restrictedResources.find(
        (one) => one.method === method && isFor(one.path, path),
      )
      return resource ? { accessToken: known.accessToken, elements: new Set(resource.dataElements) } : null
    },
  }
}

/** `{orderId}` stands for any order; all else is as it is. */
function isFor(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  return (
    wanted.length === given.length && wanted.every((part, at) => part === '{orderId}' || part === given[at])
  )
}
