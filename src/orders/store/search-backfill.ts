import type { Pool } from 'pg'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { noteDataStep, readDataStep } from '../../platform/db/data-step.ts'
import type { Db } from '../../platform/db/database.ts'
import { isDataError } from '../../platform/db/transaction.ts'
import { firstIdAt } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { itemsText, type SearchToken, searchTokens, tokenColumns } from './search-tokens.ts'
import { BACKFILL_END, BACKFILL_NEXT, BACKFILL_WRITE } from './sql.ts'

/** Orders that are made searchable in one step. */
const BATCH = 200
/** Orders that one step looks at. */
const LOOKED_AT = 5_000
const STEP = 'search_backfill'
/** So long a process of the release before may still store orders beside this one. */
const OLDER_RELEASE_MS = 24 * 60 * 60_000

interface Row {
  id: string
  tenantId: string
  version: number
  sealedDetail: Buffer
}

interface Indexed {
  orderId: string
  version: number
  search: SearchToken[]
  text: string
}

export interface SearchBackfill {
  /** Goes on through the orders that are there, step by step, until `signal`. @returns how many are found from now on */
  run(signal: AbortSignal): Promise<number>
}

export interface SearchBackfillDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  log: Logger
}

/**
 * Makes orders findable that were stored before there was a search: their hashes need the key, so no migration can write
 * them. Their ids tell when they were made. Several processes may do it; one that ends in between leaves the rest to the next.
 */
export function createSearchBackfill(deps: SearchBackfillDeps): SearchBackfill {
  const { pool, log } = deps

  /** @returns how many it wrote, and up to which order it has come; null when there is nothing left */
  async function step(from: string): Promise<{ written: number; place: string } | null> {
    const { rows: ends } = await pool.query<{ id: string }>(BACKFILL_END, [from, LOOKED_AT])
    const end = ends[0]?.id
    if (end === undefined) return null
    const { rows } = await pool.query<Row>(BACKFILL_NEXT, [from, end, BATCH])
    const written = await writeAll(
      deps,
      rows.flatMap((row) => indexed(deps, row)),
    )
    const place = rows.length < BATCH ? end : (rows.at(-1)?.id ?? end)
    await noteDataStep(pool, STEP, place)
    return { written, place }
  }

  return {
    async run(signal) {
      const left = await readDataStep(deps.db, STEP)
      if (!left) return 0
      const last = firstIdAt(left.madeAt.getTime() + OLDER_RELEASE_MS)
      let from = left.place ?? firstIdAt(0)
      let total = 0
      while (!signal.aborted && from < last) {
        const done = await step(from)
        if (done === null) break
        from = done.place
        total += done.written
      }
      if (total > 0) log.info({ orders: total }, 'orders of before can be searched now')
      return total
    },
  }
}

/** Empty for one that cannot be opened: it stays unfound, and keeps no other from being found. */
function indexed({ sealer, log }: SearchBackfillDeps, row: Row): Indexed[] {
  try {
    const order = sealer.openJson<NormalisedOrder>(`order:${row.id}:detail`, row.sealedDetail)
    const search = searchTokens(sealer, row.tenantId, order)
    return [{ orderId: row.id, version: row.version, search, text: itemsText(order) }]
  } catch (err) {
    log.warn({ err, orderId: row.id }, UNSEARCHABLE)
    return []
  }
}

/** Where Postgres refuses one of them, each alone. */
async function writeAll({ pool, log }: SearchBackfillDeps, orders: readonly Indexed[]): Promise<number> {
  try {
    return await write(pool, orders)
  } catch (err) {
    if (!isDataError(err)) throw err
    let written = 0
    for (const order of orders) {
      written += await write(pool, [order]).catch((err: unknown) => {
        if (!isDataError(err)) throw err
        log.warn({ err, orderId: order.orderId }, UNSEARCHABLE)
        return 0
      })
    }
    return written
  }
}

async function write(pool: Pool, orders: readonly Indexed[]): Promise<number> {
  if (orders.length === 0) return 0
  const { rows } = await pool.query<{ count: number }>(BACKFILL_WRITE, [
    orders.map(({ orderId }) => orderId),
    orders.map(({ version }) => version),
    orders.map(({ text }) => text),
    ...tokenColumns(orders),
  ])
  return rows[0]?.count ?? 0
}

const UNSEARCHABLE = 'order cannot be made searchable'
