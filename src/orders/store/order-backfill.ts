import type { Pool } from 'pg'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { noteDataStep, readDataStep } from '../../platform/db/data-steps.ts'
import type { Db } from '../../platform/db/database.ts'
import { isRefused } from '../../platform/db/transaction.ts'
import { firstIdAt } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { type OrderColumns, toOrderColumns } from './columns.ts'
import { openDetail } from './content.ts'
import { type SearchToken, searchTokens, tokenColumns } from './search-tokens.ts'
import { isOrdersFault } from './stage.ts'
import { BACKFILL_END, BACKFILL_NEXT, BACKFILL_WRITE, FILL_TOKENS } from './statements.ts'

/** Orders that are written in one step. */
const BATCH = 200
/** Orders that one step looks at. */
const LOOKED_AT = 5_000
/** Time in which a process of the previous release may still store orders beside this one. */
const OLDER_RELEASE_MS = 24 * 60 * 60_000

/** Its row in data_steps. A release with new hashes or columns adds a row under another name. */
const STEP = 'tracking_numbers'

interface Row {
  id: string
  tenantId: string
  version: number
  sealedDetail: Buffer
}

interface Made {
  orderId: string
  version: number
  columns: OrderColumns
  search: SearchToken[]
}

export interface OrderBackfillDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  log: Logger
}

/**
 * Writes the hashes and columns that orders of earlier releases lack, step by step, until `signal`: they are
 * made of the sealed content, so no migration can write them. Ids say when orders were made. Several
 * processes may do it; one that ends in between leaves the rest to the next.
 * @returns how many orders were written
 */
export async function fillOrders(
  { db, pool, sealer, log }: OrderBackfillDeps,
  signal: AbortSignal,
): Promise<number> {
  /** @returns how many it wrote, and up to which order it has come; null when there is nothing left */
  async function step(from: string): Promise<{ written: number; place: string } | null> {
    const { rows: ends } = await pool.query<{ id: string }>(BACKFILL_END({ after: from, limit: LOOKED_AT }))
    const end = ends[0]?.id
    if (end === undefined) return null
    const { rows } = await pool.query<Row>(BACKFILL_NEXT({ after: from, last: end, limit: BATCH }))
    const written = await writeAll(rows.flatMap(made))
    const place = rows.length < BATCH ? end : (rows.at(-1)?.id ?? end)
    await noteDataStep(pool, STEP, place)
    return { written, place }
  }

  /** Empty for one that cannot be opened: it stays unwritten, and keeps no other from it. */
  function made({ id: orderId, version, tenantId, sealedDetail }: Row): Made[] {
    try {
      const order = openDetail(sealer.of(tenantId), orderId, sealedDetail)
      return [
        { orderId, version, columns: toOrderColumns(order), search: searchTokens(sealer, tenantId, order) },
      ]
    } catch (err) {
      log.warn({ err, orderId }, 'an order of before cannot be made searchable')
      return []
    }
  }

  /** Writes orders together, or each alone where Postgres refuses one of them. */
  async function writeAll(orders: readonly Made[]): Promise<number> {
    if (orders.length === 0) return 0
    try {
      const [tokenOrders, tokenKinds, tokenHashes] = tokenColumns(orders)
      const { rows } = await pool.query<{ count: number }>(
        BACKFILL_WRITE({
          orders: orders.map(({ orderId, version, columns }) => ({ id: orderId, version, ...columns })),
          tokenOrders,
          tokenKinds,
          tokenHashes,
        }),
      )
      return rows[0]?.count ?? 0
    } catch (err) {
      if (!isRefused(err)) throw err
      if (orders.length === 1) {
        if (!isOrdersFault(err)) throw err
        log.warn({ err, orderId: orders[0]?.orderId }, 'an order of before cannot be made searchable')
        return 0
      }
      let written = 0
      for (const order of orders) written += await writeAll([order])
      return written
    }
  }

  const left = await readDataStep(db, STEP)
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
  if (total > 0) log.info({ orders: total }, 'orders of before can be searched now')
  return total
}

/** Steps of the item search: ITEMS as an earlier release's task names it, NUMBERS, which makes both. */
const ITEMS = 'item_search'
const NUMBERS = 'number_ends'
const DONE = 'done'

/** Orders whose tokens are made in one statement. */
const TOKENS_AT_ONCE = 500

/** Whether all orders have tokens of their items' texts, or of the ends of their numbers. */
export const hasTokens = async (db: Db, step: typeof ITEMS | typeof NUMBERS): Promise<boolean> =>
  (await readDataStep(db, step))?.place === DONE

/** Makes the tokens of orders that were stored before there were such, step by step, until `signal`. */
export async function fillItemSearch(
  { db, pool }: { db: Db; pool: Pool },
  signal: AbortSignal,
): Promise<void> {
  const step = await readDataStep(db, NUMBERS)
  const hasItems = await hasTokens(db, ITEMS)
  let place = step?.place ?? '00000000-0000-0000-0000-000000000000'
  while (place !== DONE && !signal.aborted) {
    const { rows } = await pool.query<{ place: string | null }>(
      FILL_TOKENS({ after: place, limit: TOKENS_AT_ONCE, numbersOnly: hasItems }),
    )
    place = rows[0]?.place ?? DONE
    await noteDataStep(pool, NUMBERS, place)
  }
  if (place === DONE) await noteDataStep(pool, ITEMS, DONE)
}
