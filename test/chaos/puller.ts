import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History, HistoryEntry } from './history.ts'

/**
 * 受注取込 by a client on a bad line: it asks all the time, and asks again with the same key until it has an
 * answer.
 */

export interface PulledOrder {
  id: string
  marketplace: string
  orderNumber: string
  mallState: string
  holds: string[]
  detail: {
    recipients: { id?: string; recipientId?: string }[]
    items?: { lineId: string; quantity: number }[]
  } | null
}

interface Answer {
  pullId: string
  orders: PulledOrder[]
}

export interface Puller {
  /** Keys that brought at least one order. */
  keys: string[]
  stop(): Promise<void>
}

const LIMIT = 200
export const PAUSE_MS = 300
const ANSWERS_LOST = 0.2

/** `pauseMs`: after a pull that brought all there was. */
export function startPuller(
  client: Client,
  seed: number,
  history: History,
  onOrders: (orders: PulledOrder[]) => void,
  pauseMs = PAUSE_MS,
): Puller {
  const keys: string[] = []
  const dice = seeded(seed, -11)
  let stopping = false
  const done = run()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    keys,
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    for (let n = 1; !stopping; n += 1) {
      const idempotencyKey = `pull-${seed}-${n}`
      const loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined
      const { orders } = await untilAnswered(
        client,
        idempotencyKey,
        notePulls(history, 'puller'),
        loseAfterMs,
      )
      if (orders.length > 0) {
        keys.push(idempotencyKey)
        onOrders(orders)
      }
      if (orders.length < LIMIT) await sleep(pauseMs)
    }
  }
}

type NotePull = (type: HistoryEntry['type'], value: Extract<HistoryEntry, { f: 'pull' }>['value']) => void

const notePulls =
  (history: History, process: string): NotePull =>
  (type, value) =>
    history.note({ process, f: 'pull', type, value })

async function untilAnswered(
  client: Client,
  key: string,
  note: NotePull,
  loseAfterMs?: number,
): Promise<Answer> {
  for (let loseAfter = loseAfterMs; ; loseAfter = undefined) {
    note('invoke', { key })
    try {
      const answer = await client.post<Answer>('/orders/pull', { limit: LIMIT }, key, loseAfter)
      note('ok', { key, pullId: answer.pullId, orders: answer.orders.map(keyOfOrder) })
      return answer
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      note(error instanceof NoAnswer ? 'info' : 'fail', { key, why })
      if (!(error instanceof NoAnswer)) throw error
      await sleep(200)
    }
  }
}

const keyOfOrder = ({ marketplace, orderNumber }: PulledOrder): string => keyOf(marketplace, orderNumber)

const REPLAYED_AT_ONCE = 4

/** Asks for every batch again with its key: the history tells whether it is the same one. */
export async function replayAll(client: Client, keys: readonly string[], history: History): Promise<void> {
  const left = [...keys]
  const replay = async () => {
    for (let key = left.pop(); key; key = left.pop())
      await untilAnswered(client, key, notePulls(history, 'replayer'))
  }
  await Promise.all(Array.from({ length: REPLAYED_AT_ONCE }, replay))
}
