import { setImmediate } from 'node:timers/promises'
import { createKeyCounts } from './key-counts.ts'

/** Requests that are soon answered go before the pieces of long work on the same event loop. */
export interface ShortFirst {
  /** A short request of `share` (a tenant, a network) is at work until the returned function is called. */
  begin(share: string): () => void
  /** To be awaited between two pieces of long work of `share`: settles once no other share has a short request at work, or after MOST_MS. */
  giveWay(share: string): Promise<void>
}

/** Four fifths of the event loop, beside pieces of 2 ms: long work goes on however many short requests there are. */
const MOST_MS = 8

interface Waiting {
  share: string
  go(): void
}

export function createShortFirst(): ShortFirst {
  const atWork = createKeyCounts()
  const waiting = new Set<Waiting>()
  let all = 0

  const isFirst = (share: string): boolean => all > atWork.of(share)

  return {
    begin(share) {
      all += 1
      atWork.add(share)
      let ended = false
      return () => {
        if (ended) return
        ended = true
        all -= 1
        atWork.remove(share)
        for (const one of waiting) if (!isFirst(one.share)) one.go()
      }
    },
    async giveWay(share) {
      await setImmediate()
      if (!isFirst(share)) return
      await new Promise<void>((resolve) => {
        const entry = { share, go }
        const timer = setTimeout(go, MOST_MS)
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
