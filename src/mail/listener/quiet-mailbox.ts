import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import type { createQuietMailboxStore, MailboxHours } from '../statements.ts'

export interface QuietMailboxWatch {
  start(): void
  /** Resolves when no look is under way any more. */
  stop(): Promise<void>
  /** One look at all mailboxes that are listened to here. */
  look(): Promise<void>
}

const EVERY_MS = 10 * 60_000
/** Read at a time: some 35 rows each. */
const PAGE = 200

/**
 * Finds mailboxes that get fewer order mails than usual at this time of the week. A hint: it stops nothing.
 */
export function createQuietMailboxWatch(deps: {
  clock: Clock
  log: Logger
  quietMailboxes: ReturnType<typeof createQuietMailboxStore>
}): QuietMailboxWatch {
  const { clock, log, quietMailboxes } = deps
  const stopped = new AbortController()
  let running: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const now = clock.now()
    for (let after: string | null = null; !stopped.signal.aborted; ) {
      const page: MailboxHours[] = await quietMailboxes.read(after, PAGE, new Date(now), COUNTED_DAYS)
      for (const mailbox of page) await judge(mailbox, japaneseHour(now))
      after = page.at(-1)?.id ?? null
      if (page.length < PAGE) return
    }
  }

  async function judge({ id, quietSince, days }: MailboxHours, nowHour: number): Promise<void> {
    const counts = new Map(days.flatMap(({ day, hours }) => hoursOf(day, hours)))
    if (quietSince !== null) {
      // A reported silence lasts until mails come: after a week the silence itself would look usual.
      if (isHeardSince(counts, japaneseHour(quietSince.getTime()))) await quietMailboxes.write(id, null, null)
      return
    }
    const silence = findSilence(counts, nowHour)
    if (silence === null) return
    log.warn({ mailboxId: id, expected: silence.expected }, 'mailbox: quieter than usual')
    await quietMailboxes.write(id, new Date(startOfHour(silence.sinceHour)), silence.expected)
  }

  async function loop(): Promise<void> {
    while (await slept()) {
      await look().catch((error: unknown) =>
        log.warn({ err: error }, 'quiet mailboxes could not be checked; retrying'),
      )
    }
  }

  const slept = (): Promise<boolean> =>
    clock.sleep(EVERY_MS, stopped.signal).then(
      () => true,
      () => false,
    )

  return {
    look,
    start() {
      running = loop()
    },
    async stop() {
      stopped.abort()
      await running
    },
  }
}

function hoursOf(day: string, hours: readonly number[]): [number, number][] {
  const first = Date.parse(`${day}T00:00:00Z`) / 3_600_000
  return hours.flatMap((count, hour): [number, number][] => (count > 0 ? [[first + hour, count]] : []))
}

/** Order mails by hour. Keys are whole hours since 1970 in Japan time; hours without mails may be absent. */
export type HourCounts = ReadonlyMap<number, number>

export interface Silence {
  /** The first whole hour without an order mail. */
  sinceHour: number
  /** Mails in the same hours of the quietest of the four weeks before. */
  expected: number
}

const HOUR_MS = 3_600_000
const JST_OFFSET_MS = 9 * HOUR_MS
const WEEK_HOURS = 7 * 24
const WEEKS = 4
/**
 * Hours of a silence that are compared. A longer one counts its last six days, so that it is not compared
 * with itself.
 */
const LONGEST_HOURS = 6 * 24
const COUNTED_DAYS = WEEKS * 7 + 7

/** @param ms milliseconds since 1970, UTC */
export const japaneseHour = (ms: number): number => Math.floor((ms + JST_OFFSET_MS) / HOUR_MS)
export const startOfHour = (hour: number): number => hour * HOUR_MS - JST_OFFSET_MS

/**
 * Upper bound of the probability per day that a normal mailbox is called quiet. By the Poisson law no mail
 * comes with probability e^-n where n are expected, and a silence may begin in any of 24 hours. n is the
 * least of four weeks, not their mean: a week with a holiday or after a sale then hides silences instead of
 * raising false alarms.
 */
const FALSE_ALARMS_PER_DAY = 0.001
const isUnlikely = (expected: number): boolean => 24 * Math.exp(-expected) < FALSE_ALARMS_PER_DAY

/**
 * Finds an unlikely silence; null when there is none, or too little is known. The current hour counts only
 * once it has a mail.
 */
export function findSilence(counts: HourCounts, nowHour: number): Silence | null {
  const from = nowHour - hoursSinceLast(counts, nowHour) + 1
  if (from >= nowHour) return null
  const expected = Math.min(...weeksBefore((back) => sum(counts, from - back, nowHour - back)))
  return isUnlikely(expected) ? { sinceHour: from, expected } : null
}

/** True when an order mail came since that hour, which ends the silence. */
export const isHeardSince = (counts: HourCounts, hour: number): boolean =>
  [...counts].some(([at, count]) => at >= hour && count > 0)

function hoursSinceLast(counts: HourCounts, nowHour: number): number {
  for (let back = 0; back <= LONGEST_HOURS; back += 1) if ((counts.get(nowHour - back) ?? 0) > 0) return back
  return LONGEST_HOURS + 1
}

const weeksBefore = (count: (backHours: number) => number): number[] =>
  Array.from({ length: WEEKS }, (_, week) => count((week + 1) * WEEK_HOURS))

function sum(counts: HourCounts, from: number, until: number): number {
  let total = 0
  for (let hour = from; hour < until; hour += 1) total += counts.get(hour) ?? 0
  return total
}
