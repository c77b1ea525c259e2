import { PRIORITIES } from '../imports/requests/priorities.ts'
import type { Queries } from '../platform/db/transaction.ts'

export interface DueShop {
  shopId: string
  /**
   * When the youngest of its due rows became due, or its lane opened: tells whether anything has come up since it was woken
   * last.
   */
  latestDueAt: Date
}

/**
 * Shops that have something due and may ask their mall, and shops under attention whose probe is due. Each shop and priority is one look into the index (shop, state,
 * priority, due time), however many requests wait there.
 */
export async function readDueShops(queries: Queries, now: Date, limit: number): Promise<DueShop[]> {
  const { rows } = await queries.query<DueShop>(
    `select s.id::text as "shopId",
       coalesce(greatest(r.due_at, c.due_at, w.next_at, s.attention_probe_at, s.lane_closed_until), $1) as "latestDueAt"
     from shops s
     join tenants t on t.id = s.tenant_id and t.status = 'active'
     left join lateral (
       select max(d.due_at) as due_at from unnest($2::int[]) as p (priority)
       cross join lateral (
         select next_attempt_at as due_at from import_requests
         where shop_id = s.id and state = 'waiting' and priority = p.priority and next_attempt_at <= $1
         order by next_attempt_at desc limit 1
       ) d
     ) r on true
     left join lateral (
       select max(next_attempt_at) as due_at from import_scans
       where shop_id = s.id and state = 'waiting' and next_attempt_at <= $1
     ) c on true
     left join shop_sweeps w on w.shop_id = s.id and w.next_at <= $1
     where s.enabled and (s.lane_closed_until is null or s.lane_closed_until <= $1)
       and case when s.attention_code is null then r.due_at is not null or c.due_at is not null or w.next_at is not null
         else s.attention_probe_at is null or s.attention_probe_at <= $1 end
     order by least(r.due_at, c.due_at, w.next_at, s.attention_probe_at)
     limit $3`,
    [now, PRIORITIES, limit],
  )
  return rows
}
