import type { Pool } from 'pg'
import type { Clock } from '../../platform/clock.ts'
import type { Metrics } from '../../platform/metrics.ts'

/** Reads how long the mall's key that ends first still lives, of all shops. */
export async function readCredentialGauges(deps: {
  pool: Pool
  clock: Clock
  metrics: Pick<Metrics, 'credentialDaysLeft'>
}): Promise<void> {
  const { pool, metrics } = deps
  const { rows } = await pool.query<{ marketplace: string; days: number }>(DAYS_LEFT, [
    new Date(deps.clock.now()),
  ])
  metrics.credentialDaysLeft.reset()
  for (const { marketplace, days } of rows) metrics.credentialDaysLeft.set({ marketplace }, days)
}

// Ignores dates that belong to credentials replaced since.
const DAYS_LEFT = `
select s.marketplace::text, min(extract(epoch from (e ->> 'at')::timestamptz - $1::timestamptz) / 86400)::float8 as days
from credential_checks c join shops s on s.id = c.shop_id and s.credentials_version = c.credentials_version
join tenants t on t.id = s.tenant_id and t.status = 'active', jsonb_array_elements(c.expiries) e
where s.enabled group by s.marketplace`
