import { createHash } from 'node:crypto'
import type { Clock } from '../../../src/platform/clock.ts'
import type { Keep } from '../../kit/keep.ts'
import type { YahooSettings } from './settings.ts'

/** YConnect's memory: consents, codes and tokens. Times are milliseconds of the sandbox's clock. */

export interface Consent {
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
