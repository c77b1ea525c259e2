import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import type { Logger } from '../platform/logger.ts'
import { HINT_SHOWN_MS } from '../shops/shops/mall-hints.ts'
import { WAITS_KEPT_DAYS } from '../shops/waits.ts'
import {
  FORGET_COUNTS,
  FORGET_EVENTS,
  FORGET_FOREIGN_EVENTS,
  PURGE_CHANGES,
  PURGE_MAILS,
  PURGE_ORDERS,
  PURGE_RAW_ANSWERS,
} from './sql.ts'

const DAY_MS = 24 * 60 * 60_000
/** Rows of one transaction: short enough that nobody waits for it. */
const BATCH = 500
/** How long a client of GET /v1/changes may be away and miss nothing. */
const EVENTS_KEPT = '30 days'
/** What only tells that a board is another one. */
const COUNTS_KEPT = '6 hours'
/** Transactions that may begin between a row's writing and the look at it. */
const XIDS_AHEAD = 1_000_000

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

/** Removes personal data after PII_RETENTION_DAYS; the rule and its reasons are in docs/decisions/retention.md. */
export function createRetention(deps: {
  db: Db
  pool: Pool
  clock: Clock
  log: Logger
  retentionDays: number
}): Retention {
  async function drain(sql: string, values: unknown[], signal: AbortSignal): Promise<number> {
    let total = 0
    while (!signal.aborted) {
      const { rowCount } = await deps.pool.query(sql, values)
      total += rowCount ?? 0
      if ((rowCount ?? 0) < BATCH) break
    }
    return total
  }

  return {
    async run(signal) {
      const now = deps.clock.now()
      const cutoff = new Date(now - deps.retentionDays * DAY_MS)
      await deps.db.shopNotice.deleteMany({ where: { lastSeenAt: { lt: new Date(now - HINT_SHOWN_MS) } } })
      const forgotten = new Date(now - WAITS_KEPT_DAYS * DAY_MS)
      await deps.db.shopWait.deleteMany({
        where: {
          fromAt: { lt: forgotten },
          OR: [{ endedAt: { not: null } }, { untilAt: { lt: forgotten } }],
        },
      })
      await drain(FORGET_EVENTS, [EVENTS_KEPT, BATCH], signal)
      await drain(FORGET_COUNTS, [COUNTS_KEPT, BATCH], signal)
      await drain(FORGET_FOREIGN_EVENTS, [XIDS_AHEAD, BATCH], signal)
      const purged = {
        orders: await drain(PURGE_ORDERS, [cutoff, BATCH, new Date(now)], signal),
        mails: await drain(PURGE_MAILS, [cutoff, BATCH], signal),
        rawAnswers: await drain(PURGE_RAW_ANSWERS, [cutoff, BATCH], signal),
        changes: await drain(PURGE_CHANGES, [cutoff, BATCH], signal),
      }
      if (purged.orders + purged.mails + purged.rawAnswers + purged.changes > 0)
        deps.log.info(purged, 'personal data removed')
      return purged
    },
  }
}
