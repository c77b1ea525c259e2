import { MarketplaceFailure } from '../port/failures.ts'
import type { Lane, Quota } from '../port/session.ts'
import { planOf } from './bucket.ts'
import { isLaneBusy, type Lanes } from './lane.ts'

/** A part of a mall's budget that one kind of call may use in the long run; the rest is never theirs. */
interface Share {
  name: string
  part: number
  /** After a pause so many calls at once. */
  burst: number
  /** Whether it waits in place for the budget itself, once its share has a call. */
  waits: boolean
  message: string
}

/** What strangers' mails may use. Of Amazon's a call in eight seconds; a single mail of a sender who cannot be told is not late. */
const DOUBTFUL: Share = {
  ...{ name: 'doubtful', part: 0.25, burst: 3, waits: true },
  message: '差出人を確認できないメールの受注番号は、モールへの問い合わせ回数の一部だけで確認します。',
}
/** What people's questions may use. They stand behind all work: where a call waits for the budget, none is made for them. */
const QUESTIONS: Share = {
  ...{ name: 'questions', part: 0.05, burst: 3, waits: false },
  message: '確認のための問い合わせは、モールが認める回数の一部だけで行います。',
}

/** The share is used up. The mall said nothing, and the others go on. */
const SHARE_USED = 'LANE_SHARE_USED'

export const isShareUsed = (failure: { code: string } | null): boolean => failure?.code === SHARE_USED

/** A shop's lane whose calls can be counted against a share as well. One at a time, as a session's calls are. */
export interface SharedLane extends Lane {
  /** Calls made in the meantime are for numbers that only a stranger names. */
  inDoubt<T>(work: () => Promise<T>): Promise<T>
  /** Calls made in the meantime answer a person's question, and no work waits for them. */
  asQuestion<T>(work: () => Promise<T>): Promise<T>
}

export function sharing(lanes: Lanes): SharedLane {
  const lane = lanes.lane()
  // Whoever uses a share does not wait for more of it in place: the shop has better to do.
  const impatient = lanes.lane({ patienceMs: 0 })
  let share: Share | null = null
  const within =
    (one: Share) =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      share = one
      try {
        return await work()
      } finally {
        share = null
      }
    }
  return {
    async take(quota, signal) {
      const used = share
      if (used === null) return lane.take(quota, signal)
      await impatient.take(shareOf(quota, used), signal).catch(asUsed(used))
      await (used.waits ? lane : impatient).take(quota, signal)
    },
    inDoubt: within(DOUBTFUL),
    asQuestion: within(QUESTIONS),
  }
}

function shareOf(quota: Quota, { name, part, burst: least }: Share): Quota {
  const { perSecond, burst } = planOf(quota)
  return {
    key: `${quota.key}:${name}`,
    perSecond: perSecond * part,
    burst: Math.max(least, Math.floor(burst * part)),
  }
}

const asUsed =
  ({ message }: Share) =>
  (error: unknown): never => {
    if (!(error instanceof MarketplaceFailure) || !isLaneBusy(error)) throw error
    throw new MarketplaceFailure({
      ...{ kind: 'throttled', code: SHARE_USED, message },
      ...(error.until === undefined ? {} : { until: error.until }),
    })
  }
