import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History } from './history.ts'
import type { PulledOrder } from './puller.ts'

/**
 * 送り状: some of the orders that were pulled get a carrier's file, some of those twice, by a client that loses
 * answers.
 */
export interface LabelDesk {
  offer(orders: readonly PulledOrder[]): void
  stop(): Promise<void>
}

const SHARE = 0.1
const AGAIN = 0.2
const ANSWERS_LOST = 0.2
const AT_ONCE = 20
const PAUSE_MS = 2_000

const FORMAT = 'yamato_b2'
const SETTINGS = {
  sender: {
    name: '混乱商事',
    postalCode: '1000001',
    address: '東京都千代田区千代田1-1',
    phone: '03-1234-5678',
  },
  goodsName: '衣類',
  billingCode: '0312345678',
  freightNumber: '01',
}

interface Answer {
  orders: { orderId: string; labels: { recipientId: string; key: string | null }[] }[]
}

export async function startLabelDesk(client: Client, seed: number, history: History): Promise<LabelDesk> {
  const dice = seeded(seed, -29)
  const waiting: PulledOrder[] = []
  let stopping = false
  await client.put('/labels/settings', { format: FORMAT, settings: SETTINGS })
  const done = run()
  // Raised where it is waited for, in `stop`.
  done.catch(() => undefined)
  return {
    offer(orders) {
      waiting.push(...orders.filter(() => dice.chance(SHARE)))
    },
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    for (;;) {
      const isLast = stopping
      const orders = waiting.splice(0, AT_ONCE)
      if (orders.length > 0) await untilAnswered(client, dice, history, orders)
      waiting.push(...(isLast ? [] : orders.filter(() => dice.chance(AGAIN))))
      if (isLast && waiting.length === 0) return
      await sleep(isLast ? 0 : PAUSE_MS)
    }
  }
}

async function untilAnswered(
  client: Client,
  dice: Seeded,
  history: History,
  wanted: readonly PulledOrder[],
): Promise<void> {
  const byId = new Map(wanted.map((order) => [order.id, keyOf(order.marketplace, order.orderNumber)]))
  const orders = [...byId.values()]
  const body = { format: FORMAT, orderIds: [...byId.keys()], options: { service: 'takkyubin' } }
  let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined
  for (;;) {
    history.note({ process: 'labels', f: 'label', type: 'invoke', value: { orders } })
    try {
      // Labels are made once however often they are asked for: under one key, a process that died would be
      // waited for.
      const answer = await client.post<Answer>('/labels', body, randomUUID(), loseAfterMs)
      const labels = answer.orders.flatMap(({ orderId, labels }) =>
        labels.flatMap(({ recipientId: recipient, key }) =>
          key === null ? [] : [{ order: byId.get(orderId) ?? null, recipient, key }],
        ),
      )
      return history.note({ process: 'labels', f: 'label', type: 'ok', value: { orders, labels } })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const isOpen = error instanceof NoAnswer
      history.note({ process: 'labels', f: 'label', type: isOpen ? 'info' : 'fail', value: { orders, why } })
      if (!isOpen) throw error
      loseAfterMs = undefined
      await sleep(200)
    }
  }
}
