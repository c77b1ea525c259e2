import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { FetchHints, FetchOutcome, MarketplaceSession } from '../marketplaces/port/session.ts'
import type { Clock } from '../platform/clock.ts'
import { createBreathing } from '../platform/event-loop.ts'
import { concernsShop } from './mall-failures.ts'

/** Broken answers in a row, none good before or between, that are the mall's fault and not the orders'. */
const SILENT_AFTER = 12

/** Order to fetch; the caller gets its own object back. */
export interface Wanted {
  readonly orderNumber: string
}

export interface BisectResult<W extends Wanted> {
  /** Failure that stops the whole shop: throttled, unavailable, unauthorised. */
  shopFailure: MarketplaceFailure | null
  /** The request that alone was being asked for when that came: the order may be the cause of it. */
  alone: W | null
  /** Requests whose own call broke: each was asked alone, or was the only one in its call. */
  broken: { request: W; error: unknown }[]
  /** True when the mall gave any usable answer. */
  anyGood: boolean
  /**
   * True when an answer shows that the mall took our key: only an order does. A number that is refused before
   * the call shows nothing. Malls say "not there" and "not yet" to a key that lacks a right, too.
   */
  accepted: boolean
  /** The mall answered nothing but nonsense; what was not asked for is left as it is. */
  silent: boolean
}

export interface BisectTask<W extends Wanted> {
  session: Pick<MarketplaceSession, 'fetchOrders'>
  clock: Clock
  /** No call begins after this time; what one brings that began before is taken. */
  deadline: number
  signal: AbortSignal
  /** Begins with a single number and then a few: the last calls failed, and one order may be why. */
  careful?: boolean
  /** Takes each usable answer as it comes. */
  onAnswer(request: W, outcome: FetchOutcome): Promise<void>
  hints?(group: readonly W[]): FetchHints
}

/**
 * Asks the mall for orders, one request per number, as few calls as the mall allows. A call that breaks is
 * halved until the order that breaks it stands alone, so that the others get through. Requests that were
 * broken before are asked alone and last.
 * @throws what `onAnswer` raised
 */
export async function fetchBisecting<W extends Wanted>(
  task: BisectTask<W>,
  requests: readonly W[],
  isolated: readonly W[],
): Promise<BisectResult<W>> {
  const result: BisectResult<W> = {
    shopFailure: null,
    alone: null,
    broken: [],
    anyGood: false,
    accepted: false,
    silent: false,
  }
  const groups = [...split(requests, task.careful ? FIRST_GROUPS : []), ...isolated.map((one) => [one])]
  let brokenInRow = 0

  for (let group = groups.shift(); group && !isOver(task); group = groups.shift()) {
    const call = await fetchTogether(task, group)
    result.accepted ||= call.accepted
    result.broken.push(...call.malformed)
    if (call.answered > 0) {
      result.anyGood = true
      brokenInRow = 0
    } else if (call.malformed.length > 0) brokenInRow += 1
    if (call.error === null) {
      if (isSilent(brokenInRow, result)) break
      continue
    }
    if (task.signal.aborted) break
    if (concernsShop(call.error)) {
      result.shopFailure = call.error
      result.alone = group.length === 1 ? (call.unanswered[0] ?? null) : null
      break
    }
    brokenInRow += 1
    const [only, ...others] = call.unanswered
    if (only && others.length === 0) result.broken.push({ request: only, error: call.error })
    else if (only) groups.unshift(...halves(call.unanswered))
    if (isSilent(brokenInRow, result)) break
  }
  return result
}

function isSilent(brokenInRow: number, result: BisectResult<Wanted>): boolean {
  result.silent = brokenInRow >= SILENT_AFTER && !result.anyGood
  return result.silent
}

/** Sizes of the first groups when it begins carefully. */
const FIRST_GROUPS = [1, 10]

function split<W>(requests: readonly W[], sizes: readonly number[]): W[][] {
  const rest = [...requests]
  return [...sizes.map((size) => rest.splice(0, size)), rest].filter((group) => group.length > 0)
}

interface Call<W> {
  answered: number
  accepted: boolean
  unanswered: W[]
  /** Unreadable answers of one order. It may be the order, or an answer cut short: asked again. */
  malformed: { request: W; error: unknown }[]
  error: unknown
}

async function fetchTogether<W extends Wanted>(task: BisectTask<W>, group: W[]): Promise<Call<W>> {
  const open = new Map(group.map((request) => [request.orderNumber, request]))
  const malformed: { request: W; error: unknown }[] = []
  let accepted = false
  const breathe = createBreathing()
  const end = (error: unknown): Call<W> => ({
    answered: group.length - open.size - malformed.length,
    accepted,
    unanswered: [...open.values()],
    malformed,
    error,
  })
  const outcomes = task.session
    .fetchOrders([...open.keys()], task.signal, { ...task.hints?.(group), goesOn: () => !isOver(task) })
    [Symbol.asyncIterator]()
  try {
    while (!task.signal.aborted) {
      const next = await nextOutcome(outcomes)
      if ('error' in next) return end(next.error)
      if (next.done)
        return end(
          open.size === 0 || isOver(task) ? null : new Error('the mall gave no answer for an order number'),
        )
      await breathe()
      const { value: outcome } = next
      if (outcome.kind === 'failed' && concernsShop(outcome.failure)) return end(outcome.failure)
      const request = open.get(outcome.orderNumber)
      if (!request) continue
      open.delete(outcome.orderNumber)
      if (outcome.kind === 'failed' && outcome.failure.kind === 'malformed') {
        malformed.push({ request, error: outcome.failure })
        continue
      }
      accepted ||= outcome.kind === 'found' || outcome.kind === 'skipped'
      await task.onAnswer(request, outcome)
    }
    return end(null)
  } finally {
    await outcomes.return?.().catch(() => undefined)
  }
}

/** Errors of the adapter are answers of a kind; those of `onAnswer` are ours and go through. */
async function nextOutcome(outcomes: AsyncIterator<FetchOutcome>) {
  try {
    const next = await outcomes.next()
    return next.done ? { done: true as const } : { done: false as const, value: next.value }
  } catch (error) {
    return { error }
  }
}

const isOver = ({
  clock,
  deadline,
  signal,
}: Pick<BisectTask<Wanted>, 'clock' | 'deadline' | 'signal'>): boolean =>
  signal.aborted || clock.now() >= deadline

function halves<W>(requests: W[]): W[][] {
  const middle = Math.ceil(requests.length / 2)
  return [requests.slice(0, middle), requests.slice(middle)]
}
