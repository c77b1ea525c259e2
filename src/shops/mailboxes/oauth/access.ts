import type { Clock } from '../../../platform/clock.ts'
import { SealError, type Sealer } from '../../../platform/crypto/sealer.ts'
import { createThrottle } from '../../../platform/fair-gate.ts'
import type { Random } from '../../../platform/random.ts'
import { abortAfter, TimedOut } from '../../../platform/timeout.ts'
import { createTokenStoresAt, type TokenStoreTools } from '../../credentials/tokens.ts'
import { type AskTools, fetchAccess, MailToken } from './ask.ts'
import { MailAuthFailure, unavailable } from './failures.ts'
import { endpointsOf, StoredAuth } from './providers.ts'

/** The access tokens of mailboxes: one renewal for all who need one, in all processes. */

export interface OAuthMailbox {
  id: string
  tenantId: string
  username: string
  sealedAuth: Uint8Array | null
  authVersion: number
}

export interface MailboxAccess {
  /** A token that will live for a while. @throws MailAuthFailure */
  get(mailbox: OAuthMailbox, signal: AbortSignal): Promise<MailToken>
  /** The mail server would not take it: the next `get` renews. */
  invalidate(mailbox: OAuthMailbox, token: MailToken): Promise<void>
}

export interface AccessTools extends TokenStoreTools, AskTools {
  sealer: Sealer
  random: Random
}

export const authContext = (id: string) => `mailbox:${id}:auth`
const tokenContext = (id: string) => `mailbox:${id}:token`

/** A provider's renewals at once and a second: hundreds of tokens may end together, and providers count. */
const RENEWAL_LIMITS = { perKey: 6, total: 20, perSecond: 25 }
/** Wait and answer together: less than the lease, or another process would use the same refresh token. */
const RENEWAL_MS = 45_000
/** Renewed so long before the end, or a fifth of the life before it where that is shorter. */
const AHEAD_MS = 5 * 60_000

export const aheadOf = ({ issuedAt, expiresAt }: Pick<MailToken, 'issuedAt' | 'expiresAt'>): number =>
  Math.min(AHEAD_MS, Math.max(0, expiresAt - issuedAt) / 5)

export function openAuth(
  sealer: Pick<Sealer, 'of'>,
  { id, tenantId, sealedAuth }: Pick<OAuthMailbox, 'id' | 'tenantId' | 'sealedAuth'>,
): StoredAuth | null {
  return sealedAuth === null
    ? null
    : StoredAuth.parse(sealer.of(tenantId).openJson(authContext(id), sealedAuth))
}

export function createMailboxAccess(tools: AccessTools): MailboxAccess {
  const { clock } = tools
  const throttle = createThrottle(clock, tools.random, RENEWAL_LIMITS)
  const storeFor = createTokenStoresAt(tools, {
    table: 'mailbox_tokens',
    key: 'mailbox_id',
    sealContext: tokenContext,
    isShared: (error) => error instanceof MailAuthFailure,
    busy: () => unavailable('token renewal busy'),
    outdated: () => unavailable('settings changed'),
  })

  async function renew(mailbox: OAuthMailbox, old: unknown, signal: AbortSignal): Promise<MailToken> {
    const auth = openAuth(tools.sealer, mailbox)
    if (auth === null) throw new SealError('malformed', 'the mailbox has no sign-in')
    const before = MailToken.safeParse(old).data
    const refreshToken = before?.refreshToken ?? auth.refreshToken
    const host = hostOf(endpointsOf(auth, tools.mailOAuth).token)
    const fresh = await abortAfter(RENEWAL_MS, signal, (limit) =>
      throttle.pass(host, limit, () => fetchAccess(tools, auth, mailbox.username, refreshToken, limit)),
    ).catch((error: unknown) => {
      throw error instanceof TimedOut ? unavailable('too many renewals at once') : error
    })
    // Most providers leave the refresh token out when it stays the same.
    return before?.refreshToken !== undefined && fresh.refreshToken === undefined
      ? { ...fresh, refreshToken: before.refreshToken }
      : fresh
  }

  const isFresh = (now: Clock['now']) => (stored: unknown) => {
    const token = MailToken.safeParse(stored).data
    return token !== undefined && now() < token.expiresAt - aheadOf(token)
  }

  return {
    async get(mailbox, signal) {
      const store = storeFor(mailbox, mailbox.authVersion)
      return MailToken.parse(await store.get(isFresh(clock.now), (old) => renew(mailbox, old, signal)))
    },
    invalidate: (mailbox, token) => storeFor(mailbox, mailbox.authVersion).invalidate(token),
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')
