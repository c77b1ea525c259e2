import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Metrics } from '../platform/metrics.ts'

/** Reads how well all mailboxes are looked after, for a scrape. */
export async function readMailboxGauges(deps: {
  pool: Pool
  clock: Clock
  metrics: Pick<Metrics, 'mailboxesUnattended' | 'mailboxesQuiet' | 'listeners'>
}): Promise<void> {
  const { rows } = await deps.pool.query<{ unattended: number; quiet: number; listeners: number }>(GAUGES, [
    new Date(deps.clock.now()),
  ])
  const [row] = rows
  if (row === undefined) return
  deps.metrics.mailboxesUnattended.set(row.unattended)
  deps.metrics.mailboxesQuiet.set(row.quiet)
  deps.metrics.listeners.set(row.listeners)
}

const GAUGES = `
select (count(*) filter (where m.kind = 'imap' and not exists (
    select from listeners l where l.id = m.lease_owner and l.alive_until >= $1::timestamptz)))::int as unattended,
  (count(*) filter (where m.quiet_since is not null))::int as quiet,
  (select count(*) from listeners where alive_until >= $1::timestamptz)::int as listeners
from mailboxes m join tenants t on t.id = m.tenant_id
where m.enabled and t.status = 'active'`
