import { setTimeout as sleep } from 'node:timers/promises'
import { seeded } from '../../sandbox/kit/seeded.ts'
import { type Client, NoAnswer } from './client.ts'
import type { History } from './history.ts'
import { keyOfOrder, LIMIT, type PulledOrder, type Puller } from './puller.ts'

/** What moves orders between statuses: 自動仕分け, and staff on the board. */

const RULE = 'rest'

/** 自動仕分け moves orders of these shops from 新規受付 to 出荷待ち. */
export const sortOrdersOf = (client: Client, shopIds: readonly string[]): Promise<void> =>
  client.put('/move-rules', {
    enabled: true,
    rules: [
      {
        code: RULE,
        label: '出荷待ちへ',
        to: 'ready_to_ship',
        all: [{ field: 'shop', is: 'equal', values: shopIds }],
      },
    ],
  })

/** Part of the orders of a status that are moved in one look, and where to. */
const MOVES = [
  // Before a client comes: these are handed over all the same.
  { from: 'auto_imported', to: 'new', part: 0.05 },
  // The rules leave them there.
  { from: 'new', to: 'on_hold', part: 0.02 },
  { from: 'ready_to_ship', to: 'on_hold', part: 0.01 },
] as const
const MOVE_EVERY_MS = 1_500

export function startMover(client: Client, seed: number, history: History): Pick<Puller, 'stop'> {
  const dice = seeded(seed, -33)
  const done = new AbortController()
  const working = run()
  working.catch(() => undefined)
  return {
    async stop() {
      done.abort()
      await working
    },
  }

  async function run(): Promise<void> {
    while (!done.signal.aborted) {
      for (const one of MOVES)
        await move(one).catch((error: unknown) => {
          if (!(error instanceof NoAnswer)) throw error
        })
      await sleep(MOVE_EVERY_MS, undefined, { signal: done.signal }).catch(() => undefined)
    }
  }

  async function move({ from, to, part }: (typeof MOVES)[number]): Promise<void> {
    const there = await client.get<{ orders: PulledOrder[] }>(`/orders?status=${from}&limit=${LIMIT}`)
    const orders = there.orders.filter(() => dice.chance(part))
    if (orders.length === 0) return
    const orderIds = orders.map(({ id }) => id)
    const value = { orders: orders.map(keyOfOrder) }
    history.note({ process: 'mover', f: 'move', type: 'invoke', value })
    try {
      await client.post('/orders/move', { orderIds, to }, `move-${seed}-${to}-${orderIds[0]}`)
      history.note({ process: 'mover', f: 'move', type: 'ok', value })
    } catch (error) {
      history.note({ process: 'mover', f: 'move', type: 'info', value })
      throw error
    }
  }
}
