import { setImmediate } from 'node:timers/promises'

/** Longest work at a stretch: what else a process has to do, renewing its locks and answering its probes, waits for so long at most. */
const STRETCH_MS = 20

/**
 * For loops over what one answer brought: a hundred orders come in one call, and awaiting what is there already lets nothing else in.
 * @returns to be awaited after each piece; lets the others have their turn when this has had its own
 */
export function createBreathing(steady: () => number = () => performance.now()): () => Promise<void> {
  let since = steady()
  return async () => {
    if (steady() - since < STRETCH_MS) return
    await setImmediate()
    since = steady()
  }
}
