import { MarketplaceFailure } from '../marketplaces/failures.ts'
import type { CredentialCheck, Lane, Marketplace, TokenStore } from '../marketplaces/marketplace.ts'
import type { Clock } from '../platform/clock.ts'
import type { HttpClient } from '../platform/http-client.ts'
import type { Logger } from '../platform/logger.ts'
import type { Credentials } from './credentials.ts'
import { withinTime } from './within-time.ts'

/** Tries credentials that are not stored yet, so that a consent of the wrong person replaces nothing that works. */

export interface TryTools {
  http: HttpClient
  clock: Clock
  lanes: { lane(): Lane }
  log: Logger
}

export type TriedCredentials =
  | { kind: 'good'; check: CredentialCheck; noticeCodes: string[]; messages: string[] }
  | { kind: 'wrong_account'; failure: MarketplaceFailure }
  /** Something else is in the way, which these credentials did not cause. */
  | { kind: 'unclear'; message: string | null }

const CHECK_MS = 8_000

export async function tryCredentials(
  tools: TryTools,
  mall: Marketplace,
  shop: { id: string; code: string; settings: unknown },
  credentials: Credentials,
): Promise<TriedCredentials> {
  const notices: { code: string; message: string }[] = []
  const session = mall.open(
    { shopId: shop.id, shopCode: shop.code, credentials, settings: shop.settings as Record<string, unknown> },
    {
      http: tools.http,
      clock: tools.clock,
      lane: tools.lanes.lane(),
      tokens: unshared(),
      notice: (notice) => void notices.push(notice),
    },
  )
  try {
    const never = new AbortController().signal
    const check = await withinTime(CHECK_MS, never, (signal) => session.checkCredentials(signal))
    const noticeCodes = [...new Set(notices.map((notice) => notice.code))]
    return { kind: 'good', check, noticeCodes, messages: check.messages }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) {
      tools.log.warn({ err: error, shopId: shop.id }, 'credentials of a consent could not be tried')
      return { kind: 'unclear', message: null }
    }
    if (mall.consent?.wrongAccount.includes(error.code)) return { kind: 'wrong_account', failure: error }
    const message = error.renew ? `${error.message} ${error.renew}` : error.message
    return { kind: 'unclear', message }
  }
}

/** A session of this one check: the shop's own row belongs to the credentials that are stored. */
function unshared(): TokenStore<unknown> {
  let token: unknown = null
  return {
    async get(isFresh, renew) {
      if (token === null || !isFresh(token)) token = await renew(token)
      return token
    },
    async invalidate() {
      token = null
    },
  }
}
