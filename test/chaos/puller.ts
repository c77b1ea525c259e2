import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'

/** 受注取込 by a client on a bad line: it asks all the time, and asks again with the same key until it has an answer. */

export interface PulledOrder {
  id: string
  marketplace: string
  orderNumber: string
  mallState: string
  holds: string[]
  detail: { recipients: { id?: string; recipientId?: string }[] } | null
}

interface Answer {
  pullId: string
  orders: PulledOrder[]
}

export interface Batch {
  idempotencyKey: string
  pullId: string
  /** As they stood in the answer. */
  keys: string[]
}

export interface Puller {
  /** With at least one order. */
  batches: Batch[]
  /** How often an answer was lost and the same key sent again. */
  repeats(): number
  stop(): Promise<void>
}

const LIMIT = 200
export const PAUSE_MS = 300
const ANSWERS_LOST = 0.2

/** `pauseMs`: after a pull that brought all there was. */
export function startPuller(
  client: Client,
  seed: number,
  onOrders: (orders: PulledOrder[]) => void,
  pauseMs = PAUSE_MS,
): Puller {
  const batches: Batch[] = []
  const dice = seeded(seed, -11)
  let stopping = false
  let repeats = 0
  const done = run()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    batches,
    repeats: () => repeats,
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    for (let n = 1; !stopping; n += 1) {
      const idempotencyKey = `pull-${seed}-${n}`
      const { pullId, orders } = await untilAnswered(client, idempotencyKey, dice, () => {
        repeats += 1
      })
      if (orders.length > 0) {
        batches.push({ idempotencyKey, pullId, keys: orders.map(keyOfOrder) })
        onOrders(orders)
      }
      if (orders.length < LIMIT) await sleep(pauseMs)
    }
  }
}

async function untilAnswered(
  client: Client,
  idempotencyKey: string,
  dice: Seeded,
  onRepeat: () => void,
): Promise<Answer> {
  let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined
  for (;;) {
    try {
      return await client.post<Answer>('/orders/pull', { limit: LIMIT }, idempotencyKey, loseAfterMs)
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      onRepeat()
      loseAfterMs = undefined
      await sleep(200)
    }
  }
}

const keyOfOrder = ({ marketplace, orderNumber }: PulledOrder): string => keyOf(marketplace, orderNumber)

const REPLAYED_AT_ONCE = 4

/** Asks for every batch again with its key. @returns the keys whose answer was another one than the first */
export async function replayAll(client: Client, batches: readonly Batch[]): Promise<string[]> {
  const wrong: string[] = []
  const left = [...batches]
  const replay = async () => {
    for (let batch = left.pop(); batch; batch = left.pop()) {
      const again = await untilAnswered(client, batch.idempotencyKey, seeded(1, 1), () => undefined)
      const same = again.pullId === batch.pullId && again.orders.map(keyOfOrder).join() === batch.keys.join()
      if (!same) wrong.push(batch.idempotencyKey)
    }
  }
  await Promise.all(Array.from({ length: REPLAYED_AT_ONCE }, replay))
  return wrong
}
