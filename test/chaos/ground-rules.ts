import type { SandboxWrite } from '../../sandbox/kit/types.ts'
import { SANDBOX_MALLS, type SandboxMall } from '../../sandbox/malls/index.ts'
import { keyOf } from './arrivals.ts'
import type { Books } from './database.ts'
import { toRow } from './follower.ts'
import type { Ground } from './ground.ts'
import type { History } from './history.ts'

/** What all runs on the same ground have in common. */

/** Settings of the service; the malls' quotas are off, so that a run is not mostly waiting. */
export const settingsFor = (wish: {
  operatorKey: string
  seed: number
  sweepSeconds: number
}): Record<string, string> => ({
  OPERATOR_API_KEY: wish.operatorKey,
  ENCRYPTION_KEYS: `chaos:${Buffer.alloc(32, wish.seed % 256).toString('base64')}`,
  DATABASE_CONNECTIONS: '10',
  SWEEP_INTERVAL_SECONDS: String(wish.sweepSeconds),
  RAKUTEN_REQUESTS_PER_SECOND: '1000',
  YAHOO_REQUESTS_PER_SECOND: '1000',
  AUPAY_REQUESTS_PER_SECOND: '1000',
})

/** The last lines of a history: what stands in the database and in the malls' own books. */
export async function noteEnd(history: History, books: Books, ground: Ground): Promise<void> {
  for (const { key: order, ...value } of await books.orders())
    history.note({ process: 'database', f: 'stored', type: 'ok', value: { order, ...value } })
  for (const value of await books.changes())
    history.note({ process: 'database', f: 'ended', type: 'ok', value })
  const { overdue, attention, givenUp } = await books.openWork()
  for (const [what, texts] of Object.entries({ overdue, attention, failed: givenUp }))
    for (const text of texts)
      history.note({
        process: 'database',
        f: 'open',
        type: 'ok',
        value: { what: what as 'overdue' | 'attention' | 'failed', text },
      })
  for (const value of await books.labels())
    history.note({ process: 'database', f: 'labelled', type: 'ok', value })
  for (const mall of SANDBOX_MALLS) {
    const { writes } = (await ground.atMall(mall, 'GET', 'writes')) as { writes: SandboxWrite[] }
    for (const { orderNumber, operation, content = [] } of writes)
      history.note({
        process: mall,
        f: 'write',
        type: 'ok',
        value: { order: keyOf(mall, orderNumber), operation, content },
      })
    if (HELD[mall] !== undefined) await noteHolds(history, ground, mall, HELD[mall])
  }
  history.note({ process: 'run', f: 'run', type: 'ok', value: {} })
}

/** The status by which a mall holds an order for its shop; the others know none. */
const HELD: Partial<Record<SandboxMall, string>> = { yahoo: '3', aupay: '保留' }

async function noteHolds(history: History, ground: Ground, mall: SandboxMall, status: string): Promise<void> {
  const { orders } = (await ground.atMall(mall, 'GET', 'orders')) as {
    orders: { orderNumber: string; orderStatus: string }[]
  }
  for (const { orderNumber, orderStatus } of orders)
    history.note({
      process: mall,
      f: 'held',
      type: 'ok',
      value: { order: keyOf(mall, orderNumber), held: orderStatus === status },
    })
}

/**
 * The feed as it lies in the database now: what a follower and a webhook have to have been told when they are
 * at rest; and what it has to tell of orders and changes.
 */
export async function noteLog(history: History, books: Books): Promise<void> {
  const { events, orders, changes } = await books.feed()
  for (const { place, kind, data } of events)
    history.note({ process: 'database', f: 'logged', type: 'ok', value: toRow(place, kind, data) })
  for (const value of orders) history.note({ process: 'database', f: 'order_then', type: 'ok', value })
  for (const value of changes) history.note({ process: 'database', f: 'change_then', type: 'ok', value })
}
