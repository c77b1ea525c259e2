import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { Marketplaces } from '../../../src/marketplaces/index.ts'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createLanes } from '../../../src/marketplaces/quota/lanes.ts'
import { createYahoo } from '../../../src/marketplaces/yahoo/index.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { openDatabase } from '../../../src/platform/db/database.ts'
import { createHttpClient } from '../../../src/platform/http/undici-client.ts'
import { createTokenStores } from '../../../src/shops/credentials/tokens.ts'
import { createShopSessions } from '../../../src/shops/shops/sessions.ts'
import { newId, testSealer } from '../fixtures.ts'
import { memoryBuckets } from './memory-buckets.ts'

export interface RefreshTask {
  databaseUrl: string
  mallUrl: string
  shopId: string
  orderNumber: string
  /** How far the process's clock is ahead of the machine's, milliseconds. */
  aheadMs: number
}

export interface RefreshWorkers {
  /** So many workers read the order at once; `found`, or the code of what stopped each. */
  read(workers: number): Promise<string[]>
  close(): Promise<void>
}

/** Workers of one process: one token store, and a session of the Yahoo! shop for each of them. */
export async function openRefreshWorkers(task: RefreshTask): Promise<RefreshWorkers> {
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ url: task.databaseUrl, log, maxConnections: 6 })
  const http = createHttpClient({ allowPrivateHosts: 'all' })
  const clock: Clock = { now: () => systemClock.now() + task.aheadMs, sleep: systemClock.sleep }
  const yahoo = createYahoo({ apiUrl: task.mallUrl, authUrl: task.mallUrl, requestsPerSecond: 1000 })
  const marketplaces: Marketplaces = new Map([['yahoo', yahoo as Marketplace]])
  const shared = { db: database.db, sealer: testSealer, clock, log }
  const sessions = createShopSessions({
    ...shared,
    marketplaces,
    http,
    lanes: createLanes({ store: memoryBuckets(clock), clock }),
    tokens: createTokenStores({ ...shared, newId, owner: `process ${process.pid}` }),
  })

  async function readOnce(): Promise<string> {
    const { session } = await sessions.open(task.shopId)
    try {
      for await (const { kind } of session.fetchOrders([task.orderNumber], new AbortController().signal))
        return kind
      return 'nothing'
    } catch (error) {
      if (error instanceof MarketplaceFailure) return error.code
      throw error
    }
  }

  return {
    read: (workers) => Promise.all(Array.from({ length: workers }, readOnce)),
    async close() {
      await http.close()
      await database.close()
    },
  }
}

/**
 * Another process with workers: takes the task as its argument, and for each number on a line reads with as
 * many workers.
 */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const workers = await openRefreshWorkers(JSON.parse(process.argv[2] ?? '') as RefreshTask)
  process.stdout.write('ready\n')
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await workers.read(Number(line)))}\n`)
  }
  await workers.close()
}
