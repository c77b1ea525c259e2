import { setTimeout as sleep } from 'node:timers/promises'
import { type Seeded, seeded } from '../../sandbox/kit/seeded.ts'
import { keyOf } from './arrivals.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History, HistoryEntry } from './history.ts'

/**
 * 受注取込 by clients on a bad line: answers are lost, whole requests are held back and come later, and now and
 * then a client is put back to its backup. All that each knows is its orders and one position.
 */

export interface PulledOrder {
  id: string
  marketplace: string
  orderNumber: string
  mallState: string
  holds: string[]
  detail: {
    recipients: { id?: string; recipientId?: string; mallFields?: Record<string, string> }[]
    items?: { lineId: string; quantity: number }[]
    mallFields?: Record<string, unknown>
  } | null
}

interface Answer {
  pullId: string
  orders: PulledOrder[]
  since: string
  position: string
  number: number
  desk: string
  replayed: boolean
}

export interface Puller {
  /** Its first pull was answered: from then on nothing passes its desk by. */
  begun: Promise<void>
  stop(): Promise<void>
}

export interface PullerOptions {
  client: Client
  seed: number
  history: History
  /** Each order once, also where the client is put back. */
  onOrders(orders: PulledOrder[]): void
  /** After a pull that brought all there was. */
  pauseMs?: number
  /** Of several clients under one key. */
  desk?: string
  /** Whether it is put back to its backup now and then. */
  putBack?: boolean
}

export const LIMIT = 200
export const PAUSE_MS = 300
const ANSWERS_LOST = 0.15
const HELD_BACK = 0.1
const HELD_BACK_MOST_MS = 20_000
/** Of pulls that brought orders. */
const BACKED_UP = 0.08
const PUT_BACK = 0.05

/** Orders and position, as one database keeps them. */
interface Kept {
  orders: ReadonlyMap<string, string>
  position: string | null
}

const EMPTY: Kept = { orders: new Map(), position: null }

export function startPuller(options: PullerOptions): Puller {
  const { client, history, onOrders, pauseMs = PAUSE_MS, desk } = options
  const dice = seeded(options.seed, desk === undefined ? -11 : -31)
  const process = `puller${desk ?? ''}`
  const note = notePulls(history, process)
  const offered = new Set<string>()
  let kept: Kept = EMPTY
  let backup: Kept = EMPTY
  let stopping = false
  const begun = Promise.withResolvers<void>()
  const done = run()
  // Raised where it is waited for, in `stop`.
  done.catch(() => begun.resolve())
  return {
    begun: begun.promise,
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    let isLast = false
    // What the backup lacks is asked for before it ends.
    while (!stopping || !isLast) {
      const { orders, position, replayed } = await untilAnswered(
        client,
        { after: kept.position, desk },
        note,
        dice,
      )
      isLast = orders.length === 0 && !replayed
      begun.resolve()
      if (!isLast) {
        kept = {
          orders: new Map([...kept.orders, ...orders.map((order) => [keyOfOrder(order), order.id] as const)]),
          position,
        }
        onOrders(orders.filter(({ id }) => !offered.has(id)))
        for (const { id } of orders) offered.add(id)
        if (options.putBack && !stopping) tend()
      }
      if (orders.length < LIMIT && !replayed) await sleep(stopping ? 0 : pauseMs)
    }
    const orders = [...kept.orders].map(([order, id]) => ({ order, id }))
    history.note({ process, f: 'kept', type: 'ok', value: { orders } })
  }

  function tend(): void {
    if (dice.chance(BACKED_UP)) backup = kept
    if (!dice.chance(PUT_BACK)) return
    history.note({
      process,
      f: 'put_back',
      type: 'ok',
      value: { orders: kept.orders.size - backup.orders.size },
    })
    kept = backup
  }
}

/**
 * The client of release 1.0.0: a key until its answer is here, then a new one. That form loses by copies that
 * come late, so none is held back.
 */
