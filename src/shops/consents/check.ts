import { MarketplaceFailure } from '../../marketplaces/port/failures.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { CredentialCheck, Lane, TokenStore } from '../../marketplaces/port/session.ts'
import type { Clock } from '../../platform/clock.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import type { Logger } from '../../platform/logger.ts'
import { factsOf } from '../../platform/narrow.ts'
import { abortAfter } from '../../platform/timeout.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { createHintBook, type HintBook } from '../shops/mall-hints.ts'

/** Tries credentials before they are stored, so that a wrong person's consent replaces nothing. */

export interface TryTools {
  http: HttpClient
  clock: Clock
  lanes: { lane(): Lane }
  log: Logger
}

export type TriedCredentials =
  | { kind: 'good'; check: CredentialCheck; book: HintBook }
  | { kind: 'wrong_account'; failure: MarketplaceFailure }
  /** Another obstacle, which this consent did not cause. Japanese; null when nothing can be said. */
  | { kind: 'unclear'; message: string | null }

const CHECK_MS = 8_000

export async function tryCredentials(
  tools: TryTools,
  mall: Marketplace,
  shop: { id: string; code: string; settings: unknown },
  credentials: Credentials,
): Promise<TriedCredentials> {
  const book = createHintBook()
  try {
    const session = mall.open(
      {
        shopId: shop.id,
        shopCode: shop.code,
        credentials,
        settings: factsOf(shop.settings),
      },
      {
        http: tools.http,
        clock: tools.clock,
        lane: tools.lanes.lane(),
        tokens: ownToken(),
        notice: book.add,
        noticeOver: book.over,
      },
    )
    const never = new AbortController().signal
    const check = await abortAfter(CHECK_MS, never, (signal) => session.checkCredentials(signal))
    return { kind: 'good', check, book }
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) {
      tools.log.warn({ err: error, shopId: shop.id }, 'credentials of a consent could not be tried')
      return { kind: 'unclear', message: null }
    }
    if (mall.consent?.wrongAccount.includes(error.code)) return { kind: 'wrong_account', failure: error }
    return { kind: 'unclear', message: error.renew ? `${error.message} ${error.renew}` : error.message }
  }
}

/** A session of this one check: the shop's own row belongs to the credentials that are stored. */
function ownToken(): TokenStore<unknown> {
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
