import type { Pool } from 'pg'
import type { Metrics } from '../platform/metrics.ts'
import { claimProbe } from '../shops/attention.ts'
import type { JobResult, ShopJob } from './shop-job.ts'
import { ShopRun, type ShopRunDeps } from './shop-run.ts'
import { readTurn, turnStatement, type WorkingShop } from './shop-state.ts'

/** Time in which the jobs of one turn take up due work; a big shop then goes behind the others. */
const TURN_MS = 4_000

export interface ShopWorkerDeps extends ShopRunDeps {
  pool: Pool
  metrics: Pick<Metrics, 'laneClosings' | 'fetches' | 'fetchSeconds'>
  /** Most urgent first. */
  jobs: readonly ShopJob[]
}

export interface ShopWorker {
  /**
   * Gives a shop its turn. `again` when that ended before the work did.
   * @throws when the database fails; what is due is as it was, and the scheduler wakes the shop again
   */
  run(shopId: string, signal: AbortSignal): Promise<JobResult>
}

export function createShopWorker(deps: ShopWorkerDeps): ShopWorker {
  // Shops whose shared time left no quota for anything else the last time: there the other jobs go first.
  const owed = new Set<string>()
  // Shops with a backlog, and when what comes after it had a step.
  const othersAt = new Map<string, number>()
  const statement = turnStatement(deps.jobs.map(({ due }) => due))
  return {
    async run(shopId, signal) {
      const started = deps.clock.now()
      const now = new Date(started)
      const begun = await readTurn(deps.pool, statement, shopId, now)
      if (!begun?.shop.open || !(await mayWork(deps, begun.shop, now))) return 'done'
      const { shop } = begun
      const jobs = deps.jobs.map(({ time, begin }, place) => {
        const due = begun.due[place]
        return { time, work: begin(due), idle: due === null || due === false }
      })
      const turn = { deadline: started + TURN_MS, signal, ownFirst: owed.delete(shopId) }
      const run = new ShopRun(deps, shop, jobs, turn, othersAt.get(shopId) ?? null)
      try {
        return await run.run()
      } finally {
        if (run.owesOwn) owed.add(shopId)
        if (run.othersAt === null) othersAt.delete(shopId)
        else othersAt.set(shopId, run.othersAt)
        await run.close()
        deps.metrics.fetchSeconds.observe(
          { marketplace: shop.marketplace },
          (deps.clock.now() - started) / 1000,
        )
      }
    },
  }
}

/** A shop under attention is let through only to one worker, and when its probe is due. */
async function mayWork(deps: ShopWorkerDeps, shop: WorkingShop, now: Date): Promise<boolean> {
  if (!shop.attention) return true
  const { probeAt } = shop.attention
  return (probeAt === null || probeAt <= now) && (await claimProbe(deps.db, shop.id, probeAt, now))
}
