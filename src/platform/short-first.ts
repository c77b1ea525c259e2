import { setImmediate } from 'node:timers/promises'

/** Lets go first who asks for little, on an event loop that all share. */
export interface ShortFirst {
  /** A short request of `share` (a tenant) is there until the returned function is called. */
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

/** Four fifths of the event loop in pieces of 2 ms: long work goes on beside any number of short requests. */
const MOST_MS = 8

interface Waiting {
  share: string
  go(): void
}

export function createShortFirst(): ShortFirst {
  const there = new Map<string, number>()
  const waiting = new Set<Waiting>()

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
