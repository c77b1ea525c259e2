import { ENTRY_UNREADABLE, type Period } from '../imports/list-position.ts'
import type { MarketplaceLimits } from '../marketplaces/port/marketplace.ts'
import { present } from '../platform/narrow.ts'
import type { Random } from '../platform/random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const JAPAN_MS = 9 * HOUR_MS

/** Overlap with the last listing: malls show some orders only a while after they were placed. */
const OVERLAP_MS = 2 * HOUR_MS
/**
 * Overlap where the list goes by the last change. A late order is listed as late; a wide overlap would use up
 * Amazon's searches.
 */
const OVERLAP_OF_CHANGES_MS = 10 * MINUTE_MS
/**
 * Interval of runs that look back further, for orders that entered the list late and for cancelled or changed
 * ones.
 */
export const DEEP_EVERY_MS = DAY_MS
const DEEP_OVERLAP_MS = 3 * DAY_MS
const DEEP_OVERLAP_OF_CHANGES_MS = DAY_MS
/** Days that the first run, a run after a long stop, and the comparison of open orders go back at most. */
const FURTHEST_DAYS = 30
type RunLimits = Pick<MarketplaceLimits, 'historyDays' | 'freshBy'>

export const overlapOf = ({ freshBy }: Pick<RunLimits, 'freshBy'>): number =>
  freshBy === 'changes' ? OVERLAP_OF_CHANGES_MS : OVERLAP_MS

const deepOverlapOf = ({ freshBy }: RunLimits): number =>
  freshBy === 'changes' ? DEEP_OVERLAP_OF_CHANGES_MS : DEEP_OVERLAP_MS

/** The period of a run that begins at `now`. */
export function planRun(
  sweep: { listedUntil: Date | null; deepAt: Date | null },
  limits: RunLimits,
  now: number,
): Period & { deep: boolean } {
  const oldest = now - Math.min(FURTHEST_DAYS, limits.historyDays) * DAY_MS
  const deep = sweep.deepAt === null || now - sweep.deepAt.getTime() >= DEEP_EVERY_MS
  const known = sweep.listedUntil?.getTime() ?? Number.NEGATIVE_INFINITY
  const from = Math.max(known - (deep ? deepOverlapOf(limits) : overlapOf(limits)), oldest)
  return { from: new Date(Math.min(from, now)), to: new Date(now), deep }
}

/**
 * Returns the newest part of a run's period that ends at `to`: at most one day in Japan, so that a list of
 * bare numbers still gives the day of each. With `longestMs` the list gives the day itself, and looking back
 * takes fewer calls.
 */
export const windowBefore = (to: Date, runFrom: Date, longestMs: number | null = null): Period => ({
  from: new Date(
    Math.max(longestMs === null ? dayStart(to.getTime() - 1) : to.getTime() - longestMs, runFrom.getTime()),
  ),
  to,
})

/**
 * Returns the windows of a run, newest first. Skipped times are left out, or, once a day, are windows of
 * their own. `narrowMs`: a window failed, and its failing part is being found.
 */
export const windowsOf =
  (plan: {
    runFrom: Date
    longestMs: number | null
    narrowMs?: number | null
    stepped?: readonly Period[]
    retries?: boolean
  }): ((to: Date) => Period | null) =>
  (to) => {
    const { runFrom, longestMs, narrowMs = null, stepped = [], retries = false } = plan
    let end = to
    for (let gap = gapAt(stepped, end); gap; gap = gapAt(stepped, end)) {
      if (retries && end > runFrom) return { from: later(gap.from, runFrom), to: end }
      end = gap.from
    }
    if (end <= runFrom) return null
    const usual = windowBefore(end, runFrom, longestMs)
    const narrow = narrowMs === null ? usual.from : new Date(end.getTime() - narrowMs)
    const gapEnds = stepped.filter((gap) => gap.to < end).map((gap) => gap.to)
    return { from: [narrow, ...gapEnds].reduce(later, usual.from), to: end }
  }

const later = (one: Date, other: Date): Date => (other > one ? other : one)

const gapAt = (gaps: readonly Period[], end: Date): Period | undefined =>
  gaps.find(({ from, to }) => from < end && end <= to)

/** Shorter parts of a window that breaks are not looked for. */
export const NARROWEST_MS = MINUTE_MS

/** Windows grow again while they can be read. */
export const wider = (narrowMs: number | null): number | null =>
  narrowMs === null || narrowMs * 2 >= DAY_MS ? null : narrowMs * 2

/**
 * For `windowBefore`: of all windows but a run's newest one, into which orders still come. Thirty days one by
 * one would take half an hour of Amazon's searches, and meanwhile nothing new is looked for.
 */
