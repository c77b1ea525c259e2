import { MarketplaceFailure } from '../port/failures.ts'
import type { Lane, Quota } from '../port/session.ts'
import { planOf } from './bucket.ts'
import { isLaneBusy, type Lanes } from './lane.ts'

/** Part of a mall's budget that one kind of call may use in the long run; it never gets the rest. */
interface Share {
  name: string
  part: number
  /** Calls at once after a pause. */
  burst: number
  /** True when it waits in place for the budget itself, once its share has a call. */
  waits: boolean
  message: string
}

/**
 * Share of mails from unverified senders. At Amazon it is a call in eight seconds; a single such mail is not
 * late.
 */
const DOUBTFUL: Share = {
  name: 'doubtful',
  part: 0.25,
  burst: 3,
  waits: true,
  message: '差出人を確認できないメールの受注番号は、モールへの問い合わせ回数の一部だけで確認します。',
}
/**
 * Share of people's questions. They yield to all work: when a call waits for the budget, no question is
 * asked.
 */
const QUESTIONS: Share = {
  name: 'questions',
  part: 0.05,
  burst: 3,
  waits: false,
  message: '確認のための問い合わせは、モールが認める回数の一部だけで行います。',
}

/** The share is used up. The mall refused nothing, and other calls continue. */
const SHARE_USED = 'LANE_SHARE_USED'

export const isShareUsed = (failure: { code: string } | null): boolean => failure?.code === SHARE_USED

/** A shop's lane whose calls may also count against a share. One at a time, like a session's calls. */
export interface SharedLane extends Lane {
  /** Counts the calls of `work` as made for numbers that only an unverified sender names. */
  inDoubt<T>(work: () => Promise<T>): Promise<T>
  /** Counts the calls of `work` as answering a person's question; no work waits for them. */
  asQuestion<T>(work: () => Promise<T>): Promise<T>
}

export function sharing(lanes: Lanes): SharedLane {
  const lane = lanes.lane()
  // A shared call does not wait in place for more share, because the shop has other work.
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
      kind: 'throttled',
      code: SHARE_USED,
      message,
      ...(error.until === undefined ? {} : { until: error.until }),
    })
  }
