import type * as oidc from 'openid-client'
import { AppError } from '../platform/errors.ts'

export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string
  /** On the button. */
  label: string
}

/** Secrets that a browser keeps between going and coming back. */
interface Trip {
  state: string
  nonce: string
  verifier: string
}

export interface Identity {
  issuer: string
  subject: string
  /** Only where the provider says that it has verified the address. */
  verifiedEmail: string | null
  /** The provider asked for a second factor itself (RFC 8176). */
  secondFactor: boolean
}

export interface IdentityProvider {
  begin(): Promise<{ url: URL; trip: Trip }>
  /** @throws AppError SIGN_IN_REFUSED for an answer that does not belong to the trip */
  finish(answer: URL, trip: Trip): Promise<Identity>
}

const away = (cause: unknown) =>
  new AppError(
    'UNAVAILABLE',
    '認証サービスに接続できません。しばらくしてからお試しいただくか、パスワードでログインしてください。',
    { cause },
  )

/** Loaded by the first sign-in: most houses have no provider. */
const load = () => import('openid-client')

/** Google Workspace, Microsoft Entra or any OpenID Connect provider: code flow, PKCE, state, nonce. */
export function createIdentityProvider(settings: OidcSettings, redirectUri: string): IdentityProvider {
  let known: Promise<oidc.Configuration> | null = null

  /** Asked for at first use, and again after a failure: a provider that is down must not stop a start. */
  function configuration(): Promise<oidc.Configuration> {
    known ??= discover(settings).catch((error: unknown) => {
      known = null
      throw away(error)
    })
    return known
  }

  return {
    async begin() {
      const [config, oidc] = await Promise.all([configuration(), load()])
      const trip = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email',
        state: trip.state,
        nonce: trip.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(trip.verifier),
        code_challenge_method: 'S256',
      })
      return { url, trip }
    },
    async finish(answer, trip) {
      const [config, oidc] = await Promise.all([configuration(), load()])
      const tokens = await oidc
        .authorizationCodeGrant(config, answer, {
          expectedState: trip.state,
          expectedNonce: trip.nonce,
          pkceCodeVerifier: trip.verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw refused(error)
        })
      const claims = tokens.claims()
      if (!claims) throw refused(new Error('no id_token'))
      const { iss, sub, email, email_verified: verified, amr } = claims
      return {
        issuer: iss,
        subject: sub,
        verifiedEmail: verified === true && typeof email === 'string' && email.length <= 254 ? email : null,
        secondFactor: Array.isArray(amr) && amr.includes('mfa'),
      }
    },
  }
}

/** Plain http is for a provider on this machine alone: a test's, or one behind a proxy beside us. */
async function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<oidc.Configuration> {
  const { allowInsecureRequests, discovery } = await load()
  const url = new URL(issuer)
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  return discovery(url, clientId, clientSecret, undefined, {
    timeout: 10,
    ...(local ? { execute: [allowInsecureRequests] } : {}),
  })
}

function refused(cause: unknown): AppError {
  if (cause instanceof TypeError) return away(cause)
  return new AppError(
    'SIGN_IN_REFUSED',
    '認証サービスからの回答を確認できませんでした。もう一度ログインしてください。',
    { cause },
  )
}
