import type { Pool } from 'pg'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Metrics } from '../platform/metrics.ts'
import { dueOfMany } from '../worker/due-shops.ts'
import type { ShopJob } from '../worker/shop-job.ts'
import { ChangeTurn, type ChangeTurnDeps } from './change-turn.ts'
import { ITS_TURN } from './claim.ts'
import { expireChanges } from './expire.ts'

const EXPIRE_EVERY_MS = 5_000

/** サイト変更 in a shop's turn, after its imports. */
export const createSiteChangeJob = (deps: ChangeTurnDeps & { marketplaces: Marketplaces }): ShopJob => ({
  name: 'site changes',
  time: 'own',
  dueShops: (now, page) => readShopsWithDueChanges(deps.pool, now, page),
  begin: () => ({
    async run(turn) {
      const mall = deps.marketplaces.get(turn.shop.marketplace)
      if (!mall?.changes) return 'done'
      return new ChangeTurn(deps, turn, mall.changes, mall.limits.fetchBatch).run()
    },
  }),
  maintain: {
    ...{ name: 'expired site changes', firstMs: EXPIRE_EVERY_MS, everyMs: EXPIRE_EVERY_MS },
    async run() {
      const expired = await expireChanges(deps)
      if (expired.queued + expired.ended > 0) deps.log.info(expired, 'site changes of shops that stand still')
    },
  },
})

const OPEN = "c.state in ('queued', 'changing')"
const FREE = `(c.lease_until is null or c.lease_until <= $1) and ${ITS_TURN}`
const SINCE = 'greatest(c.next_attempt_at, c.lease_until)'

/** Shops that have a site change to go on with and may ask their mall. */
const readShopsWithDueChanges = dueOfMany({
  ...{ table: 'site_changes', waits: OPEN, latest: SINCE, and: FREE },
  youngest: `
    select ${SINCE} as due_at from site_changes c
    where c.shop_id = w.shop_id and ${OPEN} and c.next_attempt_at <= $1 and ${FREE}
    order by c.next_attempt_at desc limit 1`,
  probes: false,
})

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
