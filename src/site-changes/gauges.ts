import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.ts'
import type { Metrics } from '../platform/metrics.ts'

const STATES = ['queued', 'changing', 'warning', 'failed'] as const

/** Reads what stands where, for a scrape. */
export async function readChangeGauges(deps: {
  pool: Pool
  clock: Clock
  metrics: Pick<Metrics, 'siteChangesOpen' | 'siteChangesOldest'>
}): Promise<void> {
  const { rows } = await deps.pool.query<{ state: string; count: number; since: Date | null }>(
    `select state::text, count(*)::int as count, min(case state when 'changing' then started_at else requested_at end) as since
     from site_changes where state <> 'succeeded' and dismissed_at is null group by state`,
  )
  const byState = new Map(rows.map((row) => [row.state, row]))
  const now = deps.clock.now()
  for (const state of STATES) {
    const row = byState.get(state)
    deps.metrics.siteChangesOpen.set({ state }, row?.count ?? 0)
    if (state === 'queued' || state === 'changing')
      deps.metrics.siteChangesOldest.set({ state }, row?.since ? (now - row.since.getTime()) / 1000 : 0)
  }
}