export function startKeyPuller(
  { seed, history, onOrders, pauseMs = PAUSE_MS }: Omit<PullerOptions, 'client'>,
  clientNow: () => Client,
): Pick<Puller, 'stop'> {
  const dice = seeded(seed, -37)
  const process = 'key puller'
  const note = notePulls(history, process)
  const kept: { order: string; id: string }[] = []
  let stopping = false
  const done = run()
  done.catch(() => undefined)
  return {
    async stop() {
      stopping = true
      await done
    },
  }

  async function run(): Promise<void> {
    for (let n = 1; !stopping; n += 1) {
      const key = `pull-${seed}-${n}`
      const orders = await untilKeyAnswered(key)
      kept.push(...orders.map((order) => ({ order: keyOfOrder(order), id: order.id })))
      onOrders(orders)
      if (orders.length < LIMIT) await sleep(pauseMs)
    }
    history.note({ process, f: 'kept', type: 'ok', value: { orders: kept } })
  }

  async function untilKeyAnswered(key: string): Promise<PulledOrder[]> {
    for (
      let loseAfterMs = dice.chance(ANSWERS_LOST) ? dice.int(1, 60) : undefined;
      ;
      loseAfterMs = undefined
    ) {
      note('invoke', { key })
      try {
        const answer = await clientNow().post<Answer>('/orders/pull', { limit: LIMIT }, key, loseAfterMs)
        note('ok', { key, pullId: answer.pullId, orders: answer.orders.map(keyOfOrder) })
        return answer.orders
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        note('info', { key, why: error.message })
        await sleep(200)
      }
    }
  }
}

interface Asked {
  after: string | null
  desk: string | undefined
}

type PullValue = Extract<HistoryEntry, { f: 'pull' }>['value']
type NotePull = (type: HistoryEntry['type'], value: PullValue) => void

const notePulls =
  (history: History, process: string): NotePull =>
  (type, value) =>
    history.note({ process, f: 'pull', type, value })

async function untilAnswered(
  client: Client,
  { after, desk }: Asked,
  note: NotePull,
  dice?: Seeded,
): Promise<Answer> {
  const body = { after, limit: LIMIT, ...(desk === undefined ? {} : { desk }) }
  const asked = { after, ...(desk === undefined ? {} : { desk }) }
  const drawn = dice?.float() ?? 1
  let loseAfterMs = drawn < ANSWERS_LOST ? dice?.int(1, 60) : undefined
  const holdMs = drawn >= 1 - HELD_BACK && dice ? dice.int(50, HELD_BACK_MOST_MS) : undefined
  if (holdMs !== undefined) {
    note('invoke', asked)
    note('info', { ...asked, why: `held back for ${holdMs} ms` })
    // Its answer reaches nobody: the client has given it up.
    client.later(holdMs, '/orders/pull', body)
    await sleep(dice?.int(1, 60))
  }
  for (;;) {
    note('invoke', asked)
    try {
      const answer = await client.post<Answer>('/orders/pull', body, null, loseAfterMs)
      const { pullId, since, position, number, replayed, orders } = answer
      const what = { pullId, since, position, number, replayed, orders: orders.map(keyOfOrder) }
      note('ok', { after, desk: answer.desk, ...what })
      return answer
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      note(error instanceof NoAnswer ? 'info' : 'fail', { ...asked, why })
      if (!(error instanceof NoAnswer)) throw error
      loseAfterMs = undefined
      await sleep(200)
    }
  }
}

export const keyOfOrder = ({ marketplace, orderNumber }: PulledOrder): string =>
  keyOf(marketplace, orderNumber)

/** A client that has nothing gets every batch of the desk again; the history tells whether it is the same. */
export async function replayAll(client: Client, history: History, desk?: string): Promise<void> {
  const note = notePulls(history, 'replayer')
  for (let after: string | null = null; ; ) {
    const { position, replayed } = await untilAnswered(client, { after, desk }, note)
    if (!replayed) return
    after = position
  }
}
