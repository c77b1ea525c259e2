import type * as oidc from 'openid-client'
import type { StaffAccount } from '../generated/prisma/client.ts'
import type { Tx } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import { audit, noteOf, type OperatorCaller } from '../shops/tenants/audit.ts'
import {
  type AccountWithTenant,
  actorOf,
  byEmail,
  emailOf,
  hostOf,
  mailTo,
  type StaffTools,
  WITH_TENANT,
} from './accounts.ts'
import { openDoor, type Seen } from './doors.ts'
import { oidcHashes, staffContext, stored } from './secrets.ts'

/** Columns of an account to which no identity is bound. */
export const NO_IDENTITY = { oidcHash: null, sealedOidc: null } as const

/** @throws AppError SIGN_IN_REFUSED */
export const noAccount = () =>
  new AppError(
    'SIGN_IN_REFUSED',
    'この認証サービスのアカウントに結び付いた担当者がいません。契約店の管理者に招待を依頼してください。',
  )

const knownOf = ({ issuer, subject }: Identity): string => JSON.stringify([issuer, subject])

export const findByIdentity = (
  { db, sealer }: StaffTools,
  identity: Identity,
): Promise<AccountWithTenant | null> =>
  db.staffAccount.findFirst({
    where: { oidcHash: { in: oidcHashes(sealer, knownOf(identity)) } },
    include: WITH_TENANT,
  })

/** A provider's address is compared exactly: NFKC would turn a stranger's full-width ｂ into an owner's b. */
const ASCII = /^[\x21-\x7e]+$/
const asciiLower = (email: string): string | null => (ASCII.test(email) ? email.toLowerCase() : null)

/** Finds the account without an identity that has exactly this address. */
export async function findByVerifiedEmail(
  { db, sealer }: StaffTools,
  email: string | null,
): Promise<AccountWithTenant | null> {
  const exact = email === null ? null : asciiLower(email)
  if (exact === null) return null
  const found = await db.staffAccount.findFirst({
    where: { ...byEmail(sealer, exact), state: 'active', oidcHash: null },
    include: WITH_TENANT,
  })
  return found && asciiLower(emailOf(sealer, found) ?? '') === exact ? found : null
}

/**
 * Binds an identity to an account that has none, with an audit entry and a mail to the person.
 * @param seen with the session where a signed-in person binds it
 * @throws AppError CONFLICT where the account or the identity is bound meanwhile
 */
export async function bindIdentity(
  tools: StaffTools,
  seen: Seen,
  identity: Identity,
  source: string,
): Promise<AccountWithTenant> {
  const { sealer, newId } = tools
  const { id, tenantId } = seen.account
  const known = knownOf(identity)
  const [door, by] =
    seen.session === undefined
      ? (['identity_by_email', 'verified_address'] as const)
      : (['identity_by_person', 'person'] as const)
  const bind = async (tx: Tx, account: AccountWithTenant) => {
    const other = await tx.staffAccount.count({ where: { oidcHash: { in: oidcHashes(sealer, known) } } })
    if (other > 0) throw taken()
    if (account.oidcHash !== null) throw taken()
    const bound = await tx.staffAccount.update({
      where: { id },
      data: {
        oidcHash: stored(oidcHashes(sealer, known)),
        sealedOidc: sealer.of(tenantId).seal(staffContext(id, 'oidc'), known),
      },
      include: WITH_TENANT,
    })
    const data = { issuer: identity.issuer.slice(0, 500), by }
    await audit(tx, tools, noteOf(actorOf(account, source), 'staff.identity_bound', id, data))
    return bound
  }
  const account = await openDoor(tools, door, seen, bind, taken)
  const to = emailOf(sealer, account)
  if (to === null) return account
  await mailTo(tools, to, {
    id: newId(),
    subject: '【取込】シングルサインオンを設定しました',
    lines: [
      `${hostOf(identity.issuer)} のアカウントで、あなたの担当者アカウントにログインできるようになりました。`,
      '',
      `解除と確認は「自分のアカウント」で行えます: ${tools.publicUrl}/board/account`,
      '',
      '心当たりのない場合は、すぐに解除してパスワードを変更し、契約店の管理者に連絡してください。',
    ],
  })
  return account
}

const taken = () =>
  new AppError(
    'CONFLICT',
    'この担当者か、この認証サービスのアカウントは、すでに結び付いています。先に「自分のアカウント」で解除してください。',
    { details: { reason: 'identity_taken' } },
  )

/** Removes the bound identity inside the caller's transaction; false where none is bound. */
export async function removeIdentity(
  tx: Tx,
  tools: Pick<StaffTools, 'clock' | 'newId'>,
  { id, tenantId }: Pick<StaffAccount, 'id' | 'tenantId'>,
  by: OperatorCaller,
): Promise<boolean> {
  const removed = await tx.staffAccount.updateMany({
    where: { id, oidcHash: { not: null } },
    data: { ...NO_IDENTITY, updatedAt: new Date(tools.clock.now()) },
  })
  if (removed.count === 0) return false
  await audit(tx, tools, noteOf({ ...by, tenantId }, 'staff.identity_removed', id))
  return true
}

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
