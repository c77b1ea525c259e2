import { MarketplaceFailure } from '../port/failures.ts'
import type { Lane, Quota } from '../port/session.ts'
import { planOf } from './bucket.ts'
import { isLaneBusy, type Lanes } from './lane.ts'

/** What strangers' mails may use of a mall's budget, in the long run; the rest is never theirs. Of Amazon's a call in eight seconds. */
const SHARE = 0.25
/** After a pause so many calls at once: a single mail of a sender who cannot be told is not late. */
const BURST = 3

/** The share of doubtful numbers is used up. The mall said nothing, and the others go on. */
const SHARE_USED = 'LANE_SHARE_USED'

export const isShareUsed = (failure: { code: string } | null): boolean => failure?.code === SHARE_USED

/** A shop's lane whose calls can be counted against the share of doubtful numbers as well. */
export interface SharedLane extends Lane {
  /** Calls made in the meantime are for numbers that only a stranger names. One at a time, as a session's calls are. */
  inDoubt<T>(work: () => Promise<T>): Promise<T>
}

export function sharing(lanes: Lanes): SharedLane {
  const lane = lanes.lane()
  // Whoever is in doubt does not wait in place: the shop has better to do.
  const share = lanes.lane({ patienceMs: 0 })
  let doubtful = false
  return {
    async take(quota, signal) {
      if (doubtful) await share.take(shareOf(quota), signal).catch(asUsed)
      await lane.take(quota, signal)
    },
    async inDoubt(work) {
      doubtful = true
      try {
        return await work()
      } finally {
        doubtful = false
      }
    },
  }
}

function shareOf(quota: Quota): Quota {
  const { perSecond, burst } = planOf(quota)
  return {
    key: `${quota.key}:doubtful`,
    perSecond: perSecond * SHARE,
    burst: Math.max(BURST, Math.floor(burst * SHARE)),
  }
}

function asUsed(error: unknown): never {
  if (!(error instanceof MarketplaceFailure) || !isLaneBusy(error)) throw error
  throw new MarketplaceFailure({
    kind: 'throttled',
    code: SHARE_USED,
    message: '差出人を確認できないメールの受注番号は、モールへの問い合わせ回数の一部だけで確認します。',
    ...(error.until === undefined ? {} : { until: error.until }),
  })
}
