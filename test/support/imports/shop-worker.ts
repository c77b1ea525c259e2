import { createImportJob, type ImportJobDeps } from '../../../src/imports/import-job.ts'
import { createPeriodJob } from '../../../src/imports/period/period-job.ts'
import type { Queries } from '../../../src/platform/db/transaction.ts'
import type { ShopJob, WorkingShop } from '../../../src/worker/shop-job.ts'
import {
  beginTurn,
  createShopWorker,
  type ShopWorker,
  type ShopWorkerDeps,
  turnStatement,
} from '../../../src/worker/shop-worker.ts'
import { giveBack } from '../../../src/worker/statements.ts'
import type { HeldTurns } from '../../../src/worker/turn-lease.ts'
import { newId } from '../fixtures.ts'

export type WorkTools = ImportJobDeps &
  Omit<ShopWorkerDeps, 'jobs' | 'turns'> & { turns?: HeldTurns; moreJobs?: readonly ShopJob[] }

/** Imports by number and by period, and what a test adds to them; in the order of src/app/worker-area.ts. */
export const jobsOf = (tools: ImportJobDeps & { moreJobs?: readonly ShopJob[] }): ShopJob[] => [
  createImportJob(tools),
  createPeriodJob(tools),
  ...(tools.moreJobs ?? []),
]

/** Shops that have a turn now. */
const active: string[] = []

/**
 * A turn beside another of the same shop is a process's that took the shop over, or one of the release
 * before, which knows of no lease: unless a test brings its own `turns`, it takes the shop, and the first
 * does not find that out.
 */
export function shopWorkerOf(tools: WorkTools): ShopWorker {
  const { pool } = tools
  const untold: HeldTurns = {
    keep: (_lease, signal) => signal,
    end: (lease) => giveBack(pool, lease),
    forget: () => undefined,
  }
  const worker = createShopWorker({ turns: untold, ...tools, jobs: jobsOf(tools) })
  return {
    async run(shopId, signal, commit) {
      if (!tools.turns && active.includes(shopId))
        await pool.query('update shop_turns set lease_until = null where shop_id = $1', [shopId])
      active.push(shopId)
      return await worker.run(shopId, signal, commit).finally(() => active.splice(active.indexOf(shopId), 1))
    },
  }
}

/** A shop as a turn has it, for a test that does a part of a turn's work by itself. */
export async function workingShop(queries: Queries, shopId: string, now: number): Promise<WorkingShop> {
  const lease = { shopId, holder: newId() }
  const begun = await beginTurn(queries, turnStatement([]), lease, now)
  if (begun === null) throw new Error('the shop may not work')
  await giveBack(queries, lease)
  return begun.shop
}
