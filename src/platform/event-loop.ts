import { setImmediate } from 'node:timers/promises'
import { currentScope } from './db/tenant-scope.ts'
import { createKeyCounts, type KeyCounts } from './fair-gate.ts'

/** Lets go first who asks for little, on an event loop that all share. */
export interface ShortFirst {
  /** A request of `share` (a tenant) has come. */
  note(share: string): void
  /** Requests of each share that have come and are not answered, refused ones that are held included. */
  atWork: KeyCounts
  /** True when no other share has come within the last minute. */
  isAlone(share: string): boolean
  /**
   * True where a rest of `share` serves others: it is not alone, and none has more than twice as many
   * requests. Else `share` may only have many waiting because of that one.
   */
  mayRest(share: string): boolean
  /** A short request of `share` is there until the returned function is called. */
  begin(share: string): () => void
  /** True while `share` asks for more at once than what goes first. */
  hasMany(share: string): boolean
  /**
   * To be awaited by `share` before a piece of long work, or one of many requests: settles once no other
   * share has a few short requests there, or after MOST_MS.
   */
  giveWay(share: string): Promise<void>
}

/**
 * Requests at once of one share that go first. Of a share with more none do, or a flood of short ones would
 * hold up another's long one.
 */
const FEW = 2

/** A board that is open asks more often. */
const ALONE_AFTER_MS = 60_000

/** Four fifths of the event loop in pieces of 2 ms: long work goes on beside any number of short requests. */
const MOST_MS = 8

interface Waiting {
  share: string
  go(): void
}

/** @param steady milliseconds of a clock that only goes forward */
export function createShortFirst(steady: () => number = () => performance.now()): ShortFirst {
  const there = new Map<string, number>()
  const waiting = new Set<Waiting>()
  const atWork = createKeyCounts()
  /** The share that came last, and when another one came before it. */
  let last = { share: '', at: Number.NEGATIVE_INFINITY, otherAt: Number.NEGATIVE_INFINITY }

  const isAlone = (share: string): boolean =>
    steady() - (share === last.share ? last.otherAt : last.at) > ALONE_AFTER_MS

  const hasMany = (share: string): boolean => (there.get(share) ?? 0) > FEW

  function isFree(share: string): boolean {
    for (const other of there.keys()) if (other !== share && !hasMany(other)) return false
    return true
  }

  function change(share: string, by: 1 | -1): void {
    const count = (there.get(share) ?? 0) + by
    if (count === 0) there.delete(share)
    else there.set(share, count)
    for (const one of waiting) if (isFree(one.share)) one.go()
  }

  return {
    note(share) {
      last = { share, at: steady(), otherAt: share === last.share ? last.otherAt : last.at }
    },
    atWork,
    isAlone,
    mayRest: (share) => !isAlone(share) && 2 * atWork.of(share) >= atWork.most(),
    hasMany,
    begin(share) {
      change(share, 1)
      let ended = false
      return () => {
        if (!ended) change(share, -1)
        ended = true
      }
    },
    async giveWay(share) {
      await setImmediate()
      if (isFree(share)) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(go, MOST_MS)
        const entry = { share, go }
        waiting.add(entry)
        function go() {
          clearTimeout(timer)
          waiting.delete(entry)
          resolve()
        }
      })
    },
  }
}

/**
 * Longest work at a stretch: what else a process has to do, renewing its locks and answering its probes,
 * waits for so long at most.
 */
const STRETCH_MS = 20

/**
 * Limit in a process that answers requests: each comes back to the event loop some five times, and waits
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
