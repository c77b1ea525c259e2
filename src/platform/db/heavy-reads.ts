import { createShortFirst, type ShortFirst } from '../event-loop.ts'
import { createFairGate, type RunOptions } from '../fair-gate.ts'
import { asHeavyRead, becomeHeavyRead } from './tenant-scope.ts'

/** Reads of many of a tenant's rows: searches, counts, exports, the audit. */
export interface HeavyReads {
  /** Heavy reads give way to what is at work there. */
  shortFirst: ShortFirst
  /** @throws AppError TOO_MANY_REQUESTS where the tenant has too many of them waiting */
  run<T>(tenantId: string, work: () => Promise<T>, options?: RunOptions): Promise<T>
  /** Settles once this request has its turn, which it holds until `until`. @throws AppError as `run` */
  hold(tenantId: string, until: Promise<unknown>, options?: RunOptions): Promise<void>
  /**
   * A file that is written page by page until `until`; each page is a `run` of its own. @throws AppError as
   * `run`
   */
  beginExport(tenantId: string, until: Promise<unknown>): Promise<void>
}

/**
 * One at once for a tenant, as one keeps a processor of the database and the event loop busy; four in all,
 * for which there are connections (MOST_HEAVY of database.ts). With the time limit of those connections all
 * that may wait are served within a request's time as a rule.
 */
const READS = { atOnce: 4, perKey: 1, queuePerKey: 9, fewPerKey: 4, mostRestMs: 500 }
const EXPORTS = { atOnce: 20, perKey: 2, queuePerKey: 0 }

export function createHeavyReads(shortFirst = createShortFirst()): HeavyReads {
  const reads = createFairGate(READS, shortFirst)
  const exports = createFairGate(EXPORTS)
  const { giveWay } = shortFirst
  return {
    shortFirst,
    run: (tenantId, work, options) =>
      reads.run(tenantId, () => asHeavyRead(tenantId, () => giveWay(tenantId), work), options),
    async hold(tenantId, until, options) {
      await reads.hold(tenantId, until, options)
      becomeHeavyRead()
    },
    beginExport: (tenantId, until) => exports.hold(tenantId, until),
  }
}
