import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { keyOf, type Placed } from './arrivals.ts'
import { type Client, NoAnswer, type RegisteredShop } from './client.ts'
import type { Books } from './database.ts'
import type { History } from './history.ts'
import type { ChaosMall } from './malls.ts'
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

/** People who ask of orders that are late why they are not here, for as long as they are late. */
interface Asker {
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

interface WhyAnswer {
  verdict: string
  next: { at: string } | null
  live: { asked: boolean }
}

/** Carts that count by themselves: their numbers end those of other malls, so that the shop is named, too. */
const BY_SHOP: ReadonlySet<string> = new Set(['connector', 'shopify'])

/** @param placed the buyers' orders, which grow meanwhile */
export function startAsker(
  client: Client,
  books: Pick<Books, 'keys'>,
  { placed, shops }: { placed: readonly Placed[]; shops: readonly RegisteredShop<ChaosMall>[] },
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

  async function ask({ key, orderNumber, planned: { mall }, shop }: Placed): Promise<void> {
    const askedAt = Date.now()
    const query = new URLSearchParams({ number: orderNumber, live: String(dice.chance(LIVE)) })
    const own = shops.find((one) => one.mall === mall && one.index === shop)
    if (own && BY_SHOP.has(mall)) query.set('shopId', own.id)
    try {
      const { verdict, next, live } = await client.get<WhyAnswer>(`/why?${query}`)
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
