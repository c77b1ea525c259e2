import type { Pool } from 'pg'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { noteDataStep, readDataStep } from '../../platform/db/data-step.ts'
import type { Db } from '../../platform/db/database.ts'
import { isRefused } from '../../platform/db/transaction.ts'
import { firstIdAt } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { trackedParcels } from './columns.ts'
import { openDetail } from './detail.ts'
import { isOrdersFault } from './order-fault.ts'
import { itemsText, type SearchToken, searchTokens, tokenColumns } from './search-tokens.ts'
import { BACKFILL_END, BACKFILL_NEXT, BACKFILL_WRITE, TRACKING_NEXT, TRACKING_WRITE } from './sql.ts'

/** Orders that are written in one step. */
const BATCH = 200
/** Orders that one step looks at. */
const LOOKED_AT = 5_000
/** Time in which a process of the previous release may still store orders beside this one. */
const OLDER_RELEASE_MS = 24 * 60 * 60_000

interface Row {
  id: string
  tenantId: string
  version: number
  sealedDetail: Buffer
}

interface Step<Made> {
  /** Its row in data_steps. */
  name: string
  /** Selects orders of ($1, $2], $3 at most. */
  next: string
  make(row: Row, order: NormalisedOrder): Made
  write(orders: readonly Made[]): Promise<{ rows: { count: number }[] }>
  /** For the log, done and not done. */
  words: readonly [done: string, failed: string]
}

export interface OrderBackfill {
  /** Goes on through the orders that are there, step by step, until `signal`. @returns how many were written */
  run(signal: AbortSignal): Promise<number>
}

export interface OrderBackfillDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  log: Logger
}

/**
 * Makes orders findable that were stored before there was a search: their hashes need the key, so no migration can write
 * them.
 */
export const createSearchBackfill = (deps: OrderBackfillDeps): OrderBackfill =>
  createBackfill<Versioned & { search: SearchToken[]; text: string }>(deps, {
    ...{ name: 'search_backfill', next: BACKFILL_NEXT },
    words: ['orders of before can be searched now', 'order cannot be made searchable'],
    make: ({ id: orderId, version, tenantId }, order) => ({
      ...{ orderId, version, text: itemsText(order) },
      search: searchTokens(deps.sealer, tenantId, order),
    }),
    write: (orders) =>
      deps.pool.query<{ count: number }>(BACKFILL_WRITE, [
        ...versionColumns(orders),
        orders.map(({ text }) => text),
        ...tokenColumns(orders),
      ]),
  })

/** Counts the tracking numbers of orders that were stored before that was a column. */
export const createTrackingBackfill = (deps: OrderBackfillDeps): OrderBackfill =>
  createBackfill<Versioned & { tracked: number }>(deps, {
    ...{ name: 'tracking_backfill', next: TRACKING_NEXT },
    words: ['tracking numbers of orders of before are counted now', 'tracking numbers cannot be counted'],
    make: ({ id: orderId, version }, order) => ({ orderId, version, tracked: trackedParcels(order) }),
    write: (orders) =>
      deps.pool.query<{ count: number }>(TRACKING_WRITE, [
        ...versionColumns(orders),
        orders.map(({ tracked }) => tracked),
      ]),
  })

interface Versioned {
  orderId: string
  version: number
}

const versionColumns = (orders: readonly Versioned[]): [string[], number[]] => [
  orders.map(({ orderId }) => orderId),
  orders.map(({ version }) => version),
]

/** Ids tell when orders were made. Several processes may do it; one that ends in between leaves the rest to the next. */
function createBackfill<Made extends Versioned>(
  { db, pool, sealer, log }: OrderBackfillDeps,
  { name, next, make, write, words: [done, failed] }: Step<Made>,
): OrderBackfill {
  /** @returns how many it wrote, and up to which order it has come; null when there is nothing left */
  async function step(from: string): Promise<{ written: number; place: string } | null> {
    const { rows: ends } = await pool.query<{ id: string }>(BACKFILL_END, [from, LOOKED_AT])
    const end = ends[0]?.id
    if (end === undefined) return null
    const { rows } = await pool.query<Row>(next, [from, end, BATCH])
    const written = await writeAll(rows.flatMap(made))
    const place = rows.length < BATCH ? end : (rows.at(-1)?.id ?? end)
    await noteDataStep(pool, name, place)
    return { written, place }
  }

  /** Empty for one that cannot be opened: it stays unwritten, and keeps no other from it. */
  function made(row: Row): Made[] {
    try {
      return [make(row, openDetail(sealer.of(row.tenantId), row.id, row.sealedDetail))]
    } catch (err) {
      log.warn({ err, orderId: row.id }, failed)
      return []
    }
  }

  /** Writes orders together, or each alone where Postgres refuses one of them. */
  async function writeAll(orders: readonly Made[]): Promise<number> {
    if (orders.length === 0) return 0
    try {
      return (await write(orders)).rows[0]?.count ?? 0
    } catch (err) {
      if (!isRefused(err)) throw err
      if (orders.length === 1) {
        if (!isOrdersFault(err)) throw err
        log.warn({ err, orderId: orders[0]?.orderId }, failed)
        return 0
      }
      let written = 0
      for (const order of orders) written += await writeAll([order])
      return written
    }
  }

  return {
    async run(signal) {
      const left = await readDataStep(db, name)
      if (!left) return 0
      const last = firstIdAt(left.madeAt.getTime() + OLDER_RELEASE_MS)
      let from = left.place ?? firstIdAt(0)
      let total = 0
      while (!signal.aborted && from < last) {
        const stepped = await step(from)
        if (stepped === null) break
        from = stepped.place
        total += stepped.written
      }
      if (total > 0) log.info({ orders: total }, done)
      return total
    },
  }
}
