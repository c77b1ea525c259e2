import type { Queries } from '../../platform/db/transaction.ts'
import { selected } from './column-sql.ts'
import { MALL } from './columns.ts'
import { heldUntil, nextCheckAt } from './next-check.ts'
import type { KnownOrder, Refreshed } from './refresh.ts'
import { tokenColumns } from './search-tokens.ts'
import { REFRESH } from './sql.ts'

export async function readKnownOrders(
  queries: Queries,
  orderIds: readonly string[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await queries.query<KnownOrder>(
    `select ${selected(['id', 'status', 'changeState', 'version', 'editedAt', 'purgedAt', 'sealedDetail', 'sealedEdits', ...MALL])},
       o.change_state in ('queued', 'changing') and exists (
         select from site_changes c where c.order_id = o.id and c.action = 'change_content' and c.state in ('queued', 'changing')
           and jsonb_path_exists(c.steps, '$[*] ? (@.sends > 0)')) as "isBeingWritten"
     from orders o where o.id = any($1::uuid[])`,
    [orderIds],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Writes refreshed orders, their raw answers, timelines and the end of their requests in one statement. An
 * order that somebody changed since it was read is left out: its request stays waiting and is decided anew on
 * what is there then.
 * @returns how many requests have ended
 */
export async function writeRefreshed(
  queries: Queries,
  refreshed: readonly Refreshed[],
  at: Date,
): Promise<number> {
  const { rowCount } = await queries.query(REFRESH, [
    at,
    JSON.stringify(refreshed.map((one) => toRow(one, at))),
    refreshed.map(({ order }) => order.id),
    refreshed.map(({ content }) => Buffer.from(content.detail)),
    refreshed.map(({ fresh }) => Buffer.from(fresh.sealedRaw)),
    JSON.stringify(refreshed.flatMap(({ events }) => events)),
    refreshed.map(({ content }) => content.edits && Buffer.from(content.edits)),
    refreshed.map(({ reimport }) => reimport && Buffer.from(reimport.sealedDifference)),
    ...tokenColumns(
      refreshed.flatMap(({ order, content, replaces }) =>
        replaces ? [{ orderId: order.id, search: content.search }] : [],
      ),
    ),
  ])
  return rowCount ?? 0
}

const toRow = ({ order, fresh, columns, content, replaces, differs, reimport }: Refreshed, at: Date) => ({
  id: order.id,
  request_id: fresh.request.id,
  asks: fresh.request.asks,
  known_version: order.version,
  tenant_id: fresh.request.tenantId,
  replaces,
  differs,
  reimports: reimport !== null,
  edited: content.edits !== null,
  mall_revision: fresh.revision,
  next_check_at: nextCheckAt(fresh.order, at, fresh.rereadAt),
  held_until: heldUntil(fresh.order),
  ...columns,
})
