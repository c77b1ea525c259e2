import type { Clock } from '../../platform/clock.ts'
import { MarketplaceFailure } from '../port/failures.ts'
import type { Lane, Quota } from '../port/session.ts'
import { type Bucket, type LaneStore, openBuckets, planOf } from './buckets.ts'

export interface Lanes {
  /**
   * Creates a caller's lane. Only the quota's key separates budgets, across all processes on the store. A
   * lane of a tenant takes from a part of its own, where this process has calls of several for one key.
   */
  lane(options?: { patienceMs?: number; tenantId?: string }): Lane
}

/** Our own budget is used up. The mall refused nothing, so do not back off beyond `until`. */
export const LANE_BUSY = 'LANE_BUSY'
/** The budget store is unavailable, and an unchecked call could break the mall's limit. */
export const LANE_STORE_AWAY = 'LANE_STORE_AWAY'
const STORE_AWAY_MS = 5000

/**
 * Creates lanes over one store. `take` waits for the next free call, up to the patience.
 * @throws MarketplaceFailure `throttled` (LANE_BUSY), with the time to come back, when the next free call, or
 * the caller's turn in this process, is beyond the patience
 * @throws MarketplaceFailure `unavailable` (LANE_STORE_AWAY) when the store does not answer
 * @throws the signal's reason when it is aborted
 */
export function createLanes({
  store,
  clock,
  patienceMs: usual = 2000,
}: {
  store: LaneStore
  clock: Clock
  patienceMs?: number
}): Lanes {
  const takeFromBucket = openBuckets(store)
  const queues = new Map<string, Queue>()
  const partOf = createParts(clock)

  async function take(quota: Quota, signal: AbortSignal, patienceMs: number): Promise<void> {
    const deadline = clock.now() + patienceMs
    const spacing = (1000 / quota.perSecond) * planOf(quota).cost
    const queue = queues.get(quota.key) ?? { line: createLine(), seen: null }
    queues.set(quota.key, queue)
    const { line } = queue
    const sendAway = (wait: number) => busy(line.comeBackAt(clock.now(), wait, spacing))
    const behind = (line.length() + 1 - expectedCalls(queue, quota, clock.now())) * spacing
    // With an empty queue the store decides, because its count is exact.
    if (line.length() > 0 && behind > patienceMs) throw sendAway(behind)

    async function turn(): Promise<void> {
      for (;;) {
        signal.throwIfAborted()
        const { waitMs, left } = await takeFromBucket(quota).catch((cause: unknown) => {
          throw storeAway(clock, cause)
        })
        queue.seen = { level: left, at: clock.now() }
        if (waitMs === 0) return
        if (clock.now() + waitMs > deadline) throw sendAway(waitMs)
        await clock.sleep(waitMs, signal)
      }
    }
    await line.join(turn)
  }

  return {
    lane: ({ patienceMs = usual, tenantId } = {}) => ({
      take: (quota, signal) =>
        take(tenantId === undefined ? quota : partOf(quota, tenantId), signal, patienceMs),
    }),
  }
}

/** A tenant that took nothing for so long has a full part; counted on, it would waste what others may use. */
const SHARER_MS = 60 * 60_000
/** Calls at once after a pause, in each part of a budget. */
const LEAST_AT_ONCE = 3

/** Divides a quota among the tenants that take from it, so that none uses up the others' part. */
function createParts(clock: Clock) {
  const tenants = new Map<string, Map<string, number>>()
  return (quota: Quota, tenantId: string): Quota => {
    const now = clock.now()
    const seen = tenants.get(quota.key) ?? new Map<string, number>()
    tenants.set(quota.key, seen.set(tenantId, now))
    for (const [id, at] of seen) if (at < now - SHARER_MS) seen.delete(id)
    const { perSecond, burst, cost } = planOf(quota)
    return {
      key: `${quota.key}:${tenantId}`,
      perSecond: perSecond / seen.size,
      burst: Math.max(LEAST_AT_ONCE * cost, Math.floor(burst / seen.size)),
      cost,
    }
  }
}

