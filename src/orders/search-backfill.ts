import type { Pool } from 'pg'
import type { NormalisedOrder } from '../marketplaces/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Logger } from '../platform/logger.ts'
import { itemsText, type SearchToken, searchTokens, tokenColumns } from './search-tokens.ts'

/** Orders of one statement. */
const BATCH = 200

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
  /** Goes once through the orders that are there, batch by batch, until `signal`. @returns how many are found from now on */
  run(signal: AbortSignal): Promise<number>
}

/**
 * Makes orders findable that were stored before there was a search: their hashes need the key, so no migration can write
 * them. Several processes may do it; one that ends in between leaves the rest to the next one.
 */
export function createSearchBackfill(deps: { pool: Pool; sealer: Sealer; log: Logger }): SearchBackfill {
  let after = '00000000-0000-0000-0000-000000000000'
  let isDone = false

  async function batch(): Promise<number> {
    const { rows } = await deps.pool.query<Row>(NEXT, [after, BATCH])
    const written = await write(
      deps.pool,
      rows.flatMap((row) => indexed(deps, row)),
    )
    isDone = rows.length < BATCH
    after = rows.at(-1)?.id ?? after
    return written
  }

  return {
    async run(signal) {
      let total = 0
      while (!isDone && !signal.aborted) total += await batch()
      if (total > 0) deps.log.info({ orders: total }, 'orders of before can be searched now')
      return total
    },
  }
}

/** Empty for one that cannot be opened: it stays unfound, and keeps no other from being found. */
function indexed({ sealer, log }: { sealer: Sealer; log: Logger }, row: Row): Indexed[] {
  try {
    const order = sealer.openJson<NormalisedOrder>(`order:${row.id}:detail`, row.sealedDetail)
    const search = searchTokens(sealer, row.tenantId, order)
    return [{ orderId: row.id, version: row.version, search, text: itemsText(order) }]
  } catch (err) {
    log.warn({ err, orderId: row.id }, 'order cannot be made searchable')
    return []
  }
}

async function write(pool: Pool, orders: readonly Indexed[]): Promise<number> {
  if (orders.length === 0) return 0
  const { rows } = await pool.query<{ count: number }>(WRITE, [
    orders.map(({ orderId }) => orderId),
    orders.map(({ version }) => version),
    orders.map(({ text }) => text),
    ...tokenColumns(orders),
  ])
  return rows[0]?.count ?? 0
}

const NEXT = `
select o.id::text, o.tenant_id::text as "tenantId", o.version, o.sealed_detail as "sealedDetail" from orders o
where o.id > $1 and o.items_text = '' and o.sealed_detail is not null
  and not exists (select from order_search t where t.order_id = o.id)
order by o.id limit $2`

// An order that was edited or read again meanwhile has its hashes by that.
const WRITE = `
with found as (
  update orders o set items_text = n.text
  from unnest($1::uuid[], $2::int[], $3::text[]) as n (id, version, text)
  where o.id = n.id and o.version = n.version and o.sealed_detail is not null
  returning o.id, o.tenant_id
), search as (
  insert into order_search (order_id, tenant_id, kind, hash)
  select t.order_id, f.tenant_id, t.kind, t.hash from unnest($4::uuid[], $5::text[], $6::bytea[]) as t (order_id, kind, hash)
  join found f on f.id = t.order_id
  on conflict do nothing
)
select count(*)::int as count from found`
