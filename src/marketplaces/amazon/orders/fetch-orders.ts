import { failed } from '../../kit/outcomes.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { FetchHints, FetchOutcome } from '../../port/session.ts'
import { isOrderNumber } from '../facts.ts'
import { notAnOrderNumber } from '../failures.ts'
import { LIST_DELAY_MS } from '../operations.ts'
import { fetchByList, isMany, type Listing } from './fetch-by-list.ts'
import { fetchOne } from './fetch-one.ts'
import { deleteOld, takeKept } from './listing-memory.ts'

/** Longest span of one rush. An order outside it is an old one that was requested again. */
const ONE_RUSH_MS = 24 * 60 * 60 * 1000
const START_MARGIN_MS = 60_000
const LISTED_MARGIN_MS = 5_000

/**
 * Yields one outcome per number. Fetches few numbers one by one, in the order given. Searches for many from
 * the oldest and fetches single ones from the newest, so that the two meet only at the end.
 * @throws MarketplaceFailure for what concerns the whole shop, `throttled` only when neither way is open
 */
export async function* fetchOrders(
  orderNumbers: readonly string[],
  listing: Listing,
  signal: AbortSignal,
  hints: FetchHints = {},
): AsyncGenerator<FetchOutcome> {
  const { memory, tools } = listing
  const asked = [...new Set(orderNumbers)]
  for (const orderNumber of asked) {
    if (!isOrderNumber(orderNumber)) yield failed(orderNumber, notAnOrderNumber())
  }
  const queue = asked.filter(isOrderNumber)
  const wanted = new Set(queue)
  deleteOld(memory, tools.clock.now())
  yield* takeKept(memory, wanted, tools.clock.now())
  if (!isMany(wanted.size)) memory.shortUntil = 0
  while (wanted.size > 0) {
    signal.throwIfAborted()
    if (hints.goesOn?.() === false) return
    if (isMany(wanted.size) && tools.clock.now() >= memory.notBefore) {
      const startAt =
        memory.walk || memory.from ? (memory.from?.at ?? 0) : yield* findStart(wanted, listing, signal, hints)
      if (startAt !== null) yield* fetchByList(wanted, startAt, listing, signal, hints)
    }
    if (hints.goesOn?.() === false) return
    const orderNumber = isMany(wanted.size) ? queue.pop() : queue.shift()
    if (orderNumber === undefined) return
    if (wanted.delete(orderNumber)) yield await fetchOne(orderNumber, listing, signal)
  }
}

/**
 * Finds the start of a search (ms) by fetching the first, the middle and the last of the wanted orders, since
 * nothing else tells their age. Resumes where a caller stopped, whose turn may be shorter than three calls of
 * an empty bucket. Null, with `notBefore` set, when a search would not find them yet.
 */
async function* findStart(
  wanted: Set<string>,
  listing: Listing,
  signal: AbortSignal,
  hints: FetchHints,
): AsyncGenerator<FetchOutcome, number | null> {
  const { memory, tools } = listing
  memory.probes ??= { made: 0, times: [], begunAt: tools.clock.now() }
  const { probes } = memory
  const { times } = probes
  try {
    for (const orderNumber of probesOf([...wanted]).slice(probes.made)) {
      if (hints.goesOn?.() === false) return null
      const outcome = await fetchOne(orderNumber, listing, signal)
      wanted.delete(orderNumber)
      probes.made += 1
      if (outcome.kind === 'found') times.push(Date.parse(outcome.order.updatedAt ?? outcome.order.orderedAt))
      yield outcome
    }
  } catch (error) {
    const throttled = error instanceof MarketplaceFailure && error.kind === 'throttled'
    if (!throttled || (times.length === 0 && hints.since === undefined)) throw error
  }
  memory.probes = null
  const now = tools.clock.now()
  const start = startOf(times, hints)
  const newest = times.length === 0 ? now : Math.max(...times)
  if (start === null) {
    memory.notBefore = now + LIST_DELAY_MS
    return null
  }
  memory.from = { at: start, knownAt: now }
  if (start + START_MARGIN_MS <= now - LIST_DELAY_MS) return start
  memory.notBefore = Math.min(newest, now) + LIST_DELAY_MS + LISTED_MARGIN_MS
  return null
}

const probesOf = (numbers: readonly string[]): string[] => [
  ...new Set([numbers[0], numbers[numbers.length >> 1], numbers.at(-1)].filter((one) => one !== undefined)),
]

function startOf(times: readonly number[], { since }: FetchHints): number | null {
  if (times.length === 0) return since?.getTime() ?? null
  const newest = Math.max(...times)
  return Math.min(...times.filter((time) => newest - time < ONE_RUSH_MS)) - START_MARGIN_MS
}
