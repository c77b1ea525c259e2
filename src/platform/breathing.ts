import { setImmediate } from 'node:timers/promises'
import { currentScope } from './db/tenant-scope.ts'

/**
 * Longest work at a stretch: what else a process has to do, renewing its locks and answering its probes,
 * waits for so long at most.
 */
const STRETCH_MS = 20

/**
 * Of a process that answers requests: each of them comes back to the event loop some five times, and waits
 * for the others each time.
 */
const REQUEST_STRETCH_MS = 2

/**
 * For loops over what one answer brought: a hundred orders come in one call, and awaiting what is there
 * already lets nothing else in.
 * @returns to be awaited after each piece; lets the others have their turn when this has had its own
 */
export function createBreathing(
  steady: () => number = () => performance.now(),
  stretchMs = STRETCH_MS,
  giveWay: () => Promise<unknown> = setImmediate,
): () => Promise<void> {
  let since = steady()
  return async () => {
    if (steady() - since < stretchMs) return
    await giveWay()
    since = steady()
  }
}

/** Answer to one of many requests: the others take turns in between, other tenants' short ones first. */
export const createRequestBreathing = (): (() => Promise<void>) =>
  createBreathing(undefined, REQUEST_STRETCH_MS, currentScope()?.giveWay)

/** Lets the others have a turn, and short requests of other tenants go first. */
export const giveWay = (): Promise<unknown> => (currentScope()?.giveWay ?? setImmediate)()

/** `Array.map` with the others' turns in between. */
export async function mapBreathing<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => R,
): Promise<R[]> {
  const breathe = createRequestBreathing()
  const results: R[] = []
  for (const [index, item] of items.entries()) {
    results.push(work(item, index))
    await breathe()
  }
  return results
}
