import type { Pool } from 'pg'
import { readDue } from '../imports/requests/due.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import type { MarketplaceSession } from '../marketplaces/port/session.ts'
import type { StagedHook } from '../orders/store/staged-hook.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { SweepWork } from '../reconciliation/reconciliation-job.ts'
import { claimProbe } from '../shops/attention.ts'
import type { ShopRow } from '../shops/shops/sessions.ts'
import type { MoreWork } from './shop-job.ts'
import { READ_AT_ONCE, Slice } from './shop-run.ts'
import { type LaneDeps, readWorkingShop, type WorkingShop } from './shop-state.ts'

/** How long one slice asks for more; a big shop then goes behind the others. */
const SLICE_MS = 4_000

export interface FetchWorkerDeps extends LaneDeps {
  pool: Pool
  sealer: Sealer
  newId: NewId
  marketplaces: Marketplaces
  metrics: Pick<Metrics, 'laneClosings' | 'fetches' | 'ordersStaged' | 'mailToStaged' | 'fetchSeconds'>
  sessions: { openRow(row: ShopRow): OpenShop }
  onStaged?: StagedHook
  /** 突合, when nothing of the shop waits. */
  sweeps?: SweepWork
  /** Another area's work with the same shop's mall. */
  more?: MoreWork
}

export interface OpenShop {
  session: MarketplaceSession
  marketplace: { limits: { listWindowDays: number } }
  /** Keeps what the mall gave notice of in this session. */
  saveNotices(): Promise<void>
}

export interface FetchWorker {
  /**
   * Works on a shop's due requests for a bounded slice. `again` when the slice ended before the work did.
   * @throws when the database fails; the requests are as they were, and the ticker wakes the shop again
   */
  run(shopId: string, signal: AbortSignal): Promise<'done' | 'again'>
}

export function createFetchWorker(deps: FetchWorkerDeps): FetchWorker {
  // Shops whose imports left no quota for anything else the last time: there the other work goes first.
  const owed = new Set<string>()
  return {
    async run(shopId, signal) {
      const started = deps.clock.now()
      const now = new Date(started)
      // Side by side: a wake-up nearly always finds something due.
      const [shop, due] = await Promise.all([
        readWorkingShop(deps.pool, shopId, now),
        readDue(deps.pool, shopId, now, READ_AT_ONCE),
      ])
      if (!shop?.open || !(await mayWork(deps, shop, now))) return 'done'
      const moreFirst = owed.delete(shopId)
      const slice = new Slice(deps, shop, { deadline: started + SLICE_MS, signal, moreFirst, due })
      try {
        return await slice.run()
      } finally {
        if (slice.owesMore) owed.add(shopId)
        await slice.close()
        deps.metrics.fetchSeconds.observe(
          { marketplace: shop.marketplace },
          (deps.clock.now() - started) / 1000,
        )
      }
    },
  }
}

/** A shop under attention is let through only to one worker, and when its probe is due. */
async function mayWork(deps: FetchWorkerDeps, shop: WorkingShop, now: Date): Promise<boolean> {
  if (!shop.attention) return true
  const { probeAt } = shop.attention
  return (probeAt === null || probeAt <= now) && (await claimProbe(deps.db, shop.id, probeAt, now))
}
