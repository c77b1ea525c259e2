import type { Metrics } from '../platform/metrics.ts'
import type { SweepDeps } from './take.ts'

/** Reads how complete all shops are, for a scrape. */
export async function readSweepGauges(
  deps: Pick<SweepDeps, 'pool' | 'clock'> & { metrics: Pick<Metrics, 'ordersMissing' | 'sweepLag'> },
): Promise<void> {
  const { rows } = await deps.pool.query<{ marketplace: string; missing: number; behind: Date | null }>(
    GAUGES,
  )
  deps.metrics.ordersMissing.reset()
  deps.metrics.sweepLag.reset()
  for (const { marketplace, missing, behind } of rows) {
    deps.metrics.ordersMissing.set({ marketplace }, missing)
    if (behind)
      deps.metrics.sweepLag.set({ marketplace }, Math.max(0, (deps.clock.now() - behind.getTime()) / 1000))
  }
}

const GAUGES = `
select s.marketplace::text, coalesce(sum(d.missing), 0)::int as missing, min(w.verified_until) as behind
from shops s
join tenants t on t.id = s.tenant_id and t.status = 'active'
left join shop_sweeps w on w.shop_id = s.id
left join lateral (select sum(missing) as missing from shop_days where shop_id = s.id and missing > 0) d on true
where s.enabled group by s.marketplace`
