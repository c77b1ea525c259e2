import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import type { Placed } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'
import type { Books } from './database.ts'
import type { History } from './history.ts'

/** People who ask of orders that are late why they are not here, for as long as they are late. */
export interface Asker {
  stop(): Promise<void>
}

/** An order that has not come by then is asked for. */
const LATE_MS = 15_000
const EVERY_MS = 5_000
/**
 * Of the late ones so many are asked for in a round: one key may ask 1,200 times a minute, and others ask
 * with it too.
 */
const MOST = 12
/** The share that asks the mall too; the service allows six a minute. */
const LIVE = 0.1

interface Answer {
  verdict: string
  next: { at: string } | null
  live: { asked: boolean }
}

/** @param placed the buyers' orders, which grow meanwhile */
export function startAsker(
  client: Client,
  books: Pick<Books, 'keys'>,
  placed: readonly Placed[],
  seed: number,
  history: History,
): Asker {
  const dice = seeded(seed, -23)
  let stopping = false
  const done = follow()
  done.catch(() => undefined)
  return {
    async stop() {
      stopping = true
      await done
    },
  }

  async function follow(): Promise<void> {
    while (!stopping) {
      const late = await lateOnes().catch(() => [])
      for (const one of late) if (!stopping) await ask(one)
      await sleep(EVERY_MS)
    }
  }

  async function lateOnes(): Promise<Placed[]> {
    const before = Date.now() - LATE_MS
    const due = placed.filter(({ knowableAt }) => knowableAt < before)
    if (due.length === 0) return []
    const here = await books.keys()
    const late = due.filter(({ key }) => !here.has(key))
    const from = dice.int(0, Math.max(0, late.length - MOST))
    return late.slice(from, from + MOST)
  }

  async function ask({ key, orderNumber }: Placed): Promise<void> {
    const askedAt = Date.now()
    const query = new URLSearchParams({ number: orderNumber, live: String(dice.chance(LIVE)) })
    try {
      const { verdict, next, live } = await client.get<Answer>(`/why?${query}`)
      history.note({
        process: 'asker',
        f: 'why',
        type: 'ok',
        value: { order: key, askedAt, verdict, live: live.asked, nextAt: next ? Date.parse(next.at) : null },
      })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const type = error instanceof NoAnswer ? 'info' : 'fail'
      history.note({ process: 'asker', f: 'why', type, value: { order: key, askedAt, why } })
    }
  }
}
