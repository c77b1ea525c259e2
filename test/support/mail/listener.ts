import type { SandboxOrder } from '../../../sandbox/kit/types.ts'
import { createListener } from '../../../src/mail/listener/index.ts'
import type { ListenerTiming } from '../../../src/mail/listener/timing.ts'
import { createJudge, type MailJudge } from '../../../src/mail/recognition/judge.ts'
import { createMarketplaces } from '../../../src/marketplaces/index.ts'
import { type Clock, systemClock } from '../../../src/platform/clock.ts'
import { assertPublicHost } from '../../../src/platform/http/address-guard.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import type { MailboxAccess } from '../../../src/shops/mailboxes/sign-in.ts'
import { freshDatabase, type TestDatabase } from '../database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId, testSealer } from '../fixtures.ts'
import { rakutenOrder, yahooOrder } from '../malls/sandbox-orders.ts'
import { noAccess } from './oauth.ts'

/** A listener on a database of its own, with one mailbox that serves a Rakuten and a Yahoo! shop. */

/** A mail server of either kind, with one account. */
export interface MailServer {
  login: {
    host: string
    port: number
    security: 'tls' | 'starttls' | 'plain'
    username: string
    password: string
  }
  ca?: string
  deliver(source: Buffer, more?: { internalDate?: Date }): Promise<void>
  /** Flags of each mail, by UID. */
  flags(): Promise<Record<number, string[]>>
  /** Another UIDVALIDITY. */
  renumber(): Promise<void>
  setPassword(password: string): Promise<void>
  stop(): Promise<void>
}

const NOWHERE = 'http://127.0.0.1:9'

export const malls = createMarketplaces({
  rakuten: { apiUrl: NOWHERE, requestsPerSecond: 1 },
  yahoo: { apiUrl: NOWHERE, authUrl: NOWHERE, requestsPerSecond: 1 },
  amazon: { apiUrl: NOWHERE, authUrl: NOWHERE },
  aupay: { apiUrl: NOWHERE, requestsPerSecond: 1 },
})

const QUICK: Partial<ListenerTiming> = { tickMs: 40, pollMs: 80, renewEveryMs: 200 }

export interface ListenerBench {
  database: TestDatabase
  tenantId: string
  rakutenShopId: string
  yahooShopId: string
  mailboxId: string
  /** Shops that were woken, in order. */
  woken: string[]
  /** What the listeners logged. */
  logged(): string
  listen(more?: ListenerOptions): ReturnType<typeof createListener>
  mailbox(): Promise<MailboxNow>
  requests(): Promise<{ orderNumber: string; purpose: string; shopId: string; source: string }[]>
  close(): Promise<void>
}

interface ListenerOptions {
  timing?: Partial<ListenerTiming>
  owner?: string
  clock?: Clock
  allow?: readonly string[] | 'all'
  judge?: MailJudge
  access?: MailboxAccess
}

type MailboxNow = NonNullable<Awaited<ReturnType<TestDatabase['db']['mailbox']['findFirst']>>>

export async function listenerBench(server: Pick<MailServer, 'login' | 'ca'>): Promise<ListenerBench> {
  const database = await freshDatabase()
  const { db } = database
  const { id: tenantId } = await makeTenant(db)
  const rakuten = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  const yahoo = await makeShop(db, { tenantId, marketplace: 'yahoo', code: yahooOrder.shopCode })
  const { id: mailboxId } = await makeMailbox(db, {
    tenantId,
    ...server.login,
    shopIds: [rakuten.id, yahoo.id],
  })
  const woken: string[] = []
  const listeners: ReturnType<typeof createListener>[] = []
  let output = ''
  const destination = {
    write(line: string) {
      output += line
    },
  }
  const log = createLogger({ level: 'debug', destination })

  return {
    database,
    tenantId,
    rakutenShopId: rakuten.id,
    yahooShopId: yahoo.id,
    mailboxId,
    woken,
    logged: () => output,
    listen({
      timing = {},
      owner = newId(),
      clock = systemClock,
      allow = 'all',
      judge,
      access = noAccess,
    } = {}) {
      const listener = createListener({
        db,
        pool: database.pool,
        clock,
        log,
        newId,
        owner,
        sealer: testSealer,
        random: systemRandom,
        metrics: createMetrics(),
        marketplaces: malls,
        judge: judge ?? createJudge(malls),
        access,
        wakeQueue: { wake: async (shopIds) => void woken.push(...shopIds) },
        hostGuard: (host) => assertPublicHost(host, { allow }),
        timing: { ...QUICK, ...timing },
        ...(server.ca === undefined ? {} : { ca: server.ca }),
      })
      listener.start()
      listeners.push(listener)
      return listener
    },
    mailbox: () => db.mailbox.findUniqueOrThrow({ where: { id: mailboxId } }),
    requests: () =>
      db.importRequest.findMany({
        select: { orderNumber: true, purpose: true, shopId: true, source: true },
        orderBy: { orderNumber: 'asc' },
      }),
    async close() {
      await Promise.all(listeners.map((listener) => listener.stop(5_000)))
      await database.close()
    },
  }
}

/** The n-th invented order of a mall. */
export function orderOf(marketplace: 'rakuten' | 'yahoo', n: number): SandboxOrder {
  const orderedAt = new Date(Date.now() - 60_000)
  if (marketplace === 'yahoo')
    return { ...yahooOrder, orderedAt, orderNumber: `${yahooOrder.shopCode}-${10_000_000 + n}` }
  return {
    ...rakutenOrder,
    orderedAt,
    orderNumber: `${rakutenOrder.shopCode}-20260519-${String(n).padStart(10, '0')}`,
  }
}

export const mailOfNoMall = (n: number): Buffer =>
  Buffer.from(
    `From: friend${n}@private.example\r\nTo: orders@shop.example\r\nSubject: lunch ${n}\r\nMessage-ID: <lunch${n}@private.example>\r\n` +
      `Date: Fri, 20 Nov 2026 12:00:00 +0900\r\n\r\nsee you\r\n`,
  )
