import type { Pool } from 'pg'
import { dateNow, slept } from '../platform/clock.ts'
import { createHttpClient } from '../platform/http/undici-client.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import { settlesWithin } from '../platform/timeout.ts'
import { type ClaimedWebhook, type SendTools, sendSlice } from './send.ts'
import { CLAIM_WEBHOOKS, DELETE_OLD_DELIVERIES, PLAN_DELIVERIES } from './statements.ts'
import { sealedAddress } from './webhooks.ts'

export interface WebhooksTools extends Omit<SendTools, 'http'> {
  pool: Pool
  log: Logger
  /** One name for one start of one process. */
  owner: string
  /** Calls back whenever something was written to the feed; the answer ends that. */
  listen(onWake: () => void): () => void
  /** Checks that the feed is still the same history; if not, the webhooks have begun anew afterwards. */
  keepHistory(): Promise<unknown>
  /** Hosts that may have a private address. */
  allowedPrivateHosts: readonly string[]
}

export interface Webhooks {
  start(): void
  stop(): Promise<void>
  /** Plans and sends what is due now, to its end; for tests. */
  round(): Promise<void>
}

const POLL_MS = 1_000
/** Rows that may wait for one webhook; the feed keeps what comes after. */
const MOST_WAITING = 1_000
/** Longer than a slice and its last attempt, so that only a dead process is overtaken. */
const LEASE_MS = 60_000
/** Webhooks that one process sends for at once: those that succeed, and those that failed the last time. */
const ROOM = { healthy: 64, failing: 32 }
const STOP_LIMIT_MS = 5_000
const KEPT_MS = 30 * 24 * 60 * 60_000
const CLEANING_EVERY_MS = 60 * 60_000
const BATCH = 1_000

/**
 * Sends the feed's rows to the addresses of the tenants. Every process of the role worker may run one: rows
 * and leases hold the work.
 */
export function createWebhooks(tools: WebhooksTools): Webhooks {
  const { pool, clock, log } = tools
  const logRepeat = createRepeatLog(log)
  // The database leases a sealed address only to an owner whose name says that it can open it: a process
  // of the release before would post to none, and count that as the receiver's failure.
  const owner = `sealed:${tools.owner}`
  // As many as are sent for at once: none waits for a connection, where a slow receiver of one tenant would
  // hold up all that share its origin, and where waiting would count as that receiver's time-out.
  const connectionsPerHost = ROOM.healthy + ROOM.failing
  const http = createHttpClient({ allowPrivateHosts: tools.allowedPrivateHosts, connectionsPerHost })
  const stopping = new AbortController()
  const { signal } = stopping
  const slices = { healthy: new Set<Promise<void>>(), failing: new Set<Promise<void>>() }
  const loops: Promise<void>[] = []
  let stopListening: (() => void) | null = null
  let woken = Promise.withResolvers<void>()
  /** Since the last look at what is due. */
  let roomFree = true
  let lookedAt = 0

  async function claim(lane: keyof typeof ROOM): Promise<ClaimedWebhook[]> {
    const now = clock.now()
    const room = ROOM[lane] - slices[lane].size
    if (room <= 0) return []
    const until = new Date(now + LEASE_MS)
    const claiming = CLAIM_WEBHOOKS({
      now: new Date(now),
      owner,
      until,
      failing: lane === 'failing',
      limit: room,
    })
    return (await pool.query<ClaimedWebhook>(claiming)).rows
  }

  function send(lane: keyof typeof ROOM, webhook: ClaimedWebhook): void {
    const slice = sendSlice({ ...tools, http }, owner, webhook, signal)
      .catch((err: unknown) => log.error({ err, webhookId: webhook.id }, 'a webhook could not be sent for'))
      .finally(() => {
        slices[lane].delete(slice)
        roomFree = true
        woken.resolve()
      })
    slices[lane].add(slice)
  }

  /**
   * @param due whether what was planned earlier may have become due, or room free; without that, news that no
   *   webhook wants end with the one statement that says so: each mail brings some
   * @returns how many webhooks it planned or began to send for
   */
  async function work(due: boolean): Promise<number> {
    if (due) await tools.keepHistory()
    const { rowCount } = await pool.query(PLAN_DELIVERIES({ now: dateNow(clock), limit: MOST_WAITING }))
    let begun = rowCount ?? 0
    if (begun === 0 && !due) return 0
    for (const lane of ['healthy', 'failing'] as const) {
      for (const webhook of await claim(lane)) {
        send(lane, webhook)
        begun += 1
      }
    }
    return begun
  }

  async function repeat(): Promise<void> {
    while (!signal.aborted) {
      woken = Promise.withResolvers()
      const now = clock.now()
      // News without pause must not keep retries waiting.
      const due = roomFree || Math.abs(now - lookedAt) >= POLL_MS
      if (due) lookedAt = now
      roomFree = false
      await work(due).catch((err: unknown) => {
        roomFree = true
        logRepeat({ err }, 'webhooks could not be looked at; trying again')
      })
      await Promise.race([woken.promise, slept(clock, POLL_MS, signal)])
    }
  }

  async function clean(): Promise<void> {
    do {
      await sealAddresses(tools).catch((err: unknown) =>
        logRepeat({ err }, 'addresses of webhooks could not be sealed; trying again'),
      )
      await deleteOldDeliveries(pool, new Date(clock.now() - KEPT_MS)).catch((err: unknown) =>
        logRepeat({ err }, 'old webhook deliveries could not be removed; trying again'),
      )
    } while (await slept(clock, CLEANING_EVERY_MS, signal))
  }

  return {
    start() {
      stopListening = tools.listen(() => woken.resolve())
      loops.push(repeat(), clean())
    },
    async stop() {
      stopping.abort()
      stopListening?.()
      await settlesWithin(STOP_LIMIT_MS, Promise.all([...loops, ...slices.healthy, ...slices.failing]))
      await http.close()
    },
    async round() {
      while (!signal.aborted && (await work(true)) > 0)
        await Promise.all([...slices.healthy, ...slices.failing])
    },
  }
}

/** Those that a process of the release before has written in clear. */
export async function sealAddresses({ db, sealer }: Pick<SendTools, 'db' | 'sealer'>): Promise<void> {
  const rows = await db.webhook.findMany({
    where: { url: { not: '' } },
    select: { id: true, tenantId: true, url: true },
  })
  for (const { id, tenantId, url } of rows)
    await db.webhook.updateMany({ where: { id, url }, data: sealedAddress(sealer.of(tenantId), id, url) })
}

export async function deleteOldDeliveries(pool: Pool, before: Date): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(DELETE_OLD_DELIVERIES({ before, limit: BATCH }))
    if ((rowCount ?? 0) < BATCH) return
  }
}
