import { createReconciliationJob, insertSweeps } from '../../../src/reconciliation/reconciliation-job.ts'
import type { SweepDeps } from '../../../src/reconciliation/take.ts'
import type { TestDatabase } from '../database/database.ts'
import type { FakeOptions } from '../malls/fake-marketplace.ts'
import { type ImportBench, importBench } from './import-bench.ts'

export const MINUTE = 60_000

/** The only shop there is, swept every five minutes. */
export interface SweepBench extends ImportBench {
  /** Lets time pass in steps of a minute, the shop being woken in each as the scheduler would. */
  pass(ms: number): Promise<void>
}

export async function sweepBench(
  database: TestDatabase,
  options: FakeOptions = {},
  hooks: (deps: ImportBench['deps']) => Pick<SweepDeps, 'marker' | 'onReleased'> = () => ({}),
): Promise<SweepBench> {
  await database.db.tenant.deleteMany()
  const bench = await importBench(database, options)
  Object.assign(bench.deps, hooks(bench.deps))
  const sweepDeps = { ...bench.deps, intervalMs: 5 * MINUTE }
  bench.deps.moreJobs = [createReconciliationJob(sweepDeps), ...(bench.deps.moreJobs ?? [])]
  return {
    ...bench,
    async pass(ms) {
      for (let left = ms; left > 0; left -= MINUTE) {
        bench.clock.advance(MINUTE)
        await insertSweeps(sweepDeps)
        await bench.run()
      }
    },
  }
}
