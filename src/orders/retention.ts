import type { Pool } from 'pg'
import { MARKETPLACES } from '../marketplaces/port/order.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { isUnreachable } from '../platform/db/failures.ts'
import type { BoundStatement } from '../platform/db/statement.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { firstIdAt } from '../platform/ids.ts'
import { createRepeatLog } from '../platform/log-once.ts'
import type { Logger } from '../platform/logger.ts'
import { WAITS_KEPT_DAYS } from '../shops/attention.ts'
import { HINT_SHOWN_MS } from '../shops/shops/mall-hints.ts'
import { KEYS_KEPT_HOURS } from '../shops/tenants/idempotency-keys.ts'
import {
  FORGET_COUNTS,
  FORGET_EVENTS,
  FORGET_MAILS,
  FORGET_REQUESTS,
  FORGET_TIMELINES,
  LOCK_OLD_ORDERS,
  PURGE_CHANGES,
  PURGE_MAILS,
  PURGE_ORDER_RAWS,
  PURGE_ORDERS,
  PURGE_RAW_ANSWERS,
} from './statements.ts'

const DAY_MS = 24 * 60 * 60_000
/** Rows of one transaction: short enough that nobody waits for it. */
const BATCH = 500
/** Longest absence after which a client of GET /v1/changes misses nothing. */
export const FEED_KEPT_DAYS = 30
/** Retention of events that only announce new numbers on a board. */
const COUNTS_KEPT = '6 hours'

/** Texts of mails that could not be read: long enough to look what is new about them. */
const UNREADABLE_MAIL_DAYS = 14
const RAW_ANSWER_DAYS = 7
/** Mails, import requests and timelines: without personal data now, and the record of an order's way in. */
const HISTORY_DAYS = 730
/**
 * Hash and term of an erased buyer, for orders of theirs that come in later. No mall that pages its orders
 * hands one out for longer than 730 days (Rakuten); what an older backup brings back is added to that.
 */
const ERASED_TERM_DAYS = 800

export interface RetentionRules {
  /** After an order was shipped, completed or cancelled; mails and texts of changes by their own time. */
  retentionDays: number
  /** The same of one mall's orders, by its name. */
  ofMalls?: Readonly<Record<string, number>>
  /** Malls that allow no more than that, whatever an order waits for. */
  strictMalls?: ReadonlySet<string>
  /** After an order was handed over that never came to an end. */
  openDays: number
  /** After an order came into 自動受注取込 from which nobody took it; null: never. */
  unpulledDays: number | null
}

export interface Retention {
  /** Removes what has been kept long enough, batch by batch, until nothing is left or `signal` is aborted. */
  run(signal: AbortSignal): Promise<Purged>
}

interface Purged {
  orders: number
  mails: number
  rawAnswers: number
  changes: number
}

