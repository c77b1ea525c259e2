import type { Queries } from '../platform/db/transaction.ts'
import type { DueShop, ShopJob } from './shop-job.ts'

/** Shops that any of the jobs has something due for, each once, and those under attention whose probe is due. */
export async function readDueShops(
  queries: Queries,
  jobs: readonly Pick<ShopJob, 'dueShops'>[],
  now: Date,
  limit: number,
): Promise<DueShop[]> {
  const due = await Promise.all([
    readDueProbes(queries, now, limit),
    ...jobs.map((job) => job.dueShops(now, limit)),
  ])
  return oncePerShop(due.flat())
}

/** Longest waiting first. */
export function oncePerShop(due: readonly DueShop[]): DueShop[] {
  const shops = new Map<string, DueShop>()
  for (const shop of due) {
    const known = shops.get(shop.shopId)
    shops.set(shop.shopId, known ? together(known, shop) : shop)
  }
  return [...shops.values()].toSorted((a, b) => a.dueSince.getTime() - b.dueSince.getTime())
}

const together = (one: DueShop, other: DueShop): DueShop => ({
  shopId: one.shopId,
  dueSince: new Date(Math.min(one.dueSince.getTime(), other.dueSince.getTime())),
  latestDueAt: new Date(Math.max(one.latestDueAt.getTime(), other.latestDueAt.getTime())),
})

/**
 * The statement behind a job's `dueShops`: shops that may ask their mall now, or whose probe is due.
 * @param dueOf SELECT of at most one `due_at` for the shop `s`; null and no row alike say that nothing is due. $1 is now, $2
 *   the limit.
 */
export const shopsWithDue = (dueOf: string): string => `
select s.id::text as "shopId", d.due_at as "dueSince",
  greatest(d.due_at, s.attention_probe_at, s.lane_closed_until) as "latestDueAt"
from shops s
join tenants t on t.id = s.tenant_id and t.status = 'active'
cross join lateral (${dueOf}) d
where d.due_at is not null and s.enabled and (s.lane_closed_until is null or s.lane_closed_until <= $1)
  and (s.attention_code is null or s.attention_probe_at is null or s.attention_probe_at <= $1)
order by d.due_at
limit $2`

async function readDueProbes(queries: Queries, now: Date, limit: number): Promise<DueShop[]> {
  const { rows } = await queries.query<DueShop>(PROBES, [now, limit])
  return rows
}

const PROBES = `
select s.id::text as "shopId", coalesce(s.attention_probe_at, $1) as "dueSince",
  coalesce(greatest(s.attention_probe_at, s.lane_closed_until), $1) as "latestDueAt"
from shops s
join tenants t on t.id = s.tenant_id and t.status = 'active'
where s.attention_code is not null and (s.attention_probe_at is null or s.attention_probe_at <= $1)
  and s.enabled and (s.lane_closed_until is null or s.lane_closed_until <= $1)
order by s.attention_probe_at nulls first
limit $2`