export const longestWindow = ({
  freshBy,
  listWindowDays,
}: Pick<MarketplaceLimits, 'freshBy' | 'listWindowDays'>): number | null =>
  freshBy === 'reading' ? null : listWindowDays * DAY_MS

/** Start of the day in Japan that `time` falls in; milliseconds. */
const dayStart = (time: number): number => Math.floor((time + JAPAN_MS) / DAY_MS) * DAY_MS - JAPAN_MS

/** `2026-01-15`, in Japan. */
export const japanDay = (time: Date): string => new Date(time.getTime() + JAPAN_MS).toISOString().slice(0, 10)

/** All days in Japan that the period touches, oldest first. */
export function daysOf({ from, to }: Period): string[] {
  const days: string[] = []
  for (let day = dayStart(from.getTime()); day < to.getTime(); day += DAY_MS)
    days.push(japanDay(new Date(day)))
  return days
}

/** When the next run begins: spread, so that shops that were swept together drift apart. */
export const nextRun = (begun: number, intervalMs: number, random: Pick<Random, 'float'>): Date =>
  new Date(begun + intervalMs * (0.9 + 0.2 * random.float()))

const SETTLE_AFTER_MS = [5_000, 15_000, MINUTE_MS]

/** Returns when to check again whether missing orders have arrived; never later than the next run. */
export function nextSettle(now: number, settles: number, runAt: Date): Date {
  const wait = present(SETTLE_AFTER_MS[Math.min(settles, SETTLE_AFTER_MS.length - 1)])
  return new Date(Math.min(now + wait, runAt.getTime()))
}

// Times that could not be compared with the mall's list. Each one that the verified point has passed is
// named, and its day is incomplete until a run has read it.

/** The service was stopped for longer than a run looks back. */
export const STOPPED_TOO_LONG = 'STOPPED_TOO_LONG'

export interface Gap extends Period {
  code: string
  message: string
}

export const stoppedTooLong = (from: Date, to: Date): Gap => ({
  from,
  to,
  code: STOPPED_TOO_LONG,
  message:
    '停止が長かったため、この期間はモールの注文一覧と照合していません。モールの管理画面で件数を確認し、足りない受注は期間を指定して取り込んでください。',
})

const MOST_NAMED = 10

export const entriesUnreadable = ({ from, to }: Period, names: readonly string[]): Gap => ({
  from,
  to,
  code: ENTRY_UNREADABLE,
  message: `モールの注文一覧のうち${names.length}件を読み取れませんでした（${names.slice(0, MOST_NAMED).join('、')}）。モールの管理画面で確認し、足りない受注は受注番号を指定して取り込んでください。`,
})

/** Returns the age limit of comparison: older open orders that are not held are skipped. */
export const furthest = (now: number) => new Date(now - FURTHEST_DAYS * DAY_MS)

/** Days that missing orders are kept, as long as GET /v1/shops/{id}/completeness shows their day. */
export const KEPT_MISSING_DAYS = 400

/** Pause before an order that was given up is asked for again. */
const LEAST_PAUSE_MS = DAY_MS
const LONGEST_PAUSE_MS = 7 * DAY_MS
/** Part of the age that an order had when it was given up: the older it was, the seldomer it is asked for. */
const PAUSE_OF_AGE = 1 / 7
/** A list that was not read for so long was out of reach, with its key or its mall. */
const AWAY_MS = 3 * HOUR_MS

interface GivenUp {
  placedAt: Date
  givenUpAt: Date
  /** Up to where the mall's list had been read before the run that asks; null: it never was. */
  listedUntil: Date | null
}

/**
 * When an order is asked for again that the mall lists and that was given up: behind a pause, or at once
 * after an outage. `now` where that time has come. Null when the mall's API no longer has it by then.
 */
export function askedAgainAt(
  { placedAt, givenUpAt, listedUntil }: GivenUp,
  { historyDays }: Pick<RunLimits, 'historyDays'>,
  now: number,
): Date | null {
  const until = placedAt.getTime() + daysAskedFor({ historyDays }) * DAY_MS
  const age = givenUpAt.getTime() - placedAt.getTime()
  const pause = Math.min(Math.max(age * PAUSE_OF_AGE, LEAST_PAUSE_MS), LONGEST_PAUSE_MS)
  const isBack = listedUntil !== null && now - listedUntil.getTime() >= AWAY_MS
  const at = isBack ? now : Math.max(givenUpAt.getTime() + pause, now)
  return at <= until ? new Date(at) : null
}

/** Days after its own that an order is asked for again. */
export const daysAskedFor = ({ historyDays }: Pick<RunLimits, 'historyDays'>): number =>
  Math.min(historyDays, KEPT_MISSING_DAYS)