/** Deletes personal data after PII_RETENTION_DAYS; rule and reasons: docs/decisions/retention.md. */
export function createRetention(
  deps: RetentionRules & { db: Db; pool: Pool; clock: Clock; log: Logger },
): Retention {
  const logRepeat = createRepeatLog(deps.log)

  async function drain(statement: BoundStatement, signal: AbortSignal): Promise<number> {
    let total = 0
    while (!signal.aborted) {
      const { rowCount } = await deps.pool.query(statement)
      total += rowCount ?? 0
      if ((rowCount ?? 0) < BATCH) break
    }
    return total
  }

  async function purgeBatch(old: BoundStatement, now: Date): Promise<number> {
    return inTransaction(deps.pool, async (client) => {
      const { rows } = await client.query<{ id: string }>(old)
      if (rows.length > 0) await client.query(PURGE_ORDERS({ ids: rows.map(({ id }) => id), now }))
      return rows.length
    })
  }

  /**
   * One step, which keeps no other from its work when it fails: an operator is told, and the next run tries
   * again. Where Postgres is away, all would fail.
   */
  async function step(name: string, work: () => Promise<number>): Promise<number> {
    return work().catch((err: unknown) => {
      if (isUnreachable(err)) throw err
      logRepeat({ err, task: `retention: ${name}` }, 'a step of retention failed; the others go on')
      return 0
    })
  }

  async function purgeAll(old: BoundStatement, now: Date, signal: AbortSignal): Promise<number> {
    let total = 0
    for (let last = BATCH; last === BATCH && !signal.aborted; total += last) last = await purgeBatch(old, now)
    return total
  }

  async function purgeOrders(now: number, signal: AbortSignal): Promise<number> {
    const before = (days: number) => new Date(now - days * DAY_MS)
    const never = new Date(0)
    const at = new Date(now)
    let total = 0
    for (const mall of MARKETPLACES) {
      const old = (tenant: string | null) =>
        LOCK_OLD_ORDERS({
          mall,
          tenant,
          endedBefore: before(deps.ofMalls?.[mall] ?? deps.retentionDays),
          openBefore: before(deps.openDays),
          unpulledBefore: deps.unpulledDays === null ? never : before(deps.unpulledDays),
          strict: deps.strictMalls?.has(mall) ?? false,
          now: at,
          limit: BATCH,
        })
      total += await purgeAll(old(null), at, signal).catch(async (err: unknown) => {
        if (isUnreachable(err)) throw err
        // One tenant's order is to blame: each by itself, so that the others lose theirs in time.
        let purged = 0
        for (const { id } of await deps.db.tenant.findMany({ select: { id: true } }))
          purged += await step(`orders of ${mall}, tenant ${id}`, () => purgeAll(old(id), at, signal))
        return purged
      })
    }
    return total
  }

  return {
    async run(signal) {
      const now = deps.clock.now()
      const before = (days: number) => new Date(now - days * DAY_MS)
      const cutoff = before(deps.retentionDays)
      const counted = ({ count }: { count: number }) => count
      await step('hints', () =>
        deps.db.shopNotice
          .deleteMany({ where: { lastSeenAt: { lt: new Date(now - HINT_SHOWN_MS) } } })
          .then(counted),
      )
      await step('terms of erasures', () =>
        deps.db.erasure
          .updateMany({
            where: { at: { lt: before(ERASED_TERM_DAYS) }, sealedTerm: { not: null } },
            data: { hash: null, sealedTerm: null },
          })
          .then(counted),
      )
      const forgotten = new Date(now - WAITS_KEPT_DAYS * DAY_MS)
      await step('waits of shops', () =>
        deps.db.shopWait
          .deleteMany({
            where: {
              fromAt: { lt: forgotten },
              OR: [{ endedAt: { not: null } }, { untilAt: { lt: forgotten } }],
            },
          })
          .then(counted),
      )
      await step('idempotency keys', () =>
        deps.db.idempotencyKey
          .deleteMany({ where: { createdAt: { lt: new Date(now - KEYS_KEPT_HOURS * 60 * 60_000) } } })
          .then(counted),
      )
      const drained = (name: string, statement: BoundStatement) => step(name, () => drain(statement, signal))
      await drained('events', FORGET_EVENTS({ kept: `${FEED_KEPT_DAYS} days`, limit: BATCH }))
      await drained('counts', FORGET_COUNTS({ kept: COUNTS_KEPT, limit: BATCH }))
      const history = { before: firstIdAt(now - HISTORY_DAYS * DAY_MS), limit: BATCH }
      await drained('mails of long ago', FORGET_MAILS(history))
      await drained('requests of long ago', FORGET_REQUESTS(history))
      await drained('timelines of long ago', FORGET_TIMELINES(history))
      const answers = { before: before(RAW_ANSWER_DAYS), limit: BATCH }
      const purged = {
        orders: await purgeOrders(now, signal),
        mails: await drained(
          'mails',
          PURGE_MAILS({ before: cutoff, unreadableBefore: before(UNREADABLE_MAIL_DAYS), limit: BATCH }),
        ),
        rawAnswers:
          (await drained('answers of requests', PURGE_RAW_ANSWERS(answers))) +
          (await drained('answers of orders', PURGE_ORDER_RAWS({ ...answers, now: new Date(now) }))),
        changes: await drained('site changes', PURGE_CHANGES({ before: cutoff, limit: BATCH })),
      }
      if (purged.orders + purged.mails + purged.rawAnswers + purged.changes > 0)
        deps.log.info(purged, 'personal data removed')
      return purged
    },
  }
}
