import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History } from './history.ts'

/**
 * A program that follows the change feed on a bad line: it keeps its position and asks again with it until it
 * has an answer.
 */
export interface Follower {
  /** Reads on until nothing comes any more, and ends. */
  stop(): Promise<void>
}

interface FeedAnswer {
  changes: { position: string; kind: string; data: Record<string, unknown> }[]
  position: string
}

const LIMIT = 500
const ANSWERS_LOST = 0.2
/** One key may ask 1,200 times a minute, and the puller and the desk ask with the same one. */
const PAUSE_MS = 700

/** Begins at the present, and resolves when it has its first position. */
export async function startFollower(client: Client, seed: number, history: History): Promise<Follower> {
  const dice = seeded(seed, -19)
  let position = (await untilAnswered(null)).position
  let stopping = false
  const done = follow()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    async stop() {
      stopping = true
      await done
    },
  }

  async function follow(): Promise<void> {
    for (;;) {
      const isLast = stopping
      const answer = await untilAnswered(position)
      position = answer.position
      if (isLast && answer.changes.length === 0) return
      if (answer.changes.length < LIMIT) await sleep(PAUSE_MS)
    }
  }

  async function untilAnswered(after: string | null): Promise<FeedAnswer> {
    const query = after === null ? '' : `after=${encodeURIComponent(after)}&`
    let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 40) : undefined
    for (;;) {
      try {
        const answer = await client.get<FeedAnswer>(`/changes?${query}limit=${LIMIT}`, loseAfterMs)
        const rows = answer.changes.map(({ position: place, kind, data }) => toRow(place, kind, data))
        history.note({
          process: 'follower',
          f: 'feed',
          type: 'ok',
          value: { after, position: answer.position, rows },
        })
        return answer
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        const isOpen = error instanceof NoAnswer
        history.note({
          process: 'follower',
          f: 'feed',
          type: isOpen ? 'info' : 'fail',
          value: { after, why },
        })
        if (!isOpen) throw error
        loseAfterMs = undefined
        await sleep(200)
      }
    }
  }
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

/** A row of the feed as histories name it, however it came: what it tells of, and what it says of that. */
export function toRow(place: string, kind: string, data: Record<string, unknown>) {
  const ids = [data.changeId, data.orderId, data.noticeId, data.mailboxId, data.shopId].map(textOf)
  const id = kind === 'order' ? textOf(data.orderId) : (ids.find((one) => one !== '') ?? '')
  const words = Array.isArray(data.what) ? data.what.join('+') : textOf(data.state ?? data.code ?? data.what)
  return { place, kind, id, what: words }
}
