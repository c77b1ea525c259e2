import { boundOf, type ComingOrder, type FaultSpan } from './check-lateness.ts'

/**
 * Judges what was answered to 「この注文はなぜ来ていないのか」 while orders were late: each of these orders is at its mall and came
 * in the end, so an answer that says otherwise was false, and what it promised must have happened. Pure.
 */

export interface WhyAnswered {
  order: string
  askedAt: number
  /** When the answer was there. */
  at: number
  verdict: string
  /** When something was to happen by itself. */
  nextAt: number | null
  /** What the answer rested on: another text when anything has happened since. */
  seen: string
}

/** Whatever is in the way, something still happens by itself: with these a next time is named. */
const WAITS: ReadonlySet<string> = new Set([
  ...['being_asked', 'retrying', 'held_at_mall', 'mall_unaware', 'mall_away', 'quota_used'],
  ...[
    'mail_doubted',
    'mail_unreadable',
    'shop_stopped',
    'no_trace',
    'sweep_ahead',
    'failed',
    'never_at_mall',
  ],
])
const HERE: ReadonlySet<string> = new Set(['here', 'staged'])

/**
 * @param coming the orders that came, with when
 * @param swept whether sweeps ran: without them nobody can know of an order before its mail is read
 */
export function judgeWhy(
  answers: readonly WhyAnswered[],
  coming: ReadonlyMap<string, ComingOrder>,
  faults: readonly FaultSpan[],
  swept = true,
): { asked: number; false: string[] } {
  const wrong: string[] = []
  for (const [order, of] of Map.groupBy(answers, (answer) => answer.order)) {
    const one = coming.get(order)
    // What never came is told as lost.
    if (!one) continue
    for (const [index, answer] of of.entries()) {
      if (!swept && answer.verdict === 'unknown') continue
      const fault = falseOf(answer, of.slice(index + 1), one, faults)
      if (fault) wrong.push(`${fault}: ${order} (${answer.verdict})`)
    }
  }
  return { asked: answers.length, false: wrong }
}

/** Clocks of several processes, and a commit that is late on a busy machine. */
const CLOCKS_MS = 10_000

function falseOf(
  { askedAt, at, verdict, nextAt, seen }: WhyAnswered,
  later: readonly WhyAnswered[],
  one: ComingOrder,
  faults: readonly FaultSpan[],
): string | null {
  // A clock that was set says nothing of before and after, nor a process that stood still before its commit.
  const steady = !faults.some(
    ({ name, from, to }) => from < at && (name.startsWith('clock-step') || to > one.stagedAt - CLOCKS_MS),
  )
  if (HERE.has(verdict))
    return steady && one.stagedAt > at + CLOCKS_MS ? 'said to be here before it came' : null
  if (steady && one.stagedAt < askedAt - CLOCKS_MS) return 'said not to be here after it came'
  if (!WAITS.has(verdict)) return 'said not to come'
  if (nextAt === null) return 'no next time'
  const bound = boundOf({ ...one, due: nextAt }, faults)
  if (one.stagedAt <= bound) return null
  // By then something had happened, or nobody looked.
  const then = later.find(({ askedAt: asked }) => asked > bound)
  return then && then.seen === seen && then.verdict === verdict
    ? 'nothing happened at the time it named'
    : null
}
