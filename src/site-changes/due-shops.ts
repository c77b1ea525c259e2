import type { Queries } from '../platform/db/transaction.ts'
import type { DueShop } from '../worker/due-shops.ts'
import { ITS_TURN } from './claim.ts'

/** Shops that have a site change to go on with and may ask their mall; the longest waiting first. */
export async function readShopsWithDueChanges(
  queries: Queries,
  now: Date,
  limit: number,
): Promise<DueShop[]> {
  const { rows } = await queries.query<DueShop>(
    `select s.id::text as "shopId", greatest(d.due_at, s.lane_closed_until) as "latestDueAt"
     from shops s
     join tenants t on t.id = s.tenant_id and t.status = 'active'
     cross join lateral (
       select greatest(c.next_attempt_at, c.lease_until) as due_at from site_changes c
       where c.shop_id = s.id and c.state in ('queued', 'changing') and c.next_attempt_at <= $1
         and (c.lease_until is null or c.lease_until <= $1) and ${ITS_TURN}
       order by c.next_attempt_at desc limit 1
     ) d
     where s.enabled and s.attention_code is null and (s.lane_closed_until is null or s.lane_closed_until <= $1)
     order by d.due_at
     limit $2`,
    [now, limit],
  )
  return rows
}