interface Queue {
  line: ReturnType<typeof createLine>
  /** Bucket as the store last reported it. */
  seen: Bucket | null
}

/** Estimates the calls of this cost that the bucket holds now, if no one else took from it. */
function expectedCalls({ seen }: Queue, quota: Quota, now: number): number {
  const { perSecond, burst, cost } = planOf(quota)
  if (seen === null) return burst / cost
  return Math.min(burst, seen.level + (Math.max(0, now - seen.at) / 1000) * perSecond) / cost
}

const busy = (until: number) =>
  new MarketplaceFailure({
    kind: 'throttled',
    code: LANE_BUSY,
    message: 'モールへの問い合わせ回数が上限に達しています。順番が来しだい自動で続けます。',
    until: new Date(until),
  })

const storeAway = (clock: Clock, cause: unknown) =>
  new MarketplaceFailure({
    kind: 'unavailable',
    code: LANE_STORE_AWAY,
    message: 'モールへの問い合わせ回数を確認できないため、少し待ってから自動で再開します。',
    until: new Date(clock.now() + STORE_AWAY_MS),
    cause,
  })

/**
 * Longest spread of return times. Beyond it, callers return together with others, so that no turn stays
 * unused.
 */
const LONGEST_AWAY_MS = 5_000

/**
 * Queue of callers in this process for one budget. They take turns in order of arrival. Callers whose wait
 * would be too long are sent away with spread return times.
 */
export function createLine() {
  let last: Promise<void> = Promise.resolve()
  let length = 0
  let promised = 0
  return {
    /** Count of callers ahead of a new one. */
    length: (): number => length,
    /** Runs `turn` when all callers ahead had theirs. */
    async join<T>(turn: () => Promise<T>): Promise<T> {
      const before = last
      const mine = Promise.withResolvers<void>()
      last = mine.promise
      length += 1
      await before
      try {
        return await turn()
      } finally {
        length -= 1
        mine.resolve()
      }
    },
    /**
     * Returns when a caller sent away at `now` must come back; all in milliseconds.
     * @param wait until the next free turn
     * @param spacing between two turns
     */
    comeBackAt(now: number, wait: number, spacing: number): number {
      const next = Math.max(now + wait, promised + spacing)
      promised = next > now + wait + LONGEST_AWAY_MS ? now + wait : next
      return promised
    },
  }
}

/** Part of a mall's budget that one kind of call may use in the long run; it never gets the rest. */
interface Share {
  name: string
  part: number
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

/** @param tenantId whose shop it is: where tenants have one quota, a share of all would be used up by one */
export function sharing(lanes: Lanes, tenantId: string): SharedLane {
  const lane = lanes.lane()
  // A shared call does not wait in place for more share, because the shop has other work.
  const impatient = lanes.lane({ patienceMs: 0 })
  const part = lanes.lane({ patienceMs: 0, tenantId })
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
      await part.take(shareOf(quota, used), signal).catch(asUsed(used))
      await (used.waits ? lane : impatient).take(quota, signal)
    },
    inDoubt: within(DOUBTFUL),
    asQuestion: within(QUESTIONS),
  }
}

function shareOf(quota: Quota, { name, part }: Share): Quota {
  const { perSecond, burst, cost } = planOf(quota)
  return {
    key: `${quota.key}:${name}`,
    perSecond: perSecond * part,
    burst: Math.max(LEAST_AT_ONCE * cost, Math.floor(burst * part)),
    cost,
  }
}

const asUsed =
  ({ message }: Share) =>
  (error: unknown): never => {
    if (!(error instanceof MarketplaceFailure) || error.code !== LANE_BUSY) throw error
    throw new MarketplaceFailure({ kind: 'throttled', code: SHARE_USED, message, until: error.until })
  }
