import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import { LANE_BUSY, LANE_STORE_AWAY } from '../marketplaces/quota/lane.ts'
import { CREDENTIALS_CHANGED, TOKEN_RENEWAL_BUSY } from '../shops/credentials/tokens.ts'

const OWN = new Set([LANE_BUSY, LANE_STORE_AWAY, TOKEN_RENEWAL_BUSY, CREDENTIALS_CHANGED])

/** Waits that we put on ourselves: the mall was not asked and is not to blame, so the shop's lane stays as it is. */
export const isOwnWait = (failure: MarketplaceFailure): boolean => OWN.has(failure.code)
